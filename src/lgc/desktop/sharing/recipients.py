"""Recipients: chips in a field, completed from the contacts and the directory as one types."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QLineEdit

from lgc.desktop.components.asking import Asking
from lgc.desktop.components.chips import Chip
from lgc.desktop.components.completion import Completion
from lgc.desktop.components.flow import FlowLayout
from lgc.desktop.components.people import correspondents_in, the_correspondent
from lgc.desktop.components.rows import Cell, Column
from lgc.desktop.components.suggestions import SuggestionList
from lgc.desktop.components.tips import set_tip
from lgc.desktop.tasks import Tasks
from lgc.desktop.theme import restyle
from lgc.domain.professionals import Correspondent

TYPING_MS, LEAST = 120, 2
ROW = 46
Directory = Callable[[str], tuple[Correspondent, ...]]


class RecipientsField(QFrame):
    """Typing completes, Enter takes, Backspace gives the last chip back; ``changed`` tells.

    ``further`` is slower and finds more: it is asked after a longer pause.
    """

    KEYS = (
        ("Down", "Proposer les correspondants"),
        ("Backspace", "Reprendre le dernier destinataire"),
        ("Tab", "Prendre la proposition"),
    )

    changed = Signal()

    def __init__(
        self, tasks: Tasks, directory: Directory, further: Directory | None = None
    ) -> None:
        super().__init__()
        self.setObjectName("chipField")
        self._chosen: list[Correspondent] = []
        self._known: tuple[Correspondent, ...] = ()
        self.edit = QLineEdit()
        self.edit.setObjectName("recipientEdit")
        self.edit.setFrame(False)
        self.edit.setMinimumWidth(160)
        self.edit.setFixedHeight(26)
        self.edit.setAccessibleName("Destinataires MSSanté")
        self.edit.setPlaceholderText("Nom d’un confrère, ou adresse MSSanté")
        self.setFocusProxy(self.edit)
        self._flow = FlowLayout(spacing=6, stretch_last=True)
        self._flow.addWidget(self.edit)
        self.setLayout(self._flow)
        self._flow.setContentsMargins(8, 6, 8, 6)
        self._popup: SuggestionList[Correspondent] = SuggestionList(
            COLUMNS, "Correspondants trouvés", key=lambda one: one.address, row_height=ROW
        )
        self.completion: Completion[Correspondent] = Completion(
            self.edit,
            Asking(self.edit, tasks, directory, typing_ms=TYPING_MS, least=LEAST, further=further),
            self._popup,
            default=the_correspondent,
            rows_of=self._fresh_in,
            below=self,
            also=Qt.Key.Key_Tab,
        )
        self.completion.taken.connect(self.add)
        self.edit.installEventFilter(self)

    @property
    def chosen(self) -> tuple[Correspondent, ...]:
        return tuple(self._chosen)

    @property
    def suggesting(self) -> bool:
        """Is the list of completions shown?"""
        return self._popup.isVisible()

    def add(self, correspondent: Correspondent) -> None:
        """Take one; the same address is never taken twice."""
        self.completion.write("")
        if all(one.address != correspondent.address for one in self._chosen):
            self._chosen.append(correspondent)
            chip = _chip(correspondent)
            chip.removed.connect(partial(self._remove, correspondent, chip))
            self._flow.insert(len(self._chosen) - 1, chip)
            self._moved()

    def propose(self, known: tuple[Correspondent, ...]) -> None:
        """Those of the patient: shown before anything is typed."""
        self._known = known

    def _propose(self, chosen: bool) -> None:
        if not self.edit.text().strip():
            left = [one for one in self._known if one not in self._chosen]
            self.completion.propose(left, chosen=chosen)

    def clear(self) -> None:
        """Take every chip back."""
        while self._chosen:
            self._give_back()

    def typed_words(self) -> str:
        """Those chosen, and the letters not yet completed."""
        chosen = [asdict(one) for one in self._chosen]
        return json.dumps([chosen, self.edit.text()], ensure_ascii=False)

    def type_again(self, words: str) -> None:
        chosen, letters = json.loads(words)
        self.clear()
        for one in chosen:
            self.add(Correspondent(**one))
        self.edit.setText(letters)

    def on_typed(self, call: Callable[[], object]) -> None:
        self.changed.connect(call)
        self.edit.textChanged.connect(lambda words: call())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.edit.setFocus()
        self._propose(chosen=False)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event)
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            restyle(self, focused=event.type() == QEvent.Type.FocusIn)
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key == Qt.Key.Key_Down and not self._popup.isVisible():
            self._propose(chosen=True)
            return self._popup.isVisible()
        if key == Qt.Key.Key_Backspace and not self.edit.text() and self._chosen:
            self._give_back()
            return True
        return False

    def _give_back(self) -> None:
        item = self._flow.itemAt(len(self._chosen) - 1)
        chip = item.widget() if item is not None else None
        if isinstance(chip, Chip):
            self._remove(self._chosen[-1], chip)

    def _remove(self, correspondent: Correspondent, chip: Chip) -> None:
        self._chosen.remove(correspondent)
        self._flow.removeWidget(chip)
        chip.hide()
        chip.deleteLater()
        self._moved()

    def _moved(self) -> None:
        self._flow.invalidate()
        self.setFixedHeight(max(self._flow.heightForWidth(self.width()), 40))
        self.changed.emit()

    def _fresh_in(self, answer: object) -> list[Correspondent]:
        taken = {one.address for one in self._chosen}
        return [one for one in correspondents_in(answer) if one.address not in taken]


def _chip(correspondent: Correspondent) -> Chip:
    tone, glyph = (
        ("ok", "ri.shield-check-line") if correspondent.verified else ("warn", "ri.question-line")
    )
    place = correspondent.speciality or correspondent.organisation or correspondent.city
    # A name that the directory does not answer for says nothing without its address.
    detail = place.lower() if correspondent.verified else correspondent.address
    detail = "" if detail == correspondent.display_name else detail
    made = Chip(correspondent.display_name, tone, glyph, detail=detail, removable=True)
    set_tip(made, correspondent.address)
    made.setFixedHeight(26)  # as high as the field beside it, so that their words line up
    return made


def _place(correspondent: Correspondent) -> str:
    parts = (correspondent.speciality.lower(), correspondent.organisation, correspondent.city)
    return " · ".join(part for part in parts if part)


COLUMNS: tuple[Column[Correspondent], ...] = (
    Column(
        "name",
        "Nom",
        lambda one: Cell(
            one.display_name,
            "ri.shield-check-line" if one.verified else "ri.question-line",
            glyph_tone="ok" if one.verified else "warn",
            bold=True,
            second=_place(one),
        ),
    ),
    Column(
        "address",
        "Adresse",
        lambda one: Cell(one.address, tone="text.muted", small=True),
        290,
        right=True,
    ),
)
