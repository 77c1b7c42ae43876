"""« Mesures »: the line that adds, the table of what was measured, the curve of one kind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from lgc.desktop import text
from lgc.desktop.components.busy import BusyLine
from lgc.desktop.components.cover import memory_of, window_of
from lgc.desktop.components.curve_shapes import TONES, Curve, CurvePoint
from lgc.desktop.components.empty import EmptyState
from lgc.desktop.components.keys import action
from lgc.desktop.components.panel import Panel
from lgc.desktop.components.segmented import Segmented
from lgc.desktop.components.tables import Table
from lgc.desktop.components.together import together
from lgc.desktop.components.typed import TypedFields
from lgc.desktop.record import code_origin
from lgc.desktop.record.measures.columns import COLUMNS, HALVES, PRESSURE, SINGLE, number
from lgc.desktop.record.measures.editor import Changes, MeasureEditor
from lgc.desktop.record.measures.entry_bar import EntryBar
from lgc.desktop.record.part import Part
from lgc.desktop.tasks import Tasks
from lgc.domain import measures, plausible
from lgc.domain.measures import Kind
from lgc.domain.medical_data import PartialDate
from lgc.services.desk import Desk
from lgc.services.measures import Measures, MeasuresView, Taken, Undo
from lgc.terminology import ucum

if TYPE_CHECKING:
    from lgc.desktop.components.curves import CurvesView

KINDS: dict[str, tuple[str, tuple[Kind, ...]]] = {
    PRESSURE: ("PA", (measures.SYSTOLIC, measures.DIASTOLIC)),
    **{kind.key: (kind.short, (kind,)) for kind, _ in SINGLE},
}
ALWAYS = (PRESSURE, "weight", "height", "bmi")
PERIODS = (("12", "1 an"), ("24", "2 ans"), ("60", "5 ans"), ("0", "Tout"))
DAYS_PER_MONTH = 30.5
NOON = dt.time(12)


class MeasuresPart(Part):
    """One patient's measurements; whatever is done is said with its undo."""

    def __init__(self, patient_id: str, desk: Desk, tasks: Tasks) -> None:
        super().__init__(patient_id, desk, tasks)
        self._typed_line: TypedFields | None = None
        self._view: MeasuresView | None = None
        self._framed: tuple[str, str] | None = None
        start = action(
            self, "Ajouter", lambda: self.bar.start(), "Alt+A", hint="Ajouter",
            help="Ajouter des mesures en une ligne",
        )  # fmt: skip
        action(self, "Retour à l’accueil du dossier", self.left.emit, "Esc")
        self.bar = EntryBar(lambda: desk.clock.now().date(), lambda: self._view, start)
        self.bar.added.connect(self._add)
        self.busy = BusyLine()
        self.panel = Panel("Mesures")
        self.table: Table[Taken] = Table(
            COLUMNS, name="Mesures du patient", key=lambda taken: taken.key
        )
        self.table.setObjectName("measuresTable")
        # Somebody of whom everything was measured fills more than a small window.
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        action(self.table, "Corriger", self._edit, "F2", hint="Corriger")
        action(self.table, "Annuler la mesure", self._cancel, "Del")
        action(self.table, "D’où vient ce code", self._tell_origin, "F4")
        self.chart = Panel("Courbe")
        self.kind = Segmented([(key, short) for key, (short, _) in KINDS.items()], name="Mesure")
        self.periods = Segmented(PERIODS, name="Période de la courbe")
        self.curves: CurvesView | None = None
        self._no_curve = EmptyState(
            "ri.line-chart-line", "Pas encore de courbe", "La courbe apparaît à la deuxième valeur."
        )
        self._lay_out()
        self._connect()

    def shown(self, entry: str) -> None:
        self.refresh()
        if self._typed_line is None:
            # Half a line is in sight again where it was typed: it needs no word of its own.
            field = {"line": self.bar.edit}
            self._typed_line = TypedFields(memory_of(self), f"values:{self.patient_id}", field)
        self.bar.start()

    def refresh(self) -> None:
        task = self._tasks.run(
            partial(_read, self._desk.measures, self.patient_id), owner=self, done=self._show
        )
        if self._view is None:
            self.busy.follow(task, "Lecture des mesures…")

    # --- building -----------------------------------------------------------------------------

    def _lay_out(self) -> None:
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(10)
        whole.addWidget(self.bar)
        self.panel.add_action(self.busy)
        self._empty = EmptyState(
            "ri.ruler-line", "Aucune mesure dans ce dossier", "Écrivez la première ci-dessus."
        )
        self._rows = QStackedWidget()
        self._rows.addWidget(self._empty)
        self._rows.addWidget(self.table)
        self.panel.add(self._rows, 1)
        whole.addWidget(self.panel, 5)
        self.chart.header.insertWidget(1, self.kind)
        self.chart.add_action(self.periods)
        self._drawn = QStackedWidget()
        self._drawn.addWidget(self._no_curve)
        self.chart.add(self._drawn, 1)
        whole.addWidget(self.chart, 4)
        self.periods.choose("0")

    def _connect(self) -> None:
        self.table.opened.connect(lambda taken: self._edit())
        self.table.chosen.connect(self._follow_row)
        self.kind.changed.connect(lambda key: self._draw())
        self.periods.changed.connect(lambda key: self._draw())

    # --- what is shown ------------------------------------------------------------------------

    def _show(self, read: tuple[MeasuresView, type[CurvesView]]) -> None:
        with together(self):
            self._fill(*read)

    def _fill(self, view: MeasuresView, kind: type[CurvesView]) -> None:
        self._view, taken = view, view.taken
        if self.curves is None:
            self.curves = kind()
            self.curves.setAccessibleName("Courbe des mesures")
            self.curves.current_changed.connect(self._follow_point)
            self._drawn.addWidget(_inside(self.curves))
        used = {key for key, (_, kinds) in KINDS.items() if any(map(self._values, kinds))}
        for key in KINDS:
            self.table.hide_column(key, key not in used and key not in ALWAYS)
        self.kind.show_only(used)
        if used and self.kind.value() not in used:
            self.kind.choose(next(key for key in KINDS if key in used))
        self.kind.setVisible(bool(used))
        self.table.fill(taken)
        self.table.select_first()
        self.panel.count.set_count(len(taken))
        self._rows.setCurrentIndex(1 if taken else 0)
        self._draw()
        self.bar.say()

    def _values(self, kind: Kind) -> list[tuple[Taken, float]]:
        """Oldest first."""
        all_taken = self._view.taken if self._view is not None else ()
        found = [(taken, one) for taken in all_taken if (one := taken.of(kind)) is not None]
        return [(taken, one.value) for taken, one in reversed(found)]

    def _draw(self) -> None:
        kinds = KINDS[self.kind.value()][1]
        if self.curves is None:
            return
        curves = [self._curve(kind, TONES[n]) for n, kind in enumerate(kinds)]
        some = any(len(curve.points) > 1 for curve in curves)
        self._drawn.setCurrentIndex(1 if some else 0)
        self.chart.set_title(
            f"Courbe{text.NB}: {KINDS[self.kind.value()][0]}" if some else "Courbe"
        )
        if not some:
            return
        self.curves.show_curves(curves, overlaid=len(curves) > 1)
        framed = (self.kind.value(), self.periods.value())
        if framed != self._framed:
            self._framed = framed
            self._frame(curves)

    def _curve(self, kind: Kind, tone: str) -> Curve:
        unit = ucum.french(kind.unit)
        points = tuple(
            CurvePoint(
                at=dt.datetime.combine(taken.day, NOON, self._desk.clock.now().tzinfo),
                value=value,
                words=number(value),
                tip=(taken.on.french, text.french(kind.label), f"{number(value)}{text.NB}{unit}"),
                data=taken,
            )
            for taken, value in self._values(kind)
        )
        short = {measures.BMI.key: "IMC calculé"}.get(kind.key, KINDS[self.kind.value()][0])
        name = dict(HALVES).get(kind, short)
        return Curve(kind.key, name, unit, points, tone, axis=short, limit=self._limit(kind))

    def _limit(self, kind: Kind) -> float | None:
        """The threshold of a pressure, drawn for an adult only."""
        limit = plausible.THRESHOLDS.get(kind.key)
        if limit is None or self._view is None:
            return None
        today = PartialDate.of(self._desk.clock.now().date())
        ages = plausible.ages_on(today, self._view.born)
        return limit if plausible.above_threshold(kind, limit, ages) else None

    def _frame(self, curves: list[Curve]) -> None:
        today = self._desk.clock.now().date()
        months = int(self.periods.value())
        days = [point.at.date() for curve in curves for point in curve.points]
        first = min(days) - dt.timedelta(20)
        if months:
            first = today - dt.timedelta(months * DAYS_PER_MONTH)
        margin = max((today - first).days // 24, 3)
        if self.curves is not None:
            self.curves.show_period(first, today + dt.timedelta(margin))

    def _follow_row(self, taken: Taken) -> None:
        """The row is the point of the curve."""
        for kind in KINDS[self.kind.value()][1]:
            for number_, (one, _) in enumerate(self._values(kind)):
                if one.key == taken.key and self.curves is not None:
                    self.curves.set_current(kind.key, number_)
                    return

    def _follow_point(self, taken: Taken) -> None:
        self.table.select(taken.key)

    # --- what can be done ---------------------------------------------------------------------

    def _add(self, typed: str) -> None:
        said = self.bar.said_short()
        self._tasks.run(
            partial(self._desk.measures.add, self.patient_id, typed),
            owner=self,
            done=partial(self._added, typed, f"Ajouté : {said}"),
        )

    def _added(self, typed: str, said: str, undo: Undo) -> None:
        if self.bar.edit.text() == typed:
            self.bar.clear()
        self._done(said, [undo])

    def _tell_origin(self) -> None:
        taken = self.table.current()
        if taken is not None:
            code_origin.show(self, [one.entry for one in taken.values if one.entry is not None])

    def _edit(self) -> None:
        taken = self.table.current()
        if taken is None or self._view is None:
            return
        dialog = MeasureEditor(
            window_of(self),
            taken,
            lambda changes: self._change(changes, dialog.saved),
            plausible.ages_on(taken.on, self._view.born),
        )
        if dialog.first is not None:
            dialog.open(dialog.first)
            dialog.first.selectAll()

    def _cancel(self) -> None:
        """What was measured together no longer counts."""
        taken = self.table.current()
        if taken is not None:
            self._change([(one.entry, None) for one in taken.values if one.entry is not None])

    def _change(self, changes: Changes, saved: Callable[[], None] = lambda: None) -> None:
        own, patient_id = self._desk.measures, self.patient_id

        def work() -> list[Undo]:
            return [own.change(patient_id, changes)]

        gone = all(value is None for _, value in changes)
        plural = "s" if len(changes) > 1 else ""
        said = f"{len(changes)} mesure{plural} {'annulée' if gone else 'corrigée'}{plural}"
        if changes:
            self._tasks.run(work, owner=self, done=partial(self._corrected, said, saved))

    def _corrected(self, said: str, saved: Callable[[], None], undos: list[Undo]) -> None:
        saved()
        self._done(said, undos)

    def _done(self, said: str, undos: list[Undo]) -> None:
        self.refresh()
        self.told.emit(text.french(said), partial(self._take_back, undos))

    def _take_back(self, undos: list[Undo]) -> None:
        def work() -> None:
            for undo in reversed(undos):
                self._desk.measures.undo(undo)

        self._tasks.run(work, owner=self, done=lambda nothing: self.refresh())


def _inside(part: QWidget) -> QWidget:
    """With the margins of a panel around it."""
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(8, 4, 8, 4)
    row.addWidget(part)
    part.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return box


def _read(own: Measures, patient_id: str) -> tuple[MeasuresView, type[CurvesView]]:
    """In a worker, the first load of the drawing library with it."""
    from lgc.desktop.components.curves import CurvesView

    return own.view(patient_id), CurvesView
