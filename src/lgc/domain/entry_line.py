"""One typed line of the record, taken apart: « hta 2011 », « metformine 1000 : 1-0-1 »,
« père infarctus à 58 ans », « pénicilline (urticaire) 06/2003 ».

What is not understood stays in the words: nothing typed is lost.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from lgc.domain.medical_data import Family, PartialDate

OLDEST = 1900
_DATE = re.compile(
    r"(?:^|\s)(?:(?:depuis|en|le|du)\s+)?"
    r"((?:\d{1,2}/){0,2}\d{4})(?:\s*[-–→]\s*((?:\d{1,2}/){0,2}\d{4}))?\s*$",
    re.IGNORECASE,
)
_AGE = re.compile(r"\s*(?:,\s*)?à\s+(\d{1,3})\s+ans\b", re.IGNORECASE)
_REACTION = re.compile(r"\s*\(([^()]*)\)\s*$")
_POSOLOGY = re.compile(r"\s*(?::|;)\s*")
_RHYTHM = re.compile(r"\s+(\d(?:[.,]\d)?(?:\s*-\s*\d(?:[.,]\d)?){2,3}|\d+\s*(?:x|fois)\s*/\s*j.*)$")

# RoleCode of HL7, and the words a doctor types before the disease of a relative.
KINSHIPS = {
    "FTH": ("Père", ("père", "pere", "papa")),
    "MTH": ("Mère", ("mère", "mere", "maman")),
    "BRO": ("Frère", ("frère", "frere")),
    "SIS": ("Sœur", ("sœur", "soeur")),
    "SON": ("Fils", ("fils",)),
    "DAU": ("Fille", ("fille",)),
    "GRFTH": ("Grand-père", ("grand-père", "grand-pere")),
    "GRMTH": ("Grand-mère", ("grand-mère", "grand-mere")),
    "UNCLE": ("Oncle", ("oncle",)),
    "AUNT": ("Tante", ("tante",)),
}
TREATMENTS = frozenset((Family.LONG_TERM_TREATMENT, Family.CURRENT_TREATMENT))


@dataclass(frozen=True, slots=True)
class EntryLine:
    """``words`` is what to look up or keep; the rest was said beside it."""

    words: str
    start: PartialDate | None = None
    end: PartialDate | None = None
    kinship: str = ""
    age_at_onset: int | None = None
    reaction: str = ""
    posology: str = ""


def parse(typed: str, family: Family, today: dt.date) -> EntryLine:
    """Take ``typed`` apart by what its family may say. Never raises."""
    words = " ".join(typed.split())
    words, start, end = _dates(words, today)
    kinship, age, reaction, posology = "", None, "", ""
    if family is Family.FAMILY_HISTORY:
        words, age = _age(words)
        words, kinship = _kinship(words)
    elif family is Family.ALLERGY:
        words, reaction = _reaction(words)
    elif family in TREATMENTS:
        words, posology = _posology(words)
    return EntryLine(words.strip(" ,:;"), start, end, kinship, age, reaction, posology)


def _dates(words: str, today: dt.date) -> tuple[str, PartialDate | None, PartialDate | None]:
    found = _DATE.search(words)
    if found is None:
        return words, None, None
    start, end = _date(found.group(1), today), _date(found.group(2) or "", today)
    if start is None or (found.group(2) and end is None):
        return words, None, None
    return words[: found.start()].rstrip(), start, end


def _date(written: str, today: dt.date) -> PartialDate | None:
    """A French date, whole or not, no later than the end of this year."""
    if not written:
        return None
    parts = written.split("/")
    try:
        read = PartialDate.parse("-".join(part.zfill(2) for part in reversed(parts)))
    except ValueError:
        return None
    return read if OLDEST <= read.year <= today.year else None


def _age(words: str) -> tuple[str, int | None]:
    found = _AGE.search(words)
    if found is None:
        return words, None
    return words[: found.start()] + words[found.end() :], int(found.group(1))


def _kinship(words: str) -> tuple[str, str]:
    folded = words.casefold()
    for code, (_, spellings) in KINSHIPS.items():
        for spelling in spellings:
            if re.match(rf"{spelling}\b\s*:?", folded):
                return words[len(spelling) :].lstrip(" :"), code
    return words, ""


def _reaction(words: str) -> tuple[str, str]:
    found = _REACTION.search(words)
    return (words[: found.start()], found.group(1).strip()) if found else (words, "")


def _posology(words: str) -> tuple[str, str]:
    separated = _POSOLOGY.split(words, maxsplit=1)
    if len(separated) == 2:
        return separated[0], separated[1]
    found = _RHYTHM.search(words)
    return (words[: found.start()], found.group(1)) if found else (words, "")
