"""« Saisir un document »: what the doctor writes, saved as it is typed."""
