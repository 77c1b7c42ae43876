"""Entries of a received document brought into the record, item by item, with their source.

Nothing enters without the doctor's choice. What the record holds already, by code or by words,
is proposed unticked with the reason; one undo takes everything back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from lgc.domain.assignment import fold
from lgc.domain.days import practice_day
from lgc.domain.documents import Document, Origin
from lgc.domain.medical_data import Family, KnownAbsence, MedicalEntry, MedicalRecord
from lgc.services.events import Announce, RecordChanged
from lgc.services.medical import restate
from lgc.services.ports import Clock, Ids, OpenUnit
from lgc.services.reading import OpenedDocument

SAME_CODE = "déjà dans le dossier, même code"
SAME_WORDS = "déjà dans le dossier, mêmes mots"
SAME_VALUE = "déjà dans le dossier, même mesure le même jour"
TWICE = "deux fois dans ce document"
ALIKE: dict[Family, str] = {
    Family.LONG_TERM_TREATMENT: "treatment",
    Family.CURRENT_TREATMENT: "treatment",
    Family.CHRONIC: "condition",
    Family.MEDICAL_HISTORY: "condition",
}
"""Families that hold the same things at different times: a duplicate in one is one in both."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """One entry as it would enter the record. ``why_not`` is the reason it is left unticked."""

    entry: MedicalEntry
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class ReuseView:
    """What the dialog shows. ``absences`` are statements that a chosen entry would contradict."""

    patient_id: str
    title: str
    source: str
    proposals: tuple[Proposal, ...]
    absences: tuple[KnownAbsence, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """What was brought in, as the undo needs it."""

    patient_id: str
    entry_ids: tuple[str, ...]
    withdrawn: tuple[KnownAbsence, ...]


def may_be_reused(opened: OpenedDocument) -> bool:
    """Has the document entries, and does it come from somebody else?"""
    readable, document = opened.readable, opened.content.document
    return (
        readable is not None and bool(readable.entries) and document.origin is not Origin.PRACTICE
    )


class Reusing:
    """Runs in workers."""

    def __init__(self, open_unit: OpenUnit, clock: Clock, ids: Ids, announce: Announce) -> None:
        self._open, self._clock, self._ids, self._announce = open_unit, clock, ids, announce

    def propose(self, patient_id: str, opened: OpenedDocument) -> ReuseView:
        """Every entry of the document in the order of the families."""
        with self._open() as uow:
            record = uow.medical.of_patient(patient_id)
        today = practice_day(self._clock.now())
        told = opened.readable.entries if opened.readable is not None else ()
        # What went on when the document was written may be over since.
        found = [entry.settled(today) for entry in told]
        source = source_of(opened.content.document)
        order = list(Family)
        proposals = judged(found, record)
        return ReuseView(
            patient_id=patient_id,
            title=opened.content.document.title,
            source=source,
            proposals=tuple(
                replace(one, entry=replace(one.entry, source=source))
                for one in sorted(proposals, key=lambda p: order.index(p.entry.family))
            ),
            absences=record.absences,
        )

    def take(self, view: ReuseView, chosen: Sequence[MedicalEntry]) -> Taken:
        """Add the chosen entries in one commit; absences they contradict are withdrawn."""
        now = self._clock.now()
        new = [replace(e, entry_id=self._ids.uuid(), recorded_at=now) for e in chosen]
        with self._open() as uow:
            ended = [uow.medical.add(view.patient_id, entry) for entry in new]
            withdrawn = tuple(absence for absence in ended if absence is not None)
            uow.audit("entries reused", view.patient_id, str(len(new)))
            uow.commit()
        self._announce(RecordChanged(view.patient_id))
        return Taken(view.patient_id, tuple(entry.entry_id for entry in new), withdrawn)

    def undo(self, taken: Taken) -> None:
        """Everything leaves again, and what was stated absent is stated again."""
        with self._open() as uow:
            held = {entry.entry_id for entry in uow.medical.of_patient(taken.patient_id).entries}
            for entry_id in taken.entry_ids:
                if entry_id in held:
                    uow.medical.remove(entry_id)
            for absence in taken.withdrawn:
                restate(uow, taken.patient_id, absence)
            uow.audit("entries reused undone", taken.patient_id, str(len(taken.entry_ids)))
            uow.commit()
        self._announce(RecordChanged(taken.patient_id))


def judged(found: Iterable[MedicalEntry], record: MedicalRecord) -> tuple[Proposal, ...]:
    """Each entry with the reason, if any, not to take it."""
    proposals: list[Proposal] = []
    for entry in found:
        why = next((said for held in record.entries if (said := _same(entry, held))), "")
        if not why and any(_same(entry, one.entry) for one in proposals):
            why = TWICE
        proposals.append(Proposal(entry, why))
    return tuple(proposals)


def _same(entry: MedicalEntry, held: MedicalEntry) -> str:
    """Why two entries are one; empty when they are not."""
    if ALIKE.get(entry.family, entry.family) != ALIKE.get(held.family, held.family):
        return ""
    if entry.kinship != held.kinship:
        return ""
    if entry.family is Family.MEASUREMENT:
        return SAME_VALUE if _same_measure(entry, held) else ""
    if entry.family is Family.VACCINATION and entry.start != held.start:
        return ""
    if entry.code is not None and held.code is not None:
        same = (entry.code.system, entry.code.code) == (held.code.system, held.code.code)
        if same:
            return SAME_CODE
    return SAME_WORDS if fold(entry.label) == fold(held.label) else ""


def _same_measure(entry: MedicalEntry, held: MedicalEntry) -> bool:
    named = fold(entry.label) == fold(held.label) or (
        entry.code is not None and held.code is not None and entry.code.code == held.code.code
    )
    return named and (entry.value, entry.unit, entry.start) == (held.value, held.unit, held.start)


def source_of(document: Document) -> str:
    """« Volet de synthèse médicale du 02/09/2026, Dr X »: what an entry tells of its origin."""
    when = document.service_start or document.created_at
    author = document.author or document.organisation
    return ", ".join(part for part in (f"{document.title} du {when:%d/%m/%Y}", author) if part)
