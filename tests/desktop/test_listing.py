"""« Liste des documents » under real keys: searched to the last word, several lines at once."""

import datetime as dt
import threading
from dataclasses import replace
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent

from lgc.desktop.record.listing.filters import MINE, NEW
from lgc.desktop.record.listing.part import ListingPart
from lgc.domain.documents import DmpState, DocumentKind, Origin
from lgc.domain.medical_data import Family
from lgc.services.listing import Hit, Listed, Printable, Where
from lgc.services.records import line_of

WAIT = 10_000
KINDS = (DocumentKind.NOTE, DocumentKind.BIOLOGY, DocumentKind.LETTER, DocumentKind.STAY)
PEOPLE = ("Dr Paul MEDECIN5729", "CLAN Sylvie", "MULLER Jacques")


class FakeListing:
    """services.listing.Listing: lines, and one answer per words asked; ``hold`` delays one."""

    def __init__(self, lines):
        self.now, self.answers, self.hold = lines, {}, {}
        self.kept, self.marked, self.printed = {}, [], []

    def lines(self, patient_id):
        return Listed(tuple(self.now), "Dr Paul MEDECIN5729")

    def find(self, patient_id, words):
        if words in self.hold:
            self.hold[words].wait(2)
        return self.answers.get(words, ())

    def mark_read(self, patient_id, document_ids, read=True):
        self.marked.append((tuple(document_ids), read))
        self.now = [replace(x, unread=not read) if x.key in document_ids else x for x in self.now]

    def printable(self, document_ids):
        self.printed.append(tuple(document_ids))
        return Printable(None, ("Photo",))

    def columns(self):
        return self.kept

    def keep_columns(self, columns):
        self.kept = columns


def paper(rooms, scenes, number):
    """The ``number``-th document of a believable record."""
    known = rooms.document("CHEMIN", number, f"Document {number}")
    states = (DmpState.NOT_DEPOSITED, DmpState.DEPOSITED, DmpState.FETCHED)
    made = replace(
        known, kind=KINDS[number % 4], author=PEOPLE[number % 3], unread=number % 5 == 1,
        origin=tuple(Origin)[number % 3], dmp_state=states[number % 3],
        created_at=scenes.NOW - dt.timedelta(days=20 * number),
    )  # fmt: skip
    return line_of(made)


@pytest.fixture
def listing(rooms, scenes):
    return FakeListing([paper(rooms, scenes, n) for n in range(1, 28)])


@pytest.fixture
def make_part(qtbot, window, scenes, listing):
    def made():
        desk = SimpleNamespace(listing=listing, clock=SimpleNamespace(now=lambda: scenes.NOW))
        part = ListingPart("CHEMIN", desk, window.tasks)
        window.stack.addWidget(part)
        window.stack.setCurrentWidget(part)
        part.shown("list")
        qtbot.waitUntil(lambda: part._read and window.tasks.running == 0, timeout=WAIT)
        return part

    return made


@pytest.fixture
def part(make_part):
    return make_part()


def type_text(widget, words):
    for letter in words:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, letter)
            QCoreApplication.sendEvent(widget, event)


def titles(table):
    return [line.title for line in table.rows()]


def test_the_newest_is_first_and_every_column_sorts(qtbot, part):
    assert titles(part.table)[:2] == ["Document 1", "Document 2"]
    header = part.table.horizontalHeader()

    for section in range(header.count()):
        place = QPoint(header.sectionViewportPosition(section) + 8, 10)
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)

        assert part.table.sorting()[0] == part.table._rows.columns[section].key


def test_filters_add_up_and_escape_takes_them_away(qtbot, part):
    part.filters.kind.setCurrentIndex(part.filters.kind.findData(DocumentKind.BIOLOGY.value))
    part.filters.period.setCurrentIndex(part.filters.period.findData("366"))

    shown = part.table.rows()
    assert shown and all(line.document.kind is DocumentKind.BIOLOGY for line in shown)
    assert part.panel.count.text() == f"{len(shown)} sur 27"
    part.table.setFocus()
    qtbot.keyClick(part.table, Qt.Key.Key_Escape)
    assert len(part.table.rows()) == 27


def test_mine_and_new(part):
    part.filters.whose.choose(MINE)
    assert {line.author for line in part.table.rows()} == {"Dr Paul MEDECIN5729"}

    part.filters.whose.choose(NEW)
    assert part.table.rows() and all(line.unread for line in part.table.rows())


def test_a_search_shows_excerpts_of_texts_messages_and_lines_of_the_record(qtbot, part, listing):
    listing.answers["fièvre"] = (
        Hit(Where.DOCUMENT, "CHEMIN-9", "Document 9", "… une fièvre à 39 depuis hier …"),
        Hit(Where.MESSAGE, "m1", "Avis", "pas de fièvre", author="MULLER Jacques"),
        Hit(Where.ENTRY, "e1", "Fièvre Q", "", family=Family.MEDICAL_HISTORY),
    )
    qtbot.keyClick(part.table, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    type_text(part.search, "fièvre")

    qtbot.waitUntil(lambda: len(part.hits.rows()) == 3, timeout=WAIT)
    assert part.hits.cell(0, "title").second == "… une fièvre à 39 depuis hier …"
    assert part.hits.cell(2, "type").text == "Antécédent médical"
    asked, parts = [], []
    part.message_asked.connect(asked.append)
    part.part_asked.connect(parts.append)
    part.hits.activate(part.hits.rows()[1])
    part.hits.activate(part.hits.rows()[2])
    assert (asked, parts) == (["m1"], ["overview"])


def test_facts_of_a_document_are_found_even_without_its_text(qtbot, part, rooms):
    type_text(part.search, "mssante clan")

    qtbot.waitUntil(lambda: part._words == "mssante clan", timeout=WAIT)
    shown = part.hits.rows()
    assert all(line.author == "CLAN Sylvie" for line in shown)


def test_a_late_answer_is_not_painted_over_a_newer_one(qtbot, part, listing):
    listing.hold["toux"] = threading.Event()
    listing.answers["toux"] = (Hit(Where.MESSAGE, "old", "Vieux", ""),)
    listing.answers["toux sèche"] = (Hit(Where.MESSAGE, "new", "Neuf", ""),)
    part._ask("toux")
    part._ask("toux sèche")
    qtbot.waitUntil(lambda: titles(part.hits) == ["Neuf"], timeout=WAIT)

    listing.hold["toux"].set()
    qtbot.waitUntil(lambda: part._tasks.running == 0, timeout=WAIT)

    assert titles(part.hits) == ["Neuf"]


def test_nothing_found_says_so_and_escape_brings_the_list_back(qtbot, part):
    type_text(part.search, "zzz")
    qtbot.waitUntil(lambda: part._words == "zzz", timeout=WAIT)
    assert "« zzz »".replace(" ", "\u00a0") in part._empty._sentence.text()

    qtbot.keyClick(part.search, Qt.Key.Key_Escape)

    assert part.search.text() == "" and len(part.table.rows()) == 27
    assert part.table.hasFocus()


def test_several_documents_leave_in_one_message(qtbot, part):
    sent, shared = [], []
    part.write_asked.connect(sent.append)
    part.share_asked.connect(shared.append)
    control = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(part.table, Qt.Key.Key_P, control)
    qtbot.keyClick(part.table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(part.table, Qt.Key.Key_P, control)

    assert shared == ["CHEMIN-1"]
    assert sent == [("CHEMIN-1", "CHEMIN-2")]
    assert part.chosen_words.text() == "2 lignes choisies"


def test_marking_read_keeps_the_lines_chosen(qtbot, part, listing):
    qtbot.keyClick(part.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(part.table, Qt.Key.Key_L)

    qtbot.waitUntil(lambda: not any(line.unread for line in part.table.rows()), timeout=WAIT)
    assert listing.marked == [(tuple(line.key for line in part.table.rows()), True)]
    assert len(part.chosen()) == 27


def test_what_cannot_be_printed_is_told(qtbot, part, listing):
    told = []
    part.told.connect(lambda words, undo: told.append(words))
    qtbot.keyClick(part.table, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)

    qtbot.waitUntil(lambda: told != [], timeout=WAIT)
    assert listing.printed == [("CHEMIN-1",)]
    assert "Photo" in told[0]


def test_columns_are_as_they_were_left(qtbot, make_part, listing):
    first = make_part()
    first._show_column("organisation", False)
    first.table.horizontalHeader().resizeSection(5, 240)
    first.table.sort_by("author")
    first._keep_columns()
    qtbot.waitUntil(lambda: first._tasks.running == 0, timeout=WAIT)

    second = make_part()

    assert second.table.is_hidden("organisation")
    assert second.table.own_widths() == {"author": 240}
    assert second.table.sorting() == ("author", False)


def test_an_empty_record_says_what_to_do(make_part, listing):
    listing.now = []
    part = make_part()

    assert part._empty._sentence.text() == "Aucun document dans ce dossier"
    assert not part.send.isEnabled()


def test_two_thousand_documents_are_listed_and_sorted_quickly(
    qtbot, make_part, listing, rooms, scenes
):
    from lgc.tour.driver import Heartbeat

    listing.now = [paper(rooms, scenes, n) for n in range(1, 2001)]
    part = make_part()
    beat = Heartbeat()
    qtbot.wait(30)
    beat.take()
    part.table.sort_by("author")
    part.filters.whose.choose(NEW)
    part.filters.whose.choose("")
    part.table.selectAll()
    part._fill()
    qtbot.wait(30)

    _, hardest = beat.take()
    assert hardest < 0.4
    assert len(part.chosen()) == 2000
    assert len(part.table.rows()) == 2000


def test_the_entry_of_new_documents_shows_them_and_only_them(part):
    part.shown("new")
    assert part.table.rows() and all(line.unread for line in part.table.rows())

    part.shown("list")
    assert len(part.table.rows()) == 27
