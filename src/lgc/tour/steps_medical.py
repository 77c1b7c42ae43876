"""The structured record in the visit: a line added with its code, undone, an absence stated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel, QLineEdit

from lgc.desktop.components.buttons import Button
from lgc.desktop.record.code_origin import CodeOriginDialog
from lgc.desktop.record.medical.family_panel import FamilyPanel
from lgc.desktop.record.medical.part import MedicalPart
from lgc.domain.medical_data import Family
from lgc.tour.driver import TourFailure

if TYPE_CHECKING:
    from lgc.tour.steps import Visit


def medical_data(visit: Visit) -> None:
    """« saos 2021 » becomes a coded line; Ctrl+Z takes it back; « absence connue » is noted."""
    doctor, record = visit.doctor, visit.record
    doctor.press("Alt+1")
    doctor.until(lambda: isinstance(record.stack.currentWidget(), MedicalPart), "medical data")
    part = record.stack.currentWidget()
    if not isinstance(part, MedicalPart):
        raise TourFailure("medical data are not in view")
    chronic = part.panels[Family.CHRONIC]
    doctor.until(lambda: chronic.rows, "the lines of the record")
    before = len(chronic.rows)
    doctor.type("saos 2021")
    doctor.until(lambda: part.bar.popup.isVisible(), "the nomenclature")
    doctor.breathe(0.3)
    doctor.picture("donnees-medicales-saisie")
    doctor.press("Return")
    doctor.until(lambda: len(chronic.rows) == before + 1, "the new line")
    added = chronic.rows[-1].entry
    if added.code is None or added.start is None or added.start.iso != "2021":
        raise TourFailure("the line lost its code or its date")
    doctor.press("Ctrl+Z")
    doctor.until(lambda: len(chronic.rows) == before, "the line taken back")
    _where_a_code_comes_from(visit, chronic)
    _asked_about_a_refusal(visit, part)
    toxic = part.panels[Family.TOXIC]
    if not toxic.rows:
        doctor.click(next(b for b in toxic.findChildren(Button) if "Absence" in b.text()))
        doctor.until(lambda: not _unknown(toxic), "the stated absence")
    _deny_alcohol(visit, part)
    doctor.find(QLineEdit, "medicalEdit").setFocus()
    doctor.breathe(0.3)
    doctor.picture("donnees-medicales")
    record.show_home()


def _where_a_code_comes_from(visit: Visit, panel: FamilyPanel) -> None:
    """F4 on a coded line: its table, edition and day; Escape gives the hands back to the line."""
    doctor = visit.doctor
    doctor.breathe(0.5)  # the lines come back after what was undone
    row = panel.rows[0]
    if row.entry.code is None or row.entry.origin is None:
        raise TourFailure("a line of the demonstration has a code of no origin")
    row.setFocus()
    doctor.until(row.hasFocus, "the hands on a coded line")
    doctor.press("F4")
    doctor.until(lambda: _told(visit), "where the code comes from")
    doctor.picture("d-ou-vient-ce-code")
    doctor.press("Esc")
    doctor.until(lambda: not _told(visit), "the line again")


def _told(visit: Visit) -> bool:
    return any(one.isVisible() for one in visit.window.findChildren(CodeOriginDialog))


def _asked_about_a_refusal(visit: Visit, part: MedicalPart) -> None:
    """A vaccine that was refused is asked about before it is anything; Escape adds nothing."""
    doctor, vaccines = visit.doctor, part.panels[Family.VACCINATION]
    before = [row.entry for row in vaccines.rows]
    part.bar.start(Family.VACCINATION)
    doctor.type("grippe refusée 2026")
    doctor.until(lambda: part.bar.question.isVisible(), "the question about the refusal")
    doctor.picture("donnees-medicales-a-preciser")
    doctor.press("Esc")
    if [row.entry for row in vaccines.rows] != before:
        raise TourFailure("a refused vaccine was added without an answer")
    part.bar.start(Family.CHRONIC)


def _deny_alcohol(visit: Visit, part: MedicalPart) -> None:
    """One risk is answered by no, and the others stay as they were."""
    doctor, panel = visit.doctor, part.panels[Family.RISK_FACTOR]
    asked = [b for b in panel.findChildren(Button) if b.accessibleName().startswith("Alcool")]
    no = next((b for b in asked if b.text() == "Non"), None)
    if no is None:
        raise TourFailure("alcohol cannot be answered by no")
    doctor.click(no)
    doctor.until(lambda: "Alcool : non" in _read(panel), "the answer about alcohol")


def _read(panel: FamilyPanel) -> str:
    return "\n".join(one.text().replace("\u00a0", " ") for one in panel.findChildren(QLabel))


def _unknown(panel: FamilyPanel) -> bool:
    return any("Absence" in b.text() for b in panel.findChildren(Button) if b.isVisible())
