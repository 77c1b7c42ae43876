"""Fields: search with its key, and the box of the card's PIN."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QRegularExpression, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QRegularExpressionValidator,
    QShowEvent,
)
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from lgc.desktop.components.digit_row import digit_of
from lgc.desktop.components.keys import cap_of, cap_width, paint_cap
from lgc.desktop.theme import current, font


class SearchField(QLineEdit):
    """A field with a magnifier and the cap of the action that brings the focus here.

    ``searched`` comes 150 ms after the last key. Escape clears and says ``escaped``: the focus
    belongs to what is searched again.
    """

    KEYS = (("Esc", "Effacer la recherche"),)

    searched = Signal(str)
    escaped = Signal()

    def __init__(
        self, hint: str, *, action: QAction | None = None, height: int = 28, name: str = ""
    ) -> None:
        super().__init__()
        self.setPlaceholderText(hint)
        self.setAccessibleName(name or hint)
        self.setFixedHeight(height)
        self._action = action
        self._cap = cap_of(action) if action is not None else ""
        if action is not None:
            action.triggered.connect(self._take)
        self.setTextMargins(26, 0, cap_width(self._cap) + 6 if self._cap else 4, 0)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(150)
        self._timer.timeout.connect(lambda: self.searched.emit(self.text()))
        self.textChanged.connect(lambda text: self._timer.start())

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape and self.text():
            # Before the screen's own Escape, which leaves.
            if event.type() == QEvent.Type.KeyPress:
                self.selectAll()
                self.del_()  # as keys would: Ctrl+Z writes it again
                self._timer.stop()
                self.searched.emit("")
                self.escaped.emit()
            event.accept()
            return True
        return super().event(event)

    def _take(self) -> None:
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() // 2
        box = QRect(9, middle - 8, 16, 16)
        current().icons.paint(painter, box, "ri.search-line", "text.muted")
        if self._cap and not self.text():
            paint_cap(painter, self.width() - cap_width(self._cap) - 6, middle, self._cap)


class SearchButton(QWidget):
    """Looks like a search field, opens the real one: the entry of Ctrl+K in the top bar."""

    KEYS = (("Return", "Chercher"), ("Enter", "Chercher"), ("Space", "Chercher"))

    clicked = Signal()

    def __init__(self, hint: str, action: QAction) -> None:
        super().__init__()
        self._hint, self._action = hint, action
        self.setFixedHeight(28)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(180)
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.setAccessibleName("Rechercher un patient, un document, une action")
        self.clicked.connect(action.trigger)

    def sizeHint(self) -> QSize:
        return QSize(262, 28)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.clicked.emit()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress:
            key = event.key()  # type: ignore[attr-defined]
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
                self.clicked.emit()
                return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = self.hasFocus()
        painter.setPen(
            QPen(theme.role("accent" if focused else "line.strong"), 2 if focused else 1)
        )
        painter.setBrush(theme.role("surface"))
        edge = 1 if focused else 0
        painter.drawRoundedRect(self.rect().adjusted(edge, edge, -1 - edge, -1 - edge), 6, 6)
        middle, cap = self.height() // 2, cap_of(self._action)
        theme.icons.paint(painter, QRect(9, middle - 8, 16, 16), "ri.search-line", "text.muted")
        painter.setFont(font("base"))
        painter.setPen(theme.role("text.faint"))
        room = self.rect().adjusted(32, 0, -cap_width(cap) - 12, 0)
        shown = painter.fontMetrics().elidedText(
            self._hint, Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), shown)
        paint_cap(painter, self.width() - cap_width(cap) - 6, middle, cap)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()


MOST_DIGITS = 12
QUIET_MS = 500


class PinField(QLineEdit):
    """Digits shown as discs, never as text; nothing of it is remembered or pasted around.

    It takes keys once it has been in view for half a second without any: what was being typed
    when it came is not meant for it. ``waiting`` tells that a key was not taken (True), and that
    the next one will be (False).
    """

    waiting = Signal(bool)

    def __init__(self, digits: int = 4) -> None:
        super().__init__()
        self._digits = digits
        self.setEchoMode(QLineEdit.EchoMode.Password)
        # Room for more than a code has: a telephone number must not look like one.
        self.setMaxLength(MOST_DIGITS)
        self.setValidator(QRegularExpressionValidator(QRegularExpression("[0-9]*"), self))
        self.setFixedHeight(44)
        self.setAccessibleName(f"Code porteur, {digits} chiffres")
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setInputMethodHints(
            Qt.InputMethodHint.ImhDigitsOnly
            | Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhHiddenText
        )
        self.setProperty("pin", True)
        self._caret = True
        self._blink = QTimer(self)
        self._blink.setInterval(530)
        self._blink.timeout.connect(self._toggle)
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(QUIET_MS)
        self._quiet.timeout.connect(self._take_keys)

    @property
    def complete(self) -> bool:
        return len(self.text()) == self._digits

    @property
    def too_long(self) -> bool:
        return len(self.text()) > self._digits

    @property
    def takes_keys(self) -> bool:
        """Has it been in view long enough without a key?"""
        return self.isVisible() and not self._quiet.isActive()

    def take(self) -> str:
        """The digits, and an empty field."""
        pin = self.text()
        self.clear()
        return pin

    def rest(self) -> None:
        """Begin the half second again, empty."""
        self.clear()
        self._quiet.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.rest()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._quiet.isActive() and event.text():
            self._quiet.start()
            self.waiting.emit(True)
            event.accept()
            return
        if (digit := digit_of(event)) and not event.text().isdecimal():
            self.insert(digit)  # the row above the letters, as it is drawn on an AZERTY keyboard
            return
        super().keyPressEvent(event)

    def _take_keys(self) -> None:
        self.waiting.emit(False)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._caret = True
        self._blink.start()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._blink.stop()
        self._caret = False

    def _toggle(self) -> None:
        self._caret = not self._caret
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = self.hasFocus()
        pen = QPen(theme.role("accent" if focused else "line.strong"), 2 if focused else 1)
        painter.setPen(pen)
        painter.setBrush(theme.role("surface" if self.isEnabled() else "alt"))
        edge = 1 if focused else 0
        painter.drawRoundedRect(self.rect().adjusted(edge, edge, -1 - edge, -1 - edge), 6, 6)
        middle = self.height() // 2
        box = QRect(16, middle - 10, 20, 20)
        theme.icons.paint(painter, box, "ri.lock-password-line", "text.muted")
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.role("text"))
        x = 50
        for _ in self.text():
            painter.drawEllipse(x, middle - 5, 10, 10)
            x += 23
        if focused and self._caret and not self.complete:
            painter.drawRect(x - 3, middle - 11, 2, 22)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.role("line.strong"), 1.5))
        for _ in range(len(self.text()), self._digits):
            painter.drawEllipse(x + 1, middle - 4, 8, 8)
            x += 23
