"""Documents written here: what the record keeps of one, and how a version is stored."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Protocol

from lgc.cda import kinds, parse, pdf
from lgc.domain.documents import Document, DocumentContent, DocumentKind, Origin
from lgc.domain.professionals import Practitioner
from lgc.errors import UserFacingError
from lgc.services import versions
from lgc.services.ports import UnitOfWork
from lgc.services.reading_back import keep_record


class Facts(Protocol):
    """What the content of every kind knows of its document."""

    @property
    def author(self) -> Practitioner: ...
    @property
    def unique_id(self) -> str: ...
    @property
    def set_id(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def written_at(self) -> dt.datetime: ...
    @property
    def service_start(self) -> dt.datetime | None: ...
    @property
    def practice_name(self) -> str: ...


def written(
    document_id: str, patient_id: str, kind: str, facts: Facts, content: bytes
) -> DocumentContent:
    """The document of a kind of ``cda_templates`` as the record keeps it, with its PDF."""
    declared = kinds.by_name(kind)
    document = Document(
        document_id=document_id,
        patient_id=patient_id,
        unique_id=facts.unique_id,
        set_id=facts.set_id,
        version=facts.version,
        title=declared.title,
        type=declared.type,
        kind=kinds.kind_of(declared.type.code, declared.type.system),
        origin=Origin.PRACTICE,
        mime_type="text/xml",
        created_at=facts.written_at,
        author=facts.author.display_name,
        organisation=facts.practice_name or facts.author.place.structure_name,
        sha1=hashlib.sha1(content, usedforsecurity=False).hexdigest(),
        size=len(content),
        service_start=facts.service_start,
    )
    return DocumentContent(document, content, pdf.render(parse.parse(content)))


def store_version(uow: UnitOfWork, draft: DocumentContent) -> None:
    """Add a version made here, and mark the version it follows as replaced.

    Raises UserFacingError for a draft that another version overtook: one set, one current version.
    """
    document = draft.document
    _must_follow(uow, draft)
    uow.documents.add(draft, text=parse.plain_text(parse.parse(draft.content)))
    if document.patient_id is not None and document.version > 1:
        for other in uow.documents.of_patient(document.patient_id):
            older = other.set_id == document.set_id and other.version < document.version
            if older and other.replaced_by is None:
                uow.documents.set_replaced(other.document_id, document.document_id)
    if document.patient_id is not None:
        keep_record(uow, document.document_id, document.patient_id)
    uow.audit("document written", document.document_id, document.type.code)


def _must_follow(uow: UnitOfWork, draft: DocumentContent) -> None:
    document = draft.document
    if document.patient_id is None:
        return
    held = [one for one in uow.documents.of_patient(document.patient_id) if one.annulled is None]
    if any(one.set_id == document.set_id and one.version >= document.version for one in held):
        raise _overtaken(document)
    if document.kind is not DocumentKind.VSM:
        return
    authors = parse.header(draft.content).author_ids
    others = [
        one for one in held
        if one.kind is DocumentKind.VSM and one.stands and one.set_id != document.set_id
    ]  # fmt: skip
    if any(versions.is_own(uow, one, who) for one in others for who in authors):
        raise _overtaken(document)


def _overtaken(document: Document) -> UserFacingError:
    if document.kind is DocumentKind.VSM:
        return UserFacingError(
            "Une synthèse plus récente a été faite depuis : celle-ci n’est pas gardée.",
            advice="Refaites-la depuis le dossier, elle en reprendra tout.",
        )
    return UserFacingError(
        "Une version plus récente de ce document a été faite depuis : celle-ci n’est pas gardée.",
        advice="Ouvrez la plus récente, puis écrivez la suivante.",
    )


def keep_source(uow: UnitOfWork, document_id: str, kind: str, text: str) -> None:
    """What a version was written from, beside it."""
    uow.notes.set(f"source:{document_id}", f"{kind}\n{text}")


def source_of(uow: UnitOfWork, document_id: str) -> tuple[str, str]:
    """The kind and the text of what a version was written from; empty when it is unknown."""
    kind, _, text = (uow.notes.get(f"source:{document_id}") or "").partition("\n")
    return kind, text
