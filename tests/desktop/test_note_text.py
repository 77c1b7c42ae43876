"""An unfolded short form is taken back right after it, where it stands; nothing else ever is."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from lgc.desktop.record.writing.note_text import NoteText, known

NONE, CTRL, SHIFT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
K = Qt.Key
FORMS = {**known()}
WORD = re.compile(r"(?:^|(?<=[\s(«’']))([A-Za-zÀ-ÿ]+)$")


def press(field, key, modifiers=NONE, words=""):
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QCoreApplication.sendEvent(field, QKeyEvent(kind, key, modifiers, words))


def type_words(field, words):
    for letter in words:
        press(
            field, K.Key_Return if letter == "\n" else 0, NONE, "\r" if letter == "\n" else letter
        )


def dead_key(field, letter):
    event = QInputMethodEvent()
    event.setCommitString(letter)
    QCoreApplication.sendEvent(field, event)


def paste(field, words):
    data = QMimeData()
    data.setText(words)
    field.insertFromMimeData(data)


def place_of(field, position):
    cursor = field.textCursor()
    cursor.setPosition(position)
    return field.cursorRect(cursor).center()


def click(field, position):
    QTest.mouseClick(field.viewport(), Qt.MouseButton.LeftButton, NONE, place_of(field, position))


@pytest.fixture
def note(qtbot, theme):
    return made(qtbot, lambda parent: NoteText("Note", "", 3, parent))


def made(qtbot, build):
    parent = QWidget()
    parent.resize(600, 400)
    qtbot.addWidget(parent)
    field = build(parent)
    field.kept = parent  # a widget without a name goes with its parent
    field.setGeometry(0, 0, 600, 400)
    parent.show()
    qtbot.waitExposed(parent)
    field.setFocus()
    return field


def text(field):
    return field.toPlainText()


def backspace(field):
    press(field, K.Key_Backspace, NONE, "\b")


def test_backspace_right_after_takes_the_words_back(note):
    type_words(note, "Suivi hta ")
    assert text(note) == "Suivi hypertension artérielle "
    backspace(note)
    assert text(note) == "Suivi hta"
    backspace(note)
    assert text(note) == "Suivi ht"


@pytest.mark.parametrize("end", [" ", ".", ",", ";", ":", "\n"])
def test_whatever_ended_the_word_goes_with_it(note, end):
    type_words(note, f"Suivi hta{end}")
    assert text(note) == f"Suivi hypertension artérielle{end}"
    backspace(note)
    assert text(note) == "Suivi hta"


def elsewhere(field):
    click(field, 8)


def selected(field):
    cursor = field.textCursor()
    cursor.setPosition(8)
    cursor.setPosition(11, cursor.MoveMode.KeepAnchor)
    field.setTextCursor(cursor)


def selected_to_the_end(field):
    for _ in range(3):
        press(field, K.Key_Left, SHIFT)


def there_and_back(field):
    click(field, 2)
    click(field, len(text(field)))


DEEDS = {
    "a click elsewhere": elsewhere,
    "a click elsewhere and back": there_and_back,
    "a selection": selected,
    "a selection to the end": selected_to_the_end,
    "a ready line": lambda field: NoteText.write_line(field, "Repos 3 jours"),
    "a paste": lambda field: paste(field, "collé"),
    "a dead key": lambda field: dead_key(field, "ê"),
    "a key": lambda field: press(field, K.Key_Left),
    "an undo": lambda field: press(field, K.Key_Z, CTRL),
    "new words": lambda field: field.setPlainText("Allergie à la pénicilline"),
    "words set in silence": lambda field: set_in_silence(field, "Allergie à la pénicilline"),
    "the same words set in silence": lambda field: set_in_silence(field, text(field)),
}


def set_in_silence(field, words):
    field.blockSignals(True)
    field.setPlainText(words)
    field.moveCursor(field.textCursor().MoveOperation.End)
    field.blockSignals(False)


@pytest.mark.parametrize("deed", DEEDS)
def test_after_anything_else_one_backspace_is_one_backspace(qtbot, note, deed):
    """« Allergie à la pénicilline » became « Ahta »."""
    plain = made(qtbot, QPlainTextEdit)
    type_words(note, "Allergie à la pénicilline\nhta ")
    plain.setPlainText("Allergie à la pénicilline\nHypertension artérielle ".replace("H", "h"))
    plain.moveCursor(plain.textCursor().MoveOperation.End)
    assert text(note) == text(plain)
    DEEDS[deed](note)
    if deed == "an undo":  # each field has its own steps: what is compared is what comes after
        plain.setPlainText(text(note))
        plain.setTextCursor(same_cursor(note, plain))
    else:
        DEEDS[deed](plain)
    assert text(note) == text(plain)

    backspace(note)
    backspace(plain)
    assert text(note) == text(plain)


def same_cursor(field, other):
    cursor = other.textCursor()
    cursor.setPosition(field.textCursor().anchor())
    cursor.setPosition(field.textCursor().position(), cursor.MoveMode.KeepAnchor)
    return cursor


def test_a_selection_typed_over_does_not_unfold_what_is_before_it(note):
    for anchor, place in ((3, 7), (7, 3)):
        note.setPlainText("hta xyz")
        cursor = note.textCursor()
        cursor.setPosition(anchor)
        cursor.setPosition(place, cursor.MoveMode.KeepAnchor)
        note.setTextCursor(cursor)
        type_words(note, " ")
        assert text(note) == "hta "


def test_the_middle_of_a_word_does_not_unfold(note):
    note.setPlainText("htable")
    cursor = note.textCursor()
    cursor.setPosition(3)
    note.setTextCursor(cursor)
    type_words(note, " ")
    assert text(note) == "hta ble"


def test_characters_that_count_twice_displace_nothing(note):
    note.setPlainText("😀 hta fin")
    cursor = note.textCursor()
    cursor.setPosition(6)
    note.setTextCursor(cursor)
    type_words(note, ",")
    assert text(note) == "😀 hypertension artérielle, fin"
    backspace(note)
    assert text(note) == "😀 hta fin"


def test_a_command_ends_no_word_and_takes_nothing_back(note):
    type_words(note, "hta")
    press(note, K.Key_Space, Qt.KeyboardModifier.AltModifier, " ")
    assert "artérielle" not in text(note)
    note.clear()
    type_words(note, "hta ")
    press(note, K.Key_Backspace, CTRL)
    assert text(note) == "hypertension "


# --- whatever is done, the field is a plain one but for the word just unfolded ------------------

KEYS = {
    "backspace": (K.Key_Backspace, NONE, "\b"),
    "delete": (K.Key_Delete, NONE, ""),
    "left": (K.Key_Left, NONE, ""),
    "right": (K.Key_Right, NONE, ""),
    "home": (K.Key_Home, NONE, ""),
    "end": (K.Key_End, NONE, ""),
    "up": (K.Key_Up, NONE, ""),
    "select left": (K.Key_Left, SHIFT, ""),
    "select all": (K.Key_A, CTRL, ""),
    "undo": (K.Key_Z, CTRL, ""),
    "redo": (K.Key_Z, CTRL | SHIFT, ""),
    "word back": (K.Key_Backspace, CTRL, ""),
}
steps = st.one_of(
    st.tuples(
        st.just("type"), st.sampled_from(["hta", "RAS", "ras", "é", "mot", "fc", "(", "Ab. "])
    ),
    st.tuples(st.just("end"), st.sampled_from([" ", ",", ".", "\n"])),
    st.tuples(st.just("key"), st.sampled_from(sorted(KEYS))),
    st.tuples(st.just("key"), st.just("backspace")),
    st.tuples(st.just("click"), st.floats(0, 1)),
    st.tuples(st.just("paste"), st.sampled_from(["collé", "hta", "a\nb", " "])),
    st.tuples(st.just("dead"), st.sampled_from("êë")),
    st.tuples(st.just("line"), st.just("Repos 3 jours")),
)


def unfolding(plain):
    """(start, short form, words) of the form in front of the cursor, by a rule of its own."""
    cursor = plain.textCursor()
    if cursor.hasSelection():
        return None
    whole, place = plain.toPlainText(), cursor.position()
    before, after = whole[:place].split("\n")[-1], whole[place:].split("\n")[0]
    found = WORD.search(before)
    if found is None or (after and (after[0].isalnum() or after[0] in "-’'")):
        return None
    typed = found.group(1)
    words = FORMS.get(typed) if typed.isupper() else None
    words = words or FORMS.get(typed.lower())
    if words is None:
        return None
    lead = before[: found.start(1)].rstrip(" («")
    starts = not lead or lead[-1] in ".!?…"
    if typed[0].isupper() and starts:
        words = words[0].upper() + words[1:]
    return place - len(typed), typed, words


def swap(plain, start, end, words):
    cursor = plain.textCursor()
    cursor.setPosition(start)
    cursor.setPosition(end, cursor.MoveMode.KeepAnchor)
    cursor.insertText(words)
    plain.setTextCursor(cursor)


def do(field, step):
    kind, what = step
    if kind in ("type", "end"):
        type_words(field, what)
    elif kind == "key":
        press(field, *KEYS[what])
    elif kind == "click":
        click(field, round(what * len(field.toPlainText())))
    elif kind == "paste":
        paste(field, what)
    elif kind == "dead":
        dead_key(field, what)
    else:
        NoteText.write_line(field, what)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(steps, max_size=25))
def test_nothing_is_removed_that_a_plain_field_would_keep(qtbot, note, plain, all_steps):
    for field in (note, plain):
        field.setPlainText("Allergie à la pénicilline, fièvre")
        field.moveCursor(field.textCursor().MoveOperation.End)
    just = None
    for step in all_steps:
        found = None
        for letter in step[1] if step[0] in ("type", "end") else ():
            # One key at a time: « Ab. » ends a word on its way.
            found = unfolding(plain) if letter in " ,.\n" else None
            if found is not None:
                swap(plain, found[0], found[0] + len(found[1]), found[2])
            for field in (note, plain):
                type_words(field, letter)
        if step[0] not in ("type", "end"):
            do(note, step)
            if step == ("key", "backspace") and just is not None:
                swap(plain, just[0], just[0] + len(just[2]) + 1, just[1])
            else:
                do(plain, step)
        just = found
        assert text(note) == text(plain), step
        assert note.textCursor().position() == plain.textCursor().position(), step
        assert note.textCursor().anchor() == plain.textCursor().anchor(), step


@pytest.fixture
def plain(qtbot, theme):
    return made(qtbot, QPlainTextEdit)
