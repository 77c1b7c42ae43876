"""Steps of the visit about documents themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lgc.cda import parse
from lgc.domain.medical_data import Family
from lgc.tour.driver import TourFailure

if TYPE_CHECKING:
    from lgc.tour.steps import Visit


CODED = {
    "mesures": (Family.MEASUREMENT,),
    "médicaments": (Family.LONG_TERM_TREATMENT, Family.CURRENT_TREATMENT),
    "vaccins": (Family.VACCINATION,),
}


def uncoded(content: bytes) -> list[str]:
    """Measures, medicines and vaccines of a document that have no code, and which of these it
    has none of: a summary without any proves nothing."""
    entries = parse.parse(content).entries
    found = []
    for name, families in CODED.items():
        mine = [one for one in entries if one.family in families]
        found += [one.label for one in mine if one.code is None]
        found += [] if mine else [f"aucun des {name}"]
    return found


def check_document(visit: Visit) -> None:
    """« Vérifier » on the summary that was just made: it must be right."""
    page = visit.record.document
    visit.doctor.press("F7")
    visit.doctor.until(page.findings.isVisible, "the verdict on the document")
    if page.findings.verdict.sentence() != "Fichier bien formé.":
        raise TourFailure("the summary made here has faults")
    visit.doctor.picture("verifier-un-document")
