"""What was typed stays: every dialog is typed in, the window is closed, the words are there."""

import datetime as dt
import importlib
import pkgutil
import threading
from types import SimpleNamespace

import pytest
import shiboken6
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit

import lgc.desktop
from lgc.desktop.agenda.visit_dialog import VisitDialog
from lgc.desktop.app import Desktop
from lgc.desktop.bridge import Bridge
from lgc.desktop.closing.dialog import ClosingDialog
from lgc.desktop.components.cover import Dialog
from lgc.desktop.components.typed import fields_of
from lgc.desktop.contacts.contact_dialog import ContactDialog
from lgc.desktop.dmp import words as dmp_words
from lgc.desktop.dmp.question import QuestionDialog
from lgc.desktop.dmp.regulation import RegulationDialog
from lgc.desktop.documents.annulment import AnnulDialog
from lgc.desktop.documents.refiling import RefileDialog
from lgc.desktop.mailbox.folder_dialog import FolderDialog
from lgc.desktop.main_window import MainWindow
from lgc.desktop.parting import PartingDialog
from lgc.desktop.patients.page import NewPatientPage
from lgc.desktop.record.administrative.circle import RelationDialog
from lgc.desktop.record.measures.editor import MeasureEditor
from lgc.desktop.record.medical.editor import EntryEditor
from lgc.desktop.saving_typed import TypedSaver
from lgc.desktop.sharing.share_dialog import ShareDialog
from lgc.desktop.visit_reason import ReasonDialog
from lgc.domain.contacts import Contact
from lgc.domain.measures import KINDS
from lgc.domain.medical_data import Family, MedicalEntry, PartialDate
from lgc.domain.professionals import Correspondent
from lgc.domain.relations import Relation, RelationKind
from lgc.errors import UserFacingError
from lgc.services.closing import ClosingProposal
from lgc.services.measures import Measured, Taken
from lgc.settings import Settings

WAIT = 10_000
TODAY = dt.date(2026, 11, 6)
NOTHING_TYPED = {
    "CrashDialog", "EmptyDialog", "ExportDialog", "ImportDialog", "PrintPreview", "SlotDialog",
    "ProfessionalsDialog", "HollowDialog", "ReuseDialog", "ShortcutsDialog", "WithdrawDialog",
    "PartingDialog", "AlertQuestion", "AbsenceQuestion", "CodeOriginDialog", "PastDialog",
    "lgc.desktop.queue.question.QuestionDialog",
}  # fmt: skip
SECRETS = {  # a code, a password: kept nowhere
    "RenewDialog", "PasswordDialog",
}  # fmt: skip
ASKS = {"PostDialog"}  # before any session there is no store: closing asks


class Memory:
    """services.keeping_typed.KeepingTyped; ``gate`` holds a save back, ``error`` refuses it."""

    def __init__(self):
        self.known, self.gate, self.error = {}, threading.Event(), None
        self.gate.set()

    def all(self):
        return dict(self.known)

    def keep(self, changes):
        self.gate.wait(5)
        if self.error is not None:
            raise self.error
        for thing, typed in changes.items():
            self.known.pop(thing, None)
            if typed is not None:
                self.known[thing] = typed


def nobody(words):
    return ()


def share(window, rooms, scenes):
    sharing = rooms.FakeSharing()
    proposal = sharing.propose("doc")
    return ShareDialog(window, proposal, "doc", sharing, window.tasks, window.messages.show)


def visit(window, rooms, scenes):
    find = scenes.FakeFinding().find
    return VisitDialog(window, window.tasks, find, None, scenes.at(10, 0), now=lambda: scenes.NOW)


def reason(window, rooms, scenes):
    return ReasonDialog(window, scenes.visits()[0], "Annuler le rendez-vous")


def contact(window, rooms, scenes):
    known = Contact(Correspondent("a@b.mssante.fr", "DURAND"), "", "")
    return ContactDialog(window, known, window.tasks, nobody, lambda one: None)


def new_contact(window, rooms, scenes):
    empty = Contact(Correspondent("", ""), "", "")
    return ContactDialog(window, empty, window.tasks, nobody, lambda one: None)


def folder(window, rooms, scenes):
    return FolderDialog(window, "Renommer le dossier", "Renommer", "Cardio", lambda name: None)


def relation(window, rooms, scenes):
    one = Relation("r1", RelationKind.COMPLEMENTARY_COVER, "Mutuelle", "12345")
    return RelationDialog(window, one, window.tasks, nobody, "p1", lambda: TODAY)


def measure(window, rooms, scenes):
    kind = next(one for one in KINDS if one.key == "weight")
    entry = MedicalEntry("m1", Family.MEASUREMENT, "Poids", value=58.0, unit="kg")
    value = Measured(kind, 58.0, entry)
    return MeasureEditor(
        window, Taken("t", PartialDate(2026, 11, 6), TODAY, (value,)), lambda changes: None
    )


def entry(window, rooms, scenes):
    one = MedicalEntry("e1", Family.FAMILY_HISTORY, "Diabète de la mère")
    return EntryEditor(window, one, TODAY, lambda written: None)


def question(window, rooms, scenes):
    return QuestionDialog(window, dmp_words.BREAK_GLASS, scenes.CHEMIN)


def regulation(window, rooms, scenes):
    return RegulationDialog(
        window,
        SimpleNamespace(
            regulating=SimpleNamespace(offered=True),
            clock=SimpleNamespace(now=lambda: scenes.at(9, 0)),
        ),
    )


def closing(window, rooms, scenes):
    papers = (rooms.document("CHEMIN Henri", 1),)
    proposal = ClosingProposal(scenes.CHEMIN, papers, (), None, True, False, False)
    return ClosingDialog(window, proposal, window.tasks, nobody)


def annul(window, rooms, scenes):
    return AnnulDialog(window, rooms.FakeAnnulling().about("d1"), lambda why: None)


def refile(window, rooms, scenes):
    about = rooms.FakeRefiling().about("d1")
    return RefileDialog(window, about, window.tasks, nobody, lambda *agreed: None, lambda key: ())


MAKERS = {
    AnnulDialog: annul, RefileDialog: refile,
    ShareDialog: share, VisitDialog: visit, ContactDialog: contact, FolderDialog: folder,
    RelationDialog: relation, MeasureEditor: measure, EntryEditor: entry,
    QuestionDialog: question, RegulationDialog: regulation, ClosingDialog: closing,
    ReasonDialog: reason,
}  # fmt: skip
# A new thing each time: offered by a line, never put in by itself.
ANEW = {VisitDialog, "new contact"}


@pytest.fixture
def memory():
    return Memory()


@pytest.fixture
def session(qtbot, theme, memory):
    """A window over the same store each time it is called."""
    made = []

    def opened():
        window = MainWindow(Bridge())
        window.resize(1440, 900)
        window.show()
        qtbot.waitExposed(window)
        window.activateWindow()
        saver = TypedSaver(window.typed, memory, window.tasks)
        qtbot.waitUntil(lambda: window.tasks.running == 0, timeout=WAIT)
        made.append(window)
        return window, saver

    def close(window, saver):
        window.flush()
        qtbot.waitUntil(lambda: not saver.pending, timeout=WAIT)
        window.tasks.close()
        made.remove(window)
        shiboken6.delete(window)

    yield SimpleNamespace(open=opened, close=close)
    for window in made:
        window.tasks.close()
        shiboken6.delete(window)


def typed_in(dialog):
    """Type in each field that takes letters; what is typed, by field."""
    typed = {}
    for name, field in fields_of(dialog.card).items():
        inside = field if isinstance(field, (QLineEdit, QPlainTextEdit)) else None
        if inside is None:
            inside = field.findChild(QLineEdit)
        if inside is None or not inside.isVisible():
            continue
        inside.setFocus()
        before = inside.text() if isinstance(inside, QLineEdit) else inside.toPlainText()
        QTest.keyClicks(inside, "7")
        after = inside.text() if isinstance(inside, QLineEdit) else inside.toPlainText()
        if after != before:
            typed[name] = after
    return typed


def words_of(dialog):
    found = {}
    for name, field in fields_of(dialog.card).items():
        inside = field if isinstance(field, (QLineEdit, QPlainTextEdit)) else None
        inside = inside or field.findChild(QLineEdit)
        if inside is not None:
            found[name] = inside.text() if isinstance(inside, QLineEdit) else inside.toPlainText()
    return found


@pytest.mark.parametrize("of", MAKERS, ids=lambda one: one.__name__)
def test_the_words_of_a_dialog_are_there_after_the_window_was_closed(
    qtbot, session, rooms, scenes, of
):
    window, saver = session.open()
    dialog = MAKERS[of](window, rooms, scenes)
    dialog.open()
    qtbot.waitUntil(lambda: window.tasks.running == 0, timeout=WAIT)
    typed = typed_in(dialog)
    assert typed, "nothing could be typed here"
    session.close(window, saver)

    window, saver = session.open()
    again = MAKERS[of](window, rooms, scenes)
    again.open()
    line = again.typed_fields.line
    assert line.isVisible()
    if of in ANEW:
        assert {name: words_of(again)[name] for name in typed} != typed
        line.again.click()

    assert {name: words_of(again)[name] for name in typed} == typed


@pytest.mark.parametrize("of", MAKERS, ids=lambda one: one.__name__)
def test_escape_keeps_what_was_typed(qtbot, session, rooms, scenes, of):
    window, _ = session.open()
    dialog = MAKERS[of](window, rooms, scenes)
    dialog.open()
    qtbot.waitUntil(lambda: window.tasks.running == 0, timeout=WAIT)
    typed = typed_in(dialog)
    dialog.dismiss()

    again = MAKERS[of](window, rooms, scenes)
    again.open()
    if of in ANEW:
        again.typed_fields.line.again.click()
    assert {name: words_of(again)[name] for name in typed} == typed


def every_dialog():
    for module in pkgutil.walk_packages(lgc.desktop.__path__, "lgc.desktop."):
        importlib.import_module(module.name)
    return [one for one in Dialog.__subclasses__() if one.__module__.startswith("lgc.")]


def test_every_dialog_of_the_product_is_in_the_walk_or_has_its_reason():
    walked = set(MAKERS)
    reasons = NOTHING_TYPED | SECRETS | ASKS
    left = [
        one for one in every_dialog()
        if one not in walked
        and one.__name__ not in reasons
        and f"{one.__module__}.{one.__name__}" not in reasons
    ]  # fmt: skip
    assert left == []


def test_a_consent_is_never_brought_back(qtbot, session, rooms, scenes):
    window, _ = session.open()

    def asked():
        made = QuestionDialog(window, dmp_words.AUTHORISE, scenes.CHEMIN)
        made.open()
        return made

    dialog = asked()
    dialog.attest.setChecked(True)
    dialog.dismiss()

    assert not asked().attest.isChecked()


def test_what_was_saved_is_offered_no_more(qtbot, session, rooms, scenes):
    window, _ = session.open()
    dialog = contact(window, rooms, scenes)
    dialog.open()
    typed_in(dialog)
    dialog.saved()
    dialog.dismiss()

    assert contact(window, rooms, scenes).typed_fields.line is None
    assert window.typed.kept() == {}


def test_words_are_offered_and_not_put_over_a_thing_that_changed(qtbot, session, rooms, scenes):
    window, _ = session.open()
    dialog = contact(window, rooms, scenes)
    dialog.open()
    dialog.lines["telephone"].setText("0102030405")
    dialog.dismiss()

    changed = Contact(Correspondent("a@b.mssante.fr", "DURAND", "Anne"), "", "")
    again = ContactDialog(window, changed, window.tasks, nobody, lambda one: None)
    again.open()

    assert again.lines["telephone"].text() == ""
    assert "n’a pas été enregistré" in again.typed_fields.line.said.text()
    again.typed_fields.line.again.click()
    assert again.lines["telephone"].text() == "0102030405"


def test_two_new_contacts_begun_are_both_found(qtbot, session, rooms, scenes):
    window, _ = session.open()
    for name in ("PREMIER", "SECOND"):
        dialog = new_contact(window, rooms, scenes)
        dialog.open()
        dialog.lines["family_name"].setText(name)
        dialog.dismiss()
    third = new_contact(window, rooms, scenes)
    third.open()
    third.typed_fields.line.again.click()
    assert third.lines["family_name"].text() == "SECOND"
    third.saved()
    third.dismiss()

    fourth = new_contact(window, rooms, scenes)
    fourth.open()
    fourth.typed_fields.line.again.click()
    assert fourth.lines["family_name"].text() == "PREMIER"


def new_patient_page(window, scenes):
    desk = SimpleNamespace(identities=None, clock=SimpleNamespace(now=lambda: scenes.NOW))
    page = NewPatientPage.join(window, desk)
    window.show_page("new-patient")
    return page


def test_a_new_patient_half_typed_is_offered_after_the_window_was_closed(qtbot, session, scenes):
    window, saver = session.open()
    page = new_patient_page(window, scenes)
    page.fields.line("birth_name").setText("LEFEVRE")
    page.fields.birth_date.line.setText("1/8/73")
    session.close(window, saver)

    window, saver = session.open()
    page = new_patient_page(window, scenes)
    assert page.fields.line("birth_name").text() == ""
    assert page.typed_fields.line.isVisible()
    page.typed_fields.line.again.click()
    assert page.fields.line("birth_name").text() == "LEFEVRE"
    assert page.fields.birth_date.day() == dt.date(1973, 8, 1)

    page.clear_action.trigger()
    assert page.fields.line("birth_name").text() == ""
    window.messages.undo_last()
    assert page.fields.line("birth_name").text() == "LEFEVRE"


def test_what_is_thrown_away_comes_back_from_its_line(qtbot, session, rooms, scenes):
    window, _ = session.open()
    dialog = folder(window, rooms, scenes)
    dialog.open()
    dialog.name.setText("Pneumo")
    dialog.dismiss()
    again = folder(window, rooms, scenes)
    again.open()
    again.typed_fields.line.fresh.click()
    assert again.name.text() == "Cardio"
    assert window.typed.kept() == {}

    again.typed_fields.line.again.click()

    assert again.name.text() == "Pneumo"


# --- the window itself ----------------------------------------------------------------------------


@pytest.fixture
def desktop(qtbot, theme, scenes, desk, memory):
    def typed(window, given):
        TypedSaver(window.typed, memory, window.tasks)

    made = Desktop(scenes.FakeDoor(), lambda: desk, Bridge(), Settings(), [typed])
    made.start()
    qtbot.waitExposed(made.frame)
    made.frame.activateWindow()
    qtbot.waitUntil(lambda: made.access.pin.takes_keys, timeout=WAIT)
    QTest.keyClicks(made.access.pin, "1234")
    QTest.keyClick(made.access.pin, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not made.lock.isVisible(), timeout=WAIT)
    qtbot.waitUntil(lambda: made.window.tasks.running == 0, timeout=WAIT)
    yield made
    memory.gate.set()
    made._parting.agreed = True
    made.frame.close()
    shiboken6.delete(made.frame)


def test_alt_f4_waits_for_the_store_and_then_closes(qtbot, desktop, rooms, scenes, memory):
    memory.gate.clear()
    dialog = share(desktop.window, rooms, scenes)
    dialog.open()
    dialog.message.setPlainText("Pour avis.")

    desktop.frame.close()
    qtbot.wait(100)
    assert desktop.frame.isVisible()
    memory.gate.set()

    qtbot.waitUntil(lambda: not desktop.frame.isVisible(), timeout=WAIT)
    assert [one.words["message"] for one in memory.known.values()] == ["Pour avis."]


def test_a_store_that_refuses_the_words_is_a_question_and_not_a_loss(
    qtbot, desktop, rooms, scenes, memory
):
    memory.error = UserFacingError("Le disque est plein.")
    dialog = share(desktop.window, rooms, scenes)
    dialog.open()
    dialog.message.setPlainText("Pour avis.")

    desktop.frame.close()
    found = desktop.window.findChild
    qtbot.waitUntil(lambda: found(PartingDialog) is not None, timeout=WAIT)
    assert desktop.frame.isVisible()

    memory.error = None
    found(PartingDialog).dismiss()
    desktop.frame.close()
    qtbot.waitUntil(lambda: not desktop.frame.isVisible(), timeout=WAIT)
    assert [one.words["message"] for one in memory.known.values()] == ["Pour avis."]


@pytest.mark.parametrize("with_button", [True, False])
def test_a_held_escape_closes_one_dialog_and_not_the_next(qtbot, window, with_button):
    below = Dialog(window, "Partager")
    if with_button:
        below.add_cancel()
    below.open()

    def escape(*, held):
        event = QKeyEvent(
            QEvent.Type.KeyPress, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier, "", held
        )
        QApplication.sendEvent(below, event)

    escape(held=True)
    assert below.isVisible()
    escape(held=False)
    assert not below.isVisible()


def test_what_closes_sends_or_deletes_acts_once_a_stroke(window):
    assert not window.close_tab.autoRepeat()
    assert window.next_tab.autoRepeat()  # what only moves goes on while its key is held
