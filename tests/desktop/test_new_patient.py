"""A new patient: a double is shown before it is made, and errors stay beside their field."""

from types import SimpleNamespace

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent

from lgc.desktop.patients.page import NewPatientPage
from lgc.domain.duplicates import Nearness
from lgc.services.identities import Near

WAIT = 10_000


@pytest.fixture
def page(window, scenes):
    service = SimpleNamespace(close=(), made=[])
    service.near = lambda form: service.close
    service.create = lambda form: service.made.append(form) or "new"
    desk = SimpleNamespace(identities=service, clock=SimpleNamespace(now=lambda: scenes.NOW))
    opened = []
    window.open_record = lambda patient_id, item="": opened.append(patient_id)
    made = NewPatientPage.join(window, desk)
    made.service, made.opened_records = service, opened
    window.show_page("new-patient")
    return made


def typed(page, name, given):
    for field, words in (("birth_name", name), ("given_names", given)):
        for character in words:
            event = QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, character)
            QCoreApplication.sendEvent(page.fields.line(field), event)
    page.fields.birth_date.line.setText("1/8/73")


def test_nobody_near_is_created_at_once_and_opened(qtbot, page):
    typed(page, "Lefèvre", "Zoé")

    page.create_patient()
    qtbot.waitUntil(lambda: page.opened_records == ["new"], timeout=WAIT)

    assert page.service.made[0].birth_name == "Lefèvre"
    assert page.fields.line("birth_name").text() == ""


def test_a_near_patient_is_shown_and_only_a_second_press_creates(qtbot, page, scenes):
    page.service.close = (Near(scenes.LEGRAND, Nearness.SAME_TRAITS),)
    typed(page, "Legrand", "Anne")

    page.create_patient()
    qtbot.waitUntil(page.near.isVisible, timeout=WAIT)
    assert page.service.made == [] and "existe peut-être" in page.notice.sentence()
    page.create_patient()
    qtbot.waitUntil(lambda: page.opened_records == ["new"], timeout=WAIT)


def test_typing_again_looks_again_before_creating(qtbot, page, scenes):
    page.service.close = (Near(scenes.LEGRAND, Nearness.LOOKS_ALIKE),)
    typed(page, "Legrand", "Anne")
    page.create_patient()
    qtbot.waitUntil(page.near.isVisible, timeout=WAIT)

    typed(page, "t", "")
    assert not page.near.isVisible()
    page.create_patient()
    qtbot.waitUntil(page.near.isVisible, timeout=WAIT)

    assert page.service.made == []


def test_an_empty_form_says_what_is_missing_in_place(page):
    page.create_patient()

    assert page.fields.error("birth_name") and page.fields.error("given_names")
    assert page.service.made == []
