"""« Message illisible »: why, three acts, what was read and what is kept."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from lgc.desktop import clipboard, text
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.chips import Chip
from lgc.desktop.components.flow import FlowLayout
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import ElidedLabel, Glyph, label
from lgc.desktop.components.tips import set_tip
from lgc.desktop.mailbox import unreadable_words
from lgc.desktop.mailbox.unreadable_words import Fact
from lgc.domain.messages import Message
from lgc.services.views import KeptWhole

NAMES_WIDTH, HEAD, ROW, GAP = 140, 64, 20, 4


class UnreadablePanel(QFrame):
    """The acts are signals; ``keys`` work beside the list too, while the panel is shown."""

    again_asked = Signal()
    export_asked = Signal()
    reread_asked = Signal()
    assign_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("unreadable")
        self._sentence = label("", "strong", "danger", wrap=True)
        self._why = label("", "base", wrap=True, selectable=True)
        ask = action(self, "Demander un nouvel envoi", self.again_asked.emit, "Alt+N")
        export = action(
            self, "Exporter l’original", self.export_asked.emit, "Ctrl+Shift+S", hint="Exporter"
        )
        reread = action(self, "Relire", self.reread_asked.emit, "Alt+E", help="Relire le message")
        assign = action(
            self, "Assigner", self.assign_asked.emit, "Alt+I", help="Assigner le message"
        )
        self.keys = (ask, export, reread, assign)
        # The keys of these are in their tips and in the list of keys: caps would not fit.
        self.ask = Button("", "primary", "ri.reply-line", action=ask, cap=False)
        self.export = Button("", "plain", "ri.download-2-line", action=export, cap=False)
        self.reread = Button("", "quiet", "ri.refresh-line", action=reread, cap=False)
        self.assign = Button("", "plain", "ri.user-add-line", action=assign)
        self.facts = QGridLayout()
        self._facts: tuple[Fact, ...] = ()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._banner())
        self._kept = self._table()
        whole.addWidget(self._kept)

    def show_message(self, message: Message, kept: KeptWhole) -> None:
        unreadable = message.unreadable
        if unreadable is None:
            return
        self._sentence.setText(text.french(unreadable.words.sentence))
        self._why.setText(text.french(unreadable_words.why(unreadable)))
        self.keys[0].setEnabled(bool(message.sender_address))
        set_tip(self.ask, "" if message.sender_address else "L’expéditeur n’a pas pu être lu")
        self.setAccessibleName(f"Message illisible : {self._sentence.text()}")
        shown = tuple(unreadable_words.facts(message, kept))
        if shown != self._facts:
            self._facts = shown
            # Twenty parts that come into view one by one lay the window out twenty times.
            self._kept.hide()
            self._fill(kept.digest)
            self._kept.show()

    def words(self) -> list[tuple[str, str]]:
        """(name, words) of each line shown."""
        return [(fact.name, fact.words) for fact in self._facts]

    def _banner(self) -> QFrame:
        banner = QFrame()
        banner.setObjectName("unreadableBanner")
        acts = FlowLayout(spacing=8)
        for button in (self.ask, self.export, self.reread):
            acts.addWidget(button)
        words = QVBoxLayout()
        words.setSpacing(3)
        words.addWidget(self._sentence)
        words.addWidget(self._why)
        words.addSpacing(7)
        words.addLayout(acts)
        row = QHBoxLayout(banner)
        row.setContentsMargins(17, 12, 16, 13)
        row.setSpacing(12)
        row.addWidget(Glyph("ri.error-warning-fill", "danger", 20), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        return banner

    def _table(self) -> QWidget:
        table = QFrame()
        table.setObjectName("unreadableFacts")
        self.facts.setHorizontalSpacing(10)
        self.facts.setVerticalSpacing(GAP)
        self.facts.setColumnStretch(2, 1)
        self.facts.setColumnMinimumWidth(1, NAMES_WIDTH)
        column = QVBoxLayout(table)
        column.setContentsMargins(20, 12, 16, 14)
        column.setSpacing(10)
        head = QHBoxLayout()
        head.addWidget(label("Ce qui est gardé, ce qui est lu", "small-strong"), 1)
        head.addWidget(self.assign)
        column.addLayout(head)
        column.addLayout(self.facts)
        return table

    def _fill(self, digest: str) -> None:
        while (item := self.facts.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for row, fact in enumerate(self._facts):
            name = ElidedLabel(fact.name, "medium", mode=Qt.TextElideMode.ElideMiddle)
            name.setMaximumWidth(NAMES_WIDTH)
            words = ElidedLabel(text.french(fact.words), "base", "text.muted")
            self.facts.setRowMinimumHeight(row, ROW)
            self.facts.addWidget(Glyph(*fact.sign), row, 0)
            self.facts.addWidget(name, row, 1)
            self.facts.addWidget(words, row, 2, 1, 1 if fact.chip else 2)
            if fact.chip:
                chip = Chip(fact.chip, "text.muted", small=True)
                set_tip(chip, f"Empreinte SHA-256 : {digest}")
                self.facts.addWidget(chip, row, 3)
        # On a low screen it is the text of the message, which scrolls, that gives way.
        self._kept.setMinimumHeight(HEAD + len(self._facts) * (ROW + GAP))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._enable(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._enable(False)

    def _enable(self, enabled: bool) -> None:
        for key in self.keys[1:]:
            key.setEnabled(enabled)
        if not enabled:
            self.keys[0].setEnabled(False)


class Details(QFrame):
    """« Détails, pour l’assistance », folded until it is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("attachment")
        self._words = label("", "small", "text.muted", wrap=True, selectable=True)
        self._words.hide()
        self.fold = Button("Détails, pour l’assistance", "quiet", "ri.arrow-right-s-line")
        self.fold.clicked.connect(lambda checked=False: self._toggle())
        copy = Button("", "quiet", "ri.file-copy-line", height=24)
        copy.setAccessibleName("Copier les détails")
        copy.clicked.connect(lambda checked=False: clipboard.copy(self._words.text()))
        head = QHBoxLayout()
        head.addWidget(self.fold)
        head.addStretch(1)
        head.addWidget(copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 4, 8, 6)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(self._words)

    def show_words(self, words: str) -> None:
        self._words.setText(words)
        self.setVisible(bool(words))

    def _toggle(self) -> None:
        shown = self._words.isHidden()
        self._words.setVisible(shown)
        self.fold.set_glyph("ri.arrow-down-s-line" if shown else "ri.arrow-right-s-line")
