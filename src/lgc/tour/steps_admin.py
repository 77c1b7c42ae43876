"""Who the patient is: the form, a change announced before it lowers the identity, its undo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lgc.desktop.patients.page import NewPatientPage
from lgc.desktop.record.administrative.part import AdministrativePart
from lgc.desktop.record.visits_part import VisitsPart
from lgc.tour.driver import TourFailure

if TYPE_CHECKING:
    from lgc.tour.steps import Visit


def administrative(visit: Visit) -> None:
    """A strict trait is changed, the warning seen, and everything put back."""
    doctor, record = visit.doctor, visit.record
    doctor.click(record.menu.button("administrative"))
    part = record.stack.currentWidget()
    if not isinstance(part, AdministrativePart):
        raise TourFailure("the administrative data are not in view")
    doctor.until(lambda: part.view is not None, "the administrative data")
    doctor.breathe(0.2)
    doctor.picture("donnees-administratives")
    doctor.press("End")
    doctor.type("é")
    doctor.press("Ctrl+S")
    doctor.until(lambda: "provisoire" in part.notice.sentence(), "what would be lost")
    doctor.picture("donnees-administratives-trait-modifie")
    part.undo()
    doctor.until(lambda: not part.dirty, "the form as it was")
    record.show_home()


def visits(visit: Visit) -> None:
    """The appointments of the record, past and to come; those of the search beside the name."""
    doctor, record = visit.doctor, visit.record
    doctor.click(record.menu.button("visits"))
    part = record.stack.currentWidget()
    if not isinstance(part, VisitsPart):
        raise TourFailure("the appointments are not in view")
    doctor.until(lambda: part.table.rows(), "the appointments of the record")
    doctor.breathe(0.2)
    doctor.picture("dossier-rendez-vous")
    record.show_home()


def new_patient(visit: Visit) -> None:
    """Somebody known, misspelt: the double is seen before it is made, then given up."""
    doctor = visit.doctor
    visit.window.show_page("new-patient")
    page = visit.page(NewPatientPage, "new-patient")
    doctor.type("Chemain")
    page.fields.line("given_names").setFocus()
    doctor.type("Henri")
    page.fields.birth_date.setFocus()
    doctor.type("18/8/48")
    doctor.press("Ctrl+S")
    doctor.until(lambda: page.near.isVisible(), "the known patient nearby")
    doctor.picture("nouveau-patient-doublon")
    page.clear()
