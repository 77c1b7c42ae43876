"""What a file from outside is, and what is inside, whatever it is: never an exception.

A message holds attachments, an archive holds documents, an answer of the DMP holds entries and
documents: each level is understood like a file of its own, down to ``MAX_DEPTH``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lgc.cda import media, parse
from lgc.commands import answers
from lgc.domain import charsets, media_types
from lgc.domain.readable import ReadableDocument
from lgc.errors import UnreadableInput, UserFacingError
from lgc.mssante import message
from lgc.reading import asking, markup
from lgc.xds import xdm

MAX_BYTES = 100 * 1024 * 1024
MAX_DEPTH = 6
ZIP, XML, MAIL, ANSWER = "application/zip", "text/xml", "message/rfc822", "dmp/answer"
_BOM = b"\xef\xbb\xbf"
_HEADER = re.compile(rb"[A-Za-z][A-Za-z0-9-]{1,60}:[ \t]")
_ENVELOPE = re.compile(rb"<(?:[\w.-]+:)?Envelope[\s>]")


@dataclass(frozen=True, slots=True)
class Understood:
    """One level: ``kind`` (``cda``, ``archive``, ``message``, ``dmp_answer``, a media type, or
    ``unreadable``), what it says of itself, its words, and what it holds."""

    name: str
    kind: str
    size: int
    about: Mapping[str, Any] = field(default_factory=dict)
    document: ReadableDocument | None = None
    text: str = ""
    faults: tuple[str, ...] = ()
    inside: tuple[Understood, ...] = ()

    @property
    def is_readable(self) -> bool:
        return self.kind != "unreadable"


def of_file(path: Path) -> Understood:
    """What a file holds; one that cannot be opened is unreadable like another."""
    try:
        if path.stat().st_size > MAX_BYTES:
            return Understood(
                path.name, "unreadable", path.stat().st_size, faults=("Ce fichier est trop gros.",)
            )
        return of_bytes(path.name, path.read_bytes())
    except OSError:
        return Understood(path.name, "unreadable", 0, faults=("Ce fichier ne peut pas être lu.",))


def of_bytes(name: str, data: bytes, depth: int = 0) -> Understood:
    """What bytes hold, judged on the bytes alone."""
    if depth >= MAX_DEPTH:
        return Understood(name, "unreadable", len(data), faults=("Emboîtement trop profond.",))
    kind = recognise(data)
    read = READERS.get(kind, _other)
    try:
        return read(name, data, depth)
    except UserFacingError as error:
        return Understood(name, "unreadable", len(data), faults=(error.sentence,))
    except RecursionError:
        return Understood(name, "unreadable", len(data), faults=("Contenu trop enchevêtré.",))


def recognise(data: bytes) -> str:
    """A media type, with ``dmp/answer`` for what the DMP answers."""
    head = data[:4096].removeprefix(_BOM).lstrip()
    if _ENVELOPE.search(head) or head.startswith(b"--") or answers.is_recorded(head):
        return ANSWER
    if media_types.of_bytes(data) == media_types.HTML:
        return media_types.HTML
    if head.startswith(b"<") or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return XML
    if _HEADER.match(head) and b"\x00" not in head:
        return MAIL
    return media.media_type(data)


def _cda(name: str, data: bytes, depth: int) -> Understood:
    document = parse.parse(data)
    text = parse.plain_text(document)
    return Understood(name, "cda", len(data), {}, document, text, document.faults)


def _archive(name: str, data: bytes, depth: int) -> Understood:
    archive = xdm.read(data)
    inside = tuple(
        of_bytes(entry.file_name or entry.title, entry.content, depth + 1)
        for entry in archive.entries
        if entry.content is not None
    )
    about = {"documents": [_sheet(entry) for entry in archive.entries]}
    return Understood(name, "archive", len(data), about, faults=archive.faults, inside=inside)


def _sheet(entry: xdm.XdmEntry) -> dict[str, Any]:
    return {
        "unique_id": entry.unique_id,
        "title": entry.title,
        "type": entry.type,
        "media_type": entry.mime_type,
        "author": entry.author,
        "created_at": entry.created_at,
        "file": entry.file_name,
        "hash": entry.hash_verdict,
        "size": entry.size_verdict,
        "present": entry.content is not None,
    }


def _message(name: str, data: bytes, depth: int) -> Understood:
    mail = message.parse(data)
    about = {
        "message_id": mail.rfc_message_id,
        "from": mail.sender_address or mail.sender_name,
        "sender": mail.sender_name,
        "to": mail.recipients,
        "subject": mail.raw_subject,
        "sent_at": mail.sent_at,
        "receipt": mail.disposition,
        "about_message": mail.original_message_id,
        "headers": dict(mail.x_mss),
    }
    inside = tuple(of_bytes(one.name, one.content, depth + 1) for one in mail.attachments)
    return Understood(
        name, "message", len(data), about, text=mail.text, faults=mail.faults, inside=inside
    )


def _answer(name: str, data: bytes, depth: int) -> Understood:
    said = answers.read(data)
    inside = tuple(of_bytes(title, content, depth + 1) for title, content in said.documents)
    return Understood(name, "dmp_answer", len(data), said.about, faults=said.faults, inside=inside)


def _other(name: str, data: bytes, depth: int) -> Understood:
    kind = media.media_type(data)
    if kind == "application/octet-stream":
        raise UnreadableInput("Ce fichier n’est d’aucune forme connue.")
    readers: dict[str, Callable[[bytes], str]] = {
        media_types.TEXT: charsets.decoded,
        media_types.HTML: lambda content: markup.words(charsets.decoded(content, markup=True)),
        media_types.RTF: lambda content: asking.rtf_text(content)[0],
        media_types.PDF: asking.pdf_words,
    }
    text = readers.get(kind)
    return Understood(name, kind, len(data), text=text(data) if text else "")


READERS: Mapping[str, Callable[[str, bytes, int], Understood]] = {
    XML: _cda,
    ZIP: _archive,
    MAIL: _message,
    ANSWER: _answer,
}
