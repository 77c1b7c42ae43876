"""MTOM/XOP: binary parts beside a SOAP envelope in one multipart/related (W3C MTOM, XOP)."""

from __future__ import annotations

import base64
import binascii
import quopri
import uuid
from collections.abc import Mapping, Sequence
from email.message import Message
from urllib.parse import unquote

from lxml import etree

from lgc.transport.errors import MalformedAnswer

XOP = "http://www.w3.org/2004/08/xop/include"
MAX_PARTS = 64
MAX_PART_HEADERS = 16 * 1024
_ROOT_ID = "root@lgc"


def pack(
    envelope: etree._Element, parts: Sequence[tuple[etree._Element, bytes]], action: str
) -> tuple[str, bytes]:
    """Content-Type and body of a request whose ``parts`` replace the text of their element."""
    pieces: list[bytes] = []
    for element, content in parts:
        content_id = f"{uuid.uuid4()}@lgc"
        include = etree.SubElement(element, f"{{{XOP}}}Include", nsmap={"xop": XOP})
        include.set("href", f"cid:{content_id}")
        pieces.append(_piece("application/octet-stream", content_id, content))
    root_type = 'application/xop+xml; charset=UTF-8; type="application/soap+xml"'
    xml = etree.tostring(envelope, encoding="UTF-8", xml_declaration=True)
    pieces.insert(0, _piece(root_type, _ROOT_ID, xml))
    boundary = f"MIMEBoundary_{uuid.uuid4().hex}"
    mark = f"--{boundary}".encode()
    body = b"".join(mark + b"\r\n" + piece + b"\r\n" for piece in pieces) + mark + b"--\r\n"
    content_type = (
        f'multipart/related; boundary="{boundary}"; type="application/xop+xml"; '
        f'start="<{_ROOT_ID}>"; start-info="application/soap+xml"; action="{action}"'
    )
    return content_type, body


def unpack(content_type: str, body: bytes) -> tuple[bytes, dict[str, bytes]]:
    """The root part and the others by Content-ID (without brackets).

    Raises MalformedAnswer when it is cut short, has too many parts, or cannot be decoded.
    """
    header = Message()
    header["Content-Type"] = content_type
    boundary = header.get_param("boundary")
    if not isinstance(boundary, str) or not boundary:
        raise MalformedAnswer("multipart without a boundary")
    parts = [_read_part(piece) for piece in _split(body, boundary.encode("latin-1", "replace"))]
    if not parts:
        raise MalformedAnswer("multipart without a part")
    start = _bare(str(header.get_param("start") or ""))
    root = next((content for name, content in parts if start and name == start), parts[0][1])
    return root, dict(parts)


def content_of(element: etree._Element, parts: Mapping[str, bytes]) -> bytes:
    """The bytes an element stands for: its MTOM part, or its own base64 text.

    Raises MalformedAnswer when the part is missing or the text is not base64.
    """
    include = element.find(f"{{{XOP}}}Include")
    if include is None:
        try:
            return base64.b64decode("".join((element.text or "").split()), validate=True)
        except (binascii.Error, ValueError) as error:
            raise MalformedAnswer("not base64") from error
    href = include.get("href", "")
    # The reference is a URL, hence percent-encoded; some servers forget it.
    for name in (unquote(href.removeprefix("cid:")), href.removeprefix("cid:")):
        if name in parts:
            return parts[name]
    raise MalformedAnswer("an MTOM part is missing")


def _piece(content_type: str, content_id: str, content: bytes) -> bytes:
    headers = (
        f"Content-Type: {content_type}\r\nContent-Transfer-Encoding: binary\r\n"
        f"Content-ID: <{content_id}>\r\n\r\n"
    )
    return headers.encode() + content


def _split(body: bytes, boundary: bytes) -> list[bytes]:
    """The pieces between delimiters, each found from the last: linear in the size."""
    mark = b"\r\n--" + boundary
    # A preamble is allowed, so the first delimiter may also open the body.
    at = 0 if body.startswith(mark[2:]) else body.find(mark)
    if at < 0:
        raise MalformedAnswer("multipart without a delimiter")
    at += len(mark) - (2 if at == 0 else 0)
    pieces: list[bytes] = []
    while not body.startswith(b"--", at):
        stop = body.find(mark, at)
        if stop < 0:
            raise MalformedAnswer("multipart cut short")
        if len(pieces) == MAX_PARTS:
            raise MalformedAnswer("too many parts")
        pieces.append(body[at:stop])
        at = stop + len(mark)
    return pieces


def _read_part(piece: bytes) -> tuple[str, bytes]:
    """Content-ID and decoded content of one part."""
    line_end = piece.find(b"\r\n")
    start = line_end + 2
    stop = piece.find(b"\r\n\r\n", line_end)
    if line_end < 0 or stop < 0 or stop > MAX_PART_HEADERS:
        raise MalformedAnswer("a part has no headers")
    headers = _headers(piece[start:stop].decode("latin-1"))
    content = piece[stop + 4 :]
    return _bare(headers.get("content-id", "")), _decoded(
        content, headers.get("content-transfer-encoding", "binary").strip().lower()
    )


def _headers(text: str) -> dict[str, str]:
    unfolded = text.replace("\r\n ", " ").replace("\r\n\t", " ")
    lines = (line.partition(":") for line in unfolded.split("\r\n") if ":" in line)
    return {name.strip().lower(): value.strip() for name, _, value in lines}


def _decoded(content: bytes, encoding: str) -> bytes:
    if encoding == "base64":
        try:
            return base64.b64decode(b"".join(content.split()), validate=True)
        except (binascii.Error, ValueError) as error:
            raise MalformedAnswer("not base64") from error
    if encoding == "quoted-printable":
        return quopri.decodestring(content)
    return content


def _bare(content_id: str) -> str:
    return content_id.strip().removeprefix("<").removesuffix(">")
