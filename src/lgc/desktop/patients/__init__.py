"""Patients of the practice: making a new one without making a double."""
