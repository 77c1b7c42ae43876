"""What saves typing: ready lines of prescriptions, letters begun with the patient's data."""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any

from lgc.domain.biology import LabResult
from lgc.domain.medical_data import Family, MedicalRecord
from lgc.paths import bundled
from lgc.services.connection import DeskConnection
from lgc.services.ports import Clock, OpenUnit
from lgc.services.views import PatientView

NOTHING = "non renseigné"
MOST_RESULTS = 8
HISTORY = (Family.CHRONIC, Family.MEDICAL_HISTORY, Family.SURGICAL_HISTORY)
TREATMENTS = (Family.LONG_TERM_TREATMENT, Family.CURRENT_TREATMENT)


@dataclass(frozen=True, slots=True)
class LetterTemplate:
    """A letter whose blanks were filled from the record."""

    title: str
    reason: str
    body: str


class ReadyWords:
    """Runs in workers. The doctor's own lines live in the store, beside the shipped ones."""

    def __init__(self, open_unit: OpenUnit, clock: Clock, connection: DeskConnection) -> None:
        self._open, self._clock, self._connection = open_unit, clock, connection

    def lines(self, kind: str) -> tuple[tuple[str, bool], ...]:
        """Ready lines of a kind of prescription: the doctor's own first, each with True."""
        own = self._own(kind)
        shipped = (line for line in _shipped("orders.toml").get(kind, {}).get("lines", ()))
        return (*((line, True) for line in own), *((s, False) for s in shipped if s not in own))

    def add(self, kind: str, line: str) -> None:
        """Keep one more line of one's own; nothing happens for an empty or a known one."""
        line = " ".join(line.split())
        own = self._own(kind)
        if line and line not in own:
            self._keep(kind, [*own, line])

    def remove(self, kind: str, line: str) -> None:
        """Forget a line of one's own."""
        self._keep(kind, [one for one in self._own(kind) if one != line])

    def letters(self, patient_id: str) -> tuple[LetterTemplate, ...]:
        """The shipped letters, with what the record knows of the patient."""
        now = self._clock.now()
        with self._open() as uow:
            patient = uow.patients.get(patient_id)
            record = uow.medical.of_patient(patient_id)
            results = [result for _, result in uow.results.of_patient(patient_id)]
        view = PatientView.of(patient, now.date())
        blanks = {
            "patient": f"{view.civility} {view.name}".strip(),
            "born": f"né{'e' if view.sex.value == 'F' else ''} le {view.birth_date:%d/%m/%Y}",
            "history": _list(record, HISTORY),
            "treatments": _list(record, TREATMENTS),
            "allergies": _allergies(record),
            "results": _results(results),
            "doctor": self._connection.practitioner.display_name,
            "today": f"{now:%d/%m/%Y}",
        }
        return tuple(
            LetterTemplate(raw["title"], raw["reason"], raw["body"].strip().format(**blanks))
            for raw in _shipped("letters.toml")["letter"]
        )

    def _own(self, kind: str) -> list[str]:
        with self._open() as uow:
            kept = uow.notes.get(_key(kind))
        return json.loads(kept) if kept else []

    def _keep(self, kind: str, lines: list[str]) -> None:
        with self._open() as uow:
            uow.notes.set(_key(kind), json.dumps(lines, ensure_ascii=False))
            uow.commit()


@cache
def _shipped(name: str) -> dict[str, Any]:
    return tomllib.loads((bundled("resources") / "writing" / name).read_text("utf-8"))


def _key(kind: str) -> str:
    return f"ready-lines:{kind}"


def _list(record: MedicalRecord, families: tuple[Family, ...]) -> str:
    found = [entry for family in families for entry in record.of(family) if entry.active]
    lines = []
    for entry in found:
        dosage = entry.posology.sentence if entry.posology is not None else ""
        lines.append(f"– {entry.label}" + (f" : {dosage}" if dosage else ""))
    return "\n".join(lines) or NOTHING


def _allergies(record: MedicalRecord) -> str:
    if record.absence_of(Family.ALLERGY) is not None:
        return "aucune connue"
    return ", ".join(one.label for one in record.of(Family.ALLERGY) if one.active) or NOTHING


def _results(results: list[LabResult]) -> str:
    """The latest of each analysis, newest first; text and numbers as the report gives them."""
    latest: dict[str, LabResult] = {}
    for one in sorted(results, key=lambda result: result.taken_at):
        if not one.previous and (one.value is not None or one.text):
            latest[one.code.code if one.code is not None else one.label] = one
    newest = sorted(latest.values(), key=lambda result: result.taken_at, reverse=True)
    return "\n".join(_result(one) for one in newest[:MOST_RESULTS]) or NOTHING


def _result(one: LabResult) -> str:
    number = f"{one.value:.6g}".replace(".", ",") if one.value is not None else one.text
    value = " ".join(part for part in (one.operator, number, one.unit) if part)
    day: dt.date = one.taken_at.date()
    return f"– {one.label} : {value} ({day:%d/%m/%Y})"
