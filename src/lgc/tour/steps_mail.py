"""Writing secure messages: a new one with a document, a draft taken up again, an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu, QPushButton

from lgc.desktop.contacts.contact_dialog import ContactDialog
from lgc.desktop.contacts.page import ContactsPage
from lgc.desktop.mailbox.folder_dialog import FolderDialog
from lgc.desktop.mailbox.folder_list import UNREADABLE
from lgc.desktop.mailbox.page import MailPage
from lgc.desktop.mailbox.write_view import WriteView
from lgc.domain.messages import Folder, Message
from lgc.domain.professionals import Correspondent
from lgc.domain.receipts import ReadingReceipt
from lgc.services.views import FoundLine, MessageLine
from lgc.tour.driver import TourFailure, in_background

if TYPE_CHECKING:
    from lgc.tour.steps import Visit


def unreadable_message(visit: Visit) -> None:
    """One of its files was cut on the way: kept whole, told why, and asked for once more."""
    doctor, page = visit.doctor, _page(visit)
    in_background(lambda: visit.sandbox.control("/mail", {"arrival": "damaged"}))
    doctor.click(page.folders.button(Folder.INBOX.value))
    doctor.breathe(0.5)
    page.table.setFocus()
    doctor.press("F5")

    def arrived() -> list[Message]:
        lines = [row for row in page.table.rows() if isinstance(row, MessageLine)]
        return [
            line.message
            for line in lines
            if line.message.unreadable is not None and line.message.text.startswith("Docteur")
        ]

    doctor.until(arrived, "the message that cannot be read", 30)
    page.table.select(arrived()[0].message_id)
    doctor.until(page.preview.unreadable.isVisible, "what is kept of it")
    doctor.click(page.preview.details.fold)
    doctor.breathe(0.5)
    doctor.picture("message-illisible")
    doctor.press("Ctrl+Shift+L")
    doctor.breathe(1.0)
    doctor.picture("message-illisible-autre-theme")
    doctor.press("Ctrl+Shift+L")
    doctor.click(page.folders.button(UNREADABLE))
    doctor.until(lambda: page.preview.unreadable.isVisible(), "those that could not be read")
    doctor.breathe(0.4)
    doctor.picture("messages-illisibles")
    page.table.setFocus()
    doctor.press("Alt+N")
    view = _writing(visit)
    if "de nouveau" not in view.body.toPlainText() or not view.recipients.chosen:
        raise TourFailure("nobody is asked to send it again")
    doctor.breathe(0.4)
    doctor.picture("nouvel-envoi-demande")
    view.throw.trigger()
    doctor.until(lambda: page.write is None, "the list again")


def write_message(visit: Visit) -> None:
    """A new message about the patient of the visit, with a document of the record."""
    doctor, page = visit.doctor, _page(visit)
    page.composing.write_about(visit.seen["patient"])
    view = _writing(visit)
    _to(visit, view, "specialiste5737")
    doctor.until(lambda: view.from_record.isEnabled(), "the documents of the record")
    view.attach_document(view.view.attachable[0].document_id)
    doctor.until(lambda: view.draft.documents, "the document on the message")
    view.subject.setFocus()
    doctor.type("Avis demandé")
    view.body.setFocus()
    doctor.type("Cher confrère, je vous adresse ce patient déjà connu de vous.")
    doctor.breathe(0.6)
    doctor.picture("message-ecrit")


def keep_draft(visit: Visit) -> None:
    """Escape keeps the words; the draft opens again as it was."""
    doctor, page = visit.doctor, _page(visit)
    doctor.press("Esc")
    doctor.until(lambda: page.write is None, "the list again")
    doctor.click(page.folders.button(Folder.DRAFTS.value))
    doctor.until(lambda: _listed(page, Folder.DRAFTS), "the draft")
    doctor.picture("brouillons")
    page.table.setFocus()
    doctor.press("R")
    view = _writing(visit)
    if not view.draft.documents or "déjà connu" not in view.body.toPlainText():
        raise TourFailure("the draft lost something")
    doctor.press("Ctrl+Return")
    doctor.until(lambda: page.write is None, "the message on its way")
    doctor.click(page.folders.button(Folder.SENT.value))
    doctor.until(lambda: _listed(page, Folder.SENT), "the sent message", 40)
    doctor.until(lambda: page.preview.sending.isVisible(), "how it went")
    doctor.picture("message-envoye")


def reply_to_message(visit: Visit) -> None:
    """The words of a colleague quoted below the answer; thrown away at the end."""
    doctor, page = visit.doctor, _page(visit)
    doctor.click(page.folders.button(Folder.INBOX.value))
    doctor.until(lambda: _inbox(page), "the inbox")
    page.table.setFocus()
    doctor.press("R")
    view = _writing(visit)
    view.body.setFocus()
    doctor.type("Merci pour votre avis.")
    doctor.breathe(0.6)
    if "a écrit" not in view.body.toPlainText() or not view.recipients.chosen:
        raise TourFailure("the answer takes nothing over")
    doctor.picture("repondre")
    doctor.press("Ctrl+Shift+L")
    doctor.breathe(0.4)
    doctor.picture("repondre-autre-theme")
    doctor.press("Ctrl+Shift+L")
    view.throw.trigger()
    doctor.until(lambda: page.write is None, "the list again")


def arrange_message(visit: Visit) -> None:
    """A folder of the doctor's own, a message in it, found again by a word it holds."""
    doctor, page = visit.doctor, _page(visit)
    doctor.click(page.folders.button(Folder.INBOX.value))
    doctor.until(lambda: _inbox(page), "the inbox")
    doctor.click(page.folders.make)
    doctor.until(lambda: page.window().findChildren(FolderDialog), "the name to give")
    doctor.type("À relire")
    doctor.press("Return")
    doctor.until(lambda: page.folders.names() == ["À relire"], "the folder")
    doctor.click(page.folders.button(Folder.INBOX.value))
    doctor.until(lambda: _inbox(page), "the inbox again")
    page.table.setFocus()
    doctor.press("End")
    doctor.press("V")
    menu = doctor.find(QMenu, "arrangeMenu")
    next(one for one in menu.actions() if one.text() == "À relire").trigger()
    menu.close()
    page.window().activateWindow()  # what a real screen does when a menu closes
    doctor.click(page.folders.button("own:À relire"))
    doctor.until(lambda: page.table.rows(), "the message in its folder")
    doctor.breathe(0.3)
    doctor.picture("message-range")
    page.table.setFocus()
    doctor.press("Ctrl+F")
    doctor.type("suivi")
    doctor.until(
        lambda: any(isinstance(row, FoundLine) for row in page.table.rows()), "the others found"
    )
    doctor.breathe(0.4)
    doctor.picture("messages-recherche")
    doctor.press("Esc")


def answer_receipt(visit: Visit) -> None:
    """A colleague asks to know that the message was read: one click tells."""
    doctor, page = visit.doctor, _page(visit)
    doctor.click(page.folders.button(Folder.INBOX.value))
    doctor.until(lambda: _inbox(page), "the inbox")
    lines = [row for row in page.table.rows() if isinstance(row, MessageLine)]
    asking = next(line for line in lines if line.message.receipt is ReadingReceipt.ASKED)
    page.table.select(asking.message.message_id)
    doctor.until(page.preview.receipt.isVisible, "the question")
    doctor.picture("accuse-de-lecture")
    doctor.click(doctor.find(QPushButton, "sendReceipt"))
    doctor.until(lambda: not page.preview.receipt.isVisible(), "the receipt on its way", 20)


def keep_contacts(visit: Visit) -> None:
    """The contacts; somebody of the directory kept, completed, and taken away again."""
    doctor, mail = visit.doctor, _page(visit)
    doctor.click(mail.contacts)
    page = visit.page(ContactsPage, "contacts")
    doctor.until(lambda: page.card.view is not None, "a card")
    doctor.breathe(0.4)
    doctor.picture("contacts")
    before = page.count.text()
    doctor.press("Ctrl+F")
    doctor.type("cardiologie")
    doctor.until(lambda: any(isinstance(r, Correspondent) for r in page.table.rows()), "others")
    page.table.setFocus()
    for _ in range(3):
        doctor.press("Down")
    doctor.breathe(0.4)
    doctor.picture("contacts-annuaire")
    doctor.press("Alt+A")
    doctor.until(lambda: _kept(page), "the new contact")
    doctor.press("F2")
    doctor.until(lambda: page.window().findChildren(ContactDialog), "the dialog")
    dialog = page.window().findChildren(ContactDialog)[-1]
    dialog.lines["telephone"].setFocus()
    doctor.type("01 99 00 12 34")
    dialog.note.setFocus()
    doctor.type("Échographie sous huit jours.")
    doctor.picture("contact-modifie")
    doctor.press("Ctrl+Return")
    doctor.until(lambda: page.card.view.contact.note, "the note on the card")  # type: ignore[union-attr]
    page.table.setFocus()
    doctor.press("Del")
    doctor.until(lambda: page.count.text() == before, "one contact less")
    doctor.press("Esc")


def _kept(page: ContactsPage) -> bool:
    """Is the one in view a contact?"""
    view = page.card.view
    return page.card.isVisible() and view is not None and view.known


def _page(visit: Visit) -> MailPage:
    return visit.page(MailPage, "messages")


def _writing(visit: Visit) -> WriteView:
    page = _page(visit)
    visit.doctor.until(lambda: page.write is not None and page.write.isVisible(), "the writing")
    if page.write is None:
        raise TourFailure("nothing to write on")
    return page.write


def _to(visit: Visit, view: WriteView, words: str) -> None:
    view.recipients.edit.setFocus()
    visit.doctor.type(words)
    visit.doctor.until(lambda: view.recipients.suggesting, "the directory")
    visit.doctor.press("Return")
    visit.doctor.until(lambda: view.recipients.chosen, "the recipient")


def _listed(page: MailPage, folder: Folder) -> bool:
    """Is the message of the tour in that folder, and shown once it is chosen?"""
    for line in page.table.rows():
        if isinstance(line, MessageLine) and _mine(line.message):
            page.table.select(line.message.message_id)
    row, view = page.table.current(), page.preview.view
    if not isinstance(row, MessageLine) or view is None:
        return False
    same = view.message.message_id == row.message.message_id
    return same and row.message.folder is folder and _mine(view.message)


def _mine(message: Message) -> bool:
    return message.text.startswith("Cher confrère, je vous adresse")


def _inbox(page: MailPage) -> bool:
    row, view = page.table.current(), page.preview.view
    if not isinstance(row, MessageLine) or view is None:
        return False
    same = view.message.message_id == row.message.message_id
    return same and row.message.folder is Folder.INBOX
