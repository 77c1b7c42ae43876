"""How biology is said: values with their sign, references, what a point tells. Pure."""

from __future__ import annotations

from decimal import Decimal

from lgc.desktop import text
from lgc.domain.biology import ALARMS, BEYOND, DOUBTS, FOUND
from lgc.services.biology import BiologyView
from lgc.services.columns import Report
from lgc.services.result_words import (
    AHEAD,
    CONVERTED,
    all_ranges,
    also_printed,
    as_printed,
    cell,
    last_reference,
    own_reference,
    reference,
    reference_whole,
    rounded,
    said_of,
    several,
    shown,
    titled,
    unit,
    value,
    whole,
)
from lgc.services.series import Analysis, Cell, Point, moment_of

__all__ = (
    "AHEAD", "CONVERTED", "as_printed", "cell", "last_reference", "own_reference", "reference",
    "several", "shown", "titled", "unit", "value", "whole",
)  # fmt: skip
TONES = dict.fromkeys((*ALARMS, *BEYOND, *FOUND, "R", "SYN-R", "NS"), "danger")
TONES |= dict.fromkeys(("L", "LL", "LU", "LX", "<", "I", "SDD", "W", "N", *DOUBTS), "warn")
TONES |= dict.fromkeys(("S", "SYN-S"), "ok")
STRONG = frozenset(ALARMS)
"""Letters that alarm, shown in a stronger tone."""
NOTHING = "–"
LONG_NAMES = (
    "Laboratoire des ", "Laboratoire de ", "Laboratoire du ", "Laboratoire d’", "Laboratoire d'",
    "Laboratoire ", "LABORATOIRE ", "Labo ",
)  # fmt: skip
SHORT_NAMES = (("Centre hospitalier universitaire", "CHU"), ("Centre hospitalier", "CH"))
MOST_DAYS = 4  # of reports that the table does not tell
SEE_BELOW = "voir"
"""In a cell that is too narrow for its value: the panel has it whole."""


def against_reference(one: Analysis, point: Point) -> str:
    """« Glucose à jeun : plus haut que la référence (3,9 – 6,1) »; empty without a letter."""
    said, bounds = said_of(point), reference(point)
    if not said:
        return ""
    return f"{one.label} : {said}" + (f" ({bounds})" if bounds else "")


def said_beside(one: Analysis, point: Point) -> list[str]:
    """Under a value: its reference and what is said against it, its change, its notes."""
    against, told = against_reference(one, point), reference_whole(one, point)
    if not against and told:
        against = f"{one.label} : référence {told}"
    said = (against, change(one, point), *notes_of(one, point))
    return [sentence for sentence in said if sentence]


def notes_of(one: Analysis, point: Point) -> list[str]:
    """The notes of a value, each with the analysis it speaks of."""
    return [f"{one.label}, {note[:1].lower()}{note[1:]}" for note in notes(point)]


def tip(one: Analysis, found: Cell) -> tuple[str, ...]:
    """What hovering a cell or a point says: date first, each value with all that is its own."""
    first = found.points[0]
    lines = [moment(first)]
    if found.shared:
        lines.append(f"{several(found)}, que le compte rendu ne distingue pas")
    for point in found.points:
        said, told = said_of(point), reference_whole(one, point)
        lines.append(f"{one.label} : {whole(one, point)}" + (f", {said}" if said else ""))
        if told:
            lines.append(f"Référence {told}")
        lines += notes(point)
    laboratories = dict.fromkeys(point.result.laboratory for point in found.points)
    return (*lines, *(name for name in laboratories if name))


def moment(point: Point) -> str:
    """« Lundi 2 novembre 2026, 8 h 05 »; without an hour where it is not known."""
    if point.result.vague:
        return point.result.vague.french
    day = text.long_date(point.at.date())
    return day if point.hour is None else f"{day}, {text.time_in_words(point.hour)}"


def notes(point: Point) -> list[str]:
    """What must be known of a value that is not simply what its report prints."""
    result, found = point.result, [text.capital(AHEAD)] if point.ahead else []
    if result.specimen:
        found.append(f"Prélèvement : {result.specimen}")
    if point.converted:
        found.append(f"Converti de {as_printed(result)}")
    if point.also is not None:
        found.append(f"Aussi rendu : {also_printed(point)}")
    if point.quoted:
        found.append("Antériorité citée par un compte rendu")
    if ranges := all_ranges(point):
        found.append(f"Valeurs du compte rendu : {ranges}")
    comments = (result.comment, point.also.comment if point.also is not None else "")
    return found + [f"Commentaire : {one}" for one in dict.fromkeys(comments) if one]


def change(one: Analysis, point: Point) -> str:
    """``+0,4 depuis le 20/05/2026``: against the value before it, where both are numbers of one
    laboratory; a bound between them, or another laboratory, has no difference."""
    before = [p for p in one.drawn if p.column != point.column and moment_of(p) < moment_of(point)]
    if point.value is None or point.ahead or point.result.operator or not before:
        return ""
    last = before[-1]
    if last.result.operator or last.result.laboratory != point.result.laboratory:
        return ""
    gap = float(Decimal(repr(point.value)) - Decimal(repr(last.value or 0.0)))
    since = f"depuis le {text.date(last.at.date())}"
    if last.at.date() == point.at.date():
        since = f"depuis {text.time_in_words(last.hour)}" if last.hour else "depuis la précédente"
    if not gap:
        return f"{one.label} : inchangé {since}"
    sign = "+" if gap > 0 else ""
    return f"{one.label} : {sign}{rounded(gap)} {since}"


def in_the_dmp(absent: int) -> str:
    some = text.count(absent, "compte rendu", "comptes rendus")
    verb = "est" if absent == 1 else "sont"
    return text.french(f"{some} de biologie {verb} dans le DMP, pas encore dans le dossier.")


def missing(view: BiologyView, *, dmp: bool = False) -> list[str]:
    """What the table does not tell, in sentences; with ``dmp`` what is only there too."""
    newer = [one for one in view.untabled if one.replaced is None]
    said = []
    if newer:
        some = text.count(len(newer), "compte rendu", "comptes rendus")
        days = ", ".join(text.date(one.day) for one in newer[:MOST_DAYS])
        more = ", …" if len(newer) > MOST_DAYS else ""
        said.append(f"Pas dans ce tableau : {some} sans résultats structurés ({days}{more}).")
    said += [
        f"Le compte rendu du {text.date(one.replaced)} a été remplacé par un document sans"
        f" résultats structurés ({text.date(one.day)}) : ses valeurs ne sont plus montrées."
        for one in view.untabled
        if one.replaced is not None
    ]
    said += _ahead(view)
    said += [in_the_dmp(len(view.absent))] if dmp and view.absent else []
    return [text.french(one) for one in said]


def _ahead(view: BiologyView) -> list[str]:
    """Which columns a date after today heads: neither drawn nor a last value."""
    days = list(dict.fromkeys(day(one) for one in view.reports if one.ahead))
    if not days:
        return []
    more = ", …" if len(days) > MOST_DAYS else ""
    return [f"{text.capital(AHEAD)}, hors des courbes ({', '.join(days[:MOST_DAYS])}{more})."]


def laboratory(report: Report) -> str:
    """A short name for the head of a column."""
    name = report.laboratory or report.organisation
    for long in LONG_NAMES:
        name = name.removeprefix(long)
    for long, short in SHORT_NAMES:
        name = name.replace(long, short)
    return f"cité, {name}".rstrip(", ") if report.quoted else name


def day(report: Report) -> str:
    """``02/09/26`` or ``2024``, for the heads of columns; « 62 » to come is not 1962."""
    if report.vague:
        return report.vague.french
    return f"{report.day:%d/%m/%Y}" if report.ahead else f"{report.day:%d/%m/%y}"


def head(report: Report) -> str:
    """``02/09/26``, ``02/09/26 08:05`` where the hour is known; a date to come says so."""
    hour = text.time(report.hour) if report.hour is not None and not report.vague else ""
    ahead = f"({AHEAD})" if report.ahead else ""
    return " ".join(part for part in (day(report), hour, ahead) if part)


def hour(report: Report) -> str:
    """« 08:05 », where it is known and its day can be believed."""
    told = report.hour is not None and not report.vague and not report.ahead
    return text.time(report.hour) if told and report.hour is not None else ""


def below_day(report: Report) -> str:
    """« 08:05 · Auteuil », « à vérifier · Auteuil » where the date is to come."""
    if report.ahead:
        return text.join("à vérifier", laboratory(report))
    hour = text.time(report.hour) if report.hour is not None and not report.vague else ""
    return text.join(hour, laboratory(report))
