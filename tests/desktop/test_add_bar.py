"""The line under real keys: read before Enter, asked where it may be read in two ways."""

import pytest
from PySide6.QtCore import Qt
from tests.desktop.test_medical import WAIT, medical, part, shown, type_text  # noqa: F401

from lgc.domain.medical_data import Family, Standing

ENTER, DOWN = Qt.Key.Key_Return, Qt.Key.Key_Down


@pytest.fixture
def bar(part):  # noqa: F811
    return part.bar


@pytest.fixture
def press(qtbot, bar):
    return lambda *keys: [qtbot.keyClick(bar.edit, key) for key in keys]


def entry(part, family):  # noqa: F811
    return part.panels[family].rows[0].entry


def test_the_reading_stands_under_the_line_before_enter(qtbot, part, bar, press):  # noqa: F811
    bar.set_family(Family.LONG_TERM_TREATMENT)
    type_text(bar.edit, "Préviscan arrêté en 2019")
    qtbot.waitUntil(lambda: bar.popup.isVisible(), timeout=WAIT)
    assert bar.popup.head.text() == "arrêt 2019 · plus en cours · F3 lire autrement"

    press(ENTER)

    qtbot.waitUntil(lambda: shown(part, Family.LONG_TERM_TREATMENT) == ["Fluindione"], timeout=WAIT)
    kept = entry(part, Family.LONG_TERM_TREATMENT)
    assert (kept.start, kept.end.iso, kept.active) == (None, "2019", False)
    assert kept.typed == "Préviscan"


def test_one_key_says_otherwise(qtbot, part, bar, press):  # noqa: F811
    type_text(bar.edit, "hta 2011")
    press(Qt.Key.Key_F3)
    qtbot.waitUntil(lambda: "en mots, sans code" in bar.popup.head.text(), timeout=WAIT)

    press(ENTER)

    qtbot.waitUntil(lambda: shown(part, Family.CHRONIC) == ["hta 2011"], timeout=WAIT)
    assert (entry(part, Family.CHRONIC).code, entry(part, Family.CHRONIC).start) == (None, None)


def test_a_refusal_is_asked_and_kept_as_one(qtbot, part, bar, press):  # noqa: F811
    bar.set_family(Family.VACCINATION)
    type_text(bar.edit, "grippe refus 2026")
    press(ENTER, ENTER)
    assert bar.question.isVisible()
    assert bar.edit.text() == "grippe refus 2026", "nothing was moved to"

    press(DOWN, ENTER)

    qtbot.waitUntil(lambda: shown(part, Family.VACCINATION) != [], timeout=WAIT)
    kept = entry(part, Family.VACCINATION)
    assert (kept.standing, kept.start.iso, kept.end) == (Standing.REFUSED, "2026", None)
    assert part.panels[Family.VACCINATION].count.isHidden(), "nothing was given"


def test_a_stated_absence_is_asked_and_stated(qtbot, part, medical, bar, press):  # noqa: F811
    type_text(bar.edit, "aucune allergie")
    press(ENTER)
    qtbot.waitUntil(lambda: bar.question.isVisible(), timeout=WAIT)

    press(DOWN, ENTER)

    def stated():
        return medical.record("patient-1").absence_of(Family.ALLERGY) is not None

    qtbot.waitUntil(stated, timeout=WAIT)
    assert medical.record("patient-1").entries == ()


def test_escape_adds_nothing_of_what_was_asked(qtbot, part, medical, bar, press):  # noqa: F811
    type_text(bar.edit, "BCG non fait")
    press(ENTER)
    qtbot.waitUntil(lambda: bar.question.isVisible(), timeout=WAIT)

    press(Qt.Key.Key_Escape)

    assert bar.edit.text() == ""
    assert medical.record("patient-1").entries == medical.record("patient-1").intents == ()


def test_two_meanings_are_asked_once_and_remembered(qtbot, part, bar, press):  # noqa: F811
    type_text(bar.edit, "irc")
    press(ENTER)
    qtbot.waitUntil(lambda: bar.popup.isVisible(), timeout=WAIT)
    press(ENTER)
    assert shown(part, Family.CHRONIC) == []
    meant = bar.popup.table.model().index(1, 0)
    bar.popup.table.setCurrentIndex(meant)
    wanted = bar.popup.current().code
    press(ENTER)
    qtbot.waitUntil(lambda: len(shown(part, Family.CHRONIC)) == 1, timeout=WAIT)

    type_text(bar.edit, "irc")
    press(ENTER)

    qtbot.waitUntil(lambda: len(shown(part, Family.CHRONIC)) == 2, timeout=WAIT)
    assert {row.entry.code for row in part.panels[Family.CHRONIC].rows} == {wanted}


def test_what_is_taken_was_found_for_what_stands_in_the_line(qtbot, part, bar, press):  # noqa: F811
    """An answer for fewer letters is no answer."""
    type_text(bar.edit, "hypo")
    qtbot.waitUntil(lambda: bar.popup.isVisible(), timeout=WAIT)
    press(DOWN)
    bar.edit.setText("hypokaliemie")
    bar.edit.textEdited.emit("hypokaliemie")

    press(ENTER)

    qtbot.waitUntil(lambda: len(shown(part, Family.CHRONIC)) == 1, timeout=WAIT)
    assert entry(part, Family.CHRONIC).code.code == "E87.6"
