"""Everything is seen before it is printed; a PDF may be kept instead."""

import io
import os

import pytest
from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtPrintSupport import QPrinter

from lgc.desktop.documents.printing import PagePrinter, on_paper, prefer, print_pdf, use
from lgc.desktop.leaving import Leaving
from lgc.settings import Settings, print_copies

WAIT = 10_000


@pytest.fixture
def words(window):
    made = QTextDocument(window)
    made.setHtml("<h2>Courrier</h2>" + "<p>Œdème des chevilles, à revoir.</p>" * 90)
    return made


def pages(pdf):
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def test_a_text_becomes_pages_with_all_its_words(words):
    found = pages(on_paper(words, "Courrier"))

    assert len(found) > 1
    assert sum(page.count("chevilles") for page in found) == 90


def test_signs_beside_figures_are_in_the_words_of_the_pages(window):
    paper = QTextDocument(window)
    paper.setHtml("<p>INR &lt; 2 à 07:47, DFG ≥ 60, 20&lt; 21</p>")

    (page,) = pages(on_paper(paper, "Courrier"))

    assert "INR < 2 à 07:47, DFG ≥ 60, 20< 21" in " ".join(page.split())


def test_the_preview_shows_the_pages_zooms_and_keeps_a_pdf(qtbot, window, words, tmp_path):
    preview = print_pdf(window, "Courrier", None, words, Leaving("document"))
    qtbot.waitUntil(preview.isVisible, timeout=WAIT)
    qtbot.waitUntil(lambda: preview.footer_note.text().endswith("pages"), timeout=WAIT)
    view = preview.pages
    qtbot.keyClick(preview, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    near = view.scale
    qtbot.keyClick(preview, Qt.Key.Key_Minus, Qt.KeyboardModifier.ControlModifier)
    assert view.scale < near
    qtbot.wait(80)
    if folder := os.environ.get("LGC_PICTURES"):
        window.grab().save(f"{folder}/apercu.png")

    preview.keep(tmp_path / "courrier.pdf")
    qtbot.waitUntil(lambda: "Enregistré" in preview.footer_note.text(), timeout=WAIT)
    assert len(pages((tmp_path / "courrier.pdf").read_bytes())) == preview.pages.count
    preview.keep(tmp_path / "absent" / "courrier.pdf")
    qtbot.waitUntil(lambda: "n’est pas là" in preview.footer_note.text(), timeout=WAIT)
    qtbot.keyClick(preview, Qt.Key.Key_Escape)
    assert not preview.isVisible()


def test_the_preview_says_which_form_of_a_document_it_prints(qtbot, window, words):
    preview = print_pdf(window, "Synthèse", None, words, Leaving("document"), "document structuré")

    qtbot.waitUntil(lambda: "document structuré" in preview.footer_note.text(), timeout=5000)


def test_what_is_printed_is_the_pdf_page_by_page(qtbot, window, words, tmp_path):
    pdf = on_paper(words, "Courrier")
    printer = QPrinter()
    printer.setResolution(100)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "out.pdf"))

    printing = PagePrinter(window.tasks, printer, pdf, window)
    with qtbot.waitSignal(printing.ended, timeout=20_000) as ended:
        printing.start()

    assert ended.args == [""]
    assert len(pages((tmp_path / "out.pdf").read_bytes())) == len(pages(pdf))


def test_the_number_of_copies_of_the_settings_is_proposed():
    chosen = Settings()
    chosen[print_copies] = 2
    use(chosen)
    printer = QPrinter()
    prefer(printer)
    use(Settings())

    assert printer.copyCount() == 2
