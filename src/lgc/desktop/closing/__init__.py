"""« Fermeture du dossier »: what the visit made leaves together, or waits."""
