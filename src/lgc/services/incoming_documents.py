"""What a received message carries that can be filed: archives opened, CDA understood, files."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lgc.cda import kinds, parse
from lgc.domain.assignment import names_patient
from lgc.domain.characters import marked
from lgc.domain.days import practice_day
from lgc.domain.documents import Document, DocumentContent, DocumentKind, Origin
from lgc.domain.media_types import XML
from lgc.domain.messages import Carried
from lgc.domain.professionals import Coded
from lgc.domain.readable import DocumentHeader, DocumentPatient, ReadableDocument
from lgc.domain.unreadable import Fault, Flaw
from lgc.errors import UnreadableInput, place_of
from lgc.reading import asking
from lgc.services.ports import ParsedAttachment
from lgc.xds import xdm

_DAY = re.compile(r"\d{2}/\d{2}/\d{4}")
log = logging.getLogger(__name__)
ZIP = "application/zip"


@dataclass(frozen=True, slots=True)
class FoundDocument:
    """One document of a message. ``entry`` is its metadata when an archive brought it, ``pdf`` its
    paper and ``twin`` the attachment that brought it."""

    attachment: int
    name: str
    media_type: str
    content: bytes
    readable: ReadableDocument | None = None
    entry: xdm.XdmEntry | None = None
    pdf: bytes | None = None
    twin: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Documents in the order of the attachments, and what was ignored and why (French).

    ``flaws`` are what is damaged, or made our reading fail.
    """

    documents: tuple[FoundDocument, ...] = ()
    faults: tuple[str, ...] = ()
    flaws: tuple[Flaw, ...] = ()


def look_into(attachments: Sequence[ParsedAttachment]) -> Found:
    """Open every attachment; what cannot be read stays an attachment and is told.

    One on which our reading fails, whatever the reason, takes nothing from the others.
    """
    documents: list[FoundDocument] = []
    faults: list[str] = []
    flaws: list[Flaw] = []
    for index, attachment in enumerate(attachments):
        try:
            found = _one(index, attachment)
        except Exception as error:
            log.warning("attachment kept unread: %s", place_of(error))
            found = Found(flaws=(Flaw(Fault.DOCUMENT, attachment.name, "", place_of(error)),))
        documents += found.documents
        faults += found.faults
        flaws += found.flaws
    return Found(tuple(_with_twin_pdf(documents)), tuple(faults), tuple(flaws))


def carried_by(found: Sequence[FoundDocument]) -> tuple[Carried, ...]:
    """What the structured documents say of themselves."""
    return tuple(_carried(one.readable.header) for one in found if one.readable is not None)


def _carried(header: DocumentHeader) -> Carried:
    patient, when = header.patient, header.service_start or header.created_at
    name = (patient.used_name or patient.birth_name, *patient.given_names[:1])
    return Carried(
        kind=kinds.kind_of(header.type.code, header.type.system),
        title=marked(header.title or header.type.label),
        day=practice_day(when) if when and not day_said(header) else None,
        patient=marked(" ".join(part for part in (*name, vague_birth(patient)) if part)),
        birth_date=patient.birth_date,
    )


def vague_birth(patient: DocumentPatient) -> str:
    """What is told of a birth that is no day: the list has a place for days alone."""
    return f"(naissance : {patient.birth_said})" if patient.born and not patient.birth_date else ""


def day_said(header: DocumentHeader) -> str:
    """What is told of the day of a document where that is no day: « 2026 »."""
    said = header.service_said if header.service_start else header.created_said
    return "" if _DAY.fullmatch(said) else said


def _one(index: int, attachment: ParsedAttachment) -> Found:
    if attachment.media_type == ZIP:
        return _archive(index, attachment)
    if attachment.media_type == XML:
        readable, fault = understand(attachment.content)
        if readable is None:
            return Found(faults=(fault,))
        return Found((_cda(index, attachment.name, attachment.content, readable, None),))
    file = FoundDocument(index, attachment.name, attachment.media_type, attachment.content)
    return Found((file,))


def _archive(index: int, attachment: ParsedAttachment) -> Found:
    name = attachment.name
    try:
        archive = xdm.read(attachment.content)
    except xdm.DamagedArchive as error:
        flaw = Flaw(Fault.ARCHIVE, name, "Aucun de ses fichiers ne s’ouvre.", error.details)
        return Found(flaws=(flaw,))
    except UnreadableInput as error:
        return Found(faults=(f"{name} : {error.sentence}",))
    documents, faults, flaws = [], list(archive.faults), _damage(name, archive)
    for entry in archive.entries:
        if entry.content is None:
            continue
        try:
            readable, fault = understand(entry.content)
        except Exception as error:
            log.warning("document kept unread: %s", place_of(error))
            flaws.append(Flaw(Fault.DOCUMENT, name, "", place_of(error)))
            continue
        if readable is not None:
            documents.append(_cda(index, name, entry.content, readable, entry))
        else:
            faults.append(f"{name} : {fault}")
    return Found(tuple(documents), tuple(faults), tuple(flaws))


def _damage(name: str, archive: xdm.XdmArchive) -> list[Flaw]:
    if not archive.damaged:
        return []
    count = len(archive.damaged)
    verb = "ne s’ouvre" if count == 1 else "ne s’ouvrent"
    told = f"{count} fichier{'s' * (count > 1)} sur {archive.members} {verb} pas."
    return [Flaw(Fault.ARCHIVE, name, told, next(iter(archive.damaged.values())))]


def understand(content: bytes) -> tuple[ReadableDocument | None, str]:
    """A CDA as understood, or the sentence that says why not."""
    try:
        return parse.parse(content), ""
    except UnreadableInput as error:
        return None, error.sentence


def _cda(
    index: int,
    name: str,
    content: bytes,
    readable: ReadableDocument,
    entry: xdm.XdmEntry | None,
) -> FoundDocument:
    return FoundDocument(index, name, "text/xml", content, readable, entry)


def _with_twin_pdf(documents: list[FoundDocument]) -> list[FoundDocument]:
    """One line for a structured document and the PDF that travels beside it (SC.CDA/DD.15).

    Only when the name of the file and its words both name the patient of the document: another
    PDF would be printed, exported and sent in its place.
    """
    structured = [d for d in documents if d.readable is not None]
    pdfs = [d for d in documents if d.readable is None and d.media_type == "application/pdf"]
    if len(structured) == 1 and len(pdfs) == 1 and _is_paper_of(pdfs[0], structured[0]):
        twin = replace(structured[0], pdf=pdfs[0].content, twin=pdfs[0].attachment)
        return [twin if d is structured[0] else d for d in documents if d is not pdfs[0]]
    return documents


def _is_paper_of(pdf: FoundDocument, document: FoundDocument) -> bool:
    if document.readable is None:
        return False
    patient = document.readable.header.patient
    named = names_patient(pdf.name.rpartition(".")[0], patient)
    return named and names_patient(asking.pdf_words(pdf.content), patient)


def sha1_of(content: bytes) -> str:
    """As the registry writes the hash of a document (XDS)."""
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


def document_of(
    found: FoundDocument,
    document_id: str,
    unique_id: str,
    patient_id: str | None,
    message_id: str | None,
    received_at: dt.datetime,
    sender: str,
) -> DocumentContent:
    """A stored document from what was found. ``unique_id`` serves files that are not CDA."""
    content = found.content
    header = found.readable.header if found.readable else None
    kind_type = header.type if header else Coded("", "", "Pièce jointe")
    document = Document(
        document_id=document_id,
        patient_id=patient_id,
        unique_id=(header.unique_id if header else "") or unique_id,
        set_id=(header.set_id if header else "") or unique_id,
        version=header.version if header else 1,
        title=marked((header.title if header else "") or found.name),
        type=kind_type,
        kind=kinds.kind_of(header.type.code, header.type.system) if header else DocumentKind.LETTER,
        origin=Origin.MSSANTE,
        mime_type=found.media_type,
        created_at=(header.created_at if header else None) or received_at,
        author=marked(", ".join(header.authors) if header and header.authors else sender),
        organisation=marked(header.organisation) if header else "",
        sha1=sha1_of(content),
        size=len(content),
        service_start=header.service_start if header else None,
        day_said=marked(day_said(header)) if header else "",
        message_id=message_id,
        unread=True,
    )
    return DocumentContent(document, content, found.pdf)
