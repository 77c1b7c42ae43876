"""The structured body of a laboratory report (CR-BIO 2024.01, cda-vsm §7).

One section per chapter, one entry per specimen with its results, then a copy of the PDF.
"""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lxml import etree

from lgc_sandbox.documents.hl7 import (
    CHAPTERS,
    INTERPRETATION,
    LOINC,
    XSI,
    add,
    add_code,
    add_templates,
    chapters,
    unique_id,
)

Result = Mapping[str, Any]
VERDICTS = {"N": "Normal", "H": "Anormalement élevé", "L": "Anormalement bas"}
BLOOD = ("BLD", "Sang total")
URINE = ("UR", "Urine")
# How a UCUM unit is printed; the others are printed as they are.
PRINTED = {
    "umol/L": "µmol/L",
    "mL/min/{1.73_m2}": "mL/min/1,73 m²",
    "10*9/L": "G/L",
    "10*12/L": "T/L",
    "m[IU]/L": "mUI/L",
    "u[IU]/mL": "µUI/mL",
}


class LabBody:
    """Builds the body of one report. ``identity`` is its id, ``written`` an aware time."""

    def __init__(self, document: Mapping[str, Any], identity: str, written: dt.datetime) -> None:
        self._chapters = chapters(document)
        self._identity, self._written = identity, written
        self._time = written.strftime("%Y%m%d%H%M%S%z")
        self._number = 0

    def build(self, component: etree._Element, pdf: bytes) -> None:
        """Fill the document's ``component``."""
        body = add(component, "structuredBody")
        for title, results in self._chapters.items():
            self._chapter(add(add(body, "component"), "section"), title, results)
        _pdf_copy(add(add(body, "component"), "section"), self._identity, pdf)

    def _chapter(self, section: etree._Element, title: str, results: Sequence[Result]) -> None:
        add_templates(section, "1.3.6.1.4.1.19376.1.3.3.2.1", "1.2.250.1.213.1.1.2.70")
        self._heading(section, title, title)
        specimens = list(dict.fromkeys(map(_specimen, results)))
        for specimen in specimens:
            holder = section
            if len(specimens) > 1:  # a section holds one entry or sub-chapters, never both
                holder = add(add(section, "component"), "section")
                add_templates(holder, "1.3.6.1.4.1.19376.1.3.3.2.2", "1.2.250.1.213.1.1.2.71")
                self._heading(holder, title, f"{title}, {specimen[1].lower()}")
            self._analyses(holder, title, specimen, results)

    def _heading(self, section: etree._Element, chapter: str, title: str) -> None:
        add(section, "id", root=unique_id("section", self._identity, title))
        add_code(section, CHAPTERS[chapter], chapter)
        add(section, "title").text = title

    def _analyses(
        self,
        section: etree._Element,
        chapter: str,
        specimen: tuple[str, str],
        results: Sequence[Result],
    ) -> None:
        mine = [one for one in results if _specimen(one) == specimen]
        numbered = [(self._number + place, result) for place, result in enumerate(mine, 1)]
        self._number += len(mine)
        _narrative(section, numbered)
        entry = add(section, "entry", typeCode="DRIV")
        add_templates(entry, "1.3.6.1.4.1.19376.1.3.1", "1.2.250.1.213.1.1.3.21")
        act = add(entry, "act", classCode="ACT", moodCode="EVN")
        add_code(act, CHAPTERS[chapter], chapter)
        add(act, "statusCode", code="completed")
        self._sampling(act, chapter, specimen)
        for number, result in numbered:
            self._result(add(act, "entryRelationship", typeCode="COMP"), number, result)

    def _sampling(self, act: etree._Element, chapter: str, specimen: tuple[str, str]) -> None:
        relation = add(act, "entryRelationship", typeCode="COMP")
        procedure = add(relation, "procedure", classCode="PROC", moodCode="EVN")
        add_templates(procedure, "1.3.6.1.4.1.19376.1.3.1.2", "1.2.250.1.213.1.1.3.77")
        add_code(procedure, "33882-2", "Date et heure de prélèvement")
        taken = self._written - dt.timedelta(hours=2)
        add(procedure, "effectiveTime", value=taken.strftime("%Y%m%d%H%M%S%z"))
        role = add(add(procedure, "participant", typeCode="PRD"), "participantRole")
        role.set("classCode", "SPEC")
        add(role, "id", root=unique_id("specimen", self._identity, chapter, specimen[0]))
        code, label = specimen
        add(
            add(role, "playingEntity"),
            "code",
            code=code,
            codeSystem="2.16.840.1.113883.18.311",
            displayName=label,
        )

    def _result(self, parent: etree._Element, number: int, result: Result) -> None:
        node = add(parent, "observation", classCode="OBS", moodCode="EVN")
        add_templates(node, "1.3.6.1.4.1.19376.1.3.1.6", "1.2.250.1.213.1.1.3.80")
        add(node, "id", root=unique_id("result", self._identity, str(number)))
        code = add_code(node, result["loinc"], result["label"])
        add(add(code, "originalText"), "reference", value=f"#r{number}")
        add(add(node, "text"), "reference", value=f"#r{number}")
        add(node, "statusCode", code="completed")
        add(node, "effectiveTime", value=self._time)
        _value(node, result)
        _verdict(node, interpretation(result))
        if result["low"] is not None or result["high"] is not None:
            _reference_range(node, result)


def lines(document: Mapping[str, Any]) -> Iterator[str]:
    """The results in words, as the paper report prints them."""
    for title, results in chapters(document).items():
        yield title.upper()
        for result in results:
            mark = {"H": " (élevé)", "L": " (bas)"}.get(interpretation(result), "")
            shown, unit = shown_value(result), printed_unit(result["unit"])
            yield f"{result['label']} : {shown} {unit}{mark} — réf. {shown_range(result)}"


def interpretation(result: Result) -> str:
    """``H``, ``L`` or ``N``; a bound without a number counts as normal."""
    value, low, high = result["value"], result["low"], result["high"]
    if value is None:
        return "N"
    if high is not None and value > high:
        return "H"
    return "L" if low is not None and value < low else "N"


def shown_value(result: Result) -> str:
    """The value as a French report prints it."""
    if result["value"] is None:
        return f"< {_french(result['below'])}"
    return _french(result["value"])


def shown_range(result: Result) -> str:
    """The reference range as a French report prints it; "" without one."""
    low, high = result["low"], result["high"]
    if low is not None and high is not None:
        return f"{_french(low)} – {_french(high)}"
    if high is not None:
        return f"< {_french(high)}"
    return f"> {_french(low)}" if low is not None else ""


def printed_unit(unit: str) -> str:
    """A UCUM unit as people write it."""
    return PRINTED.get(unit, unit)


def _specimen(result: Result) -> tuple[str, str]:
    return URINE if result.get("specimen") == "urine" else BLOOD


def _narrative(section: etree._Element, numbered: Sequence[tuple[int, Result]]) -> None:
    table = add(add(section, "text"), "table")
    head = add(add(table, "thead"), "tr")
    for words in ("Analyse", "Résultat", "Unité", "Valeurs de référence"):
        add(head, "th").text = words
    rows = add(table, "tbody")
    for number, result in numbered:
        row = add(rows, "tr")
        add(add(row, "td"), "content", ID=f"r{number}").text = result["label"]
        value = add(row, "td")
        value.text = shown_value(result)
        if interpretation(result) != "N":
            value.text, strong = "", value.text
            add(value, "content", styleCode="Bold").text = strong
        for words in (printed_unit(result["unit"]), shown_range(result)):
            add(row, "td").text = words


def _value(node: etree._Element, result: Result) -> None:
    value = add(node, "value")
    if result["value"] is not None:
        value.set(f"{{{XSI}}}type", "PQ")
        value.set("value", _number(result["value"]))
        value.set("unit", result["unit"])
        return
    value.set(f"{{{XSI}}}type", "IVL_PQ")
    add(value, "high", value=_number(result["below"]), unit=result["unit"], inclusive="false")


def _reference_range(node: etree._Element, result: Result) -> None:
    reference = add(add(node, "referenceRange", typeCode="REFV"), "observationRange")
    limits = add(reference, "value")
    limits.set(f"{{{XSI}}}type", "IVL_PQ")
    for bound in ("low", "high"):
        if result[bound] is not None:
            add(limits, bound, value=_number(result[bound]), unit=result["unit"])
    _verdict(reference, "N")


def _verdict(node: etree._Element, code: str) -> None:
    label = VERDICTS[code]
    add(node, "interpretationCode", code=code, codeSystem=INTERPRETATION, displayName=label)


def _pdf_copy(section: etree._Element, identity: str, pdf: bytes) -> None:
    add_templates(section, "1.2.250.1.213.1.1.2.243")
    add(section, "id", root=unique_id("copy", identity))
    add_code(section, "55108-5", "Copie du document")
    add(section, "title").text = "Copie du document"
    rows = add(add(add(section, "text"), "table"), "tbody")
    title = add(add(add(rows, "tr"), "td"), "content", ID="titre-copie-pdf")
    title.text = "Copie PDF du document"
    add(add(add(rows, "tr"), "td"), "renderMultiMedia", referencedObject="copie-pdf")
    organizer = add(add(section, "entry"), "organizer", classCode="CLUSTER", moodCode="EVN")
    add_templates(organizer, "1.2.250.1.213.1.1.3.18")
    add(organizer, "id", root=unique_id("attached", identity))
    add_code(organizer, "55107-7", "Document attaché")
    add(organizer, "statusCode", code="completed")
    _attached_kind(add(organizer, "component"), identity)
    media = add(add(organizer, "component"), "observationMedia", classCode="OBS", moodCode="EVN")
    media.set("ID", "copie-pdf")
    value = add(media, "value", mediaType="application/pdf", representation="B64")
    value.text = base64.b64encode(pdf).decode("ascii")


def _attached_kind(component: etree._Element, identity: str) -> None:
    node = add(component, "observation", classCode="OBS", moodCode="EVN")
    add_templates(
        node,
        "1.3.6.1.4.1.19376.1.5.3.1.4.13",
        "1.2.250.1.213.1.1.3.48",
        "1.2.250.1.213.1.1.3.48.18",
    )
    add(node, "id", root=unique_id("kind", identity))
    add_code(node, "69764-9", "Type de document")
    add(add(node, "text"), "reference", value="#titre-copie-pdf")
    add(node, "statusCode", code="completed")
    add(node, "effectiveTime", nullFlavor="NA")
    value = add(node, "value", code="55108-5", codeSystem=LOINC, displayName="Copie du document")
    value.set(f"{{{XSI}}}type", "CD")


def _number(value: float) -> str:
    return f"{value:g}"


def _french(value: float) -> str:
    return _number(value).replace(".", ",")
