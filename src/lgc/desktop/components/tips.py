"""Tips are plain words: Qt would take a stranger's subject for HTML, and open what it names."""

from __future__ import annotations

from html import escape

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget


def plain(words: str) -> str:
    """What a tip may be given: words that Qt shows as they are."""
    if "<" not in words and "&" not in words:
        return words
    return f'<p style="white-space:pre-wrap">{escape(words)}</p>'


def set_tip(thing: QWidget | QAction, words: str) -> None:
    """The one way to give a widget or an action its tip."""
    thing.setToolTip(plain(words))
