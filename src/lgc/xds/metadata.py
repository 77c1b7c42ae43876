"""XDS metadata of a submission: its set, its entries, their associations (dmp.md §5).

Shared by ITI-41 (DMP) and XDM (MSSanté): the same document has the same sheet on both ways.
Identifiers are those fixed at the doctor's click, so building twice gives the same metadata.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Protocol

from lgc.domain.belonging import belonging
from lgc.domain.documents import Confidentiality, Document
from lgc.domain.identity import QualifiedIns
from lgc.domain.professionals import Coded, Practitioner
from lgc.errors import UserFacingError
from lgc.terminology import document_codes, specialities
from lgc.terminology.value_sets import value_set
from lgc.xds import codes
from lgc.xds.cda_header import CdaHeader, HeaderAuthor, coded_text, read_header
from lgc.xds.hl7_text import xcn, xon

HAS_MEMBER = "urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember"
SIGNS = "urn:ihe:iti:2007:AssociationType:signs"
REPLACES = "urn:ihe:iti:2007:AssociationType:RPLC"

SET_ID = "SubmissionSet01"
SIGNATURE_ID = "Signature01"
NOTHING: Mapping[str, str] = MappingProxyType({})


class Enclosure(Protocol):
    """One document of a submission, its bytes and the doctor's choice (EX_2.1-1050)."""

    @property
    def document(self) -> Document: ...
    @property
    def content(self) -> bytes: ...
    @property
    def confidentiality(self) -> Confidentiality: ...


class SetRequest(Protocol):
    """What any submission set says: who, about whom, when, why, under which identifier."""

    @property
    def ins(self) -> QualifiedIns: ...
    @property
    def author(self) -> Practitioner: ...
    @property
    def submission_set_id(self) -> str: ...
    @property
    def submitted_at(self) -> dt.datetime: ...
    @property
    def title(self) -> str: ...
    @property
    def comments(self) -> str: ...


class SubmissionRequest(SetRequest, Enclosure, Protocol):
    """Documents to share with their fixed identifiers (`services.ports.DmpSubmission`).

    It is the first enclosure itself; ``others`` travel in the same submission set.
    """

    @property
    def others(self) -> Sequence[Enclosure]: ...
    @property
    def signature_document_id(self) -> str: ...
    @property
    def earlier(self) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True)
class Author:
    """XDS author: ``person`` XCN, ``speciality`` code^label^system, ``institution`` XON."""

    person: str
    speciality: str = ""
    institution: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class DocumentEntry:
    """§5.2. ``entry_id`` is symbolic within the submission; times are aware."""

    entry_id: str
    unique_id: str
    patient_id: str
    mime_type: str
    language: str
    title: str
    comments: str
    created_at: dt.datetime
    service_start: dt.datetime | None
    service_stop: dt.datetime | None
    legal_authenticator: str
    source_patient_id: str
    source_patient_info: tuple[str, ...]
    authors: tuple[Author, ...]
    class_code: Coded
    type_code: Coded
    format_code: Coded
    confidentiality: tuple[Coded, ...]
    facility: Coded
    practice_setting: Coded
    events: tuple[Coded, ...]
    sha1: str
    size: int


@dataclass(frozen=True, slots=True)
class SubmissionSet:
    """§5.1. ``source_id`` is the OID of this installation."""

    unique_id: str
    source_id: str
    patient_id: str
    submitted_at: dt.datetime
    title: str
    comments: str
    author: Author
    content_type: Coded
    set_id: str = SET_ID


@dataclass(frozen=True, slots=True)
class Association:
    """§5.3. Ends are symbolic ids, or the entryUUID of a document already in the registry."""

    type: str
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Submission:
    """What leaves: the set, its entries in order, and what ties them."""

    set: SubmissionSet
    entries: tuple[DocumentEntry, ...]
    associations: tuple[Association, ...]


def submission(
    request: SubmissionRequest,
    source_id: str,
    *,
    signature: bytes | None = None,
    replaced: Mapping[str, str] = NOTHING,
    set_author: Practitioner | None = None,
) -> Submission:
    """The metadata of ``request``; ``signature`` adds the entry of that XAdES file (DMP only).

    ``source_id`` is the OID of the installation; ``replaced`` maps the uniqueId of a document
    to the entryUUID of the one it replaces; ``set_author`` is who sends when it is not the
    author (TD2.2). Raises UnreadableInput when a content is no CDA, UserFacingError when it
    names another patient or another document than the request.
    """
    enclosures = (request, *request.others)
    entries = [document_entry(request, one, n) for n, one in enumerate(enclosures, 1)]
    links = [
        Association(REPLACES, entry.entry_id, replaced[entry.unique_id])
        for entry in entries
        if entry.unique_id in replaced
    ]
    if signature is not None:
        for one in enclosures:
            _must_bear(read_header(one.content), request.ins)
        entries.append(signature_entry(entries[0], request.signature_document_id, signature))
        links.insert(0, Association(SIGNS, SIGNATURE_ID, SET_ID))
    links = [*(Association(HAS_MEMBER, SET_ID, e.entry_id) for e in entries), *links]
    made = package(request, source_id, set_author)
    return Submission(_agreed(made, entries), tuple(entries), tuple(links))


def _agreed(made: SubmissionSet, entries: Sequence[DocumentEntry]) -> SubmissionSet:
    """The set's author as the documents name them: one person, one speciality, one structure."""
    authors = (author for entry in entries for author in entry.authors)
    same = next((one for one in authors if _is_same(one, made.author)), None)
    if same is None:
        return made
    author = replace(made.author, speciality=same.speciality, institution=same.institution)
    return replace(made, author=author)


def _is_same(one: Author, other: Author) -> bool:
    """The same person of the same structure, by their identifiers alone."""
    ends = (one.person.partition("^")[0], one.institution.rpartition("^")[2])
    return ends == (other.person.partition("^")[0], other.institution.rpartition("^")[2])


def package(
    request: SetRequest, source_id: str, set_author: Practitioner | None = None
) -> SubmissionSet:
    """The submission set (§5.1), of a feeding or of a metadata update."""
    return SubmissionSet(
        unique_id=request.submission_set_id,
        source_id=source_id,
        patient_id=request.ins.cx,
        submitted_at=request.submitted_at,
        title=request.title,
        comments=request.comments,
        author=author_of(set_author or request.author),
        content_type=codes.CONSULTATIONS,
    )


def document_entry(
    request: SubmissionRequest, enclosed: Enclosure | None = None, number: int = 1
) -> DocumentEntry:
    """The entry of one document, from its header and the doctor's choice (§5.2)."""
    one = enclosed or request
    header = read_header(one.content)
    _check_same(header, request.ins, one)
    sector = request.author.place.sector
    facility = header.facility or Coded(sector, codes.FACILITIES)
    return DocumentEntry(
        entry_id=f"Document{number:02d}",
        unique_id=header.unique_id,
        patient_id=request.ins.cx,
        mime_type="text/xml",
        language=header.language,
        title=header.title or one.document.title,
        comments="",
        created_at=header.created_at,
        service_start=header.service_start or header.created_at,
        service_stop=header.service_stop,
        legal_authenticator=header.legal_authenticator,
        source_patient_id=header.local_id or request.ins.cx,
        source_patient_info=header.patient_info,
        authors=tuple(_author(a) for a in header.authors) or (author_of(request.author),),
        class_code=document_codes.class_of(header.type),
        type_code=_labelled(header.type, one.document.type.label),
        format_code=document_codes.format_of(header.template_ids, header.body_media_type),
        confidentiality=_confidentiality(header, one.confidentiality),
        facility=_labelled(facility, value_set("facility_type").label(facility.code)),
        practice_setting=header.practice_setting or codes.AMBULATORY,
        events=header.events,
        sha1=hashlib.sha1(one.content).hexdigest(),
        size=len(one.content),
    )


def signature_entry(entry: DocumentEntry, unique_id: str, signature: bytes) -> DocumentEntry:
    """The entry of the XAdES file: as the document's, with the values of §6."""
    return replace(
        entry,
        entry_id=SIGNATURE_ID,
        unique_id=unique_id,
        mime_type="text/xml",
        language="art",
        title="Source",
        comments="",
        legal_authenticator="",
        source_patient_id=entry.patient_id,
        class_code=codes.SIGNATURE_CLASS,
        type_code=codes.SIGNATURE_TYPE,
        format_code=codes.SIGNATURE_FORMAT,
        confidentiality=(
            codes.NORMAL,
            *codes.DOCTOR_CHOICE[Confidentiality.MASKED_TO_PROFESSIONALS],
            *codes.DOCTOR_CHOICE[Confidentiality.INVISIBLE_TO_PATIENT],
        ),
        events=(codes.SIGNATURE_PURPOSE,),
        sha1=hashlib.sha1(signature).hexdigest(),
        size=len(signature),
    )


def author_of(practitioner: Practitioner) -> Author:
    """The holder of the card at the chosen place: the only author the DMP takes for a set."""
    holder, place = practitioner.holder, practitioner.place
    speciality = specialities.of_author(practitioner)
    return Author(
        person=xcn(holder.national_id, holder.family_name, holder.given_name),
        speciality=coded_text(speciality) if speciality else "",
        institution=xon(place.structure_id, place.structure_name),
    )


def _author(author: HeaderAuthor) -> Author:
    return Author(author.person, author.speciality, author.institution, author.role)


def _labelled(value: Coded, label: str) -> Coded:
    return value if value.label else replace(value, label=label or value.code)


def _confidentiality(header: CdaHeader, choice: Confidentiality) -> tuple[Coded, ...]:
    code = header.confidentiality
    first = _labelled(code, codes.CONFIDENTIALITY_LABELS.get(code.code, ""))
    return (first, *codes.DOCTOR_CHOICE[choice])


def _check_same(header: CdaHeader, ins: QualifiedIns, enclosed: Enclosure) -> None:
    """A sheet never carries one patient, or one document, inside the envelope of another.

    Without an INS the traits tell who it is (RNIV).
    """
    found = belonging(header.patient, ins.traits, ins.ins)
    if "INS" in found.differs:
        raise UserFacingError(
            "Ce document porte l’INS d’un autre patient.",
            advice="Il n’a pas été envoyé. Vérifiez le dossier où il est classé.",
        )
    if found.differs:
        raise UserFacingError(
            f"Ce document dit autrement : {', '.join(found.differs)}.",
            advice="Il n’a pas été envoyé. Refaites-le avec l’identité d’aujourd’hui, ou vérifiez "
            "le dossier où il est classé.",
        )
    if header.unique_id != enclosed.document.unique_id:
        raise UserFacingError(
            "L’identifiant du document ne correspond pas à son contenu.",
            advice="Il n’a pas été envoyé.",
        )


def _must_bear(header: CdaHeader, ins: QualifiedIns) -> None:
    """The DMP holds nothing that does not name its patient by the INS."""
    if ins.ins not in header.ins:
        raise UserFacingError(
            "Ce document ne porte pas l’INS du patient : le DMP ne le reçoit pas.",
            advice="Refaites-le avec l’identité d’aujourd’hui, ou envoyez-le par MSSanté.",
        )
