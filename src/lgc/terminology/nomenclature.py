"""The starter nomenclatures shipped with the application: what general practitioners use daily.

``resources/nomenclatures/*.tsv``: code, French label, other words separated by « ; »; then, where
there are some, the words of that line « à relire »: those that were written from memory, without
a published source at hand. ``scripts/codes.py`` counts them; a doctor's eye takes them off.
``alone.tsv`` holds the words that no one code says (a table, the words, others for the same):
they are completed as words.
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
    "allergens.tsv": code_systems.ATC,
}
ALONE = "alone.tsv"
UNSPECIFIED = ", sans précision"
OF_FAMILY: dict[Family, tuple[str, ...]] = {
    Family.CHRONIC: ("cim10.tsv",),
    Family.MEDICAL_HISTORY: ("cim10.tsv",),
    # An act is coded by an act: no diagnosis stands for it.
    Family.SURGICAL_HISTORY: ("ccam.tsv",),
    Family.FAMILY_HISTORY: ("cim10.tsv",),
    Family.LONG_TERM_TREATMENT: ("atc.tsv",),
    Family.CURRENT_TREATMENT: ("atc.tsv",),
    Family.VACCINATION: ("vaccines.tsv",),
    Family.ALLERGY: ("allergens.tsv", "atc.tsv"),
    Family.RISK_FACTOR: ("cim10.tsv",),
}


_DENIED = re.compile(r"\b(?:sans|ni) \w+")
_LINKS = re.compile(r"\b(?:(?:aux?|des?|du|la|les?)\b|[dl] (?=[aeiouyh][a-z]))")
# Fewer letters put together would begin too many names.
JOINED = 4


@dataclass(frozen=True, slots=True)
class Term:
    """One coded entry; ``keys`` are its folded words, label first; ``to_reread`` those of its
    words that nobody held against a source yet."""

    code: Coded
    keys: tuple[str, ...]
    to_reread: tuple[str, ...] = ()


def fold(words: str) -> str:
    """Lower case without accents, ligatures opened, only letters, digits and spaces."""
    opened = words.casefold().replace("œ", "oe").replace("æ", "ae")
    plain = unicodedata.normalize("NFD", opened)
    kept = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(re.findall(r"[a-z0-9]+", kept))


@cache
def joined(words: str) -> str:
    """Folded words as one, without articles: « néo-mercazole », « cancer du côlon ».

    Words that are articles alone stay (« LA »), and so does the letter of « vitamine D ».
    """
    folded = fold(words)
    return "".join((_LINKS.sub(" ", folded).strip() or folded).split())


@cache
def terms(file: str) -> tuple[Term, ...]:
    """A shipped table, read once."""
    path = bundled("resources") / "nomenclatures" / file
    return tuple(_term(line, FILES[file]) for line in path.read_text("utf-8").splitlines())


def _term(line: str, system: str) -> Term:
    code, label, others, *unread = line.split("\t")
    # « Gonarthrose, sans précision » is what « gonarthrose » says, and no more.
    plain = label.removesuffix(UNSPECIFIED)
    named = (plain if plain != label else "", *others.split(";"))
    keys = (fold(label), *(fold(other) for other in named if other), fold(code))
    to_reread = tuple(word for words in unread for word in words.split(";"))
    return Term(Coded(code, system, label), keys, to_reread)


@dataclass(frozen=True, slots=True)
class Alone:
    """Words that are kept as words: ``keys`` are the folded forms that find them."""

    words: str
    keys: tuple[str, ...]


@cache
def alone(file: str) -> tuple[Alone, ...]:
    """What one table leaves without a code on purpose."""
    path = bundled("resources") / "nomenclatures" / ALONE
    rows = (line.split("\t") for line in path.read_text("utf-8").splitlines())
    return tuple(
        Alone(words, (fold(words), *(fold(other) for other in others.split(";") if other)))
        for table, words, others in rows
        if f"{table}.tsv" == file
    )


def find_alone(words: str, family: Family, limit: int = 4) -> tuple[str, ...]:
    """Words of the family that the typed ones begin or name; what is typed in full is not one."""
    asked = fold(words).split()
    if sum(map(len, asked)) < 2:
        return ()
    ranked = [
        (near, place, one.words)
        for file in OF_FAMILY.get(family, ())
        for place, one in enumerate(alone(file))
        if (near := rank(asked, (*one.keys, ""))) is not None and one.keys[0] != " ".join(asked)
    ]
    return tuple(found for *_, found in sorted(ranked)[:limit])


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


def edition_of(code: Coded) -> str:
    """What is said of the table a code is taken from, where no official file was loaded."""
    return "liste fournie avec le logiciel"


def named(words: str, family: Family) -> frozenset[str]:
    """Codes of the shipped terms of which ``words`` are a whole name or a declared short form."""
    asked = joined(words)
    return frozenset(
        term.code.code
        for file in OF_FAMILY.get(family, ())
        for term in terms(file)
        if asked and asked in map(joined, term.keys)
    )


def rank(asked: list[str], keys: tuple[str, ...]) -> int | None:
    """0 for the word itself, then a beginning, then words anywhere; None when one is missing.

    The last key is the code: it is found whole, never by its first letters. What a label says is
    not there (« sans diarrhée ») does not find it. Hyphens, spaces and articles are forgiven.
    """
    whole, names = " ".join(asked), keys[:-1]
    one = joined(whole)
    if one in map(joined, keys):
        return 0
    if any(name.startswith(whole) for name in names):
        return 1
    if len(one) >= JOINED and any(joined(name).startswith(one) for name in names):
        return 1
    heads = [word for name in names for word in _DENIED.sub(" ", name).split()]
    if all(any(head.startswith(word) for head in heads) for word in asked):
        return 2
    return None
