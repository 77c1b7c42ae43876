"""Writing a secure message: kept as it is typed, checked, then given to the outbox once.

The click stores the message among those on their way and orders its delivery in one commit:
identifiers are fixed then, so that a lost answer asks the mailbox and never sends twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from lgc.domain import writing
from lgc.domain.deliveries import Channel, Delivery, DeliveryState
from lgc.domain.documents import Confidentiality, Document, must_stand
from lgc.domain.identity import QualifiedIns
from lgc.domain.messages import Folder, MailAttachment, Message
from lgc.domain.professionals import Correspondent
from lgc.domain.writing import Draft, DraftDocument, DraftFile
from lgc.errors import UserFacingError
from lgc.services import letters, trusted_space
from lgc.services.connection import DeskConnection
from lgc.services.events import Announce, RecordChanged
from lgc.services.mail_places import thread_of
from lgc.services.naming import known_elsewhere, remember
from lgc.services.payload import Payload
from lgc.services.ports import Clock, Ids, OpenUnit, ParseMail, UnitOfWork
from lgc.services.reading_back import ReadBack, must_leave
from lgc.services.sharing import SHARED_MAIL, Sharing, refused
from lgc.services.views import PatientView
from lgc.services.whose import must_be_of
from lgc.settings import Settings, mail_citizen_limit_mb, mail_signature, mail_size_limit_mb

MEGABYTE = 1024 * 1024
OWN_MAIL = "Ce patient ne veut pas recevoir de messages dans Mon espace santé."


@dataclass(frozen=True, slots=True)
class Thrown:
    """A draft that was thrown away, with its files by their id: it can be taken back."""

    draft: Draft
    files: dict[str, bytes]


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft with its patient, how heavy it is and what its operator takes, in bytes.

    ``doubt``: the name of a recipient is known with another address; ``begun_before``: it was
    asked for anew, and what had been begun came back.
    """

    draft: Draft
    patient: PatientView | None
    weight: int
    limit: int
    attachable: tuple[Document, ...] = ()
    doubt: str = ""
    begun_before: bool = False


class Writing:
    """Runs in workers; nothing here opens a socket but ``directory``.

    ``kind_of`` tells the media type of bytes by what they are.
    """

    def __init__(
        self,
        open_unit: OpenUnit,
        clock: Clock,
        ids: Ids,
        connection: DeskConnection,
        sharing: Sharing,
        settings: Settings,
        parse_mail: ParseMail,
        kind_of: Callable[[bytes], str],
        announce: Announce,
        wake: Callable[[], None],
    ) -> None:
        self._open, self._clock, self._ids = open_unit, clock, ids
        self._connection, self._sharing, self._settings = connection, sharing, settings
        self._parse, self._kind_of = parse_mail, kind_of
        self._announce, self._wake = announce, wake

    # --- starting -----------------------------------------------------------------------------

    def new(
        self, patient_id: str | None = None, recipients: tuple[Correspondent, ...] = ()
    ) -> DraftView:
        """An empty message with the signature of the practice; stored at its first word."""
        body = f"\n\n{self._signature()}"
        draft = Draft(self._ids.uuid(), recipients, body=body, patient_id=patient_id)
        return self._view(draft)

    def about_annulment(
        self,
        patient_id: str | None,
        recipients: tuple[Correspondent, ...],
        subject: str,
        words: str,
    ) -> DraftView:
        """A message that tells them; it carries no document."""
        draft = Draft(
            self._ids.uuid(), recipients, subject=subject, body=words, patient_id=patient_id
        )
        return self._view(draft)

    def reply(self, message_id: str, *, everybody: bool = False) -> DraftView:
        """The answer begun already, else a new one; ``everybody`` adds the others to either."""
        begun = self._begun(writing.REPLY, message_id)
        if begun is not None and not everybody:
            return self._again(begun)
        with self._open() as uow:
            message = self._local(uow.messages.get(message_id))
            raw = uow.messages.raw(message_id)
            own = writing.typed(message_id, raw)
            references = own.references if own else self._references(message, raw)
            mine = self._connection.practitioner.mssante_address.lower()
            draft = writing.reply(
                self._ids.uuid(), message, references, mine, self._signature(), everybody=everybody
            )
            recipients = own.recipients if own else _known(uow, draft.recipients)
            copies = _known(uow, draft.copies)
            if own and everybody:
                copies = own.copies
        if begun is not None:
            known = {one.address.lower() for one in begun.everybody}
            missing = tuple(one for one in copies if one.address.lower() not in known)
            return self._again(replace(begun, copies=(*begun.copies, *missing)))
        answers = f"{writing.REPLY}:{message_id}"
        return self._view(replace(draft, recipients=recipients, copies=copies, answers=answers))

    def ask_again(self, message_id: str) -> DraftView:
        """A draft that asks the sender for a message that could not be read once more.

        Raises UserFacingError when it names no sender to ask.
        """
        begun = self._begun(writing.AGAIN, message_id)
        if begun is not None:
            return self._again(begun)
        with self._open() as uow:
            message = self._local(uow.messages.get(message_id))
            if not message.sender_address:
                raise UserFacingError(
                    "L’expéditeur de ce message n’a pas pu être lu.",
                    advice="Exportez l’original, ou écrivez à qui vous l’attendez.",
                )
            draft = writing.ask_again(self._ids.uuid(), message, self._signature())
            uow.messages.mark_read(message_id)
            uow.audit("sent again asked", message_id)
            people = _known(uow, draft.recipients)
            uow.commit()
        answers = f"{writing.AGAIN}:{message_id}"
        return self._view(replace(draft, recipients=people, answers=answers))

    def forward(self, message_id: str) -> DraftView:
        """With its files, copied: the draft is stored at once. One begun already comes back."""
        begun = self._begun(writing.FORWARD, message_id)
        if begun is not None:
            return self._again(begun)
        with self._open() as uow:
            message = self._local(uow.messages.get(message_id))
            files = [
                DraftFile(self._ids.uuid(), one.name, one.media_type, one.size)
                for one in message.attachments
            ]
            own = writing.typed(message_id, uow.messages.raw(message_id))
            papers = own.documents if own else ()
            made = writing.forward(self._ids.uuid(), message, files, self._signature(), papers)
            draft = replace(made, answers=f"{writing.FORWARD}:{message_id}")
            contents = {
                new.attachment_id: uow.messages.attachment(old.attachment_id)
                for new, old in zip(files, message.attachments, strict=True)
            }
            self._keep(uow, draft, contents)
            uow.commit()
        return self._view(draft)

    def _begun(self, act: str, message_id: str) -> Draft | None:
        """My newest draft that does this to that message."""
        mine = self._connection.practitioner.mssante_address.lower()
        with self._open() as uow:
            for one in uow.messages.in_folder(Folder.DRAFTS):
                if one.sender_address != mine:
                    continue
                draft = writing.typed(one.message_id, uow.messages.raw(one.message_id))
                if draft is not None and draft.answers == f"{act}:{message_id}":
                    return draft
        return None

    def _again(self, draft: Draft) -> DraftView:
        return replace(self._view(draft), begun_before=True)

    def open(self, draft_id: str) -> DraftView:
        """A draft of the folder again."""
        with self._open() as uow:
            draft = Draft.load(uow.messages.raw(draft_id))
        return self._view(draft)

    # --- as it is typed -----------------------------------------------------------------------

    def keep(self, draft: Draft) -> DraftView:
        """Store the words as they are now: a crash a moment later loses nothing of them."""
        with self._open() as uow:
            self._keep(uow, draft, {})
            uow.commit()
        return self._view(draft)

    def attach(self, draft: Draft, name: str, content: bytes) -> DraftView:
        """A file of this computer. Raises UserFacingError when it can never leave."""
        if not content:
            raise UserFacingError(f"Le fichier « {name} » est vide.")
        if len(content) * letters.BASE64 > self._limit(draft):
            raise self._too_large(self._limit(draft))
        file = DraftFile(self._ids.uuid(), name, self._kind_of(content), len(content))
        after = replace(draft, files=(*draft.files, file))
        with self._open() as uow:
            self._keep(uow, after, {file.attachment_id: content})
            uow.commit()
        return self._view(after)

    def attach_document(self, draft: Draft, document_id: str) -> DraftView:
        """A document of the patient's record; only one patient per message (ECO.2.1.1)."""
        with self._open() as uow:
            document = uow.documents.get(document_id)
        if document.patient_id is None or document.patient_id != draft.patient_id:
            raise UserFacingError(
                "Un message ne parle que d’un seul patient.",
                advice="Choisissez un document de son dossier.",
            )
        must_stand(document)
        if any(one.document_id == document_id for one in draft.documents):
            return self._view(draft)
        chosen = DraftDocument(document_id, document.title)
        return self.keep(replace(draft, documents=(*draft.documents, chosen)))

    def discard(self, draft: Draft) -> Thrown | None:
        """Throw a draft away; None when it was never stored, or is no draft any more."""
        with self._open() as uow:
            try:
                known = uow.messages.get(draft.draft_id)
            except KeyError:
                return None
            if known.folder is not Folder.DRAFTS:
                return None
            files = {
                one.attachment_id: uow.messages.attachment(one.attachment_id) for one in draft.files
            }
            uow.messages.remove(draft.draft_id)
            uow.audit("draft thrown away", draft.draft_id)
            uow.commit()
        return Thrown(draft, files)

    def bring_back(self, thrown: Thrown) -> None:
        """The draft as it was when it was thrown away, among the drafts again."""
        with self._open() as uow:
            self._keep(uow, thrown.draft, thrown.files)
            uow.audit("draft brought back", thrown.draft.draft_id)
            uow.commit()

    def directory(self, words: str) -> tuple[Correspondent, ...]:
        """Contacts and directory, then the address as typed when it is one."""
        found = self._sharing.directory(words)
        typed = words.strip().lower()
        if writing.is_address(typed) and all(one.address.lower() != typed for one in found):
            return (*found, Correspondent(typed, ""))
        return found

    def citizen(self, patient_id: str) -> Correspondent:
        """The patient in person, in Mon Espace Santé: only from a qualified INS (ECO.2.2.6).

        Raises UserFacingError otherwise.
        """
        with self._open() as uow:
            patient = uow.patients.get(patient_id)
        if patient.refuses_own_mail:
            raise refused(OWN_MAIL)
        identity = patient.identity
        ins = identity.qualified()
        name = identity.used_name or identity.traits.birth_name
        return Correspondent(
            writing.citizen_address(ins.ins.matricule),
            name,
            identity.traits.first_given_name,
            organisation="Mon espace santé",
            verified=True,
        )

    # --- leaving ------------------------------------------------------------------------------

    def missing(self, draft: Draft) -> str:
        """Why it may not leave yet, in French; empty when it may."""
        try:
            with self._open() as uow:
                self._check(uow, draft)
        except UserFacingError as error:
            return error.sentence
        return ""

    def read_back(self, draft: Draft) -> tuple[ReadBack, ...]:
        """What a colleague will read of each document that travels with it. Slow."""
        if draft.patient_id is None:
            return ()
        return tuple(self._sharing.read_back(one.document_id) for one in draft.documents)

    def send(self, draft: Draft) -> str:
        """Order the sending and return the share's id. Raises UserFacingError: nothing left."""
        author = self._connection.practitioner
        with self._open() as uow:
            self._check(uow, draft)
        # Between two units: a page is read by another process, and nobody waits for the base.
        for one in self.read_back(draft):
            must_leave(one)
        with self._open() as uow:
            ins = self._check(uow, draft)
            self._keep(uow, draft, {})
            now, share_id = self._clock.now(), self._ids.uuid()
            domain = author.mssante_address.partition("@")[2] or "mssante.invalid"
            payload = Payload(
                ins=ins,
                author=author,
                submission_set_id=self._ids.oid(),
                signature_document_id=self._ids.oid(),
                submitted_at=now,
                title=draft.subject,
                confidentiality=Confidentiality.VISIBLE,
                rfc_message_id=f"<{self._ids.uuid()}@{domain}>",
                recipients=draft.everybody,
                subject=draft.subject,
                letter=draft.draft_id,
            )
            sent = replace(
                self._message(draft),
                folder=Folder.OUTBOX,
                rfc_message_id=payload.rfc_message_id,
                thread_id=thread_of(uow, draft.references, payload.rfc_message_id),
            )
            uow.messages.rewrite(sent, draft.dump(), {})
            delivery = Delivery(
                delivery_id=self._ids.uuid(),
                share_id=share_id,
                document_id=draft.documents[0].document_id if draft.documents else "",
                patient_id=draft.patient_id or "",
                channel=Channel.MSSANTE,
                state=DeliveryState.WAITING,
                payload=payload.dump(),
                created_at=now,
            )
            uow.deliveries.add(delivery)
            uow.audit("message ordered", draft.draft_id, delivery.delivery_id)
            remember(uow, draft.everybody)
            uow.commit()
        if draft.patient_id:
            self._announce(RecordChanged(draft.patient_id))
        self._wake()
        return share_id

    def _check(self, uow: UnitOfWork, draft: Draft) -> QualifiedIns | None:
        """Everything that would come back later is said now. Returns the INS when qualified."""
        if not draft.everybody:
            raise UserFacingError("Ajoutez un destinataire.")
        if not draft.subject.strip() and not draft.documents:
            raise UserFacingError("Écrivez l’objet du message.")
        for paper in draft.documents:
            must_stand(uow.documents.get(paper.document_id))
            if draft.patient_id:
                content = uow.documents.content(paper.document_id)
                must_be_of(content, uow.patients.get(draft.patient_id))
        ins = _qualified(uow, draft.patient_id)
        _check_refusals(uow, draft)
        for one in draft.everybody:
            self._check_recipient(one, ins)
        limit = self._limit(draft)
        if self._weight(uow, draft) > limit:
            raise self._too_large(limit)
        return ins

    def _check_recipient(self, one: Correspondent, ins: QualifiedIns | None) -> None:
        if writing.is_citizen(one.address):
            own = ins is not None and one.address == writing.citizen_address(ins.ins.matricule)
            if not own:
                raise UserFacingError(
                    "L’adresse d’un patient ne s’écrit que depuis son INS qualifiée.",
                    advice="Ouvrez son dossier, puis « Écrire au patient ».",
                )
            return
        trusted_space.must_be_within(self._connection, (one,))

    # --- inside -------------------------------------------------------------------------------

    def _keep(self, uow: UnitOfWork, draft: Draft, contents: dict[str, bytes]) -> None:
        message = self._message(draft)
        try:
            known = uow.messages.get(draft.draft_id)
        except KeyError:
            uow.messages.add(message, draft.dump(), contents)
            return
        if known.folder is not Folder.DRAFTS:
            raise UserFacingError("Ce message est déjà parti.", advice="Écrivez-en un nouveau.")
        uow.messages.rewrite(message, draft.dump(), contents)

    def _message(self, draft: Draft) -> Message:
        author = self._connection.practitioner
        return Message(
            message_id=draft.draft_id,
            folder=Folder.DRAFTS,
            rfc_message_id="",
            sender_name=author.display_name,
            sender_address=author.mssante_address.lower(),
            recipients=tuple(one.display_name for one in draft.everybody),
            subject=draft.subject or "(sans objet)",
            raw_subject=draft.subject,
            sent_at=self._clock.now(),
            text=draft.body,
            attachments=tuple(
                MailAttachment(one.attachment_id, one.name, one.media_type, one.size)
                for one in draft.files
            ),
            unread=False,
            patient_id=draft.patient_id,
        )

    def _view(self, draft: Draft) -> DraftView:
        today = self._clock.now().date()
        with self._open() as uow:
            person = uow.patients.get(draft.patient_id) if draft.patient_id else None
            held = uow.documents.of_patient(draft.patient_id) if draft.patient_id else []
            papers = [one for one in held if one.annulled is None]
            heavy = self._weight(uow, draft)
            doubts = [
                known_elsewhere(uow, one.display_name, one.address)
                for one in draft.everybody
                if not one.verified
            ]
        patient = PatientView.of(person, today) if person else None
        doubt = next(filter(None, doubts), "") or trusted_space.doubt(
            self._connection, draft.everybody
        )
        return DraftView(draft, patient, heavy, self._limit(draft), tuple(papers), doubt)

    def _weight(self, uow: UnitOfWork, draft: Draft) -> int:
        papers = tuple(uow.documents.content(one.document_id) for one in draft.documents)
        files = sum(one.size for one in draft.files)
        return letters.weight(letters.Letter(draft, papers, ())) + int(files * letters.BASE64)

    def _references(self, message: Message, raw: bytes) -> tuple[str, ...]:
        """None from a message that is not read whole: an answer still leaves."""
        return self._parse(raw).references if message.unreadable is None else ()

    def _limit(self, draft: Draft) -> int:
        """The operator's, or the smaller one of Mon Espace Santé."""
        own = self._settings[mail_size_limit_mb]
        citizen = self._settings[mail_citizen_limit_mb]
        return (min(own, citizen) if draft.to_citizen else own) * MEGABYTE

    def _too_large(self, limit: int) -> UserFacingError:
        return UserFacingError(
            f"Le message dépasse les {limit // MEGABYTE} Mo que prend l’opérateur.",
            advice="Retirez une pièce jointe.",
        )

    def _local(self, message: Message) -> Message:
        """Hours as the practice's clock tells them."""
        here = self._clock.now().tzinfo
        came = message.arrived_at.astimezone(here) if message.arrived_at is not None else None
        return replace(message, sent_at=message.sent_at.astimezone(here), arrived_at=came)

    def _signature(self) -> str:
        """Of the settings, else the doctor's name and the practice's."""
        chosen = self._settings[mail_signature]
        if chosen.strip():
            return chosen
        author = self._connection.practitioner
        lines = (author.display_name, author.place.structure_name, author.telephone)
        return "\n".join(line for line in lines if line)


def _check_refusals(uow: UnitOfWork, draft: Draft) -> None:
    """What the patient does not want (MSS/va1.20, MSS/va1.22)."""
    patient = uow.patients.get(draft.patient_id) if draft.patient_id else None
    if patient is None:
        return
    colleagues = any(not writing.is_citizen(one.address) for one in draft.everybody)
    if draft.to_citizen and patient.refuses_own_mail:
        raise refused(OWN_MAIL)
    if colleagues and draft.documents and patient.refuses_shared_mail:
        raise refused(SHARED_MAIL)


def _known(uow: UnitOfWork, people: tuple[Correspondent, ...]) -> tuple[Correspondent, ...]:
    """The same people as the contacts know them."""
    contacts = (uow.contacts.get(one.address) for one in people)
    return tuple(
        contact.correspondent if contact else one
        for one, contact in zip(people, contacts, strict=True)
    )


def _qualified(uow: UnitOfWork, patient_id: str | None) -> QualifiedIns | None:
    if patient_id is None:
        return None
    try:
        return uow.patients.get(patient_id).identity.qualified()
    except UserFacingError:
        return None
