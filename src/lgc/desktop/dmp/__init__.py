"""The DMP in the record: my rights on it, what its documents allow, who else may read it."""
