"""« Messages »: folders, list, preview; assigning files, one click undoes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout

from lgc.desktop import text
from lgc.desktop.components.busy import BusyLine
from lgc.desktop.components.buttons import Button, icon_button
from lgc.desktop.components.chips import Badge
from lgc.desktop.components.cover import Dialog
from lgc.desktop.components.empty import EmptyState
from lgc.desktop.components.fields import SearchField
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import label, rule
from lgc.desktop.documents.document_page import DocumentPage
from lgc.desktop.mailbox.folder_dialog import FolderDialog
from lgc.desktop.mailbox.folder_list import (
    EMPTY,
    OWN,
    UNASSIGNED,
    VIEWS,
    FolderList,
    place_of,
    place_words,
)
from lgc.desktop.mailbox.message_table import Group, Row, grouped, message_table
from lgc.desktop.mailbox.preview import MessagePreview
from lgc.desktop.mailbox.printing import print_message
from lgc.desktop.mailbox.write_view import WriteView
from lgc.desktop.main_window import MainWindow
from lgc.desktop.page import Page
from lgc.desktop.record.menu import FOLDED, Entry, MenuButton
from lgc.desktop.reusing.opening import reuse
from lgc.desktop.words import fold
from lgc.domain.contacts import Contact
from lgc.domain.messages import Folder, Message
from lgc.domain.professionals import Correspondent
from lgc.domain.receipts import CODES
from lgc.errors import UserFacingError
from lgc.services.desk import Desk
from lgc.services.reading import OpenedDocument
from lgc.services.views import FoundLine, MessageLine, MessageView
from lgc.services.writing import DraftView

COALESCE_MS = 150
LINGER_MS = 3000
FOLDERS_WIDTH = 208
LIST_WIDTH = 540
NARROW_LIST = 464
ARCHIVED, DELETED = ("archivé", "archivés"), ("supprimé", "supprimés")
BACK = ("remis à sa place", "remis à leur place")


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
        self.folders = FolderList(self._choose, FOLDERS_WIDTH)
        self.folders.set_current(Folder.INBOX.value)
        self.table = message_table(desk.clock.now())
        self.preview = MessagePreview(window.tasks, desk.finding.find)
        self.document = DocumentPage(desk, window.tasks)
        self.document.allow_sharing(False)
        self.busy = BusyLine()
        self._build()
        self._connect()

    @classmethod
    def join(cls, window: MainWindow, desk: Desk) -> MailPage:
        """Make the page from the services of a session and register it."""
        page = cls(window, desk)
        window.add_page(
            "messages", page, glyph="ri.mail-line", shortcut="Ctrl+M", help="Ouvrir la messagerie"
        )
        return page

    def shown(self) -> None:
        self.reload()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_item(self, item: str) -> None:
        """Bring a message forward, in the inbox."""
        self._wanted = item
        self._go(Folder.INBOX.value)

    def set_compact(self, compact: bool) -> None:
        self.folders.fold(compact)
        self.contacts.folded = compact
        self.contacts.setFixedWidth(FOLDED if compact else FOLDERS_WIDTH)
        self.contacts.setToolTip(self.contacts.text() if compact else "")
        self.new.setText("" if compact else "Nouveau")
        self.new.setFixedWidth(40 if compact else FOLDERS_WIDTH - 16)
        self._list.setFixedWidth(NARROW_LIST if compact else LIST_WIDTH)

    def reload(self) -> None:
        task = self._window.tasks.run(
            partial(self._read, self._folder, self._own),
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
        column.addWidget(self._rows, 1)
        right = QFrame()
        right.setObjectName("mailPreview")
        side = QVBoxLayout(right)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(0)
        side.addLayout(self._bar())
        side.addWidget(rule())
        side.addWidget(self.preview, 1)
        self._right = QStackedWidget()
        self._right.addWidget(right)
        self._right.addWidget(self.document)
        self.write: WriteView | None = None
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
        new = action(self, "Nouveau", self._new, "N", hint="Nouveau")
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
        go = action(self, "Contacts", lambda: self._window.show_page("contacts"), "C")
        self.contacts = MenuButton(
            Entry("contacts", "Contacts MSSanté", "ri.contacts-book-line"), go, head=False
        )
        self.contacts.setCheckable(False)
        self.contacts.clicked.connect(go.trigger)
        column.addWidget(self.contacts)
        column.addSpacing(6)
        return side

    def _bar(self) -> QHBoxLayout:
        self._reply_actions = (
            action(self, "Répondre", self._reply, "R", hint="Répondre"),
            action(self, "À tous", self._reply_all, "Shift+R", help="Répondre à tous"),
            action(self, "Transférer", self._forward, "T", help="Transférer le message"),
        )
        archive = action(
            self, "Archiver", lambda: self._move(Folder.ARCHIVES, ARCHIVED), "E", hint="Archiver"
        )
        delete = action(self, "Supprimer", self._delete, "Del")
        self._arrange = action(self, "Ranger dans un dossier", self._choose_folder, "V")
        self._empty_out = action(self, "Vider", self._ask_empty, help="Vider les supprimés")
        unread = action(self, "Marquer non lu", self._mark_unread, "U")
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
            (self._arrange, "ri.folder-transfer-line"),
            (delete, "ri.delete-bin-6-line"),
            (unread, "ri.mail-unread-line"),
            (paper, "ri.printer-line"),
        ):
            row.addWidget(icon_button(made, glyph))
        row.addStretch(1)
        self.empty_button = Button("Vider", "quiet", "ri.delete-bin-2-line", action=self._empty_out)
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
            signal.connect(lambda event: self._soon.start())
        self.table.chosen.connect(self._chosen)
        self.table.opened.connect(self._open_record_of)
        for key in (*self.preview.assign.keys, self.preview.remember):
            self.addAction(key)
        self.preview.assigned.connect(self._assign)
        self.preview.refused.connect(self._refuse)
        self.preview.resume_asked.connect(self._reply)
        self.preview.receipt_answered.connect(self._answer_receipt)
        self.preview.sender_kept.connect(self._keep_sender)
        self.preview.undo_asked.connect(self._undo)
        self.preview.attachment_asked.connect(self._open_attachment)
        self.preview.record_asked.connect(self._window.open_record)
        self.document.reuse_asked.connect(self._reuse)
        self.document.closed.connect(lambda: self._right.setCurrentIndex(0))
        self.preview.message_asked.connect(self.go_to)
        self.folders.make_asked.connect(self._make_folder)
        self.folders.rename_asked.connect(self._rename_folder)
        self.folders.remove_asked.connect(self._remove_folder)

    def _choose(self, key: str) -> None:
        self._wanted = ""
        self._go(key)

    def _go(self, key: str) -> None:
        self._place, (self._folder, self._own) = key, place_of(key)
        self._lines = ()
        self.folders.set_current(key)
        self._heading.setText(place_words(key))
        self.empty_button.setVisible(self._folder is Folder.DELETED)
        if self.write is None:
            self._right.setCurrentIndex(0)
        self.reload()

    def go_to(self, key: str, message_id: str) -> None:
        """To a message, wherever it is."""
        self.search.clear()
        self._wanted = message_id
        self._go(key)

    def _read(self, folder: Folder, own: str) -> tuple[tuple[MessageLine, ...], dict[str, str]]:
        """In a worker, with the words of each line: folding thousands would hold the interface."""
        lines = self._desk.mail.folder(folder, own)
        return lines, {line.message.message_id: _words(line) for line in lines}

    def _fill(self, place: str, read: tuple[tuple[MessageLine, ...], dict[str, str]]) -> None:
        if place_of(place) != (self._folder, self._own):
            return
        lines, self._words = read
        self._lines = lines
        unread = sum(line.message.unread for line in lines)
        self._unread.set_count(f"{unread} non lus" if unread > 1 else "1 non lu" if unread else "")
        if self._folder is Folder.INBOX:
            # The same count as Accueil: what the rail asks for is a decision, not a reading.
            waiting = sum(line.patient is None for line in lines)
            self._window.show_unread(waiting)
            self.folders.button(Folder.INBOX.value).set_count(unread)
            self.folders.button(UNASSIGNED).set_count(waiting)
        self._window.tasks.run(self._desk.mail.counts, owner=self, done=self._count)
        self._refill()

    def _show_own(self, folders: tuple[tuple[str, int], ...]) -> None:
        self.folders.show_own(folders)
        if self._folder is Folder.OWN and self._own not in self.folders.names():
            self._go(Folder.INBOX.value)  # renamed or taken away, here or by another client

    def _count(self, counts: dict[str, int]) -> None:
        self.folders.button(Folder.DRAFTS.value).set_count(counts["drafts"])
        self.folders.button(Folder.OUTBOX.value).set_count(counts["outbox"])

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
        rows = grouped(self._folder, shown)
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
        if self.write is None:
            self._right.setCurrentIndex(0)
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
            self._start(partial(self._desk.writing.open, row.message.message_id), "Brouillon")
        elif isinstance(row, MessageLine) and row.patient is not None:
            self._window.open_record(row.patient.patient_id)
        elif isinstance(row, MessageLine):
            self.preview.assign.button.click()

    def _assign(self, message_id: str, patient_id: str) -> None:
        chosen = self.preview.assign.chosen
        name = chosen.name if chosen is not None else "ce patient"
        self._window.tasks.run(
            partial(self._desk.filing.assign, message_id, patient_id),
            owner=self,
            done=lambda filed: self._assigned(message_id, name, filed),
        )

    def _refuse(self, message_id: str, code: str) -> None:
        def told(nothing: None) -> None:
            self._window.messages.toast(
                f"Refus envoyé à l’expéditeur : {CODES[code]}", glyph="ri.mail-forbid-line"
            )
            self.reload()

        self._window.tasks.run(
            partial(self._desk.filing.refuse, message_id, code),
            owner=self,
            done=told,
            failed=self._window.messages.show,
        )

    def _keep_sender(self, address: str, name: str) -> None:
        contacts = self._desk.contacts

        def look() -> None:
            row = self.table.current()
            if isinstance(row, MessageLine):
                message_id = row.message.message_id
                self._window.tasks.run(
                    partial(self._desk.mail.view, message_id), owner=self, done=self._show
                )

        def forget() -> None:
            self._window.tasks.run(
                partial(contacts.remove, address), owner=self, done=lambda nothing: look()
            )

        def kept(contact: Contact) -> None:
            said = text.french(f"« {contact.name} » ajouté aux contacts")
            self._window.messages.toast(said, undo=forget)
            look()

        self._window.tasks.run(
            partial(contacts.keep_sender, address, name),
            owner=self,
            done=kept,
            failed=self._window.messages.show,
        )

    def _answer_receipt(self, message_id: str, yes: bool) -> None:
        receipts = self._desk.receipts

        def again() -> None:
            self._window.tasks.run(
                partial(receipts.reopen, message_id), owner=self, done=lambda nothing: look()
            )

        def look() -> None:
            self._window.tasks.run(
                partial(self._desk.mail.view, message_id), owner=self, done=self._show
            )

        def told(nothing: None) -> None:
            if yes:
                self._window.messages.toast("Accusé de lecture envoyé", glyph="ri.mail-check-line")
            else:
                self._window.messages.toast("Aucun accusé ne sera envoyé", undo=again)
            look()

        self._window.tasks.run(
            partial(receipts.send if yes else receipts.decline, message_id),
            owner=self,
            done=told,
            failed=self._window.messages.show,
        )

    def _assigned(self, message_id: str, name: str, filed: int) -> None:
        pieces = "1 pièce classée" if filed == 1 else f"{filed} pièces classées"
        words = f"Message assigné à {name}, {pieces}" if filed else f"Message assigné à {name}"
        self._window.messages.toast(words, undo=lambda: self._undo(message_id))
        self._again(message_id)

    def _undo(self, message_id: str) -> None:
        self._window.tasks.run(
            partial(self._desk.filing.undo, message_id),
            owner=self,
            done=lambda nothing: self._again(message_id),
        )

    def _again(self, message_id: str) -> None:
        """Both the list and the preview are told afresh."""
        self._wanted = message_id
        self.preview.show_message(None)
        self.reload()
        self._window.tasks.run(
            partial(self._desk.mail.view, message_id), owner=self, done=self._show
        )

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
        view = self.preview.view
        if view is None or view.message.message_id != message_id:
            return  # Another message is in view: its patient may be another one.
        if opened is None:
            self._window.messages.toast("Cette pièce jointe n’a pas de contenu lisible.")
            return
        self.document.reusable = view.patient is not None
        self.document.show_document(opened)
        self._right.setCurrentIndex(1)

    def _reuse(self, opened: OpenedDocument) -> None:
        view = self.preview.view
        if view is not None and view.patient is not None:
            reuse(self._window, self._desk, view.patient.patient_id, opened)

    def _move(self, folder: Folder, words: tuple[str, str], own_folder: str = "") -> None:
        """Every chosen message; ``words`` say it of one and of several."""
        ids = self._movable(folder)
        if not ids:
            return
        self._wanted = self._neighbour(ids)
        mail = self._desk.mail

        def moved(before: list[tuple[str, Folder, str]]) -> None:
            said = f"Message {words[0]}"
            if len(before) > 1:
                said = f"{len(before)}{text.NB}messages {words[1]}"
            self._window.messages.toast(said, undo=lambda: self._put_back(before))
            self.reload()

        self._window.tasks.run(
            lambda: [(one, *mail.move(one, folder, own_folder)) for one in ids],
            owner=self,
            done=moved,
        )

    def _put_back(self, before: list[tuple[str, Folder, str]]) -> None:
        mail = self._desk.mail
        self._wanted = before[0][0]
        self._window.tasks.run(
            lambda: [mail.move(one, folder, own) for one, folder, own in before],
            owner=self,
            done=lambda was: self.reload(),
        )

    def _chosen_messages(self) -> list[Message]:
        return [row.message for row in self.table.selected() if isinstance(row, MessageLine)]

    def _movable(self, folder: Folder) -> list[str]:
        """What is leaving stays until it left; what is being written goes to the deleted only."""
        chosen = self._chosen_messages()
        fixed = {Folder.OUTBOX} if folder is Folder.DELETED else {Folder.OUTBOX, Folder.DRAFTS}
        ids = [one.message_id for one in chosen if one.folder not in fixed]
        if chosen and not ids and chosen[0].folder is Folder.OUTBOX:
            self._window.messages.toast(
                "Ce message part : il se retire dans « Envois ».", glyph="ri.send-plane-line"
            )
        return ids

    def _neighbour(self, ids: list[str]) -> str:
        """The message below those that go, else the one above them."""
        rows = [row.message.message_id for row in self.table.rows() if isinstance(row, MessageLine)]
        places = [place for place, one in enumerate(rows) if one in ids]
        below = rows[places[-1] + 1 :] if places else []
        above = rows[: places[0]] if places else []
        return below[0] if below else above[-1] if above else ""

    # --- the doctor's folders -----------------------------------------------------------------

    def _choose_folder(self) -> None:
        """A small menu of the places a message may be put."""
        row = self.table.current()
        if not isinstance(row, MessageLine) or row.message.folder in (Folder.DRAFTS, Folder.OUTBOX):
            return
        menu = QMenu(self)
        menu.setObjectName("arrangeMenu")
        if row.message.folder is not Folder.INBOX:
            # What was never sent has no Message-ID: it goes back to be written.
            unsent = not row.message.rfc_message_id
            back = Folder.DRAFTS if unsent else Folder.INBOX
            menu.addAction(place_words(back.value), partial(self._move, back, BACK))
        for name in self.folders.names():
            if (row.message.folder, row.message.own_folder) != (Folder.OWN, name):
                put = partial(self._move, Folder.OWN, _arranged(name), name)
                menu.addAction(name, put)
        menu.addSeparator()
        menu.addAction("Nouveau dossier…", lambda: self._make_folder(then_move=True))
        menu.aboutToHide.connect(menu.deleteLater)
        under = self.preview.mapToGlobal(self.preview.rect().topLeft())
        menu.popup(under)

    def _make_folder(self, *, then_move: bool = False) -> None:
        def made(name: str) -> None:
            if then_move:
                self._move(Folder.OWN, _arranged(name), name)
            else:
                self._go(f"{OWN}{name}")
            self.reload()

        self._name_folder("Nouveau dossier", "Créer", "", self._desk.mail_folders.make, made)

    def _rename_folder(self, name: str) -> None:
        def renamed(new: str) -> None:
            self._go(f"{OWN}{new}")

        work = partial(self._desk.mail_folders.rename, name)
        self._name_folder("Renommer le dossier", "Renommer", name, work, renamed)

    def _name_folder(
        self,
        title: str,
        verb: str,
        name: str,
        work: Callable[[str], str],
        done: Callable[[str], None],
    ) -> None:
        def answer(typed: str) -> None:
            def named(kept: str) -> None:
                dialog.dismiss()
                self._window.tasks.run(
                    self._desk.mail_folders.names, owner=self, done=partial(after, kept)
                )

            def after(kept: str, folders: tuple[tuple[str, int], ...]) -> None:
                self.folders.show_own(folders)
                done(kept)

            self._window.tasks.run(partial(work, typed), owner=dialog, done=named, failed=refused)

        def refused(error: Exception) -> None:
            if isinstance(error, UserFacingError):
                dialog.refuse(" ".join(part for part in (error.sentence, error.advice) if part))
            else:
                self._window.messages.show(error)

        dialog = FolderDialog(self.window(), title, verb, name, answer)
        dialog.open(dialog.name)

    def _remove_folder(self, name: str) -> None:
        def removed(nothing: None) -> None:
            self._window.messages.toast(
                f"Dossier « {name} » supprimé",
                undo=lambda: self._window.tasks.run(
                    partial(self._desk.mail_folders.make, name),
                    owner=self,
                    done=lambda kept: self.reload(),
                ),
            )
            self.reload()

        self._window.tasks.run(
            partial(self._desk.mail_folders.remove, name),
            owner=self,
            done=removed,
            failed=self._window.messages.show,
        )

    def _ask_empty(self) -> None:
        """For good: the only thing here that cannot be undone is asked about."""
        if self._folder is not Folder.DELETED or not self._lines:
            return
        thrown = [line for line in self._lines if line.patient is None]
        dialog = Dialog(self.window(), "Vider les messages supprimés", glyph="ri.delete-bin-2-line")
        dialog.setObjectName("emptyDialog")
        gone = text.count(len(thrown), "message sera effacé", "messages seront effacés")
        kept = len(self._lines) - len(thrown)
        words = f"{gone} pour toujours, ici et sur le serveur." if thrown else "Rien à effacer."
        dialog.body.addWidget(label(text.french(words), wrap=True))
        if kept:
            stay = text.count(kept, "message d’un dossier patient est gardé",
                              "messages de dossiers patients sont gardés")  # fmt: skip
            dialog.body.addWidget(label(text.french(stay), "small", "text.muted", wrap=True))
        dialog.add_cancel()
        go = action(dialog, "Effacer", partial(self._empty_deleted, dialog), "Ctrl+Return")
        button = dialog.add_button(Button(action=go, look="danger", height=32))
        button.setEnabled(bool(thrown))
        dialog.open()

    def _empty_deleted(self, dialog: Dialog) -> None:
        dialog.dismiss()

        def emptied(counts: tuple[int, int]) -> None:
            self._window.messages.toast(text.count(counts[0], "message effacé", "messages effacés"))
            self.reload()

        self._window.tasks.run(self._desk.mail.empty_deleted, owner=self, done=emptied)

    def _delete(self) -> None:
        """A draft is thrown away for good only from where it is written."""
        self._move(Folder.DELETED, DELETED)

    def _print(self) -> None:
        view = self.preview.view
        if view is not None:
            print_message(self, view)

    # --- writing ------------------------------------------------------------------------------

    def _new(self) -> None:
        self._start(self._desk.writing.new, "Nouveau message")

    def _reply(self) -> None:
        self._answer(self._desk.writing.reply, "Réponse")

    def _reply_all(self) -> None:
        self._answer(partial(self._desk.writing.reply, everybody=True), "Réponse à tous")

    def _forward(self) -> None:
        self._answer(self._desk.writing.forward, "Transfert")

    def write_to(self, person: Correspondent) -> None:
        """A new message to this person."""
        self._start(partial(self._desk.writing.new, None, (person,)), "Nouveau message")

    def write_about(self, patient_id: str, document_ids: Sequence[str] = ()) -> None:
        """A new message about a patient, with these documents of her record."""
        writing = self._desk.writing

        def prepared() -> DraftView:
            view = writing.new(patient_id)
            for document_id in document_ids:
                view = writing.attach_document(view.draft, document_id)
            return view

        self._start(prepared, "Nouveau message")

    def _answer(self, start: Callable[[str], DraftView], title: str) -> None:
        row = self.table.current()  # the preview may still show the message before
        if not isinstance(row, MessageLine):
            return
        message = row.message
        if message.folder is Folder.DRAFTS:
            self._start(partial(self._desk.writing.open, message.message_id), "Brouillon")
        else:
            self._start(partial(start, message.message_id), title)

    def _start(self, work: Callable[[], DraftView], title: str) -> None:
        if self.write is not None:
            self.write.close_view()
        self._window.tasks.run(work, owner=self, done=lambda view: self._open_draft(view, title))

    def _open_draft(self, view: DraftView, title: str) -> None:
        show = self._window.messages.show
        made = WriteView(view, title, self._desk, self._window.tasks, lambda error: show(error))
        made.sent.connect(self._sent)
        made.closed.connect(self._written)
        self.write = made
        self._right.addWidget(made)
        self._right.setCurrentWidget(made)
        made.start()

    def _sent(self, share_id: str) -> None:
        self._leave_writing()
        self._window.messages.toast("Le message part en arrière-plan", glyph="ri.send-plane-line")
        self.reload()

    def _written(self, kept: bool) -> None:
        self._leave_writing()
        if kept:
            self._window.messages.toast("Brouillon gardé", glyph="ri.draft-line")
        self._soon.start()

    def _leave_writing(self) -> None:
        written, self.write = self.write, None
        self._right.setCurrentIndex(0)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        if written is not None:
            written.hide()
            QTimer.singleShot(LINGER_MS, written.deleteLater)  # its last words are being stored

    def _mark_unread(self) -> None:
        ids = [one.message_id for one in self._chosen_messages()]

        def mark() -> None:
            for one in ids:
                self._desk.mail.mark_read(one, False)

        self._window.tasks.run(mark, owner=self, done=lambda nothing: self.reload())

    def _fetch(self) -> None:
        self._desk.fetch_mail()
        self._window.messages.toast("Relève demandée", glyph="ri.refresh-line")


def _arranged(name: str) -> tuple[str, str]:
    return f"rangé dans « {name} »", f"rangés dans « {name} »"


def _every(line: MessageLine) -> bool:
    return True


def _words(line: MessageLine) -> str:
    message = line.message
    name = line.patient.name if line.patient else ""
    return fold(f"{message.sender} {' '.join(message.recipients)} {message.subject} {name}")
