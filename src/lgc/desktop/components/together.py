"""Several changes of one screen, laid out once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtWidgets import QWidget


@contextmanager
def together(screen: QWidget) -> Iterator[None]:
    """What is shown or hidden inside leaves the window as it is until the end.

    Qt lays out every ancestor up to the window each time a child is shown; a screen that shows
    ten parts would do it ten times. Its own layout, asleep meanwhile, keeps the news to itself.
    """
    layout = screen.layout()
    if layout is None or not layout.isEnabled():
        yield
        return
    layout.setEnabled(False)
    try:
        yield
    finally:
        layout.setEnabled(True)
        layout.invalidate()
