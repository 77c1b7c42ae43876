"""Print with a preview: the PDF of a document page by page, or the text shown."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF
from PySide6.QtGui import QPainter, QTextDocument
from PySide6.QtPrintSupport import QPrinter, QPrintPreviewDialog
from PySide6.QtWidgets import QWidget


def print_pdf(owner: QWidget, title: str, pdf: bytes | None, text: QTextDocument) -> None:
    """Open the preview; ``text`` serves documents that have no PDF."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setDocName(title)
    preview = QPrintPreviewDialog(printer, owner)
    preview.setWindowTitle(f"Aperçu : {title}")
    preview.resize(900, 900)
    if pdf is None:
        preview.paintRequested.connect(text.print_)
    else:
        preview.paintRequested.connect(lambda target: paint_pages(target, pdf))
    preview.open()


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
