"""The secure mailbox as the doctor reads it: folders, one message, read, archive, delete."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Collection, Sequence

from lgc.domain.excerpts import excerpt
from lgc.domain.messages import Folder, Message
from lgc.domain.receipts import ReadingReceipt
from lgc.domain.writing import is_citizen, typed
from lgc.errors import UnreadableInput, place_of
from lgc.reading import asking, limits
from lgc.services.naming import known_elsewhere, named
from lgc.services.ports import Clock, OpenUnit, ParsedMail, ParseMail, UnitOfWork
from lgc.services.queue import view_of
from lgc.services.seen import must_still_be
from lgc.services.views import (
    DeliveryView,
    FoundLine,
    KeptWhole,
    MessageLine,
    MessageView,
    PatientView,
    RankedCandidate,
    ReceiptAsked,
)
from lgc.settings import Settings, mail_read_receipts

log = logging.getLogger(__name__)
PICTURES, PICTURE_BYTES = ("image/png", "image/jpeg", "image/gif"), 3 * 1024 * 1024
MOST_FOUND = 200
NEAR = 10  # the column is narrow: the word stands near its beginning
LEFT = (Folder.OUTBOX, Folder.SENT)
UNSENT = (*LEFT, Folder.DRAFTS)


class Mail:
    """Runs in workers."""

    def __init__(
        self, open_unit: OpenUnit, clock: Clock, parse_mail: ParseMail, settings: Settings
    ) -> None:
        self._open, self._clock, self._parse = open_unit, clock, parse_mail
        self._settings = settings

    def folder(self, folder: Folder, own_folder: str = "") -> tuple[MessageLine, ...]:
        """Newest first."""
        with self._open() as uow:
            return self._lines(uow, uow.messages.in_folder(folder, own_folder))

    def unreadable(self) -> tuple[MessageLine, ...]:
        """Those not read whole, of every folder but the deleted ones, newest first."""
        with self._open() as uow:
            return self._lines(uow, uow.messages.unreadable())

    def find(self, words: str) -> tuple[FoundLine, ...]:
        """Every folder, the best first, each with the line where the words stand."""
        with self._open() as uow:
            lines = self._lines(uow, uow.messages.find(words, MOST_FOUND))
        return tuple(
            FoundLine(
                one.message,
                one.patient,
                excerpt=excerpt(_said(one.message), words, before=NEAR),
                words=words,
            )
            for one in lines
        )

    def counts(self) -> dict[str, int]:
        """Unread in the inbox, messages that wait for a patient, for their end, for the server,
        for something to be done about what could not be read."""
        with self._open() as uow:
            count = uow.messages.count
            return {
                "unread": count(Folder.INBOX, unread=True),
                "unassigned": count(Folder.INBOX, unassigned=True),
                "drafts": count(Folder.DRAFTS),
                "outbox": count(Folder.OUTBOX),
                "unreadable": sum(one.unread for one in uow.messages.unreadable()),
            }

    def open(self, message_id: str) -> MessageView:
        """A message with its candidates; it becomes read and the opening is audited.

        One that was not read whole stays unread until something is done about it.
        """
        with self._open() as uow:
            message = uow.messages.get(message_id)
            if message.unread and message.unreadable is None:
                uow.messages.mark_read(message_id)
            uow.audit("message opened", message_id)
            uow.commit()
        return self.view(message_id)

    def view(self, message_id: str) -> MessageView:
        today = self._clock.now().date()
        with self._open() as uow:
            [message] = named(uow, [uow.messages.get(message_id)])
            ids = [candidate.patient_id for candidate in message.candidates]
            people = uow.patients.many(
                [*ids, *([message.patient_id] if message.patient_id else [])]
            )
            delivery = self._delivery(uow, message)
            exchange = uow.messages.in_thread(message.thread_id) if message.thread_id else []
            others = named(uow, [one for one in exchange if one.message_id != message_id])
            raw = uow.messages.raw(message_id)
            stranger = _stranger(uow, message)
            kept = _kept_whole(uow, message, raw)
            doubt = "" if message.folder in UNSENT else known_elsewhere(
                uow, message.sender_name, message.sender_address
            )  # fmt: skip
        own = typed(message_id, raw)
        asked = message.receipt is ReadingReceipt.ASKED
        needed = own is None and (asked or b"text/html" in raw.lower())
        parsed = self._understood(raw) if needed else None
        views = {key: PatientView.of(patient, today) for key, patient in people.items()}
        return MessageView(
            message,
            views.get(message.patient_id or ""),
            tuple(
                RankedCandidate(candidate, views[candidate.patient_id])
                for candidate in message.candidates
                if candidate.patient_id in views
            ),
            delivery,
            parsed.formatted if parsed else "",
            tuple(others),
            _pictures(parsed) if parsed else {},
            self._receipt(parsed) if parsed and asked else None,
            own.documents if own else (),
            stranger,
            kept,
            doubt,
        )

    def original(self, message_id: str) -> bytes:
        """The message byte for byte as the server gave it, to leave as a file (audited)."""
        with self._open() as uow:
            raw = uow.messages.raw(message_id)
            uow.messages.mark_read(message_id)
            uow.audit("original exported", message_id)
            uow.commit()
        return raw

    def attachment(self, attachment_id: str) -> bytes:
        with self._open() as uow:
            return uow.messages.attachment(attachment_id)

    def mark_read(self, message_id: str, read: bool) -> None:
        with self._open() as uow:
            uow.messages.mark_read(message_id, read)
            uow.commit()

    def move(
        self, message_id: str, folder: Folder, own_folder: str = "",
        seen: tuple[Folder, str] | None = None,
    ) -> tuple[Folder, str]:  # fmt: skip
        """Move and return where it was, so that one click undoes it.

        Raises UserFacingError when it is no longer in the folder where it was ``seen``.
        """
        with self._open() as uow:
            before = uow.messages.get(message_id)
            if seen is not None:
                here = (before.folder, before.own_folder)
                must_still_be(here, seen, f"Le message « {before.subject} »", _place)
            back = self._clock.now() if folder is Folder.INBOX else None
            uow.messages.move(message_id, folder, own_folder, back)
            if before.unreadable is not None:
                uow.messages.mark_read(message_id)  # the doctor has decided
            uow.audit("message moved", message_id, folder)
            uow.commit()
        return before.folder, before.own_folder

    def empty_deleted(self, seen: Collection[str]) -> tuple[int, int]:
        """Throw away for good, of what is deleted, what was ``seen``: (thrown away, kept).

        A message of a record stays: it is part of it, and what it filed points at it.
        """
        with self._open() as uow:
            found = uow.messages.in_folder(Folder.DELETED)
            deleted = [one for one in found if one.message_id in seen]
            thrown = [one for one in deleted if one.patient_id is None]
            for one in thrown:
                uow.mailboxes.abandon(one.message_id)
                uow.messages.remove(one.message_id)
                uow.audit("message thrown away", one.message_id)
            uow.commit()
        return len(thrown), len(deleted) - len(thrown)

    def _understood(self, raw: bytes) -> ParsedMail | None:
        """None when it cannot be read: its words are shown as they were kept."""
        try:
            return self._parse(raw)
        except Exception as error:
            log.warning("message shown without its form: %s", place_of(error))
            return None

    def _receipt(self, parsed: ParsedMail) -> ReceiptAsked | None:
        wish = self._settings[mail_read_receipts]
        if wish == "jamais" or not parsed.receipt_to:
            return None
        by_itself = wish == "toujours" and parsed.receipt_safe
        elsewhere = parsed.receipt_to != parsed.sender_address.lower()
        return ReceiptAsked(parsed.receipt_to, elsewhere, by_itself)

    def _delivery(self, uow: UnitOfWork, message: Message) -> DeliveryView | None:
        if message.folder not in LEFT:
            return None
        found = uow.deliveries.of_letter(message.message_id)
        found = found or uow.deliveries.sent_as([message.rfc_message_id])
        return view_of(found) if found is not None else None

    def _lines(self, uow: UnitOfWork, messages: list[Message]) -> tuple[MessageLine, ...]:
        today = self._clock.now().date()
        people = uow.patients.many([m.patient_id for m in messages if m.patient_id])
        with_documents = _with_documents(uow, messages)
        return tuple(
            MessageLine(
                message,
                PatientView.of(people[message.patient_id], today)
                if message.patient_id in people
                else None,
                message.message_id in with_documents,
            )
            for message in named(uow, messages)
        )


def _with_documents(uow: UnitOfWork, messages: Sequence[Message]) -> set[str]:
    """Those written here with which documents of a record went."""
    left = [one.message_id for one in messages if one.folder in LEFT]
    return uow.deliveries.letters_with_documents(left) if left else set()


def _kept_whole(uow: UnitOfWork, message: Message, raw: bytes) -> KeptWhole | None:
    if message.unreadable is None:
        return None
    places = uow.mailboxes.of_message(message.message_id)
    digest = hashlib.sha256(raw).hexdigest()
    return KeptWhole(len(raw), digest, bool(places), any(one.seen for one in places))


def _stranger(uow: UnitOfWork, message: Message) -> bool:
    """Somebody who wrote, is no patient, and is not kept yet."""
    address = message.sender_address
    if message.folder in UNSENT or not address or is_citizen(address):
        return False
    return uow.contacts.get(address) is None


def _pictures(parsed: ParsedMail) -> dict[str, bytes]:
    """Those inside the message that its text shows, by Content-ID, drawn again for the screen."""
    named = [
        one
        for one in parsed.attachments
        if one.content_id
        and one.media_type in PICTURES
        and len(one.content) <= PICTURE_BYTES
        and f"cid:{one.content_id}" in parsed.formatted
    ]
    most, room = limits.SHOWN_PIXELS // max(len(named), 4), limits.DOCUMENT_PIXELS
    shown: dict[str, bytes] = {}
    for one in named:
        try:
            drawn = asking.picture(one.content, most, room)
        except UnreadableInput:
            continue  # its place says what it was; the message keeps it
        room -= drawn.pixels
        shown[one.content_id] = drawn.content
    return shown


def _said(message: Message) -> str:
    names = " ".join(one.name for one in message.attachments)
    return f"{message.text} {names} {message.subject} {message.sender_name}"


PLACES = {
    Folder.INBOX: "Boîte de réception", Folder.SENT: "Envoyés", Folder.DRAFTS: "Brouillons",
    Folder.OUTBOX: "Boîte d’envoi", Folder.ARCHIVES: "Archives", Folder.DELETED: "Supprimés",
}  # fmt: skip


def _place(place: tuple[Folder, str]) -> str:
    folder, own = place
    return f"dans « {own or PLACES[folder]} »"
