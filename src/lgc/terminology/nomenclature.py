"""The starter nomenclatures shipped with the application: what general practitioners use daily.

``resources/nomenclatures/*.tsv``: code, French label, other words separated by « ; ».
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from lgc.domain.medical_data import Family
from lgc.domain.professionals import Coded
from lgc.paths import bundled
from lgc.terminology import code_systems

FILES = {
    "cim10.tsv": code_systems.CIM_10,
    "ccam.tsv": code_systems.CCAM,
    "atc.tsv": code_systems.ATC,
    "vaccines.tsv": code_systems.ATC,
}
OF_FAMILY: dict[Family, tuple[str, ...]] = {
    Family.CHRONIC: ("cim10.tsv",),
    Family.MEDICAL_HISTORY: ("cim10.tsv",),
    Family.SURGICAL_HISTORY: ("ccam.tsv", "cim10.tsv"),
    Family.FAMILY_HISTORY: ("cim10.tsv",),
    Family.LONG_TERM_TREATMENT: ("atc.tsv",),
    Family.CURRENT_TREATMENT: ("atc.tsv",),
    Family.VACCINATION: ("vaccines.tsv",),
    Family.ALLERGY: ("atc.tsv",),
    Family.RISK_FACTOR: ("cim10.tsv",),
}


_DENIED = re.compile(r"\b(?:sans|ni) \w+")


@dataclass(frozen=True, slots=True)
class Term:
    """One coded entry; ``keys`` are its folded words, label first."""

    code: Coded
    keys: tuple[str, ...]


def fold(words: str) -> str:
    """Lower case without accents, ligatures opened, only letters, digits and spaces."""
    opened = words.casefold().replace("œ", "oe").replace("æ", "ae")
    plain = unicodedata.normalize("NFD", opened)
    kept = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(re.findall(r"[a-z0-9]+", kept))


@cache
def terms(file: str) -> tuple[Term, ...]:
    """A shipped table, read once."""
    path = bundled("resources") / "nomenclatures" / file
    return tuple(_term(line, FILES[file]) for line in path.read_text("utf-8").splitlines())


def _term(line: str, system: str) -> Term:
    code, label, others = line.split("\t")
    keys = (fold(label), *(fold(other) for other in others.split(";") if other), fold(code))
    return Term(Coded(code, system, label), keys)


def find(words: str, family: Family, limit: int = 8) -> tuple[Coded, ...]:
    """The terms that answer the typed words, the closest first; none for less than two letters."""
    ranked = []
    for order, file in enumerate(OF_FAMILY.get(family, ())):
        ranked += [(rank, order, place, term.code) for rank, place, term in answers(words, file)]
    return tuple(code for *_, code in sorted(ranked, key=lambda found: found[:3])[:limit])


def answers(words: str, file: str) -> list[tuple[int, int, Term]]:
    """(rank, place in the table, term) of what answers in one table; see ``rank``."""
    asked = fold(words).split()
    if sum(map(len, asked)) < 2:
        return []
    ranked = [(rank(asked, term.keys), place, term) for place, term in enumerate(terms(file))]
    return [(found, place, term) for found, place, term in ranked if found is not None]


def named(words: str, family: Family) -> frozenset[str]:
    """Codes of the shipped terms of which ``words`` are a whole name or a declared short form."""
    asked = fold(words)
    return frozenset(
        term.code.code
        for file in OF_FAMILY.get(family, ())
        for term in terms(file)
        if asked and asked in term.keys
    )


def rank(asked: list[str], keys: tuple[str, ...]) -> int | None:
    """0 for the word itself, then a beginning, then words anywhere; None when one is missing.

    The last key is the code: it is found whole, never by its first letters. What a label says is
    not there (« sans diarrhée ») does not find it.
    """
    whole, names = " ".join(asked), keys[:-1]
    if whole in keys:
        return 0
    if any(name.startswith(whole) for name in names):
        return 1
    heads = [word for name in names for word in _DENIED.sub(" ", name).split()]
    if all(any(word.startswith(one) for word in heads) for one in asked):
        return 2
    return None
