"""Correct what was measured together: each value in its field, an empty one no longer counts."""

from __future__ import annotations

import re
from collections.abc import Callable

from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from lgc.desktop import text
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.cover import Dialog
from lgc.desktop.components.form import Faults, Form
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import label
from lgc.desktop.components.notice import Notice
from lgc.desktop.record.measures.columns import HALVES, number, past
from lgc.domain import plausible
from lgc.domain.medical_data import MedicalEntry
from lgc.services.measures import Measured, Taken
from lgc.terminology import ucum

HALF = (
    "Une pression artérielle est une seule mesure : écrivez ses deux valeurs, "
    "ou videz les deux pour l’annuler."
)
Changes = list[tuple[MedicalEntry, float | None]]


class MeasureEditor(Dialog):
    """``save`` is called with the entries that changed and their new value, None to cancel.

    A value that nobody of those ``ages`` (of any age, without them) has is said as it is typed,
    and not refused.
    """

    def __init__(
        self,
        parent: QWidget,
        taken: Taken,
        save: Callable[[Changes], None],
        ages: plausible.Ages | None = None,
    ) -> None:
        title = f"Mesures du {taken.on.french}"
        super().__init__(parent, title, glyph="ri.ruler-line", width=480)
        self._save, self._ages = save, ages
        self.fields: dict[str, tuple[Measured, QLineEdit]] = {}
        grid = QGridLayout()
        self.body.addLayout(grid)
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        self.form = Form(self)
        for row, one in enumerate(one for one in taken.values if not one.computed):
            field = QLineEdit(number(one.value))
            field.setFixedHeight(32)
            grid.addWidget(self.form.caption(text.french(one.kind.label), field), 2 * row, 0)
            grid.addWidget(field, 2 * row, 1)
            grid.addWidget(label(ucum.french(one.kind.unit), "base", "text.muted"), 2 * row, 2)
            grid.addWidget(self.form.said(field), 2 * row + 1, 1, 1, 2)
            field.textChanged.connect(lambda words: self._say())
            self.fields[one.kind.key] = (one, field)
        for old in taken.past:
            self.body.addWidget(label(past(old), "small", "text.muted", wrap=True))
        self.notice = Notice("text.muted")
        self._say()
        self.body.addWidget(self.notice)
        self.add_cancel()
        keep = action(self, "Enregistrer", self._keep, "Ctrl+Return", others=("Return",))
        self.keep_button = self.add_button(Button("", "primary", action=keep, height=32))
        entries = (one.entry.entry_id for one, _ in self.fields.values() if one.entry is not None)
        self.keep_typed(f"measures:{' '.join(entries)}")

    @property
    def first(self) -> QLineEdit | None:
        return next((field for _, field in self.fields.values()), None)

    def _say(self) -> None:
        """What nobody of that age has, in sight before it is kept."""
        self.form.again(self._faults())
        values = ((one.kind, _value(_plain(field))) for one, field in self.fields.values())
        told = (
            plausible.warning_of(kind, value, self._ages)
            for kind, value in values
            if value is not None
        )
        unusual = next(filter(None, told), "")
        sentence = f"{unusual}." if unusual else "Les valeurs d’avant restent lisibles."
        tone = "warn" if unusual else "text.muted"
        self.notice.set(tone, text.french(sentence), "Un champ vidé annule sa mesure.")

    def _keep(self) -> None:
        if self.form.stops(self._faults()):
            return
        changes: Changes = [
            (one.entry, _value(_plain(field)))
            for one, field in self.fields.values()
            if one.entry is not None and _plain(field) != number(one.value).replace(",", ".")
        ]
        self.dismiss()
        if changes:
            self._save(changes)

    def _faults(self) -> Faults:
        halves = [self.fields[kind.key][1] for kind, _ in HALVES if kind.key in self.fields]
        emptied = [field for field in halves if not field.text().strip()]
        half = emptied[0] if 0 < len(emptied) < len(halves) else None
        found: list[tuple[QWidget, str]] = []
        for one, field in self.fields.values():
            written = _plain(field)
            changed = written and written != number(one.value).replace(",", ".")
            if field is half:
                found.append((field, HALF))
            elif changed and _value(written) is None:
                found.append((field, f"« {field.text().strip()} » n’est pas un nombre possible."))
        return found


def _plain(field: QLineEdit) -> str:
    return field.text().strip().replace(",", ".").replace(text.THIN, "")


def _value(written: str) -> float | None:
    value = float(written) if re.fullmatch(r"[0-9]+(\.[0-9]+)?", written) else 0.0
    return value if 0 < value < 100_000 else None
