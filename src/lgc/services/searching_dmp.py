"""Look for documents in the patient's DMP, open one, keep what was opened (TD3.1, TD3.2)."""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from lgc.cda import kinds, parse
from lgc.domain import media_types
from lgc.domain.dmp import ORDINARY, AccessContext, DmpEntry, DmpSearch, EntryStatus, Period
from lgc.domain.documents import (
    Confidentiality,
    DmpState,
    Document,
    DocumentContent,
    Origin,
)
from lgc.domain.patients import DmpAccess
from lgc.domain.readable import ReadableDocument
from lgc.errors import UnreadableInput, UserFacingError, in_words, place_of
from lgc.services.believing import Believing
from lgc.services.connection import DeskConnection
from lgc.services.events import Announce, RecordChanged
from lgc.services.incoming_documents import day_said, sha1_of
from lgc.services.ports import Clock, Dmp, Ids, OpenUnit
from lgc.services.receiving import add_received
from lgc.services.views import DocumentLine

log = logging.getLogger(__name__)
FIRST_SEARCH_YEARS = 2  # the first automatic search covers at most two years (dmp.md §7)


@dataclass(frozen=True, slots=True)
class Fetched:
    """How many documents came, and why the others did not: they stay in the DMP's list."""

    came: int
    skipped: tuple[UserFacingError, ...] = ()

    def must_be_whole(self) -> int:
        """How many came. Raises UserFacingError when some did not."""
        if not self.skipped:
            return self.came
        number, first = len(self.skipped), self.skipped[0]
        raise UserFacingError(
            f"{number} documents du DMP n’ont pas pu être lus."
            if number > 1
            else f"Un document du DMP n’a pas pu être lu. {first.sentence}",
            advice="Les autres sont dans le dossier ; ceux-là restent dans la liste du DMP.",
            details=" ; ".join(one.details for one in self.skipped if one.details),
        )


class SearchingDmp:
    """Entries found are remembered for the session, so that a record shows them at once."""

    def __init__(
        self,
        open_unit: OpenUnit,
        clock: Clock,
        ids: Ids,
        connection: DeskConnection,
        announce: Announce,
        national_id: Callable[[str], str] = lambda address: "",
    ) -> None:
        self._open, self._clock, self._ids = open_unit, clock, ids
        self._believing = Believing(connection, national_id)
        self._connection, self._announce = connection, announce
        self._found: dict[str, tuple[DmpEntry, ...]] = {}
        self._lock = threading.Lock()

    def search(
        self,
        patient_id: str,
        search: DmpSearch | None = None,
        *,
        access: AccessContext = ORDINARY,
    ) -> tuple[DmpEntry, ...]:
        """TD3.1. Raises UserFacingError: no DMP, not authorised, unreachable…"""
        with self._open() as uow:
            ins = uow.patients.get(patient_id).identity.qualified()
        now = self._clock.now()
        search = search or DmpSearch(service_from=now - dt.timedelta(days=365 * FIRST_SEARCH_YEARS))
        entries = tuple(self._dmp(access).find(ins, search))
        with self._lock:
            self._found[patient_id] = entries
        with self._open() as uow:
            uow.audit("dmp searched", patient_id, str(len(entries)))
            uow.commit()
        self._announce(RecordChanged(patient_id))
        return entries

    def deposited(self, patient_id: str, since: dt.datetime) -> tuple[DmpEntry, ...]:
        """TD3.1 by the time of deposit, whenever it was written; the list of the record stays.

        Raises as ``search``.
        """
        with self._open() as uow:
            ins = uow.patients.get(patient_id).identity.qualified()
        return tuple(self._dmp(ORDINARY).find(ins, DmpSearch(submitted=Period(since))))

    def search_archives(
        self, patient_id: str, *, access: AccessContext = ORDINARY
    ) -> tuple[DmpEntry, ...]:
        """TD3.1 with the archived documents, of any age. Raises as ``search``."""
        everything = DmpSearch(
            created=Period(dt.datetime(2000, 1, 1, tzinfo=dt.UTC)),
            statuses=(EntryStatus.APPROVED, EntryStatus.ARCHIVED),
        )
        return self.search(patient_id, everything, access=access)

    def look_once(self, patient_id: str) -> None:
        """The first automatic search of this session, where my right is known to be open.

        Raises UserFacingError: nothing was asked of the doctor, so nobody need be told.
        """
        with self._open() as uow:
            mine = uow.patients.get(patient_id).dmp.access is DmpAccess.AUTHORISED
        if mine and self._connection.plugged and not self.searched(patient_id):
            self.search(patient_id)

    def searched(self, patient_id: str) -> bool:
        """Whether this session looked into this DMP already."""
        with self._lock:
            return patient_id in self._found

    def known(self, patient_id: str) -> tuple[DmpEntry, ...]:
        """What the last search of this session found."""
        with self._lock:
            return self._found.get(patient_id, ())

    def fetch(self, patient_id: str, entry: DmpEntry, *, access: AccessContext = ORDINARY) -> str:
        """TD3.2: bring a document into the record; returns its document_id.

        Raises UserFacingError; never files a document whose header names somebody else.
        """
        document_id = self._bring(patient_id, entry, access)
        self._announce(RecordChanged(patient_id))
        return document_id

    def fetch_all(
        self, patient_id: str, entries: Sequence[DmpEntry], *, unread: bool = False
    ) -> Fetched:
        """TD3.2 for each, told once at the end; one that cannot be read stops none of the others.

        Raises UserFacingError when the DMP no longer answers; those before are kept.
        """
        came, skipped = 0, []
        try:
            for entry in entries:
                try:
                    self._bring(patient_id, entry, unread=unread)
                    came += 1
                except Exception as error:
                    told = in_words(error)
                    if told.may_retry:
                        raise
                    log.warning("dmp document skipped: %s", place_of(error))
                    skipped.append(told)
        finally:
            self._announce(RecordChanged(patient_id))
        if skipped:
            with self._open() as uow:
                uow.audit("dmp documents skipped", patient_id, str(len(skipped)))
                uow.commit()
        return Fetched(came, tuple(skipped))

    def _dmp(self, access: AccessContext) -> Dmp:
        """The DMP in this access mode; the ordinary one needs no other."""
        dmp = self._connection.current().dmp
        return dmp if access == ORDINARY else dmp.within(access)

    def _bring(
        self,
        patient_id: str,
        entry: DmpEntry,
        access: AccessContext = ORDINARY,
        *,
        unread: bool = False,
    ) -> str:
        with self._open() as uow:
            patient = uow.patients.get(patient_id)
            stored = uow.documents.with_unique_id(entry.unique_id)
        mine = [one for one in stored if one.patient_id == patient_id]
        already = next((one for one in mine if is_content_of(one, entry)), None)
        if already is not None:
            return already.document_id
        ins = patient.identity.qualified()
        content = self._dmp(access).fetch(ins, entry.reference)
        same = next((one for one in mine if one.sha1 == sha1_of(content)), None)
        if same is not None:  # the registry tells another digest than that of its bytes
            return same.document_id
        readable = _understood(content)
        if readable is not None and not _names(readable, ins.ins.matricule):
            raise UserFacingError(
                "Ce document du DMP nomme une autre personne.",
                advice="Il n’a pas été classé. Signalez-le au support du DMP.",
            )
        made = document_of_entry(self._ids.uuid(), patient_id, entry, content, readable)
        document = replace(made, unread=unread)
        with self._open() as uow:
            may_replace = self._believing.may_replace
            add_received(uow, DocumentContent(document, content), readable, may_replace)
            uow.audit("dmp document fetched", document.document_id, entry.unique_id)
            uow.commit()
        return document.document_id


def is_content_of(document: Document, entry: DmpEntry) -> bool:
    """Is what is stored what the registry lists? An entry may come without its digest."""
    if document.unique_id != entry.unique_id:
        return False
    return not entry.sha1 or document.sha1.lower() == entry.sha1.lower()


def _understood(content: bytes) -> ReadableDocument | None:
    try:
        return parse.parse(content)
    except UnreadableInput:
        return None


def _names(readable: ReadableDocument, matricule: str) -> bool:
    known = readable.header.patient.ins
    return not known or any(ins.matricule == matricule for ins in known)


def document_of_entry(
    document_id: str,
    patient_id: str,
    entry: DmpEntry,
    content: bytes,
    readable: ReadableDocument | None,
) -> Document:
    """A stored document from its registry entry and what its header says."""
    header = readable.header if readable else None
    created = entry.created_at or (header.created_at if header else None)
    document = Document(
        document_id=document_id,
        patient_id=patient_id,
        unique_id=entry.unique_id,
        set_id=header.set_id if header else entry.unique_id,
        version=header.version if header else 1,
        title=entry.title,
        type=entry.type,
        kind=kinds.kind_of(entry.type.code, entry.type.system),
        origin=Origin.DMP,
        mime_type=media_types.XML if readable else media_types.named(entry.mime_type),
        created_at=created or dt.datetime(1900, 1, 1, tzinfo=dt.UTC),
        author=", ".join(entry.authors),
        organisation=", ".join(entry.organisations),
        sha1=sha1_of(content),
        size=len(content),
        service_start=entry.service_start,
        dmp_state=DmpState.FETCHED,
        day_said=day_said(header) if header else "",
    )
    if entry.invisible_to_patient:
        return replace(
            document,
            dmp_state=DmpState.INVISIBLE,
            confidentiality=Confidentiality.INVISIBLE_TO_PATIENT,
        )
    return document


def _state_of(entry: DmpEntry) -> DmpState:
    if entry.archived:
        return DmpState.ARCHIVED
    if entry.invisible_to_patient:
        return DmpState.INVISIBLE
    return DmpState.MASKED if entry.masked else DmpState.FETCHED


def line_of_entry(entry: DmpEntry) -> DocumentLine:
    """A registry entry nobody opened yet, as a line of the record."""
    return DocumentLine(
        key=f"dmp:{entry.unique_id}",
        origin=Origin.DMP,
        date=entry.service_start or entry.created_at or dt.datetime(1900, 1, 1, tzinfo=dt.UTC),
        title=entry.title,
        type_label=entry.type.label,
        kind=kinds.kind_of(entry.type.code, entry.type.system),
        author=", ".join(entry.authors),
        organisation=", ".join(entry.organisations),
        dmp_state=_state_of(entry),
        unread=True,
        has_message=False,
        entry=entry,
    )
