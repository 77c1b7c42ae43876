"""« Fermeture du dossier »: the documents of the visit, sent together or left for later."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from lgc.domain.agenda import Presence, Visit
from lgc.domain.deliveries import Channel
from lgc.domain.documents import Confidentiality, DmpState, Document, Origin
from lgc.domain.patients import DmpAccess
from lgc.domain.professionals import Correspondent
from lgc.errors import UserFacingError
from lgc.services import versions
from lgc.services.connection import DeskConnection
from lgc.services.drafting import CONTENTS, ORDERS, Drafting, is_hollow, read
from lgc.services.planning import Planning
from lgc.services.ports import Clock, OpenUnit, UnitOfWork
from lgc.services.sharing import SENDABLE, ShareRequest, Sharing, minor_for_dmp
from lgc.services.views import PatientView
from lgc.services.written import source_of
from lgc.settings import Settings

AWAY = (Presence.DONE, Presence.ABSENT)


@dataclass(frozen=True, slots=True)
class ClosingProposal:
    """What was made today and never sent, what is still a draft, the visit that ends.

    ``hollow`` are the document_ids of those without a text: never ticked beforehand.
    """

    patient: PatientView
    documents: tuple[Document, ...]
    drafts: tuple[str, ...]
    visit_id: str
    dmp: bool
    consent_needed: bool
    minor: bool
    hollow: frozenset[str] = frozenset()

    @property
    def empty(self) -> bool:
        """Nothing to ask: the record closes."""
        return not (self.documents or self.drafts)


@dataclass(frozen=True, slots=True)
class ClosingChoice:
    """One document, and who may see it in the DMP."""

    document: Document
    confidentiality: Confidentiality = Confidentiality.VISIBLE


class Closing:
    """Runs in workers. What is not chosen stays in the record, unsent."""

    def __init__(
        self,
        open_unit: OpenUnit,
        clock: Clock,
        connection: DeskConnection,
        settings: Settings,
        sharing: Sharing,
        drafting: Drafting,
        planning: Planning,
    ) -> None:
        self._open, self._clock, self._connection = open_unit, clock, connection
        self._settings, self._sharing = settings, sharing
        self._drafting, self._planning = drafting, planning

    def propose(self, patient_id: str) -> ClosingProposal:
        """Look at what this day left."""
        now = self._clock.now()
        who = self._connection.practitioner.holder.national_id
        with self._open() as uow:
            patient = uow.patients.get(patient_id)
            documents = tuple(
                one for one in uow.documents.of_patient(patient_id)
                if _of_the_visit(uow, one, who, now)
            )  # fmt: skip
            hollow = frozenset(one.document_id for one in documents if _hollow(uow, one))
            visits = uow.agenda.between(*_day(now))
        drafts = tuple(
            kind
            for kind in (*CONTENTS, *ORDERS)
            if not self._drafting.draft(patient_id, kind).empty
        )
        access = patient.dmp.access
        return ClosingProposal(
            patient=PatientView.of(patient, now.date()),
            documents=documents,
            drafts=drafts,
            visit_id=_visit_of(patient_id, visits),
            dmp=patient.identity.ins is not None and access in SENDABLE,
            consent_needed=access in (DmpAccess.TO_AUTHORISE, DmpAccess.UNKNOWN),
            minor=minor_for_dmp(patient, now.date(), self._settings),
            hollow=hollow,
        )

    def send(
        self,
        chosen: tuple[ClosingChoice, ...],
        recipients: tuple[Correspondent, ...],
        *,
        dmp: bool,
        consent_attested: bool,
    ) -> tuple[int, UserFacingError | None]:
        """Order every send; returns how many, and what stopped the rest."""
        channels = {Channel.DMP} if dmp else set()
        if recipients:
            channels.add(Channel.MSSANTE)
        for number, one in enumerate(chosen):
            proposal = self._sharing.propose(one.document.document_id)
            request = ShareRequest(
                document=one.document.document_id,
                channels=frozenset(channels),
                confidentiality=one.confidentiality,
                recipients=recipients,
                subject=proposal.subject,
                body=proposal.body,
                consent_attested=dmp and consent_attested,
            )
            try:
                self._sharing.share(request)
            except UserFacingError as error:
                return number, error
        return len(chosen), None

    def end_visit(self, visit_id: str) -> None:
        """The consultation is over; a visit that began elsewhere than here is only marked."""
        with self._open() as uow:
            visit = uow.agenda.find(visit_id)
        if visit is None or visit.presence in AWAY:
            return
        if visit.presence is not Presence.IN_CONSULTATION:
            self._planning.set_presence(visit_id, Presence.IN_CONSULTATION)
        self._planning.set_presence(visit_id, Presence.DONE)


def _of_the_visit(uow: UnitOfWork, document: Document, who: str, now: dt.datetime) -> bool:
    """Made here today by this doctor, the latest version, neither deposited nor on its way.

    ``who`` is a PS_IdNat.
    """
    made_today = document.created_at.astimezone(now.tzinfo).date() == now.date()
    return (
        document.origin is Origin.PRACTICE
        and made_today
        and document.stands
        and document.dmp_state is DmpState.NOT_DEPOSITED
        and not uow.deliveries.of_document(document.document_id)
        and versions.is_own(uow, document, who)
    )


def _hollow(uow: UnitOfWork, document: Document) -> bool:
    kind, text = source_of(uow, document.document_id)
    return bool(kind) and is_hollow(kind, read(text))


def _day(now: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    start = dt.datetime.combine(now.date(), dt.time(), now.tzinfo)
    return start, start + dt.timedelta(days=1)


def _visit_of(patient_id: str, visits: list[Visit]) -> str:
    """The visit of today that is under way or waits, empty when there is none."""
    mine = [one for one in visits if one.patient_id == patient_id and one.presence not in AWAY]
    mine.sort(key=lambda one: one.presence is not Presence.IN_CONSULTATION)
    return mine[0].visit_id if mine else ""
