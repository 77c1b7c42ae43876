"""Everything that is printed is seen first: pages, zoom, then the printer or a PDF."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import cast

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRectF
from PySide6.QtGui import QFont, QPageLayout, QPageSize, QPainter, QPdfWriter, QTextDocument
from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo
from PySide6.QtWidgets import QFileDialog, QWidget

from lgc.desktop import text
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.cover import Dialog
from lgc.desktop.components.keys import action
from lgc.desktop.documents.body import PdfView
from lgc.desktop.main_window import MainWindow, window_of
from lgc.desktop.theme.typography import family
from lgc.errors import UserFacingError
from lgc.files import save_copy
from lgc.settings import Settings, print_copies, printer_name

WIDTH, MARGIN_MM, SIDES, POINTS = 860, 15, 150, 10
RESOLUTION = 200  # dots per inch: sharp text, pages that a printer takes at once


def print_pdf(owner: QWidget, title: str, pdf: bytes | None, words: QTextDocument) -> PrintPreview:
    """Open the preview over the window of ``owner``; ``words`` serves what has no PDF."""
    preview = PrintPreview(window_of(owner), title, pdf or on_paper(words, title))
    preview.open(preview.pages)
    return preview


def on_paper(words: QTextDocument, title: str) -> bytes:
    """A text as the PDF of its pages (A4)."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(title)
    writer.setPageLayout(
        QPageLayout(
            QPageSize(QPageSize.PageSizeId.A4),
            QPageLayout.Orientation.Portrait,
            QMarginsF(MARGIN_MM, MARGIN_MM, MARGIN_MM, MARGIN_MM),
            QPageLayout.Unit.Millimeter,
        )
    )
    paper = words.clone()
    # Plain figures: the tabular ones of the screen cannot be searched nor copied in a PDF.
    paper.setDefaultFont(QFont(family(), POINTS))
    paper.print_(writer)
    buffer.close()
    return bytes(buffer.data().data())


class PrintPreview(Dialog):
    """The pages as they will leave; Ctrl+Enter prints, Ctrl+S keeps a PDF."""

    def __init__(self, parent: QWidget, title: str, pdf: bytes) -> None:
        super().__init__(parent, "Aperçu", glyph="ri.printer-line", subtitle=title, width=WIDTH)
        self.setObjectName("printPreview")
        self._title, self._pdf = title, pdf
        self.pages = PdfView()
        self.pages.setFixedHeight(max(parent.height() - 2 * SIDES, 320))
        self.pages.show_bytes(pdf)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.addWidget(self.pages)
        self.footer_note.setText(text.count(self.pages.count, "page"))
        for words, glyph, factor, key in (
            ("Réduire", "ri.zoom-out-line", 1 / 1.2, "Ctrl+-"),
            ("Agrandir", "ri.zoom-in-line", 1.2, "Ctrl++"),
        ):
            zoom = action(self, words, partial(self.pages.zoom, factor), key)
            button = Button("", "quiet", glyph, cap=False, height=32)
            button.setAccessibleName(words)
            button.setToolTip(words)
            button.clicked.connect(zoom.trigger)
            self.add_button(button)
        keep = action(self, "Enregistrer en PDF…", self._ask_file, "Ctrl+S")
        self.add_button(Button(action=keep, height=32))
        self.add_cancel("Fermer")
        go = action(self, "Imprimer…", self._print, "Ctrl+Return")
        self.add_button(Button(action=go, look="primary", height=32))

    def keep(self, file: Path) -> None:
        """Write the PDF; a disk or a folder that refuses is told in the footer."""
        cast(MainWindow, window_of(self)).tasks.run(
            partial(save_copy, file, self._pdf),
            owner=self,
            done=lambda nothing: self.footer_note.setText(f"Enregistré : {file.name}"),
            failed=self._not_kept,
        )

    def _not_kept(self, error: Exception) -> None:
        if not isinstance(error, UserFacingError):
            raise error
        self.footer_note.setText(f"{error.sentence} {error.advice}")

    def _ask_file(self) -> None:
        name = f"{self._title.replace('/', '-')}.pdf"
        chosen, _ = QFileDialog.getSaveFileName(self, "Enregistrer en PDF", name, "PDF (*.pdf)")
        if chosen:
            self.keep(Path(chosen))

    def _print(self) -> None:
        printer = QPrinter()
        printer.setResolution(RESOLUTION)
        prefer(printer)
        printer.setDocName(self._title)
        dialog = QPrintDialog(printer, self)
        dialog.setWindowTitle("Imprimer")
        if dialog.exec():
            paint_pages(printer, self._pdf)
            self.dismiss()


_settings = Settings()


def use(settings: Settings) -> None:
    """Where the preferred printer is said."""
    global _settings
    _settings = settings


def prefer(printer: QPrinter) -> None:
    """Propose the printer and the number of copies of the settings."""
    if _settings[printer_name] in QPrinterInfo.availablePrinterNames():
        printer.setPrinterName(_settings[printer_name])
    printer.setCopyCount(max(_settings[print_copies], 1))


def paint_pages(printer: QPrinter, pdf: bytes) -> None:
    """Draw every page of ``pdf`` fitted to the printable area."""
    from PySide6.QtPdf import QPdfDocument

    buffer = QBuffer()
    buffer.setData(QByteArray(pdf))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    document = QPdfDocument()
    document.load(buffer)
    painter = QPainter(printer)
    room = painter.viewport()
    for number in range(document.pageCount()):
        if number:
            printer.newPage()
        size = document.pagePointSize(number)
        scale = min(room.width() / size.width(), room.height() / size.height())
        target = QRectF(0, 0, size.width() * scale, size.height() * scale)
        image = document.render(number, target.size().toSize())
        painter.drawImage(target, image)
    painter.end()
