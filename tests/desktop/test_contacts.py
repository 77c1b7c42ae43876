"""The contacts: listed and searched at once, kept from the directory, changed, taken back."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel

from lgc.desktop.components.buttons import Button
from lgc.desktop.contacts.contact_dialog import ContactDialog
from lgc.desktop.contacts.page import ContactsPage
from lgc.desktop.contacts.people_table import Group
from lgc.desktop.mailbox.page import MailPage
from lgc.domain.contacts import Contact
from lgc.domain.professionals import Correspondent
from lgc.errors import UserFacingError
from lgc.services.contact_book import ContactView
from lgc.services.seen import must_still_be

WAIT = 10_000
ROBERT = Contact(
    Correspondent("robert@x.example", "SPÉCIALISTE", "Robert", "Dr", "Pneumologie", "Boulogne"),
    "01 99 00 57 37",
)
LABO = Contact(Correspondent("labo@x.example", "", organisation="Laboratoire Tarro"))
LUC = Correspondent("luc@x.example", "CŒUR", "Luc", "Dr", "Cardiologie", verified=True)
ZOE = Correspondent("zoe@x.example", "CŒUR", "Zoé", "Dr", "Cardiologie", verified=True)


class FakeBook:
    """services.contact_book.ContactBook over a dictionary."""

    def __init__(self, message, patient):
        self.kept = {one.address: one for one in (ROBERT, LABO)}
        self.local, self.far = (LUC,), (ZOE,)
        self.message, self.patient, self.refusal, self.listed = message, patient, "", True

    def all(self):
        return tuple(self.kept.values())

    def view(self, person):
        contact = self.kept.get(person.address)
        shared = contact == ROBERT
        return ContactView(
            contact or Contact(person), contact is not None, self.listed,
            (self.message,) if shared else (), (self.patient,) if shared else (),
        )  # fmt: skip

    def elsewhere(self, words):
        return self._new(self.local, words)

    def online(self, words):
        return self._new(self.far, words)

    def _new(self, people, words):
        return tuple(
            one for one in people
            if words.lower() in one.family_name.lower() and one.address not in self.kept
        )  # fmt: skip

    def keep(self, contact, was="", seen=None):
        if self.refusal:
            raise UserFacingError(self.refusal)
        if seen is not None:
            must_still_be(self.kept.get(was), seen, "Ce contact", telephone_of)
        self.kept.pop(was, None)
        self.kept[contact.address] = contact
        return contact

    def remove(self, address, seen=None):
        if seen is not None:
            must_still_be(self.kept.get(address), seen, "Ce contact", telephone_of)
        del self.kept[address]


def telephone_of(contact):
    return contact.telephone


@pytest.fixture
def desk(rooms, scenes):
    desk = rooms.make_desk()
    [message] = [line.message for line in desk.mail.lines.values()][:1]
    desk.contacts = FakeBook(message, scenes.CHEMIN)
    return desk


@pytest.fixture
def page(qtbot, window, desk):
    MailPage.join(window, desk)
    made = ContactsPage.join(window, desk)
    window.show_page("contacts")
    qtbot.waitUntil(lambda: made.card.view is not None, timeout=WAIT)
    return made


def names(page):
    return [
        f"· {row.words}" if isinstance(row, Group) else page.table.cell(n, "name").text
        for n, row in enumerate(page.table.rows())
    ]


def look_for(qtbot, page, words, expected):
    page.search.setText(words)
    qtbot.waitUntil(lambda: names(page) == expected, timeout=WAIT)


def dialog_of(qtbot, window):
    qtbot.waitUntil(lambda: bool(window.findChildren(ContactDialog)), timeout=WAIT)
    return window.findChildren(ContactDialog)[-1]


def test_contacts_stand_with_the_card_of_the_first(page):
    assert names(page) == ["SPÉCIALISTE Robert", "Laboratoire Tarro"]
    assert page.count.text() == "2"
    assert page.card.name.whole() == "Dr Robert SPÉCIALISTE"
    assert page.card.listed.text() == "Liste blanche"


def test_the_rail_still_says_messages(window, page):
    assert window.rail.button("messages").isChecked()
    assert "contacts" not in tuple(window.rail.keys())


def test_a_search_forgives_accents_and_looks_into_the_directory(qtbot, page):
    look_for(qtbot, page, "specialiste", ["· Mes contacts", "SPÉCIALISTE Robert"])
    look_for(qtbot, page, "0199005737", ["· Mes contacts", "SPÉCIALISTE Robert"])
    look_for(qtbot, page, "cœur", ["· Annuaire MSSanté", "CŒUR Luc", "CŒUR Zoé"])


def test_nobody_found_says_so(qtbot, page):
    page.search.setText("xyz")

    qtbot.waitUntil(lambda: page.empty.isVisible(), timeout=WAIT)
    assert page.empty.accessibleName() == "Personne ne correspond."
    assert not page.card.isVisible()


def test_escape_in_the_search_clears_it_and_stays(qtbot, window, page):
    page.search.setFocus()
    page.search.setText("robert")

    qtbot.keyClick(page.search, Qt.Key.Key_Escape)
    assert page.search.text() == ""
    assert window.current_page() is page and page.table.hasFocus()

    qtbot.keyClick(page.table, Qt.Key.Key_Escape)
    assert isinstance(window.current_page(), MailPage)


def test_one_of_the_directory_is_kept_and_taken_back(qtbot, window, page, desk):
    look_for(qtbot, page, "cœur", ["· Annuaire MSSanté", "CŒUR Luc", "CŒUR Zoé"])
    page.table.select(LUC.address)
    qtbot.waitUntil(lambda: not page.card.view.known, timeout=WAIT)
    page.table.setFocus()

    qtbot.keyClick(page.table, Qt.Key.Key_A, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: LUC.address in desk.contacts.kept, timeout=WAIT)
    qtbot.waitUntil(
        lambda: names(page)[:3] == ["· Mes contacts", "CŒUR Luc", "· Annuaire MSSanté"],
        timeout=WAIT,
    )

    window.messages.undo_last()
    qtbot.waitUntil(lambda: LUC.address not in desk.contacts.kept, timeout=WAIT)


def test_a_removed_contact_comes_back_with_the_undo(qtbot, window, page, desk):
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: names(page) == ["Laboratoire Tarro"], timeout=WAIT)

    window.messages.undo_last()

    qtbot.waitUntil(lambda: len(page.table.rows()) == 2, timeout=WAIT)
    assert desk.contacts.kept[ROBERT.address] == ROBERT


def test_a_change_can_be_taken_back(qtbot, window, page, desk, type_text):
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_F2)
    dialog = dialog_of(qtbot, window)
    dialog.note.setFocus()
    type_text("Créneau le jeudi.")
    dialog.lines["address"].setText("robert@y.example")
    qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "robert@y.example" in desk.contacts.kept, timeout=WAIT)
    qtbot.waitUntil(lambda: page.card.view.contact.note == "Créneau le jeudi.", timeout=WAIT)
    assert ROBERT.address not in desk.contacts.kept

    window.messages.undo_last()

    qtbot.waitUntil(lambda: desk.contacts.kept.get(ROBERT.address) == ROBERT, timeout=WAIT)
    assert "robert@y.example" not in desk.contacts.kept


CHANGED = replace(ROBERT, telephone="01 99 00 00 99")


def test_a_dialog_on_a_contact_that_changed_meanwhile_shows_both_and_stays(
    qtbot, window, page, desk, type_text
):
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_F2)
    dialog = dialog_of(qtbot, window)
    dialog.note.setFocus()
    type_text("Le jeudi.")
    desk.contacts.kept[ROBERT.address] = CHANGED

    qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: dialog.isVisible() and said_in(dialog) != "", timeout=WAIT)

    assert "a changé" in said_in(dialog)
    assert "01 99 00 57 37" in said_in(dialog) and "01 99 00 00 99" in said_in(dialog)
    assert dialog.note.toPlainText() == "Le jeudi."
    assert desk.contacts.kept[ROBERT.address] == CHANGED


def said_in(dialog):
    told = [one.text() for one in dialog.findChildren(QLabel) if one.isVisible()]
    return next((words for words in told if "changé" in words), "")


def test_a_contact_that_changed_meanwhile_is_not_removed_and_both_are_told(
    qtbot, window, page, desk
):
    desk.contacts.kept[ROBERT.address] = CHANGED
    page.table.setFocus()

    qtbot.keyClick(page.table, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: "a changé" in messages_of(window), timeout=WAIT)

    assert "01 99 00 57 37" in messages_of(window) and "01 99 00 00 99" in messages_of(window)
    assert desk.contacts.kept[ROBERT.address] == CHANGED


def messages_of(window):
    return " ".join(one.text() for one in window.findChildren(QLabel) if one.isVisible())


def test_an_undo_leaves_a_contact_that_was_changed_again(qtbot, window, page, desk, type_text):
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_F2)
    dialog = dialog_of(qtbot, window)
    dialog.note.setFocus()
    type_text("Le jeudi.")
    qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: desk.contacts.kept[ROBERT.address] != ROBERT, timeout=WAIT)
    qtbot.waitUntil(lambda: page.card.view.contact.note == "Le jeudi.", timeout=WAIT)
    desk.contacts.kept[ROBERT.address] = CHANGED

    window.messages.undo_last()
    qtbot.waitUntil(lambda: "a changé" in messages_of(window), timeout=WAIT)

    assert desk.contacts.kept[ROBERT.address] == CHANGED


def test_what_is_refused_stays_in_the_dialog(qtbot, window, page, desk, type_text):
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_N)
    dialog = dialog_of(qtbot, window)
    type_text("Éluard")
    dialog.lines["address"].setText("a@b.mssante.fr")
    desk.contacts.refusal = "Cette adresse est déjà celle de DURAND Anne."

    qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    line = dialog.form.line_of(dialog.lines["address"])
    qtbot.waitUntil(lambda: line.isVisible(), timeout=WAIT)

    assert line.text() == desk.contacts.refusal
    assert dialog.lines["address"].hasFocus()
    assert dialog.lines["family_name"].text() == "Éluard"


def test_a_name_of_the_directory_fills_the_new_contact(qtbot, window, page, type_text):
    page.new()
    dialog = dialog_of(qtbot, window)
    type_text("cœur")
    qtbot.waitUntil(lambda: dialog.popup.isVisible(), timeout=WAIT)

    qtbot.keyClick(dialog.lines["family_name"], Qt.Key.Key_Return)

    assert dialog.contact() == Contact(LUC)
    dialog.lines["address"].setText("autre@x.example")
    assert not dialog.contact().correspondent.verified


def test_a_click_beside_a_field_of_a_dialog_leaves_the_hands_in_it(qtbot, window, page):
    page.new()
    dialog = dialog_of(qtbot, window)
    for widget in (dialog, dialog.title, dialog.card):
        dialog.lines["city"].setFocus()
        qtbot.mouseClick(widget, Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
        assert dialog.lines["city"].hasFocus()


def test_escape_closes_the_completions_before_the_dialog(qtbot, window, page, type_text):
    page.new()
    dialog = dialog_of(qtbot, window)
    type_text("cœur")
    qtbot.waitUntil(lambda: dialog.popup.isVisible(), timeout=WAIT)

    qtbot.keyClick(dialog.lines["family_name"], Qt.Key.Key_Escape)

    assert not dialog.popup.isVisible() and dialog.isVisible()


def test_enter_writes_to_nobody_who_was_not_typed_or_moved_to(qtbot, window, page):
    """The card of the first is only shown."""
    for widget in (page.table, page.search):
        widget.setFocus()
        qtbot.keyClick(widget, Qt.Key.Key_Return)
        assert window.current_page() is page

    page.search.setFocus()
    page.search.setText("cœur")
    qtbot.keyClick(page.search, Qt.Key.Key_Return)
    assert window.current_page() is page, "two of that name"


def test_enter_before_the_list_writes_to_the_one_that_is_named(qtbot, window, page):
    page.search.setFocus()
    page.search.setText("tarro")
    qtbot.keyClick(page.search, Qt.Key.Key_Return)

    mail = window.page("messages")
    qtbot.waitUntil(lambda: mail.write is not None, timeout=WAIT)
    assert [one.address for one in mail.write.recipients.chosen] == ["labo@x.example"]


def test_enter_writes_to_the_one_in_view(qtbot, window, page):
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_Down)
    qtbot.keyClick(page.table, Qt.Key.Key_Up)
    qtbot.keyClick(page.table, Qt.Key.Key_Return)

    mail = window.page("messages")
    qtbot.waitUntil(lambda: mail.write is not None, timeout=WAIT)
    assert mail.write.recipients.chosen == (ROBERT.correspondent,)


def test_the_address_is_copied(qtbot, page):
    page.copy_address()

    assert QGuiApplication.clipboard().text() == ROBERT.address


def test_a_message_of_the_card_opens_in_the_mailbox(qtbot, window, page, desk):
    message = desk.contacts.message
    [line] = page.card.messages.findChildren(Button)
    line.click()

    mail = window.page("messages")
    qtbot.waitUntil(
        lambda: (
            mail.preview.view is not None
            and mail.preview.view.message.message_id == message.message_id
        ),
        timeout=WAIT,
    )


def test_an_answer_that_comes_late_is_not_painted_on_another_card(page, desk):
    view = desk.contacts.view(LABO.correspondent)

    page._show(view)

    assert page.card.view.contact == ROBERT


def test_a_domain_outside_the_white_list_is_said(qtbot, page, desk):
    desk.contacts.listed = False
    page.table.select(LABO.address)

    qtbot.waitUntil(lambda: page.card.listed.text() == "Hors liste blanche", timeout=WAIT)
    assert "rien de médical" in page.card.listed.toolTip()


def test_a_name_that_looks_like_markup_is_text(qtbot, page, desk):
    odd = replace(LABO, correspondent=replace(LABO.correspondent, organisation="<b>&Labo</b>"))
    desk.contacts.kept[LABO.address] = odd
    page.reload()
    qtbot.waitUntil(lambda: "<b>&Labo</b>" in names(page), timeout=WAIT)
