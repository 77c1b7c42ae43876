"""The window closes once what was typed is stored; if it cannot be, the doctor decides."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from lgc.desktop import text
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.cover import Dialog
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import label
from lgc.desktop.main_window import MainWindow

LONGEST_MS = 5000  # a disk that answers takes a few; one that does not must not hold the window
LOOK_MS = 20
LOST = "Ce qui vient d’être tapé n’a pas pu être enregistré : fermer maintenant le perdrait."
UNSAVED = "Des réglages ont été changés et ne sont pas enregistrés."


class PartingDialog(Dialog):
    """Closing loses something: said, with both ways out."""

    def __init__(self, parent: QWidget, words: str, parting: Parting) -> None:
        super().__init__(
            parent, text.french("Fermer sans enregistrer ?"), glyph="ri.error-warning-line"
        )
        self.setObjectName("partingDialog")
        self._parting = parting
        self.body.addWidget(label(words, wrap=True))
        self.add_cancel("Rester")
        leave = action(self, "Fermer quand même", self._leave, "Ctrl+Return")
        self.add_button(Button(action=leave, look="danger", height=32))

    def _leave(self) -> None:
        self.dismiss()
        self._parting.agree()


class Parting(QObject):
    """Between the cross of the window and its going."""

    def __init__(self, frame: QWidget) -> None:
        super().__init__(frame)
        self._frame = frame
        self.agreed = False
        self._window: MainWindow | None = None
        self._waited = 0
        self._look = QTimer(self)
        self._look.setInterval(LOOK_MS)
        self._look.timeout.connect(self._look_again)

    def all_saved(self, window: MainWindow) -> bool:
        """True when nothing is on its way to the store; else the frame is closed once it is."""
        if self.agreed or not _unsaved(window):
            self._look.stop()
            return True
        if not self._look.isActive():
            self._window, self._waited = window, 0
            self._look.start()
        return False

    def ask(self, room: QWidget, words: str = UNSAVED) -> None:
        """Once: a second cross asks nothing more."""
        if not any(one.isVisible() for one in room.findChildren(PartingDialog)):
            PartingDialog(room, words, self).open()

    def agree(self) -> None:
        self.agreed = True
        self._frame.close()

    def _look_again(self) -> None:
        self._waited += LOOK_MS
        window = self._window
        if window is None or not _unsaved(window):
            self._look.stop()
            self._frame.close()
        elif self._waited >= LONGEST_MS or not window.tasks.saving:
            self._look.stop()
            self.ask(window, LOST)


def _unsaved(window: MainWindow) -> bool:
    """Is something typed on its way, or was it refused by the store?"""
    parts = window.findChildren(QObject)
    return window.tasks.saving or any(getattr(one, "pending", False) is True for one in parts)
