"""The other messages of an exchange, under the one that is read."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from lgc.desktop import text
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.labels import label
from lgc.desktop.mailbox.folder_list import place_key, place_words
from lgc.domain.messages import Folder, Message

MOST = 4
WRITTEN = (Folder.SENT, Folder.DRAFTS, Folder.OUTBOX)


class Exchange(QWidget):
    """The newest ones; a click asks for a message by (folder's key, message)."""

    asked = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("exchange")
        self._heading = label("", "small-strong", "text.muted")
        self._rows = QVBoxLayout()
        self._rows.setSpacing(2)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(2)
        whole.addWidget(self._heading)
        whole.addLayout(self._rows)

    def show_others(self, messages: Sequence[Message]) -> None:
        self.setVisible(bool(messages))
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._heading.setText(text.french(f"Échange de {len(messages) + 1} messages"))
        for message in messages[:MOST]:
            self._rows.addWidget(self._line(message), 0, Qt.AlignmentFlag.AlignLeft)

    def _line(self, message: Message) -> Button:
        who = message.sender_name or message.sender_address
        if message.folder in WRITTEN:
            who = "À " + (", ".join(message.recipients) or "…")
        key = place_key(message.folder, message.own_folder)
        words = f"{text.short_date_time(message.sent_at)}  {who} · {place_words(key)}"
        glyph = "ri.mail-unread-line" if message.unread else "ri.mail-open-line"
        button = Button(words, "quiet", glyph, height=26)
        button.setAccessibleName(f"{who}, {message.subject}")
        button.setToolTip(message.subject)
        button.clicked.connect(partial(self._ask, key, message.message_id))
        return button

    def _ask(self, key: str, message_id: str, checked: bool = False) -> None:
        self.asked.emit(key, message_id)
