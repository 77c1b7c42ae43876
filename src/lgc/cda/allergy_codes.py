"""Allergies and intolerances between the record and the codes of CI-SIS entries (cda-vsm §4.1).

JDV type d'événement indésirable prévisible and JDV sévérité d'observation, both SNOMED CT.
"""

from __future__ import annotations

from lgc.domain.allergies import (
    Agent,
    Allergy,
    Kind,
    Severity,
    kind_and_agent,
)
from lgc.domain.professionals import Coded
from lgc.terminology.code_systems import SNOMED_CT
from lgc.terminology.value_sets import value_set

# One row a kind: its code for each agent. The set has no code for an intolerance to nobody knows
# what: « à une substance » is said of everything. Nobody knows which kind: the propensity.
TYPES: dict[Kind, dict[Agent, str]] = {
    Kind.UNKNOWN: dict.fromkeys(Agent, "420134006"),
    Kind.ALLERGY: {
        Agent.UNKNOWN: "609328004",
        Agent.MEDICINE: "416098002",
        Agent.FOOD: "414285001",
        Agent.OTHER: "419199007",
    },
    Kind.INTOLERANCE: {
        Agent.UNKNOWN: "782197009",
        Agent.MEDICINE: "59037007",
        Agent.FOOD: "235719002",
        Agent.OTHER: "782197009",
    },
    Kind.NOT_ALLERGIC: {
        Agent.UNKNOWN: "609396006",
        Agent.MEDICINE: "609398007",
        Agent.FOOD: "735449006",
        Agent.OTHER: "609397002",
    },
    Kind.IDIOSYNCRASY: dict.fromkeys(Agent, "56840009"),
}
# Intolerance to something of the surroundings (not yet SNOMED CT, so the value set says).
_READ_TOO = {"1.2.250.1.213.1.1.5.794.1": (Kind.INTOLERANCE, Agent.OTHER)}
SEVERITIES = {
    Severity.MILD: "255604002",
    Severity.MILD_TO_MODERATE: "371923003",
    Severity.MODERATE: "6736007",
    Severity.MODERATE_TO_SEVERE: "371924009",
    Severity.SEVERE: "24484000",
    Severity.LIFE_THREATENING: "442452003",
}


def _read_table() -> dict[str, tuple[Kind, Agent]]:
    """What a code says for certain: where several agents share it, none."""
    table = dict(_READ_TOO)
    for kind, codes in TYPES.items():
        for agent in reversed(Agent):
            table[codes[agent]] = (kind, agent)
    return table


_OF_CODE = _read_table()
_OF_WORDS = {
    kind_and_agent(Allergy(kind, agent)): (kind, agent) for kind in Kind for agent in Agent
}
_SEVERITY_OF = {code: severity for severity, code in SEVERITIES.items()}


def type_of(known: Allergy) -> Coded:
    """The code of JDV type d'événement indésirable prévisible: never more than was said."""
    return _coded("allergy_type", TYPES[known.kind][known.agent])


def severity_of(known: Allergy) -> Coded | None:
    """The code of JDV sévérité d'observation, None when nobody said it."""
    code = SEVERITIES.get(known.severity)
    return _coded("severity", code) if code is not None else None


def knows(type_: Coded) -> bool:
    """Whether a type says in our own words what it says in its label."""
    return type_.system == SNOMED_CT and type_.code in _OF_CODE


def read(type_: Coded | None, own_words: str, severity: Coded | None) -> Allergy:
    """What the codes of an entry say; ``own_words`` are those of a document of ours.

    Words count where the code says the same with less (an agent that has no code of its own).
    """
    kind, agent = Kind.UNKNOWN, Agent.UNKNOWN
    if type_ is not None and type_.system == SNOMED_CT:
        kind, agent = _OF_CODE.get(type_.code, (kind, agent))
        told = _OF_WORDS.get(own_words)
        if told is not None and TYPES[told[0]][told[1]] == type_.code:
            kind, agent = told
    how = _SEVERITY_OF.get(severity.code) if severity is not None else None
    return Allergy(kind, agent, how or Severity.UNKNOWN)


def worst(found: list[Coded]) -> Coded | None:
    """Of several severities the worst, as the set orders them; None without any known."""
    order = list(_SEVERITY_OF)
    known = [one for one in found if one.system == SNOMED_CT and one.code in order]
    return max(known, key=lambda one: order.index(one.code), default=None)


def _coded(set_name: str, code: str) -> Coded:
    found = value_set(set_name).get(code)
    if found is None:
        raise ValueError(f"{code} is not of {set_name}")
    return found
