"""What the values of an observation say: a number with its bound, or words (HL7 V3 data types).

Whatever is not understood stays as it was written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lxml import etree

from lgc.cda.values import (
    coded_or_translation,
    ends,
    find_all,
    named_in,
    only,
    partial_date,
    real,
    words,
    xsi_type,
)
from lgc.cda.writing import french_number
from lgc.domain.biology import UNREADABLE, Bound
from lgc.terminology import ucum


@dataclass(frozen=True, slots=True)
class Measured:
    """What a ``value`` element says: a number with its bound, or words."""

    value: float | None = None
    bound: Bound = Bound.NONE
    unit: str = ""
    text: str = ""

    @property
    def words(self) -> str:
        """All of it, as people write it."""
        if self.value is None or self.text:
            return self.text
        return f"{self.bound.value} {french_number(self.value)} {ucum.french(self.unit)}".strip()


NOTHING = Measured()
Refer = Callable[[etree._Element | None], str]
"""The words that an element holds or points to."""


def measured(nodes: Sequence[etree._Element], refer: Refer) -> Measured:
    """Of the values of one observation; several are words, each kept."""
    said = [one for node in nodes if (one := _one(node, refer)) != NOTHING]
    if len(said) < 2:
        return said[0] if said else NOTHING
    return Measured(text=", ".join(dict.fromkeys(one.words for one in said)))


def _one(node: etree._Element, refer: Refer) -> Measured:
    read = _READERS.get(xsi_type(node))
    found = read(node) if read else NOTHING
    if found != NOTHING:
        return found
    text = refer(only(node, "h:originalText"))
    if not text and not find_all(node, "h:translation"):
        text = refer(node)
    if text:
        return Measured(text=text)
    written = next((one for part in node.iter() if (one := part.get("value"))), "")
    unit = ucum.french(node.get("unit") or "")
    if written:
        return Measured(text=f"{written} {unit}".strip())
    return NOTHING if node.get("nullFlavor") or not _holds(node) else Measured(text=UNREADABLE)


def _holds(node: etree._Element) -> bool:
    """Is there anything at all in it?"""
    return len(node) > 0 or any(not str(name).startswith("{") for name in node.attrib)


def _quantity(node: etree._Element) -> Measured:
    value, unit = real(node.get("value")), node.get("unit") or ""
    if value is not None:
        return Measured(value=value, unit=_unit(unit))
    for other in find_all(node, "h:translation"):
        value = real(other.get("value"))
        if value is not None:
            told = words(only(other, "h:originalText")) or other.get("displayName")
            return Measured(value=value, unit=_unit(told or other.get("code") or ""))
    return NOTHING


def _unit(unit: str) -> str:
    return "" if unit == "1" else unit


def _interval(node: etree._Element) -> Measured:
    """One bound is ``<`` or ``>``; two make a range, which is words and no point."""
    (low, high), width = ends(node), only(node, "h:width")
    least, most, wide = (
        real(end.get("value")) if end is not None else None for end in (low, high, width)
    )
    units = {_unit(u) for end in (low, high, width) if end is not None and (u := end.get("unit"))}
    unit = next(iter(units), "")
    if least is not None and most is None and wide is not None and len(units) < 2:
        most = least + wide
    if len(units) > 1:
        told = (end for end in (low, high, width) if end is not None)
        return Measured(text=" à ".join(_amount(end) for end in told))
    shown = ucum.french(unit)
    if least is not None and most is not None:
        words_ = f"{french_number(least)} à {french_number(most)} {shown}".rstrip()
        return Measured(unit=unit, text=words_)
    if most is not None and high is not None:
        inclusive = high.get("inclusive") == "true"
        text = f"≤ {french_number(most)} {shown}".rstrip() if inclusive else ""
        return Measured(most, Bound.LESS, unit, text)
    if least is not None and low is not None:
        inclusive = low.get("inclusive") == "true"
        text = f"≥ {french_number(least)} {shown}".rstrip() if inclusive else ""
        return Measured(least, Bound.GREATER, unit, text)
    return NOTHING


def _amount(node: etree._Element) -> str:
    number = real(node.get("value"))
    told = (node.get("value") or "") if number is None else french_number(number)
    return f"{told} {ucum.french(_unit(node.get('unit') or ''))}".strip()


def _code(node: etree._Element) -> Measured:
    """The name with what qualifies it: « Positif, deux croix »."""
    found = coded_or_translation(node)
    said = (found.label if found else "") or named_in(node) or (found.code if found else "")
    if not said:
        return NOTHING
    more = (named_in(one) for one in find_all(node, "h:qualifier/h:value"))
    return Measured(text=", ".join(part for part in (said, *more) if part))


def _ratio(node: etree._Element) -> Measured:
    parts = [only(node, "h:numerator"), only(node, "h:denominator")]
    told = [_amount(part) for part in parts if part is not None and part.get("value")]
    if len(told) != len(parts):
        return NOTHING
    plain = all(one.replace(",", "").isdecimal() for one in told)
    return Measured(text=("/" if plain else " / ").join(told))


def _boolean(node: etree._Element) -> Measured:
    said = {"true": "Oui", "1": "Oui", "false": "Non", "0": "Non"}
    return Measured(text=said.get(node.get("value") or "", ""))


def _time(node: etree._Element) -> Measured:
    """As far as it tells: « 2024 » stays a year."""
    found = partial_date(node.get("value"))
    return Measured(text=found.french) if found else NOTHING


def _encapsulated(node: etree._Element) -> Measured:
    return Measured(text="Fichier joint") if node.get("representation") == "B64" else NOTHING


_READERS: dict[str, Callable[[etree._Element], Measured]] = {
    **dict.fromkeys(("PQ", "REAL", "INT", "MO"), _quantity),
    **dict.fromkeys(("IVL_PQ", "IVL_REAL", "IVL_INT"), _interval),
    **dict.fromkeys(("CD", "CE", "CV", "CO", "CS"), _code),
    **dict.fromkeys(("RTO", "RTO_PQ_PQ", "RTO_QTY_QTY"), _ratio),
    "BL": _boolean,
    "TS": _time,
    "ED": _encapsulated,
}
