"""The agenda: the week, a visit moved and taken back, the month, a new visit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from lgc.desktop.agenda.page import AgendaPage
from lgc.desktop.agenda.visit_dialog import VisitDialog

if TYPE_CHECKING:
    from lgc.tour.steps import Visit


def agenda(visit: Visit) -> None:
    """The week as it stands, a visit moved by the keyboard and its undo."""
    doctor, page = visit.doctor, visit.page(AgendaPage, "agenda")
    visit.window.show_page("agenda")
    doctor.until(lambda: page.grid.days, "the week")
    doctor.breathe(0.2)
    doctor.picture("agenda")
    before = len(page.grid.visits)
    doctor.press("P")
    doctor.until(
        lambda: page.grid.current is None and not visit.window.tasks.running, "a free slot"
    )
    doctor.press("N")
    doctor.until(lambda: _dialogs(visit), "the new visit")
    dialog = _dialogs(visit)[0]
    doctor.type("chemin")
    doctor.until(dialog.patient.completion.popup.isVisible, "the patient")
    doctor.press("Return")
    doctor.until(lambda: dialog.patient.patient is not None, "the patient chosen")
    doctor.type("résultats")
    doctor.picture("agenda-rendez-vous")
    doctor.press("Ctrl+Return")
    doctor.until(lambda: len(page.grid.visits) == before + 1, "the visit booked")
    doctor.press("Ctrl+Z")
    doctor.until(lambda: len(page.grid.visits) == before, "the visit taken back")


def agenda_month(visit: Visit) -> None:
    """The month, then today again."""
    doctor, page = visit.doctor, visit.page(AgendaPage, "agenda")
    doctor.press("M")
    doctor.until(page.month.isVisible, "the month")
    doctor.breathe(0.2)
    doctor.picture("agenda-mois")
    doctor.press("S")
    doctor.until(page.grid.isVisible, "the week again")
    QApplication.processEvents()


def _dialogs(visit: Visit) -> list[VisitDialog]:
    return [one for one in visit.window.findChildren(VisitDialog) if one.isVisible()]
