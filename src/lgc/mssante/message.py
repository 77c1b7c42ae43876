"""A received message understood leniently (RFC 5322, MIME; conventions of mssante-xdm §2).

Attachments are told by their content, never by their name; HTML is reduced to words.
"""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.utils import getaddresses, parseaddr, parsedate_to_datetime
from typing import cast

from lgc.errors import UnreadableInput

MAX_BYTES = 60 * 1024 * 1024
MAX_PARTS = 200
MAX_DEPTH = 20
MAX_TEXT = 2_000_000
PREFIX = re.compile(r"XDM/1\.0/DDM\s*\+?", re.IGNORECASE)
REPLACES = re.compile(r"\[\s*annule et remplace\s*\]", re.IGNORECASE)
SIGNATURES = (
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"%PDF-", "application/pdf"),
    (b"{\\rtf", "application/rtf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
)


@dataclass(frozen=True, slots=True)
class Attached:
    """One attachment; ``media_type`` is what its bytes are."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """What a received message says (`services.ports.ParsedMail`)."""

    rfc_message_id: str
    sender_name: str
    sender_address: str
    recipients: tuple[str, ...]
    raw_subject: str
    subject: str
    sent_at: dt.datetime | None
    text: str
    attachments: tuple[Attached, ...]
    faults: tuple[str, ...]
    replaces: bool = False
    disposition: str = ""
    original_message_id: str = ""


def parse(raw: bytes) -> ParsedMail:
    """Read one message. Raises UnreadableInput when it is too large to be a message."""
    if len(raw) > MAX_BYTES:
        raise UnreadableInput(
            "Ce message est trop volumineux.", advice="Il reste dans votre boîte aux lettres."
        )
    message = email.message_from_bytes(
        raw.removeprefix(b"\xef\xbb\xbf"), policy=email.policy.default
    )
    faults: list[str] = []
    name, address = parseaddr(_header(message, "From"))
    subject = " ".join(_header(message, "Subject").split())
    text, attachments = _body(message, faults)
    disposition, original = _notification(message)
    return ParsedMail(
        rfc_message_id=_header(message, "Message-ID").strip(),
        sender_name=name.replace("_", " ").strip(),
        sender_address=address.lower(),
        recipients=_addresses(message),
        raw_subject=subject,
        subject=shown_subject(subject),
        sent_at=_date(message),
        text=text,
        attachments=tuple(attachments),
        faults=tuple(faults),
        replaces=REPLACES.search(subject) is not None,
        disposition=disposition,
        original_message_id=original,
    )


def shown_subject(raw: str) -> str:
    """Without the XDM prefix (SC.MSS/UX.28) nor the replacement mark."""
    return " ".join(REPLACES.sub(" ", PREFIX.sub(" ", raw)).split()) or "(sans objet)"


def media_type(content: bytes) -> str:
    """What the bytes are."""
    for signature, kind in SIGNATURES:
        if content.startswith(signature):
            return kind
    start = content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"<?xml") or b"ClinicalDocument" in start:
        return "text/xml"
    if b"\x00" not in start:
        return "text/plain"
    return "application/octet-stream"


def _header(message: Message, name: str) -> str:
    """A header as text; one that cannot be decoded is empty rather than fatal."""
    try:
        value = message[name]
    except (ValueError, IndexError, AttributeError, LookupError):
        return ""
    return str(value) if value is not None else ""


def _addresses(message: Message) -> tuple[str, ...]:
    fields = [_header(message, name) for name in ("To", "Cc")]
    return tuple(address.lower() for _, address in getaddresses(fields) if address)


def _date(message: Message) -> dt.datetime | None:
    try:
        found = parsedate_to_datetime(_header(message, "Date"))
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


def _parts(message: Message, depth: int = 0) -> Iterator[Message]:
    """Leaves, the forwarded messages kept whole; bounded in depth."""
    if depth > MAX_DEPTH:
        return
    if message.is_multipart() and message.get_content_maintype() == "multipart":
        for part in cast(list[Message], message.get_payload()):
            yield from _parts(part, depth + 1)
    else:
        yield message


def _body(message: Message, faults: list[str]) -> tuple[str, list[Attached]]:
    plain, formatted = "", ""
    attachments: list[Attached] = []
    for number, part in enumerate(_parts(message)):
        if number >= MAX_PARTS:
            faults.append("Le message a trop de parties ; la fin a été laissée de côté")
            break
        kind = part.get_content_type()
        attached = part.get_content_disposition() == "attachment" or bool(part.get_filename())
        if kind == "text/plain" and not attached and not plain:
            plain = _text(part)
        elif kind == "text/html" and not attached and not formatted:
            formatted = _words_of(_text(part))
        elif kind.startswith("message/disposition"):
            continue
        else:
            content = _content(part, faults)
            if content:
                name = _name(part, len(attachments) + 1)
                attachments.append(Attached(name, media_type(content), content))
    return (plain or formatted).strip(), attachments


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    charset = part.get_content_charset() or "utf-8"
    for name in (charset, "utf-8", "cp1252"):
        try:
            return data[:MAX_TEXT].decode(name)
        except (LookupError, UnicodeDecodeError):
            continue
    return data[:MAX_TEXT].decode("latin-1")


def _content(part: Message, faults: list[str]) -> bytes:
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload()
        first = inner[0] if isinstance(inner, list) and inner else None
        return bytes(first.as_bytes()) if isinstance(first, Message) else b""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return b""
    if part.defects:
        faults.append(f"{_name(part, 0)} : pièce jointe mal codée")
    return payload


def _name(part: Message, number: int) -> str:
    try:
        given = part.get_filename() or ""
    except (ValueError, LookupError):
        given = ""
    clean = re.sub(r"[\x00-\x1f/\\:]+", "_", given).strip("._ ")
    return clean or f"Pièce jointe {number}"


def _words_of(markup: str) -> str:
    """HTML as words: scripts and styles dropped, blocks on their lines, nothing fetched."""
    text = re.sub(r"(?is)<(script|style|head)\b.*?</\1\s*>", " ", markup)
    text = re.sub(r"(?i)<(br|/p|/div|/tr|/li|/h\d)\b[^>]*>", "\n", text)
    text = html.unescape(re.sub(r"(?s)<[^>]*>", " ", text))
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


def _notification(message: Message) -> tuple[str, str]:
    """(Disposition, Original-Message-ID) of a receipt (RFC 8098), empty otherwise."""
    for part in message.walk():
        if part.get_content_type() == "message/disposition-notification":
            inner = part.get_payload()
            fields = inner[0] if isinstance(inner, list) and inner else part
            if isinstance(fields, Message):
                return _header(fields, "Disposition"), _header(fields, "Original-Message-ID")
    return "", ""
