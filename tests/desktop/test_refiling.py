"""« Ranger ailleurs » on the page of a received document: to whom, why, and the way back."""

import os
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from lgc.desktop.documents.refiling import RefileDialog
from lgc.desktop.start import _record
from lgc.domain.documents import Origin

WAIT = 10_000
CHEMIN = "CHEMIN Henri"
OTHER = "LEGRAND Chantal"
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def desk(rooms):
    made = rooms.make_desk()
    made.refiling = rooms.FakeRefiling(
        lambda key: replace(rooms.document(CHEMIN, 1), origin=Origin.MSSANTE)
    )
    return made


@pytest.fixture
def record(qtbot, window, desk, rooms):
    window.record_factory = lambda patient_id: _record(window, desk, patient_id)
    page = window.open_record(CHEMIN)
    qtbot.waitUntil(lambda: page.documents.table.rows() != [], timeout=WAIT)
    paper = replace(rooms.document(CHEMIN, 1), origin=Origin.MSSANTE)
    page._show_document(rooms.opened(paper, "<p>Potassium 6,8</p>"))
    return page


def picture(window, name):
    if folder := os.environ.get("LGC_PICTURES"):
        window.grab().save(f"{folder}/{name}.png")


def asked(qtbot, window, record):
    record.document.refile.trigger()
    qtbot.waitUntil(lambda: window.findChild(RefileDialog) is not None, timeout=WAIT)
    dialog = window.findChild(RefileDialog)
    qtbot.waitUntil(dialog.isVisible, timeout=WAIT)
    return dialog


def test_it_goes_to_the_right_patient_with_its_reason_and_comes_back(
    qtbot, window, record, desk, rooms, theme
):
    desk.refiling.in_dmp = desk.refiling.sent = True
    dialog = asked(qtbot, window, record)
    QTest.keyClick(dialog, Qt.Key.Key_Return, CTRL)
    assert dialog.form.error(dialog.patient) and "raison" in dialog.form.error(dialog.why)
    dialog.patient.show_patient(rooms.PEOPLE[OTHER])
    QTest.keyClicks(dialog.why, "Homonyme")
    qtbot.wait(150)
    picture(window, "refile-dialog")
    if os.environ.get("LGC_PICTURES"):
        theme.toggle()
        qtbot.wait(200)
        picture(window, "refile-dialog-dark")
        theme.toggle()
    told = []
    record.told.connect(lambda words, back: told.append((words, back)))

    QTest.keyClick(dialog, Qt.Key.Key_Return, CTRL)

    qtbot.waitUntil(lambda: told != [], timeout=WAIT)
    there = rooms.PEOPLE[OTHER].patient_id
    assert desk.refiling.moved[0][1:] == (there, "Homonyme")
    assert record.stack.currentWidget() is record.home
    told[0][1]()
    qtbot.waitUntil(lambda: desk.refiling.back != [], timeout=WAIT)


def test_it_is_taken_out_without_another_record(qtbot, window, record, desk):
    dialog = asked(qtbot, window, record)
    QTest.keyClicks(dialog.why, "Homonyme")

    dialog.out.click()

    qtbot.waitUntil(lambda: desk.refiling.moved != [], timeout=WAIT)
    assert desk.refiling.moved[0][1:] == (None, "Homonyme")


def test_while_it_is_being_sent_only_a_sentence_answers(qtbot, window, record, desk):
    desk.refiling.why_not = "Un envoi de ce document est en cours."
    told = []
    record.told.connect(lambda words, back: told.append((words, back)))

    record.document.refile.trigger()

    qtbot.waitUntil(lambda: told != [], timeout=WAIT)
    assert told == [("Un envoi de ce document est en cours.", None)]
    assert window.findChild(RefileDialog) is None


def test_what_was_written_here_offers_it_not(record, rooms):
    record._show_document(rooms.opened(rooms.document(CHEMIN, 1), "<p>a</p>"))

    assert not record.document.refile.isEnabled()


def test_the_record_tells_what_left_it(qtbot, window, desk, rooms):
    view = desk.records.view
    trace = "« Bilan » : rangé dans un autre dossier le 30/11/2026 (homonyme)."
    desk.records.view = desk.records.opened = lambda key: replace(view(key), refiled=(trace,))
    window.record_factory = lambda patient_id: _record(window, desk, patient_id)

    page = window.open_record(CHEMIN)

    qtbot.waitUntil(page.refiled.isVisible, timeout=WAIT)
    assert "autre dossier le 30/11/2026" in page.refiled.sentence()
    qtbot.wait(60)
    picture(window, "refiled-notice")
