"""The line at the bottom: what waits to leave, the two services, the keys of this screen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from lgc.desktop import text
from lgc.desktop.components.keys import KeyCap, cap_of, hint_of
from lgc.desktop.components.labels import Glyph, label, retone, rule
from lgc.services.views import QueueCounts

HINTS = 5


class QueueState(QWidget):
    """« File d’envoi : 2 en attente, 1 à réessayer »; a click opens the list."""

    clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._waiting = label("", "small-strong")
        self._retry_glyph = Glyph("ri.error-warning-fill", "warn", 14)
        self._retry = label("", "small-strong", "warn")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(Glyph("ri.send-plane-line", "text.muted", 14))
        row.addWidget(label(f"File d’envoi{text.NB}:", "small", "text.muted"))
        row.addWidget(self._waiting)
        row.addSpacing(8)
        row.addWidget(self._retry_glyph)
        row.addWidget(self._retry)
        self.set(QueueCounts(0, 0))

    def set(self, counts: QueueCounts) -> None:
        self._waiting.setText(f"{counts.waiting} en attente" if counts.waiting else "vide")
        self._retry.setText(f"{counts.to_retry} à réessayer")
        for part in (self._retry, self._retry_glyph):
            part.setVisible(counts.to_retry > 0)
        self.setToolTip("Ouvrir la file d’envoi · Ctrl E")
        self.setAccessibleName(self.words())

    def words(self) -> str:
        retry = f", {self._retry.text()}" if not self._retry.isHidden() else ""
        return f"File d’envoi{text.NB}: {self._waiting.text()}{retry}"

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.clicked.emit()


class ServiceMark(QWidget):
    """One service: a glyph and words; grey until something is known."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._glyph = Glyph("ri.question-line", "text.faint", 14)
        self._words = label(name, "small", "text.muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self._glyph)
        row.addWidget(self._words)
        self.set(None, f"{name} : pas encore vérifié")

    def set(self, reachable: bool | None, words: str) -> None:
        glyph, role = {
            True: ("ri.checkbox-circle-fill", "ok"),
            False: ("ri.error-warning-fill", "warn"),
            None: ("ri.question-line", "text.faint"),
        }[reachable]
        self._glyph.set(glyph, role)
        self._words.setText(text.french(words))
        retone(self._words, "warn" if reachable is False else "text.muted")
        self.setAccessibleName(words)

    def words(self) -> str:
        return self._words.text()


class StatusLine(QFrame):
    """28 px. ``show_hints`` reads the actions of the screen in view."""

    queue_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("statusLine")
        self.setFixedHeight(28)
        self.queue = QueueState()
        self.queue.clicked.connect(self.queue_asked)
        self.services = {"dmp": ServiceMark("DMP"), "mssante": ServiceMark("MSSanté")}
        self._hints = QHBoxLayout()
        self._hints.setSpacing(8)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 0, 12, 0)
        row.setSpacing(14)
        row.addWidget(self.queue)
        bar = rule(vertical=True)
        bar.setFixedHeight(14)
        row.addWidget(bar)
        for mark in self.services.values():
            row.addWidget(mark)
        row.addStretch(1)
        row.addLayout(self._hints)

    def set_service(self, service: str, reachable: bool, words: str) -> None:
        """``service`` is ``dmp`` or ``mssante``; others are ignored."""
        mark = self.services.get(service)
        if mark is not None:
            mark.set(reachable, words)

    def show_hints(self, actions: Sequence[QAction], last: QAction | None = None) -> None:
        """Caps and words of the actions that have a hint; ``last`` always at the end."""
        while self._hints.count():
            item = self._hints.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        shown = [a for a in actions if hint_of(a) and cap_of(a) and a.isEnabled()][:HINTS]
        for act in shown:
            self._hint(act)
        if last is not None:
            if shown:
                bar = rule(vertical=True)
                bar.setFixedHeight(14)
                self._hints.addWidget(bar)
            self._hint(last)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        # A small window shows fewer keys; « ? » still lists them all.
        return QSize(640, self.height())

    def _fit(self) -> None:
        """Hide the hints that have no room, from the one before « ? » backwards."""
        items = [self._hints.itemAt(n) for n in range(self._hints.count())]
        parts = [item.widget() for item in items if item is not None]
        shown = [part for part in parts if part is not None]
        for part in shown:
            part.show()
        for part in reversed(shown[:-2]):
            if self._wanted() <= self.width():
                break
            part.hide()

    def _wanted(self) -> int:
        row = self.layout()
        assert row is not None
        row.activate()
        return row.minimumSize().width()

    def hints(self) -> list[str]:
        """What is shown, for the reader of the screen and the tests."""
        items = [self._hints.itemAt(n) for n in range(self._hints.count())]
        parts = [item.widget() for item in items if item is not None]
        return [w.accessibleName() for w in parts if w is not None and w.accessibleName()]

    def _hint(self, act: QAction) -> None:
        pair = QWidget()
        row = QHBoxLayout(pair)
        row.setContentsMargins(0, 0, 6, 0)
        row.setSpacing(6)
        row.addWidget(KeyCap(self._cap(act)))
        row.addWidget(label(hint_of(act), "small", "text.muted"))
        pair.setAccessibleName(f"{self._cap(act)} {hint_of(act)}")
        self._hints.addWidget(pair)

    def _cap(self, act: QAction) -> str:
        return str(act.property("lgcCap") or cap_of(act))
