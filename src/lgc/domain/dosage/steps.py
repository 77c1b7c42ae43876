"""Parts put together: one way of taking a medicine, or none where they do not fit.

Whatever may be read in two ways has no step: « 2 cp par jour matin et soir », « 1 cp x 3 j ».
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeVar

from lgc.domain.dosage import parts as p
from lgc.domain.dosage.model import (
    Amount,
    Dosage,
    Every,
    Intake,
    Maximum,
    Rhythm,
    Step,
    Time,
    Times,
    Total,
    Weekdays,
)
from lgc.domain.dosage.vocabulary import BY_UNIT

T = TypeVar("T")
MOST_AT_ONCE = 4
LEAST_DAYS = {Time.HOUR: 0, Time.DAY: 1, Time.WEEK: 7, Time.MONTH: 28, Time.YEAR: 365}


class Unfit(Exception):
    """These parts make no dosage."""


@dataclass(frozen=True, slots=True)
class _Sorted:
    """The parts of one step by kind, at most one of each."""

    amount: p.Amounted | None
    shared: p.Shared | None
    at: p.At | None
    often: p.Often | None
    lasts: p.For | None
    in_one: bool


def repeats(before: Sequence[p.Part], part: p.Part) -> bool:
    """Whether a step would say twice what it may say once: no need to read on."""
    if not isinstance(part, _ONCE):
        return False
    for one in reversed(before):
        if isinstance(one, p.Then):
            return False
        if type(one) is type(part):
            return True
    return False


def dosage(found: Sequence[p.Part]) -> Dosage | None:
    """What the parts of a whole sentence say, None when they do not fit together."""
    try:
        return _dosage(found)
    except Unfit:
        return None


def _dosage(found: Sequence[p.Part]) -> Dosage:
    groups = _parted(found)
    stops = len(groups) > 1 and groups[-1] == [p.Stop()]
    groups = groups[:-1] if stops else groups
    if any(isinstance(part, p.Stop) for group in groups for part in group):
        raise Unfit
    steps: list[Step] = []
    unit = ""
    for group in groups:
        steps.append(_step(group, unit))
        unit = _unit(steps[0])
    _check_steps(steps, stops)
    extra = [part for group in groups for part in group if isinstance(part, _EXTRA)]
    if extra and (len(steps) > 1 or stops):
        raise Unfit  # « puis 1 cp si douleur »: of which step?
    if len(groups) == 1 and not stops and _bare_length(groups[0], steps[0]):
        raise Unfit  # « 1 injection 3 mois »: for three months, or every three?
    if any(isinstance(part, (p.If, p.Beside)) for part in extra) and _differ(groups[0], steps[0]):
        raise Unfit  # « 1 cp matin et 1 cp le soir si besoin »: both?
    most = _one([part for part in extra if isinstance(part, p.NoMore)])
    return Dosage(
        "",
        tuple(steps),
        stops,
        _needs(extra),
        _maximum(most, steps[0]) if most is not None else None,
        tuple(dict.fromkeys(part.remark for part in extra if isinstance(part, p.Beside))),
    )


_ONCE = (p.Amounted, p.Shared, p.At, p.For, p.NoMore, p.InOne)
_EXTRA = (p.If, p.NoMore, p.Beside)


def _bare_length(group: Sequence[p.Part], step: Step) -> bool:
    """Whether a length without « pendant » is all that is said of the time."""
    lengths = [part for part in group if isinstance(part, p.For)]
    return bool(lengths) and not (lengths[0].announced or step.rhythm or step.intakes)


def _differ(group: Sequence[p.Part], step: Step) -> bool:
    """Whether each intake was said by itself."""
    pairs = any(isinstance(part, p.Shared) and not part.is_scheme for part in group)
    return pairs or len({one.amount for one in step.intakes}) > 1


def _parted(found: Sequence[p.Part]) -> list[list[p.Part]]:
    groups: list[list[p.Part]] = [[]]
    for part in found:
        if isinstance(part, p.Then):
            groups.append([])
        else:
            groups[-1].append(part)
    return groups


def _one(found: Sequence[T]) -> T | None:
    if len(found) > 1:
        raise Unfit
    return found[0] if found else None


def _needs(extra: Sequence[p.Part]) -> tuple[str, ...]:
    """« si besoin » adds nothing beside a reason."""
    said = dict.fromkeys(need for part in extra if isinstance(part, p.If) for need in part.needs)
    reasons = tuple(need for need in said if need != "besoin")
    return reasons or tuple(said)


# --- one step ---------------------------------------------------------------------------------


def _step(group: Sequence[p.Part], unit: str) -> Step:
    given = _sort(group)
    if given.often is not None and given.often.bare and not _follows_amount(group):
        raise Unfit  # « 1 cp 10 jours par mois »
    if given.lasts is not None and given.lasts.wants_rhythm and not _rhythm_before(group):
        raise Unfit
    if given.shared is not None:
        step = _shared(given)
    elif given.at is not None:
        step = _at_moments(given, unit)
    else:
        step = _amounted(given, unit)
    if given.lasts is None:
        return step
    if _shorter(given.lasts.length.most_days, step.rhythm):
        raise Unfit  # « 1 cp 5 jours, 2 fois par an »: how often, and how long each time?
    return replace(step, length=given.lasts.length)


def _follows_amount(group: Sequence[p.Part]) -> bool:
    """Whether « par jour » stands after how much, and not after how long."""
    before: list[p.Part] = []
    for part in group:
        if isinstance(part, p.Often) and part.bare and not part.each_day:
            return any(isinstance(one, p.Amounted) for one in before) and not any(
                isinstance(one, (p.For, p.If, p.NoMore)) for one in before
            )
        before.append(part)
    return True


def _shorter(days: int, rhythm: Rhythm | None) -> bool:
    """Whether the whole length is less than the time between two intakes."""
    if rhythm is None:
        return False
    if isinstance(rhythm, Weekdays):
        return days < LEAST_DAYS[Time.WEEK]
    if isinstance(rhythm, Every):
        return days < rhythm.low * LEAST_DAYS[rhythm.unit]
    return days < LEAST_DAYS[rhythm.per]


def _sort(group: Sequence[p.Part]) -> _Sorted:
    def only(kind: type[T]) -> T | None:
        return _one([part for part in group if isinstance(part, kind)])

    return _Sorted(
        only(p.Amounted), only(p.Shared), only(p.At), _often(group), only(p.For),
        only(p.InOne) is not None,
    )  # fmt: skip


def _often(group: Sequence[p.Part]) -> p.Often | None:
    """« le lundi, toutes les semaines » is « le lundi »; two other rhythms are none."""
    said = [part for part in group if isinstance(part, p.Often)]
    days = [one for one in said if isinstance(one.rhythm, Weekdays)]
    rest = [one for one in said if one not in days]
    if len(days) == len(rest) == 1 and _adds_nothing(rest[0], days[0].rhythm):
        return days[0]
    return _one(said)


def _adds_nothing(weekly: p.Often, days: Rhythm) -> bool:
    """« 2 fois par semaine » beside two days of the week."""
    assert isinstance(days, Weekdays)
    number = len(days.days)
    if weekly.each_day:
        return weekly.rhythm == Times(1, 1, Time.WEEK)
    return weekly.rhythm == Times(number, number, Time.WEEK)


def _rhythm_before(group: Sequence[p.Part]) -> bool:
    for part in group:
        if isinstance(part, (p.Often, p.At, p.Shared)):
            return True
        if isinstance(part, p.For):
            return False
    return False


def _shared(given: _Sorted) -> Step:
    """Unequal intakes: nothing else may speak of how much or at what moment."""
    assert given.shared is not None
    if given.at is not None or given.in_one:
        raise Unfit
    intakes = given.shared.intakes
    if given.amount is not None:
        intakes = _scheme_of(given.shared, given.amount.amount)
    return Step(intakes=intakes, rhythm=_beside_moments(given.often, len(intakes)))


def _scheme_of(shared: p.Shared, much: Amount) -> tuple[Intake, ...]:
    """« 1 cp 1-0-1 »: with any other number one cannot tell which counts."""
    one = Decimal(1)
    bare = Amount(one, one)
    if not shared.is_scheme or any(intake.amount != bare for intake in shared.intakes):
        raise Unfit
    if (much.low, much.high) != (one, one):
        raise Unfit
    return tuple(replace(intake, amount=much) for intake in shared.intakes)


def _at_moments(given: _Sorted, unit: str) -> Step:
    assert given.at is not None
    names = given.at.moments
    if given.in_one and len(names) > 1:
        raise Unfit
    much = _inherit(given.amount, unit)
    return Step(
        intakes=tuple(Intake(name, much) for name in names),
        rhythm=_beside_moments(given.often, len(names), total=given.shared is None),
    )


def _beside_moments(often: p.Often | None, count: int, total: bool = False) -> Rhythm | None:
    """What a rhythm adds to moments; « 2 fois par jour » beside two moments adds nothing."""
    if often is None:
        return None
    rhythm = often.rhythm
    if isinstance(rhythm, Times) and rhythm.per is Time.DAY:
        if often.bare and not often.each_day and total and count > 1:
            raise Unfit  # « 2 cp par jour matin et soir »
        if not often.bare and (rhythm.low, rhythm.high) != (count, count):
            raise Unfit
        return None
    if isinstance(rhythm, Times) and (count > 1 or (often.bare and not often.each_day)):
        raise Unfit
    if isinstance(rhythm, Every) and rhythm.unit is Time.HOUR:
        raise Unfit
    return rhythm


def _amounted(given: _Sorted, unit: str) -> Step:
    often = given.often
    if given.amount is None:
        if often is None or often.bare or often.plain or isinstance(often.rhythm, Weekdays):
            raise Unfit  # « par jour », « le lundi » say nothing alone
        if given.in_one:
            raise Unfit
        return Step(rhythm=often.rhythm)
    much = _inherit(given.amount, unit)
    assert much is not None
    if not given.amount.amount.unit and (often is None and not much.unit):
        raise Unfit  # « 3 » of what, when?
    if often is None:
        if given.in_one or (given.lasts is not None and _is_supply(much, given.lasts)):
            raise Unfit
        return Step(much)
    if often.plain and not much.unit:
        raise Unfit  # « 75 1/j »: 75 is rather a strength
    return Step(much, rhythm=_of_amount(much, often, given))


def _of_amount(much: Amount, often: p.Often, given: _Sorted) -> Rhythm:
    """« 3 cp par jour » is the whole of the day; one piece of it can only be one intake."""
    rhythm = often.rhythm
    if not (often.bare and isinstance(rhythm, Times)):
        if given.in_one and rhythm != Times(1, 1, Time.DAY):
            raise Unfit
        return rhythm
    if given.amount is not None and given.amount.each:
        raise Unfit
    counted = not much.unit or BY_UNIT[much.unit].counted
    if given.in_one or (counted and much.high <= 1):
        return rhythm
    return Total(rhythm.per)


def _is_supply(much: Amount, lasts: p.For) -> bool:
    """« 30 cp 1 mois » is what is handed over."""
    counted = not much.unit or BY_UNIT[much.unit].counted
    return counted and much.high > MOST_AT_ONCE and not lasts.announced


def _inherit(given: p.Amounted | None, unit: str) -> Amount | None:
    if given is None:
        return None
    if not given.amount.unit and p.shares_unit(unit):
        return replace(given.amount, unit=unit)
    return given.amount


# --- the whole --------------------------------------------------------------------------------


def _amounts(step: Step) -> tuple[Amount | None, ...]:
    return tuple(one.amount for one in step.intakes) if step.intakes else (step.amount,)


def _unit(step: Step) -> str:
    first = _amounts(step)[0]
    return first.unit if first is not None else ""


def _check_steps(steps: Sequence[Step], stops: bool) -> None:
    """Steps follow each other: each but the last says its length, all speak of one unit."""
    if len(steps) == 1 and not stops:
        return
    lasting = steps if stops else steps[:-1]
    if any(step.length is None for step in lasting):
        raise Unfit
    amounts = [much for step in steps for much in _amounts(step)]
    if None in amounts or len({much.unit for much in amounts if much is not None}) > 1:
        raise Unfit


def _maximum(said: p.NoMore, step: Step) -> Maximum:
    """« max 4 par jour » beside « 1 cp »: four of them. Beside « 2 cp », who can tell."""
    amounts = set(_amounts(step))
    unit = said.unit
    if unit is None:
        one = Decimal(1)
        if len(amounts) != 1 or None in amounts:
            raise Unfit
        much = next(iter(amounts))
        assert much is not None
        if (much.low, much.high) != (one, one):
            raise Unfit
        unit = much.unit
    elif unit and BY_UNIT[unit].counted and {m.unit for m in amounts if m} - {"", unit}:
        raise Unfit  # « 1 g, max 4 sachets »
    most = Maximum(said.number, unit, said.per)
    if _exceeds(step, most):
        raise Unfit
    return most


def _exceeds(step: Step, most: Maximum) -> bool:
    """Whether what is asked already goes over the maximum: one of the two is wrong."""
    rhythm = step.rhythm
    if isinstance(rhythm, Times) and rhythm.per is most.per:
        times = rhythm.low
    elif isinstance(rhythm, Total) and rhythm.per is most.per:
        times = 1
    elif step.intakes and rhythm is None and most.per is Time.DAY:
        times = 0
    else:
        return False
    if not most.unit:
        return (times or len(step.intakes)) > most.number
    amounts = [much for much in _amounts(step) if much is not None and much.unit == most.unit]
    return sum((much.low for much in amounts), Decimal(0)) * (times or 1) > most.number
