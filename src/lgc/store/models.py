"""The tables of the practice, in types every database has.

Keys are the text UUIDs the domain gives. Times are stored in UTC and come back aware. Foreign
keys are checked at the commit, so a unit of work may save in the order of its own story.
``revision`` guards whole-object saves against a change made meanwhile by another thread.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

from lgc.domain.characters import whole


class Utc(TypeDecorator[dt.datetime]):
    """Aware in, aware (UTC) out; a naive time is a mistake of ours and raises ValueError."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Any) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("times of the store are aware")
        return value.astimezone(dt.UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Any) -> dt.datetime | None:
        return None if value is None else value.replace(tzinfo=dt.UTC)


class Words(TypeDecorator[str]):
    """Text from outside may hold half characters that no file can keep."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        return None if value is None else whole(value)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - the name and shape SQLAlchemy asks for
        dt.datetime: Utc,
        dt.date: Date,
        str: Words,
        int: Integer,
        float: Float,
        bytes: LargeBinary,
        list[Any]: JSON,
    }


EMPTY, NO, NOTHING = text("''"), text("0"), text("'[]'")
LONG_AGO = text("'1970-01-01 00:00:00.000000'")


def _key() -> Mapped[str]:
    return mapped_column(String(64), primary_key=True)


def _to(target: str, **options: Any) -> Any:
    """A reference checked at the commit."""
    return mapped_column(
        String(64), ForeignKey(target, deferrable=True, initially="DEFERRED"), **options
    )


# --- patients ---------------------------------------------------------------------------------


class PatientRow(Base):
    __tablename__ = "patient"

    patient_id: Mapped[str] = _key()
    birth_name: Mapped[str]
    birth_given_names: Mapped[list[Any]]
    sex: Mapped[str] = mapped_column(String(1))
    birth_date: Mapped[dt.date]
    birth_place_code: Mapped[str]
    status: Mapped[str] = mapped_column(String(8))
    matricule: Mapped[str | None] = mapped_column(String(15), index=True)
    matricule_oid: Mapped[str | None] = mapped_column(String(64))
    used_name: Mapped[str]
    used_given_name: Mapped[str]
    doubtful: Mapped[bool]
    fictitious: Mapped[bool]
    homonym: Mapped[bool]
    address_lines: Mapped[list[Any]]
    postal_code: Mapped[str]
    city: Mapped[str]
    telephone: Mapped[str]
    email: Mapped[str]
    important: Mapped[str]
    important_detail: Mapped[str]
    attending_doctor: Mapped[str]
    protocols: Mapped[list[Any]]
    refuses_own_mail: Mapped[bool] = mapped_column(server_default=NO)
    refuses_shared_mail: Mapped[bool] = mapped_column(server_default=NO)
    dmp_access: Mapped[str] = mapped_column(String(16))
    dmp_attending_doctor: Mapped[bool]
    dmp_checked_at: Mapped[dt.datetime | None]
    revision: Mapped[int] = mapped_column()
    former_ins: Mapped[list[InsHistoryRow]] = relationship(
        order_by="InsHistoryRow.position", cascade="all, delete-orphan", lazy="selectin"
    )
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012


class InsHistoryRow(Base):
    __tablename__ = "ins_history"

    patient_id: Mapped[str] = _to("patient.patient_id", primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    matricule: Mapped[str] = mapped_column(String(15), index=True)
    matricule_oid: Mapped[str] = mapped_column(String(64))


# --- the structured record --------------------------------------------------------------------


class MedicalEntryRow(Base):
    __tablename__ = "medical_entry"

    entry_id: Mapped[str] = _key()
    patient_id: Mapped[str] = _to("patient.patient_id", index=True)
    position: Mapped[int]
    family: Mapped[str] = mapped_column(String(32))
    label: Mapped[str]
    code: Mapped[str | None]
    code_system: Mapped[str | None]
    code_label: Mapped[str | None]
    start: Mapped[str | None] = mapped_column(String(10))
    end: Mapped[str | None] = mapped_column(String(10))
    active: Mapped[bool]
    note: Mapped[str]
    kinship: Mapped[str]
    age_at_onset: Mapped[int | None]
    value: Mapped[float | None]
    unit: Mapped[str]
    posology: Mapped[str | None]
    posology_as_text: Mapped[bool] = mapped_column(server_default=NO)
    reaction: Mapped[str]
    allergy_kind: Mapped[str] = mapped_column(String(32), server_default=EMPTY)
    allergy_agent: Mapped[str] = mapped_column(String(16), server_default=EMPTY)
    severity: Mapped[str] = mapped_column(String(24), server_default=EMPTY)
    recorded_at: Mapped[dt.datetime | None]
    source: Mapped[str]
    typed: Mapped[str] = mapped_column(server_default=EMPTY)
    standing: Mapped[str] = mapped_column(String(16), server_default=EMPTY)
    risk: Mapped[str] = mapped_column(String(16), server_default=text("'other'"))
    together: Mapped[str] = mapped_column(server_default=EMPTY)
    code_origin: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    revision: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012


class OwnWordRow(Base):
    """What a doctor's own short form means: asked once. No code: the words themselves."""

    __tablename__ = "own_word"

    author: Mapped[str] = mapped_column(primary_key=True)
    family: Mapped[str] = mapped_column(String(32), primary_key=True)
    words: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str | None]
    code_system: Mapped[str | None]
    code_label: Mapped[str | None]
    chosen_at: Mapped[dt.datetime]


class KnownAbsenceRow(Base):
    __tablename__ = "known_absence"

    patient_id: Mapped[str] = _to("patient.patient_id", primary_key=True)
    family: Mapped[str] = mapped_column(String(32), primary_key=True)
    stated_at: Mapped[dt.datetime]
    stated_by: Mapped[str]


class RiskDenialRow(Base):
    __tablename__ = "risk_denial"

    patient_id: Mapped[str] = _to("patient.patient_id", primary_key=True)
    risk: Mapped[str] = mapped_column(String(16), primary_key=True)
    stated_at: Mapped[dt.datetime]
    stated_by: Mapped[str]
    author_id: Mapped[str]


class VisitRow(Base):
    __tablename__ = "visit"

    visit_id: Mapped[str] = _key()
    patient_id: Mapped[str] = _to("patient.patient_id", index=True)
    starts_at: Mapped[dt.datetime] = mapped_column(index=True)
    minutes: Mapped[int]
    kind: Mapped[str]
    presence: Mapped[str] = mapped_column(String(16))
    since: Mapped[dt.datetime | None]
    note: Mapped[str] = mapped_column(server_default=EMPTY)
    place: Mapped[str] = mapped_column(server_default=EMPTY)
    uid: Mapped[str] = mapped_column(server_default=EMPTY, index=True)
    arrived_at: Mapped[dt.datetime | None]
    arrived_by: Mapped[str] = mapped_column(String(64), server_default=EMPTY)
    called_at: Mapped[dt.datetime | None]
    called_by: Mapped[str] = mapped_column(String(64), server_default=EMPTY)
    ended_at: Mapped[dt.datetime | None]
    ended_by: Mapped[str] = mapped_column(String(64), server_default=EMPTY)
    reason: Mapped[str] = mapped_column(server_default=EMPTY)
    by: Mapped[str] = mapped_column(String(64), server_default=EMPTY)
    changed_at: Mapped[dt.datetime | None]
    revision: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012


class RelationRow(Base):
    __tablename__ = "relation"

    relation_id: Mapped[str] = _key()
    patient_id: Mapped[str] = _to("patient.patient_id", index=True)
    kind: Mapped[str] = mapped_column(String(24))
    name: Mapped[str]
    detail: Mapped[str]
    telephone: Mapped[str]
    address: Mapped[str]
    until: Mapped[dt.date | None]
    revision: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012


class ClosureRow(Base):
    __tablename__ = "closure"

    closure_id: Mapped[str] = _key()
    starts_at: Mapped[dt.datetime]
    minutes: Mapped[int]
    title: Mapped[str]
    weekly: Mapped[bool]
    until: Mapped[dt.date | None]
    except_days: Mapped[list[Any]]
    uid: Mapped[str] = mapped_column(index=True)
    changed_at: Mapped[dt.datetime | None]
    revision: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012


# --- documents and results --------------------------------------------------------------------


class DocumentRow(Base):
    __tablename__ = "document"
    __table_args__ = (Index("ix_document_patient_id_created_at", "patient_id", "created_at"),)

    document_id: Mapped[str] = _key()
    patient_id: Mapped[str | None] = _to("patient.patient_id")
    unique_id: Mapped[str] = mapped_column(String(128), index=True)
    set_id: Mapped[str] = mapped_column(String(128), index=True)
    version: Mapped[int]
    title: Mapped[str]
    type_code: Mapped[str]
    type_system: Mapped[str]
    type_label: Mapped[str]
    kind: Mapped[str] = mapped_column(String(32))
    origin: Mapped[str] = mapped_column(String(16))
    mime_type: Mapped[str]
    created_at: Mapped[dt.datetime]
    author: Mapped[str]
    organisation: Mapped[str]
    sha1: Mapped[str] = mapped_column(String(40))
    size: Mapped[int]
    service_start: Mapped[dt.datetime | None]
    dmp_state: Mapped[str] = mapped_column(String(16))
    confidentiality: Mapped[str] = mapped_column(String(32))
    message_id: Mapped[str | None] = mapped_column(String(64), index=True)
    unread: Mapped[bool]
    replaced_by: Mapped[str | None] = mapped_column(String(128))
    annulled_at: Mapped[dt.datetime | None] = mapped_column(index=True)
    annulled_by: Mapped[str] = mapped_column(String(64), server_default=EMPTY)
    annulled_why: Mapped[str] = mapped_column(server_default=EMPTY)
    withdrawn_at: Mapped[dt.datetime | None]
    # Empty where it says that it replaces none, NULL where that was not looked for.
    replaces: Mapped[str | None] = mapped_column(String(128))
    day_said: Mapped[str] = mapped_column(String(64), server_default=EMPTY)


class DocumentBodyRow(Base):
    """Bytes apart from the facts, so that a list never reads them; ``text`` feeds the search."""

    __tablename__ = "document_body"

    document_id: Mapped[str] = _to("document.document_id", primary_key=True)
    text: Mapped[str]
    content: Mapped[bytes]
    pdf: Mapped[bytes | None]


class LabResultRow(Base):
    __tablename__ = "lab_result"

    document_id: Mapped[str] = _to("document.document_id", primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    patient_id: Mapped[str] = _to("patient.patient_id", index=True)
    code: Mapped[str | None]
    code_system: Mapped[str | None]
    code_label: Mapped[str | None]
    label: Mapped[str]
    taken_at: Mapped[dt.datetime]
    value: Mapped[float | None]
    bound: Mapped[str] = mapped_column(String(1))
    unit: Mapped[str]
    text: Mapped[str]
    has_reference: Mapped[bool]
    reference_low: Mapped[float | None]
    reference_high: Mapped[float | None]
    interpretation: Mapped[str]
    chapter: Mapped[str]
    battery: Mapped[str]
    specimen: Mapped[str]
    laboratory: Mapped[str]
    isolate: Mapped[str]
    analysed_at: Mapped[dt.datetime | None]
    previous: Mapped[bool]
    reference_text: Mapped[str] = mapped_column(server_default=EMPTY)
    comment: Mapped[str] = mapped_column(server_default=EMPTY)
    vague: Mapped[str] = mapped_column(server_default=EMPTY)
    timed: Mapped[bool | None]
    isolate_id: Mapped[str] = mapped_column(server_default=EMPTY)
    reference_low_open: Mapped[bool] = mapped_column(server_default=NO)
    reference_high_open: Mapped[bool] = mapped_column(server_default=NO)


# --- messages ---------------------------------------------------------------------------------


class MessageRow(Base):
    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_folder_arrived_at", "folder", "arrived_at"),
        # With an empty ``stable``: those of which the server's bytes were never weighed.
        Index("ix_message_stable_rfc_message_id", "stable", "rfc_message_id"),
    )

    message_id: Mapped[str] = _key()
    folder: Mapped[str] = mapped_column(String(16))
    rfc_message_id: Mapped[str] = mapped_column(index=True)
    sender_name: Mapped[str]
    sender_address: Mapped[str]
    recipients: Mapped[list[Any]]
    subject: Mapped[str]
    raw_subject: Mapped[str]
    sent_at: Mapped[dt.datetime]
    arrived_at: Mapped[dt.datetime] = mapped_column(server_default=LONG_AGO)
    by_age_at: Mapped[dt.datetime | None] = mapped_column(index=True)
    text: Mapped[str]
    unread: Mapped[bool]
    patient_id: Mapped[str | None] = _to("patient.patient_id", index=True)
    assigned_by: Mapped[str] = mapped_column(String(16))
    assigned_why: Mapped[str]
    faults: Mapped[list[Any]]
    own_folder: Mapped[str] = mapped_column(server_default=EMPTY)
    thread_id: Mapped[str] = mapped_column(server_default=EMPTY, index=True)
    receipt: Mapped[str] = mapped_column(String(16), server_default=EMPTY)
    carried: Mapped[list[Any]] = mapped_column(server_default=NOTHING)
    cut_from: Mapped[int] = mapped_column(BigInteger, server_default=NO)
    whole: Mapped[str] = mapped_column(String(64), server_default=EMPTY, index=True)
    stable: Mapped[str] = mapped_column(String(64), server_default=EMPTY)
    revision: Mapped[int] = mapped_column()
    attachments: Mapped[list[AttachmentRow]] = relationship(
        order_by="AttachmentRow.position", cascade="all, delete-orphan", lazy="selectin"
    )
    candidates: Mapped[list[CandidateRow]] = relationship(
        order_by="CandidateRow.position", cascade="all, delete-orphan", lazy="selectin"
    )
    unreadable: Mapped[UnreadableRow | None] = relationship(
        cascade="all, delete-orphan", lazy="joined"
    )
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012


class MessageBodyRow(Base):
    """The message exactly as it came."""

    __tablename__ = "message_body"

    message_id: Mapped[str] = _to("message.message_id", primary_key=True)
    raw: Mapped[bytes]


class UnreadableRow(Base):
    """A message that was not read whole, why, and by which version of lgc."""

    __tablename__ = "unreadable"

    message_id: Mapped[str] = _to("message.message_id", primary_key=True)
    fault: Mapped[str] = mapped_column(String(16))
    part: Mapped[str]
    told: Mapped[str]
    details: Mapped[str]
    version: Mapped[str] = mapped_column(String(64))
    tries: Mapped[int]


class AttachmentRow(Base):
    __tablename__ = "attachment"

    attachment_id: Mapped[str] = _key()
    message_id: Mapped[str] = _to("message.message_id", index=True)
    position: Mapped[int]
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    document_id: Mapped[str | None] = _to("document.document_id", index=True)
    # Last in the row and asked for by name only: lists of messages never read the bytes.
    content: Mapped[bytes] = mapped_column(deferred=True)


class CandidateRow(Base):
    __tablename__ = "candidate"

    message_id: Mapped[str] = _to("message.message_id", primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    patient_id: Mapped[str] = _to("patient.patient_id", index=True)
    likelihood: Mapped[str] = mapped_column(String(16))
    reasons: Mapped[list[Any]]
    score: Mapped[int]


class MailboxCursorRow(Base):
    __tablename__ = "mailbox_cursor"

    mailbox: Mapped[str] = mapped_column(primary_key=True)
    uid_validity: Mapped[int] = mapped_column(BigInteger)
    uid_next: Mapped[int] = mapped_column(BigInteger)
    modseq: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    missed: Mapped[list[Any]] = mapped_column(server_default=NOTHING)


class MailPlaceRow(Base):
    """A message on the server; without ``message_id`` it was thrown away here for good."""

    __tablename__ = "mail_place"

    mailbox: Mapped[str] = mapped_column(primary_key=True)
    uid: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    message_id: Mapped[str | None] = _to("message.message_id", index=True)
    seen: Mapped[bool]
    gone: Mapped[bool]


class OwnFolderRow(Base):
    __tablename__ = "own_folder"

    name: Mapped[str] = mapped_column(primary_key=True)
    mailbox: Mapped[str]
    removed: Mapped[bool]


# --- deliveries -------------------------------------------------------------------------------


class DeliveryRow(Base):
    __tablename__ = "delivery"
    __table_args__ = (Index("ix_delivery_state_channel", "state", "channel"),)

    delivery_id: Mapped[str] = _key()
    share_id: Mapped[str] = mapped_column(String(64), index=True)
    document_id: Mapped[str | None] = _to("document.document_id", index=True)
    patient_id: Mapped[str | None] = _to("patient.patient_id", index=True)
    channel: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    payload: Mapped[str]
    created_at: Mapped[dt.datetime] = mapped_column(index=True)
    attempts: Mapped[int]
    attempt_at: Mapped[dt.datetime | None]
    waiting_for: Mapped[str]
    reason: Mapped[str]
    code: Mapped[str]
    advice: Mapped[str] = mapped_column(server_default=EMPTY)
    details: Mapped[str] = mapped_column(server_default=EMPTY)
    final: Mapped[bool] = mapped_column(server_default=NO)
    rfc_message_id: Mapped[str] = mapped_column(server_default=EMPTY, index=True)
    letter: Mapped[str] = mapped_column(server_default=EMPTY, index=True)
    receipt_reference: Mapped[str | None]
    receipt_received_at: Mapped[dt.datetime | None]
    receipt_lines: Mapped[list[Any]]
    owner: Mapped[str] = mapped_column(server_default=EMPTY)
    sent_at: Mapped[dt.datetime | None]
    settle_until: Mapped[dt.datetime | None]
    asked_at: Mapped[dt.datetime | None]
    fates: Mapped[list[Any]] = mapped_column(server_default=NOTHING)
    revision: Mapped[int] = mapped_column()
    steps: Mapped[list[DeliveryStepRow]] = relationship(
        order_by="DeliveryStepRow.position", cascade="all, delete-orphan", lazy="selectin"
    )
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012


class DeliveryStepRow(Base):
    __tablename__ = "delivery_step"

    delivery_id: Mapped[str] = _to("delivery.delivery_id", primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime]
    words: Mapped[str]


# --- the practice -----------------------------------------------------------------------------


class ContactRow(Base):
    __tablename__ = "contact"

    address: Mapped[str] = mapped_column(String(320), primary_key=True)
    shown_address: Mapped[str]
    family_name: Mapped[str]
    given_name: Mapped[str]
    title: Mapped[str]
    speciality: Mapped[str]
    city: Mapped[str]
    organisation: Mapped[str]
    national_id: Mapped[str]
    verified: Mapped[bool]
    telephone: Mapped[str] = mapped_column(server_default=EMPTY)
    note: Mapped[str] = mapped_column(server_default=EMPTY)


class TermSourceRow(Base):
    """A nomenclature in force: the range of its entries in ``term``.

    ``withdrawn`` are the codes its file says not to use, with the one in their place or nothing.
    """

    __tablename__ = "term_source"

    nomenclature: Mapped[str] = mapped_column(String(16), primary_key=True)
    version: Mapped[str]
    imported_at: Mapped[dt.datetime]
    count: Mapped[int]
    first: Mapped[int]
    last: Mapped[int]
    withdrawn: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))


class TermRow(Base):
    """``medicine`` holds the fields of ``domain.terms.Medicine`` in their order, or nothing."""

    __tablename__ = "term"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    system: Mapped[str] = mapped_column(String(64))
    code: Mapped[str] = mapped_column(String(32), index=True)
    label: Mapped[str]
    others: Mapped[str]
    detail: Mapped[str]
    weight: Mapped[int]
    medicine: Mapped[list[Any]]


class NoteRow(Base):
    __tablename__ = "note"

    key: Mapped[str] = mapped_column(String(128), primary_key=True)
    value: Mapped[str]


class AuditLineRow(Base):
    """One link of the chain. The schema refuses to change or delete a line."""

    __tablename__ = "audit_line"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[dt.datetime]
    who: Mapped[str] = mapped_column(String(32))
    action: Mapped[str]
    subject: Mapped[str]
    detail: Mapped[str]
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
