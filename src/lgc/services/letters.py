"""A written message with everything that travels with it, read in one unit of work."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace

from lgc.domain.assignment import fold
from lgc.domain.days import practice_day
from lgc.domain.documents import Document, DocumentContent
from lgc.domain.identity import QualifiedIns
from lgc.domain.writing import Draft
from lgc.errors import UserFacingError
from lgc.file_names import safe_name
from lgc.services.payload import Payload
from lgc.services.ports import DmpEnclosure, DmpSubmission, MailFile, OutgoingMail, UnitOfWork
from lgc.services.sharing import readable_pdf

BASE64 = 1.37  # what an attachment grows by on its way (RFC 2045 §6.8)


@dataclass(frozen=True, slots=True)
class Letter:
    """The draft as it was at the click, its documents and its files."""

    draft: Draft
    documents: tuple[DocumentContent, ...]
    files: tuple[MailFile, ...]


def read(uow: UnitOfWork, message_id: str) -> Letter:
    draft = Draft.load(uow.messages.raw(message_id))
    return Letter(
        draft,
        tuple(uow.documents.content(one.document_id) for one in draft.documents),
        tuple(
            MailFile(one.name, one.media_type, uow.messages.attachment(one.attachment_id))
            for one in draft.files
        ),
    )


def mail_of(letter: Letter, payload: Payload) -> OutgoingMail:
    """The same message each time it is asked: everything that varies is in ``payload``."""
    draft, ins = letter.draft, payload.ins
    return OutgoingMail(
        rfc_message_id=payload.rfc_message_id,
        sender=payload.author,
        recipients=draft.recipients,
        copies=draft.copies,
        subject=draft.subject or "(sans objet)",
        body=draft.body,
        submission=_submission(letter, payload, ins) if ins is not None else None,
        pdf=None,
        files=_apart((*_papers(letter, ins), *letter.files)),
        written_at=payload.submitted_at,
        in_reply_to=draft.in_reply_to,
        references=draft.references,
        receipt=draft.receipt,
        closes=draft.closes and draft.to_citizen,
    )


def weight(letter: Letter) -> int:
    """About how many bytes the message will be, said before it is sent."""
    papers = sum(len(one.content) + len(one.pdf or b"") for one in letter.documents)
    files = sum(len(one.content) for one in letter.files)
    return int((papers + files) * BASE64) + len(letter.draft.body.encode()) + 4096


def _submission(letter: Letter, payload: Payload, ins: QualifiedIns) -> DmpSubmission | None:
    """An archive carries CDA of a qualified INS, or does not exist (ECO.2.1.1)."""
    structured = [one for one in letter.documents if one.document.mime_type == "text/xml"]
    if not structured:
        return None
    first, *others = structured
    return DmpSubmission(
        ins=ins,
        author=payload.author,
        document=first.document,
        content=first.content,
        confidentiality=payload.confidentiality,
        submission_set_id=payload.submission_set_id,
        signature_document_id=payload.signature_document_id,
        submitted_at=payload.submitted_at.astimezone(dt.UTC),
        title=payload.title,
        others=tuple(
            DmpEnclosure(one.document, one.content, payload.confidentiality) for one in others
        ),
    )


def _papers(letter: Letter, ins: QualifiedIns | None) -> tuple[MailFile, ...]:
    """One PDF per document; what cannot become one travels as it is."""
    made: list[MailFile] = []
    for one in letter.documents:
        pdf = readable_pdf(one)
        if pdf is not None:
            made.append(MailFile(_pdf_name(one.document, ins), "application/pdf", pdf))
        elif one.document.mime_type == "text/xml" and ins is not None:
            continue  # it is in the archive
        else:
            name = safe_name(_file(one.document.title), one.content)
            made.append(MailFile(name, one.document.mime_type, one.content))
    return tuple(made)


def _apart(files: tuple[MailFile, ...]) -> tuple[MailFile, ...]:
    """No two of one name: two notes of one day would be saved one over the other."""
    made: list[MailFile] = []
    taken: set[str] = set()
    for one in files:
        stem, dot, ending = one.name.rpartition(".")
        name, number = one.name, 1
        while name.casefold() in taken:
            number += 1
            name = f"{stem}_{number}{dot}{ending}" if dot else f"{one.name}_{number}"
        taken.add(name.casefold())
        made.append(replace(one, name=name))
    return tuple(made)


def _pdf_name(document: Document, ins: QualifiedIns | None) -> str:
    """``<AAAAMMJJ>_<type>_<NOM>_<prénom>.pdf`` (ECO.2.1.6)."""
    day = document.service_start or document.created_at
    parts = [f"{practice_day(day):%Y%m%d}", _file(document.type.label or document.title)[:60]]
    if ins is not None:
        traits = ins.traits
        parts += [fold(traits.birth_name).upper(), fold(traits.first_given_name).upper()]
    return "_".join(parts) + ".pdf"


def _file(words: str) -> str:
    kept = " ".join(re.sub(r"[^\w .'-]+", " ", words.replace("’", "'")).split())
    if not kept:
        raise UserFacingError("Ce document n’a pas de titre.", advice="Donnez-lui un titre.")
    return kept
