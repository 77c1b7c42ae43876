"""An allergy met: typed, settled with the absence it contradicts, then found by a prescription."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lgc.desktop.components.buttons import Button
from lgc.desktop.record.medical.absence_question import AbsenceQuestion
from lgc.desktop.record.medical.part import MedicalPart
from lgc.desktop.record.writing.alert_lines import AlertQuestion
from lgc.desktop.record.writing.drugs_part import DrugsPart
from lgc.domain.medical_data import Family
from lgc.tour.driver import TourFailure

if TYPE_CHECKING:
    from lgc.tour.steps import Visit


def allergy_met(visit: Visit) -> None:
    """It contradicts a stated absence, stands in the banner, and meets amoxicillin."""
    _enter(visit)
    _prescribe(visit)
    _take_back(visit)


def _enter(visit: Visit) -> None:
    doctor, record = visit.doctor, visit.record
    part = _medical(visit)
    doctor.until(lambda: part.record.absence_of(Family.ALLERGY), "the stated absence")
    part.bar.start(Family.CHRONIC)
    doctor.type("allergie pénicilline (urticaire)")
    doctor.press("Return")
    doctor.until(lambda: visit.window.findChildren(AbsenceQuestion), "the question")
    doctor.breathe(0.3)
    doctor.picture("allergie-absence-connue")
    doctor.click(visit.window.findChildren(AbsenceQuestion)[0].add_it)
    doctor.until(lambda: "pénicilline" in record.banner.important.title.text(), "the banner")
    doctor.breathe(0.3)
    doctor.picture("allergie-bandeau")


def _prescribe(visit: Visit) -> None:
    doctor, record = visit.doctor, visit.record
    doctor.click(record.menu.button("drugs"))
    part = record.stack.currentWidget()
    if not isinstance(part, DrugsPart):
        raise TourFailure("the prescription is not in view")
    doctor.until(lambda: part.loaded, "the draft")
    doctor.type("amoxi")
    doctor.until(part.entry.popup.isVisible, "the medicines")
    doctor.press("Return")
    doctor.type("1 g matin et soir 7 jours")
    doctor.press("Return")
    doctor.until(lambda: part.alerts.rows, "the allergy beside the line")
    if "pénicillines" not in part.alerts.found.alerts[0].why:
        raise TourFailure("amoxicillin is not told to be a penicillin")
    doctor.breathe(0.3)
    doctor.picture("allergie-ordonnance")
    doctor.press("Ctrl+Return")
    doctor.until(lambda: visit.window.findChildren(AlertQuestion), "what is asked before the end")
    doctor.breathe(0.3)
    doctor.picture("allergie-a-trancher")
    doctor.click(visit.window.findChildren(AlertQuestion)[0].back_button)
    if not part.lines:
        raise TourFailure("the prescription was finished without an answer")
    part._discard()


def _take_back(visit: Visit) -> None:
    """The visit goes on with the record as it was."""
    doctor, part = visit.doctor, _medical(visit)
    panel = part.panels[Family.ALLERGY]
    doctor.until(lambda: panel.rows, "the allergy in its family")
    panel.rows[0].setFocus()
    doctor.press("Del")
    doctor.until(lambda: not panel.rows, "the allergy removed")
    doctor.click(next(b for b in panel.findChildren(Button) if "Absence" in b.text()))
    doctor.until(lambda: part.record.absence_of(Family.ALLERGY), "the absence stated again")
    visit.record.show_home()


def _medical(visit: Visit) -> MedicalPart:
    doctor, record = visit.doctor, visit.record
    doctor.press("Alt+1")
    doctor.until(lambda: isinstance(record.stack.currentWidget(), MedicalPart), "medical data")
    part = record.stack.currentWidget()
    if not isinstance(part, MedicalPart):
        raise TourFailure("medical data are not in view")
    return part
