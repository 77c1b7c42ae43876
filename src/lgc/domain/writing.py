"""A message being written: what is typed, what it answers, what travels with it."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from lgc.domain.messages import Message
from lgc.domain.professionals import Correspondent

CITIZENS, MATRICULE = "patient.mssante.fr", 15
ANSWERED = re.compile(r"^\s*(?:re|rép|ré|tr|fw|fwd)\s*:\s*", re.IGNORECASE)
ADDRESS = re.compile(r"[^\s@<>,;\"()]+@[^\s@<>,;\"()]+\.[^\s@<>,;\"().]+")


@dataclass(frozen=True, slots=True)
class DraftFile:
    """A file that travels as it is. ``size`` in bytes."""

    attachment_id: str
    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class DraftDocument:
    """A document of the record: an archive and its PDF are built from it when it leaves."""

    document_id: str
    title: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What the doctor has typed so far; ``draft_id`` is the message it will become.

    ``closes`` ends the exchange with a citizen (X-MSS-MES: FIN); ``in_reply_to`` and
    ``references`` are Message-IDs (RFC 5322 §3.6.4); ``answers`` is what it does to which message
    here (REPLY, FORWARD or AGAIN with its id), so that the same is not begun twice.
    """

    draft_id: str
    recipients: tuple[Correspondent, ...] = ()
    copies: tuple[Correspondent, ...] = ()
    subject: str = ""
    body: str = ""
    patient_id: str | None = None
    documents: tuple[DraftDocument, ...] = ()
    files: tuple[DraftFile, ...] = ()
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    receipt: bool = True
    closes: bool = False
    answers: str = ""

    @property
    def everybody(self) -> tuple[Correspondent, ...]:
        return (*self.recipients, *self.copies)

    @property
    def to_citizen(self) -> bool:
        return any(is_citizen(one.address) for one in self.everybody)

    def dump(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False).encode()

    @classmethod
    def load(cls, content: bytes) -> Draft:
        """Raises ValueError or KeyError for what is no draft of this application."""
        raw: dict[str, Any] = json.loads(content)
        return cls(
            draft_id=raw["draft_id"],
            recipients=tuple(Correspondent(**one) for one in raw["recipients"]),
            copies=tuple(Correspondent(**one) for one in raw["copies"]),
            subject=raw["subject"],
            body=raw["body"],
            patient_id=raw["patient_id"],
            documents=tuple(DraftDocument(**one) for one in raw["documents"]),
            files=tuple(DraftFile(**one) for one in raw["files"]),
            in_reply_to=raw["in_reply_to"],
            references=tuple(raw["references"]),
            receipt=raw["receipt"],
            closes=raw["closes"],
            answers=raw.get("answers", ""),
        )


REPLY, FORWARD, AGAIN = "reply", "forward", "again"


def typed(message_id: str, raw: bytes) -> Draft | None:
    """What was written here; None for a message that came from a server.

    Bytes that came from outside may look like a draft, but cannot know our ``message_id``.
    """
    if not raw.startswith(b'{"draft_id":'):
        return None
    try:
        draft = Draft.load(raw)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return draft if draft.draft_id == message_id else None


def is_citizen(address: str) -> bool:
    """Mon Espace Santé: ``<matricule INS>@patient.mssante.fr``."""
    return address.strip().lower().endswith(f"@{CITIZENS}")


def matricule_of(address: str) -> str:
    """The matricule in a citizen's address, empty for any other address."""
    local = address.strip().partition("@")[0].upper()
    return local if is_citizen(address) and len(local) == MATRICULE and local.isalnum() else ""


def citizen_address(matricule: str) -> str:
    return f"{matricule}@{CITIZENS}"


def is_address(words: str) -> bool:
    """Could these words be an address typed by hand?"""
    return ADDRESS.fullmatch(words.strip()) is not None


def reply(
    draft_id: str,
    message: Message,
    references: Sequence[str],
    mine: str,
    signature: str,
    *,
    everybody: bool = False,
) -> Draft:
    """An answer to the sender, or to everybody but myself; the words are quoted below.

    ``mine`` is my address in lower case.
    """
    sender = Correspondent(message.sender_address, message.sender_name)
    others = [a for a in message.recipients if a.lower() not in (mine, message.sender_address)]
    rest = tuple(Correspondent(a, "") for a in others if is_address(a))
    own = message.sender_address == mine  # one's own message goes on to the same people
    return Draft(
        draft_id=draft_id,
        recipients=rest if own else (sender,) if message.sender_address else (),
        copies=rest if everybody and not own else (),
        subject=prefixed("Re", message.subject),
        body=f"\n\n{signature}\n\n{quoted(message)}",
        patient_id=message.patient_id,
        in_reply_to=message.answerable_id,
        references=_thread(references, message.answerable_id),
    )


def ask_again(draft_id: str, message: Message, signature: str) -> Draft:
    """Please send this once more; nothing of a message that came damaged is quoted."""
    flaw = message.unreadable.flaw if message.unreadable is not None else None
    part = f" ({flaw.part})" if flaw is not None and flaw.part else ""
    body = (
        "Bonjour,\n\n"
        f"Votre message « {message.subject} », reçu le {message.came_at:%d/%m/%Y à %H:%M}, "
        f"est arrivé abîmé{part} : il n’a pas pu être lu en entier. "
        "Merci de l’envoyer de nouveau.\n\n"
        f"{signature}"
    )
    return Draft(
        draft_id=draft_id,
        recipients=(Correspondent(message.sender_address, message.sender_name),),
        subject=prefixed("Re", message.subject),
        body=body,
        patient_id=message.patient_id,
        in_reply_to=message.answerable_id,
        references=_thread((), message.answerable_id),
    )


def forward(
    draft_id: str,
    message: Message,
    files: Iterable[DraftFile],
    signature: str,
    documents: tuple[DraftDocument, ...] = (),
) -> Draft:
    """The same words and files to somebody else; it starts a thread of its own.

    ``documents`` are those of the record that went with a message written here.
    """
    head = (
        "---------- Message transféré ----------\n"
        f"De : {_who(message)}\n"
        f"Date : {message.sent_at:%d/%m/%Y %H:%M}\n"
        f"Objet : {message.subject}\n"
    )
    return Draft(
        draft_id=draft_id,
        subject=prefixed("Tr", message.subject),
        body=f"\n\n{signature}\n\n{head}\n{message.text}",
        patient_id=message.patient_id,
        documents=documents,
        files=tuple(files),
    )


def prefixed(word: str, subject: str) -> str:
    """« Re: » once, however often the message went to and fro."""
    bare = subject
    while ANSWERED.match(bare):
        bare = ANSWERED.sub("", bare, count=1)
    return f"{word}: {bare.strip()}"


def quoted(message: Message) -> str:
    when: dt.datetime = message.sent_at
    lines = "\n".join(f"> {line}".rstrip() for line in message.text.splitlines())
    return f"Le {when:%d/%m/%Y à %H:%M}, {_who(message)} a écrit :\n{lines}"


def without(draft: Draft, *, file: str = "", document: str = "") -> Draft:
    """The draft without one of its attachments."""
    return replace(
        draft,
        files=tuple(one for one in draft.files if one.attachment_id != file),
        documents=tuple(one for one in draft.documents if one.document_id != document),
    )


def _who(message: Message) -> str:
    known = message.sender_name or message.sender_address
    return message.full_sender if known else "un correspondant"


def _thread(references: Sequence[str], replied: str) -> tuple[str, ...]:
    """The parent's references, then the parent; the middle of a long thread is left out."""
    known = [*references, replied] if replied else [*references]
    kept = list(dict.fromkeys(known))
    return tuple(kept if len(kept) <= 20 else [kept[0], *kept[-19:]])
