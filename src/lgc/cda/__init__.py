"""CDA R2 as CI-SIS profiles it: render, parse, validate, and the PDF for human readers."""
