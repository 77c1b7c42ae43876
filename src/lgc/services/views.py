"""Frozen views that screens receive: prepared words and facts, no row, no lazy loading."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from lgc.domain.agenda import Block, Presence
from lgc.domain.ages import Age
from lgc.domain.attendance import NO_TIMES, Times
from lgc.domain.deliveries import Channel, DeliveryState
from lgc.domain.dmp import DmpEntry
from lgc.domain.documents import DmpState, Document, DocumentKind, Origin
from lgc.domain.identity import IdentityStatus, Sex
from lgc.domain.messages import AssignedBy, Candidate, Message
from lgc.domain.patients import DmpAccess, Patient
from lgc.domain.receipts import Fate
from lgc.domain.writing import DraftDocument


@dataclass(frozen=True, slots=True)
class PatientView:
    """What a banner, a tab, a dialog header or a search line says of one person.

    ``attended``: the doctor at the desk is their médecin traitant in the DMP.
    ``refuses_shared_mail``: their documents go to no colleague by MSSanté (MSS/va1.22).
    """

    patient_id: str
    civility: str
    name: str
    birth_name: str
    sex: Sex
    birth_date: dt.date
    age: Age
    ins: str
    ins_status: IdentityStatus
    dmp: DmpAccess
    dmp_checked_at: dt.datetime | None
    important: str
    important_detail: str
    attended: bool = False
    refuses_shared_mail: bool = False
    telephone: str = ""

    @classmethod
    def of(cls, patient: Patient, today: dt.date) -> PatientView:
        identity = patient.identity
        return cls(
            patient_id=patient.patient_id,
            civility=patient.civility,
            name=identity.display_name,
            birth_name=identity.traits.birth_name,
            sex=identity.traits.sex,
            birth_date=identity.traits.birth_date,
            age=patient.age_on(today),
            ins=identity.ins.spaced if identity.ins else "",
            ins_status=identity.status,
            dmp=patient.dmp.access,
            dmp_checked_at=patient.dmp.checked_at,
            important=patient.important,
            important_detail=patient.important_detail,
            attended=patient.dmp.attending_doctor,
            refuses_shared_mail=patient.refuses_shared_mail,
            telephone=patient.telephone,
        )


@dataclass(frozen=True, slots=True)
class VisitLine:
    """One line of « Consultations du jour »."""

    visit_id: str
    starts_at: dt.datetime
    minutes: int
    kind: str
    presence: Presence
    since: dt.datetime | None
    patient: PatientView
    note: str = ""
    place: str = ""
    times: Times = NO_TIMES
    reason: str = ""
    by: str = ""

    @property
    def ends_at(self) -> dt.datetime:
        return self.starts_at + dt.timedelta(minutes=self.minutes)


@dataclass(frozen=True, slots=True)
class NewsItem:
    """A new document or message. Exactly one of the two ids is set."""

    title: str
    origin: Origin
    kind: DocumentKind
    date: dt.datetime
    document_id: str | None = None
    message_id: str | None = None


@dataclass(frozen=True, slots=True)
class NewsGroup:
    """« Actualités de mes patients »: one patient of the day, newest first."""

    patient: PatientView
    visit_at: dt.datetime
    items: tuple[NewsItem, ...]


@dataclass(frozen=True, slots=True)
class MessageLine:
    """A message in a list, with the name of its patient when it has one.

    ``enclosed``: documents of the record went with it.
    """

    message: Message
    patient: PatientView | None
    enclosed: bool = False


@dataclass(frozen=True, slots=True)
class FoundLine(MessageLine):
    """A message that a search found: the line where ``words`` stand."""

    excerpt: str = field(default="", kw_only=True)
    words: str = field(default="", kw_only=True)


@dataclass(frozen=True, slots=True)
class RankedCandidate:
    """A candidate with the person it names."""

    candidate: Candidate
    patient: PatientView


@dataclass(frozen=True, slots=True)
class ReceiptAsked:
    """Somebody waits to know that a message was read.

    ``elsewhere``: ``to`` is not who wrote; ``by_itself``: the settings say to answer at once.
    """

    to: str
    elsewhere: bool
    by_itself: bool


@dataclass(frozen=True, slots=True)
class KeptWhole:
    """The original of a message that was not read whole.

    ``size`` in bytes, ``digest`` its SHA-256 in hexadecimal; ``on_server``: it is still there,
    ``seen_there``: marked read.
    """

    size: int
    digest: str
    on_server: bool
    seen_there: bool


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message opened: its candidates, and why it stands where it stands.

    ``delivery`` is how the sending of a message written here goes; ``formatted`` its body as safe
    HTML, empty when there are only words; ``exchange`` the other messages of its thread, newest
    first; ``pictures`` maps the Content-IDs of ``formatted`` to their bytes; ``receipt`` is to be
    answered by the doctor; ``enclosed`` are the documents of the record that go with it;
    ``stranger``: who wrote is not among the contacts; ``kept`` tells of one not read whole;
    ``doubt`` says that the name of who wrote is known with another address.
    """

    message: Message
    patient: PatientView | None
    candidates: tuple[RankedCandidate, ...]
    delivery: DeliveryView | None = None
    formatted: str = ""
    exchange: tuple[Message, ...] = ()
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    receipt: ReceiptAsked | None = None
    enclosed: tuple[DraftDocument, ...] = ()
    stranger: bool = False
    kept: KeptWhole | None = None
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """One channel of one share, in words. ``steps`` are (time, sentence).

    ``can_decide``: nothing was found once the delay was over, so « Renvoyer » and « Considérer
    comme parti » are offered; ``found`` is what the question of ``asked_at`` brought; ``fate`` what
    receipts told of an accepted message;
    ``advice`` is the remedy of ``reason``, ``details`` the other side's own code and words.
    """

    delivery_id: str
    channel: Channel
    state: DeliveryState
    words: str
    reason: str
    code: str
    recipients: tuple[str, ...]
    steps: tuple[tuple[dt.datetime, str], ...]
    reference: str
    next_attempt: dt.datetime | None
    can_retry: bool
    can_withdraw: bool
    can_verify: bool
    can_decide: bool = False
    asked_at: dt.datetime | None = None
    found: str = ""
    fate: Fate | None = None
    share_id: str = ""
    advice: str = ""
    details: str = ""


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One shared document, or one written message, and its deliveries, newest first in the queue.

    ``patient`` is None and ``document_id`` empty for a message about nobody's record.
    """

    share_id: str
    document_id: str
    title: str
    patient: PatientView | None
    shared_at: dt.datetime
    deliveries: tuple[DeliveryView, ...]


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """For the status line and the rail bubble."""

    waiting: int
    to_retry: int


@dataclass(frozen=True, slots=True)
class DraftMark:
    """A draft that waits: its kind (``services.drafting``), and when it was begun."""

    kind: str
    begun_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A draft and whose record it is for."""

    patient: PatientView
    draft: DraftMark


@dataclass(frozen=True, slots=True)
class DayView:
    """Everything Accueil shows."""

    day: dt.date
    visits: tuple[VisitLine, ...]
    news: tuple[NewsGroup, ...]
    unassigned: tuple[MessageLine, ...]
    queue: tuple[QueueLine, ...]
    drafts: tuple[DraftLine, ...] = ()
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """One line of a record's documents: stored here, or known to be in the DMP, or both.

    ``document`` is None for a DMP entry that was never opened; ``entry`` is None when the DMP
    was not asked or does not hold it; ``sent`` is its latest sending by MSSanté.
    """

    key: str
    origin: Origin
    date: dt.datetime
    title: str
    type_label: str
    kind: DocumentKind
    author: str
    organisation: str
    dmp_state: DmpState
    unread: bool
    has_message: bool
    document: Document | None = None
    entry: DmpEntry | None = None
    sent: DeliveryView | None = None

    @property
    def day_said(self) -> str:
        """What is told of its day where that is none (« 2026 »), empty otherwise."""
        return self.document.day_said if self.document is not None else ""

    @property
    def annulled(self) -> bool:
        """Did its author say that it does not hold?"""
        return self.document is not None and self.document.annulled is not None


class MarkState(StrEnum):
    DONE = "done"
    LATE = "late"
    TO_COME = "to_come"
    REFUSED = "refused"
    NOT_PROPOSED = "not_proposed"


@dataclass(frozen=True, slots=True)
class Mark:
    """One occurrence of a planned act. ``gap_days`` is signed: positive is after the plan.

    ``planned`` is None when it was done outside any plan; ``done`` is None when it was not;
    ``never`` when no occurrence of it is known. ``said`` is the date of the occurrence where it is
    known to the month or the year alone (« 2026 »), ``told`` what was last said of the next one
    (« prescrit le 12/03/2026 »), ``beside`` what nobody opened yet that may tell one.
    """

    state: MarkState
    planned: dt.date | None
    done: dt.date | None
    gap_days: int
    document_id: str | None = None
    detail: str = ""
    never: bool = False
    said: str = ""
    told: str = ""
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Lane:
    """One planned act of a protocol on the life line (« HbA1c », « 3 mois »).

    ``by_result``: a laboratory's result shows that it was done. ``told`` are the lines of its tip
    that say for whom it is and where it was published.
    """

    name: str
    every: str
    marks: tuple[Mark, ...]
    by_result: bool = False
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProtocolChoice:
    """A care protocol, and whether this patient follows it."""

    key: str
    title: str
    followed: bool


@dataclass(frozen=True, slots=True)
class LifeLine:
    """The care pathway: documents above, planned acts below."""

    today: dt.date
    protocols: tuple[str, ...]
    documents: tuple[DocumentLine, ...]
    lanes: tuple[Lane, ...]
    offered: tuple[ProtocolChoice, ...] = ()

    @property
    def late(self) -> int:
        """Acts that came back too late; what was never seen here is asked, not counted."""
        return sum(
            mark.state is MarkState.LATE and not mark.never
            for lane in self.lanes
            for mark in lane.marks
        )


@dataclass(frozen=True, slots=True)
class RecordView:
    """The home of a record, read in one go. ``allergies`` are the lines that never leave sight,
    ``refiled`` what came into it or left it because it was filed in the wrong record."""

    patient: PatientView
    documents: tuple[DocumentLine, ...]
    messages: tuple[MessageLine, ...]
    life_line: LifeLine
    allergies: tuple[str, ...] = ()
    drafts: tuple[DraftMark, ...] = ()
    refiled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundPatient:
    """A search result, with the visit of the day if any."""

    patient: PatientView
    visit_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class FoundDocument:
    document: Document
    patient: PatientView


@dataclass(frozen=True, slots=True)
class Found:
    """What Ctrl+K brings: patients, their appointments, then documents. Actions belong to the
    screens.
    """

    words: str
    patients: tuple[FoundPatient, ...]
    documents: tuple[FoundDocument, ...]
    visits: tuple[VisitLine, ...] = ()


def assigned_words(message: Message) -> str:
    """« auto, INS de l’archive », « par vous », or nothing."""
    if message.assigned_by is AssignedBy.ITSELF:
        return f"auto, {message.assigned_why}" if message.assigned_why else "auto"
    return "par vous" if message.assigned_by is AssignedBy.DOCTOR else ""
