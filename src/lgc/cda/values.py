"""Reading HL7 V3 data types: codes, times, quantities, types named by QName."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping

from lxml import etree

from lgc.cda.names import HL7, NS, XSI
from lgc.domain.assignment import fold
from lgc.domain.days import practice_zone
from lgc.domain.medical_data import PartialDate
from lgc.domain.professionals import Coded
from lgc.reading.patience import step

_TS = re.compile(
    r"(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?(?:\.\d+)?(?:([+-])(\d{2}):?(\d{2}))?"
)

MAX_SAID, WHOLE_DAY = 40, 8
# What XML calls white space: a no-break space is a letter like another.
_APART = frozenset(
    ("paragraph", "list", "item", "caption", "table", "thead", "tbody", "tfoot", "tr", "td", "th")
)
_BLANKS = re.compile("[ \t\r\n]+")


def find(node: etree._Element | None, path: str) -> etree._Element | None:
    """First element of a simple path written with the ``h:`` prefix, None when absent."""
    step()
    return None if node is None else node.find(path, NS)


def find_all(node: etree._Element | None, path: str) -> list[etree._Element]:
    step()
    return [] if node is None else node.findall(path, NS)


def only(node: etree._Element | None, path: str) -> etree._Element | None:
    """The element of a path where the model allows one at each step (POCD_MT000040, data types).

    A test of the architecture holds the paths; what may stand several times is ``find_all``.
    """
    return find(node, path)


def attribute(node: etree._Element | None, path: str, name: str) -> str:
    """An attribute of the ``only`` element of that path, empty when one of both is absent."""
    found = only(node, path)
    return "" if found is None else (found.get(name) or "")


def ends(node: etree._Element | None) -> tuple[etree._Element | None, etree._Element | None]:
    """Low and high of an interval."""
    return only(node, "h:low"), only(node, "h:high")


def words(node: etree._Element | None) -> str:
    """The text of an element: white space collapsed, ``br`` kept as line ends."""
    if node is None:
        return ""
    parts: list[str] = []
    _collect(node, parts)
    lines = (_BLANKS.sub(" ", line).strip(" ") for line in "".join(parts).split("\v"))
    return "\n".join(lines).strip()


def referred(text: etree._Element | None, targets: Mapping[str, etree._Element]) -> str:
    """What an element points to, after words of its own that say something else."""
    if text is None:
        return ""
    target = attribute(text, "h:reference", "value").removeprefix("#")
    own, told = words(text), words(targets.get(target))
    return told or own if fold(own) in fold(told) else " ".join(one for one in (own, told) if one)


def first_words(node: etree._Element | None, path: str) -> str:
    """Of several names of one thing the first that says something."""
    return next((said for one in find_all(node, path) if (said := words(one))), "")


def _collect(node: etree._Element, parts: list[str]) -> None:
    step()
    if not isinstance(node.tag, str):
        return
    name = etree.QName(node).localname
    if node.get("revised") == "delete":
        return
    if name == "br":
        parts.append("\v")
    # What stands apart on the screen is no one word: « Potassium » and « 35,2 » of two cells.
    apart = " " if name in _APART else ""
    parts.append(apart + (node.text or "").replace("\v", " "))
    for child in node:
        _collect(child, parts)
        parts.append((child.tail or "").replace("\v", " "))
    parts.append(apart)


def has_template(node: etree._Element, root: str) -> bool:
    return any(t.get("root") == root for t in find_all(node, "h:templateId"))


def xsi_type(node: etree._Element | None) -> str:
    """Local name of ``xsi:type`` when its prefix, whatever it is, means HL7 V3; else empty.

    Without a prefix where nothing is meant by none, HL7 V3 is: documents wholly prefixed do so.
    """
    if node is None:
        return ""
    name = (node.get(f"{{{XSI}}}type") or "").strip()
    prefix, _, local = name.rpartition(":")
    meant = node.nsmap.get(prefix or None, None if prefix else HL7)
    return local if meant == HL7 else ""


def coded(node: etree._Element | None) -> Coded | None:
    """Code, system and label of a CD, CE or CV; None when it holds no code."""
    if node is None or not node.get("code"):
        return None
    return Coded(
        node.get("code") or "", node.get("codeSystem") or "", node.get("displayName") or ""
    )


def coded_or_translation(node: etree._Element | None) -> Coded | None:
    """The code itself, else its first translation (local codes of laboratories, ATC, CIP)."""
    candidates = (coded(node), *(coded(t) for t in find_all(node, "h:translation")))
    return next((found for found in candidates if found), None)


def named_in(code: etree._Element | None) -> str:
    """A name without a code: of the code itself, of its translations."""
    told = [] if code is None else [code, *find_all(code, "h:translation")]
    names = (one.get("displayName") or words(only(one, "h:originalText")) for one in told)
    return next((name for name in names if name), "")


def moment(text: str | None) -> dt.datetime | None:
    """HL7 TS to an aware time; missing parts are their first value, no zone means the practice's.

    None when there is nothing, or nothing possible.
    """
    match = _TS.fullmatch((text or "").strip())
    if match is None:
        return None
    year, month, day, hour, minute, second, sign, zone_hours, zone_minutes = match.groups()
    try:
        naive = dt.datetime(
            int(year),
            int(month or 1),
            int(day or 1),
            int(hour or 0),
            int(minute or 0),
            min(int(second or 0), 59),
        )
        if not sign:
            return naive.replace(tzinfo=practice_zone())
        offset = dt.timedelta(hours=int(zone_hours), minutes=int(zone_minutes))
        return naive.replace(tzinfo=dt.timezone(-offset if sign == "-" else offset))
    except ValueError:
        return None


def time_of(node: etree._Element | None) -> dt.datetime | None:
    """Of a TS or an IVL_TS: its value, else its high, else its low."""
    if node is None:
        return None
    texts = (
        node.get("value"),
        attribute(node, "h:high", "value"),
        attribute(node, "h:low", "value"),
    )
    return next((found for text in texts if (found := moment(text))), None)


def told_time(holder: etree._Element | None) -> dt.datetime | None:
    """Of the first ``effectiveTime`` that tells one."""
    found = (time_of(time) for time in find_all(holder, "h:effectiveTime"))
    return next((time for time in found if time is not None), None)


def partial_date(text: str | None) -> PartialDate | None:
    """Year, month and day as far as a TS tells them."""
    match = _TS.fullmatch((text or "").strip())
    if match is None:
        return None
    try:
        return PartialDate.parse("-".join(part for part in match.groups()[:3] if part))
    except ValueError:
        return None


def vague(text: str) -> str:
    """What a TS tells that tells no hour (« 2026 », « 03/2026 », « 15/03/2026 »), or that is none
    at all, as it is written; empty for a whole one."""
    written = text.strip()
    if moment(written) is None:
        return written[:MAX_SAID]
    told = partial_date(written)
    return told.french if told is not None and len(written) <= WHOLE_DAY else ""


def real(text: str | None) -> float | None:
    """A finite number, None otherwise."""
    try:
        value = float((text or "").strip().replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None
