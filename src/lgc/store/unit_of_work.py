"""One transaction with its repositories; leaving it without ``commit`` forgets everything."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, delete, event
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from lgc.domain.copies import AuditEnd
from lgc.errors import UserFacingError
from lgc.store import audit
from lgc.store.models import Base, DeliveryRow, DeliveryStepRow
from lgc.store.repositories.agenda import AgendaRepository
from lgc.store.repositories.contacts import ContactRepository
from lgc.store.repositories.deliveries import DeliveryRepository
from lgc.store.repositories.documents import DocumentRepository
from lgc.store.repositories.lab_results import LabResultRepository
from lgc.store.repositories.mailboxes import MailboxRepository
from lgc.store.repositories.medical_records import MedicalRecordRepository
from lgc.store.repositories.messages import MessageRepository
from lgc.store.repositories.notes import NoteRepository
from lgc.store.repositories.own_words import OwnWordRepository
from lgc.store.repositories.patients import PatientRepository
from lgc.store.repositories.relations import RelationRepository
from lgc.store.repositories.terms import TermRepository


class SqlUnitOfWork:
    """Implements ``services.ports.UnitOfWork``. It waits for its turn at its first write only."""

    def __init__(
        self,
        session: Session,
        who: str,
        now: Callable[[], dt.datetime],
        must_be_there: Callable[[], None],
        ended: Callable[[AuditEnd], None] = lambda end: None,
    ) -> None:
        """``ended`` is told where the audit chain ends, once a commit has made it so."""
        self._session = session
        self._must_be_there = must_be_there
        self._who = who
        self._now = now
        self._ended = ended
        self._facts: list[audit.Fact] = []
        self._ordered: list[str] = []
        self.patients = PatientRepository(session)
        self.medical = MedicalRecordRepository(session, now)
        self.agenda = AgendaRepository(session)
        self.documents = DocumentRepository(session)
        self.results = LabResultRepository(session)
        self.messages = MessageRepository(session)
        self.mailboxes = MailboxRepository(session)
        self.deliveries = DeliveryRepository(session)
        self.contacts = ContactRepository(session)
        self.notes = NoteRepository(session)
        self.relations = RelationRepository(session)
        self.terms = TermRepository(session)
        self.own_words = OwnWordRepository(session)

    @property
    def who(self) -> str:
        """The PS_IdNat of whoever acts."""
        return self._who

    def audit(self, action: str, subject: str = "", detail: str = "") -> None:
        """Append one hash-chained line: who (the holder), when, what, on which id."""
        self._facts.append(audit.Fact(self._now(), self._who, action, subject, detail))

    def commit(self) -> None:
        """Save everything, audit lines included, or nothing.

        Raises UserFacingError when the file is no longer the one that the next start will open:
        what was saved is then in the copy that the sentence names, and is not announced.
        """
        self._session.flush()
        end = audit.append(self._session, self._facts)
        self._session.commit()
        self._facts = []
        if end is not None:
            self._ended(end)
        try:
            self._must_be_there()
        except UserFacingError:
            self._take_back()
            raise

    def ordered(self, _session: Session, row: object) -> None:
        """A row was added: a sending is taken back when its commit ends in a refusal."""
        if isinstance(row, DeliveryRow):
            self._ordered.append(row.delivery_id)

    def _take_back(self) -> None:
        """The folder went during the commit: what was refused must not leave from the copy."""
        ordered, self._ordered = self._ordered, []
        if ordered:
            for row, key in (
                (DeliveryStepRow, DeliveryStepRow.delivery_id),
                (DeliveryRow, DeliveryRow.delivery_id),
            ):
                self._session.execute(delete(row).where(key.in_(ordered)))
            self._session.commit()
            self._must_be_there()


@contextmanager
def open_unit(
    engine: Engine,
    who: str,
    now: Callable[[], dt.datetime],
    must_be_there: Callable[[], None] = lambda: None,
    ended: Callable[[AuditEnd], None] = lambda end: None,
) -> Iterator[SqlUnitOfWork]:
    """A unit for one block of one thread; ``must_be_there`` raises once the file went away.

    Raises UserFacingError when another thread changed meanwhile what this unit read and saves, or
    when the disk is full; in both cases nothing of the unit is kept.
    """
    with Session(engine, expire_on_commit=False) as session:
        # A row read stays known with its revision until the end, even when nobody holds it.
        kept: list[Base] = []
        event.listen(session, "loaded_as_persistent", lambda _, row: kept.append(row))
        try:
            unit = SqlUnitOfWork(session, who, now, must_be_there, ended)
            event.listen(session, "pending_to_persistent", unit.ordered)
            yield unit
        except StaleDataError as error:
            raise UserFacingError(
                "Cet élément vient d’être modifié ailleurs.",
                advice="Rien n’a été écrasé. Rouvrez-le, puis recommencez.",
                may_retry=True,
            ) from error
        except IntegrityError as error:
            raise UserFacingError(
                "La base a refusé cet enregistrement.",
                advice="Rien n’a été changé : un élément lié manque, ou existe déjà.",
                details=str(error.orig),
            ) from error
