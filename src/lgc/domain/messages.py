"""Secure messages (MSSanté) and how they find their record."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum

from lgc.domain.documents import DocumentKind
from lgc.domain.receipts import ReadingReceipt
from lgc.domain.unreadable import Unreadable

# A message that came without Message-ID is known by its bytes.
DIGEST = "sha256:"
A_DAY = dt.timedelta(days=1)
# What may be written in a header of ours (RFC 5322 §3.6.4): ASCII letters between brackets.
MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,900}>")


class Folder(StrEnum):
    INBOX = "inbox"
    SENT = "sent"
    DRAFTS = "drafts"
    OUTBOX = "outbox"
    ARCHIVES = "archives"
    DELETED = "deleted"
    OWN = "own"


class AssignedBy(StrEnum):
    NOBODY = ""
    ITSELF = "itself"
    DOCTOR = "doctor"


class Likelihood(StrEnum):
    """Rank of a candidate, in words the doctor reads beside a four-step bar."""

    CERTAIN = "certain"
    PROBABLE = "probable"
    POSSIBLE = "possible"
    UNLIKELY = "unlikely"


@dataclass(frozen=True, slots=True)
class Reason:
    """One argument for or against a candidate."""

    words: str
    speaks_for: bool = True


@dataclass(frozen=True, slots=True)
class Candidate:
    patient_id: str
    likelihood: Likelihood
    reasons: tuple[Reason, ...]
    score: int = 0


@dataclass(frozen=True, slots=True)
class MailAttachment:
    """One attachment without its bytes; ``media_type`` is decided on content, not on the name."""

    attachment_id: str
    name: str
    media_type: str
    size: int
    document_id: str | None = None


@dataclass(frozen=True, slots=True)
class Carried:
    """What the header of a structured document says, for the list of messages (MSS/va1.25).

    ``title`` is its title or its type in words, ``day`` that of the document, ``patient`` the
    person as it writes them.
    """

    kind: DocumentKind
    title: str
    day: dt.date | None
    patient: str
    birth_date: dt.date | None


@dataclass(frozen=True, slots=True)
class Message:
    """A stored message, without attachment bytes. ``sent_at`` is aware.

    ``subject`` is shown without the XDM prefix, ``raw_subject`` kept as received; ``own_folder``
    names the doctor's folder of one in ``Folder.OWN``; messages of one exchange share a
    ``thread_id``; ``carried`` are the structured documents that came with it; ``unreadable`` says
    why it was not read whole; ``cut_from`` is its size in bytes when only its
    beginning was taken, 0 when it is whole; ``arrived_at`` is when the server took it in, aware,
    None while only its ``Date`` is known: a stranger's clock, which decides nothing.
    """

    message_id: str
    folder: Folder
    rfc_message_id: str
    sender_name: str
    sender_address: str
    recipients: tuple[str, ...]
    subject: str
    raw_subject: str
    sent_at: dt.datetime
    text: str
    attachments: tuple[MailAttachment, ...] = ()
    unread: bool = True
    patient_id: str | None = None
    assigned_by: AssignedBy = AssignedBy.NOBODY
    assigned_why: str = ""
    candidates: tuple[Candidate, ...] = ()
    faults: tuple[str, ...] = ()
    own_folder: str = ""
    thread_id: str = ""
    receipt: ReadingReceipt = ReadingReceipt.NONE
    carried: tuple[Carried, ...] = ()
    unreadable: Unreadable | None = None
    cut_from: int = 0
    arrived_at: dt.datetime | None = None

    @property
    def came_at(self) -> dt.datetime:
        """What lists, news and age count from."""
        return self.arrived_at or self.sent_at

    @property
    def is_oddly_dated(self) -> bool:
        """Is its ``Date`` a day or more off its arrival?"""
        return abs(self.came_at - self.sent_at) >= A_DAY

    @property
    def sender(self) -> str:
        """Who wrote it, in the best words there are."""
        nobody = "(expéditeur illisible)" if self.unreadable is not None else "Expéditeur inconnu"
        return self.sender_name or self.sender_address or nobody

    @property
    def full_sender(self) -> str:
        """Who wrote, the address beside the name: « Dr Lise MULLER <lise@…> »."""
        if not self.sender_name or self.sender_name.lower() == self.sender_address:
            return self.sender
        return f"{self.sender_name} <{self.sender_address or 'adresse illisible'}>"

    @property
    def answerable_id(self) -> str:
        """The Message-ID that an answer names, empty when it came without one that may be."""
        found = MESSAGE_ID.search(self.rfc_message_id)
        return found.group() if found else ""
