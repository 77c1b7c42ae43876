"""A notice of an error: raised one way, its subject named, closed by Échap, left on its page."""

import ast
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget

import lgc.desktop
from lgc.desktop.agenda.page import AgendaPage
from lgc.desktop.components.cover import Dialog
from lgc.desktop.messages import ErrorNotice, Messages
from lgc.desktop.page import Page, RecordPage
from lgc.desktop.record.record_page import Record
from lgc.desktop.subject import NOBODY, subject_of
from lgc.errors import UserFacingError

WAIT = 10_000
WHO, MARIE, INES = "CHEMIN Henri", "PETIT Marie, 9 h", "ROSIER Inès, 9 h 15"
REFUSED = UserFacingError("Ce n’est pas permis.", advice="Rien n’a changé.")


def refuse(*given, **more):
    raise REFUSED


def shown(window):
    return [one for one in window.messages.on_screen() if isinstance(one, ErrorNotice)]


def words_in(notice):
    return [one.text() for one in notice.findChildren(QLabel) if one.isVisible()]


def modules():
    folder = Path(lgc.desktop.__file__).parent
    for file in sorted(folder.rglob("*.py")):
        yield file.relative_to(folder).as_posix(), ast.parse(file.read_text("utf-8"))


def test_every_notice_of_the_product_is_raised_one_way_with_its_subject():
    """``Messages.show`` and the doors to it: never without whom or what it is about."""
    made, bare = [], []
    for file, module in modules():
        for one in ast.walk(module):
            if not isinstance(one, ast.Call):
                continue
            name = getattr(one.func, "attr", getattr(one.func, "id", ""))
            of = ast.unparse(one.func)
            if name == "ErrorNotice":
                made.append(file)
            if name == "failing" or (name == "show" and of.endswith("messages.show")):
                about = one.args[1:2]
                empty = about and isinstance(about[0], ast.Constant) and not about[0].value
                if not about or empty:
                    bare.append((file, one.lineno))

    assert made == ["messages.py"]
    assert bare == []


PAGES = {
    "a page": lambda window: window.page("one"),
    "a part of it": lambda window: QWidget(window.page("one")),
    "the window while it is in view": lambda window: window,
}


@pytest.fixture
def page(window):
    made = Page(window.stack)
    made.title = "Messages"
    window.add_page("one", made, glyph="ri.mail-line")
    window.add_page("two", Page(window.stack), glyph="ri.mail-line")
    window.show_page("one")
    return made


@pytest.mark.parametrize("owner", PAGES)
def test_what_fails_is_told_of_the_page_that_asked(qtbot, window, page, owner):
    window.tasks.run(refuse, owner=PAGES[owner](window), done=lambda ok: None)
    qtbot.waitUntil(lambda: shown(window) != [], timeout=WAIT)

    assert shown(window)[0].about == "Messages"
    assert "Messages" in words_in(shown(window)[0])


def test_what_was_asked_of_one_page_is_told_of_it_from_another(qtbot, window, page):
    import threading

    gate = threading.Event()
    window.tasks.run(lambda: (gate.wait(4), refuse()), owner=page, done=lambda ok: None)
    window.show_page("two")
    gate.set()
    qtbot.waitUntil(lambda: shown(window) != [], timeout=WAIT)

    assert shown(window)[0].about == "Messages"


def test_a_dialog_and_a_record_are_subjects(window, make):
    dialog = Dialog(window, "Exporter l’agenda", subtitle="du 2 au 7 novembre")
    record = RecordPage(WHO, window.stack)

    assert subject_of(dialog) == "Exporter l’agenda · du 2 au 7 novembre"
    assert subject_of(record) == NOBODY
    assert subject_of(None) == NOBODY


def test_a_document_is_named_with_its_patient(qtbot, window, rooms):
    desk = rooms.make_desk()
    window.record_factory = lambda patient: Record(patient, desk, window.tasks, window.stack)
    record = window.open_record(WHO)
    record.load()
    qtbot.waitUntil(lambda: record.documents.table.rows() != [], timeout=WAIT)
    record.open_document(f"{WHO}-1")
    qtbot.waitUntil(record._reading, timeout=WAIT)
    window.tasks.run(refuse, owner=record.document, done=lambda ok: None)
    qtbot.waitUntil(lambda: shown(window) != [], timeout=WAIT)
    about = shown(window)[0].about

    assert about.startswith(f"{WHO}, «") and record.document.opened.content.document.title in about
    assert subject_of(record) == WHO


def test_every_page_of_the_product_speaks_of_something(window):
    import importlib
    import pkgutil

    for module in pkgutil.walk_packages(lgc.desktop.__path__, "lgc.desktop."):
        importlib.import_module(module.name)

    def below(kind):
        for one in kind.__subclasses__():
            yield one
            yield from below(one)

    ours = [one for one in below(Page) if one.__module__.startswith("lgc.")]
    silent = [
        one.__name__ for one in ours
        if not one.title and one.speaks_of is Page.speaks_of
    ]  # fmt: skip
    assert len(ours) > 7 and silent == [] and AgendaPage in ours


def test_two_patients_refused_alike_are_two_notices(window):
    window.messages.show(REFUSED, MARIE)
    window.messages.show(REFUSED, INES)
    window.messages.show(REFUSED, MARIE)

    assert [one.about for one in shown(window)] == [
        INES,
        MARIE,
    ]


def test_a_notice_takes_no_key(qtbot, window, page):
    field = QLineEdit(page)
    field.show()
    field.setFocus()
    qtbot.wait(20)
    before = set(QApplication.topLevelWidgets())
    window.messages.show(REFUSED, page)
    qtbot.wait(60)

    assert QApplication.focusWidget() is field and window.isActiveWindow()
    shown_beside = [one for one in set(QApplication.topLevelWidgets()) - before if one.isVisible()]
    assert shown_beside == []


def test_it_closes_by_escape_and_goes_with_its_page(qtbot, window, page):
    field = QLineEdit(page)
    field.show()
    field.setFocus()
    qtbot.wait(10)
    window.messages.show(REFUSED, page)
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert shown(window) == []

    window.messages.show(REFUSED, page)
    window.show_page("two")
    assert shown(window) == []


def test_before_any_session_it_closes_by_escape_too(qtbot, theme):
    door = QWidget()
    qtbot.addWidget(door)
    field = QLineEdit(door)
    door.show()
    door.activateWindow()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus, timeout=WAIT)
    messages = Messages(door)
    messages.show(REFUSED, "Ouverture du cabinet")
    QTest.keyClick(field, Qt.Key.Key_Escape)

    assert messages.on_screen() == []
