"""« Rendez-vous » of one patient: to come and past, missed and cancelled with their reasons."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout

from lgc.desktop import text
from lgc.desktop.components.busy import BusyLine
from lgc.desktop.components.cover import window_of
from lgc.desktop.components.empty import EmptyState
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import label
from lgc.desktop.components.panel import Panel
from lgc.desktop.components.rows import Cell, Column
from lgc.desktop.components.tables import Table
from lgc.desktop.record.part import Part
from lgc.desktop.tasks import Tasks
from lgc.desktop.theme.glyphs import PRESENCE, VISIT
from lgc.desktop.visit_reason import ReasonDialog
from lgc.domain.agenda import Presence, kind_of
from lgc.services.desk import Desk
from lgc.services.planning import EXPLAINED
from lgc.services.views import VisitLine

ROW = 44


class VisitsPart(Part):
    """Enter shows an appointment in the agenda, F2 says why it was cancelled or missed."""

    def __init__(self, patient_id: str, desk: Desk, tasks: Tasks) -> None:
        super().__init__(patient_id, desk, tasks)
        self._read = False
        action(self, "Retour à l’accueil du dossier", self.left.emit, "Esc")
        self.busy = BusyLine()
        self.panel = Panel("Rendez-vous")
        self.note = label("", "small", "text.muted")
        self.table: Table[VisitLine] = Table(
            (
                Column("when", "Date", self._when, 230, sort=lambda one: one.starts_at),
                Column("what", "Motif", _what, None, least=200),
                Column("state", "État", self._state, 420),
            ),
            name="Rendez-vous du patient",
            row_height=ROW,
            key=lambda one: one.visit_id,
        )
        self.table.setObjectName("visitsTable")
        self.explain = action(
            self.table, "Motif…", self._explain, "F2", hint="Motif",
            help="Dire pourquoi le rendez-vous a été annulé ou manqué",
        )  # fmt: skip
        self.explain.setEnabled(False)
        self.table.opened.connect(self.visit_asked)
        self.table.chosen.connect(self._follow)
        self._lay_out()

    def shown(self, entry: str) -> None:
        self.refresh()
        self.table.setFocus()

    def refresh(self) -> None:
        work = partial(self._desk.planning.of_patient, self.patient_id)
        task = self._tasks.run(work, owner=self, done=self.show_visits)
        if not self._read:
            self.busy.follow(task, "Lecture des rendez-vous…")

    def agenda_changed(self) -> None:
        self.refresh()

    def show_visits(self, lines: tuple[VisitLine, ...]) -> None:
        """The latest first."""
        self._read = True
        self.table.fill(list(lines))
        self._rows.setCurrentWidget(self.table if lines else self._empty)
        self.panel.count.set_count(len(lines))
        now = self._desk.clock.now()
        coming = sum(one.presence is Presence.EXPECTED and one.ends_at > now for one in lines)
        missed = sum(one.presence is Presence.ABSENT for one in lines)
        gone = sum(one.presence is Presence.CANCELLED for one in lines)
        self.note.setText(
            text.join(
                f"{coming}{text.NB}à venir" if coming else "",
                text.count(missed, "manqué") if missed else "",
                text.count(gone, "annulé") if gone else "",
            )
        )

    def _lay_out(self) -> None:
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        self.panel.add_action(self.note)
        self.panel.add_action(self.busy)
        self._empty = EmptyState(
            "ri.calendar-2-line", "Aucun rendez-vous", "L’agenda en donne par Ctrl G, puis N."
        )
        self._rows = QStackedWidget()
        self._rows.addWidget(self.table)  # first: the keys are on it before the answer comes
        self._rows.addWidget(self._empty)
        self.panel.add(self._rows, 1)
        whole.addWidget(self.panel, 1)

    def _follow(self, line: VisitLine | None) -> None:
        self.explain.setEnabled(line is not None and line.presence in EXPLAINED)
        self.hints_changed.emit()

    def _explain(self) -> None:
        line = self.table.current()
        if line is None or line.presence not in EXPLAINED:
            return
        dialog = ReasonDialog(window_of(self), line, "Enregistrer")

        def keep(words: str) -> None:
            work = partial(self._desk.planning.explain, line, words)
            self.visit_act.emit(work, "Motif noté", dialog.saved, line)

        dialog.chosen.connect(keep)
        dialog.open(dialog.words)

    def _when(self, one: VisitLine) -> Cell:
        ahead = one.presence is Presence.EXPECTED and one.ends_at > self._desk.clock.now()
        gone = one.presence is Presence.CANCELLED
        when = f"{text.DAYS[one.starts_at.weekday()][:3]}. {text.date_time(one.starts_at)}"
        return Cell(
            when, medium=ahead, tone="text" if ahead else "text.muted", struck=gone,
            second=text.wait(one.minutes),
        )  # fmt: skip

    def _state(self, one: VisitLine) -> Cell:
        sign = PRESENCE[one.presence]
        late = one.presence is Presence.EXPECTED and one.ends_at <= self._desk.clock.now()
        words = "Non noté" if late else text.presence(one.presence, one.patient.sex)
        why = ""
        if one.presence in EXPLAINED:
            when = f"le {text.date_time(one.since)}" if one.since is not None else ""
            why = text.join(one.reason, text.join(when, self._by(one)))
        return Cell(words, sign.glyph, glyph_tone=sign.role, second=why)

    def _by(self, one: VisitLine) -> str:
        mine = self._desk.connection.practitioner.holder.national_id
        return "par vous" if one.by == mine else f"par {one.by}" if one.by else ""


def _what(one: VisitLine) -> Cell:
    sign = VISIT[kind_of(one.kind)]
    return Cell(
        one.note or kind_of(one.kind).value, sign.glyph, glyph_tone=sign.role,
        second=text.join(kind_of(one.kind).value if one.note else "", one.place),
    )  # fmt: skip
