"""Whether a problem or an allergy of a document goes on, and what only says that there is none.

The status observation (LOINC 33999-4) decides; without one its end; the status of the concern act
tells how it is followed, not whether it goes on (IHE PCC, Concern Entry).
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from lxml import etree

from lgc.cda.values import attribute, find_all
from lgc.domain.assignment import fold
from lgc.domain.medical_data import PartialDate

ABSENT = "2.16.840.1.113883.5.1150.1"
NONE_KNOWN = frozenset(("716186003", "160244002", "02276797"))
"""« Aucune allergie connue » in SNOMED CT, then « Aucun » where an agent is asked."""

# jdv-hl7-allergyintolerance-clinical-cisis, jdv-hl7-condition-clinical-cisis, SNOMED CT and 3.5.
GOES_ON = {
    **dict.fromkeys(("active", "recurrence", "relapse", "55561003"), True),
    **dict.fromkeys(("G-A230", "G-A270", "G-A397"), True),
    **dict.fromkeys(("inactive", "remission", "resolved"), False),
}
_IN_WORDS = {
    **dict.fromkeys(("actif", "active", "chronique", "intermittent", "recurrent"), True),
    **dict.fromkeys(("rechute", "en cours", "aigu", "subaigu"), True),
    **dict.fromkeys(("inactif", "inactive", "resolu", "resolved", "en remission"), False),
    **dict.fromkeys(("gueri", "termine"), False),
}
_NO = re.compile(
    r"(?:aucune?|pas d|pas de|absence d|absence de|no known|neant)"
    r"(?: (?:allergies?|hypersensibilites?|intolerances?|antecedents?|traitements?|maladies?"
    r"|connue?s?|medicamenteuses?|medicamenteux|alimentaires?|environnementales?|notables?"
    r"|particuliere?s?|signalee?s?|rapportee?s?|declaree?s?|a|ce|jour|ou|et|en|cours|or|and"
    r"|drug|food|environmental|allergy))*"
)


@dataclass(frozen=True, slots=True)
class End:
    """The end that an entry tells: a date, or only that there was one (``high`` without date)."""

    on: PartialDate | None = None
    undated: bool = False


def goes_on(status: bool | None, end: End, act: str, day: dt.date | None) -> bool:
    """``status`` is what the status observation says, ``act`` the statusCode of the concern, and
    ``day`` that of the document."""
    if status is not None:
        return status
    if act == "aborted":
        return False
    if end.on is not None and day is not None:
        return end.on.last_day >= day
    return not (act == "completed" and (end.on is not None or end.undated))


def status_of(value: etree._Element | None) -> bool | None:
    """What the value of a status observation says; None when it says nothing that is known."""
    if value is None:
        return None
    for one in (value, *find_all(value, "h:translation")):
        known = GOES_ON.get(one.get("code") or "")
        if known is None:
            known = _IN_WORDS.get(fold(one.get("displayName") or ""))
        if known is not None:
            return known
    return None


def end_of(node: etree._Element, concern: etree._Element | None, on: PartialDate | None) -> End:
    """Of an entry, else of the concern that holds it."""
    highs = [
        one
        for holder in (node, concern)
        if holder is not None
        for one in find_all(holder, "h:effectiveTime/h:high")
    ]
    return End(on, undated=bool(highs))


def negated(node: etree._Element) -> bool:
    """By itself, or by what holds it."""
    holders = (node, *node.iterancestors("{*}act", "{*}organizer"))
    return any((one.get("negationInd") or "").strip() in ("true", "1") for one in holders)


def says_absent(code: etree._Element | None) -> bool:
    """« Aucune allergie connue » and the like are statements, not entries."""
    told = [] if code is None else [code, *find_all(code, "h:translation")]
    return any(
        one.get("codeSystem") == ABSENT
        or one.get("code") in NONE_KNOWN
        or says_none(one.get("displayName") or "")
        for one in told
    )


def says_none(label: str) -> bool:
    """Words that say nothing but that there is none: « Pas d'allergie connue », « Néant »."""
    return _NO.fullmatch(fold(label)) is not None


def concern_status(node: etree._Element) -> str:
    concern = next(node.iterancestors("{*}act"), None)
    return attribute(concern, "h:statusCode", "code")
