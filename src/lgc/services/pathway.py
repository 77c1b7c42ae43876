"""The care pathway below the life line: planned acts of a protocol, done, late or to come.

Protocols are data (``resources/protocols``), matched to what was done by LOINC code of a
result, by kind of document, or by words of an entry of the record.
"""

from __future__ import annotations

import datetime as dt
import itertools
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from lgc import paths
from lgc.domain.biology import LabResult
from lgc.domain.documents import Document
from lgc.domain.medical_data import MedicalRecord
from lgc.services.views import Lane, Mark, MarkState

DAYS_PER_MONTH = 30.4375


@dataclass(frozen=True, slots=True)
class PlannedAct:
    """One act of a protocol and how to recognise that it was done."""

    name: str
    months: float
    loinc: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    @property
    def every(self) -> str:
        return "1 an" if self.months == 12 else f"{self.months:g} mois".replace(".", ",")

    @property
    def days(self) -> int:
        return round(self.months * DAYS_PER_MONTH)


@dataclass(frozen=True, slots=True)
class Protocol:
    key: str
    title: str
    acts: tuple[PlannedAct, ...]


@dataclass(frozen=True, slots=True)
class Lanes:
    protocols: tuple[str, ...]
    lanes: tuple[Lane, ...]


@cache
def protocols() -> dict[str, Protocol]:
    """Every shipped protocol by key."""
    found = {}
    for file in sorted((paths.bundled("resources") / "protocols").glob("*.toml")):
        raw = tomllib.loads(file.read_text("utf-8"))
        acts = tuple(
            PlannedAct(
                act["name"],
                act["months"],
                tuple(act.get("loinc", ())),
                tuple(act.get("kinds", ())),
                tuple(act.get("words", ())),
            )
            for act in raw["act"]
        )
        found[file.stem] = Protocol(file.stem, raw["title"], acts)
    return found


def lanes_of(
    keys: Sequence[str],
    documents: Sequence[Document],
    results: Sequence[tuple[str, LabResult]],
    record: MedicalRecord,
    today: dt.date,
) -> Lanes:
    """One lane per planned act of the patient's protocols."""
    followed = [protocols()[key] for key in keys if key in protocols()]
    lanes = tuple(
        Lane(act.name, act.every, marks_of(act, _done(act, documents, results, record), today))
        for protocol in followed
        for act in protocol.acts
    )
    return Lanes(tuple(protocol.title for protocol in followed), lanes)


@dataclass(frozen=True, slots=True)
class _Done:
    day: dt.date
    document_id: str | None
    detail: str = ""


def _done(
    act: PlannedAct,
    documents: Iterable[Document],
    results: Iterable[tuple[str, LabResult]],
    record: MedicalRecord,
) -> list[_Done]:
    found = {}
    for document in documents:
        words = any(word in document.title.casefold() for word in act.words)
        if document.kind in act.kinds or words:
            day = (document.service_start or document.created_at).date()
            found[day] = _Done(day, document.document_id)
    for entry in record.entries:
        if entry.start and any(word in entry.label.casefold() for word in act.words):
            day = dt.date(entry.start.year, entry.start.month or 1, entry.start.day or 1)
            found[day] = _Done(day, None)
    for document_id, result in results:
        if result.code and result.code.code in act.loinc and not result.previous:
            day = result.taken_at.date()
            value = "" if result.value is None else f"{result.value:g}".replace(".", ",")
            found[day] = _Done(day, document_id, f"{value} {result.unit}".strip())
    return [found[day] for day in sorted(found)]


def marks_of(act: PlannedAct, done: Sequence[_Done], today: dt.date) -> tuple[Mark, ...]:
    """Each done act against the date its predecessor planned, then the next one due."""
    if not done:
        return ()
    every = dt.timedelta(days=act.days)
    marks = [Mark(MarkState.DONE, None, done[0].day, 0, done[0].document_id, done[0].detail)]
    for before, after in itertools.pairwise(done):
        planned = before.day + every
        gap = (after.day - planned).days
        marks.append(Mark(MarkState.DONE, planned, after.day, gap, after.document_id, after.detail))
    due = done[-1].day + every
    state = MarkState.LATE if due < today else MarkState.TO_COME
    last = f"Dernière : {done[-1].detail}" if done[-1].detail else "Dernière"
    words = f"{last}, le {done[-1].day:%d/%m/%Y}"
    marks.append(Mark(state, due, None, (today - due).days, detail=words))
    return tuple(marks)
