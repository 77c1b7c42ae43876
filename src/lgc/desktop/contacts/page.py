"""« Contacts MSSanté »: list and card; the directory is searched with the same words."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout

from lgc.desktop import clipboard, text
from lgc.desktop.components.busy import BusyLine
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.chips import Badge
from lgc.desktop.components.cover import window_of
from lgc.desktop.components.empty import EmptyState
from lgc.desktop.components.fields import SearchField
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import label
from lgc.desktop.components.panel import Panel
from lgc.desktop.components.people import names_of
from lgc.desktop.contacts.contact_card import ContactCard
from lgc.desktop.contacts.contact_dialog import ContactDialog
from lgc.desktop.contacts.people_table import (
    Group,
    Row,
    address_of,
    people_table,
    person_of,
    rows_of,
)
from lgc.desktop.mailbox.page import MailPage
from lgc.desktop.main_window import MainWindow
from lgc.desktop.page import Page
from lgc.domain.contacts import Contact
from lgc.domain.meant import meant
from lgc.domain.professionals import Correspondent
from lgc.errors import UserFacingError
from lgc.services.contact_book import ContactView
from lgc.services.desk import Desk

SEARCH_WIDTH, PAUSE_MS, LEAST_ELSEWHERE, LEAST_ONLINE = 320, 400, 2, 3
NOBODY = Contact(Correspondent("", ""))


class ContactsPage(Page):
    """Reads the contacts when it comes into view; the directory as one types."""

    title = "Contacts MSSanté"

    def __init__(self, window: MainWindow, desk: Desk) -> None:
        super().__init__(window.stack)
        self._window, self._desk, self._book = window, desk, desk.contacts
        self._contacts: tuple[Contact, ...] = ()
        self._found: tuple[Correspondent, ...] = ()
        self._wanted = self._shown_for = self._unchosen = ""
        self.table = people_table()
        self._keys()
        self.card = ContactCard((self._write, self._add, self._change, self._remove), self._copy)
        self._build()
        self._connect()

    @classmethod
    def join(cls, window: MainWindow, desk: Desk) -> ContactsPage:
        """Make the page from the services of a session and register it."""
        page = cls(window, desk)
        window.add_page(
            "contacts", page, glyph="ri.contacts-book-line", shortcut="Ctrl+Shift+B",
            help="Ouvrir les contacts MSSanté", within="messages",
        )  # fmt: skip
        return page

    def shown(self) -> None:
        self.reload()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_item(self, item: str) -> None:
        """Bring the contact of this address forward."""
        self.search.clear()
        self._wanted = item
        self._refill()

    def reload(self) -> None:
        task = self._window.tasks.run(self._book.all, owner=self, done=self._fill)
        if not self._contacts:
            self.busy.follow(task, "Lecture des contacts…")

    # --- building -----------------------------------------------------------------------------

    def _keys(self) -> None:
        self._write = action(self, "Écrire", self.write_to, "Return", hint="Écrire")
        self._add = action(
            self, "Ajouter", self.add, "Alt+A", help="Garder dans mes contacts", hint="Ajouter"
        )
        self._change = action(self, "Modifier", self.change, "F2", hint="Modifier")
        self._remove = action(self.table, "Retirer", self.remove, "Del", hint="Retirer")
        self._copy = action(self, "Copier l’adresse", self.copy_address, "Ctrl+Shift+C")
        self._new = action(self, "Nouveau contact", self.new, "N", hint="Nouveau")
        self._back = action(
            self, "Messages", lambda: self._window.show_page("messages"), "Esc",
            help="Revenir aux messages",
        )  # fmt: skip

    def _build(self) -> None:
        find = action(self, "Rechercher", lambda: None, "Ctrl+F", hint="Rechercher")
        self.search = SearchField(
            "Nom, spécialité, ville, RPPS", action=find, name="Rechercher un contact", height=32
        )
        self.search.setFixedWidth(SEARCH_WIDTH)
        self.count, self.busy = Badge(), BusyLine()
        self.empty = EmptyState("ri.contacts-book-line", "Aucun contact", "")
        self._rows = QStackedWidget()
        self._rows.addWidget(self.table)
        self._rows.addWidget(self.empty)
        left = Panel("Correspondants")
        left.add(self._rows, 1)
        self.panel = left
        top = QHBoxLayout()
        top.setSpacing(10)
        back = Button("Messages", "quiet", "ri.arrow-left-line", action=self._back, height=32)
        top.addWidget(back)
        top.addWidget(label(self.title, "page"))
        top.addWidget(self.count)
        top.addStretch(1)
        top.addWidget(self.busy)
        top.addWidget(self.search)
        new = Button("", "plain", "ri.user-add-line", action=self._new, height=32)
        new.setObjectName("newContact")
        top.addWidget(new)
        columns = QHBoxLayout()
        columns.setSpacing(14)
        columns.addWidget(left, 60)
        columns.addWidget(self.card, 40)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(20, 14, 20, 16)
        whole.setSpacing(12)
        whole.addLayout(top)
        whole.addLayout(columns, 1)
        self.card.setVisible(False)

    def _connect(self) -> None:
        self.search.searched.connect(self._searched)
        self.search.escaped.connect(self.table.setFocus)
        self.table.chosen.connect(self._moved)
        self.table.opened.connect(lambda row: self.write_to())
        self.table.pressed_button.connect(lambda row, key: self.add())
        self.card.record_asked.connect(self._window.open_record)
        self.card.message_asked.connect(self._open_message)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(PAUSE_MS)
        self._later.timeout.connect(self._ask_online)

    # --- showing ------------------------------------------------------------------------------

    def _fill(self, contacts: tuple[Contact, ...]) -> None:
        self._contacts = contacts
        here = {one.address for one in contacts}
        self._found = tuple(one for one in self._found if one.address not in here)
        self.count.set_count(len(contacts))
        self._refill()

    def _refill(self) -> None:
        words = self.search.text()
        rows = rows_of(self._contacts, words, self._found)
        self.table.fill(rows)
        self._rows.setCurrentIndex(0 if rows else 1)
        if not rows and words.strip():
            self.empty.set(
                "ri.user-search-line", "Personne ne correspond.",
                "Ni dans vos contacts, ni dans l’annuaire chargé.",
            )  # fmt: skip
        elif not rows:
            self.empty.set(
                "ri.contacts-book-line", "Aucun contact pour l’instant.",
                "Ceux à qui vous écrivez s’ajoutent d’eux-mêmes.",
            )  # fmt: skip
        if self._wanted and self.table.select(self._wanted):
            self._wanted = ""
        people = [row for row in rows if not isinstance(row, Group)]
        alone = meant(words, people, lambda row: names_of(person_of(row)))
        shown = self._current()
        if shown is None and people:
            shown = alone or people[0]
            self.table.select(address_of(shown))
            self._unchosen = address_of(shown)
        if alone is not None and shown == alone:
            self._unchosen = ""
        self._shown_for = words
        self._chosen(self.table.current())

    def _searched(self, words: str) -> None:
        self._found = ()
        self._refill()
        if len(words.strip()) >= LEAST_ELSEWHERE:
            self._window.tasks.run(
                partial(self._book.elsewhere, words), owner=self, done=partial(self._more, words)
            )
            self._later.start()

    def _ask_online(self) -> None:
        words = self.search.text()
        if len(words.strip()) >= LEAST_ONLINE:
            self._window.tasks.run(
                partial(self._book.online, words), owner=self, done=partial(self._more, words)
            )

    def _more(self, words: str, found: tuple[Correspondent, ...]) -> None:
        if words != self.search.text() or not found:
            return
        here = {one.address.lower() for one in self._found}
        new = tuple(one for one in found if one.address.lower() not in here)
        if new:
            self._found = (*self._found, *new)
            self._refill()

    def _current(self) -> Contact | Correspondent | None:
        row = self.table.current()
        return None if isinstance(row, Group) else row

    def _moved(self, row: Row | None) -> None:
        self._unchosen = ""
        self._chosen(row)

    def _chosen(self, row: Row | None) -> None:
        one = None if isinstance(row, Group) else row
        known = isinstance(one, Contact)
        self._add.setVisible(one is not None and not known)
        for made in (self._change, self._remove):
            made.setVisible(known)
        self._write.setEnabled(one is not None)
        self._copy.setEnabled(one is not None)
        self.card.setVisible(one is not None)
        self.hints_changed.emit()
        if one is not None:
            self._window.tasks.run(
                partial(self._book.view, person_of(one)), owner=self, done=self._show
            )

    def _show(self, view: ContactView) -> None:
        one = self._current()
        if one is not None and one.address.lower() == view.contact.address.lower():
            self.card.show_contact(view)

    # --- doing --------------------------------------------------------------------------------

    def write_to(self) -> None:
        """A new message to the one in view, who was chosen or whom the words typed name alone."""
        if self._shown_for != self.search.text():
            self._refill()  # Enter came before the list
        one = self._current()
        mail = self._window.page("messages")
        by_key = self.search.hasFocus() or self.table.hasFocus()
        if one is None or (by_key and one.address == self._unchosen):
            return  # the card of the first is shown; nobody has said that they are meant
        if isinstance(mail, MailPage):
            self._window.show_page("messages")
            mail.composing.write_to(person_of(one))

    def new(self) -> None:
        """A dialog for one more."""
        self._ask(NOBODY)

    def add(self) -> None:
        """Keep somebody of the directory."""
        one = self._current()
        if isinstance(one, Correspondent):
            self._keep(Contact(one), "", f"« {one.display_name} » ajouté aux contacts")

    def change(self) -> None:
        """A dialog on the one in view."""
        one = self._current()
        if isinstance(one, Contact):
            self._ask(one)

    def remove(self) -> None:
        """Forget the one in view; the toast brings them back."""
        one = self._current()
        if not isinstance(one, Contact):
            return

        def removed(nothing: None) -> None:
            self._window.messages.toast(
                text.french(f"« {one.name} » retiré des contacts"),
                undo=lambda: self._keep(one, "", ""),
            )
            self.reload()

        work = partial(self._book.remove, one.address, one)
        self._window.tasks.run(work, owner=self, done=removed)

    def copy_address(self) -> None:
        one = self._current()
        if one is not None:
            clipboard.copy(one.address)
            self._window.messages.toast("Adresse copiée", glyph="ri.file-copy-line")

    def _ask(self, contact: Contact) -> None:
        known = bool(contact.address)

        def answer(typed: Contact) -> None:
            self._window.tasks.run(
                partial(self._book.keep, typed, contact.address, contact if known else None),
                owner=dialog,
                done=kept,
                failed=refused,
            )

        def kept(after: Contact) -> None:
            dialog.saved()
            dialog.dismiss()
            back = partial(self._keep, contact, after.address, "", after)
            undo = back if contact.address else None
            said = "modifié" if contact.address else "ajouté aux contacts"
            self._window.messages.toast(text.french(f"« {after.name} » {said}"), undo=undo)
            self._bring(after)

        def refused(error: Exception) -> None:
            if isinstance(error, UserFacingError):
                dialog.refuse(" ".join(part for part in (error.sentence, error.advice) if part))
            else:
                self._window.messages.show(error, dialog)

        dialog = ContactDialog(
            window_of(self), contact, self._window.tasks, self._book.elsewhere, answer
        )
        dialog.open(dialog.lines["family_name"])

    def _keep(self, contact: Contact, was: str, said: str, seen: Contact | None = None) -> None:
        def kept(after: Contact) -> None:
            if said:
                undo = partial(self._forget, after)
                self._window.messages.toast(text.french(said), undo=undo)
            self._bring(after)

        self._window.tasks.run(
            partial(self._book.keep, contact, was, seen),
            owner=self,
            done=kept,
            about=contact.name,
        )

    def _forget(self, contact: Contact) -> None:
        self._window.tasks.run(
            partial(self._book.remove, contact.address, contact),
            owner=self,
            done=lambda nothing: self.reload(),
        )

    def _bring(self, contact: Contact) -> None:
        self._wanted = contact.address
        self.reload()

    def _open_message(self, key: str, message_id: str) -> None:
        mail = self._window.page("messages")
        if isinstance(mail, MailPage):
            self._window.show_page("messages")
            mail.go_to(key, message_id)
