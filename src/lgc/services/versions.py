"""Who may replace a stored document, and by which version: read in the document itself."""

from __future__ import annotations

from lgc.cda import parse
from lgc.domain.documents import Document, DocumentContent, Origin, must_stand
from lgc.domain.versions import Succession, Version, may_replace, successor
from lgc.errors import UnreadableInput, UserFacingError
from lgc.services.ports import UnitOfWork


def succeed(uow: UnitOfWork, document_id: str, who: str) -> Succession:
    """Set, number and link of the version that ``who`` (PS_IdNat) writes after a document.

    Raises UserFacingError when ``who`` is none of its authors, or when a newer version exists.
    """
    content = uow.documents.content(document_id)
    must_stand(content.document)
    if content.document.replaced_by is not None:
        raise UserFacingError(
            "Ce document a déjà été remplacé.", advice="Ouvrez sa dernière version."
        )
    return successor(_version(content), who)


def before(uow: UnitOfWork, document: Document) -> list[Document]:
    """The stored versions that a document follows, newest first."""
    if document.patient_id is None or document.version == 1:
        return []
    followed = {
        one.replaced_by: one
        for one in uow.documents.of_patient(document.patient_id)
        if one.replaced_by is not None
    }
    found: list[Document] = []
    while (older := followed.pop(document.document_id, None)) is not None:
        found.append(older)
        document = older
    return found


def is_own(uow: UnitOfWork, document: Document, who: str) -> bool:
    """Whether ``who`` is among the authors of a document written in this practice."""
    if document.origin is not Origin.PRACTICE:
        return False
    return may_replace(_version(uow.documents.content(document.document_id)).author_ids, who)


def _version(content: DocumentContent) -> Version:
    document = content.document
    try:
        authors = parse.header(content.content).author_ids
    except UnreadableInput:
        authors = ()
    return Version(document.unique_id, document.set_id, document.version, authors)
