"""Lines and rows as they stand on the page: the body, a header, a note, a box."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby, zip_longest

from lgc.reading.markup import CELL
from lgc.reading.scripts import Script, scripted, struck

Piece = tuple[str, Script, bool]


@dataclass(slots=True)
class _Row:
    """The row of a table that is being filled; cells are made of lines."""

    cells: list[list[str]] = field(default_factory=list)
    cell: list[str] = field(default_factory=list)

    def end_cell(self) -> None:
        self.cells.append(self.cell)
        self.cell = []

    def taken(self) -> list[str]:
        """Its lines, cells side by side as on the page; the row is empty afterwards."""
        if any(self.cell):
            self.end_cell()
        beside = [CELL.join(parts).rstrip() for parts in zip_longest(*self.cells, fillvalue="")]
        self.cells, self.cell = [], []
        return [line for line in beside if line.strip(CELL)]


@dataclass(slots=True)
class Flow:
    """Words that run on together."""

    lines: list[str] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    boxes: list[str] = field(default_factory=list)
    row: _Row = field(default_factory=_Row)
    inner: _Row = field(default_factory=_Row)

    def add(self, text: str, script: Script, is_struck: bool) -> None:
        self.pieces.append((text, script, is_struck))

    def box(self, lines: list[str]) -> None:
        """Words that stand apart: never in the middle of a line."""
        if any(text.strip() for text, _, _ in self.pieces):
            self.boxes += lines
        else:
            self._put(lines, 1 if self.row.cells or self.row.cell else 0)

    def end_line(self, level: int) -> None:
        """``level`` is how deep in tables the paragraph stands."""
        line, self.pieces = _line(self.pieces), []
        boxes, self.boxes = self.boxes, []
        self._put([line, *boxes], level)

    def _put(self, lines: list[str], level: int) -> None:
        if level >= 2:
            self.inner.cell += lines
        elif level == 1:
            self.row.cell += lines
        else:
            self._end_rows()
            self.lines += lines

    def end_cell(self, level: int) -> None:
        self.end_line(max(level, 1))
        if level < 2:
            self.row.cell += self.inner.taken()
        (self.inner if level >= 2 else self.row).end_cell()

    def end_row(self, level: int) -> None:
        if any(text.strip() for text, _, _ in self.pieces):
            self.end_line(max(level, 1))
        if level >= 2:
            self.row.cell += self.inner.taken()
        else:
            self._end_rows()

    def _end_rows(self) -> None:
        self.row.cell += self.inner.taken()
        self.lines += self.row.taken()

    def taken(self) -> list[str]:
        """Every line, what is left open included."""
        if self.pieces:
            self.end_line(1 if self.row.cells or self.row.cell else 0)
        self._end_rows()
        return self.lines


def _line(pieces: list[Piece]) -> str:
    made: list[str] = []
    for is_struck, run in groupby(pieces, key=lambda piece: piece[2]):
        words = "".join(
            scripted("".join(text for text, _, _ in same), script)
            for script, same in groupby(run, key=lambda piece: piece[1])
        )
        made.append(struck(words) if is_struck else words)
    return "".join(made).rstrip()
