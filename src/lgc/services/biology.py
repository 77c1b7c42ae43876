"""Biology of a record: every result of its reports as one table and as series over time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from lgc.domain.biology import LabResult
from lgc.domain.days import practice_day, practice_time
from lgc.domain.dmp import DmpEntry, EntryStatus
from lgc.domain.documents import Document, DocumentKind
from lgc.domain.terms import Nomenclature
from lgc.services.columns import Group, Report, group, reports_of
from lgc.services.ports import Clock, OpenUnit
from lgc.services.protocols import Protocol, protocols
from lgc.services.searching_dmp import SearchingDmp, is_content_of, line_of_entry
from lgc.services.series import Analysis, series_of
from lgc.terminology import code_systems

LONGEST = 200  # characters of a name
LONGEST_WORDS = 4000  # of a result in words, or of what is said of it


@dataclass(frozen=True, slots=True)
class Untabled:
    """A report of biology that no column tells: nothing in it can be read as results.

    ``replaced`` is the day of the report that it replaced, whose values are no longer shown.
    """

    document_id: str
    title: str
    day: dt.date
    replaced: dt.date | None = None


@dataclass(frozen=True, slots=True)
class BiologyView:
    """Everything the part « Biologie » shows. ``absent`` are reports of the DMP not yet here."""

    groups: tuple[Group, ...]
    reports: tuple[Report, ...]
    documents: int
    absent: tuple[DmpEntry, ...]
    follow_ups: tuple[tuple[str, frozenset[str]], ...] = ()
    also_called: Mapping[str, str] = field(default_factory=dict)
    untabled: tuple[Untabled, ...] = ()

    @property
    def analyses(self) -> tuple[Analysis, ...]:
        return tuple(one for group in self.groups for one in group.analyses)


class Biology:
    """Runs in workers: comparing units takes time the first time."""

    def __init__(self, open_unit: OpenUnit, clock: Clock, dmp: SearchingDmp) -> None:
        self._open, self._clock, self._dmp = open_unit, clock, dmp

    def view(self, patient_id: str) -> BiologyView:
        with self._open() as uow:
            patient = uow.patients.get(patient_id)
            stored = uow.results.of_patient(patient_id)
            documents = {d.document_id: d for d in uow.documents.of_patient(patient_id)}
        now = self._clock.now()
        results = [(key, as_shown(self._named(result))) for key, result in stored]
        followed = [protocols()[key] for key in patient.protocols if key in protocols()]
        groups = group(series_of(results, today=now.date()))
        reports = reports_of(groups, documents)
        own = (one.day for one in reports if not one.quoted and not one.ahead)
        newest = max(own, default=None)
        read = {document_id for document_id, _ in results}
        return BiologyView(
            groups=groups,
            reports=reports,
            untabled=untabled_of(documents.values(), read, newest),
            documents=len(read),
            absent=self._absent(patient_id, documents.values()),
            follow_ups=tuple((one.title, _codes(one)) for one in followed),
            also_called=self._also_called(groups),
        )

    def _also_called(self, groups: Sequence[Group]) -> dict[str, str]:
        """Code → what the LOINC table in force calls it, for whoever looks for another name."""
        codes = {one.code for group in groups for one in group.analyses if one.code}
        with self._open() as uow:
            found = (uow.terms.get(Nomenclature.LOINC, code) for code in sorted(codes))
            terms = [term for term in found if term is not None]
        return {term.code.code: f"{term.code.label} {term.others}" for term in terms}

    def _named(self, result: LabResult) -> LabResult:
        """A result that only has its code is named by the LOINC table in force."""
        code = result.code
        if code is None or code.system != code_systems.LOINC or result.label not in ("", code.code):
            return result
        with self._open() as uow:
            term = uow.terms.get(Nomenclature.LOINC, code.code)
        return replace(result, label=term.code.label) if term is not None else result

    def bring(self, patient_id: str, entries: Sequence[DmpEntry]) -> int:
        """Fetch reports of the DMP into the record; returns how many.

        Raises UserFacingError when some cannot be fetched; the others are kept.
        """
        return self._dmp.fetch_all(patient_id, entries).must_be_whole()

    def _absent(self, patient_id: str, held: Iterable[Document]) -> tuple[DmpEntry, ...]:
        stored = tuple(held)
        return tuple(
            entry
            for entry in self._dmp.known(patient_id)
            if not any(is_content_of(one, entry) for one in stored)
            and entry.status == EntryStatus.APPROVED
            and line_of_entry(entry).kind is DocumentKind.BIOLOGY
        )


def untabled_of(
    documents: Iterable[Document],
    read: Collection[str],
    newest: dt.date | None,
) -> tuple[Untabled, ...]:
    """Reports without results that are newer than the ``newest`` column, or took the place of
    another; newest first. ``read`` are the documents whose results the table shows."""
    held = list(documents)
    replaced = {one.replaced_by: one for one in held if one.replaced_by is not None}
    found = []
    for one in held:
        if one.kind is not DocumentKind.BIOLOGY or not one.stands or one.document_id in read:
            continue
        day, before = _day(one), replaced.get(one.document_id)
        if before is not None or newest is None or day > newest:
            gone = _day(before) if before is not None else None
            found.append(Untabled(one.document_id, one.title, day, gone))
    return tuple(sorted(found, key=lambda one: one.day, reverse=True))


def _day(document: Document) -> dt.date:
    return practice_day(document.service_start or document.created_at)


def as_shown(result: LabResult) -> LabResult:
    """Dated by the practice's clock: midnight of a bare date must not be the day before.

    Names are cut to what a table can show; what was found keeps its words.
    """
    return replace(
        result,
        taken_at=practice_time(result.taken_at),
        text=cut(result.text, LONGEST_WORDS),
        comment=cut(result.comment, LONGEST_WORDS),
        reference_text=cut(result.reference_text, LONGEST_WORDS),
        label=cut(result.label),
        unit=cut(result.unit),
        chapter=cut(result.chapter),
        specimen=cut(result.specimen),
        laboratory=cut(result.laboratory),
        isolate=cut(result.isolate),
        isolate_id=cut(result.isolate_id),
    )


def cut(words: str, longest: int = LONGEST) -> str:
    """What is too long says where the rest is."""
    return words if len(words) <= longest else f"{words[: longest - 1]}…"


def _codes(protocol: Protocol) -> frozenset[str]:
    return frozenset(code for act in protocol.acts for code in act.loinc)
