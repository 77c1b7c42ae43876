"""Choices of the sharing dialog: large cards for the channel, plain radios with a glyph."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from lgc.desktop.components.tips import set_tip
from lgc.desktop.theme import current, font


@dataclass(frozen=True, slots=True)
class Option:
    """One answer; ``detail`` is a second line (cards only)."""

    key: str
    words: str
    glyph: str
    detail: str = ""


class OptionButton(QAbstractButton):
    """A radio drawn as a card when it has a detail, as a line otherwise."""

    def __init__(self, option: Option) -> None:
        super().__init__()
        self._option = option
        self._by_keyboard = False
        self.setObjectName(f"option-{option.key}")
        self.setText(option.words)
        self.setAccessibleName(f"{option.words} {option.detail}".strip())
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        card = bool(option.detail)
        self.setFixedHeight(56 if card else 26)
        across = QSizePolicy.Policy.Expanding if card else QSizePolicy.Policy.Fixed
        self.setSizePolicy(across, QSizePolicy.Policy.Fixed)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        by_hand = (Qt.FocusReason.MouseFocusReason, Qt.FocusReason.OtherFocusReason)
        self._by_keyboard = event.reason() not in by_hand

    def sizeHint(self) -> QSize:
        width = QFontMetrics(font("strong")).horizontalAdvance(self.text())
        return QSize(width + (96 if self._option.detail else 58), self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._option.detail:
            self._card(painter)
        elif self.hasFocus() and self._by_keyboard:
            painter.setPen(QPen(current().role("accent"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        left = 12 if self._option.detail else 4
        middle = 18 if self._option.detail else self.height() // 2
        self._radio(painter, left + 8, middle)
        tone = "text" if self.isEnabled() else "text.faint"
        icon = QRect(left + 26, middle - 9, 18, 18)
        current().icons.paint(painter, icon, self._option.glyph, tone)
        words = QRect(left + 50, middle - 10, self.width() - left - 52, 20)
        strong = bool(self._option.detail) or self.isChecked()
        self._write(painter, words, self._option.words, "strong" if strong else "base", tone)
        if self._option.detail:
            below = QRect(left + 26, middle + 11, self.width() - left - 30, 18)
            faint = "text.muted" if self.isEnabled() else "text.faint"
            self._write(painter, below, self._option.detail, "small", faint)

    def _card(self, painter: QPainter) -> None:
        theme, checked = current(), self.isChecked()
        thick = checked
        painter.setPen(QPen(theme.role("accent" if thick else "line.strong"), 2 if thick else 1))
        fill = "accent.soft" if checked else "surface" if self.isEnabled() else "alt"
        painter.setBrush(theme.role(fill))
        inside = 1.0 if thick else 0.5
        box = QRectF(self.rect()).adjusted(inside, inside, -inside, -inside)
        painter.drawRoundedRect(box, 6, 6)
        if self.hasFocus() and self._by_keyboard:
            # Inside, so that the focus is never taken for the choice.
            painter.setPen(QPen(theme.role("accent.text"), 1, Qt.PenStyle.DashLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(3, 3, -3, -3), 4, 4)

    def _radio(self, painter: QPainter, x: int, y: int) -> None:
        theme, checked = current(), self.isChecked()
        role = "accent" if checked else "control" if self.isEnabled() else "line.strong"
        painter.setPen(QPen(theme.role(role), 5 if checked else 1.5))
        painter.setBrush(theme.role("surface"))
        radius = 5.5 if checked else 7.5
        painter.drawEllipse(QRectF(x - radius, y - radius, 2 * radius, 2 * radius))

    def _write(self, painter: QPainter, box: QRect, words: str, role: str, tone: str) -> None:
        chosen = font(role)
        painter.setFont(chosen)
        painter.setPen(current().role(tone))
        shown = QFontMetrics(chosen).elidedText(words, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), shown)


class Options(QWidget):
    """One of several; arrows move the choice."""

    changed = Signal(str)

    def __init__(self, options: Sequence[Option], name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._buttons = {option.key: OptionButton(option) for option in options}
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        cards = any(option.detail for option in options)
        row.setSpacing(8 if cards else 18)
        for key, button in self._buttons.items():
            self._group.addButton(button)
            button.toggled.connect(lambda on, key=key: self.changed.emit(key) if on else None)
            row.addWidget(button)
        if not cards:
            row.addStretch(1)

    @property
    def value(self) -> str:
        return next((key for key, b in self._buttons.items() if b.isChecked()), "")

    def choose(self, key: str) -> None:
        """Raises KeyError for an unknown key."""
        self._buttons[key].setChecked(True)

    def focus_chosen(self) -> None:
        """Put the focus on the answer in force."""
        chosen = self._buttons.get(self.value)
        if chosen is not None:
            chosen.setFocus(Qt.FocusReason.OtherFocusReason)

    def allows(self, key: str) -> bool:
        """Whether it may be chosen."""
        return self._buttons[key].isEnabledTo(self)

    def typed_words(self) -> str:
        return self.value

    def type_again(self, words: str) -> None:
        """What is forbidden now is not chosen again."""
        if words in self._buttons and self.allows(words):
            self.choose(words)

    def on_typed(self, call: Callable[[], object]) -> None:
        self.changed.connect(lambda key: call())

    def forbid(self, key: str, why: str) -> None:
        """Disable one, the reason in its tooltip; an empty reason allows it again."""
        self._buttons[key].setEnabled(not why)
        set_tip(self._buttons[key], why)
