"""Biology of a record: every result of its reports as one table and as series over time.

A series is one analyte: code, specimen, germ, and one unit. Values of a unit that converts
exactly are converted and say so; one measurement printed in two units is one point; a value that
a later report quotes is kept apart, and left out when its own report is known.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from lgc.domain.assignment import fold
from lgc.domain.biology import OUT_OF_RANGE, LabResult, ReferenceRange
from lgc.domain.days import practice_day
from lgc.domain.dmp import DmpEntry, EntryStatus
from lgc.domain.documents import Document, DocumentKind, Origin
from lgc.domain.medical_data import PartialDate
from lgc.domain.terms import Nomenclature
from lgc.services.ports import Clock, OpenUnit
from lgc.services.protocols import Protocol, protocols
from lgc.services.searching_dmp import SearchingDmp, line_of_entry
from lgc.terminology import code_systems, ucum

Sourced = tuple[str, LabResult]
MOST_UNITS = 100
LONGEST = 200  # characters of a label or of a result in words


@dataclass(frozen=True, slots=True)
class Point:
    """One value of a series. ``value`` and ``reference`` are in the unit of the series.

    ``also`` is the same measurement as printed in another unit.
    """

    document_id: str
    result: LabResult
    value: float | None
    reference: ReferenceRange | None
    converted: bool = False
    also: LabResult | None = None

    @property
    def at(self) -> dt.datetime:
        return self.result.taken_at

    @property
    def quoted(self) -> bool:
        """Told by a later report, its own not being here."""
        return self.result.previous

    @property
    def drawn(self) -> bool:
        """A number with its day: « 2024 » has no place on a curve."""
        return self.value is not None and self.result.vague is None


@dataclass(frozen=True, slots=True)
class Analysis:
    """One row of the table and one curve; ``points`` oldest first, ``unit`` is UCUM."""

    key: str
    label: str
    full_label: str
    code: str
    unit: str
    chapter: str
    specimen: str
    isolate: str
    points: tuple[Point, ...]

    @property
    def drawn(self) -> tuple[Point, ...]:
        return tuple(point for point in self.points if point.drawn)

    @property
    def out_of_range(self) -> bool:
        return any(point.result.letter in OUT_OF_RANGE for point in self.points)


@dataclass(frozen=True, slots=True)
class Group:
    """A chapter of biology and its analyses."""

    title: str
    analyses: tuple[Analysis, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """One column: the samples of one day in one report (or quoted by it)."""

    document_id: str
    day: dt.date
    laboratory: str
    quoted: bool
    title: str = ""
    author: str = ""
    organisation: str = ""
    origin: Origin = Origin.PRACTICE
    received_on: dt.date | None = None
    vague: PartialDate | None = None
    """The year or the month, where the results tell no day; ``day`` is then its first."""


@dataclass(frozen=True, slots=True)
class BiologyView:
    """Everything the part « Biologie » shows. ``absent`` are reports of the DMP not yet here."""

    groups: tuple[Group, ...]
    reports: tuple[Report, ...]
    documents: int
    absent: tuple[DmpEntry, ...]
    follow_ups: tuple[tuple[str, frozenset[str]], ...] = ()

    @property
    def analyses(self) -> tuple[Analysis, ...]:
        return tuple(one for group in self.groups for one in group.analyses)


class Biology:
    """Runs in workers: comparing units takes time the first time."""

    def __init__(self, open_unit: OpenUnit, clock: Clock, dmp: SearchingDmp) -> None:
        self._open, self._clock, self._dmp = open_unit, clock, dmp

    def view(self, patient_id: str) -> BiologyView:
        with self._open() as uow:
            patient = uow.patients.get(patient_id)
            stored = uow.results.of_patient(patient_id)
            documents = {d.document_id: d for d in uow.documents.of_patient(patient_id)}
        zone = self._clock.now().tzinfo
        results = [(key, as_shown(self._named(result), zone)) for key, result in stored]
        followed = [protocols()[key] for key in patient.protocols if key in protocols()]
        groups = group(series_of(results))
        return BiologyView(
            groups=groups,
            reports=reports_of(groups, documents),
            documents=len({document_id for document_id, _ in results}),
            absent=self._absent(patient_id, documents.values()),
            follow_ups=tuple((one.title, _codes(one)) for one in followed),
        )

    def _named(self, result: LabResult) -> LabResult:
        """A result that only has its code is named by the LOINC table in force."""
        code = result.code
        if code is None or code.system != code_systems.LOINC or result.label not in ("", code.code):
            return result
        with self._open() as uow:
            term = uow.terms.get(Nomenclature.LOINC, code.code)
        return replace(result, label=term.code.label) if term is not None else result

    def bring(self, patient_id: str, entries: Sequence[DmpEntry]) -> int:
        """Fetch reports of the DMP into the record; returns how many.

        Raises UserFacingError when some cannot be fetched; the others are kept.
        """
        return self._dmp.fetch_all(patient_id, entries).must_be_whole()

    def _absent(self, patient_id: str, held: Iterable[Document]) -> tuple[DmpEntry, ...]:
        known = {document.unique_id for document in held}
        return tuple(
            entry
            for entry in self._dmp.known(patient_id)
            if entry.unique_id not in known
            and entry.status == EntryStatus.APPROVED
            and line_of_entry(entry).kind is DocumentKind.BIOLOGY
        )


def as_shown(result: LabResult, zone: dt.tzinfo | None) -> LabResult:
    """Dated by the practice's clock: midnight of a bare date must not be the day before.

    Words are cut to what a table can show; the report itself has them whole.
    """
    return replace(
        result,
        taken_at=result.taken_at.astimezone(zone),
        label=cut(result.label),
        text=cut(result.text),
        unit=cut(result.unit),
        chapter=cut(result.chapter),
        specimen=cut(result.specimen),
        laboratory=cut(result.laboratory),
        isolate=cut(result.isolate),
    )


def cut(words: str) -> str:
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"


def series_of(results: Sequence[Sourced]) -> tuple[Analysis, ...]:
    """The series of a patient's results, in the order of the newest report."""
    kept = _without_known_quotes(_without_repeats(results))
    twins = _twins(kept)
    told_twice = {id(twin) for twin in twins.values()}
    # No laboratory uses so many: comparing what a hostile report made up would never end.
    compare = len({result.unit for _, result in kept}) <= MOST_UNITS
    families: dict[tuple[str, ...], list[Sourced]] = defaultdict(list)
    for sourced in kept:
        if id(sourced[1]) not in told_twice:
            families[_family(sourced[1])].append(sourced)
    found = [
        one for members in families.values() for one in _by_unit(members, twins, compare=compare)
    ]
    return tuple(sorted(found, key=_order(kept)))


def _without_repeats(results: Sequence[Sourced]) -> list[Sourced]:
    """The same value of the same sample in two documents is one; the later report tells it."""
    seen: dict[tuple[object, ...], int] = {}
    kept: list[Sourced] = []
    for document_id, result in results:
        mark = (*_family(result), *_said(result), result.previous)
        if mark in seen and kept[seen[mark]][0] != document_id:
            kept[seen[mark]] = (document_id, result)
            continue
        seen.setdefault(mark, len(kept))
        kept.append((document_id, result))
    return kept


def _said(result: LabResult) -> tuple[object, ...]:
    return (result.taken_at, result.value, result.bound, result.unit, result.text)


def _without_known_quotes(results: Sequence[Sourced]) -> list[Sourced]:
    """An earlier value that a report quotes is told once, and not at all when it is here."""
    seen = {_day_mark(result) for _, result in results if not result.previous}
    kept = []
    for document_id, result in results:
        if result.previous:
            if _day_mark(result) in seen:
                continue
            seen.add(_day_mark(result))
        kept.append((document_id, result))
    return kept


def _day_mark(result: LabResult) -> tuple[object, ...]:
    return (_name(result), practice_day(result.taken_at), result.value, result.unit, result.text)


def _twins(results: Sequence[Sourced]) -> dict[int, LabResult]:
    """Result → the same measurement in another unit, to be told beside it and not drawn."""
    most = Counter(result.unit for _, result in results)
    samples: dict[tuple[object, ...], list[LabResult]] = defaultdict(list)
    for document_id, result in results:
        if result.value is not None and result.unit:
            place = (document_id, result.taken_at, result.isolate, result.previous)
            samples[(*place, fold(short_label(result.label)), _matrix(result))].append(result)
    twins: dict[int, LabResult] = {}
    for same in samples.values():
        first = max(same, key=lambda one: most[one.unit])
        for other in same:
            if other is not first and ucum.two_scales_of_one(first.unit, other.unit):
                twins[id(first)] = other
    return twins


def _family(result: LabResult) -> tuple[str, ...]:
    isolate = fold(result.isolate)
    return (*_name(result), fold(result.specimen) if not result.code else "", isolate)


def _name(result: LabResult) -> tuple[str, ...]:
    if result.code is not None:
        return (result.code.system, result.code.code)
    return ("", fold(result.label))


def _matrix(result: LabResult) -> str:
    """« Sérum/Plasma » of a LOINC label, else the specimen."""
    _, mark, after = result.label.partition("] ")
    return fold(after.partition(" ;")[0]) if mark else fold(result.specimen)


def _by_unit(
    members: Sequence[Sourced], twins: dict[int, LabResult], *, compare: bool
) -> list[Analysis]:
    """One series per unit that does not convert into the newest one."""
    groups: dict[str, list[Point]] = {}
    newest_first = sorted(members, key=lambda one: one[1].taken_at, reverse=True)
    # Words have no unit: they join the figures, whichever came first.
    for document_id, result in sorted(newest_first, key=lambda one: one[1].value is None):
        unit = result.unit
        if result.value is None:
            unit = next(iter(groups), "")
        elif compare and unit not in groups:
            unit = next((known for known in groups if _fits(result, known)), unit)
        point = _point(document_id, result, unit, twins.get(id(result)))
        groups.setdefault(unit, []).append(point)
    return [_analysis(unit, tuple(points)) for unit, points in groups.items()]


def _fits(result: LabResult, unit: str) -> bool:
    return result.value is not None and ucum.convert(result.value, result.unit, unit) is not None


def _point(document_id: str, result: LabResult, unit: str, twin: LabResult | None) -> Point:
    if result.value is None or result.unit == unit:
        return Point(document_id, result, result.value, result.reference, also=twin)
    return Point(
        document_id,
        result,
        ucum.convert(result.value, result.unit, unit),
        _converted(result.reference, result.unit, unit),
        converted=True,
        also=twin,
    )


def _converted(reference: ReferenceRange | None, unit: str, target: str) -> ReferenceRange | None:
    if reference is None:
        return None
    ends = (reference.low, reference.high)
    low, high = (None if end is None else ucum.convert(end, unit, target) for end in ends)
    return ReferenceRange(low, high)


def _analysis(unit: str, points: tuple[Point, ...]) -> Analysis:
    ordered = tuple(sorted(points, key=lambda point: point.at))
    result = next((p.result for p in reversed(ordered) if not p.quoted), ordered[-1].result)
    code = result.code.code if result.code else ""
    return Analysis(
        key="|".join((*_family(result), unit)),
        label=short_label(result.label),
        full_label=result.label,
        code=code,
        unit=unit,
        chapter=chapter_title(result.chapter),
        specimen=result.specimen,
        isolate=result.isolate,
        points=ordered,
    )


def _order(results: Sequence[Sourced]) -> Callable[[Analysis], tuple[int, str]]:
    """The order of the newest report that names each analysis."""
    ranks: dict[tuple[str, ...], int] = {}
    newest_first = sorted(
        results, key=lambda sourced: practice_day(sourced[1].taken_at), reverse=True
    )
    for _, result in newest_first:
        ranks.setdefault(_family(result), len(ranks))
    return lambda one: (ranks[_family(one.points[-1].result)], one.unit)


def group(series: Sequence[Analysis]) -> tuple[Group, ...]:
    """Chapters in the order of the series; each germ of a culture is a chapter of its own."""
    chapters: dict[str, tuple[str, list[Analysis]]] = {}
    for one in series:
        title = " · ".join(part for part in (one.chapter, one.isolate) if part) or "Autres analyses"
        chapters.setdefault(fold(title), (title, []))[1].append(one)
    return tuple(Group(title, _told_apart(members)) for title, members in chapters.values())


def _told_apart(members: Sequence[Analysis]) -> tuple[Analysis, ...]:
    """Two analyses of one name say on what they were made."""
    samples: dict[str, set[str]] = defaultdict(set)
    for one in members:
        samples[one.label].add(sample_of(one))
    return tuple(
        replace(one, label=f"{one.label} ({made_on})")
        if len(samples[one.label]) > 1 and (made_on := sample_of(one))
        else one
        for one in members
    )


def sample_of(one: Analysis) -> str:
    """« Urine » of « Leucocytes [Nombre/Volume] Urine ; Numérique », else the specimen."""
    _, mark, after = one.full_label.partition("] ")
    return (after.partition(" ;")[0] if mark else one.specimen).casefold()


def reports_of(groups: Sequence[Group], documents: dict[str, Document]) -> tuple[Report, ...]:
    """Columns, newest first."""
    columns: dict[tuple[str, dt.date, bool], Report] = {}
    for one in (analysis for chapter in groups for analysis in chapter.analyses):
        for point in one.points:
            key = column_of(point)
            if key not in columns:
                columns[key] = _report(point, documents.get(point.document_id))
    return tuple(sorted(columns.values(), key=lambda r: (r.day, r.document_id), reverse=True))


def column_of(point: Point) -> tuple[str, dt.date, bool]:
    """In which column of the table a point stands: document, day, quoted or not."""
    return (point.document_id, practice_day(point.at), point.quoted)


def _report(point: Point, document: Document | None) -> Report:
    bare = Report(
        point.document_id,
        practice_day(point.at),
        point.result.laboratory,
        point.quoted,
        vague=point.result.vague,
    )
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


def short_label(label: str) -> str:
    """« Glucose à jeun » of « Glucose à jeun [Moles/Volume] Sérum/Plasma ; Numérique »."""
    return label.partition(" [")[0].strip() or label


def chapter_title(title: str) -> str:
    """Chapters shouted in capitals are said quietly."""
    return title.capitalize() if title.isupper() and len(title) > 4 else title


def _codes(protocol: Protocol) -> frozenset[str]:
    return frozenset(code for act in protocol.acts for code in act.loinc)
