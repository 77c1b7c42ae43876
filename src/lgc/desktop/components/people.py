"""Who is meant among people found: the one that the words name alone, else nobody."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

from PySide6.QtWidgets import QLineEdit, QWidget

from lgc.desktop import text
from lgc.desktop.components.asking import Asking
from lgc.desktop.components.completion import Completion
from lgc.desktop.components.rows import Cell, Column
from lgc.desktop.components.suggestions import SuggestionList
from lgc.desktop.tasks import Tasks
from lgc.domain.meant import meant
from lgc.domain.professionals import Correspondent
from lgc.services.views import Found, FoundPatient

MOST_PATIENTS, LEAST, TYPING_MS, ROW = 6, 2, 120, 44
Find = Callable[[str], Found]


def patients_in(answer: object) -> tuple[FoundPatient, ...]:
    """The patients of what ``services.finding`` answered, the first few."""
    return cast("Found", answer).patients[:MOST_PATIENTS]


def the_patient(words: str, rows: Sequence[FoundPatient]) -> FoundPatient | None:
    return meant(words, rows, lambda row: (row.patient.name, row.patient.birth_name))


def correspondents_in(answer: object) -> tuple[Correspondent, ...]:
    """What a directory answered."""
    return cast("tuple[Correspondent, ...]", answer)


def the_correspondent(words: str, rows: Sequence[Correspondent]) -> Correspondent | None:
    return meant(words, rows, names_of)


def names_of(one: Correspondent) -> tuple[str, ...]:
    """What a colleague is called, the person first."""
    person = f"{one.family_name} {one.given_name}"
    return person, one.organisation, one.speciality, one.city, one.address


def find_patient(
    field: QLineEdit, tasks: Tasks, find: Find, below: QWidget | None = None
) -> Completion[FoundPatient]:
    """A field that finds one patient of the practice: name, birth name, birth date, age."""
    popup: SuggestionList[FoundPatient] = SuggestionList(
        (Column("name", "Nom", _patient), Column("birth", "Naissance", _birth, 150, right=True)),
        "Patients trouvés",
        key=lambda row: row.patient.patient_id,
        row_height=ROW,
        most=MOST_PATIENTS,
    )
    return Completion(
        field,
        Asking(field, tasks, find, typing_ms=TYPING_MS, least=LEAST),
        popup,
        default=the_patient,
        rows_of=patients_in,
        below=below,
    )


def _patient(row: FoundPatient) -> Cell:
    one, born = row.patient, ""
    if one.birth_name and not one.name.startswith(one.birth_name):
        born = f"{text.born(one.sex).lower()} {one.birth_name}"
    return Cell(one.name, bold=True, second=text.join(text.short_age(one.age), born))


def _birth(row: FoundPatient) -> Cell:
    return Cell(text.date(row.patient.birth_date), medium=True)
