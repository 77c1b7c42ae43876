"""Ranges of a result: which one judges it, and all of them as the laboratory gives them.

A report may give one for men and one for women, one that alarms, one in words. The one that
judges is that of normal values, and only where every other surely speaks of somebody else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from lgc.cda.measured import Refer, measured
from lgc.cda.values import attribute, ends, find_all, only, real
from lgc.domain.assignment import fold
from lgc.domain.biology import NORMAL, SAID, ReferenceRange
from lgc.terminology import ucum

GENDER = "2.16.840.1.113883.5.1"
"""HL7 AdministrativeGender (jdv-administrative-gender-cisis)."""
_MEN = frozenset(("homme", "hommes", "masculin", "sexe masculin", "male", "man"))
_WOMEN = frozenset(("femme", "femmes", "feminin", "sexe feminin", "female", "woman"))
_FIGURES = re.compile(r"\d+(?:[.,]\d+)?")


@dataclass(frozen=True, slots=True)
class Range:
    """One range. ``sex`` is of whom it speaks, empty where that is not said."""

    bounds: ReferenceRange | None
    words: str
    normal: bool
    sex: str
    plain: bool
    """Its bounds say all of it."""


def ranges_of(
    node: etree._Element, unit: str, sex: str, refer: Refer
) -> tuple[ReferenceRange | None, tuple[str, ...]]:
    """The range that judges, in ``unit``, and every range in words where that is not all.

    ``sex`` is the code of the patient in the header; what is neither says nothing.
    """
    sex = sex if sex in ("M", "F") else ""
    found = [
        _range(one, unit, refer) for one in find_all(node, "h:referenceRange/h:observationRange")
    ]
    found = [one for one in found if one.words]
    judging = [one for one in found if one.normal and not (one.sex and sex and one.sex != sex)]
    bounds = {one.bounds for one in judging if one.bounds is not None}
    unread = any(one.bounds is None and not _repeated(one, judging) for one in judging)
    certain = len(bounds) == 1 and not unread and not any(one.sex and not sex for one in judging)
    reference = bounds.pop() if certain else None
    if reference is not None and all(one.plain for one in found):
        return reference, ()
    return reference, tuple(dict.fromkeys(one.words for one in found))


def _range(node: etree._Element, unit: str, refer: Refer) -> Range:
    value = only(node, "h:value")
    said = measured([] if value is None else [value], refer).words
    text, code = refer(only(node, "h:text")), attribute(node, "h:interpretationCode", "code")
    conditions = [words for one in _criteria(node) for words in _condition(one, refer)]
    bounds, normal = _bounds(value, unit), code in ("", NORMAL)
    about = [*conditions, text if said and not _repeats(text, said) else ""]
    about.append("" if normal else SAID.get(code, code))
    told = ", ".join(dict.fromkeys(part for part in about if part))
    amount = text if text and (not said or _repeats(text, said)) else said
    return Range(
        bounds,
        "\u00a0: ".join(part for part in (told, amount) if part),
        normal,
        _sex_in(*conditions, text),
        plain=normal and not told and bounds is not None,
    )


def _repeats(text: str, said: str) -> bool:
    """Whether words only print the bounds again: « 3.5 - 5.1 » beside 3,5 and 5,1."""
    figures = {one.replace(",", ".") for one in _FIGURES.findall(text)}
    return bool(figures) and {one.replace(",", ".") for one in _FIGURES.findall(said)} <= figures


def _repeated(one: Range, others: list[Range]) -> bool:
    return any(other.bounds is not None and _repeats(one.words, other.words) for other in others)


def _criteria(node: etree._Element) -> Iterator[etree._Element]:
    """Of the schema as extended (``sdtc``, ``lab``), or of HL7 where others put them."""
    for one in node.iterchildren("{*}precondition", "{*}precondition1"):
        yield from one.iter("{*}criterion", "{*}criterion1")


def _condition(criterion: etree._Element, refer: Refer) -> Iterator[str]:
    """What a range is for, in words; a code of sex in the words of it."""
    for child in criterion:
        if not isinstance(child.tag, str):
            continue
        system, code = child.get("codeSystem") or "", child.get("code") or ""
        if code in ("M", "F") and system in ("", GENDER):
            yield "Homme" if code == "M" else "Femme"
        elif etree.QName(child).localname == "text":
            yield refer(child)
        elif code or etree.QName(child).localname == "value":
            yield child.get("displayName") or measured([child], refer).words or code


def _sex_in(*words: str) -> str:
    """The one sex that words speak of; neither where they speak of both."""
    folded = {fold(one) for one in words}
    men, women = bool(folded & _MEN), bool(folded & _WOMEN)
    return "" if men == women else "M" if men else "F"


def _bounds(value: etree._Element | None, unit: str) -> ReferenceRange | None:
    both = ends(value)
    low, high = (_end(end, unit) for end in both)
    if low is None and high is None:
        return None
    opened = (end is not None and end.get("inclusive") == "false" for end in both)
    return ReferenceRange(low, high, *opened)


def _end(node: etree._Element | None, unit: str) -> float | None:
    number = real(node.get("value")) if node is not None else None
    if node is None or number is None:
        return None
    written = node.get("unit") or ""
    if written in ("", "1", unit):
        return number
    return ucum.convert(number, written, unit) if unit else None
