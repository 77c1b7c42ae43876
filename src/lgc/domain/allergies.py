"""What is known of one allergy or intolerance beside its words, and how it is said.

What nobody said stays unknown: a kind is never taken from the words, and no document makes an
allergy of an intolerance. The kinds are those that the CI-SIS codes apart (cda-vsm §4.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What it is. ``UNKNOWN`` is an answer that nobody gave."""

    UNKNOWN = ""
    ALLERGY = "allergy"
    INTOLERANCE = "intolerance"
    NOT_ALLERGIC = "non_allergic_hypersensitivity"
    IDIOSYNCRASY = "idiosyncrasy"


class Agent(StrEnum):
    """What it is against."""

    UNKNOWN = ""
    MEDICINE = "medicine"
    FOOD = "food"
    OTHER = "other"


class Severity(StrEnum):
    """How bad the reaction was."""

    UNKNOWN = ""
    MILD = "mild"
    MILD_TO_MODERATE = "mild_to_moderate"
    MODERATE = "moderate"
    MODERATE_TO_SEVERE = "moderate_to_severe"
    SEVERE = "severe"
    LIFE_THREATENING = "life_threatening"


@dataclass(frozen=True, slots=True)
class Allergy:
    """The three answers; unknown is the default of each."""

    kind: Kind = Kind.UNKNOWN
    agent: Agent = Agent.UNKNOWN
    severity: Severity = Severity.UNKNOWN


UNTOLD = Allergy()

KINDS = {
    Kind.UNKNOWN: "Allergie ou intolérance, non précisé",
    Kind.ALLERGY: "Allergie",
    Kind.INTOLERANCE: "Intolérance",
    Kind.NOT_ALLERGIC: "Hypersensibilité non allergique",
    Kind.IDIOSYNCRASY: "Idiosyncrasie",
}
AGENTS = {
    Agent.UNKNOWN: "",
    Agent.MEDICINE: "médicament",
    Agent.FOOD: "aliment",
    Agent.OTHER: "autre substance",
}
SEVERITIES = {
    Severity.UNKNOWN: "",
    Severity.MILD: "léger",
    Severity.MILD_TO_MODERATE: "léger à modéré",
    Severity.MODERATE: "modéré",
    Severity.MODERATE_TO_SEVERE: "modéré à sévère",
    Severity.SEVERE: "grave",
    Severity.LIFE_THREATENING: "gravité mortelle",
}


def kind_and_agent(known: Allergy) -> str:
    """« Allergie, médicament »; empty when neither was said."""
    if known.kind is Kind.UNKNOWN and known.agent is Agent.UNKNOWN:
        return ""
    return ", ".join(part for part in (KINDS[known.kind], AGENTS[known.agent]) if part)
