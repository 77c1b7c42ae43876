"""The structured record as the doctor edits it: one line to add, one undo, stated absences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lgc.domain import entry_line
from lgc.domain.medical_data import Family, KnownAbsence, MedicalEntry, MedicalRecord, Posology
from lgc.domain.professionals import Coded
from lgc.errors import UserFacingError
from lgc.services.connection import DeskConnection
from lgc.services.events import Announce, RecordChanged
from lgc.services.ports import Clock, Ids, OpenUnit, UnitOfWork
from lgc.terminology import nomenclature

Complete = Callable[[str, Family], tuple[Coded, ...]]
"""Coded terms for what was typed in a family; the shipped tables unless told."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A line of the completion. ``code`` is None for the words as they were typed.

    ``words`` are those that were looked for, to be shown where they stand.
    """

    family: Family
    label: str
    code: Coded | None
    known: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What one gesture did, enough to take it back. ``before`` or ``after`` may be missing."""

    patient_id: str
    before: MedicalEntry | None = None
    after: MedicalEntry | None = None
    absence_before: KnownAbsence | None = None
    absence_after: KnownAbsence | None = None


class Medical:
    """Runs in workers. Every change is audited and announced; none logs what it says."""

    def __init__(
        self,
        open_unit: OpenUnit,
        clock: Clock,
        ids: Ids,
        connection: DeskConnection,
        announce: Announce,
        complete: Complete = nomenclature.find,
    ) -> None:
        self._open, self._clock, self._ids = open_unit, clock, ids
        self._connection, self._announce = connection, announce
        self._complete = complete

    def record(self, patient_id: str) -> MedicalRecord:
        with self._open() as uow:
            return uow.medical.of_patient(patient_id)

    def suggest(self, patient_id: str, family: Family, typed: str) -> tuple[Suggestion, ...]:
        """Coded terms first, then the words as typed; what the record holds is said known."""
        line = entry_line.parse(typed, family, self._clock.now().date())
        if not line.words:
            return ()
        held = {entry.code.code for entry in self.record(patient_id).entries if entry.code}
        coded = tuple(
            Suggestion(family, code.label, code, code.code in held, line.words)
            for code in self._complete(line.words, family)
        )
        return (*coded, Suggestion(family, line.words, None))

    def add(self, patient_id: str, chosen: Suggestion, typed: str) -> Change:
        """One new entry. A stated absence of its family does not survive it."""
        entry = self._entry(chosen, typed)
        absence = self.record(patient_id).absence_of(chosen.family)

        def work(uow: UnitOfWork) -> None:
            if absence is not None:
                uow.medical.withdraw_absence(patient_id, absence)
            uow.medical.add(patient_id, entry)

        self._write(patient_id, "medical entry added", entry.entry_id, work)
        return Change(patient_id, after=entry, absence_before=absence)

    def update(self, patient_id: str, before: MedicalEntry, after: MedicalEntry) -> Change:
        """Raises UserFacingError when the line has no words left."""
        if not after.label.strip():
            raise UserFacingError(
                "Une ligne du dossier ne peut pas être vide.",
                advice="Écrivez un libellé, ou supprimez la ligne.",
            )
        self._write(
            patient_id,
            "medical entry changed",
            after.entry_id,
            lambda uow: uow.medical.update(after),
        )
        return Change(patient_id, before, after)

    def remove(self, patient_id: str, entry: MedicalEntry) -> Change:
        self._write(
            patient_id,
            "medical entry removed",
            entry.entry_id,
            lambda uow: uow.medical.remove(entry.entry_id),
        )
        return Change(patient_id, before=entry)

    def state_absence(self, patient_id: str, family: Family) -> Change:
        """« Absence connue »: asked, and there is none."""
        doctor = self._connection.practitioner.display_name
        absence = KnownAbsence(family, self._clock.now(), doctor)
        self._write(
            patient_id,
            "absence stated",
            family.value,
            lambda uow: uow.medical.state_absence(patient_id, absence),
        )
        return Change(patient_id, absence_after=absence)

    def withdraw_absence(self, patient_id: str, absence: KnownAbsence) -> Change:
        """Nobody said anything any more."""
        self._write(
            patient_id,
            "absence withdrawn",
            absence.family.value,
            lambda uow: uow.medical.withdraw_absence(patient_id, absence),
        )
        return Change(patient_id, absence_before=absence)

    def undo(self, change: Change) -> None:
        """Back to what was before; an entry that comes back keeps its identifier."""
        entry = change.after or change.before
        subject = entry.entry_id if entry else ""
        self._write(
            change.patient_id,
            "medical change undone",
            subject,
            lambda uow: _take_back(uow, change),
        )

    def _entry(self, chosen: Suggestion, typed: str) -> MedicalEntry:
        now = self._clock.now()
        line = entry_line.parse(typed, chosen.family, now.date())
        return MedicalEntry(
            entry_id=self._ids.uuid(),
            family=chosen.family,
            label=chosen.label,
            code=chosen.code,
            start=line.start,
            end=line.end,
            active=line.end is None,
            kinship=line.kinship,
            age_at_onset=line.age_at_onset,
            reaction=line.reaction,
            posology=Posology(line.posology) if line.posology else None,
            recorded_at=now,
        )

    def _write(
        self, patient_id: str, action: str, subject: str, work: Callable[[UnitOfWork], None]
    ) -> None:
        """Save, then announce."""
        with self._open() as uow:
            work(uow)
            uow.audit(action, subject, patient_id)
            uow.commit()
        self._announce(RecordChanged(patient_id))


def _take_back(uow: UnitOfWork, change: Change) -> None:
    before, after = change.before, change.after
    if before is None and after is not None:
        uow.medical.remove(after.entry_id)
    elif before is not None and after is None:
        uow.medical.add(change.patient_id, before)
    elif before is not None:
        uow.medical.update(before)
    if change.absence_after is not None:
        uow.medical.withdraw_absence(change.patient_id, change.absence_after)
    if change.absence_before is not None:
        uow.medical.state_absence(change.patient_id, change.absence_before)
