"""What was typed stays: the fields of a dialog or a form, kept for their thing until it is saved.

Leaving (Échap, the cross, the closing of the window, a crash) loses none of it: the words come
back when the same thing is opened again, and a line says so. Where the thing changed meanwhile,
or is a new one each time, the line offers them and puts nothing in by itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from lgc.desktop import text
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.labels import Glyph, label
from lgc.domain.instants import Now, machine_now
from lgc.domain.typed import Typed

ASIDE = "|"
OF_NOW = "ofNow"


@runtime_checkable
class Keeps(Protocol):
    """A field of our own, made of several: what was typed in it, as one text."""

    def typed_words(self) -> str: ...
    def type_again(self, words: str) -> None: ...
    def on_typed(self, call: Callable[[], object]) -> None: ...


@dataclass(frozen=True, slots=True)
class Way:
    """How the words of one class of fields are read, written again and followed."""

    of: type[QWidget]
    read: Callable[[Any], str]
    write: Callable[[Any, str], object]
    signal: str


def _choose(box: QComboBox, words: str) -> None:
    place = box.findData(words)
    if place >= 0:
        box.setCurrentIndex(place)


WAYS = (
    Way(QLineEdit, QLineEdit.text, QLineEdit.setText, "textChanged"),
    Way(QPlainTextEdit, QPlainTextEdit.toPlainText, QPlainTextEdit.setPlainText, "textChanged"),
    Way(QComboBox, lambda one: str(one.currentData() or ""), _choose, "currentIndexChanged"),
    Way(
        QAbstractButton,
        lambda one: "x" if one.isChecked() else "",
        lambda one, words: one.setChecked(bool(words)),
        "toggled",
    ),
)


def fields_of(room: QWidget) -> dict[str, QWidget]:
    """Every field below ``room`` that is typed or chosen in, by a name that stays.

    Left out: codes and passwords, and what ``of_now`` marked, which is answered anew each time.
    """
    found: dict[str, QWidget] = {}
    for child in room.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
        if child.property(OF_NOW):
            continue
        if not _is_field(child):
            for name, field in fields_of(child).items():
                _add(found, name, field)
        elif not _secret(child):
            _add(found, child.objectName() or child.accessibleName(), child)
    return found


def of_now(field: QWidget) -> None:
    """An attestation, a consent: true of the moment it is given, never brought back."""
    field.setProperty(OF_NOW, True)


def _add(found: dict[str, QWidget], name: str, field: QWidget) -> None:
    number = sum(1 for known in found if known.partition("#")[0] == name)
    found[f"{name}#{number}" if number else name] = field


def _is_field(child: QWidget) -> bool:
    if isinstance(child, QAbstractButton):
        return child.isCheckable() and not isinstance(child, Keeps)
    return isinstance(child, Keeps) or any(isinstance(child, way.of) for way in WAYS)


def _secret(child: QWidget) -> bool:
    return isinstance(child, QLineEdit) and child.echoMode() is not QLineEdit.EchoMode.Normal


class TypedWords(QObject):
    """Everything that was typed and not finished in one session, by thing.

    ``changed`` carries the thing; whoever stores it asks ``of``. ``now`` gives aware moments.
    """

    changed = Signal(str)

    def __init__(self, parent: QObject | None = None, now: Now = machine_now) -> None:
        super().__init__(parent)
        self.now = now
        self._kept: dict[str, Typed] = {}

    def of(self, thing: str) -> Typed | None:
        """The words kept for ``thing``, else the newest of those set aside for it."""
        found = self._kept.get(thing)
        aside = [key for key in self._kept if key.startswith(f"{thing}{ASIDE}")]
        return found or (self._kept[max(aside)] if aside else None)

    def kept(self) -> dict[str, Typed]:
        return dict(self._kept)

    def load(self, kept: Mapping[str, Typed]) -> None:
        """What an earlier session left; what was typed since then counts more."""
        self._kept = {**kept, **self._kept}

    def keep(self, thing: str, typed: Typed) -> None:
        self._kept[thing] = typed
        self.changed.emit(thing)

    def forget(self, thing: str) -> None:
        """It was saved, or thrown away by its writer."""
        if self._kept.pop(thing, None) is not None:
            self.changed.emit(thing)

    def drop(self, thing: str, typed: Typed) -> None:
        """Forget these words of ``thing``, wherever they lie; others stay."""
        for key in [key for key, one in self._kept.items() if one is typed]:
            if key == thing or key.startswith(f"{thing}{ASIDE}"):
                self.forget(key)

    def set_aside(self, thing: str) -> None:
        """Something else is typed for ``thing``: what waits for it waits on, behind."""
        typed = self._kept.get(thing)
        if typed is not None:
            self.forget(thing)
            self.keep(f"{thing}{ASIDE}{typed.at.isoformat()}", typed)


class TypedFields:
    """Follows ``fields`` for ``thing``. ``finish`` once they were saved, and not before.

    ``anew``: each opening is another thing of its kind (a new visit); nothing comes back unasked.
    """

    def __init__(
        self, memory: TypedWords, thing: str, fields: Mapping[str, QWidget], *, anew: bool = False
    ) -> None:
        self._memory, self.thing, self._fields = memory, thing, dict(fields)
        self.before = self.words()
        self.line: TypedLine | None = None
        self._found = memory.of(thing)
        self._waits = False
        self._silent = False
        if self._found is not None and self._differs(self._found):
            self._say(self._found, anew or dict(self._found.before) != self.before)
        for field in self._fields.values():
            _follow(field, self._typed)

    def words(self) -> dict[str, str]:
        """What each field says now."""
        return {name: _read(field) for name, field in self._fields.items()}

    def finish(self) -> None:
        """Saved: nothing of it is offered again; what was offered and not taken still is."""
        if not self._waits:
            self._memory.forget(self.thing)

    # --- inside -------------------------------------------------------------------------------

    def _differs(self, found: Typed) -> bool:
        return any(
            words != self.before[name] for name, words in found.words.items() if name in self.before
        )

    def _say(self, found: Typed, only_offered: bool) -> None:
        self.line = TypedLine(found.at)
        self.line.again.clicked.connect(lambda checked=False: self._put())
        self.line.fresh.clicked.connect(lambda checked=False: self._throw())
        if only_offered:
            self._waits = True
            self.line.show_offer()
        else:
            self._put()

    def _put(self) -> None:
        """The words come back into their fields, and stay kept until they are saved."""
        assert self._found is not None and self.line is not None
        self._memory.drop(self.thing, self._found)
        self._waits = False
        self.write(self._found.words)
        self.line.show_back()

    def _throw(self) -> None:
        """By its writer's hand; the line gives it back as long as it is in sight."""
        assert self._found is not None and self.line is not None
        self._memory.drop(self.thing, self._found)
        if not self._waits:
            self._write(self.before)
            self._memory.forget(self.thing)
        self._waits = False
        self.line.show_thrown()

    def write(self, words: Mapping[str, str]) -> None:
        """Type ``words`` again, and keep them."""
        self._write(words)
        self._typed()

    def _write(self, words: Mapping[str, str]) -> None:
        self._silent = True
        for name, field in self._fields.items():
            if name in words and _read(field) != words[name]:
                _write(field, words[name])
        self._silent = False

    def _typed(self, *unused: object) -> None:
        if self._silent:
            return
        words = self.words()
        if self._waits:
            self._memory.set_aside(self.thing)
            self._waits = False
        if words == self.before:
            self._memory.forget(self.thing)
        else:
            self._memory.keep(self.thing, Typed(words, self.before, self._memory.now()))


class TypedLine(QFrame):
    """Says that the words of another time are back, or offers them."""

    def __init__(self, at: dt.datetime) -> None:
        super().__init__()
        self.setObjectName("typedLine")
        self._at = text.local(at)
        self._glyph = Glyph("ri.edit-2-line", "warn", 16)
        self.said = label("", "small", wrap=True)
        self.again = Button("Reprendre", "plain", "ri.arrow-go-back-line", cap=False, height=24)
        self.fresh = Button("Repartir à neuf", "quiet", cap=False, height=24)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 6, 20, 6)
        row.setSpacing(8)
        row.addWidget(self._glyph)
        row.addWidget(self.said, 1)
        row.addWidget(self.again)
        row.addWidget(self.fresh)

    def show_back(self) -> None:
        self._say(f"Vous retrouvez ce que vous aviez tapé {self._when()}.")
        self.again.hide()
        self.fresh.setText("Repartir à neuf")
        self.fresh.show()

    def show_offer(self) -> None:
        self._say(f"Ce que vous aviez tapé {self._when()} n’a pas été enregistré.")
        self.again.show()
        self.fresh.setText("Oublier")
        self.fresh.show()

    def show_thrown(self) -> None:
        self._say("Ce que vous aviez tapé est écarté.")
        self.again.show()
        self.fresh.hide()

    def _say(self, words: str) -> None:
        self.said.setText(text.french(words))
        self.setAccessibleName(words)

    def _when(self) -> str:
        return f"le {text.date(self._at)} à {text.time_in_words(self._at)}"


def _way(field: QWidget) -> Way:
    return next(way for way in WAYS if isinstance(field, way.of))


def _read(field: QWidget) -> str:
    return field.typed_words() if isinstance(field, Keeps) else _way(field).read(field)


def _write(field: QWidget, words: str) -> None:
    if isinstance(field, Keeps):
        field.type_again(words)
    else:
        _way(field).write(field, words)


def _follow(field: QWidget, call: Callable[..., object]) -> None:
    if isinstance(field, Keeps):
        field.on_typed(call)
    else:
        getattr(field, _way(field).signal).connect(call)
