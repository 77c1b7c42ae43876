"""Allergies stand in the banner whole: names wrap and buttons fold before a word of them goes."""

from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QVBoxLayout, QWidget

from lgc.desktop.components.banner import Banner
from lgc.desktop.components.buttons import Button
from lgc.desktop.theme import typography

ALLERGIES = (
    "Allergies : Pénicilline (urticaire généralisée, grave), Arachide (œdème des lèvres, modéré)",
    "Hypersensibilité non allergique : Produits de contraste iodés (malaise)",
)
NAME = "BEAUREGARD-SAINT-MARTIN DE LA TOUR Marie-Antoinette Joséphine"
ACTS = (
    ("Partager", "ri.share-forward-line", "Ctrl+P"),
    ("Synthèse (VSM)", "ri.health-book-line", "Ctrl+Shift+V"),
    ("Consultation", "ri.stethoscope-line", "Ctrl+N"),
)


@pytest.fixture
def named_long(scenes):
    return replace(
        scenes.MARTIN,
        name=NAME,
        birth_name="BEAUREGARD-SAINT-MARTIN",
        important="Asthme",
        important_detail="Insuline",
    )


@pytest.fixture
def page(qtbot, theme):
    made = QWidget()
    qtbot.addWidget(made)
    room = QVBoxLayout(made)
    room.setContentsMargins(0, 0, 0, 0)
    made.banner = Banner()
    room.addWidget(made.banner)
    room.addStretch(1)
    made.buttons = []
    for words, glyph, key in ACTS:
        act = QAction(words, made)
        act.setShortcut(key)
        made.buttons.append(Button("", glyph=glyph, action=act))
        made.banner.add_action(made.buttons[-1])
    made.resize(1440, 500)
    made.show()
    return made


def shown(page, patient, allergies, width):
    page.banner.show_patient(patient, allergies)
    page.resize(width, 500)
    page.grab()
    return page.banner


def whole(words, banner):
    """Is every word of a label inside it, and the label inside the banner?"""
    needed = words.fontMetrics().boundingRect(0, 0, words.width(), 9999, 0x1000, words.text())
    inside = banner.rect().contains(
        words.rect().translated(words.mapTo(banner, words.rect().topLeft()))
    )
    parent = words.parentWidget()
    inside = inside and parent.rect().contains(words.geometry())
    return inside and needed.height() <= words.height() and needed.width() <= words.width()


@pytest.mark.parametrize("width", [1440, 1366, 1280, 1024, 900])
@pytest.mark.parametrize("long", [False, True])
@pytest.mark.parametrize("scale", [1, 2])
def test_an_allergy_is_whole_at_every_width_and_size(
    monkeypatch, width, long, scale, request, scenes, named_long
):
    for role, (pixels, weight) in list(typography.TYPE.items()):
        monkeypatch.setitem(typography.TYPE, role, (pixels * scale, weight))
    page = request.getfixturevalue("page")

    banner = shown(page, named_long if long else scenes.CHEMIN, ALLERGIES, width)

    important = banner.important
    assert banner.width() == width
    assert important.title.text() == "\n".join(ALLERGIES)
    for words in (important.title, important.detail, banner._name, banner._birth_name):
        assert whole(words, banner), words.text()
    assert all(banner.rect().contains(button.geometry()) for button in page.buttons)


def lines_of(banner):
    """How many lines the identity takes, as it is laid out now."""
    parts = [part for part in banner.parts if part.isVisible()]
    middles = sorted(part.mapTo(banner, part.rect().center()).y() for part in parts)
    return 1 + sum(after - before > 8 for before, after in pairwise(middles))


@pytest.mark.parametrize("width", [1440, 900])
def test_a_record_painted_before_it_is_shown_is_folded_as_it_looks(
    qtbot, theme, scenes, named_long, width
):
    """Fonts and glyphs come with the style, once the page is in view."""
    hidden = QWidget()
    qtbot.addWidget(hidden)
    room = QVBoxLayout(hidden)
    banner = Banner()
    room.addWidget(banner)
    room.addStretch(1)
    hidden.resize(width, 300)
    hidden.show()
    banner.show_patient(scenes.CHEMIN, ALLERGIES[1:])
    assert banner._flows[0].heightForWidth(banner._identity.width()) < 40

    qtbot.waitUntil(lambda: lines_of(banner) == 2)
    hidden.grab()

    assert lines_of(banner) == 2
    assert all(whole(words, banner) for words in (banner._name, banner._birth_name))
    banner._age.setText("78 ans 11 mois et quelques jours de plus")
    qtbot.waitUntil(lambda: banner._identity.rect().contains(banner.parts[3].geometry()))
    assert lines_of(banner) == 2


def test_the_keys_go_first_then_the_words_of_the_buttons_then_the_line_moves(page, scenes):
    one = ("Allergie : Pénicilline (urticaire)",)

    def state(width):
        banner = shown(page, scenes.CHEMIN, one, width)
        beside = banner.important.y() < banner._identity.geometry().bottom()
        return beside, bool(page.buttons[0]._shown_cap()), bool(page.buttons[0]._words())

    assert [state(width) for width in (1600, 1376, 1216, 900, 1600)] == [
        (True, True, True),
        (True, False, True),
        (True, False, False),
        (False, False, False),
        (True, True, True),
    ]


def test_a_folded_button_keeps_its_name_and_its_key_for_whoever_asks(page, scenes):
    shown(page, scenes.CHEMIN, ("Allergie : Pénicilline (urticaire)",), 1216)

    assert page.buttons[0].accessibleName() == "Partager"
    assert page.buttons[0].toolTip() == "Partager · Ctrl P"


def test_without_an_allergy_the_important_line_has_the_first_place(page, scenes):
    banner = shown(page, scenes.CHEMIN, (), 1440)

    assert banner.important.title.text() == "Diabétique"
    assert banner.important.detail.text() == "Insuline · 2 points de vigilance"
    assert not shown(page, scenes.MARTIN, (), 1440).important.isVisible()
    assert shown(page, scenes.MARTIN, ALLERGIES, 1440).important.isVisible()
