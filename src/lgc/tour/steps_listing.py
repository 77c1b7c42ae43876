"""« Liste des documents » in the visit: everything, then a word of a text, then two lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lgc.desktop.record.listing.part import ListingPart
from lgc.desktop.record.measures.part import MeasuresPart
from lgc.desktop.settings.page import SettingsPage
from lgc.tour.driver import TourFailure

if TYPE_CHECKING:
    from lgc.tour.steps import Visit

WORD = "hypoglycemie"


def documents_listed(visit: Visit) -> None:
    """The whole list, a full-text search with its excerpts, and several lines at once."""
    doctor, record = visit.doctor, visit.record
    doctor.press("Alt+3")
    doctor.until(lambda: isinstance(record.stack.currentWidget(), ListingPart), "the list")
    part = record.stack.currentWidget()
    if not isinstance(part, ListingPart):
        raise TourFailure("the list of documents is not in view")
    doctor.until(lambda: part.table.rows(), "the documents")
    doctor.picture("liste-documents")
    doctor.press("Shift+Down")
    doctor.press("Shift+Down")
    doctor.until(lambda: len(part.chosen()) == 3, "three lines chosen")
    doctor.press("Ctrl+F")
    doctor.type(WORD)
    doctor.until(lambda: part.hits.isVisible() and part.hits.rows(), "a word of a text")
    if not any(line.excerpt for line in part.hits.rows()):
        raise TourFailure("the word is found, but not shown where it stands")
    doctor.breathe(0.3)
    doctor.picture("liste-documents-recherche")
    doctor.press("Esc")
    doctor.until(lambda: part.table.isVisible(), "the whole list again")
    record.show_home()


def measures_taken(visit: Visit) -> None:
    """« T 38,5 » is asked; a line becomes values, what is unusual is said and refuses nothing,
    Ctrl+Z takes it back."""
    doctor, record = visit.doctor, visit.record
    record.show_part("measures")
    part = record.stack.currentWidget()
    if not isinstance(part, MeasuresPart):
        raise TourFailure("the measurements are not in view")
    doctor.until(lambda: part.table.rows(), "the measurements")
    before = len(part.table.rows())
    doctor.type("T 38,5")
    doctor.until(part.bar.readings.isVisible, "the readings of one letter")
    if part.bar.readings.current() is not None:
        raise TourFailure("a reading was chosen beforehand")
    doctor.breathe(0.2)
    doctor.picture("mesures-deux-sens")
    doctor.press("Down")
    doctor.press("Return")
    doctor.until(lambda: part.bar.line().understood, "the whole word")
    doctor.press("Esc")
    doctor.type("PA 138/82, pouls 72, poids 82,4 taille 174")
    doctor.breathe(0.2)
    doctor.picture("mesures-saisie")
    doctor.press("Return")
    doctor.until(lambda: len(part.table.rows()) == before + 1, "the new line")
    doctor.breathe(0.5)
    doctor.picture("mesures")
    doctor.press("Ctrl+Z")
    doctor.until(lambda: len(part.table.rows()) == before, "the line taken back")
    record.show_home()


def nomenclatures_shown(visit: Visit) -> None:
    """Which official tables are in force, and how to load others."""
    visit.window.show_page("settings", "nomenclature")
    page = visit.page(SettingsPage, "settings")
    visit.doctor.until(lambda: page.nomenclatures.isVisible(), "the nomenclatures")
    visit.doctor.breathe(0.4)
    visit.doctor.picture("reglages-nomenclatures")
    page.search.clear()
