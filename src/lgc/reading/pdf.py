"""PDF through PDFium: how many pages, their words, their pixels. Only the reading process may come.

Native code over a stranger's bytes: nothing of this runs in the application. QtPdf needs neither a
window nor an application object for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PIL import Image
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize
from PySide6.QtGui import QImage
from PySide6.QtPdf import QPdfDocument

from lgc.errors import UnreadableInput
from lgc.reading import limits
from lgc.reading.jobs import PDF, Answer

A4 = (595.0, 842.0)


class _Opened:
    """The last document asked about: its pages come one after the other."""

    content: bytes = b""
    document: QPdfDocument | None = None
    device: QBuffer | None = None


_last = _Opened()


def words(blobs: Sequence[bytes], asked: Mapping[str, Any]) -> Answer:
    """``text``: the words of the first pages, in reading order."""
    document = _open(blobs[0])
    kept: list[str] = []
    size = 0
    for number in range(min(document.pageCount(), limits.PDF_WORDS_PAGES)):
        said = document.getAllText(number).text().replace("\r\n", "\n")
        kept.append(said)
        size += len(said)
        if size > limits.PDF_WORDS:
            break
    text = "\n".join(kept)[: limits.PDF_WORDS]
    return Answer({"text": text.encode("utf-8", "replace").decode("utf-8")})


def sizes(blobs: Sequence[bytes], asked: Mapping[str, Any]) -> Answer:
    """``sizes``: width and height of each page, in points."""
    document = _open(blobs[0])
    count = min(document.pageCount(), limits.PDF_PAGES)
    return Answer({"sizes": [_points(document, number) for number in range(count)]})


def page(blobs: Sequence[bytes], asked: Mapping[str, Any]) -> Answer:
    """One page, ``width`` pixels wide: its pixels (RGB32) and what they measure."""
    document = _open(blobs[0])
    number = int(asked["page"])
    if not 0 <= number < document.pageCount():
        raise UnreadableInput(PDF)
    across, down = _points(document, number)
    scale = min(int(asked["width"]) / across, (limits.PAGE_PIXELS / (across * down)) ** 0.5)
    size = QSize(max(round(across * scale), 1), max(round(down * scale), 1))
    drawn = document.render(number, size)
    if drawn.format() is not QImage.Format.Format_ARGB32:
        drawn = drawn.convertToFormat(QImage.Format.Format_ARGB32)
    if drawn.isNull():
        raise UnreadableInput(PDF)
    # PDFium draws on nothing: a sheet of paper is white. A painter would want a whole application.
    bits, stride = bytes(drawn.constBits()), drawn.bytesPerLine()
    measures = (drawn.width(), drawn.height())
    ink = Image.frombuffer("RGBA", measures, bits, "raw", "BGRA", stride, 1)
    sheet = Image.new("RGB", measures, "white")
    sheet.paste(ink, mask=ink)
    said = {"width": measures[0], "height": measures[1], "stride": 4 * measures[0]}
    # Qt takes the fourth byte for granted: left empty, a page would let what is behind it through.
    return Answer(said, [sheet.convert("RGBA").tobytes("raw", "BGRA")])


def _points(document: QPdfDocument, number: int) -> tuple[float, float]:
    size = document.pagePointSize(number)
    across, down = size.width(), size.height()
    most = limits.PAGE_POINTS
    return (across, down) if 1 <= across <= most and 1 <= down <= most else A4


def _open(content: bytes) -> QPdfDocument:
    """Raises UnreadableInput: damaged, or closed by a password."""
    if _last.content is not content or _last.document is None:
        device = QBuffer()
        device.setData(QByteArray(content))
        device.open(QIODevice.OpenModeFlag.ReadOnly)
        _last.document = QPdfDocument()
        _last.document.load(device)
        _last.content, _last.device = content, device
    if _last.document.status() is not QPdfDocument.Status.Ready:
        closed = _last.document.error() is QPdfDocument.Error.IncorrectPassword
        raise UnreadableInput("Ce PDF est protégé par un mot de passe." if closed else PDF)
    return _last.document
