"""A finished document that does not hold: its author annuls it, and it is withdrawn where it went.

It stays in the record, struck, with the date and the reason. What still waits to be sent stops and
says why. The DMP is asked to delete it (TD3.3c, dmp.md §8) once the doctor has had the time to
take the annulment back. A colleague's mailbox gives nothing back: a message is offered instead.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from lgc.domain.card import CardGone
from lgc.domain.deliveries import (
    LEFT,
    Channel,
    Delivery,
    DeliveryEvent,
    DeliveryState,
)
from lgc.domain.dmp import DocumentAction, EntryStatus
from lgc.domain.documents import IN_DMP, Annulment, DmpState, Document, Origin
from lgc.domain.instants import after, come, since
from lgc.domain.professionals import Correspondent
from lgc.errors import UserFacingError, place_of
from lgc.services import versions
from lgc.services.connection import DeskConnection
from lgc.services.events import Announce, RecordChanged
from lgc.services.payload import Payload
from lgc.services.ports import Clock, DmpChange, Ids, OpenUnit, UnitOfWork
from lgc.services.queue import STOPPED, carried, moved, play
from lgc.services.views import PatientView

log = logging.getLogger(__name__)

GRACE = dt.timedelta(seconds=20)  # as long as « Annuler » stands in the status line
AGAIN, MUCH_LATER = dt.timedelta(minutes=1), dt.timedelta(hours=1)
LETTERS = 3
STOPPABLE = (DeliveryState.WAITING, DeliveryState.REFUSED)
GONE_ALREADY = "XDSDocumentUniqueIdError"


@dataclass(frozen=True, slots=True)
class Annulled:
    """What an annulment means for one document, before it or after it.

    ``sent_to`` are those who have it by MSSanté, or may; ``waiting`` how many sends it stops;
    ``in_dmp``: the DMP shows it; ``refusal``: why the DMP has not let it go yet.
    """

    document: Document
    in_dmp: bool
    waiting: int
    sent_to: tuple[Correspondent, ...]
    refusal: str = ""
    may_take_back: bool = False


class Annulling:
    """Runs in workers; ``run_once`` in the lane of the DMP."""

    def __init__(
        self,
        open_unit: OpenUnit,
        clock: Clock,
        ids: Ids,
        connection: DeskConnection,
        announce: Announce,
        wake: Callable[[], None],
    ) -> None:
        self._open, self._clock, self._ids = open_unit, clock, ids
        self._connection, self._announce, self._wake = connection, announce, wake
        self._again: dict[str, tuple[dt.datetime, str]] = {}

    # --- the doctor ---------------------------------------------------------------------------

    def may_annul(self, document_id: str) -> bool:
        """Is the one at the desk its author (by PS_IdNat), and does it still stand?"""
        with self._open() as uow:
            return self._is_mine(uow, uow.documents.get(document_id))

    def about(self, document_id: str) -> Annulled:
        """Where the document is, and whether its annulment can be taken back."""
        with self._open() as uow:
            return self._about(uow, uow.documents.get(document_id))

    def annul(self, document_id: str, why: str) -> Annulled:
        """Every version of it. Raises UserFacingError: not its author, no reason, annulled."""
        why = " ".join(why.split())
        if len(why) < LETTERS:
            raise UserFacingError("Écrivez la raison : elle reste dans le dossier.")
        with self._open() as uow:
            document = uow.documents.get(document_id)
            if not self._is_mine(uow, document):
                raise UserFacingError(
                    "Seul son auteur peut annuler ce document, et une seule fois.",
                    advice="Le document reste tel qu’il est.",
                )
            stopped = self._stop(uow, document)
            said = Annulment(self._clock.now(), self._me, why)
            for one in _versions(uow, document):
                uow.documents.set_annulled(one.document_id, said)
            uow.audit("document annulled", document_id, str(len(stopped)))
            uow.commit()
        self._tell(document, stopped)
        return self.about(document_id)

    def take_back(self, document_id: str) -> None:
        """As if it had not been: only while nothing left. What was stopped stays stopped.

        Raises UserFacingError once the DMP has deleted it, or for another than its author.
        """
        with self._open() as uow:
            document = uow.documents.get(document_id)
            if not self._may_take_back(document):
                raise UserFacingError(
                    "Cette annulation ne se défait plus : le document a été retiré du DMP.",
                    advice="Faites un nouveau document.",
                )
            for one in _versions(uow, document):
                uow.documents.set_annulled(one.document_id, None)
            uow.audit("annulment taken back", document_id)
            uow.commit()
        self._again.pop(document_id, None)
        self._tell(document, [])

    def warning(self, document_id: str) -> tuple[str | None, tuple[Correspondent, ...], str, str]:
        """Whose record, whom to tell, and the subject and words that tell them."""
        found = self.about(document_id)
        document, said = found.document, found.document.annulled
        now = self._clock.now()
        whose = ""
        if document.patient_id is not None:
            with self._open() as uow:
                view = PatientView.of(uow.patients.get(document.patient_id), now.date())
            whose = f" de {view.civility} {view.name}"
        day = (document.service_start or document.created_at).astimezone(now.tzinfo)
        title = f"« {document.title} » du {day:%d/%m/%Y}{whose}"
        why = f"Raison : {said.why}\n\n" if said is not None else ""
        words = (
            f"Bonjour,\n\nLe document {title}, que je vous ai envoyé, est annulé. Merci de ne plus "
            f"en tenir compte et de le retirer du dossier.\n\n{why}"
            f"Bien confraternellement,\n{self._connection.practitioner.display_name}"
        )
        subject = f"Document annulé : {document.title}{whose}"
        return document.patient_id, found.sent_to, subject, words

    # --- the DMP ------------------------------------------------------------------------------

    def run_once(self) -> bool:
        """Ask the DMP to delete one annulled document. False when there was nothing to do."""
        if not self._connection.plugged:
            return False
        now = self._clock.now()
        with self._open() as uow:
            due = [
                one
                for one in _still_there(uow, uow.documents.annulled_by(self._me))
                if one.annulled is not None
                and since(one.annulled.at, now) >= GRACE
                and come(self._again.get(one.document_id, (now, ""))[0], now)
            ]
        if not due:
            return False
        self._withdraw(due[-1])
        return True

    def _withdraw(self, document: Document) -> None:
        try:
            self._delete(document)
        except CardGone:
            return
        except UserFacingError as error:
            if GONE_ALREADY not in error.details:
                # Its answer may have been lost: it is asked again, and « not there » ends it.
                later = AGAIN if error.may_retry else MUCH_LATER
                self._again[document.document_id] = (
                    after(self._clock.now(), later),
                    error.sentence,
                )
                log.warning("withdrawal: %s", place_of(error))
                self._tell(document, [])
                return
        with self._open() as uow:
            for one in _versions(uow, document):
                said = one.annulled
                if said is None or one.version > document.version:
                    continue
                state = DmpState.NOT_DEPOSITED if one == document else DmpState.REPLACED
                if one.dmp_state in IN_DMP:
                    uow.documents.set_dmp_state(one.document_id, state, one.confidentiality)
                gone = replace(said, withdrawn_at=self._clock.now())
                uow.documents.set_annulled(one.document_id, gone)
            uow.audit("dmp document delete", document.document_id, document.unique_id)
            uow.commit()
        self._again.pop(document.document_id, None)
        self._tell(document, [])

    def _delete(self, document: Document) -> None:
        assert document.patient_id is not None
        with self._open() as uow:
            patient = uow.patients.get(document.patient_id)
        archived = document.dmp_state is DmpState.ARCHIVED
        change = DmpChange(
            ins=patient.identity.qualified(),
            author=self._connection.practitioner,
            unique_id=document.unique_id,
            submission_set_id=self._ids.oid(),
            submitted_at=self._clock.now(),
            title=document.title,
            status=str(EntryStatus.ARCHIVED if archived else EntryStatus.APPROVED),
        )
        self._connection.current().dmp.act(DocumentAction.DELETE, change)

    # --- inside -------------------------------------------------------------------------------

    @property
    def _me(self) -> str:
        return self._connection.practitioner.holder.national_id

    def _is_mine(self, uow: UnitOfWork, document: Document) -> bool:
        return (
            document.stands
            and document.origin is Origin.PRACTICE
            and versions.is_own(uow, document, self._me)
        )

    def _may_take_back(self, document: Document) -> bool:
        said = document.annulled
        return said is not None and said.withdrawn_at is None and said.by == self._me

    def _about(self, uow: UnitOfWork, document: Document) -> Annulled:
        papers = _versions(uow, document)
        ids = {one.document_id for one in papers}
        sends = [one for one in _sends_of(uow, document.patient_id or "") if ids & one[1]]
        there = _newest_in_dmp(papers)
        return Annulled(
            document,
            in_dmp=there is not None,
            waiting=sum(1 for one, _ in sends if one.state in STOPPABLE),
            sent_to=_recipients(delivery for delivery, _ in sends),
            refusal=self._again.get(there.document_id, (None, ""))[1] if there else "",
            may_take_back=self._may_take_back(document),
        )

    def _stop(self, uow: UnitOfWork, document: Document) -> list[Delivery]:
        """What waits does not leave, and says why; what is leaving is withdrawn afterwards."""
        ids = {one.document_id for one in _versions(uow, document)}
        stopped = []
        for delivery, papers in _sends_of(uow, document.patient_id or ""):
            # What may have left already is asked about first: the outbox stops it then.
            if ids & papers and delivery.state in STOPPABLE and delivery.sent_at is None:
                told = replace(delivery, steps=(*delivery.steps, (self._clock.now(), STOPPED)))
                play(uow, told, DeliveryEvent.TAKEN_BACK, self._clock.now())
                uow.audit("delivery withdrawn", delivery.delivery_id, "document annulled")
                stopped.append(delivery)
        return stopped

    def _tell(self, document: Document, stopped: list[Delivery]) -> None:
        for delivery in stopped:
            self._announce(moved(delivery))
        if document.patient_id is not None:
            self._announce(RecordChanged(document.patient_id))
        self._wake()


def _versions(uow: UnitOfWork, document: Document) -> list[Document]:
    """All of its set that were written here, oldest first."""
    if document.patient_id is None:
        return [document]
    found = [
        one
        for one in uow.documents.of_patient(document.patient_id)
        if one.set_id == document.set_id and one.origin is Origin.PRACTICE
    ]
    return sorted(found, key=lambda one: one.version)


def _newest_in_dmp(papers: list[Document]) -> Document | None:
    """The only version that the DMP shows: it replaced those before (RPLC)."""
    return next((one for one in reversed(papers) if one.dmp_state in IN_DMP), None)


def _still_there(uow: UnitOfWork, annulled: list[Document]) -> list[Document]:
    sets = {one.set_id: one for one in annulled}
    found = (_newest_in_dmp(_versions(uow, one)) for one in sets.values())
    return [one for one in found if one is not None]


def _sends_of(uow: UnitOfWork, patient_id: str) -> list[tuple[Delivery, set[str]]]:
    """Every send of a record with the documents that it carries."""
    return [(one, carried(uow, one)) for one in uow.deliveries.of_patient(patient_id)]


def _recipients(deliveries: Iterable[Delivery]) -> tuple[Correspondent, ...]:
    people: dict[str, Correspondent] = {}
    for delivery in deliveries:
        reached = delivery.state in LEFT or delivery.partial
        if delivery.channel is Channel.MSSANTE and reached:
            for one in Payload.load(delivery.payload).recipients:
                people.setdefault(one.address.lower(), one)
    return tuple(people.values())
