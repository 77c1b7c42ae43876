"""The keys that a field handles itself leave its words, or give them back by Ctrl+Z."""

import datetime as dt
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from lgc.desktop.agenda.visit_dialog import MinutesField
from lgc.desktop.components.asking import Asking
from lgc.desktop.components.completion import Completion
from lgc.desktop.components.date_field import DateField, _Line
from lgc.desktop.components.fields import SearchField
from lgc.desktop.components.keys import action
from lgc.desktop.components.rows import Cell, Column
from lgc.desktop.components.suggestions import SuggestionList
from lgc.desktop.record.measures.entry_bar import EntryBar
from lgc.desktop.record.medical.add_bar import AddBar
from lgc.desktop.record.writing.drug_entry import DrugEntry
from lgc.desktop.sharing.recipients import RecipientsField
from lgc.domain.entry_line import EntryLine, Readings
from lgc.domain.medical_data import Family
from lgc.domain.typed_dates import visit
from lgc.services.medical import Suggestion

TODAY = dt.date(2026, 11, 6)
WAIT = 5000


def nothing(*given):
    return ()


def completed(window):
    field = QLineEdit(window)
    rows = SuggestionList(
        (Column("a", "A", lambda one: Cell(one)),), "Trouvés", key=str, row_height=30
    )
    asking = Asking(field, window.tasks, nothing, typing_ms=5)
    made = Completion(field, asking, rows, default=lambda words, found: None, rows_of=list)
    made.setParent(field)
    return field, field


def dated(window):
    made = DateField("Jour", visit, lambda: TODAY)
    made.setParent(window)
    return made, made.line


def searched(window):
    made = SearchField("Chercher")
    made.setParent(window)
    return made, made


def minutes(window):
    made = MinutesField()
    made.setParent(window)
    return made, made


def recipients(window):
    made = RecipientsField(window.tasks, nothing)
    made.setParent(window)
    return made, made.edit


def measured(window):
    made = EntryBar(lambda: TODAY, lambda: None, QAction("x", window))
    made.setParent(window)
    return made, made.edit


def added(window):
    medical = SimpleNamespace(
        read=lambda family, typed: Readings((EntryLine(typed),)),
        offer=lambda *given: (Suggestion(Family.CHRONIC, "goutte", None),),
    )
    made = AddBar("p", medical, window.tasks, QAction("x", window), window)
    return made, made.edit


def drugs(window):
    made = DrugEntry("p", SimpleNamespace(suggest=nothing), window.tasks)
    made.setParent(window)
    return made, made.drug


# Its maker, what is typed, and the class whose keys are pressed there.
FIELDS = {
    "completion": (completed, "robert", Completion),
    "date": (dated, "15/01/2027", _Line),
    "search": (searched, "chemin", SearchField),
    "minutes": (minutes, "15", MinutesField),
    "recipients": (recipients, "robert", RecipientsField),
    "measures": (measured, "pouls 72", EntryBar),
    "record": (added, "goutte", AddBar),
    "medicine": (drugs, "amoxicilline", DrugEntry),
}
ITS_VALUE = {"date", "minutes"}  # an arrow is one day, five minutes more: the text follows
EDITS = {"Backspace"}
ADDS = {"Return", "Enter"}  # the line goes where it belongs


def pressed(field, keys):
    stroke = QKeySequence(keys)[0]
    QTest.keyClick(field, stroke.key(), stroke.keyboardModifiers())
    QApplication.processEvents()


@pytest.mark.parametrize(
    ("which", "keys"),
    [(which, keys) for which, (_, _, of) in FIELDS.items() for keys, _ in of.KEYS
     if keys not in EDITS],
)  # fmt: skip
def test_a_field_s_own_keys_leave_its_words(qtbot, window, which, keys):
    make, words, _ = FIELDS[which]
    made, field = make(window)
    made.setGeometry(20, 20, 500, 60)
    made.show()
    field.setFocus()
    QTest.keyClicks(field, words)
    qtbot.waitUntil(lambda: window.tasks.running == 0, timeout=WAIT)
    left = []
    action(window.body, "Partir", lambda: left.append(1), "Esc")
    before = field.text()
    pressed(field, keys)
    for popup in QApplication.topLevelWidgets():
        if popup.windowFlags() & Qt.WindowType.Popup == Qt.WindowType.Popup and popup.isVisible():
            popup.close()
    after = field.text()
    if after != before and which not in ITS_VALUE:
        field.setFocus()
        QTest.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        after = field.text()

    if which in ITS_VALUE:
        assert after and after.replace("/", "").isdigit()
    else:
        assert after == before or keys in ADDS
    if keys == "Esc":
        assert left == [] or which == "completion"


@pytest.mark.parametrize("which", ["measures", "record", "medicine", "search"])
def test_escape_that_empties_a_line_is_taken_back_by_ctrl_z(qtbot, window, which):
    make, words, _ = FIELDS[which]
    made, field = make(window)
    made.setGeometry(20, 20, 500, 60)
    made.show()
    field.setFocus()
    QTest.keyClicks(field, words)
    qtbot.waitUntil(lambda: window.tasks.running == 0, timeout=WAIT)
    pressed(field, "Esc")
    if field.text():
        pressed(field, "Esc")  # the first closed what was offered
    assert field.text() == "" and QApplication.focusWidget() is field
    QTest.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)

    assert field.text() == words
