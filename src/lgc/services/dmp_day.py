"""The day's patients before the DMP: icons in one call, what is left in parallel, and the news.

TD0.4 tells in one call which DMPs are mine and what was added; TD0.2 asks the others, several
at a time; TD3.1 and TD3.2 bring what is new, so that it waits in the record, marked new.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from lgc import settings as declared
from lgc.domain.dmp import AuthorisedDmp, DmpEntry, Existence, ListDate
from lgc.domain.identity import IdentityStatus
from lgc.domain.patients import DmpAccess, DmpStatus, Patient
from lgc.errors import UserFacingError, in_words, place_of
from lgc.services.connection import DeskConnection
from lgc.services.events import Announce, RecordChanged
from lgc.services.ports import Clock, OpenUnit
from lgc.services.searching_dmp import SearchingDmp
from lgc.services.sharing import status_of
from lgc.settings import Settings

log = logging.getLogger(__name__)
FIRST_NEWS = dt.timedelta(days=30)
MOST_NEWS = 10  # documents brought by themselves per patient and per look

SEEN, KNOWN = "dmp.seen", "dmp.known"


@dataclass(frozen=True, slots=True)
class Seen:
    """What this practice saw of one DMP: its last deposit by TD0.4, and ``_named`` documents."""

    last_addition: dt.datetime | None = None
    documents: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Asked:
    """What one round told: how many answered, and the error of the first that did not."""

    answered: tuple[str, ...]
    failed: tuple[tuple[str, UserFacingError], ...] = ()


class DmpOfTheDay:
    """Runs in the lane of the DMP's status; never two at a time."""

    def __init__(
        self,
        open_unit: OpenUnit,
        clock: Clock,
        connection: DeskConnection,
        settings: Settings,
        searching: SearchingDmp,
        announce: Announce,
    ) -> None:
        self._open, self._clock, self._connection = open_unit, clock, connection
        self._settings, self._searching, self._announce = settings, searching, announce

    def patients(self) -> tuple[Patient, ...]:
        """Those of today whose INS may leave, in the order of their visits."""
        now = self._clock.now()
        start = dt.datetime.combine(now.date(), dt.time(), tzinfo=now.tzinfo)
        with self._open() as uow:
            visits = uow.agenda.between(start, start + dt.timedelta(days=1))
            found = uow.patients.many([visit.patient_id for visit in visits])
        ordered = dict.fromkeys(visit.patient_id for visit in visits)
        people = [found[patient_id] for patient_id in ordered]
        return tuple(p for p in people if p.identity.status is IdentityStatus.QUALIFIED)

    def ask_list(self, patients: Sequence[Patient]) -> dict[str, AuthorisedDmp]:
        """TD0.4: what it says of ``patients``, by patient_id, written in their banners.

        Raises UserFacingError.
        """
        if not patients:
            return {}
        named = _may_leave(patients[0])
        listed = self._connection.current().dmp.my_patients(
            None, ListDate.AUTHORISATION, named.identity.qualified() if named else None
        )
        by_number = {number: one for one in listed for number, _ in one.identifiers}
        mine = {}
        for patient in patients:
            ins = patient.identity.ins
            if ins is not None and ins.matricule in by_number:
                mine[patient.patient_id] = by_number[ins.matricule]
        now = self._clock.now()
        self._write(
            (patient_id, DmpStatus(DmpAccess.AUTHORISED, one.attending_doctor, now))
            for patient_id, one in mine.items()
        )
        return mine

    def ask_each(self, patients: Sequence[Patient]) -> Asked:
        """TD0.2 for each, several at a time, the answers written in one go."""
        people = [one for one in patients if _may_leave(one)]
        if not people:
            return Asked(())
        workers = min(len(people), max(1, self._settings[declared.dmp_parallel]))
        with ThreadPoolExecutor(workers, thread_name_prefix="dmp-status") as pool:
            answers = list(pool.map(self._existence, people))
        now = self._clock.now()
        pairs = list(zip(people, answers, strict=True))
        told = [(p.patient_id, status_of(a, now)) for p, a in pairs if isinstance(a, Existence)]
        failed = [(p.patient_id, a) for p, a in pairs if isinstance(a, UserFacingError)]
        self._write(iter(told))
        return Asked(tuple(patient_id for patient_id, _ in told), tuple(failed))

    def bring_news(self, mine: dict[str, AuthorisedDmp]) -> int:
        """Documents this practice had not seen, fetched and marked new; returns how many could not
        be read: they stay in the list of the DMP.

        The first look of a session lists what a DMP holds, so that its record shows it at once.
        What is new is told by its deposit and its identifier, never by when it was written: the
        letter of Monday deposited on Friday is new to whoever looked on Wednesday. The very first
        look takes what was deposited in the last month.
        Raises UserFacingError.
        """
        skipped = 0
        for patient_id, one in mine.items():
            seen, added = self._seen(patient_id), one.last_addition
            fresh = added is not None and added != seen.last_addition
            if not fresh and self._searching.searched(patient_id):
                continue
            listed = self._searching.search(patient_id)
            if not fresh:
                continue
            since = seen.last_addition or self._clock.now() - FIRST_NEWS
            deposited = self._searching.deposited(patient_id, since)
            new = [one for one in deposited if _named(one) not in seen.documents]
            fetched = self._searching.fetch_all(patient_id, new[:MOST_NEWS], unread=True)
            skipped += len(fetched.skipped)
            known = {_named(one) for one in (*deposited, *listed)}
            self._remember(patient_id, Seen(added, seen.documents | known))
        return skipped

    def _existence(self, patient: Patient) -> Existence | UserFacingError:
        try:
            return self._connection.current().dmp.existence(patient.identity.qualified())
        except Exception as error:
            log.warning("dmp status: %s", place_of(error))
            return in_words(error)

    def _write(self, told: Iterator[tuple[str, DmpStatus]]) -> None:
        changed = []
        with self._open() as uow:
            for patient_id, status in told:
                uow.patients.set_dmp(patient_id, status)
                changed.append(patient_id)
            uow.commit()
        for patient_id in changed:
            self._announce(RecordChanged(patient_id))

    def _seen(self, patient_id: str) -> Seen:
        with self._open() as uow:
            moment = uow.notes.get(f"{SEEN}.{patient_id}")
            known = uow.notes.get(f"{KNOWN}.{patient_id}")
        when = dt.datetime.fromisoformat(moment) if moment else None
        return Seen(when, frozenset(known.split() if known else ()))

    def _remember(self, patient_id: str, seen: Seen) -> None:
        with self._open() as uow:
            if seen.last_addition is not None:
                uow.notes.set(f"{SEEN}.{patient_id}", seen.last_addition.isoformat())
            uow.notes.set(f"{KNOWN}.{patient_id}", "\n".join(sorted(seen.documents)))
            uow.commit()


def _named(entry: DmpEntry) -> str:
    """A content and its identifier: another content under a known one was not seen."""
    return f"{entry.unique_id}/{entry.sha1.lower()}"


def _may_leave(patient: Patient) -> Patient | None:
    try:
        patient.identity.qualified()
    except UserFacingError:
        return None
    return patient
