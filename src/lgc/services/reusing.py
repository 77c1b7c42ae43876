"""Entries of a received document brought into the record, item by item, with their source.

Nothing enters without the doctor's choice. What the record holds already is proposed unticked
with the reason; what it holds otherwise is a change, before and after; one undo takes everything
back but what was corrected since.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from lgc.cda.moods import AT_ADMISSION
from lgc.domain.days import practice_day
from lgc.domain.documents import Document, Origin
from lgc.domain.medical_data import (
    Family,
    KnownAbsence,
    MedicalEntry,
    MedicalRecord,
    RiskDenial,
    Standing,
)
from lgc.errors import UserFacingError
from lgc.services.comparing import (
    NOTHING_COMPARED,
    TREATMENTS,
    Alert,
    Comparing,
    Comparison,
    Drug,
)
from lgc.services.events import Announce, RecordChanged
from lgc.services.medical import restate
from lgc.services.ports import Clock, Ids, OpenUnit, UnitOfWork
from lgc.services.reading import OpenedDocument
from lgc.services.sameness import Change, changed, likeness

TWICE = "deux fois dans ce document"
ADMITTED = "pris à l’admission, pas forcément aujourd’hui"
NOT_DONE = {
    Standing.PLANNED: "prévu, pas fait",
    Standing.ORDERED: "demandé, pas fait",
    Standing.INVITED: "invité, pas fait",
    Standing.REFUSED: "refusé",
    Standing.NOT_DONE: "non fait",
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """One entry as it would enter the record. ``why_not`` is the reason it is left unticked.

    With ``changes``, the line ``held`` is the one meant: it would say so afterwards.
    ``alerts`` are the allergies of the record that a treatment meets.
    """

    entry: MedicalEntry
    why_not: str = ""
    held: MedicalEntry | None = None
    changes: tuple[Change, ...] = ()
    alerts: tuple[Alert, ...] = ()

    @property
    def chosen(self) -> bool:
        """Is it ticked before the doctor looked? A change never is."""
        return not self.why_not and not self.changes

    @property
    def double(self) -> bool:
        """Is it left because it is there already?"""
        return bool(self.why_not) and (self.held is not None or self.why_not == TWICE)


@dataclass(frozen=True, slots=True)
class ReuseView:
    """What the dialog shows. ``absences`` are statements that a chosen entry would contradict.

    ``compared`` is how the treatments were held against the allergies of the record.
    """

    patient_id: str
    title: str
    source: str
    proposals: tuple[Proposal, ...]
    absences: tuple[KnownAbsence, ...]
    compared: Comparison = NOTHING_COMPARED


@dataclass(frozen=True, slots=True)
class Taken:
    """What was brought in, as the undo needs it; ``updated`` are lines before and after,
    ``denied`` the risks answered by no until then."""

    patient_id: str
    added: tuple[MedicalEntry, ...]
    withdrawn: tuple[KnownAbsence, ...]
    updated: tuple[tuple[MedicalEntry, MedicalEntry], ...] = ()
    denied: tuple[RiskDenial, ...] = ()

    @property
    def count(self) -> int:
        return len(self.added) + len(self.updated)


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
        ordered = sorted(judged(found, record), key=lambda p: order.index(p.entry.family))
        proposals, compared = self._compared(patient_id, ordered)
        return ReuseView(
            patient_id=patient_id,
            title=opened.content.document.title,
            source=source,
            proposals=tuple(
                replace(one, entry=replace(one.entry, source=source)) for one in proposals
            ),
            absences=record.absences,
            compared=compared,
        )

    def _compared(
        self, patient_id: str, proposals: Sequence[Proposal]
    ) -> tuple[list[Proposal], Comparison]:
        """Treatments under way held against the record, as a prescription is."""
        places = [
            place
            for place, one in enumerate(proposals)
            if one.entry.family in TREATMENTS and one.entry.active
        ]
        drugs = [
            Drug(proposals[place].entry.label, proposals[place].entry.code) for place in places
        ]
        found = Comparing(self._open).lines(patient_id, drugs)
        held = list(proposals)
        for alert in found.alerts:
            place = places[alert.place]
            held[place] = replace(held[place], alerts=(*held[place].alerts, alert))
        return held, found

    def take(self, view: ReuseView, chosen: Sequence[MedicalEntry]) -> Taken:
        """Add the chosen entries, or change the lines they are, in one commit; absences they
        contradict are withdrawn. Raises UserFacingError when such a line changed meanwhile."""
        now = self._clock.now()
        of = {id(one.entry): one for one in view.proposals}
        changes = [one for e in chosen if (one := of.get(id(e))) is not None and one.changes]
        meant = {id(one.entry) for one in changes}
        new = tuple(
            replace(_kept(e), entry_id=self._ids.uuid(), recorded_at=e.recorded_at or now)
            for e in chosen
            if id(e) not in meant
        )
        updated: list[tuple[MedicalEntry, MedicalEntry]] = []
        with self._open() as uow:
            held, denied = _all(uow, view.patient_id), _denials(uow, view.patient_id)
            ended = [uow.medical.add(view.patient_id, entry) for entry in new]
            for one in changes:
                before = one.held
                if before is None or held.get(before.entry_id) != before:
                    raise UserFacingError(
                        "Une ligne du dossier a changé entre-temps.",
                        advice="Rouvrez « Reprendre » : rien n’a été repris.",
                    )
                after = changed(before, _kept(one.entry), view.source)
                ended.append(uow.medical.update(after))
                updated.append((before, after))
            withdrawn = tuple(absence for absence in ended if absence is not None)
            gone = denied - _denials(uow, view.patient_id)
            uow.audit("entries reused", view.patient_id, str(len(new) + len(updated)))
            uow.commit()
        self._announce(RecordChanged(view.patient_id))
        return Taken(view.patient_id, new, withdrawn, tuple(updated), tuple(gone))

    def undo(self, taken: Taken) -> int:
        """Everything leaves again, and what was stated absent is stated again.

        A line that was corrected since is the doctor's: it stays. Returns how many did.
        """
        left = 0
        with self._open() as uow:
            held = _all(uow, taken.patient_id)
            for entry in taken.added:
                if held.get(entry.entry_id) == entry:
                    uow.medical.remove(entry.entry_id)
                else:
                    left += entry.entry_id in held
            for before, after in taken.updated:
                if held.get(after.entry_id) == after:
                    uow.medical.update(before)
                else:
                    left += after.entry_id in held
            for absence in taken.withdrawn:
                restate(uow, taken.patient_id, absence)
            record = uow.medical.of_patient(taken.patient_id)
            for denial in taken.denied:
                if not any(entry.active for entry in record.about(denial.risk)):
                    uow.medical.deny(taken.patient_id, denial)
            uow.audit("entries reused undone", taken.patient_id, str(taken.count - left))
            uow.commit()
        self._announce(RecordChanged(taken.patient_id))
        return left


def judged(found: Iterable[MedicalEntry], record: MedicalRecord) -> tuple[Proposal, ...]:
    """Each entry with the reason, if any, not to take it, or with what it would change."""
    lines = (*record.entries, *record.intents)
    proposals: list[Proposal] = []
    for entry in found:
        before = [one.entry for one in proposals]
        proposals.append(_judged(entry, lines, before))
    return tuple(proposals)


def _judged(
    entry: MedicalEntry, lines: Iterable[MedicalEntry], before: Iterable[MedicalEntry]
) -> Proposal:
    alike = [one for held in lines if (one := likeness(entry, held)) is not None]
    same = next((one for one in alike if not one.changes), None)
    if same is not None:
        return Proposal(entry, same.why, same.held)
    if any((one := likeness(entry, other)) and not one.changes for other in before):
        return Proposal(entry, TWICE)
    if alike:
        return Proposal(entry, held=alike[0].held, changes=alike[0].changes)
    admitted = ADMITTED if AT_ADMISSION in entry.note else ""
    return Proposal(entry, NOT_DONE.get(entry.standing, admitted))


def _all(uow: UnitOfWork, patient_id: str) -> dict[str, MedicalEntry]:
    record = uow.medical.of_patient(patient_id)
    return {entry.entry_id: entry for entry in (*record.entries, *record.intents)}


def _kept(entry: MedicalEntry) -> MedicalEntry:
    """As it is stored: what a colleague's codes say beside the words is shown alone."""
    told = entry.posology
    return entry if told is None else replace(entry, posology=replace(told, coded=""))


def _denials(uow: UnitOfWork, patient_id: str) -> set[RiskDenial]:
    return set(uow.medical.of_patient(patient_id).denials)


def source_of(document: Document) -> str:
    """« Volet de synthèse médicale du 02/09/2026, Dr X »: what an entry tells of its origin."""
    when = document.service_start or document.created_at
    said = document.day_said
    day = f"({said})" if said else f"du {practice_day(when):%d/%m/%Y}"
    author = document.author or document.organisation
    return ", ".join(part for part in (f"{document.title} {day}", author) if part)
