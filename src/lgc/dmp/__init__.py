"""The DMP: one module per transaction, named by its number (dmp.md §4)."""
