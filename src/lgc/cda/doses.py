"""A dosage as its codes say it: what the profile can carry whole, else nothing but the text.

CI-SIS FR-Traitement and FR-Traitement-prescrit: ``effectiveTime`` PIVL_TS, ``doseQuantity`` and
``rateQuantity`` with their bounds, ``maxDoseQuantity``; unequal intakes (split dosing) and steps
(tapered dosing) are subordinate entries with a ``sequenceNumber``. A range of frequency, or
several moments every other day, has no place there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from lxml import etree

from lgc.cda.values import ends, find_all, only, xsi_type
from lgc.domain.dosage import wording
from lgc.domain.dosage.model import (
    Amount,
    Dosage,
    Every,
    Length,
    Rhythm,
    Step,
    Time,
    Times,
    Total,
    Weekdays,
)
from lgc.domain.dosage.reading import read
from lgc.domain.dosage.vocabulary import BY_UNIT
from lgc.domain.medical_data import Posology
from lgc.terminology import ucum

NORMAL = "1.3.6.1.4.1.19376.1.5.3.1.4.7.1"
TAPERED = "1.3.6.1.4.1.19376.1.5.3.1.4.8"
SPLIT = "1.3.6.1.4.1.19376.1.5.3.1.4.9"
HOURS = {Time.HOUR: 1, Time.DAY: 24, Time.WEEK: 168}
TIMES = {time.value: time for time in Time}
FINEST = 4  # decimals of a period
# jdv-hl7-v3-TimingEvent-cisis.
MOMENTS = {
    "AC": "avant le repas", "ACM": "avant le petit-déjeuner", "ACD": "avant le déjeuner",
    "ACV": "avant le dîner", "C": "pendant les repas", "CM": "pendant le petit-déjeuner",
    "CD": "pendant le déjeuner", "CV": "pendant le dîner", "PC": "après le repas",
    "PCM": "après le petit-déjeuner", "PCD": "après le déjeuner", "PCV": "après le dîner",
    "IC": "entre les repas", "ICM": "entre le petit-déjeuner et le déjeuner",
    "ICD": "entre le déjeuner et le dîner", "ICV": "entre le dîner et le coucher",
    "HS": "au coucher", "WAKE": "au réveil",
}  # fmt: skip


class Uncodable(Exception):
    """The profile has no place for it."""


@dataclass(frozen=True, slots=True)
class Frequency:
    """One ``PIVL_TS``. ``exact`` is « toutes les 8 h »; « 3 fois par jour » leaves the hours to
    whoever takes it (``institutionSpecified``)."""

    period: Decimal
    unit: Time
    exact: bool = True
    most: Decimal | None = None
    """Of « toutes les 4 à 6 h », which others may code, the six."""

    @property
    def hours(self) -> Decimal:
        """For comparing; a month or a year only with its like."""
        return self.period * HOURS.get(self.unit, 1)


@dataclass(frozen=True, slots=True)
class CodedStep:
    """``dose`` of each intake or ``rate`` over ``rate.per``, and for how long."""

    dose: Amount | None = None
    rate: Amount | None = None
    rate_per: Time | None = None
    frequency: Frequency | None = None
    length: Length | None = None
    moment: str = ""
    """« au coucher »: an event of the day, which others code."""

    @property
    def rate_unit(self) -> str:
        """« mg/d »; « 2 par jour » is a number a day."""
        assert self.rate is not None and self.rate_per is not None
        return f"{self.rate.unit or '1'}/{self.rate_per.value}"


@dataclass(frozen=True, slots=True)
class CodedMaximum:
    number: Decimal
    unit: str
    per: Time


@dataclass(frozen=True, slots=True)
class CodedDose:
    """``mode`` is the templateId of the way of dosing; ``steps`` are its subordinates."""

    mode: str = NORMAL
    whole: CodedStep = CodedStep()
    steps: tuple[CodedStep, ...] = ()
    maximum: CodedMaximum | None = None
    as_needed: bool = False


NOTHING = CodedDose()


def of(posology: Posology | None) -> CodedDose:
    """What the words of a treatment say, ``NOTHING`` where they are text or are to stay it."""
    if posology is None or posology.as_text:
        return NOTHING
    return code(read(posology.sentence))


def code(dosage: Dosage) -> CodedDose:
    """The codes of a dosage, whole or ``NOTHING``."""
    if not dosage.is_structured:
        return NOTHING
    try:
        return _coded(dosage)
    except Uncodable:
        return NOTHING


def _coded(dosage: Dosage) -> CodedDose:
    most = dosage.maximum
    maximum = CodedMaximum(most.number, most.unit, most.per) if most is not None else None
    needed = bool(dosage.needs)
    first = dosage.steps[0]
    if len(dosage.steps) > 1:
        steps = tuple(replace(_step(step), length=step.length) for step in dosage.steps)
        return CodedDose(TAPERED, steps=steps)
    if len({one.amount for one in first.intakes}) > 1:
        return CodedDose(SPLIT, steps=tuple(_split(first)), maximum=maximum, as_needed=needed)
    return CodedDose(NORMAL, _step(first), (), maximum, needed)


def _split(step: Step) -> Iterator[CodedStep]:
    if step.rhythm is not None:
        raise Uncodable
    for intake in step.intakes:
        yield _step(Step(intakes=(intake,)))


def _step(step: Step) -> CodedStep:
    """One way of taking it, its intakes equal."""
    amounts = {one.amount for one in step.intakes} or {step.amount}
    if len(amounts) > 1:
        raise Uncodable
    much = next(iter(amounts))
    if isinstance(step.rhythm, Total):
        return CodedStep(rate=much, rate_per=step.rhythm.per)
    return CodedStep(much, frequency=_frequency(step))


def _frequency(step: Step) -> Frequency | None:
    count, rhythm = len(step.intakes), step.rhythm
    if rhythm is None:
        return _times(count, Time.DAY) if count else None
    if count > 1 and not isinstance(rhythm, Weekdays):
        raise Uncodable
    return _of_rhythm(rhythm, max(count, 1))


def _of_rhythm(rhythm: Rhythm, count: int) -> Frequency:
    if isinstance(rhythm, Weekdays):
        return _times(count * len(rhythm.days), Time.WEEK)
    if isinstance(rhythm, Total) or rhythm.low != rhythm.high:
        raise Uncodable
    if isinstance(rhythm, Every):
        return Frequency(Decimal(rhythm.low), rhythm.unit)
    return _times(rhythm.low, rhythm.per)


def _times(number: int, per: Time) -> Frequency:
    """« 3 fois par jour »: the period that this makes, where it is exact."""
    if number == 1:
        return Frequency(Decimal(1), per, exact=False)
    hours = HOURS.get(per)
    period = Decimal(hours or 1) / number
    if period != round(period, FINEST):
        raise Uncodable
    return Frequency(period.normalize(), Time.HOUR if hours else per, exact=False)


def starts(dose: CodedDose, first: dt.date) -> Iterator[dt.date]:
    """The day on which each subordinate begins; unequal intakes all begin at once."""
    for step in dose.steps:
        yield first
        if step.length is not None:
            first = step.length.last_day(first) + dt.timedelta(days=1)


# --- read back --------------------------------------------------------------------------------


def parse(node: etree._Element) -> CodedDose:
    """The codes of a ``substanceAdministration`` of anybody's document."""
    subordinates = find_all(node, "h:entryRelationship/h:substanceAdministration")
    declared = {found.get("root") for found in find_all(node, "h:templateId")}
    mode = next((one for one in (SPLIT, TAPERED) if one in declared), NORMAL)
    return CodedDose(
        mode if subordinates else NORMAL,
        replace(_parsed(node), length=None),
        tuple(_parsed(one) for one in subordinates),
        _maximum(node),
        bool(find_all(node, "h:precondition")),
    )


def _parsed(node: etree._Element) -> CodedStep:
    rate, per = _rate(node)
    dose = _bounds(only(node, "h:doseQuantity"))
    often = _rhythms(node)
    # Two rhythms of one intake (« toutes les 8 h », « 3 fois par semaine ») are said, not chosen.
    several = [wording.rhythm_words(rhythm) for one in often if (rhythm := _rhythm(one))]
    said = _joined(" et ", (*(several if len(often) > 1 else ()), _moment(node)))
    frequency = often[0] if len(often) == 1 else None
    return CodedStep(dose, rate, per, frequency, _width(node), said)


def _moment(node: etree._Element) -> str:
    """The events of the day at which it is taken; one that is unknown is said as it is written."""
    found = [
        (event.get("code") or "", event.get("displayName") or "")
        for time in _times_of(node)
        if (event := only(time, "h:event")) is not None and xsi_type(time) == "EIVL_TS"
    ]
    return " et ".join(dict.fromkeys(MOMENTS.get(code) or name or code for code, name in found))


def _times_of(node: etree._Element) -> tuple[etree._Element, ...]:
    return (*find_all(node, "h:effectiveTime"), *find_all(node, "h:effectiveTime//h:comp"))


def _bounds(quantity: etree._Element | None) -> Amount | None:
    """From ``low`` to ``high``, or the plain value that some write."""
    known = [
        end for end in ends(quantity) if end is not None and _decimal(end.get("value")) is not None
    ]
    if not known:
        known = [quantity] if quantity is not None else []
    values = [value for end in known if (value := _decimal(end.get("value"))) is not None]
    if not values:
        return None
    unit = known[0].get("unit") or ""
    return Amount(values[0], values[-1], _unit(unit))


def _unit(unit: str) -> str:
    return {"1": "", "[IU]": "[iU]"}.get(unit, unit)


def _rate(node: etree._Element) -> tuple[Amount | None, Time | None]:
    found = _bounds(only(node, "h:rateQuantity"))
    if found is None:
        return None, None
    unit, slash, per = found.unit.rpartition("/")
    time = TIMES.get(per)
    if not slash or time is None:
        return None, None
    return replace(found, unit=_unit(unit)), time


def _rhythms(node: etree._Element) -> list[Frequency]:
    """Each rhythm, once."""
    found: dict[Frequency, None] = {}
    for time in _times_of(node):
        period = _bounds(only(time, "h:period")) if xsi_type(time) == "PIVL_TS" else None
        if period is None or not period.low:
            continue
        low, high, unit = period.low, period.high, period.unit
        if unit == "min":
            low, high, unit = low / 60, high / 60, "h"
        if unit in TIMES:
            exact = time.get("institutionSpecified") != "true"
            found[Frequency(low, TIMES[unit], exact, high if high != low else None)] = None
    return list(found)


def _width(node: etree._Element) -> Length | None:
    times = find_all(node, "h:effectiveTime/h:comp/h:width")
    for width in (*times, *find_all(node, "h:effectiveTime/h:width")):
        value, unit = _decimal(width.get("value")), width.get("unit") or ""
        if value and value == int(value) and unit in TIMES:
            return Length(int(value), TIMES[unit])
    return None


def _maximum(node: etree._Element) -> CodedMaximum | None:
    most = only(node, "h:maxDoseQuantity")
    over, under = only(most, "h:numerator"), only(most, "h:denominator")
    number = _decimal(over.get("value")) if over is not None else None
    if over is None or under is None or number is None:
        return None
    per = TIMES.get(under.get("unit") or "")
    if per is None or _decimal(under.get("value")) != 1:
        return None
    return CodedMaximum(number, _unit(over.get("unit") or ""), per)


def _decimal(text: str | None) -> Decimal | None:
    try:
        value = Decimal((text or "").strip())
    except InvalidOperation:
        return None
    return value if value.is_finite() and value >= 0 else None


def agree(told: CodedDose, coded: CodedDose) -> bool:
    """Whether codes say what the words say; « toutes les 12 h » is as good as twice a day."""
    return _bare(told) == _bare(coded)


def _bare(dose: CodedDose) -> tuple[object, ...]:
    whole, *steps = ((s.dose, s.rate, s.rate_per, _often(s), s.length, s.moment)
                     for s in (dose.whole, *dose.steps))  # fmt: skip
    return whole, steps, dose.maximum


def _often(step: CodedStep) -> object:
    frequency = step.frequency
    if frequency is None:
        return None
    return (
        frequency.hours,
        frequency.most,
        frequency.unit if frequency.unit not in HOURS else Time.HOUR,
    )


# --- in words ---------------------------------------------------------------------------------


def words(dose: CodedDose) -> str:
    """The codes in French, empty when they say nothing."""
    told = _joined(", puis " if dose.mode == TAPERED else ", ", map(_words, dose.steps))
    parts = [_words(dose.whole), told, _most(dose.maximum)]
    return _joined(", ", parts)


def _joined(between: str, parts: Iterable[str]) -> str:
    return between.join(part for part in parts if part)


def _words(step: CodedStep) -> str:
    return _joined(", ", (_amount_words(step), step.moment))


def _amount_words(step: CodedStep) -> str:
    """As the doctor would have typed it, where the units are ours."""
    much = step.rate or step.dose
    rhythm = Total(step.rate_per) if step.rate_per is not None else _rhythm(step.frequency)
    if much is not None and much.unit and much.unit not in BY_UNIT:
        return _joined(", ", (_foreign(much), wording.rhythm_words(rhythm) if rhythm else ""))
    return wording.step_words(Step(much, rhythm=rhythm, length=step.length))


def _foreign(much: Amount) -> str:
    said = wording.amount_words(replace(much, unit=""))
    return f"{said} {ucum.french(much.unit)}".strip()


def _rhythm(frequency: Frequency | None) -> Rhythm | None:
    if frequency is None:
        return None
    if frequency.most is not None:
        low, high = int(frequency.period), int(frequency.most)
        whole = low == frequency.period and high == frequency.most
        return Every(low, high, frequency.unit) if whole else None
    if frequency.period == int(frequency.period) and (frequency.exact or frequency.period == 1):
        number = int(frequency.period)
        if number == 1 and frequency.unit is not Time.HOUR:
            return Times(1, 1, frequency.unit)
        return Every(number, number, frequency.unit)
    for per in (Time.DAY, Time.WEEK):
        times = HOURS[per] / frequency.hours
        if frequency.unit in HOURS and times >= 1 and times == int(times):
            return Times(int(times), int(times), per)
    times = 1 / frequency.period
    if frequency.unit not in HOURS and times == int(times):
        return Times(int(times), int(times), frequency.unit)
    return None


def _most(maximum: CodedMaximum | None) -> str:
    if maximum is None:
        return ""
    much = _foreign(Amount(maximum.number, maximum.number, maximum.unit))
    if maximum.unit in BY_UNIT:
        much = wording.amount_words(Amount(maximum.number, maximum.number, maximum.unit))
    elif not maximum.unit:
        much += " prises"
    return f"sans dépasser {much} {wording.rhythm_words(Total(maximum.per))}"
