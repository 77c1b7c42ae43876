"""A PDF, page under page. Its pages are drawn in the reading process: here are only pixels.

What is in view is asked first, then what comes next; a page that asks too much says so where it
would stand.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections import OrderedDict
from functools import partial

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame

from lgc.desktop.tasks import Tasks
from lgc.desktop.theme import current, font
from lgc.errors import UserFacingError
from lgc.reading import asking

GAP, EDGE, STEP = 8, 12, 40
NEAREST, FURTHEST = 6.0, 0.2
AHEAD = 2  # pages asked before they are reached
CACHE_BYTES = 128 * 1024 * 1024
WORDS_WIDTH = 420
UNSHOWN = "Cette page ne peut pas être montrée."
Sizes = tuple[tuple[float, float], ...]


def draw(content: bytes, page: int, width: int) -> QImage:
    """One page, ``width`` pixels wide. Runs in workers. Raises UnreadableInput."""
    drawn = asking.pdf_page(content, page, width)
    image = QImage(
        drawn.pixels, drawn.width, drawn.height, drawn.stride, QImage.Format.Format_RGB32
    )
    return image.copy()  # the first one only borrows its pixels


class PdfView(QAbstractScrollArea):
    """``opened`` tells that the number of pages is known, or that there are none."""

    opened = Signal()

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self.setObjectName("pdfView")
        self.setAccessibleName("Pages du document")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._tasks = tasks
        self._content = b""
        self._number = itertools.count()
        self._current = -1  # which of the documents shown one after the other
        self._sizes: Sizes = ()
        self._tops: list[int] = []
        self._fault = ""
        self._faults: dict[int, str] = {}
        self._drawn: OrderedDict[int, tuple[int, QImage]] = OrderedDict()
        self._asked: tuple[int, int] | None = None
        self.scale = 1.0  # 1: as wide as the view
        self.verticalScrollBar().setSingleStep(STEP)
        current().changed.connect(self._dress)

    def _dress(self) -> None:
        self.viewport().update()

    @property
    def count(self) -> int:
        """Number of pages, 0 while nothing could be read."""
        return len(self._sizes)

    @property
    def waiting(self) -> bool:
        """Whether a page is being drawn."""
        return self._asked is not None

    def show_bytes(self, content: bytes) -> None:
        """Any PDF; what it is worth is told when it is known."""
        self._content, self._current = content, next(self._number)
        self._sizes, self._fault, self._asked = (), "", None
        self._drawn.clear()
        self._faults.clear()
        self._lay_out()
        self.verticalScrollBar().setValue(0)
        self._tasks.run(
            partial(asking.pdf_sizes, content),
            owner=self,
            done=partial(self._measured, self._current),
            failed=partial(self._unreadable, self._current),
        )

    def zoom(self, factor: float) -> None:
        """Closer or further than the width of the page; what is in view stays there."""
        bar = self.verticalScrollBar()
        place = bar.value() / max(bar.maximum(), 1)
        self.scale = min(max(self.scale * factor, FURTHEST), NEAREST)
        self._lay_out()
        bar.setValue(round(place * bar.maximum()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._lay_out()

    def scrollContentsBy(self, across: int, down: int) -> None:
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), current().role("app"))
        painter.setFont(font("base"))
        if self._fault:
            painter.setPen(current().role("text.muted"))
            self._write(painter, self.viewport().rect(), self._fault)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for page in self._visible():
            self._paint_page(painter, page)
        painter.end()
        self._ask()

    def _paint_page(self, painter: QPainter, page: int) -> None:
        where = self._place(page)
        painter.fillRect(where, QColor("white"))
        found = self._drawn.get(page)
        if found is not None:
            painter.drawImage(where, found[1])
        elif page in self._faults:
            painter.setPen(QColor("black"))
            self._write(painter, where, self._faults[page])

    def _write(self, painter: QPainter, where: QRect, words: str) -> None:
        room = QRect(0, 0, min(where.width() - 2 * EDGE, WORDS_WIDTH), where.height())
        room.moveCenter(where.center())
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(room, int(flags), words)

    # --- where things are -----------------------------------------------------------------------

    def _lay_out(self) -> None:
        """Each page as wide as the view times the scale, and how far one can scroll."""
        at, self._tops = GAP, []
        for across, down in self._sizes:
            self._tops.append(at)
            at += round(self._width() * down / across) + GAP
        view = self.viewport().size()
        for bar, whole, seen in (
            (self.verticalScrollBar(), at, view.height()),
            (self.horizontalScrollBar(), self._width() + 2 * EDGE, view.width()),
        ):
            bar.setRange(0, max(whole - seen, 0) if self._sizes else 0)
            bar.setPageStep(seen)
        self.viewport().update()

    def _width(self) -> int:
        # With or without its bar: else the bar would come and go with the width that it leaves.
        room = self.contentsRect().width() - self.verticalScrollBar().sizeHint().width()
        return max(round((room - 2 * EDGE) * self.scale), 1)

    def _place(self, page: int) -> QRect:
        across, down = self._sizes[page]
        width = self._width()
        left = max((self.viewport().width() - width) // 2, EDGE)
        corner = QPoint(
            left - self.horizontalScrollBar().value(),
            self._tops[page] - self.verticalScrollBar().value(),
        )
        return QRect(corner.x(), corner.y(), width, max(round(width * down / across), 1))

    def _visible(self) -> range:
        if not self._tops:
            return range(0)
        top = self.verticalScrollBar().value()
        first = max(bisect_right(self._tops, top) - 1, 0)
        return range(
            first, max(bisect_right(self._tops, top + self.viewport().height()), first + 1)
        )

    def _wanted(self) -> range:
        """What is in view, and what comes next."""
        seen = self._visible()
        return range(seen.start, min(seen.stop + AHEAD, self.count)) if seen else seen

    # --- asking ---------------------------------------------------------------------------------

    def _pixels(self) -> int:
        return max(round(self._width() * self.devicePixelRatioF()), 1)

    def _ask(self) -> None:
        """The next page that is missing, one at a time: what is in view may have changed since."""
        if self._asked is not None:
            return
        width = self._pixels()
        for page in self._wanted():
            known = self._drawn.get(page)
            if page in self._faults or (known is not None and known[0] == width):
                continue
            self._asked = (page, width)
            self._tasks.run(
                partial(draw, self._content, page, width),
                owner=self,
                done=partial(self._drew, self._current, page, width),
                failed=partial(self._gave_up, self._current, page),
            )
            return

    def _measured(self, number: int, sizes: Sizes) -> None:
        if number == self._current:
            self._sizes = sizes
            self._lay_out()
            self.opened.emit()

    def _unreadable(self, number: int, error: Exception) -> None:
        if not isinstance(error, UserFacingError):
            raise error
        if number == self._current:
            self._fault = f"{error.sentence} {error.advice}"
            self.viewport().update()
            self.opened.emit()

    def _drew(self, number: int, page: int, width: int, image: QImage) -> None:
        if number != self._current:
            return
        self._asked = None
        self._drawn[page] = (width, image)
        self._drawn.move_to_end(page)
        kept = set(self._wanted())
        for old in [one for one in self._drawn if one not in kept]:
            if sum(one.sizeInBytes() for _, one in self._drawn.values()) <= CACHE_BYTES:
                break
            del self._drawn[old]
        if page in self._visible():
            self.viewport().update()
        else:
            self._ask()

    def _gave_up(self, number: int, page: int, error: Exception) -> None:
        if not isinstance(error, UserFacingError):
            raise error
        if number == self._current:
            self._asked = None
            self._faults[page] = f"{UNSHOWN} {error.sentence} {error.advice}"
            self.viewport().update()
