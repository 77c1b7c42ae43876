"""The shipped words and codes, held against official files where a folder of them is given.

``python3 scripts/codes.py [FOLDER] [--words]`` prints dead codes, wrong brands, short forms that
say more than their word, acts confused and the words of the starter; ``--words`` what each finds.
FOLDER holds the files as their publishers name them (CIS_bdpm.txt and those beside it; a name with
« cim » or « ccam », and ``atc*`` for a table of codes and labels). A system without its table is
« non vérifié ». It ends with 1 when something is wrong.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from lgc.domain.medical_data import Family, MedicalEntry, MedicalRecord, PartialDate
from lgc.domain.terms import Term as Official
from lgc.errors import UnreadableInput
from lgc.services.evidence import done_of
from lgc.services.protocols import PlannedAct, protocols
from lgc.terminology import code_systems
from lgc.terminology.dead_codes import successor_of
from lgc.terminology.importing import ccam, cim10, medicines
from lgc.terminology.importing.lines import Files
from lgc.terminology.nomenclature import FILES, OF_FAMILY, Term, alone, find, fold, joined, terms

UNCHECKED = "non vérifié"
PLAIN = ", sans précision"
DAY = PartialDate(2026, 1, 2)
# Letters from which two words of a substance are the same, whatever its ending or its salt.
STEM = 6
READERS = {code_systems.CIM_10: ("cim", cim10.read), code_systems.CCAM: ("ccam", ccam.read)}


@dataclass(slots=True)
class Tables:
    """Official labels by code, of each system that has a file; specialities by folded name."""

    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    specialities: list[tuple[str, Official]] = field(default_factory=list)


def read(folder: Path | None) -> Tables:
    """Raises UnreadableInput for a file that is not what its name says."""
    found = Tables()
    if folder is None:
        return found
    paths = sorted(path for path in folder.iterdir() if path.is_file())
    for system, (name, reader) in READERS.items():
        mine = tuple(path for path in paths if name in path.name.lower())
        if mine:
            official = reader(Files(mine, lambda read: None), frozenset())
            found.labels[system] = {term.code.code: term.code.label for term in official}
    for path in paths:
        if path.name.lower().startswith("atc"):
            found.labels[code_systems.ATC] = dict(_pairs(path))
    base = tuple(path for path in paths if path.name.lower().startswith("cis"))
    if base:
        official = medicines.read(Files(base, lambda read: None), frozenset())
        found.specialities = [(fold(term.code.label), term) for term in official]
    return found


def _pairs(path: Path) -> Iterator[tuple[str, str]]:
    for line in path.read_text("utf-8-sig").splitlines():
        code, *rest = line.replace("\t", ";").split(";")
        yield code.strip(), rest[0].strip() if rest else ""


def dead(file: str, tables: Tables) -> list[str] | None:
    """Codes that the official table does not have; None without one."""
    official = tables.labels.get(FILES[file])
    if official is None:
        return None
    return [term.code.code for term in terms(file) if term.code.code not in official]


def known_dead() -> list[str]:
    """Shipped codes that the dated table of withdrawn ones holds: told without any file."""
    return [
        f"{term.code.code} {term.code.label} ({file})"
        for file in FILES
        for term in terms(file)
        if successor_of(term.code.system, term.code.code) is not None
    ]


def too_precise(file: str, tables: Tables) -> list[str]:
    """Short forms that the table itself, shipped or official, gives to a plainer code."""
    labels = {term.code.code: term.code.label for term in terms(file)}
    labels |= tables.labels.get(FILES[file], {})
    plain = {joined(label.removesuffix(PLAIN)): code for code, label in labels.items()}
    return [
        f"{key} : {term.code.code}, au lieu de {plain[joined(key)]}"
        for term in terms(file)
        for key in term.keys[1:-1]
        if plain.get(joined(key), term.code.code) != term.code.code
    ]


def wrong_brands(tables: Tables) -> list[str] | None:
    """Names of the starter that the base gives to another substance; None without the base."""
    if not tables.specialities:
        return None
    return [
        f"{key} : {term.code.label}"
        for term in terms("atc.tsv")
        for key in term.keys[1:-1]
        if not _agrees(term, _named(key, tables))
    ]


def _named(key: str, tables: Tables) -> list[Official]:
    return [term for name, term in tables.specialities if f"{name} ".startswith(f"{key} ")]


def _agrees(term: Term, found: list[Official]) -> bool:
    """One of the specialities of that name is made of the substance, and of no other unless the
    label says so. A name that the base does not hold is no brand."""
    composed = [term.medicine.dosage for term in found if term.medicine and term.medicine.dosage]
    if not composed:
        return True
    label = fold(term.code.label)
    several = " et " in label or "association" in label
    stems = {word[:STEM] for word in label.split() if len(word) >= STEM} or {label[:STEM]}
    return any(
        (several or " + " not in made) and any(word[:STEM] in stems for word in fold(made).split())
        for made in composed
    )


def confused() -> list[str]:
    """Shipped terms that do an act which is not theirs."""
    acts = [act for protocol in protocols().values() for act in protocol.acts]
    found = []
    for family, files in OF_FAMILY.items():
        for term in (term for file in files for term in terms(file)):
            entry = MedicalEntry("one", family, term.code.label, term.code, DAY)
            for act in acts:
                if done_of(act, (), (), MedicalRecord((entry,))) and not _its_own(
                    act, family, term
                ):
                    found.append(f"{term.code.code} {term.code.label} : {act.name}")
    return sorted(set(found))


def _its_own(act: PlannedAct, family: Family, term: Term) -> bool:
    """An act of the CCAM, or a vaccine that the protocol names by its code."""
    codes = act.codes
    if family is Family.VACCINATION:
        return term.code.code.startswith(codes)
    return term.code.system == code_systems.CCAM and term.code.code in codes


def words() -> list[tuple[Family, str, str]]:
    """(family, word, what it finds there first); each table is asked in one of its families."""
    found = []
    asked_in = {file: family for family, files in OF_FAMILY.items() for file in files}
    for file, family in asked_in.items():
        for key in (key for term in terms(file) for key in term.keys[:-1]):
            codes = [one.code for one in find(key, family, limit=1)]
            found.append((family, key, codes[0] if codes else "rien"))
        found += [(family, key, "mots seuls") for one in alone(file) for key in one.keys]
    return found


def to_reread() -> set[tuple[str, str]]:
    """(folded word, code) of what was written from memory, without a source at hand."""
    return {
        (fold(word), term.code.code)
        for file in FILES
        for term in terms(file)
        for word in term.to_reread
    }


def told(title: str, faults: list[str] | None) -> int:
    """Print one line, and its faults below; how many there are."""
    print(f"{title} : {UNCHECKED if faults is None else len(faults)}")
    for fault in faults or ():
        print(f"  {fault}")
    return len(faults or ())


def report(tables: Tables, listed: bool) -> int:
    """Print everything; how many faults there are."""
    faults = told("codes morts connus", known_dead())
    faults += sum(told(f"codes morts ({file})", dead(file, tables)) for file in FILES)
    faults += told("marques d’une autre substance", wrong_brands(tables))
    faults += sum(
        told(f"plus précis que le mot ({file})", too_precise(file, tables)) for file in FILES
    )
    faults += told("actes confondus", confused())
    every = words()
    nothing = [f"{family} : {word}" for family, word, code in every if code == "rien"]
    print(f"mots du démarrage : {len({word for _, word, _ in every})}")
    faults += told("mots qui ne trouvent rien", nothing)
    unread = to_reread()
    print(f"mots à relire (sans source) : {len(unread)}")
    if listed:
        for family, word, code in every:
            seen = "" if (fold(word), code) not in unread else "\tà relire"
            print(f"{family}\t{word}\t{code}{seen}")
    return faults


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--words", action="store_true")
    chosen = parser.parse_args()
    try:
        return 1 if report(read(chosen.folder), chosen.words) else 0
    except UnreadableInput as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
