"""Value sets (JDV) that the application uses, read from ``resources/terminology``.

Each file is a compact copy of the codes and labels of one value set published by the ANS, with its
version; only the sets the application fills in or checks are shipped. A newer official set that the
practice brought in takes the place of its own (``renew``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from lgc.domain.professionals import Coded
from lgc.paths import bundled


@dataclass(frozen=True, slots=True)
class ValueSet:
    """One value set. ``name`` is the publisher's, ``version`` as published."""

    name: str
    version: str
    source: str
    concepts: Mapping[str, Coded]

    def get(self, code: str, system: str = "") -> Coded | None:
        """The concept of that code, or None when the set (or that system) does not have it."""
        found = self.concepts.get(code)
        return found if found and system in ("", found.system) else None

    def label(self, code: str) -> str:
        """The French label of a code, the code itself when it is not of the set."""
        found = self.concepts.get(code)
        return found.label if found else code


@dataclass(frozen=True, slots=True)
class Published:
    """One official set: its OID, its name, the version it says, its concepts in their order."""

    oid: str
    name: str
    version: str
    concepts: tuple[Coded, ...]


class _InForce:
    """What the open practice brought in; ``turn`` counts the changes."""

    sets: Mapping[str, ValueSet] = {}
    turn = 0


def value_set(name: str) -> ValueSet:
    """The value set in force, by the stem of its shipped file, such as ``vital_sign``.

    Raises FileNotFoundError on a name that is not shipped.
    """
    return _InForce.sets.get(name) or _shipped(name)


def turn() -> int:
    """Changes when another set comes into force: for whoever keeps something made of them."""
    return _InForce.turn


def renew(published: Iterable[Published]) -> int:
    """Only these are in force beside the shipped ones; how many concepts they have.

    Raises KeyError (OID) for a set that the application does not use, or for a part of one whose
    other parts are not there: nothing changes then.
    """
    given = {one.oid: one for one in published}
    found = {}
    for name, oids in _oids().items():
        if not given.keys() & oids:
            continue
        parts = [given.pop(oid) for oid in oids]
        label = " + ".join(part.name for part in parts)
        versions = " + ".join(dict.fromkeys(part.version for part in parts))
        concepts = {one.code: one for part in parts for one in part.concepts}
        found[name] = ValueSet(label, versions, f"ANS, {label}, chargé au cabinet", concepts)
    if given:
        raise KeyError(next(iter(given)))
    _InForce.sets, _InForce.turn = found, _InForce.turn + 1
    return sum(len(one.concepts) for one in found.values())


@cache
def _oids() -> dict[str, tuple[str, ...]]:
    """The official sets (OID) that each shipped one is made of."""
    folder = bundled("resources") / "terminology"
    return {
        file.stem: tuple(json.loads(file.read_text("utf-8"))["id"].split(" + "))
        for file in sorted(folder.glob("*.json"))
    }


@cache
def _shipped(name: str) -> ValueSet:
    file = bundled("resources") / "terminology" / f"{name}.json"
    content = json.loads(file.read_text("utf-8"))
    concepts = {
        row["code"]: Coded(row["code"], row["system"], row["label"]) for row in content["concepts"]
    }
    return ValueSet(content["name"], content["version"], content["source"], concepts)
