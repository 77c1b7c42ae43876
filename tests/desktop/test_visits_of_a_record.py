"""« Rendez-vous » of a record: past and to come, missed and cancelled with their reasons."""

import datetime as dt
import os
from dataclasses import replace
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt

from lgc.desktop import text
from lgc.desktop.record.visits_part import VisitsPart
from lgc.desktop.search.results import Group, results
from lgc.desktop.visit_acts import VisitActs
from lgc.desktop.visit_reason import ReasonDialog
from lgc.domain import days
from lgc.domain.agenda import Presence
from lgc.services.views import Found

WAIT = 10_000
ME = "899700052729"


class FakePlanning:
    """services.planning.Planning of one patient, in memory."""

    def __init__(self, lines):
        self.lines, self.asked = lines, []

    def of_patient(self, patient_id):
        return tuple(self.lines)

    def explain(self, seen, reason):
        self.asked.append((seen, reason))
        index = self.lines.index(seen)
        self.lines[index] = replace(seen, reason=reason)
        return (index, seen)

    def take_back(self, undo):
        index, before = undo
        self.lines[index] = before


@pytest.fixture
def lines(scenes):
    one = replace(scenes.visits()[4], note="", presence=Presence.EXPECTED, since=None)
    at, P = scenes.at, Presence  # noqa: N806
    rows = (
        ("coming", at(9, 0, 20), P.EXPECTED, "Suivi HTA", "", ""),
        ("gone", at(9, 0, 9), P.CANCELLED, "", "À la demande du patient", ME),
        ("done", at(9, 0, 3), P.DONE, "Renouvellement", "", ""),
        ("missed", at(9, 0, 2), P.ABSENT, "", "", "810001"),
        ("forgotten", at(9, 0, 1, 10), P.EXPECTED, "", "", ""),
    )
    return [
        replace(
            one, visit_id=key, starts_at=start, presence=state, note=note, reason=why, by=by,
            since=scenes.NOW,
        )
        for key, start, state, note, why, by in rows
    ]  # fmt: skip


@pytest.fixture
def part(qtbot, window, rooms, scenes, lines):
    days.use_zone(scenes.PARIS)
    desk = rooms.make_desk()
    desk.planning = FakePlanning(lines)
    holder = SimpleNamespace(national_id=ME)
    desk.connection = SimpleNamespace(practitioner=SimpleNamespace(holder=holder))
    made = VisitsPart("CHEMIN Henri", desk, window.tasks)
    made.desk = desk
    acts = VisitActs(window.acts, window.messages, desk.planning, desk.clock.now)
    made.visit_act.connect(lambda *given: acts.do(*given))
    window.stack.addWidget(made)
    window.stack.setCurrentWidget(made)
    made.shown("visits")
    qtbot.waitUntil(lambda: made.table.rows() != [], timeout=WAIT)
    yield made


def told(part):
    return [
        (part._when(one).text, part._state(one).text, part._state(one).second)
        for one in part.table.rows()
    ]


def test_past_and_coming_ones_stand_with_their_reasons(qtbot, part, window):
    qtbot.wait(60)
    if folder := os.environ.get("LGC_PICTURES"):
        window.grab().save(f"{folder}/dossier-rendez-vous.png")

    assert told(part) == [
        ("ven. 20/11/2026, 09:00", "Attendu", ""),
        ("lun. 09/11/2026, 09:00", "Annulé",
         "À la demande du patient · le 06/11/2026, 09:57 · par vous"),
        ("mar. 03/11/2026, 09:00", "Terminé", ""),
        ("lun. 02/11/2026, 09:00", "Absent", "le 06/11/2026, 09:57 · par 810001"),
        ("jeu. 01/10/2026, 09:00", "Non noté", ""),
    ]  # fmt: skip
    assert part.note.text().replace(text.NB, " ") == "1 à venir · 1 manqué · 1 annulé"


def test_f2_says_why_somebody_did_not_come_and_it_is_taken_back(qtbot, part, window):
    part.table.select("missed")
    qtbot.keyClick(part.table, Qt.Key.Key_F2)
    dialog = window.findChild(ReasonDialog)
    assert dialog.title.text() == "Motif de l’absence"
    dialog.words.setText("Transport")
    qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.messages.on_screen() != [], timeout=WAIT)
    assert part.desk.planning.lines[3].reason == "Transport"

    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: part.desk.planning.lines[3].reason == "", timeout=WAIT)


def test_one_that_took_place_has_no_reason_to_give(qtbot, part, window):
    part.table.select("done")
    qtbot.keyClick(part.table, Qt.Key.Key_F2)
    assert window.findChild(ReasonDialog) is None


def test_enter_shows_it_in_the_agenda(qtbot, part, lines):
    shown = []
    part.visit_asked.connect(shown.append)
    part.table.select("coming")
    qtbot.keyClick(part.table, Qt.Key.Key_Return)
    assert shown == [lines[0]]


def test_the_reason_is_of_the_line_that_was_seen(qtbot, part, window, lines):
    """Another one arrives under the open dialog: the words go where they were meant."""
    part.table.select("gone")
    seen = part.table.current()
    qtbot.keyClick(part.table, Qt.Key.Key_F2)
    dialog = window.findChild(ReasonDialog)
    lines.insert(0, replace(lines[0], visit_id="new", presence=Presence.ABSENT))
    part.refresh()
    qtbot.waitUntil(lambda: len(part.table.rows()) == 6, timeout=WAIT)
    part.table.select("missed")
    dialog.words.setText("Fermé")
    qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    qtbot.waitUntil(lambda: part.desk.planning.asked != [], timeout=WAIT)
    assert part.desk.planning.asked == [(seen, "Fermé")]
    assert dt.date(2026, 11, 9) == seen.starts_at.date()


def test_appointments_have_their_own_group_and_open_those_of_the_record(part, scenes):
    line = scenes.visits()[2]
    rows = results(Found("bouton", (), (), (line,)), [], Group.VISITS)

    assert [row.title for row in rows] == ["Rendez-vous", "Vendredi 6 novembre 2026 à 09:30"]
    assert rows[1].detail == "BOUTON Jacques · Consultation · Absent"
    assert (rows[1].patient, rows[1].item) == (line.patient, "visits")
