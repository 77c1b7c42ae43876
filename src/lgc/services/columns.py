"""Chapters and columns of the table of results: one column for each moment of sampling."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from lgc.domain.analyses import plain
from lgc.domain.days import practice_day
from lgc.domain.documents import Document, Origin
from lgc.domain.medical_data import PartialDate
from lgc.services.series import Analysis, Column, Point
from lgc.services.telling_apart import is_unusual


@dataclass(frozen=True, slots=True)
class Group:
    """A chapter of biology and its analyses."""

    title: str
    analyses: tuple[Analysis, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """One column: the samples of one moment in one report (or quoted by it).

    ``hour`` is that of sampling, None where it is not known; ``ahead`` says that the day is after
    today.
    """

    document_id: str
    day: dt.date
    laboratory: str
    quoted: bool
    title: str = ""
    author: str = ""
    organisation: str = ""
    origin: Origin = Origin.PRACTICE
    received_on: dt.date | None = None
    hour: dt.time | None = None
    ahead: bool = False
    vague: PartialDate | None = None
    """The year or the month, where the results tell no day; ``day`` is then its first."""

    @property
    def column(self) -> Column:
        return (self.document_id, self.day, self.hour, self.quoted)


def group(series: Sequence[Analysis]) -> tuple[Group, ...]:
    """Chapters in the order of the series; each germ of a culture is a chapter of its own."""
    samples: dict[str, set[str]] = defaultdict(set)
    for one in series:
        samples[one.isolate].add(plain(one.specimen))
    chapters: dict[str, tuple[str, list[Analysis]]] = {}
    for one in series:
        told = one.isolate and (len(samples[one.isolate]) > 1 or is_unusual(one.specimen))
        parts = (one.chapter, one.isolate, one.specimen if told else "")
        title = " · ".join(part for part in parts if part) or "Autres analyses"
        chapters.setdefault(plain(title), (title, []))[1].append(one)
    return tuple(Group(title, tuple(members)) for title, members in chapters.values())


def reports_of(groups: Sequence[Group], documents: Mapping[str, Document]) -> tuple[Report, ...]:
    """Columns, newest first; an hour that is not known comes before those that are, and a day
    that did not come yet stands after all.

    Two of one moment stand in the order in which their reports came.
    """
    columns: dict[Column, tuple[int, Report]] = {}
    for one in (analysis for chapter in groups for analysis in chapter.analyses):
        for point in one.points:
            place, held = columns.get(point.column, (point.place, None))
            made = held or _report(point, documents.get(point.document_id))
            if not made.laboratory:
                made = replace(made, laboratory=point.result.laboratory)
            columns[point.column] = (min(place, point.place), made)

    def order(found: tuple[int, Report]) -> tuple[bool, dt.date, dt.time, int]:
        place, report = found
        return (not report.ahead, report.day, report.hour or dt.time(), place)

    return tuple(report for _, report in sorted(columns.values(), key=order, reverse=True))


def _report(point: Point, document: Document | None) -> Report:
    document_id, day, hour, quoted = point.column
    bare = Report(
        document_id, day, point.result.laboratory, quoted, hour=hour, ahead=point.ahead,
        vague=point.result.vague,
    )  # fmt: skip
    if document is None:
        return bare
    return replace(
        bare,
        laboratory=point.result.laboratory or document.organisation,
        title=document.title,
        author=document.author,
        organisation=document.organisation,
        origin=document.origin,
        received_on=practice_day(document.created_at),
    )
