"""Is this new person already a patient? Nearness of strict traits, names compared as heard."""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import SequenceMatcher
from enum import IntEnum

from lgc.domain.identity import Identity, Sex, Traits
from lgc.domain.identity_rules import plain_capitals

TYPO = 0.82
PARTICLES = frozenset((
    "D", "DE", "DU", "DES", "LA", "LE", "LES", "L", "DA", "DI", "DO", "DOS", "VAN", "VON", "DER",
    "DEN", "TEN", "EL", "AL", "BEN",
))  # fmt: skip
SAINTS = {"ST": "SAINT", "STE": "SAINTE"}
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
    """Same INS, same name, given name, sex and date, or a way in which one person is written twice.

    On one birth date: a spelling, half a compound name, a particle joined or left out, a given name
    among the others, birth and used name, name and given name exchanged. On a date one slip apart:
    names that are the same but for marks and particles. Twins are told apart by their given names.
    """
    if new.ins is not None and new.ins in (known.ins, *known.former_ins):
        return Nearness.SAME_INS
    here, there = new.traits, known.traits
    same_day = here.birth_date == there.birth_date
    names = _same(here.birth_name, there.birth_name)
    given = _same(here.first_given_name, there.first_given_name)
    if names and given and same_day and here.sex is there.sex:
        return Nearness.SAME_TRAITS
    if same_day and (_alike(new, known) or _exchanged(here, there)):
        return Nearness.LOOKS_ALIKE
    families = _any(_joined, _families(new), _families(known))
    if _one_slip(here, there) and families and (given or _same_given(new, known)):
        return Nearness.LOOKS_ALIKE
    return Nearness.FAR


def _alike(new: Identity, known: Identity) -> bool:
    mine, theirs = _families(new), _families(known)
    families = any(_any(same, mine, theirs) for same in (_joined, _half, _near))
    return families and (_same_given(new, known) or _near_given(new.traits, known.traits))


def _exchanged(here: Traits, there: Traits) -> bool:
    """The given name in the box of the name, and the other way round."""
    return _near(here.birth_name, there.first_given_name) and _near(
        here.first_given_name, there.birth_name
    )


def _near_given(here: Traits, there: Traits) -> bool:
    """A slip or a spelling; LOUIS and LOUISE may be twins."""
    sexes = {here.sex, there.sex} - {Sex.UNKNOWN}
    return len(sexes) < 2 and _near(here.first_given_name, there.first_given_name)


def _same_given(new: Identity, known: Identity) -> bool:
    """One's first given name, or the one in use, is among the other's, whole or in part."""
    return _among(new, known) or _among(known, new)


def _among(one: Identity, other: Identity) -> bool:
    called = {one.traits.first_given_name, plain_capitals(one.used_given_name)} - {""}
    known = {*other.traits.birth_given_names, plain_capitals(other.used_given_name)}
    words = {word for name in known for word in _words(name)}
    return any(set(_words(name)) <= words for name in called)


def _families(identity: Identity) -> set[str]:
    return {identity.traits.birth_name, identity.used_name} - {""}


def _any(same: Callable[[str, str], bool], mine: set[str], theirs: set[str]) -> bool:
    return any(same(one, other) for one in mine for other in theirs)


def _words(name: str) -> list[str]:
    return [SAINTS.get(word, word) for word in re.split(r"[-' ]+", plain_capitals(name)) if word]


def _joined(one: str, other: str) -> bool:
    """DE LA TOUR, LATOUR and TOUR: the same once particles are joined or left out."""
    return bool(_forms(one) & _forms(other))


def _forms(name: str) -> set[str]:
    words, found = _words(name), set[str]()
    while words:
        found.add("".join(words))
        if words[0] not in PARTICLES:
            break
        words = words[1:]
    return found


def _half(one: str, other: str) -> bool:
    """DUPONT and DUPONT-MARTIN."""
    a, b = ({word for word in _words(name) if word not in PARTICLES} for name in (one, other))
    return bool(a and b) and (a <= b or b <= a)


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


def _one_slip(here: Traits, there: Traits) -> bool:
    """Dates one typed digit apart, or day and month swapped."""
    one, other = f"{here.birth_date:%d%m%Y}", f"{there.birth_date:%d%m%Y}"
    swapped = one[2:4] + one[:2] + one[4:]
    return swapped == other or sum(a != b for a, b in zip(one, other, strict=True)) <= 1
