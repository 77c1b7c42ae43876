"""The structured body of a medical summary (VSM 2023.01, cda-vsm §4).

Problems and treatments of ``entries`` (dates as HL7 writes them); what a summary must hold
besides is said in words.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from lxml import etree

from lgc_sandbox.documents.hl7 import XSI, add, add_code, add_templates, unique_id

TEMPLATE, CODE, CODE_SYSTEM = "1.2.250.1.213.1.1.1.13", "SYNTH", "1.2.250.1.213.1.1.4.12"
LABEL = "Synthèse"
EVENT = ("34117-2", "Historique et clinique")
CIM_10, SNOMED_CT, ACT_CODE = (
    "2.16.840.1.113883.6.3",
    "2.16.840.1.113883.6.96",
    "2.16.840.1.113883.5.4",
)
PCC, CCD, FR = "1.3.6.1.4.1.19376.1.5.3.1", "2.16.840.1.113883.10.20.1", "1.2.250.1.213.1.1"
ACTIVE, PAST, TREATMENT = "active", "past", "treatment"
# Section of entries → its templates, code and titles.
SECTIONS = {
    ACTIVE: ((f"{CCD}.11", f"{PCC}.3.6", f"{FR}.2.132"), "11450-4", "Pathologies en cours"),
    PAST: ((f"{PCC}.3.8", f"{FR}.2.134"), "11348-0", "Antécédents médicaux"),
    TREATMENT: ((f"{CCD}.8", f"{PCC}.3.19", f"{FR}.2.143"), "10160-0", "Traitements"),
}
Entry = Mapping[str, Any]


class SummaryBody:
    """Builds the body of one summary. ``identity`` is its id, ``written`` an aware time."""

    def __init__(self, document: Mapping[str, Any], identity: str, written: dt.datetime) -> None:
        self._entries: Sequence[Entry] = document["entries"]
        self._vigilance = " ".join(document["text"])
        self._identity, self._written = identity, written
        self._number = 0

    def build(self, component: etree._Element) -> None:
        """Fill the document's ``component``."""
        body = add(component, "structuredBody")
        whole = self._section(body, (f"{FR}.2.29",), "46612-8", "Pathologies et facteurs de risque")
        inner = self._section(whole, (f"{FR}.2.30",), "34117-2", "Pathologies et antécédents")
        _words(inner, "Pas d’autre antécédent connu de ce cabinet.")
        for kind in (ACTIVE, PAST):
            self._of(kind, inner)
        risks = self._section(whole, (f"{FR}.2.31",), "57207-3", "Facteurs de risque")
        _words(risks, "Non renseignés.")
        results = self._section(
            body, (f"{PCC}.3.27", f"{FR}.2.150"), "30954-2", "Points de vigilance"
        )
        _words(results, self._vigilance or "Aucun.")
        plan = self._section(body, (f"{FR}.2.32",), "18776-5", "Traitement au long cours")
        self._of(TREATMENT, plan)

    def _section(
        self, parent: etree._Element, templates: Sequence[str], code: str, title: str
    ) -> etree._Element:
        section = add(add(parent, "component"), "section")
        add_templates(section, *templates)
        add(section, "id", root=unique_id("section", self._identity, code))
        add_code(section, code, title)
        add(section, "title").text = title
        return section

    def _of(self, kind: str, parent: etree._Element) -> None:
        mine = [one for one in self._entries if one["section"] == kind]
        if not mine:
            return
        section = self._section(parent, *SECTIONS[kind])
        numbered = [(self._number + place, one) for place, one in enumerate(mine, 1)]
        self._number += len(mine)
        _table(section, numbered, doses=kind == TREATMENT)
        for number, one in numbered:
            if kind == TREATMENT:
                self._treatment(add(section, "entry", typeCode="DRIV"), number, one)
            else:
                self._problem(add(section, "entry"), number, one, over=kind == PAST)

    def _id(self, node: etree._Element, number: int) -> None:
        add(node, "id", root=unique_id("entry", self._identity, str(number)))

    def _problem(self, entry: etree._Element, number: int, one: Entry, *, over: bool) -> None:
        act = add(entry, "act", classCode="ACT", moodCode="EVN")
        add_templates(act, f"{CCD}.27", f"{PCC}.4.5.1", f"{PCC}.4.5.2", f"{FR}.3.39")
        self._id(act, number)
        add(act, "code", nullFlavor="NA")
        add(act, "statusCode", code="completed" if over else "active")
        _period(act, one, over=over)
        relation = add(act, "entryRelationship", typeCode="SUBJ", inversionInd="false")
        node = add(relation, "observation", classCode="OBS", moodCode="EVN", negationInd="false")
        add_templates(node, f"{CCD}.28", f"{PCC}.4.5", f"{FR}.3.37")
        self._id(node, number)
        add(node, "code", code="55607006", codeSystem=SNOMED_CT, displayName="problème")
        add(add(node, "text"), "reference", value=f"#e{number}")
        add(node, "statusCode", code="completed")
        _period(node, one, over=over)
        value = add(node, "value")
        value.set(f"{{{XSI}}}type", "CD")
        if one.get("code"):
            value.set("code", one["code"])
            value.set("codeSystem", CIM_10)
            value.set("displayName", one["label"])
        else:
            value.set("nullFlavor", "UNK")
        add(add(value, "originalText"), "reference", value=f"#e{number}")

    def _treatment(self, entry: etree._Element, number: int, one: Entry) -> None:
        node = add(entry, "substanceAdministration", classCode="SBADM", moodCode="EVN")
        add_templates(node, f"{CCD}.24", f"{PCC}.4.7", f"{FR}.3.42", f"{PCC}.4.7.1")
        self._id(node, number)
        add(node, "code", code="DRUG", codeSystem=ACT_CODE, displayName="Médicament")
        add(add(node, "text"), "reference", value=f"#p{number}")
        add(node, "statusCode", code="completed")
        since = add(node, "effectiveTime")
        since.set(f"{{{XSI}}}type", "IVL_TS")
        add(since, "low", value=one["since"])
        add(since, "high", nullFlavor="UNK")
        every = add(node, "effectiveTime", operator="A")
        every.set(f"{{{XSI}}}type", "PIVL_TS")
        add(every, "period", value=str(one["hours"]), unit="h")
        dose = add(node, "doseQuantity")
        for end in ("low", "high"):
            add(dose, end, value=str(one["quantity"]), unit="{tablet}")
        add(node, "rateQuantity", nullFlavor="NAV")
        product = add(add(node, "consumable", typeCode="CSM"), "manufacturedProduct")
        add_templates(product, f"{CCD}.53", f"{PCC}.4.7.2", f"{FR}.3.43")
        material = add(product, "manufacturedMaterial")
        code = add(material, "code", nullFlavor="UNK")
        add(add(code, "originalText"), "reference", value=f"#e{number}")
        add(material, "name").text = one["label"]


def _words(section: etree._Element, words: str) -> None:
    add(add(section, "text"), "paragraph").text = words


def _period(node: etree._Element, one: Entry, *, over: bool) -> None:
    time = add(node, "effectiveTime")
    add(time, "low", value=one["since"])
    if over:
        add(time, "high", value=one.get("until") or one["since"])


def _table(section: etree._Element, numbered: Sequence[tuple[int, Entry]], *, doses: bool) -> None:
    table = add(add(section, "text"), "table")
    head = add(add(table, "thead"), "tr")
    for words in ("Depuis", "Désignation", "Posologie")[: 3 if doses else 2]:
        add(head, "th").text = words
    rows = add(table, "tbody")
    for number, one in numbered:
        row = add(rows, "tr")
        add(row, "td").text = _day(one["since"])
        add(add(row, "td"), "content", ID=f"e{number}").text = one["label"]
        if doses:
            add(add(row, "td"), "content", ID=f"p{number}").text = one["posology"]


def _day(date: str) -> str:
    return f"{date[6:8]}/{date[4:6]}/{date[:4]}"
