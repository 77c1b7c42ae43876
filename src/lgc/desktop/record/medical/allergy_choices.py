"""What an allergy is, its cause and how bad it was: three answers, « non précisé » first."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from PySide6.QtWidgets import QComboBox

from lgc.domain.allergies import AGENTS, KINDS, SEVERITIES, Agent, Allergy, Kind, Severity

UNSAID = "Non précisé"
Value = TypeVar("Value", bound=StrEnum)


class AllergyChoices:
    """The three choices of one entry; nothing is chosen beforehand that nobody said."""

    def __init__(self, known: Allergy) -> None:
        self.kind = _choice("Nature", KINDS, known.kind)
        self.agent = _choice("Cause", AGENTS, known.agent)
        self.severity = _choice("Gravité", SEVERITIES, known.severity)

    def rows(self) -> tuple[tuple[str, QComboBox], ...]:
        """(title, field) in the order they are asked."""
        return tuple((one.accessibleName(), one) for one in (self.kind, self.agent, self.severity))

    def chosen(self) -> Allergy:
        return Allergy(
            Kind(self.kind.currentData()),
            Agent(self.agent.currentData()),
            Severity(self.severity.currentData()),
        )


def _choice(title: str, words: Mapping[Value, str], held: Value) -> QComboBox:
    choice = QComboBox()
    for value, word in words.items():
        said = word if value.value else UNSAID
        choice.addItem(said[:1].upper() + said[1:], value.value)
    choice.setCurrentIndex(choice.findData(held.value))
    choice.setAccessibleName(title)
    choice.setFixedHeight(32)
    return choice
