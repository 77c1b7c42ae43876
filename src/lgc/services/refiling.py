"""What was filed in the wrong record comes out again, weeks afterwards too.

The documents of a message go together, with the message, their results and the lines that were
taken from them; search, life line and proposals read the record they are in. Both records keep a
trace, and the journal. What left stays where it left from: it left under that identity. The DMP is
never asked to delete anything here: what it holds is told.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lgc.cda import parse
from lgc.domain.biology import LabResult
from lgc.domain.deliveries import LEFT, OPEN, Delivery
from lgc.domain.documents import DmpState, Document, Origin
from lgc.domain.medical_data import KnownAbsence, MedicalEntry
from lgc.domain.messages import AssignedBy, Folder, Message
from lgc.domain.writing import typed
from lgc.errors import UnreadableInput, UserFacingError
from lgc.services.believing import Believing
from lgc.services.connection import DeskConnection
from lgc.services.events import Announce, RecordChanged
from lgc.services.naming_another import Another, another
from lgc.services.ports import Clock, OpenUnit, UnitOfWork
from lgc.services.queue import carried
from lgc.services.receiving import looked, settle
from lgc.services.refiling_traces import PREFIX
from lgc.services.reusing import source_of

LETTERS = 3
BY_HAND = "rangé par vous, après une erreur"
NEVER = "Rangez-le dans ce dossier-là, ou retirez-le de tout dossier."
OUT = "sorti d’un dossier où il était par erreur"


@dataclass(frozen=True, slots=True)
class Refilable:
    """What would come out with ``document``. ``why_not`` is a sentence, empty when it may.

    ``messages`` are those that carry them; ``lines`` those of the record that were taken from it,
    ``changed`` how many others it only changed: these stay, to be looked at. ``sent``: it left
    from here; ``in_dmp``: the DMP of the record's patient holds it.
    """

    document: Document
    documents: tuple[Document, ...]
    messages: tuple[Message, ...]
    lines: tuple[MedicalEntry, ...]
    changed: int
    sent: bool
    in_dmp: bool
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Refiled:
    """What was done, as it is taken back."""

    documents: tuple[Document, ...]
    lines: tuple[MedicalEntry, ...]
    messages: tuple[Message, ...]
    before: str
    after: str | None
    traces: tuple[str, ...]


class Refiling:
    """Runs in workers. ``national_id`` as in `services.believing`."""

    def __init__(
        self,
        open_unit: OpenUnit,
        clock: Clock,
        connection: DeskConnection,
        announce: Announce,
        national_id: Callable[[str], str] = lambda address: "",
    ) -> None:
        self._open, self._clock, self._announce = open_unit, clock, announce
        self._connection, self._believing = connection, Believing(connection, national_id)

    def about(self, document_id: str) -> Refilable:
        with self._open() as uow:
            return self._about(uow, uow.documents.get(document_id))

    def against(self, document_id: str, patient_id: str) -> tuple[Another, ...]:
        """What the documents that go together say against the record of ``patient_id``."""
        with self._open() as uow:
            moved = self._about(uow, uow.documents.get(document_id)).documents
            return another(uow, moved, patient_id)

    def move(
        self,
        document_id: str,
        patient_id: str | None,
        why: str,
        in_spite_of: Sequence[Another] = (),
    ) -> Refiled:
        """Into the record of ``patient_id``, or out of every record: then its message waits again.

        ``in_spite_of`` is what ``against`` told and the doctor confirmed a second time.
        Raises UserFacingError: no reason, a send under way, written here, there already, or it
        names somebody else and that was not confirmed, or is refused.
        """
        why = " ".join(why.split())
        if len(why) < LETTERS:
            raise UserFacingError("Écrivez la raison : elle reste dans les deux dossiers.")
        with self._open() as uow:
            found = self._about(uow, uow.documents.get(document_id))
            before = found.document.patient_id
            if found.why_not or before is None or before == patient_id:
                raise UserFacingError(
                    found.why_not or "Ce document est déjà dans ce dossier.",
                    advice="Le document reste où il est.",
                )
            overridden = self._confirmed(uow, found, patient_id, in_spite_of)
            traces = self._note(uow, found, before, patient_id, why, overridden)
            self._carry(uow, found.documents, before, patient_id)
            for line in found.lines:
                uow.medical.remove(line.entry_id)
            for message in found.messages:
                self._follow(uow, message, found.documents, patient_id)
            uow.commit()
        done = Refiled(found.documents, found.lines, found.messages, before, patient_id, traces)
        self._tell(done)
        return done

    def take_back(self, done: Refiled) -> tuple[KnownAbsence, ...]:
        """As it was: documents, results, lines, message. Raises UserFacingError when one of them
        was moved, or is being sent, since."""
        with self._open() as uow:
            now = [uow.documents.get(one.document_id) for one in done.documents]
            places = [one.patient_id for one in now]
            places += [uow.messages.get(one.message_id).patient_id for one in done.messages]
            if any(one != done.after for one in places) or self._under_way(uow, now):
                raise UserFacingError(
                    "Ce document a été rangé ou envoyé depuis.", advice="Rangez-le encore une fois."
                )
            self._carry(uow, done.documents, done.after, done.before)
            ended = [uow.medical.add(done.before, line) for line in done.lines]
            for was in done.messages:
                uow.messages.assign(
                    was.message_id, was.patient_id, was.assigned_by, was.assigned_why,
                    was.candidates,
                )  # fmt: skip
                uow.messages.move(was.message_id, was.folder, was.own_folder)
                for kept in was.attachments:
                    uow.messages.file_attachment(kept.attachment_id, kept.document_id)
            for key in done.traces:
                uow.notes.set(key, "")
            uow.audit("refiling taken back", done.documents[0].document_id, done.before)
            uow.commit()
        self._tell(done)
        return tuple(one for one in ended if one is not None)

    # --- inside -------------------------------------------------------------------------------

    def _about(self, uow: UnitOfWork, document: Document) -> Refilable:
        moved, messages = _together(uow, document)
        sources = {source_of(one) for one in moved}
        record = uow.medical.of_patient(document.patient_id or "")
        lines = tuple(one for one in record.entries if one.source in sources)
        touched = [one for one in record.entries if any(s in one.source for s in sources)]
        sends = _sends(uow, moved)
        return Refilable(
            document,
            tuple(moved),
            tuple(messages),
            lines,
            len(touched) - len(lines),
            sent=any(one.state in LEFT for one in sends),
            in_dmp=any(
                one.origin is Origin.DMP or one.dmp_state is not DmpState.NOT_DEPOSITED
                for one in moved
            ),
            why_not=self._under_way(uow, moved),
        )

    def _under_way(self, uow: UnitOfWork, moved: Sequence[Document]) -> str:
        if any(one.origin is Origin.PRACTICE for one in moved):
            return "Ce document a été écrit ici : son auteur peut l’annuler."
        if any(one.state in OPEN for one in _sends(uow, moved)):
            return "Un envoi de ce document est en cours : attendez sa fin, ou retirez-le."
        ids = {one.document_id for one in moved}
        for folder in (Folder.DRAFTS, Folder.OUTBOX):
            for message in uow.messages.in_folder(folder):
                draft = typed(message.message_id, uow.messages.raw(message.message_id))
                if draft is not None and ids & {one.document_id for one in draft.documents}:
                    return f"Ce document est joint au message « {message.subject} »."
        return ""

    def _confirmed(
        self, uow: UnitOfWork, found: Refilable, after: str | None, seen: Sequence[Another]
    ) -> tuple[Another, ...]:
        """What is overridden, looked at again: nothing else than what was seen may be."""
        names = another(uow, found.documents, after) if after is not None else ()
        for one in names:
            if one.refused or one not in seen:
                advice = NEVER if one.refused else "Confirmez-le, ou choisissez un autre dossier."
                raise UserFacingError(one.sentence, advice=advice)
        return names

    def _note(
        self,
        uow: UnitOfWork,
        found: Refilable,
        before: str,
        after: str | None,
        why: str,
        overridden: Sequence[Another],
    ) -> tuple[str, ...]:
        """One trace in each record and in the journal."""
        now, who = self._clock.now(), self._connection.practitioner.holder.national_id
        told = {
            "at": now.isoformat(), "by": who, "why": why, "to": after or "", "from": before,
            "documents": [[one.document_id, one.title] for one in found.documents],
            "in_spite_of": list(dict.fromkeys(word for one in overridden for word in one.differs)),
        }  # fmt: skip
        stamp = f"{now.astimezone(dt.UTC):%Y%m%d%H%M%S%f}"
        keys = [f"{PREFIX}:{one}:{stamp}" for one in (before, after) if one is not None]
        for key in keys:
            uow.notes.set(key, json.dumps(told, ensure_ascii=False))
        for one in found.documents:
            uow.audit("document left record", one.document_id, before)
            if after is not None:
                uow.audit("document joined record", one.document_id, after)
                if overridden:
                    uow.audit("other identity overridden", one.document_id, after)
        return tuple(keys)

    def _carry(
        self, uow: UnitOfWork, moved: Sequence[Document], before: str | None, after: str | None
    ) -> None:
        """The documents and their results; who replaces whom is said anew in both records."""
        ids = {one.document_id for one in moved}
        stays = uow.documents.of_patient(before) if before is not None else []
        papers = looked(uow, [uow.documents.get(one.document_id) for one in moved])
        for one in stays:
            if one.document_id not in ids and one.replaced_by in ids:
                uow.documents.set_replaced(one.document_id, None)
        for one in papers:
            uow.documents.assign(one.document_id, after)
            if one.replaced_by is not None and one.replaced_by not in ids:
                uow.documents.set_replaced(one.document_id, None)
            uow.results.remove_of(one.document_id)
            found = _results(uow, one.document_id) if after is not None else ()
            if after is not None and found:
                uow.results.add(after, one.document_id, found)
        for patient_id in (before, after):
            if patient_id is not None:
                settle(uow, patient_id, papers, self._believing.may_replace)

    def _follow(
        self, uow: UnitOfWork, message: Message, moved: Sequence[Document], after: str | None
    ) -> None:
        by = AssignedBy.DOCTOR if after is not None else AssignedBy.NOBODY
        why = BY_HAND if after is not None else OUT
        uow.messages.assign(message.message_id, after, by, why, message.candidates)
        if after is not None:
            return
        for kept in message.attachments:
            if kept.document_id in {one.document_id for one in moved}:
                uow.messages.file_attachment(kept.attachment_id, None)
        if message.folder is Folder.ARCHIVES:  # it waits again where the doctor looks
            uow.messages.move(message.message_id, Folder.INBOX)
        uow.audit("message unassigned", message.message_id)

    def _tell(self, done: Refiled) -> None:
        for patient_id in (done.before, done.after):
            if patient_id is not None:
                self._announce(RecordChanged(patient_id))


def _together(uow: UnitOfWork, document: Document) -> tuple[list[Document], list[Message]]:
    """What shares messages with it in its record, it first, and those messages."""
    if document.patient_id is None:
        return [document], []
    held = {one.document_id: one for one in uow.documents.of_patient(document.patient_id)}
    came = {one.document_id: {one.message_id} - {None} for one in held.values()}
    messages = {one.message_id: one for one in uow.messages.of_patient(document.patient_id)}
    for message in messages.values():
        for kept in message.attachments:
            came.get(kept.document_id or "", set()).add(message.message_id)
    ids, ways = [document.document_id], set(came[document.document_id])
    for key in [*came, *came]:  # one that carries two ties them
        if key not in ids and came[key] & ways:
            ids.append(key)
            ways |= came[key]
    by = [messages.get(one) or uow.messages.get(one) for one in sorted(filter(None, ways))]
    return [held[one] for one in ids], by


def _sends(uow: UnitOfWork, moved: Sequence[Document]) -> list[Delivery]:
    patient_id, ids = moved[0].patient_id, {one.document_id for one in moved}
    sends = uow.deliveries.of_patient(patient_id) if patient_id is not None else []
    return [one for one in sends if ids & carried(uow, one)]


def _results(uow: UnitOfWork, document_id: str) -> Sequence[LabResult]:
    try:
        return parse.parse(uow.documents.content(document_id).content).results
    except UnreadableInput:
        return ()
