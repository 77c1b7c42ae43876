"""FETCH: what is told of one message (RFC 3501 §6.4.5)."""

from __future__ import annotations

import re

from lgc_sandbox.mail.boxes import Stored
from lgc_sandbox.mail.imap_words import Bad, internal_date

ITEM = re.compile(
    rb"\s*(?:(BODY|BODY\.PEEK)\[([^\]]*)\](?:<(\d{1,10})\.(\d{1,10})>)?|([A-Z0-9.]+))", re.I
)
FIELDS = re.compile(rb"HEADER\.FIELDS(\.NOT)?\s*\(([^)]*)\)", re.I)
SHORT = {b"RFC822": b"", b"RFC822.HEADER": b"HEADER", b"RFC822.TEXT": b"TEXT"}


def answer(message: Stored, items: bytes, *, by_uid: bool) -> tuple[bytes, bool]:
    """(inside of the parentheses, whether reading it makes the message seen). Raises Bad."""
    parts = [f"UID {message.uid}".encode()] if by_uid else []
    reads = False
    place, asked = 0, items.strip().removeprefix(b"(").removesuffix(b")").rstrip()
    while place < len(asked):
        found = ITEM.match(asked, place)
        if found is None:
            raise Bad("unknown item")
        place = found.end()
        if found[1]:
            parts.append(_body(message, found))
            reads = reads or found[1].upper() == b"BODY"
        elif found[5].upper() != b"UID" or not by_uid:
            parts.append(_simple(message, found[5].upper()))
            reads = reads or found[5].upper() in (b"RFC822", b"RFC822.TEXT")
    return b" ".join(parts), reads


def _simple(message: Stored, item: bytes) -> bytes:
    if item == b"UID":
        return f"UID {message.uid}".encode()
    if item == b"FLAGS":
        return b"FLAGS (" + " ".join(sorted(message.flags)).encode() + b")"
    if item == b"INTERNALDATE":
        return f'INTERNALDATE "{internal_date(message.received)}"'.encode()
    if item == b"RFC822.SIZE":
        return f"RFC822.SIZE {len(message.content)}".encode()
    if item in SHORT:
        return item + b" " + _literal(_section(message.content, SHORT[item]))
    raise Bad("unknown item")


def _body(message: Stored, found: re.Match[bytes]) -> bytes:
    section, start, length = found[2], found[3], found[4]
    content = _section(message.content, section)
    name = b"BODY[" + section.strip().upper() + b"]"
    if start is not None:
        content = content[int(start) : int(start) + int(length)]
        name += b"<" + start + b">"
    return name + b" " + _literal(content)


def _section(content: bytes, section: bytes) -> bytes:
    head, _, body = content.partition(b"\r\n\r\n")
    wanted = section.strip().upper()
    if not wanted:
        return content
    if wanted == b"HEADER":
        return head + b"\r\n\r\n"
    if wanted == b"TEXT":
        return body
    fields = FIELDS.fullmatch(wanted)
    if fields is None:
        raise Bad("unknown section")
    names = {name.strip(b'"') for name in fields[2].split()}
    lines = re.split(rb"\r\n(?![ \t])", head)
    kept = [
        line
        for line in lines
        if (line.partition(b":")[0].strip().upper() in names) is (fields[1] is None)
    ]
    return b"".join(line + b"\r\n" for line in kept) + b"\r\n"


def _literal(content: bytes) -> bytes:
    return b"{" + str(len(content)).encode() + b"}\r\n" + content
