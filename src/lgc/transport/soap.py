"""SOAP 1.2 envelopes with WS-Addressing and one security token (dmp.md §2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

from lxml import etree

from lgc.errors import UnreadableInput
from lgc.transport.errors import MalformedAnswer, SoapFault
from lgc.xds.safe_xml import read_xml

SOAP = "http://www.w3.org/2003/05/soap-envelope"
WSA = "http://www.w3.org/2005/08/addressing"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
ANONYMOUS = "http://www.w3.org/2005/08/addressing/anonymous"
_SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"
_ENVELOPES = (f"{{{SOAP}}}Envelope", f"{{{_SOAP_11}}}Envelope")
_NS = {"s": SOAP, "s11": _SOAP_11, "a": WSA}


@dataclass(frozen=True, slots=True)
class Request:
    """One call: where to, under which Action and MessageID, with which token and body."""

    to: str
    action: str
    message_id: str
    token: etree._Element
    body: etree._Element
    parts: list[tuple[etree._Element, bytes]] = field(default_factory=list)

    def envelope(self) -> etree._Element:
        """The whole envelope; ``body`` and ``token`` are moved into it."""
        root = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soap": SOAP, "wsa": WSA})
        header = etree.SubElement(root, f"{{{SOAP}}}Header")
        etree.SubElement(header, f"{{{WSA}}}MessageID").text = self.message_id
        etree.SubElement(header, f"{{{WSA}}}To").text = self.to
        reply_to = etree.SubElement(header, f"{{{WSA}}}ReplyTo")
        etree.SubElement(reply_to, f"{{{WSA}}}Address").text = ANONYMOUS
        action = etree.SubElement(header, f"{{{WSA}}}Action")
        action.text = self.action
        for obliged in (reply_to, action):
            obliged.set(f"{{{SOAP}}}mustUnderstand", "true")
        security = etree.SubElement(header, f"{{{WSSE}}}Security", nsmap={"wsse": WSSE})
        security.append(self.token)
        etree.SubElement(root, f"{{{SOAP}}}Body").append(self.body)
        return root


@dataclass(frozen=True, slots=True)
class Answer:
    """The first child of an answered Body, and the MTOM parts by Content-ID."""

    body: etree._Element
    parts: dict[str, bytes]


def read_answer(content: bytes, parts: dict[str, bytes], message_id: str) -> Answer:
    """The answer to ``message_id``.

    Raises SoapFault for a fault, MalformedAnswer for anything that is no SOAP, is hostile, or
    relates to another message. A missing RelatesTo is forgiven, a wrong one is not.
    """
    root = _parse(content)
    relates_to = _text(root, "*[local-name()='Header']/a:RelatesTo")
    fault = _first(root, "s:Body/s:Fault")
    if fault is None:
        fault = _first(root, "s11:Body/s11:Fault")
    if relates_to and relates_to != message_id:
        raise MalformedAnswer("the answer relates to another message")
    if fault is not None:
        raise _read_fault(fault)
    body = _first(root, "*[local-name()='Body']/*")
    if body is None:
        raise MalformedAnswer("empty SOAP body")
    return Answer(body, parts)


def _parse(content: bytes) -> etree._Element:
    try:
        root = read_xml(content)
    except UnreadableInput as error:
        raise MalformedAnswer("not XML that may be read") from error
    if root.tag not in _ENVELOPES:
        raise MalformedAnswer("not a SOAP envelope")
    return root


def _read_fault(fault: etree._Element) -> SoapFault:
    return SoapFault(
        code=_local(_text(fault, "s:Code/s:Value") or _text(fault, "faultcode")),
        subcode=_local(_text(fault, "s:Code/s:Subcode/s:Value")),
        text=_text(fault, "s:Reason/s:Text") or _text(fault, "faultstring"),
    )


def _local(qualified: str) -> str:
    return qualified.rpartition(":")[2]


def _first(node: etree._Element, path: str) -> etree._Element | None:
    return next(iter(cast("list[etree._Element]", node.xpath(path, namespaces=_NS))), None)


def _text(node: etree._Element, path: str) -> str:
    found = _first(node, path)
    return " ".join("".join(str(t) for t in found.itertext()).split()) if found is not None else ""
