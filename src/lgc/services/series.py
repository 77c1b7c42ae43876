"""The results of a patient as series: the one function that screen, paper, copy, letter, life line
and curve draw from.

A series is one analysis (`domain.analyses`) in one unit. Values of a unit that converts exactly are
converted and say so; one measurement printed in two units is one point with both; the same value
in two reports is told in both and drawn once; a value that a later report quotes yields to its own.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from lgc.domain.analyses import Germ, Identity, germ_of, germs_of, identity, plain
from lgc.domain.biology import CONTESTED, OUT_OF_RANGE, LabResult, ReferenceRange, graver
from lgc.domain.days import practice_day, practice_time
from lgc.services.telling_apart import told_apart
from lgc.terminology import ucum
from lgc.terminology.unit_spellings import canonical

Sourced = tuple[str, LabResult]
Column = tuple[str, dt.date, dt.time | None, bool]
"""Document, day and hour of sampling (None where it is not known), quoted or not."""
MOST_UNITS = 100
MOST_SCALES = 8  # units of one name in one sample: beyond, a report made them up


@dataclass(frozen=True, slots=True)
class Point:
    """One value of a series. ``value`` and ``reference`` are in the unit of the series.

    ``also`` is the same measurement as printed in another unit; ``hour`` that of its column;
    ``repeat`` says that another report tells this value too, and that one is drawn. ``place`` is
    where it stood among all results; ``ahead`` says that its date is after today: no last value.
    """

    document_id: str
    result: LabResult
    value: float | None
    reference: ReferenceRange | None
    converted: bool = False
    also: LabResult | None = None
    hour: dt.time | None = None
    repeat: bool = False
    place: int = 0
    ahead: bool = False

    @property
    def at(self) -> dt.datetime:
        return self.result.taken_at

    @property
    def quoted(self) -> bool:
        """Told by a later report, its own not being here."""
        return self.result.previous

    @property
    def drawn(self) -> bool:
        """A number with its day, told once: « 2024 » has no place on a curve, nor has a day that
        did not come yet."""
        told_once = self.value is not None and not self.repeat
        return told_once and self.result.vague is None and not self.ahead

    @property
    def letter(self) -> str:
        """The gravest of what is said in either unit; ``N`` where the laboratory calls normal
        what is out of its own range."""
        told = [one for one in (self.result, self.also) if one is not None]
        contested = CONTESTED if any(one.contested for one in told) else ""
        return graver((*(one.letter for one in told), contested))

    @property
    def out_of_range(self) -> bool:
        return self.letter in OUT_OF_RANGE or self.letter == CONTESTED

    @property
    def column(self) -> Column:
        return (self.document_id, practice_day(self.at), self.hour, self.quoted)


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
    laboratory: str = ""

    @property
    def drawn(self) -> tuple[Point, ...]:
        return tuple(point for point in self.points if point.drawn)

    @property
    def come(self) -> tuple[Point, ...]:
        """Without what is dated after today: whoever wrote that had a wrong clock."""
        return tuple(point for point in self.points if not point.ahead)

    @property
    def out_of_range(self) -> bool:
        return any(point.out_of_range for point in self.points)

    def cells(self) -> dict[Column, Cell]:
        """What stands in each column."""
        found: dict[Column, list[Point]] = defaultdict(list)
        for point in self.points:
            found[point.column].append(point)
        return {column: Cell(tuple(points)) for column, points in found.items()}


@dataclass(frozen=True, slots=True)
class Cell:
    """What one analysis has in one column: one value, or several that nothing tells apart."""

    points: tuple[Point, ...]

    @property
    def letter(self) -> str:
        """The gravest of its values."""
        return graver(point.letter for point in self.points)

    @property
    def first(self) -> Point:
        """The gravest, else the first one."""
        return next((p for p in self.points if p.letter == self.letter), self.points[0])

    @property
    def shared(self) -> bool:
        return len(self.points) > 1


@dataclass(slots=True)
class _Given:
    """A result on its way: where it came, which analysis it is of, what other reports add."""

    place: int
    document_id: str
    result: LabResult
    family: Identity
    germ: Germ
    unit: str
    hour: dt.time | None = None
    also: LabResult | None = None
    repeat: bool = False
    ahead: bool = False

    @property
    def day(self) -> dt.date:
        return practice_day(self.result.taken_at)


def series_of(
    results: Sequence[Sourced], *, compare: bool = True, today: dt.date | None = None
) -> tuple[Analysis, ...]:
    """The series of a patient's results, in the order of the newest report that names each.

    ``results`` come oldest first, those of one moment in the order of their reports. Without
    ``compare`` no unit is converted: what only tells the last values need not load the units.
    What is dated after ``today`` is marked so; None marks nothing.
    """
    given = _without_known_quotes(_once_a_report(_given(results)))
    for one in given:
        one.ahead = today is not None and one.day > today
    _give_hours(given)
    _join_repeats(given)
    # No laboratory uses so many: comparing what a hostile report made up would never end.
    compare = compare and len({one.unit for one in given}) <= MOST_UNITS
    given = _paired(given, compare=compare)
    families: dict[Identity, list[_Given]] = defaultdict(list)
    for one in given:
        families[one.family].append(one)
    found = [made for held in families.values() for made in _by_unit(held, compare=compare)]
    return told_apart(sorted(found, key=_order(given)))


def _given(results: Sequence[Sourced]) -> list[_Given]:
    germs = germs_of(results)
    found = []
    for place, (document_id, result) in enumerate(results):
        germ = germ_of(germs, document_id, result)
        family = identity(result, germ)
        found.append(_Given(place, document_id, result, family, germ, canonical(result.unit)))
    return found


# --- one value once -----------------------------------------------------------------------------


def _said(one: _Given) -> tuple[object, ...]:
    """What a result says, its moment left aside."""
    result = one.result
    return (one.family, result.value, result.operator, one.unit, result.text.casefold())


def _once_a_report(given: Sequence[_Given]) -> list[_Given]:
    """The same value twice for one sample in one report is one, with all that is said of it."""
    seen: dict[tuple[object, ...], list[_Given]] = defaultdict(list)
    kept: list[_Given] = []
    for one in given:
        result = one.result
        mark = (*_said(one), one.document_id, result.taken_at, result.timed, result.previous)
        same = next((held for held in seen[mark] if _agree(held.result, result)), None)
        if same is not None:
            same.result = _enriched(same.result, result, (*BESIDE, *WHERE))
            continue
        seen[mark].append(one)
        kept.append(one)
    return kept


BESIDE = ("interpretation", "reference", "reference_text", "comment")
WHERE = ("specimen", "laboratory")


def _agree(one: LabResult, other: LabResult) -> bool:
    """Does neither say otherwise?"""
    pairs = ((getattr(one, name), getattr(other, name)) for name in (*BESIDE, *WHERE))
    return all(not a or not b or a == b for a, b in pairs)


def _enriched(result: LabResult, other: LabResult, names: Sequence[str] = BESIDE) -> LabResult:
    """With what the other one says and it does not."""
    told = {name: getattr(result, name) or getattr(other, name) for name in names}
    return replace(result, **told)


def _without_known_quotes(given: Sequence[_Given]) -> list[_Given]:
    """An earlier value that a report quotes is told once, and yields to one of its moment."""
    own: dict[tuple[Identity, dt.date], list[LabResult]] = defaultdict(list)
    for one in given:
        if not one.result.previous and one.result.has_value:
            own[one.family, one.day].append(one.result)
    seen: set[tuple[object, ...]] = set()
    kept = []
    for one in given:
        if one.result.previous:
            mark = (*_said(one), one.result.taken_at)
            if mark in seen or any(_one_moment(one.result, r) for r in own[one.family, one.day]):
                continue
            seen.add(mark)
        kept.append(one)
    return kept


def hour_of(result: LabResult) -> dt.time | None:
    """The hour of sampling, where it is known.

    Of what was stored before, an hour that is that of the analysis is not known to be one, and
    neither is midnight.
    """
    wall = practice_time(result.taken_at)
    hour = wall.time().replace(second=0, microsecond=0)
    if result.timed is not None:
        return hour if result.timed else None
    if hour == dt.time() or result.taken_at == result.analysed_at:
        return None
    return hour


def _one_moment(one: LabResult, other: LabResult) -> bool:
    """Of one day, may they be of one sample?"""
    hours = (hour_of(one), hour_of(other))
    return None in hours or hours[0] == hours[1]


def _give_hours(given: Sequence[_Given]) -> None:
    """The hour of the column of each: that of sampling; where two values of one analysis would
    share a cell and their report dates them apart, the hour it gives."""
    cells: dict[tuple[object, ...], list[_Given]] = defaultdict(list)
    for one in given:
        one.hour = hour_of(one.result)
        if one.hour is None:
            cells[one.family, one.unit, one.document_id, one.day, one.result.previous].append(one)
    for held in cells.values():
        moments = {one.result.taken_at for one in held}
        if len(moments) == 1:
            continue
        for one in held:
            hour = one.result.taken_at.time().replace(second=0, microsecond=0)
            one.hour = None if hour == dt.time() else hour


def _join_repeats(given: Sequence[_Given]) -> None:
    """The same value in several reports: each tells what any of them says, one is drawn."""
    same: dict[tuple[object, ...], list[_Given]] = defaultdict(list)
    for one in given:
        if one.result.has_value and not one.result.previous:
            same[(*_said(one), one.day)].append(one)
    for held in same.values():
        told: list[list[_Given]] = []
        for one in held:
            alike = next((some for some in told if _told_by_another(some[0], one)), None)
            if alike is None:
                told.append([one])
                continue
            one.repeat = True
            alike[0].result = _enriched(alike[0].result, one.result)
            alike.append(one)
        for first, *repeats in told:
            for one in repeats:
                one.result = _enriched(one.result, first.result)


def _told_by_another(first: _Given, one: _Given) -> bool:
    return first.document_id != one.document_id and _one_moment(first.result, one.result)


# --- one measurement in two units ---------------------------------------------------------------


def _paired(given: Sequence[_Given], *, compare: bool) -> list[_Given]:
    """One measurement printed in two units is one row, in the unit that the analysis is in.

    Where both units have a history of their own, the value stands in both: no point is ever taken
    out of a curve.
    """
    twins = _twins(given, compare=compare)
    if not twins:
        return list(given)
    paired = {id(one) for pair in twins for one in pair}
    figures = (one for one in given if one.result.value is not None and id(one) not in paired)
    alone = {(one.family, one.unit) for one in figures}
    gone: set[int] = set()
    for first, second in twins:
        held = [one for one in (first, second) if (one.family, one.unit) in alone]
        kept = held if len(held) == 1 else [first, second]
        first.also, second.also = second.result, first.result
        if not held:
            kept = [first]
        gone |= {id(one) for one in (first, second)} - {id(one) for one in kept}
    return [one for one in given if id(one) not in gone]


def _twins(given: Sequence[_Given], *, compare: bool) -> list[tuple[_Given, _Given]]:
    """Pairs of one sample in two units, the unit of most results first."""
    samples: dict[tuple[object, ...], dict[tuple[Identity, str], list[_Given]]] = {}
    most: dict[str, int] = defaultdict(int)
    seen: dict[str, int] = {}
    for one in given:
        result = one.result
        if result.value is None or not result.unit:
            continue
        most[one.unit] += 1
        seen.setdefault(one.unit, one.place)
        place = (one.document_id, result.taken_at, one.hour, one.germ, result.previous)
        made = (plain(result.laboratory), plain(result.specimen))
        name = (plain(short_label(result.label)), matrix(result), *made)
        samples.setdefault((*place, *name), {}).setdefault((one.family, one.unit), []).append(one)
    found: list[tuple[_Given, _Given]] = []
    for held in samples.values():
        if len(held) > MOST_SCALES:
            continue
        rows = sorted(held.values(), key=lambda row: (-most[row[0].unit], seen[row[0].unit]))
        while rows:
            row = rows.pop(0)
            other = next((o for o in rows if _two_units_of_one(row, o, compare=compare)), None)
            if other is not None:
                rows.remove(other)
                found += zip(row, other, strict=True)
    return found


def _two_units_of_one(row: Sequence[_Given], other: Sequence[_Given], *, compare: bool) -> bool:
    """As many values in each, in units in which laboratories print one measurement twice."""
    if len(row) != len(other):
        return False
    unit, another = row[0].result.unit, other[0].result.unit
    if ucum.two_scales_of_one(unit, another):
        return True
    if not compare or row[0].family != other[0].family:
        return False
    pairs = [(a.result, b.result) for a, b in zip(row, other, strict=True)]
    return all(_same_amount(a, b) for a, b in pairs)


def _same_amount(one: LabResult, other: LabResult) -> bool:
    """Equal as far as a printed figure goes."""
    assert one.value is not None and other.value is not None
    as_one = ucum.convert(other.value, canonical(other.unit), canonical(one.unit))
    return as_one is not None and abs(as_one - one.value) <= 0.02 * max(abs(one.value), 1e-12)


def matrix(result: LabResult) -> str:
    """« Sérum/Plasma » of a LOINC label, else the specimen."""
    _, mark, after = result.label.partition("] ")
    return plain(after.partition(" ;")[0]) if mark else plain(result.specimen)


# --- rows ---------------------------------------------------------------------------------------


def _by_unit(members: Sequence[_Given], *, compare: bool) -> list[Analysis]:
    """One series per unit that does not convert into the newest one."""
    groups: dict[str, list[Point]] = {}
    written: dict[str, str] = {}
    newest_first = sorted(members, key=lambda one: one.result.taken_at, reverse=True)
    # Words have no unit: they join the figures, whichever came first.
    for one in sorted(newest_first, key=lambda one: (one.result.value is None, one.ahead)):
        unit = one.unit
        if one.result.value is None:
            unit = next(iter(groups), unit)
        elif compare and unit not in groups:
            unit = next((known for known in groups if _fits(one, known)), unit)
        groups.setdefault(unit, []).append(_point(one, unit))
        written.setdefault(unit, one.result.unit if one.result.value is not None else "")
    return [_analysis(members[0], unit, written[unit], points) for unit, points in groups.items()]


def _fits(one: _Given, unit: str) -> bool:
    value = one.result.value
    return value is not None and ucum.convert(value, one.unit, unit) is not None


def _point(one: _Given, unit: str) -> Point:
    result = one.result
    made = Point(one.document_id, result, result.value, result.reference, also=one.also,
                 hour=one.hour, repeat=one.repeat, place=one.place, ahead=one.ahead)  # fmt: skip
    if result.value is None or one.unit == unit:
        return made
    value = ucum.convert(result.value, one.unit, unit)
    reference = _converted(result.reference, one.unit, unit)
    return replace(made, value=value, reference=reference, converted=True)


def _converted(reference: ReferenceRange | None, unit: str, target: str) -> ReferenceRange | None:
    if reference is None:
        return None
    ends = (reference.low, reference.high)
    low, high = (None if end is None else ucum.convert(end, unit, target) for end in ends)
    return replace(reference, low=low, high=high)


def moment_of(point: Point) -> tuple[dt.date, dt.time, int]:
    """The order of values: by day, by hour where it is known, as their reports came."""
    return (practice_day(point.at), point.hour or dt.time(), point.place)


def _analysis(one: _Given, unit: str, written: str, points: Iterable[Point]) -> Analysis:
    ordered = tuple(sorted(points, key=moment_of))
    # The newest that its own laboratory tells, of a day that came, names the row.
    result = max(reversed(ordered), key=lambda p: (not p.quoted, not p.ahead)).result
    code = result.code.code if result.code else ""
    return Analysis(
        key="\x1f".join((*one.family, unit)),
        label=short_label(result.label),
        full_label=result.label,
        code=code,
        unit=written,
        chapter=chapter_title(result.chapter),
        specimen=result.specimen,
        isolate=one.germ.title,
        points=ordered,
        laboratory=result.laboratory,
    )


def _order(given: Sequence[_Given]) -> Callable[[Analysis], tuple[int, str]]:
    """The order of the newest report that names each analysis."""
    ranks: dict[str, int] = {}
    for one in sorted(given, key=lambda one: one.day, reverse=True):
        ranks.setdefault("\x1f".join(one.family), len(ranks))
    return lambda one: (ranks[one.key.rpartition("\x1f")[0]], one.unit)


def short_label(label: str) -> str:
    """« Glucose à jeun » of « Glucose à jeun [Moles/Volume] Sérum/Plasma ; Numérique »."""
    return label.partition(" [")[0].strip() or label


def chapter_title(title: str) -> str:
    """Chapters shouted in capitals are said quietly."""
    return title.capitalize() if title.isupper() and len(title) > 4 else title
