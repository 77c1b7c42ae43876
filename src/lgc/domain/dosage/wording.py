"""What was understood, written back in French: read again, these words say the same."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from lgc.domain.dosage.model import (
    Amount,
    Dosage,
    Every,
    Length,
    Maximum,
    Rhythm,
    Step,
    Time,
    Times,
    Total,
    Weekdays,
)
from lgc.domain.dosage.vocabulary import BY_UNIT, MOMENTS, TIMES, WEEKDAYS

NARROW, HARD = "\u202f", "\u00a0"


def words(dosage: Dosage) -> str:
    """The dosage in words, empty when it is only text."""
    if not dosage.is_structured:
        return ""
    steps = [step_words(step) for step in dosage.steps]
    steps += ["arrêt"] if dosage.stops else []
    parts = [", puis ".join(steps), *dosage.remarks]
    if dosage.needs:
        parts.append(f"si {' ou '.join(dosage.needs)}")
    if dosage.maximum is not None:
        parts.append(_maximum(dosage.maximum))
    return ", ".join(parts)


def step_words(step: Step) -> str:
    """« 1 comprimé, matin et soir, pendant 7 jours »."""
    parts = [_intakes(step) if step.intakes else _amount_and_rhythm(step)]
    if step.intakes and step.rhythm is not None:
        parts.append(rhythm_words(step.rhythm))
    if step.length is not None:
        parts.append(f"pendant {_length(step.length)}")
    return ", ".join(part for part in parts if part)


def number_words(number: Decimal) -> str:
    """« 0,5 », « 1 000 »: the narrow blank does not break."""
    whole, _, rest = f"{number.normalize():f}".partition(".")
    grouped = f"{int(whole):,}".replace(",", NARROW)
    return f"{grouped},{rest}" if rest else grouped


def amount_words(much: Amount) -> str:
    """« 1 à 2 comprimés »."""
    said = number_words(much.low)
    if much.is_range:
        said = f"{said} à {number_words(much.high)}"
    return _with_unit(said, much.high, much.unit)


def rhythm_words(rhythm: Rhythm) -> str:
    """« 3 fois par jour », « toutes les 8 h », « le lundi »."""
    if isinstance(rhythm, Times):
        fois = "une fois" if rhythm.high == 1 else f"{_both(rhythm.low, rhythm.high)} fois"
        return f"{fois} par {TIMES[rhythm.per][0]}"
    if isinstance(rhythm, Every):
        every = "toutes les" if rhythm.unit in (Time.HOUR, Time.WEEK) else "tous les"
        return f"{every} {_both(rhythm.low, rhythm.high)}{HARD}{TIMES[rhythm.unit][1]}"
    if isinstance(rhythm, Weekdays):
        return _listed([f"le {WEEKDAYS[day]}" for day in rhythm.days])
    return f"par {TIMES[rhythm.per][0]}"


def _intakes(step: Step) -> str:
    """Equal intakes are told once."""
    amounts = {one.amount for one in step.intakes}
    if len(amounts) > 1:
        return ", ".join(
            f"{amount_words(one.amount) if one.amount else ''} {MOMENTS[one.moment][0]}".strip()
            for one in step.intakes
        )
    much = next(iter(amounts))
    alone = len(step.intakes) == 1
    with_article = [MOMENTS[one.moment][0] for one in step.intakes]
    moments = with_article if alone else [MOMENTS[one.moment][1] for one in step.intakes]
    said = _listed(moments)
    return f"{amount_words(much)}, {said}" if much is not None else said


def _amount_and_rhythm(step: Step) -> str:
    much, rhythm = step.amount, step.rhythm
    if much is None:
        return rhythm_words(rhythm) if rhythm is not None else ""
    if rhythm is None:
        return amount_words(much)
    joint = " " if isinstance(rhythm, Total) else ", "
    return f"{amount_words(much)}{joint}{rhythm_words(rhythm)}"


def _maximum(most: Maximum) -> str:
    said = number_words(most.number)
    if most.unit:
        said = _with_unit(said, most.number, most.unit)
    else:
        said += f"{HARD}prise{'s' if most.number >= 2 else ''}"
    return f"sans dépasser {said} par {TIMES[most.per][0]}"


def _length(length: Length) -> str:
    one, several, _ = TIMES[length.unit]
    return f"{length.number}{HARD}{one if length.number == 1 else several}"


def _with_unit(said: str, number: Decimal, unit: str) -> str:
    if not unit:
        return said
    form = BY_UNIT[unit]
    return f"{said}{HARD}{form.one if number < 2 else form.several}"


def _both(low: int, high: int) -> str:
    return f"{low}" if low == high else f"{low} à {high}"


def _listed(said: Sequence[str]) -> str:
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} et {said[-1]}"
