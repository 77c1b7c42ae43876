"""« Échanges avec l’extérieur »: every lane with its last success, its next try, what waits."""
