"""One document on screen: hostile words stay words, links open only what the document holds."""

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QTextTable
from PySide6.QtWidgets import QApplication

from lgc.desktop import system_dialogs
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.chips import Chip
from lgc.desktop.documents.document_page import DocumentPage
from lgc.domain.documents import DmpState, DocumentContent
from lgc.domain.readable import Attachment
from lgc.errors import UserFacingError
from lgc.services.checking import Finding
from lgc.services.reading import OpenedDocument, Reading

WAIT = 10_000
WHO = "CHEMIN Henri"
SCAN = Attachment("scan.png", "image/png", b"cut")


@pytest.fixture
def desk(rooms):
    return rooms.make_desk()


@pytest.fixture
def page(qtbot, window, desk):
    made = DocumentPage(desk, window.tasks)
    qtbot.addWidget(made)
    made.resize(900, 700)
    made.show()
    return made


def as_text(rooms, words, media_type="text/plain"):
    shown = rooms.opened(rooms.document(WHO), "")
    return OpenedDocument(shown.content, None, Attachment("x", media_type, words.encode()), ())


def test_markup_inside_a_plain_text_stays_text(page, rooms):
    hostile = "<script>alert(1)</script><img src='http://evil.example/x.png'/>\n<h1>Titre</h1>"

    page.show_document(as_text(rooms, hostile))

    shown = page.body.text.toPlainText()
    assert "<script>alert(1)</script>" in shown and "<h1>Titre</h1>" in shown


def test_markup_inside_a_title_stays_text(page, rooms):
    shown = rooms.opened(rooms.document(WHO, title="<b>gras</b><a href='x'>y</a>"), "<p>ok</p>")

    page.show_document(shown)

    assert page.header._title.whole() == "<b>gras</b><a href=’x’>y</a>"
    assert page.header._title.textFormat() is Qt.TextFormat.PlainText


@pytest.mark.parametrize(
    "address",
    ["http://evil.example/x.png", "file:///etc/passwd", "image:7", "image:-1", "qrc:/x", "../x"],
)
def test_nothing_outside_the_document_is_loaded(page, rooms, address):
    page.show_document(rooms.opened(rooms.document(WHO), f"<img src='{address}'/>"))

    loaded = page.body.text.loadResource(2, QUrl(address))

    assert bytes(loaded) == b""


def test_ten_thousand_lines_are_shown_at_once(page, rooms):
    page.show_document(as_text(rooms, "mot " * 20 + "\n" * 10_000 + "fin"))

    assert page.body.text.toPlainText().endswith("fin")


def test_a_link_to_an_image_of_the_document_opens_it_in_place(qtbot, page, rooms):
    page.show_document(
        rooms.opened(rooms.document(WHO), "<a href='image:0'>Croquis</a>", images=(rooms.PIXEL,))
    )

    page.body.text.anchorClicked.emit(QUrl("image:0"))

    assert page.body.currentWidget() is not page.body.text
    assert page._where.whole() == "Pièce contenue dans le document"


def test_escape_goes_from_the_piece_to_the_text_then_to_the_record(qtbot, page, rooms):
    left = []
    page.closed.connect(lambda: left.append(1))
    page.show_document(
        rooms.opened(rooms.document(WHO), "<a href='body:'>Copie</a>", body=rooms.PIXEL)
    )
    page.body.text.anchorClicked.emit(QUrl("body:"))
    assert page.body.currentWidget() is not page.body.text

    page.findChild(object, "closeDocument").click()
    assert page.body.currentWidget() is page.body.text and left == []
    page.findChild(object, "closeDocument").click()

    assert left == [1]


@pytest.mark.parametrize("address", ["image:3", "image:x", "http://evil.example", "file:///etc"])
def test_a_link_to_anything_else_does_nothing(page, rooms, address):
    page.show_document(rooms.opened(rooms.document(WHO), f"<a href='{address}'>ici</a>"))

    page.body.text.anchorClicked.emit(QUrl(address))

    assert page.body.currentWidget() is page.body.text


def test_a_column_of_dates_takes_the_room_of_a_date(page, rooms):
    rows = "<tr><td>08/07/2014</td><td>Diabète sucré insulino-dépendant, suivi régulier</td></tr>"
    head = "<tr><th>Début</th><th>Pathologie</th></tr>"
    page.show_document(rooms.opened(rooms.document(WHO), f"<table border='1'>{head}{rows}</table>"))

    frames = page.body.text.document().rootFrame().childFrames()
    table = next(frame for frame in frames if isinstance(frame, QTextTable))
    dates, words = table.format().toTableFormat().columnWidthConstraints()
    assert dates.type() == dates.Type.FixedLength and dates.rawValue() < 130
    assert words.type() == words.Type.VariableLength


def test_a_draft_that_was_shared_is_a_draft_no_more(page, rooms):
    shown = rooms.opened(rooms.document(WHO), "<p>ok</p>")
    page.show_document(shown, draft=True)
    assert page._keep_button.isVisible()

    page.was_shared("another")
    assert page._keep_button.isVisible()
    page.was_shared(shown.content.document.document_id)

    assert not page._keep_button.isVisible()
    assert page._where.whole() == ""


def test_the_header_follows_what_becomes_of_the_document(qtbot, page, rooms):
    shown = rooms.opened(rooms.document(WHO), "<p>ok</p>")
    page.show_document(shown)

    page.follow([replace(shown.content.document, dmp_state=DmpState.DEPOSITED)])

    qtbot.waitUntil(
        lambda: "Déposé" in [chip.text() for chip in page.header.findChildren(Chip)], timeout=WAIT
    )
    assert page.opened.content.document.dmp_state is DmpState.DEPOSITED


def test_the_header_unfolds_everything_and_folds_again(qtbot, page, rooms):
    page.show_document(rooms.opened(rooms.document(WHO), "<p>ok</p>"))
    more = page.header.findChild(object, "unfoldHeader")

    qtbot.mouseClick(more, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    assert page.header._facts.isVisible()
    qtbot.mouseClick(more, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))

    assert not page.header._facts.isVisible()


WRONG = Finding("error", "La langue doit s’écrire « fr-FR ».", "Signalez-le.", "a/b/c", 12)
DOUBTFUL = Finding("warning", "Le renvoi ne mène à rien.", "Signalez-le.", "a/b", 7)


def test_checking_says_what_is_wrong_where_and_what_to_do(qtbot, page, rooms, desk):
    page.show_document(rooms.opened(rooms.document(WHO), "<p>ok</p>"))
    desk.checking.found = (WRONG, DOUBTFUL)

    page.findChild(object, "checkDocument").click()
    qtbot.waitUntil(page.findings.isVisible, timeout=WAIT)

    assert page.findings.verdict.sentence() == "1 erreur et 1 à vérifier."
    first, second = page.findings.sentences()
    assert first == (
        "Erreur. La langue doit s’écrire « fr-FR ». Où\u00a0: a/b/c, ligne 12 Signalez-le."
    )
    assert second.startswith("À vérifier.")
    page.findChild(object, "closeFindings").click()
    assert not page.findings.isVisible()


def test_checking_a_sound_document_says_so_and_another_document_forgets_it(
    qtbot, page, rooms, desk
):
    page.show_document(rooms.opened(rooms.document(WHO), "<p>ok</p>"))

    qtbot.keyClick(page.body.text, Qt.Key.Key_F7)
    qtbot.waitUntil(page.findings.isVisible, timeout=WAIT)
    assert page.findings.verdict.sentence() == "Fichier bien formé."

    page.show_document(rooms.opened(rooms.document(WHO), "<p>autre</p>"))
    assert not page.findings.isVisible()


def test_checking_a_file_that_is_no_document_tells_why_nothing_was_checked(
    qtbot, page, rooms, desk
):
    page.show_document(as_text(rooms, "mot"))
    desk.checking.found = UserFacingError("Il n’y a rien à vérifier.", advice="Rien.")

    page.findChild(object, "checkDocument").click()
    qtbot.waitUntil(page.notice.isVisible, timeout=WAIT)

    assert page.notice.sentence() == "Il n’y a rien à vérifier."
    assert not page.findings.isVisible()


def test_a_report_of_300_kb_is_on_screen_at_once(qtbot, page, rooms, shared):
    sample = (shared / "cda/samples/IMG_CR_IMG_2024.01.xml").read_bytes()
    assert len(sample) > 300_000
    paper = replace(rooms.document(WHO), mime_type="text/xml")
    spent = []
    for _ in range(3):
        # The work of this thread: a machine busy elsewhere takes nothing from a report.
        started = time.thread_time()
        page.show_document(Reading(None, None).understand(DocumentContent(paper, sample)))
        QApplication.processEvents()
        spent.append(time.thread_time() - started)

    assert min(spent) < 0.15
    assert "Résultats" in page.body.text.toPlainText()


def choose(file):
    """In the dialog of the system that is open."""
    (dialog,) = system_dialogs.opened()
    dialog.selectFile(str(file))
    dialog.accept()


def unshown(page):
    return page.body.currentWidget().objectName() == "unshown"


@pytest.mark.parametrize("media_type", ["application/pdf", "image/png", "image/tiff", "image/jpeg"])
def test_a_body_that_cannot_be_drawn_is_a_sentence_with_its_original(
    qtbot, page, rooms, tmp_path, media_type
):
    page.show_document(as_text(rooms, "not what it says", media_type))
    qtbot.waitUntil(lambda: unshown(page), timeout=WAIT)

    kept = tmp_path / "original"
    qtbot.mouseClick(page.body.currentWidget().findChild(Button), Qt.MouseButton.LeftButton)
    choose(kept)

    qtbot.waitUntil(kept.exists, timeout=WAIT)
    assert kept.read_bytes() == b"<x/>"


def test_a_picture_that_cannot_be_drawn_exports_the_picture(qtbot, page, rooms, tmp_path):
    shown = rooms.opened(rooms.document(WHO), "<p>texte</p>", images=(SCAN,))
    page.show_document(shown)
    page.body.text.anchorClicked.emit(QUrl("image:0"))
    assert unshown(page)

    kept = tmp_path / "scan.png"
    qtbot.mouseClick(page.body.currentWidget().findChild(Button), Qt.MouseButton.LeftButton)
    choose(kept)

    qtbot.waitUntil(kept.exists, timeout=WAIT)
    assert kept.read_bytes() == SCAN.content


def test_whatever_drawing_raises_the_page_goes_on(qtbot, page, rooms, monkeypatch):
    monkeypatch.setattr(page.body.text, "show_sections", lambda readable: 1 / 0)
    page.show_document(rooms.opened(rooms.document(WHO), "<p>texte</p>"))
    assert unshown(page)
    monkeypatch.undo()

    page.show_document(rooms.opened(rooms.document(WHO), "<p>texte</p>"))

    assert page.body.currentWidget() is page.body.text


def test_a_picture_that_cannot_be_drawn_leaves_nothing_of_the_one_before(page, rooms):
    page.show_document(OpenedDocument(as_text(rooms, "").content, None, rooms.PIXEL, ()))
    page.show_document(as_text(rooms, "broken", "image/png"))

    assert unshown(page)
    assert page.body._image._label.pixmap().isNull()
