"""A document that came in joins the record: its versions in order, its results with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from lgc.cda import parse
from lgc.domain.documents import Document, DocumentContent
from lgc.domain.readable import ReadableDocument
from lgc.domain.versions import family, settled
from lgc.errors import UnreadableInput
from lgc.services.ports import UnitOfWork
from lgc.services.searchable import words_of

MayReplace = Callable[[UnitOfWork, Document, Document], bool]


def add_received(
    uow: UnitOfWork,
    content: DocumentContent,
    readable: ReadableDocument | None,
    may_replace: MayReplace,
    words: str | None = None,
) -> None:
    """Store one version; whatever came first, the same one stands.

    Results are kept with each version: those of replaced ones are never shown (ports.LabResults).
    What comes in never replaces what was written here, nor what ``may_replace`` keeps (newer,
    older): both stand then. ``words`` for the search
    are given by who has already written in this unit: finding them would keep others waiting.
    """
    says = readable.header.replaces if readable is not None else ""
    document = replace(content.document, replaces=says)
    content = replace(content, document=document)
    uow.documents.add(content, words_of(content, readable) if words is None else words)
    if document.patient_id is None or readable is None:
        return
    if readable.results:
        uow.results.add(document.patient_id, document.document_id, readable.results)
    settle(uow, document.patient_id, [document], may_replace)


def join_again(
    uow: UnitOfWork,
    document: Document,
    readable: ReadableDocument | None,
    may_replace: MayReplace,
) -> None:
    """One that was in a record joins the one of its ``patient_id``, its results with it."""
    assert document.patient_id is not None
    uow.documents.assign(document.document_id, document.patient_id)
    if readable is not None and readable.results:
        uow.results.add(document.patient_id, document.document_id, readable.results)
    settle(uow, document.patient_id, looked(uow, [document]), may_replace)


def settle(
    uow: UnitOfWork, patient_id: str, around: Sequence[Document], may_replace: MayReplace
) -> None:
    """Say anew who replaces whom among those tied to ``around``, which came or left."""
    tied = family(looked(uow, uow.documents.of_patient(patient_id)), around)
    links = settled(tied, lambda newer, older: may_replace(uow, newer, older))
    for one in tied:
        if links[one.document_id] != one.replaced_by:
            uow.documents.set_replaced(one.document_id, links[one.document_id])


def looked(uow: UnitOfWork, documents: Sequence[Document]) -> list[Document]:
    """With the one that each replaces, asked once of what was stored before that was kept."""
    return [_looked(uow, one) for one in documents]


def _looked(uow: UnitOfWork, document: Document) -> Document:
    if document.replaces is not None:
        return document
    said = replaced_by_its_word(uow, document)
    uow.documents.set_replaces(document.document_id, said)
    return replace(document, replaces=said)


def replaced_by_its_word(uow: UnitOfWork, document: Document) -> str:
    """The unique_id that a stored document says it replaces, empty when none."""
    try:
        return parse.header(uow.documents.content(document.document_id).content).replaces
    except UnreadableInput:
        return ""
