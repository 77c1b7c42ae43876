"""Secure messages on screen: folders, list, preview, and assigning to a record."""
