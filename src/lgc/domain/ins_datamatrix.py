"""The INS datamatrix as a keyboard scanner types it (ANS, Format datamatrix INS v2.2)."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from lgc.domain.identity import Ins, Sex, Traits
from lgc.domain.identity_rules import PLACE
from lgc.errors import UnreadableInput

HEADER = "IS01" + "0" * 22
LONGEST = 400
GS = "\x1d"
# Block → longest content; fixed ones are exactly that long, the others end with GS if shorter.
FIXED = {"S1": 15, "S5": 1, "S6": 10, "S7": 5}
VARIABLE = {"S2": 20, "S3": 100, "S4": 100}
NEEDED = ("S1", "S2", "S3", "S4", "S5", "S6")


@dataclass(frozen=True, slots=True)
class ScannedIns:
    """What the square says: never proof of an identity, the status does not move for it."""

    ins: Ins
    traits: Traits


def parse(typed: str) -> ScannedIns:
    """Read what the scanner typed. Blocks may come in any order, S7 may miss.

    Raises UnreadableInput for anything else, a wrong key of a real matricule included.
    """
    text = typed.strip(" \r\n\t")
    if len(text) > LONGEST or not text.startswith(HEADER) or not text.isascii():
        raise _refused()
    blocks = _blocks(text[len(HEADER) :])
    if any(key not in blocks for key in NEEDED):
        raise _refused()
    try:
        scanned = ScannedIns(Ins(blocks["S1"], blocks["S2"]), _traits(blocks))
    except ValueError as error:
        raise _refused() from error
    if not scanned.ins.key_is_right and not scanned.ins.fictitious:
        raise _refused()
    return scanned


def _refused() -> UnreadableInput:
    return UnreadableInput(
        "Ce code n’est pas un datamatrix INS lisible.",
        advice="Scannez-le de nouveau ; la fiche n’a pas changé.",
    )


def _blocks(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    while text:
        key, text = text[:2], text[2:]
        if key in found or (key not in FIXED and key not in VARIABLE):
            raise _refused()
        if key in FIXED:
            found[key], text = text[: FIXED[key]], text[FIXED[key] :]
            text = text.removeprefix(GS)
            continue
        room = text[: VARIABLE[key] + 1]
        end = room.find(GS)
        if end < 0:
            found[key], text = text[: VARIABLE[key]], text[VARIABLE[key] :]
        else:
            found[key], text = text[:end], text[end + 1 :]
    return found


def _traits(blocks: dict[str, str]) -> Traits:
    place = blocks.get("S7", "")
    given = tuple(blocks["S3"].split())
    if not re.fullmatch(r"[0-9.]+", blocks["S2"]) or not given or not blocks["S4"].strip():
        raise ValueError("empty or foreign content")
    if not re.fullmatch(r"\d{2}-\d{2}-\d{4}", blocks["S6"]) or (place and not PLACE.match(place)):
        raise ValueError("date or place")
    day, month, year = map(int, blocks["S6"].split("-"))
    sex = {"M": Sex.MALE, "F": Sex.FEMALE}.get(blocks["S5"])
    if sex is None:
        raise ValueError("sex")
    return Traits(blocks["S4"].strip(), given, sex, dt.date(year, month, day), place)


@dataclass(frozen=True, slots=True)
class Difference:
    """One trait that does not say the same: ``field`` is a key of the form."""

    field: str
    here: str
    scanned: str


def differences(here: Traits, scanned: Traits) -> tuple[Difference, ...]:
    """Trait by trait; a place one side does not give is no difference."""
    pairs = (
        ("birth_name", here.birth_name, scanned.birth_name),
        ("given_names", " ".join(here.birth_given_names), " ".join(scanned.birth_given_names)),
        ("sex", here.sex.value, scanned.sex.value),
        ("birth_date", f"{here.birth_date:%d/%m/%Y}", f"{scanned.birth_date:%d/%m/%Y}"),
        ("birth_place", here.birth_place_code, scanned.birth_place_code),
    )
    return tuple(
        Difference(field, mine, theirs)
        for field, mine, theirs in pairs
        if mine != theirs and not (field == "birth_place" and not (mine and theirs))
    )
