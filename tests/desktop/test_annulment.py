"""« Annuler ce document » on its page: asked with a reason, said above it, taken back."""

import os
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from lgc.desktop.documents.annulment import AnnulDialog
from lgc.desktop.record.documents_panel import COLUMNS
from lgc.desktop.search.results import results
from lgc.desktop.start import _record
from lgc.domain.documents import Annulment
from lgc.domain.professionals import Correspondent
from lgc.services.views import Found, FoundDocument

WAIT = 10_000
CHEMIN = "CHEMIN Henri"
COLLEAGUE = Correspondent("robert@medecin.mssante.example", "SPECIALISTE", "Robert", "Dr")
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def desk(rooms, scenes):
    made = rooms.make_desk()
    made.annulling = rooms.FakeAnnulling(lambda key: rooms.document(CHEMIN, 1))
    made.annulling.mine = True
    return made


@pytest.fixture
def record(qtbot, window, desk):
    window.record_factory = lambda patient_id: _record(window, desk, patient_id)
    page = window.open_record(CHEMIN)
    qtbot.waitUntil(lambda: page.documents.table.rows() != [], timeout=WAIT)
    page.open_document(f"{CHEMIN}-1")
    qtbot.waitUntil(page._reading, timeout=WAIT)
    return page


def picture(window, name):
    if folder := os.environ.get("LGC_PICTURES"):
        window.grab().save(f"{folder}/{name}.png")


def annul(qtbot, window, record):
    page = record.document
    qtbot.waitUntil(page._annul_button.isVisible, timeout=WAIT)
    page.annul.trigger()
    qtbot.waitUntil(lambda: window.findChild(AnnulDialog) is not None, timeout=WAIT)
    dialog = window.findChild(AnnulDialog)
    qtbot.waitUntil(dialog.isVisible, timeout=WAIT)
    QTest.keyClick(dialog, Qt.Key.Key_Return, CTRL)
    assert dialog.isVisible() and "raison" in dialog.form.error(dialog.why)
    QTest.keyClicks(dialog.why, "Mauvais patient")
    picture(window, "annul-dialog")
    QTest.keyClick(dialog, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(page.band.isVisible, timeout=WAIT)
    return page


def test_its_author_annuls_it_with_a_reason_and_it_goes_nowhere_any_more(
    qtbot, window, record, desk, theme
):
    desk.annulling.sent_to, desk.annulling.in_dmp = (COLLEAGUE,), True
    page = annul(qtbot, window, record)
    qtbot.waitUntil(page.band.warn.isVisible, timeout=WAIT)

    assert "Mauvais patient" in page.band.sentence()
    assert "SPECIALISTE" in page.band.advice()
    assert "DMP" in page.band.advice()
    for act in (page.share, page.printing, page.annul, page.rewrite):
        assert not act.isEnabled()
    qtbot.wait(60)
    picture(window, "annulled")
    if os.environ.get("LGC_PICTURES"):
        theme.toggle()
        qtbot.wait(200)
        picture(window, "annulled-dark")


def test_it_is_restored_from_its_band(qtbot, window, record, desk):
    page = annul(qtbot, window, record)
    qtbot.waitUntil(page.band.back.isVisible, timeout=WAIT)

    page.band.back.click()

    qtbot.waitUntil(lambda: not page.band.isVisible(), timeout=WAIT)
    assert desk.annulling.taken_back == [f"{CHEMIN}-1"]
    assert page.share.isEnabled()


def test_who_has_it_is_offered_a_message(qtbot, window, record, desk):
    desk.annulling.sent_to = (COLLEAGUE,)
    page = annul(qtbot, window, record)
    qtbot.waitUntil(page.band.warn.isVisible, timeout=WAIT)
    asked = []
    record.warning_asked.disconnect()  # the mailbox of the window, absent here
    record.warning_asked.connect(asked.append)

    page.band.warn.click()

    assert asked == [f"{CHEMIN}-1"]


def test_somebody_else_is_not_offered_to_annul_it(qtbot, window, record, desk):
    qtbot.waitUntil(record.document._annul_button.isVisible, timeout=WAIT)
    desk.annulling.mine = False

    record.annulling.look(f"{CHEMIN}-1")

    qtbot.waitUntil(lambda: not record.document._annul_button.isVisible(), timeout=WAIT)


def test_the_list_strikes_it_and_says_so(desk, scenes):
    said = Annulment(scenes.NOW, "8", "Erreur")
    line = desk.records.view(CHEMIN).documents[0]
    line = replace(line, document=replace(line.document, annulled=said))

    cells = {column.key: column.cell(line) for column in COLUMNS}

    assert cells["title"].struck
    assert cells["title"].said.endswith("annulé")
    assert cells["dmp"].text == "Annulé"


def test_a_search_names_it_annulled(rooms, scenes):
    paper = replace(rooms.document(CHEMIN), annulled=Annulment(scenes.NOW, "8", "Erreur"))
    found = Found("cr", (), (FoundDocument(paper, scenes.CHEMIN),))

    line = next(one for one in results(found, ()) if one.item == paper.document_id)

    assert "annulé" in line.detail
    assert line.glyph == "ri.forbid-line"
