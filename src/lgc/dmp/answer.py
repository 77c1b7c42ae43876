"""Reading the proprietary answers of the DMP, whatever their prefix (dmp.md §4.3 to §4.5)."""

from __future__ import annotations

import datetime as dt

from lxml import etree

from lgc.xds.hl7_text import read_time

MAX_LINES = 5000


def text(body: etree._Element, name: str) -> str:
    """The first element of this local name below ``body``, white space collapsed."""
    found = body.find(f".//{{*}}{name}")
    return " ".join((found.text or "").split()) if found is not None else ""


def own(node: etree._Element, name: str) -> tuple[str, ...]:
    """Texts of the children of this local name, empty ones left out."""
    found = (" ".join((child.text or "").split()) for child in node.findall(f"{{*}}{name}"))
    return tuple(value for value in found if value)


def one(node: etree._Element, name: str) -> str:
    """The first child of this local name, "" when absent."""
    return next(iter(own(node, name)), "")


def lines(body: etree._Element, name: str) -> list[etree._Element]:
    """Repeated elements of this local name, bounded."""
    return list(body.iterfind(f".//{{*}}{name}"))[:MAX_LINES]


def moment(written: str) -> dt.datetime | None:
    """A date as these services write it: HL7 digits in UTC, or ISO 8601; None for neither."""
    found = read_time(written)
    if found is not None:
        return found
    try:
        read = dt.datetime.fromisoformat(written)
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=dt.UTC)


def yes(written: str) -> bool:
    """An XML Schema boolean, whatever its case."""
    return written.lower() in ("true", "1")
