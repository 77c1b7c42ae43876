"""One delivery: its verdict, its steps with their times, its receipt, its acts."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout

from lgc.desktop import clipboard, text
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.chips import Chip
from lgc.desktop.components.flow import FlowLayout
from lgc.desktop.components.labels import Glyph, Spinner, label, retone
from lgc.desktop.components.tips import set_tip
from lgc.desktop.queue.words import Act, actions_of, advice, details, title_of
from lgc.desktop.theme import font
from lgc.desktop.theme.glyphs import CHANNEL, sending
from lgc.domain.deliveries import DeliveryState
from lgc.services.views import DeliveryView

MOST_ACTS = 3


class Reference(QLineEdit):
    """A receipt's identifier on one line: selected and copied whole however long it is."""

    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setFrame(False)
        self.setObjectName("reference")
        self.setProperty("bare", True)
        self.setFont(font("base"))
        self.setAccessibleName("Accusé")
        self.setMinimumWidth(60)

    def show_reference(self, reference: str) -> None:
        self.setText(reference)
        set_tip(self, reference)
        self.setCursorPosition(0)
        self.setVisible(bool(reference))


class Details(QFrame):
    """What the other side said in its own words, folded until asked for; copied with one click."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("details")
        self.button = Button("Détails", "quiet", "ri.arrow-down-s-line", height=26)
        self.button.setCheckable(True)
        self.button.toggled.connect(self.setVisible)
        self.words = label("", "small", "text.muted", wrap=True, selectable=True)
        copy = Button("", "quiet", "ri.file-copy-line", cap=False, height=24)
        copy.setAccessibleName("Copier les détails")
        set_tip(copy, "Copier les détails")
        copy.clicked.connect(lambda: clipboard.copy(self.words.text()))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.words, 1)
        row.addWidget(copy, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def show_words(self, words: str) -> None:
        """Other words fold again; without any there is nothing to unfold."""
        if words != self.words.text():
            self.button.setChecked(False)
        self.words.setText(words)
        self.button.setVisible(bool(words))


class DeliveryCard(QFrame):
    """``acted`` carries (DeliveryView, name of the act)."""

    acted = Signal(object, str)

    def __init__(self, delivery_id: str) -> None:
        super().__init__()
        self.setObjectName("card")
        self.delivery_id = delivery_id
        self._delivery: DeliveryView | None = None
        self._glyph = Glyph("ri.mail-lock-line", "text.muted", 18)
        self._title = label("", "strong")
        self._spinner = Spinner(size=16)
        self._verdict = Chip("", small=True)
        self._steps = QGridLayout()
        self._steps.setHorizontalSpacing(10)
        self._steps.setVerticalSpacing(3)
        self._steps.setColumnStretch(1, 1)
        self._reason = label("", "medium", "warn", wrap=True, selectable=True)
        self._advice = label("", "small", "text.muted", wrap=True)
        self._reference = Reference()
        self._reference_word = label("Accusé", "base", "text.muted")
        self.buttons = [Button("", "plain", height=26) for _ in range(MOST_ACTS)]
        for place, button in enumerate(self.buttons):
            button.clicked.connect(partial(self._act, place))
        self.details = Details()
        head = QHBoxLayout()
        head.setSpacing(8)
        for part in (self._glyph, self._title):
            head.addWidget(part)
        head.addStretch(1)
        head.addWidget(self._spinner)
        head.addWidget(self._verdict)
        receipt = QHBoxLayout()
        receipt.setSpacing(6)
        receipt.addWidget(self._reference_word)
        receipt.addWidget(self._reference, 1)
        foot = FlowLayout(spacing=8)
        for button in (*self.buttons, self.details.button):
            foot.addWidget(button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(14, 11, 12, 12)
        whole.setSpacing(7)
        whole.addLayout(head)
        whole.addLayout(self._steps)
        whole.addLayout(receipt)
        for part in (self._reason, self._advice):
            whole.addWidget(part)
        whole.addLayout(foot)
        whole.addWidget(self.details)

    def show_delivery(self, delivery: DeliveryView) -> None:
        """Paint a delivery; the same one again moves only what changed."""
        if delivery == self._delivery:
            return
        self._delivery = delivery
        state = delivery.state
        self._glyph.set(CHANNEL[delivery.channel].glyph, "text")
        self._title.setText(title_of(delivery))
        sign = sending(state, delivery.fate)
        tone = "text.muted" if sign.role == "text.faint" else sign.role
        self._verdict.set(delivery.words, tone, sign.glyph)
        self._spinner.setVisible(state is DeliveryState.SENDING)
        self._show_steps(delivery)
        self._reference.show_reference(delivery.reference)
        self._reference_word.setVisible(bool(delivery.reference))
        late = tone == "warn"
        retone(self._reason, "warn" if late else "text.muted")
        self._set(self._reason, text.capital(text.french(delivery.reason)))
        self._set(self._advice, text.french(advice(delivery)))
        self.details.show_words(details(delivery))
        self._offer(actions_of(delivery))
        self.setAccessibleName(f"{title_of(delivery)} : {delivery.words}")

    def _show_steps(self, delivery: DeliveryView) -> None:
        while self._steps.count():
            item = self._steps.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        # The receipt has its own line below, to be selected whole.
        steps = [s for s in delivery.steps if not _tells(s[1], delivery.reference)]
        for row, (at, words) in enumerate(steps):
            when = label(text.clock(text.local(at)), "base", "text.muted")
            self._steps.addWidget(when, row, 0, Qt.AlignmentFlag.AlignTop)
            said = label(text.french(words), "base", wrap=True, selectable=True)
            self._steps.addWidget(said, row, 1)

    def _set(self, part: QLabel, words: str) -> None:
        part.setText(words)
        part.setVisible(bool(words))

    def _offer(self, acts: tuple[Act, ...]) -> None:
        for place, button in enumerate(self.buttons):
            button.setVisible(place < len(acts))
            if place < len(acts):
                button.setText(acts[place].word)
                button.set_glyph(acts[place].glyph)
                set_tip(button, text.french(acts[place].tip))

    def _act(self, place: int) -> None:
        if self._delivery is not None:
            acts = actions_of(self._delivery)
            if place < len(acts):
                self.acted.emit(self._delivery, acts[place].name)


def _tells(words: str, reference: str) -> bool:
    return bool(reference) and reference.strip("<>") in words
