"""Rows of one name say what differs: specimen, method, laboratory, code."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from lgc.domain.analyses import plain
from lgc.terminology import code_systems

if TYPE_CHECKING:
    from lgc.services.series import Analysis

_BETWEEN = re.compile(r" ; |\] | \[|\]$")
_BLOOD = frozenset(
    ("sang", "serum", "plasma", "erythrocytes", "hematies", "globules", "leucocytes", "plaquettes")
)
_NOT_BLOOD = ("seminal",)
_OPEN = ("xxx", "indetermine", "non specifie", "isolat", "patient")
"""Words of a LOINC name whose system names no specimen."""
MOST = 200  # rows of one name that are compared part by part


def told_apart(analyses: Sequence[Analysis]) -> tuple[Analysis, ...]:
    """The same rows, each label ending with what tells it from its namesakes: « Protéines (LCR) ».

    What the unit or the germ tells already is not said again.
    """
    named: dict[tuple[str, str], list[Analysis]] = defaultdict(list)
    for one in analyses:
        named[plain(one.label), one.isolate].append(one)
    labels = {
        one.key: label
        for namesakes in named.values()
        if len(namesakes) > 1
        for one, label in zip(namesakes, _labels(namesakes), strict=True)
    }
    return tuple(replace(one, label=labels.get(one.key, one.label)) for one in analyses)


def _labels(namesakes: Sequence[Analysis]) -> list[str]:
    """Part by part until each pair of label and unit is one alone."""
    said: list[tuple[str, ...]] = [() for _ in namesakes]
    for part in (sample_of, _details(namesakes[:MOST]), _laboratory, _code):
        marks = [(*told, one.unit) for told, one in zip(said, namesakes, strict=True)]
        if len(set(marks)) == len(marks):
            break
        words = [part(one) for one in namesakes]
        if len(set(words)) > 1:
            said = [(*told, word) for told, word in zip(said, words, strict=True)]
    labels = [
        f"{one.label} ({', '.join(told)})" if (told := [w for w in words if w]) else one.label
        for one, words in zip(namesakes, said, strict=True)
    ]
    return _numbered(labels, [one.unit for one in namesakes])


def _numbered(labels: Sequence[str], units: Sequence[str]) -> list[str]:
    """What nothing else tells apart is counted."""
    seen: Counter[tuple[str, str]] = Counter()
    found = []
    for label, unit in zip(labels, units, strict=True):
        seen[label, unit] += 1
        number = seen[label, unit]
        found.append(label if number == 1 else f"{label} · {number}")
    return found


def sample_of(one: Analysis) -> str:
    """« urine » of « Leucocytes [Nombre/Volume] Urine ; Numérique », else the specimen, « LCR »."""
    _, mark, after = one.full_label.partition("] ")
    said = after.partition(" ;")[0] if mark else one.specimen
    return said if said[1:2].isupper() else said.casefold()


def unusual_sample(one: Analysis) -> str:
    """The specimen that a name must not be read without: any but blood, serum or plasma; empty
    where the name says it."""
    said = sample_of(one)
    if any(word in plain(said) for word in _OPEN):
        said = one.specimen
    return "" if plain(said) in plain(one.label) or not is_unusual(said) else said


def is_unusual(specimen: str) -> bool:
    """Is it told, and neither blood, serum nor plasma?"""
    bare = plain(specimen)
    blood = not _BLOOD.isdisjoint(re.split(r"[^a-z]+", bare))
    return bool(bare) and not (blood and not any(word in bare for word in _NOT_BLOOD))


def _details(namesakes: Sequence[Analysis]) -> Callable[[Analysis], str]:
    """The parts of a whole name that not all of them have: « CKD-EPI », « automate », « 2 h »."""
    parts = [set(_parts(one)) for one in namesakes]
    common = set.intersection(*parts)

    def told(one: Analysis) -> str:
        return ", ".join(part for part in _parts(one) if part not in common)

    return told


def _parts(one: Analysis) -> list[str]:
    _, *rest = _BETWEEN.split(one.full_label)
    return [part.strip() for part in rest if part.strip()]


def _laboratory(one: Analysis) -> str:
    return one.laboratory


def _code(one: Analysis) -> str:
    """« LOINC 2823-3 », or the code of a laboratory with its own system."""
    code = one.points[-1].result.code
    if code is None or not code.code:
        return ""
    return f"{code_systems.NAMES.get(code.system, code.system)} {code.code}".strip()
