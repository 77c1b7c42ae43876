"""Codes that their publisher withdrew, and what took their place.

``resources/nomenclatures/dead.toml``, dated, with its source.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from lgc.paths import bundled
from lgc.terminology import code_systems

SYSTEMS = {"cim10": code_systems.CIM_10, "atc": code_systems.ATC, "ccam": code_systems.CCAM}


@dataclass(frozen=True, slots=True)
class DeadCodes:
    """Where the table comes from, when it was read there; successors by system (OID) and code."""

    source: str
    read_on: dt.date
    instead: Mapping[tuple[str, str], str]


@cache
def dead_codes() -> DeadCodes:
    """The shipped table, read once."""
    path = bundled("resources") / "nomenclatures" / "dead.toml"
    read = tomllib.loads(path.read_text("utf-8"))
    instead = {
        (system, code): successor
        for name, system in SYSTEMS.items()
        for code, successor in read.get(name, {}).items()
    }
    return DeadCodes(read["source"], read["read_on"], instead)


def successor_of(system: str, code: str) -> str | None:
    """The code in its place, empty when there is no single one; None for a code that lives."""
    instead = dead_codes().instead
    if (system, code) in instead:
        return instead[system, code]
    return instead.get((system, f"{code.partition('.')[0]}*"))
