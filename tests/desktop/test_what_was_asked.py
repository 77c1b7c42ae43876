"""What was asked of one thing is done to that thing, whatever was opened meanwhile."""

import io
import threading
from dataclasses import replace

import pytest
from pypdf import PdfReader
from PySide6.QtWidgets import QPushButton

from lgc.desktop import leaving, system_dialogs
from lgc.desktop.documents.document_page import DocumentPage
from lgc.desktop.documents.printing import PrintPreview
from lgc.desktop.mailbox.page import MailPage
from lgc.desktop.record.record_page import Record
from lgc.desktop.start import _sent
from lgc.domain.documents import DocumentContent
from lgc.errors import UserFacingError

WAIT = 4000
WHO = "CHEMIN Henri"
LEGRAND = "LEGRAND Chantal"


class Gate:
    """Keeps a worker until the test opened something else."""

    def __init__(self, work):
        self._work, self._open = work, threading.Event()

    def __call__(self, *given, **more):
        assert self._open.wait(4)
        return self._work(*given, **more)

    def let(self):
        self._open.set()


@pytest.fixture
def desk(rooms):
    return rooms.make_desk()


@pytest.fixture
def two(rooms):
    """Two documents: the one that is asked about, the one opened meanwhile."""
    return [
        rooms.opened(replace(rooms.document(WHO, n, title), document_id=f"d{n}"), f"<p>{title}</p>")
        for n, title in ((1, "Premier"), (2, "Second"))
    ]


@pytest.fixture
def page(qtbot, window, desk):
    made = DocumentPage(desk, window.tasks)
    made.setParent(window)
    made.resize(900, 700)
    made.show()
    return made


@pytest.fixture
def noted():
    lines = []
    leaving.use(lambda action, subject: lines.append((action, subject)))
    lines.clear()
    yield lines
    leaving.use(None)


def test_a_copy_bears_the_name_and_the_bytes_of_its_own_document(
    qtbot, page, desk, two, noted, monkeypatch, tmp_path
):
    desk.reading.pdf = Gate(lambda content: content.document.title.encode())
    asked = []
    monkeypatch.setattr(
        system_dialogs,
        "ask_save",
        lambda owner, title, name, then, kind="": asked.append((name, then)),
    )
    page.show_document(two[0])
    page._export()
    page.show_document(two[1])
    desk.reading.pdf.let()
    qtbot.waitUntil(lambda: asked != [], timeout=WAIT)

    name, then = asked[0]
    then(tmp_path / name)
    qtbot.waitUntil(lambda: noted != [], timeout=WAIT)

    assert name.startswith("Premier")
    assert (tmp_path / name).read_bytes() == b"Premier"
    assert noted == [("document exported", "d1")]


def test_a_print_shows_the_title_and_the_words_of_its_own_document(qtbot, window, page, desk, two):
    desk.reading.pdf = Gate(lambda content: None)
    page.show_document(two[0])
    page._print()
    page.show_document(two[1])
    desk.reading.pdf.let()
    qtbot.waitUntil(lambda: window.findChild(PrintPreview) is not None, timeout=WAIT)

    preview = window.findChild(PrintPreview)
    assert preview._title == "Premier" and preview._of.subject == "d1"
    assert "Premier" in words_of(preview._pdf) and "Second" not in words_of(preview._pdf)


def words_of(pdf):
    return "".join(one.extract_text() for one in PdfReader(io.BytesIO(pdf)).pages)


def test_an_original_is_noted_under_its_own_document(
    qtbot, page, two, noted, monkeypatch, tmp_path
):
    asked = []
    monkeypatch.setattr(
        system_dialogs, "ask_save", lambda owner, title, name, then, kind="": asked.append(then)
    )
    page.show_document(two[0])
    page._export_original(None)
    page.show_document(two[1])
    asked[0](tmp_path / "x.xml")

    qtbot.waitUntil(lambda: noted == [("document exported", "d1")], timeout=WAIT)


def test_keeping_a_draft_keeps_no_other_draft(qtbot, page, desk, two):
    desk.vsm.keep = Gate(lambda content: content.document.document_id)
    page.show_document(two[0], draft=True)
    page._keep()
    page.show_document(two[1], draft=True)
    with qtbot.waitSignal(page.kept, timeout=WAIT):
        desk.vsm.keep.let()

    assert page._draft and page._keep_button.isVisible()


def test_what_could_not_be_checked_is_not_said_of_another_document(qtbot, window, page, desk, two):
    def refuse(content: DocumentContent):
        raise UserFacingError("Il n’y a rien à vérifier.", advice="Rien.")

    desk.checking.check = Gate(refuse)
    page.show_document(two[0])
    page._check()
    page.show_document(two[1])
    desk.checking.check.let()
    qtbot.waitUntil(lambda: window.tasks.running == 0, timeout=WAIT)

    assert not page.notice.isVisible()


def test_a_share_that_left_is_told_to_the_record_it_came_from(qtbot, window, desk, two, rooms):
    window.record_factory = lambda patient: Record(patient, desk, window.tasks, window.stack)
    first = window.open_record(WHO)
    first._show_document(two[0], draft=True)
    window.open_record(LEGRAND)
    window._pages["queue"] = first  # only asked to bring the sending forward
    first.show_item = lambda item: None

    proposal = type("Proposal", (), {"document": two[0].content.document})()
    _sent(window, proposal, "s1")

    assert not first.document._draft


@pytest.fixture
def mail(qtbot, window, desk):
    made = MailPage.join(window, desk)
    window.show_page("messages")
    qtbot.waitUntil(lambda: made.preview.view is not None, timeout=WAIT)
    qtbot.waitUntil(lambda: window.tasks.running == 0, timeout=WAIT)
    return made


def test_a_piece_is_not_shown_once_another_message_was_chosen(qtbot, window, desk, mail):
    shown = mail.preview.view.message
    others = [key for key in desk.mail.lines if key != shown.message_id]
    understand, view = Gate(desk.reading.understand), Gate(desk.mail.open)
    desk.reading.understand, desk.mail.open = understand, view
    mail._open_attachment(shown.message_id, shown.attachments[0].attachment_id)
    mail.table.select(others[0])
    understand.let()
    qtbot.waitUntil(lambda: not mail.busy.isVisible() or window.tasks.running == 1, timeout=WAIT)
    qtbot.wait(50)

    assert not mail.document.isVisible()
    view.let()
    qtbot.waitUntil(lambda: window.tasks.running == 0, timeout=WAIT)
    assert not mail.document.isVisible()


def test_a_piece_enters_the_record_of_its_own_message(qtbot, window, desk, mail, monkeypatch):
    asked = []
    monkeypatch.setattr(
        "lgc.desktop.mailbox.page.reuse",
        lambda window, desk, patient_id, opened: asked.append(patient_id),
    )
    one, other = list(desk.mail.lines)[:2]
    desk.mail.assign(one, WHO)
    desk.mail.assign(other, LEGRAND)
    mail._view(one)
    mail.table.select(one)
    qtbot.waitUntil(lambda: window.tasks.running == 0, timeout=WAIT)
    view = desk.mail.view(one)
    mail.preview.show_message(view)
    mail._show_piece(one, desk.reading.open(f"{WHO}-1"))
    mail.preview.show_message(desk.mail.view(other))

    mail.document.reuse_asked.emit(mail.document.opened)

    assert asked == [WHO]


def test_continue_resumes_the_draft_that_it_stands_under(qtbot, window, desk, mail, monkeypatch):
    resumed = []
    mail.preview.resume_asked.disconnect()
    mail.preview.resume_asked.connect(lambda message: resumed.append(message.message_id))
    one, other = list(desk.mail.lines)[:2]
    mail.preview.show_message(desk.mail.view(one))
    mail.table.blockSignals(True)
    mail.table.select(other)

    mail.preview.findChild(QPushButton, "resumeDraft").click()

    assert resumed == [one]
