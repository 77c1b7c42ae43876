"""« Chercher un créneau »: by type, length and days of the week; Enter books the chosen one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from lgc.desktop import text
from lgc.desktop.agenda.visit_dialog import MinutesField
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.cover import Dialog
from lgc.desktop.components.date_field import DateField
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import label
from lgc.desktop.components.pickers import Choice
from lgc.desktop.components.rows import Cell, Column
from lgc.desktop.components.tables import Table
from lgc.desktop.tasks import Tasks
from lgc.domain.agenda import STEP, USUAL_MINUTES, VisitKind, kind_of
from lgc.domain.instants import Now
from lgc.domain.typed_dates import visit

WIDTH, HEIGHT, ROW, NUMBER = 660, 32, 30, 8
Free = Callable[[dt.datetime, int, Collection[int], int], tuple[dt.datetime, ...]]


class SlotDialog(Dialog):
    """``chosen`` carries the moment, the minutes and the kind of the visit to book."""

    chosen = Signal(object, int, str)

    def __init__(
        self, parent: QWidget, tasks: Tasks, free: Free, now: Now, days: Collection[int]
    ) -> None:
        super().__init__(parent, "Chercher un créneau", glyph="ri.search-line", width=WIDTH)
        self.setObjectName("slotDialog")
        self._tasks, self._free, self._now, self._asked = tasks, free, now, 0
        self.kind = Choice([(one.value, one.value) for one in VisitKind], name="Type")
        self.minutes = MinutesField()
        self.minutes.setAccessibleName("Durée")
        self.minutes.setFixedWidth(80)
        self.minutes.set_value(USUAL_MINUTES[VisitKind.CONSULTATION])
        self.after = DateField("À partir du", visit, lambda: now().date(), _weekday, height=HEIGHT)
        self.after.set_day(now().date())
        self.days = [QCheckBox(text.DAYS[day][:3] + ".") for day in sorted(days)]
        self._numbers = sorted(days)
        self.table: Table[dt.datetime] = Table(
            (Column("when", "Créneaux libres", _when, None),),
            name="Créneaux libres",
            row_height=ROW,
            key=lambda one: one,
        )
        self._build()
        self.kind.currentIndexChanged.connect(lambda index: self._usual())
        self.minutes.value_changed.connect(lambda value: self._look())
        self.after.changed.connect(self._look)
        self.table.opened.connect(self._choose)
        self._look()

    def weekdays(self) -> list[int]:
        """Those ticked; none ticked is any of them."""
        pairs = zip(self._numbers, self.days, strict=True)
        return [day for day, box in pairs if box.isChecked()] or self._numbers

    def _build(self) -> None:
        first, second = QHBoxLayout(), QHBoxLayout()
        for row in (first, second):
            row.setSpacing(10)
            self.body.addLayout(row)
        first.addWidget(self.kind)
        first.addWidget(self.minutes)
        first.addWidget(label("min", "base", "text.muted"))
        first.addStretch(1)
        first.addWidget(label("À partir du", "base", "text.muted"))
        first.addWidget(self.after)
        for number, box in zip(self._numbers, self.days, strict=True):
            box.setAccessibleName(text.capital(text.DAYS[number]))
            box.toggled.connect(lambda on: self._look())
            second.addWidget(box)
        second.addStretch(1)
        self.minutes.setFixedHeight(HEIGHT)
        self.body.addWidget(self.table)
        self.table.setFixedHeight(30 + ROW * NUMBER + 2)
        self.add_cancel()
        self._go = action(self, "Prendre ce créneau", self._take, "Ctrl+Return")
        self.add_button(Button(action=self._go, look="primary", height=HEIGHT))

    def _usual(self) -> None:
        self.minutes.set_value(USUAL_MINUTES[kind_of(self.kind.value())])

    def _look(self) -> None:
        day, minutes = self.after.day(), self.minutes.value()
        self._asked += 1
        self._go.setEnabled(False)
        if day is None or minutes < STEP or minutes % STEP:
            self.table.fill([])
            self.footer_note.setText(
                self.after.problem() or f"La durée s’écrit en minutes, de {STEP} en {STEP}."
            )
            return
        now = self._now()
        midnight = dt.datetime.combine(day, dt.time(), now.tzinfo)
        work = partial(self._free, max(midnight, now), minutes, self.weekdays(), NUMBER)
        self._tasks.run(work, owner=self, done=partial(self._show, self._asked))

    def _show(self, asked: int, found: tuple[dt.datetime, ...]) -> None:
        if asked != self._asked:
            return
        self.table.fill(list(found))
        self.footer_note.setText("" if found else "Aucun créneau libre dans les quatre mois.")
        self._go.setEnabled(bool(found))
        self.table.select_first()

    def _take(self) -> None:
        moment = self.table.current()
        if moment is not None:
            self._choose(moment)

    def _choose(self, moment: dt.datetime) -> None:
        minutes, kind = self.minutes.value(), self.kind.value()
        self.dismiss()
        self.chosen.emit(moment, minutes, kind)


def _when(moment: dt.datetime) -> Cell:
    return Cell(f"{text.long_date(moment.date())}, {text.time(moment)}")


def _weekday(day: dt.date) -> str:
    return text.DAYS[day.weekday()]
