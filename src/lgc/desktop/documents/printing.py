"""Everything that is printed is seen first: pages, zoom, then the printer or a PDF."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar, cast

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QFont, QImage, QPageLayout, QPageSize, QPainter, QPdfWriter, QTextDocument
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo
from PySide6.QtWidgets import QWidget

from lgc.desktop import system_dialogs, text
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.cover import Dialog, window_of
from lgc.desktop.components.keys import action
from lgc.desktop.components.tips import set_tip
from lgc.desktop.documents.pdf_view import UNSHOWN, PdfView, Sizes, draw
from lgc.desktop.leaving import EXPORTED, PRINTED, Leaving, left
from lgc.desktop.main_window import MainWindow
from lgc.desktop.tasks import Tasks
from lgc.desktop.theme.typography import family
from lgc.errors import UserFacingError
from lgc.file_names import named
from lgc.files import save_copy
from lgc.reading import asking
from lgc.settings import Settings, print_copies, printer_name

T = TypeVar("T")
WIDTH, MARGIN_MM, SIDES, POINTS = 860, 15, 150, 10
JOB = "lgc"  # whoever looks at a queue of printing learns no patient
RESOLUTION = 200  # dots per inch: sharp text, pages that a printer takes at once


def print_pdf(
    owner: QWidget,
    title: str,
    pdf: bytes | None,
    words: QTextDocument,
    of: Leaving,
    form: str = "",
) -> PrintPreview:
    """Open the preview over the window of ``owner``; ``words`` serves what has no PDF.

    ``of`` is what the journal is told of; ``form`` says which form of a document this is, where
    it has two.
    """
    preview = PrintPreview(window_of(owner), title, pdf or on_paper(words, title), of, form)
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
    # Plain figures and signs: tabular figures and the alternates of « : » « < » « ≥ » beside others
    # cannot be searched nor copied in a PDF: « INR < 2 » would be « INR 2 » there.
    plain = QFont(family(), POINTS)
    plain.setFeature(QFont.Tag("calt"), 0)
    paper.setDefaultFont(plain)
    paper.print_(writer)
    buffer.close()
    return bytes(buffer.data().data())


class PrintPreview(Dialog):
    """The pages as they will leave; Ctrl+Enter prints, Ctrl+S keeps a PDF."""

    def __init__(
        self, parent: QWidget, title: str, pdf: bytes, of: Leaving, form: str = ""
    ) -> None:
        super().__init__(parent, "Aperçu", glyph="ri.printer-line", subtitle=title, width=WIDTH)
        self.setObjectName("printPreview")
        self._title, self._pdf, self._form, self._of = title, pdf, form, of
        self._told = False
        self._tasks = cast(MainWindow, parent).tasks
        self.pages = PdfView(self._tasks)
        self.pages.opened.connect(self._count)
        self.pages.setFixedHeight(max(parent.height() - 2 * SIDES, 320))
        self.pages.show_bytes(pdf)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.addWidget(self.pages)
        for words, glyph, factor, key in (
            ("Réduire", "ri.zoom-out-line", 1 / 1.2, "Ctrl+-"),
            ("Agrandir", "ri.zoom-in-line", 1.2, "Ctrl++"),
        ):
            zoom = action(self, words, partial(self.pages.zoom, factor), key, repeats=True)
            button = Button("", "quiet", glyph, cap=False, height=32)
            button.setAccessibleName(words)
            set_tip(button, words)
            button.clicked.connect(zoom.trigger)
            self.add_button(button)
        keep = action(self, "Enregistrer en PDF…", self._ask_file, "Ctrl+S")
        self.add_button(Button(action=keep, height=32))
        self.add_cancel("Fermer")
        go = action(self, "Imprimer…", self._print, "Ctrl+Return")
        self.add_button(Button(action=go, look="primary", height=32))

    def _count(self) -> None:
        """Beside the buttons, unless what became of the page stands there already."""
        if not self._told:
            parts = (text.count(self.pages.count, "page"), self._form)
            self.footer_note.setText(" · ".join(part for part in parts if part))

    def _tell(self, words: str) -> None:
        self._told = True
        self.footer_note.setText(words)

    def keep(self, file: Path) -> None:
        """Write the PDF; a disk or a folder that refuses is told in the footer."""
        self._tasks.run(
            partial(save_copy, file, self._pdf),
            owner=self,
            done=lambda nothing: self._kept(file),
            failed=self._not_kept,
        )

    def _kept(self, file: Path) -> None:
        left(EXPORTED, self._of)
        self._tell(f"Enregistré : {file.name}")

    def _not_kept(self, error: Exception) -> None:
        if not isinstance(error, UserFacingError):
            raise error
        self._tell(f"{error.sentence} {error.advice}")

    def _ask_file(self) -> None:
        name = named(self._title, ".pdf")
        system_dialogs.ask_save(self, "Enregistrer en PDF", name, self.keep, "PDF (*.pdf)")

    def _print(self) -> None:
        printer = QPrinter()
        printer.setResolution(RESOLUTION)
        prefer(printer)
        printer.setDocName(JOB)
        system_dialogs.ask_printer(self, printer, self._print_on)

    def _print_on(self, printer: QPrinter) -> None:
        left(PRINTED, self._of)
        printing = PagePrinter(self._tasks, printer, self._pdf, self)
        printing.reached.connect(self._say_page)
        printing.ended.connect(self._printed)
        printing.start()

    def _say_page(self, page: int, count: int) -> None:
        self._tell(f"Impression : page {page} sur {count}")

    def _printed(self, fault: str) -> None:
        if fault:
            self._tell(fault)
        else:
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


class PagePrinter(QObject):
    """Draws every page fitted to the printable area, each in a worker before it is painted.

    ``ended`` carries what went wrong, or nothing. A page that cannot be drawn says so on its sheet.
    """

    reached = Signal(int, int)
    ended = Signal(str)

    def __init__(self, tasks: Tasks, printer: QPrinter, pdf: bytes, parent: QObject) -> None:
        super().__init__(parent)
        # Let go in this order: a painter may not outlive what it paints on.
        self._painter = QPainter()
        self._tasks, self._printer, self._pdf = tasks, printer, pdf
        self._sizes: Sizes = ()

    def start(self) -> None:
        self._run(partial(asking.pdf_sizes, self._pdf), self._measured, self.ended.emit)

    def _run(
        self, work: Callable[[], T], done: Callable[[T], None], refused: Callable[[str], None]
    ) -> None:
        self._tasks.run(work, owner=self, done=done, failed=partial(self._failed, refused))

    def _measured(self, sizes: Sizes) -> None:
        self._sizes = sizes
        if not self._painter.begin(self._printer):
            self.ended.emit("L’imprimante ne répond pas.")
            return
        self._next(0)

    def _next(self, page: int) -> None:
        if page == len(self._sizes):
            self._painter.end()
            self.ended.emit("")
            return
        self.reached.emit(page + 1, len(self._sizes))
        target = self._target(page)
        work = partial(draw, self._pdf, page, max(round(target.width()), 1))
        paint, leave_out = (
            partial(self._paint, page, target),
            partial(self._leave_out, page, target),
        )
        self._run(work, paint, leave_out)

    def _paint(self, page: int, target: QRectF, image: QImage) -> None:
        if page:
            self._printer.newPage()
        self._painter.drawImage(target, image)
        self._next(page + 1)

    def _leave_out(self, page: int, target: QRectF, words: str) -> None:
        if page:
            self._printer.newPage()
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        self._painter.drawText(target, int(flags), f"{UNSHOWN} {words}")
        self._next(page + 1)

    def _target(self, page: int) -> QRectF:
        room, (across, down) = self._painter.viewport(), self._sizes[page]
        scale = min(room.width() / across, room.height() / down)
        return QRectF(0, 0, across * scale, down * scale)

    @staticmethod
    def _failed(refused: Callable[[str], None], error: Exception) -> None:
        if not isinstance(error, UserFacingError):
            raise error
        refused(f"{error.sentence} {error.advice}")
