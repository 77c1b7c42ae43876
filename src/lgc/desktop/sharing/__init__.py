"""« Partager »: one dialog, five steps, then control comes back at once."""
