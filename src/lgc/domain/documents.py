"""Documents of a record: versions with fixed identifiers, origin, confidentiality, DMP state."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from lgc.domain.professionals import Coded


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


@dataclass(frozen=True, slots=True)
class Document:
    """One immutable version of a document, without its bytes.

    ``unique_id`` is the plain OID of the CDA ``id`` (XDS uniqueId), or a local one for files
    that are not CDA; ``set_id`` is common to all versions. Times are aware.
    ``sha1`` is hex over the stored bytes, ``size`` in bytes.
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
