"""The line at the bottom: what waits to leave, the services, the keys of this screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QFontMetrics,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from lgc.desktop import text
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.keys import cap_of, cap_width, hint_of, paint_cap
from lgc.desktop.components.labels import ElidedLabel, Glyph, label, retone, rule
from lgc.desktop.components.tips import set_tip
from lgc.desktop.theme import current, font
from lgc.services.events import ServiceState
from lgc.services.views import QueueCounts

HINTS = 5
# What is said before anything is known; the work of this machine is silent until it fails.
UNKNOWN = {
    "dmp": "DMP : pas encore vérifié",
    "mssante": "MSSanté : pas encore vérifié",
    "desk": "",
}
MARKS: dict[bool | None, tuple[str, str]] = {
    True: ("ri.checkbox-circle-fill", "ok"),
    False: ("ri.close-circle-fill", "danger"),
    None: ("ri.question-line", "text.faint"),
}
CAP_GAP, GAP = 6, 14  # pixels


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
        set_tip(self, "Ouvrir la file d’envoi · Ctrl E")
        self.setAccessibleName(self.words())

    def words(self) -> str:
        retry = f", {self._retry.text()}" if not self._retry.isHidden() else ""
        return f"File d’envoi{text.NB}: {self._waiting.text()}{retry}"

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.clicked.emit()


class ServiceMark(QWidget):
    """One service: a glyph and words, grey until something is known; a click lists all of them.

    One that fails stands out with since when, why and « Réessayer ».
    """

    clicked = Signal()
    retry_asked = Signal(str)

    def __init__(self, unknown: str = "") -> None:
        super().__init__()
        self._unknown, self._state = unknown, ServiceState("", None, "")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        set_tip(self, "Voir les échanges avec l’extérieur")
        self._glyph = Glyph("ri.question-line", "text.faint", 14)
        self._words = label("", "small", "text.muted")
        self._reason = ElidedLabel("", "small", "text.muted")
        self.retry = Button("Réessayer", "plain", "ri.refresh-line", height=22)
        self.retry.clicked.connect(self._again)
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 0, 6, 0)
        row.setSpacing(6)
        for part in (self._glyph, self._words, self._reason, self.retry):
            row.addWidget(part)
        self.set(self._state)

    @property
    def failing(self) -> bool:
        return self._state.reachable is False

    def set(self, state: ServiceState) -> None:
        self._state = state
        glyph, role = MARKS[state.reachable]
        self._glyph.set(glyph, role)
        self._say(state.words or self._unknown)
        self._words.setFont(font("small-strong" if self.failing else "small"))
        retone(self._words, "danger" if self.failing else "text.muted")
        self._reason.set_text(text.french(state.reason.removesuffix(".")))
        self._reason.setVisible(self.failing and bool(state.reason))
        self.retry.setVisible(self.failing and bool(state.way))
        if not self._unknown:
            self.setVisible(self.failing)
        self.update()

    def progress(self, words: str) -> None:
        """Work under way: neither well nor failing until it is over."""
        self.set(replace(self._state, reachable=None, words=words, reason="", since=None))
        self._glyph.set("ri.loader-4-line", "accent.text")

    def words(self) -> str:
        return self._words.text()

    def _say(self, words: str) -> None:
        words = failure_of(self._state) or words
        self._words.setText(text.french(words))
        reason = f"{text.NB}: {self._state.reason}" if self.failing and self._state.reason else ""
        self.setAccessibleName(f"{words}{reason}")

    def _again(self) -> None:
        if self._state.way:
            self.retry_asked.emit(self._state.way)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.clicked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.failing:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(current().role("danger.soft"))
            painter.drawRoundedRect(self.rect(), 4, 4)


def failure_of(state: ServiceState | None) -> str:
    """« DMP : pas de réponse depuis 09:31 », empty while nothing fails."""
    if state is None or state.reachable is not False:
        return ""
    if state.since is None:
        return state.words
    return f"{state.words} depuis {text.time(text.local(state.since))}"


class KeyHints(QWidget):
    """Caps and words of what the keys do here, as many as there is room for.

    Painted, not laid out: what the keys do changes with each row chosen, and a label shown or
    hidden lays out the whole window.
    """

    def __init__(self) -> None:
        super().__init__()
        self._pairs: tuple[tuple[str, str], ...] = ()
        self._last: tuple[str, str] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def show_pairs(
        self, pairs: Sequence[tuple[str, str]], last: tuple[str, str] | None = None
    ) -> None:
        """Each a cap and its word; ``last`` stands at the right whatever the room."""
        wanted = tuple(pairs), last
        if wanted == (self._pairs, self._last):
            return
        self._pairs, self._last = wanted
        self.setAccessibleName(", ".join(self.shown()))
        self.update()

    def shown(self) -> list[str]:
        return [f"{cap} {word}" for cap, word in self._fitting()]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setAccessibleName(", ".join(self.shown()))

    def paintEvent(self, event: QPaintEvent) -> None:
        fitting = self._fitting()
        x, middle = self.width() - self._width(fitting), self.height() // 2
        painter = QPainter(self)
        for number, (cap, word) in enumerate(fitting):
            if self._last and 0 < number == len(fitting) - 1:
                painter.setPen(current().role("line.strong"))
                painter.drawLine(x, middle - 7, x, middle + 6)
                x += GAP
            x += paint_cap(painter, x, middle, cap) + CAP_GAP
            painter.setFont(font("small"))
            painter.setPen(current().role("text.muted"))
            room = QRect(x, 0, self.width(), self.height())
            painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), word)
            x += self._word_width(word) + GAP

    def _fitting(self) -> list[tuple[str, str]]:
        """The ones from the left that have room before the last one."""
        last = [self._last] if self._last else []
        pairs = list(self._pairs)
        while pairs and self._width([*pairs, *last]) > self.width():
            pairs.pop()
        return [*pairs, *last]

    def _width(self, pairs: Sequence[tuple[str, str]]) -> int:
        each = [cap_width(cap) + CAP_GAP + self._word_width(word) + GAP for cap, word in pairs]
        bar = GAP if self._last and len(pairs) > 1 else 0
        return sum(each) + bar - GAP if each else 0

    @staticmethod
    def _word_width(word: str) -> int:
        return QFontMetrics(font("small")).horizontalAdvance(word)


class StatusLine(QFrame):
    """28 px. ``show_hints`` reads the actions of the screen in view."""

    queue_asked = Signal()
    outside_asked = Signal()
    retry_asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("statusLine")
        self.setFixedHeight(28)
        self.queue = QueueState()
        self.queue.clicked.connect(self.queue_asked)
        self.services = {key: ServiceMark(unknown) for key, unknown in UNKNOWN.items()}
        self.base = ServiceMark()
        self._hints = KeyHints()
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 0, 12, 0)
        row.setSpacing(14)
        row.addWidget(self.queue)
        bar = rule(vertical=True)
        bar.setFixedHeight(14)
        row.addWidget(bar)
        for mark in self.services.values():
            mark.clicked.connect(self.outside_asked)
            mark.retry_asked.connect(self.retry_asked)
            row.addWidget(mark)
        row.addWidget(self.base)
        self.base.set(ServiceState("base", False, "Base abîmée"))
        set_tip(self.base, "Arrêtez le logiciel et restaurez la dernière sauvegarde vérifiée")
        self.base.hide()
        self.without_card = label(f"Sans carte{text.NB}: rien ne part", "small-strong", "warn")
        self.without_card.hide()
        row.addWidget(self.without_card)
        row.addWidget(self._hints, 1)

    def set_service(self, state: ServiceState) -> None:
        """A service without an item is ignored."""
        mark = self.services.get(state.service)
        if mark is not None:
            mark.set(state)

    def show_damage(self, damaged: bool) -> None:
        """Said as long as the base is as it is."""
        self.base.setVisible(damaged)

    def show_hints(self, actions: Sequence[QAction], last: QAction | None = None) -> None:
        """Caps and words of the actions that have a hint; ``last`` always at the end."""
        shown = [a for a in actions if hint_of(a) and cap_of(a) and a.isEnabled()][:HINTS]
        self._hints.show_pairs([_pair(a) for a in shown], _pair(last) if last else None)

    def minimumSizeHint(self) -> QSize:
        # A small window shows fewer keys; « ? » still lists them all.
        return QSize(640, self.height())

    def hints(self) -> list[str]:
        """What is shown, for the reader of the screen and the tests."""
        return self._hints.shown()


def _pair(act: QAction) -> tuple[str, str]:
    return str(act.property("lgcCap") or cap_of(act)), hint_of(act)
