"""Words and glyphs on their own."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QFontMetrics, QHideEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from lgc.desktop.components.tips import set_tip
from lgc.desktop.theme import current, font, restyle


def label(
    text: str = "",
    type_role: str = "base",
    tone: str = "text",
    *,
    wrap: bool = False,
    selectable: bool = False,
) -> QLabel:
    """A label of a type role (typography.TYPE) and a text role of the palette."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setFont(font(type_role))
    made.setProperty("tone", tone)
    made.setWordWrap(wrap)
    if selectable:
        made.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        made.setCursor(Qt.CursorShape.IBeamCursor)
    return made


def retone(widget: QWidget, tone: str) -> None:
    """Change the text role of a label."""
    restyle(widget, tone=tone)


class ElidedLabel(QLabel):
    """A label that shortens what does not fit and tells the whole in its tooltip."""

    def __init__(
        self,
        text: str = "",
        type_role: str = "base",
        tone: str = "text",
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        super().__init__()
        self.setFont(font(type_role))
        self.setProperty("tone", tone)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._mode, self._whole = mode, ""
        self.set_text(text)

    def set_text(self, text: str) -> None:
        self._whole = text
        self.setAccessibleName(text)
        self._elide()
        self.updateGeometry()

    def whole(self) -> str:
        return self._whole

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        return QSize(metrics.horizontalAdvance(self._whole) + 2, metrics.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(24, QFontMetrics(self.font()).height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        metrics = QFontMetrics(self.font())
        shown = metrics.elidedText(self._whole, self._mode, max(self.width(), 1))
        super().setText(shown)
        set_tip(self, self._whole if shown != self._whole else "")


class Glyph(QWidget):
    """One glyph, drawn in the colour its role has now."""

    def __init__(self, glyph: str, role: str = "text.muted", size: int = 16) -> None:
        super().__init__()
        self._glyph, self._role, self._size = glyph, role, size
        self.setFixedSize(size, size)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set(self, glyph: str, role: str) -> None:
        self._glyph, self._role = glyph, role
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        current().icons.paint(painter, self.rect(), self._glyph, self._role)


class Spinner(QWidget):
    """The rotating loader; turns only while it is seen."""

    def __init__(self, role: str = "accent.text", size: int = 16) -> None:
        super().__init__()
        self._role, self._angle = role, 0
        self.setFixedSize(size, size)
        self.setAccessibleName("En cours")
        self._timer = QTimer(self)
        self._timer.setInterval(60)
        self._timer.timeout.connect(self._turn)

    def showEvent(self, event: QShowEvent) -> None:
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        half = self.width() / 2
        painter.translate(half, half)
        painter.rotate(self._angle)
        side = self.width()
        target = QRect(-side // 2, -side // 2, side, side)
        current().icons.paint(painter, target, "ri.loader-4-line", self._role)

    def _turn(self) -> None:
        self._angle = (self._angle + 24) % 360
        self.update()


def rule(*, vertical: bool = False) -> QFrame:
    """A separator of one pixel."""
    line = QFrame()
    line.setObjectName("rule")
    if vertical:
        line.setFixedWidth(1)
    else:
        line.setFixedHeight(1)
    return line


def is_theme_change(event: QEvent) -> bool:
    """True for the event a widget gets when another sheet was applied."""
    return event.type() in (QEvent.Type.StyleChange, QEvent.Type.PaletteChange)
