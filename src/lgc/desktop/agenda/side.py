"""Beside the grid: the little month, who waits, what the colours mean."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import QRect, QRectF, Signal
from PySide6.QtGui import QAction, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from lgc.desktop import text
from lgc.desktop.agenda.calendar import MonthPicker
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.chips import Badge
from lgc.desktop.components.labels import label
from lgc.desktop.components.rows import Cell, Column
from lgc.desktop.components.tables import Table
from lgc.desktop.theme import current
from lgc.desktop.theme.glyphs import PRESENCE, VISIT
from lgc.domain.agenda import USUAL_MINUTES
from lgc.domain.waiting import in_room, lasted, room, waited
from lgc.services.views import VisitLine

WIDTH, ROW, LEAST_ROWS = 260, 40, 3


class Swatch(QWidget):
    """A visit in small: tint, bar and glyph of its kind."""

    def __init__(self, glyph: str, role: str) -> None:
        super().__init__()
        self._glyph, self._role = glyph, role
        self.setFixedSize(22, 22)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(self.rect()), 4, 4)
        painter.setClipPath(shape)
        painter.fillRect(self.rect(), theme.soft(self._role))
        painter.fillRect(0, 0, 3, self.height(), theme.role(self._role))
        theme.icons.paint(painter, QRect(6, 4, 14, 14), self._glyph, self._role)


class SidePanel(QFrame):
    """``opened`` carries a VisitLine of the waiting room."""

    opened = Signal(object)

    def __init__(self, slot: QAction, now: dt.datetime) -> None:
        super().__init__()
        self.setObjectName("agendaSide")
        self.setFixedWidth(WIDTH)
        self._now = now
        self.month = MonthPicker(now.date())
        self.waiting = Badge()
        self.table: Table[VisitLine] = Table(
            (
                Column("who", "Patient", self._who, None),
                Column("at", "Heure", _hour, 60),
            ),
            name="Salle d’attente",
            row_height=ROW,
            key=lambda one: one.visit_id,
            header=False,
        )
        self.table.opened.connect(self.opened)
        self.nobody = label("Personne n’attend.", "small", "text.muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(self.month)
        column.addSpacing(8)
        head = QHBoxLayout()
        head.addWidget(label("Salle d’attente", "strong"), 1)
        head.addWidget(self.waiting)
        column.addLayout(head)
        column.addWidget(self.table, 100)
        column.addWidget(self.nobody)
        column.addSpacing(6)
        column.addWidget(label("Types", "strong"))
        column.addLayout(self._legend())
        column.addStretch(1)
        column.addWidget(Button("", "plain", "ri.search-line", action=slot, height=30))

    def show_day(self, visits: tuple[VisitLine, ...], now: dt.datetime) -> None:
        """The waiting room of today, whatever period is in view."""
        self._now = now
        rows = room(visits, now)
        self.waiting.set_count(in_room(visits))
        self.table.fill(rows)
        self.table.setMinimumHeight(ROW * min(len(rows), LEAST_ROWS) + 2)
        self.table.setMaximumHeight(ROW * len(rows) + 2)
        self.table.setVisible(bool(rows))
        self.nobody.setVisible(not rows)

    def _who(self, one: VisitLine) -> Cell:
        sign = PRESENCE[one.presence]
        state = text.presence(one.presence, one.patient.sex)
        if (minutes := waited(one, self._now)) is not None:
            state = f"{state}, attend {text.wait(minutes)}"
        elif (minutes := lasted(one, self._now)) is not None:
            state = f"{state}, {text.wait(minutes)}"
        return Cell(
            one.patient.name, sign.glyph, glyph_tone=sign.role, medium=True,
            second=state, second_tone=sign.role,
        )  # fmt: skip

    def _legend(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(7)
        for kind, sign in VISIT.items():
            minutes = f"{USUAL_MINUTES[kind]}{text.NB}min"
            column.addWidget(_line(sign.glyph, sign.role, kind.value, minutes))
        column.addWidget(_line("ri.forbid-2-line", "text.muted", "Indisponible", ""))
        return column


def _line(glyph: str, role: str, words: str, minutes: str) -> QWidget:
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    row.addWidget(Swatch(glyph, role))
    row.addWidget(label(words, "base"), 1)
    row.addWidget(label(minutes, "small", "text.muted"))
    return made


def _hour(one: VisitLine) -> Cell:
    return Cell(text.time(one.starts_at), tone="text.muted", right=True)
