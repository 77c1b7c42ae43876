"""What saves typing: ready lines of prescriptions, letters begun with the patient's data."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from lgc.domain import allergy_words, measures
from lgc.domain.days import in_words
from lgc.domain.families import ABSENCES
from lgc.domain.identity import Sex
from lgc.domain.medical_data import Family, MedicalEntry, MedicalRecord
from lgc.domain.professionals import Correspondent
from lgc.paths import bundled
from lgc.services.biology import as_shown
from lgc.services.connection import DeskConnection
from lgc.services.ports import Clock, OpenUnit
from lgc.services.results_in_letter import latest
from lgc.services.views import PatientView

NOTHING = "non renseigné"
HISTORY = (Family.CHRONIC, Family.MEDICAL_HISTORY, Family.SURGICAL_HISTORY)
TREATMENTS = (Family.LONG_TERM_TREATMENT, Family.CURRENT_TREATMENT)
BLANKS = {"history": HISTORY, "treatments": TREATMENTS, "allergies": (Family.ALLERGY,)}
"""Blank of a model, or what it joins → families of the record."""
BORN = {Sex.MALE: "né le", Sex.FEMALE: "née le", Sex.UNKNOWN: "date de naissance"}
HANDED = {
    True: "à {patient}, à sa demande, le {today_in_words}.",
    False: "à son représentant légal, à sa demande, le {today_in_words}.",
}
"""Of age or not → to whom the paper goes."""
BOTH = "Cher confrère, chère consœur"
GREETINGS = {
    "M": "Cher confrère",
    "MME": "Chère consœur",
    "MLLE": "Chère consœur",
}


@dataclass(frozen=True, slots=True)
class LetterTemplate:
    """A letter whose blanks were filled from the record.

    ``joins`` are the entries that the model ticks, ``written`` the lines it wrote for entries.
    """

    title: str
    reason: str
    body: str
    joins: tuple[str, ...] = ()
    written: Mapping[str, str] = field(default_factory=dict)


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

    def letters(
        self, patient_id: str, kind: str = "letter", recipients: Sequence[Correspondent] = ()
    ) -> tuple[LetterTemplate, ...]:
        """The shipped models of a kind, with what the record knows of the patient."""
        now = self._clock.now()
        with self._open() as uow:
            patient = uow.patients.get(patient_id)
            record = uow.medical.of_patient(patient_id)
            stored = uow.results.of_patient(patient_id)
        results = [(key, as_shown(result)) for key, result in stored]
        view = PatientView.of(patient, now.date())
        adult = patient.age_on(now.date()).years >= measures.ADULT
        blanks = {
            "patient": f"{view.civility} {view.name}".strip(),
            "born": f"{BORN[view.sex]} {view.birth_date:%d/%m/%Y}",
            "greeting": greeting(recipients),
            "history": _list(record, HISTORY),
            "treatments": _list(record, TREATMENTS),
            "allergies": _allergies(record),
            "results": latest(results, now.date()) or NOTHING,
            "doctor": self._connection.practitioner.display_name,
            "today_in_words": in_words(now.date()),
        }
        blanks["handed"] = HANDED[adult].format(**blanks)
        return tuple(
            _filled(raw, blanks, record)
            for raw in _shipped("letters.toml")["letter"]
            if raw.get("kind", "letter") == kind
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


def greeting(recipients: Sequence[Correspondent]) -> str:
    """« Chère consœur » to whom the contact tells it of; both when it does not."""
    titles = {one.title.strip().upper().rstrip(".") for one in recipients}
    return GREETINGS.get(titles.pop(), BOTH) if len(titles) == 1 else BOTH


def _filled(
    raw: Mapping[str, Any], blanks: Mapping[str, str], record: MedicalRecord
) -> LetterTemplate:
    """A model with its blanks filled; what it ticks is what it says of the record."""
    body = raw["body"].strip()
    families = {one for name in raw.get("joins", ()) for one in BLANKS[name]}
    shown = {one for name, held in BLANKS.items() if f"{{{name}}}" in body for one in held}
    told = [entry for entry in record.entries if _is_told(entry)]
    return LetterTemplate(
        raw["title"],
        raw["reason"],
        body.format(**blanks),
        tuple(entry.entry_id for entry in told if entry.family in families),
        {entry.entry_id: _line(entry) for entry in told if entry.family in shown},
    )


def _is_told(entry: MedicalEntry) -> bool:
    """What is over is history still; a treatment or an allergy that is over is none."""
    return entry.active or entry.family in HISTORY


def _line(entry: MedicalEntry) -> str:
    if entry.family is Family.ALLERGY:
        return f"– {allergy_words.told(entry)}"
    dosage = entry.posology.sentence if entry.posology is not None else ""
    end = f", {entry.end.french}" if entry.end else ""
    over = "" if entry.active else f" (terminé{end})"
    return f"– {entry.label}" + (f" : {dosage}" if dosage else "") + over


def _list(record: MedicalRecord, families: tuple[Family, ...]) -> str:
    """The entries; without one, what was stated absent, and that alone."""
    found = [entry for family in families for entry in record.of(family) if _is_told(entry)]
    if found:
        return "\n".join(_line(entry) for entry in found)
    stated = [family for family in families if record.absence_of(family) is not None]
    return "\n".join(f"– {ABSENCES[family]}" for family in stated) or NOTHING


def _allergies(record: MedicalRecord) -> str:
    """The entries first: an absence that stands beside one is believed by nobody."""
    found = [_line(one) for one in record.of(Family.ALLERGY) if one.active]
    if found:
        return "\n".join(("", *found))
    return NOTHING if record.absence_of(Family.ALLERGY) is None else "aucune connue"
