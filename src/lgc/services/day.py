"""Accueil: the visits, the news of the day's patients, what waits to be assigned or sent."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from lgc.domain.agenda import PRESENCE_NEXT, Presence, Visit
from lgc.domain.documents import DocumentKind, Origin
from lgc.domain.patients import Patient
from lgc.errors import UserFacingError
from lgc.services import drafts_in_sight
from lgc.services.events import AgendaChanged, Announce
from lgc.services.naming import named
from lgc.services.ports import Clock, OpenUnit, UnitOfWork
from lgc.services.queue import LATE, lines_of
from lgc.services.views import (
    DayView,
    MessageLine,
    NewsGroup,
    NewsItem,
    PatientView,
    QueueLine,
    VisitLine,
)

QUEUE_LINES = 8


class Day:
    """Reads and moves the day; runs in workers."""

    def __init__(self, open_unit: OpenUnit, clock: Clock, announce: Announce) -> None:
        self._open, self._clock, self._announce = open_unit, clock, announce

    def view(self, day: dt.date | None = None) -> DayView:
        """The day as one picture; today when ``day`` is None."""
        now = self._clock.now()
        day = day or now.date()
        start = dt.datetime.combine(day, dt.time(), tzinfo=now.tzinfo)
        with self._open() as uow:
            visits = uow.agenda.between(start, start + dt.timedelta(days=1))
            patients = uow.patients.many([visit.patient_id for visit in visits])
            unassigned = tuple(MessageLine(m, None) for m in named(uow, uow.messages.unassigned()))
            queue = _pressing(lines_of(uow, uow.deliveries.unfinished(), now.date()))
            return DayView(
                day=day,
                visits=tuple(self._line(v, patients[v.patient_id], now.date()) for v in visits),
                news=_news(uow, visits, patients, now.date()),
                unassigned=unassigned,
                queue=queue,
                drafts=drafts_in_sight.of_everybody(uow, now.date()),
            )

    def set_presence(self, visit_id: str, presence: Presence) -> None:
        """Move a visit. Raises UserFacingError when the table forbids it."""
        with self._open() as uow:
            visit = uow.agenda.get(visit_id)
            if presence not in PRESENCE_NEXT[visit.presence]:
                raise UserFacingError("Ce rendez-vous ne peut pas passer à cet état.")
            uow.agenda.update(_moved(visit, presence, self._clock.now()))
            uow.audit("presence changed", visit_id, presence)
            uow.commit()
        self._announce(AgendaChanged())

    def mark_all_read(self, groups: Sequence[NewsGroup]) -> None:
        """« Tout marquer lu »."""
        with self._open() as uow:
            for item in (item for group in groups for item in group.items):
                if item.document_id:
                    uow.documents.mark_read(item.document_id)
                if item.message_id:
                    uow.messages.mark_read(item.message_id)
            uow.commit()

    def _line(self, visit: Visit, patient: Patient, today: dt.date) -> VisitLine:
        return VisitLine(
            visit.visit_id,
            visit.starts_at,
            visit.minutes,
            visit.kind,
            visit.presence,
            visit.since,
            PatientView.of(patient, today),
            visit.note,
            visit.place,
        )


def _pressing(lines: Sequence[QueueLine]) -> tuple[QueueLine, ...]:
    """Whatever waits for the doctor, all of it and first; then some of what leaves by itself."""
    late = [line for line in lines if any(d.state in LATE for d in line.deliveries)]
    others = [line for line in lines if line not in late]
    return (*late, *others[: max(0, QUEUE_LINES - len(late))])


def _moved(visit: Visit, presence: Presence, now: dt.datetime) -> Visit:
    return replace(visit, presence=presence, since=now)


def _news(
    uow: UnitOfWork, visits: Sequence[Visit], patients: dict[str, Patient], today: dt.date
) -> tuple[NewsGroup, ...]:
    """Unread documents and messages; a message whose document is listed is not told twice."""
    items: dict[str, list[NewsItem]] = defaultdict(list)
    told: set[str] = set()
    for document in uow.documents.unread_of(list(patients)):
        if document.patient_id is None:
            continue
        told.add(document.message_id or "")
        items[document.patient_id].append(
            NewsItem(
                _with_organisation(document.title, document.organisation),
                document.origin,
                document.kind,
                document.created_at,
                document_id=document.document_id,
            )
        )
    for message in uow.messages.unread_of(list(patients)):
        if message.patient_id is not None and message.message_id not in told:
            items[message.patient_id].append(
                NewsItem(
                    message.subject,
                    Origin.MSSANTE,
                    DocumentKind.LETTER,
                    message.sent_at,
                    message_id=message.message_id,
                )
            )
    return tuple(
        NewsGroup(
            PatientView.of(patients[visit.patient_id], today),
            visit.starts_at,
            tuple(sorted(items[visit.patient_id], key=lambda item: item.date, reverse=True)),
        )
        for visit in visits
        if items.get(visit.patient_id)
    )


def _with_organisation(title: str, organisation: str) -> str:
    return f"{title} – {organisation}" if organisation and organisation not in title else title
