"""« Liste des documents »: everything of a record in one list, searched to the last word.

A search goes through the text of every document (received CDA and PDF included), the messages,
the lines of « Données médicales » and the note being written. Documents and messages are indexed
in the transaction that stores them; the few lines of a record are read as they are now.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from lgc.domain.card import CardGone
from lgc.domain.documents import Document
from lgc.domain.excerpts import excerpt, holds
from lgc.domain.medical_data import Family, MedicalEntry
from lgc.domain.messages import Message
from lgc.reading import asking
from lgc.services import drafts_in_sight
from lgc.services.connection import DeskConnection
from lgc.services.drafting import Drafting
from lgc.services.events import Announce, RecordChanged
from lgc.services.ports import OpenUnit
from lgc.services.reading import Reading
from lgc.services.records import Records
from lgc.services.sharing import JOINED, paper_of
from lgc.services.views import DocumentLine, DraftMark

MOST = 500
COLUMNS = "columns of the document list"


class Where(StrEnum):
    """What a search found something in."""

    DOCUMENT = "document"
    MESSAGE = "message"
    ENTRY = "entry"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found. ``key`` is the id behind it; ``excerpt`` one line around the words.

    ``family`` is set for a line of the structured record; ``date`` is None when it has none.
    """

    where: Where
    key: str
    title: str
    excerpt: str
    date: dt.datetime | None = None
    author: str = ""
    family: Family | None = None
    unread: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """The list as it stands; ``me`` is the author name of the doctor at the desk."""

    lines: tuple[DocumentLine, ...]
    me: str
    drafts: tuple[DraftMark, ...] = ()


@dataclass(frozen=True, slots=True)
class Printable:
    """One PDF of several documents; ``left_out`` are the titles that cannot become pages,
    ``forms`` says how many are printed from the PDF that came with them."""

    pdf: bytes | None
    left_out: tuple[str, ...]
    forms: str = ""


class Listing:
    """Runs in workers."""

    def __init__(
        self,
        open_unit: OpenUnit,
        connection: DeskConnection,
        records: Records,
        reading: Reading,
        drafting: Drafting,
        announce: Announce,
    ) -> None:
        self._open, self._connection, self._announce = open_unit, connection, announce
        self._records, self._reading, self._drafting = records, reading, drafting

    def lines(self, patient_id: str) -> Listed:
        """Stored documents and what the DMP is known to hold, newest first."""
        try:
            me = self._connection.practitioner.display_name
        except CardGone:
            me = ""
        with self._open() as uow:
            drafts = drafts_in_sight.of_patient(uow, patient_id)
        return Listed(self._records.documents(patient_id), me, drafts)

    def find(self, patient_id: str, words: str) -> tuple[Hit, ...]:
        """Where every word stands, documents first, the best first; the last may be unfinished."""
        if not words.strip():
            return ()
        with self._open() as uow:
            documents = uow.documents.find(words, patient_id, MOST)
            held = uow.documents.texts([document.document_id for document in documents])
            excerpts = {document_id: excerpt(said, words) for document_id, said in held}
            messages = uow.messages.find(words, MOST, patient_id)
            entries = uow.medical.of_patient(patient_id).entries
        return (
            *(_document(one, excerpts.get(one.document_id, "")) for one in documents),
            *(_message(one, words) for one in messages),
            *(_entry(one, words) for one in entries if holds(_said(one), words)),
            *self._note(patient_id, words),
        )

    def mark_read(self, patient_id: str, document_ids: Sequence[str], read: bool = True) -> None:
        with self._open() as uow:
            for document_id in document_ids:
                uow.documents.mark_read(document_id, read)
                uow.audit("document marked", document_id, "read" if read else "unread")
            uow.commit()
        self._announce(RecordChanged(patient_id))

    def printable(self, document_ids: Sequence[str]) -> Printable:
        """The pages of several documents, one after the other, in the order given."""
        pages: list[tuple[str, bytes]] = []
        left_out, joined = [], 0
        for document_id in document_ids:
            with self._open() as uow:
                content = uow.documents.content(document_id)
                uow.audit("document printed", document_id)
                uow.commit()
            made = self._reading.pdf(content) if content.document.annulled is None else None
            if made is None:
                left_out.append(content.document.title)
            else:
                pages.append((content.document.title, made))
                joined += paper_of(content) == JOINED
        whole, refused = asking.pdf_joined([made for _, made in pages])
        forms = f"{joined} sur {len(pages)} : {JOINED}" if joined else ""
        return Printable(whole, (*left_out, *(pages[rank][0] for rank in refused)), forms)

    def columns(self) -> dict[str, object]:
        """How the doctor left the columns: the screen reads its own words back."""
        with self._open() as uow:
            kept = uow.notes.get(COLUMNS)
        try:
            found = json.loads(kept) if kept else {}
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def keep_columns(self, columns: dict[str, object]) -> None:
        with self._open() as uow:
            uow.notes.set(COLUMNS, json.dumps(columns))
            uow.commit()

    def _note(self, patient_id: str, words: str) -> list[Hit]:
        """What is being written is already found."""
        draft = self._drafting.draft(patient_id)
        said = "\n".join(draft.words.values())
        if not holds(said, words):
            return []
        begun = dt.datetime.fromisoformat(draft.begun_at) if draft.begun_at else None
        title = "Note de consultation en cours"
        return [Hit(Where.NOTE, patient_id, title, excerpt(said, words), begun)]


def _document(document: Document, found: str) -> Hit:
    return Hit(
        Where.DOCUMENT,
        document.document_id,
        document.title,
        found,
        document.service_start or document.created_at,
        document.author,
        unread=document.unread,
    )


def _message(message: Message, words: str) -> Hit:
    names = ", ".join(one.name for one in message.attachments)
    return Hit(
        Where.MESSAGE,
        message.message_id,
        message.subject or "Message sans objet",
        excerpt(f"{message.text} {names}", words),
        message.came_at,
        message.sender,
        unread=message.unread,
    )


def _entry(entry: MedicalEntry, words: str) -> Hit:
    beside = _beside(entry)
    return Hit(
        Where.ENTRY,
        entry.entry_id,
        entry.label,
        excerpt(beside, words) or beside,
        entry.recorded_at,
        entry.source,
        entry.family,
    )


def _said(entry: MedicalEntry) -> str:
    return f"{entry.label} {_beside(entry)}"


def _beside(entry: MedicalEntry) -> str:
    """What a line says after its words, its code and the code's own label included."""
    coded = (entry.code.code, entry.code.label) if entry.code else ()
    intake = entry.posology.sentence if entry.posology else ""
    parts = (entry.typed, *coded, intake, entry.reaction, entry.note)
    return " · ".join(part for part in parts if part and part != entry.label)
