"""A patient's record: its home, its life line, and opening it with an audit line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from lgc.domain import allergy_words
from lgc.domain.deliveries import Channel
from lgc.domain.dmp import DmpEntry
from lgc.domain.documents import DmpState, Document
from lgc.domain.medical_data import MedicalRecord
from lgc.domain.patients import Patient
from lgc.services import drafts_in_sight, refiling_traces
from lgc.services.naming import named
from lgc.services.pathway import lanes_of
from lgc.services.ports import Clock, OpenUnit, UnitOfWork
from lgc.services.protocols import decided
from lgc.services.queue import view_of
from lgc.services.searching_dmp import SearchingDmp, is_content_of, line_of_entry
from lgc.services.seen import must_still_be
from lgc.services.unopened import told_beside
from lgc.services.views import (
    DeliveryView,
    DocumentLine,
    Lane,
    LifeLine,
    MessageLine,
    PatientView,
    RecordView,
)


class Records:
    """Runs in workers; one unit of work per view, so that a record is one moment."""

    def __init__(self, open_unit: OpenUnit, clock: Clock, dmp: SearchingDmp) -> None:
        self._open, self._clock, self._dmp = open_unit, clock, dmp

    def opened(self, patient_id: str) -> RecordView:
        """The record, and an audit line that it was opened."""
        with self._open() as uow:
            uow.audit("record opened", patient_id)
            uow.commit()
        return self.view(patient_id)

    def view(self, patient_id: str) -> RecordView:
        now = self._clock.now()
        today = now.date()
        with self._open() as uow:
            patient = uow.patients.get(patient_id)
            documents = uow.documents.of_patient(patient_id)
            messages = named(uow, uow.messages.of_patient(patient_id))
            results = uow.results.of_patient(patient_id)
            record = uow.medical.of_patient(patient_id)
            sent = _sent(uow, patient_id)
            drafts = drafts_in_sight.of_patient(uow, patient_id)
            refiled = refiling_traces.traces(uow, patient_id)
        view = PatientView.of(patient, today)
        lines = self._lines(patient_id, documents, sent)
        # What its author annulled did not happen for the care pathway, nor on the life line.
        counted = [one for one in documents if one.annulled is None]
        lanes = lanes_of(patient, counted, results, record, now)
        shown = told_beside(lanes.lanes, lines)
        in_life = tuple(x for x in lines if x.document is None or x.document.annulled is None)
        return RecordView(
            patient=view,
            documents=lines,
            messages=tuple(MessageLine(message, view) for message in messages),
            life_line=LifeLine(today, lanes.protocols, in_life, shown, lanes.offered),
            allergies=allergy_words.lines(record),
            drafts=drafts,
            refiled=refiled,
        )

    def documents(self, patient_id: str) -> tuple[DocumentLine, ...]:
        """What is stored here and what the DMP is known to hold, newest first."""
        with self._open() as uow:
            documents = uow.documents.of_patient(patient_id)
            sent = _sent(uow, patient_id)
        return self._lines(patient_id, documents, sent)

    def follow(self, patient_id: str, protocol: str, follow: bool) -> None:
        """The doctor follows a care protocol for this patient, or stops it.

        Raises KeyError for an unknown protocol.
        """
        with self._open() as uow:
            patient = uow.patients.get(patient_id)
            chosen = decided(patient.protocols, protocol, follow=follow)
            uow.patients.update(replace(patient, protocols=chosen))
            uow.audit("protocol followed" if follow else "protocol stopped", patient_id, protocol)
            uow.commit()

    def must_be_due(self, patient_id: str, seen: Lane) -> None:
        """Raises UserFacingError, naming both, when more or less is known of the planned act
        than what was ``seen``."""
        lanes = self.view(patient_id).life_line.lanes
        now = next((_standing(one) for one in lanes if one.name == seen.name), None)
        must_still_be(now, _standing(seen), f"«\u00a0{seen.name}\u00a0»", str)

    def patient(self, patient_id: str) -> PatientView:
        with self._open() as uow:
            return PatientView.of(uow.patients.get(patient_id), self._clock.now().date())

    def whole(self, patient_id: str) -> tuple[Patient, MedicalRecord]:
        """Identity and structured data, for the screens that show them."""
        with self._open() as uow:
            return uow.patients.get(patient_id), uow.medical.of_patient(patient_id)

    def _lines(
        self, patient_id: str, documents: list[Document], sent: Mapping[str, DeliveryView]
    ) -> tuple[DocumentLine, ...]:
        known = {entry.unique_id: entry for entry in self._dmp.known(patient_id)}
        lines = [
            line_of(document, _entry_of(document, known), sent.get(document.document_id))
            for document in documents
        ]
        lines += [
            line_of_entry(entry)
            for entry in self._dmp.known(patient_id)
            if not any(is_content_of(document, entry) for document in documents)
        ]
        return tuple(sorted(lines, key=lambda line: line.date, reverse=True))


def _standing(lane: Lane) -> str:
    """What the life line knows of an act: « fait le 12/03/2026, prescrit le 04/11/2026 »."""
    days = [one.done for one in lane.marks if one.done is not None]
    done = f"fait le {max(days):%d/%m/%Y}" if days else ""
    told = next((one.told for one in reversed(lane.marks) if one.told), "")
    return ", ".join(filter(None, (done, told))) or "rien de noté"


def _entry_of(document: Document, known: Mapping[str, DmpEntry]) -> DmpEntry | None:
    entry = known.get(document.unique_id)
    return entry if entry is not None and is_content_of(document, entry) else None


def _sent(uow: UnitOfWork, patient_id: str) -> dict[str, DeliveryView]:
    """The latest sending by MSSanté of each document of a record."""
    found: dict[str, DeliveryView] = {}
    for delivery in uow.deliveries.of_patient(patient_id):
        if delivery.channel is Channel.MSSANTE and delivery.document_id:
            found.setdefault(delivery.document_id, view_of(delivery))
    return found


def line_of(
    document: Document, entry: DmpEntry | None = None, sent: DeliveryView | None = None
) -> DocumentLine:
    """A stored document as a line of the record; ``entry`` is what the DMP now says of it."""
    return DocumentLine(
        key=document.document_id,
        origin=document.origin,
        date=_date_of(document),
        title=document.title,
        type_label=document.type.label,
        kind=document.kind,
        author=document.author,
        organisation=document.organisation,
        dmp_state=state_of(document, entry),
        unread=document.unread,
        has_message=document.message_id is not None,
        document=document,
        entry=entry,
        sent=sent,
    )


def state_of(document: Document, entry: DmpEntry | None) -> DmpState:
    """The DMP speaks last: what it masks or hides shows so, whatever was known here."""
    if entry is None:
        return document.dmp_state
    if entry.archived:
        return DmpState.ARCHIVED
    if entry.invisible_to_patient:
        return DmpState.INVISIBLE
    if entry.masked:
        return DmpState.MASKED
    fetched = document.dmp_state in (DmpState.FETCHED, DmpState.REPLACED)
    return document.dmp_state if fetched else DmpState.DEPOSITED


def _date_of(document: Document) -> dt.datetime:
    return document.service_start or document.created_at
