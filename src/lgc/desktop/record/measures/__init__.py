"""« Mesures »: typed in one line, read in a table and on curves, corrected without losing any."""
