"""« D’où vient ce code »: the table of a coded line, its edition, when, what was typed, what it
replaced. What nobody noted is said so and never made up."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from lgc.desktop import text
from lgc.desktop.components.cover import Dialog, window_of
from lgc.desktop.components.labels import label, rule
from lgc.domain.medical_data import Family, MedicalEntry
from lgc.domain.professionals import Coded
from lgc.terminology import code_systems

TITLE = "D’où vient ce code"
UNKNOWN = "origine non enregistrée"
Rows = Sequence[tuple[str, str]]
Told = tuple[str, Rows]


def told(entry: MedicalEntry) -> list[tuple[str, str]]:
    """Title and words of each thing that is known of the code of a line; empty without a code."""
    code, held = entry.code, entry.origin
    if code is None:
        return []
    named = f"{code_systems.name_of(code.system) or code.system} {code.code} : {code.label}"
    rows = [("Code", named)]
    if held is None:
        rows.append(("Reçu de", entry.source) if entry.source else ("Table", UNKNOWN))
    else:
        rows += [
            ("Table", held.table or UNKNOWN),
            ("Édition", held.edition or "non enregistrée"),
            ("Pris le", text.date(held.taken_at) if held.taken_at else "date non enregistrée"),
        ]
    # Words that say the label itself are not kept apart from it (services.medical).
    same = held is not None and not entry.source and entry.family is not Family.MEASUREMENT
    if entry.typed or same:
        rows.append(("Tapé", f"« {entry.typed or entry.label} »"))
    if held is not None and held.replaced:
        rows.append(("À la place de", held.replaced))
    return [(title, text.french(words)) for title, words in rows]


def in_force(code: Coded, edition: str) -> list[tuple[str, str]]:
    """Of a line that keeps no origin of its own: its table, and what that table says of itself
    today (``edition``)."""
    table = code_systems.name_of(code.system) or code.system
    named = f"{table} {code.code} : {code.label}"
    rows = [("Code", named), ("Table", table), ("En vigueur", edition)]
    return [(title, text.french(words)) for title, words in rows]


class CodeOriginDialog(Dialog):
    """What is known of the codes of these lines (name, what is told), one after the other."""

    def __init__(self, parent: QWidget, lines: Sequence[Told]) -> None:
        super().__init__(parent, TITLE, glyph="ri.barcode-line", width=560)
        self.setObjectName("codeOrigin")
        for number, (name, rows) in enumerate(lines):
            if number:
                self.body.addWidget(rule())
            self.body.addWidget(label(name, "medium", wrap=True))
            self.body.addLayout(_grid(rows))
        if not lines:
            self.body.addWidget(label("Cette ligne est en toutes lettres : elle n’a pas de code."))
        self.leave = self.add_cancel("Fermer")


def _grid(rows: Rows) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(14)
    grid.setVerticalSpacing(6)
    grid.setColumnMinimumWidth(0, 110)
    grid.setColumnStretch(1, 1)
    for line, (title, words) in enumerate(rows):
        grid.addWidget(label(title, "base", "text.muted"), line, 0, Qt.AlignmentFlag.AlignTop)
        said = label(words, "base", wrap=True)
        said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        grid.addWidget(said, line, 1)
    return grid


def show(widget: QWidget, entries: Sequence[MedicalEntry]) -> CodeOriginDialog:
    """Of lines of the record."""
    return show_told(widget, [(one.label, told(one)) for one in entries if one.code is not None])


def show_told(widget: QWidget, lines: Sequence[Told]) -> CodeOriginDialog:
    """Open it over the window of ``widget``; the focus comes back where it was."""
    dialog = CodeOriginDialog(window_of(widget), lines)
    dialog.open(dialog.leave)
    return dialog
