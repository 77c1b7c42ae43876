"""The rail on the left: the places of the application, with counts in bubbles."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QAction, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from lgc.desktop.components.keys import cap_of
from lgc.desktop.components.tips import set_tip
from lgc.desktop.theme import current, font

WIDTH = 68


class RailButton(QToolButton):
    """Glyph over a word; the current place is filled and stands on ``surface``."""

    def __init__(self, action: QAction, glyph: str, *, checkable: bool = True) -> None:
        super().__init__()
        self._glyph, self._count, self._tone = glyph, 0, "accent"
        self._filled = glyph.replace("-line", "-fill")
        self._action = action
        self.setText(action.text())
        self.setCheckable(checkable)
        self.setFixedSize(58, 50)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.clicked.connect(lambda checked=False: action.trigger())
        action.changed.connect(self._sync)
        self._sync()

    def set_count(self, count: int, tone: str = "accent") -> None:
        self._count, self._tone = count, tone
        self._sync()
        self.update()

    def count(self) -> int:
        return self._count

    def _sync(self) -> None:
        cap = cap_of(self._action)
        self.setText(self._action.text())
        set_tip(self, " · ".join(part for part in (self._action.toolTip(), cap) if part))
        said = f"{self._action.text()}, {self._count}" if self._count else self._action.text()
        self.setAccessibleName(said)
        self.setEnabled(self._action.isEnabled())

    def sizeHint(self) -> QSize:
        return QSize(58, 50)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        here = self.isChecked()
        if here:
            painter.setPen(QPen(theme.role("line"), 1))
            painter.setBrush(theme.role("surface"))
            painter.drawRoundedRect(box, 6, 6)
        elif self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.role("hover"))
            painter.drawRoundedRect(box, 6, 6)
        if self.hasFocus():
            painter.setPen(QPen(theme.role("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        ink = "accent.text" if here else "text.muted"
        glyph = self._filled if here else self._glyph
        theme.icons.paint(painter, QRect(19, 7, 20, 20), glyph, ink)
        painter.setFont(font("tiny-strong" if here else "tiny"))
        painter.setPen(theme.role(ink))
        words = QRect(0, 29, self.width(), 16)
        painter.drawText(words, int(Qt.AlignmentFlag.AlignCenter), self.text())
        if self._count:
            self._bubble(painter)

    def _bubble(self, painter: QPainter) -> None:
        theme, words = current(), str(min(self._count, 99))
        width = 16 if len(words) == 1 else 21
        box = QRectF(35, 3, width, 16)
        painter.setPen(QPen(theme.role("surface" if self.isChecked() else "rail"), 1.5))
        painter.setBrush(theme.role(self._tone))
        painter.drawRoundedRect(box, 8, 8)
        painter.setFont(font("letter"))
        painter.setPen(theme.role("accent.on" if self._tone == "accent" else "surface"))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), words)


class Mark(QWidget):
    """The name of the application in its square."""

    def __init__(self, side: int = 36) -> None:
        super().__init__()
        self.setFixedSize(side, 28)
        self.setAccessibleName("lgc")

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(current().role("accent"))
        painter.drawRoundedRect(self.rect(), 6, 6)
        painter.setPen(current().role("accent.on"))
        painter.setFont(font("panel"))
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), "lgc")


class Rail(QFrame):
    """``add`` above, ``add_below`` at the foot; ``show_place`` marks the current one."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("rail")
        self.setFixedWidth(WIDTH)
        self.setAccessibleName("Navigation")
        self._buttons: dict[str, RailButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(5, 8, 5, 6)
        column.setSpacing(2)
        column.addWidget(Mark(), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(8)
        self._above, self._below = QVBoxLayout(), QVBoxLayout()
        for part in (self._above, self._below):
            part.setSpacing(2)
        column.addLayout(self._above)
        column.addStretch(1)
        column.addLayout(self._below)

    def add(self, key: str, action: QAction, glyph: str, place: int = -1) -> RailButton:
        button = RailButton(action, glyph)
        self._buttons[key] = button
        self._above.insertWidget(place, button)
        return button

    def add_below(self, key: str, action: QAction, glyph: str, *, page: bool = False) -> RailButton:
        """An action at the foot, or a page above the actions."""
        button = RailButton(action, glyph, checkable=page)
        self._buttons[key] = button
        self._below.insertWidget(0 if page else -1, button)
        return button

    def button(self, key: str) -> RailButton:
        """Raises KeyError for an unknown place."""
        return self._buttons[key]

    def keys(self) -> tuple[str, ...]:
        return tuple(self._buttons)

    def show_place(self, key: str) -> None:
        for name, button in self._buttons.items():
            if button.isCheckable():
                button.setChecked(name == key)
