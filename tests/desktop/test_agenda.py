"""The agenda: walked with the arrows, written with the mouse, every change taken back."""

import datetime as dt
import io
import itertools
import os
import time
from dataclasses import replace
from types import SimpleNamespace

import pytest
from pypdf import PdfReader
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel, QMenu
from shiboken6 import isValid

from lgc.desktop import text
from lgc.desktop.agenda import paper
from lgc.desktop.agenda.files import ExportDialog, ImportDialog
from lgc.desktop.agenda.page import AgendaPage, _span, item_of
from lgc.desktop.agenda.slot_dialog import SlotDialog
from lgc.desktop.agenda.visit_dialog import VisitDialog
from lgc.desktop.components.buttons import Button
from lgc.desktop.documents.printing import PrintPreview
from lgc.desktop.patients.page import NewPatientPage
from lgc.desktop.start import join_newcomers
from lgc.desktop.visit_reason import ReasonDialog
from lgc.domain.agenda import Block, Hours, Presence
from lgc.domain.attendance import NO_TIMES, Mark, Times
from lgc.domain.waiting import room, times_after
from lgc.domain.weekly import Reach
from lgc.errors import UserFacingError
from lgc.services.calendar_preview import Fate, Line
from lgc.services.events import AgendaChanged
from lgc.services.exchanging_calendar import CalendarPreview
from lgc.services.planning import AgendaView, Booking, Undo

WAIT = 10_000
LEFT = Qt.MouseButton.LeftButton


class FakePlanning:
    """services.planning.Planning in memory, with its undo."""

    def __init__(self, scenes):
        self.scenes, self.asked, self.error, self.slow = scenes, [], None, 0.0
        at = scenes.at
        self.visits = list(scenes.visits())
        more = (
            ("w1", at(9, 0, 2), 15, "Consultation", scenes.MARTIN, "", ""),
            ("w2", at(9, 30, 2), 30, "Suivi chronique", scenes.ANNE, "Suivi HTA", ""),
            ("w3", at(14, 0, 2), 45, "Visite à domicile", scenes.DEVILLE, "", "12 rue Thiers"),
            ("w4", at(10, 0, 4), 30, "Nouveau patient", scenes.CHEMIN, "", ""),
            ("w5", at(10, 15, 4), 15, "Téléconsultation", scenes.LEGRAND, "", ""),
            ("w6", at(11, 0, 5), 15, "Consultation", scenes.SAUVEUR, "", ""),
        )
        one = self.visits[0]
        for key, start, minutes, kind, who, note, place in more:
            self.visits.append(
                replace(
                    one, visit_id=key, starts_at=start, minutes=minutes, kind=kind, patient=who,
                    note=note, place=place, presence=Presence.EXPECTED, since=None, times=NO_TIMES,
                )
            )  # fmt: skip
        self.blocks = [
            Block(f"b{day}", at(12, 0, day), at(13, 30, day), "Déjeuner", True) for day in (2, 3, 5)
        ]
        self.blocks.append(Block("b4", at(12, 0, 4), at(17, 0, 4), "Fermé"))
        self.blocks.append(Block("b7", at(10, 0, 7), at(17, 0, 7), "Fermé"))

    @property
    def hours(self):
        return Hours(dt.time(8), dt.time(17))

    def view(self, first, days):
        stop = first + dt.timedelta(days=days)
        chosen = [v for v in self.visits if first <= v.starts_at.date() < stop]
        blocks = [b for b in self.blocks if first <= b.starts_at.date() < stop]
        chosen.sort(key=lambda v: v.starts_at)
        return AgendaView(first, days, tuple(chosen), tuple(blocks), self.hours)

    def room(self):
        return self.view(self.scenes.TODAY, 1).visits

    def _there(self, seen):
        found = next((v for v in self.visits if v.visit_id == seen.visit_id), None)
        if found is None or (found.starts_at, found.presence) != (seen.starts_at, seen.presence):
            raise UserFacingError("L’agenda a changé entre-temps.")
        return found

    def _change(self, seen, **fields):
        time.sleep(self.slow)
        if self.error is not None:
            raise self.error
        before = self._there(seen)
        index = self.visits.index(before)
        self.visits[index] = replace(before, **fields)
        return (index, before)

    def move(self, seen, starts_at, minutes):
        self.asked.append(("move", seen.visit_id, starts_at, minutes))
        return self._change(seen, starts_at=starts_at, minutes=minutes)

    def set_presence(self, seen, presence):
        self.asked.append(("presence", seen.visit_id, presence))
        times = times_after(seen, presence, Mark(self.scenes.NOW))
        return self._change(seen, presence=presence, times=times, since=self.scenes.NOW)

    def cancel(self, seen, reason=""):
        self.asked.append(("cancel", seen.visit_id, *([reason] if reason else [])))
        time.sleep(self.slow)
        before = self._there(seen)
        self.visits.remove(before)
        return (None, before)

    def take_back(self, undo):
        index, before = undo
        if index is None:
            self.visits.append(before)
        else:
            self.visits[index] = before

    def book(self, booking):
        self.asked.append(("book", booking))

    def change(self, seen, booking):
        self.asked.append(("change", seen.visit_id, booking))

    def close(self, start, minutes, title, *, weekly):
        self.asked.append(("close", start, minutes, title, weekly))

    def change_closure(self, seen, start, minutes, title, *, weekly, reach):
        self.asked.append(("reclose", seen, start, weekly, reach))

    def reopen(self, seen, reach):
        self.asked.append(("reopen", seen.closure_id, seen.starts_at.date(), reach))

    def free(self, after, minutes, weekdays, number):
        self.asked.append(("search", minutes, tuple(weekdays)))
        return tuple(self.scenes.at(9 + n, 0, 10) for n in range(3))

    def next_free(self, after, minutes):
        self.asked.append(("free", after, minutes))
        return self.scenes.at(15, 0, 9)


NINE = dt.datetime(2026, 11, 9, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=1)))


class FakeCalendar:
    def __init__(self):
        self.asked = []

    def export(self, first, days, *, names):
        self.asked.append((first, days, names))
        return b"BEGIN:VCALENDAR"

    def prepare(self, content):
        lines = tuple(
            Line(fate, f"{fate} {n}", NINE + dt.timedelta(days=n), 15, "heure",
                 (NINE, 15) if fate is Fate.CHANGED else None)
            for fate, number in (
                (Fate.MADE, 2), (Fate.CHANGED, 1), (Fate.LEFT, 1), (Fate.REFUSED, 1), (Fate.SAME, 3)
            )
            for n in range(number)
        )  # fmt: skip
        return CalendarPreview(lines, 1, 0, Undo(((None, object()),)))

    def bring(self, preview):
        self.asked.append("brought")
        return Undo()


@pytest.fixture
def page(qtbot, window, rooms, scenes):
    return make_page(qtbot, window, rooms, scenes)


def make_page(qtbot, window, rooms, scenes):
    desk = rooms.make_desk()
    desk.planning, desk.calendar = FakePlanning(scenes), FakeCalendar()
    desk.finding = scenes.FakeFinding()
    desk.clock = SimpleNamespace(now=lambda: scenes.NOW)
    made = AgendaPage.join(window, desk)
    made.desk = desk
    window.show_page("agenda")
    qtbot.waitUntil(lambda: made.grid.days != [], timeout=WAIT)
    made.grid.setFocus()
    return made


def picture(widget, name):
    if folder := os.environ.get("LGC_PICTURES"):
        widget.grab().save(f"{folder}/{name}.png")


def asked(qtbot, page, number=1):
    qtbot.waitUntil(lambda: len(page.desk.planning.asked) >= number, timeout=WAIT)
    return page.desk.planning.asked[-1]


def drag(grid, start, stop, release=True, modifiers=Qt.KeyboardModifier.NoModifier):
    """Press, move in several steps, release: real mouse events."""

    def send(kind, point, button, buttons):
        spot = QPointF(point)
        event = QMouseEvent(kind, spot, grid.mapToGlobal(spot), button, buttons, modifiers)
        QApplication.sendEvent(grid, event)

    none = Qt.MouseButton.NoButton
    send(QEvent.Type.MouseButtonPress, start, LEFT, LEFT)
    for part in range(1, 6):
        send(QEvent.Type.MouseMove, start + (stop - start) * part / 5, none, LEFT)
    if release:
        send(QEvent.Type.MouseButtonRelease, stop, LEFT, none)


def spot(grid, moment):
    column = grid.column(grid.days.index(moment.date()))
    return QPointF(column.center().x(), grid.y_of(moment) + 3)


@pytest.mark.parametrize("width", [1280, 1366])
def test_a_week_across_two_months_is_named_whole(qtbot, page, window, width):
    window.resize(width, 768)
    page.go_to(dt.date(2026, 12, 1))
    qtbot.waitUntil(lambda: page.heading.text() == "30 nov. – 5 déc. 2026", timeout=WAIT)

    qtbot.wait(50)  # for the layout
    assert window.width() == width, "the window fits the screen"
    assert page.heading.width() >= page.heading.sizeHint().width()


def test_the_week_of_today_is_shown_from_monday_to_saturday(qtbot, page, window, scenes):
    qtbot.wait(60)
    picture(window, "agenda-semaine")

    assert [day.day for day in page.grid.days] == [2, 3, 4, 5, 6, 7]
    assert page.heading.text() == "2 – 7 novembre 2026"
    assert page.note.whole() == "semaine 45"
    assert page.grid.moment == scenes.at(10, 0)


def test_enter_opens_no_visit_that_was_not_pointed_at(qtbot, page, window, scenes):
    """The first that is still to come is only where the cursor stands."""
    opened = []
    window.open_record = opened.append
    page.grid.setFocus()
    assert page.grid.current is not None
    qtbot.keyClick(page.grid, Qt.Key.Key_Return)
    assert opened == []

    qtbot.keyClick(page.grid, Qt.Key.Key_Up)
    qtbot.keyClick(page.grid, Qt.Key.Key_Down)
    qtbot.keyClick(page.grid, Qt.Key.Key_Return)
    assert len(opened) == 1


def test_arrows_walk_visits_and_free_quarters_and_enter_opens_or_books(qtbot, page, window):
    opened = []
    window.open_record = opened.append
    page.grid.select("v4")
    qtbot.keyClick(page.grid, Qt.Key.Key_Return)
    assert opened == ["CHEMIN Henri"]

    qtbot.keyClick(page.grid, Qt.Key.Key_Up)
    assert page.grid.current.visit_id == "v3"
    qtbot.keyClick(page.grid, Qt.Key.Key_Right)
    assert page.grid.moment.day == 7
    assert page.grid.current is None
    qtbot.keyClick(page.grid, Qt.Key.Key_Return)
    dialog = window.findChild(VisitDialog)
    assert dialog.isVisible()
    assert dialog.missing() == "Choisissez le patient."


@pytest.mark.parametrize(
    ("key", "visit", "presence"),
    [("A", "v6", Presence.ARRIVED), ("C", "v4", Presence.IN_CONSULTATION),
     ("D", "v3", Presence.DONE), ("X", "v6", Presence.ABSENT), ("A", "v4", Presence.EXPECTED)],
)  # fmt: skip
def test_one_key_says_how_a_visit_goes_and_control_z_takes_it_back(
    qtbot, page, window, key, visit, presence
):
    page.grid.select(visit)
    before = next(v for v in page.desk.planning.visits if v.visit_id == visit)
    qtbot.keyClicks(page.grid, key.lower())
    assert asked(qtbot, page) == ("presence", visit, presence)
    qtbot.waitUntil(lambda: window.messages.on_screen() != [], timeout=WAIT)

    qtbot.keyClick(page.grid, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)

    qtbot.waitUntil(lambda: before in page.desk.planning.visits, timeout=WAIT)


def test_alt_and_arrows_move_and_lengthen(qtbot, page, scenes):
    alt, shift = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier
    page.grid.select("w6")
    qtbot.keyClick(page.grid, Qt.Key.Key_Down, alt)
    assert asked(qtbot, page) == ("move", "w6", scenes.at(11, 15, 5), 15)
    qtbot.waitUntil(lambda: page.grid.moment == scenes.at(11, 15, 5), timeout=WAIT)
    qtbot.keyClick(page.grid, Qt.Key.Key_Right, alt)
    assert asked(qtbot, page, 2) == ("move", "w6", scenes.at(11, 15, 6), 15)
    qtbot.waitUntil(lambda: page.grid.moment == scenes.at(11, 15, 6), timeout=WAIT)
    qtbot.keyClick(page.grid, Qt.Key.Key_Down, alt | shift)

    assert asked(qtbot, page, 3) == ("move", "w6", scenes.at(11, 15, 6), 20)


def test_dragging_moves_a_visit_to_another_day(qtbot, page, window, scenes):
    grid = page.grid
    drag(grid, spot(grid, scenes.at(11, 0, 5)), spot(grid, scenes.at(9, 30, 7)), release=False)
    picture(window, "agenda-glisser")
    drag(grid, spot(grid, scenes.at(11, 0, 5)), spot(grid, scenes.at(9, 30, 7)))

    assert asked(qtbot, page) == ("move", "w6", scenes.at(9, 30, 7), 15)


def test_the_lower_edge_makes_a_visit_longer(qtbot, page, scenes):
    box = page.grid.box_of("w6")
    start = QPointF(box.center().x(), box.bottom() - 2)
    drag(page.grid, start, start + QPointF(0, page.grid.hour_height / 4))

    assert asked(qtbot, page) == ("move", "w6", scenes.at(11, 0, 5), 30)


def test_escape_gives_a_drag_up(qtbot, page, scenes):
    grid = page.grid
    drag(grid, spot(grid, scenes.at(11, 0, 5)), spot(grid, scenes.at(9, 30, 7)), release=False)
    assert grid.dragging
    qtbot.keyClick(grid, Qt.Key.Key_Escape)

    assert not grid.dragging
    assert page.desk.planning.asked == []


def test_drawing_on_a_free_place_books_that_long(qtbot, page, window, scenes):
    grid = page.grid
    start = spot(grid, scenes.at(15, 0, 5))
    drag(grid, start, start + QPointF(0, grid.hour_height * 0.7))
    dialog = window.findChild(VisitDialog)

    assert dialog.start() == scenes.at(15, 0, 5)
    assert dialog.minutes.value() == 45


def test_a_visit_is_booked_from_the_keyboard_alone(qtbot, page, window, scenes, type_text):
    page.grid.go_to(scenes.at(16, 30))
    qtbot.keyClick(page.grid, Qt.Key.Key_N)
    dialog = window.findChild(VisitDialog)
    type_text("chemin")
    qtbot.waitUntil(dialog.patient.completion.popup.isVisible, timeout=WAIT)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: dialog.patient.patient is not None, timeout=WAIT)
    type_text("à jeun")
    dialog.kind.setCurrentIndex(dialog.kind.findData("Suivi chronique"))
    assert dialog.minutes.value() == 30
    qtbot.wait(60)
    picture(window, "agenda-rendez-vous")
    qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    who = dialog.patient.patient.patient_id
    wanted = Booking(who, scenes.at(16, 30), 30, "Suivi chronique", "à jeun", "")
    assert asked(qtbot, page) == ("book", wanted)


def test_what_overlaps_is_said_and_not_refused(qtbot, page, window, scenes):
    page.book(scenes.at(10, 0), 45)
    dialog = window.findChild(VisitDialog)

    assert dialog.clash.text() == (
        "Chevauche 10:00 CHEMIN Henri, 10:15 MARTIN Sylvie, 10:30 VALLEE Dominique."
    )
    dialog._choose_patient(scenes.ANNE)
    assert dialog.missing() == ""
    qtbot.keyClick(dialog.minutes, Qt.Key.Key_Up)
    assert dialog.minutes.value() == 50
    dialog.minutes.setText("7")
    assert "minutes" in dialog.missing()
    dialog.hour.setText("25h")
    assert "9h30" in dialog.missing()


def test_a_time_without_visits_is_noted_every_week(qtbot, page, window, scenes):
    page.book(scenes.at(16, 0, 5), 60)
    dialog = window.findChild(VisitDialog)
    dialog.what.choose("closed")
    dialog.name.setText("Réunion")
    dialog.weekly.setChecked(True)
    qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    assert asked(qtbot, page) == ("close", scenes.at(16, 0, 5), 60, "Réunion", True)


def test_a_closure_is_taken_away_for_one_day(qtbot, page, scenes):
    box = page.grid.box_of("b5")
    qtbot.mouseClick(page.grid, LEFT, pos=box.center().toPoint())
    qtbot.keyClick(page.grid, Qt.Key.Key_Delete)

    assert asked(qtbot, page) == ("reopen", "b5", dt.date(2026, 11, 5), Reach.ONCE)


def test_a_cancelled_visit_comes_back(qtbot, page, window):
    page.grid.select("v6")
    qtbot.keyClick(page.grid, Qt.Key.Key_Delete)
    assert asked(qtbot, page) == ("cancel", "v6")
    qtbot.waitUntil(lambda: window.messages.on_screen() != [], timeout=WAIT)
    window.messages.undo_last()

    qtbot.waitUntil(
        lambda: any(v.visit_id == "v6" for v in page.desk.planning.visits), timeout=WAIT
    )


def test_a_refusal_is_a_sentence_and_the_visit_stays(qtbot, page, window, scenes):
    page.desk.planning.error = UserFacingError("L’agenda a changé entre-temps.")
    page.grid.select("w6")
    qtbot.keyClick(page.grid, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)

    qtbot.waitUntil(lambda: window.messages.on_screen() != [], timeout=WAIT)
    assert scenes.at(11, 0, 5) in [v.starts_at for v in page.desk.planning.visits]


def test_the_menu_offers_what_may_follow(qtbot, page, scenes):
    visit = next(v for v in page.desk.planning.visits if v.visit_id == "v4")
    page.show_menu(visit, QPoint(10, 10))
    menu = page.findChild(QMenu, "agendaMenu")

    words = [one.text() for one in menu.actions() if one.text()]
    assert words == [
        "Ouvrir le dossier", "En consultation", "Terminé", "Attendu", "Absent", "Modifier…",
        "Annuler le rendez-vous", "Annuler avec un motif…",
    ]  # fmt: skip
    menu.close()


def test_the_next_free_slot_is_shown_and_asked_again_goes_further(qtbot, page, scenes):
    qtbot.keyClick(page.grid, Qt.Key.Key_P)
    qtbot.waitUntil(lambda: page.grid.moment == scenes.at(15, 0, 9), timeout=WAIT)
    assert page.heading.text() == "9 – 14 novembre 2026"
    qtbot.keyClick(page.grid, Qt.Key.Key_P)

    assert asked(qtbot, page, 2)[1] == scenes.at(15, 15, 9)


def test_day_week_and_month_are_one_key_each(qtbot, page, window):
    qtbot.keyClick(page.grid, Qt.Key.Key_M)
    qtbot.waitUntil(lambda: page.heading.text() == "Novembre 2026", timeout=WAIT)
    qtbot.wait(60)
    picture(window, "agenda-mois")
    qtbot.keyClick(page.month, Qt.Key.Key_Left)
    qtbot.keyClick(page.month, Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: page.heading.text() == "Jeudi 5 novembre 2026", timeout=WAIT)
    qtbot.wait(60)
    picture(window, "agenda-jour")
    qtbot.keyClick(page.grid, Qt.Key.Key_PageDown)
    qtbot.waitUntil(lambda: page.heading.text() == "Vendredi 6 novembre 2026", timeout=WAIT)
    qtbot.keyClick(page.grid, Qt.Key.Key_S)
    qtbot.waitUntil(lambda: page.heading.text() == "2 – 7 novembre 2026", timeout=WAIT)


def test_a_change_made_elsewhere_comes_into_view(qtbot, page, window, scenes):
    page.desk.planning.visits = [v for v in page.desk.planning.visits if v.visit_id != "w6"]
    window.bridge.post(AgendaChanged())

    def shown():
        return [getattr(item, "visit_id", "") for _, item in page.grid._boxes]

    assert "w6" in shown()
    qtbot.waitUntil(lambda: "w6" not in shown(), timeout=WAIT)


def test_the_waiting_room_tells_who_is_there_in_order(scenes):
    names = [one.patient.name for one in room(scenes.visits(), scenes.NOW)]

    assert names == [
        "CARTON Jules", "CHEMIN Henri", "MARTIN Sylvie", "VALLEE Dominique", "BOUTON Jacques",
    ]  # fmt: skip


def test_names_leave_only_on_demand(qtbot, page, window, tmp_path):
    page.files.ask_export()
    dialog = window.findChild(ExportDialog)
    answers = []
    dialog.asked.disconnect()
    dialog.asked.connect(answers.append)
    qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert answers == [False]

    page.files.export(tmp_path / "a.ics", names=False)
    qtbot.waitUntil((tmp_path / "a.ics").exists, timeout=WAIT)
    assert page.desk.calendar.asked == [(dt.date(2026, 11, 2), 7, False)]


def test_a_file_is_looked_at_before_it_changes_anything(qtbot, page, window, tmp_path):
    file = tmp_path / "b.ics"
    file.write_bytes(b"x")
    page.files.bring(file)
    qtbot.waitUntil(lambda: window.findChild(ImportDialog) is not None, timeout=WAIT)
    qtbot.wait(60)
    picture(window, "agenda-importer")
    assert page.desk.calendar.asked == []
    dialog = window.findChild(ImportDialog)
    qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    qtbot.waitUntil(lambda: page.desk.calendar.asked == ["brought"], timeout=WAIT)


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [((2026, 11, 2), (2026, 11, 7), "2 – 7 novembre 2026"),
     ((2026, 11, 30), (2026, 12, 5), "30 nov. – 5 déc. 2026"),
     ((2026, 12, 28), (2027, 1, 2), "28 déc. 2026 – 2 janv. 2027"),
     ((2026, 6, 1), (2026, 6, 6), "1er – 6 juin 2026")],
)  # fmt: skip
def test_a_period_is_said_in_french(first, last, words):
    assert _span(dt.date(*first), dt.date(*last)) == words


def test_the_period_is_printed_after_it_was_seen(qtbot, page, window):
    qtbot.keyClick(page.grid, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    preview = window.findChild(PrintPreview)
    pages = PdfReader(io.BytesIO(preview._pdf)).pages
    words = " ".join("".join(one.extract_text() for one in pages).split())

    assert "Vendredi 6 novembre 2026" in words
    assert "CHEMIN Henri" in words
    assert "12 rue Thiers" in words


# --- whom, when, and what the dialog says of it ---------------------------------------------------


def booking(qtbot, page, window, scenes, start=None):
    page.book(start or scenes.at(16, 0, 5))
    dialog = window.findChild(VisitDialog)
    qtbot.waitUntil(dialog.isVisible, timeout=WAIT)
    return dialog


def test_a_patient_found_late_takes_the_keys_from_nobody_who_types_elsewhere(
    qtbot, page, window, scenes, type_text
):
    dialog = booking(qtbot, page, window, scenes)
    dialog.hour.setFocus()
    dialog.hour.selectAll()
    qtbot.keyClicks(dialog.hour, "9h")

    dialog.patient.chosen.emit(scenes.CHEMIN)
    type_text("30")

    assert dialog.hour.text() == "9h30"
    assert dialog.note.text() == ""
    assert dialog.start() == scenes.at(9, 30, 5)
    assert "9\u00a0h\u00a030" in dialog.summary.text()


def test_the_agenda_read_again_takes_no_keys_under_a_dialog(qtbot, page, window, scenes):
    dialog = booking(qtbot, page, window, scenes)
    QApplication.focusWidget().clearFocus()

    assert not page._has_hands()
    dialog.dismiss()


def test_the_patients_whose_records_are_open_are_offered_and_none_is_chosen(
    qtbot, page, window, scenes, monkeypatch
):
    monkeypatch.setattr(window, "open_patients", lambda: (scenes.CHEMIN, scenes.ANNE))
    dialog = booking(qtbot, page, window, scenes)
    first, _ = dialog.offered.findChildren(Button)

    assert dialog.patient.patient is None
    assert dialog.missing() == "Choisissez le patient."
    assert "18/08/1948" in first.text()
    qtbot.wait(80)
    picture(window, "agenda-dossier-ouvert")
    first.click()
    assert dialog.patient.patient == scenes.CHEMIN
    assert not dialog.offered.isVisible()


def test_the_same_patient_twice_on_a_day_is_said_even_out_of_view(qtbot, page, window, scenes):
    dialog = booking(qtbot, page, window, scenes, scenes.at(16, 0, 4))
    dialog._choose_patient(scenes.CHEMIN)
    assert "a déjà rendez-vous ce jour-là à 10:00" in dialog.clash.text()
    qtbot.wait(80)
    picture(window, "agenda-deux-fois")

    far = replace(
        page.desk.planning.visits[0], starts_at=scenes.at(8, 0, 20), patient=scenes.CHEMIN
    )
    page.desk.planning.visits.append(far)
    dialog.day.set_day(dt.date(2026, 11, 20))
    dialog._check()
    qtbot.waitUntil(lambda: "à 08:00" in dialog.clash.text(), timeout=WAIT)

    dialog._choose_patient(scenes.ANNE)
    assert "déjà" not in dialog.clash.text()


def test_what_is_cancelled_in_a_dialog_is_the_visit_of_the_dialog(qtbot, page):
    """The agenda may move under an open dialog: another window changed it."""
    planning = page.desk.planning
    asked, other = planning.visits[:2]
    page.edit(asked)
    dialog = page._window.findChild(VisitDialog)
    page.grid.select(other.visit_id)

    dialog.removed.emit()

    qtbot.waitUntil(lambda: any(one[0] == "cancel" for one in planning.asked), timeout=WAIT)
    assert ("cancel", asked.visit_id) in planning.asked


# --- what the hand was on ------------------------------------------------------------------------


def line(page, visit_id):
    return next(v for v in page.desk.planning.visits if v.visit_id == visit_id)


def gone_elsewhere(qtbot, page, window, visit_id):
    """Another desk cancels it; the agenda is read again under the dialog or the menu."""
    page.desk.planning.visits.remove(line(page, visit_id))
    window.bridge.post(AgendaChanged())
    qtbot.waitUntil(lambda: visit_id not in [v.visit_id for v in page.grid.visits], timeout=WAIT)


def settled(qtbot, page, window):
    qtbot.waitUntil(lambda: not page._acts.running and not window.tasks.running, timeout=WAIT)


def test_supprimer_of_a_dialog_acts_on_what_it_shows_and_on_nobody_else(qtbot, page, window):
    page.grid.select("v4")
    page.edit(line(page, "v4"))
    dialog = window.findChild(VisitDialog)
    gone_elsewhere(qtbot, page, window, "v4")
    left = list(page.desk.planning.visits)
    dialog.remove.click()
    settled(qtbot, page, window)

    assert page.desk.planning.asked == [("cancel", "v4")]
    assert page.desk.planning.visits == left
    assert "changé" in window.messages.on_screen()[-1]._error.sentence


def test_supprimer_of_a_menu_acts_on_what_it_was_opened_on(qtbot, page, window):
    page.grid.select("v4")
    page.show_menu(line(page, "v4"), QPoint(10, 10))
    menu = page.findChild(QMenu, "agendaMenu")
    gone_elsewhere(qtbot, page, window, "v4")
    left = list(page.desk.planning.visits)
    next(one for one in menu.actions() if one.text() == "Annuler le rendez-vous").trigger()
    settled(qtbot, page, window)

    assert page.desk.planning.visits == left
    if isValid(menu):  # a notice that takes the keys shuts it
        menu.close()


def test_a_menu_opens_the_record_of_its_own_visit(qtbot, page, window):
    opened = []
    window.open_record = opened.append
    page.grid.select("v4")
    page.show_menu(line(page, "w6"), QPoint(10, 10))
    menu = page.findChild(QMenu, "agendaMenu")
    menu.actions()[0].trigger()

    assert opened == [line(page, "w6").patient.patient_id]
    menu.close()


def test_what_vanishes_leaves_the_keyboard_on_its_place_not_on_its_neighbour(qtbot, page, window):
    page.grid.select("v6")
    place = page.grid.moment
    gone_elsewhere(qtbot, page, window, "v6")
    qtbot.keyClick(page.grid, Qt.Key.Key_Delete)
    settled(qtbot, page, window)

    assert page.grid.moment == place
    assert page.grid.current is None
    assert page.desk.planning.asked == []
    qtbot.keyClick(page.grid, Qt.Key.Key_Down)
    assert page.grid.moment > place


def test_suppr_held_for_a_second_cancels_one_visit(qtbot, page, window):
    page.desk.planning.slow = 0.3
    page.grid.select("v4")
    before = len(page.desk.planning.visits)
    none, key = Qt.KeyboardModifier.NoModifier, Qt.Key.Key_Delete
    qtbot.keyClick(page.grid, key)
    for _ in range(30):
        QApplication.sendEvent(page.grid, QKeyEvent(QEvent.Type.KeyPress, key, none, "", True))
        qtbot.wait(33)
        qtbot.keyClick(page.grid, key)  # even when the system says that each is a new one
    settled(qtbot, page, window)

    assert page.desk.planning.asked == [("cancel", "v4")]
    assert len(page.desk.planning.visits) == before - 1


def test_no_act_of_the_agenda_repeats_while_its_key_is_held(page):
    acts = [one for owner in (page, page.grid) for one in owner.actions() if one.autoRepeat()]

    assert {one.text() for one in acts} == {"Période d’avant", "Période d’après"}


def test_nobody_is_cancelled_where_the_keyboard_only_happens_to_stand(qtbot, page, window):
    assert page.grid.current is not None
    assert not page.grid.pointed
    qtbot.keyClick(page.grid, Qt.Key.Key_Delete)
    settled(qtbot, page, window)

    assert page.desk.planning.asked == []


def test_five_removals_come_back_in_their_order_however_late(qtbot, page, window):
    before = sorted(v.visit_id for v in page.desk.planning.visits)
    for name in ("v4", "v5", "v6", "w6", "w1"):
        page.grid.select(name)
        qtbot.keyClick(page.grid, Qt.Key.Key_Delete)
        settled(qtbot, page, window)
    assert len(page.desk.planning.visits) == len(before) - 5
    window.messages.clear()
    for name in ("w1", "w6", "v6", "v5", "v4"):
        window.messages.undo_last()
        settled(qtbot, page, window)
        assert page.desk.planning.visits[-1].visit_id == name
    window.messages.undo_last()

    assert sorted(v.visit_id for v in page.desk.planning.visits) == before


def test_alt_down_held_faster_than_the_store_ends_where_the_key_ends(qtbot, page, window, scenes):
    page.desk.planning.slow = 0.1
    page.grid.select("w6")
    for _ in range(12):
        qtbot.keyClick(page.grid, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
        qtbot.wait(33)
    settled(qtbot, page, window)

    assert line(page, "w6").starts_at == scenes.at(14, 0, 5)
    assert page.grid.moment == scenes.at(14, 0, 5)
    assert len(page.desk.planning.asked) < 10
    assert not [one for one in window.messages.on_screen() if one.objectName() == "errorNotice"]


def test_keys_faster_than_the_store_act_one_after_the_other(qtbot, page, window):
    page.desk.planning.slow = 0.1
    page.grid.select("w6")
    qtbot.keyClick(page.grid, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    qtbot.keyClick(page.grid, Qt.Key.Key_Delete)
    settled(qtbot, page, window)

    assert [one[0] for one in page.desk.planning.asked] == ["move", "cancel"]
    assert "w6" not in [v.visit_id for v in page.desk.planning.visits]


def test_a_missed_visit_is_given_its_new_time_in_the_dialog(qtbot, page, window):
    planning = page.desk.planning
    planning.visits = [
        replace(v, presence=Presence.ABSENT) if v.visit_id == "w6" else v for v in planning.visits
    ]
    page.reload()
    settled(qtbot, page, window)
    page.grid.select("w6")
    qtbot.keyClick(page.grid, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)

    assert window.findChild(VisitDialog).isVisible()
    assert planning.asked == []


def test_tomorrow_s_visit_is_offered_no_state(qtbot, page, scenes):
    visit = replace(line(page, "w6"), starts_at=scenes.at(9, 0, 7))
    page.show_menu(visit, QPoint(10, 10))
    menu = page.findChild(QMenu, "agendaMenu")

    words = [one.text() for one in menu.actions() if one.text()]
    assert words == [
        "Ouvrir le dossier", "Modifier…", "Annuler le rendez-vous", "Annuler avec un motif…",
    ]  # fmt: skip
    menu.close()


def test_the_months_end_before_any_calendar_does(qtbot, page):
    page.scale.choose("month")
    page._day = dt.date(1900, 1, 1)
    page._turn(-1)

    assert page._day == dt.date(1900, 1, 1)


def test_one_week_of_several_says_which_weeks_it_is_for(qtbot, page, window):
    block = next(one for one in page.desk.planning.blocks if one.closure_id == "b5")
    page.edit(block)
    dialog = window.findChild(VisitDialog)
    assert dialog.reach is Reach.ONCE
    assert dialog.remove.text() == "Supprimer cette fois"
    dialog.weeks.choose(Reach.ALL.value)
    assert dialog.remove.text() == "Supprimer toutes les semaines"
    dialog.weekly.setChecked(False)
    assert "À partir d’ici" in dialog.missing()
    dialog.weeks.choose(Reach.ONWARD.value)
    assert dialog.missing() == ""
    qtbot.wait(80)
    picture(window, "agenda-semaines")
    qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    kind, seen, start, weekly, reach = asked(qtbot, page)
    assert (kind, seen, weekly, reach) == ("reclose", block, False, Reach.ONWARD)
    assert start == block.starts_at


def test_all_who_wait_are_listed_the_oldest_first(qtbot, page, window, scenes):
    one = line(page, "v4")
    eleven = [
        replace(one, visit_id=f"r{n}", times=Times(Mark(scenes.NOW - dt.timedelta(minutes=5 * n))))
        for n in range(11)
    ]
    page.desk.planning.visits = eleven
    page.reload()
    settled(qtbot, page, window)
    qtbot.wait(60)
    picture(window, "agenda-onze")

    assert [v.visit_id for v in page.side.table.rows()] == [f"r{n}" for n in range(10, -1, -1)]
    window.resize(1366, 768)
    qtbot.wait(60)
    picture(window, "agenda-onze-petit")
    assert page.side.table.height() >= 3 * 40


def test_a_visit_is_cancelled_with_why(qtbot, page, window):
    page.show_menu(line(page, "w6"), QPoint(10, 10))
    menu = page.findChild(QMenu, "agendaMenu")
    next(one for one in menu.actions() if one.text() == "Annuler avec un motif…").trigger()
    dialog = window.findChild(ReasonDialog)
    next(b for b in dialog.findChildren(Button) if b.text() == "Par le cabinet").click()
    qtbot.wait(60)
    picture(window, "agenda-motif")
    qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    assert asked(qtbot, page) == ("cancel", "w6", "Par le cabinet")
    menu.close()


def test_a_visit_of_another_week_is_brought_forward(qtbot, page, window, scenes):
    far = replace(line(page, "w6"), visit_id="far", starts_at=scenes.at(9, 0, 24))
    page.desk.planning.visits.append(far)
    window.show_page("agenda", item_of(far))

    qtbot.waitUntil(lambda: page.grid.current == far, timeout=WAIT)


# --- booking --------------------------------------------------------------------------------------


def beside(qtbot, dialog, day, hour):
    dialog.day.type_again(day)
    dialog.hour.setText(hour)
    qtbot.wait(50)
    return dialog.clash.text().replace(text.NB, " ")


def test_what_speaks_against_a_typed_date_is_said(qtbot, page, window):
    page.book()
    dialog = window.findChild(VisitDialog)
    for day, hour, words in (
        ("11/11/2026", "10:00", "Jour férié : 11 novembre."),
        ("8/11/2026", "10:00", "Le cabinet ne reçoit pas le dimanche."),
        ("5/11/2026", "12:30", "Chevauche 12:00 Déjeuner."),
        ("5/11/2026", "18:30", "Hors des heures du cabinet (08:00 – 17:00)."),
    ):
        qtbot.waitUntil(
            lambda d=day, h=hour, w=words: w in beside(qtbot, dialog, d, h), timeout=WAIT
        )
    assert beside(qtbot, dialog, "5/11/2026", "10:00") == "Ce moment est déjà passé."
    assert beside(qtbot, dialog, "10/11/2026", "10:00") == ""


def test_a_key_that_moves_onto_lunch_says_so(qtbot, page, window, scenes):
    page.grid.select("w6")
    page.grid.moved.emit(line(page, "w6"), scenes.at(12, 0, 5), 15)
    qtbot.waitUntil(lambda: window.messages.on_screen() != [], timeout=WAIT)

    assert "Chevauche 12:00 Déjeuner" in words_on(window)


def test_a_move_out_of_the_week_in_view_is_looked_at_too(qtbot, page, window, scenes):
    page.grid.moved.emit(line(page, "w6"), scenes.at(10, 0, 11), 15)
    qtbot.waitUntil(lambda: "Jour férié" in words_on(window), timeout=WAIT)


def words_on(window):
    return " ".join(
        words.text() for one in window.messages.on_screen() for words in one.findChildren(QLabel)
    )


def test_a_drag_says_what_it_would_meet(qtbot, page, window, scenes):
    grid = page.grid
    drag(grid, spot(grid, scenes.at(11, 0, 5)), spot(grid, scenes.at(12, 15, 3)), release=False)
    qtbot.wait(60)
    picture(window, "agenda-glisser-dejeuner")
    [told] = grid.against(grid._drag.start, 15, grid._drag.visit)
    assert "Déjeuner" in told


def test_a_sideways_drag_of_ten_twenty_stays_ten_twenty(qtbot, page, scenes):
    planning = page.desk.planning
    planning.visits = [replace(line(page, "w6"), starts_at=scenes.at(10, 20, 5), minutes=10)]
    page.reload()
    qtbot.waitUntil(lambda: len(page.grid.visits) == 1, timeout=WAIT)
    grid = page.grid
    start = spot(grid, scenes.at(10, 20, 5))
    drag(grid, start, start + QPointF(-2 * grid.column(0).width(), 4))

    assert asked(qtbot, page) == ("move", "w6", scenes.at(10, 20, 3), 10)


def test_blocks_of_ten_minutes_have_room_for_their_line(qtbot, page, window, scenes):
    one = line(page, "w6")
    page.desk.planning.visits = [
        replace(one, visit_id=f"t{n}", minutes=10, starts_at=scenes.at(9 + n // 6, n % 6 * 10, 5))
        for n in range(12)
    ]
    page.reload()
    qtbot.waitUntil(lambda: len(page.grid.visits) == 12, timeout=WAIT)
    qtbot.wait(80)
    picture(window, "agenda-dix-minutes")
    boxes = [page.grid.box_of(f"t{n}") for n in range(12)]

    assert all(box.height() >= 18 for box in boxes)
    assert all(a.bottom() <= b.top() for a, b in itertools.pairwise(boxes))


def test_a_slot_is_searched_by_type_length_and_days(qtbot, page, window, scenes):
    qtbot.keyClick(page.grid, Qt.Key.Key_J, Qt.KeyboardModifier.AltModifier)
    dialog = window.findChild(SlotDialog)
    dialog.kind.setCurrentIndex(dialog.kind.findData("Suivi chronique"))
    dialog.days[0].setChecked(True)
    dialog.days[3].setChecked(True)
    qtbot.waitUntil(lambda: ("search", 30, (0, 3)) in page.desk.planning.asked, timeout=WAIT)
    qtbot.waitUntil(lambda: len(dialog.table.rows()) == 3, timeout=WAIT)
    qtbot.wait(60)
    picture(window, "agenda-creneaux")
    qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    booking = window.findChild(VisitDialog)
    assert booking.start() == scenes.at(9, 0, 10)
    assert (booking.kind.value(), booking.minutes.value()) == ("Suivi chronique", 30)


def test_a_leave_from_a_day_to_a_day_lists_the_appointments_it_meets(qtbot, page, window, scenes):
    page.book()
    dialog = window.findChild(VisitDialog)
    dialog.what.choose("closed")
    dialog.name.setText("Congés")
    dialog.day.type_again("02/11/2026")
    dialog.until.type_again("04/11/2026")
    qtbot.waitUntil(lambda: "rencontre" in dialog.clash.text(), timeout=WAIT)
    told = dialog.clash.text().replace(text.NB, " ")
    qtbot.wait(60)
    picture(window, "agenda-conges")
    assert told.startswith("Cette absence rencontre 5 rendez-vous :")
    assert "02/11 09:00 MARTIN Sylvie" in told
    assert dialog.summary.text().replace(text.NB, " ").endswith("3 jours")
    dialog.until.type_again("01/11/2026")
    assert dialog.missing() == "La fin est avant le début."
    dialog.until.type_again("04/11/2026")
    qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    assert asked(qtbot, page) == ("close", scenes.at(0, 0, 2), 3 * 24 * 60, "Congés", False)


def test_new_patient_keeps_what_was_typed_and_comes_back(qtbot, page, window, scenes):
    page.book(scenes.at(15, 0, 5))
    dialog = window.findChild(VisitDialog)
    dialog.kind.setCurrentIndex(dialog.kind.findData("Nouveau patient"))
    dialog.note.setText("certificat")
    dialog.patient.search.setText("Durand Zoé")
    names = []
    page.newcomer_asked.connect(names.append)
    dialog.newcomer.click()
    qtbot.waitUntil(lambda: window.findChild(VisitDialog) is None, timeout=WAIT)
    assert names == ["Durand Zoé"]

    page.newcomer(scenes.CHEMIN)
    back = window.findChild(VisitDialog)
    assert back.patient.patient == scenes.CHEMIN
    assert (back.start(), back.kind.value()) == (scenes.at(15, 0, 5), "Nouveau patient")
    assert back.note.text() == "certificat"


def test_the_page_that_creates_a_patient_gives_them_back_to_the_appointment(
    qtbot, page, window, scenes, make
):
    """start.join_newcomers: the name goes there, the appointment comes back with who was made."""
    made = []
    service = SimpleNamespace(
        near=lambda form: (),
        create=lambda form: made.append(form) or "new",
        view=lambda patient_id: SimpleNamespace(patient=make.patient(patient_id=patient_id)),
    )
    page.desk.identities = service
    new = NewPatientPage.join(window, page.desk)
    opened = []
    window.open_record = lambda patient_id, item="": opened.append(patient_id)
    join_newcomers(window, page.desk)
    page.book(scenes.at(15, 0, 5))
    dialog = window.findChild(VisitDialog)
    dialog.hour.setText("15:20")
    dialog.note.setText("certificat")
    dialog.patient.search.setText("Durand Zoé Anne")
    dialog.newcomer.click()
    qtbot.waitUntil(lambda: window.findChild(VisitDialog) is None, timeout=WAIT)
    assert window.current_page() is new
    lines = {name: new.fields.line(name) for name in ("birth_name", "given_names")}
    assert {name: line.text() for name, line in lines.items()} == {
        "birth_name": "Durand", "given_names": "Zoé Anne",
    }  # fmt: skip
    assert "rendez-vous attend" in new.notice.sentence()

    new.fields.birth_date.line.setText("1/8/73")
    new.create_patient()
    qtbot.waitUntil(lambda: window.findChild(VisitDialog) is not None, timeout=WAIT)

    back = window.findChild(VisitDialog)
    assert window.current_page() is page and opened == []
    assert made[0].birth_name == "Durand"
    assert back.patient.patient.patient_id == "new"
    assert (back.start(), back.note.text()) == (scenes.at(15, 20, 5), "certificat")


def test_a_patient_created_for_no_appointment_opens_their_record(qtbot, page, window, scenes):
    """Whoever left the page and came back by the menu is not taken to an old appointment."""
    page.desk.identities = SimpleNamespace(near=lambda form: (), create=lambda form: "new")
    new = NewPatientPage.join(window, page.desk)
    opened = []
    window.open_record = lambda patient_id, item="": opened.append(patient_id)
    join_newcomers(window, page.desk)
    page.newcomer_asked.emit("Durand Zoé")
    window.show_page("agenda")
    window.show_page("new-patient")

    new.fields.birth_date.line.setText("1/8/73")
    new.create_patient()

    qtbot.waitUntil(lambda: opened == ["new"], timeout=WAIT)


def test_the_day_on_paper_has_motif_telephone_and_absences(scenes):
    who = replace(scenes.MARTIN, telephone="02 40 00 00 00")
    one = replace(scenes.visits()[0], patient=who, note="À jeun", presence=Presence.ABSENT,
                  reason="Transport")  # fmt: skip
    lunch = Block("b", scenes.at(12, 0), scenes.at(13, 30), "Déjeuner")
    leave = Block("c", scenes.at(0, 0, 7), scenes.at(0, 0, 10), "Congés")
    hours = Hours(dt.time(8), dt.time(17))
    view = AgendaView(dt.date(2026, 11, 6), 2, (one,), (lunch, leave), hours)
    words = paper.page(view, [dt.date(2026, 11, 6), dt.date(2026, 11, 7)])

    for said in ("À jeun", "02 40 00 00 00", "Absente · Transport", "Déjeuner (indisponible)",
                 "1 absence", "Congés", "jusqu’au 09/11/2026"):  # fmt: skip
        assert said in words.replace(text.NB, " "), said
