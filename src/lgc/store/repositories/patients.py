"""Patients: identity, contact details, important line, DMP status."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from lgc.domain.identity import Identity, IdentityStatus, Ins, Sex, Traits
from lgc.domain.patients import DmpAccess, DmpStatus, Patient, in_order
from lgc.domain.professionals import Address
from lgc.store import name_search
from lgc.store.engine import PATIENT_SEARCH
from lgc.store.models import InsHistoryRow, PatientRow
from lgc.store.repositories.rows import existing, fill
from lgc.store.words import birth_tokens, name_tokens, read_query


class PatientRepository:
    """Implements ``services.ports.Patients``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, patient: Patient) -> None:
        row = PatientRow(patient_id=patient.patient_id, **_columns(patient))
        row.former_ins = _history(patient)
        self._session.add(row)
        self._index(patient)

    def update(self, patient: Patient) -> None:
        """Save everything, DMP status included. Raises KeyError when the patient is unknown."""
        row = existing(self._session, PatientRow, patient.patient_id)
        fill(row, _columns(patient))
        former = tuple(Ins(h.matricule, h.matricule_oid) for h in row.former_ins)
        if former != patient.identity.former_ins:
            row.former_ins.clear()
            self._session.flush()
            row.former_ins = _history(patient)
        self._index(patient)

    def get(self, patient_id: str) -> Patient:
        return _patient(existing(self._session, PatientRow, patient_id))

    def many(self, patient_ids: Sequence[str]) -> dict[str, Patient]:
        """The known ones among ``patient_ids``, by id, in the order asked."""
        if not patient_ids:
            return {}
        rows = self._session.scalars(
            select(PatientRow).where(PatientRow.patient_id.in_(patient_ids))
        )
        found = {row.patient_id: _patient(row) for row in rows}
        return {key: found[key] for key in dict.fromkeys(patient_ids) if key in found}

    def with_ins(self, ins: Ins) -> list[Patient]:
        """Whose INS it is, then whose INS it was (``identity.former_ins``)."""
        was = PatientRow.former_ins.any(
            (InsHistoryRow.matricule == ins.matricule) & (InsHistoryRow.matricule_oid == ins.oid)
        )
        now = (PatientRow.matricule == ins.matricule) & (PatientRow.matricule_oid == ins.oid)
        rows = self._session.scalars(select(PatientRow).where(or_(now, was)))
        return sorted(map(_patient, rows), key=lambda one: (one.identity.ins != ins, in_order(one)))

    def with_matricules(self, matricules: Sequence[str]) -> dict[str, Patient]:
        """By matricule whatever its authority; one that two patients share names nobody."""
        rows = self._session.scalars(
            select(PatientRow).where(PatientRow.matricule.in_(matricules))
        ).all()
        times = Counter(row.matricule for row in rows)
        return {row.matricule or "": _patient(row) for row in rows if times[row.matricule] == 1}

    def find(self, words: str, limit: int = 20) -> list[Patient]:
        """Names, birth names, dates (any French form) and INS; accents and typos forgiven."""
        hits = name_search.ranked(self._session, PATIENT_SEARCH, read_query(words), limit)
        people = self.many([key for _, key in hits])
        found = [(rank, in_order(people[key]), key) for rank, key in hits if key in people]
        return [people[key] for _, _, key in sorted(found)[:limit]]

    def set_dmp(self, patient_id: str, status: DmpStatus) -> None:
        self._session.flush()
        self._session.execute(
            update(PatientRow)
            .where(PatientRow.patient_id == patient_id)
            .values(_dmp_columns(status))
        )

    def count(self) -> int:
        return self._session.scalar(select(func.count()).select_from(PatientRow)) or 0

    def _index(self, patient: Patient) -> None:
        identity = patient.identity
        family = [identity.used_name, identity.traits.birth_name]
        given = [identity.used_given_name, *identity.traits.birth_given_names]
        known = (*identity.former_ins, *((identity.ins,) if identity.ins else ()))
        PATIENT_SEARCH.put(
            self._session,
            patient.patient_id,
            label=name_search.label(family, given),
            names=name_tokens(family),
            given=name_tokens(given),
            born=birth_tokens(identity.traits.birth_date),
            ins=" ".join(ins.matricule.lower() for ins in known),
        )


def _columns(patient: Patient) -> dict[str, object]:
    identity, traits = patient.identity, patient.identity.traits
    return {
        "birth_name": traits.birth_name,
        "birth_given_names": list(traits.birth_given_names),
        "sex": traits.sex.value,
        "birth_date": traits.birth_date,
        "birth_place_code": traits.birth_place_code,
        "status": identity.status.value,
        "matricule": identity.ins.matricule if identity.ins else None,
        "matricule_oid": str(identity.ins.oid) if identity.ins else None,
        "used_name": identity.used_name,
        "used_given_name": identity.used_given_name,
        "doubtful": identity.doubtful,
        "fictitious": identity.fictitious,
        "homonym": identity.homonym,
        "address_lines": list(patient.address.lines),
        "postal_code": patient.address.postal_code,
        "city": patient.address.city,
        "telephone": patient.telephone,
        "email": patient.email,
        "important": patient.important,
        "important_detail": patient.important_detail,
        "attending_doctor": patient.attending_doctor,
        "protocols": list(patient.protocols),
        "refuses_own_mail": patient.refuses_own_mail,
        "refuses_shared_mail": patient.refuses_shared_mail,
        **_dmp_columns(patient.dmp),
    }


def _dmp_columns(status: DmpStatus) -> dict[str, object]:
    return {
        "dmp_access": status.access.value,
        "dmp_attending_doctor": status.attending_doctor,
        "dmp_checked_at": status.checked_at,
    }


def _history(patient: Patient) -> list[InsHistoryRow]:
    return [
        InsHistoryRow(position=i, matricule=ins.matricule, matricule_oid=str(ins.oid))
        for i, ins in enumerate(patient.identity.former_ins)
    ]


def _patient(row: PatientRow) -> Patient:
    return Patient(
        patient_id=row.patient_id,
        identity=_identity(row),
        address=Address(tuple(row.address_lines), row.postal_code, row.city),
        telephone=row.telephone,
        email=row.email,
        important=row.important,
        important_detail=row.important_detail,
        attending_doctor=row.attending_doctor,
        protocols=tuple(row.protocols),
        refuses_own_mail=row.refuses_own_mail,
        refuses_shared_mail=row.refuses_shared_mail,
        dmp=DmpStatus(DmpAccess(row.dmp_access), row.dmp_attending_doctor, row.dmp_checked_at),
    )


def _identity(row: PatientRow) -> Identity:
    return Identity(
        traits=Traits(
            row.birth_name,
            tuple(row.birth_given_names),
            Sex(row.sex),
            row.birth_date,
            row.birth_place_code,
        ),
        status=IdentityStatus(row.status),
        ins=Ins(row.matricule, row.matricule_oid) if row.matricule and row.matricule_oid else None,
        used_name=row.used_name,
        used_given_name=row.used_given_name,
        doubtful=row.doubtful,
        fictitious=row.fictitious,
        homonym=row.homonym,
        former_ins=tuple(Ins(h.matricule, h.matricule_oid) for h in row.former_ins),
    )
