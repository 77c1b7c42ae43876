"""Is this new person already a patient? Nearness of strict traits, names compared as heard."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from enum import IntEnum

from lgc.domain.identity import Identity, Traits
from lgc.domain.identity_rules import plain_capitals

TYPO = 0.82
# French spellings that sound alike, longest first.
SOUNDS = (
    *(("EAUX", "O"), ("EAU", "O"), ("AUX", "O"), ("AU", "O"), ("PH", "F"), ("TH", "T")),
    *(("QU", "K"), ("CK", "K"), ("CH", "S"), ("C", "K"), ("Y", "I"), ("Z", "S"), ("H", "")),
)


class Nearness(IntEnum):
    """How near a known patient is, nearest last."""

    FAR = 0
    LOOKS_ALIKE = 1
    SAME_TRAITS = 2
    SAME_INS = 3


def nearness(new: Identity, known: Identity) -> Nearness:
    """Same INS, same name, given name, sex and date, or all but a spelling, a digit or a swap."""
    if new.ins is not None and new.ins in (known.ins, *known.former_ins):
        return Nearness.SAME_INS
    here, there = new.traits, known.traits
    same_day = here.birth_date == there.birth_date
    names = _same(here.birth_name, there.birth_name)
    given = _same(here.first_given_name, there.first_given_name)
    if names and given and same_day and here.sex is there.sex:
        return Nearness.SAME_TRAITS
    near_given = _near(here.first_given_name, there.first_given_name)
    if same_day and near_given and _near_any(here, new, known):
        return Nearness.LOOKS_ALIKE
    if _one_slip(here, there) and names and given:
        return Nearness.LOOKS_ALIKE
    return Nearness.FAR


def heard(name: str) -> str:
    """A name as the ear keeps it: ``THIBAULT`` and ``TIBO`` are the same."""
    sound = re.sub(r"[^A-Z]", "", plain_capitals(name))
    for written, kept in SOUNDS:
        sound = sound.replace(written, kept)
    sound = re.sub(r"(.)\1+", r"\1", sound)
    return re.sub(r"(?<=O)LT$|(?<=.)[ESTXD]+$", "", sound) or sound


def _same(one: str, other: str) -> bool:
    return re.sub(r"[^A-Z]", "", plain_capitals(one)) == re.sub(
        r"[^A-Z]", "", plain_capitals(other)
    )


def _near(one: str, other: str) -> bool:
    a, b = plain_capitals(one), plain_capitals(other)
    return heard(a) == heard(b) or SequenceMatcher(None, a, b, autojunk=False).ratio() >= TYPO


def _near_any(here: Traits, new: Identity, known: Identity) -> bool:
    mine = {here.birth_name, new.used_name} - {""}
    theirs = {known.traits.birth_name, known.used_name} - {""}
    return any(_near(one, other) for one in mine for other in theirs)


def _one_slip(here: Traits, there: Traits) -> bool:
    """Dates one typed digit apart, or day and month swapped."""
    one, other = f"{here.birth_date:%d%m%Y}", f"{there.birth_date:%d%m%Y}"
    swapped = one[2:4] + one[:2] + one[4:]
    return swapped == other or sum(a != b for a, b in zip(one, other, strict=True)) <= 1
