"""« Reprendre dans le dossier »: the doctor's choice among the entries of a received document."""
