"""XDS metadata written as ebRIM 3.0 (ITI TF-3 §4.2; conventions of dmp.md §5)."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping

from lxml import etree

from lgc.domain.professionals import Coded
from lgc.xds.hl7_text import utc_text, xml_text
from lgc.xds.metadata import (
    HAS_MEMBER,
    Association,
    Author,
    DocumentEntry,
    Submission,
    SubmissionSet,
)

RIM = "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"
LCM = "urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
ASSOCIATION_OBJECT = "urn:oasis:names:tc:ebxml-regrep:ObjectType:RegistryObject:Association"
STABLE_DOCUMENT = "urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1"
SET_NODE = "urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd"

SET_AUTHOR = "urn:uuid:a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d"
SET_CONTENT_TYPE = "urn:uuid:aa543740-bdda-424e-8c96-df4873be8500"
SET_PATIENT_ID = "urn:uuid:6b5aea1a-874d-4603-a4bc-96a0a7b38446"
SET_SOURCE_ID = "urn:uuid:554ac39e-e3fe-47fe-b233-965d2a147832"
SET_UNIQUE_ID = "urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8"

ENTRY_AUTHOR = "urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d"
ENTRY_CLASS = "urn:uuid:41a5887f-8865-4c09-adf7-e362475b143a"
ENTRY_TYPE = "urn:uuid:f0306f51-975f-434e-a61c-c59651d33983"
ENTRY_FORMAT = "urn:uuid:a09d5840-386c-46f2-b5ad-9c3699a4309d"
ENTRY_CONFIDENTIALITY = "urn:uuid:f4f85eac-e6cb-4883-b524-f2705394840f"
ENTRY_FACILITY = "urn:uuid:f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1"
ENTRY_SETTING = "urn:uuid:cccf5598-8b07-4b77-a05e-ae952c785ead"
ENTRY_EVENT = "urn:uuid:2c6b8cb7-8b2a-4051-b291-b1ae6a575ef4"
ENTRY_PATIENT_ID = "urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427"
ENTRY_UNIQUE_ID = "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab"


def submit_objects_request(
    submission: Submission, uris: Mapping[str, str] | None = None
) -> etree._Element:
    """``lcm:SubmitObjectsRequest``; ``uris`` maps uniqueId to the file name of XDM's URI slot."""
    return _Writer(uris or {}).request(submission)


Link = tuple[str, str, str, Iterable[tuple[str, str]]]


def update_request(
    package: SubmissionSet, links: Iterable[Link], entry: etree._Element | None = None
) -> etree._Element:
    """``lcm:SubmitObjectsRequest`` of a metadata update: the set, an entry, associations.

    A link is (type, source, target, slots of one value).
    """
    writer = _Writer({})
    root = etree.Element(f"{{{LCM}}}SubmitObjectsRequest", nsmap={"lcm": LCM, "rim": RIM})
    objects = _sub(root, "RegistryObjectList")
    writer.package(objects, package)
    if entry is not None:
        objects.append(entry)
    for kind, source, target, slots in links:
        node = writer.association(objects, Association(kind, source, target))
        for name, value in slots:
            slot(node, name, [value])
    return root


def classifications(owner: str, scheme: str, values: Iterable[Coded]) -> list[etree._Element]:
    """Coded classifications of the object ``owner``, outside any request yet."""
    place = etree.Element(f"{{{RIM}}}ExtrinsicObject", id=owner, nsmap={"rim": RIM})
    writer = _Writer({})
    for value in values:
        writer.code(place, scheme, value)
    return list(place)


class _Writer:
    """One request being written: it hands out the ids every part must have."""

    def __init__(self, uris: Mapping[str, str]) -> None:
        self._uris = uris
        self._numbers = itertools.count(1)

    def request(self, submission: Submission) -> etree._Element:
        root = etree.Element(f"{{{LCM}}}SubmitObjectsRequest", nsmap={"lcm": LCM, "rim": RIM})
        objects = _sub(root, "RegistryObjectList")
        self.package(objects, submission.set)
        for entry in submission.entries:
            self._entry(objects, entry)
        for association in submission.associations:
            node = self.association(objects, association)
            if association.type == HAS_MEMBER:
                slot(node, "SubmissionSetStatus", ["Original"])
        return root

    def package(self, objects: etree._Element, package: SubmissionSet) -> None:
        node = _sub(objects, "RegistryPackage", id=package.set_id)
        slot(node, "submissionTime", [utc_text(package.submitted_at)])
        _words(node, "Name", package.title)
        _words(node, "Description", package.comments)
        self._author(node, SET_AUTHOR, package.author)
        self.code(node, SET_CONTENT_TYPE, package.content_type)
        _sub(
            node,
            "Classification",
            id=self._id(),
            classificationNode=SET_NODE,
            classifiedObject=package.set_id,
        )
        self._identifier(node, SET_PATIENT_ID, package.patient_id, "XDSSubmissionSet.patientId")
        self._identifier(node, SET_SOURCE_ID, package.source_id, "XDSSubmissionSet.sourceId")
        self._identifier(node, SET_UNIQUE_ID, package.unique_id, "XDSSubmissionSet.uniqueId")

    def _entry(self, objects: etree._Element, entry: DocumentEntry) -> None:
        node = _sub(
            objects,
            "ExtrinsicObject",
            id=entry.entry_id,
            mimeType=entry.mime_type,
            objectType=STABLE_DOCUMENT,
        )
        for name, values in _slots(entry, self._uris.get(entry.unique_id, "")):
            slot(node, name, values)
        _words(node, "Name", entry.title)
        _words(node, "Description", entry.comments)
        for author in entry.authors:
            self._author(node, ENTRY_AUTHOR, author)
        for scheme, value in _classifications(entry):
            self.code(node, scheme, value)
        self._identifier(node, ENTRY_PATIENT_ID, entry.patient_id, "XDSDocumentEntry.patientId")
        self._identifier(node, ENTRY_UNIQUE_ID, entry.unique_id, "XDSDocumentEntry.uniqueId")

    def association(self, objects: etree._Element, association: Association) -> etree._Element:
        return _sub(
            objects,
            "Association",
            id=self._id(),
            objectType=ASSOCIATION_OBJECT,
            associationType=association.type,
            sourceObject=association.source,
            targetObject=association.target,
        )

    def _author(self, node: etree._Element, scheme: str, author: Author) -> None:
        classification = self._classification(node, scheme, "")
        slot(classification, "authorPerson", [author.person])
        slot(classification, "authorRole", [author.role])
        slot(classification, "authorSpecialty", [author.speciality])
        slot(classification, "authorInstitution", [author.institution])

    def code(self, node: etree._Element, scheme: str, value: Coded) -> None:
        classification = self._classification(node, scheme, value.code)
        slot(classification, "codingScheme", [value.system])
        _words(classification, "Name", value.label or value.code)

    def _classification(self, node: etree._Element, scheme: str, code: str) -> etree._Element:
        return _sub(
            node,
            "Classification",
            id=self._id(),
            classificationScheme=scheme,
            classifiedObject=node.get("id", ""),
            nodeRepresentation=code,
        )

    def _identifier(self, node: etree._Element, scheme: str, value: str, name: str) -> None:
        identifier = _sub(
            node,
            "ExternalIdentifier",
            id=self._id(),
            registryObject=node.get("id", ""),
            identificationScheme=scheme,
            value=value,
        )
        _words(identifier, "Name", name)

    def _id(self) -> str:
        return f"id{next(self._numbers):03d}"


def _slots(entry: DocumentEntry, uri: str) -> list[tuple[str, Iterable[str]]]:
    start, stop = entry.service_start, entry.service_stop
    return [
        ("creationTime", [utc_text(entry.created_at)]),
        ("languageCode", [entry.language]),
        ("legalAuthenticator", [entry.legal_authenticator]),
        ("serviceStartTime", [utc_text(start)] if start else []),
        ("serviceStopTime", [utc_text(stop)] if stop else []),
        ("sourcePatientId", [entry.source_patient_id]),
        ("sourcePatientInfo", entry.source_patient_info),
        ("hash", [entry.sha1]),
        ("size", [str(entry.size)]),
        ("URI", [uri]),
    ]


def _classifications(entry: DocumentEntry) -> list[tuple[str, Coded]]:
    return [
        (ENTRY_CLASS, entry.class_code),
        (ENTRY_TYPE, entry.type_code),
        *((ENTRY_CONFIDENTIALITY, value) for value in entry.confidentiality),
        (ENTRY_FORMAT, entry.format_code),
        (ENTRY_FACILITY, entry.facility),
        (ENTRY_SETTING, entry.practice_setting),
        *((ENTRY_EVENT, value) for value in entry.events),
    ]


def slot(node: etree._Element, name: str, values: Iterable[str]) -> None:
    """Add a Slot; nothing at all when every value is empty."""
    kept = [value for value in values if value]
    if not kept:
        return
    value_list = _sub(_sub(node, "Slot", name=name), "ValueList")
    for value in kept:
        _sub(value_list, "Value").text = xml_text(value)


def _words(node: etree._Element, element: str, text: str) -> None:
    if text:
        value = xml_text(text)
        localized = _sub(_sub(node, element), "LocalizedString", charset="UTF8", value=value)
        localized.set(_XML_LANG, "FR")


def _sub(parent: etree._Element, tag: str, /, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{RIM}}}{tag}", attributes)
