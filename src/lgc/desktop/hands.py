"""A late answer leaves the doctor's hands where they are.

It takes the focus on what is in view only, and never from a field in which somebody writes: one
entered, or written in, since the question was asked.
"""

from __future__ import annotations

from typing import TypeGuard

from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)
from shiboken6 import isValid

from lgc.desktop.components.cover import Cover


class Hands:
    """Where the focus was when something was asked, and what stood there."""

    def __init__(self) -> None:
        self._at = QApplication.focusWidget()
        self._words = _words(self._at)

    def busy(self) -> QWidget | None:
        """The field that is written in meanwhile."""
        now = QApplication.focusWidget()
        words = _words(now)
        if now is None or words is None or not now.isVisible():
            return None
        return now if now is not self._at or words != self._words else None


class Answering:
    """Around what an answer does: afterwards the focus is where it may be."""

    def __init__(self, hands: Hands) -> None:
        self._before, self._writing = QApplication.focusWidget(), hands.busy()
        self._popup = QApplication.activePopupWidget()

    def settle(self) -> None:
        """Give the focus back that was taken to nowhere in view, or from a field in use."""
        self._close_menu()
        now, back = QApplication.focusWidget(), self._writing or self._before
        if now is back or now is None or not _stands(back):
            return
        if not now.isVisible() or (self._writing is not None and not _is_over(now, back)):
            back.setFocus()

    def _close_menu(self) -> None:
        """A menu takes every key: not while somebody writes, nor for a page that is gone."""
        menu = QApplication.activePopupWidget()
        if isinstance(menu, QMenu) and menu is not self._popup:
            owner = menu.parentWidget()
            left = owner is not None and not owner.isVisible()
            if left or _stands(self._writing):
                menu.close()


def _stands(field: QWidget | None) -> TypeGuard[QWidget]:
    """Is it still there to be written in?"""
    return field is not None and isValid(field) and field.isVisible() and field.isEnabled()


def _is_over(now: QWidget, field: QWidget) -> bool:
    """In a dialog that lies over the field: nobody writes under it."""
    return any(
        isinstance(one, Cover) and not one.isAncestorOf(field)
        for one in (now, *_above(now))
    )  # fmt: skip


def _above(widget: QWidget) -> list[QWidget]:
    found, one = [], widget.parentWidget()
    while one is not None:
        found.append(one)
        one = one.parentWidget()
    return found


def _words(widget: QWidget | None) -> str | None:
    """What stands in a field that may be written in; None for anything else."""
    if isinstance(widget, QComboBox):
        widget = widget.lineEdit()
    if isinstance(widget, QLineEdit) and not widget.isReadOnly():
        return widget.text()
    if isinstance(widget, QPlainTextEdit | QTextEdit) and not widget.isReadOnly():
        return widget.toPlainText()
    return None
