"""« Cartes admises »: whose card opens the practice, since when, and how one is withdrawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from lgc.desktop import text
from lgc.desktop.access.parts import NOTED, RecoveryCode
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.cover import Dialog
from lgc.desktop.components.fields import PinField
from lgc.desktop.components.form import Faults, Form
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import label, rule
from lgc.desktop.components.panel import Panel
from lgc.desktop.main_window import MainWindow
from lgc.desktop.tasks import Tasks
from lgc.domain.admission import AdmittedCard
from lgc.domain.card import CardGone
from lgc.services.admitted_cards import AdmittedCards
from lgc.services.desk import Desk

TITLE = "Cartes admises"
UNKNOWN = "Carte admise auparavant"
NO_CARD = "Insérez votre carte pour les voir."
ASKED = (
    "Cette carte n’ouvrira plus le cabinet, même avec un ancien fichier de clés : la clé change."
)
HONEST = (
    "Une sauvegarde plus ancienne garde ses propres clés et s’ouvre encore avec elle : si la carte "
    "est perdue ou volée, gardez ces copies en lieu sûr."
)
RENEW = "Nouvelle clé de secours du cabinet"
RENEWED = (
    "L’ancienne clé n’ouvrira plus le cabinet. Les sauvegardes faites jusqu’ici gardent leurs "
    "propres clés : conservez l’ancienne clé avec elles."
)
TO_NOTE = (
    "Elle n’est montrée qu’une fois. Cochez une fois notée ; sinon une autre sera faite à la "
    "prochaine ouverture, et celle-ci ne servira plus."
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


class RenewDialog(Dialog):
    """The PIN again, then the new recovery key until it is noted.

    ``refused`` carries what the card or the disk said.
    """

    refused = Signal(object)

    def __init__(self, parent: QWidget, cards: AdmittedCards, tasks: Tasks) -> None:
        super().__init__(parent, RENEW, glyph="ri.key-2-line")
        self.setObjectName("renewDialog")
        self._cards, self._tasks = cards, tasks
        self.said = label(text.french(RENEWED), wrap=True)
        self.pin = PinField()
        self.pin.textChanged.connect(self._enable)
        self.form = Form(self)
        self.pin_name = self.form.caption(
            "Code porteur de votre carte", self.pin, required=True, type_role="medium"
        )
        self.pin_wrong = self.form.said(self.pin)
        self.code = RecoveryCode()
        self.code.confirmed.connect(self._enable)
        self.code.hide()
        self.form.name(self.code.box, NOTED, required=True)
        for part in (self.said, self.pin_name, self.pin, self.pin_wrong, self.code,
                     self.form.said(self.code.box)):  # fmt: skip
            self.body.addWidget(part)
        self.leave = self.add_cancel()
        self.go = action(self, RENEW, self._go, "Ctrl+Return")
        self.add_button(Button(action=self.go, look="primary", height=32))
        self.pin.returnPressed.connect(self._go)
        self._enable()

    def _go(self) -> None:
        if not self.go.isEnabled() or self.form.stops(self._faults()):
            return
        self.go.setEnabled(False)
        if self.code.isHidden():
            renew = partial(self._cards.renew, self.pin.take())
            self._tasks.run(renew, owner=self, done=self._show, failed=self._refused)
        else:
            self._tasks.run(self._cards.confirm, owner=self, done=self._noted, failed=self._refused)

    def _show(self, code: str) -> None:
        self.code.set(code)
        self.said.setText(text.french(TO_NOTE))
        for part in (self.pin, self.pin_name):
            part.hide()
        self.code.show()
        self.go.setText("C’est noté")
        self.code.copy.setFocus()
        self._enable()

    def _noted(self, nothing: None) -> None:
        self.code.forget()
        self.dismiss()

    def _refused(self, error: Exception) -> None:
        self.code.forget()
        self.dismiss()
        self.refused.emit(error)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        # A lock before it was noted: the door makes another one, this one is worth nothing.
        locked = event.type() is QEvent.Type.EnabledChange and not self.isEnabled()
        if locked and not self.code.isHidden():
            self.code.forget()
            QTimer.singleShot(0, self, self.dismiss)

    def _faults(self) -> Faults:
        if not self.code.isHidden():
            noted = self.code.box.isChecked()
            return () if noted else ((self.code.box, "Notez la clé, puis cochez cette case."),)
        if self.pin.complete:
            return ()
        return ((self.pin, "Le code porteur a quatre chiffres."),)

    def _enable(self) -> None:
        self.go.setEnabled(True)
        self.form.again(self._faults())


class CardsPanel(Panel):
    """Read when the page is shown."""

    def __init__(self, window: MainWindow, desk: Desk) -> None:
        super().__init__(
            TITLE, hint="avec la clé de secours du cabinet, elles seules ouvrent le cabinet"
        )
        self._window, self._desk = window, desk
        self.withdrawing: dict[str, Button] = {}
        self._list = QWidget()
        self._rows = QVBoxLayout(self._list)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(0)
        self.add(self._list)
        self.renew = Button(f"{RENEW}…", "plain", "ri.key-2-line", height=32)
        self.renew.clicked.connect(self.ask_renewal)
        foot = QWidget()
        row = QHBoxLayout(foot)
        row.setContentsMargins(14, 8, 14, 8)
        row.addWidget(self.renew)
        row.addStretch(1)
        self.empty = label(NO_CARD, "small", "text.muted")
        self.empty.setContentsMargins(14, 8, 14, 8)
        self.add(self.empty)
        self.add(foot)

    def words(self) -> str:
        """What a search looks through."""
        return f"{TITLE} carte CPS retirer {RENEW} du cabinet"

    def refresh(self) -> None:
        self._window.tasks.run(
            self._desk.cards.all, owner=self, done=self._show, failed=self._missing
        )

    def ask(self, card: AdmittedCard) -> None:
        """Nothing is withdrawn before the doctor agreed."""
        WithdrawDialog(self._window, card, partial(self._withdraw, card)).open()

    def ask_renewal(self) -> None:
        """A new recovery key, behind the PIN."""
        dialog = RenewDialog(self._window, self._desk.cards, self._window.tasks)
        dialog.refused.connect(self._refused)
        dialog.open(dialog.pin)

    def _refused(self, error: Exception) -> None:
        self._window.messages.show(error, self)
        if not self._desk.connection.plugged:
            # The PIN was refused, or the card left: its session is closed, the door takes over.
            self._window.lock_asked.emit()

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
            self._window.messages.show(error, self)

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
        self.renew.setEnabled(bool(cards))

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
