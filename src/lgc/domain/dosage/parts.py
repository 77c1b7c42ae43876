"""Each kind of words of a dosage, found at one place of its tokens.

A rule yields what may stand there and where it ends; it never skips a token.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from lgc.domain.dosage import vocabulary as words
from lgc.domain.dosage.model import Amount, Every, Intake, Length, Rhythm, Time, Times, Weekdays
from lgc.domain.dosage.tokens import Token

Tokens = tuple[Token, ...]
T = TypeVar("T")
Found = Iterator[tuple[T, int]]
MOST_MIXED, MOST_PIECES, MOST_MEASURED = 3, 20, 300
MOST_TIMES, MOST_EVERY, MOST_LENGTH = 24, 99, 400
HALF = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Amounted:
    """``each`` is « par prise »."""

    amount: Amount
    each: bool = False


@dataclass(frozen=True, slots=True)
class Shared:
    """Amounts each with its moments; ``is_scheme`` was written « 1-0-1 »."""

    intakes: tuple[Intake, ...]
    is_scheme: bool = False


@dataclass(frozen=True, slots=True)
class At:
    moments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Often:
    """``bare``: « par jour » without a number; ``plain``: « 3/j » without « fois ».

    ``each_day``: « tous les jours », which is no total.
    """

    rhythm: Rhythm
    bare: bool = False
    plain: bool = False
    each_day: bool = False


@dataclass(frozen=True, slots=True)
class For:
    """``wants_rhythm``: « x 7 j », « sur 5 jours » without a rhythm may mean another thing."""

    length: Length
    wants_rhythm: bool = False
    announced: bool = False


@dataclass(frozen=True, slots=True)
class If:
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoMore:
    """``unit`` is None when none was said."""

    number: Decimal
    unit: str | None
    per: Time


@dataclass(frozen=True, slots=True)
class Beside:
    remark: str


@dataclass(frozen=True, slots=True)
class InOne:
    """« en une prise »."""


@dataclass(frozen=True, slots=True)
class Then:
    """« puis »."""


@dataclass(frozen=True, slots=True)
class Stop:
    """« stop »."""


Part = Amounted | Shared | At | Often | For | If | NoMore | Beside | InOne | Then | Stop


# --- words and numbers ------------------------------------------------------------------------


def _spelt(phrase: str) -> tuple[str, ...]:
    return tuple(phrase.split())


def _index(table: Mapping[T, Iterable[str]]) -> tuple[tuple[tuple[str, ...], T], ...]:
    """Spellings, the longest first, with what they mean."""
    pairs = [(_spelt(typed), key) for key, all_typed in table.items() for typed in all_typed]
    return tuple(sorted(pairs, key=lambda one: -len(one[0])))


_UNITS = _index({form.unit: form.typed for form in words.FORMS})
_MOMENTS = _index({key: typed for key, (_, _, typed) in words.MOMENTS.items()})
_TIMES = _index({key: typed for key, (_, _, typed) in words.TIMES.items()})
_EVERY_ONE = _index(words.EVERY_ONE)
_NEEDS = _index(words.NEEDS)
_REMARKS = _index(words.REMARKS)
_DAYS = _index({n: (day, f"{day}s") for n, day in enumerate(words.WEEKDAYS)})
_LISTS = {
    name: _index({True: spellings})
    for name, spellings in (
        ("every", words.EVERY), ("per", words.PER), ("length", words.LENGTH),
        ("after rhythm", words.LENGTH_AFTER_RHYTHM),
        ("before", words.BEFORE_MAXIMUM), ("after", words.AFTER_MAXIMUM),
        ("intakes", words.INTAKES), ("each", words.EACH_INTAKE), ("one", words.ONE_INTAKE),
        ("then", words.THEN), ("stop", words.STOP), ("fois", ("x", "fois", "prise", "prises")),
        ("by", ("x", "*")), ("range", ("a", "-", "ou")), ("and", (",", "et", "+", "-", "/")),
        ("pairs", (",", "et", "+", ";", "/", "puis", "et puis")),
        ("article", ("le", "les", "chaque", "tous les")),
        ("if", ("si", "en cas de", "en cas d")), ("or", ("ou", "et / ou", ",")),
        ("ondemand", ("a la demande", "selon besoin", "selon les besoins", "au besoin")),
        ("half", ("et demi", "et demie")),
    )
}  # fmt: skip


def _match(tokens: Tokens, at: int, table: Iterable[tuple[tuple[str, ...], T]]) -> Found[T]:
    """The longest spelling of ``table`` that stands at ``at``."""
    for spelling, meaning in table:
        end = at + len(spelling)
        if end <= len(tokens) and all(
            token.text == word for token, word in zip(tokens[at:end], spelling, strict=True)
        ):
            yield meaning, end
            return


def word(tokens: Tokens, at: int, name: str) -> int | None:
    """Where a word of a list ends, None when none stands there."""
    return next((end for _, end in _match(tokens, at, _LISTS[name])), None)


def _number(tokens: Tokens, at: int) -> Found[Decimal]:
    """« 1 », « 1,5 », « 1/2 », « 1 1/2 », « une », « demi »."""
    if at >= len(tokens):
        return
    first, after = tokens[at], tokens[at + 1 : at + 2]
    if first.value is not None:
        whole = not first.is_fraction and first.value == int(first.value)
        if whole and after and after[0].is_fraction and after[0].value is not None:
            # « ramipril, 5 1/2 cp » is a strength and a half.
            if 1 <= first.value <= MOST_MIXED:
                yield first.value + after[0].value, at + 2
        else:
            yield first.value, at + 1
    elif first.text in ("un", "une") and after and after[0].text in ("demi", "demie"):
        yield HALF, at + 2
    elif first.text in ("demi", "demie"):
        yield HALF, at + 1
    elif first.text in words.NUMBERS:
        yield Decimal(words.NUMBERS[first.text]), at + 1


def _integer(tokens: Tokens, at: int, most: int) -> Found[int]:
    for value, end in _number(tokens, at):
        if value == int(value) and 1 <= value <= most:
            yield int(value), end


def _integers(tokens: Tokens, at: int, most: int) -> Found[tuple[int, int]]:
    """One number twice, or the two of « 2 à 3 »."""
    for low, end in _integer(tokens, at, most):
        yield (low, low), end
        if (more := word(tokens, end, "range")) is not None:
            for high, last in _integer(tokens, more, most):
                if low < high:
                    yield (low, high), last


# --- how much ---------------------------------------------------------------------------------


def amount(tokens: Tokens, at: int) -> Found[Amounted]:
    """« 1 cp », « 1 à 2 cp », « 1 cp et demi », « 1 g par prise »."""
    for found, end in _amount(tokens, at):
        each = word(tokens, end, "each")
        yield Amounted(found, each is not None), each or end


def _amount(tokens: Tokens, at: int) -> Found[Amount]:
    for low, end in _number(tokens, at):
        if low <= 0:
            continue
        unit, close = next(_match(tokens, end, _UNITS), ("", end))
        half = word(tokens, close, "half") if unit and low == int(low) else None
        if half is not None:
            yield Amount(low + HALF, low + HALF, unit), half
            continue
        yield Amount(low, low, unit), close
        yield from _range(tokens, low, unit, close)


def _range(tokens: Tokens, low: Decimal, unit: str, at: int) -> Found[Amount]:
    """The second half of « 1 à 2 cp »: the unit stands at the end, or twice."""
    more = word(tokens, at, "range")
    if more is None:
        return
    for high, end in _number(tokens, more):
        second, close = next(_match(tokens, end, _UNITS), ("", end))
        if low < high and (not unit or second == unit):
            yield Amount(low, high, second), close


def scheme(tokens: Tokens, at: int) -> Found[Shared]:
    """« 1-0-1 », « 1-0-1-2 cp »: morning, noon, evening, bedtime."""
    numbers: list[Decimal] = []
    end = at
    while len(numbers) < len(words.SCHEME):
        value, close = next(_number(tokens, end), (None, end))
        if value is None:
            break
        numbers.append(value)
        at, end = close, close + 1
        if close >= len(tokens) or tokens[close].text != "-":
            break
    unit, close = next(_match(tokens, at, _UNITS), ("", at))
    most = MOST_PIECES if _is_counted(unit) else MOST_MEASURED
    if len(numbers) < 3 or not any(numbers) or max(numbers) > most:
        return
    taken = (
        Intake(moment, Amount(number, number, unit))
        for moment, number in zip(words.SCHEME, numbers, strict=False)
        if number
    )
    yield Shared(tuple(taken), is_scheme=True), close


def _is_counted(unit: str) -> bool:
    return not unit or words.BY_UNIT[unit].counted


def shares_unit(unit: str) -> bool:
    """Whether « 2 soir » after « 1 cp matin » takes the same unit: not where it may be pieces."""
    return bool(unit) and (words.BY_UNIT[unit].counted or unit == "[iU]")


def pairs(tokens: Tokens, at: int) -> Found[Shared]:
    """« 1 cp matin, 2 soir », « matin 1 cp soir 2 cp »: two amounts at least."""
    for group in (_amount_first, _moment_first):
        for intakes, end in _groups(tokens, at, group, None):
            apart = len({one.moment for one in intakes}) == len(intakes)
            if apart and len({one.amount for one in intakes}) + len(intakes) > 2:
                yield Shared(tuple(sorted(intakes, key=_rank))), end


def _rank(intake: Intake) -> int:
    return tuple(words.MOMENTS).index(intake.moment)


Group = Callable[[Tokens, int], Found[tuple[Amount, tuple[str, ...]]]]


def _groups(tokens: Tokens, at: int, group: Group, unit: str | None) -> Found[tuple[Intake, ...]]:
    """As many groups as follow, two at least; a number without unit takes that before it."""
    for (much, moments), end in group(tokens, at):
        if unit and not much.unit and shares_unit(unit):
            much = Amount(much.low, much.high, unit)
        if unit is not None and much.unit != unit:
            continue
        here = tuple(Intake(moment, much) for moment in moments)
        link = word(tokens, end, "pairs") or end
        longer = list(_groups(tokens, link, group, much.unit))
        yield from (((*here, *rest), last) for rest, last in longer)
        if unit is not None and not longer:
            yield here, end


def _amount_first(tokens: Tokens, at: int) -> Found[tuple[Amount, tuple[str, ...]]]:
    for much, end in _amount(tokens, at):
        for moments, last in _moments(tokens, end):
            yield (much, moments), last


def _moment_first(tokens: Tokens, at: int) -> Found[tuple[Amount, tuple[str, ...]]]:
    for moments, end in _moments(tokens, at):
        colon = end + (end < len(tokens) and tokens[end].text == ":")
        for much, last in _amount(tokens, colon):
            yield (much, moments), last


# --- when -------------------------------------------------------------------------------------


def _listed(
    tokens: Tokens, at: int, table: Iterable[tuple[tuple[str, ...], T]], link: str
) -> Found[tuple[T, ...]]:
    """As many of ``table`` as follow each other."""
    found: list[T] = []
    end = at
    while True:
        start = end if not found else (word(tokens, end, link) or end)
        meaning, close = next(_match(tokens, start, table), (None, start))
        if meaning is None:
            break
        found.append(meaning)
        end = close
    if found and len(set(found)) == len(found):
        yield tuple(found), end


def _moments(tokens: Tokens, at: int) -> Found[tuple[str, ...]]:
    for found, end in _listed(tokens, at, _MOMENTS, "and"):
        yield tuple(one for one in words.MOMENTS if one in found), end


def moments(tokens: Tokens, at: int) -> Found[At]:
    """« matin et soir », « le matin, à midi »; a colon may follow."""
    for found, end in _moments(tokens, at):
        yield At(found), end
        if end < len(tokens) and tokens[end].text == ":":
            yield At(found), end + 1


def _period(tokens: Tokens, at: int) -> Found[Time]:
    """« par jour », « /sem », « / 24 h »."""
    start = word(tokens, at, "per")
    if start is None:
        return
    for time, end in _match(tokens, start, _TIMES):
        if time is not Time.HOUR:
            yield time, end
    for hours, end in _integer(tokens, start, 24):
        for time, last in _match(tokens, end, _TIMES):
            if (hours, time) == (24, Time.HOUR):
                yield Time.DAY, last


def times(tokens: Tokens, at: int) -> Found[Often]:
    """« 3 fois par jour », « 3x/j », « x 3 par jour », « *3/j », « 3/j », « par jour »."""
    for per, end in _period(tokens, at):
        yield Often(Times(1, 1, per), bare=True), end
    by = word(tokens, at, "by")
    for (low, high), end in _integers(tokens, at if by is None else by, MOST_TIMES):
        fois = word(tokens, end, "fois")
        for per, last in _period(tokens, end if fois is None else fois):
            plain = fois is None and by is None
            yield Often(Times(low, high, per), plain=plain), last


def every(tokens: Tokens, at: int) -> Found[Often]:
    """« toutes les 8 h », « /8h », « tous les 2 jours », « tous les jours »."""
    for per, end in _match(tokens, at, _EVERY_ONE):
        yield Often(Times(1, 1, per), bare=True, each_day=True), end
    start = word(tokens, at, "every")
    if start is None:
        return
    for (low, high), end in _integers(tokens, start, MOST_EVERY):
        for unit, last in _match(tokens, end, _TIMES):
            if (low, unit) == (24, Time.HOUR) and tokens[at].text == "/":
                continue  # « / 24 h » is « par jour »
            if low == high == 1 and unit is not Time.HOUR:
                yield Often(Times(1, 1, unit), bare=True, each_day=True), last
            else:
                yield Often(Every(low, high, unit)), last


def alternate(tokens: Tokens, at: int) -> Found[Often]:
    """« 1 j/2 », « un jour sur deux »: every second day."""
    for one, end in _integer(tokens, at, 1):
        for unit, close in _match(tokens, end, _TIMES):
            over = close < len(tokens) and tokens[close].text in ("sur", "/")
            if one == 1 and unit is Time.DAY and over:
                for number, last in _integer(tokens, close + 1, 10):
                    if number > 1:
                        yield Often(Every(number, number, Time.DAY)), last


def weekdays(tokens: Tokens, at: int) -> Found[Often]:
    """« le lundi », « lundi, mercredi et vendredi »."""
    found: list[int] = []
    end = at
    while True:
        start = end if not found else (word(tokens, end, "and") or end)
        start = word(tokens, start, "article") or start
        day, close = next(_match(tokens, start, _DAYS), (None, start))
        if day is None:
            break
        found.append(day)
        end = close
    if found and len(set(found)) == len(found):
        yield Often(Weekdays(tuple(sorted(found)))), end


def length(tokens: Tokens, at: int) -> Found[For]:
    """« pendant 7 jours », « 7 j », « QSP 1 mois », « x 7 jours »."""
    said, after = word(tokens, at, "length"), word(tokens, at, "after rhythm")
    start = said or after or at
    for number, end in _integer(tokens, start, MOST_LENGTH):
        for unit, last in _match(tokens, end, _TIMES):
            if unit is not Time.HOUR:
                yield For(Length(number, unit), after is not None, said is not None), last


# --- what goes with it ------------------------------------------------------------------------


def needed(tokens: Tokens, at: int) -> Found[If]:
    """« si besoin », « si douleur ou fièvre », « en cas de crise »."""
    if (end := word(tokens, at, "ondemand")) is not None:
        yield If(("besoin",)), end
    start = word(tokens, at, "if")
    if start is None:
        return
    found: list[str] = []
    end = start
    while True:
        link = end if not found else word(tokens, end, "or")
        if link is None:
            break
        again = word(tokens, link, "if") if found else None
        need, close = next(_match(tokens, link if again is None else again, _NEEDS), (None, link))
        if need is None:
            break
        found.append(need)
        end = close
    if found:
        yield If(tuple(dict.fromkeys(found))), end


def maximum(tokens: Tokens, at: int) -> Found[NoMore]:
    """« max 4 par jour », « sans dépasser 4 g/24 h », « 3 fois par jour maximum »."""
    before = word(tokens, at, "before")
    if before is not None:
        colon = before + (before < len(tokens) and tokens[before].text in (":", "."))
        yield from _maximum(tokens, colon)
        return
    for most, end in _maximum(tokens, at, inside=True):
        yield most, end
    for most, end in _maximum(tokens, at):
        if (after := word(tokens, end, "after")) is not None:
            yield most, after


def _maximum(tokens: Tokens, at: int, inside: bool = False) -> Found[NoMore]:
    """``inside``: « 4 cp max par jour »."""
    for number, end in _number(tokens, at):
        if number <= 0:
            continue
        intakes = word(tokens, end, "intakes")
        unit: str | None
        if intakes is not None:
            unit, close = "", intakes
        else:
            unit, close = next(_match(tokens, end, _UNITS), (None, end))
        if inside:
            after = word(tokens, close, "after")
            if after is None:
                continue
            close = after
        for per, last in _period(tokens, close):
            yield NoMore(number, unit, per), last


def remark(tokens: Tokens, at: int) -> Found[Beside]:
    """« avant les repas », « à jeun »."""
    for said, end in _match(tokens, at, _REMARKS):
        yield Beside(said), end


def sign(tokens: Tokens, at: int) -> Found[Part]:
    """« en une prise », « puis », « stop »."""
    for name, part in (("one", InOne()), ("then", Then()), ("stop", Stop())):
        if (end := word(tokens, at, name)) is not None:
            yield part, end


RULES: tuple[Callable[[Tokens, int], Found[Part]], ...] = (
    amount, scheme, pairs, moments, times, every, alternate, weekdays, length, needed, maximum,
    remark, sign,
)  # fmt: skip
