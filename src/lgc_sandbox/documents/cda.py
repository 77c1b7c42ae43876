"""CDA R2 documents: a structured laboratory report, or a PDF in an unstructured body (N1).

Structure of results: cda-vsm §7; header: §3. Written with lxml, element by element.
"""

from __future__ import annotations

import base64
import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from lxml import etree

HL7 = "urn:hl7-org:v3"
LAB = "urn:oid:1.3.6.1.4.1.19376.1.3.2"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
LOINC, INTERPRETATION = "2.16.840.1.113883.6.1", "2.16.840.1.113883.5.83"
PERSONS, STRUCTURES = "1.2.250.1.71.4.2.1", "1.2.250.1.71.4.2.2"
NAMESPACE = uuid.UUID("6ba7b812-9dad-11d1-80b4-00c04fd430c8")

# kind → (code, label) of JDV_J07, all LOINC
TYPES = {
    "biology": ("11502-2", "CR d'examens biologiques"),
    "stay": ("34112-3", "CR hospitalier (séjour)"),
    "imaging": ("18748-4", "CR d'imagerie médicale"),
    "surgery": ("34874-8", "CR opératoire"),
    "pathology": ("11526-1", "CR d'anatomie et de cytologie pathologiques"),
    "letter": ("11488-4", "CR ou fiche de consultation"),
}


def unique_id(*parts: str) -> str:
    """A plain OID that depends only on what the document is."""
    return f"2.25.{uuid.uuid5(NAMESPACE, '|'.join(parts)).int}"


def render(
    patient: Mapping[str, Any], document: Mapping[str, Any], written: dt.datetime, pdf: bytes
) -> bytes:
    """One document of the practice's data. ``written`` is aware; ``pdf`` serves the N1 body."""
    return etree.tostring(
        _Document(patient, document, written).build(pdf), xml_declaration=True, encoding="UTF-8"
    )


class _Document:
    def __init__(
        self, patient: Mapping[str, Any], document: Mapping[str, Any], written: dt.datetime
    ) -> None:
        self._patient, self._document, self._written = patient, document, written
        self._biology = bool(document["results"])
        self._time = written.strftime("%Y%m%d%H%M%S%z")
        self._id = unique_id(patient["ins"], document["title"], self._time)

    def build(self, pdf: bytes) -> etree._Element:
        nsmap: Any = {None: HL7, "xsi": XSI, "lab": LAB}
        root = etree.Element(f"{{{HL7}}}ClinicalDocument", nsmap=nsmap)
        _sub(root, "realmCode", code="FR")
        _sub(root, "typeId", root="2.16.840.1.113883.1.3", extension="POCD_HD000040")
        for template, extension in self._templates():
            _sub(root, "templateId", root=template, **extension)
        _sub(root, "id", root=self._id)
        kind = "biology" if self._biology else self._document["kind"]
        code, label = TYPES[kind]
        _sub(root, "code", code=code, codeSystem=LOINC, displayName=label)
        title = "Compte rendu d'examens biologiques" if self._biology else self._document["title"]
        _sub(root, "title").text = title
        _sub(root, "effectiveTime", value=self._time)
        _sub(
            root,
            "confidentialityCode",
            code="N",
            codeSystem="2.16.840.1.113883.5.25",
            displayName="Normal",
        )
        _sub(root, "languageCode", code="fr-FR")
        _sub(root, "setId", root=unique_id("set", self._id))
        _sub(root, "versionNumber", value="1")
        self._record_target(root)
        self._author(root)
        self._custodian(root)
        self._legal_authenticator(root)
        self._service_event(root)
        self._encounter(root)
        component = _sub(root, "component")
        if self._biology:
            self._structured(component)
        else:
            body = _sub(_sub(component, "nonXMLBody"), "text")
            body.set("mediaType", "application/pdf")
            body.set("representation", "B64")
            body.text = base64.encodebytes(pdf).decode()
        return root

    def _templates(self) -> list[tuple[str, dict[str, str]]]:
        common: list[tuple[str, dict[str, str]]] = [
            ("2.16.840.1.113883.2.8.2.1", {}),
            ("1.2.250.1.213.1.1.1.1", {}),
        ]
        if not self._biology:
            return [*common, ("1.3.6.1.4.1.19376.1.2.20", {})]
        return [
            *common,
            ("1.3.6.1.4.1.19376.1.3.3", {}),
            ("1.2.250.1.213.1.1.1.55", {"extension": "2024.01"}),
        ]

    # --- header -------------------------------------------------------------------------------

    def _record_target(self, root: etree._Element) -> None:
        person = self._patient
        role = _sub(_sub(root, "recordTarget"), "patientRole")
        _sub(role, "id", root=person["oid"], extension=person["ins"])
        address = _sub(role, "addr", use="H")
        for line in person["address"]["lines"]:
            _sub(address, "streetAddressLine").text = line
        place = f"{person['address']['postal_code']} {person['address']['city']}"
        _sub(address, "streetAddressLine").text = place
        _sub(role, "telecom", value="tel:" + person["telephone"].replace(" ", ""), use="MC")
        patient = _sub(role, "patient")
        name = _sub(patient, "name")
        _sub(name, "given").text = " ".join(person["birth_given_names"])
        _sub(name, "given", qualifier="BR").text = person["birth_given_names"][0]
        _sub(name, "family", qualifier="BR").text = person["birth_name"]
        if person["used_name"]:
            _sub(name, "family", qualifier="CL").text = person["used_name"]
        sexes = {"M": "Masculin", "F": "Féminin"}
        _sub(
            patient,
            "administrativeGenderCode",
            code=person["sex"],
            codeSystem="2.16.840.1.113883.5.1",
            displayName=sexes[person["sex"]],
        )
        _sub(patient, "birthTime", value=person["birth_date"].replace("-", ""))
        birthplace = _sub(_sub(_sub(patient, "birthplace"), "place"), "addr")
        _sub(birthplace, "county").text = person["birth_place_code"]

    def _author(self, root: etree._Element) -> None:
        author = _sub(root, "author")
        _sub(author, "time", value=self._time)
        self._professional(_sub(author, "assignedAuthor"), "assignedPerson")

    def _legal_authenticator(self, root: etree._Element) -> None:
        signer = _sub(root, "legalAuthenticator")
        _sub(signer, "time", value=self._time)
        _sub(signer, "signatureCode", code="S")
        self._professional(_sub(signer, "assignedEntity"), "assignedPerson")

    def _professional(self, node: etree._Element, person_tag: str, *, sector: bool = False) -> None:
        author = self._document["author"]
        _sub(node, "id", root=PERSONS, extension=author["national_id"])
        if author.get("speciality"):
            _sub(
                node,
                "code",
                code=author["speciality_code"],
                codeSystem="1.2.250.1.213.1.1.4.5",
                displayName=author["speciality"],
            )
        address = _sub(node, "addr")
        address.set("nullFlavor", "NASK")
        _sub(node, "telecom", nullFlavor="NASK")
        name = _sub(_sub(node, person_tag), "name")
        _sub(name, "family").text = author["family_name"]
        _sub(name, "given").text = author["given_name"]
        _sub(name, "suffix").text = "DR"
        self._organisation(node, "representedOrganization", sector=sector)

    def _organisation(self, node: etree._Element, tag: str, *, sector: bool = False) -> None:
        organisation = self._document["organisation"]
        made = _sub(node, tag)
        _sub(made, "id", root=STRUCTURES, extension=organisation["id"])
        _sub(made, "name").text = organisation["name"]
        _sub(made, "telecom", nullFlavor="NASK")
        _sub(made, "addr", nullFlavor="NASK")
        if sector:
            _sub(
                made,
                "standardIndustryClassCode",
                code="AMBULATOIRE",
                codeSystem="1.2.250.1.213.1.1.4.9",
                displayName="Ambulatoire",
            )

    def _custodian(self, root: etree._Element) -> None:
        assigned = _sub(_sub(root, "custodian"), "assignedCustodian")
        self._organisation(assigned, "representedCustodianOrganization")

    def _service_event(self, root: etree._Element) -> None:
        event = _sub(_sub(root, "documentationOf"), "serviceEvent")
        times = _sub(event, "effectiveTime")
        _sub(times, "low", value=self._time)
        if self._biology:
            etree.SubElement(event, f"{{{LAB}}}statusCode", code="completed")
        performer = _sub(event, "performer", typeCode="PRF")
        self._professional(_sub(performer, "assignedEntity"), "assignedPerson", sector=True)

    def _encounter(self, root: etree._Element) -> None:
        encounter = _sub(_sub(root, "componentOf"), "encompassingEncounter")
        _sub(_sub(encounter, "effectiveTime"), "low", value=self._time)
        facility = _sub(_sub(encounter, "location"), "healthCareFacility")
        _sub(
            facility,
            "code",
            code="SA25" if self._biology else "SA01",
            codeSystem="1.2.250.1.71.4.2.4",
            displayName="Laboratoire de biologie médicale"
            if self._biology
            else "Etablissement public de santé",
        )

    # --- results ------------------------------------------------------------------------------

    def _structured(self, component: etree._Element) -> None:
        body = _sub(component, "structuredBody")
        section = _sub(_sub(body, "component"), "section")
        for template in ("1.3.6.1.4.1.19376.1.3.3.2.1", "1.2.250.1.213.1.1.2.70"):
            _sub(section, "templateId", root=template)
        _sub(section, "id", root=unique_id("section", self._id))
        _sub(section, "code", code="18719-5", codeSystem=LOINC, displayName="Biochimie")
        _sub(section, "title").text = "Biochimie"
        results: Sequence[Mapping[str, Any]] = self._document["results"]
        self._narrative(section, results)
        entry = _sub(section, "entry", typeCode="DRIV")
        for template in ("1.3.6.1.4.1.19376.1.3.1", "1.2.250.1.213.1.1.3.21"):
            _sub(entry, "templateId", root=template)
        act = _sub(entry, "act", classCode="ACT", moodCode="EVN")
        _sub(act, "code", code="18719-5", codeSystem=LOINC, displayName="Biochimie")
        _sub(act, "statusCode", code="completed")
        self._specimen(act)
        for number, result in enumerate(results, 1):
            relation = _sub(act, "entryRelationship", typeCode="COMP")
            self._result(relation, number, result)

    def _narrative(self, section: etree._Element, results: Sequence[Mapping[str, Any]]) -> None:
        table = _sub(_sub(section, "text"), "table")
        head = _sub(_sub(table, "thead"), "tr")
        for words in ("Analyse", "Résultat", "Unité", "Valeurs de référence"):
            _sub(head, "th").text = words
        rows = _sub(table, "tbody")
        for number, result in enumerate(results, 1):
            row = _sub(rows, "tr")
            first = _sub(_sub(row, "td"), "content", ID=f"r{number}")
            first.text = result["label"]
            shown = _shown(result)
            for words in (shown, result["unit"], _range(result)):
                _sub(row, "td").text = words

    def _specimen(self, act: etree._Element) -> None:
        procedure = _sub(
            _sub(act, "entryRelationship", typeCode="COMP"),
            "procedure",
            classCode="PROC",
            moodCode="EVN",
        )
        for template in ("1.3.6.1.4.1.19376.1.3.1.2", "1.2.250.1.213.1.1.3.77"):
            _sub(procedure, "templateId", root=template)
        _sub(
            procedure,
            "code",
            code="33882-2",
            codeSystem=LOINC,
            displayName="Date et heure de prélèvement",
        )
        taken = self._written - dt.timedelta(hours=2)
        _sub(procedure, "effectiveTime", value=taken.strftime("%Y%m%d%H%M%S%z"))
        role = _sub(_sub(procedure, "participant", typeCode="PRD"), "participantRole")
        role.set("classCode", "SPEC")
        _sub(role, "id", root=unique_id("specimen", self._id))
        entity = _sub(role, "playingEntity")
        _sub(
            entity,
            "code",
            code="BLD",
            codeSystem="2.16.840.1.113883.18.311",
            displayName="Sang total",
        )

    def _result(self, parent: etree._Element, number: int, result: Mapping[str, Any]) -> None:
        node = _sub(parent, "observation", classCode="OBS", moodCode="EVN")
        for template in ("1.3.6.1.4.1.19376.1.3.1.6", "1.2.250.1.213.1.1.3.80"):
            _sub(node, "templateId", root=template)
        _sub(node, "id", root=unique_id("result", self._id, str(number)))
        code = _sub(
            node, "code", code=result["loinc"], codeSystem=LOINC, displayName=result["label"]
        )
        _sub(_sub(code, "originalText"), "reference", value=f"#r{number}")
        _sub(_sub(node, "text"), "reference", value=f"#r{number}")
        _sub(node, "statusCode", code="completed")
        _sub(node, "effectiveTime", value=self._time)
        _value(node, result)
        verdict = _interpretation(result)
        _sub(node, "interpretationCode", code=verdict, codeSystem=INTERPRETATION)
        reference = _sub(node, "referenceRange", typeCode="REFV")
        limits = _sub(_sub(reference, "observationRange"), "value")
        limits.set(f"{{{XSI}}}type", "IVL_PQ")
        for bound in ("low", "high"):
            if result[bound] is not None:
                _sub(limits, bound, value=_number(result[bound]), unit=result["unit"])
        holder = limits.getparent()
        assert holder is not None
        _sub(holder, "interpretationCode", code="N", codeSystem=INTERPRETATION)


def _value(node: etree._Element, result: Mapping[str, Any]) -> None:
    value = _sub(node, "value")
    if result["value"] is not None:
        value.set(f"{{{XSI}}}type", "PQ")
        value.set("value", _number(result["value"]))
        value.set("unit", result["unit"])
        return
    value.set(f"{{{XSI}}}type", "IVL_PQ")
    _sub(value, "high", value=_number(result["below"]), unit=result["unit"], inclusive="false")


def _interpretation(result: Mapping[str, Any]) -> str:
    value, low, high = result["value"], result["low"], result["high"]
    if value is None:
        return "N"
    if high is not None and value > high:
        return "H"
    return "L" if low is not None and value < low else "N"


def _shown(result: Mapping[str, Any]) -> str:
    if result["value"] is None:
        return f"< {_number(result['below'])}".replace(".", ",")
    return _number(result["value"]).replace(".", ",")


def _range(result: Mapping[str, Any]) -> str:
    low, high = result["low"], result["high"]
    if low is None:
        return f"< {_number(high)}".replace(".", ",")
    return f"{_number(low)} – {_number(high)}".replace(".", ",")


def _number(value: float) -> str:
    return f"{value:g}"


def _sub(parent: etree._Element, tag: str, /, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{HL7}}}{tag}", attributes)
