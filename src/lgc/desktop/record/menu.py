"""The menu of a record: heads with Alt+1…, their entries indented, one of them current."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QAction, QEnterEvent, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QSizePolicy, QVBoxLayout

from lgc.desktop.components.keys import action, cap_of
from lgc.desktop.components.labels import label
from lgc.desktop.components.tips import set_tip
from lgc.desktop.theme import current, font

WIDTH, FOLDED = 260, 56
PEN = "ri.edit-2-line"


@dataclass(frozen=True, slots=True)
class Entry:
    """One place of the record. A head has a glyph; ``folded`` is the glyph of an entry below it.

    An entry without any is out of sight while the menu is folded. ``tone`` is the one of a count
    that is bad news.
    """

    key: str
    words: str
    glyph: str = ""
    shortcut: str = ""
    folded: str = ""
    tone: str = ""


class MenuButton(QAbstractButton):
    """A row of the menu: 32 px, selected with a bar on the left."""

    def __init__(self, entry: Entry, act: QAction | None, *, head: bool) -> None:
        super().__init__()
        self._entry, self._act, self._head, self._count = entry, act, head, 0
        self.folded, self._draft = False, False
        self.setObjectName(f"menu-{entry.key}")
        self.setText(entry.words)
        self.setAccessibleName(entry.words)
        self.setCheckable(True)
        self.setFixedHeight(32)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(200, 32)

    def set_count(self, count: int) -> None:
        """How many wait behind this entry; nothing is written for none."""
        self._count = count
        self.setAccessibleName(f"{self._entry.words}, {count}" if count else self._entry.words)
        self.update()

    def set_draft(self, waits: bool) -> None:
        """A draft waits behind this entry: its pen, and its word where there is room."""
        self._draft = waits
        self.setAccessibleName(f"{self._entry.words}, brouillon" if waits else self._entry.words)
        self.update()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = self.rect().adjusted(8, 1, -8, -1)
        if self.isChecked() or self.underMouse() or self.hasFocus():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.role("accent.soft" if self.isChecked() else "hover"))
            painter.drawRoundedRect(box, 6, 6)
        if self.isChecked():
            painter.setBrush(theme.role("accent"))
            painter.drawRoundedRect(QRect(box.left(), box.top(), 3, box.height()), 1, 1)
        if self.hasFocus():
            painter.setPen(theme.role("accent"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, 6, 6)
        tone = "accent.text" if self.isChecked() else "text"
        glyph = self._entry.glyph or (self._entry.folded if self.folded else "")
        if glyph:
            x = box.center().x() - 8 if self.folded else box.left() + 10
            icon = QRect(x, box.center().y() - 8, 17, 17)
            theme.icons.paint(painter, icon, glyph, tone)
        if self.folded:
            return
        self._words(painter, box, tone)

    def _words(self, painter: QPainter, box: QRect, tone: str) -> None:
        head = self._head
        painter.setFont(font("strong" if head or self.isChecked() else "base"))
        role = tone if self._entry.glyph or self.isChecked() else "text.muted"
        painter.setPen(current().role(role))
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        cap = cap_of(self._act) if self._act is not None else str(self._count or "")
        taken = QFontMetrics(font("tiny-medium")).horizontalAdvance(cap) + 16 if cap else 8
        if self._draft:
            taken += self._pen(painter, box, taken, tone)
        room = box.adjusted(34, 0, -taken, 0)
        shown = painter.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, middle, shown)
        tone = self._entry.tone or ("accent" if self.isChecked() else "")
        if cap and self._act is None and tone:
            paint_count(painter, box.right() - 7, box.center().y(), cap, tone)
        elif cap:
            painter.setFont(font("tiny-medium"))
            painter.setPen(current().role("text.muted"))
            right = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
            painter.drawText(box.adjusted(0, 0, -8, 0), right, cap)

    def _pen(self, painter: QPainter, box: QRect, taken: int, tone: str) -> int:
        """Pixels used. The word drops before the label is cut."""
        theme = current()
        chosen = painter.font()
        needed = painter.fontMetrics().horizontalAdvance(self.text()) + 34 + taken
        small = QFontMetrics(font("tiny-medium"))
        word = small.horizontalAdvance("brouillon") + 6
        spoken = needed + word + 20 <= box.width()
        width = 20 + (word if spoken else 0)
        left = box.right() - taken - width + 8
        theme.icons.paint(painter, QRect(left, box.center().y() - 7, 15, 15), PEN, "warn")
        if spoken:
            painter.setFont(font("tiny-medium"))
            painter.setPen(theme.role("warn"))
            area = QRect(left + 19, box.top(), word, box.height())
            painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter), "brouillon")
        painter.setFont(chosen)
        role = tone if self._entry.glyph or self.isChecked() else "text.muted"
        painter.setPen(theme.role(role))
        return width


def paint_count(
    painter: QPainter, right: int, middle: int, count: str, tone: str = "accent"
) -> None:
    """A count in a pill of the accent, or a soft one of another tone, whose right edge and middle
    are given."""
    painter.setFont(font("tiny-medium"))
    width = max(QFontMetrics(font("tiny-medium")).horizontalAdvance(count) + 12, 20)
    pill = QRect(right - width, middle - 8, width, 17)
    painter.setPen(Qt.PenStyle.NoPen)
    accent = tone == "accent"
    painter.setBrush(current().role("accent" if accent else f"{tone}.soft"))
    painter.drawRoundedRect(pill, 8, 8)
    painter.setPen(current().role("accent.on" if accent else tone))
    painter.drawText(pill, int(Qt.AlignmentFlag.AlignCenter), count)


class RecordMenu(QFrame):
    """``choose`` is called with the key of the entry; ``set_current`` only moves the mark.

    ``dense`` is a plain list of places: no heads, no room between them.
    """

    def __init__(
        self,
        entries: Sequence[Entry],
        choose: Callable[[str], None],
        width: int = WIDTH,
        *,
        dense: bool = False,
    ) -> None:
        super().__init__()
        self._width, self._current = width, ""
        self.setObjectName("recordMenu")
        self.setAccessibleName("Parties du dossier")
        self.setFixedWidth(width)
        self._buttons: dict[str, MenuButton] = {}
        self._children: list[MenuButton] = []
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 8, 0, 12)
        whole.setSpacing(0)
        for number, entry in enumerate(entries):
            act = self._action(entry, choose) if entry.shortcut else None
            button = MenuButton(entry, act, head=bool(entry.glyph) and not dense)
            button.clicked.connect(partial(self._clicked, choose, entry.key))
            if entry.glyph and number and not dense:
                whole.addSpacing(8)
            whole.addWidget(button)
            self._buttons[entry.key] = button
            if not entry.glyph and not entry.folded:
                self._children.append(button)
        whole.addStretch(1)
        self.note = label("", "small", "text.muted")
        self.note.setContentsMargins(18, 0, 0, 0)
        whole.addWidget(self.note)

    def button(self, key: str) -> MenuButton:
        """Raises KeyError for an unknown entry."""
        return self._buttons[key]

    def set_current(self, key: str) -> None:
        self._current = key
        for one, button in self._buttons.items():
            button.setChecked(one == key)

    def _clicked(self, choose: Callable[[str], None], key: str, checked: bool = False) -> None:
        # The mark follows what is shown, not what was clicked.
        self.set_current(self._current)
        choose(key)

    def fold(self, folded: bool) -> None:
        """A small window keeps the glyphs only."""
        self.setFixedWidth(FOLDED if folded else self._width)
        for button in self._buttons.values():
            button.folded = folded
            set_tip(button, button.text() if folded else "")
        for child in self._children:
            child.setVisible(not folded)
        self.note.setVisible(not folded)

    def _action(self, entry: Entry, choose: Callable[[str], None]) -> QAction:
        made = action(self, entry.words, lambda: choose(entry.key), entry.shortcut)
        made.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        return made
