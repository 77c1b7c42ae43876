"""Families and entries in the doctor's words."""

from __future__ import annotations

from dataclasses import dataclass

from lgc.desktop.reusing.words import GLYPHS
from lgc.domain.allergies import SEVERITIES, kind_and_agent
from lgc.domain.kinships import KINSHIPS
from lgc.domain.medical_data import Family, MedicalEntry, PartialDate, Standing
from lgc.terminology import code_systems


@dataclass(frozen=True, slots=True)
class Place:
    """A family on screen: title, the singular for one line, glyph, what to type, column."""

    title: str
    one: str
    glyph: str
    hint: str
    column: int


DATE = "puis date, ex. « 07/2014 »"
KIN = "ex. « père infarctus à 58 ans »"
REACTION = "ex. « pénicilline (urticaire) 2003 »"
INTAKE = "puis « : 1-0-1 » et date"
PLACES: dict[Family, Place] = {
    family: Place(title, one, GLYPHS[family], hint, column)
    for family, title, one, hint, column in (
        (Family.CHRONIC, "Pathologies chroniques", "Pathologie chronique", DATE, 0),
        (Family.MEDICAL_HISTORY, "Antécédents médicaux", "Antécédent médical", DATE, 0),
        (Family.SURGICAL_HISTORY, "Antécédents chirurgicaux", "Antécédent chirurgical", DATE, 0),
        (Family.FAMILY_HISTORY, "Antécédents familiaux", "Antécédent familial", KIN, 0),
        (Family.LONG_TERM_TREATMENT, "Traitements au long cours", "Au long cours", INTAKE, 1),
        (Family.CURRENT_TREATMENT, "Traitements en cours", "Traitement en cours", INTAKE, 1),
        (Family.VIGILANCE, "Points de vigilance", "Point de vigilance", DATE, 1),
        (Family.VACCINATION, "Vaccinations", "Vaccination", DATE, 1),
        (Family.ALLERGY, "Allergies, intolérances", "Allergie, intolérance", REACTION, 2),
        (Family.RISK_FACTOR, "Facteurs de risque", "Facteur de risque", DATE, 2),
        (
            Family.OCCUPATIONAL,
            "Expositions professionnelles",
            "Exposition professionnelle",
            DATE,
            2,
        ),
        (Family.TOXIC, "Expositions toxiques", "Exposition toxique", DATE, 2),
    )
}


STOOD = {
    Standing.PLANNED: "prévu",
    Standing.ORDERED: "prescrit",
    Standing.INVITED: "invité",
    Standing.REFUSED: "refusé",
    Standing.NOT_DONE: "non fait",
}


def kin(code: str) -> str:
    """The label of a kinship, empty without one."""
    return KINSHIPS[code][0] if code in KINSHIPS else code


def on(date: PartialDate | None) -> str:
    """« en 2014 », « en 07/2014 », « le 08/07/2014 »."""
    return f"{'le' if date.day else 'en'} {date.french}" if date else ""


def stood(standing: Standing, date: PartialDate | None) -> str:
    """« refusé en 2026 »; empty for a fact."""
    return f"{STOOD[standing]} {on(date)}".strip() if standing in STOOD else ""


def words(entry: MedicalEntry) -> str:
    """The line as it is read, kinship first."""
    whose = kin(entry.kinship)
    return f"{whose} : {entry.label}" if whose else entry.label


def beside(entry: MedicalEntry) -> str:
    """What is said fainter after the words: what was typed, state, intake, reaction, note."""
    own = f"« {entry.typed} »" if entry.typed else ""
    state = stood(entry.standing, entry.start)
    intake = entry.posology.sentence if entry.posology else ""
    severity = SEVERITIES[entry.allergy.severity]
    kind = kind_and_agent(entry.allergy).lower()
    parts = (own, state, intake, kind, entry.reaction, severity, entry.note)
    return " · ".join(part for part in parts if part)


def when(entry: MedicalEntry) -> str:
    """One date on the line; the end is in the tooltip and in the editor."""
    if entry.age_at_onset is not None:
        return f"à {entry.age_at_onset} ans"
    if entry.standing is not Standing.FACT:
        return ""
    return entry.start.french if entry.start else ""


def until(entry: MedicalEntry) -> str:
    return f"Terminé : {entry.end.french}" if entry.end else ""


def code(entry: MedicalEntry) -> str:
    """The code alone, as a badge."""
    return entry.code.code if entry.code else ""


def system(entry: MedicalEntry) -> str:
    return code_systems.name_of(entry.code.system) if entry.code else ""
