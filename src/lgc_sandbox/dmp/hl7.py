"""HL7 V3 answers: their head, their acknowledgement, the nodes they are made of (dmp.md §4.1)."""

from __future__ import annotations

import datetime as dt
import uuid

from lxml import etree

from lgc_sandbox.xml import NS, tag, text

DMP_OID = "1.2.250.1.213.4.1.1.1"


def start(name: str, body: etree._Element, now: dt.datetime) -> etree._Element:
    """The head of an answer to ``body``."""
    made = etree.Element(tag("hl7", name), nsmap={None: NS["hl7"]})  # type: ignore[dict-item]
    made.set("ITSVersion", "XML_1.0")
    add(made, "id", root=DMP_OID, extension=str(uuid.uuid4()))
    add(made, "creationTime", value=now.strftime("%Y%m%d%H%M%S"))
    add(made, "interactionId", root="2.16.840.1.113883.1.6", extension=name)
    processing = text(body, "hl7:processingCode/@code")
    add(made, "processingCode", code=processing if processing in ("P", "D") else "D")
    add(made, "processingModeCode", code="T")
    add(made, "acceptAckCode", code="NE")
    asked = text(body, "hl7:sender/hl7:device/hl7:id/@root") or "0"
    _device(made, "receiver", "RCV", asked, "LPS")
    _device(made, "sender", "SND", DMP_OID, "DMP")
    return made


def acknowledge(
    made: etree._Element, body: etree._Element, wrong: str = "", code: str = ""
) -> None:
    """AA, or AE with what is wrong."""
    acknowledgement = add(made, "acknowledgement", typeCode="AE" if wrong else "AA")
    target = add(acknowledgement, "targetMessage")
    add(
        target,
        "id",
        root=text(body, "hl7:id/@root") or "0",
        extension=text(body, "hl7:id/@extension"),
    )
    if wrong:
        detail = add(acknowledgement, "acknowledgementDetail", typeCode="E")
        if code:
            add(detail, "code", code=code)
        add(detail, "text").text = wrong


def add(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    """Add an element of HL7 V3."""
    made = etree.SubElement(parent, tag("hl7", name))
    for key, value in attributes.items():
        made.set(key, value)
    return made


def typed(node: etree._Element, kind: str) -> etree._Element:
    """The data type of an ``ANY``."""
    node.set(f"{{{NS['xsi']}}}type", kind)
    return node


def observation(parent: etree._Element, code: str, system: str, value: str) -> None:
    """A flag in ``subjectOf``."""
    held = add(parent, "subjectOf", typeCode="SBJ")
    made = add(held, "administrativeObservation", classCode="OBS", moodCode="EVN")
    add(made, "code", code=code, codeSystem=system)
    typed(add(made, "value", value=value), "BL")


def _device(parent: etree._Element, name: str, kind: str, root: str, software: str) -> None:
    device = add(
        add(parent, name, typeCode=kind), "device", classCode="DEV", determinerCode="INSTANCE"
    )
    add(device, "id", root=root)
    add(device, "softwareName").text = software
