"""PRPA_IN201307UV02: does this patient have a DMP, and may I read it? (dmp.md §4.1, §4.2)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from lxml import etree

from lgc.domain.identity import QualifiedIns

HL7 = "urn:hl7-org:v3"
ACTION = "urn:hl7-org:v3:PRPA_IN201307UV02"
INTERACTIONS = "2.16.840.1.113883.1.6"
REASONS = "1.2.250.1.213.1.1.4.11"


@dataclass(frozen=True, slots=True)
class Parties:
    """Who speaks to whom. ``processing`` is P in production, D on the test platform."""

    sender_oid: str
    sender_name: str
    receiver_oid: str
    processing: str


def build(
    ins: QualifiedIns, parties: Parties, message_id: str, query_id: str, created_at: dt.datetime
) -> etree._Element:
    """The question of TD0.2, valid against the NE2009 schema."""
    root = etree.Element(f"{{{HL7}}}PRPA_IN201307UV02", {"ITSVersion": "XML_1.0"}, nsmap=_NSMAP)
    _sub(root, "id", root=parties.sender_oid, extension=message_id)
    _sub(root, "creationTime", value=created_at.astimezone(dt.UTC).strftime("%Y%m%d%H%M%S"))
    _sub(root, "interactionId", root=INTERACTIONS, extension="PRPA_IN201307UV02")
    _sub(root, "processingCode", code=parties.processing)
    _sub(root, "processingModeCode", code="T")
    _sub(root, "acceptAckCode", code="AL")
    _device(root, "receiver", "RCV", parties.receiver_oid, "DMP")
    _device(root, "sender", "SND", parties.sender_oid, parties.sender_name)
    act = _sub(root, "controlActProcess", classCode="CACT", moodCode="EVN")
    _sub(
        act,
        "reasonCode",
        code="TEST_EXST",
        codeSystem=REASONS,
        displayName="Test d'existence de dossier",
    )
    query = _sub(act, "queryByParameter")
    _sub(query, "queryId", root=parties.sender_oid, extension=query_id)
    _sub(query, "statusCode", code="new")
    identifier = _sub(_sub(query, "parameterList"), "patientIdentifier")
    _sub(identifier, "value", root=ins.ins.oid, extension=ins.ins.matricule)
    _sub(identifier, "semanticsText").text = "Patient.id"
    return root


_NSMAP = {"hl7": HL7}


def _device(root: etree._Element, name: str, type_code: str, oid: str, software: str) -> None:
    party = _sub(root, name, typeCode=type_code)
    device = _sub(party, "device", classCode="DEV", determinerCode="INSTANCE")
    _sub(device, "id", root=oid)
    _sub(device, "softwareName").text = software


def _sub(parent: etree._Element, tag: str, /, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{HL7}}}{tag}", attributes)
