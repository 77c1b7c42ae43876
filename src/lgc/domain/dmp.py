"""What the DMP says, as data: existence, authorisation, entries (dmp.md §4, §5)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from lgc.domain.documents import Confidentiality, DocumentReference
from lgc.domain.patients import DmpAccess
from lgc.domain.professionals import Coded


class PurposeOfUse(StrEnum):
    """Access mode of the VIHF; never kept beyond the patient's context (§9)."""

    NORMAL = "normal"
    BREAK_GLASS = "bris_de_glace"
    EMERGENCY_CENTRE = "centre_15"


class AuthorisationAction(StrEnum):
    """TD0.3."""

    ADD = "AJOUT"
    REMOVE = "SUPPRESSION"


@dataclass(frozen=True, slots=True)
class Existence:
    """The answer of TD0.2. ``raw_authorisation`` keeps the literal of the wire."""

    access: DmpAccess
    attending_doctor: bool = False
    raw_authorisation: str = ""
    closed_on: dt.date | None = None
    closing_motive: str = ""


class EntryStatus(StrEnum):
    APPROVED = "urn:oasis:names:tc:ebxml-regrep:StatusType:Approved"
    DEPRECATED = "urn:oasis:names:tc:ebxml-regrep:StatusType:Deprecated"
    ARCHIVED = "urn:asip:ci-sis:2010:StatusType:Archived"
    DELETED = "urn:asip:ci-sis:2010:StatusType:Deleted"


@dataclass(frozen=True, slots=True)
class DmpEntry:
    """One DocumentEntry as a registry returned it (TD3.1). Times are aware (UTC on the wire).

    ``entry_uuid`` moves at every metadata version, ``logical_id`` does not, ``unique_id``
    belongs to the content.
    """

    entry_uuid: str
    logical_id: str
    unique_id: str
    repository_unique_id: str
    title: str
    type: Coded
    class_code: Coded
    format_code: str
    mime_type: str
    status: EntryStatus | str
    created_at: dt.datetime | None
    service_start: dt.datetime | None
    authors: tuple[str, ...]
    organisations: tuple[str, ...]
    confidentiality: tuple[str, ...]
    sha1: str = ""
    size: int | None = None
    version: str = ""

    @property
    def reference(self) -> DocumentReference:
        return DocumentReference(self.repository_unique_id, self.unique_id, self.sha1, self.size)

    @property
    def masked(self) -> bool:
        return Confidentiality.MASKED_TO_PROFESSIONALS.value in self.confidentiality

    @property
    def invisible_to_patient(self) -> bool:
        return Confidentiality.INVISIBLE_TO_PATIENT.value in self.confidentiality


@dataclass(frozen=True, slots=True)
class DmpSearch:
    """Criteria of TD3.1. By default: Approved, at most two years on serviceStartTime (§7)."""

    service_from: dt.datetime | None = None
    service_to: dt.datetime | None = None
    type_codes: tuple[Coded, ...] = ()
    statuses: tuple[EntryStatus, ...] = (EntryStatus.APPROVED,)
