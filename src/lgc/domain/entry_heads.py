"""The first word of a typed line may name its family: « allergie pénicilline », « vaccin grippe ».

Read on flat text (``entry_words.flat``). Relatives are ``entry_family``'s.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lgc.domain.allergies import UNTOLD, Allergy, Kind
from lgc.domain.medical_data import Family


@dataclass(frozen=True, slots=True)
class Head:
    """``length`` letters name the family and leave the rest to be read in it; 0 keeps them all."""

    family: Family
    allergy: Allergy = UNTOLD
    length: int = 0


_KINDS = (
    (r"hypersensibilites? non allergiques?", Kind.NOT_ALLERGIC),
    (r"allergi(?:es?|ques?)", Kind.ALLERGY),
    (r"intolera(?:nces?|nte?s?)", Kind.INTOLERANCE),
    (r"idiosyncrasies?", Kind.IDIOSYNCRASY),
    (r"hypersensibilites?", Kind.UNKNOWN),
)
_OTHERS = ((r"vaccin(?:s|ations?|ee?s?)?\b|rappels? (?:vaccin\w*|dtp\w*)", Family.VACCINATION),)
# What leads from the kind to its agent; « allergie saisonnière » or « allergie de contact » have
# none: their words stay whole.
_LEAD = r"\s*(?::|=|-|\b(?:a la|a l'|aux?|a|envers|contre))\s*(?:(?:la|le|les) |l')?"
_NO_AGENT = re.compile(
    r"(?:alimentaire|saisonnier|medicamenteuse|respiratoire|cutane|solaire|croise|connu|severe"
    r"|grave|ancien|multiple|nombreu|probable|possible|eventuel|suspect|de|du|des|d'|en|avec|sans"
    r"|non|pas|par|pour|et|ou|ni|\W|$)"
)
_WORD = re.compile(r"[a-z]{2}")


def head_of(low: str) -> Head | None:
    """The family that the first words name; None when they name none, or nothing follows."""
    for pattern, kind in _KINDS:
        found = re.match(rf"(?:{pattern})\b", low)
        if found is not None:
            return _allergy(low, found.end(), kind)
    for pattern, family in _OTHERS:
        found = re.match(pattern, low)
        if found is not None and _WORD.search(low[found.end() :]):
            return Head(family)
    return None


def _allergy(low: str, end: int, kind: Kind) -> Head | None:
    rest = low[end:]
    if not _WORD.search(rest):
        return None
    led = re.match(_LEAD, rest)
    if led is not None and _WORD.search(rest[led.end() :]):
        return Head(Family.ALLERGY, Allergy(kind), end + led.end())
    if re.match(r"\s*(?:ou|et)\b", rest):
        return Head(Family.ALLERGY)
    agent = rest.lstrip()
    if agent == rest or _NO_AGENT.match(agent):
        return Head(Family.ALLERGY, Allergy(kind))
    return Head(Family.ALLERGY, Allergy(kind), end + len(rest) - len(agent))
