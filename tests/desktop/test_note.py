"""The consultation note under real keys: accents, short forms, saved by itself, never lost."""

from types import SimpleNamespace

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent

from lgc.desktop.record.writing.note_part import NotePart
from lgc.errors import UserFacingError
from lgc.services.consulting import NoteDraft

WAIT = 4000


class FakeConsulting:
    def __init__(self, clock):
        self.kept, self.finished, self._clock = NoteDraft(), [], clock

    def draft(self, patient_id):
        return self.kept

    def keep(self, patient_id, draft):
        self.kept = draft
        return self._clock.now()

    def finish(self, patient_id, draft):
        if not draft.reason:
            raise UserFacingError("Le compte rendu ne peut pas encore être terminé.")
        self.finished.append(draft)
        self.kept = NoteDraft()
        return "document-1"


@pytest.fixture
def consulting(clock):
    return FakeConsulting(clock)


@pytest.fixture
def part(qtbot, window, consulting, clock):
    made = NotePart("p", SimpleNamespace(consulting=consulting, clock=clock), window.tasks)
    made.told.connect(window.messages.toast)
    window.stack.addWidget(made)
    window.stack.setCurrentWidget(made)
    made.shown("note")
    qtbot.waitUntil(lambda: made._loaded, timeout=WAIT)
    return made


def type_text(widget, words):
    for letter in words:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, letter)
            QCoreApplication.sendEvent(widget, event)


def test_what_is_typed_is_saved_by_itself_and_said(qtbot, part, consulting):
    type_text(part.reason, "Fièvre élevée")

    qtbot.waitUntil(lambda: consulting.kept.reason == "Fièvre élevée", timeout=WAIT)
    qtbot.waitUntil(lambda: "Tout est enregistré" in part.saved.text(), timeout=WAIT)
    assert consulting.kept.begun_at


def test_leaving_saves_at_once(qtbot, part, window, consulting):
    type_text(part.history, "où ça")

    part.hide()

    qtbot.waitUntil(lambda: consulting.kept.history == "où ça", timeout=WAIT)


def test_a_short_form_unfolds_and_backspace_takes_it_back(part):
    type_text(part.examination, "Œil : ras ")
    assert part.examination.toPlainText() == "Œil : rien à signaler "

    event = QKeyEvent(
        QEvent.Type.KeyPress, Qt.Key.Key_Backspace, Qt.KeyboardModifier.NoModifier, "\b"
    )
    QCoreApplication.sendEvent(part.examination, event)

    assert part.examination.toPlainText() == "Œil : ras"


def test_a_draft_thrown_away_comes_back_with_ctrl_z(qtbot, part, window, consulting):
    type_text(part.conclusion, "À revoir")
    qtbot.waitUntil(lambda: consulting.kept.conclusion == "À revoir", timeout=WAIT)

    qtbot.mouseClick(part.throw_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: consulting.kept.empty, timeout=WAIT)
    assert part.conclusion.toPlainText() == ""
    window.messages.undo_last()

    qtbot.waitUntil(lambda: consulting.kept.conclusion == "À revoir", timeout=WAIT)
    assert part.conclusion.toPlainText() == "À revoir"


def test_finishing_opens_the_report_and_a_refusal_loses_nothing(qtbot, part, window, consulting):
    opened = []
    part.document_asked.connect(opened.append)
    type_text(part.conclusion, "Rassurer")
    qtbot.mouseClick(part.finish_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.messages._shown != [], timeout=WAIT)
    assert part.conclusion.toPlainText() == "Rassurer"

    type_text(part.reason, "Toux")
    qtbot.mouseClick(part.finish_button, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: opened == ["document-1"], timeout=WAIT)
    assert part.typed().empty
