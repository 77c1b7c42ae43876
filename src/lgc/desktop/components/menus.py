"""A menu comes by the hand that asks for it: none is shown for what is not in view."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu


def show_menu(menu: QMenu, where: QPoint) -> None:
    """Open ``menu`` at a point of the screen; under the lock its owner is out of view: never."""
    owner = menu.parentWidget()
    if owner is None or owner.isVisible():
        menu.popup(where)
    else:
        menu.deleteLater()
