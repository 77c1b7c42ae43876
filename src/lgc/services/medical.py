"""The structured record as the doctor edits it: one line to add, one undo, stated absences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from lgc.domain import entry_line, risks
from lgc.domain.allergies import UNTOLD, Agent, Allergy
from lgc.domain.entry_line import EntryLine, Readings
from lgc.domain.entry_words import tidy
from lgc.domain.medical_data import (
    CodeOrigin,
    Family,
    KnownAbsence,
    MedicalEntry,
    MedicalRecord,
    OwnWord,
    PartialDate,
    Posology,
    RiskDenial,
    Standing,
)
from lgc.domain.professionals import Coded
from lgc.domain.risks import Risk
from lgc.domain.terms import DeadLine
from lgc.errors import UserFacingError
from lgc.services import evidence, protocols
from lgc.services.connection import DeskConnection
from lgc.services.events import Announce, RecordChanged
from lgc.services.placing import placed
from lgc.services.ports import Clock, Ids, OpenUnit, UnitOfWork
from lgc.services.seen import must_still_be
from lgc.terminology import code_systems, named_medicines, nomenclature

Complete = Callable[[str, Family], tuple[Coded, ...]]
"""Coded terms for what was typed in a family; the shipped tables unless told."""


Edition = Callable[[Coded], str]
"""What the table that a code is taken from says of itself."""

Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A line of the completion. ``code`` is None for the words as they were typed.

    ``words`` are those that were looked for, to be shown where they stand. ``line`` is the
    reading of the typed line that it belongs to. ``asked``: the words have several meanings, and
    which one is the doctor's is remembered.
    """

    family: Family
    label: str
    code: Coded | None
    known: bool = False
    words: str = ""
    line: EntryLine | None = None
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What one gesture did, enough to take it back. ``before`` or ``after`` may be missing.

    ``also`` came with ``after`` (further relatives); ``learnt`` is what was remembered by it.
    """

    patient_id: str
    before: MedicalEntry | None = None
    after: MedicalEntry | None = None
    absence_before: KnownAbsence | None = None
    absence_after: KnownAbsence | None = None
    denials_before: tuple[RiskDenial, ...] = ()
    denial_after: RiskDenial | None = None
    also: tuple[MedicalEntry, ...] = ()
    learnt: OwnWord | None = None


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
        edition: Edition = nomenclature.edition_of,
    ) -> None:
        self._open, self._clock, self._ids = open_unit, clock, ids
        self._connection, self._announce = connection, announce
        self._complete, self._edition = complete, edition

    def record(self, patient_id: str) -> MedicalRecord:
        with self._open() as uow:
            return uow.medical.of_patient(patient_id)

    def suggest(self, patient_id: str, family: Family, typed: str) -> tuple[Suggestion, ...]:
        """For a field that holds a name alone: coded terms first, then the words, whole.

        What the record holds is said known.
        """
        words = tidy(typed)
        if not words:
            return ()
        held = {entry.code.code for entry in self.record(patient_id).entries if entry.code}
        coded = tuple(
            Suggestion(family, code.label, code, code.code in held, words)
            for code in self._complete(words, family)
        )
        return (*coded, Suggestion(family, words, None))

    def read(self, family: Family, typed: str) -> Readings:
        """What a line typed today may mean; at once."""
        today = self._clock.now().date()
        return placed(entry_line.readings(typed, family, today), family, typed, today)

    def offer(self, patient_id: str, family: Family, line: EntryLine) -> tuple[Suggestion, ...]:
        """What a reading of a line may be kept as, what Enter takes first.

        A whole name or a declared short form comes first, else the words as typed; what they only
        begin stands below. With several meanings all are ``asked``, until one was chosen.
        """
        family, sought = line.family or family, line.looked_for
        free = Suggestion(family, line.words, None, words=sought, line=line)
        if not sought:
            return (free,)
        with self._open() as uow:
            record = uow.medical.of_patient(patient_id)
            own = uow.own_words.find(self._author, family, nomenclature.fold(sought))
        held = {entry.code.code for entry in record.entries if entry.code}
        found = tuple(
            Suggestion(family, code.label, code, code.code in held, sought, line)
            for code in self._complete(sought, family)
        )
        alone = tuple(
            Suggestion(family, label, None, words=sought, line=line)
            for label in nomenclature.find_alone(sought, family)
        )
        return _ordered(found, free, own, alone)

    def add(self, patient_id: str, chosen: Suggestion, typed: str) -> Change:
        """One new entry, one for each relative. A stated absence of its family does not survive a
        fact."""
        return self._add(patient_id, self._entries(chosen, typed), self._learnt(chosen))

    def tell(self, patient_id: str, act: str, standing: Standing) -> Change:
        """Of a planned act (its name): done today, or ordered, offered, refused today.

        Raises KeyError for an act that is not noted by hand.
        """
        family = protocols.family_of(act)
        if family is None:
            raise KeyError(act)
        label = act if family is Family.VACCINATION else evidence.ticked(act)
        day = self._clock.now().date()
        today = PartialDate(day.year, day.month, day.day)
        line = EntryLine(label, today, standing=standing, sought="")
        said = self._entries(Suggestion(family, label, None, line=line), label)
        return self._add(patient_id, said)

    def affirm(self, patient_id: str, risk: Risk) -> Change:
        """« Oui » to one risk, nothing more said of it."""
        asked = Suggestion(Family.RISK_FACTOR, risks.NAMES[risk], None)
        said = (replace(entry, risk=risk) for entry in self._entries(asked, asked.label))
        return self._add(patient_id, list(said))

    def deny(self, patient_id: str, risk: Risk) -> Change:
        """« Non » to one risk: asked, and the others stay as they were.

        Raises UserFacingError while an active line says yes.
        """
        author = self._connection.practitioner
        now = self._clock.now()
        denial = RiskDenial(risk, now, author.display_name, author.holder.national_id)
        before = self._denied(patient_id, risk)
        self._write(
            patient_id, "risk denied", risk.value, lambda uow: uow.medical.deny(patient_id, denial)
        )
        return Change(patient_id, denials_before=before, denial_after=denial)

    def withdraw_denial(self, patient_id: str, risk: Risk) -> Change:
        """Nobody said anything of it any more."""
        before = self._denied(patient_id, risk)
        self._write(
            patient_id,
            "risk denial withdrawn",
            risk.value,
            lambda uow: uow.medical.withdraw_denial(patient_id, risk),
        )
        return Change(patient_id, denials_before=before)

    def _denied(self, patient_id: str, *subjects: Risk) -> tuple[RiskDenial, ...]:
        return tuple(d for d in self.record(patient_id).denials if d.risk in subjects)

    def _add(
        self, patient_id: str, entries: list[MedicalEntry], learnt: OwnWord | None = None
    ) -> Change:
        entry, *also = entries
        denials = self._denied(patient_id, *_affirmed(entry))

        def work(uow: UnitOfWork) -> KnownAbsence | None:
            settled = [uow.medical.add(patient_id, one) for one in entries]
            if learnt is not None:
                uow.own_words.keep(learnt)
            return settled[0]

        absence = self._write(patient_id, "medical entry added", entry.entry_id, work)
        return Change(
            patient_id,
            after=entry,
            absence_before=absence,
            denials_before=denials,
            also=tuple(also),
            learnt=learnt,
        )

    def update(self, patient_id: str, before: MedicalEntry, after: MedicalEntry) -> Change:
        """An end that has passed is an end, whatever is ticked.

        Raises UserFacingError when the line has no words left.
        """
        if not after.label.strip():
            raise UserFacingError(
                "Une ligne du dossier ne peut pas être vide.",
                advice="Écrivez un libellé, ou supprimez la ligne.",
            )
        settled = after.settled(self._clock.now().date())
        return self._change(patient_id, before, settled, "medical entry changed")

    def _change(
        self, patient_id: str, before: MedicalEntry, after: MedicalEntry, action: str
    ) -> Change:
        settled = self._recoded(before, after)
        denials = self._denied(patient_id, *_affirmed(settled))

        def work(uow: UnitOfWork) -> KnownAbsence | None:
            _must_be(uow, patient_id, before)
            return uow.medical.update(settled)

        absence = self._write(patient_id, action, after.entry_id, work)
        return Change(patient_id, before, settled, absence_before=absence, denials_before=denials)

    def renew(self, dead: DeadLine) -> Change:
        """The code in the place of one that its table withdrew; the words stay as they are.

        Raises UserFacingError when the line bears another code by now, or has no successor.
        """
        record = self.record(dead.patient_id)
        lines = (*record.entries, *record.intents)
        held = next((one for one in lines if one.entry_id == dead.entry_id), None)
        seen = f"{dead.label}, {dead.code}"
        now = f"{held.label}, {held.code.code if held.code else 'sans code'}" if held else None
        must_still_be(now, seen, "Cette ligne du dossier", str)
        if held is None or dead.successor is None:
            raise UserFacingError(f"Le code {dead.code} n’a pas de successeur connu.")
        after = replace(held, code=dead.successor)
        return self._change(dead.patient_id, held, after, "withdrawn code replaced")

    def _recoded(self, before: MedicalEntry, after: MedicalEntry) -> MedicalEntry:
        """Another code is taken today; one that is gone leaves no origin."""
        if after.code is None:
            return replace(after, origin=None)
        if before.code is not None and before.code.code == after.code.code:
            return after
        was = f"{before.code.code} {before.code.label}" if before.code else before.label
        return replace(after, origin=self._origin(after.code, was))

    def _origin(self, code: Coded | None, replaced: str = "") -> CodeOrigin | None:
        if code is None:
            return None
        table = code_systems.name_of(code.system) or code.system
        return CodeOrigin(table, self._edition(code), self._clock.now(), replaced)

    def remove(self, patient_id: str, entry: MedicalEntry) -> Change:
        """Raises UserFacingError when it is no longer what was seen."""

        def work(uow: UnitOfWork) -> None:
            _must_be(uow, patient_id, entry)
            uow.medical.remove(entry.entry_id)

        self._write(patient_id, "medical entry removed", entry.entry_id, work)
        return Change(patient_id, before=entry)

    def state_absence(self, patient_id: str, family: Family) -> Change:
        """« Absence connue »: asked, and there is none.

        Raises UserFacingError while an entry of the family says otherwise.
        """
        doctor = self._connection.practitioner.display_name
        absence = KnownAbsence(family, self._clock.now(), doctor)

        def work(uow: UnitOfWork) -> KnownAbsence | None:
            stated = uow.medical.of_patient(patient_id).absence_of(family)
            uow.medical.state_absence(patient_id, absence)
            return stated

        before = self._write(patient_id, "absence stated", family.value, work)
        return Change(patient_id, absence_before=before, absence_after=absence)

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

    @property
    def _author(self) -> str:
        return self._connection.practitioner.holder.national_id

    def _learnt(self, chosen: Suggestion) -> OwnWord | None:
        if not chosen.asked:
            return None
        words = nomenclature.fold(chosen.words)
        return OwnWord(self._author, chosen.family, words, chosen.code, self._clock.now())

    def _entries(self, chosen: Suggestion, typed: str) -> list[MedicalEntry]:
        now = self._clock.now()
        line = chosen.line or entry_line.parse(typed, chosen.family, now.date())
        others = chosen.code is not None and _differ(line.words, chosen.label)
        return [
            MedicalEntry(
                entry_id=self._ids.uuid(),
                family=chosen.family,
                label=chosen.label,
                code=chosen.code,
                start=line.start,
                end=line.end,
                active=line.active,
                kinship=kinship,
                age_at_onset=line.age_at_onset,
                reaction=line.reaction,
                allergy=_allergy(line, chosen),
                posology=Posology(line.posology) if line.posology else None,
                recorded_at=now,
                typed=line.words if others else "",
                standing=line.standing,
                risk=_subject(chosen, line),
                origin=self._origin(chosen.code),
            )
            for kinship in (line.kinship, *line.also)
        ]

    def _write(
        self, patient_id: str, action: str, subject: str, work: Callable[[UnitOfWork], Done]
    ) -> Done:
        """Save, then announce."""
        with self._open() as uow:
            done = work(uow)
            uow.audit(action, subject, patient_id)
            uow.commit()
        self._announce(RecordChanged(patient_id))
        return done


def _must_be(uow: UnitOfWork, patient_id: str, seen: MedicalEntry) -> None:
    record = uow.medical.of_patient(patient_id)
    known = {one.entry_id: one for one in (*record.entries, *record.intents)}
    must_still_be(known.get(seen.entry_id), seen, "Cette ligne du dossier", _said)


def _said(one: MedicalEntry) -> str:
    dates = " – ".join(date.french for date in (one.start, one.end) if date is not None)
    state = "" if one.active else "terminé"
    return ", ".join(word for word in (one.label, dates, one.note, state) if word)


def _allergy(line: EntryLine, chosen: Suggestion) -> Allergy:
    """What the line told; the agent is a medicine where its code or its words name one."""
    if chosen.family is not Family.ALLERGY:
        return UNTOLD
    named = named_medicines.of_words(chosen.label)
    coded = chosen.code is not None and chosen.code.system in code_systems.DRUGS
    if coded or (named and not named.left):
        return replace(line.allergy, agent=Agent.MEDICINE)
    return line.allergy


def _subject(chosen: Suggestion, line: EntryLine) -> Risk:
    """What the doctor's own words name, else those of the code: « tabac » for F17.2."""
    if chosen.family is not Family.RISK_FACTOR:
        return Risk.OTHER
    typed = risks.subject_of(line.words)
    return risks.subject_of(chosen.label) if typed is Risk.OTHER else typed


def _affirmed(entry: MedicalEntry) -> tuple[Risk, ...]:
    """The risk that an entry says to be there now."""
    there = entry.active and entry.standing is Standing.FACT
    return (entry.risk,) if entry.family is Family.RISK_FACTOR and there else ()


def _ordered(
    found: tuple[Suggestion, ...],
    free: Suggestion,
    own: OwnWord | None,
    alone: tuple[Suggestion, ...],
) -> tuple[Suggestion, ...]:
    """What the doctor said once, else the one meaning, else every meaning asked; then the words;
    then what they only begin, words that no code says first."""
    whole = nomenclature.named(free.words, free.family)
    exact = [
        one
        for one in found
        if one.code and (one.code.code in whole or not _differ(free.words, one.label))
    ]
    if own is not None:
        exact = [one for one in found if own.code and one.code and one.code.code == own.code.code]
    rest = [one for one in found if one not in exact]
    if len(exact) < 2:
        return (*exact, free, *alone, *rest)
    asked = (replace(one, asked=True) for one in (*exact, free))
    return (*asked, *alone, *rest)


def _differ(words: str, label: str) -> bool:
    return nomenclature.fold(words) != nomenclature.fold(label)


def _take_back(uow: UnitOfWork, change: Change) -> None:
    before, after = change.before, change.after
    if before is None and after is not None:
        for one in (after, *change.also):
            uow.medical.remove(one.entry_id)
        if change.learnt is not None:
            uow.own_words.forget(change.learnt)
    elif before is not None and after is None:
        uow.medical.add(change.patient_id, before)
    elif before is not None:
        uow.medical.update(before)
    if change.absence_after is not None:
        uow.medical.withdraw_absence(change.patient_id, change.absence_after)
    if change.absence_before is not None:
        restate(uow, change.patient_id, change.absence_before)
    if change.denial_after is not None:
        uow.medical.withdraw_denial(change.patient_id, change.denial_after.risk)
    record = uow.medical.of_patient(change.patient_id)
    for denial in change.denials_before:
        if not any(entry.active for entry in record.about(denial.risk)):
            uow.medical.deny(change.patient_id, denial)


def restate(uow: UnitOfWork, patient_id: str, absence: KnownAbsence) -> None:
    """What was stated is stated again, unless the record says otherwise by now."""
    if not uow.medical.of_patient(patient_id).holds(absence.family):
        uow.medical.state_absence(patient_id, absence)
