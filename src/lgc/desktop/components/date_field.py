"""One date entry for the whole product: typed as people type, understood whole or not at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QDate, QPoint, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QCalendarWidget, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from lgc.desktop.components.buttons import Button
from lgc.desktop.components.labels import label, retone
from lgc.desktop.components.pickers import GLYPH, HEIGHT, glyph_at_the_right
from lgc.desktop.components.tips import set_tip
from lgc.domain.typed_dates import DateUse, ReadDate, read_date

WIDTH, BARE = 134, 100  # with the glyph of its calendar, and without
GAP = 8
STEPS = {
    Qt.Key.Key_Up: (1, 0),
    Qt.Key.Key_Down: (-1, 0),
    Qt.Key.Key_PageUp: (0, 1),
    Qt.Key.Key_PageDown: (0, -1),
}
"""Days and months that a key adds."""


class DateField(QWidget):
    """Empty until something is typed. ``day()`` is None unless the whole text says one date.

    ``use`` gives the bounds for a day (``domain.typed_dates``), ``say`` what stands beside a date
    that was understood (an age, a weekday). The arrows and Page keys move a date that is there;
    Alt+↓ or the glyph opens a calendar; a ``bare`` field has no glyph. ``changed`` comes at each
    key.
    """

    changed = Signal()

    def __init__(
        self,
        name: str,
        use: Callable[[dt.date], DateUse],
        today: Callable[[], dt.date],
        say: Callable[[dt.date], str] | None = None,
        *,
        height: int = HEIGHT,
        bare: bool = False,
    ) -> None:
        super().__init__()
        self._use, self._today, self._say = use, today, say
        self._read = ReadDate()
        self.line = _Line(height, bare)
        self.line.setAccessibleName(name)
        self.line.textChanged.connect(self._typed)
        self.line.editingFinished.connect(self._settle)
        self.line.moved.connect(self._move)
        self.line.calendar_asked.connect(self._open_calendar)
        self.setFocusProxy(self.line)
        self.said = label("", "small", "text.muted")
        self._choices = QHBoxLayout()
        self._choices.setSpacing(GAP)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        row.addWidget(self.line)
        row.addLayout(self._choices)
        row.addWidget(self.said)
        if say is None:  # no room beside it: the tip says what is wrong
            self.said.hide()

    def day(self) -> dt.date | None:
        """The date that the text says, None as long as it says none."""
        return self._read.day

    def problem(self) -> str:
        """Why a text is no date, in French; empty when it is one, or when nothing is typed."""
        if self._read.choices:
            return f"{_either(self._read.choices)} ?"
        return self._read.problem

    def set_day(self, day: dt.date | None) -> None:
        """Show a date, or nothing. One that was stored is kept, whatever the bounds."""
        self.line.setText(_french(day) if day else "")
        self.line.setCursorPosition(0)
        self._read = ReadDate(day)
        self._tell(self._beside(), "text.muted")

    # --- what was typed stays (``typed.Keeps``) ------------------------------------------------

    def typed_words(self) -> str:
        return self.line.text()

    def type_again(self, words: str) -> None:
        self.line.setText(words)
        self._settle()

    def on_typed(self, call: Callable[[], object]) -> None:
        self.changed.connect(call)

    # --- following ----------------------------------------------------------------------------

    def _typed(self) -> None:
        self._read = read_date(self.line.text(), self._use(self._today()), self._today())
        self._offer()
        self._tell(self._beside(), "text.muted")
        self.changed.emit()

    def _beside(self) -> str:
        day = self._read.day
        if day is None or self._say is None:
            return ""
        return " · ".join(one for one in (self._say(day), self._read.note) if one)

    def _settle(self) -> None:
        """The typing is over: a date takes its form, what is none says why."""
        if self._read.day is not None:
            note = self._read.note
            if self.line.text() != _french(self._read.day):
                self.line.setText(_french(self._read.day))
            if note:  # the written date says the day that the rule put; it stays said
                self._read = ReadDate(self._read.day, note=note)
                self._tell(self._beside(), "text.muted")
        elif not self._read.choices:
            self._tell(self.problem(), "danger")

    def _tell(self, words: str, tone: str) -> None:
        self.said.setText(words)
        retone(self.said, tone)
        set_tip(self.line, self.problem())

    def _offer(self) -> None:
        """A button for each century that is possible."""
        while (item := self._choices.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for day in self._read.choices:
            words = f"{day:%Y}" if _same_day(self._read.choices) else _french(day)
            choice = Button(words, height=self.line.height())
            choice.setAccessibleName(f"{self.line.accessibleName()} : {_french(day)}")
            choice.clicked.connect(partial(self._choose, day))
            self._choices.addWidget(choice)

    def _choose(self, day: dt.date) -> None:
        self.line.setText(_french(day))
        self.line.setFocus()

    def _move(self, days: int, months: int) -> None:
        if (day := self._read.day) is None:
            return
        use = self._use(self._today())
        moved = QDate(day.year, day.month, day.day).addDays(days).addMonths(months)
        self.line.setText(_french(min(max(_python(moved), use.first), use.last)))

    # --- the calendar -------------------------------------------------------------------------

    def _open_calendar(self) -> None:
        popup = QWidget(self, Qt.WindowType.Popup)
        popup.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        column = QVBoxLayout(popup)
        column.setContentsMargins(1, 1, 1, 1)
        calendar = QCalendarWidget()
        calendar.setVerticalHeaderFormat(calendar.VerticalHeaderFormat.NoVerticalHeader)
        calendar.setGridVisible(False)
        use = self._use(self._today())
        calendar.setDateRange(_qt(use.first), _qt(use.last))
        calendar.setSelectedDate(_qt(self._read.day or self._today()))
        calendar.clicked.connect(partial(self._pick, popup))
        calendar.activated.connect(partial(self._pick, popup))
        column.addWidget(calendar)
        popup.move(self.line.mapToGlobal(QPoint(0, self.line.height() + 2)))
        popup.show()
        calendar.setFocus()

    def _pick(self, popup: QWidget, day: QDate) -> None:
        popup.close()
        self._choose(_python(day))


class _Line(QLineEdit):
    """The text itself; ``moved`` carries the days and months of a key."""

    KEYS = (
        ("Up", "Un jour plus tard"),
        ("Down", "Un jour plus tôt"),
        ("PgUp", "Un mois plus tard"),
        ("PgDown", "Un mois plus tôt"),
        ("Alt+Down", "Ouvrir le calendrier"),
    )

    moved = Signal(int, int)
    calendar_asked = Signal()

    def __init__(self, height: int, bare: bool) -> None:
        super().__init__()
        self._bare = bare
        self.setFixedSize(BARE if bare else WIDTH, height)
        self.setMaxLength(40)
        self.setTextMargins(0, 0, 0 if bare else GLYPH + GAP, 0)
        self.setPlaceholderText("jj/mm/aaaa")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if alt and event.key() == Qt.Key.Key_Down:
            self.calendar_asked.emit()
        elif not event.modifiers() and event.key() in STEPS:
            self.moved.emit(*STEPS[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._at_glyph(event):
            self.calendar_asked.emit()
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        shapes = Qt.CursorShape
        shape = shapes.PointingHandCursor if self._at_glyph(event) else shapes.IBeamCursor
        self.setCursor(shape)
        super().mouseMoveEvent(event)

    def _at_glyph(self, event: QMouseEvent) -> bool:
        return not self._bare and event.position().x() >= self.width() - GLYPH - GAP * 2

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.selectAll()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._bare:
            glyph_at_the_right(self, "ri.calendar-2-line")


def _french(day: dt.date) -> str:
    return f"{day:%d/%m}/{day.year:04d}"


def _same_day(days: tuple[dt.date, ...]) -> bool:
    return len({(day.month, day.day) for day in days}) == 1


def _either(days: tuple[dt.date, ...]) -> str:
    return " ou ".join(_french(day) for day in days)


def _qt(day: dt.date) -> QDate:
    return QDate(day.year, day.month, day.day)


def _python(day: QDate) -> dt.date:
    return dt.date(day.year(), day.month(), day.day())
