"""« Partager »: the feeding in Y, committed in one go before anything leaves.

The five steps of the dialog end here in one commit: document version, one delivery per channel
with identifiers fixed for ever, audit line. The outbox does the rest.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass

from lgc.cda import parse, pdf
from lgc.cda.showable import showable
from lgc.domain.deliveries import Channel, Delivery, DeliveryState
from lgc.domain.dmp import Existence
from lgc.domain.documents import Confidentiality, Document, DocumentContent, Origin, must_stand
from lgc.domain.identity import QualifiedIns, Sex
from lgc.domain.patients import DmpAccess, DmpStatus, Patient
from lgc.domain.professionals import Correspondent
from lgc.domain.readable import Attachment
from lgc.errors import UserFacingError, place_of
from lgc.services import trusted_space
from lgc.services.connection import DeskConnection
from lgc.services.events import Announce, RecordChanged
from lgc.services.naming import remember
from lgc.services.payload import Payload
from lgc.services.ports import Clock, Ids, OpenUnit, UnitOfWork
from lgc.services.reading_back import NOTHING_READ, ReadBack, as_it_was, before_sending, must_leave
from lgc.services.views import PatientView
from lgc.services.whose import NO_INS, holder_of, must_be_of, said
from lgc.services.written import store_version
from lgc.settings import Settings, dmp_majority, dmp_minors

log = logging.getLogger(__name__)

SHARED_MAIL = "Ce patient s’oppose à l’envoi de ses documents à d’autres professionnels."
SENDABLE = (DmpAccess.AUTHORISED, DmpAccess.TO_AUTHORISE, DmpAccess.UNKNOWN)


@dataclass(frozen=True, slots=True)
class ShareProposal:
    """What the dialog opens with. ``dmp_answered_at``: when the DMP last answered anybody here.

    ``differs`` says what the document holds of its patient that the record says otherwise today;
    ``own``: it was written here, and may be made again.
    ``reads`` is what a colleague's software will read, beside the record of today.
    """

    patient: PatientView
    document: Document
    subject: str
    body: str
    recipients: tuple[Correspondent, ...]
    attachments: tuple[str, ...]
    qualified: bool
    sharable_in_dmp: bool
    minor: bool = False
    correspondents: tuple[Correspondent, ...] = ()
    dmp_answered_at: dt.datetime | None = None
    differs: str = ""
    bears_ins: bool = True
    own: bool = False
    reads: ReadBack = NOTHING_READ


@dataclass(frozen=True, slots=True)
class ShareRequest:
    """The doctor's answers. ``document`` is a draft, or the id of a stored version.

    ``dmp_asked``: the DMP answered for this patient just now; otherwise it is asked before sending.
    """

    document: DocumentContent | str
    channels: frozenset[Channel]
    confidentiality: Confidentiality
    recipients: tuple[Correspondent, ...] = ()
    subject: str = ""
    body: str = ""
    consent_attested: bool = False
    dmp_asked: bool = True


class Sharing:
    """Runs in workers; nothing here opens a socket but ``check_dmp`` and ``directory``."""

    def __init__(
        self,
        open_unit: OpenUnit,
        clock: Clock,
        ids: Ids,
        connection: DeskConnection,
        announce: Announce,
        wake: Callable[[], None],
        settings: Settings,
        directory: Callable[[str], list[Correspondent]] = lambda words: [],
        online: Callable[[str], list[Correspondent]] = lambda words: [],
        answered: Callable[[], dt.datetime | None] = lambda: None,
    ) -> None:
        self._answered = answered
        self._open, self._clock, self._ids = open_unit, clock, ids
        self._connection, self._announce, self._wake = connection, announce, wake
        self._settings, self._directory, self._online = settings, directory, online

    def propose(self, document: DocumentContent | str) -> ShareProposal:
        with self._open() as uow:
            chosen = uow.documents.content(document) if isinstance(document, str) else document
            must_stand(chosen.document)
            patient = uow.patients.get(_patient_of(chosen.document))
            known = uow.relations.of_patient(patient.patient_id)
        view = PatientView.of(patient, self._clock.now().date())
        title = chosen.document.title
        qualified = _qualified(patient) is not None
        found = holder_of(chosen, patient)
        structured = chosen.document.mime_type == "text/xml" and qualified
        author = self._connection.practitioner
        whose = f"de {view.civility} {view.name}"
        return ShareProposal(
            patient=view,
            document=chosen.document,
            subject=f"{title} {whose}",
            body=f"Bonjour,\n\nVoici le document « {title} » {whose}.\n\n"
            f"Bien confraternellement,\n{author.display_name}",
            recipients=(),
            attachments=(*(("IHE_XDM.zip",) if structured else ()), "PDF"),
            qualified=qualified,
            sharable_in_dmp=structured and found.bears_ins and not found.differs,
            differs=said(found),
            bears_ins=found.bears_ins or not structured,
            own=chosen.document.origin is Origin.PRACTICE,
            correspondents=tuple(one for r in known if (one := r.correspondent) is not None),
            minor=minor_for_dmp(patient, self._clock.now().date(), self._settings),
            dmp_answered_at=self._answered(),
            reads=self.read_back(chosen),
        )

    def read_back(self, document: DocumentContent | str) -> ReadBack:
        """What a colleague will read of a document, beside its patient's record. Slow."""
        with self._open() as uow:
            chosen = _chosen(uow, document)
            record = uow.medical.of_patient(_patient_of(chosen.document))
            then = as_it_was(uow, chosen.document.document_id)
        return before_sending(chosen, record, then)

    def check_dmp(self, patient_id: str) -> DmpStatus:
        """TD0.2, remembered in the patient's banner. Raises UserFacingError."""
        with self._open() as uow:
            ins = uow.patients.get(patient_id).identity.qualified()
        existence = self._connection.current().dmp.existence(ins)
        status = status_of(existence, self._clock.now())
        with self._open() as uow:
            uow.patients.set_dmp(patient_id, status)
            uow.commit()
        self._announce(RecordChanged(patient_id))
        return status

    def directory(self, words: str) -> tuple[Correspondent, ...]:
        """Recipients by completion: contacts of the practice first, then the directory."""
        with self._open() as uow:
            known = uow.contacts.find(words)
        addresses = {c.address for c in known}
        found = self._directory(words)
        return (*known, *(one for one in found if one.address not in addresses))

    def further(self, words: str) -> tuple[Correspondent, ...]:
        """The same, and what the directory online adds after them; silent when it does not answer.

        Slow: asked after a pause, never instead of ``directory``.
        """
        known = self.directory(words)
        addresses = {one.address.lower() for one in known}
        try:
            online = self._online(words)
        except UserFacingError as error:
            log.info("directory online: %s", place_of(error))
            return known
        return (*known, *(one for one in online if one.address.lower() not in addresses))

    def share(self, request: ShareRequest) -> str:
        """Commit everything and return the share's id; the sends go on in the background.

        Raises UserFacingError when an answer is missing: nothing was stored then.
        """
        author = self._connection.practitioner
        with self._open() as uow:
            self._checked(uow, request)
        # Between two units: a page is read by another process, and nobody waits for the base.
        must_leave(self.read_back(request.document))
        with self._open() as uow:
            content, patient, ins = self._checked(uow, request)
            document = content.document
            if not isinstance(request.document, str):
                store_version(uow, request.document)
            share_id, now = self._ids.uuid(), self._clock.now()
            for channel in sorted(request.channels):
                payload = Payload(
                    ins=ins,
                    author=author,
                    submission_set_id=self._ids.oid(),
                    signature_document_id=self._ids.oid(),
                    submitted_at=now,
                    title=document.title,
                    confidentiality=request.confidentiality,
                    consent_attested=request.consent_attested and channel is Channel.DMP,
                    ask_access=channel is Channel.DMP and not _asked(request, patient),
                    rfc_message_id=_message_id(self._ids, author.mssante_address)
                    if channel is Channel.MSSANTE
                    else "",
                    recipients=request.recipients if channel is Channel.MSSANTE else (),
                    subject=request.subject if channel is Channel.MSSANTE else "",
                    body=request.body if channel is Channel.MSSANTE else "",
                )
                delivery = Delivery(
                    delivery_id=self._ids.uuid(),
                    share_id=share_id,
                    document_id=document.document_id,
                    patient_id=patient.patient_id,
                    channel=channel,
                    state=DeliveryState.WAITING,
                    payload=payload.dump(),
                    created_at=now,
                )
                uow.deliveries.add(delivery)
                uow.audit("delivery ordered", delivery.delivery_id, channel)
            if request.consent_attested:
                uow.audit("patient consent attested", patient.patient_id, "EX_0.3-1010")
            remember(uow, request.recipients)
            uow.commit()
        self._announce(RecordChanged(patient.patient_id))
        self._wake()
        return share_id

    def _checked(
        self, uow: UnitOfWork, request: ShareRequest
    ) -> tuple[DocumentContent, Patient, QualifiedIns | None]:
        content = _chosen(uow, request.document)
        must_stand(content.document)
        patient = uow.patients.get(_patient_of(content.document))
        ins = _qualified(patient)
        self._check(request, patient, ins)
        found = must_be_of(content, patient)
        if Channel.DMP in request.channels and not found.bears_ins:
            raise UserFacingError(NO_INS, advice="Refaites-le, ou envoyez-le par MSSanté.")
        return content, patient, ins

    def _check(self, request: ShareRequest, patient: Patient, ins: QualifiedIns | None) -> None:
        if not request.channels:
            raise UserFacingError("Choisissez MSSanté, le DMP ou les deux.")
        if Channel.MSSANTE in request.channels and not request.recipients:
            raise UserFacingError("Ajoutez au moins un destinataire MSSanté.")
        if Channel.MSSANTE in request.channels:
            if patient.refuses_shared_mail:
                raise refused(SHARED_MAIL)
            trusted_space.must_be_within(self._connection, request.recipients)
        if Channel.DMP not in request.channels:
            return
        if ins is None:
            patient.identity.qualified()
        access = patient.dmp.access
        if access not in SENDABLE:
            raise UserFacingError(
                "Ce patient n’a pas de DMP ouvert.", advice="Envoyez par MSSanté seulement."
            )
        if not request.consent_attested and (
            access is DmpAccess.TO_AUTHORISE
            or (access is not DmpAccess.AUTHORISED and not request.dmp_asked)
        ):
            accord = "La patiente" if patient.identity.traits.sex is Sex.FEMALE else "Le patient"
            raise UserFacingError(
                "Vous n’êtes pas encore autorisé sur ce DMP.",
                advice=f"{accord} doit vous avoir donné son accord : cochez la case.",
            )


def _asked(request: ShareRequest, patient: Patient) -> bool:
    """Is it known that the DMP may be fed?"""
    return request.dmp_asked and patient.dmp.access is not DmpAccess.UNKNOWN


def refused(sentence: str) -> UserFacingError:
    """The error that says what the patient does not want, and where that is noted."""
    return UserFacingError(sentence, advice="Son choix se change dans ses données administratives.")


def status_of(existence: Existence, now: dt.datetime) -> DmpStatus:
    """What TD0.2 said, as the banner keeps it."""
    return DmpStatus(existence.access, existence.attending_doctor, now)


def minor_for_dmp(patient: Patient, today: dt.date, settings: Settings) -> bool:
    """Whether the DMP knows this patient as a minor, whose parents may be kept out (§5.6)."""
    years = patient.age_on(today).years
    return settings[dmp_minors] and years < settings[dmp_majority]


JOINED, STRUCTURED = "PDF joint au document", "document structuré"


def readable_pdf(content: DocumentContent) -> bytes | None:
    """The PDF kept with the document, or made from its CDA; None for what cannot become one."""
    if content.pdf is not None:
        return content.pdf
    if content.document.mime_type == "application/pdf":
        return content.content
    if content.document.mime_type == "text/xml":
        return pdf.render(parse.parse(content.content))
    kept = Attachment(content.document.title, content.document.mime_type, content.content)
    shown = showable(kept)
    return shown.content if shown.media_type == "application/pdf" else None


def paper_of(content: DocumentContent) -> str:
    """Which of its two forms ``readable_pdf`` gives, in French; empty when there is only one."""
    if content.document.mime_type != "text/xml":
        return ""
    return JOINED if content.pdf is not None else STRUCTURED


def _chosen(uow: UnitOfWork, document: DocumentContent | str) -> DocumentContent:
    return uow.documents.content(document) if isinstance(document, str) else document


def _patient_of(document: Document) -> str:
    if document.patient_id is None:
        raise UserFacingError(
            "Ce document n’est dans aucun dossier.", advice="Assignez-le d’abord."
        )
    return document.patient_id


def _qualified(patient: Patient) -> QualifiedIns | None:
    try:
        return patient.identity.qualified()
    except UserFacingError:
        return None


def _message_id(ids: Ids, address: str) -> str:
    domain = address.partition("@")[2] or "mssante.invalid"
    return f"<{ids.uuid()}@{domain}>"
