"""Is a document still that of the person in whose name it leaves?

Without an INS only the traits tell; with one they must say the same (RNIV: name, birth date, sex).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lgc.domain.assignment import fold
from lgc.domain.identity import Ins, Sex, Traits
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


def _same_given(claimed: Sequence[str], known: Sequence[str]) -> bool:
    """One list begins the other, hyphen, apostrophe and space being one (EXI ID 10)."""
    said, mine = fold(" ".join(claimed)).split(), fold(" ".join(known)).split()
    first = fold(known[0]).split() if known else []
    begins = said[: len(mine)] == mine[: len(said)]
    return bool(said) and said[: len(first)] == first and begins
