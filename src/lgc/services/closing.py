"""« Fermeture du dossier »: the documents of the visit, sent together or left for later."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from lgc.domain.agenda import Presence, Visit
from lgc.domain.deliveries import Channel
from lgc.domain.documents import Confidentiality, DmpState, Document, Origin
from lgc.domain.patients import DmpAccess
from lgc.domain.professionals import Correspondent
from lgc.domain.waiting import ending, still_here
from lgc.errors import UserFacingError
from lgc.services import versions
from lgc.services.connection import DeskConnection
from lgc.services.drafting import CONTENTS, ORDERS, Drafting, is_hollow, read
from lgc.services.ports import Clock, OpenUnit, UnitOfWork
from lgc.services.reading_back import ReadBack
from lgc.services.seen_visits import line_of, visits_of
from lgc.services.sharing import SENDABLE, ShareRequest, Sharing, minor_for_dmp
from lgc.services.views import PatientView, VisitLine
from lgc.services.written import source_of
from lgc.settings import Settings


@dataclass(frozen=True, slots=True)
class ClosingProposal:
    """What was made today and never sent, what is still a draft, the visit that ends.

    ``hollow`` are the document_ids of those without a text: never ticked beforehand; ``reads`` what
    a colleague will read of each, by document_id.
    """

    patient: PatientView
    documents: tuple[Document, ...]
    drafts: tuple[str, ...]
    visit: VisitLine | None
    dmp: bool
    consent_needed: bool
    minor: bool
    hollow: frozenset[str] = frozenset()
    reads: Mapping[str, ReadBack] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Nothing to ask: the record closes."""
        return not (self.documents or self.drafts)

    @property
    def under_way(self) -> bool:
        """The patient is in consultation: it ends with the record, written in or not."""
        return self.visit is not None and self.visit.presence is Presence.IN_CONSULTATION


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
    ) -> None:
        self._open, self._clock, self._connection = open_unit, clock, connection
        self._settings, self._sharing, self._drafting = settings, sharing, drafting

    def propose(self, patient_id: str) -> ClosingProposal:
        """Look at what this day left."""
        now = self._clock.now()
        who = self._connection.practitioner.holder.national_id
        with self._open() as uow:
            patient = uow.patients.get(patient_id)
            today = visits_of(uow, now.date(), now)
            visit = ending((one for one in today if one.patient_id == patient_id), now)
            since = _begun(uow, patient_id, now)
            documents = tuple(
                one for one in uow.documents.of_patient(patient_id)
                if _of_the_visit(uow, one, who, since)
            )  # fmt: skip
            hollow = frozenset(one.document_id for one in documents if _hollow(uow, one))
        drafts = tuple(
            kind
            for kind in (*CONTENTS, *ORDERS)
            if not self._drafting.draft(patient_id, kind).empty
        )
        access, view = patient.dmp.access, PatientView.of(patient, now.date())
        return ClosingProposal(
            patient=view,
            documents=documents,
            drafts=drafts,
            visit=line_of(visit, view, now.tzinfo) if visit is not None else None,
            dmp=patient.identity.ins is not None and access in SENDABLE,
            consent_needed=access in (DmpAccess.TO_AUTHORISE, DmpAccess.UNKNOWN),
            minor=minor_for_dmp(patient, now.date(), self._settings),
            hollow=hollow,
            reads={one.document_id: self._sharing.read_back(one.document_id) for one in documents},
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


def _begun(uow: UnitOfWork, patient_id: str, now: dt.datetime) -> dt.datetime:
    """From when on what is written is of this day's work: midnight, or before it where a visit
    began that is still under way or ended after it.
    """
    midnight = dt.datetime.combine(now.date(), dt.time(), now.tzinfo)
    evening = uow.agenda.between(midnight - dt.timedelta(days=1), midnight)
    return min(
        (
            one.starts_at
            for one in evening
            if one.patient_id == patient_id and (still_here(one, now) or _ended(one, midnight))
        ),
        default=midnight,
    )


def _ended(visit: Visit, midnight: dt.datetime) -> bool:
    ended = visit.times.ended
    return ended is not None and ended.at >= midnight


def _of_the_visit(uow: UnitOfWork, document: Document, who: str, since: dt.datetime) -> bool:
    """Made here by this doctor ``since`` then, its latest version, neither deposited nor leaving.

    ``who`` is a PS_IdNat.
    """
    return (
        document.origin is Origin.PRACTICE
        and document.created_at >= since
        and document.stands
        and document.dmp_state is DmpState.NOT_DEPOSITED
        and not uow.deliveries.of_document(document.document_id)
        and versions.is_own(uow, document, who)
    )


def _hollow(uow: UnitOfWork, document: Document) -> bool:
    kind, text = source_of(uow, document.document_id)
    return bool(kind) and is_hollow(kind, read(text))
