"""How biology is said: values with their sign, references, what a point tells. Pure."""

from __future__ import annotations

from lgc.desktop import text
from lgc.domain.biology import (
    ALARMS,
    BEYOND,
    DOUBTS,
    OUT_OF_RANGE,
    SAID,
    LabResult,
    ReferenceRange,
)
from lgc.services.biology import Analysis, Point, Report
from lgc.terminology import ucum

LETTERS = {
    **SAID,
    "H": "plus haut que la référence",
    "HH": "beaucoup plus haut que la référence",
    "L": "plus bas que la référence",
    "LL": "beaucoup plus bas que la référence",
}
TONES = dict.fromkeys((*ALARMS, *BEYOND, "R", "SYN-R", "NS"), "danger")
TONES |= dict.fromkeys(("L", "LL", "LU", "LX", "<", "I", "SDD", "W", *DOUBTS), "warn")
TONES |= dict.fromkeys(("S", "SYN-S"), "ok")
CONVERTED = "≈"
NOTHING = "–"


def figure(value: float) -> str:
    """A value with the figures its conversion left, at most six that count."""
    return text.number(float(f"{value:.6g}"))


def value(point: Point) -> str:
    """``7,9``, ``< 1``, ``Absence``."""
    result = point.result
    if point.value is None:
        return result.text
    return " ".join(part for part in (result.operator, figure(point.value)) if part)


def cell(point: Point) -> str:
    """The value as a cell shows it: a converted one carries its sign."""
    return f"{CONVERTED}{text.NB}{value(point)}" if point.converted else value(point)


def unit(code: str) -> str:
    return ucum.french(code)


def reference(found: ReferenceRange | None) -> str:
    """``4 – 6``, ``> 60``, ``< 3``."""
    if found is None:
        return ""
    if found.low is not None and found.high is not None:
        return text.span(figure(found.low), figure(found.high))
    if found.high is not None:
        return f"<{text.NB}{figure(found.high)}"
    return f">{text.NB}{figure(found.low)}" if found.low is not None else ""


def last_reference(one: Analysis) -> str:
    """The reference of the newest value that has one, in figures or in words."""
    told = (reference(p.reference) or p.result.reference_text for p in reversed(one.points))
    return next((said for said in told if said), "")


def as_printed(result: LabResult) -> str:
    """The value in the unit of the report: ``0,95 g/L``."""
    number = result.text if result.value is None else figure(result.value)
    sign = f"{result.operator} " if result.value is not None and result.operator else ""
    return f"{sign}{number} {unit(result.unit)}".strip()


def whole(one: Analysis, point: Point) -> str:
    """``7,9 %``."""
    shown = value(point)
    return f"{shown} {unit(one.unit)}".strip() if point.value is not None else shown


def letter_words(point: Point) -> str:
    return LETTERS.get(point.result.letter, "")


def against_reference(one: Analysis, point: Point) -> str:
    """« Glucose à jeun : plus haut que la référence (3,9 – 6,1) »; empty without a letter."""
    said, bounds = letter_words(point), reference(point.reference)
    if not said:
        return ""
    return f"{one.label} : {said}" + (f" ({bounds})" if bounds else "")


def notes_of(one: Analysis, point: Point) -> list[str]:
    """The notes of a value, each with the analysis it speaks of."""
    return [f"{one.label}, {note[:1].lower()}{note[1:]}" for note in notes(point)]


def tip(one: Analysis, point: Point) -> tuple[str, ...]:
    """What hovering a point says: date first."""
    lines = [long_day(point), f"{one.label} : {whole(one, point)}"]
    said = letter_words(point)
    told = reference(point.reference)
    if said:
        lines[-1] += f", {said}"
    if told:
        lines.append(f"Référence {told} {unit(one.unit)}".rstrip())
    lines += notes(point)
    if point.result.laboratory:
        lines.append(point.result.laboratory)
    return tuple(lines)


def notes(point: Point) -> list[str]:
    """What must be known of a value that is not simply what its report prints."""
    found = []
    if point.result.specimen:
        found.append(f"Prélèvement : {point.result.specimen}")
    if point.converted:
        found.append(f"Converti de {as_printed(point.result)}")
    if point.also is not None:
        found.append(f"Aussi rendu : {as_printed(point.also)}")
    if point.result.reference_text:
        found.append(f"Valeurs du laboratoire : {point.result.reference_text}")
    if point.result.comment:
        said = point.result.comment.replace("\n", ". ")
        found.append(f"Commentaire du laboratoire : {said}")
    if point.quoted:
        found.append("Antériorité citée par un compte rendu")
    return found


def change(one: Analysis, point: Point) -> str:
    """``+0,4 depuis le 20/05/2026``: against the number before it, in the same unit."""
    before = [p for p in one.drawn if p.at < point.at and not p.result.operator]
    if point.value is None or point.result.operator or not before:
        return ""
    last = before[-1]
    gap = round(point.value - (last.value or 0.0), 6)
    if not gap:
        return f"{one.label} : inchangé depuis le {text.date(last.at.date())}"
    moved = text.signed(float(f"{gap:.3g}"))
    return f"{one.label} : {moved} depuis le {text.date(last.at.date())}"


def laboratory(report: Report) -> str:
    """A short name for the head of a column."""
    if report.quoted:
        return "cité"
    name = report.laboratory or report.organisation
    for long in ("Laboratoire des ", "Laboratoire de ", "Laboratoire ", "LABORATOIRE ", "Labo "):
        name = name.removeprefix(long)
    return name


def day(report: Report) -> str:
    """``02/09/26`` or ``2024``, for the heads of columns."""
    return report.vague.french if report.vague else f"{report.day:%d/%m/%y}"


def long_day(point: Point) -> str:
    """« lundi 2 septembre 2026 », or « 2024 » where no day is told."""
    vague = point.result.vague
    return vague.french if vague else text.long_date(point.at.date())


def out_of_range(letter: str) -> bool:
    return letter in OUT_OF_RANGE
