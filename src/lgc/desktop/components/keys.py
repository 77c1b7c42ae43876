"""Actions and the key caps read from them, so that a cap cannot lie."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QRectF, QSize, Qt
from PySide6.QtGui import QAction, QFontMetrics, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QSizePolicy, QWidget

from lgc.desktop.theme import current, font

_WORDS = {
    "Shift": "Maj",
    "Return": "↵",
    "Enter": "↵",
    "Esc": "Échap",
    "Space": "Espace",
    "Del": "Suppr",
    "Backspace": "⌫",
    "Up": "↑",
    "Down": "↓",
    "Left": "←",
    "Right": "→",
    "PgUp": "Pg préc.",
    "PgDown": "Pg suiv.",
    "Home": "Début",
    "End": "Fin",
}
_HINT, _HELP = "lgcHint", "lgcHelp"
# What Qt's text fields do with a key on Windows, X11 and macOS (QKeySequence::StandardKey): copy,
# cut, paste, undo, delete, move, select. None of these is ever a command where a text may be.
EDITING = frozenset((
    "Ctrl+C", "Ctrl+Ins", "Ctrl+X", "Shift+Del", "Ctrl+V", "Shift+Ins", "Ctrl+Y", "Ctrl+Shift+Z",
    "Alt+Backspace", "Alt+Shift+Backspace", "Ctrl+A", "Ctrl+Shift+A", "Del", "Ctrl+D",
    "Ctrl+Del", "Alt+Del", "Backspace", "Ctrl+Backspace", "Shift+Backspace", "Ctrl+U", "Ctrl+E",
    "Left", "Right", "Up", "Down", "Home", "End", "PgUp", "PgDown", "Ctrl+Left", "Ctrl+Right",
    "Ctrl+Up", "Ctrl+Down", "Ctrl+Home", "Ctrl+End", "Alt+Left", "Alt+Right", "Alt+Up",
    "Alt+Down", "Shift+Left", "Shift+Right", "Shift+Up", "Shift+Down", "Shift+Home", "Shift+End",
    "Shift+PgUp", "Shift+PgDown", "Ctrl+Shift+Left", "Ctrl+Shift+Right", "Ctrl+Shift+Home",
    "Ctrl+Shift+End", "Shift+Return", "Tab", "Shift+Tab",
))  # fmt: skip
# Ctrl+K (X11 cuts the end of the line with it, our fields never do) searches everywhere; Ctrl+Z is
# the text's while it has something to take back, then the record's.
CAP_HEIGHT = 18
BOUNCE_S = 0.4


class Strokes:
    """One stroke, one act: a key that bounces must not answer the question it has just asked.

    The second half of a stroke is the same key within ``BOUNCE_S`` seconds, meant for what the
    first one brought into view (a dialog that closes, sends, deletes). Échap only ever goes back.
    """

    def __init__(self) -> None:
        self.now = time.monotonic
        self._last: QAction | None = None
        self._key, self._at = "", 0.0

    def is_second_half(self, made: QAction) -> bool:
        """Is this the key of the last act, too soon, on another one? Else it is the last act."""
        key, at = made.shortcut().toString(), self.now()
        again = key and key != "Esc" and key == self._key and made is not self._last
        if again and 0 <= at - self._at < BOUNCE_S:
            return True
        self._last, self._key, self._at = made, key, at
        return False


STROKES = Strokes()


def cap_text(keys: QKeySequence) -> str:
    """``Ctrl Maj N``, ``↵``, ``Échap``: the words of a French keyboard."""
    portable = keys.toString(QKeySequence.SequenceFormat.PortableText).split(", ")[0]
    if not portable:
        return ""
    parts = ["+"] if portable == "+" else portable.split("+")
    return " ".join(_WORDS.get(part, part) for part in parts)


def action(
    owner: QWidget,
    text: str,
    slot: Callable[[], object],
    shortcut: str = "",
    *,
    hint: str = "",
    help: str = "",
    others: tuple[str, ...] = (),
    repeats: bool = False,
) -> QAction:
    """An action that lives with ``owner``: its keys work while the focus is inside it.

    ``hint`` is the short word of the status line (none: not shown there), ``help`` the sentence
    of the shortcut list (else the text). ``others`` are further keys for the same thing.
    ``repeats``: it goes on while its key is held (moves, zooms); nothing else acts twice from one
    stroke. Raises ValueError for a key of text editing where ``owner`` may hold a text: a list or
    a button holds none, another widget says so with ``HOLDS_NO_TEXT``.
    """
    made = QAction(text, owner)
    keys = [QKeySequence(k) for k in (shortcut, *others) if k]
    if not holds_no_text(owner) and (wrong := EDITING.intersection((shortcut, *others))):
        raise ValueError(f"{wrong} edits a text: {text}")
    made.setShortcuts(keys)
    made.setAutoRepeat(repeats)
    made.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
    made.setProperty(_HINT, hint)
    made.setProperty(_HELP, help)
    made.triggered.connect(partial(_fire, made, slot))
    owner.addAction(made)
    return made


def _fire(made: QAction, slot: Callable[[], object], checked: bool = False) -> None:
    if not STROKES.is_second_half(made):
        slot()


def holds_no_text(owner: QWidget) -> bool:
    """A list, a button, or a widget that says so."""
    return isinstance(owner, QAbstractButton) or is_list(owner)


def is_list(owner: QWidget) -> bool:
    """Something in which one is chosen by the arrows, ours included."""
    return isinstance(owner, QAbstractItemView) or bool(getattr(owner, "HOLDS_NO_TEXT", False))


def acts_from_afar(keys: QKeySequence) -> bool:
    """May it act while the focus is elsewhere on the screen? No key of a text, nor one alone."""
    name = keys.toString(QKeySequence.SequenceFormat.PortableText)
    last = name.rpartition("+")[2]
    function = last.startswith("F") and last[1:].isdigit()
    return name not in EDITING and (function or name == "Esc" or name.startswith(("Ctrl+", "Alt+")))


def hint_of(made: QAction) -> str:
    return str(made.property(_HINT) or "")


def help_of(made: QAction) -> str:
    return str(made.property(_HELP) or made.text())


def cap_of(made: QAction) -> str:
    return cap_text(made.shortcut())


def paint_cap(
    painter: QPainter, x: int, middle: int, text: str, *, on_accent: bool = False, tip: bool = False
) -> int:
    """Draw a cap whose left edge is ``x`` around the height ``middle``; returns its width."""
    theme = current()
    width = cap_width(text)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    top = middle - CAP_HEIGHT / 2
    border, ink = "line.strong", "text.muted"
    if on_accent:
        border = ink = "accent.on"
    elif tip:
        border, ink = "tip.muted", "tip.text"
    painter.setPen(theme.role(border))
    painter.setBrush(Qt.BrushStyle.NoBrush if on_accent or tip else theme.role("surface"))
    painter.drawRoundedRect(QRectF(x + 0.5, top + 0.5, width - 1, CAP_HEIGHT - 1), 4, 4)
    painter.setFont(font("tiny-medium"))
    painter.setPen(theme.role(ink))
    painter.drawText(x, int(top), width, CAP_HEIGHT, int(Qt.AlignmentFlag.AlignCenter), text)
    painter.restore()
    return width


def cap_width(text: str) -> int:
    return max(QFontMetrics(font("tiny-medium")).horizontalAdvance(text) + 12, CAP_HEIGHT)


class KeyCap(QWidget):
    """One cap on its own, in the status line or beside a field."""

    def __init__(self, text: str, parent: QObject | None = None) -> None:
        super().__init__(parent if isinstance(parent, QWidget) else None)
        self._text = text
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"Touche {text}")

    @classmethod
    def of(cls, made: QAction) -> KeyCap:
        return cls(cap_of(made))

    def text(self) -> str:
        return self._text

    def sizeHint(self) -> QSize:
        return QSize(cap_width(self._text), CAP_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_cap(painter, 0, self.height() // 2, self._text)
