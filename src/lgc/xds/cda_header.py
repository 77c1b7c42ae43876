"""What XDS metadata needs from the header of a CDA (dmp.md §5.2, column "From CDA")."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any, cast

from lxml import etree

from lgc.domain import births
from lgc.domain.days import practice_zone
from lgc.domain.identity import Ins
from lgc.domain.professionals import Coded
from lgc.domain.readable import DocumentPatient
from lgc.errors import UnreadableInput
from lgc.xds import codes
from lgc.xds.hl7_text import component, read_time, xcn, xon
from lgc.xds.safe_xml import read_xml

_NS = {"h": "urn:hl7-org:v3"}
_ROOT = "{urn:hl7-org:v3}ClinicalDocument"
_BORN = re.compile(r"\d{4}(?:\d{2}){0,2}(?=\d*(?:\.\d+)?(?:[+-]\d{4})?$)")
_EVENT = "h:documentationOf[1]/h:serviceEvent"
_PLACE = "h:componentOf/h:encompassingEncounter/h:location/h:healthCareFacility"


@dataclass(frozen=True, slots=True)
class HeaderAuthor:
    """An author as composed values: XCN (or a device name), speciality CE text, XON, role."""

    person: str
    speciality: str = ""
    institution: str = ""
    role: str = ""


NOBODY = DocumentPatient()


@dataclass(frozen=True, slots=True)
class CdaHeader:
    """Header facts. Times are aware UTC; ``body_media_type`` is empty for a structured body."""

    unique_id: str
    title: str
    type: Coded
    created_at: dt.datetime
    language: str
    confidentiality: Coded
    ins: tuple[Ins, ...]
    local_id: str
    patient_info: tuple[str, ...]
    authors: tuple[HeaderAuthor, ...]
    legal_authenticator: str
    service_start: dt.datetime | None
    service_stop: dt.datetime | None
    events: tuple[Coded, ...]
    facility: Coded | None
    practice_setting: Coded | None
    template_ids: tuple[str, ...]
    body_media_type: str
    replaces: str
    patient: DocumentPatient = NOBODY


def read_header(content: bytes) -> CdaHeader:
    """Read the header of a CDA document.

    Raises UnreadableInput when it is not a CDA, or lacks what metadata cannot do without
    (id, code, effectiveTime).
    """
    root = read_xml(content)
    if root.tag != _ROOT:
        raise UnreadableInput("Ce fichier n’est pas un document CDA.")
    created_at = _time(root, "h:effectiveTime/@value")
    type_code = _coded(root, "h:code")
    unique_id = _document_id(root, "h:id[1]")
    if created_at is None or type_code is None or not unique_id:
        raise UnreadableInput("L’en-tête de ce document CDA est incomplet.")
    start, stop = _service_times(root)
    return CdaHeader(
        unique_id=unique_id,
        title=_text(root, "h:title"),
        type=type_code,
        created_at=created_at,
        language=_text(root, "h:languageCode/@code") or "fr-FR",
        confidentiality=_coded(root, "h:confidentialityCode") or codes.NORMAL,
        ins=_ins(root),
        local_id=_local_id(root),
        patient_info=_patient_info(root),
        authors=tuple(_author(a) for a in _all(root, "h:author")),
        legal_authenticator=_person(root, "h:legalAuthenticator/h:assignedEntity"),
        service_start=start,
        service_stop=stop,
        events=_events(root),
        facility=_coded(root, f"{_PLACE}/h:code"),
        practice_setting=_coded(
            root,
            f"{_EVENT}/h:performer/h:assignedEntity/h:representedOrganization"
            "/h:standardIndustryClassCode",
        ),
        template_ids=tuple(str(v) for v in _all(root, "h:templateId/@root")),
        body_media_type=_text(root, "h:component/h:nonXMLBody/h:text/@mediaType"),
        replaces=_document_id(root, "h:relatedDocument[@typeCode='RPLC']/h:parentDocument/h:id"),
        patient=_patient(root),
    )


def _all(node: etree._Element, path: str) -> list[Any]:
    """Elements, or attribute values when the path ends in one."""
    return cast("list[Any]", node.xpath(path, namespaces=_NS))


def _text(node: etree._Element, path: str) -> str:
    found = _all(node, path)
    if not found:
        return ""
    first = found[0]
    text = str(first) if isinstance(first, str) else "".join(str(t) for t in first.itertext())
    return " ".join(text.split())


def _time(node: etree._Element, path: str) -> dt.datetime | None:
    # Without an offset it is the time of some wall: that of the practice, as the reader takes it.
    return read_time(_text(node, path), practice_zone())


def _coded(node: etree._Element, path: str) -> Coded | None:
    code, system = _text(node, f"{path}/@code"), _text(node, f"{path}/@codeSystem")
    return Coded(code, system, _text(node, f"{path}/@displayName")) if code and system else None


def _document_id(node: etree._Element, path: str) -> str:
    root, extension = _text(node, f"{path}/@root"), _text(node, f"{path}/@extension")
    return f"{root}^{extension}" if extension else root


def _patient_ids(root: etree._Element) -> list[tuple[str, str]]:
    ids = _all(root, "h:recordTarget[1]/h:patientRole/h:id")
    return [(i.get("root", ""), i.get("extension", "")) for i in ids if i.get("extension")]


def _ins(root: etree._Element) -> tuple[Ins, ...]:
    return tuple(
        Ins(number, oid)
        for oid, number in _patient_ids(root)
        if oid in codes.INS_AUTHORITIES and len(number) == 15 and number.isascii()
    )


def _local_id(root: etree._Element) -> str:
    for oid, number in _patient_ids(root):
        if oid not in codes.NOT_LOCAL:
            return f"{component(number)}^^^&{component(oid)}&ISO^PI"
    return ""


def _patient(root: etree._Element) -> DocumentPatient:
    """Whom the document is about: INS and traits, each as it is written, nothing made up."""
    who = "h:recordTarget[1]/h:patientRole/h:patient"
    family, given = f"{who}/h:name/h:family", f"{who}/h:name/h:given"
    plain = "[not(@qualifier)]"
    given_names = _text(root, given + plain) or _text(root, f"{given}[@qualifier='BR']")
    return DocumentPatient(
        ins=_ins(root),
        birth_name=_text(root, f"{family}[@qualifier='BR']") or _text(root, family + plain),
        given_names=tuple(given_names.replace(",", " ").split()),
        birth_date=births.read(_text(root, f"{who}/h:birthTime/@value")).day,
        sex=_text(root, f"{who}/h:administrativeGenderCode/@code"),
    )


def _patient_info(root: etree._Element) -> tuple[str, ...]:
    """PID-5 (L birth name, D used name), PID-7 and PID-8 of the patient."""
    found = _all(root, "h:recordTarget[1]/h:patientRole/h:patient")
    if not found:
        return ()
    patient = found[0]
    lines = []
    for qualifier, kind in (("BR", "L"), ("CL", "D")):
        family = _text(patient, f"h:name/h:family[@qualifier='{qualifier}']")
        given = _text(patient, f"h:name/h:given[@qualifier='{qualifier}']")
        if family:
            lines.append(f"PID-5|{component(family)}^{component(given)}^^^^^{kind}")
    # As far as it is told: the year alone stays the year, what is no HL7 time is not sent.
    told = _BORN.match(_text(patient, "h:birthTime/@value"))
    born = told.group() if told is not None else ""
    sex = _text(patient, "h:administrativeGenderCode/@code")
    if born:
        lines.append(f"PID-7|{born}")
    if sex:
        lines.append(f"PID-8|{sex if sex in ('M', 'F') else 'U'}")
    return tuple(lines)


def _author(author: etree._Element) -> HeaderAuthor:
    who = "h:assignedAuthor"
    speciality = _coded(author, f"{who}/h:code")
    organisation = f"{who}/h:representedOrganization"
    name = _text(author, f"{organisation}/h:name")
    number = _text(author, f"{organisation}/h:id/@extension")
    return HeaderAuthor(
        person=_person(author, who),
        speciality=coded_text(speciality) if speciality else "",
        institution=xon(number, name) if name or number else "",
        role=_text(author, "h:functionCode/@displayName"),
    )


def coded_text(value: Coded) -> str:
    """``code^label^system``, as authorSpecialty wants it."""
    return f"{component(value.code)}^{component(value.label)}^{component(value.system)}"


def _person(node: etree._Element, path: str) -> str:
    if not _all(node, path):
        return ""
    number = _text(node, f"{path}/h:id/@extension")
    device = _text(node, f"{path}/h:assignedAuthoringDevice/h:softwareName")
    if device:
        oid = component(_text(node, f"{path}/h:id/@root"))
        return f"{component(number)}^{component(device)}^^^^^^^&{oid}&ISO^U^^^RI"
    name = f"{path}/h:assignedPerson/h:name"
    return xcn(number, _text(node, f"{name}/h:family"), _text(node, f"{name}/h:given"))


def _service_times(root: etree._Element) -> tuple[dt.datetime | None, dt.datetime | None]:
    start = _time(root, f"{_EVENT}/h:effectiveTime/h:low/@value")
    start = start or _time(root, f"{_EVENT}/h:effectiveTime/@value")
    return start, _time(root, f"{_EVENT}/h:effectiveTime/h:high/@value")


def _events(root: etree._Element) -> tuple[Coded, ...]:
    events = (_coded(event, "h:code") for event in _all(root, "h:documentationOf/h:serviceEvent"))
    return tuple(dict.fromkeys(event for event in events if event is not None))
