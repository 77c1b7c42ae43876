"""One family: its lines, or « absence connue », or that nobody said anything."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from lgc.desktop import text
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.labels import Glyph, label, rule
from lgc.desktop.components.panel import Panel
from lgc.desktop.components.tips import set_tip
from lgc.desktop.record.medical.entry_row import EntryRow
from lgc.desktop.record.medical.words import PLACES
from lgc.domain.families import ABSENCES
from lgc.domain.medical_data import Family, KnownAbsence, MedicalEntry, MedicalRecord


class FamilyPanel(Panel):
    """``add_asked`` goes to the line above with this family; rows speak for themselves."""

    add_asked = Signal(object)
    absence_asked = Signal(object)
    withdrawn = Signal(object)
    row_made = Signal(object)

    def __init__(self, family: Family) -> None:
        place = PLACES[family]
        super().__init__(place.title)
        self.family = family
        self.header.insertWidget(0, Glyph(place.glyph, "text.muted", 17))
        more = Button("", "quiet", "ri.add-line", height=28)
        more.setAccessibleName(f"Ajouter : {place.one.lower()}")
        set_tip(more, f"Ajouter : {place.one.lower()}")
        more.clicked.connect(lambda: self.add_asked.emit(family))
        self.add_action(more)
        self._content = QWidget()
        self._column = QVBoxLayout(self._content)
        self._column.setContentsMargins(0, 0, 0, 2)
        self._column.setSpacing(0)
        self.add(self._content)
        self.rows: list[EntryRow] = []

    def show_record(self, record: MedicalRecord) -> None:
        """Active lines first, in the order of the record; then what was planned or refused."""
        self._clear()
        entries = sorted(record.of(self.family), key=lambda entry: not entry.active)
        self.count.set_count(len(entries))
        self.count.setVisible(bool(entries))
        spoken = [one for one in record.intents if one.family is self.family]
        for number, entry in enumerate((*entries, *spoken)):
            if number:
                self._column.addWidget(rule())
            self._column.addWidget(self.row_of(entry))
        absence = record.absence_of(self.family)
        if absence is not None:
            self._column.addWidget(self._absent(absence))
        elif not record.holds(self.family):
            self._column.addWidget(self._unknown())

    def row_of(self, entry: MedicalEntry) -> EntryRow:
        """The row of one line, that answers like the others."""
        row = EntryRow(entry)
        self.rows.append(row)
        self.row_made.emit(row)
        return row

    def _clear(self) -> None:
        self.rows = []
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def _absent(self, absence: KnownAbsence) -> QWidget:
        line, row = standing_line()
        row.addWidget(Glyph("ri.checkbox-circle-fill", "ok", 18))
        said = QVBoxLayout()
        row.addLayout(said, 1)
        said.setSpacing(1)
        none = ABSENCES[absence.family]
        said.addWidget(label(f"{none[:1].upper()}{none[1:]}", "strong", "ok", wrap=True))
        by = f" par {absence.stated_by}" if absence.stated_by else ""
        said.addWidget(label(f"Noté le {text.date(absence.stated_at)}{by}", "small", "text.muted"))
        back = Button("Retirer", "quiet", height=28)
        back.clicked.connect(partial(self.withdrawn.emit, absence))
        row.addWidget(back)
        line.setFixedHeight(50)
        return line

    def _unknown(self) -> QWidget:
        line, row = standing_line()
        row.addWidget(Glyph("ri.question-line", "text.muted", 18))
        row.addWidget(slanted("Non renseigné"), 1)
        known = Button("Absence connue", "plain", "ri.check-line", height=28)
        set_tip(known, "Question posée : il n’y en a pas")
        known.clicked.connect(lambda: self.absence_asked.emit(self.family))
        row.addWidget(known)
        line.setFixedHeight(44)
        return line


def slanted(words: str) -> QLabel:
    """What is not known, in words that no answer looks like."""
    made = label(words, "base", "text.muted")
    font = made.font()
    font.setItalic(True)
    made.setFont(font)
    return made


def standing_line() -> tuple[QWidget, QHBoxLayout]:
    line = QWidget()
    row = QHBoxLayout(line)
    row.setContentsMargins(12, 4, 8, 4)
    row.setSpacing(8)
    return line, row
