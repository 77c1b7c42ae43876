"""Allergies and intolerances as they are said at a glance: each whole, never more than entered."""

from __future__ import annotations

from lgc.domain.allergies import SEVERITIES, Kind
from lgc.domain.medical_data import Family, MedicalEntry, MedicalRecord

# How a banner heads them, one and several; what nobody said is said so.
HEADS = {
    Kind.ALLERGY: ("Allergie", "Allergies"),
    Kind.INTOLERANCE: ("Intolérance", "Intolérances"),
    Kind.NOT_ALLERGIC: ("Hypersensibilité non allergique", "Hypersensibilités non allergiques"),
    Kind.IDIOSYNCRASY: ("Idiosyncrasie", "Idiosyncrasies"),
    Kind.UNKNOWN: ("Allergie ou intolérance", "Allergies ou intolérances"),
}


def said(entry: MedicalEntry) -> str:
    """« Pénicilline (urticaire généralisée, grave) »."""
    beside = (entry.reaction, SEVERITIES[entry.allergy.severity])
    told = ", ".join(" ".join(part.split()) for part in beside if part)
    words = " ".join(entry.wording.split())
    return f"{words} ({told})" if told else words


def told(entry: MedicalEntry) -> str:
    """« Intolérance : Lactose (diarrhées, modéré) », alone on its line."""
    return f"{HEADS[entry.allergy.kind][0]} : {said(entry)}"


def of_today(record: MedicalRecord) -> tuple[MedicalEntry, ...]:
    """The allergies and intolerances that stand."""
    return tuple(entry for entry in record.of(Family.ALLERGY) if entry.active)


def lines(record: MedicalRecord) -> tuple[str, ...]:
    """One line a kind, every active entry in it: « Allergies : A (choc), B »."""
    found = []
    for kind, (one, several) in HEADS.items():
        entries = [entry for entry in of_today(record) if entry.allergy.kind is kind]
        if entries:
            head = one if len(entries) == 1 else several
            found.append(f"{head} : {', '.join(map(said, entries))}")
    return tuple(found)
