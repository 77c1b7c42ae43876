"""Buttons: main, plain, quiet, danger; with a glyph and the cap of their own action."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QAction,
    QEnterEvent,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QPen,
    QShowEvent,
)
from PySide6.QtWidgets import QPushButton, QSizePolicy, QStyle, QStyleOptionButton, QWidget

from lgc.desktop.components.keys import cap_of, cap_text, cap_width, paint_cap
from lgc.desktop.components.tips import set_tip
from lgc.desktop.theme import current, font

LOOKS = ("plain", "primary", "quiet", "danger", "tip")
GAP = 8


class Button(QPushButton):
    """One button. Made from an action it shares its text, state, shortcut cap and effect.

    ``look``: plain (border), primary (accent, one per screen), quiet (text only), danger,
    tip (on an inverted toast). In a ``compact`` window the cap moves to the tooltip.
    """

    def __init__(
        self,
        text: str = "",
        look: str = "plain",
        glyph: str = "",
        *,
        action: QAction | None = None,
        cap: bool = True,
        height: int = 28,
        glyph_after: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        if look not in LOOKS:
            raise ValueError(look)
        self._look, self._glyph, self._cap, self._after = look, glyph, cap, glyph_after
        self._action: QAction | None = None
        self._compact = self._bare = self._keyless = False
        self.setFont(font("medium"))
        self.setFixedHeight(max(height, QFontMetrics(self.font()).height()))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAutoDefault(False)
        if action is not None:
            self.follow(action, keep_text=bool(text))

    def follow(self, action: QAction, *, keep_text: bool = False) -> None:
        """Be the visible half of an action."""
        self._action = action
        if not keep_text:
            self.setText(action.text())
        self.setEnabled(action.isEnabled())
        action.changed.connect(self._sync)
        self.clicked.connect(action.trigger)
        self._tip()

    def borrow_cap(self, action: QAction) -> None:
        """Show the key of an action that does the same from elsewhere."""
        self._action = action
        self.updateGeometry()

    def _sync(self) -> None:
        if self._action is not None:
            self.setEnabled(self._action.isEnabled())
            self._tip()

    def set_glyph(self, glyph: str) -> None:
        self._glyph = glyph
        self.updateGeometry()
        self.update()

    def set_compact(self, compact: bool) -> None:
        """Small window: the cap is told in the tooltip instead."""
        self._compact = compact
        self.updateGeometry()
        self.update()

    def fold(self, *, keyless: bool, bare: bool) -> None:
        """No room for the cap, or for any word: both are told in the tooltip then."""
        self._keyless, self._bare = keyless, bare and bool(self._glyph)
        self._tip()
        self.updateGeometry()
        self.update()

    def _words(self) -> str:
        return "" if self._bare else self.text()

    def say_why_disabled(self, reason: str) -> None:
        """Disable, the reason in the tooltip; an empty reason enables."""
        self.setEnabled(not reason)
        set_tip(self, reason)

    def cap(self) -> str:
        if not self._cap:
            return ""
        if self._action is not None:
            return cap_of(self._action)
        return cap_text(self.shortcut())

    def _tip(self) -> None:
        if self._action is None or self.property("ownTip"):
            return
        cap = cap_of(self._action)
        tip = self._action.toolTip()
        plain = self._action.text()
        words = tip if tip != plain else ("" if self._words() else plain)
        set_tip(self, " · ".join(part for part in (words, cap) if part))
        if not self._words():
            self.setAccessibleName(self.text() or plain)

    def _shown_cap(self) -> str:
        return "" if self._compact or self._keyless or self._bare else self.cap()

    def sizeHint(self) -> QSize:
        words = QFontMetrics(self.font()).horizontalAdvance(self._words())
        icon = 16 if self._glyph else 0
        cap = self._shown_cap()
        parts = [part for part in (icon, words, cap_width(cap) if cap else 0) if part]
        side = 8 if self._look == "quiet" else 12
        if not self._words():
            side = 6 if self.height() < 32 else 8
        return QSize(sum(parts) + GAP * (len(parts) - 1) + 2 * side, self.height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        compact = bool(self.window().property("compact"))
        if compact != self._compact:
            self.set_compact(compact)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange:
            self.setCursor(
                Qt.CursorShape.PointingHandCursor
                if self.isEnabled()
                else Qt.CursorShape.ArrowCursor
            )

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        state = option.state
        hovered = bool(state & QStyle.StateFlag.State_MouseOver) and self.isEnabled()
        pressed = bool(state & QStyle.StateFlag.State_Sunken)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = self._frame(painter, hovered, pressed)
        self._content(painter, ink)

    def _frame(self, painter: QPainter, hovered: bool, pressed: bool) -> str:
        """Paint background and border; returns the role of the text."""
        theme = current()
        fill, border, ink = self._roles(hovered, pressed)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(theme.role(border), 1) if border else Qt.PenStyle.NoPen)
        painter.setBrush(theme.role(fill) if fill else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 6, 6)
        if self.hasFocus():
            inner = QRectF(self.rect()).adjusted(1, 1, -1, -1)
            on_accent = self._look == "primary" and self.isEnabled()
            painter.setPen(QPen(theme.role("accent.text" if on_accent else "accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(inner, 5, 5)
            if on_accent:
                painter.setPen(QPen(theme.role("accent.on"), 1))
                painter.drawRoundedRect(inner.adjusted(1.5, 1.5, -1.5, -1.5), 4, 4)
        return ink

    def _roles(self, hovered: bool, pressed: bool) -> tuple[str, str, str]:
        if not self.isEnabled():
            return (
                ("", "", "text.faint") if self._look == "quiet" else ("alt", "line", "text.faint")
            )
        if self._look == "primary":
            fill = "accent.hover" if hovered or pressed else "accent"
            return fill, fill, "accent.on"
        if self._look == "tip":
            return "", "tip.muted", "tip.text"
        fill = "accent.soft" if pressed or self.isChecked() else "hover" if hovered else ""
        if self._look == "quiet":
            return fill, "", "text" if self.text() else "text.muted"
        return fill or "surface", "line.strong", "danger" if self._look == "danger" else "text"

    def _content(self, painter: QPainter, ink: str) -> None:
        theme = current()
        cap = self._shown_cap()
        metrics = QFontMetrics(self.font())
        words = metrics.horizontalAdvance(self._words())
        widths = [16 if self._glyph else 0, words, cap_width(cap) if cap else 0]
        total = sum(widths) + GAP * (sum(1 for w in widths if w) - 1)
        x = (self.width() - total) // 2
        middle = self.height() // 2
        parts = [("text", words), ("icon", widths[0])]
        if not self._after:
            parts.reverse()
        for part, width in parts:
            if not width:
                continue
            if part == "icon":
                theme.icons.paint(painter, QRect(x, middle - 8, 16, 16), self._glyph, ink)
            else:
                painter.setFont(self.font())
                painter.setPen(theme.role(ink))
                painter.drawText(
                    QRect(x, 0, width + 2, self.height()),
                    int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft),
                    self.text(),
                )
            x += width + GAP
        if cap:
            on_accent = self._look == "primary" and self.isEnabled()
            paint_cap(painter, x, middle, cap, on_accent=on_accent, tip=self._look == "tip")


def icon_button(action: QAction, glyph: str, *, height: int = 28) -> Button:
    """A quiet button with a glyph only; its name and key are in the tooltip."""
    made = Button("", "quiet", glyph, cap=False, height=height)
    made.setText("")
    made._action = action
    made.setEnabled(action.isEnabled())
    action.changed.connect(made._sync)
    made.clicked.connect(action.trigger)
    made._tip()
    return made
