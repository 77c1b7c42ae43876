"""« Cartes admises »: whose card opens the practice, since when, and how one is withdrawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from lgc.desktop import text
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.cover import Dialog
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import label, rule
from lgc.desktop.components.panel import Panel
from lgc.desktop.main_window import MainWindow
from lgc.domain.admission import AdmittedCard
from lgc.domain.card import CardGone
from lgc.services.desk import Desk

TITLE = "Cartes admises"
UNKNOWN = "Carte admise auparavant"
NO_CARD = "Insérez votre carte pour les voir."
ASKED = "Cette carte n’ouvrira plus le cabinet sur ce poste."
HONEST = (
    "Une copie ou une sauvegarde plus ancienne s’ouvre encore avec elle : si la carte est perdue "
    "ou volée, gardez ces copies en lieu sûr."
)


class WithdrawDialog(Dialog):
    """Asks before a card is withdrawn; ``withdraw`` is called once the doctor agreed."""

    def __init__(self, parent: QWidget, card: AdmittedCard, withdraw: Callable[[], None]) -> None:
        super().__init__(parent, "Retirer une carte", glyph="ri.bank-card-line")
        self.setObjectName("withdrawDialog")
        self._withdraw = withdraw
        self.body.addWidget(label(card.name or UNKNOWN, "medium"))
        self.body.addWidget(label(text.french(ASKED), wrap=True))
        self.body.addWidget(label(text.french(HONEST), "small", "text.muted", wrap=True))
        self.add_cancel()
        go = action(self, "Retirer", self._go, "Ctrl+Return")
        self.add_button(Button(action=go, look="danger", height=32))

    def _go(self) -> None:
        self.dismiss()
        self._withdraw()


class CardsPanel(Panel):
    """Read when the page is shown."""

    def __init__(self, window: MainWindow, desk: Desk) -> None:
        super().__init__(TITLE, hint="avec la clé de secours, elles seules ouvrent le cabinet")
        self._window, self._desk = window, desk
        self.withdrawing: dict[str, Button] = {}
        self._list = QWidget()
        self._rows = QVBoxLayout(self._list)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(0)
        self.add(self._list)
        self.empty = label(NO_CARD, "small", "text.muted")
        self.empty.setContentsMargins(14, 8, 14, 8)
        self.add(self.empty)

    def words(self) -> str:
        """What a search looks through."""
        return f"{TITLE} carte CPS retirer"

    def refresh(self) -> None:
        self._window.tasks.run(
            self._desk.cards.all, owner=self, done=self._show, failed=self._missing
        )

    def ask(self, card: AdmittedCard) -> None:
        """Nothing is withdrawn before the doctor agreed."""
        WithdrawDialog(self._window, card, partial(self._withdraw, card)).open()

    def _withdraw(self, card: AdmittedCard) -> None:
        self._window.tasks.run(
            partial(self._desk.cards.remove, card.fingerprint), owner=self, done=self._withdrawn
        )

    def _withdrawn(self, nothing: None) -> None:
        self._window.messages.toast("Carte retirée")
        self.refresh()

    def _missing(self, error: Exception) -> None:
        self._show(())
        if not isinstance(error, CardGone):
            self._window.messages.show(error)

    def _show(self, cards: Sequence[AdmittedCard]) -> None:
        self.withdrawing.clear()
        while (item := self._rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for number, card in enumerate(cards):
            if number:
                self._rows.addWidget(rule())
            self._rows.addWidget(self._row(card))
        self.empty.setVisible(not cards)

    def _row(self, card: AdmittedCard) -> QWidget:
        made = QWidget(self._list)
        row = QHBoxLayout(made)
        row.setContentsMargins(14, 8, 14, 8)
        row.setSpacing(12)
        said = QVBoxLayout()
        said.setSpacing(2)
        said.addWidget(label(card.name or UNKNOWN, "medium"))
        said.addWidget(label(text.french(_details(card)), "small", "text.muted", wrap=True))
        row.addLayout(said, 1)
        if not card.in_use:
            withdraw = Button("Retirer…", "quiet", "ri.delete-bin-line", height=28)
            withdraw.setAccessibleName(f"Retirer : {card.name or UNKNOWN}")
            withdraw.clicked.connect(partial(self.ask, card))
            row.addWidget(withdraw)
            self.withdrawing[card.fingerprint] = withdraw
        return made


def _details(card: AdmittedCard) -> str:
    since = (
        f"depuis le {text.date(text.local(card.since).date())}"
        if card.since is not None
        else "date non notée"
    )
    return f"{since} · carte en cours" if card.in_use else f"{since} · {card.fingerprint[:8]}"
