"""What is one analysis: which results are values of one thing, and which only bear its name. Pure.

A LOINC code is one by itself and fixes the specimen; a laboratory's own code goes with its system
and its name, a bare name with its laboratory, both with their specimen; a germ has its own.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from lgc.domain.biology import LabResult

LOINC = "2.16.840.1.113883.6.1"
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
_SILENT = frozenset(".,;:'’\"«»()[]")
_ANY_SPECIMEN = ("xxx", "indetermine", "non specifie", "isolat")
"""Words of a LOINC name whose system leaves the specimen open."""


class Identity(NamedTuple):
    """Of an analysis: equal for two results of one series (before their units are compared)."""

    system: str
    code: str
    label: str
    laboratory: str
    specimen: str
    isolate: str
    isolate_id: str


class Germ(NamedTuple):
    """A germ of a culture as a report names it; ``number`` where others bear its name."""

    name: str
    own: str = ""
    number: int = 0

    @property
    def title(self) -> str:
        """« Escherichia coli (1) »."""
        return f"{self.name} ({self.number})" if self.number else self.name


NO_GERM = Germ("")


def plain(words: str) -> str:
    """A name without case, accents or the marks of a sentence; ``+``, ``-`` and ``%`` are letters:
    « CD4+ » and « CD4− » are two."""
    bare = unicodedata.normalize("NFKD", words.casefold().translate(_DASHES))
    kept = "".join(" " if one in _SILENT else one for one in bare if not unicodedata.combining(one))
    return " ".join(kept.split())


def identity(result: LabResult, germ: Germ = NO_GERM) -> Identity:
    """Which analysis a result is a value of."""
    code = result.code
    system = code.system if code is not None else ""
    isolate = (plain(result.isolate), germ.own)
    if code is not None and system == LOINC:
        specimen = "" if _fixes_specimen(result) else plain(result.specimen)
        return Identity(system, code.code, "", "", specimen, *isolate)
    label, specimen = plain(result.label), plain(result.specimen)
    if code is not None and system:
        return Identity(system, code.code, label, "", specimen, *isolate)
    return Identity("", "", label, plain(result.laboratory), specimen, *isolate)


def _fixes_specimen(result: LabResult) -> bool:
    if result.isolate:
        return False
    _, mark, after = plain_name(result).partition("] ")
    return not mark or not any(word in plain(after) for word in _ANY_SPECIMEN)


def plain_name(result: LabResult) -> str:
    """The whole name that the code bears, else the one that is printed."""
    label = result.code.label if result.code is not None else ""
    return label if "] " in label else result.label


def germs_of(results: Iterable[tuple[str, LabResult]]) -> dict[tuple[str, str, str], Germ]:
    """(document, plain name, identifier) → the germ, of every result that has one.

    A germ alone of its name in each report needs no number; where a report has two, each is one
    of its own, numbered in the order they came.
    """
    named: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for document_id, result in results:
        if result.isolate:
            held = named[document_id, plain(result.isolate)]
            held.setdefault(result.isolate_id, result.isolate)
    numbers: dict[tuple[str, str], int] = {}
    found: dict[tuple[str, str, str], Germ] = {}
    for (document_id, name), held in named.items():
        for own_id, written in held.items():
            if len(held) == 1:
                found[document_id, name, own_id] = Germ(written)
                continue
            # « #2 » is a place in one report; an identifier stays in the next report.
            own = f"{document_id}{own_id}" if own_id.startswith("#") else own_id
            number = numbers.setdefault((name, own), 1 + sum(one == name for one, _ in numbers))
            found[document_id, name, own_id] = Germ(written, own, number)
    return found


def germ_of(germs: dict[tuple[str, str, str], Germ], document_id: str, result: LabResult) -> Germ:
    """The germ of one of the results that ``germs_of`` has seen."""
    if not result.isolate:
        return NO_GERM
    return germs[document_id, plain(result.isolate), result.isolate_id]
