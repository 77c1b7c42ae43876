"""The consultation note: kept as it is typed, then finished into a document of the record."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass

from lgc.cda import documents
from lgc.cda.contents import Consultation
from lgc.cda.header import HeaderFacts
from lgc.errors import UserFacingError
from lgc.services.connection import DeskConnection
from lgc.services.events import Announce, RecordChanged
from lgc.services.ports import Clock, Ids, OpenUnit, UnitOfWork
from lgc.services.written import store_version, written
from lgc.settings import Settings, lps_oid, practice_name

KIND = "consultation"


@dataclass(frozen=True, slots=True)
class NoteDraft:
    """What was typed so far. ``begun_at`` is the moment of its first letter, ISO 8601."""

    reason: str = ""
    history: str = ""
    examination: str = ""
    conclusion: str = ""
    begun_at: str = ""

    @property
    def empty(self) -> bool:
        return not any(
            text.strip() for text in (self.reason, self.history, self.examination, self.conclusion)
        )


class Consulting:
    """Runs in workers. One draft per patient, inside the encrypted store."""

    def __init__(
        self,
        open_unit: OpenUnit,
        clock: Clock,
        ids: Ids,
        connection: DeskConnection,
        settings: Settings,
        announce: Announce,
    ) -> None:
        self._open, self._clock, self._ids = open_unit, clock, ids
        self._connection, self._settings, self._announce = connection, settings, announce

    def draft(self, patient_id: str) -> NoteDraft:
        with self._open() as uow:
            kept = uow.notes.get(_key(patient_id))
        return NoteDraft(**json.loads(kept)) if kept else NoteDraft()

    def keep(self, patient_id: str, draft: NoteDraft) -> dt.datetime:
        """Save what is typed; returns when. An empty draft leaves nothing behind."""
        with self._open() as uow:
            uow.notes.set(_key(patient_id), _written(draft))
            uow.commit()
        return self._clock.now()

    def finish(self, patient_id: str, draft: NoteDraft) -> str:
        """Make the report and its PDF, store both, forget the draft; returns the document_id.

        Raises UserFacingError naming what the report still lacks: the draft stays.
        """
        if draft.empty:
            raise UserFacingError(
                "La note est vide.", advice="Écrivez au moins le motif ou la conclusion."
            )
        with self._open() as uow:
            content = self._content(uow, patient_id, draft)
        missing = documents.missing(KIND, content)
        if missing:
            self.keep(patient_id, draft)
            raise UserFacingError(
                "Le compte rendu ne peut pas encore être terminé.", advice=" ".join(missing)
            )
        made = written(
            self._ids.uuid(), patient_id, KIND, content.facts, documents.render(KIND, content)
        )
        with self._open() as uow:
            store_version(uow, made)
            uow.notes.set(_key(patient_id), "")
            uow.commit()
        self._announce(RecordChanged(patient_id))
        return made.document.document_id

    def _content(self, uow: UnitOfWork, patient_id: str, draft: NoteDraft) -> Consultation:
        now, author = self._clock.now(), self._connection.practitioner
        begun = dt.datetime.fromisoformat(draft.begun_at) if draft.begun_at else now
        facts = HeaderFacts(
            patient=uow.patients.get(patient_id),
            author=author,
            unique_id=self._ids.oid(),
            set_id=self._ids.oid(),
            version=1,
            written_at=now,
            service_start=min(begun, now),
            practice_name=self._settings[practice_name] or author.place.structure_name,
            local_id_root=self._settings[lps_oid],
        )
        return Consultation(facts, draft.reason, draft.conclusion, draft.history, draft.examination)


def _key(patient_id: str) -> str:
    return f"note-draft:{patient_id}"


def _written(draft: NoteDraft) -> str:
    return "" if draft.empty else json.dumps(asdict(draft), ensure_ascii=False)
