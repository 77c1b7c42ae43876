"""Results of a structured laboratory report (CR-BIO), as cda-vsm §7 locates them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from lxml import etree

from lgc.cda.measured import NOTHING, WITHOUT, Measured, measured
from lgc.cda.moods import WITHDRAWN
from lgc.cda.names import LAB_TEMPLATE, tag
from lgc.cda.standings import negated
from lgc.cda.values import (
    attribute,
    coded,
    coded_or_translation,
    find,
    find_all,
    has_template,
    moment,
    real,
    time_of,
    words,
)
from lgc.domain.biology import INTERPRETATIONS, NORMAL, LabResult, ReferenceRange
from lgc.terminology import ucum

RESULT = f"{LAB_TEMPLATE}.1.6"
SPECIMEN = f"{LAB_TEMPLATE}.1.2"
ISOLATE = f"{LAB_TEMPLATE}.1.5"
WHOLE_DAY = len("20260312")
CHAPTER = f"{LAB_TEMPLATE}.3.2.1"

_WITHOUT_VALUE = {"active": "Résultat en attente"}
NOT_MADE = {"aborted": "Examen non réalisé", "cancelled": "Examen annulé"}
RENAMED = {"H>": "HU", "L<": "LU"}
"""Codes of before that some still write (HL7 ObservationInterpretation)."""
UNDATED = "résultat(s) sans date n’ont pas été repris."
GONE = "résultat(s) que le laboratoire a annulés ou remplacés n’ont pas été repris."
VAGUE = "résultat(s) ne disent que l’année ou le mois : le jour montré n’est pas le leur."
DENIED = "Nié par le laboratoire"


class LabReader:
    """Reads the results of one document. ``targets`` maps narrative IDs to their elements."""

    def __init__(
        self,
        document: etree._Element,
        targets: Mapping[str, etree._Element],
        fallback: dt.datetime | None,
    ) -> None:
        self._document = document
        self._targets = targets
        self._fallback = fallback
        self._laboratory = _organisation(find(document, "h:documentationOf/h:serviceEvent"))

    def results(self, faults: list[str]) -> tuple[LabResult, ...]:
        """Every result, in document order, each followed by the earlier ones it quotes."""
        read: list[LabResult] = []
        undated = withdrawn = vague = 0
        for node, previous in self._observations():
            if _is_withdrawn(node):
                withdrawn += 1
                continue
            result = self._result(node, previous)
            if result is None:
                undated += 1
                continue
            vague += result.analysed_at is None and result.taken_at == _vague_time(node)
            read.append(result)
        faults.extend(
            f"{number} {said}"
            for number, said in ((undated, UNDATED), (withdrawn, GONE), (vague, VAGUE))
            if number
        )
        return tuple(read)

    def _observations(self) -> Iterator[tuple[etree._Element, bool]]:
        for node in self._document.iter(tag("observation")):
            if has_template(node, RESULT):
                yield node, False
                for quoted in find_all(node, "h:entryRelationship"):
                    earlier = find(quoted, "h:observation")
                    if quoted.get("typeCode") == "REFR" and earlier is not None:
                        yield earlier, True

    def _result(self, node: etree._Element, previous: bool) -> LabResult | None:
        analysed = _day_of(find(node, "h:effectiveTime"))
        specimen = None if previous else _specimen(node)
        # What a report quotes from before was not made on the day of the report.
        taken = _taken(specimen) or analysed or (None if previous else self._fallback)
        taken = taken or time_of(find(node, "h:effectiveTime"))
        if taken is None:
            return None
        said = self._said(node)
        code = coded_or_translation(find(node, "h:code"))
        if code is None and previous:
            code = coded_or_translation(find(_outer(node), "h:code"))
        return LabResult(
            code=code,
            label=self._label(node) or (self._label(_outer(node)) if previous else ""),
            taken_at=taken,
            value=said.value,
            bound=said.bound,
            unit=said.unit,
            text=said.text,
            reference=_reference(node, said.unit),
            interpretation=_interpretation(node),
            chapter=_chapter(node),
            battery=self._battery(node),
            specimen=_nature(specimen),
            laboratory=_performer(node) or self._laboratory,
            isolate=self._isolate(node),
            analysed_at=analysed,
            previous=previous,
        )

    def _said(self, node: etree._Element) -> Measured:
        """The value; only its words where it was denied, and not at all where nothing was made."""
        status = attribute(node, "h:statusCode", "code")
        if status in NOT_MADE:
            return Measured(text=NOT_MADE[status])
        said = measured(find_all(node, "h:value"), self._referred)
        if negated(node):
            return Measured(text=f"{DENIED}\u00a0: {said.words}".rstrip(" \u00a0:"))
        return Measured(text=_WITHOUT_VALUE.get(status, WITHOUT)) if said == NOTHING else said

    def _label(self, node: etree._Element | None) -> str:
        """The name of the analyte; the printed cell often holds the value, so it comes last."""
        code = find(node, "h:code")
        named = coded_or_translation(code)
        if code is not None and code.get("displayName"):
            return code.get("displayName") or ""
        if named and named.label:
            return named.label
        return self._referred(find(code, "h:originalText")) or (named.code if named else "")

    def _referred(self, text: etree._Element | None) -> str:
        if text is None:
            return ""
        target = attribute(text, "h:reference", "value").removeprefix("#")
        found = self._targets.get(target)
        return words(found) if found is not None else words(text)

    def _battery(self, node: etree._Element) -> str:
        for organizer in node.iterancestors(tag("organizer")):
            code = find(organizer, "h:code")
            named = coded_or_translation(code)
            label = (named.label if named else "") or self._referred(find(code, "h:originalText"))
            if label:
                return label
        return ""

    def _isolate(self, node: etree._Element) -> str:
        for organizer in node.iterancestors(tag("organizer")):
            if has_template(organizer, ISOLATE):
                entity = next(organizer.iter(tag("specimenPlayingEntity")), None)
                code = find(entity, "h:code")
                label = code.get("displayName") if code is not None else ""
                original = self._referred(find(code, "h:originalText"))
                return label or original or words(find(entity, "h:name"))
        return ""


def _outer(node: etree._Element) -> etree._Element | None:
    """The result that quotes this earlier one."""
    return next(node.iterancestors(tag("observation")), None)


def _specimen(node: etree._Element) -> etree._Element | None:
    """The nearest specimen collection: of an organizer around, else of the act."""
    for around in node.iterancestors(tag("organizer"), tag("act")):
        for path in ("h:entryRelationship/h:procedure", "h:component/h:procedure"):
            for procedure in find_all(around, path):
                if has_template(procedure, SPECIMEN):
                    return procedure
    return None


def _taken(specimen: etree._Element | None) -> dt.datetime | None:
    return _day_of(find(specimen, "h:effectiveTime"))


def _day_of(time: etree._Element | None) -> dt.datetime | None:
    """A time that tells its day: « 2024 » gains none, and is no date of a result."""
    if time is None:
        return None
    ends = (time, find(time, "h:high"), find(time, "h:low"))
    told = (end.get("value") or "" for end in ends if end is not None)
    return next((moment(one) for one in told if len(one.strip()) >= WHOLE_DAY), None)


def _vague_time(node: etree._Element) -> dt.datetime | None:
    time = find(node, "h:effectiveTime")
    return time_of(time) if _day_of(time) is None else None


def _is_withdrawn(node: etree._Element) -> bool:
    """Entered by mistake or replaced, itself or what holds it."""
    holders = (node, *node.iterancestors(tag("organizer"), tag("act"), tag("observation")))
    return any(attribute(one, "h:statusCode", "code") in WITHDRAWN for one in holders)


def _nature(specimen: etree._Element | None) -> str:
    for participant in find_all(specimen, "h:participant"):
        if participant.get("typeCode") in ("PRD", "SPC"):
            code = find(participant, "h:participantRole/h:playingEntity/h:code")
            found = coded(code)
            if found:
                return found.label or found.code
    return ""


def _chapter(node: etree._Element) -> str:
    """The title of the chapter, else of the outermost section that has one."""
    titles = []
    for section in node.iterancestors(tag("section")):
        title = words(find(section, "h:title")) or attribute(section, "h:code", "displayName")
        if has_template(section, CHAPTER):
            return title
        titles.append(title)
    return next((title for title in reversed(titles) if title), "")


def _organisation(holder: etree._Element | None) -> str:
    path = "h:performer/h:assignedEntity/h:representedOrganization/h:name"
    return words(find(holder, path))


def _performer(node: etree._Element) -> str:
    """The laboratory that made this result, when a result or battery names its own."""
    for around in (node, *node.iterancestors(tag("organizer"), tag("act"))):
        name = _organisation(around)
        if name:
            return name
    return ""


def _interpretation(node: etree._Element) -> str:
    """Of several codes the gravest."""
    told = (code.get("code") or "" for code in find_all(node, "h:interpretationCode"))
    codes = [RENAMED.get(one, one) for one in told]
    return next((one for one in INTERPRETATIONS if one in codes), "")


def _reference(node: etree._Element, unit: str) -> ReferenceRange | None:
    """The range in the unit of the result, where one alone is that of normal values.

    With one for men and one for women, or of several ages, none judges.
    """
    found = {
        bounds
        for one in find_all(node, "h:referenceRange/h:observationRange")
        if attribute(one, "h:interpretationCode", "code") in ("", NORMAL)
        if (bounds := _bounds(find(one, "h:value"), unit)) is not None
    }
    return found.pop() if len(found) == 1 else None


def _bounds(value: etree._Element | None, unit: str) -> ReferenceRange | None:
    low, high = (_end(find(value, f"h:{side}"), unit) for side in ("low", "high"))
    return None if low is None and high is None else ReferenceRange(low, high)


def _end(node: etree._Element | None, unit: str) -> float | None:
    number = real(node.get("value")) if node is not None else None
    if node is None or number is None:
        return None
    written = node.get("unit") or ""
    if written in ("", "1", unit):
        return number
    return ucum.convert(number, written, unit) if unit else None
