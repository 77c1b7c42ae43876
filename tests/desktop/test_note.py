"""The consultation note under real keys: accents, short forms, saved by itself, never lost."""

import threading
from types import SimpleNamespace

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent

from lgc.desktop.components.buttons import Button
from lgc.desktop.record.writing import draft_panel
from lgc.desktop.record.writing.hollow import HollowDialog
from lgc.desktop.record.writing.saving import NOT_SAVED
from lgc.desktop.record.writing.text_parts import NotePart
from lgc.errors import UserFacingError
from lgc.services.drafting import Draft, HollowDraft, is_hollow

WAIT = 10_000


class FakeDrafting:
    def __init__(self, clock):
        self.kept, self.finished, self._clock = Draft(), [], clock
        self.full, self.asked = False, 0
        self.may_finish = threading.Event()
        self.may_finish.set()

    def draft(self, patient_id, kind):
        return self.kept

    def keep(self, patient_id, kind, draft):
        self.asked += 1
        if self.full:
            raise UserFacingError("Le disque est plein.", may_retry=True)
        self.kept = draft
        return self._clock.now()

    def finish(self, patient_id, kind, draft, *, hollow=False):
        if not draft.of("reason"):
            raise UserFacingError("Le compte rendu ne peut pas encore être terminé.")
        if is_hollow(kind, draft) and not hollow:
            raise HollowDraft("Le compte rendu n’a qu’un motif.")
        assert self.may_finish.wait(4)
        self.finished.append(draft)
        self.kept = Draft()
        return "document-1"


@pytest.fixture
def drafting(clock):
    return FakeDrafting(clock)


@pytest.fixture
def part(qtbot, window, drafting, clock):
    made = NotePart(
        "p", SimpleNamespace(drafting=drafting, clock=clock, sharing=None), window.tasks
    )
    made.told.connect(window.messages.toast)
    window.stack.addWidget(made)
    window.stack.setCurrentWidget(made)
    made.shown("note")
    qtbot.waitUntil(lambda: made.panel.loaded, timeout=WAIT)
    return made.panel


def type_text(widget, words):
    for letter in words:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, letter)
            QCoreApplication.sendEvent(widget, event)


def test_what_is_typed_is_saved_by_itself_and_said(qtbot, part, drafting):
    type_text(part.fields["reason"], "Fièvre élevée")

    qtbot.waitUntil(lambda: drafting.kept.of("reason") == "Fièvre élevée", timeout=WAIT)
    qtbot.waitUntil(lambda: "Tout est enregistré" in part.saved.text(), timeout=WAIT)
    assert drafting.kept.begun_at


def test_leaving_saves_at_once(qtbot, part, window, drafting):
    type_text(part.fields["history"], "où ça")

    part.hide()

    qtbot.waitUntil(lambda: drafting.kept.of("history") == "où ça", timeout=WAIT)


def test_what_a_full_disk_refused_stays_is_told_once_and_saved_when_there_is_room(
    qtbot, part, window, drafting, monkeypatch
):
    monkeypatch.setattr(draft_panel, "AGAIN_MS", 200)
    drafting.full = True
    type_text(part.fields["reason"], "Fièvre")
    qtbot.waitUntil(lambda: drafting.asked >= 3, timeout=WAIT)

    assert part.saved.text() == NOT_SAVED
    assert part.fields["reason"].text() == "Fièvre"
    assert len(window.messages.on_screen()) == 1
    drafting.full = False
    qtbot.waitUntil(lambda: drafting.kept.of("reason") == "Fièvre", timeout=WAIT)
    qtbot.waitUntil(lambda: "Tout est enregistré" in part.saved.text(), timeout=WAIT)


def test_what_could_not_be_saved_when_leaving_waits_behind_retry(qtbot, part, window, drafting):
    type_text(part.fields["reason"], "Fièvre")
    drafting.full = True
    asked = drafting.asked
    part.flush()
    shiboken6.delete(part)
    qtbot.waitUntil(lambda: drafting.asked > asked, timeout=WAIT)
    qtbot.waitUntil(lambda: len(window.messages.on_screen()) > 0, timeout=WAIT)
    drafting.full = False
    [notice] = window.messages.on_screen()

    again = next(b for b in notice.findChildren(Button) if b.text() == "Réessayer")
    again.click()

    qtbot.waitUntil(lambda: drafting.kept.of("reason") == "Fièvre", timeout=WAIT)


def test_a_short_form_unfolds_and_backspace_takes_it_back(part):
    type_text(part.fields["examination"], "Œil : RAS ")
    assert part.fields["examination"].toPlainText() == "Œil : rien à signaler "

    event = QKeyEvent(
        QEvent.Type.KeyPress, Qt.Key.Key_Backspace, Qt.KeyboardModifier.NoModifier, "\b"
    )
    QCoreApplication.sendEvent(part.fields["examination"], event)

    assert part.fields["examination"].toPlainText() == "Œil : RAS"


def test_a_draft_thrown_away_comes_back_with_ctrl_z(qtbot, part, window, drafting):
    type_text(part.fields["conclusion"], "À revoir")
    qtbot.waitUntil(lambda: drafting.kept.of("conclusion") == "À revoir", timeout=WAIT)

    qtbot.mouseClick(part.throw_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: drafting.kept.empty, timeout=WAIT)
    assert part.fields["conclusion"].toPlainText() == ""
    window.messages.undo_last()

    qtbot.waitUntil(lambda: drafting.kept.of("conclusion") == "À revoir", timeout=WAIT)
    assert part.fields["conclusion"].toPlainText() == "À revoir"


def test_a_draft_thrown_away_comes_back_after_its_record_was_closed(qtbot, part, window, drafting):
    type_text(part.fields["conclusion"], "À revoir")
    qtbot.mouseClick(part.throw_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: drafting.kept.empty, timeout=WAIT)
    shiboken6.delete(window.stack.currentWidget())

    window.messages.undo_last()

    qtbot.waitUntil(lambda: drafting.kept.of("conclusion") == "À revoir", timeout=WAIT)


def test_finishing_opens_the_report_and_a_refusal_loses_nothing(qtbot, part, window, drafting):
    opened = []
    part.finished.connect(opened.append)
    type_text(part.fields["conclusion"], "Rassurer")
    qtbot.mouseClick(part.finish_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.messages._shown != [], timeout=WAIT)
    assert part.fields["conclusion"].toPlainText() == "Rassurer"

    type_text(part.fields["reason"], "Toux")
    qtbot.mouseClick(part.finish_button, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: opened == ["document-1"], timeout=WAIT)
    assert part.typed().empty


def test_what_is_typed_while_the_report_is_made_is_not_lost(qtbot, part, window, drafting):
    type_text(part.fields["reason"], "Toux")
    type_text(part.fields["conclusion"], "Rassurer")
    drafting.may_finish.clear()
    qtbot.mouseClick(part.finish_button, Qt.MouseButton.LeftButton)
    type_text(part.fields["conclusion"], " revoir")
    drafting.may_finish.set()
    qtbot.waitUntil(lambda: drafting.finished != [], timeout=WAIT)
    qtbot.waitUntil(lambda: window.tasks.running == 0, timeout=WAIT)

    assert drafting.finished[0].of("conclusion") == "Rassurer"
    assert part.fields["conclusion"].toPlainText() == "Rassurer revoir"
    qtbot.waitUntil(lambda: drafting.kept.of("conclusion") == "Rassurer revoir", timeout=WAIT)


def test_a_note_without_a_text_is_asked_about_before_it_is_finished(qtbot, part, window, drafting):
    type_text(part.fields["reason"], "Toux")
    qtbot.mouseClick(part.finish_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.findChild(HollowDialog) is not None, timeout=WAIT)
    dialog = window.findChild(HollowDialog)
    qtbot.waitUntil(dialog.isVisible, timeout=WAIT)

    assert window.focusWidget() is dialog.write
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert drafting.finished == []
    assert part.fields["reason"].text() == "Toux"

    qtbot.waitUntil(lambda: window.findChild(HollowDialog) is None, timeout=WAIT)
    qtbot.mouseClick(part.finish_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.findChild(HollowDialog) is not None, timeout=WAIT)
    window.findChild(HollowDialog).confirm.click()
    qtbot.waitUntil(lambda: len(drafting.finished) == 1, timeout=WAIT)
