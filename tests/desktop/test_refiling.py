"""« Ranger ailleurs » on the page of a received document: to whom, why, and the way back."""

import os
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from lgc.desktop.documents.refiling import RefileDialog
from lgc.desktop.start import _record
from lgc.domain.documents import Origin
from lgc.services.naming_another import Another

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


NAMES = Another(
    "Bilan", "CHEMIN Henri, naissance 02/02/1951", "LEGRAND Chantal, naissance 12/03/1968",
    ("nom de naissance", "date de naissance"),
)  # fmt: skip


def test_one_that_names_somebody_else_says_so_and_wants_a_second_yes(
    qtbot, window, record, desk, rooms, theme
):
    desk.refiling.names = (NAMES,)
    dialog = asked(qtbot, window, record)
    assert dialog.patient.patient is None and not dialog.another.isVisible()
    QTest.keyClicks(dialog.why, "Homonyme")
    dialog.patient.show_patient(rooms.PEOPLE[OTHER])
    qtbot.waitUntil(dialog.another.isVisible, timeout=WAIT)
    assert "CHEMIN Henri" in dialog.another.sentence()
    assert "date de naissance" in dialog.another.sentence()
    assert not dialog.in_spite.isChecked() and OTHER in dialog.in_spite.text()

    QTest.keyClick(dialog, Qt.Key.Key_Return, CTRL)

    assert dialog.form.error(dialog.in_spite) and desk.refiling.moved == []
    qtbot.wait(150)
    picture(window, "refile-another")
    if os.environ.get("LGC_PICTURES"):
        theme.toggle()
        qtbot.wait(200)
        picture(window, "refile-another-dark")
        theme.toggle()
    dialog.in_spite.click()
    QTest.keyClick(dialog, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: desk.refiling.moved != [], timeout=WAIT)
    assert desk.refiling.seen == [(NAMES,)]


def test_a_yes_for_one_patient_is_none_for_another(qtbot, window, record, desk, rooms):
    desk.refiling.names = (NAMES,)
    dialog = asked(qtbot, window, record)
    dialog.patient.show_patient(rooms.PEOPLE[OTHER])
    qtbot.waitUntil(dialog.in_spite.isVisible, timeout=WAIT)
    dialog.in_spite.click()

    dialog.patient.show_patient(rooms.PEOPLE[CHEMIN])

    assert not dialog.in_spite.isChecked()


def test_what_another_record_holds_for_sure_goes_nowhere_else(qtbot, window, record, desk, rooms):
    holder = "CHEMIN Henri, naissance 02/02/1951, INS 1 51"
    desk.refiling.names = (replace(NAMES, holder=holder, refused=True),)
    dialog = asked(qtbot, window, record)
    QTest.keyClicks(dialog.why, "Homonyme")
    dialog.patient.show_patient(rooms.PEOPLE[OTHER])
    QTest.keyClick(dialog, Qt.Key.Key_Return, CTRL)  # before the answer came
    qtbot.waitUntil(dialog.another.isVisible, timeout=WAIT)
    QTest.keyClick(dialog, Qt.Key.Key_Return, CTRL)

    assert holder in dialog.another.sentence().replace("\u00a0", " ")
    assert not dialog.in_spite.isVisible()
    assert dialog.form.error(dialog.patient) and desk.refiling.moved == []
    dialog.out.click()
    qtbot.waitUntil(lambda: desk.refiling.moved != [], timeout=WAIT)
    assert desk.refiling.moved[0][1] is None and desk.refiling.seen == [()]


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
