"""Families and entries in the doctor's words."""

from __future__ import annotations

from dataclasses import dataclass

from lgc.desktop.record import code_origin
from lgc.desktop.reusing.words import GLYPHS
from lgc.domain.allergies import SEVERITIES, kind_and_agent
from lgc.domain.families import TITLES
from lgc.domain.kinships import KINSHIPS
from lgc.domain.medical_data import Family, MedicalEntry, Standing
from lgc.domain.risks import NAMES, Risk, is_bare, subject_of
from lgc.services.evidence import stood
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
SUBJECT = "ex. « tabac 20 par jour 1998 »"
EXPOSURE = "ex. « amiante 1974 »"
INTAKE = "puis « : 1-0-1 » et date"
PLACES: dict[Family, Place] = {
    family: Place(TITLES[family], one, GLYPHS[family], hint, column)
    for family, one, hint, column in (
        (Family.CHRONIC, "Pathologie en cours", DATE, 0),
        (Family.MEDICAL_HISTORY, "Antécédent médical", DATE, 0),
        (Family.SURGICAL_HISTORY, "Antécédent chirurgical", DATE, 0),
        (Family.FAMILY_HISTORY, "Antécédent familial", KIN, 0),
        (Family.LONG_TERM_TREATMENT, "Traitement au long cours", INTAKE, 1),
        (Family.CURRENT_TREATMENT, "Traitement ponctuel en cours", INTAKE, 1),
        (Family.VIGILANCE, "Point de vigilance", DATE, 1),
        (Family.VACCINATION, "Vaccination", DATE, 1),
        (Family.ALLERGY, "Allergie, hypersensibilité", REACTION, 2),
        (Family.RISK_FACTOR, "Facteur de risque", SUBJECT, 2),
        (Family.OCCUPATIONAL, "Facteur de risque professionnel", DATE, 2),
        (Family.TOXIC, "Exposition toxique", EXPOSURE, 2),
    )
}


def kin(code: str) -> str:
    """The label of a kinship, empty without one."""
    return KINSHIPS[code][0] if code in KINSHIPS else code


def words(entry: MedicalEntry) -> str:
    """The line as it is read, kinship or subject of the risk first."""
    is_risk = entry.family is Family.RISK_FACTOR and entry.risk is not Risk.OTHER
    if is_risk and entry.standing is Standing.FACT:
        return _of_risk(entry)
    whose = kin(entry.kinship)
    return f"{whose} : {entry.label}" if whose else entry.label


def _of_risk(entry: MedicalEntry) -> str:
    """« Tabac : oui » of a bare yes; what names its subject is not told it again."""
    name = NAMES[entry.risk]
    if is_bare(entry.risk, entry.label):
        return f"{name} : oui" if entry.active else name
    return entry.label if subject_of(entry.label) is entry.risk else f"{name} : {entry.label}"


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


def over(entry: MedicalEntry) -> str:
    """What is said beside a line that is over, with its end as far as it is known."""
    return f"terminé, {entry.end.french}" if entry.end else "terminé"


def code(entry: MedicalEntry) -> str:
    """The code alone, as a badge."""
    return entry.code.code if entry.code else ""


def origin(entry: MedicalEntry) -> list[str]:
    """What its tip says of its code, a line each; F4 opens the same."""
    return [f"{title}\u00a0: {told}" for title, told in code_origin.told(entry)]


def system(entry: MedicalEntry) -> str:
    return code_systems.name_of(entry.code.system) if entry.code else ""
