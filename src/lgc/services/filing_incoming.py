"""Incoming messages find their record: by themselves when it is sure, else by the doctor.

A message, its attachments, what it filed and how far the mailbox was read are one commit.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from lgc import __version__
from lgc.domain.deliveries import Delivery
from lgc.domain.documents import DocumentContent, Origin
from lgc.domain.fingerprints import Fingerprint
from lgc.domain.mailboxes import Place, ServerFolder
from lgc.domain.messages import (
    AssignedBy,
    Candidate,
    Folder,
    Likelihood,
    MailAttachment,
    Message,
    Reason,
)
from lgc.domain.receipts import CODES, MailReceipt, ReadingReceipt
from lgc.domain.unreadable import Unreadable
from lgc.domain.versions import hides
from lgc.errors import UserFacingError, place_of
from lgc.services.believing import (
    CONTESTED,
    IN_YOUR_NAME,
    SAID_YOURS,
    Believing,
)
from lgc.services.connection import DeskConnection
from lgc.services.events import Announce, MessageArrived, RecordChanged
from lgc.services.filing_documents import OTHER_CONTENT, FilingDocuments, worded
from lgc.services.incoming_documents import FoundDocument, carried_by
from lgc.services.judging_mail import JudgingMail
from lgc.services.mail_places import join, thread_of
from lgc.services.naming import same_name
from lgc.services.ports import Clock, Ids, IncomingMail, OpenUnit, ParsedMail, UnitOfWork
from lgc.services.queue import moved
from lgc.services.receipts import attach
from lgc.services.receiving import replaced_by_its_word
from lgc.services.recognising import SAME_NUMBER, Recognising, identity, weighed
from lgc.services.understanding import Understanding, Understood, is_of_the_message

log = logging.getLogger(__name__)
T = TypeVar("T")
WORDS_OF_BODY = 2000
ILLEGIBLE = "(objet illisible)"
HELD = "Message illisible : rien d’automatique"
UNWANTED = "Parmi les indésirables : rien d’automatique"
YOUR_NAME = "Votre nom, avec une autre adresse que la vôtre"
NOT_COUNTED = "Accusé qui ne vient pas de qui il parle : il n’est pas compté"
CUT = "Message trop volumineux : seul son début a été relevé"
INBOX = ServerFolder("INBOX", Folder.INBOX)
# What another client put away or threw away is not gone through for documents, except what it
# merely arranged.
FILED = (Folder.INBOX, Folder.ARCHIVES, Folder.OWN)


class FilingIncoming:
    """``receive`` runs in the mailbox lane; the rest answers the doctor, in workers."""

    def __init__(
        self,
        open_unit: OpenUnit,
        clock: Clock,
        ids: Ids,
        connection: DeskConnection,
        understanding: Understanding,
        announce: Announce,
        version: str = __version__,
        national_id: Callable[[str], str] = lambda address: "",
    ) -> None:
        self._open, self._clock, self._ids = open_unit, clock, ids
        self._connection, self._announce = connection, announce
        self._understanding, self._version = understanding, version
        self._believing = Believing(connection, national_id)
        self._recognising = Recognising(self._me)
        self._documents = FilingDocuments(ids, self._believing)
        self._judging = JudgingMail(clock)

    def receive(
        self,
        mail: IncomingMail,
        at: ServerFolder = INBOX,
        *,
        met: bool = True,
        quiet: bool = False,
    ) -> Message | None:
        """Store one message and file it when it is sure; None when it was known already.

        Message, place on the server and how far the folder was read are one commit. ``quiet``
        tells no screen: a mailbox read for the first time would tell each of ten thousand.
        ``met`` is False when nothing of its Message-ID is here.
        Whatever the message raises, it is kept whole; only troubles of this machine are raised.
        """
        seen = weighed(mail)
        # One moved is told by its bytes, before anything of it is read again.
        if met and self._is_known(mail, seen):
            return None
        return self._somehow(
            self._understanding.read(mail.raw),
            lambda understood: self._received(mail, at, seen, understood, quiet=quiet),
        )

    def _is_known(self, mail: IncomingMail, seen: Fingerprint) -> bool:
        """Told so by its bytes alone; it takes its place then."""
        with self._open() as uow:
            known = uow.messages.with_bytes(seen.whole)
            if known is not None:
                self._at(uow, mail, known)
                uow.commit()
        return known is not None

    def _at(self, uow: UnitOfWork, mail: IncomingMail, message_id: str) -> None:
        uow.mailboxes.read_to(mail.mailbox, mail.uid_validity, mail.uid + 1)
        join(uow, Place(mail.mailbox, mail.uid, message_id, mail.seen))

    def read_again(self, message_id: str, *, by_hand: bool = True) -> bool:
        """Read once more what was not read whole; True when it was this time.

        Then it is filed as one that just came, unless the doctor has assigned it meanwhile.
        """
        with self._open() as uow:
            raw = uow.messages.raw(message_id)
        message = self._somehow(
            self._understanding.read(raw),
            lambda understood: self._rewritten(message_id, raw, understood, by_hand=by_hand),
        )
        if message.unreadable is None and not by_hand:
            self._tell(message)
        return message.unreadable is None

    def read_again_after_update(self, over: Callable[[], bool]) -> int:
        """What another version gave up on; returns how many could be read this time."""
        with self._open() as uow:
            waiting = uow.messages.given_up_by_others(self._version)
        read = 0
        for message_id in waiting:
            if over():
                break
            try:
                read += self.read_again(message_id, by_hand=False)
            except Exception as error:
                if not is_of_the_message(error):
                    raise
                log.error("message not read again: %s", place_of(error))
        return read

    def _somehow(self, understood: Understood, work: Callable[[Understood], T]) -> T:
        """Done with all that was understood, else with less, else with the bytes alone."""
        for _ in range(2):
            try:
                return work(understood)
            except Exception as error:
                if not is_of_the_message(error):
                    raise
                log.warning("message kept unread: %s", place_of(error))
                understood = understood.less(error)
        return work(understood)

    def _received(
        self,
        mail: IncomingMail,
        at: ServerFolder,
        seen: Fingerprint,
        understood: Understood,
        *,
        quiet: bool,
    ) -> Message | None:
        with self._open() as uow:
            known, same_number = self._recognising.find(uow, seen, understood.parsed)
            if known is not None:
                self._at(uow, mail, known.message_id)
                uow.commit()
                return None
            answered = self._answered(uow, understood)
            held = self._stored(uow, mail, at, seen, understood, answered, same_number=same_number)
            uow.mailboxes.read_to(mail.mailbox, mail.uid_validity, mail.uid + 1)
            # It has left no other place: one statement less than ``join``.
            uow.mailboxes.put(Place(mail.mailbox, mail.uid, held.message_id, mail.seen))
            uow.commit()
        if answered is not None:
            self._announce(moved(answered))
        if not quiet:
            self._tell(held)
        return held

    def _answered(self, uow: UnitOfWork, understood: Understood) -> Delivery | None:
        """The sending of ours that it is a receipt of, told so."""
        parsed = understood.parsed
        if parsed is None or parsed.notice is None or not understood.judged:
            return None
        return attach(uow, parsed.notice, self._clock.now(), self._believing.speaks_for)

    def assign(self, message_id: str, patient_id: str) -> int:
        """The doctor's choice: file every document; returns how many."""
        with self._open() as uow:
            message = uow.messages.get(message_id)
            found = worded(self._found_again(uow, message))
            if message.patient_id is not None:
                self._documents.take_back(uow, message, self._found_again)
            uow.messages.assign(message_id, patient_id, AssignedBy.DOCTOR, "", message.candidates)
            if message.unreadable is not None:
                uow.messages.mark_read(message_id)  # the doctor has decided
            filed = self._documents.file(uow, message, found, patient_id)
            uow.audit("message assigned", message_id, patient_id)
            uow.commit()
        self._announce(RecordChanged(patient_id))
        return filed

    def file_rest(self, message_id: str) -> int:
        """The doctor's word on the pieces that waited beside what filed itself; returns how many
        join the record of the message."""
        with self._open() as uow:
            message = uow.messages.get(message_id)
            patient_id = message.patient_id
            if patient_id is None:
                return 0
            rest = [
                one
                for one in worded(self._found_again(uow, message))
                if message.attachments[one[0].attachment].document_id is None
            ]
            filed = self._documents.file(uow, message, rest, patient_id)
            uow.audit("pieces filed", message_id, patient_id)
            uow.commit()
        self._announce(RecordChanged(patient_id))
        return filed

    def accept_replacement(self, message_id: str) -> int:
        """The doctor’s word: what this message brought replaces what it says it replaces; returns
        how many documents are hidden by it. What was written here never is."""
        hidden = 0
        with self._open() as uow:
            patient_id = uow.messages.get(message_id).patient_id
            if patient_id is None:
                return 0
            known = uow.documents.of_patient(patient_id)
            for newer in (one for one in known if one.message_id == message_id):
                replaces = replaced_by_its_word(uow, newer)
                for older in known:
                    if older.replaced_by is None and older.origin is not Origin.PRACTICE and hides(
                        newer.unique_id, newer.set_id, newer.version, replaces, older
                    ):  # fmt: skip
                        uow.documents.set_replaced(older.document_id, newer.document_id)
                        uow.audit("replacement accepted", older.document_id, newer.document_id)
                        hidden += 1
            uow.commit()
        self._announce(RecordChanged(patient_id))
        return hidden

    def refuse(self, message_id: str, code: str) -> None:
        """Tell the sender why this message joins no record here; it goes to the archives.

        Raises UserFacingError when nothing could leave: nothing is changed then.
        """
        with self._open() as uow:
            raw = uow.messages.raw(message_id)
        if not self._connection.current().mssante.acknowledge(raw, code):
            raise UserFacingError("Ce message n’a pas d’expéditeur à qui répondre.")
        with self._open() as uow:
            message = uow.messages.get(message_id)
            why = f"refusé à l’expéditeur : {CODES[code]}"
            uow.messages.assign(message_id, None, AssignedBy.NOBODY, why, message.candidates)
            uow.messages.move(message_id, Folder.ARCHIVES)
            uow.audit("message refused", message_id, code)
            uow.commit()

    def undo(self, message_id: str) -> None:
        """One click restores both: documents leave the record, the message waits again."""
        with self._open() as uow:
            message = uow.messages.get(message_id)
            patient_id = message.patient_id
            if patient_id is None:
                return
            self._documents.take_back(uow, message, self._found_again)
            verdict = self._judging.judge(uow, message, self._found_again(uow, message))
            uow.messages.assign(
                message_id, None, AssignedBy.NOBODY, verdict.why, verdict.candidates
            )
            uow.audit("message unassigned", message_id, patient_id)
            uow.commit()
        self._announce(RecordChanged(patient_id))

    def preview(self, message_id: str, attachment_id: str) -> tuple[DocumentContent, ...]:
        """What an attachment holds, to be read before it is filed."""
        with self._open() as uow:
            message = uow.messages.get(message_id)
            found = self._found_again(uow, message)
        number = [a.attachment_id for a in message.attachments].index(attachment_id)
        return tuple(
            self._documents.content(one, message, None) for one in found if one.attachment == number
        )

    # --- storing ------------------------------------------------------------------------------

    def _me(self) -> str:
        return self._connection.practitioner.mssante_address.lower()

    def _stored(
        self,
        uow: UnitOfWork,
        mail: IncomingMail,
        at: ServerFolder,
        seen: Fingerprint,
        understood: Understood,
        answered: Delivery | None,
        *,
        same_number: bool,
    ) -> Message:
        blank = Message(
            message_id=self._ids.uuid(),
            folder=at.folder,
            own_folder=at.own,
            rfc_message_id=identity(seen, understood.parsed),
            sender_name="",
            sender_address="",
            recipients=(),
            subject=ILLEGIBLE,
            raw_subject="",
            sent_at=mail.arrived_at or self._clock.now(),
            text="",
            unread=not mail.seen,
            cut_from=mail.cut_from,
            arrived_at=mail.arrived_at,
        )
        message = self._worded(uow, blank, understood)
        if understood.parsed is not None:
            receipt = self._receipt_asked(mail, at, understood.parsed)
            message = replace(message, receipt=receipt)
        if same_number:
            message = replace(message, faults=(SAME_NUMBER, *message.faults))
        message, patient_id = self._settled(uow, message, understood, answered, at.unwanted)
        words = worded(_certain(understood)) if patient_id is not None else []
        uow.messages.add(message, mail.raw, _contents(message, understood), seen)
        if patient_id is not None:
            self._documents.file(uow, message, words, patient_id)
            uow.audit("message filed itself", message.message_id, patient_id)
        if message.unreadable is not None:
            uow.audit("message kept unread", message.message_id, message.unreadable.flaw.fault)
        return message

    def _worded(self, uow: UnitOfWork, blank: Message, understood: Understood) -> Message:
        """The message with what was understood of it."""
        parsed, found = understood.parsed, understood.found
        flaw = understood.flaw
        kept = Unreadable(flaw, self._version) if flaw is not None else None
        if parsed is None:
            return replace(blank, unreadable=kept)
        return replace(
            blank,
            thread_id=thread_of(uow, parsed.references, blank.rfc_message_id),
            sender_name=parsed.sender_name,
            sender_address=parsed.sender_address,
            recipients=parsed.recipients,
            subject=parsed.subject,
            raw_subject=parsed.raw_subject,
            sent_at=parsed.sent_at or blank.sent_at,
            text=parsed.text,
            attachments=tuple(
                MailAttachment(self._ids.uuid(), one.name, one.media_type, len(one.content))
                for one in parsed.attachments
            ),
            faults=(*((CUT,) if blank.cut_from else ()), *parsed.faults, *found.faults),
            carried=carried_by(found.documents),
            unreadable=kept,
        )

    def _settled(
        self,
        uow: UnitOfWork,
        message: Message,
        understood: Understood,
        answered: Delivery | None,
        unwanted: bool,
    ) -> tuple[Message, str | None]:
        """(the message where it belongs, the patient whose record its documents join)."""
        parsed, own = understood.parsed, None
        if understood.judged:
            own = self._own(uow, message)
        if message.unreadable is not None:
            return self._set_aside(uow, own or message, understood), None
        if parsed is not None and parsed.notice and (answered is not None or own is not None):
            own = _receipt(message, parsed.notice, answered)
        if own is not None:
            return own, None
        message = replace(
            message, faults=(*self._doubts(uow, message, understood), *message.faults)
        )
        if message.folder in FILED:
            why = UNWANTED if unwanted else ""
            message = self._placed(uow, message, understood.found.documents, hold=why)
        return message, message.patient_id

    def _set_aside(self, uow: UnitOfWork, message: Message, understood: Understood) -> Message:
        """Nothing is decided on what was not read whole; candidates are proposed all the same."""
        if message.folder not in FILED:
            return message
        message = replace(message, unread=True)
        if not understood.judged:
            return replace(message, assigned_why=HELD)
        return self._placed(uow, message, understood.found.documents, hold=HELD)

    def _rewritten(
        self, message_id: str, raw: bytes, understood: Understood, *, by_hand: bool
    ) -> Message:
        """The stored message with what is understood of it now."""
        with self._open() as uow:
            before = uow.messages.get(message_id)
            known = understood.parsed.rfc_message_id if understood.parsed is not None else ""
            blank = replace(
                before, attachments=(), faults=(), rfc_message_id=known or before.rfc_message_id,
                arrived_at=before.came_at,
            )  # fmt: skip
            message = _same_files(before, self._worded(uow, blank, understood))
            tries = before.unreadable.tries + 1 if before.unreadable is not None else 1
            if message.unreadable is not None:
                message = replace(message, unreadable=replace(message.unreadable, tries=tries))
                uow.messages.rewrite(message, raw, _contents(message, understood))
                uow.commit()
                return message
            patient_id = before.patient_id
            if patient_id is None:
                answered = self._answered(uow, understood)
                message, patient_id = self._settled(uow, message, understood, answered, False)
            message = replace(message, unread=not by_hand and message.unread)
            by_doctor = before.patient_id is not None
            found = understood.found.documents if by_doctor else _certain(understood)
            words = worded(found) if patient_id is not None else []
            uow.messages.rewrite(message, raw, _contents(message, understood))
            if before.patient_id is None:
                uow.messages.assign(
                    message_id, message.patient_id, message.assigned_by, message.assigned_why,
                    message.candidates,
                )  # fmt: skip
            if patient_id is not None:
                self._documents.file(uow, message, words, patient_id)
            uow.audit("message read again", message_id)
            uow.commit()
        return message

    def _receipt_asked(
        self, mail: IncomingMail, at: ServerFolder, parsed: ParsedMail
    ) -> ReadingReceipt:
        """A receipt asks for none, and what was read elsewhere is no longer asked about."""
        strange = parsed.sender_address != self._me() and parsed.notice is None
        wanted = at.folder in FILED and not at.unwanted
        if parsed.receipt_to and strange and not mail.seen and wanted:
            return ReadingReceipt.ASKED
        return ReadingReceipt.NONE

    def _own(self, uow: UnitOfWork, message: Message) -> Message | None:
        """Our own copy of what we sent goes to the sent messages of its patient.

        It lies in Sent, or it is the one copy of what is known to have left: anybody may write in
        the doctor's name, and whoever had a message of ours knows its Message-ID.
        """
        in_our_name = message.sender_address == self._me()
        if not in_our_name and message.folder is not Folder.SENT:
            return None
        sent = uow.deliveries.sent_as([message.rfc_message_id])
        mine = in_our_name and sent is not None
        again = uow.messages.with_rfc_id(message.rfc_message_id)
        first = again is None or again.message_id == message.message_id
        if message.folder is not Folder.SENT and not (mine and first):
            return None
        patient_id = (sent.patient_id or None) if sent is not None else None
        folder = Folder.SENT if message.folder is Folder.INBOX else message.folder
        return replace(message, folder=folder, unread=False, patient_id=patient_id)

    def _placed(
        self,
        uow: UnitOfWork,
        message: Message,
        found: Sequence[FoundDocument],
        *,
        hold: str,
    ) -> Message:
        """``hold`` says why nothing of it may file itself, empty when it may."""
        verdict = self._judging.judge(uow, message, found)
        if verdict.patient_id is not None:
            hold = hold or self._why_not(uow, message, found, verdict.patient_id)
        if hold:
            sure = verdict.patient_id
            if hold == CONTESTED:
                message = replace(message, faults=(CONTESTED, *message.faults))
            certain = (Candidate(sure, Likelihood.CERTAIN, (Reason(verdict.why),)),) if sure else ()
            return replace(message, assigned_why=hold, candidates=(*certain, *verdict.candidates))
        if verdict.patient_id is not None:
            return replace(
                message,
                patient_id=verdict.patient_id,
                assigned_by=AssignedBy.ITSELF,
                assigned_why=verdict.why,
            )
        return replace(message, assigned_why=verdict.why, candidates=verdict.candidates)

    def _why_not(
        self, uow: UnitOfWork, message: Message, found: Sequence[FoundDocument], patient_id: str
    ) -> str:
        """Why the documents of a sure patient wait all the same, empty when they need not."""
        headers = [one.readable.header for one in found if one.readable is not None]
        why = self._believing.why_not(message.sender_address)
        if not why and self._documents.said_mine(uow, found):
            why = SAID_YOURS
        if not why and self._believing.contested(uow, headers, message.sender_address, patient_id):
            why = CONTESTED
        return why

    def _doubts(self, uow: UnitOfWork, message: Message, understood: Understood) -> list[str]:
        """What the doctor should know of who says what."""
        told = [IN_YOUR_NAME] if message.sender_address == self._me() else []
        if not told and same_name(message.sender_name, self._connection.practitioner.display_name):
            told.append(YOUR_NAME)
        notice = understood.parsed.notice if understood.parsed is not None else None
        if notice is not None and uow.deliveries.sent_as(notice.originals) is not None:
            told.append(NOT_COUNTED)  # else it would have been attached
        found = understood.found.documents
        said = self._documents.said_mine(uow, found)
        told += [f"{SAID_YOURS} : « {title} »" for title in said]
        if any(self._documents.held_otherwise(uow, one) for one in found):
            told.append(OTHER_CONTENT)
        return told

    def _found_again(self, uow: UnitOfWork, message: Message) -> tuple[FoundDocument, ...]:
        """What cannot be read is left out: the message itself can still be assigned."""
        return self._understanding.read(uow.messages.raw(message.message_id)).found.documents

    def _tell(self, message: Message) -> None:
        if message.folder is not Folder.INBOX:
            return
        filed = len(message.carried) if message.patient_id else 0
        self._announce(
            MessageArrived(message.message_id, message.patient_id, message.subject, filed)
        )
        if message.patient_id is not None:
            self._announce(RecordChanged(message.patient_id))


def _certain(understood: Understood) -> list[FoundDocument]:
    """What may file itself: documents that name their patient. Any other piece waits."""
    return [one for one in understood.found.documents if one.readable is not None]


def _receipt(message: Message, notice: MailReceipt, answered: Delivery | None) -> Message:
    """Good news is kept out of the way, bad news waits to be read; nothing of it is filed."""
    bad = notice.failed and answered is not None
    whose = "accusé de votre envoi" if answered is not None else "accusé"
    aside = message.folder is Folder.INBOX and not bad
    return replace(
        message,
        folder=Folder.ARCHIVES if aside else message.folder,
        unread=bad,
        patient_id=(answered.patient_id or None) if answered is not None else None,
        assigned_by=AssignedBy.ITSELF if answered and answered.patient_id else AssignedBy.NOBODY,
        assigned_why=f"{whose} : {notice.words}",
    )


def _contents(message: Message, understood: Understood) -> dict[str, bytes]:
    pieces = understood.parsed.attachments if understood.parsed is not None else ()
    return {
        kept.attachment_id: one.content
        for kept, one in zip(message.attachments, pieces, strict=True)
    }


def _same_files(before: Message, message: Message) -> Message:
    """An attachment that comes out as before stays the same one: a document may be made of it."""
    known = dict(enumerate(before.attachments))
    return replace(
        message,
        attachments=tuple(
            known[place]
            if place in known and (known[place].name, known[place].size) == (one.name, one.size)
            else one
            for place, one in enumerate(message.attachments)
        ),
    )
