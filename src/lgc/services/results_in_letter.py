"""The latest results in a letter: the series of the table, said in sentences."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from lgc.domain.biology import SUSCEPTIBILITY, LabResult
from lgc.domain.days import practice_day
from lgc.services import result_words
from lgc.services.series import Analysis, Cell, Point, moment_of, series_of

MOST_RESULTS = 8
FLAGS = {
    **result_words.LETTERS,
    "H": "au-dessus de la référence", "HH": "très au-dessus de la référence",
    "L": "au-dessous de la référence", "LL": "très au-dessous de la référence",
}  # fmt: skip
Line = tuple[Point, str]


def latest(results: Sequence[tuple[str, LabResult]], today: dt.date | None = None) -> str:
    """One line for each analysis, the newest first; empty without any.

    What has no value stands behind no value; an antibiogram is told whole, with its germ and its
    specimen, or only that it exists. What is dated after ``today`` is no last value and stands
    apart.
    """
    series = series_of(results, today=today)
    plain = [one for one in series if not one.isolate and not _susceptible(one)]
    told = [line for one in plain if (line := _latest(one)) is not None]
    told += _antibiograms([one for one in series if one.isolate or _susceptible(one)])
    newest = sorted(told, key=lambda line: moment_of(line[0])[:2], reverse=True)
    lines = [line for _, line in newest[:MOST_RESULTS]]
    if len(newest) > MOST_RESULTS:
        lines.append(f"({MOST_RESULTS} sur {len(newest)}, les plus récents)")
    lines += [said for one in series if (said := _to_check(one))]
    return "\n".join(lines)


def _susceptible(one: Analysis) -> bool:
    return any(point.result.interpretation in SUSCEPTIBILITY for point in one.points)


def _to_check(one: Analysis) -> str:
    """What a date after today tells; empty without."""
    held = [p for p in one.points if p.ahead and p.result.has_value and not p.repeat]
    told = [f"{result_words.flagged(one, p)} ({practice_day(p.at):%d/%m/%Y})" for p in held]
    name = result_words.titled(one) if one.isolate else result_words.named(one)
    return f"– {name}, {result_words.AHEAD} : {' ; '.join(told)}" if told else ""


def _newest(one: Analysis) -> Cell | None:
    """What the newest report with a value says; the laboratory's own, never quoted."""
    held = [p for p in one.come if p.result.has_value and not p.quoted and not p.repeat]
    if not held:
        return None
    return Cell(tuple(point for point in held if point.column == held[-1].column))


def _latest(one: Analysis) -> Line | None:
    cell = _newest(one)
    if cell is None:
        return None
    values = " ; ".join(_value(one, cell, point) for point in cell.points)
    count = result_words.several(cell)
    last = one.come[-1]
    waits = not last.result.has_value and moment_of(last) > moment_of(cell.points[-1])
    after = f" ; depuis : {last.result.text.lower()}" if waits else ""
    said = f"{count} : {values}" if count else values
    return cell.points[-1], f"– {result_words.named(one)} : {said}{after}"


def _value(one: Analysis, cell: Cell, point: Point) -> str:
    """The value as it was given, its unit, its reference and what is said of it."""
    said = result_words.whole(one, point)
    flag = FLAGS.get(point.letter, point.letter)
    flag = "" if flag == point.result.text.casefold() else flag
    specimen = result_words.own_specimen(one, point)
    about = (_range(one, point), flag, specimen, point.result.comment, _when(one, point))
    return f"{said} ({', '.join(part for part in about if part)})"


def _when(one: Analysis, point: Point) -> str:
    """The day; the hour too where that day has several."""
    if point.result.vague:
        return point.result.vague.french
    day = practice_day(point.at)
    same = [p for p in one.points if practice_day(p.at) == day and p.hour != point.hour]
    hour = f" à {point.hour:%H:%M}" if point.hour is not None and same else ""
    return f"{day:%d/%m/%Y}{hour}"


def _range(one: Analysis, point: Point) -> str:
    reference = point.reference
    if reference is None or reference.low_open or reference.high_open:
        told = result_words.reference(point)
        return f"réf. {told}" if told else ""
    low = None if reference.low is None else result_words.figure(reference.low)
    high = None if reference.high is None else result_words.figure(reference.high)
    if low is not None and high is not None:
        return f"réf. {low} – {high}"
    if high is not None:
        return f"réf. jusqu’à {high}"
    return f"réf. à partir de {low}" if low is not None else ""


def _antibiograms(rows: Sequence[Analysis]) -> list[Line]:
    germs: dict[tuple[str, str], list[Analysis]] = defaultdict(list)
    for one in rows:
        germs[one.isolate, one.specimen].append(one)
    return [
        line
        for (germ, specimen), held in germs.items()
        if (line := _antibiogram(germ, specimen, held)) is not None
    ]


def _antibiogram(germ: str, specimen: str, rows: Sequence[Analysis]) -> Line | None:
    """Every line of the newest one."""
    points = [point for one in rows for point in one.come if not point.repeat]
    held = [point for point in points if point.result.has_value and not point.quoted]
    if not held:
        return None
    newest = max(held, key=moment_of)
    when = f"{practice_day(newest.at):%d/%m/%Y}"
    if not germ or not specimen:
        return newest, f"– Antibiogramme du {when} : voir le compte rendu"
    drugs = [
        f"{one.label} : {result_words.flagged(one, point)}"
        for one in rows
        for point in one.points
        if point.column == newest.column
    ]
    return newest, f"– {germ}, {specimen} ({when}) : {' ; '.join(drugs)}"
