"""A received message understood leniently (RFC 5322, MIME; conventions of mssante-xdm §2).

Attachments are told by their content, never by their name; HTML is reduced to words.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from functools import partial
from itertools import islice
from typing import TypeVar

from lgc.domain import media_types
from lgc.domain.characters import marked
from lgc.domain.messages import MESSAGE_ID
from lgc.domain.receipts import MailReceipt
from lgc.domain.unreadable import Fault, Flaw
from lgc.errors import UnreadableInput
from lgc.mssante import defects, mime, receipts
from lgc.mssante.bodies import Bodies, said
from lgc.mssante.words import decoded
from lgc.reading import markup as taken_apart
from lgc.reading.patience import within

T = TypeVar("T")
MAX_BYTES = 60 * 1024 * 1024
MAX_PARTS = 200
MOST_NAME = 200
PREFIX = re.compile(r"XDM/1\.0/DDM\s*\+?", re.IGNORECASE)
REPLACES = re.compile(r"\[\s*annule et remplace\s*\]", re.IGNORECASE)
HEADERS = ("From", "To", "Cc", "Subject", "Message-ID")
HALF = "Il contient un caractère coupé, remplacé par « \ufffd »."
UNKNOWN = "\ufffd"
ENTANGLED = Flaw(Fault.CONTENT, "", "Son corps est trop enchevêtré pour être lu.", "entangled")
HALF_NOTICE = Flaw(Fault.HEADER, "Disposition", HALF, "half character")


@dataclass(frozen=True, slots=True)
class Attached:
    """One attachment; ``media_type`` is what its bytes are, ``content_id`` how words name it."""

    name: str
    media_type: str
    content: bytes
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """What a received message says (`services.ports.ParsedMail`).

    ``disposition`` is set on receipts only (RFC 8098), ``notice`` tells what they mean;
    ``formatted`` is the body as safe HTML, empty when it came as plain text only; ``x_mss`` maps
    the headers of the referential, in lower case without ``x-mss-``, to their values; ``flaws``
    are what was written so wrongly that nothing may be decided on it.
    """

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
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    x_mss: tuple[tuple[str, str], ...] = ()
    notice: MailReceipt | None = None
    formatted: str = ""
    receipt_to: str = ""
    receipt_safe: bool = False
    flaws: tuple[Flaw, ...] = ()


def parse(raw: bytes) -> ParsedMail:
    """Read one message. Raises UnreadableInput when it is too large to be a message, or asks for
    too much work."""
    with within("message"):
        return _parse(raw)


def _parse(raw: bytes) -> ParsedMail:
    if len(raw) > MAX_BYTES:
        raise UnreadableInput(
            "Ce message est trop volumineux.", advice="Il reste dans votre boîte aux lettres."
        )
    message, whole = mime.read(raw)
    faults: list[str] = []
    if whole:
        faults += defects.told(one.part for one in mime.nodes(message))
    else:
        faults.append("Le corps du message est trop enchevêtré pour être lu")
    name, address = _sender(message)
    subject = mime.header(message, "Subject")
    text, formatted, attachments = _body(message, faults)
    sent_at, flaws = _date(message, faults)
    rfc_message_id, recipients = mime.header(message, "Message-ID"), _recipients(message)
    disposition, original = _notification(message)
    shown = (name, address, subject, rfc_message_id, disposition, *recipients)
    if any(UNKNOWN in words for words in (*shown, *(one.name for one in attachments))):
        flaws += _half_headers(message)
    if not whole:
        flaws.append(ENTANGLED)
    receipt_to, receipt_safe = receipts.asked(message)
    replied = _message_ids(message, "In-Reply-To")
    return ParsedMail(
        rfc_message_id=rfc_message_id,
        sender_name=name,
        sender_address=address,
        recipients=recipients,
        raw_subject=subject,
        subject=shown_subject(subject),
        sent_at=sent_at,
        text=text,
        attachments=tuple(attachments),
        faults=tuple(faults),
        replaces=REPLACES.search(subject) is not None,
        disposition=disposition,
        original_message_id=original,
        in_reply_to=replied[0] if replied else "",
        references=_message_ids(message, "References"),
        x_mss=_of_the_referential(message),
        notice=receipts.read(message) if HALF_NOTICE not in flaws else None,
        receipt_to=receipt_to,
        receipt_safe=receipt_safe,
        formatted=formatted,
        flaws=tuple(flaws),
    )


def salvage(raw: bytes) -> ParsedMail:
    """What can still be read of a message on which ``parse`` gives up. Never raises."""
    message, _ = _or(lambda: mime.read(raw), (Message(), False))
    name, address = _or(lambda: _sender(message), ("", ""))
    subject = _or(lambda: mime.header(message, "Subject"), "")
    nothing: list[Message] = []
    parts = _or(lambda: list(islice(mime.leaves(message), MAX_PARTS)), nothing)
    texts = [_or(partial(_plain_text, part), "") for part in parts]
    none: tuple[Attached, ...] = ()
    pieces = [_or(partial(_piece, part), none) for part in parts]
    return ParsedMail(
        rfc_message_id=_or(lambda: mime.header(message, "Message-ID"), ""),
        sender_name=name,
        sender_address=address,
        recipients=_or(lambda: _recipients(message), ()),
        raw_subject=subject,
        subject=_or(lambda: shown_subject(subject), subject),
        sent_at=_or(lambda: mime.date(message), None),
        text=next(filter(None, texts), ""),
        attachments=tuple(one for found in pieces for one in found),
        faults=(),
    )


def _or(attempt: Callable[[], T], otherwise: T) -> T:
    try:
        return attempt()
    except Exception:
        return otherwise


def _sender(message: Message) -> tuple[str, str]:
    """(name, address); what stands there as name when it is not one clean address."""
    name, address = mime.only_address(message, "From") or (mime.header(message, "From"), "")
    return marked(name.replace("_", " ").strip())[:MOST_NAME], address


def _recipients(message: Message) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for _, one in mime.addresses(message, "To", "Cc")))


def _date(message: Message, faults: list[str]) -> tuple[dt.datetime | None, list[Flaw]]:
    try:
        found = mime.date(message)
    except OverflowError:
        told = "L’heure montrée est celle de son arrivée."
        return None, [Flaw(Fault.DATE, "Date", told, "Date: out of range")]
    if found is None and mime.header(message, "Date"):
        faults.append("Date mal écrite : l’heure montrée est celle de l’arrivée")
    return found, []


def _half_headers(message: Message) -> list[Flaw]:
    """Half characters, which stand for nothing: what they spoil must not decide anything.

    Some senders write U+FFFD themselves: that alone is no fault.
    """
    found = [Flaw(Fault.HEADER, name, HALF, "half character") for name in
             mime.halves(message, *HEADERS)]  # fmt: skip
    for number, part in enumerate(islice(mime.leaves(message), MAX_PARTS), 1):
        if mime.has_half_name(part):
            found.append(Flaw(Fault.HEADER, _name(part, number), HALF, "half character"))
    fields = _notification_fields(message)
    if fields is not None and mime.halves(fields, "Disposition"):
        found.append(HALF_NOTICE)
    return found


def _plain_text(part: Message) -> str:
    """The words of a part, formatted or not; empty for blanks and for files."""
    if mime.is_attached(part):
        return ""
    text = mime.text(part) if mime.kind(part) in ("text/plain", "text/html") else ""
    text = taken_apart.words(text) if mime.kind(part) == "text/html" else text
    return text.strip() if said(text) else ""


def _piece(part: Message) -> tuple[Attached, ...]:
    return tuple(_attached(part, 1, [])) if mime.is_attached(part) else ()


def shown_subject(raw: str) -> str:
    """Without the XDM prefix (SC.MSS/UX.28) nor the replacement mark."""
    plain = REPLACES.sub(" ", PREFIX.sub(" ", raw))
    return marked(" ".join(plain.split())) or "(sans objet)"


def _body(message: Message, faults: list[str]) -> tuple[str, str, list[Attached]]:
    """(words, safe HTML, attachments)."""
    bodies = Bodies()
    attachments: list[Attached] = []
    for number, one in enumerate(node for node in mime.nodes(message) if node.is_leaf):
        if number >= MAX_PARTS:
            faults.append("Le message a trop de parties ; la fin a été laissée de côté")
            break
        is_words = bodies.take(one.part, one.choice)
        if not is_words and not mime.kind(one.part).startswith("message/disposition"):
            attachments += _attached(one.part, len(attachments) + 1, faults)
    return (*bodies.told(faults), attachments)


def _attached(part: Message, number: int, faults: list[str]) -> list[Attached]:
    found, name = mime.undone(part), _name(part, number)
    content = found.content
    faults += [f"{name} : pièce jointe mal codée, {harm.value}" for harm in found.harms]
    if found.rest:
        faults.append(f"{name} : suivie de « {_below(found.rest)} »")
    if not content and (mime.is_attached(part) or not mime.kind(part).startswith("text/")):
        faults.append(f"{name} : pièce jointe vide")
    faults += _other_letters(part, name, content)
    named = mime.header(part, "Content-ID").strip(" <>")
    return [Attached(name, media_types.of_bytes(content), content, named)] if content else []


def _other_letters(part: Message, name: str, content: bytes) -> list[str]:
    """A file is read by its bytes alone everywhere: said where others were announced."""
    said = mime.charset(part)
    if not said or not mime.kind(part).startswith("text/"):
        return []
    markup = mime.kind(part) == "text/html"
    if decoded(content, said, markup=markup) == decoded(content, "", markup=markup):
        return []
    return [f"{name} : annoncé en {marked(said)[:MOST_NAME]}, lu autrement ; voir l’original"]


def _below(rest: bytes) -> str:
    """Words that stand under an encoded file, on one line."""
    return marked(" ".join(decoded(rest, "").split()))[:MOST_NAME]


def _name(part: Message, number: int) -> str:
    """The sender's name for a file, without path; what hides is marked."""
    given = marked(mime.file_name(part))
    clean = re.sub(r"[/\\:]+", "_", given).strip("._ ")
    return clean[-200:] or f"Pièce jointe {number}"


def _message_ids(message: Message, name: str) -> tuple[str, ...]:
    return tuple(MESSAGE_ID.findall(mime.header(message, name)))


def _of_the_referential(message: Message) -> tuple[tuple[str, str], ...]:
    """X-MSS-CODECDA, X-MSS-INS, X-MSS-NIL, X-MSS-MES (ECO.2.4.1-3, ECO.2.2.8)."""
    names = dict.fromkeys(n.lower() for n in message if n.lower().startswith("x-mss-"))
    return tuple((n.removeprefix("x-mss-"), mime.header(message, n)) for n in list(names)[:20])


def _notification(message: Message) -> tuple[str, str]:
    """(Disposition, Original-Message-ID) of a receipt, empty otherwise."""
    fields = _notification_fields(message)
    if fields is None:
        return "", ""
    return mime.header(fields, "Disposition"), mime.header(fields, "Original-Message-ID")


def _notification_fields(message: Message) -> Message | None:
    for part in mime.leaves(message):
        if mime.kind(part) == "message/disposition-notification":
            inner = part.get_payload()
            fields = inner[0] if isinstance(inner, list) and inner else part
            return fields if isinstance(fields, Message) else None
    return None
