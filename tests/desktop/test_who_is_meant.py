"""Who gets a message: nobody doubtful beforehand, homonyms told apart by their birth dates."""

import datetime as dt
import os
from dataclasses import replace
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit

from lgc.desktop.contacts.page import ContactsPage
from lgc.desktop.mailbox.assign_panel import AssignPanel
from lgc.desktop.mailbox.page import MailPage
from lgc.desktop.mailbox.patient_field import PatientField
from lgc.desktop.record.writing.ready_lines import ReadyLines
from lgc.desktop.search.dialog import SearchDialog
from lgc.domain.contacts import Contact
from lgc.domain.messages import Candidate, Likelihood, Reason
from lgc.domain.professionals import Coded, Correspondent
from lgc.domain.terms import Term
from lgc.services.contact_book import ContactView
from lgc.services.views import Found, FoundPatient, RankedCandidate
from lgc.terminology import code_systems

L, WAIT = Likelihood, 2500


class FakeBook:
    """services.contact_book.ContactBook of two colleagues."""

    def __init__(self):
        self._people = tuple(
            Contact(Correspondent(f"{name}@x.example", name.upper())) for name in ("anne", "luc")
        )

    def all(self):
        return self._people

    def view(self, person):
        return ContactView(Contact(person), True, True, (), ())


@pytest.fixture
def marie(scenes):
    """« PETIT Marie », born on that day of February 1980."""

    def made(day):
        view = scenes.patient("PETIT Marie", born=dt.date(1980, 2, day))
        return replace(view, patient_id=f"marie-{day}")

    return made


@pytest.fixture
def panel(qtbot, window, marie):
    def find(words, limit=8):
        people = [marie(day) for day in (14, 15)]
        if "15/02/1980" in words:
            people = people[1:]
        return Found(words, tuple(FoundPatient(one, None) for one in people), ())

    made = AssignPanel(window.tasks, find)
    made.given = []
    made.assigned.connect(made.given.append)
    window.stack.addWidget(made)
    window.stack.setCurrentWidget(made)
    return made


def proposed(*likely):
    return SimpleNamespace(
        message=SimpleNamespace(message_id="m", assigned_why="Le document ne porte pas d’INS"),
        candidates=tuple(
            RankedCandidate(
                Candidate(who.patient_id, how, (Reason("même nom"), Reason("autre date", False))),
                who,
            )
            for who, how in likely
        ),
    )


def picture(widget, name):
    if folder := os.environ.get("LGC_PICTURES"):
        widget.grab().save(f"{folder}/{name}.png")


@pytest.mark.parametrize(
    ("levels", "chosen"),
    [
        ((L.UNLIKELY, L.UNLIKELY), None),
        ((L.UNLIKELY,), None),
        ((L.POSSIBLE,), None),
        ((L.POSSIBLE, L.UNLIKELY), None),
        ((L.PROBABLE, L.UNLIKELY), 14),
        ((L.PROBABLE, L.PROBABLE), None),
        ((L.CERTAIN, L.PROBABLE), 14),
        ((L.CERTAIN, L.CERTAIN), None),
    ],
)
def test_nobody_below_probable_nor_beside_an_equal_is_chosen_beforehand(
    panel, marie, levels, chosen
):
    panel.show_message(proposed(*zip((marie(14), marie(15)), levels, strict=False)))

    assert panel.chosen == (marie(chosen) if chosen else None)
    assert panel.button.isEnabled() is (chosen is not None)


def test_enter_files_nowhere_while_two_homonyms_are_unlikely(qtbot, panel, window, marie):
    panel.show_message(proposed((marie(14), L.UNLIKELY), (marie(15), L.UNLIKELY)))
    panel.take_hands()
    assert panel.search.hasFocus()
    qtbot.keyClick(panel.search, Qt.Key.Key_Return)
    panel.setFocus()
    qtbot.keyClick(panel, Qt.Key.Key_Return)
    assert panel.given == []
    picture(window, "assigner-homonymes")

    qtbot.keyClick(panel, Qt.Key.Key_2)
    assert panel.button.text() == "Assigner à PETIT Marie, 15/02/1980"
    qtbot.keyClick(panel, Qt.Key.Key_Return)
    assert panel.given == ["marie-15"]


def test_what_is_typed_is_meant_though_a_card_is_chosen(qtbot, panel, window, marie):
    panel.show_message(proposed((marie(14), L.PROBABLE)))
    panel.search.setFocus()
    qtbot.keyClicks(panel.search, "petit marie")
    qtbot.keyClick(panel.search, Qt.Key.Key_Return)
    qtbot.waitUntil(panel.completion.popup.isVisible, timeout=WAIT)
    qtbot.keyClick(panel.search, Qt.Key.Key_Return)
    assert panel.given == [], "neither the card nor the first of two"
    picture(window, "assigner-recherche-homonymes")

    qtbot.keyClicks(panel.search, " 15/02/1980")
    qtbot.keyClick(panel.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: panel.chosen == marie(15), timeout=WAIT)
    assert panel.button.text() == "Assigner à PETIT Marie, 15/02/1980" and panel.given == []
    qtbot.keyClick(panel.button, Qt.Key.Key_Return)
    assert panel.given == ["marie-15"]


def test_a_card_pressed_takes_the_place_of_who_was_searched(qtbot, panel, marie):
    panel.show_message(proposed((marie(14), L.UNLIKELY)))
    panel.search.setFocus()
    qtbot.keyClicks(panel.search, "petit 15/02/1980")
    qtbot.keyClick(panel.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: panel.chosen == marie(15), timeout=WAIT)

    qtbot.mouseClick(panel.findChild(type(panel._cards[0])), Qt.MouseButton.LeftButton)

    assert panel.chosen == marie(14) and panel.search.text() == ""


def test_two_homonyms_of_the_agenda_are_told_apart_by_hand(qtbot, window, panel, marie):
    field = PatientField(window.tasks, panel.completion.asking._ask_of)
    window.stack.addWidget(field)
    window.stack.setCurrentWidget(field)
    taken = []
    field.chosen.connect(taken.append)
    field.search.setFocus()
    qtbot.keyClicks(field.search, "petit")
    qtbot.waitUntil(field.completion.popup.isVisible, timeout=WAIT)
    qtbot.keyClick(field.search, Qt.Key.Key_Return)
    assert taken == []

    qtbot.keyClick(field.search, Qt.Key.Key_Down)
    qtbot.keyClick(field.search, Qt.Key.Key_Down)
    qtbot.keyClick(field.search, Qt.Key.Key_Return)
    assert taken == [marie(15)]


def test_enter_writes_no_ready_line_that_was_not_typed(qtbot, window):
    kept = SimpleNamespace(lines=lambda kind: (("Radiographie du genou", False),))
    written = []
    lines = ReadyLines(
        "x", SimpleNamespace(ready_words=kept), window.tasks, written.append, str, window
    )
    window.stack.addWidget(lines)
    window.stack.setCurrentWidget(lines)
    lines.reload()
    qtbot.waitUntil(lambda: bool(lines.table.rows()), timeout=WAIT)

    lines.search.setFocus()
    qtbot.keyClick(lines.search, Qt.Key.Key_Return)
    assert written == []

    qtbot.keyClicks(lines.search, "genou")
    qtbot.keyClick(lines.search, Qt.Key.Key_Return)
    assert written == ["Radiographie du genou"]


def test_a_loaded_loinc_offers_analyses_below_the_ready_lines_and_none_is_taken_unseen(
    qtbot, window
):
    kept = SimpleNamespace(lines=lambda kind: (("Ferritine", False), ("TSH", False)))
    asked, written = [], []

    def suggest(words, systems):
        asked.append((words, systems))
        return tuple(
            Term(Coded(code, code_systems.LOINC, label))
            for code, label in (("2276-4", "Ferritine [Masse/Volume] Sérum"), ("x", "Fer"))
            if label.lower().startswith(words.lower())
        )

    desk = SimpleNamespace(ready_words=kept, nomenclatures=SimpleNamespace(suggest=suggest))
    lines = ReadyLines("biology_prescription", desk, window.tasks, written.append, str, window)
    window.stack.addWidget(lines)
    window.stack.setCurrentWidget(lines)
    lines.reload()
    qtbot.waitUntil(lambda: len(lines.table.rows()) == 2, timeout=WAIT)

    qtbot.keyClicks(lines.search, "ferritine [")
    told = [("Ferritine [Masse/Volume] Sérum", False)]
    qtbot.waitUntil(lambda: lines.table.rows() == told, timeout=WAIT)
    assert {systems for _, systems in asked} == {(code_systems.LOINC,)}
    qtbot.keyClick(lines.search, Qt.Key.Key_Return)
    assert written == []
    qtbot.waitUntil(lines.table.hasFocus, timeout=WAIT)
    qtbot.keyClick(lines.table, Qt.Key.Key_Down)
    qtbot.keyClick(lines.table, Qt.Key.Key_Return)
    assert written == ["Ferritine [Masse/Volume] Sérum"]

    lines.search.setText("tsh")
    # What was found for other letters is not there any more.
    assert lines.table.rows() == [("TSH", False)]
    qtbot.keyClick(lines.search, Qt.Key.Key_Return)
    assert written[1:] == ["TSH"]


def test_enter_on_arrival_acts_on_nobody_whatever_the_screen(qtbot, window, rooms):
    """Each screen that names people, and each of its fields: Enter before anything is typed."""
    desk = rooms.make_desk()
    desk.contacts = FakeBook()
    opened, assigned = [], []
    window.open_record = lambda patient_id, item="": opened.append(patient_id)
    desk.mail.assign = lambda message_id, patient_id: assigned.append(patient_id)
    mail = MailPage.join(window, desk)
    contacts = ContactsPage.join(window, desk)
    SearchDialog.join(window, desk)
    for key, page in (("messages", mail), ("contacts", contacts)):
        window.show_page(key)
        qtbot.waitUntil(lambda: window.tasks.running == 0, timeout=WAIT)
        for field in (QApplication.focusWidget(), *page.findChildren(QLineEdit)):
            if field is not None and field.isVisible() and field.isEnabled():
                field.setFocus()
                qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
        assert (opened, assigned, mail.write) == ([], [], None), key
    window.search_asked.emit()
    dialog = window.findChild(SearchDialog)
    qtbot.waitUntil(lambda: bool(dialog.list.results.rows), timeout=WAIT)
    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
    assert opened == []
