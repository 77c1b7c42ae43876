"""The list that opens above the status line: never a dialog, nothing waits for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout

from lgc.desktop import clipboard, text
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.cover import shade
from lgc.desktop.components.labels import Glyph, label, rule
from lgc.desktop.components.status_line import MARKS
from lgc.desktop.components.tips import set_tip
from lgc.desktop.main_window import MainWindow
from lgc.desktop.outside.words import lines_of, waiting_of
from lgc.services.outside import OutsideLine

if TYPE_CHECKING:
    from lgc.services.desk import Desk

WIDTH, LEFT, ABOVE = 430, 370, 36  # pixels


class OutsideDoor(Protocol):
    """services.outside.Outside as the screen needs it; every call runs in a worker."""

    def lines(self) -> tuple[OutsideLine, ...]: ...
    def tell(self) -> None: ...
    def retry(self, key: str) -> None: ...


class OutsideRow(QFrame):
    """One way: glyph, name, its sentence, what waits or « Réessayer »."""

    def __init__(self, line: OutsideLine, again: Callable[[str], object]) -> None:
        super().__init__()
        self.key = line.standing.key
        glyph, role = MARKS[line.standing.reachable]
        failing = line.standing.reachable is False
        self.words = label(lines_of(line), "small", "text.muted", wrap=True)
        self.retry = Button("Réessayer", "primary", "ri.refresh-line", height=26)
        self.retry.clicked.connect(lambda checked=False: again(self.key))
        self.details = line.standing.details if failing else ""
        copy = Button("", "quiet", "ri.file-copy-line", cap=False, height=24)
        copy.setAccessibleName("Copier les détails")
        set_tip(copy, f"Copier les détails : {self.details}")
        copy.clicked.connect(lambda: clipboard.copy(self.details))
        grid = QGridLayout(self)
        grid.setContentsMargins(14, 8, 10, 8)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(1)
        grid.setColumnStretch(1, 1)
        grid.addWidget(Glyph(glyph, role, 16), 0, 0, 2, 1)
        name = label(line.standing.way.name, "medium", "danger" if failing else "text")
        grid.addWidget(name, 0, 1)
        grid.addWidget(self.words, 1, 1)
        grid.addWidget(label(waiting_of(line), "small", "text.muted"), 0, 2, 2, 1)
        grid.addWidget(copy, 0, 3, 2, 1)
        grid.addWidget(self.retry, 0, 4, 2, 1)
        self.retry.setVisible(failing and line.again)
        copy.setVisible(bool(self.details))
        self.setAccessibleName(f"{line.standing.way.name} : {lines_of(line)}")


class OutsidePanel(QFrame):
    """Opened by a click on a service of the status line; gone with another one, Échap or a page."""

    KEYS = (("Esc", "Fermer les échanges"),)

    def __init__(
        self, window: MainWindow, door: OutsideDoor, now: Callable[[], dt.datetime]
    ) -> None:
        super().__init__(window)
        self._window, self._door, self._now = window, door, now
        self.setObjectName("dialog")
        self.setAccessibleName("Échanges avec l’extérieur")
        self.setFixedWidth(WIDTH)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        shade(self)
        self.rows: list[OutsideRow] = []
        self._when = label("", "small", "text.muted")
        self._inside = QVBoxLayout()
        self._inside.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(14, 10, 14, 10)
        head.addWidget(label("Échanges avec l’extérieur", "strong"))
        head.addStretch(1)
        head.addWidget(self._when)
        foot = label("Rien ne bloque le reste de l’application.", "small", "text.muted")
        foot.setContentsMargins(14, 9, 14, 9)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(1, 1, 1, 1)
        whole.setSpacing(0)
        whole.addLayout(head)
        whole.addLayout(self._inside)
        whole.addWidget(rule())
        whole.addWidget(foot)
        window.status.outside_asked.connect(self.toggle)
        window.status.retry_asked.connect(self.retry)
        window.bridge.service_state.connect(self._moved)
        window.bridge.delivery_moved.connect(self._moved)
        window.page_changed.connect(self.hide)
        window.installEventFilter(self)
        self.hide()

    @classmethod
    def join(cls, window: MainWindow, desk: Desk) -> OutsidePanel:
        """Make the list of a session; its lanes may have spoken before its window was there."""
        panel = cls(window, desk.outside, desk.clock.now)
        window.tasks.run(desk.outside.tell, owner=panel, done=lambda nothing: None)
        return panel

    def toggle(self) -> None:
        if self.isVisible():
            self.hide()
        else:
            self.reload()

    def retry(self, key: str) -> None:
        """« Réessayer » one way, from here or from the status line."""
        self._window.tasks.run(
            partial(self._door.retry, key), owner=self, done=lambda nothing: None
        )

    def reload(self) -> None:
        self._window.tasks.run(self._door.lines, owner=self, done=self._show)

    def _moved(self, event: object) -> None:
        if not self.isHidden():
            self.reload()

    def _show(self, lines: Sequence[OutsideLine]) -> None:
        while (item := self._inside.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.rows = [OutsideRow(line, self.retry) for line in lines]
        for row in self.rows:
            self._inside.addWidget(rule())
            self._inside.addWidget(row)
        self._when.setText(text.time(text.local(self._now())))
        opening = self.isHidden()
        self.show()
        self._place()
        self.raise_()
        if opening:
            self.setFocus(Qt.FocusReason.PopupFocusReason)

    def _place(self) -> None:
        layout = self.layout()
        if layout is not None:
            layout.activate()
            wrapped, whole = layout.totalHeightForWidth(WIDTH), layout.totalSizeHint().height()
            self.setFixedHeight(wrapped if layout.hasHeightForWidth() else whole)
        left = min(LEFT, self._window.width() - WIDTH - 8)
        self.move(left, self._window.height() - self.height() - ABOVE)

    def event(self, event: QEvent) -> bool:
        handled = super().event(event)
        # Rows take their height when they are dressed, which is after they are added.
        if event.type() == QEvent.Type.LayoutRequest and self.isVisible():
            self._place()
        return handled

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self.isVisible() and event.type() == QEvent.Type.Resize:
            self._place()
        return False
