"""A document as understood from outside bytes: header, readable body, data, faults noticed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from lgc.domain.biology import LabResult
from lgc.domain.identity import Ins, Traits
from lgc.domain.medical_data import MedicalEntry, RiskDenial
from lgc.domain.professionals import Coded


@dataclass(frozen=True, slots=True)
class DocumentPatient:
    """The person named in a header; every part may be missing in a real document.

    ``birth_date`` is a whole day or None; ``birth_said`` is what is told of it: « 1977 ».
    """

    ins: tuple[Ins, ...] = ()
    local_ids: tuple[tuple[str, str], ...] = ()
    traits: Traits | None = None
    birth_name: str = ""
    used_name: str = ""
    given_names: tuple[str, ...] = ()
    birth_date: dt.date | None = None
    sex: str = ""
    birth_said: str = ""

    @property
    def born(self) -> str:
        """The birth date in words, as far as it is told."""
        return f"{self.birth_date:%d/%m/%Y}" if self.birth_date else self.birth_said


@dataclass(frozen=True, slots=True)
class DocumentHeader:
    """The header panel of a CDA (HL7 CDA R2 §4.2; CI-SIS structuration minimale).

    ``author_ids`` and ``authenticator_id`` are PS_IdNat as the document writes them; ``answers``
    holds the unique_ids of documents that this one answers or carries out. ``created_said`` and
    ``service_said`` are what is told of a time that tells no hour (« 2026 », « 15/03/2026 »), or
    that was not understood; empty otherwise.
    """

    unique_id: str
    set_id: str
    version: int
    type: Coded
    title: str
    created_at: dt.datetime | None
    patient: DocumentPatient
    authors: tuple[str, ...] = ()
    author_ids: tuple[str, ...] = ()
    organisation: str = ""
    custodian: str = ""
    legal_authenticator: str = ""
    recipients: tuple[str, ...] = ()
    service_start: dt.datetime | None = None
    service_stop: dt.datetime | None = None
    service_event: str = ""
    confidentiality: str = ""
    language: str = ""
    template_ids: tuple[str, ...] = ()
    replaces: str = ""
    answers: tuple[str, ...] = ()
    authenticator_id: str = ""
    created_said: str = ""
    service_said: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A body or an image carried inside the document. ``media_type`` is what the bytes are."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class ReadableSection:
    """One section: title, safe HTML without script, style sheet, form or remote address."""

    title: str
    html: str
    code: Coded | None = None
    sections: tuple[ReadableSection, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadableDocument:
    """What `cda.parse` understood. Either ``sections`` or ``body`` (N1) or both (PDF copy)."""

    header: DocumentHeader
    sections: tuple[ReadableSection, ...] = ()
    body: Attachment | None = None
    images: tuple[Attachment, ...] = ()
    results: tuple[LabResult, ...] = ()
    entries: tuple[MedicalEntry, ...] = ()
    denials: tuple[RiskDenial, ...] = ()
    faults: tuple[str, ...] = field(default=())
