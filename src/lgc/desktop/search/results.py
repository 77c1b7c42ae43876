"""What the search shows, decided without Qt: groups, the words that matched, the spelling. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from lgc.desktop import text
from lgc.desktop.theme.glyphs import KIND, ORIGIN, PRESENCE, SEX
from lgc.desktop.words import letters
from lgc.domain.meant import meant as alone
from lgc.services.views import Found, FoundDocument, FoundPatient, PatientView, VisitLine


class Group(StrEnum):
    PATIENTS = "patients"
    VISITS = "visits"
    DOCUMENTS = "documents"
    ACTIONS = "actions"


GROUP_WORDS = {
    Group.PATIENTS: "Patients",
    Group.VISITS: "Rendez-vous",
    Group.DOCUMENTS: "Documents",
    Group.ACTIONS: "Actions",
}


@dataclass(frozen=True, slots=True)
class Offer:
    """An action of the application: its words, its key, and the number that triggers it."""

    number: int
    words: str
    cap: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """One line. ``head`` lines only carry a title and a count."""

    key: str
    group: Group
    title: str
    detail: str = ""
    glyph: str = ""
    role: str = "text.muted"
    date: str = ""
    cap: str = ""
    head: bool = False
    count: int = 0
    patient: PatientView | None = None
    item: str = ""
    offer: int = -1


def spelling(found: Found) -> str:
    """« Orthographe proche : CHEMIN » when no word typed is in any name found."""
    words = [word for word in letters(found.words).split() if word.isalpha() and len(word) > 2]
    if not words or not found.patients:
        return ""
    first = found.patients[0].patient
    names = letters(f"{first.name} {first.birth_name}")
    return "" if any(word in names for word in words) else first.name.partition(" ")[0]


def results(found: Found, offers: Sequence[Offer], only: Group | None = None) -> list[Result]:
    """Every line to show, with a head per group that is not empty."""
    groups = {
        Group.PATIENTS: [_patient(line) for line in found.patients],
        Group.VISITS: [_visit(line) for line in found.visits],
        Group.DOCUMENTS: [_document(line) for line in found.documents],
        Group.ACTIONS: [_offer(offer) for offer in offers if _asked(offer, found.words)],
    }
    lines: list[Result] = []
    for group, inside in groups.items():
        if inside and only in (None, group):
            title = GROUP_WORDS[group]
            lines.append(Result(f"head/{group}", group, title, head=True, count=len(inside)))
            lines += inside
    return lines


def meant(lines: Sequence[Result], words: str) -> Result | None:
    """The line that Enter opens before any arrow: what the words name alone, else none.

    Of nothing typed nobody is meant; of several homonyms neither.
    """
    if not words.strip():
        return None
    shown = [line for line in lines if not line.head]
    people = [line for line in shown if line.group is Group.PATIENTS]
    if people:
        return alone(words, people, _names)
    whole = [line for line in shown if letters(line.title) == letters(words).strip()]
    few = whole or shown
    return few[0] if len(few) == 1 else None


def _names(line: Result) -> tuple[str, ...]:
    return (line.title, line.patient.birth_name) if line.patient is not None else (line.title,)


def _patient(line: FoundPatient) -> Result:
    patient = line.patient
    sign = SEX[patient.sex]
    family = patient.name.partition(" ")[0]
    born = ""
    if patient.birth_name and patient.birth_name != family:
        born = f"{text.born(patient.sex).lower()} {patient.birth_name}"
    visit = f"rendez-vous {text.time(line.visit_at)}" if line.visit_at is not None else ""
    return Result(
        f"patient/{patient.patient_id}", Group.PATIENTS, patient.name,
        text.join(text.short_age(patient.age), visit, born), sign.glyph, sign.role,
        text.date(patient.birth_date), patient=patient,
    )  # fmt: skip


def _visit(line: VisitLine) -> Result:
    sign, patient = PRESENCE[line.presence], line.patient
    return Result(
        f"visit/{line.visit_id}", Group.VISITS,
        f"{text.capital(text.long_date(line.starts_at.date()))} à {text.time(line.starts_at)}",
        text.join(
            patient.name, line.note or line.kind, text.presence(line.presence, patient.sex),
            line.reason,
        ),
        sign.glyph, sign.role, patient=patient, item="visits",
    )  # fmt: skip


def _document(line: FoundDocument) -> Result:
    document, sign = line.document, KIND[line.document.kind]
    when = document.service_start or document.created_at
    origin = ORIGIN[document.origin].word
    day = document.day_said or text.date(text.local(when).date())
    annulled = document.annulled is not None
    glyph, role = ("ri.forbid-line", "danger") if annulled else (sign.glyph, sign.role)
    return Result(
        f"document/{document.document_id}", Group.DOCUMENTS, document.title,
        text.join("annulé" * annulled, line.patient.name, day, document.organisation, origin),
        glyph, role, patient=line.patient, item=document.document_id,
    )  # fmt: skip


def _offer(offer: Offer) -> Result:
    return Result(
        f"action/{offer.number}", Group.ACTIONS, offer.words, offer.help,
        "ri.arrow-right-line", "accent.text", cap=offer.cap, offer=offer.number,
    )  # fmt: skip


def _asked(offer: Offer, words: str) -> bool:
    said = letters(f"{offer.words} {offer.help}")
    return all(word in said for word in letters(words).split())
