"""Over the archives: what « Archiver après » put there comes back in one act."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from lgc.desktop import text
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.keys import action
from lgc.desktop.components.notice import Notice
from lgc.desktop.main_window import MainWindow
from lgc.domain.messages import Folder
from lgc.services.archiving_by_age import ArchivedByAge, ArchivingByAge


class TakingBack(QObject):
    """Its ``notice`` is there while the archives are in view and hold what age put there."""

    changed = Signal()

    def __init__(self, page: QWidget, window: MainWindow, archiving: ArchivingByAge) -> None:
        super().__init__(page)
        self._window, self._archiving = window, archiving
        self._last: ArchivedByAge | None = None
        take = action(page, "Reprendre l’archivage", self._take, help="Reprendre l’archivage")
        self.button = Button("Reprendre", "plain", "ri.arrow-go-back-line", action=take)
        self.button.setObjectName("takeArchivingBack")
        self.notice = Notice()
        self.notice.add_right(self.button)
        self.notice.setVisible(False)

    def look(self, folder: Folder) -> None:
        if folder is Folder.ARCHIVES:
            self._window.tasks.run(self._archiving.last, owner=self, done=self._show)
        else:
            self._show(None)

    def _show(self, last: ArchivedByAge | None) -> None:
        self._last = last
        self.notice.setVisible(last is not None)
        if last is not None:
            many = text.count(last.count, "message archivé", "messages archivés")
            when = text.date_time(last.at)
            said = text.french(f"{many} par « Archiver après »")
            self.notice.set("text.muted", said, f"le {when}")

    def _take(self) -> None:
        if self._last is None:
            return
        work = partial(self._archiving.take_back, self._last.at)
        self._window.tasks.run(work, owner=self, done=self._taken)

    def _taken(self, moved: int) -> None:
        back = text.count(moved, "message remis", "messages remis")
        self._window.messages.toast(f"{back} dans la réception")
        self.changed.emit()
