"""A dosage as a doctor types it, understood as far as it is certain. Pure.

The sentence always stands as it was typed; what is not understood is simply not structured, never
guessed. Units are UCUM.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from lgc.domain.medical_data import Posology

# What is typed → UCUM unit, and the words it is read back with (one, several).
FORMS: dict[str, tuple[str, str, str]] = {
    "cp|cpr|cps|comprime|comprimes": ("{tablet}", "comprimé", "comprimés"),
    "gel|gelule|gelules": ("{capsule}", "gélule", "gélules"),
    "sachet|sachets|sach": ("{sachet}", "sachet", "sachets"),
    "goutte|gouttes|gtt|gttes": ("[drp]", "goutte", "gouttes"),
    "bouffee|bouffees|inhalation|inhalations": ("{puff}", "bouffée", "bouffées"),
    "dose|doses": ("{dose}", "dose", "doses"),
    "suppo|suppositoire|suppositoires": ("{suppository}", "suppositoire", "suppositoires"),
    "patch|patchs": ("{patch}", "patch", "patchs"),
    "ampoule|ampoules|amp": ("{ampule}", "ampoule", "ampoules"),
    "injection|injections|inj": ("{injection}", "injection", "injections"),
    "application|applications|appli": ("{application}", "application", "applications"),
    "cac|cuillere a cafe": ("{teaspoon}", "cuillère à café", "cuillères à café"),
    "ml": ("mL", "mL", "mL"),
    "mg": ("mg", "mg", "mg"),
    "g": ("g", "g", "g"),
    "ui|unite|unites": ("[iU]", "UI", "UI"),
}
HALVES = {"½": 0.5, "¼": 0.25, "¾": 0.75, "demi": 0.5, "un": 1.0, "une": 1.0, "deux": 2.0}
NUMBER = r"(?:\d+\s*/\s*\d+|\d+(?:[.,]\d+)?|½|¼|¾|demi|une?|deux)"
_INTAKE = re.compile(
    rf"(?<![\w/-])({NUMBER})\s*({'|'.join(sorted('|'.join(FORMS).split('|'), key=len)[::-1])})\b"
)
_SCHEME = re.compile(
    rf"(?<![\w/])({NUMBER})\s*-\s*({NUMBER})\s*-\s*({NUMBER})(?:\s*-\s*({NUMBER}))?"
)
_TIMES = re.compile(
    r"(\d+)\s*(?:x|fois|prises?)\s*(?:/|par|chaque|/\s*)\s*(j|jour|24\s*h|semaine|sem)\b"
)
_EVERY = re.compile(r"(?:toutes\s+les|/|chaque)\s*(\d+)\s*(?:h|heures?)\b")
_PER = re.compile(r"(?:par|/|chaque)\s*(j|jour|semaine|sem|mois)\b")
SAID = {
    "matin": "le matin",
    "midi": "à midi",
    "gouter": "au goûter",
    "soir": "le soir",
    "coucher": "au coucher",
}
_MOMENTS = ("matin", "midi", "gouter", "soir", "coucher")
_DAYS = re.compile(r"(\d+)\s*(jours?|j|semaines?|sem|mois|ans?)\b")
_QSP = re.compile(
    r"(?:pendant|pdt|pour|qsp|durant|x)\s*(\d+)\s*(jours?|j|semaines?|sem|mois|ans?)\b"
)
LENGTHS = {"j": 1, "jour": 1, "sem": 7, "semaine": 7, "mois": 30, "an": 365}
HOURS = {"j": 24.0, "jour": 24.0, "24h": 24.0, "semaine": 168.0, "sem": 168.0, "mois": 720.0}
AS_NEEDED = ("si besoin", "si douleur", "si fievre", "en cas de", "a la demande")


@dataclass(frozen=True, slots=True)
class Dosage:
    """``days`` is how long it is taken, None when it is not said."""

    posology: Posology
    days: int | None = None
    as_needed: bool = False
    moments: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """How it was understood, to be read back; empty when nothing was."""
        parts = [_quantity(self.posology), _rhythm(self.posology, self.moments)]
        if self.as_needed:
            parts.append("si besoin")
        if self.days is not None:
            parts.append(f"pendant {_length(self.days)}")
        return ", ".join(part for part in parts if part)


def read(sentence: str) -> Dosage:
    """Understand ``1 cp matin et soir 7 jours``, ``1-0-1``, ``2 bouffées toutes les 6 h``…"""
    said = _folded(sentence)
    as_needed = any(words in said for words in AS_NEEDED)
    scheme = _SCHEME.search(said)
    intake = _INTAKE.search(said)
    unit = _unit(intake[2]) if intake is not None else ""
    moments: tuple[str, ...] = ()
    quantity: float | None = _number(intake[1]) if intake is not None else None
    period = None
    if scheme is not None:
        quantity, period, moments = _of_scheme(scheme)
        unit = unit or _form_anywhere(said)
    else:
        moments = tuple(one for one in _MOMENTS if re.search(rf"\b{one}\b", said))
        period = _period(said, moments)
    posology = Posology(sentence.strip(), quantity, unit if quantity is not None else "", period)
    return Dosage(posology, _days(said), as_needed, moments)


def _of_scheme(found: re.Match[str]) -> tuple[float | None, float | None, tuple[str, ...]]:
    """``1-0-1``: equal intakes are structured, unequal ones stay a sentence."""
    numbers = [_number(one) for one in found.groups() if one is not None]
    names = ("matin", "midi", "soir", "coucher")
    taken = [(name, n) for name, n in zip(names, numbers, strict=False) if n]
    if not taken:
        return None, None, ()
    same = len({n for _, n in taken}) == 1
    return (
        taken[0][1] if same else None,
        24.0 / len(taken) if same else None,
        tuple(name for name, _ in taken),
    )


def _period(said: str, moments: tuple[str, ...]) -> float | None:
    if (found := _EVERY.search(said)) is not None and int(found[1]):
        return float(found[1])
    if (found := _TIMES.search(said)) is not None and int(found[1]):
        return HOURS[found[2].replace(" ", "")] / int(found[1])
    if moments:
        return 24.0 / len(moments)
    if (found := _PER.search(said)) is not None:
        return HOURS[found[1]]
    return None


def _days(said: str) -> int | None:
    """How long: the words that announce it first, else the last length of the sentence.

    « 3 fois par jour » is no length: it has no number before « jour ».
    """
    found = _QSP.search(said)
    if found is None:
        lengths = list(_DAYS.finditer(said))
        # « un jour sur 2 », « 2 jours par semaine » are rhythms.
        lengths = [one for one in lengths if not re.match(r"\s*(?:/|par|sur)\b", said[one.end() :])]
        found = lengths[-1] if lengths else None
    if found is None:
        return None
    unit = found[2].rstrip("s") if found[2] not in ("mois",) else "mois"
    days = int(found[1]) * LENGTHS[unit]
    return days if 0 < days <= 3650 else None


def _number(text: str) -> float:
    text = text.replace(" ", "").replace(",", ".")
    if text in HALVES:
        return HALVES[text]
    over, _, under = text.partition("/")
    return float(over) / float(under) if under and float(under) else float(over)


def _unit(word: str) -> str:
    return next(known[0] for words, known in FORMS.items() if word in words.split("|"))


def _form_anywhere(said: str) -> str:
    words = said.split()
    for names, known in FORMS.items():
        if any(name in words for name in names.split("|") if len(name) > 1):
            return known[0]
    return ""


def _quantity(posology: Posology) -> str:
    if posology.quantity is None:
        return ""
    number = f"{posology.quantity:g}".replace(".", ",")
    for unit, one, several in FORMS.values():
        if unit == posology.unit:
            return f"{number} {one if posology.quantity < 2 else several}"
    return number


def _rhythm(posology: Posology, moments: tuple[str, ...]) -> str:
    if moments:
        said = [SAID[one] for one in moments]
        if len(said) == 1:
            return said[0]
        bare = [one.split()[-1] for one in said]
        return f"{', '.join(bare[:-1])} et {bare[-1]}"
    hours = posology.period_hours
    if hours is None:
        return ""
    for length, most, words in ((24.0, 24, "jour"), (168.0, 6, "semaine"), (720.0, 4, "mois")):
        times = length / hours
        if 1 <= times <= most and times == int(times):
            return f"{int(times)} fois par {words}" if times > 1 else f"une fois par {words}"
    return f"toutes les {hours:g} h"


def _length(days: int) -> str:
    for length, one, several in ((30, "mois", "mois"), (7, "semaine", "semaines")):
        if days % length == 0:
            number = days // length
            return f"{number} {one if number == 1 else several}"
    return f"{days} jour{'s' if days > 1 else ''}"


def _folded(words: str) -> str:
    plain = unicodedata.normalize("NFD", words.casefold().replace("œ", "oe"))
    bare = "".join(c for c in plain if not unicodedata.combining(c)).replace("’", "'")
    # One moment, said twice.
    return bare.replace("soir au coucher", "coucher").replace("soir avant le coucher", "coucher")
