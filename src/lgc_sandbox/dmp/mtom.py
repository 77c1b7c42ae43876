"""MTOM (XOP 1.0, multipart/related RFC 2387), read and written by the sandbox itself."""

from __future__ import annotations

import base64
import binascii
import uuid
from dataclasses import dataclass
from email.message import Message
from urllib.parse import unquote

from lxml import etree

from lgc_sandbox.xml import NS, nodes

MOST_PARTS = 64
XOP_TYPE = "application/xop+xml"
SOAP_TYPE = "application/soap+xml"


class BadPackage(ValueError):
    """Not an MTOM package; the text says what is wrong."""


@dataclass(frozen=True, slots=True)
class Package:
    """The root part, the other parts by Content-ID, the action its headers name."""

    root: bytes
    parts: dict[str, bytes]
    action: str


def header(content_type: str) -> Message:
    """A Content-Type whose parameters ``get_param`` reads."""
    message = Message()
    message["Content-Type"] = content_type
    return message


def parameter(message: Message, name: str) -> str:
    """One parameter of the Content-Type, "" when absent."""
    value = message.get_param(name)
    return value if isinstance(value, str) else ""


def read(content_type: str, raw: bytes) -> Package:
    """Take a package apart. Raises ``BadPackage``."""
    outer = header(content_type)
    boundary = parameter(outer, "boundary")
    if outer.get_content_type() != "multipart/related" or not boundary:
        raise BadPackage("multipart/related with a boundary is expected")
    if parameter(outer, "type").lower() != XOP_TYPE:
        raise BadPackage(f'type="{XOP_TYPE}" is expected')
    if parameter(outer, "start-info").split(";")[0].strip().lower() != SOAP_TYPE:
        raise BadPackage(f'start-info="{SOAP_TYPE}" is expected')
    parts = [_part(chunk) for chunk in _chunks(raw, boundary.encode())]
    named = {head["Content-ID"].strip().strip("<>"): body for head, body in parts}
    if len(named) != len(parts):
        raise BadPackage("two parts have the same Content-ID")
    head, root = _root(parts, parameter(outer, "start"))
    if head.get_content_type() != XOP_TYPE or parameter(head, "type") != SOAP_TYPE:
        raise BadPackage(f'the root part must be {XOP_TYPE}; type="{SOAP_TYPE}"')
    del named[head["Content-ID"].strip().strip("<>")]
    return Package(root, named, parameter(outer, "action") or parameter(head, "action"))


def _chunks(raw: bytes, boundary: bytes) -> list[bytes]:
    pieces = (b"\r\n" + raw).split(b"\r\n--" + boundary)
    if len(pieces) < 3 or not pieces[-1].startswith(b"--"):
        raise BadPackage("the closing boundary is missing")
    if len(pieces) - 2 > MOST_PARTS:
        raise BadPackage("too many parts")
    return pieces[1:-1]


def _part(chunk: bytes) -> tuple[Message, bytes]:
    head, gap, body = chunk.partition(b"\r\n\r\n")
    if not gap:
        raise BadPackage("a part without headers")
    message = Message()
    for line in head.decode("ascii", "replace").replace("\r\n ", " ").split("\r\n"):
        name, colon, value = line.partition(":")
        if colon:
            message[name.strip()] = value.strip()
    if not message["Content-ID"]:
        raise BadPackage("a part without Content-ID")
    encoding = str(message["Content-Transfer-Encoding"] or "binary").lower()
    if encoding == "base64":
        try:
            return message, base64.b64decode(body)
        except binascii.Error as why:
            raise BadPackage("a part that is not base64") from why
    if encoding not in ("binary", "8bit", "7bit"):
        raise BadPackage(f"Content-Transfer-Encoding {encoding}")
    return message, body


def _root(parts: list[tuple[Message, bytes]], start: str) -> tuple[Message, bytes]:
    if not start:
        return parts[0]
    for head, body in parts:
        if head["Content-ID"].strip() == start.strip():
            return head, body
    raise BadPackage("start names no part")


def documents(body: etree._Element, package: Package | None) -> dict[str, bytes]:
    """Bytes of each ``xdsb:Document`` by its id; every one must be an optimised part.

    Raises ``BadPackage`` (EX_2.1-1260: MTOM is mandatory).
    """
    if package is None:
        raise BadPackage("MTOM est obligatoire pour cette transaction")
    found: dict[str, bytes] = {}
    for document in nodes(body, "xdsb:Document"):
        includes = nodes(document, "xop:Include")
        if len(includes) != 1 or (document.text or "").strip():
            raise BadPackage("each Document must hold one xop:Include")
        identifier = document.get("id", "")
        if identifier in found:
            raise BadPackage("two Documents have the same id")
        found[identifier] = _resolve(includes[0].get("href", ""), package)
    return found


def _resolve(href: str, package: Package) -> bytes:
    if not href.startswith("cid:") or unquote(href[4:]) not in package.parts:
        raise BadPackage("an xop:Include refers to no part")
    return package.parts[unquote(href[4:])]


def inlined(body: etree._Element, contents: dict[str, bytes]) -> None:
    """Put the base64 text back where the includes are, as a schema wants it."""
    for document in nodes(body, "xdsb:Document"):
        for include in nodes(document, "xop:Include"):
            document.remove(include)
        document.text = base64.b64encode(contents[document.get("id", "")]).decode()


def write(envelope: etree._Element, action: str, parts: dict[str, bytes]) -> tuple[str, bytes]:
    """(Content-Type, bytes) of a package; ``parts`` by Content-ID, without brackets."""
    boundary = f"uuid-{uuid.uuid4()}"
    chunks = [
        f'Content-Type: {XOP_TYPE}; charset=UTF-8; type="{SOAP_TYPE}"\r\n'
        "Content-Transfer-Encoding: binary\r\nContent-ID: <root@dmp>\r\n\r\n".encode()
        + etree.tostring(envelope, encoding="UTF-8", xml_declaration=True)
    ]
    chunks += [
        "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\n"
        f"Content-ID: <{name}>\r\n\r\n".encode()
        + content
        for name, content in parts.items()
    ]
    mark = f"--{boundary}".encode()
    raw = b"".join(mark + b"\r\n" + chunk + b"\r\n" for chunk in chunks) + mark + b"--\r\n"
    content_type = (
        f'multipart/related; type="{XOP_TYPE}"; boundary="{boundary}"; start="<root@dmp>"; '
        f'start-info="{SOAP_TYPE}"; action="{action}"'
    )
    return content_type, raw


def include(parent: etree._Element, name: str) -> None:
    """Refer to the part ``name`` from ``parent``."""
    etree.SubElement(parent, f"{{{NS['xop']}}}Include", nsmap={"xop": NS["xop"]}).set(
        "href", f"cid:{name}"
    )
