"""The words of a VSM: titles, sentences for what is absent, and one table per family.

Each cell that an entry points to has an id ``<ref>-<part>`` (``chronic-1-label``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lgc.cda.writing import quantity
from lgc.domain.allergies import SEVERITIES, kind_and_agent
from lgc.domain.days import practice_day
from lgc.domain.families import ABSENCES, TITLES
from lgc.domain.medical_data import Family, KnownAbsence, MedicalEntry, RiskDenial
from lgc.domain.professionals import Coded
from lgc.domain.risks import NAMES, Risk
from lgc.terminology.value_sets import value_set

ENDED, UNDER_WAY = "Terminé", "En cours"
STATED = frozenset((Family.VIGILANCE, Family.RISK_FACTOR, Family.OCCUPATIONAL, Family.TOXIC))
"""Families whose section does not tell what is over from what is not: each line says it."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of narrative; ``id`` is what entries point to, empty when none does."""

    text: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Narrative:
    """Human-readable text of a section: tables, then sentences."""

    tables: tuple[Table, ...] = ()
    sentences: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.tables or self.sentences)


NOTHING = Narrative()


def _start(entry: MedicalEntry) -> str:
    return entry.start.french if entry.start else ""


def _end(entry: MedicalEntry) -> str:
    return entry.end.french if entry.end else ""


def _posology(entry: MedicalEntry) -> str:
    return entry.posology.sentence if entry.posology else ""


def _kinship(entry: MedicalEntry) -> str:
    return value_set("kinship").label(entry.kinship) if entry.kinship else "Parent non précisé"


def _age(entry: MedicalEntry) -> str:
    return "" if entry.age_at_onset is None else f"{entry.age_at_onset}\u00a0ans"


def state(entry: MedicalEntry) -> str:
    """« Terminé » of what is over; « En cours » only where a line may be either."""
    if not entry.active:
        return ENDED
    return UNDER_WAY if entry.family in STATED else ""


def _status(entry: MedicalEntry) -> str:
    return value_set("allergy_status").label(allergy_status(entry))


def _severity(entry: MedicalEntry) -> str:
    return SEVERITIES[entry.allergy.severity]


Show = Callable[[MedicalEntry], str]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of narrative. ``part`` ends the id of its cells, empty when nothing points there."""

    header: str
    show: Show
    part: str = ""


def _columns(*columns: Column) -> tuple[Column, ...]:
    return (*columns, Column("Remarque", lambda entry: entry.note, "note"))


START = Column("Début", _start, "start")
END = Column("Fin", _end, "end")
DATE = Column("Date", _start, "start")


STATE = Column("État", state, "state")


def _label(header: str) -> Column:
    return Column(header, lambda entry: entry.wording, "label")


VALUE = Column("Valeur", lambda entry: quantity(entry.value, entry.unit), "value")

COLUMNS: dict[Family, tuple[Column, ...]] = {
    Family.CHRONIC: _columns(START, END, _label("Pathologie")),
    Family.MEDICAL_HISTORY: _columns(START, END, _label("Antécédent"), STATE),
    Family.SURGICAL_HISTORY: _columns(DATE, END, _label("Acte"), STATE),
    Family.FAMILY_HISTORY: _columns(
        Column("Lien de parenté", _kinship, "kinship"),
        _label("Antécédent"),
        Column("Âge de survenue", _age, "age"),
        START,
        END,
        STATE,
    ),
    Family.ALLERGY: _columns(
        START,
        END,
        Column("Type", lambda entry: kind_and_agent(entry.allergy), "type"),
        _label("Agent responsable"),
        Column("Réaction", lambda entry: entry.reaction, "reaction"),
        Column("Sévérité", _severity, "severity"),
        Column("Statut", _status, "status"),
    ),
    Family.LONG_TERM_TREATMENT: _columns(
        START, END, _label("Médicament"), Column("Posologie", _posology, "posology")
    ),
    Family.CURRENT_TREATMENT: _columns(
        START, END, _label("Médicament"), Column("Posologie", _posology, "posology")
    ),
    Family.VIGILANCE: _columns(START, END, _label("Point de vigilance"), STATE),
    Family.VACCINATION: _columns(DATE, END, _label("Vaccin"), STATE),
    Family.RISK_FACTOR: _columns(
        Column("Sujet", lambda entry: NAMES[entry.risk], "risk"),
        START,
        END,
        _label("Facteur de risque"),
        VALUE,
        STATE,
    ),
    Family.OCCUPATIONAL: _columns(START, END, _label("Exposition"), STATE),
    Family.TOXIC: _columns(START, END, _label("Exposition"), VALUE, STATE),
    Family.MEASUREMENT: _columns(DATE, END, _label("Mesure"), VALUE),
}


def allergy_status(entry: MedicalEntry) -> str:
    """``active``, ``inactive`` or, with an end date, ``resolved``."""
    if entry.active:
        return "active"
    return "resolved" if entry.end else "inactive"


def absence_sentence(family: Family, stated: KnownAbsence | None) -> str:
    """A dated absence, or « Non renseigné » when nobody said anything."""
    if stated is None:
        return f"{TITLES[family]}\u00a0: Non renseigné."
    day = f"{practice_day(stated.stated_at):%d/%m/%Y}"
    by = f" par {stated.stated_by}" if stated.stated_by.strip() else ""
    return f"{TITLES[family]}\u00a0: {ABSENCES[family]} (noté le {day}{by})."


def denials(lines: Sequence[tuple[str, RiskDenial]]) -> Table:
    """The risks answered by no, of (ref, denial) pairs: each names its subject."""
    rows = tuple(
        (
            Cell(f"{NAMES[denial.risk]}\u00a0: non", f"{ref}-answer"),
            Cell(f"{practice_day(denial.stated_at):%d/%m/%Y}"),
            Cell(denial.stated_by, f"{ref}-by" if denial.stated_by.strip() else ""),
        )
        for ref, denial in lines
    )
    return Table(("Réponse", "Noté le", "Par"), rows, "Facteurs de risque demandés et absents")


def not_asked(answered: Sequence[Risk]) -> str:
    """The subjects that nobody spoke of, so that silence is not read as an answer."""
    silent = [NAMES[risk] for risk in Risk if risk not in (*answered, Risk.OTHER)]
    words = ", ".join(silent)
    return f"{words[:1]}{words[1:].lower()}\u00a0: Non renseigné." if silent else ""


def table(
    family: Family, lines: Sequence[tuple[str, MedicalEntry]], *, captioned: bool = False
) -> Table:
    """The table of (ref, entry) pairs: only columns that say something, the label always."""
    columns = COLUMNS[family]
    used = [
        column
        for column in columns
        if column.part == "label" or any(column.show(entry).strip() for _, entry in lines)
    ]
    rows = tuple(tuple(_cell(column, *line) for column in used) for line in lines)
    caption = TITLES[family] if captioned else ""
    return Table(tuple(column.header for column in used), rows, caption)


def _cell(column: Column, ref: str, entry: MedicalEntry) -> Cell:
    text = column.show(entry)
    wanted = column.part and (text.strip() or column.part == "label")
    return Cell(text, f"{ref}-{column.part}" if wanted else "")


def concept(set_name: str, code: str) -> Coded:
    found = value_set(set_name).get(code)
    if found is None:
        raise ValueError(f"{code} is not of {set_name}")
    return found
