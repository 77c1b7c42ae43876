"""HL7 V2 data types and times inside XDS metadata (dmp.md §5: XCN, XON, CX, UTC times)."""

from __future__ import annotations

import datetime as dt
import re

from lgc.xds.codes import PERSONS, STRUCTURES

_SEPARATORS = re.compile(r"[\^&|~\\\s\x00-\x1f]+")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TIME = re.compile(r"(\d{4,14})(?:\.\d+)?([+-]\d{4})?$")
_COMPLETE = "00000101000000"


def component(text: str) -> str:
    """Text that cannot break a composed value: separators become one space."""
    return _SEPARATORS.sub(" ", text).strip()


def xml_text(text: str) -> str:
    """Text that XML 1.0 may carry: control characters of a careless keyboard fall out."""
    return _NOT_XML.sub("", text)


def xcn(national_id: str, family: str, given: str) -> str:
    """A professional: ``PSIdNat^NOM^Prénom^^^^^^&oid&ISO^D^^^IDNPS`` (EI for internal ids)."""
    kind = "EI" if "/" in national_id else "IDNPS"
    names = f"{component(family)}^{component(given)}"
    return f"{component(national_id)}^{names}^^^^^^&{PERSONS}&ISO^D^^^{kind}"


def xon(structure_id: str, name: str) -> str:
    """A structure: ``NOM^^^^^&oid&ISO^IDNST^^^Struct_IdNat``."""
    return f"{component(name)}^^^^^&{STRUCTURES}&ISO^IDNST^^^{component(structure_id)}"


def utc_text(moment: dt.datetime) -> str:
    """``yyyyMMddHHmmss`` in UTC of an aware time."""
    return moment.astimezone(dt.UTC).strftime("%Y%m%d%H%M%S")


# Beyond, a moment exists in one time zone and not in another.
_FIRST = dt.datetime(1, 1, 2, tzinfo=dt.UTC)
_LAST = dt.datetime(9999, 12, 31, 6, tzinfo=dt.UTC)


def read_time(text: str, zone: dt.tzinfo = dt.UTC) -> dt.datetime | None:
    """An HL7 time of any precision as an aware UTC time; ``zone`` where it gives no offset.

    None when the text is no time at all.
    """
    match = _TIME.match(text.strip())
    if match is None or len(match[1]) % 2:
        return None
    digits = match[1] + _COMPLETE[len(match[1]) :]
    try:
        moment = dt.datetime.strptime(digits, "%Y%m%d%H%M%S")
        offset = dt.datetime.strptime(match[2], "%z").tzinfo if match[2] else zone
        found = moment.replace(tzinfo=offset).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None
    return found if _FIRST <= found <= _LAST else None
