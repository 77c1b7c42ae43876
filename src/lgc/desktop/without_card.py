"""Above every page of a day that the recovery key opened: nothing leaves without the card."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from lgc.desktop import text
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.notice import Notice
from lgc.services.ports import Clock

LOOK_MS = 15_000
SAID = f"Sans carte{text.NB}: rien ne part"
ADVICE = text.french(
    "Vous lisez et écrivez ici jusqu’à minuit ; les envois attendent votre carte. "
    "Tout est inscrit au journal « sans carte »."
)


class WithoutCardBand(QWidget):
    """``card_asked``: the doctor has the card now; the door takes its PIN."""

    card_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.notice = Notice("warn", SAID, ADVICE)
        self.take_card = Button("J’ai ma carte…", "plain", "ri.bank-card-line", height=32)
        self.take_card.clicked.connect(self.card_asked)
        self.notice.add_right(self.take_card)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 0)
        row.addWidget(self.notice)
        self.hide()


class DayWithoutCard(QObject):
    """Calls ``over`` once the day in which the recovery key opened is not today any more.

    The day is the practice's, by its ``clock``; looked at again and again, because a timer does
    not count while the computer sleeps.
    """

    def __init__(self, parent: QObject, over: Callable[[], None]) -> None:
        super().__init__(parent)
        self.clock: Clock | None = None
        self._over = over
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)

    def begin(self, without_card: bool) -> None:
        """A session opens (True: without its card), or is locked (False)."""
        self._timer.stop()
        if without_card and self.clock is not None:
            self._day = self.clock.now().date()
            self._timer.start()

    def look(self) -> None:
        clock = self.clock if self._timer.isActive() else None
        if clock is not None and clock.now().date() != self._day:
            self._timer.stop()
            self._over()
