"""Documents of a record: versions with fixed identifiers, origin, confidentiality, DMP state."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from lgc.domain.professionals import Coded
from lgc.errors import UserFacingError


class Origin(StrEnum):
    PRACTICE = "practice"
    DMP = "dmp"
    MSSANTE = "mssante"


class Confidentiality(StrEnum):
    """What the doctor answers for each document (EX_2.1-1050, JDV_J58 beside N)."""

    VISIBLE = "N"
    MASKED_TO_PROFESSIONALS = "MASQUE_PS"
    INVISIBLE_TO_PATIENT = "INVISIBLE_PATIENT"
    INVISIBLE_TO_GUARDIANS = "INVISIBLE_REPRESENTANTS_LEGAUX"


class DmpState(StrEnum):
    NOT_DEPOSITED = "not_deposited"
    DEPOSITED = "deposited"
    FETCHED = "fetched"
    MASKED = "masked"
    INVISIBLE = "invisible"
    REPLACED = "replaced"
    ARCHIVED = "archived"


class DocumentKind(StrEnum):
    """What a document is for the doctor: chooses its glyph and its lane on the life line."""

    BIOLOGY = "biology"
    STAY = "stay"
    NOTE = "note"
    DRUGS = "drugs"
    OTHER_PRESCRIPTION = "other_prescription"
    VSM = "vsm"
    RCP = "rcp"
    SURGERY = "surgery"
    IMAGING = "imaging"
    PATHOLOGY = "pathology"
    LETTER = "letter"
    CERTIFICATE = "certificate"
    PATIENT = "patient"
    OTHER = "other"


IN_DMP = frozenset({DmpState.DEPOSITED, DmpState.MASKED, DmpState.INVISIBLE, DmpState.ARCHIVED})
"""States of a document written here that the DMP shows to somebody."""


@dataclass(frozen=True, slots=True)
class Annulment:
    """Its author said that a finished document does not hold: it is kept, struck, and said.

    ``by`` is the PS_IdNat of the author; ``withdrawn_at`` when the DMP confirmed that it is gone
    there (TD3.3c). Times are aware.
    """

    at: dt.datetime
    by: str
    why: str
    withdrawn_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One immutable version of a document, without its bytes.

    ``unique_id`` is the plain OID of the CDA ``id`` (XDS uniqueId), or a local one for files
    that are not CDA; ``set_id`` is common to all versions. Times are aware.
    ``sha1`` is hex over the stored bytes, ``size`` in bytes; ``replaces`` is the unique_id that it
    says it replaces, None when it was not looked for; ``day_said`` is what is told of its day
    where that is none (« 2026 »): its times are then the first that it may mean, to sort by.
    """

    document_id: str
    patient_id: str | None
    unique_id: str
    set_id: str
    version: int
    title: str
    type: Coded
    kind: DocumentKind
    origin: Origin
    mime_type: str
    created_at: dt.datetime
    author: str
    organisation: str
    sha1: str
    size: int
    service_start: dt.datetime | None = None
    dmp_state: DmpState = DmpState.NOT_DEPOSITED
    confidentiality: Confidentiality = Confidentiality.VISIBLE
    message_id: str | None = None
    unread: bool = False
    replaced_by: str | None = None
    annulled: Annulment | None = None
    replaces: str | None = None
    day_said: str = ""

    @property
    def stands(self) -> bool:
        """Neither replaced nor annulled: only such a document is proposed, sent, or counted."""
        return self.replaced_by is None and self.annulled is None


@dataclass(frozen=True, slots=True)
class DocumentContent:
    """A document with its bytes and, for documents made here, the PDF for human readers."""

    document: Document
    content: bytes
    pdf: bytes | None = None


@dataclass(frozen=True, slots=True)
class DocumentReference:
    """How to ask a registry for one document (ITI-43), and what was promised about it."""

    repository_unique_id: str
    unique_id: str
    sha1: str = ""
    size: int | None = None


def must_stand(document: Document) -> None:
    """Raises UserFacingError for a document that its author annulled: nothing of it leaves."""
    if document.annulled is not None:
        raise UserFacingError(
            f"« {document.title} » a été annulé par son auteur.",
            advice="Il reste dans le dossier et ne part plus.",
        )
