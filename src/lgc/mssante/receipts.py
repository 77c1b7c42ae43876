"""Receipts: read leniently (MDN RFC 8098, DSN RFC 3464), and our own of integration.

ANS says ``processed`` for success and failure alike: the modifier and the subject decide
(mssante-xdm §2.5). A report without its machine part is understood from its subject.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage, Message
from email.utils import format_datetime

from lgc.domain.messages import MESSAGE_ID
from lgc.domain.receipts import CODES, Fate, MailReceipt
from lgc.mssante import mime, written

NOT_INTEGRATED = re.compile(
    r"\[\s*(?:KO Intégration système|Erreur d.intégration)\s*!?\s*\](?:\s*\[(\d{1,3})\])?",
    re.IGNORECASE,
)
ERROR_CODE = re.compile(r"(?:error|failure)\s*:?\s*(\d{1,3})?", re.IGNORECASE)
TYPES = (
    ("processed", Fate.INTEGRATED),
    ("dispatched", Fate.DELIVERED),
    ("displayed", Fate.READ),
    ("deleted", Fate.UNREAD),
    ("denied", Fate.UNREAD),
)
ACTIONS = {
    "failed": Fate.NOT_DELIVERED,
    "delayed": Fate.DELAYED,
    "delivered": Fate.DELIVERED,
    "relayed": Fate.DELIVERED,
    "expanded": Fate.DELIVERED,
}
# A fate that is worse wins when a report speaks of several recipients.
WORST = (Fate.NOT_DELIVERED, Fate.DELAYED, Fate.DELIVERED)
MOST = 20
MAX_LINE = 998  # RFC 5322 §2.1.1


def read(message: Message) -> MailReceipt | None:
    """What this message says of one of ours; None when it is no receipt."""
    found = _read(message)
    return replace(found, sender=_sender(message)) if found is not None else None


def _read(message: Message) -> MailReceipt | None:
    parts = [part for _, part in zip(range(MOST), mime.leaves(message), strict=False)]
    for part in parts:
        kind = mime.kind(part)
        if kind == "message/disposition-notification":
            return _disposition(message, _fields(part), parts)
        if kind == "message/delivery-status":
            return _delivery(message, _groups(part), parts)
    return _by_subject(message, parts)


def answer(raw: bytes, sender: str, when: dt.datetime, code: str = "") -> tuple[str, bytes] | None:
    """(to whom, what) we say of a received message; None when nothing may be said.

    A refusal (``code``) goes to who wrote even when no receipt was asked: then as an ordinary
    message that brings the original back.
    """
    received, _ = mime.read(raw)
    made = integration(raw, sender, when, code)
    if made is not None:
        return asked(received)[0], made
    writer = _sender(received)
    if not code or not writer or writer == sender:
        return None
    return writer, _refusal(raw, received, sender, writer, when, code)


def integration(raw: bytes, sender: str, when: dt.datetime, code: str = "") -> bytes | None:
    """Our receipt for a message that was integrated, or that was not, with its ``code``.

    None when none may leave by itself: nobody asked, or the one who asks is not the one who sent
    (RFC 8098 §2.1). ``sender`` is our own address.
    """
    received, _ = mime.read(raw)
    to, safe = asked(received)
    original = _message_id(received)
    if not safe or to == sender or not original:
        return None
    state = f"processed/Error: {code}^{CODES.get(code, CODES['906'])}" if code else "processed"
    made, seed = _begun(received, sender, to, when, code)
    _add_report(made, sender, original, f"automatic-action/MDN-sent-automatically; {_ascii(state)}")
    for name, content in _attached(received) if code else ():
        made.add_attachment(
            content,
            maintype="application",
            subtype="octet-stream",
            filename=written.file_name(name),
        )
    return _report(made, seed)


def asked(message: Message) -> tuple[str, bool]:
    """Who wants a receipt, and whether it is who really sent the message.

    Nobody when the header names none or several (RFC 8098 §2.1).
    """
    wanted = mime.only_address(message, "Disposition-Notification-To")
    path = mime.only_address(message, "Return-Path")
    if wanted is None or not written.is_address(wanted[1]):
        return "", False
    return wanted[1], path is not None and wanted[1] == path[1]


def reading(
    raw: bytes, sender: str, when: dt.datetime, *, by_hand: bool
) -> tuple[str, bytes] | None:
    """(to whom, what) says that a message was read; None when nothing may be said.

    By itself only to who really sent it; the doctor's hand may send it elsewhere.
    """
    received, _ = mime.read(raw)
    to, safe = asked(received)
    original = _message_id(received)
    if not to or to == sender or not original or not (safe or by_hand):
        return None
    made, seed = _head(received, sender, to, when, "read")
    made["Subject"] = written.words(f"Lu : {mime.header(received, 'Subject')}")
    made.set_content(f"Le message a été lu le {when:%d/%m/%Y à %H:%M}.\n", cte="quoted-printable")
    mode = "manual-action/MDN-sent-manually" if by_hand else "manual-action/MDN-sent-automatically"
    _add_report(made, sender, original, f"{mode}; displayed")
    return to, _report(made, seed)


def _add_report(made: EmailMessage, sender: str, original: str, disposition: str) -> None:
    """The machine part (RFC 8098 §3)."""
    made.make_mixed()
    machine = written.new()
    machine["Final-Recipient"] = f"rfc822;{sender}"
    machine["Original-Recipient"] = f"rfc822;{sender}"
    machine["Original-Message-ID"] = original
    machine["Disposition"] = disposition
    part = written.new()
    part["Content-Type"] = "message/disposition-notification"
    part.set_payload([machine])
    made.attach(part)


def _report(made: EmailMessage, seed: str, kind: str = "report") -> bytes:
    made.set_type(f"multipart/{kind}")
    if kind == "report":
        made.set_param("report-type", "disposition-notification")
    made.set_boundary(f"=_lgc_{seed}")
    return bytes(made.as_bytes())


def _message_id(received: Message) -> str:
    return "".join(MESSAGE_ID.findall(mime.header(received, "Message-ID"))[:1])


def _refusal(
    raw: bytes, received: Message, sender: str, writer: str, when: dt.datetime, code: str
) -> bytes:
    """The original comes back whole inside, and nowhere else (TRANS-LPS 1.1.3).

    Byte for byte: the library folds headers again without end when a parameter is named too long.
    """
    made, seed = _begun(received, sender, writer, when, code)
    made.make_mixed()
    part = written.new()
    lines = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    if b"\x00" in raw or max(map(len, lines)) > MAX_LINE:
        part.set_content(raw, "application", "octet-stream", filename="message.eml")
        made.attach(part)
        return _report(made, seed, "mixed")
    mark = f"lgc-{seed}"
    part["Content-Type"] = "message/rfc822"
    part["Content-Transfer-Encoding"] = "7bit" if raw.isascii() else "8bit"
    part.set_payload(mark)
    made.attach(part)
    before, _, after = _report(made, seed, "mixed").rpartition(mark.encode("ascii"))
    return before + b"\r\n".join(lines) + after


def _begun(
    received: Message, sender: str, to: str, when: dt.datetime, code: str
) -> tuple[EmailMessage, str]:
    """The head and the words, and what makes its identifiers."""
    made, seed = _head(received, sender, to, when, code)
    subject = mime.header(received, "Subject")
    made["Subject"] = written.words(
        f"[KO Intégration système !][{code}] {subject}" if code else subject
    )
    why = CODES.get(code, CODES["906"])
    words = f"Le message n’a pas pu être intégré : {why}." if code else "Le message a été intégré."
    made.set_content(words + "\n", cte="quoted-printable")
    return made, seed


def _head(
    received: Message, sender: str, to: str, when: dt.datetime, kind: str
) -> tuple[EmailMessage, str]:
    """The same for the same message and ``kind``: a second one would be the same message."""
    original = _message_id(received)
    made = written.new()
    # Messages without an identifier that may be named are told apart by their whole heads.
    known = original or "\n".join(f"{name}: {value}" for name, value in received.items())
    told = f"{known}{kind}".encode("utf-8", "backslashreplace")
    seed = hashlib.sha256(told).hexdigest()[:32]
    made["Message-ID"] = f"<{seed}@{sender.partition('@')[2]}>"
    made["Date"] = format_datetime(when)
    made["From"] = sender
    made["To"] = to
    if original:
        made["In-Reply-To"] = original
        made["References"] = original
    return made, seed


def _attached(message: Message) -> Iterator[tuple[str, bytes]]:
    for _, part in zip(range(MOST), mime.leaves(message), strict=False):
        name = mime.file_name(part)
        if name and mime.is_attached(part):
            yield name, mime.content(part)


def _disposition(message: Message, fields: Message, parts: list[Message]) -> MailReceipt:
    said = mime.header(fields, "Disposition")
    subject = NOT_INTEGRATED.search(mime.header(message, "Subject"))
    error = ERROR_CODE.search(said)
    originals = _originals(message, parts, mime.header(fields, "Original-Message-ID"))
    recipient = _address(mime.header(fields, "Final-Recipient")) or _sender(message)
    if error or subject:
        code = (error.group(1) if error else None) or (subject.group(1) if subject else None)
        return MailReceipt(Fate.REFUSED, originals, code or "", recipient)
    kind = said.rpartition(";")[2].lower()
    fate = next((fate for word, fate in TYPES if word in kind), Fate.READ)
    return MailReceipt(fate, originals, recipient=recipient)


def _delivery(message: Message, groups: list[Message], parts: list[Message]) -> MailReceipt:
    told = []
    for group in groups:
        fate = ACTIONS.get(mime.header(group, "Action").lower())
        if fate is not None:
            told.append((WORST.index(fate), fate, _address(mime.header(group, "Final-Recipient"))))
    _, fate, recipient = min(told) if told else (0, Fate.NOT_DELIVERED, "")
    return MailReceipt(fate, _originals(message, parts), recipient=recipient, by_server=True)


def _by_subject(message: Message, parts: list[Message]) -> MailReceipt | None:
    """An ordinary mail with the prefix, or a report whose machine part was lost on the way."""
    found = NOT_INTEGRATED.search(mime.header(message, "Subject"))
    report = mime.kind(message) == "multipart/report"
    originals = _originals(message, parts)
    if found is not None:
        return MailReceipt(Fate.REFUSED, originals, found.group(1) or "", _sender(message))
    if not report or not originals:
        return None
    bounced = str(message.get_param("report-type") or "").lower() == "delivery-status"
    fate = Fate.NOT_DELIVERED if bounced else Fate.READ
    speaks = "" if bounced else _sender(message)
    return MailReceipt(fate, originals, recipient=speaks, by_server=bounced)


def _originals(message: Message, parts: list[Message], said: str = "") -> tuple[str, ...]:
    """By what the report says, by the message it brings back, by what it answers."""
    found = MESSAGE_ID.findall(said)
    for part in parts:
        if mime.kind(part) in ("message/rfc822", "text/rfc822-headers"):
            head, _ = mime.read(_inner(part))
            found += MESSAGE_ID.findall(mime.header(head, "Message-ID"))
    found += MESSAGE_ID.findall(mime.header(message, "In-Reply-To"))
    found += reversed(MESSAGE_ID.findall(mime.header(message, "References")))
    return tuple(dict.fromkeys(found))[:MOST]


def _inner(part: Message) -> bytes:
    content = mime.content(part)
    return content if mime.kind(part) == "message/rfc822" else content + b"\n\n"


def _fields(part: Message) -> Message:
    """The machine part, whether it was parsed as a message or left as text."""
    inner = part.get_payload()
    if isinstance(inner, list) and inner and isinstance(inner[0], Message):
        return inner[0]
    return mime.read(mime.content(part).lstrip() + b"\n\n")[0]


def _groups(part: Message) -> list[Message]:
    inner = part.get_payload()
    if isinstance(inner, list):
        return [one for one in inner[:MOST] if isinstance(one, Message)]
    blocks = re.split(rb"\r?\n\r?\n", mime.content(part))[:MOST]
    return [mime.read(block + b"\n\n")[0] for block in blocks]


def _address(field: str) -> str:
    """``rfc822;name@domain``, the type sometimes forgotten."""
    return field.rpartition(";")[2].strip(" <>").lower()


def _sender(message: Message) -> str:
    found = mime.only_address(message, "From")
    return found[1] if found is not None and written.is_address(found[1]) else ""


def _ascii(words: str) -> str:
    """A Disposition field is US-ASCII (RFC 8098 §3.1)."""
    plain = unicodedata.normalize("NFKD", words.replace("’", "'"))
    return plain.encode("ascii", "ignore").decode()
