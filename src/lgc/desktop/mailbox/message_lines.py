"""Messages on a line each: the others of an exchange, the latest with a contact."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from lgc.desktop import text
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.labels import label
from lgc.desktop.components.tips import set_tip
from lgc.desktop.mailbox.folder_list import place_key, place_words
from lgc.domain.messages import Folder, Message

MOST, LONGEST = 4, 44
WRITTEN = (Folder.SENT, Folder.DRAFTS, Folder.OUTBOX)


def who(message: Message) -> str:
    """From whom, or to whom."""
    if message.folder in WRITTEN:
        return "À " + (", ".join(message.recipients) or "…")
    return message.sender


class MessageLines(QWidget):
    """The newest ones; a click asks for a message by (folder's key, message).

    ``heading`` says how many there are, ``told`` what a line tells beside date and folder;
    nothing to show hides the whole.
    """

    asked = Signal(str, str)

    def __init__(
        self,
        heading: Callable[[int], str],
        told: Callable[[Message], str] = who,
        most: int = MOST,
    ) -> None:
        super().__init__()
        self._words, self._told, self._most = heading, told, most
        self.setObjectName("exchange")
        self._heading = label("", "small-strong", "text.muted")
        self._rows = QVBoxLayout()
        self._rows.setSpacing(2)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(2)
        whole.addWidget(self._heading)
        whole.addLayout(self._rows)

    def show_messages(self, messages: Sequence[Message]) -> None:
        self.setVisible(bool(messages))
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._heading.setText(text.french(self._words(len(messages))))
        for message in messages[: self._most]:
            self._rows.addWidget(self._line(message), 0, Qt.AlignmentFlag.AlignLeft)

    def _line(self, message: Message) -> Button:
        told = self._told(message)
        told = told if len(told) <= LONGEST else f"{told[: LONGEST - 1].rstrip()}…"
        key = place_key(message.folder, message.own_folder)
        words = f"{text.short_date_time(message.came_at)}  {told} · {place_words(key)}"
        glyph = "ri.mail-unread-line" if message.unread else "ri.mail-open-line"
        if message.folder in WRITTEN:
            glyph = "ri.send-plane-line"
        button = Button(words, "quiet", glyph, height=26)
        button.setAccessibleName(f"{who(message)}, {message.subject}")
        set_tip(button, message.subject)
        button.clicked.connect(partial(self._ask, key, message.message_id))
        return button

    def _ask(self, key: str, message_id: str, checked: bool = False) -> None:
        self.asked.emit(key, message_id)
