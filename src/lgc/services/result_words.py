"""How a result is said, the same on screen, on paper, in a copy, a letter and on the life line."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache

from lgc.domain.analyses import plain
from lgc.domain.biology import CONTESTED, SAID, LabResult, ReferenceRange
from lgc.domain.figures import scientific
from lgc.paths import bundled
from lgc.services.series import Analysis, Cell, Point
from lgc.services.telling_apart import unusual_sample
from lgc.terminology import ucum

NB = "\u00a0"
CONVERTED = "≈"
AHEAD = "date à venir\u00a0: à vérifier"
LETTERS = {
    **SAID,
    "H": "plus haut que la référence",
    "HH": "beaucoup plus haut que la référence",
    "L": "plus bas que la référence",
    "LL": "beaucoup plus bas que la référence",
    CONTESTED: "normal selon le laboratoire, hors de la référence qu’il imprime",
}
"""What each letter says, as a sentence goes on."""


def figure(value: float) -> str:
    """Every figure that was given."""
    return scientific(value)


def rounded(value: float) -> str:
    """The figures that a conversion left, at most six that count."""
    return scientific(float(f"{value:.6g}"))


def unit(code: str) -> str:
    return ucum.french(code)


def value(point: Point) -> str:
    """``7,9``, ``< 1``, ``Absence``: in the unit of the series."""
    if point.value is None:
        return point.result.text
    said = (rounded if point.converted else figure)(point.value)
    return " ".join(part for part in (point.result.operator, said) if part)


def cell(point: Point) -> str:
    """As a cell of the table shows it: a converted value carries its sign, words are short where
    that is sure."""
    said = value(point)
    if point.value is None:
        return short(said)
    return f"{CONVERTED}{NB}{said}" if point.converted else said


def several(found: Cell) -> str:
    """« 2 valeurs », where nothing tells them apart; empty for one."""
    return f"{len(found.points)} valeurs" if found.shared else ""


def short(words: str) -> str:
    return _short_forms().get(words.strip().casefold(), words)


@cache
def _short_forms() -> dict[str, str]:
    file = bundled("resources") / "terminology" / "result_words.toml"
    return dict(tomllib.loads(file.read_text("utf-8"))["short"])


def as_printed(result: LabResult) -> str:
    """The value in the unit of its report: ``0,95 g/L``."""
    if result.value is None:
        return result.text
    parts = (result.operator, figure(result.value), unit(result.unit))
    return " ".join(part for part in parts if part)


def whole(one: Analysis, point: Point) -> str:
    """``7,9 %``, ``14,4 mmol/L (2,6 g/L)``: with its unit, and in the other unit if it has one."""
    if point.value is None:
        return point.result.text
    said = f"{value(point)} {unit(one.unit)}".strip()
    said = f"{CONVERTED}{NB}{said}" if point.converted else said
    return f"{said} ({as_printed(point.also)})" if point.also is not None else said


def flagged(one: Analysis, point: Point) -> str:
    """``7,9 % H``."""
    return f"{whole(one, point)} {point.letter}".rstrip()


def named(one: Analysis) -> str:
    """« Protéines · LCR »: with its specimen, where the name does not say it."""
    specimens = {point.result.specimen for point in one.points}
    specimen = one.specimen if len(specimens) == 1 else ""
    return one.label if plain(specimen) in plain(one.label) else f"{one.label} · {specimen}"


def shown(one: Analysis) -> str:
    """On screen, in its chapter: « Créatinine », « Protéines · urine ». A specimen is named where
    it is not blood; one that tells namesakes apart is in the label already, and a germ's in its
    chapter."""
    sample = "" if one.isolate else unusual_sample(one)
    return f"{one.label} · {sample}" if sample else one.label


def titled(one: Analysis) -> str:
    """Where no chapter names its germ: « Ampicilline (Escherichia coli) »."""
    return f"{one.label} ({one.isolate})" if one.isolate else shown(one)


def own_specimen(one: Analysis, point: Point) -> str:
    """The specimen of a value, where its row has several."""
    return point.result.specimen if len({p.result.specimen for p in one.points}) > 1 else ""


def bounds(found: ReferenceRange | None, *, converted: bool = False) -> str:
    """``4 – 6``, ``> 60``, ``< 3``; an end that is itself out says so."""
    if found is None:
        return ""
    say = rounded if converted else figure
    low = None if found.low is None else say(found.low)
    high = None if found.high is None else say(found.high)
    opened = ((found.low_open, low), (found.high_open, high))
    out = [end for is_open, end in opened if is_open and end is not None]
    beside = f" ({' et '.join(out)} exclu)" if out else ""
    if low is not None and high is not None:
        return f"{low}{NB}–{NB}{high}{beside}"
    if high is not None:
        return f"<{NB}{high}{beside}"
    return f">{NB}{low}{beside}" if low is not None else ""


def reference(point: Point) -> str:
    """The range of one value: its own, in words, or that of its other unit."""
    told = bounds(point.reference, converted=point.converted) or point.result.reference_text
    if told or point.also is None:
        return told
    other = bounds(point.also.reference)
    return f"{other} {unit(point.also.unit)}" if other else point.also.reference_text


def reference_whole(one: Analysis, point: Point) -> str:
    """The same with its unit."""
    told = bounds(point.reference, converted=point.converted)
    return f"{told} {unit(one.unit)}".rstrip() if told else reference(point)


def also_printed(point: Point) -> str:
    """The other unit with its own range: ``2,6 g/L (référence 0,7 – 1,1)``; empty without one."""
    if point.also is None:
        return ""
    told = bounds(point.also.reference) or point.also.reference_text
    return as_printed(point.also) + (f" (référence {told})" if told else "")


def last_reference(one: Analysis) -> str:
    """The range of the newest value that has one."""
    points = (*reversed(one.come), *(point for point in one.points if point.ahead))
    return next((told for point in points if (told := reference(point))), "")


def all_ranges(point: Point) -> str:
    """Every range of the report, where one of them was chosen: it is told which were left."""
    return point.result.reference_text if point.reference is not None else ""


def own_reference(one: Analysis, point: Point) -> str:
    """The range of a value where it is not the one that its row shows."""
    told = reference(point)
    return told if told != last_reference(one) else ""


def said_of(point: Point) -> str:
    """What its letter says."""
    return LETTERS.get(point.letter, "")


@dataclass(frozen=True, slots=True)
class Line:
    """One value of a cell: as it is printed and copied, with what is its own beside."""

    value: str
    letter: str
    beside: tuple[str, ...]
    alarming: bool = False
    in_words: bool = False

    @property
    def plain(self) -> str:
        """``380 H (150 – 350)``."""
        said = " ".join(part for part in (self.value, self.letter) if part)
        return f"{said} ({' ; '.join(self.beside)})" if self.beside else said


def lines(one: Analysis, found: Cell, laboratory: str) -> tuple[Line, ...]:
    """Every value of a cell, whole; ``laboratory`` is the one that its column names."""
    return tuple(_line(one, point, laboratory) for point in found.points)


def _line(one: Analysis, point: Point, laboratory: str) -> Line:
    result = point.result
    own = own_reference(one, point)
    own_place = result.laboratory if result.laboratory != laboratory else ""
    beside = (
        f"réf. {own}" if own else "",
        f"rendu\u00a0: {ranges}" if (ranges := all_ranges(point)) else "",
        as_printed(result) if point.converted else "",
        also_printed(point),
        own_specimen(one, point),
        own_place,
        result.comment,
    )
    said = f"{CONVERTED}{NB}{value(point)}" if point.converted else value(point)
    told = tuple(part for part in beside if part)
    return Line(said, point.letter, told, point.out_of_range, in_words=point.value is None)
