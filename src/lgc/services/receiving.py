"""A document that came in joins the record: its versions in order, its results with it."""

from __future__ import annotations

from collections.abc import Callable

from lgc.domain.documents import Document, DocumentContent, Origin
from lgc.domain.readable import ReadableDocument
from lgc.domain.versions import hides
from lgc.services.ports import UnitOfWork
from lgc.services.searchable import words_of

MayReplace = Callable[[UnitOfWork, Document, Document], bool]


def judged_elsewhere(uow: UnitOfWork, newer: Document, older: Document) -> bool:
    """What the DMP gives: it lets nobody but an author replace (ITI-41, ITI-57)."""
    return older.origin is not Origin.PRACTICE


def add_received(
    uow: UnitOfWork,
    content: DocumentContent,
    readable: ReadableDocument | None,
    words: str | None = None,
    may_replace: MayReplace = judged_elsewhere,
) -> None:
    """Store one version; whatever came first, the highest version of a set stands.

    Results are kept with each version: those of replaced ones are never shown (ports.LabResults).
    What comes in never replaces what was written here, nor what ``may_replace`` keeps (newer,
    older): both stand then. ``words`` for the search
    are given by who has already written in this unit: finding them would keep others waiting.
    """
    document = content.document
    uow.documents.add(content, words_of(content, readable) if words is None else words)
    if document.patient_id is None or readable is None:
        return
    if readable.results:
        uow.results.add(document.patient_id, document.document_id, readable.results)
    for other in uow.documents.of_patient(document.patient_id):
        if other.document_id == document.document_id:
            continue
        if hides(document.unique_id, document.set_id, document.version, readable.header.replaces,
                 other):  # fmt: skip
            if other.replaced_by is None and may_replace(uow, document, other):
                uow.documents.set_replaced(other.document_id, document.document_id)
        elif _came_late(document, other) and may_replace(uow, other, document):
            uow.documents.set_replaced(document.document_id, other.document_id)


def _came_late(document: Document, other: Document) -> bool:
    """Is a newer version of its set there already?"""
    same = bool(other.set_id) and other.set_id == document.set_id
    return same and other.version > document.version and other.origin is not Origin.PRACTICE
