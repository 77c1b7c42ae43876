"""Fill a new store with the fictitious practice of ``resources/demo`` (``lgc demo``, the tour)."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from lgc import paths
from lgc.cda import kinds
from lgc.domain.agenda import Closure, Presence, Visit
from lgc.domain.allergies import Agent, Allergy, Severity
from lgc.domain.allergies import Kind as AllergyKind
from lgc.domain.attendance import NO_TIMES, Mark, Times
from lgc.domain.contacts import Contact
from lgc.domain.documents import Confidentiality, DmpState, Document, DocumentContent, Origin
from lgc.domain.documents import DocumentKind as Kind
from lgc.domain.identity import Identity, IdentityStatus, Ins, Sex, Traits
from lgc.domain.medical_data import (
    CodeOrigin,
    Family,
    KnownAbsence,
    MedicalEntry,
    PartialDate,
    Posology,
)
from lgc.domain.patients import Patient
from lgc.domain.professionals import Address, Coded, Correspondent
from lgc.domain.relations import Relation, RelationKind
from lgc.domain.risks import Risk, subject_of
from lgc.services.ports import Clock, Ids, OpenUnit, UnitOfWork
from lgc.terminology import code_systems, nomenclature
from lgc.terminology.nomenclature import FILES, terms
from lgc.terminology.value_sets import value_set


def practice() -> dict[str, Any]:
    """The raw demo practice."""
    file = paths.bundled("resources") / "demo" / "practice.json"
    return json.loads(file.read_text("utf-8"))  # type: ignore[no-any-return]


def seed(open_unit: OpenUnit, clock: Clock, ids: Ids) -> None:
    """Add everything in one commit; does nothing when the store already knows patients."""
    raw = practice()
    with open_unit() as uow:
        if uow.patients.count():
            return
        known = {one["key"]: _patient(uow, one, clock, ids) for one in raw["patients"]}
        for visit in raw["visits"]:
            uow.agenda.add(_visit(visit, known, clock, ids))
        for visit in _weeks(raw["week"], known, clock, ids):
            uow.agenda.add(visit)
        for closure in _closures(raw["closures"], clock, ids):
            uow.agenda.add_closure(closure)
        for contact in raw["contacts"]:
            ours = {key: contact.get(key, "") for key in ("telephone", "note")}
            told = {key: value for key, value in contact.items() if key not in ours}
            uow.contacts.put(Contact(Correspondent(**told, verified=True), **ours))
        for relation in raw["relations"]:
            made = Relation(ids.uuid(), **{k: v for k, v in relation.items() if k != "patient"})
            kind = RelationKind(made.kind)
            uow.relations.put(known[relation["patient"]], replace(made, kind=kind))
        for document in raw["local_documents"]:
            _document(uow, document, known, clock, ids)
        uow.audit("demo practice filled")
        uow.commit()


def fill_day(open_unit: OpenUnit, clock: Clock, ids: Ids) -> None:
    """Sixty patients today: those of ``resources/demo/full-day.json`` beside the usual ones."""
    file = paths.bundled("resources") / "demo" / "full-day.json"
    now = clock.now()
    with open_unit() as uow:
        for raw in json.loads(file.read_text("utf-8")):
            patient_id = _patient(uow, {**PROVISIONAL, **raw}, clock, ids)
            visit = _visit({**raw, "patient": ""}, {"": patient_id}, clock, ids)
            if "waits" in raw:
                came = Mark(now - dt.timedelta(minutes=raw["waits"]))
                visit = replace(visit, times=Times(came))
            uow.agenda.add(visit)
        uow.audit("demo day filled")
        uow.commit()


# Nobody of the full day has an INS: their DMP is not asked for.
PROVISIONAL = {"status": IdentityStatus.PROVISIONAL.value}


def _patient(uow: UnitOfWork, raw: dict[str, Any], clock: Clock, ids: Ids) -> str:
    patient_id = ids.uuid()
    identity = Identity(
        traits=Traits(
            birth_name=raw["birth_name"],
            birth_given_names=tuple(raw["birth_given_names"]),
            sex=Sex(raw["sex"]),
            birth_date=dt.date.fromisoformat(raw["birth_date"]),
            birth_place_code=raw.get("birth_place_code", ""),
        ),
        status=IdentityStatus(raw["status"]),
        ins=Ins(raw["ins"], raw["oid"]) if raw.get("ins") else None,
        used_name=raw.get("used_name", ""),
        used_given_name=raw.get("used_given_name", ""),
    )
    uow.patients.add(
        Patient(
            patient_id=patient_id,
            identity=identity,
            address=_address(raw.get("address")),
            telephone=raw.get("telephone", ""),
            email=raw.get("email", ""),
            important=raw.get("important", ""),
            important_detail=raw.get("important_detail", ""),
            attending_doctor=raw.get("attending_doctor", ""),
            protocols=tuple(raw.get("protocols", ())),
        )
    )
    for entry in raw.get("medical", ()):
        uow.medical.add(patient_id, _entry(entry, clock, ids))
    for family in raw.get("absences", ()):
        absence = KnownAbsence(Family(family), clock.now(), "Dr MEDECIN5729")
        uow.medical.state_absence(patient_id, absence)
    return patient_id


def _entry(raw: dict[str, Any], clock: Clock, ids: Ids) -> MedicalEntry:
    of_risk = raw["family"] == Family.RISK_FACTOR.value
    code = Coded(**raw["code"]) if raw.get("code") else None
    return MedicalEntry(
        entry_id=ids.uuid(),
        family=Family(raw["family"]),
        label=raw["label"],
        code=code,
        start=PartialDate.parse(raw["start"]) if raw.get("start") else None,
        end=PartialDate.parse(raw["end"]) if raw.get("end") else None,
        active=raw.get("active", True),
        note=raw.get("note") or "",
        kinship=raw.get("kinship") or "",
        age_at_onset=raw.get("age_at_onset"),
        value=raw.get("value"),
        unit=raw.get("unit") or "",
        posology=Posology(raw["posology"]) if raw.get("posology") else None,
        reaction=raw.get("reaction") or "",
        allergy=_allergy(raw.get("allergy") or {}),
        recorded_at=clock.now(),
        risk=subject_of(raw["label"]) if of_risk else Risk.OTHER,
        origin=_origin(code, clock.now()),
    )


def _origin(code: Coded | None, now: dt.datetime) -> CodeOrigin | None:
    """The shipped table that a code of the fictitious practice is of, else the practice itself."""
    if code is None:
        return None
    signs = value_set("vital_sign")
    if signs.get(code.code, code.system) is not None:
        return CodeOrigin("LOINC", f"{signs.name}, {signs.version[:10]}", now)
    shipped = any(term.code == code for file in FILES for term in terms(file))
    edition = nomenclature.edition_of(code) if shipped else "cabinet fictif"
    return CodeOrigin(code_systems.name_of(code.system) or code.system, edition, now)


def _allergy(raw: dict[str, str]) -> Allergy:
    return Allergy(
        AllergyKind(raw.get("kind", "")),
        Agent(raw.get("agent", "")),
        Severity(raw.get("severity", "")),
    )


def _visit(raw: dict[str, Any], known: dict[str, str], clock: Clock, ids: Ids) -> Visit:
    now = clock.now()
    starts = dt.datetime.combine(now.date(), dt.time.fromisoformat(raw["time"]), now.tzinfo)
    presence = Presence(raw["presence"])

    def ago(minutes: int) -> Mark:
        return Mark(now - dt.timedelta(minutes=minutes))

    times = {
        Presence.ARRIVED: Times(ago(12)),
        Presence.IN_CONSULTATION: Times(ago(12), ago(8)),
    }.get(presence, NO_TIMES)
    return Visit(
        ids.uuid(), known[raw["patient"]], starts, raw["minutes"], raw["kind"], presence,
        times=times,
    )  # fmt: skip


def _weeks(
    week: list[dict[str, Any]], known: dict[str, str], clock: Clock, ids: Ids
) -> Iterator[Visit]:
    """The other days of last week, this one and the next; today has its own visits."""
    today = clock.now().date()
    monday = today - dt.timedelta(days=today.weekday())
    for number in (-1, 0, 1):
        for raw in week:
            day = monday + dt.timedelta(weeks=number, days=raw["weekday"])
            if day == today:
                continue
            yield Visit(
                ids.uuid(),
                known[raw["patient"]],
                _at(day, raw["time"], clock),
                raw["minutes"],
                raw["kind"],
                Presence.DONE if day < today else Presence.EXPECTED,
                note=raw["note"],
                place=raw["place"],
            )


def _closures(raw: list[dict[str, Any]], clock: Clock, ids: Ids) -> Iterator[Closure]:
    """Every week from last week on; today's own visits leave an hour for lunch at 13:00."""
    today = clock.now().date()
    monday = today - dt.timedelta(days=today.weekday() + 7)
    for one in raw:
        day = monday + dt.timedelta(days=one["weekday"])
        start = _at(day, one["time"], clock)
        left_out = (today,) if one["weekday"] == today.weekday() else ()
        yield Closure(
            ids.uuid(), start, one["minutes"], one["title"], weekly=True, except_days=left_out
        )
    yield Closure(ids.uuid(), _at(today, "13:00", clock), 60, "Déjeuner")


def _at(day: dt.date, time: str, clock: Clock) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.fromisoformat(time), clock.now().tzinfo)


def _document(
    uow: UnitOfWork, raw: dict[str, Any], known: dict[str, str], clock: Clock, ids: Ids
) -> None:
    kind = Kind(raw["kind"])
    content = raw["text"].encode()
    unique_id = ids.oid()
    state = DmpState(raw.get("dmp_state", "not_deposited"))
    document = Document(
        document_id=ids.uuid(),
        patient_id=known[raw["patient"]],
        unique_id=unique_id,
        set_id=unique_id,
        version=1,
        title=raw["title"],
        type=kinds.type_of(kind),
        kind=kind,
        origin=Origin.PRACTICE,
        mime_type="text/plain",
        created_at=clock.now() - dt.timedelta(days=raw["days_ago"]),
        author="Dr Paul MEDECIN5729",
        organisation="Cabinet",
        sha1=hashlib.sha1(content, usedforsecurity=False).hexdigest(),
        size=len(content),
        dmp_state=state,
        confidentiality=Confidentiality.INVISIBLE_TO_PATIENT
        if state is DmpState.INVISIBLE
        else Confidentiality.VISIBLE,
    )
    uow.documents.add(DocumentContent(document, content), raw["text"])


def _address(raw: dict[str, Any] | None) -> Address:
    if not raw:
        return Address()
    return Address(tuple(raw["lines"]), raw["postal_code"], raw["city"])
