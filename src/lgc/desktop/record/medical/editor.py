"""One line of the record, whole: words, code, dates, intake, reaction, note."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLineEdit, QWidget

from lgc.desktop.components.buttons import Button
from lgc.desktop.components.cover import Dialog
from lgc.desktop.components.form import LEGEND, Faults, Form
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import label
from lgc.desktop.record.dose_reading import DoseReading
from lgc.desktop.record.medical import words
from lgc.desktop.record.medical.allergy_choices import AllergyChoices
from lgc.domain.entry_line import TREATMENTS
from lgc.domain.kinships import KINSHIPS
from lgc.domain.medical_data import Family, MedicalEntry, PartialDate, Posology
from lgc.domain.risks import NAMES, Risk
from lgc.terminology.nomenclature import fold

OVER = "La fin est passée : « En cours » est décoché."
OTHER_WORDS = "Autre libellé : le code est retiré, cochez-le pour le garder."
SAME_DOSE = "Cette prise vaut pour ces mots"
FARTHEST = 50  # years that an end may lie ahead


class EntryEditor(Dialog):
    """``save`` is called with the entry as it was written; a wrong date is said beside it."""

    def __init__(
        self,
        parent: QWidget,
        entry: MedicalEntry,
        today: dt.date,
        save: Callable[[MedicalEntry], None],
    ) -> None:
        place = words.PLACES[entry.family]
        super().__init__(parent, place.one, glyph=place.glyph, width=560)
        self._entry, self._today, self._save = entry, today, save
        self.form = Form(self)
        self.grid = QGridLayout()
        self.body.addLayout(self.grid)
        self.grid.setHorizontalSpacing(14)
        self.grid.setVerticalSpacing(10)
        self.grid.setColumnMinimumWidth(0, 110)
        self.label = self._field("Libellé", entry.label, required=True)
        self.code = QCheckBox()
        self.other_words = label(OTHER_WORDS, "small", "warn")
        if entry.code is not None:
            self.code.setText(f"{words.system(entry)} {entry.code.code} : {entry.code.label}")
            self.code.setChecked(True)
            self._row("Code", self.code)
            self._row("", self.other_words)
            self.other_words.hide()
            self.label.textChanged.connect(self._reworded)
        self.risk = QComboBox()
        if entry.family is Family.RISK_FACTOR:
            self._subjects()
        self.kinship = QComboBox()
        if entry.family is Family.FAMILY_HISTORY:
            self._kin()
        self.age = self._optional(
            entry.family is Family.FAMILY_HISTORY, "À l’âge de", _number(entry.age_at_onset)
        )
        self.posology = self._optional(
            entry.family in TREATMENTS, "Prise", entry.posology.sentence if entry.posology else ""
        )
        self.same_dose = QCheckBox(SAME_DOSE)
        self.understood = DoseReading()
        if self.posology is not None:
            self._row("", self.understood)
            self._row("", self.same_dose)
            self.same_dose.hide()
            self.same_dose.toggled.connect(lambda on: self._read_dose())
            for field in (self.label, self.posology):
                field.textChanged.connect(lambda typed: self._read_dose())
            self._read_dose()
        self.reaction = self._optional(entry.family is Family.ALLERGY, "Réaction", entry.reaction)
        self.allergy = AllergyChoices(entry.allergy)
        if entry.family is Family.ALLERGY:
            for title, choice in self.allergy.rows():
                self._row(title, choice)
        self.start = self._field("Depuis", entry.start.french if entry.start else "")
        self.end = self._field("Jusqu’à", entry.end.french if entry.end else "")
        for field in (self.start, self.end):
            field.setPlaceholderText("2014, 07/2014 ou 08/07/2014")
            field.textChanged.connect(lambda typed: self.form.again(self._faults()))
        self.label.textChanged.connect(lambda typed: self.form.again(self._faults()))
        if self.age is not None:
            self.age.textChanged.connect(lambda typed: self.form.again(self._faults()))
        self.active = QCheckBox("En cours")
        self.active.setChecked(entry.active)
        self._row("", self.active)
        self.active.toggled.connect(lambda on: self.form.again(self._faults()))
        self.over = label(OVER, "small", "text.muted", wrap=True)
        self.over.hide()
        self._row("", self.over)
        self.end.textChanged.connect(self._end_typed)
        self.note = self._field("Remarque", entry.note)
        self.footer_note.setText(LEGEND)
        self.add_cancel()
        keep = action(self, "Enregistrer", self._keep, "Ctrl+Return", others=("Return",))
        self.keep_button = self.add_button(Button("", "primary", action=keep, height=32))
        self.keep_typed(f"entry:{entry.entry_id}")

    def _reworded(self, typed: str) -> None:
        """Other words are no longer what the code says, unless the doctor ticks it again."""
        same = fold(typed) == fold(self._entry.label)
        self.code.setChecked(same)
        self.other_words.setVisible(not same)

    @property
    def _doubted(self) -> bool:
        """Whether the dose was written for other words and is not typed anew."""
        kept = self._entry.posology
        if kept is None or not kept.sentence or self.posology is None:
            return False
        reworded = fold(self.label.text()) != fold(self._entry.label)
        same = fold(self.posology.text()) == fold(kept.sentence)
        return same and (reworded or kept.as_text)

    def _read_dose(self) -> None:
        assert self.posology is not None
        self.same_dose.setVisible(self._doubted)
        asked = self._doubted and not self.same_dose.isChecked()
        question = f"écrite pour « {self._entry.label} »" if asked else ""
        self.understood.show_dose(self.posology.text(), question)

    def _dose(self) -> Posology | None:
        written = self.posology.text().strip() if self.posology is not None else ""
        if self.posology is None:
            return self._entry.posology
        if not written:
            return None
        return Posology(written, as_text=self._doubted and not self.same_dose.isChecked())

    def _field(self, title: str, value: str, *, required: bool = False) -> QLineEdit:
        field = QLineEdit(value)
        field.setFixedHeight(32)
        self._row(title, field, required=required)
        return field

    def _optional(self, there: bool, title: str, value: str) -> QLineEdit | None:
        return self._field(title, value) if there else None

    def _row(self, title: str, field: QWidget, *, required: bool = False) -> None:
        line = self.grid.rowCount()
        if isinstance(field, QCheckBox):  # its words are its own
            self.grid.addWidget(label(title, "base", "text.muted"), line, 0)
        elif title:
            self.grid.addWidget(self.form.caption(title, field, required=required), line, 0)
        self.grid.addWidget(field, line, 1)
        self.grid.addWidget(self.form.said(field), line + 1, 1)

    def _kin(self) -> None:
        self.kinship.addItem("Non précisé", "")
        for code, (word, _) in KINSHIPS.items():
            self.kinship.addItem(word, code)
        held = self._entry.kinship
        if held and held not in KINSHIPS:
            self.kinship.addItem(held, held)
        self.kinship.setCurrentIndex(self.kinship.findData(held))
        self.kinship.setAccessibleName("Parent")
        self.kinship.setFixedHeight(32)
        self._row("Parent", self.kinship)

    def _subjects(self) -> None:
        for risk in Risk:
            self.risk.addItem(NAMES[risk], risk.value)
        self.risk.setCurrentIndex(self.risk.findData(self._entry.risk.value))
        self.risk.setAccessibleName("Sujet")
        self.risk.setFixedHeight(32)
        self._row("Sujet", self.risk)

    def _end_typed(self) -> None:
        """A past end unticks, and says so; nothing is ticked by itself."""
        try:
            end = self._end()
        except ValueError:
            end = None
        past = end is not None and end.last_day < self._today
        if past:
            self.active.setChecked(False)
        self.over.setVisible(past)

    def _keep(self) -> None:
        if self.form.stops(self._faults()):
            return
        written = self._written()
        self.dismiss()
        if written != self._entry:
            self._save(written)

    def _faults(self) -> Faults:
        """What keeps it from being kept, in the order of the fields."""
        found: list[tuple[QWidget, str]] = []
        if not self.label.text().strip():
            found.append((self.label, "Écrivez le libellé."))
        for field, read in (
            (self.age, self._age),
            (self.start, self._start),
            (self.end, self._end),
        ):
            try:
                read()
            except ValueError as wrong:
                found.append((field or self.label, str(wrong)))
        if found:
            return found
        start, end = self._start(), self._end()
        if start and end and end.iso < start.iso[: len(end.iso)]:
            found.append((self.end, "La fin vient avant le début."))
        elif self.active.isChecked() and end and end.last_day < self._today:
            found.append((self.active, "« En cours » est coché, et la fin est passée."))
        return found

    def _written(self) -> MedicalEntry:
        """Once nothing is wrong."""
        entry = self._entry
        start, end = self._start(), self._end()
        return replace(
            entry,
            label=" ".join(self.label.text().split()),
            code=entry.code if self.code.isChecked() else None,
            typed=entry.typed if self.code.isChecked() else "",
            kinship=self._kinship(),
            age_at_onset=self._age(),
            posology=self._dose(),
            reaction=self.reaction.text().strip() if self.reaction else entry.reaction,
            allergy=self.allergy.chosen() if self.reaction else entry.allergy,
            start=start,
            end=end,
            active=self.active.isChecked(),
            note=self.note.text().strip(),
            risk=Risk(self.risk.currentData() or entry.risk),
        )

    def _kinship(self) -> str:
        if self._entry.family is not Family.FAMILY_HISTORY:
            return self._entry.kinship
        return str(self.kinship.currentData())

    def _age(self) -> int | None:
        written = self.age.text().strip() if self.age else ""
        if not written:
            return None
        if not written.isdigit() or int(written) > 120:
            raise ValueError(f"« {written} » n’est pas un âge.")
        return int(written)

    def _start(self) -> PartialDate | None:
        return self._date(self.start, self._today.year)

    def _end(self) -> PartialDate | None:
        """An end may lie ahead."""
        return self._date(self.end, self._today.year + FARTHEST)

    def _date(self, field: QLineEdit, last: int) -> PartialDate | None:
        written = field.text().strip()
        if not written:
            return None
        parts = [part.zfill(2) for part in reversed(written.split("/"))]
        try:
            read = PartialDate.parse("-".join(parts))
        except ValueError:
            raise ValueError(f"« {written} » n’est pas une date.") from None
        if not 1900 <= read.year <= last:
            raise ValueError(f"« {written} » n’est pas une date possible.")
        return read


def _number(value: int | None) -> str:
    return "" if value is None else str(value)
