"""A document that came in joins the record: its versions in order, its results with it."""

from __future__ import annotations

from lgc.domain.documents import Document, DocumentContent, Origin
from lgc.domain.readable import ReadableDocument
from lgc.services.ports import UnitOfWork
from lgc.services.searchable import words_of


def add_received(
    uow: UnitOfWork,
    content: DocumentContent,
    readable: ReadableDocument | None,
    words: str | None = None,
) -> None:
    """Store one version; whatever came first, the highest version of a set stands.

    Results are kept with each version: those of replaced ones are never shown (ports.LabResults).
    What comes in never replaces what was written here, whatever it says. ``words`` for the search
    are given by who has already written in this unit: finding them would keep others waiting.
    """
    document = content.document
    uow.documents.add(content, words_of(content, readable) if words is None else words)
    if document.patient_id is None or readable is None:
        return
    if readable.results:
        uow.results.add(document.patient_id, document.document_id, readable.results)
    for other in uow.documents.of_patient(document.patient_id):
        own = other.origin is Origin.PRACTICE
        if other.document_id != document.document_id and not own:
            _supersede(uow, document, other, readable.header.replaces)


def _supersede(uow: UnitOfWork, document: Document, other: Document, replaces: str) -> None:
    same = bool(other.set_id) and other.set_id == document.set_id
    named = bool(replaces) and other.unique_id == replaces
    if named or (same and other.version < document.version):
        if other.replaced_by is None:
            uow.documents.set_replaced(other.document_id, document.document_id)
    elif same and other.version > document.version:
        uow.documents.set_replaced(document.document_id, other.document_id)
