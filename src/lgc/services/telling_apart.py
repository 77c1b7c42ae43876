"""Rows of one name say what differs: specimen, method, laboratory, code."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from lgc.domain.analyses import plain

if TYPE_CHECKING:
    from lgc.services.series import Analysis

_BETWEEN = re.compile(r" ; |\] | \[|\]$")
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
    return [
        f"{one.label} ({', '.join(told)})" if (told := [w for w in words if w]) else one.label
        for one, words in zip(namesakes, said, strict=True)
    ]


def sample_of(one: Analysis) -> str:
    """« urine » of « Leucocytes [Nombre/Volume] Urine ; Numérique », else the specimen."""
    _, mark, after = one.full_label.partition("] ")
    return (after.partition(" ;")[0] if mark else one.specimen).casefold()


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
    return one.code
