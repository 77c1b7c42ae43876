"""What the doctor is told of the practice's file, wherever the work is: a notice and a mark."""

from __future__ import annotations

from PySide6.QtCore import QObject

from lgc.desktop.main_window import MainWindow
from lgc.errors import UserFacingError
from lgc.services.desk import Desk
from lgc.services.events import BaseState

PRACTICE = "Données du cabinet"


class BaseNotice(QObject):
    """Lives with the window; the same thing is not told twice in a session."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._told: set[str] = set()
        window.bridge.base_state.connect(self._tell)

    @classmethod
    def join(cls, window: MainWindow, desk: Desk) -> None:
        """Listen from now on, and ask for what was found before the window was there."""
        window.tasks.run(desk.keeping.tell, owner=cls(window), done=lambda nothing: None)

    def _tell(self, event: BaseState) -> None:
        self._window.status.show_damage(event.damaged)
        if event.notice is not None and _matter(event.notice) not in self._told:
            self._told.add(_matter(event.notice))
            self._window.messages.show(event.notice, PRACTICE, lasts=True)


def _matter(notice: UserFacingError) -> str:
    """What it is about, without the hour it was seen."""
    return f"{type(notice).__name__} {notice.details}"
