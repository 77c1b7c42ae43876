"""Value sets (JDV) that the application uses, read from ``resources/terminology``.

Each file is a compact copy of the codes and labels of one value set published by the ANS, with its
version; only the sets the application fills in or checks are shipped.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
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


@cache
def value_set(name: str) -> ValueSet:
    """A shipped value set by the stem of its file, such as ``vital_sign``.

    Raises FileNotFoundError on a name that is not shipped.
    """
    file = bundled("resources") / "terminology" / f"{name}.json"
    content = json.loads(file.read_text("utf-8"))
    concepts = {
        row["code"]: Coded(row["code"], row["system"], row["label"]) for row in content["concepts"]
    }
    return ValueSet(content["name"], content["version"], content["source"], concepts)
