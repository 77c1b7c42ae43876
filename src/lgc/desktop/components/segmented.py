"""A choice of one among few, side by side."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from lgc.desktop.theme import current, font, restyle

SIDE = 9


class Segment(QToolButton):
    """One choice, wide enough for its word in semibold: being chosen moves nothing."""

    def sizeHint(self) -> QSize:
        words = QFontMetrics(font("small-strong")).horizontalAdvance(self.text())
        icon = 20 if not self.icon().isNull() else 0
        return QSize(words + icon + 2 * SIDE + 2, self.height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()


class Segmented(QWidget):
    """``choices`` are (key, word) or (key, word, glyph); ``changed`` carries the key."""

    changed = Signal(str)

    def __init__(self, choices: Sequence[tuple[str, ...]], *, name: str, height: int = 24) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, Segment] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for number, choice in enumerate(choices):
            button = self._button(choice, height)
            place = "first" if number == 0 else "last" if number == len(choices) - 1 else "inner"
            button.setProperty("segment", place)
            self._group.addButton(button)
            row.addWidget(button)
        first = choices[0][0]
        self._buttons[first].setChecked(True)

    def value(self) -> str:
        return next(key for key, button in self._buttons.items() if button.isChecked())

    def choose(self, key: str) -> None:
        """Raises KeyError for an unknown key."""
        if not self._buttons[key].isChecked():
            self._buttons[key].setChecked(True)
            self.changed.emit(key)

    def show_only(self, keys: Collection[str]) -> None:
        """Leave the other choices out; the ends of what is left keep their round corners."""
        shown = [key for key in self._buttons if key in keys]
        if shown == [key for key, button in self._buttons.items() if not button.isHidden()]:
            return
        for key, button in self._buttons.items():
            button.setVisible(key in shown)
            if key in shown:
                ends = {shown[-1]: "last", shown[0]: "first"} if len(shown) > 1 else {key: "only"}
                restyle(button, segment=ends.get(key, "inner"))

    def typed_words(self) -> str:
        return self.value()

    def type_again(self, words: str) -> None:
        if words in self._buttons:
            self.choose(words)

    def on_typed(self, call: Callable[[], object]) -> None:
        self.changed.connect(lambda key: call())

    def button(self, key: str) -> Segment:
        return self._buttons[key]

    def _button(self, choice: tuple[str, ...], height: int) -> Segment:
        button = Segment()
        button.setText(choice[1])
        button.setAccessibleName(choice[1])
        button.setCheckable(True)
        button.setFixedHeight(height)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        if len(choice) > 2:
            current().dress(button, choice[2], "text.muted", 14)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.clicked.connect(lambda checked=False: self.changed.emit(choice[0]))
        self._buttons[choice[0]] = button
        return button
