"""The administrative part of a record: who the patient is, and how to reach them.

Every change leaves an audit line with the names of the fields, never what they held.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from lgc.domain.duplicates import Nearness, nearness
from lgc.domain.identity import Identity, IdentityStatus, Sex, Traits
from lgc.domain.identity_rules import (
    IdentityCheck,
    IdentityEvent,
    IdentityPaper,
    corrected,
    faults,
    moved,
    plain_capitals,
)
from lgc.domain.patients import NEVER_ASKED, Patient, in_order
from lgc.domain.professionals import Address
from lgc.errors import UserFacingError
from lgc.services.connection import DeskConnection
from lgc.services.events import Announce, RecordChanged
from lgc.services.ports import Clock, Ids, OpenUnit, UnitOfWork
from lgc.services.views import PatientView

NEAR_LOOKED_AT = 60
# Of any country: 92100, SW1A 1AA, 1000, L-1009.
POSTAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9 -]{1,11}")
IN_THE_STREET = re.compile(r"\d+\s*(?:bis|ter|quater|[A-Za-z])?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PatientForm:
    """What the form holds, as typed; given names are separated by spaces.

    ``birth_date`` is None as long as none is understood; ``birth_date_problem`` says why.
    """

    birth_name: str
    given_names: str
    sex: Sex
    birth_date: dt.date | None
    birth_place: str = ""
    used_name: str = ""
    used_given_name: str = ""
    address: str = ""
    postal_code: str = ""
    city: str = ""
    telephone: str = ""
    email: str = ""
    attending_doctor: str = ""
    refuses_own_mail: bool = False
    refuses_shared_mail: bool = False
    birth_date_problem: str = ""

    @classmethod
    def of(cls, patient: Patient) -> PatientForm:
        identity, traits, place = patient.identity, patient.identity.traits, patient.address
        return cls(
            birth_name=traits.birth_name,
            given_names=" ".join(traits.birth_given_names),
            sex=traits.sex,
            birth_date=traits.birth_date,
            birth_place=traits.birth_place_code,
            used_name=identity.used_name,
            used_given_name=identity.used_given_name,
            address=", ".join(place.lines),
            postal_code=place.postal_code,
            city=place.city,
            telephone=patient.telephone,
            email=patient.email,
            attending_doctor=patient.attending_doctor,
            refuses_own_mail=patient.refuses_own_mail,
            refuses_shared_mail=patient.refuses_shared_mail,
        )

    @property
    def traits(self) -> Traits:
        """The strict traits as INSi writes them. Raises ValueError without a date of birth."""
        if self.birth_date is None:
            raise ValueError("no date of birth")
        return Traits(
            plain_capitals(self.birth_name),
            tuple(plain_capitals(self.given_names).split()),
            self.sex,
            self.birth_date,
            self.birth_place.strip().upper(),
        )

    def faults(self, today: dt.date) -> dict[str, str]:
        """Field → French sentence; empty when the form can be kept."""
        found = faults(replace(self, birth_date=self.birth_date or today).traits, today)
        if self.birth_date is None:
            found["birth_date"] = self.birth_date_problem or "Écrivez la date de naissance."
        if self.email.strip() and self.email.strip().count("@") != 1:
            found["email"] = "Une adresse s’écrit nom@domaine."
        if self.postal_code.strip() and not POSTAL.fullmatch(self.postal_code.strip()):
            found["postal_code"] = "Chiffres et lettres du code postal seulement."
        return found


@dataclass(frozen=True, slots=True)
class AdministrativeView:
    """The patient, and the last identity document that was seen if any.

    ``doctor_doubt`` says where the DMP and the record name another attending doctor.
    """

    patient: Patient
    check: IdentityCheck | None
    doctor_doubt: str = ""

    @property
    def form(self) -> PatientForm:
        return PatientForm.of(self.patient)


@dataclass(frozen=True, slots=True)
class Near:
    """A known patient who may be the one about to be created."""

    patient: PatientView
    nearness: Nearness


class Identities:
    """Runs in workers."""

    def __init__(
        self,
        open_unit: OpenUnit,
        clock: Clock,
        ids: Ids,
        connection: DeskConnection,
        tell: Announce,
    ) -> None:
        self._open, self._clock, self._ids = open_unit, clock, ids
        self._connection, self._tell = connection, tell

    def view(self, patient_id: str) -> AdministrativeView:
        with self._open() as uow:
            patient = uow.patients.get(patient_id)
            check = _check(uow, patient_id)
        me = self._connection.practitioner.display_name
        return AdministrativeView(patient, check, patient.doctor_doubt(me))

    def save(self, patient_id: str, before: PatientForm, form: PatientForm) -> AdministrativeView:
        """Keep what was typed over ``before``; a changed strict trait lowers the status.

        Raises UserFacingError when a field is wrong or the record changed since ``before``.
        """
        if form.faults(self._clock.now().date()):
            raise UserFacingError(
                "La fiche n’est pas enregistrée.", advice="Corrigez les champs signalés."
            )
        with self._open() as uow:
            patient = uow.patients.get(patient_id)
            if PatientForm.of(patient) != before:
                raise UserFacingError(
                    "Cette fiche vient d’être modifiée ailleurs.",
                    advice="Rien n’a été écrasé. Annulez vos modifications, puis recommencez.",
                )
            made = _with_form(patient, form)
            uow.patients.update(made)
            uow.audit("administrative data changed", patient_id, _changed(before, form))
            if made.identity.status is not patient.identity.status:
                uow.audit("identity status lowered", patient_id, made.identity.status.value)
            uow.commit()
        self._tell(RecordChanged(patient_id))
        return self.view(patient_id)

    def near(self, form: PatientForm) -> tuple[Near, ...]:
        """Known patients this one may be, nearest first; nothing is ever merged by itself."""
        new = _with_form(_nobody(form), form).identity
        names = [one for one in (form.birth_name.strip(), form.used_name.strip()) if one]
        words = (
            f"{form.birth_date:%d/%m/%Y}",
            f"{form.birth_name} {form.given_names}",
            *(f"{name} {one}" for name in names for one in form.given_names.split()),
            *names,
        )
        today = self._clock.now().date()
        with self._open() as uow:
            found = {
                one.patient_id: one
                for asked in words
                if asked.strip()
                for one in uow.patients.find(asked, NEAR_LOOKED_AT)
            }
        people = sorted(found.values(), key=in_order)
        near = [Near(PatientView.of(p, today), nearness(new, p.identity)) for p in people]
        kept = [one for one in near if one.nearness is not Nearness.FAR]
        return tuple(sorted(kept, key=lambda one: -one.nearness))

    def create(self, form: PatientForm) -> str:
        """A new patient, provisional; returns the patient_id.

        Raises UserFacingError when a field is wrong.
        """
        if form.faults(self._clock.now().date()):
            raise UserFacingError("Le patient n’est pas créé.", advice="Corrigez la fiche.")
        made = replace(_with_form(_nobody(form), form), patient_id=self._ids.uuid())
        with self._open() as uow:
            uow.patients.add(made)
            uow.audit("patient created", made.patient_id)
            uow.commit()
        self._tell(RecordChanged(made.patient_id))
        return made.patient_id

    def record_document(self, patient_id: str, paper: IdentityPaper) -> AdministrativeView:
        """The doctor at the desk saw this document of high confidence, now.

        Raises UserFacingError when the identity is doubtful or fictitious.
        """
        check = IdentityCheck(
            paper, self._clock.now(), self._connection.practitioner.holder.national_id
        )

        def keep(uow: UnitOfWork) -> None:
            value = [check.paper.value, check.seen_at.isoformat(), check.seen_by]
            uow.notes.set(_note(patient_id), json.dumps(value))

        return self._move(patient_id, IdentityEvent.DOCUMENT_SEEN, paper.value, keep)

    def raise_doubt(self, patient_id: str) -> AdministrativeView:
        """The identity becomes provisional and its INS leaves it."""
        return self._move(patient_id, IdentityEvent.DOUBT_RAISED)

    def lift_doubt(self, patient_id: str) -> AdministrativeView:
        return self._move(patient_id, IdentityEvent.DOUBT_LIFTED)

    def _move(
        self,
        patient_id: str,
        event: IdentityEvent,
        detail: str = "",
        keep: Callable[[UnitOfWork], None] = lambda uow: None,
    ) -> AdministrativeView:
        with self._open() as uow:
            patient = uow.patients.get(patient_id)
            uow.patients.update(_of_identity(patient, moved(patient.identity, event)))
            keep(uow)
            uow.audit(event.value, patient_id, detail)
            uow.commit()
        self._tell(RecordChanged(patient_id))
        return self.view(patient_id)


def _nobody(form: PatientForm) -> Patient:
    return Patient("", Identity(form.traits, IdentityStatus.PROVISIONAL))


def would_lower(patient: Patient, form: PatientForm) -> bool:
    """Would keeping this form take the status of the identity down?"""
    return _identity(patient, form).status is not patient.identity.status


def _identity(patient: Patient, form: PatientForm) -> Identity:
    known = PatientForm.of(patient)
    identity = patient.identity
    # Names kept before with accents are no change of a trait.
    made = corrected(identity, form.traits) if form.traits != known.traits else identity
    return replace(
        made,
        used_name=plain_capitals(form.used_name),
        used_given_name=" ".join(form.used_given_name.split()),
    )


def _of_identity(patient: Patient, identity: Identity) -> Patient:
    """What was known of the DMP was known of an INS."""
    same = identity.ins == patient.identity.ins
    return replace(patient, identity=identity, dmp=patient.dmp if same else NEVER_ASKED)


def _with_form(patient: Patient, form: PatientForm) -> Patient:
    known = PatientForm.of(patient)
    lines = patient.address.lines
    if form.address != known.address:
        lines = address_lines(form.address)
    made = _of_identity(patient, _identity(patient, form))
    return replace(
        made,
        address=Address(lines, form.postal_code.strip(), form.city.strip()),
        telephone=form.telephone.strip(),
        email=form.email.strip(),
        attending_doctor=form.attending_doctor.strip(),
        refuses_own_mail=form.refuses_own_mail,
        refuses_shared_mail=form.refuses_shared_mail,
    )


def _changed(before: PatientForm, form: PatientForm) -> str:
    fields = PatientForm.__dataclass_fields__
    return ", ".join(name for name in fields if getattr(before, name) != getattr(form, name))


def _check(uow: UnitOfWork, patient_id: str) -> IdentityCheck | None:
    kept = uow.notes.get(_note(patient_id))
    if kept is None:
        return None
    paper, seen_at, seen_by = json.loads(kept)
    return IdentityCheck(IdentityPaper(paper), dt.datetime.fromisoformat(seen_at), seen_by)


def _note(patient_id: str) -> str:
    return f"identity-check/{patient_id}"


def address_lines(typed: str) -> tuple[str, ...]:
    """The lines between commas; « 3, rue X » is one, its comma follows the number in the street."""
    lines: list[str] = []
    for part in (part.strip() for part in typed.split(",")):
        if lines and IN_THE_STREET.fullmatch(lines[-1]):
            lines[-1] = f"{lines[-1]}, {part}"
        elif part:
            lines.append(part)
    return tuple(lines)
