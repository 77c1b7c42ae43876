"""A form that answers: what must be filled is marked, what is wrong is said under its field."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QCheckBox, QFrame, QLabel, QWidget

from lgc.desktop import text
from lgc.desktop.components.labels import label
from lgc.desktop.theme import restyle

MARK = f"{text.NB}*"
OBLIGATORY = "obligatoire"
LEGEND = f"*{text.NB}{OBLIGATORY}"
LEAST_STEM = 3  # letters by which a word of a field's name is known again in a sentence

Faults = Sequence[tuple[QWidget, str]]
"""Field and sentence, in the order of the fields."""


class Form(QObject):
    """Lives with ``owner``. ``caption`` names a field, ``said`` is laid out under it.

    ``stops`` shows what is wrong and takes the keys to the first such field; ``again`` takes away
    what was corrected meanwhile, and moves no key.
    """

    def __init__(self, owner: QWidget) -> None:
        super().__init__(owner)
        self._names: dict[QWidget, str] = {}
        self._captions: dict[QWidget, QLabel] = {}
        self._said: dict[QWidget, QLabel] = {}
        self._shown: dict[QWidget, str] = {}
        self.required: list[QWidget] = []

    def caption(
        self,
        words: str,
        field: QWidget,
        *,
        required: bool = False,
        type_role: str = "base",
        spoken: str = "",
    ) -> QLabel:
        """The name beside ``field``, with its mark; ``spoken`` is what a sentence calls it."""
        made = self._captions[field] = label("", type_role, "text.muted")
        made.setBuddy(keys_of(field))
        self.name(field, words, required=required, spoken=spoken)
        return made

    def name(self, field: QWidget, words: str, *, required: bool = False, spoken: str = "") -> None:
        """What ``field`` is called, and whether it must be filled, from now on."""
        self._names[field] = spoken or words
        if field in self.required and not required:
            self.required.remove(field)
        elif required and field not in self.required:
            self.required.append(field)
        marked = f"{words}{MARK}" if required else words
        if isinstance(field, QCheckBox):
            field.setText(marked)
        elif (caption := self._captions.get(field)) is not None:
            caption.setText(marked)
        if not isinstance(field, QCheckBox):
            keys_of(field).setAccessibleName(spoken or words)
        self._describe(field)

    def mark_of(self, field: QWidget) -> str:
        """The words in sight that name ``field``."""
        caption = self._captions.get(field)
        if isinstance(field, QCheckBox):
            return field.text()
        return caption.text() if caption is not None and caption.isVisible() else ""

    def said(self, *fields: QWidget) -> QLabel:
        """The line that says what is wrong with one of ``fields``; it takes no room before."""
        made = label("", "small", "danger", wrap=True)
        made.hide()
        for field in fields:
            self._said[field] = made
        return made

    def error(self, field: QWidget) -> str:
        """What is said under ``field``, empty when nothing is."""
        return self._shown.get(field, "")

    def line_of(self, field: QWidget) -> QLabel:
        """Where it is said. Raises KeyError for a field that is not of this form."""
        return self._said[field]

    def stops(self, faults: Faults) -> bool:
        """Show all of ``faults`` and go to the first; is there one?"""
        self.show_faults(faults)
        for field, _ in faults[:1]:
            go_to(field)
        return bool(faults)

    def again(self, faults: Faults) -> None:
        """Something was typed: what was said and holds no more goes."""
        self.show_faults([one for one in faults if one[0] in self._shown])

    def refuse(self, field: QWidget, words: str) -> None:
        """What could only be known by asking: said like the rest, until the next check."""
        self.stops([(field, words)])

    def show_faults(self, faults: Faults) -> None:
        """Say these and no others; the keys stay."""
        before, self._shown = self._shown, {}
        for field, words in faults:
            self._shown.setdefault(field, text.french(self._naming(field, words)))
        for line in dict.fromkeys(self._said.values()):
            told = [self._shown[one] for one in self._said if self._said[one] is line and one
                    in self._shown]  # fmt: skip
            line.setText("\n".join(told))
            line.setVisible(bool(told))
        for field in {*before, *self._shown}:
            restyle(keys_of(field), wrong=field in self._shown)
            if isinstance(field, QFrame):
                restyle(field, wrong=field in self._shown)
            self._describe(field)

    def _naming(self, field: QWidget, words: str) -> str:
        """The sentence with the name of its field in it."""
        name = self._names.get(field, "")
        if not name or isinstance(field, QCheckBox) or _speaks_of(name, words):
            return words
        return f"{name} : {text.uncapital(words)}"

    def _describe(self, field: QWidget) -> None:
        asked = OBLIGATORY if field in self.required else ""
        described = " : ".join(one for one in (asked, self._shown.get(field, "")) if one)
        keys_of(field).setAccessibleDescription(text.french(described))


def keys_of(field: QWidget) -> QWidget:
    """The part of ``field`` that takes the keys."""
    proxy = field.focusProxy()
    return keys_of(proxy) if proxy is not None else field


def go_to(field: QWidget) -> None:
    """The keys to ``field``."""
    keys_of(field).setFocus(Qt.FocusReason.OtherFocusReason)


def _speaks_of(name: str, sentence: str) -> bool:
    first = _plain(name).replace("’", " ").replace("'", " ").split()[0]
    stem = first[: max(LEAST_STEM, len(first) - 1)]
    return any(word.startswith(stem) for word in _plain(sentence).replace("’", " ").split())


def _plain(words: str) -> str:
    apart = unicodedata.normalize("NFD", words.casefold())
    return "".join(one for one in apart if not unicodedata.combining(one))
