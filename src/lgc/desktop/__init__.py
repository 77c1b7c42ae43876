"""The windows. The only room that knows PySide6."""
