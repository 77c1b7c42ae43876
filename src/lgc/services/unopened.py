"""Reports that the DMP holds and that nobody opened here: they may tell an act the record lacks.

« Jamais vu dans ce dossier » beside four of them would say more than is known.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from lgc.domain.documents import DocumentKind
from lgc.services.views import DocumentLine, Lane


def told_beside(lanes: tuple[Lane, ...], lines: Iterable[DocumentLine]) -> tuple[Lane, ...]:
    """The lanes of acts that a laboratory's result shows, with what is still unopened."""
    unopened = sum(line.document is None and line.kind is DocumentKind.BIOLOGY for line in lines)
    if not unopened:
        return lanes
    said = f"{unopened} compte{'s' * (unopened > 1)} rendu{'s' * (unopened > 1)} du DMP non lu"
    said += "s" * (unopened > 1)
    return tuple(_beside(lane, said) if lane.by_result else lane for lane in lanes)


def _beside(lane: Lane, said: str) -> Lane:
    marks = (mark if mark.done else replace(mark, beside=said) for mark in lane.marks)
    return replace(lane, marks=tuple(marks))
