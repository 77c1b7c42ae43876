"""The body of a document in place: safe text, PDF, image. No script, no remote fetch."""

from __future__ import annotations

import html
import logging

from PySide6.QtCore import QByteArray, Qt, QUrl, Signal
from PySide6.QtGui import (
    QAction,
    QFontMetrics,
    QImage,
    QPixmap,
    QResizeEvent,
    QTextCursor,
    QTextLength,
    QTextTable,
)
from PySide6.QtWidgets import (
    QLabel,
    QScrollArea,
    QStackedWidget,
    QTextBrowser,
)

from lgc.cda.showable import UNSHOWN
from lgc.desktop.components.empty import EmptyState
from lgc.desktop.documents.pdf_view import PdfView
from lgc.desktop.tasks import Tasks
from lgc.desktop.theme import current, font
from lgc.domain.readable import Attachment, ReadableDocument, ReadableSection
from lgc.errors import place_of
from lgc.services.reading import OpenedDocument

log = logging.getLogger(__name__)
NARROW_COLUMN, CELL_SIDES, WIDE_TABLE = 132, 24, 520
MEASURED = 600  # cells of a table that are looked at: the window waits for it

STYLE = """
body {{ color: {text}; }}
h2 {{ color: {text}; font-size: 16px; font-weight: 600; margin: 18px 0 6px 0; }}
h3 {{ color: {text}; font-size: 14px; font-weight: 600; margin: 12px 0 4px 0; }}
h4 {{ color: {muted}; font-size: 13px; font-weight: 600; margin: 8px 0 4px 0; }}
p, li {{ line-height: 140%; }}
table {{ border-collapse: collapse; border-color: {line}; margin: 4px 0; }}
th {{ background-color: {alt}; color: {muted}; font-weight: 500; text-align: left; }}
th, td {{ padding: 5px 10px; border: 1px solid {line}; }}
a {{ color: {link}; text-decoration: none; }}
"""


class DocumentText(QTextBrowser):
    """Sections as text. Only images carried by the document are ever loaded.

    ``media_asked`` carries ``body:`` or ``image:N``, a link to what the document itself holds.
    """

    media_asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("documentText")
        self.setAccessibleName("Texte du document")
        self.setUndoRedoEnabled(False)
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setFont(font("base"))
        self.document().setDocumentMargin(20)
        self._readable: ReadableDocument | None = None
        self._plain = ""
        self.anchorClicked.connect(self._follow)
        current().changed.connect(self._render)

    def show_sections(self, readable: ReadableDocument) -> None:
        self._readable, self._plain = readable, ""
        self._render()

    def show_text(self, text: str) -> None:
        self._readable, self._plain = None, text
        self._render()

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """``image:2`` is the third image of the document; nothing else is fetched."""
        address = name.toString() if isinstance(name, QUrl) else name
        scheme, _, index = address.partition(":")
        images = self._readable.images if self._readable else ()
        if scheme == "image" and index.isdigit() and int(index) < len(images):
            piece = images[int(index)]
            if piece.media_type.startswith("image/"):  # drawn again by the reading process
                return QImage.fromData(QByteArray(piece.content))
        return QByteArray()

    def _follow(self, link: QUrl) -> None:
        if link.scheme() == "" and link.hasFragment():
            self.scrollToAnchor(link.fragment())
        elif link.scheme() in ("body", "image"):
            self.media_asked.emit(link.toString())

    def _render(self) -> None:
        palette = current().palette
        self.document().setDefaultStyleSheet(
            STYLE.format(
                text=palette["text"],
                muted=palette["text.muted"],
                line=palette["line"],
                alt=palette["alt"],
                link=palette["accent.text"],
            )
        )
        self.setHtml(self.markup())
        # One block of edits: the page is laid out once, not once per table.
        edits = QTextCursor(self.document())
        edits.beginEditBlock()
        for frame in self.document().rootFrame().childFrames():
            if isinstance(frame, QTextTable):
                fit_columns(frame)
        edits.endEditBlock()

    def markup(self) -> str:
        """The HTML shown, also printed."""
        if self._readable is None:
            paragraphs = self._plain.replace("\r\n", "\n").split("\n\n")
            return "".join(f"<p>{html.escape(p).replace(chr(10), '<br/>')}</p>" for p in paragraphs)
        return "".join(_section(section, 2) for section in self._readable.sections)


def fit_columns(table: QTextTable) -> None:
    """Dates, numbers and units take what they need; the words share the rest."""
    metrics, strong = QFontMetrics(font("base")), QFontMetrics(font("strong"))
    widths = []
    step = max(table.rows() * table.columns() // MEASURED, 1)
    for column in range(table.columns()):
        words = [_cell_words(table, row, column) for row in range(0, table.rows(), step)]
        lines = [line for cell in words for line in cell.split("\n")]
        widths.append(
            max(
                (max(metrics.horizontalAdvance(w), strong.horizontalAdvance(w)) for w in lines),
                default=0,
            )
        )
    free = QTextLength(QTextLength.Type.VariableLength, 0)
    shaped = table.format().toTableFormat()
    shaped.setColumnWidthConstraints(
        [
            QTextLength(QTextLength.Type.FixedLength, width + CELL_SIDES)
            if width <= NARROW_COLUMN and width < max(widths)
            else free
            for width in widths
        ]
    )
    # A little less than the whole: borders are outside of it, and a bar would come below.
    wide = sum(widths) > WIDE_TABLE
    shaped.setWidth(QTextLength(QTextLength.Type.PercentageLength, 98 if wide else 72))
    table.setFormat(shaped)


def _cell_words(table: QTextTable, row: int, column: int) -> str:
    cell = table.cellAt(row, column)
    if cell.columnSpan() > 1:
        return ""
    block, words = cell.firstCursorPosition().block(), []
    last = cell.lastCursorPosition().block()
    while block.isValid():
        words.append(block.text())
        if block == last:
            break
        block = block.next()
    return "\n".join(words)


def _section(section: ReadableSection, level: int) -> str:
    title = f"<h{level}>{html.escape(section.title)}</h{level}>" if section.title else ""
    inner = "".join(_section(one, min(level + 1, 4)) for one in section.sections)
    # Two sections without a title must not make one line.
    said = f"<div>{section.html}</div>" if section.html else ""
    return f"{title}{said}{inner}"


class ImageView(QScrollArea):
    """An image fitted to the width, never enlarged."""

    def __init__(self) -> None:
        super().__init__()
        self._label = QLabel()
        self._label.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.setWidget(self._label)
        self.setWidgetResizable(True)
        self._whole = QPixmap()

    def show_bytes(self, content: bytes) -> bool:
        """False when it is no image that can be drawn."""
        self._whole = QPixmap()  # of the one before, nothing may stay
        self._label.clear()
        drawn = self._whole.loadFromData(content)
        self._fit()
        return drawn

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        width = min(self._whole.width(), self.viewport().width() - 24)
        if width > 0 and not self._whole.isNull():
            smooth = Qt.TransformationMode.SmoothTransformation
            self._label.setPixmap(self._whole.scaledToWidth(width, smooth))


class Unshown(EmptyState):
    """In place of what cannot be shown: a sentence, and the original to export."""

    asked = Signal()

    def __init__(self) -> None:
        export = QAction("Exporter l’original")
        super().__init__(
            "ri.file-warning-line",
            "Ce contenu ne peut pas être montré ici.",
            "L’original est gardé tel qu’il est arrivé.",
            export,
        )
        self.setObjectName("unshown")
        export.setParent(self)
        export.triggered.connect(self.asked)


class DocumentBody(QStackedWidget):
    """Shows whatever an ``OpenedDocument`` holds, preferring text over pictures of text.

    ``inside_changed`` tells that a piece carried by the document is shown instead of its text;
    ``original_asked`` carries the piece that could not be shown, or None for the whole document.
    """

    inside_changed = Signal(bool)
    original_asked = Signal(object)

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self._unshown = Unshown()
        self._unshown.asked.connect(lambda: self.original_asked.emit(self._piece))
        self._piece: Attachment | None = None
        self._tasks = tasks
        self.text = DocumentText()
        self.text.media_asked.connect(self._show_media)
        self.addWidget(self.text)
        self.addWidget(self._unshown)
        self._opened: OpenedDocument | None = None
        self._pdf: PdfView | None = None
        self._image: ImageView | None = None

    def show_document(self, opened: OpenedDocument) -> None:
        self._opened, self._piece = opened, None
        try:
            self._show(opened)
        except Exception as error:  # a stranger's bytes, whatever they raise: the page goes on
            self._give_up(error)
        self.inside_changed.emit(False)

    def _show(self, opened: OpenedDocument) -> None:
        if opened.readable is not None and opened.readable.sections:
            self.text.show_sections(opened.readable)
            self.setCurrentWidget(self.text)
        elif opened.body is not None:
            self._show_attachment(opened.body)
        else:
            self.setCurrentWidget(self._unshown)

    def _give_up(self, error: Exception) -> None:
        log.error("not shown: %s", place_of(error))
        self.setCurrentWidget(self._unshown)

    def _pages_known(self) -> None:
        """The number of pages is known a moment later; without any there is nothing to show."""
        if self._pdf is not None and self.currentWidget() is self._pdf and not self._pdf.count:
            self.setCurrentWidget(self._unshown)

    def show_text_again(self) -> None:
        """Back from a piece to the text that links to it."""
        if self._opened is not None:
            self.show_document(self._opened)

    def _show_media(self, address: str) -> None:
        """``body:`` is the PDF copy, ``image:2`` the third image; anything else is ignored."""
        readable = self._opened.readable if self._opened is not None else None
        if readable is None:
            return
        scheme, _, rank = address.partition(":")
        found = readable.body if scheme == "body" else None
        if scheme == "image" and rank.isdigit() and int(rank) < len(readable.images):
            found = readable.images[int(rank)]
        if found is not None:
            self._piece = found
            try:
                self._show_attachment(found)
            except Exception as error:
                self._give_up(error)
            self.inside_changed.emit(True)

    def _show_attachment(self, body: Attachment) -> None:
        if body.media_type == "application/pdf":
            if self._pdf is None:
                self._pdf = PdfView(self._tasks)
                self._pdf.opened.connect(self._pages_known)
                self.addWidget(self._pdf)
            self.setCurrentWidget(self._pdf)
            self._pdf.show_bytes(body.content)
        elif body.media_type.startswith("image/"):
            if self._image is None:
                self._image = ImageView()
                self.addWidget(self._image)
            shown = self._image.show_bytes(body.content)
            self.setCurrentWidget(self._image if shown else self._unshown)
        elif body.media_type == UNSHOWN:
            self.setCurrentWidget(self._unshown)
        else:
            self.text.show_text(body.content.decode("utf-8", "replace"))
            self.setCurrentWidget(self.text)
