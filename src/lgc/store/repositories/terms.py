"""Nomenclatures that were brought in: entries numbered in the order they are proposed.

A nomenclature is a range of numbers. Another one is written beside it, a few thousand entries at a
time, and takes its place by changing the range: readers see the one or the other, never half.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from lgc.domain.professionals import Coded
from lgc.domain.terms import Medicine, Nomenclature, Source, Term
from lgc.store.engine import TERM_SEARCH
from lgc.store.models import TermRow, TermSourceRow
from lgc.store.words import fold, words_of


class TermRepository:
    """Implements ``services.ports.Terms``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def sources(self) -> list[Source]:
        """What is in force."""
        rows = self._session.scalars(select(TermSourceRow).order_by(TermSourceRow.nomenclature))
        return [_source(row) for row in rows]

    def next_number(self) -> int:
        """Where entries to come begin, above everything ever written."""
        return (self._session.scalar(select(func.max(TermRow.number))) or 0) + 1

    def add(self, terms: Sequence[Term], first: int) -> None:
        """Entries numbered from ``first``, in the order they will be proposed; in force later."""
        rows = [_columns(term, first + place) for place, term in enumerate(terms)]
        if rows:
            self._session.execute(insert(TermRow), rows)
            searched = [
                (first + place, fold(f"{t.code.label} {t.others} {t.code.code}{_hyphened(t)}"))
                for place, t in enumerate(terms)
            ]
            TERM_SEARCH.put_many(self._session, searched)

    def publish(self, source: Source, first: int, last: int, withdrawn: Mapping[str, str]) -> None:
        """From this commit on these numbers are the nomenclature; those before are forgotten."""
        self._session.merge(
            TermSourceRow(
                nomenclature=source.nomenclature.value,
                version=source.version,
                imported_at=source.imported_at,
                count=source.count,
                first=first,
                last=last,
                withdrawn=[list(pair) for pair in withdrawn.items()],
            )
        )

    def withdrawn(self, nomenclature: Nomenclature) -> dict[str, str]:
        """Codes that the file in force says not to use: the one in their place, or nothing."""
        row = self._session.get(TermSourceRow, nomenclature.value)
        return dict(row.withdrawn) if row is not None else {}

    def forget(self, nomenclature: Nomenclature) -> None:
        """Nothing is in force any more; the entries go with ``sweep``."""
        row = self._session.get(TermSourceRow, nomenclature.value)
        if row is not None:
            self._session.delete(row)

    def say_version(self, nomenclature: Nomenclature, version: str) -> None:
        """What edition is in force, where the file did not say it."""
        row = self._session.get(TermSourceRow, nomenclature.value)
        if row is not None:
            row.version = version

    def sweep(self, limit: int) -> int:
        """Remove up to ``limit`` entries that are not in force; returns how many were found."""
        self._session.flush()
        numbers: list[int] = []
        for first, last in self._gaps():
            between = TermRow.number.between(first, last)
            asked = select(TermRow.number).where(between).limit(limit - len(numbers))
            numbers += self._session.scalars(asked)
        if numbers:
            TERM_SEARCH.drop_many(self._session, numbers)
            self._session.execute(delete(TermRow).where(TermRow.number.in_(numbers)))
        return len(numbers)

    def _gaps(self) -> list[tuple[int, int]]:
        """Ranges of numbers that no nomenclature holds."""
        held = self._session.execute(select(TermSourceRow.first, TermSourceRow.last)).all()
        gaps, start = [], 1
        for first, last in sorted((first, last) for first, last in held):
            gaps.append((start, first - 1))
            start = last + 1
        return [*gaps, (start, self.next_number())]

    def find(self, nomenclature: Nomenclature, words: str, limit: int) -> list[Term]:
        """Every word begins a word of the entry; those whose label begins so come first."""
        row = self._session.get(TermSourceRow, nomenclature.value)
        asked = words_of(words)
        if row is None or not asked:
            return []
        numbers = TERM_SEARCH.find(self._session, asked, row.first, row.last, limit, head=True)
        if len(numbers) < limit:
            others = TERM_SEARCH.find(self._session, asked, row.first, row.last, limit)
            numbers = list(dict.fromkeys((*numbers, *others)))[:limit]
        rows = self._session.scalars(select(TermRow).where(TermRow.number.in_(numbers)))
        by_number = {found.number: _term(found) for found in rows}
        return [by_number[number] for number in numbers if number in by_number]

    def get(self, nomenclature: Nomenclature, code: str) -> Term | None:
        """The entry of this code, as the version in force has it."""
        row = self._session.get(TermSourceRow, nomenclature.value)
        if row is None:
            return None
        found = self._session.scalar(
            select(TermRow).where(TermRow.code == code, TermRow.number.between(row.first, row.last))
        )
        return _term(found) if found is not None else None

    def every(self, nomenclature: Nomenclature) -> Iterator[Term]:
        """All entries in force, a few thousand in memory at a time."""
        row = self._session.get(TermSourceRow, nomenclature.value)
        if row is None:
            return
        asked = select(TermRow).where(TermRow.number.between(row.first, row.last))
        for found in self._session.scalars(asked.execution_options(yield_per=2000)):
            yield _term(found)


def _hyphened(term: Term) -> str:
    """« NEO-MERCAZOLE » is found by « neomercazole » too."""
    named = f"{term.code.label} {term.others}".split()
    return "".join(f" {word.replace('-', '')}" for word in named if "-" in word)


def _columns(term: Term, number: int) -> dict[str, object]:
    return {
        "number": number,
        "system": term.code.system,
        "code": term.code.code,
        "label": term.code.label,
        "others": term.others,
        "detail": term.detail,
        "weight": term.weight,
        "medicine": list(astuple(term.medicine)) if term.medicine is not None else [],
    }


def _term(row: TermRow) -> Term:
    return Term(
        Coded(row.code, row.system, row.label),
        row.others,
        row.detail,
        row.weight,
        Medicine(*row.medicine) if row.medicine else None,
    )


def _source(row: TermSourceRow) -> Source:
    return Source(Nomenclature(row.nomenclature), row.version, row.imported_at, row.count)
