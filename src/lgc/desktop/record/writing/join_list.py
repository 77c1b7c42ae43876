"""What of the record leaves with a document: one box an entry, with all that will be said of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QMouseEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from lgc.desktop import text
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import label, retone
from lgc.services.joining import Joinable

NOTHING = "Rien n’est joint"
NONE = "Le dossier n’a ni pathologie, ni antécédent, ni allergie, ni traitement à joindre."


class Box(QCheckBox):
    """Says when the keys come to it, so that the list shows it."""

    focused = Signal()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focused.emit()


class JoinRow(QFrame):
    """One entry: its box and its words, whole."""

    def __init__(self, one: Joinable) -> None:
        super().__init__()
        self.joinable = one
        self.box = Box()
        self.box.setObjectName("joined")
        self.box.setAccessibleName(text.join(one.label, one.words))
        lines = QVBoxLayout()
        lines.setSpacing(0)
        for words, style, tone in (
            (one.label, "medium", "text"),
            (one.words, "small", "text.muted"),
        ):
            shown = label(text.french(words), style, tone)
            shown.setWordWrap(True)
            lines.addWidget(shown)
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 3, 4, 3)
        row.setSpacing(8)
        row.addWidget(self.box, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(lines, 1)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Anywhere on the row is on its box."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.box.click()


class JoinList(QWidget):
    """``ticked`` carries an entry_id and whether its author joins it."""

    ticked = Signal(str, bool)

    def __init__(self, owner: QWidget) -> None:
        super().__init__()
        self.rows: list[JoinRow] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 0, 0, 0)
        column.setSpacing(6)
        head = QHBoxLayout()
        head.addWidget(label("Joint au document", "medium"), 1)
        self.count = label(NOTHING, "small", "text.muted")
        head.addWidget(self.count)
        column.addLayout(head)
        self._scroll = QScrollArea()
        self._scroll.setAccessibleName("À joindre")
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setMinimumWidth(220)
        column.addWidget(self._scroll, 1)
        action(
            owner, "Ce qui est joint", self.start, "Ctrl+J", hint="Joindre",
            help="Choisir ce qui part du dossier avec le document",
        )  # fmt: skip

    def start(self) -> None:
        """Put the keys on the first box."""
        if self.rows:
            self.rows[0].box.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def fill(self, offered: Sequence[Joinable]) -> None:
        """Rows under the title of the section where each will stand; none is ticked."""
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.rows = []
        title = ""
        for one in offered:
            if one.title != title:
                title = one.title
                column.addWidget(label(title, "small", "text.muted"))
            row = JoinRow(one)
            row.box.clicked.connect(partial(self._clicked, row))
            row.box.focused.connect(partial(self._scroll.ensureWidgetVisible, row, 0, 8))
            column.addWidget(row)
            self.rows.append(row)
        if not offered:
            none = label(text.french(NONE), "small", "text.muted")
            none.setWordWrap(True)
            column.addWidget(none)
        column.addStretch(1)
        self._scroll.setWidget(inside)
        self._counted()

    @property
    def offered(self) -> dict[str, Joinable]:
        return {row.joinable.entry_id: row.joinable for row in self.rows}

    def tick(self, entry_ids: Collection[str]) -> None:
        """These and no others."""
        for row in self.rows:
            row.box.setChecked(row.joinable.entry_id in entry_ids)
        self._counted()

    def _clicked(self, row: JoinRow) -> None:
        self._counted()
        self.ticked.emit(row.joinable.entry_id, row.box.isChecked())

    def _counted(self) -> None:
        number = sum(row.box.isChecked() for row in self.rows)
        self.count.setText(text.count(number, "élément", "éléments") if number else NOTHING)
        retone(self.count, "accent.text" if number else "text.muted")
