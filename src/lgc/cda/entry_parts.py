"""What entries of several kinds have in common: identifiers, times, values, ages, severities.

Pure functions of a node of the document (CI-SIS, entries of the structured body).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from lgc.cda.moods import is_event, remarked
from lgc.cda.names import tag
from lgc.cda.standings import negated
from lgc.cda.values import attribute, coded, find_all, only, partial_date, real, time_of, xsi_type
from lgc.cda.writing import is_uuid, quantity
from lgc.domain.medical_data import MedicalEntry, PartialDate
from lgc.domain.professionals import Coded
from lgc.terminology.code_systems import SNOMED_CT

DAY_AND_HOUR = len("2026112309")
AGES = frozenset(("397659008", "445518008"))
"""An age, the age at onset: SNOMED CT, in the age observation of CCD and of C-CDA."""
SEVERITY = "SEV"


def around(node: etree._Element | None, name: str) -> etree._Element | None:
    if node is None:
        return None
    if node.tag == tag(name):
        return node
    return next(node.iterancestors(tag(name)), None)


def entry_id(node: etree._Element) -> str:
    """Of its identifiers the first that identifies."""
    for found in find_all(node, "h:id"):
        root, extension = found.get("root") or "", found.get("extension") or ""
        if root or extension:
            return extension or (root.lower() if is_uuid(root) else root)
    return ""


def period_of(
    node: etree._Element | None,
) -> tuple[PartialDate | None, PartialDate | None]:
    """Of the first time that tells one: a rhythm may stand before it."""
    for time in find_all(node, "h:effectiveTime"):
        start = partial_date(attribute(time, "h:low", "value") or time.get("value"))
        end = partial_date(attribute(time, "h:high", "value"))
        if start or end:
            return start, end
    return None, None


def hour_of(node: etree._Element) -> dt.datetime | None:
    """When a measure was taken, if its hour is told: two of one day are told apart by it."""
    for time in find_all(node, "h:effectiveTime"):
        if len(re.split(r"[+-]", time.get("value") or "")[0]) >= DAY_AND_HOUR:
            return time_of(time)
    return None


def with_value(entry: MedicalEntry, value: etree._Element | None) -> MedicalEntry:
    number = real(value.get("value")) if value is not None else None
    # The digits of a date are no number.
    if value is None or number is None or xsi_type(value) in ("TS", "IVL_TS"):
        return entry
    unit = value.get("unit") or ""
    return replace(entry, value=number, unit="" if unit == "1" else unit)


def severities(node: etree._Element) -> list[Coded]:
    """How bad an allergy is, said of itself or of each of its reactions."""
    found = (
        coded(value)
        for one in node.iter(tag("observation"))
        if attribute(one, "h:code", "code") == SEVERITY and not negated(one) and is_event(one)
        for value in find_all(one, "h:value")
    )
    return [one for one in found if one is not None]


def is_false(value: etree._Element | None) -> bool:
    return value is not None and xsi_type(value) == "BL" and value.get("value") in ("false", "0")


def with_age(entry: MedicalEntry, node: etree._Element) -> MedicalEntry:
    """The coded age at onset: in years, else in the words of a remark."""
    if entry.age_at_onset is not None:
        return entry
    for one in find_all(node, "h:entryRelationship/h:observation"):
        asked = coded(only(one, "h:code"))
        if asked is None or (asked.system, asked.code) not in {(SNOMED_CT, age) for age in AGES}:
            continue
        for value in find_all(one, "h:value"):
            number, unit = real(value.get("value")), value.get("unit") or "a"
            if number is not None and number == int(number) and unit in ("a", "1"):
                return replace(entry, age_at_onset=int(number))
            if number is not None:
                return remarked(entry, f"Âge de survenue\u00a0: {quantity(number, unit)}")
    return entry


def observations(section: etree._Element) -> Iterator[etree._Element]:
    """The observations of a section, in their concern or without one."""
    for path in ("h:entry/h:act/h:entryRelationship/h:observation", "h:entry/h:observation"):
        yield from find_all(section, path)


def ranked(entry: MedicalEntry, rank: int) -> MedicalEntry:
    """The second agent or value of one entry is an entry of its own."""
    known = f"{entry.entry_id}.{rank + 1}" if rank and entry.entry_id else entry.entry_id
    return replace(entry, entry_id=known)


def label_of(code: Coded | None) -> str:
    return (code.label or code.code) if code else ""
