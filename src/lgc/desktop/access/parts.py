"""The parts of the access card: the CPS as read, the places, the recovery code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QRadioButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from lgc.desktop import clipboard, system_dialogs
from lgc.desktop.access.view import holder_lines, place_lines
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.labels import ElidedLabel, Glyph, label, rule
from lgc.desktop.leaving import COPIED, PRINTED, Leaving, left
from lgc.desktop.theme import current, font
from lgc.domain.professionals import CardHolder, PlaceOfPractice


class Chipset(QWidget):
    """The contacts of the card."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(44, 36)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.role("warn"), 1))
        painter.setBrush(theme.role("warn.soft"))
        painter.drawRoundedRect(QRectF(0.5, 0.5, 43, 35), 6, 6)
        for x1, y1, x2, y2 in (
            (15, 1, 15, 35), (29, 1, 29, 35), (1, 12, 15, 12), (1, 24, 15, 24),
            (29, 12, 43, 12), (29, 24, 43, 24),
        ):  # fmt: skip
            painter.drawLine(x1, y1, x2, y2)


class CardHead(QWidget):
    """The coloured top of the card, rounded with it."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(32)
        row = QHBoxLayout(self)
        row.setContentsMargins(15, 0, 15, 0)
        row.setSpacing(9)
        row.addWidget(Glyph("ri.bank-card-line", "accent.on", 16))
        row.addWidget(label("Carte de professionnel de santé", "strong", "accent.on"))
        row.addStretch(1)
        row.addWidget(label("CPS", "small-medium", "accent.on"))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        path = QPainterPath()
        path.addRoundedRect(QRectF(0, 0, self.width(), self.height() + 10), 7, 7)
        painter.setClipRect(self.rect())
        painter.fillPath(path, current().role("accent"))


class HolderCard(QFrame):
    """Who the card says it belongs to, before any PIN."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("altCard")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._name = ElidedLabel("", "dialog")
        self._work = ElidedLabel("", "base")
        self._number = label("", "base", "text.muted")
        self._place = ElidedLabel("", "base")
        whole = QVBoxLayout(self)
        whole.setContentsMargins(1, 1, 1, 1)
        whole.setSpacing(0)
        whole.addWidget(CardHead())
        whole.addLayout(self._person())
        self._foot = QWidget()
        foot = QVBoxLayout(self._foot)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.setSpacing(0)
        foot.addWidget(rule())
        place = QHBoxLayout()
        place.setContentsMargins(16, 10, 16, 10)
        place.setSpacing(8)
        place.addWidget(Glyph("ri.map-pin-line", "text.muted", 16))
        place.addWidget(self._place, 1)
        foot.addLayout(place)
        whole.addWidget(self._foot)

    def set(self, holder: CardHolder | None, place: PlaceOfPractice | None = None) -> None:
        self.setVisible(holder is not None)
        if holder is None:
            return
        name, work, number = holder_lines(holder)
        self._name.set_text(name)
        self._work.set_text(work)
        self._number.setText(number)
        self._foot.setVisible(place is not None)
        if place is not None:
            self._place.set_text(place_lines(place)[0])
        self.setAccessibleName(f"Carte CPS de {name}, {work}, {number}")

    def name(self) -> str:
        return self._name.whole()

    def _person(self) -> QHBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(5)
        for part in (self._name, self._work, self._number):
            words.addWidget(part)
        row = QHBoxLayout()
        row.setContentsMargins(16, 15, 16, 14)
        row.setSpacing(16)
        row.addWidget(Chipset(), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        return row


class Choice(QWidget):
    """One radio for each thing to choose from, with two lines of words."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._group = QButtonGroup(self)
        self._values: tuple[Any, ...] = ()

    def set(self, values: Sequence[Any], words: Callable[[Any], tuple[str, str]], now: int) -> None:
        """``words`` are the name and the detail of a value; ``now`` the one chosen before."""
        while self._column.count():
            item = self._column.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        self._group = QButtonGroup(self)
        self._values = tuple(values)
        for number, value in enumerate(values):
            self._column.addWidget(self._line(number, words(value), number == now))
        checked = self._group.checkedButton()
        if checked is not None:
            checked.setFocus()

    def value(self) -> Any:
        return self._values[max(self._group.checkedId(), 0)]

    def pick(self, number: int) -> None:
        button = self._group.button(number)
        if button is not None:
            button.setChecked(True)
            button.setFocus()

    def _line(self, number: int, words_of: tuple[str, str], checked: bool) -> QWidget:
        name, detail = words_of
        line = QFrame()
        line.setObjectName("altCard")
        radio = QRadioButton(name)
        radio.setFont(font("strong"))
        radio.setChecked(checked)
        radio.setAccessibleName(f"{name}, {detail}")
        self._group.addButton(radio, number)
        column = QVBoxLayout(line)
        column.setContentsMargins(14, 9, 14, 9)
        column.setSpacing(1)
        column.addWidget(radio)
        words = label(detail, "small", "text.muted")
        words.setContentsMargins(26, 0, 0, 0)
        column.addWidget(words)
        return line


KEY = Leaving("recovery key")
NOTED = "Noté : cette clé est en lieu sûr, hors de ce poste"


class RecoveryCode(QWidget):
    """The code, shown once: copy, print, and a box to tick before going on."""

    confirmed = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self._code = ""
        frame = QFrame()
        frame.setObjectName("altCard")
        self._shown = label("", "dialog", selectable=True)
        self._shown.setAlignment(Qt.AlignmentFlag.AlignCenter)
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(14, 16, 14, 16)
        inside.addWidget(self._shown)
        self.copy = Button("Copier", "plain", "ri.file-copy-line", height=32)
        self.copy.clicked.connect(self._copy)
        self.print = Button("Imprimer", "plain", "ri.printer-line", height=32)
        self.print.clicked.connect(self._print)
        buttons = QHBoxLayout()
        buttons.setSpacing(10)
        buttons.addWidget(self.copy)
        buttons.addWidget(self.print)
        buttons.addStretch(1)
        self.box = QCheckBox(NOTED)
        self.box.toggled.connect(self.confirmed)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(12)
        whole.addWidget(frame)
        whole.addLayout(buttons)
        whole.addWidget(self.box)

    def set(self, code: str) -> None:
        self._code = code
        groups = code.split("-")
        half = (len(groups) + 1) // 2
        self._shown.setText(f"{'-'.join(groups[:half])}\n{'-'.join(groups[half:])}".strip())
        self._shown.setAccessibleName(f"Clé de secours du cabinet : {code}")
        self.box.setChecked(False)

    def forget(self) -> None:
        """The code leaves the window's memory as soon as it was confirmed."""
        self.set("")
        system_dialogs.cancel_of(self)

    def _copy(self) -> None:
        clipboard.copy(self._code)
        left(COPIED, KEY)

    def _print(self) -> None:
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        system_dialogs.ask_printer(self, printer, self._print_on)

    def _print_on(self, printer: QPrinter) -> None:
        painter = QPainter(printer)
        painter.setFont(font("page"))
        unit = printer.resolution() // 6
        painter.drawText(unit * 4, unit * 6, "Clé de secours du cabinet")
        painter.drawText(unit * 4, unit * 8, self._code)
        painter.end()
        left(PRINTED, KEY)
