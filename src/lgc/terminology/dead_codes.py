"""Codes that their publisher withdrew, and what took their place (``resources/nomenclatures``).

``dead.tsv``: system, code or start of codes ended by ``*``, successor (empty: none alone).
"""

from __future__ import annotations

from functools import cache

from lgc.paths import bundled
from lgc.terminology import code_systems

SYSTEMS = {"cim10": code_systems.CIM_10, "atc": code_systems.ATC, "ccam": code_systems.CCAM}


@cache
def _dead() -> dict[tuple[str, str], str]:
    path = bundled("resources") / "nomenclatures" / "dead.tsv"
    rows = (line.split("\t") for line in path.read_text("utf-8").splitlines())
    return {(SYSTEMS[system], code): instead for system, code, instead in rows}


def successor_of(system: str, code: str) -> str | None:
    """The code in its place, empty when there is no single one; None for a code that lives."""
    dead = _dead()
    if (system, code) in dead:
        return dead[system, code]
    return dead.get((system, f"{code.partition('.')[0]}*"))
