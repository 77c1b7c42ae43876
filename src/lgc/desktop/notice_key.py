"""Échap closes the notice of an error before it is anything else's."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid


class NoticeKey(QObject):
    """Follows the field that has the keys: the screen's own Échap would be asked first."""

    KEYS = (("Esc", "Fermer l’avis"),)

    def __init__(
        self, parent: QObject, has_notice: Callable[[], bool], close: Callable[[], bool]
    ) -> None:
        super().__init__(parent)
        self._has_notice, self._close = has_notice, close
        self._field: QWidget | None = None

    def follow(self, field: QWidget | None) -> None:
        """The keys went to ``field``."""
        if field is None or field is self._field:
            return
        if self._field is not None and isValid(self._field):
            self._field.removeEventFilter(self)
        self._field = field
        field.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.key() != Qt.Key.Key_Escape:
            return False
        if event.type() == QEvent.Type.ShortcutOverride and self._has_notice():
            event.accept()  # it comes as a stroke, and no shortcut takes it
            return True
        return event.type() == QEvent.Type.KeyPress and self._close()
