"""One attempt of one delivery, and the question asked after a lost answer.

Called by the outbox in the lane of the destination; never by a screen.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace

from lgc.domain.deliveries import (
    AnswerLost,
    Channel,
    Delivery,
    DeliveryState,
    Outcome,
    Partial,
    Postponed,
    Receipt,
    Refused,
)
from lgc.domain.dmp import AccessContext, AuthorisationAction
from lgc.domain.documents import Confidentiality, DocumentContent
from lgc.domain.identity import QualifiedIns
from lgc.domain.patients import DmpAccess
from lgc.domain.verdicts import outcome_of
from lgc.errors import UserFacingError
from lgc.services import letters
from lgc.services.connection import DeskConnection
from lgc.services.letters import Letter
from lgc.services.payload import Payload
from lgc.services.ports import Connections, DmpSubmission, OutgoingMail
from lgc.services.sharing import readable_pdf

SEEN_AS = {
    Confidentiality.VISIBLE: "Document déposé, visible",
    Confidentiality.MASKED_TO_PROFESSIONALS: "Document déposé, masqué aux autres professionnels",
    Confidentiality.INVISIBLE_TO_PATIENT: "Document déposé, invisible au patient",
    Confidentiality.INVISIBLE_TO_GUARDIANS: "Document déposé, invisible aux parents",
}
_BY_MAIL = "Le document reste dans le dossier ; envoyez-le par MSSanté."
# What TD0.2 may say of a deposit that was ordered while nobody could ask: nothing leaves.
SHUT: dict[DmpAccess | None, Refused] = {
    DmpAccess.NONE: Refused(
        "", "Aucun DMP n’est ouvert à ce nom : rien n’a été déposé.", _BY_MAIL, final=True
    ),
    DmpAccess.CLOSED: Refused(
        "", "Ce DMP est fermé : il ne reçoit plus de document.", _BY_MAIL, final=True
    ),
    DmpAccess.FORBIDDEN: Refused(
        "", "L’accès à ce DMP vous est refusé : rien n’a été déposé.", _BY_MAIL, final=True
    ),
    DmpAccess.UNKNOWN: Refused(
        "",
        "Le DMP n’a pas dit si vous y avez accès : rien n’a été déposé.",
        "Le document reste dans le dossier ; vérifiez son DMP, puis réessayez.",
    ),
}
NO_CONSENT = Refused(
    "",
    "Vous n’avez pas encore accès à ce DMP : rien n’a été déposé.",
    "Demandez l’accord du patient, enregistrez-le au DMP, puis réessayez.",
)
Step = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Work:
    """A delivery with everything it needs, read in one unit of work.

    A shared document has a ``content``, a written message a ``letter``. ``earlier`` are the unique
    ids of the versions before the document, newest first; ``just_replaced`` is one that the DMP
    took a moment ago, and that this one replaces there. ``leaves_at`` is when this try begins.
    """

    delivery: Delivery
    payload: Payload
    content: DocumentContent | None
    leaves_at: dt.datetime
    letter: Letter | None = None
    earlier: tuple[str, ...] = ()
    just_replaced: str = ""

    @property
    def document(self) -> DocumentContent:
        """Raises UserFacingError for a message without document."""
        if self.content is None:
            raise UserFacingError("Ce message n’a pas de document à déposer.")
        return self.content


class Delivering:
    """Sends or asks through the connections of the card that ordered the share."""

    def __init__(self, connection: DeskConnection) -> None:
        self._connection = connection

    @property
    def ready(self) -> bool:
        """Is a card there to send with?"""
        return self._connection.plugged

    def attempt(self, work: Work, step: Step) -> Outcome:
        """Send once. Nothing raises: what stops before leaving is ``Postponed``."""
        try:
            return SEND[work.delivery.channel](self._for(work), work, step)
        except UserFacingError as error:
            return outcome_of(error)

    def ask(self, work: Work) -> Receipt | None:
        """Did it arrive? None means no. Raises UserFacingError while nobody can tell."""
        return ASK[work.delivery.channel](self._for(work), work)

    def _for(self, work: Work) -> Connections:
        """Only the card that ordered a share may sign it."""
        connections = self._connection.current()
        author = work.payload.author.holder
        if self._connection.practitioner.holder.national_id != author.national_id:
            raise UserFacingError(
                f"En attente de la carte du Dr {author.family_name} : l’envoi partira dès qu’elle "
                "sera dans le lecteur.",
                may_retry=True,
            )
        return connections


def _send_dmp(connections: Connections, work: Work, step: Step) -> Outcome:
    payload, ins, dmp = work.payload, _required(work.payload.ins), connections.dmp
    if payload.confidentiality is Confidentiality.INVISIBLE_TO_GUARDIANS:
        # What the parents must not see leaves without a trace for them (dmp.md §5.6).
        dmp = dmp.within(AccessContext(secret_connection=True))
    access = connections.dmp.existence(ins).access if payload.ask_access else None
    if access in SHUT:
        return SHUT[access]
    if access is DmpAccess.TO_AUTHORISE and not payload.consent_attested:
        return NO_CONSENT
    if payload.consent_attested and access is not DmpAccess.AUTHORISED:
        dmp.authorise(ins, AuthorisationAction.ADD)
        step("Autorisation enregistrée")
    if work.just_replaced and dmp.reference(ins, work.just_replaced) is None:
        return Postponed("La version précédente n’apparaît pas encore dans le DMP.")
    # Signed and dated now: a DMP refuses what waited for longer than some minutes.
    departing = replace(_submission(work, ins), submitted_at=work.leaves_at.astimezone(dt.UTC))
    outcome = dmp.submit(departing)
    if isinstance(outcome, Receipt):
        step(SEEN_AS[payload.confidentiality])
        step(f"Accusé du DMP {outcome.reference}")
    return outcome


def _ask_dmp(connections: Connections, work: Work) -> Receipt | None:
    entry = connections.dmp.reference(_required(work.payload.ins), work.document.document.unique_id)
    if entry is None:
        return None
    when = entry.created_at or work.delivery.created_at
    return Receipt(work.document.document.unique_id, when, ("Retrouvé dans le DMP",))


def _send_mssante(connections: Connections, work: Work, step: Step) -> Outcome:
    letter = work.letter
    mail = letters.mail_of(letter, work.payload) if letter is not None else _shared(work)
    outcome = connections.mssante.send(replace(mail, already=_already(work.delivery)))
    receipt = outcome.receipt if isinstance(outcome, Partial) else outcome
    if isinstance(outcome, AnswerLost):
        for line in outcome.lines:
            step(line)
    if isinstance(receipt, Receipt):
        step("Accepté par le serveur")
        for line in receipt.lines:
            step(line)
        step(f"Accusé {receipt.reference}")
    return outcome


def _already(delivery: Delivery) -> frozenset[str]:
    """The addresses for which an earlier attempt has its answer."""
    return frozenset(address for address, _ in delivery.fates) if delivery.partial else frozenset()


def _shared(work: Work) -> OutgoingMail:
    payload = work.payload
    return OutgoingMail(
        rfc_message_id=payload.rfc_message_id,
        sender=payload.author,
        recipients=payload.recipients,
        subject=payload.subject,
        body=payload.body,
        submission=_submission(work, payload.ins) if _archivable(work) else None,
        pdf=readable_pdf(work.document),
        written_at=payload.submitted_at,
    )


def _ask_mssante(connections: Connections, work: Work) -> Receipt | None:
    """Our copy proves the first attempt only: of a later one, nothing can be found."""
    if work.delivery.partial:
        if work.delivery.state is DeliveryState.WAITING:
            return None
        raise UserFacingError("Aucune copie ne peut prouver ce nouvel essai.", may_retry=True)
    return connections.mssante.was_sent(work.payload.rfc_message_id)


def _archivable(work: Work) -> bool:
    """An archive carries a CDA and a qualified INS, or does not exist (ECO.2.1.1, EXI ID 29)."""
    return work.payload.ins is not None and work.document.document.mime_type == "text/xml"


def _submission(work: Work, ins: QualifiedIns | None) -> DmpSubmission:
    payload = work.payload
    return DmpSubmission(
        ins=_required(ins),
        author=payload.author,
        document=work.document.document,
        content=work.document.content,
        confidentiality=payload.confidentiality,
        submission_set_id=payload.submission_set_id,
        signature_document_id=payload.signature_document_id,
        submitted_at=payload.submitted_at.astimezone(dt.UTC),
        title=payload.title,
        earlier=work.earlier,
    )


def _required(ins: QualifiedIns | None) -> QualifiedIns:
    if ins is None:
        raise UserFacingError("L’INS de ce patient n’est pas qualifiée.")
    return ins


SEND: dict[Channel, Callable[[Connections, Work, Step], Outcome]] = {
    Channel.DMP: _send_dmp,
    Channel.MSSANTE: _send_mssante,
}
ASK: dict[Channel, Callable[[Connections, Work], Receipt | None]] = {
    Channel.DMP: _ask_dmp,
    Channel.MSSANTE: _ask_mssante,
}
