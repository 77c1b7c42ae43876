"""Above every page of a day that the recovery key opened: nothing leaves without the card."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from lgc.desktop import text
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.notice import Notice

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
