"""SOAP 1.2 envelopes with WS-Addressing headers (dmp.md §2), read severely and answered."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml import etree

from lgc_sandbox.dmp import mtom
from lgc_sandbox.xml import NS, Malformed, nodes, parse, tag, text

ANONYMOUS = "http://www.w3.org/2005/08/addressing/anonymous"
URN_UUID = re.compile(r"urn:uuid:[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class Fault(Exception):
    """A SOAP fault of the sender: its text, and a subcode when a standard or the DMP names one."""

    def __init__(self, reason: str, subcode: str = "") -> None:
        super().__init__(reason)
        self.reason, self.subcode = reason, subcode


@dataclass(frozen=True, slots=True)
class Request:
    """One request, its envelope read; ``package`` when it came as MTOM."""

    envelope: etree._Element
    action: str
    message_id: str
    to: str
    assertion: etree._Element
    body: etree._Element
    package: mtom.Package | None


def message_id(raw: bytes, content_type: str) -> str:
    """Whatever MessageID can be found, to relate a fault to; "" when there is none."""
    try:
        package = _package(content_type, raw)
        return text(parse(package.root if package else raw), "soap:Header/wsa:MessageID")
    except (Malformed, mtom.BadPackage):
        return ""


def read(content_type: str, raw: bytes, path: str) -> Request:
    """Read and check the envelope of a request posted to ``path``. Raises ``Fault``."""
    try:
        package = _package(content_type, raw)
        envelope = parse(package.root if package else raw)
    except (Malformed, mtom.BadPackage) as why:
        raise Fault(f"Message illisible: {why}") from why
    if envelope.tag != tag("soap", "Envelope"):
        raise Fault("L'enveloppe n'est pas SOAP 1.2")
    said = package.action if package else mtom.parameter(mtom.header(content_type), "action")
    bodies = nodes(envelope, "soap:Body/*")
    if len(bodies) != 1:
        raise Fault("Le corps doit avoir un seul élément")
    action, identifier, to = _addressing(envelope, path)
    if said != action:
        raise Fault(f"Action SOAP «{said}» différente de wsa:Action", "wsa:ActionMismatch")
    return Request(envelope, action, identifier, to, _assertion(envelope), bodies[0], package)


def _package(content_type: str, raw: bytes) -> mtom.Package | None:
    head = mtom.header(content_type)
    if head.get_content_type() == "multipart/related":
        return mtom.read(content_type, raw)
    if head.get_content_type() != mtom.SOAP_TYPE:
        raise Malformed(f"Content-Type {mtom.SOAP_TYPE} expected")
    if mtom.parameter(head, "charset").upper() not in ("", "UTF-8"):
        raise Malformed("charset UTF-8 expected")
    return None


def _addressing(envelope: etree._Element, path: str) -> tuple[str, str, str]:
    values = {}
    for name in ("Action", "MessageID", "To", "ReplyTo"):
        found = nodes(envelope, f"soap:Header/wsa:{name}")
        if not found:
            raise Fault(f"wsa:{name} absent", "wsa:MessageAddressingHeaderRequired")
        if len(found) > 1:
            raise Fault(f"wsa:{name} répété", "wsa:InvalidAddressingHeader")
        values[name] = text(found[0], "wsa:Address" if name == "ReplyTo" else ".")
    for name, fits in (
        ("MessageID", bool(URN_UUID.fullmatch(values["MessageID"]))),
        ("ReplyTo", values["ReplyTo"] == ANONYMOUS),
        ("To", urlsplit(values["To"]).scheme == "https" and urlsplit(values["To"]).path == path),
    ):
        if not fits:
            raise Fault(f"wsa:{name} incorrect", "wsa:InvalidAddressingHeader")
    return values["Action"], values["MessageID"], values["To"]


def _assertion(envelope: etree._Element) -> etree._Element:
    security = nodes(envelope, "soap:Header/wsse:Security")
    if len(security) != 1:
        raise Fault("Un en-tête wsse:Security est attendu", "wsse:InvalidSecurity")
    if len(security[0]) != 1 or security[0][0].tag != tag("saml", "Assertion"):
        raise Fault("wsse:Security doit porter une seule assertion", "wsse:InvalidSecurity")
    if len(nodes(envelope, "//saml:Assertion")) != 1:
        raise Fault("Plusieurs assertions dans le message", "wsse:InvalidSecurity")
    return security[0][0]


def envelope(action: str, relates_to: str, body: etree._Element) -> etree._Element:
    """An answer with its addressing headers."""
    root = etree.Element(tag("soap", "Envelope"), nsmap={"soap": NS["soap"], "wsa": NS["wsa"]})
    head = etree.SubElement(root, tag("soap", "Header"))
    for name, value in (
        ("Action", action),
        ("MessageID", f"urn:uuid:{uuid.uuid4()}"),
        ("To", ANONYMOUS),
        ("RelatesTo", relates_to),
    ):
        if value:
            etree.SubElement(head, tag("wsa", name)).text = value
    etree.SubElement(root, tag("soap", "Body")).append(body)
    return root


def fault(why: Fault, relates_to: str) -> etree._Element:
    """The envelope of a fault."""
    body = etree.Element(tag("soap", "Fault"), nsmap={"wsse": NS["wsse"], "wsa": NS["wsa"]})
    code = etree.SubElement(body, tag("soap", "Code"))
    etree.SubElement(code, tag("soap", "Value")).text = "soap:Sender"
    if why.subcode:
        subcode = etree.SubElement(code, tag("soap", "Subcode"))
        etree.SubElement(subcode, tag("soap", "Value")).text = why.subcode
    reason = etree.SubElement(etree.SubElement(body, tag("soap", "Reason")), tag("soap", "Text"))
    reason.set("{http://www.w3.org/XML/1998/namespace}lang", "fr")
    reason.text = why.reason
    action = f"{NS['wsa']}/" + ("fault" if why.subcode.startswith("wsa:") else "soap/fault")
    return envelope(action, relates_to, body)
