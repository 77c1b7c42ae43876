"""A draft is in sight: on Accueil, on the home of its record, in its list, menu and tab."""

import os
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QTabBar

from lgc.desktop.components.buttons import Button
from lgc.desktop.home.page import HomePage
from lgc.desktop.page import RecordPage
from lgc.desktop.record.writing.draft_strip import DraftStrip, Waiting
from lgc.desktop.start import _record
from lgc.services.drafting import CONSULTATION, LETTER
from lgc.services.views import DraftLine, DraftMark
from lgc.settings import Settings

WAIT = 10_000
CHEMIN = "CHEMIN Henri"


def picture(qtbot, window, name, theme):
    if folder := os.environ.get("LGC_PICTURES"):
        for suffix in ("", "-dark"):
            qtbot.wait(200)
            window.grab().save(f"{folder}/{name}{suffix}.png")
            theme.toggle()


@pytest.fixture
def desk(rooms, scenes, monkeypatch):
    made = rooms.make_desk()
    marks = [DraftMark(CONSULTATION, scenes.NOW), DraftMark(LETTER, scenes.NOW)]
    made.waiting = marks
    view = made.records.view
    made.records.view = lambda key: replace(view(key), drafts=tuple(made.waiting))
    return made


@pytest.fixture
def record(qtbot, window, desk):
    window.record_factory = lambda patient_id: _record(window, desk, patient_id)
    page = window.open_record(CHEMIN)
    qtbot.waitUntil(lambda: page.documents.table.rows() != [], timeout=WAIT)
    return page


def test_the_home_the_menu_and_the_tab_of_a_record_show_its_drafts(
    qtbot, window, record, desk, theme
):
    assert record.drafts.isVisible()
    words = [one.text() for one in record.drafts.findChildren(Button)]
    assert words[0].startswith("Compte rendu de consultation")
    assert record.menu.button("note").accessibleName().endswith("brouillon")
    assert not record.menu.button("drugs").accessibleName().endswith("brouillon")
    tabs = window.top.tabs
    assert tabs.tabButton(0, QTabBar.ButtonPosition.LeftSide) is not None
    assert tabs.accessibleTabName(0).endswith("brouillon")
    picture(qtbot, window, "drafts-record", theme)

    desk.waiting = []
    record.refresh()
    qtbot.waitUntil(lambda: not record.drafts.isVisible(), timeout=WAIT)
    assert tabs.tabButton(0, QTabBar.ButtonPosition.LeftSide) is None
    assert not record.menu.button("note").accessibleName().endswith("brouillon")


def test_a_click_goes_on_with_the_draft(qtbot, record, monkeypatch):
    shown = []
    monkeypatch.setattr(record, "show_draft", shown.append)
    record.drafts.findChildren(Button)[1].click()

    assert shown == [LETTER]


def test_accueil_names_whose_draft_waits_and_opens_it(qtbot, window, desk, scenes, theme):
    class Page(RecordPage):
        asked = ()

        def show_draft(self, kind):
            self.asked = (*self.asked, kind)

    window.record_factory = Page
    lines = (DraftLine(scenes.CHEMIN, DraftMark(CONSULTATION, scenes.NOW)),)
    day = scenes.FakeDay()
    view = day.view
    day.view = lambda asked=None: replace(view(asked), drafts=lines)
    desk.day, desk.queue, desk.settings = day, scenes.FakeQueue(), Settings()
    desk.planning = day
    page = HomePage.join(window, desk)
    window.show_page("home")
    qtbot.waitUntil(page.drafts.isVisible, timeout=WAIT)
    (button,) = page.drafts.findChildren(Button)
    assert "CHEMIN Henri" in button.text()
    assert "Compte rendu" in button.text()
    picture(qtbot, window, "drafts-home", theme)

    button.click()

    assert window.current_page().asked == (CONSULTATION,)


def test_many_drafts_are_counted_beyond_the_first(qtbot, window, scenes):
    strip = DraftStrip()
    qtbot.addWidget(strip)

    strip.show_drafts([Waiting(str(n), DraftMark(CONSULTATION, None)) for n in range(9)])

    assert strip.said.text() == "Brouillons (9, dont 3 plus anciens)"
    assert len(strip._room.findChildren(Button)) == 6
