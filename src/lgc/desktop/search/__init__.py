"""Ctrl+K: patients, documents and actions from one field, from anywhere."""
