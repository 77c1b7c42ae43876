"""Regulation: a DMP is sought by traits only where the settings say so, and opens no identity."""

import datetime as dt
import os

import pytest
from PySide6.QtCore import Qt

from lgc.desktop.dmp.regulation import RegulationDialog
from lgc.domain.dmp import FoundIdentity, TraitSearch
from lgc.services.regulating import Candidate

WAIT = 10_000
BORN = dt.date(1948, 8, 18)


def found(name, given, percentage, refused=False):
    return FoundIdentity(
        (("148089299999966", "1.2.250.1.213.1.4.10"),),
        name, given, BORN, "M", "Boulogne-Billancourt", percentage, refused,
    )  # fmt: skip


class FakeRegulating:
    """services.regulating.Regulating with three people."""

    offered = True

    def __init__(self):
        self.asked = []
        self.answer = (
            Candidate(found("CHEMIN", "HENRI", 100), "CHEMIN Henri"),
            Candidate(found("CHEMIN", "HENRIETTE", 71), None),
            Candidate(found("CHEMAIN", "HENRI", 64, refused=True), None),
        )

    def search(self, traits):
        self.asked.append(traits)
        return self.answer


@pytest.fixture
def desk(rooms):
    made = rooms.make_desk()
    made.regulating = FakeRegulating()
    return made


@pytest.fixture
def dialog(qtbot, window, desk):
    RegulationDialog.join(window, desk)
    act = next(a for a in window.everywhere() if a.text() == "Chercher un DMP sans INS")
    act.trigger()
    made = window.findChild(RegulationDialog)
    qtbot.waitUntil(made.isVisible, timeout=WAIT)
    return made


def fill(qtbot, dialog, born="18/08/1948"):
    qtbot.keyClicks(dialog.lines["family_name"], "chemin")
    qtbot.keyClicks(dialog.born.line, born)


def test_traits_are_sought_and_the_record_of_the_practice_opens(qtbot, window, desk, dialog):
    opened = []
    window.record_factory = None
    window.open_record = opened.append
    fill(qtbot, dialog)
    qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(dialog.table.rows()) == 3, timeout=WAIT)
    if folder := os.environ.get("LGC_PICTURES"):
        window.grab().save(f"{folder}/regulation.png")

    qtbot.keyClick(dialog.table, Qt.Key.Key_Return)

    assert desk.regulating.asked == [TraitSearch("chemin", birth_date=BORN)]
    assert opened == ["CHEMIN Henri"]


def test_somebody_without_a_record_here_opens_nothing(qtbot, window, desk, dialog):
    desk.regulating.answer = desk.regulating.answer[1:]
    window.open_record = lambda patient_id: pytest.fail("a record was opened")
    fill(qtbot, dialog)
    dialog.search()
    qtbot.waitUntil(lambda: len(dialog.table.rows()) == 2, timeout=WAIT)

    qtbot.keyClick(dialog.table, Qt.Key.Key_Return)

    assert "pas de dossier" in dialog.footer_note.text()


def test_what_is_no_date_asks_nothing_and_nobody_found_is_said(qtbot, desk, dialog):
    fill(qtbot, dialog, born="31/02/1948")
    dialog.search()
    assert "n’existe pas" in dialog.form.line_of(dialog.born).text()
    assert desk.regulating.asked == []

    desk.regulating.answer = ()
    dialog.born.line.clear()
    dialog.search()

    qtbot.waitUntil(lambda: dialog.empty.isVisible() and desk.regulating.asked != [], timeout=WAIT)
    assert desk.regulating.asked == [TraitSearch("chemin")]


def test_without_the_setting_the_action_is_nowhere(window, desk):
    desk.regulating.offered = False
    RegulationDialog.join(window, desk)

    assert "Chercher un DMP sans INS" not in [a.text() for a in window.everywhere()]
