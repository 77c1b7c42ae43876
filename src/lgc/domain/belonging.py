"""Is a document still that of the person in whose name it leaves?

Without an INS only the traits tell; with one they must say the same (RNIV: name, birth date, sex).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lgc.domain.assignment import fold
from lgc.domain.identity import Identity, Ins, Sex, Traits
from lgc.domain.readable import DocumentPatient

KNOWN = (Sex.MALE.value, Sex.FEMALE.value)


@dataclass(frozen=True, slots=True)
class Belonging:
    """``differs``: what the document says otherwise, in French words; ``bears_ins``: it carries
    the INS of the record."""

    differs: tuple[str, ...] = ()
    bears_ins: bool = False


def belonging(claim: DocumentPatient, traits: Traits, ins: Ins | None) -> Belonging:
    """What a header says of its patient beside what the record says today."""
    found = [word for word, wrong in _compared(claim, traits) if wrong]
    if claim.ins and ins not in claim.ins:
        found.insert(0, "INS")
    return Belonging(tuple(found), ins is not None and ins in claim.ins)


def _compared(claim: DocumentPatient, traits: Traits) -> tuple[tuple[str, bool], ...]:
    sex = claim.sex if claim.sex in KNOWN else ""
    known = traits.sex.value if traits.sex.value in KNOWN else ""
    return (
        ("nom de naissance", fold(claim.birth_name) != fold(traits.birth_name)),
        ("prénom", not _same_given(claim.given_names, traits.birth_given_names)),
        ("date de naissance", claim.birth_date != traits.birth_date),
        ("sexe", sex != known),
    )


def contradictions(claim: DocumentPatient, identity: Identity) -> tuple[str, ...]:
    """What a header says otherwise than a record, in French words; what it leaves unsaid, or the
    record does not know, contradicts nothing."""
    traits = identity.traits
    names = [traits.birth_name] if claim.birth_name else [traits.birth_name, identity.used_name]
    said_name, given = claim.birth_name or claim.used_name, claim.given_names
    sexes = [one for one in (claim.sex, traits.sex.value) if one in KNOWN]
    found = (
        ("INS", bool(claim.ins) and identity.ins is not None and identity.ins not in claim.ins),
        ("nom de naissance", bool(fold(said_name)) and fold(said_name) not in map(fold, names)),
        ("prénom", any(map(fold, given)) and not _same_given(given, traits.birth_given_names)),
        ("date de naissance", _other_birth(claim, traits)),
        ("sexe", len(set(sexes)) > 1),
    )
    return tuple(word for word, wrong in found if wrong)


def _other_birth(claim: DocumentPatient, traits: Traits) -> bool:
    """A birth of « 1977 » or « 03/1977 » contradicts another year or month only."""
    if claim.birth_date is not None:
        return claim.birth_date != traits.birth_date
    said = re.findall(r"\d+", claim.birth_said)
    known = f"{traits.birth_date:%d %m %Y}".split()
    fits = all(
        mine == one or not int(one) for mine, one in zip(known[::-1], said[::-1], strict=False)
    )
    return bool(claim.birth_said) and not (said and fits)


def _same_given(claimed: Sequence[str], known: Sequence[str]) -> bool:
    """One list begins the other, hyphen, apostrophe and space being one (EXI ID 10)."""
    said, mine = fold(" ".join(claimed)).split(), fold(" ".join(known)).split()
    first = fold(known[0]).split() if known else []
    begins = said[: len(mine)] == mine[: len(said)]
    return bool(said) and said[: len(first)] == first and begins
