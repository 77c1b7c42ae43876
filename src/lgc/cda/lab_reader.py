"""Results of a structured laboratory report (CR-BIO), as cda-vsm §7 locates them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from lgc.cda.names import LAB_TEMPLATE, tag
from lgc.cda.values import (
    attribute,
    coded,
    coded_or_translation,
    find,
    find_all,
    has_template,
    real,
    time_of,
    words,
    xsi_type,
)
from lgc.cda.writing import french_number
from lgc.domain.biology import Bound, LabResult, ReferenceRange
from lgc.terminology import ucum

RESULT = f"{LAB_TEMPLATE}.1.6"
SPECIMEN = f"{LAB_TEMPLATE}.1.2"
ISOLATE = f"{LAB_TEMPLATE}.1.5"
CHAPTER = f"{LAB_TEMPLATE}.3.2.1"
INTERPRETATIONS = frozenset(("N", "L", "H", "LL", "HH", "S", "R", "I"))


@dataclass(frozen=True, slots=True)
class Measured:
    """What a ``value`` element says: a number with its bound, or words."""

    value: float | None = None
    bound: Bound = Bound.NONE
    unit: str = ""
    text: str = ""


NOTHING = Measured()
_WITHOUT_VALUE = {"aborted": "Examen non réalisé", "active": "Résultat en attente"}


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
        undated = 0
        for node, previous in self._observations():
            result = self._result(node, previous)
            if result is None:
                undated += 1
            else:
                read.append(result)
        if undated:
            faults.append(f"{undated} résultat(s) sans date n’ont pas été repris.")
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
        analysed = time_of(find(node, "h:effectiveTime"))
        specimen = None if previous else _specimen(node)
        taken = _taken(specimen) or analysed or self._fallback
        if taken is None:
            return None
        measured = self._measured(find(node, "h:value"))
        if measured == NOTHING:
            status = attribute(node, "h:statusCode", "code")
            measured = Measured(text=_WITHOUT_VALUE.get(status, "Sans valeur"))
        code = coded_or_translation(find(node, "h:code"))
        if code is None and previous:
            code = coded_or_translation(find(_outer(node), "h:code"))
        return LabResult(
            code=code,
            label=self._label(node) or (self._label(_outer(node)) if previous else ""),
            taken_at=taken,
            value=measured.value,
            bound=measured.bound,
            unit=measured.unit,
            text=measured.text,
            reference=_reference(node, measured.unit),
            interpretation=_interpretation(node),
            chapter=_chapter(node),
            battery=self._battery(node),
            specimen=_nature(specimen),
            laboratory=_performer(node) or self._laboratory,
            isolate=self._isolate(node),
            analysed_at=analysed,
            previous=previous,
        )

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

    def _measured(self, node: etree._Element | None) -> Measured:
        if node is None:
            return NOTHING
        read = _READERS.get(xsi_type(node))
        measured = read(node) if read else NOTHING
        if measured == NOTHING:
            return Measured(
                text=self._referred(find(node, "h:originalText")) or self._referred(node)
            )
        return measured


def _quantity(node: etree._Element) -> Measured:
    value = real(node.get("value"))
    unit = node.get("unit") or ""
    if value is None:
        return NOTHING
    return Measured(value=value, unit="" if unit == "1" else unit)


def _interval(node: etree._Element) -> Measured:
    """One bound is ``<`` or ``>``; two make a range, which is words and no point."""
    low, high = find(node, "h:low"), find(node, "h:high")
    least = real(low.get("value")) if low is not None else None
    most = real(high.get("value")) if high is not None else None
    unit = next((u for e in (low, high) if e is not None and (u := e.get("unit"))), "")
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


def _code(node: etree._Element) -> Measured:
    found = coded_or_translation(node)
    original = words(find(node, "h:originalText"))
    return Measured(
        text=(found.label if found else "") or original or (found.code if found else "")
    )


def _ratio(node: etree._Element) -> Measured:
    parts = (attribute(node, "h:numerator", "value"), attribute(node, "h:denominator", "value"))
    return Measured(text="/".join(parts)) if all(parts) else NOTHING


def _boolean(node: etree._Element) -> Measured:
    return Measured(text={"true": "Oui", "false": "Non"}.get(node.get("value") or "", ""))


def _time(node: etree._Element) -> Measured:
    found = time_of(node)
    return Measured(text=f"{found:%d/%m/%Y}") if found else NOTHING


def _encapsulated(node: etree._Element) -> Measured:
    return Measured(text="Fichier joint") if node.get("representation") == "B64" else NOTHING


_READERS: dict[str, Callable[[etree._Element], Measured]] = {
    "PQ": _quantity,
    "REAL": _quantity,
    "INT": _quantity,
    "MO": _quantity,
    "IVL_PQ": _interval,
    "IVL_REAL": _interval,
    "IVL_INT": _interval,
    "CD": _code,
    "CE": _code,
    "CV": _code,
    "CO": _code,
    "CS": _code,
    "RTO": _ratio,
    "RTO_PQ_PQ": _ratio,
    "RTO_QTY_QTY": _ratio,
    "BL": _boolean,
    "TS": _time,
    "ED": _encapsulated,
}


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
    return time_of(find(specimen, "h:effectiveTime"))


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
    codes = (code.get("code") or "" for code in find_all(node, "h:interpretationCode"))
    return next((code for code in codes if code in INTERPRETATIONS), "")


def _reference(node: etree._Element, unit: str) -> ReferenceRange | None:
    """The range in the unit of the result; one in another unit says nothing of it."""
    for found in find_all(node, "h:referenceRange"):
        value = find(found, "h:observationRange/h:value")
        low, high = (_end(find(value, f"h:{side}"), unit) for side in ("low", "high"))
        if low is not None or high is not None:
            return ReferenceRange(low, high)
    return None


def _end(node: etree._Element | None, unit: str) -> float | None:
    number = real(node.get("value")) if node is not None else None
    if node is None or number is None:
        return None
    written = node.get("unit") or ""
    return number if written in ("", "1", unit) or not unit else None
