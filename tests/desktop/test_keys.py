"""No key of text editing is ever a command where a text may be."""

from types import SimpleNamespace

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QListView, QPushButton, QWidget

from lgc.desktop.components import keys
from lgc.desktop.components.keys import BOUNCE_S, EDITING, action

STANDARD = QKeySequence.StandardKey
EDITS = (
    STANDARD.Copy, STANDARD.Cut, STANDARD.Paste, STANDARD.Redo, STANDARD.SelectAll,
    STANDARD.Deselect, STANDARD.Delete, STANDARD.DeleteStartOfWord, STANDARD.DeleteEndOfWord,
    STANDARD.DeleteEndOfLine, STANDARD.DeleteCompleteLine, STANDARD.Backspace,
    STANDARD.MoveToNextChar, STANDARD.MoveToPreviousChar, STANDARD.MoveToNextWord,
    STANDARD.MoveToPreviousWord, STANDARD.MoveToNextLine, STANDARD.MoveToPreviousLine,
    STANDARD.MoveToStartOfLine, STANDARD.MoveToEndOfLine, STANDARD.MoveToStartOfDocument,
    STANDARD.MoveToEndOfDocument, STANDARD.MoveToNextPage, STANDARD.MoveToPreviousPage,
    STANDARD.SelectNextChar, STANDARD.SelectPreviousChar, STANDARD.SelectNextWord,
    STANDARD.SelectPreviousWord, STANDARD.SelectStartOfLine, STANDARD.SelectEndOfLine,
    STANDARD.SelectStartOfDocument, STANDARD.SelectEndOfDocument, STANDARD.SelectNextPage,
    STANDARD.SelectPreviousPage, STANDARD.InsertLineSeparator, STANDARD.Undo,
)  # fmt: skip
# Ctrl+K searches everywhere; Ctrl+Z is the record's once the text has nothing to take back.
COMMANDS = {"Ctrl+K", "Ctrl+Z"}
# Keys that a keyboard may have for this alone.
OWN = {"Copy", "Cut", "Paste", "Undo", "Redo", "Shift+Enter"}


@pytest.mark.parametrize("edit", EDITS, ids=lambda one: one.name)
def test_what_qt_edits_with_is_known_here(qtbot, edit):
    keys = {one.toString(QKeySequence.SequenceFormat.PortableText)
            for one in QKeySequence.keyBindings(edit)}  # fmt: skip

    assert keys - COMMANDS - OWN <= EDITING


@pytest.mark.parametrize("key", ["Ctrl+Del", "Ctrl+D", "Ctrl+E", "Ctrl+U", "Shift+Del", "Del"])
def test_an_editing_key_is_refused_to_what_may_hold_a_text(qtbot, key):
    page, rows, button = QWidget(), QListView(), QPushButton()
    for one in (page, rows, button):
        qtbot.addWidget(one)

    with pytest.raises(ValueError, match="edits a text"):
        action(page, "Jeter", lambda: None, key)
    with pytest.raises(ValueError, match="edits a text"):
        action(page, "Jeter", lambda: None, "F9", others=(key,))

    assert action(rows, "Retirer", lambda: None, key).shortcut() == QKeySequence(key)
    assert action(button, "Retirer", lambda: None, key).shortcut() == QKeySequence(key)


@pytest.fixture
def question(qtbot, monkeypatch):
    """A page whose key opens a question that the same key answers; what was done, and a clock."""
    page, dialog, done = QWidget(), QWidget(), []
    clock = SimpleNamespace(at=100.0)
    strokes = keys.Strokes()
    strokes.now = lambda: clock.at
    monkeypatch.setattr(keys, "STROKES", strokes)
    qtbot.addWidget(page)
    dialog.setParent(page)
    asks = action(page, "Fermer le dossier", lambda: done.append("asked"), "Ctrl+W")
    closes = action(dialog, "Fermer sans envoyer", lambda: done.append("closed"), "Ctrl+W")
    other = action(dialog, "Envoyer", lambda: done.append("sent"), "Ctrl+Return")
    return SimpleNamespace(page=page, asks=asks, closes=closes, other=other, done=done, clock=clock)


def test_the_second_half_of_a_stroke_answers_nothing(question):
    question.asks.trigger()
    question.clock.at += 0.12
    question.closes.trigger()

    assert question.done == ["asked"]


def test_a_new_stroke_answers_and_another_key_needs_no_wait(question):
    question.asks.trigger()
    question.other.trigger()
    question.asks.trigger()
    question.clock.at += BOUNCE_S
    question.closes.trigger()

    assert question.done == ["asked", "sent", "asked", "closed"]


def test_a_held_key_acts_once(question):
    assert not any(one.autoRepeat() for one in (question.asks, question.closes, question.other))
