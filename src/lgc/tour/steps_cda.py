"""Steps of the visit about documents themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lgc.tour.driver import TourFailure

if TYPE_CHECKING:
    from lgc.tour.steps import Visit


def check_document(visit: Visit) -> None:
    """« Vérifier » on the summary that was just made: it must be right."""
    page = visit.record.document
    visit.doctor.press("F7")
    visit.doctor.until(page.findings.isVisible, "the verdict on the document")
    if page.findings.verdict.sentence() != "Fichier bien formé.":
        raise TourFailure("the summary made here has faults")
    visit.doctor.picture("verifier-un-document")
