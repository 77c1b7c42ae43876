"""One date entry: typed key by key as people do, it never jumps and keeps nothing by halves."""

import datetime as dt
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCalendarWidget, QLineEdit, QPushButton

import lgc.desktop
from lgc.desktop.components.date_field import DateField
from lgc.domain.typed_dates import birth, visit

TODAY = dt.date(2026, 11, 30)
SPELLINGS = {
    "18/08/1948": "1948-08-18",
    "18-08-1948": "1948-08-18",
    "18 08 1948": "1948-08-18",
    "18.8.48": "1948-08-18",
    "18081948": "1948-08-18",
    "180848": "1948-08-18",
    "7/5/39": "1939-05-07",
    "7/5/1939": "1939-05-07",
    "08/1948": "1948-08-01",
    "1948": "1948-12-31",
    "31021948": "",
    "18/08": "",
    "18/08/2027": "",
    "010112": "",
}


@pytest.fixture
def field(qtbot):
    made = DateField("Né le", birth, lambda: TODAY, lambda day: f"{TODAY.year - day.year} ans")
    qtbot.addWidget(made)
    made.show()
    made.line.setFocus()
    return made


def buttons(field):
    return [one for one in field.findChildren(QPushButton) if one.isVisible()]


def leave(qtbot, field):
    """As Tab does."""
    field.line.editingFinished.emit()


@pytest.mark.parametrize(("typed", "right"), SPELLINGS.items())
def test_typed_key_by_key(qtbot, field, typed, right):
    for place, key in enumerate(typed, 1):
        qtbot.keyClicks(field.line, key)
        assert field.line.text() == typed[:place]
        assert field.line.cursorPosition() == place
    leave(qtbot, field)

    assert (field.day().isoformat() if field.day() else "") == right
    shown = f"{field.day():%d/%m/%Y}" if right else typed
    assert field.line.text() == shown
    assert bool(field.problem()) != bool(right)


def test_it_is_empty_until_something_is_typed_and_that_is_no_fault(qtbot, field):
    leave(qtbot, field)

    assert (field.day(), field.problem(), field.said.text()) == (None, "", "")


def test_what_was_understood_is_said_at_once_and_what_was_not_once_left(qtbot, field):
    qtbot.keyClicks(field.line, "18/08/1948")
    assert field.said.text() == "78 ans"

    field.line.selectAll()
    qtbot.keyClicks(field.line, "31/02/1948")
    assert field.said.text() == ""
    leave(qtbot, field)
    assert "n’existe pas" in field.said.text()


def test_the_day_that_a_rule_put_stays_said(qtbot, field):
    qtbot.keyClicks(field.line, "1948")
    leave(qtbot, field)

    assert field.line.text() == "31/12/1948"
    assert field.said.text() == "78 ans · jour et mois inconnus"


def test_two_centuries_are_asked_and_a_click_answers(qtbot, field):
    qtbot.keyClicks(field.line, "1/1/12")
    qtbot.waitUntil(lambda: len(buttons(field)) == 2)
    offered = buttons(field)
    assert [one.text() for one in offered] == ["1912", "2012"]
    leave(qtbot, field)
    assert field.day() is None

    qtbot.mouseClick(offered[1], Qt.MouseButton.LeftButton)

    assert field.day() == dt.date(2012, 1, 1)
    assert not buttons(field)


@pytest.mark.parametrize(
    ("key", "moved"),
    [
        (Qt.Key.Key_Up, "2026-12-01"),
        (Qt.Key.Key_Down, "2026-11-29"),
        (Qt.Key.Key_PageUp, "2026-12-30"),
        (Qt.Key.Key_PageDown, "2026-10-30"),
    ],
)
def test_arrows_move_a_date_that_is_there(qtbot, key, moved):
    field = DateField("Jour", visit, lambda: TODAY)
    qtbot.addWidget(field)
    qtbot.keyClick(field.line, key)
    assert field.line.text() == ""
    field.set_day(TODAY)

    qtbot.keyClick(field.line, key)

    assert field.day().isoformat() == moved


def test_a_calendar_opens_from_the_keyboard_and_gives_its_day(qtbot, field):
    qtbot.keyClick(field.line, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    calendar = field.findChild(QCalendarWidget)
    assert calendar.isVisible()

    calendar.activated.emit(calendar.minimumDate())

    assert field.day() == birth(TODAY).first
    qtbot.waitUntil(lambda: field.findChild(QCalendarWidget) is None)


def test_a_stored_date_is_kept_whatever_the_bounds(field):
    stored = dt.date(1850, 1, 1)
    field.set_day(stored)

    assert (field.day(), field.problem()) == (stored, "")


def test_no_other_entry_of_a_date_is_left():
    """A date edit of Qt turns 18/08/1948 into 18/01/2000."""
    for path in Path(lgc.desktop.__file__).parent.rglob("*.py"):
        assert "QDateEdit" not in path.read_text("utf-8"), path
        assert "QDateTimeEdit" not in path.read_text("utf-8"), path
    assert issubclass(type(DateField("x", birth, lambda: TODAY).line), QLineEdit)
