"""« Données médicales »: every family of the record in view, one line to add, one key to undo."""
