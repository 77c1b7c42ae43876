"""A dosage is understood whole, in one way only, and written back in words that say the same."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lgc.domain.dosage import vocabulary
from lgc.domain.dosage.model import (
    LONGEST_DAYS,
    Amount,
    Dosage,
    Every,
    Intake,
    Length,
    Maximum,
    Step,
    Time,
    Times,
    Total,
    Weekdays,
)
from lgc.domain.dosage.reading import read
from lgc.domain.dosage.wording import words

units = st.sampled_from(list(vocabulary.BY_UNIT))
pieces = st.integers(1, 40).map(lambda n: Decimal(n) / 2)
numbers = st.one_of(pieces, st.integers(1, 300_000).map(Decimal))
lengths = st.builds(
    Length, st.integers(1, 400), st.sampled_from([Time.DAY, Time.WEEK, Time.MONTH, Time.YEAR])
)
calendar_times = st.sampled_from([Time.DAY, Time.WEEK, Time.MONTH, Time.YEAR])
moments = st.lists(st.sampled_from(list(vocabulary.MOMENTS)), min_size=1, unique=True).map(
    lambda chosen: [one for one in vocabulary.MOMENTS if one in chosen]
)


@st.composite
def amounts(draw, unit=None):
    low, high = sorted((draw(numbers), draw(numbers)))
    unit = draw(units) if unit is None else unit
    return Amount(low, high if draw(st.booleans()) else low, unit)


@st.composite
def rhythms(draw, much):
    counted = vocabulary.BY_UNIT[much.unit].counted
    low = draw(st.integers(1, 12))
    high = low + draw(st.integers(0, 3))
    per = draw(calendar_times)
    every = Every(low, high, draw(st.sampled_from([Time.HOUR, *calendar_times.elements])))
    assume((every.low, every.high) != (1, 1) or every.unit is Time.HOUR)
    kinds = [Times(low, high, per), every, Weekdays((low % 7,)), None]
    if not (counted and much.high <= 1):
        kinds.append(Total(per))
    return draw(st.sampled_from(kinds))


def between(rhythm):
    """The most days from one intake to the next."""
    if rhythm is None:
        return 0
    if isinstance(rhythm, Weekdays):
        return 7
    unit = rhythm.unit if isinstance(rhythm, Every) else rhythm.per
    return (rhythm.low if isinstance(rhythm, Every) else 1) * LONGEST_DAYS[unit]


@st.composite
def steps(draw, unit=None, alone=True):
    much = draw(amounts(unit))
    length = draw(lengths) if not alone or draw(st.booleans()) else None
    if draw(st.booleans()):
        rhythm = draw(rhythms(much))
        assume(length is None or length.most_days >= between(rhythm))
        return Step(much, rhythm=rhythm, length=length)
    names = draw(moments)
    if len(names) > 1 and draw(st.booleans()):
        each = [draw(amounts(much.unit)) for _ in names]
    else:
        each = [much] * len(names)
    return Step(intakes=tuple(map(Intake, names, each)), length=length)


@st.composite
def dosages(draw):
    if draw(st.booleans()):
        unit = draw(units)
        many = draw(st.lists(steps(unit, alone=False), min_size=2, max_size=4))
        return Dosage("", tuple(many), stops=draw(st.booleans()))
    step = draw(steps())
    needs = tuple(draw(st.lists(st.sampled_from(list(vocabulary.NEEDS)), unique=True, max_size=2)))
    remarks = draw(st.lists(st.sampled_from(list(vocabulary.REMARKS)), unique=True, max_size=1))
    if len({one.amount for one in step.intakes}) > 1 or ("besoin" in needs and len(needs) > 1):
        return Dosage("", (step,))
    maximum = draw(st.none() | st.just(Maximum(Decimal(10**9), "", Time.DAY)))
    return Dosage("", (step,), needs=needs, maximum=maximum, remarks=tuple(remarks))


@given(dosages())
def test_whatever_it_can_hold_is_written_in_words_that_say_the_same(dosage):
    assert replace(read(words(dosage)), sentence="") == dosage


@given(st.text(max_size=60))
def test_nothing_typed_breaks_it_and_the_sentence_stands(sentence):
    assert read(sentence).sentence == sentence.strip()


said = st.sampled_from(
    ["1", "2", "0", "½", "1/2", "1/0", "cp", "mg", "-", "matin", "soir", "x", "/", "j", "jours",
     "par", "fois", "toutes les", "h", "pendant", "mois", "si besoin", "semaine", "max", "puis",
     "stop", "à", "kg", ",", "le lundi"]
)  # fmt: skip


@given(st.lists(said, max_size=10).map(" ".join))
def test_its_own_words_in_any_order_are_text_or_come_back_the_same(sentence):
    found = read(sentence)

    assert not found.is_structured or replace(read(words(found)), sentence=sentence) == found


structured = st.sampled_from(
    ["1 cp matin et soir 7 jours", "10 UI matin 14 UI soir", "1 g si douleur max 4 par jour",
     "8 mg 3 jours puis 4 mg 3 jours puis stop", "1 à 2 cp toutes les 6 h"]
)  # fmt: skip
strange = st.text("bcdfghklmnpqrstvwz", min_size=4, max_size=8)


@given(structured, strange, st.integers(0, 12))
def test_one_word_that_it_does_not_know_leaves_it_text(sentence, word, place):
    parts = sentence.split()
    parts.insert(min(place, len(parts)), word)

    assert not read(" ".join(parts)).is_structured


@pytest.mark.parametrize(
    ("sentence", "days"),
    [
        ("1 cp par jour", None),
        ("1 cp tous les 2 jours", None),
        ("1 patch tous les 3 jours", None),
        ("1 ampoule tous les 3 mois", None),
        ("1 cp par jour à débuter dans 8 jours", None),
        ("1 cp par jour, contrôle dans 3 mois", None),
        ("1 cp par jour pendant 7 jours", 7),
        ("1 cp par jour 2 semaines", 14),
        # from 30 November to the eve of the end of February, by the calendar
        ("1 cp par jour pendant 3 mois", 90),
        ("1 cp par jour pendant 1 an", 365),
        ("8 mg 3 jours puis 4 mg 3 jours puis stop", 6),
        ("1 cp par jour 7 jours puis 2 cp par jour", None),
    ],
)
def test_it_ends_only_where_a_length_was_typed(sentence, days):
    assert read(sentence).days_from(dt.date(2026, 11, 30)) == days


@pytest.mark.parametrize(
    ("number", "unit", "first", "last"),
    [
        (1, Time.MONTH, dt.date(2026, 1, 15), dt.date(2026, 2, 14)),
        (1, Time.MONTH, dt.date(2026, 1, 31), dt.date(2026, 2, 27)),
        (3, Time.MONTH, dt.date(2026, 11, 30), dt.date(2027, 2, 27)),
        (1, Time.YEAR, dt.date(2026, 11, 30), dt.date(2027, 11, 29)),
        (1, Time.DAY, dt.date(2026, 11, 30), dt.date(2026, 11, 30)),
    ],
)
def test_a_month_is_one_of_the_calendar(number, unit, first, last):
    assert Length(number, unit).last_day(first) == last


def test_what_changes_the_number_of_intakes_is_kept_apart():
    total, times = read("3 cp par jour").steps[0], read("1 cp 3 fois par jour").steps[0]

    assert total.rhythm == Total(Time.DAY)
    assert times.rhythm == Times(3, 3, Time.DAY)
    assert (total.amount.low, times.amount.low) == (3, 1)
