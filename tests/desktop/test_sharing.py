"""The sharing dialog: what it waits for before « Envoyer », and what it says meanwhile."""

import os
import threading
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel

from lgc.cda.allowed import Allowed
from lgc.desktop.sharing.share_dialog import ShareDialog
from lgc.desktop.sharing.will_be_read import WillBeRead
from lgc.domain.deliveries import Channel
from lgc.domain.patients import DmpAccess
from lgc.errors import UserFacingError
from lgc.services.reading_back import STOPPED, ReadBack, Reading

WAIT = 10_000


@pytest.fixture
def sharing(rooms):
    return rooms.FakeSharing()


@pytest.fixture
def open_dialog(qtbot, window, sharing):
    def opened():
        proposal = sharing.propose("doc")
        made = ShareDialog(window, proposal, "doc", sharing, window.tasks, window.messages.show)
        made.open()
        qtbot.waitUntil(lambda: window.tasks.running == 0, timeout=WAIT)
        return made

    return opened


def tick(qtbot, dialog):
    box = dialog.dmp.consent
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(10, box.height() // 2))


def take_colleague(qtbot, dialog):
    dialog.recipients.edit.setFocus()
    qtbot.keyClicks(dialog.recipients.edit, "robert")
    qtbot.waitUntil(lambda: dialog.recipients.suggesting, timeout=WAIT)
    qtbot.keyClick(dialog.recipients.edit, Qt.Key.Key_Return)


def pressed(dialog):
    """What pressing « Envoyer » says instead of sending."""
    dialog.send.click()
    assert dialog.isVisible() and dialog._sharing.shared == []
    return [dialog.form.error(one) for one, _ in dialog.faults()]


def test_sending_waits_for_the_consent_then_for_a_recipient(qtbot, open_dialog, sharing):
    dialog = open_dialog()
    assert "accord du patient" in pressed(dialog)[0]
    assert dialog.dmp.consent.hasFocus()

    tick(qtbot, dialog)
    assert [("destinataire" in one) for one in pressed(dialog)] == [True]
    assert dialog.recipients.edit.hasFocus()

    take_colleague(qtbot, dialog)
    assert dialog.missing() == ""

    qtbot.mouseClick(dialog.send, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: sharing.shared != [], timeout=WAIT)
    request = sharing.shared[0]
    assert request.consent_attested
    assert request.channels == {Channel.DMP, Channel.MSSANTE}
    assert [one.family_name for one in request.recipients] == ["SPECIALISTE5737"]


def test_the_consent_taken_back_stops_the_sending(qtbot, open_dialog):
    dialog = open_dialog()
    take_colleague(qtbot, dialog)
    tick(qtbot, dialog)
    assert dialog.missing() == ""

    tick(qtbot, dialog)

    assert "accord" in pressed(dialog)[0]


def test_backspace_gives_the_recipient_back_and_sending_waits_again(qtbot, open_dialog, sharing):
    sharing.access = DmpAccess.AUTHORISED
    dialog = open_dialog()
    take_colleague(qtbot, dialog)
    assert dialog.send.isEnabled()

    qtbot.keyClick(dialog.recipients.edit, Qt.Key.Key_Backspace)

    assert dialog.recipients.chosen == ()
    assert "destinataire" in pressed(dialog)[0]


def test_an_unqualified_ins_leaves_mssante_alone(qtbot, open_dialog, sharing):
    sharing.qualified = False
    dialog = open_dialog()

    assert dialog.channel.value == "mssante"
    assert not dialog.channel._buttons["dmp"].isEnabled()
    assert "INS" in dialog.channel._buttons["both"].toolTip()
    take_colleague(qtbot, dialog)
    assert dialog.request().channels == {Channel.MSSANTE}


@pytest.mark.parametrize(
    ("access", "words"),
    [
        (DmpAccess.NONE, "Ce patient n’a pas de DMP"),
        (DmpAccess.CLOSED, "Le DMP est fermé"),
        (DmpAccess.FORBIDDEN, "Le patient vous en a refusé l’accès"),
    ],
)
def test_a_closed_door_says_why_and_leaves_mssante(qtbot, open_dialog, sharing, access, words):
    sharing.access = access
    dialog = open_dialog()

    assert dialog.channel.value == "mssante"
    assert not dialog.channel._buttons["both"].isEnabled()
    assert dialog.dmp.isVisible()
    qtbot.waitUntil(
        lambda: any(p.isVisible() and p.text() == words for p in dialog.dmp.findChildren(QLabel)),
        timeout=WAIT,
    )


def test_a_patient_who_refuses_leaves_the_dmp_alone(qtbot, open_dialog, sharing, scenes):
    sharing.who = replace(scenes.CHEMIN, refuses_shared_mail=True)
    sharing.access = DmpAccess.AUTHORISED
    dialog = open_dialog()

    assert dialog.channel.value == "dmp"
    assert not dialog.channel.allows("both") and not dialog.channel.allows("mssante")
    assert "s’oppose" in dialog.channel._buttons["mssante"].toolTip()
    assert dialog.send.isEnabled()
    assert dialog.request().channels == {Channel.DMP}


@pytest.mark.parametrize("qualified", [True, False])
def test_a_patient_who_refuses_and_has_no_dmp_is_sent_nothing(
    qtbot, open_dialog, sharing, scenes, qualified
):
    sharing.who = replace(scenes.CHEMIN, refuses_shared_mail=True)
    sharing.access, sharing.qualified = DmpAccess.CLOSED, qualified
    dialog = open_dialog()

    assert not dialog.send.isEnabled()
    assert "s’oppose à l’envoi" in dialog.footer_note.text()


def test_the_words_agree_with_a_woman(open_dialog, sharing, scenes):
    sharing.who = scenes.LEGRAND
    dialog = open_dialog()

    assert dialog.dmp.consent.text().startswith("La patiente")
    assert "de la patiente" in dialog.missing()


def test_an_unreachable_dmp_can_be_asked_again(qtbot, open_dialog, sharing, window):
    sharing.access = UserFacingError("Le DMP ne répond pas.", may_retry=True)
    dialog = open_dialog()
    again = dialog.dmp._again
    assert again.isVisible() and pressed(dialog)
    sharing.access = DmpAccess.AUTHORISED

    qtbot.mouseClick(again, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: dialog.dmp.status is not None, timeout=WAIT)
    assert not again.isVisible()


def test_an_unreachable_dmp_does_not_stop_mssante(qtbot, open_dialog, sharing):
    sharing.access = UserFacingError("Le DMP ne répond pas.", may_retry=True)
    dialog = open_dialog()

    qtbot.mouseClick(dialog.channel._buttons["mssante"], Qt.MouseButton.LeftButton)
    take_colleague(qtbot, dialog)

    assert dialog.send.isEnabled()


def test_ctrl_return_sends_from_the_message(qtbot, open_dialog, sharing):
    sharing.access = DmpAccess.AUTHORISED
    dialog = open_dialog()
    take_colleague(qtbot, dialog)
    dialog.message.setFocus()

    qtbot.keyClick(dialog.message, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    qtbot.waitUntil(lambda: len(sharing.shared) == 1, timeout=WAIT)


def test_the_patients_own_colleagues_are_one_key_away(qtbot, window, rooms, sharing):
    proposal = replace(sharing.propose("doc"), correspondents=(rooms.COLLEAGUE,))
    dialog = ShareDialog(window, proposal, "doc", sharing, window.tasks, window.messages.show)
    dialog.open()
    edit = dialog.recipients.edit
    edit.setFocus()
    qtbot.keyClick(edit, Qt.Key.Key_Down)
    assert dialog.recipients.suggesting
    qtbot.keyClick(edit, Qt.Key.Key_Down)
    qtbot.keyClick(edit, Qt.Key.Key_Return)

    assert dialog.recipients.chosen == (rooms.COLLEAGUE,)
    qtbot.keyClick(edit, Qt.Key.Key_Down)
    assert not dialog.recipients.suggesting


def test_enter_before_the_answer_takes_no_recipient(qtbot, open_dialog, type_text):
    """Who was found for fewer letters is not the one who was meant."""
    dialog = open_dialog()
    dialog.recipients.edit.setFocus()
    type_text("rob")
    qtbot.waitUntil(lambda: dialog.recipients.suggesting, timeout=WAIT)

    type_text("ertine")
    qtbot.keyClick(dialog.recipients.edit, Qt.Key.Key_Return)

    assert dialog.recipients.chosen == ()
    assert dialog.recipients.edit.text() == "robertine"


def test_the_directory_online_adds_who_is_not_known_here(qtbot, open_dialog, type_text):
    dialog = open_dialog()
    dialog.recipients.edit.setFocus()
    type_text("noé")

    qtbot.waitUntil(lambda: dialog.recipients.suggesting, timeout=WAIT)
    qtbot.keyClick(dialog.recipients.edit, Qt.Key.Key_Return)

    assert [one.address for one in dialog.recipients.chosen] == ["noe@x.example"]


def test_a_dmp_that_is_away_is_queued_with_its_consent(qtbot, open_dialog, sharing):
    sharing.access = UserFacingError("Le DMP n’est pas joignable.", may_retry=True)
    dialog = open_dialog()
    assert dialog.channel.value == "both"
    assert "accord du patient" in dialog.missing()

    tick(qtbot, dialog)
    take_colleague(qtbot, dialog)
    assert dialog.missing() == ""

    qtbot.mouseClick(dialog.send, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: sharing.shared != [], timeout=WAIT)
    request = sharing.shared[0]
    assert (request.consent_attested, request.dmp_asked) == (True, False)
    assert request.channels == {Channel.DMP, Channel.MSSANTE}


def test_a_slow_dmp_holds_nobody_up(qtbot, window, sharing, monkeypatch):
    monkeypatch.setattr("lgc.desktop.sharing.share_dialog.LATE_MS", 30)
    answer = threading.Event()
    known = sharing.check_dmp
    sharing.check_dmp = lambda patient_id: answer.wait(10) and known(patient_id)
    proposal = sharing.propose("doc")
    dialog = ShareDialog(window, proposal, "doc", sharing, window.tasks, window.messages.show)
    dialog.open()
    qtbot.waitUntil(lambda: dialog.dmp.away, timeout=WAIT)
    tick(qtbot, dialog)
    take_colleague(qtbot, dialog)
    assert dialog.send.isEnabled()
    assert not dialog.request().dmp_asked

    answer.set()
    qtbot.waitUntil(lambda: dialog.dmp.status is not None, timeout=WAIT)

    assert dialog.request().dmp_asked
    assert dialog.dmp.consent.isChecked()


def test_what_the_dmp_refuses_leaves_mssante_with_its_reason(qtbot, open_dialog, sharing):
    sharing.access = UserFacingError("Le DMP n’a pas reconnu votre carte.")
    dialog = open_dialog()
    assert dialog.channel.value == "mssante"
    assert dialog.channel._buttons["dmp"].toolTip() == "Le DMP n’a pas reconnu votre carte."
    take_colleague(qtbot, dialog)
    assert dialog.send.isEnabled()
    sharing.access = DmpAccess.AUTHORISED

    qtbot.mouseClick(dialog.dmp._again, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: dialog.channel.allows("both"), timeout=WAIT)


def test_a_door_that_was_closed_stays_closed_while_the_dmp_is_away(qtbot, window, sharing):
    sharing.access = UserFacingError("Le DMP n’est pas joignable.", may_retry=True)
    proposal = sharing.propose("doc")
    closed = replace(proposal, patient=replace(proposal.patient, dmp=DmpAccess.CLOSED))
    dialog = ShareDialog(window, closed, "doc", sharing, window.tasks, window.messages.show)
    dialog.open()
    qtbot.waitUntil(lambda: window.tasks.running == 0, timeout=WAIT)

    assert dialog.channel.value == "mssante"
    assert not dialog.channel.allows("dmp")


WRONG = "Ce document dit autrement que le dossier : date de naissance."


def test_a_document_of_another_identity_is_only_made_again(qtbot, window, sharing):
    proposal = replace(
        sharing.propose("doc"), differs=WRONG, bears_ins=False, sharable_in_dmp=False, own=True
    )
    dialog = ShareDialog(window, proposal, "doc", sharing, window.tasks, window.messages.show)
    asked = []
    dialog.redo_asked.connect(asked.append)
    dialog.open()
    assert dialog.missing() == WRONG and not dialog.send.isEnabled()
    if folder := os.environ.get("LGC_PICTURES"):
        window.grab().save(f"{folder}/partager-autre-identite.png")
    qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert sharing.shared == []

    qtbot.mouseClick(dialog.redo, Qt.MouseButton.LeftButton)

    assert asked == [proposal.document]


@pytest.mark.parametrize("own", [True, False])
def test_a_document_without_the_ins_is_not_for_the_dmp(qtbot, window, sharing, own):
    proposal = replace(sharing.propose("doc"), bears_ins=False, sharable_in_dmp=False, own=own)
    dialog = ShareDialog(window, proposal, "doc", sharing, window.tasks, window.messages.show)
    dialog.open()

    assert dialog._open_ways() == ("mssante",)
    assert dialog.redo.isVisible() is own


def test_what_a_colleague_will_read_is_in_sight_with_what_changed_since(qtbot, window, sharing):
    readings = (
        Reading("Pathologies en cours", "Asthme · début 2014"),
        Reading("Traitements", "Metformine 1000", "« … », fin…", Allowed.CHANGED_SINCE),
    )
    proposal = replace(sharing.propose("doc"), reads=ReadBack("Lettre", readings))
    dialog = ShareDialog(window, proposal, "doc", sharing, window.tasks, window.messages.show)
    dialog.open()
    qtbot.waitUntil(lambda: window.tasks.running == 0, timeout=WAIT)

    shown = dialog.findChild(WillBeRead)
    words = [one.text() for one in shown.findChildren(QLabel)]

    assert words[:2] == ["Pathologies en cours", "Asthme · début 2014"]
    assert words[-1].startswith("Le dossier a changé depuis")
    assert shown.accessibleName() == "Ce que votre confrère lira"


def test_a_document_that_says_otherwise_waits_and_offers_to_be_written_again(
    qtbot, window, sharing
):
    unlike = "« Asthme », fin : « rien » dans le dossier, « 2019 » dans le document."
    reads = ReadBack("Lettre", (Reading("Pathologies en cours", "Asthme · fin 2019", unlike),))
    proposal = replace(sharing.propose("doc"), reads=reads, own=True)
    dialog = ShareDialog(window, proposal, "doc", sharing, window.tasks, window.messages.show)
    dialog.open()
    qtbot.waitUntil(lambda: window.tasks.running == 0, timeout=WAIT)

    assert dialog.missing() == STOPPED
    assert not dialog.send.isEnabled() and dialog.redo.isVisible()
    words = [one.text() for one in dialog.findChild(WillBeRead).findChildren(QLabel)]
    assert words[0].startswith("Ne part pas") and "2019" in words[0]
    assert dialog.redo.text() == "Refaire depuis le dossier"
    qtbot.wait(60)
    if folder := os.environ.get("LGC_PICTURES"):
        window.grab().save(f"{folder}/partager-arrete.png")
