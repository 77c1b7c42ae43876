"""The agenda: the week, a visit moved and taken back, the month, a new visit."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from lgc.desktop.agenda.page import AgendaPage
from lgc.desktop.agenda.visit_dialog import VisitDialog
from lgc.desktop.home.page import HomePage
from lgc.domain.agenda import Presence
from lgc.domain.waiting import in_room, waiting_since
from lgc.services.views import VisitLine
from lgc.tour.driver import TourFailure, in_background

if TYPE_CHECKING:
    from lgc.tour.steps import Visit

SIXTY = 60
LATE = dt.datetime.max.replace(tzinfo=dt.UTC)


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


def full_day(visit: Visit) -> None:
    """Sixty patients: Accueil and agenda full, all who wait listed, one seen from end to end."""
    doctor, home = visit.doctor, visit.page(HomePage, "home")
    in_background(visit.office.fill_day)
    doctor.press("Ctrl+H")
    doctor.until(lambda: len(_visits_of(home)) >= SIXTY, "sixty visits")
    doctor.breathe(0.3)
    doctor.picture("accueil-soixante")
    table = home.days.table
    oldest = min(_visits_of(home), key=lambda one: waiting_since(one) or LATE)
    table.select(oldest.visit_id)
    for key, state in (("C", Presence.IN_CONSULTATION), ("D", Presence.DONE)):
        doctor.press(key)
        doctor.until(partial(_is, home, oldest, state), "the visit goes on")
    doctor.until(lambda: not visit.window.acts.running, "all is stored")
    for _ in range(2):
        doctor.press("Ctrl+Z")
    doctor.until(partial(_is, home, oldest, Presence.ARRIVED), "it waits again")
    if oldest.times not in [one.times for one in _visits_of(home)]:
        raise TourFailure("a wait was reset")
    page = visit.page(AgendaPage, "agenda")
    doctor.press("Ctrl+G")
    doctor.until(lambda: page.grid.isVisible() and page.side.table.rows(), "the agenda")
    for key in ("H", "J"):  # an earlier step left it on another week
        doctor.press(key)
    doctor.until(lambda: len(page.grid.visits) >= SIXTY, "the day in the agenda")
    waiting = [one for one in page.side.table.rows() if one.presence is Presence.ARRIVED]
    if len(waiting) != in_room(_visits_of(home)):
        raise TourFailure("somebody who waits is not listed")
    doctor.breathe(0.3)
    doctor.picture("agenda-soixante")
    doctor.press("S")
    doctor.until(lambda: len(page.grid.days) > 1 and not visit.window.tasks.running, "the week")
    doctor.picture("agenda-soixante-semaine")
    doctor.press("J")
    doctor.until(lambda: len(page.grid.days) == 1, "the day again")


def _is(home: HomePage, visit: VisitLine, state: Presence) -> bool:
    same = (one for one in _visits_of(home) if one.visit_id == visit.visit_id)
    return next(same).presence is state


def _visits_of(home: HomePage) -> list[VisitLine]:
    return [one for one in home.days.table.rows() if isinstance(one, VisitLine)]


def _dialogs(visit: Visit) -> list[VisitDialog]:
    return [one for one in visit.window.findChildren(VisitDialog) if one.isVisible()]
