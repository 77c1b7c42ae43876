"""A message that could not be read: first in the list, its reason, its acts, what is kept."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from lgc.desktop.components.labels import ElidedLabel
from lgc.desktop.components.rows import CELL_ROLE
from lgc.desktop.mailbox.folder_list import UNASSIGNED, UNREADABLE
from lgc.desktop.mailbox.message_table import Group
from lgc.desktop.mailbox.page import MailPage
from lgc.domain.messages import Folder, MailAttachment
from lgc.domain.unreadable import WORDS, Fault, Flaw, Unreadable

WAIT = 10_000
FLAW = Flaw(
    Fault.ARCHIVE, "IHE_XDM.ZIP", "1 fichier sur 4 ne s’ouvre pas.", "zip, member 3, LZMAError"
)


@pytest.fixture
def desk(rooms):
    made = rooms.make_desk()
    change(
        made,
        "m3",
        unreadable=Unreadable(FLAW, "1.0"),
        unread=True,
        text="Docteur,\nVoici.",
        raw_subject="Résultats",
        attachments=(MailAttachment("a1", "IHE_XDM.ZIP", "application/zip", 744),),
    )
    return made


def change(desk, message_id, **what):
    line = desk.mail.lines[message_id]
    desk.mail.lines[message_id] = replace(line, message=replace(line.message, **what))


@pytest.fixture
def mail(qtbot, window, desk):
    page = MailPage.join(window, desk)
    window.show_page("messages")
    qtbot.waitUntil(lambda: page.preview.view is not None, timeout=WAIT)
    page.table.select("m3")
    qtbot.waitUntil(lambda: page.preview.unreadable.isVisible(), timeout=WAIT)
    return page


def press(qtbot, mail, key):
    mail.table.setFocus()
    qtbot.keyClick(mail.table, key, Qt.KeyboardModifier.AltModifier)


def test_it_stands_first_with_its_reason_and_is_no_message_to_assign(mail, qtbot):
    first, line = mail.table.rows()[:2]
    assert isinstance(first, Group)
    assert (first.words, first.count) == ("Illisibles, gardés entiers", 1)
    assert line.message.message_id == "m3"
    cell = mail.table.model().index(1, 1).data(CELL_ROLE)
    assert (cell.text, cell.second) == ("Message illisible", "archive abîmée")

    mail.folders.button(UNASSIGNED).click()
    qtbot.waitUntil(lambda: "m3" not in shown(mail), timeout=WAIT)


def shown(mail):
    return [row.message.message_id for row in mail.table.rows() if not isinstance(row, Group)]


def test_it_says_what_was_read_and_what_is_kept(mail):
    panel = mail.preview.unreadable
    told = {
        name: words.replace("\u202f", " ").replace("\xa0", " ") for name, words in panel.words()
    }

    assert told["IHE_XDM.ZIP"] == "744 octets, 1 fichier sur 4 ne s’ouvre pas"
    assert told["Texte"] == "2 lignes, ci-dessous"
    assert told["Original"].startswith("complet")
    assert told["Serveur MSSanté"] == "encore présent, non marqué lu"
    assert told["Relecture"].endswith("essayé 1 fois")
    assert not mail.preview.assign.isVisible()
    assert mail.preview.details.isVisible()


def test_its_lines_keep_their_height_on_a_low_screen(qtbot, mail, window):
    window.resize(1366, 768)
    qtbot.wait(100)

    lines = [one for one in mail.preview.unreadable.findChildren(ElidedLabel) if one.isVisible()]
    assert len(lines) == 12
    assert all(one.height() >= one.fontMetrics().height() for one in lines)


def test_looking_at_it_leaves_it_unread(mail, desk, qtbot):
    qtbot.wait(300)
    assert desk.mail.lines["m3"].message.unread


def test_its_folder_counts_it_and_shows_it_wherever_it_is(qtbot, mail, desk):
    change(desk, "m3", folder=Folder.ARCHIVES)
    mail.folders.button(UNREADABLE).click()

    qtbot.waitUntil(lambda: shown(mail) == ["m3"], timeout=WAIT)
    qtbot.waitUntil(
        lambda: mail.folders.button(UNREADABLE).accessibleName() == "Illisibles, 1", timeout=WAIT
    )


def test_d_writes_to_its_sender(qtbot, mail, window):
    press(qtbot, mail, Qt.Key.Key_N)
    qtbot.waitUntil(lambda: mail.write is not None, timeout=WAIT)
    assert mail.write.findChild(QLineEdit) is not None


def test_who_cannot_be_answered_is_not_asked(qtbot, mail, desk):
    change(desk, "m3", sender_address="", sender_name="")
    mail.preview.show_message(desk.mail.view("m3"))

    assert not mail.preview.unreadable.ask.isEnabled()
    assert mail.preview.view.message.sender == "(expéditeur illisible)"


def test_the_original_leaves_byte_for_byte(qtbot, mail, desk, tmp_path, rooms):
    mail.rescuing.export("m3", tmp_path / "a.eml")

    qtbot.waitUntil((tmp_path / "a.eml").exists, timeout=WAIT)
    assert (tmp_path / "a.eml").read_bytes() == rooms.ORIGINAL
    assert not desk.mail.lines["m3"].message.unread


def test_l_reads_it_again_and_says_how_it_went(qtbot, mail, desk, window):
    press(qtbot, mail, Qt.Key.Key_E)
    qtbot.waitUntil(lambda: toasts(window) != [], timeout=WAIT)
    assert "reste illisible" in toasts(window)[-1]
    qtbot.waitUntil(lambda: mail.preview.unreadable.isVisible(), timeout=WAIT)
    assert dict(mail.preview.unreadable.words())["Relecture"].endswith("essayé 2 fois")

    press(qtbot, mail, Qt.Key.Key_E)
    qtbot.waitUntil(lambda: not mail.preview.unreadable.isVisible(), timeout=WAIT)
    assert "lisible" in toasts(window)[-1]


def toasts(window):
    return [one.words.text() for one in window.messages.on_screen() if hasattr(one, "words")]


def test_a_lets_the_doctor_assign_it_all_the_same(qtbot, mail):
    press(qtbot, mail, Qt.Key.Key_I)

    qtbot.waitUntil(lambda: mail.preview.assign.isVisible(), timeout=WAIT)


def test_no_key_means_two_things_here(mail, window):
    keys = [k.toString() for a in (*mail.keys(), *window.everywhere()) for k in a.shortcuts()]

    assert len(keys) == len(set(keys)), sorted(k for k in keys if keys.count(k) > 1)


def test_every_fault_has_its_words():
    assert set(WORDS) == set(Fault)
    assert all(len(one.short.split()) <= 3 for one in WORDS.values())
