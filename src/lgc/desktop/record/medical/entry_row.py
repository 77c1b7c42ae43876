"""One line of a family: words, code, date; keys and menu of what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QEnterEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from lgc.desktop.components.menus import show_menu
from lgc.desktop.components.tips import set_tip
from lgc.desktop.record import code_origin
from lgc.desktop.record.dose_reading import AS_TYPED, GLYPH, UNSTRUCTURED, is_text
from lgc.desktop.record.medical import words
from lgc.desktop.theme import current, font
from lgc.domain.medical_data import MedicalEntry, Standing

HEIGHT, PAD, GAP = 31, 12, 8
ROOM_FOR_WORDS = 420


class EntryRow(QWidget):
    """Enter or a click edits, Delete removes, F2 ends or resumes, F4 tells its code; the menu says
    all of them."""

    KEYS = (
        ("Return", "Modifier la ligne"),
        ("Enter", "Modifier la ligne"),
        ("Del", "Retirer la ligne"),
        ("F2", "Dire la fin"),
        ("Up", "Ligne d’avant"),
        ("Down", "Ligne d’après"),
    )

    edit_asked = Signal(object)
    remove_asked = Signal(object)
    end_asked = Signal(object)
    info_asked = Signal(object)
    origin_asked = Signal(object)

    def __init__(self, entry: MedicalEntry) -> None:
        super().__init__()
        self.entry, self._guided, self._info = entry, False, QRect()
        self._as_text = UNSTRUCTURED if is_text(entry.posology) else ""
        said = (
            words.words(entry), words.beside(entry), self._as_text.lower(), words.code(entry),
            words.when(entry),
        )  # fmt: skip
        self.setAccessibleName(", ".join(part for part in said if part))
        set_tip(self, self._tip())
        self.setFixedHeight(HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def offer_guidance(self, offered: bool) -> None:
        """A small « i » after the code, a click on which asks for its guidance."""
        self._guided = offered
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, HEIGHT)

    def _tip(self) -> str:
        entry = self.entry
        lines = [words.words(entry), words.beside(entry), words.until(entry)]
        if self._as_text:
            lines.insert(2, f"{self._as_text} : {AS_TYPED}")
        lines += words.origin(entry)
        if entry.source:
            lines.append(f"Source : {entry.source}")
        return "\n".join(line for line in lines if line)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = self.rect()
        if self.underMouse() or self.hasFocus():
            painter.fillRect(box, theme.role("hover"))
        if self.hasFocus():
            painter.setPen(theme.role("accent"))
            painter.drawRect(box.adjusted(0, 0, -1, -1))
        right = self._right(painter, box.right() - PAD)
        self._left(painter, QRect(PAD, 0, right - PAD, box.height()))

    def _right(self, painter: QPainter, right: int) -> int:
        """Date, then code before it; the edge of what is left."""
        middle = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
        date = words.when(self.entry)
        if date:
            painter.setFont(font("base"))
            painter.setPen(current().role("text.muted"))
            painter.drawText(QRect(0, 0, right, HEIGHT), middle, date)
            right -= max(painter.fontMetrics().horizontalAdvance(date), 72) + GAP
        if self._guided:
            self._info = QRect(right - 18, (HEIGHT - 18) // 2, 18, 18)
            current().icons.paint(painter, self._info, "ri.information-line", "accent.text")
            right -= 18 + GAP
        code = words.code(self.entry)
        if code:
            right -= self._badge(painter, right, code) + GAP
        if self._as_text:
            right -= self._unstructured(painter, right) + GAP
        return right

    def _unstructured(self, painter: QPainter, right: int) -> int:
        """In words where there is room beside the name, else by its glyph, which the tip says."""
        if self.width() >= ROOM_FOR_WORDS:
            return self._badge(painter, right, self._as_text, "warn")
        box = QRect(right - 22, (HEIGHT - 18) // 2, 22, 18)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(current().soft("warn"))
        painter.drawRoundedRect(box, 4, 4)
        current().icons.paint(painter, box.adjusted(5, 3, -5, -3), GLYPH, "warn")
        return box.width()

    def _badge(self, painter: QPainter, right: int, code: str, tone: str = "") -> int:
        painter.setFont(font("tiny-medium"))
        width = QFontMetrics(font("tiny-medium")).horizontalAdvance(code) + 10
        box = QRect(right - width, (HEIGHT - 18) // 2, width, 18)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(current().soft(tone) if tone else current().role("hover"))
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(current().role(tone or "text.muted"))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), code)
        return width

    def _left(self, painter: QPainter, room: QRect) -> None:
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        entry = self.entry
        painter.setFont(font("base"))
        there = entry.active and entry.standing is Standing.FACT
        painter.setPen(current().role("text" if there else "text.muted"))
        metrics = painter.fontMetrics()
        said = metrics.elidedText(words.words(entry), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, middle, said)
        taken = metrics.horizontalAdvance(said) + GAP
        beside = words.beside(entry) if entry.active else words.over(entry)
        if beside and room.width() - taken > 40:
            painter.setPen(current().role("text.muted"))
            rest = room.adjusted(taken, 0, 0, 0)
            shown = metrics.elidedText(beside, Qt.TextElideMode.ElideRight, rest.width())
            painter.drawText(rest, middle, shown)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or not self.rect().contains(event.pos()):
            return
        if self._guided and self._info.contains(event.pos()):
            self.info_asked.emit(self.entry)
        else:
            self.edit_asked.emit(self.entry)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = Qt.Key
        asked = {
            keys.Key_Return: self.edit_asked,
            keys.Key_Enter: self.edit_asked,
            keys.Key_Delete: self.remove_asked,
            keys.Key_F2: self.end_asked,
        }.get(keys(event.key()))
        if asked is not None:
            asked.emit(self.entry)
        elif event.key() in (keys.Key_Down, keys.Key_Up):
            self.focusNextPrevChild(event.key() == keys.Key_Down)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.show_menu(event.globalPos())

    def show_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.addAction("Modifier…\tEntrée").triggered.connect(
            lambda: self.edit_asked.emit(self.entry)
        )
        if self.entry.standing is Standing.FACT:
            ending = "Terminer" if self.entry.active else "Reprendre"
            menu.addAction(f"{ending}\tF2").triggered.connect(
                lambda: self.end_asked.emit(self.entry)
            )
        if self._guided:
            menu.addAction("Recommandation\tCtrl I").triggered.connect(
                lambda: self.info_asked.emit(self.entry)
            )
        if self.entry.code is not None:
            menu.addAction(f"{code_origin.TITLE}\tF4").triggered.connect(
                lambda: self.origin_asked.emit(self.entry)
            )
        menu.addSeparator()
        menu.addAction("Supprimer\tSuppr").triggered.connect(
            lambda: self.remove_asked.emit(self.entry)
        )
        menu.aboutToHide.connect(menu.deleteLater)
        show_menu(menu, place)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()
