"""Documents: immutable versions, their bytes apart, and the full text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from lgc.domain import media_types
from lgc.domain.documents import (
    Annulment,
    Confidentiality,
    DmpState,
    Document,
    DocumentContent,
    DocumentKind,
    Origin,
)
from lgc.domain.professionals import Coded
from lgc.store.engine import DOCUMENT_SEARCH
from lgc.store.models import DocumentBodyRow, DocumentRow
from lgc.store.repositories.rows import existing
from lgc.store.words import fold, text_groups

_NEWEST_FIRST = (DocumentRow.created_at.desc(), DocumentRow.document_id)


class DocumentRepository:
    """Implements ``services.ports.Documents``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, content: DocumentContent, text: str = "") -> None:
        """Store one immutable version; ``text`` feeds the full-text search."""
        document = content.document
        self._session.add(DocumentRow(**_columns(document)))
        self._session.add(
            DocumentBodyRow(
                document_id=document.document_id,
                text=text,
                content=content.content,
                pdf=content.pdf,
            )
        )
        DOCUMENT_SEARCH.put(
            self._session,
            document.document_id,
            title=fold(f"{document.title} {document.type.label}"),
            author=fold(f"{document.author} {document.organisation}"),
            body=fold(text),
        )

    def get(self, document_id: str) -> Document:
        return _document(existing(self._session, DocumentRow, document_id))

    def content(self, document_id: str) -> DocumentContent:
        body = existing(self._session, DocumentBodyRow, document_id)
        return DocumentContent(self.get(document_id), body.content, body.pdf)

    def of_patient(self, patient_id: str) -> list[Document]:
        """Newest first."""
        return self._all(DocumentRow.patient_id == patient_id)

    def with_unique_id(self, unique_id: str) -> list[Document]:
        return self._all(DocumentRow.unique_id == unique_id)

    def outside(self, message_id: str) -> list[Document]:
        """Those of a message that were taken out of every record."""
        return self._all(DocumentRow.message_id == message_id, DocumentRow.patient_id.is_(None))

    def unread_of(self, patient_ids: Sequence[str]) -> list[Document]:
        """Newest first."""
        return self._all(DocumentRow.unread, DocumentRow.patient_id.in_(patient_ids))

    def assign(self, document_id: str, patient_id: str | None) -> None:
        self._set(document_id, patient_id=patient_id)

    def set_message(self, document_id: str, message_id: str) -> None:
        self._set(document_id, message_id=message_id)

    def mark_read(self, document_id: str, read: bool = True) -> None:
        self._set(document_id, unread=not read)

    def set_dmp_state(
        self, document_id: str, state: DmpState, confidentiality: Confidentiality
    ) -> None:
        self._set(document_id, dmp_state=state.value, confidentiality=confidentiality.value)

    def set_replaced(self, document_id: str, by: str | None) -> None:
        self._set(document_id, replaced_by=by)

    def set_replaces(self, document_id: str, unique_id: str) -> None:
        """What its header says that it replaces, empty for nothing."""
        self._set(document_id, replaces=unique_id)

    def set_annulled(self, document_id: str, annulment: Annulment | None) -> None:
        self._set(document_id, **_annulled_columns(annulment))

    def annulled_by(self, national_id: str) -> list[Document]:
        """What ``national_id`` annulled and the DMP has not confirmed as gone, newest first."""
        return self._all(
            DocumentRow.annulled_at.is_not(None),
            DocumentRow.withdrawn_at.is_(None),
            DocumentRow.annulled_by == national_id,
        )

    def remove(self, document_id: str) -> None:
        """Undo a filing: what it replaced stands again.

        Raises UserFacingError at the commit when something still needs it.
        """
        self._session.flush()
        self._session.execute(
            update(DocumentRow)
            .where(DocumentRow.replaced_by == document_id)
            .values(replaced_by=None)
        )
        self._session.execute(
            delete(DocumentBodyRow).where(DocumentBodyRow.document_id == document_id)
        )
        self._session.execute(delete(DocumentRow).where(DocumentRow.document_id == document_id))
        DOCUMENT_SEARCH.drop(self._session, document_id)

    def find(self, words: str, patient_id: str | None = None, limit: int = 50) -> list[Document]:
        """Full text over titles, authors and bodies; accents forgiven, last word a prefix."""
        groups = text_groups(words)
        if not groups:
            return []
        hits = DOCUMENT_SEARCH.hits(groups)
        found = select(DocumentRow).join(hits, hits.c.key == DocumentRow.document_id)
        if patient_id is not None:
            found = found.where(DocumentRow.patient_id == patient_id)
        rows = self._session.scalars(found.order_by(hits.c.rank, *_NEWEST_FIRST).limit(limit))
        return [_document(row) for row in rows]

    def texts(self, document_ids: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Ids and words of these documents, a few at a time: long reports are never all held."""
        rows = self._session.execute(
            select(DocumentBodyRow.document_id, DocumentBodyRow.text)
            .where(DocumentBodyRow.document_id.in_(document_ids))
            .execution_options(yield_per=20)
        )
        yield from ((document_id, words) for document_id, words in rows)

    def _all(self, *conditions: object) -> list[Document]:
        rows = self._session.scalars(
            select(DocumentRow).where(*conditions).order_by(*_NEWEST_FIRST)  # type: ignore[arg-type]
        )
        return [_document(row) for row in rows]

    def _set(self, document_id: str, **columns: object) -> None:
        """One column at a time needs no revision: two hands on two columns do not meet."""
        existing(self._session, DocumentRow, document_id)
        self._session.execute(
            update(DocumentRow).where(DocumentRow.document_id == document_id).values(columns)
        )


def _columns(document: Document) -> dict[str, object]:
    return {
        "document_id": document.document_id,
        "patient_id": document.patient_id,
        "unique_id": document.unique_id,
        "set_id": document.set_id,
        "version": document.version,
        "title": document.title,
        "type_code": document.type.code,
        "type_system": document.type.system,
        "type_label": document.type.label,
        "kind": document.kind.value,
        "origin": document.origin.value,
        "mime_type": media_types.named(document.mime_type),
        "created_at": document.created_at,
        "author": document.author,
        "organisation": document.organisation,
        "sha1": document.sha1,
        "size": document.size,
        "service_start": document.service_start,
        "dmp_state": document.dmp_state.value,
        "confidentiality": document.confidentiality.value,
        "message_id": document.message_id,
        "unread": document.unread,
        "replaced_by": document.replaced_by,
        "replaces": document.replaces,
        "day_said": document.day_said,
        **_annulled_columns(document.annulled),
    }


def _annulled_columns(annulment: Annulment | None) -> dict[str, object]:
    if annulment is None:
        return {"annulled_at": None, "annulled_by": "", "annulled_why": "", "withdrawn_at": None}
    return {
        "annulled_at": annulment.at,
        "annulled_by": annulment.by,
        "annulled_why": annulment.why,
        "withdrawn_at": annulment.withdrawn_at,
    }


def _annulment(row: DocumentRow) -> Annulment | None:
    if row.annulled_at is None:
        return None
    return Annulment(row.annulled_at, row.annulled_by, row.annulled_why, row.withdrawn_at)


def _document(row: DocumentRow) -> Document:
    return Document(
        document_id=row.document_id,
        patient_id=row.patient_id,
        unique_id=row.unique_id,
        set_id=row.set_id,
        version=row.version,
        title=row.title,
        type=Coded(row.type_code, row.type_system, row.type_label),
        kind=DocumentKind(row.kind),
        origin=Origin(row.origin),
        mime_type=media_types.named(row.mime_type),
        created_at=row.created_at,
        author=row.author,
        organisation=row.organisation,
        sha1=row.sha1,
        size=row.size,
        service_start=row.service_start,
        dmp_state=DmpState(row.dmp_state),
        confidentiality=Confidentiality(row.confidentiality),
        message_id=row.message_id,
        unread=row.unread,
        replaced_by=row.replaced_by,
        annulled=_annulment(row),
        replaces=row.replaces,
        day_said=row.day_said,
    )
