"""Secure messages: facts, the original bytes, attachments, candidates, mailbox cursors."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any, cast

from sqlalchemy import CursorResult, and_, func, or_, select, text, update
from sqlalchemy.orm import Session

from lgc.domain.characters import whole
from lgc.domain.documents import DocumentKind
from lgc.domain.fingerprints import Fingerprint
from lgc.domain.messages import (
    AssignedBy,
    Candidate,
    Carried,
    Folder,
    Likelihood,
    MailAttachment,
    Message,
    Reason,
)
from lgc.domain.receipts import ReadingReceipt
from lgc.domain.unreadable import Fault, Flaw, Unreadable
from lgc.store.engine import MESSAGE_SEARCH
from lgc.store.models import (
    AttachmentRow,
    CandidateRow,
    MessageBodyRow,
    MessageRow,
    UnreadableRow,
)
from lgc.store.repositories.rows import existing, fill
from lgc.store.words import fold, text_groups

_LEFT = (Folder.SENT.value, Folder.OUTBOX.value)
_UNSENT = (Folder.DRAFTS.value, Folder.DELETED.value, *_LEFT)
FEW = 8
_NEWEST_FIRST = (MessageRow.arrived_at.desc(), MessageRow.message_id)

# Written out: made anew by an expression, it cost a first copy a tenth of its time.
_ALIKE = text(
    " UNION ".join(
        f"SELECT * FROM (SELECT message_id, whole, stable FROM message WHERE {one} LIMIT {FEW})"
        for one in (
            "whole = :whole",
            "stable = :stable",
            "stable = '' AND rfc_message_id = :rfc_id",
            "rfc_message_id = :rfc_id",
        )
    )
)


class MessageRepository:
    """Implements ``services.ports.Messages``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(
        self,
        message: Message,
        raw: bytes,
        contents: dict[str, bytes],
        known_by: Fingerprint | None = None,
    ) -> None:
        """``contents`` maps attachment_id to its bytes. Raises KeyError when one is missing."""
        row = MessageRow(**_columns(message), **_fingerprint_columns(known_by))
        row.attachments = [
            _attachment_row(a, contents[a.attachment_id], i)
            for i, a in enumerate(message.attachments)
        ]
        row.candidates = _candidate_rows(message.candidates)
        row.unreadable = _unreadable_row(message.unreadable)
        self._session.add_all([row, MessageBodyRow(message_id=message.message_id, raw=raw)])
        MESSAGE_SEARCH.put_new(self._session, message.message_id, **_searched(message))

    def rewrite(self, message: Message, raw: bytes, contents: dict[str, bytes]) -> None:
        """A draft, or what was read again, as it is now; ``contents`` only of attachments that
        are new. Candidates stay.

        Raises KeyError when the bytes of a new attachment are missing.
        """
        row = existing(self._session, MessageRow, message.message_id)
        self.give_up(message.message_id, message.unreadable)
        fill(row, {k: v for k, v in _columns(message).items() if k != "message_id"})
        known = {one.attachment_id: one for one in row.attachments}
        row.attachments = [
            known.get(a.attachment_id) or _attachment_row(a, contents[a.attachment_id])
            for a in message.attachments
        ]
        for position, one in enumerate(row.attachments):
            one.position = position
        existing(self._session, MessageBodyRow, message.message_id).raw = raw
        MESSAGE_SEARCH.put(self._session, message.message_id, **_searched(message))

    def remove(self, message_id: str) -> None:
        """For good, attachments and search included; what it filed in a record stays there."""
        self._session.delete(existing(self._session, MessageBodyRow, message_id))
        self._session.flush()
        self._session.delete(existing(self._session, MessageRow, message_id))
        MESSAGE_SEARCH.drop(self._session, message_id)

    def get(self, message_id: str) -> Message:
        return _message(existing(self._session, MessageRow, message_id))

    def raw(self, message_id: str) -> bytes:
        return existing(self._session, MessageBodyRow, message_id).raw

    def attachment(self, attachment_id: str) -> bytes:
        return existing(self._session, AttachmentRow, attachment_id).content

    def with_rfc_id(self, rfc_message_id: str) -> Message | None:
        """The oldest of that name. Most are new: only the key is asked for first."""
        oldest_first = (MessageRow.arrived_at, MessageRow.message_id.desc())
        found = self._session.scalar(
            select(MessageRow.message_id)
            .where(MessageRow.rfc_message_id == rfc_message_id)
            .order_by(*oldest_first)
            .limit(1)
        )
        return self.get(found) if found is not None else None

    def known_by(self, message_id: str, fingerprint: Fingerprint) -> None:
        self._set(message_id, **_fingerprint_columns(fingerprint))

    def rfc_ids(self, asked: Collection[str]) -> set[str]:
        """Those of these Message-IDs under which something is here."""
        wanted = select(MessageRow.rfc_message_id).where(MessageRow.rfc_message_id.in_(asked))
        return set(self._session.scalars(wanted.distinct()))

    def with_bytes(self, whole: str) -> str | None:
        """The message of that digest of all its bytes."""
        return self._session.scalar(
            select(MessageRow.message_id).where(MessageRow.whole == whole).limit(1)
        )

    def alike(
        self, fingerprint: Fingerprint, rfc_message_id: str
    ) -> list[tuple[str, Fingerprint | None]]:
        """A few of the same bytes, of the same words, of the same Message-ID: message_id and what
        each is known by (None: it was never weighed).

        One statement, as a first copy asks it once a message, and a few rows of each: a stranger
        may send the same one many times.
        """
        bytes_of = {"whole": fingerprint.whole, "stable": fingerprint.stable}
        asked = {**bytes_of, "rfc_id": whole(rfc_message_id)}
        return [
            (found.message_id, Fingerprint(found.whole, found.stable) if found.stable else None)
            for found in self._session.execute(_ALIKE, asked)
        ]

    def in_folder(self, folder: Folder, own_folder: str = "") -> list[Message]:
        """Newest first."""
        return self._all(MessageRow.folder == folder.value, MessageRow.own_folder == own_folder)

    def count(
        self,
        folder: Folder,
        own_folder: str = "",
        *,
        unread: bool = False,
        unassigned: bool = False,
    ) -> int:
        """How many there are; of them the unread ones only, or those without a patient."""
        wanted = [MessageRow.folder == folder.value, MessageRow.own_folder == own_folder]
        if unread:
            wanted.append(MessageRow.unread.is_(True))
        if unassigned:
            wanted.append(MessageRow.patient_id.is_(None))
        found = self._session.scalar(select(func.count()).select_from(MessageRow).where(*wanted))
        return int(found or 0)

    def give_up(self, message_id: str, unreadable: Unreadable | None) -> None:
        """Say why it was not read whole; None: it was."""
        row = existing(self._session, MessageRow, message_id)
        if row.unreadable is not None:
            row.unreadable = None
            self._session.flush()
        row.unreadable = _unreadable_row(unreadable)

    def unreadable(self) -> list[Message]:
        """Those not read whole, newest first, the deleted ones left out."""
        return self._all(MessageRow.unreadable.has(), MessageRow.folder != Folder.DELETED.value)

    def given_up_by_others(self, version: str) -> list[str]:
        """Those on which another version of lgc than ``version`` gave up last."""
        return list(
            self._session.scalars(
                select(UnreadableRow.message_id)
                .where(UnreadableRow.version != version)
                .order_by(UnreadableRow.message_id)
            )
        )

    def in_thread(self, thread_id: str) -> list[Message]:
        """The messages of one exchange, newest first, the deleted ones left out."""
        return self._all(
            MessageRow.thread_id == thread_id, MessageRow.folder != Folder.DELETED.value
        )

    def exchanged_with(self, address: str, name: str, limit: int) -> list[Message]:
        """What came from this address and what left for this name or address, newest first.

        A message that left keeps the names of its recipients, not their addresses.
        """
        recipient = func.json_each(MessageRow.recipients).table_valued("value")
        named = select(recipient.c.value).where(recipient.c.value.in_((name, address))).exists()
        rows = self._session.scalars(
            select(MessageRow)
            .where(
                or_(
                    and_(func.lower(MessageRow.sender_address) == address.lower(),
                         MessageRow.folder.not_in(_UNSENT)),
                    and_(MessageRow.folder.in_(_LEFT), named),
                )
            )
            .order_by(*_NEWEST_FIRST)
            .limit(limit)
        )  # fmt: skip
        return [_message(row) for row in rows]

    def unassigned(self) -> list[Message]:
        """Messages of the inbox without a patient, newest first; those that could not be read
        leave once something was done about them."""
        return self._all(
            MessageRow.folder == Folder.INBOX.value,
            MessageRow.patient_id.is_(None),
            or_(MessageRow.unread, ~MessageRow.unreadable.has()),
        )

    def of_patient(self, patient_id: str) -> list[Message]:
        """Newest first; those the doctor deleted are left out."""
        return self._all(
            MessageRow.patient_id == patient_id, MessageRow.folder != Folder.DELETED.value
        )

    def unread_of(self, patient_ids: Sequence[str]) -> list[Message]:
        """Unread messages of the inbox for these patients, newest first."""
        return self._all(
            MessageRow.unread,
            MessageRow.folder == Folder.INBOX.value,
            MessageRow.patient_id.in_(patient_ids),
        )

    def find(self, words: str, limit: int = 50, patient_id: str | None = None) -> list[Message]:
        """Full text over subjects, correspondents and texts, as ``Documents.find``.

        Those the doctor deleted are no longer found in the record of ``patient_id``.
        """
        groups = text_groups(words)
        if not groups:
            return []
        hits = MESSAGE_SEARCH.hits(groups)
        found = select(MessageRow).join(hits, hits.c.key == MessageRow.message_id)
        if patient_id is not None:
            found = found.where(
                MessageRow.patient_id == patient_id, MessageRow.folder != Folder.DELETED.value
            )
        rows = self._session.scalars(found.order_by(hits.c.rank, *_NEWEST_FIRST).limit(limit))
        return [_message(row) for row in rows]

    def assign(
        self,
        message_id: str,
        patient_id: str | None,
        by: AssignedBy,
        why: str,
        candidates: tuple[Candidate, ...] = (),
    ) -> None:
        """Give the message to a patient (or to nobody) and replace its candidates."""
        row = existing(self._session, MessageRow, message_id)
        row.candidates.clear()
        self._session.flush()
        row.patient_id, row.assigned_by, row.assigned_why = patient_id, by.value, why
        row.candidates = _candidate_rows(candidates)

    def file_attachment(self, attachment_id: str, document_id: str | None) -> None:
        existing(self._session, AttachmentRow, attachment_id).document_id = document_id

    def carrier_of(self, document_id: str, patient_id: str) -> str | None:
        """A message of the record that carries a document: the oldest of them, None without."""
        return self._session.scalar(
            select(MessageRow.message_id)
            .join(AttachmentRow, AttachmentRow.message_id == MessageRow.message_id)
            .where(AttachmentRow.document_id == document_id, MessageRow.patient_id == patient_id)
            .order_by(MessageRow.arrived_at, MessageRow.message_id)
            .limit(1)
        )

    def mark_read(self, message_id: str, read: bool = True) -> None:
        self._set(message_id, unread=not read)

    def answer_receipt(self, message_id: str, receipt: ReadingReceipt) -> None:
        self._set(message_id, receipt=receipt.value)

    def move(
        self, message_id: str, folder: Folder, own_folder: str = "",
        by_age_at: dt.datetime | None = None,
    ) -> None:  # fmt: skip
        """``by_age_at``: the pass that archived it by its age; in the inbox, when it came back
        there, from which its age counts."""
        self._set(message_id, folder=folder.value, own_folder=own_folder, by_age_at=by_age_at)

    def newest_arrival(self) -> dt.datetime | None:
        """By a server's clock: where arrival and ``Date`` are one, it may be the author's."""
        row = MessageRow
        newest = [
            self._session.scalar(
                select(row.arrived_at)
                .where(row.folder == folder.value, row.arrived_at != row.sent_at)
                .order_by(row.arrived_at.desc())
                .limit(1)
            )
            for folder in (Folder.INBOX, Folder.ARCHIVES)
        ]
        return max((one for one in newest if one is not None), default=None)

    def archive_before(self, moment: dt.datetime, now: dt.datetime) -> int:
        """Messages of the inbox, read and in a record, there since before: into the archives."""
        done = self._all(
            MessageRow.folder == Folder.INBOX.value,
            MessageRow.patient_id.is_not(None),
            MessageRow.unread.is_(False),
            func.coalesce(MessageRow.by_age_at, MessageRow.arrived_at) < moment,
        )
        for message in done:
            self.move(message.message_id, Folder.ARCHIVES, by_age_at=now)
        return len(done)

    def archived_by_age(self) -> tuple[dt.datetime, int] | None:
        """The last pass of which something is still in the archives, and how many messages."""
        row = MessageRow
        found = self._session.execute(
            select(row.by_age_at, func.count())
            .where(row.folder == Folder.ARCHIVES.value, row.by_age_at.is_not(None))
            .group_by(row.by_age_at)
            .order_by(row.by_age_at.desc())
            .limit(1)
        ).first()
        return (found[0], found[1]) if found is not None and found[0] is not None else None

    def unarchive(self, at: dt.datetime, now: dt.datetime) -> int:
        """What the pass ``at`` archived: into the inbox."""
        row = MessageRow
        moved = self._session.execute(
            update(row)
            .where(row.folder == Folder.ARCHIVES.value, row.by_age_at == at)
            .values(folder=Folder.INBOX.value, by_age_at=now)
            .execution_options(synchronize_session=False)
        )
        return cast(CursorResult[Any], moved).rowcount

    def _all(self, *conditions: object) -> list[Message]:
        rows = self._session.scalars(
            select(MessageRow).where(*conditions).order_by(*_NEWEST_FIRST)  # type: ignore[arg-type]
        )
        return [_message(row) for row in rows]

    def _set(self, message_id: str, **columns: object) -> None:
        existing(self._session, MessageRow, message_id)
        self._session.execute(
            update(MessageRow).where(MessageRow.message_id == message_id).values(columns)
        )


def _columns(message: Message) -> dict[str, object]:
    return {
        "message_id": message.message_id,
        "folder": message.folder.value,
        "rfc_message_id": message.rfc_message_id,
        "sender_name": message.sender_name,
        "sender_address": message.sender_address,
        "recipients": list(message.recipients),
        "subject": message.subject,
        "raw_subject": message.raw_subject,
        "sent_at": message.sent_at,
        "arrived_at": message.came_at,
        "text": message.text,
        "unread": message.unread,
        "patient_id": message.patient_id,
        "assigned_by": message.assigned_by.value,
        "assigned_why": message.assigned_why,
        "faults": list(message.faults),
        "own_folder": message.own_folder,
        "thread_id": message.thread_id,
        "receipt": message.receipt.value,
        "carried": list(map(_carried_column, message.carried)),
        "cut_from": message.cut_from,
    }


def _fingerprint_columns(known_by: Fingerprint | None) -> dict[str, str]:
    return {"whole": known_by.whole, "stable": known_by.stable} if known_by is not None else {}


def _carried_column(one: Carried) -> list[str]:
    return [one.kind.value, one.title, _written(one.day), one.patient, _written(one.birth_date)]


def _carried(kind: str, title: str, day: str, patient: str, birth_date: str) -> Carried:
    return Carried(DocumentKind(kind), title, _read(day), patient, _read(birth_date))


def _written(day: dt.date | None) -> str:
    return day.isoformat() if day else ""


def _read(day: str) -> dt.date | None:
    return dt.date.fromisoformat(day) if day else None


def _attachment_row(attachment: MailAttachment, content: bytes, position: int = 0) -> AttachmentRow:
    return AttachmentRow(
        attachment_id=attachment.attachment_id,
        position=position,
        name=attachment.name,
        media_type=attachment.media_type,
        size=attachment.size,
        document_id=attachment.document_id,
        content=content,
    )


def _candidate_rows(candidates: tuple[Candidate, ...]) -> list[CandidateRow]:
    return [
        CandidateRow(
            position=i,
            patient_id=c.patient_id,
            likelihood=c.likelihood.value,
            reasons=[[reason.words, reason.speaks_for] for reason in c.reasons],
            score=c.score,
        )
        for i, c in enumerate(candidates)
    ]


def _unreadable_row(kept: Unreadable | None) -> UnreadableRow | None:
    if kept is None:
        return None
    flaw = kept.flaw
    return UnreadableRow(
        fault=flaw.fault.value,
        part=flaw.part,
        told=flaw.told,
        details=flaw.details,
        version=kept.version,
        tries=kept.tries,
    )


def _unreadable(row: UnreadableRow | None) -> Unreadable | None:
    if row is None:
        return None
    flaw = Flaw(Fault(row.fault), row.part, row.told, row.details)
    return Unreadable(flaw, row.version, row.tries)


def _candidate(row: CandidateRow) -> Candidate:
    reasons = tuple(Reason(words, speaks_for) for words, speaks_for in row.reasons)
    return Candidate(row.patient_id, Likelihood(row.likelihood), reasons, row.score)


def _attachment(row: AttachmentRow) -> MailAttachment:
    return MailAttachment(row.attachment_id, row.name, row.media_type, row.size, row.document_id)


def _message(row: MessageRow) -> Message:
    return Message(
        message_id=row.message_id,
        folder=Folder(row.folder),
        rfc_message_id=row.rfc_message_id,
        sender_name=row.sender_name,
        sender_address=row.sender_address,
        recipients=tuple(row.recipients),
        subject=row.subject,
        raw_subject=row.raw_subject,
        sent_at=row.sent_at,
        text=row.text,
        attachments=tuple(map(_attachment, row.attachments)),
        unread=row.unread,
        patient_id=row.patient_id,
        assigned_by=AssignedBy(row.assigned_by),
        assigned_why=row.assigned_why,
        candidates=tuple(map(_candidate, row.candidates)),
        faults=tuple(row.faults),
        own_folder=row.own_folder,
        thread_id=row.thread_id,
        receipt=ReadingReceipt(row.receipt),
        carried=tuple(_carried(*facts) for facts in row.carried),
        unreadable=_unreadable(row.unreadable),
        cut_from=row.cut_from,
        # Without one of its own it follows its date, which changes in a draft.
        arrived_at=row.arrived_at if row.arrived_at != row.sent_at else None,
    )


def _searched(message: Message) -> dict[str, str]:
    """The columns of the full-text index."""
    names = " ".join(one.name for one in message.attachments)
    return {
        "title": fold(message.subject),
        "author": fold(" ".join((message.sender_name, message.sender_address))),
        "body": fold(f"{message.text} {names} {' '.join(message.recipients)}"),
    }
