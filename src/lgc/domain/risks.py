"""Risk factors by subject: tobacco, alcohol, drugs, diet, inactivity and others.

Each subject has its own answer: yes (entries of the record), no (a ``RiskDenial``), or nobody
asked. An answer about one says nothing of the others.
"""

from __future__ import annotations

import unicodedata
from enum import StrEnum


class Risk(StrEnum):
    """Subjects in the order the doctor asks them."""

    TOBACCO = "tobacco"
    ALCOHOL = "alcohol"
    DRUGS = "drugs"
    DIET = "diet"
    INACTIVITY = "inactivity"
    OTHER = "other"


NAMES = {
    Risk.TOBACCO: "Tabac",
    Risk.ALCOHOL: "Alcool",
    Risk.DRUGS: "Drogues",
    Risk.DIET: "Régime",
    Risk.INACTIVITY: "Sédentarité",
    Risk.OTHER: "Autre facteur de risque",
}

# First words that name a subject, without accents.
_FIRST_WORDS = {
    Risk.TOBACCO: (
        "tabac", "tabagisme", "tabagique", "fumeur", "fumeuse", "cigarette", "cigarettes",
    ),
    Risk.ALCOHOL: ("alcool", "alcoolisme", "alcoolique", "ethylisme", "ethylique"),
    Risk.DRUGS: ("drogue", "drogues", "toxicomanie", "cannabis", "cocaine", "heroine"),
    Risk.DIET: ("regime",),
    Risk.INACTIVITY: ("sedentarite", "sedentaire"),
}  # fmt: skip
_SUBJECTS = {word: risk for risk, words in _FIRST_WORDS.items() for word in words}


def subject_of(words: str) -> Risk:
    """The subject that the first word of a line names; OTHER when it names none."""
    first = next(iter(words.replace(":", " ").replace(",", " ").split()), "")
    return _SUBJECTS.get(_fold(first), Risk.OTHER)


def is_bare(risk: Risk, words: str) -> bool:
    """Whether a line says its subject and nothing more: a plain yes."""
    return risk is not Risk.OTHER and _fold(" ".join(words.split())) == _fold(NAMES[risk])


def _fold(words: str) -> str:
    apart = unicodedata.normalize("NFD", words.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
