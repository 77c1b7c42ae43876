"""« Liste des documents »: one list of everything, sorted, filtered, searched to the last word."""
