"""CDA R2 documents: a laboratory report, a medical summary, or a PDF without structure (N1).

Header: cda-vsm §3. Written with lxml, element by element, without anything of ``lgc``.
"""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Mapping
from typing import Any

from lxml import etree

from lgc_sandbox.documents.hl7 import (
    CHAPTERS,
    HL7,
    LAB,
    LOINC,
    XSI,
    add,
    add_code,
    add_templates,
    chapters,
    unique_id,
)
from lgc_sandbox.documents.lab import LabBody
from lgc_sandbox.documents.summary import CODE, CODE_SYSTEM, EVENT, LABEL, TEMPLATE, SummaryBody

PERSONS, STRUCTURES = "1.2.250.1.71.4.2.1", "1.2.250.1.71.4.2.2"
SPECIALITIES, SECTORS = "1.2.250.1.213.1.1.4.5", "1.2.250.1.71.4.2.4"
PRACTICES = "1.2.250.1.213.1.1.4.9"

# kind → (code, label) of JDV_J07, all LOINC but the summary
TYPES = {
    "biology": ("11502-2", "CR d'examens biologiques"),
    "stay": ("34112-3", "CR hospitalier (séjour)"),
    "imaging": ("18748-4", "CR d'imagerie médicale"),
    "surgery": ("34874-8", "CR opératoire"),
    "pathology": ("60568-3", "CR d'anatomie et de cytologie pathologiques"),
    "rcp": ("34794-8", "CR de réunion de concertation pluridisciplinaire"),
    "letter": ("11488-4", "CR ou fiche de consultation ou de visite"),
    "vsm": (CODE, LABEL),
}
BIOLOGY_TITLE = "Compte rendu d'examens biologiques"  # imposed by CR-BIO, straight apostrophe
# Sector of activity of a structure (JDV_J02) → its label and its practice setting (JDV_J04)
FACILITIES = {
    "SA01": ("Etablissement public de santé", "ETABLISSEMENT"),
    "SA07": ("Cabinet individuel", "AMBULATOIRE"),
    "SA08": ("Cabinet de groupe", "AMBULATOIRE"),
    "SA25": ("Laboratoire de biologie médicale", "AMBULATOIRE"),
}
SETTINGS = {"ETABLISSEMENT": "Etablissement de santé", "AMBULATOIRE": "Ambulatoire"}
# For a structure that does not say what it is.
USUAL_FACILITY = {"biology": "SA25", "stay": "SA01", "surgery": "SA01", "rcp": "SA01"}
SEXES = {"M": "Masculin", "F": "Féminin"}


def render(
    patient: Mapping[str, Any], document: Mapping[str, Any], written: dt.datetime, pdf: bytes
) -> bytes:
    """One document of the practice's data; the same bytes for the same arguments.

    ``written`` is aware; ``pdf`` is the body of an N1 document and the copy inside a laboratory
    report.
    """
    root = _Document(patient, document, written).build(pdf)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def kind_of(document: Mapping[str, Any]) -> str:
    """Key of ``TYPES``: whatever has results is a laboratory report."""
    return "biology" if document["results"] else str(document["kind"])


def system_of(kind: str) -> str:
    """The code system of a document's type."""
    return CODE_SYSTEM if kind == "vsm" else LOINC


def facility_of(document: Mapping[str, Any]) -> str:
    """Key of ``FACILITIES``."""
    said = document["organisation"].get("facility")
    return str(said or USUAL_FACILITY.get(kind_of(document), "SA07"))


class _Document:
    def __init__(
        self, patient: Mapping[str, Any], document: Mapping[str, Any], written: dt.datetime
    ) -> None:
        self._patient, self._document, self._written = patient, document, written
        self._kind = kind_of(document)
        self._biology, self._summary = self._kind == "biology", self._kind == "vsm"
        self._time = written.strftime("%Y%m%d%H%M%S%z")
        self._id = unique_id(patient["ins"], document["title"], self._time)
        self._facility = facility_of(document)

    def build(self, pdf: bytes) -> etree._Element:
        nsmap: Any = {None: HL7, "xsi": XSI, "lab": LAB}
        root = etree.Element(f"{{{HL7}}}ClinicalDocument", nsmap=nsmap)
        self._identification(root)
        self._record_target(root)
        self._author(root)
        self._custodian(root)
        self._legal_authenticator(root)
        self._service_events(root)
        self._encounter(root)
        component = add(root, "component")
        if self._biology:
            LabBody(self._document, self._id, self._written).build(component, pdf)
        elif self._summary:
            SummaryBody(self._document, self._id, self._written).build(component)
        else:
            body = add(add(component, "nonXMLBody"), "text")
            body.set("mediaType", "application/pdf")
            body.set("representation", "B64")
            body.text = base64.b64encode(pdf).decode("ascii")
        return root

    def _identification(self, root: etree._Element) -> None:
        add(root, "realmCode", code="FR")
        add(root, "typeId", root="2.16.840.1.113883.1.3", extension="POCD_HD000040")
        add_templates(root, "2.16.840.1.113883.2.8.2.1", "1.2.250.1.213.1.1.1.1")
        if self._biology:
            add_templates(root, "1.3.6.1.4.1.19376.1.3.3")
            add(root, "templateId", root="1.2.250.1.213.1.1.1.55", extension="2024.01")
        elif self._summary:
            add_templates(root, TEMPLATE)
        else:
            add_templates(root, "1.3.6.1.4.1.19376.1.2.20")
        add(root, "id", root=self._id)
        code = add_code(root, *TYPES[self._kind])
        code.set("codeSystem", system_of(self._kind))
        add(root, "title").text = BIOLOGY_TITLE if self._biology else self._document["title"]
        add(root, "effectiveTime", value=self._time)
        add(
            root,
            "confidentialityCode",
            code="N",
            codeSystem="2.16.840.1.113883.5.25",
            displayName="Normal",
        )
        add(root, "languageCode", code="fr-FR")
        add(root, "setId", root=unique_id("set", self._id))
        add(root, "versionNumber", value="1")

    def _record_target(self, root: etree._Element) -> None:
        person = self._patient
        role = add(add(root, "recordTarget"), "patientRole")
        add(role, "id", root=person["oid"], extension=person["ins"])
        address = add(role, "addr", use="H")
        for line in person["address"]["lines"]:
            add(address, "streetAddressLine").text = line
        place = f"{person['address']['postal_code']} {person['address']['city']}"
        add(address, "streetAddressLine").text = place
        if person["telephone"]:
            add(role, "telecom", value="tel:" + person["telephone"].replace(" ", ""), use="MC")
        else:
            add(role, "telecom", nullFlavor="UNK")
        patient = add(role, "patient")
        name = add(patient, "name")
        add(name, "given").text = " ".join(person["birth_given_names"])
        add(name, "given", qualifier="BR").text = person["birth_given_names"][0]
        add(name, "family", qualifier="BR").text = person["birth_name"]
        if person["used_name"]:
            add(name, "family", qualifier="CL").text = person["used_name"]
        add(
            patient,
            "administrativeGenderCode",
            code=person["sex"],
            codeSystem="2.16.840.1.113883.5.1",
            displayName=SEXES[person["sex"]],
        )
        add(patient, "birthTime", value=person["birth_date"].replace("-", ""))
        birthplace = add(add(add(patient, "birthplace"), "place"), "addr")
        add(birthplace, "county").text = person["birth_place_code"]

    def _author(self, root: etree._Element) -> None:
        author = add(root, "author")
        add(author, "time", value=self._time)
        self._professional(add(author, "assignedAuthor"))

    def _legal_authenticator(self, root: etree._Element) -> None:
        signer = add(root, "legalAuthenticator")
        add(signer, "time", value=self._time)
        add(signer, "signatureCode", code="S")
        self._professional(add(signer, "assignedEntity"))

    def _custodian(self, root: etree._Element) -> None:
        assigned = add(add(root, "custodian"), "assignedCustodian")
        self._organisation(assigned, "representedCustodianOrganization")

    def _professional(self, node: etree._Element, *, sector: bool = False) -> None:
        author = self._document["author"]
        add(node, "id", root=PERSONS, extension=author["national_id"])
        if author.get("speciality"):
            add(
                node,
                "code",
                code=author["speciality_code"],
                codeSystem=SPECIALITIES,
                displayName=author["speciality"],
            )
        add(node, "addr", nullFlavor="NASK")
        add(node, "telecom", nullFlavor="NASK")
        name = add(add(node, "assignedPerson"), "name")
        add(name, "family").text = author["family_name"]
        add(name, "given").text = author["given_name"]
        add(name, "suffix").text = "DR"
        self._organisation(node, "representedOrganization", sector=sector)

    def _organisation(self, node: etree._Element, tag: str, *, sector: bool = False) -> None:
        organisation = self._document["organisation"]
        made = add(node, tag)
        add(made, "id", root=STRUCTURES, extension=organisation["id"])
        add(made, "name").text = organisation["name"]
        add(made, "telecom", nullFlavor="NASK")
        add(made, "addr", nullFlavor="NASK")
        if sector:
            code = FACILITIES[self._facility][1]
            add(
                made,
                "standardIndustryClassCode",
                code=code,
                codeSystem=PRACTICES,
                displayName=SETTINGS[code],
            )

    def _service_events(self, root: etree._Element) -> None:
        titles = list(chapters(self._document))
        event = add(add(root, "documentationOf"), "serviceEvent")
        if self._summary:
            add_code(event, *EVENT).set("codeSystemName", "LOINC")
        if titles:
            add_code(event, CHAPTERS[titles[0]], titles[0])
            etree.SubElement(event, f"{{{LAB}}}statusCode", code="completed")
        add(add(event, "effectiveTime"), "low", value=self._time)
        performer = add(event, "performer", typeCode="PRF")
        if titles:
            add_templates(performer, "1.3.6.1.4.1.19376.1.3.3.1.7")
            add(add(performer, "time"), "high", value=self._time)
        self._professional(add(performer, "assignedEntity"), sector=True)
        for title in titles[1:]:
            other = add(add(root, "documentationOf"), "serviceEvent")
            add_code(other, CHAPTERS[title], title)

    def _encounter(self, root: etree._Element) -> None:
        encounter = add(add(root, "componentOf"), "encompassingEncounter")
        add(add(encounter, "effectiveTime"), "low", value=self._time)
        if self._biology:
            self._professional(add(add(encounter, "responsibleParty"), "assignedEntity"))
        place = add(add(encounter, "location"), "healthCareFacility")
        label = FACILITIES[self._facility][0]
        add(place, "code", code=self._facility, codeSystem=SECTORS, displayName=label)
