"""« Biologie » of a record: the table of results and their curves. Made when first asked for."""
