"""Choose what enters the record: one box per entry, duplicates unticked with their reason."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from lgc.desktop import text
from lgc.desktop.allergy_coverage import coverage, met
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.chips import Chip
from lgc.desktop.components.cover import Dialog
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import ElidedLabel, Glyph, label, rule
from lgc.desktop.components.notice import Notice
from lgc.desktop.reusing import words
from lgc.desktop.tasks import Failing, Tasks
from lgc.domain.families import TITLES
from lgc.domain.medical_data import Family, MedicalEntry, contradicts
from lgc.services.comparing import TREATMENTS
from lgc.services.reusing import Proposal, ReuseView, Reusing, Taken
from lgc.services.views import PatientView

WIDTH = 760
LIST_HEIGHT, LIST_LEAST, AROUND = 430, 160, 300


class Box(QCheckBox):
    """Says when the keys come to it, so that the list shows it."""

    focused = Signal()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focused.emit()


class ProposalRow(QFrame):
    """One entry: its box, its words, its code, and why it is left out if it is."""

    def __init__(self, proposal: Proposal, number: int) -> None:
        super().__init__()
        self.proposal = proposal
        entry = proposal.entry
        self.box = Box()
        self.box.setObjectName(f"reuse-{number}")
        self.box.setChecked(proposal.chosen)
        shown = words.one_line(entry.label)
        changes = [text.french(words.change(one)) for one in proposal.changes]
        self.box.setAccessibleName(
            text.join(shown, words.detail(entry), proposal.why_not, *changes)
        )
        lines = QVBoxLayout()
        lines.setSpacing(1)
        lines.addWidget(ElidedLabel(text.french(shown), "medium"))
        told = words.detail(entry)
        if told:
            lines.addWidget(ElidedLabel(text.french(words.one_line(told)), "small", "text.muted"))
        for change in changes:
            lines.addWidget(ElidedLabel(words.one_line(change), "small", "warn"))
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 5, 14, 5)
        row.setSpacing(10)
        row.addWidget(self.box, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(lines, 1)
        if proposal.why_not:
            glyph = "ri.file-copy-2-line" if proposal.double else "ri.question-line"
            row.addWidget(Chip(proposal.why_not, "warn", glyph, small=True))
        if proposal.changes:
            row.addWidget(Chip("change une ligne", "warn", "ri.edit-2-line", small=True))
        if words.code(entry):
            row.addWidget(Chip(words.code(entry), small=True, outlined=True))
        self.setMinimumHeight(42)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Anywhere on the row is on its box."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.box.toggle()


class ReuseDialog(Dialog):
    """``taken`` carries what was brought in, once it is committed."""

    taken = Signal(object)

    HOLDS_NO_TEXT = True

    def __init__(
        self,
        parent: QWidget,
        view: ReuseView,
        patient: PatientView,
        reusing: Reusing,
        tasks: Tasks,
        failed: Failing,
    ) -> None:
        super().__init__(
            parent,
            "Reprendre dans le dossier",
            glyph="ri.download-2-line",
            subtitle=f"{patient.civility} {patient.name}, {text.date(patient.birth_date)}".strip(),
            width=WIDTH,
        )
        self.setObjectName("reuseDialog")
        self._view, self._reusing = view, reusing
        self._tasks, self._failed = tasks, failed
        self.rows: list[ProposalRow] = []
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        self.body.addWidget(self._source())
        self.body.addWidget(rule())
        self._scroll = self._list()
        self.body.addWidget(self._scroll)
        self._warning = Notice("warn")
        self.body.addWidget(self._warning)
        self.alert = Notice("danger")
        self.body.addWidget(self.alert)
        self._buttons()
        self._counted()

    @property
    def chosen(self) -> list[MedicalEntry]:
        return [row.proposal.entry for row in self.rows if row.box.isChecked()]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = max(min(LIST_HEIGHT, self.height() - AROUND), LIST_LEAST)
        inside = self._scroll.widget()
        needed = inside.sizeHint().height() if inside is not None else room
        self._scroll.setFixedHeight(min(room, needed + 4))

    def _source(self) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(20, 10, 20, 10)
        row.setSpacing(8)
        row.addWidget(Glyph("ri.file-text-line", "text.muted", 16))
        row.addWidget(
            ElidedLabel(text.french(f"Source : {self._view.source}"), "small", "text.muted"), 1
        )
        return line

    def _list(self) -> QScrollArea:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(6, 4, 6, 8)
        column.setSpacing(0)
        family: Family | None = None
        for number, proposal in enumerate(self._view.proposals):
            if proposal.entry.family is not family:
                family = proposal.entry.family
                column.addWidget(_head(family))
            row = ProposalRow(proposal, number)
            row.box.toggled.connect(lambda on: self._counted())
            column.addWidget(row)
            self.rows.append(row)
        scroll = QScrollArea()
        scroll.setWidget(inside)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for row in self.rows:
            row.box.focused.connect(partial(scroll.ensureWidgetVisible, row, 0, 8))
        return scroll

    def _buttons(self) -> None:
        every = action(self, "Tout cocher", self._all_or_none, "Ctrl+A")
        self._every = Button(action=every, height=32)
        self.add_button(self._every)
        self.add_cancel()
        self._take_action = action(self, "Reprendre", self._take, "Ctrl+Return")
        self.take = Button(
            "Reprendre", "primary", "ri.check-line", action=self._take_action, height=32
        )
        self.take.setObjectName("takeEntries")
        self.add_button(self.take)

    def _counted(self) -> None:
        count = len(self.chosen)
        self._take_action.setEnabled(count > 0)
        noun = text.count(count, "élément", "éléments")
        self.take.setText(f"Reprendre {noun}" if count else "Reprendre")
        self.take.updateGeometry()
        left = sum(1 for row in self.rows if row.proposal.double)
        told = sum(1 for row in self.rows if row.proposal.changes)
        self.footer_note.setText(
            text.join(
                text.count(left, "doublon reconnu", "doublons reconnus") if left else "",
                text.count(told, "changement", "changements") if told else "",
            )
        )
        self._warn()
        self._alert()

    def _warn(self) -> None:
        stated = [
            TITLES[absence.family]
            for absence in self._view.absences
            if any(contradicts(entry, absence.family) for entry in self.chosen)
        ]
        self._warning.setVisible(bool(stated))
        if stated:
            self._warning.set(
                "warn",
                text.french(f"L’absence notée sera retirée : {', '.join(stated)}."),
                "Vous l’aviez notée comme connue ; l’annulation la rétablit.",
            )

    def _alert(self) -> None:
        """What a chosen treatment meets in the record, and what could not be compared."""
        chosen = [row.proposal for row in self.rows if row.box.isChecked()]
        alerts = [alert for one in chosen for alert in one.alerts]
        treated = any(one.entry.family in TREATMENTS for one in chosen)
        tone, words = coverage(self._view.compared)
        self.alert.setVisible(bool(alerts) or (treated and tone == "warn"))
        if alerts:
            self.alert.set("danger", "\n".join(map(met, alerts)), text.french(words))
        else:
            self.alert.set("warn", text.french(words))

    def _all_or_none(self) -> None:
        """Every entry that is neither a duplicate nor a change; a second time, none."""
        wanted = [row for row in self.rows if row.proposal.chosen]
        on = not all(row.box.isChecked() for row in wanted)
        for row in wanted:
            row.box.setChecked(on)

    def _take(self) -> None:
        chosen = self.chosen
        if not chosen:
            return
        self._take_action.setEnabled(False)
        self._tasks.run(
            partial(self._reusing.take, self._view, chosen),
            owner=self,
            done=self._done,
            failed=self._not_done,
        )

    def _done(self, taken: Taken) -> None:
        self.taken.emit(taken)
        self.dismiss()

    def _not_done(self, error: Exception) -> None:
        self._take_action.setEnabled(True)
        self._failed(error, self.speaks_of())


def _head(family: Family) -> QWidget:
    line = QWidget()
    row = QHBoxLayout(line)
    row.setContentsMargins(14, 10, 14, 2)
    row.setSpacing(8)
    row.addWidget(Glyph(words.GLYPHS[family], "text.muted", 15))
    row.addWidget(label(TITLES[family], "small-strong", "text.muted"))
    row.addStretch(1)
    return line
