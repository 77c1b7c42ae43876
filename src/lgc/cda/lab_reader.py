"""Results of a structured laboratory report (CR-BIO), as cda-vsm §7 locates them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping

from lxml import etree

from lgc.cda.lab_ranges import ranges_of
from lgc.cda.measured import NOTHING, Measured, measured
from lgc.cda.moods import WITHDRAWN
from lgc.cda.names import LAB_TEMPLATE, tag
from lgc.cda.standings import negated
from lgc.cda.values import (
    attribute,
    coded_or_translation,
    ends,
    find_all,
    first_words,
    has_template,
    moment,
    named_in,
    only,
    partial_date,
    referred,
    words,
)
from lgc.domain import biology
from lgc.domain.biology import INTERPRETATIONS, LabResult
from lgc.domain.days import practice_day, practice_zone
from lgc.domain.medical_data import PartialDate

RESULT = f"{LAB_TEMPLATE}.1.6"
SPECIMEN = f"{LAB_TEMPLATE}.1.2"
ISOLATE = f"{LAB_TEMPLATE}.1.5"
WHOLE_DAY, WITH_HOUR = len("20260312"), len("2026031208")
_ZONE = re.compile(r"[+-]\d{2}:?\d{2}$")
CHAPTER = f"{LAB_TEMPLATE}.3.2.1"

_WITHOUT_VALUE = {"active": biology.PENDING}
NOT_MADE = {"aborted": biology.NOT_MADE, "cancelled": biology.CANCELLED}
RENAMED = {"H>": "HU", "L<": "LU"}
"""Codes of before that some still write (HL7 ObservationInterpretation)."""
UNDATED = "résultat(s) sans date n’ont pas été repris."
GONE = "résultat(s) que le laboratoire a annulés ou remplacés n’ont pas été repris."
COMMENT = "48767-8"
NAMED = 10
LONGEST = 2_000  # characters of the comments of a result
UNFINISHED = "Résultat provisoire"
DENIED = "Nié par le laboratoire"


class LabReader:
    """Reads the results of one document. ``targets`` maps narrative IDs to their elements."""

    def __init__(
        self,
        document: etree._Element,
        targets: Mapping[str, etree._Element],
        fallback: dt.datetime | None,
        sex: str = "",
    ) -> None:
        self._document = document
        self._targets = targets
        self._fallback = fallback
        self._sex = sex
        events = find_all(document, "h:documentationOf/h:serviceEvent")
        germs = (one for one in document.iter(tag("organizer")) if has_template(one, ISOLATE))
        self._isolates = {one: place for place, one in enumerate(germs, 1)}
        self._laboratory = next((name for one in events if (name := _organisation(one))), "")

    def results(self, faults: list[str]) -> tuple[LabResult, ...]:
        """Every result, in document order, each followed by the earlier ones it quotes."""
        read: list[LabResult] = []
        undated: list[str] = []
        withdrawn: list[str] = []
        for node, previous in self._observations():
            if _is_withdrawn(node):
                withdrawn.append(self._label(node))
                continue
            result = self._result(node, previous)
            if result is None:
                undated.append(self._label(node))
                continue
            read.append(result)
        for names, said in ((undated, UNDATED), (withdrawn, GONE)):
            if names:
                told = ", ".join(dict.fromkeys(name for name in names[:NAMED] if name))
                faults.append(f"{len(names)} {said}" + (f" {told}." if told else ""))
        return tuple(read)

    def _observations(self) -> Iterator[tuple[etree._Element, bool]]:
        for node in self._document.iter(tag("observation")):
            # What is quoted stays so whatever template it bears.
            if has_template(node, RESULT) and not _is_quoted(node):
                yield node, False
                for quoted in find_all(node, "h:entryRelationship"):
                    if quoted.get("typeCode") == "REFR":
                        yield from ((one, True) for one in find_all(quoted, "h:observation"))

    def _result(self, node: etree._Element, previous: bool) -> LabResult | None:
        analysed, vague = _day_of(node), _vague(node)
        specimen = _specimen(node)
        # What a report quotes from before was sampled on another day.
        sampled = None if previous else _day_of(specimen)
        taken = sampled or analysed
        # What a report quotes from before was not made on the day of the report.
        if taken is None and not previous and _may_be(vague, self._fallback):
            taken = self._fallback
        vague = vague if taken is None else None
        taken = taken or _first_day(vague)
        if taken is None:
            return None
        said = self._said(node)
        code = coded_or_translation(only(node, "h:code"))
        if code is None and previous:
            code = coded_or_translation(only(_outer(node), "h:code"))
        reference, ranges = ranges_of(node, said.unit, self._sex, self._referred)
        return LabResult(
            code=code,
            label=self._label(node) or (self._label(_outer(node)) if previous else ""),
            taken_at=taken,
            value=said.value,
            bound=said.bound,
            unit=said.unit,
            text=said.text,
            reference=reference,
            interpretation=_interpretation(node),
            chapter=_chapter(node),
            battery=self._battery(node),
            specimen=_nature(specimen),
            laboratory=_performer(node) or self._laboratory,
            isolate=self._isolate(node),
            analysed_at=analysed,
            previous=previous,
            reference_text=" ; ".join(ranges),
            comment=self._comment(node, said),
            vague=vague,
            timed=sampled is not None and _tells_hour(specimen),
            isolate_id=self._isolate_id(node),
        )

    def _said(self, node: etree._Element) -> Measured:
        """The value; only its words where it was denied, and not at all where nothing was made."""
        status = attribute(node, "h:statusCode", "code")
        if status in NOT_MADE:
            return Measured(text=NOT_MADE[status])
        said = measured(find_all(node, "h:value"), self._referred)
        if negated(node):
            return Measured(text=f"{DENIED}\u00a0: {said.words}".rstrip(" \u00a0:"))
        return (
            Measured(text=_WITHOUT_VALUE.get(status, biology.WITHOUT)) if said == NOTHING else said
        )

    def _label(self, node: etree._Element | None) -> str:
        """The name of the analyte; the printed cell often holds the value, so it comes last."""
        code = only(node, "h:code")
        named = coded_or_translation(code)
        if code is not None and code.get("displayName"):
            return code.get("displayName") or ""
        if named and named.label:
            return named.label
        told = self._referred(only(code, "h:originalText")) or named_in(code)
        return told or (named.code if named else "")

    def _comment(self, node: etree._Element, said: Measured) -> str:
        """What the laboratory says of the result, of its battery, of its chapter."""
        holders = (node, *node.iterancestors(tag("organizer"), tag("act")))
        told = [self._referred(text) for one in holders for text in _remarks(one)]
        if attribute(node, "h:statusCode", "code") == "active" and said != NOTHING:
            told.insert(0, UNFINISHED)
        told += [_unknown_word(one) for one in find_all(node, "h:interpretationCode")]
        return "\n".join(dict.fromkeys(part for part in told if part))[:LONGEST]

    def _referred(self, text: etree._Element | None) -> str:
        return referred(text, self._targets)

    def _battery(self, node: etree._Element) -> str:
        for organizer in node.iterancestors(tag("organizer")):
            code = only(organizer, "h:code")
            named = coded_or_translation(code)
            label = (named.label if named else "") or self._referred(only(code, "h:originalText"))
            if label:
                return label
        return ""

    def _isolate_id(self, node: etree._Element) -> str:
        """The identifier of the germ, else its place among those of the report."""
        for organizer in node.iterancestors(tag("organizer")):
            if has_template(organizer, ISOLATE):
                paths = ("h:specimen/h:specimenRole/h:id", "h:id")
                given = (one for path in paths for one in find_all(organizer, path))
                named = (
                    f"{i.get('root')}^{i.get('extension') or ''}" for i in given if i.get("root")
                )
                return next(named, f"#{self._isolates[organizer]}")
        return ""

    def _isolate(self, node: etree._Element) -> str:
        for organizer in node.iterancestors(tag("organizer")):
            if has_template(organizer, ISOLATE):
                found = organizer.iter(tag("specimenPlayingEntity"))
                return next((name for one in found if (name := self._entity(one))), "")
        return ""

    def _entity(self, entity: etree._Element) -> str:
        """The name of a germ: its code's, else its own."""
        code = only(entity, "h:code")
        label = (code.get("displayName") or "") if code is not None else ""
        original = self._referred(only(code, "h:originalText"))
        return label or original or named_in(code) or first_words(entity, "h:name")


def _is_quoted(node: etree._Element) -> bool:
    holders = node.iterancestors(tag("entryRelationship"))
    return any(one.get("typeCode") == "REFR" for one in holders)


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


def _times(holder: etree._Element | None) -> Iterator[str]:
    """What the times of an act tell, the end of a lapse first."""
    for time in find_all(holder, "h:effectiveTime"):
        low, high = ends(time)
        yield from ((one.get("value") or "") for one in (time, high, low) if one is not None)


def _day_of(holder: etree._Element | None) -> dt.datetime | None:
    """A time that tells its day: « 2024 » gains none, and is no date of a result."""
    told = (moment(one) for one in _times(holder) if len(one.strip()) >= WHOLE_DAY)
    return next((one for one in told if one is not None), None)


def _tells_hour(holder: etree._Element | None) -> bool:
    """Does the time that tells the day tell the hour as well? Midnight is one, no hour is none."""
    told = (one.strip() for one in _times(holder))
    dated = (one for one in told if len(one) >= WHOLE_DAY and moment(one) is not None)
    return len(_ZONE.sub("", next(dated, ""))) >= WITH_HOUR


def _vague(node: etree._Element) -> PartialDate | None:
    """The year or the month, where that is all its time tells."""
    if _day_of(node) is not None:
        return None
    return next((found for one in _times(node) if (found := partial_date(one))), None)


def _may_be(vague: PartialDate | None, day: dt.datetime | None) -> bool:
    """Whether a day is of the year or the month that is told."""
    if vague is None or day is None:
        return day is not None
    on = practice_day(day)
    return on.year == vague.year and vague.month in (None, on.month)


def _first_day(vague: PartialDate | None) -> dt.datetime | None:
    return dt.datetime(vague.year, vague.month or 1, 1, tzinfo=practice_zone()) if vague else None


def _is_withdrawn(node: etree._Element) -> bool:
    """Entered by mistake or replaced, itself or what holds it."""
    holders = (node, *node.iterancestors(tag("organizer"), tag("act"), tag("observation")))
    return any(attribute(one, "h:statusCode", "code") in WITHDRAWN for one in holders)


def _nature(specimen: etree._Element | None) -> str:
    """« Sang veineux »: of the specimen's code, of a translation of it, of its names."""
    found = []
    for participant in find_all(specimen, "h:participant"):
        if participant.get("typeCode") in ("PRD", "SPC"):
            entity = only(participant, "h:participantRole/h:playingEntity")
            code = only(entity, "h:code")
            known = coded_or_translation(code)
            label = (
                (known.label if known else "") or named_in(code) or first_words(entity, "h:name")
            )
            found.append(label or (known.code if known else ""))
    return ", ".join(dict.fromkeys(name for name in found if name))


def _remarks(holder: etree._Element) -> Iterator[etree._Element]:
    """The texts of the comments of an act, of a battery, of a result."""
    for path in ("h:entryRelationship/h:act", "h:component/h:act"):
        for act in find_all(holder, path):
            text = only(act, "h:text")
            if attribute(act, "h:code", "code") == COMMENT and text is not None:
                yield text


def _unknown_word(code: etree._Element) -> str:
    """A judgement of a laboratory's own set: its words, as no letter says it."""
    return "" if _letters(code) else named_in(code)


def _letters(code: etree._Element) -> list[str]:
    told = [code, *find_all(code, "h:translation")]
    named = [RENAMED.get(one.get("code") or "", one.get("code") or "") for one in told]
    return [one for one in named if one in INTERPRETATIONS]


def _chapter(node: etree._Element) -> str:
    """The title of the chapter, else of the outermost section that has one."""
    titles = []
    for section in node.iterancestors(tag("section")):
        title = words(only(section, "h:title")) or attribute(section, "h:code", "displayName")
        if has_template(section, CHAPTER):
            return title
        titles.append(title)
    return next((title for title in reversed(titles) if title), "")


def _organisation(holder: etree._Element | None) -> str:
    return first_words(holder, "h:performer/h:assignedEntity/h:representedOrganization/h:name")


def _performer(node: etree._Element) -> str:
    """The laboratory that made this result, when a result or battery names its own."""
    for around in (node, *node.iterancestors(tag("organizer"), tag("act"))):
        name = _organisation(around)
        if name:
            return name
    return ""


def _interpretation(node: etree._Element) -> str:
    """Of several codes the gravest."""
    codes = {one for code in find_all(node, "h:interpretationCode") for one in _letters(code)}
    return next((one for one in INTERPRETATIONS if one in codes), "")
