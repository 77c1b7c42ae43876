"""The parts every HL7 V3 message of the DMP shares: its head, its parties, its nodes (§4.1)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import cast

from lxml import etree

from lgc.domain import births

HL7 = "urn:hl7-org:v3"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
INTERACTIONS = "2.16.840.1.113883.1.6"
REASONS = "1.2.250.1.213.1.1.4.11"
REASON_WORDS = {
    "TEST_EXST": "Test d'existence de dossier",
    "CREA_RD": "Création de dossier",
    "CNSLT_DATA": "Consultation des données administratives",
    "MODIF_DATA": "Modification des données administratives",
    "FERM": "Fermeture de dossier",
    "REAC": "Réactivation de dossier",
}
_NS = {"h": HL7}
_NSMAP = {"hl7": HL7}


@dataclass(frozen=True, slots=True)
class Parties:
    """Who speaks to whom. ``processing`` is P in production, D on the test platform."""

    sender_oid: str
    sender_name: str
    receiver_oid: str
    processing: str


@dataclass(frozen=True, slots=True)
class Head:
    """What is new in each message. ``created_at`` is aware."""

    parties: Parties
    message_id: str
    created_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Refusal:
    """``acknowledgement/@typeCode`` was AE or AR: code and words of the DMP, verbatim."""

    code: str
    words: str


def start(interaction: str, head: Head, reason: str = "") -> tuple[etree._Element, etree._Element]:
    """The message and its empty ``controlActProcess``, filled by the caller in schema order."""
    parties = head.parties
    root = etree.Element(f"{{{HL7}}}{interaction}", {"ITSVersion": "XML_1.0"}, nsmap=_NSMAP)
    sub(root, "id", root=parties.sender_oid, extension=head.message_id)
    sub(root, "creationTime", value=instant(head.created_at))
    sub(root, "interactionId", root=INTERACTIONS, extension=interaction)
    sub(root, "processingCode", code=parties.processing)
    sub(root, "processingModeCode", code="T")
    sub(root, "acceptAckCode", code="AL")
    _device(root, "receiver", "RCV", parties.receiver_oid, "DMP")
    _device(root, "sender", "SND", parties.sender_oid, parties.sender_name)
    act = sub(root, "controlActProcess", classCode="CACT", moodCode="EVN")
    if reason:
        words = REASON_WORDS[reason]
        sub(act, "reasonCode", code=reason, codeSystem=REASONS, displayName=words)
    return root, act


def sub(parent: etree._Element, tag: str, /, **attributes: str) -> etree._Element:
    """Add an element of HL7 V3."""
    return etree.SubElement(parent, f"{{{HL7}}}{tag}", attributes)


def typed(node: etree._Element, kind: str) -> etree._Element:
    """Say which data type an ``ANY`` holds."""
    node.set(f"{{{XSI}}}type", f"hl7:{kind}")
    return node


def instant(moment: dt.datetime) -> str:
    """``yyyyMMddHHmmss`` in UTC."""
    return moment.astimezone(dt.UTC).strftime("%Y%m%d%H%M%S")


def first(body: etree._Element, *paths: str) -> str:
    """The first non-empty answer of ``paths`` (prefix ``h``), white space collapsed."""
    for path in paths:
        for found in cast("list[etree._Element | str]", body.xpath(path, namespaces=_NS)):
            text = found if isinstance(found, str) else "".join(str(t) for t in found.itertext())
            if text.strip():
                return " ".join(text.split())
    return ""


def every(body: etree._Element, path: str) -> list[etree._Element]:
    """Elements that ``path`` (prefix ``h``) selects."""
    return cast("list[etree._Element]", body.xpath(path, namespaces=_NS))


def date(text: str) -> dt.date | None:
    """The day of an HL7 time, None when it tells none."""
    return births.read(text).day


def refusal(body: etree._Element) -> Refusal | None:
    """What the acknowledgement says when it is an error, wherever the message is wrapped."""
    ack = ".//h:acknowledgement"
    if first(body, f"{ack}/h:typeCode/@code", f"{ack}/@typeCode").upper() not in _ERRORS:
        return None
    return told(body)


def told(body: etree._Element) -> Refusal:
    """Code and words of the acknowledgement's detail, empty when it gives none."""
    detail = ".//h:acknowledgement/h:acknowledgementDetail"
    return Refusal(first(body, f"{detail}/h:code/@code"), first(body, f"{detail}/h:text"))


_ERRORS = ("AE", "AR", "CE", "CR")


def _device(root: etree._Element, name: str, type_code: str, oid: str, software: str) -> None:
    party = sub(root, name, typeCode=type_code)
    device = sub(party, "device", classCode="DEV", determinerCode="INSTANCE")
    sub(device, "id", root=oid)
    sub(device, "softwareName").text = software
