"""« Messages »: folders, list, preview; assigning files, one click undoes it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout

from lgc.desktop import text
from lgc.desktop.components.busy import BusyLine
from lgc.desktop.components.buttons import Button, icon_button
from lgc.desktop.components.chips import Badge
from lgc.desktop.components.empty import EmptyState
from lgc.desktop.components.fields import SearchField
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import label, rule
from lgc.desktop.components.tips import set_tip
from lgc.desktop.documents.document_page import DocumentPage
from lgc.desktop.mailbox.by_age import TakingBack
from lgc.desktop.mailbox.composing import Composing
from lgc.desktop.mailbox.deciding import Deciding
from lgc.desktop.mailbox.emptying import EmptyDialog
from lgc.desktop.mailbox.folder_list import (
    EMPTY,
    UNASSIGNED,
    UNREADABLE,
    VIEWS,
    FolderList,
    place_of,
    place_words,
)
from lgc.desktop.mailbox.message_table import Group, Row, grouped, message_table
from lgc.desktop.mailbox.moving import Moving
from lgc.desktop.mailbox.own_folders import OwnFolders
from lgc.desktop.mailbox.preview import MessagePreview
from lgc.desktop.mailbox.printing import print_message
from lgc.desktop.mailbox.rescuing import Rescuing
from lgc.desktop.mailbox.write_view import WriteView
from lgc.desktop.main_window import MainWindow
from lgc.desktop.page import Page
from lgc.desktop.record.menu import FOLDED, Entry, MenuButton
from lgc.desktop.reusing.opening import reuse
from lgc.desktop.words import fold
from lgc.domain.messages import Folder, Message
from lgc.services.desk import Desk
from lgc.services.reading import OpenedDocument
from lgc.services.views import FoundLine, MessageLine, MessageView

COALESCE_MS = 150
FOLDERS_WIDTH = 208
LIST_WIDTH = 540
NARROW_LIST = 464


class MailPage(Page):
    """Reads its folder when it comes into view and after each event."""

    title = "Messages"

    def __init__(self, window: MainWindow, desk: Desk) -> None:
        super().__init__(window.stack)
        self._window, self._desk = window, desk
        self._folder, self._own, self._place = Folder.INBOX, "", Folder.INBOX.value
        self._lines: tuple[MessageLine, ...] = ()
        self._found: tuple[FoundLine, ...] = ()
        self._words: dict[str, str] = {}
        self._wanted = ""
        self._piece_of = ""
        self.folders = FolderList(self._choose, FOLDERS_WIDTH)
        self.folders.set_current(Folder.INBOX.value)
        self.table = message_table(desk.clock.now)
        self.preview = MessagePreview(window.tasks, desk.finding.find)
        self.document = DocumentPage(desk, window.tasks)
        self.document.allow_sharing(False)
        self.busy = BusyLine()
        self._right = QStackedWidget()
        self.composing = Composing(self, window, desk, self._right)
        self.own_folders = OwnFolders(self, window, desk.mail_folders, self.folders)
        self.moving = Moving(self, window, desk.mail, self.table, self.folders, self.own_folders)
        self.deciding = Deciding(self, window, desk, self.preview)
        self.rescuing = Rescuing(self, window, desk, self.preview, self.composing)
        self.by_age = TakingBack(self, window, desk.archiving)
        self._build()
        self._connect()

    def speaks_of(self) -> str:
        """The message that is written, else the one that is read."""
        if self.write is not None:
            return self.write.speaks_of()
        view = self.preview.view
        return f"Message « {view.message.subject} »" if view is not None else self.title

    @classmethod
    def join(cls, window: MainWindow, desk: Desk) -> MailPage:
        """Make the page from the services of a session and register it."""
        page = cls(window, desk)
        window.bridge.day_changed.connect(page.day_changed)
        window.add_page(
            "messages", page, glyph="ri.mail-line", shortcut="Ctrl+M", help="Ouvrir la messagerie"
        )
        return page

    @property
    def write(self) -> WriteView | None:
        """The message being written, if there is one."""
        return self.composing.write

    def shown(self) -> None:
        self.reload()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_item(self, item: str) -> None:
        """Bring a message forward, in the inbox."""
        self._wanted = item
        self._go(Folder.INBOX.value)

    def day_changed(self, before: dt.date, today: dt.date) -> None:
        """« 16:15 » of the day that was is « hier » now."""
        self.table.viewport().update()

    def set_compact(self, compact: bool) -> None:
        self.folders.fold(compact)
        self.contacts.folded = compact
        self.contacts.setFixedWidth(FOLDED if compact else FOLDERS_WIDTH)
        set_tip(self.contacts, self.contacts.text() if compact else "")
        self.new.setText("" if compact else "Nouveau")
        self.new.setFixedWidth(40 if compact else FOLDERS_WIDTH - 16)
        self._list.setFixedWidth(NARROW_LIST if compact else LIST_WIDTH)

    def reload(self) -> None:
        task = self._window.tasks.run(
            partial(self._read, self._place),
            owner=self,
            done=partial(self._fill, self._place),
        )
        self._window.tasks.run(self._desk.mail_folders.names, owner=self, done=self._show_own)
        if not self._lines:
            self.busy.follow(task, "Lecture des messages…")

    # --- inside -------------------------------------------------------------------------------

    def _build(self) -> None:
        self._list = QFrame()
        self._list.setObjectName("mailList")
        self._list.setFixedWidth(LIST_WIDTH)
        find = action(self, "Rechercher", lambda: None, "Ctrl+F", hint="Rechercher")
        self.search = SearchField("Rechercher", action=find, name="Rechercher un message")
        self.search.searched.connect(self._search)
        self.search.escaped.connect(self.table.setFocus)
        self._heading = label("Réception", "panel")
        self._unread = Badge()
        head = QHBoxLayout()
        head.setContentsMargins(14, 8, 8, 8)
        head.addWidget(self._heading)
        head.addWidget(self._unread)
        head.addStretch(1)
        head.addWidget(self.search)
        self._empty = EmptyState("ri.inbox-line", "Aucun message", "")
        self._rows = QStackedWidget()
        self._rows.addWidget(self.table)
        self._rows.addWidget(self._empty)
        column = QVBoxLayout(self._list)
        column.setContentsMargins(0, 0, 1, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.busy)
        column.addWidget(self.by_age.notice)
        column.addWidget(self._rows, 1)
        right = QFrame()
        right.setObjectName("mailPreview")
        side = QVBoxLayout(right)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(0)
        side.addLayout(self._bar())
        side.addWidget(rule())
        side.addWidget(self.preview, 1)
        self._right.addWidget(right)
        self._right.addWidget(self.document)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._side())
        whole.addWidget(self._list)
        whole.addWidget(self._right, 1)

    def _side(self) -> QFrame:
        """« Nouveau » above the folders."""
        side = QFrame()
        side.setObjectName("mailFolders")
        new = action(self, "Nouveau", self.composing.new, "N", hint="Nouveau")
        self.new = Button("Nouveau", "primary", "ri.edit-box-line", action=new, height=32)
        self.new.setObjectName("newMessage")
        self.new.setAccessibleName("Nouveau message")
        self.new.setFixedWidth(FOLDERS_WIDTH - 16)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 10, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.new, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.folders, 1)
        column.addWidget(rule())
        go = action(self, "Contacts", lambda: self._window.show_page("contacts"))
        self.contacts = MenuButton(
            Entry("contacts", "Contacts MSSanté", "ri.contacts-book-line"), go, head=False
        )
        self.contacts.setCheckable(False)
        self.contacts.clicked.connect(go.trigger)
        column.addWidget(self.contacts)
        column.addSpacing(6)
        return side

    def _bar(self) -> QHBoxLayout:
        answer = self._with_current
        self._reply_actions = (
            action(self, "Répondre", answer(self.composing.reply), "R", hint="Répondre"),
            action(self, "À tous", answer(self.composing.reply_all), "Shift+R",
                   help="Répondre à tous"),
            action(self, "Transférer", answer(self.composing.forward), "T",
                   help="Transférer le message"),
        )  # fmt: skip
        archive = action(self, "Archiver", self.moving.archive, "E", hint="Archiver")
        delete = action(self.table, "Supprimer", self.moving.delete, "Del")
        arrange = action(self, "Ranger dans un dossier", self._arrange, "V")
        empty = action(self, "Vider", self._ask_empty, help="Vider les supprimés")
        unread = action(self, "Marquer non lu", self.moving.mark_unread, "U")
        paper = action(self, "Imprimer", self._print, "Ctrl+P")
        fetch = action(self, "Relever", self._fetch, "F5", hint="Relever")
        row = QHBoxLayout()
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(4)
        glyphs = ("ri.reply-line", "ri.reply-all-line", "ri.share-forward-line")
        self._reply_buttons = [
            Button("", "quiet", glyph, action=made, cap=made is self._reply_actions[0])
            for made, glyph in zip(self._reply_actions, glyphs, strict=True)
        ]
        for button in self._reply_buttons:
            row.addWidget(button)
        for made, glyph in (
            (archive, "ri.archive-line"),
            (arrange, "ri.folder-transfer-line"),
            (delete, "ri.delete-bin-6-line"),
            (unread, "ri.mail-unread-line"),
            (paper, "ri.printer-line"),
        ):
            row.addWidget(icon_button(made, glyph))
        row.addStretch(1)
        self.empty_button = Button("Vider", "quiet", "ri.delete-bin-2-line", action=empty)
        self.empty_button.setObjectName("emptyDeleted")
        self.empty_button.setVisible(False)
        row.addWidget(self.empty_button)
        row.addWidget(icon_button(fetch, "ri.refresh-line"))
        return row

    def _connect(self) -> None:
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(COALESCE_MS)
        self._soon.timeout.connect(self.reload)
        bridge = self._window.bridge
        for signal in (
            bridge.message_arrived,
            bridge.mailbox_changed,
            bridge.record_changed,
            bridge.delivery_moved,
        ):
            signal.connect(self._soon.start)
        self.table.chosen.connect(self._chosen)
        self.table.opened.connect(self._open_record_of)
        for key in (
            *self.preview.assign.keys, *self.preview.unreadable.keys, self.preview.remember,
        ):  # fmt: skip
            self.addAction(key)
        self.preview.resume_asked.connect(self.composing.resume)
        self.preview.attachment_asked.connect(self._open_attachment)
        self.preview.record_asked.connect(self._window.open_record)
        self.document.reuse_asked.connect(self._reuse)
        self.document.closed.connect(lambda: self._right.setCurrentIndex(0))
        self.preview.message_asked.connect(self.go_to)
        self.preview.sending_asked.connect(lambda share: self._window.show_page("queue", share))
        self.deciding.again.connect(self._again)
        self.deciding.look_asked.connect(self._with_current(self._look))
        self.deciding.changed.connect(self.reload)
        self.rescuing.again.connect(self._again)
        self.rescuing.changed.connect(self._soon.start)
        self.moving.next_wanted.connect(self._want)
        self.moving.changed.connect(self.reload)
        self.by_age.changed.connect(self.reload)
        self.own_folders.go_asked.connect(self._go)
        self.own_folders.changed.connect(self.reload)
        self.composing.left.connect(lambda: self.table.setFocus(Qt.FocusReason.OtherFocusReason))
        self.composing.sent.connect(self.reload)
        self.composing.closed.connect(self._soon.start)

    def _choose(self, key: str) -> None:
        self._wanted = ""
        self._go(key)

    def _go(self, key: str) -> None:
        self._place, (self._folder, self._own) = key, place_of(key)
        self._lines = ()
        self.folders.set_current(key)
        self._heading.setText(place_words(key))
        self.empty_button.setVisible(self._folder is Folder.DELETED)
        self.by_age.look(self._folder)
        self.composing.show_message()
        self.reload()

    def go_to(self, key: str, message_id: str) -> None:
        """To a message, wherever it is."""
        self.search.clear()
        self._wanted = message_id
        self._go(key)

    def _read(self, place: str) -> tuple[tuple[MessageLine, ...], dict[str, str]]:
        """In a worker, with the words of each line: folding thousands would hold the interface."""
        mail = self._desk.mail
        lines = mail.unreadable() if place == UNREADABLE else mail.folder(*place_of(place))
        return lines, {line.message.message_id: _words(line) for line in lines}

    def _fill(self, place: str, read: tuple[tuple[MessageLine, ...], dict[str, str]]) -> None:
        apart = UNREADABLE in (place, self._place) and place != self._place
        if apart or place_of(place) != (self._folder, self._own):
            return
        lines, self._words = read
        self._lines = lines
        unread = sum(line.message.unread for line in lines)
        self._unread.set_count(f"{unread} non lus" if unread > 1 else "1 non lu" if unread else "")
        if self._folder is Folder.INBOX and place != UNREADABLE:
            # The same count as Accueil: what the rail asks for is a decision, not a reading.
            waiting = sum(map(VIEWS[UNASSIGNED], lines))
            self._window.show_unread(waiting + sum(map(_to_rescue, lines)))
            self.folders.button(Folder.INBOX.value).set_count(unread)
            self.folders.button(UNASSIGNED).set_count(waiting)
        self.by_age.look(self._folder)
        self._window.tasks.run(self._desk.mail.counts, owner=self, done=self._count)
        self._refill()

    def _show_own(self, folders: tuple[tuple[str, int], ...]) -> None:
        self.folders.show_own(folders)
        if self._folder is Folder.OWN and self._own not in self.folders.names():
            self._go(Folder.INBOX.value)  # renamed or taken away, here or by another client

    def _count(self, counts: dict[str, int]) -> None:
        self.folders.button(Folder.DRAFTS.value).set_count(counts["drafts"])
        self.folders.button(Folder.OUTBOX.value).set_count(counts["outbox"])
        self.folders.button(UNREADABLE).set_count(counts["unreadable"])

    def _search(self, words: str) -> None:
        """Names and subjects of this folder at once; texts, and the other folders, follow."""
        self._found = ()
        self.preview.mark(words)
        self._refill()
        if words.strip():
            self._window.tasks.run(
                partial(self._desk.mail.find, words), owner=self, done=partial(self._add, words)
            )

    def _add(self, words: str, found: tuple[FoundLine, ...]) -> None:
        if words == self.search.text():
            self._found = found
            self._refill()

    def _shown(self) -> list[MessageLine]:
        words, here = fold(self.search.text()).split(), VIEWS.get(self._place, _every)
        found = {line.message.message_id for line in self._found}
        return [
            line
            for line in self._lines
            if here(line)
            and (
                all(word in self._words[line.message.message_id] for word in words)
                or line.message.message_id in found
            )
        ]

    def _refill(self) -> None:
        shown, typed = self._shown(), bool(self.search.text().strip())
        apart = self._place == UNREADABLE
        rows: list[Row] = list(shown) if apart else grouped(self._folder, shown)
        here = {line.message.message_id for line in shown}
        elsewhere = [one for one in self._found if one.message.message_id not in here]
        if elsewhere and typed:
            rows += [Group("Ailleurs dans la messagerie", len(elsewhere)), *elsewhere]
        self.table.fill(rows)
        self._rows.setCurrentIndex(0 if rows else 1)
        if not rows:
            self._empty.set(
                "ri.filter-off-line" if typed else "ri.inbox-line",
                "Aucun message ne correspond"
                if typed
                else EMPTY.get(self._place, "Ce dossier est vide"),
            )
            self.preview.show_message(None)
        if self._wanted and self.table.select(self._wanted):
            self._wanted = ""
        elif rows and not isinstance(self.table.current(), MessageLine):
            self.table.select(
                next(m.message.message_id for m in rows if isinstance(m, MessageLine))
            )

    def _chosen(self, row: Row) -> None:
        if not isinstance(row, MessageLine):
            return
        self.composing.show_message()
        message_id = row.message.message_id
        if self.preview.view is not None and self.preview.view.message.message_id == message_id:
            read = self._desk.mail.view
        else:
            read = self._desk.mail.open
        self._window.tasks.run(partial(read, message_id), owner=self, done=self._show)

    def _show(self, view: MessageView) -> None:
        current = self.table.current()
        if isinstance(current, MessageLine) and (
            current.message.message_id == view.message.message_id
        ):
            self.preview.show_message(view)
            if view.receipt is not None and view.receipt.by_itself:
                work = partial(self._desk.receipts.send_by_itself, view.message.message_id)
                self._window.tasks.run(work, owner=self, done=lambda nothing: None)
            if current.message.unread:
                self._soon.start()

    def _open_record_of(self, row: Row) -> None:
        if isinstance(row, MessageLine) and row.message.folder is Folder.DRAFTS:
            self.composing.resume(row.message)
        elif isinstance(row, MessageLine) and row.patient is not None:
            self._window.open_record(row.patient.patient_id)
        elif isinstance(row, MessageLine):
            self.preview.assign.take_hands()  # the key that files is pressed on whom it names

    def _again(self, message_id: str) -> None:
        """Both the list and the preview are told afresh."""
        self._wanted = message_id
        self.preview.show_message(None)
        self.reload()
        self._view(message_id)

    def _look(self, message: Message) -> None:
        self._view(message.message_id)

    def _view(self, message_id: str) -> None:
        self._window.tasks.run(
            partial(self._desk.mail.view, message_id), owner=self, done=self._show
        )

    def _want(self, message_id: str) -> None:
        self._wanted = message_id

    def _open_attachment(self, message_id: str, attachment_id: str) -> None:
        task = self._window.tasks.run(
            partial(self._preview, message_id, attachment_id),
            owner=self,
            done=lambda opened: self._show_piece(message_id, opened),
        )
        self.busy.follow(task, "Ouverture de la pièce jointe…")

    def _preview(self, message_id: str, attachment_id: str) -> OpenedDocument | None:
        contents = self._desk.filing.preview(message_id, attachment_id)
        return self._desk.reading.understand(contents[0]) if contents else None

    def _show_piece(self, message_id: str, opened: OpenedDocument | None) -> None:
        view, chosen = self.preview.view, self._current()
        if view is None or chosen is None:
            return
        if {view.message.message_id, chosen.message_id} != {message_id}:
            return  # Another message is in view, or on its way: its patient may be another one.
        if opened is None:
            self._window.messages.toast("Cette pièce jointe n’a pas de contenu lisible.")
            return
        self._piece_of = view.patient.patient_id if view.patient is not None else ""
        self.document.reusable = bool(self._piece_of)
        self.document.show_document(opened)
        self._right.setCurrentIndex(1)

    def _reuse(self, opened: OpenedDocument) -> None:
        if self._piece_of:  # not whose message is in view: the list may have moved under the piece
            reuse(self._window, self._desk, self._piece_of, opened)

    def _current(self) -> Message | None:
        row = self.table.current()  # the preview may still show the message before
        return row.message if isinstance(row, MessageLine) else None

    def _with_current(self, work: Callable[[Message], None]) -> Callable[[], None]:
        def run() -> None:
            if (message := self._current()) is not None:
                work(message)

        return run

    def _arrange(self) -> None:
        self.moving.arrange(self.preview.mapToGlobal(self.preview.rect().topLeft()))

    def _ask_empty(self) -> None:
        if self._folder is Folder.DELETED and self._lines:
            seen = frozenset(line.message.message_id for line in self._lines)
            EmptyDialog(self._window, self._lines, partial(self._empty_deleted, seen)).open()

    def _empty_deleted(self, seen: frozenset[str]) -> None:
        def emptied(counts: tuple[int, int]) -> None:
            self._window.messages.toast(text.count(counts[0], "message effacé", "messages effacés"))
            self.reload()

        work = partial(self._desk.mail.empty_deleted, seen)
        self._window.tasks.run(work, owner=self, done=emptied)

    def _print(self) -> None:
        view = self.preview.view
        if view is not None:
            print_message(self, view)

    def _fetch(self) -> None:
        self._desk.fetch_mail()
        self._window.messages.toast("Relève demandée", glyph="ri.refresh-line")


def _to_rescue(line: MessageLine) -> bool:
    """Could not be read, and nothing was done about it."""
    message = line.message
    return line.patient is None and message.unreadable is not None and message.unread


def _every(line: MessageLine) -> bool:
    return True


def _words(line: MessageLine) -> str:
    message = line.message
    name = line.patient.name if line.patient else ""
    return fold(f"{message.sender} {' '.join(message.recipients)} {message.subject} {name}")
