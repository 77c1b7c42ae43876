"""Which medicines words name: substances, ATC codes, groups, and what of the words is left over.

From ``resources/allergens/groups.toml`` (dated, with its source) and the shipped starter of ATC.
Nothing is guessed: a word that names nothing here is left over, and whoever compares says so.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from dataclasses import dataclass, field
from functools import cache

from lgc.paths import bundled
from lgc.terminology.nomenclature import fold, terms

# Words that name no medicine: how an allergy is told, how a dose is written.
TOLD = (
    "a au aux avec d de des du en et ou l la le les par pour sous un une "
    "allergie allergies allergique intolerance intolerances intolerant hypersensibilite "
    "reaction choc anaphylactique anaphylaxie oedeme urticaire eruption rash cutane "
    "famille groupe tous toutes type medicament medicaments medicamenteuse"
)
DOSED = (
    "mg g ug ui ml l cp cps comprime comprimes gelule gelules sachet sachets ampoule ampoules "
    "dose doses goutte gouttes sirop suspension buvable injectable solution poudre pommade gel "
    "creme collyre patch suppositoire inhalation orale per os lp pellicule dispersible "
    "effervescent orodispersible secable pelliculee enrobe gastroresistant lyoc lyophilisat "
    "u unite unites mcg meq mmol stylo stylos seringue seringues flacon flacons tube spray nasal "
    "aerosol inhaler oral"
)
SILENT = frozenset((*TOLD.split(), *DOSED.split()))
_DOSE = re.compile(r"(?:^| )\d")
_NUMBER = re.compile(r"\d+(mg|g|ug|ui|ml|cp|h|j)?")


@dataclass(frozen=True, slots=True)
class Group:
    """Medicines that ATC puts together. A ``wide`` one is brought in by its own words only."""

    name: str
    words: frozenset[str]
    atc: tuple[str, ...]
    substances: frozenset[str] = frozenset()
    wide: bool = False

    def has(self, named: Named) -> bool:
        """Does it hold a medicine that was named?"""
        if any(code.startswith(self.atc) for code in named.atc):
            return True
        return not self.substances.isdisjoint(named.substances)


@dataclass(frozen=True, slots=True)
class Named:
    """What was recognised. ``substances`` are folded names; ``left`` the words that name nothing.

    ``groups`` are those that the words name; ``coded`` is False where nobody here knows the group
    of a substance.
    """

    substances: frozenset[str] = frozenset()
    atc: frozenset[str] = frozenset()
    groups: tuple[Group, ...] = ()
    left: tuple[str, ...] = ()
    coded: bool = True

    def __bool__(self) -> bool:
        return bool(self.substances or self.atc or self.groups)

    def __or__(self, other: Named) -> Named:
        return Named(
            self.substances | other.substances,
            self.atc | other.atc,
            tuple(dict.fromkeys((*self.groups, *other.groups))),
            (*self.left, *other.left),
            self.coded and other.coded,
        )


@dataclass(slots=True)
class _Lexicon:
    names: dict[tuple[str, ...], Named] = field(default_factory=dict)
    longest: int = 1

    def add(self, words: str, named: Named) -> None:
        key = tuple(words.split())
        self.names[key] = self.names.get(key, Named()) | named
        self.longest = max(self.longest, len(key))


@dataclass(frozen=True, slots=True)
class Table:
    """The shipped file: where it comes from and when it was read there."""

    source: str
    read_on: dt.date
    groups: tuple[Group, ...]


@cache
def table() -> Table:
    read = tomllib.loads((bundled("resources") / "allergens" / "groups.toml").read_text("utf-8"))
    return Table(read["source"], read["read_on"], tuple(map(_group, read["group"])))


def _group(row: dict[str, object]) -> Group:
    def folded(name: str) -> frozenset[str]:
        listed = row.get(name, [])
        return frozenset(map(fold, listed)) if isinstance(listed, list) else frozenset()

    atc = row["atc"]
    return Group(
        name=str(row["name"]),
        words=folded("words"),
        atc=tuple(map(str, atc)) if isinstance(atc, list) else (),
        substances=folded("substances"),
        wide=bool(row.get("wide")),
    )


@cache
def _lexicon() -> _Lexicon:
    made = _Lexicon()
    meanings: dict[str, set[str]] = {}
    for term in terms("atc.tsv"):
        for key in term.keys[:-1]:
            meanings.setdefault(key, set()).add(term.keys[0])
    for term in terms("atc.tsv"):
        substance, atc = term.keys[0], frozenset((term.code.code,))
        for key in term.keys[:-1]:
            # « pilule » or « insuline lente » are several medicines: no name of one.
            if len(meanings[key]) == 1:
                made.add(key, Named(frozenset((substance,)), atc))
    for group in table().groups:
        for words in group.words:
            made.add(words, Named(groups=(group,)))
        for substance in group.substances:
            made.add(substance, Named(frozenset((substance,))))
    return made


def of_words(text: str) -> Named:
    """What ``text`` names, the longest names first."""
    lexicon = _lexicon()
    words = fold(text).split()
    found, left, at = Named(), [], 0
    while at < len(words):
        for size in range(min(lexicon.longest, len(words) - at), 0, -1):
            named = lexicon.names.get(tuple(words[at : at + size]))
            if named is not None:
                found |= named
                at += size
                break
        else:
            if words[at] not in SILENT and not _NUMBER.fullmatch(words[at]):
                left.append(words[at])
            at += 1
    return found | Named(left=tuple(left))


def of_substance(name: str) -> Named:
    """A substance as the base of medicines writes it: its salt is no other medicine.

    « amoxicilline trihydratée » is amoxicilline; one that is not known here keeps its own name.
    """
    words = _DOSE.split(fold(name), maxsplit=1)[0].strip()
    named = of_words(words)
    if not named.substances:
        return Named(frozenset((words,)) if words else frozenset(), coded=False)
    return Named(named.substances | {words}, named.atc)


def of_atc(code: str) -> Named:
    """An ATC code of any level, with the name of its substance where the starter has it."""
    names = (term.keys[0] for term in terms("atc.tsv") if term.code.code == code)
    return Named(frozenset(names), frozenset((code,)))
