"""« Réglages »: every declared setting with its words, searched, kept as it is changed."""
