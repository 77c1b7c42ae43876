"""Accueil: the visits, the news of the day's patients, what waits to be assigned or sent."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from lgc.domain.agenda import Visit
from lgc.domain.documents import DocumentKind, Origin
from lgc.domain.patients import Patient
from lgc.services import drafts_in_sight
from lgc.services.naming import named
from lgc.services.ports import Clock, OpenUnit, UnitOfWork
from lgc.services.queue import LATE, lines_of
from lgc.services.seen_visits import line_of, visits_of
from lgc.services.views import (
    DayView,
    MessageLine,
    NewsGroup,
    NewsItem,
    PatientView,
    QueueLine,
)

QUEUE_LINES = 8


class Day:
    """Reads the day; runs in workers."""

    def __init__(self, open_unit: OpenUnit, clock: Clock) -> None:
        self._open, self._clock = open_unit, clock

    def view(self, day: dt.date | None = None) -> DayView:
        """The day as one picture; today when ``day`` is None."""
        now = self._clock.now()
        day = day or now.date()
        start = dt.datetime.combine(day, dt.time(), tzinfo=now.tzinfo)
        with self._open() as uow:
            visits = visits_of(uow, day, now)
            patients = uow.patients.many([visit.patient_id for visit in visits])
            unassigned = tuple(MessageLine(m, None) for m in named(uow, uow.messages.unassigned()))
            stop = start + dt.timedelta(days=1)
            blocks = [b for one in uow.agenda.closures() for b in one.within(start, stop)]
            queue = _pressing(lines_of(uow, uow.deliveries.unfinished(), now.date()))
            return DayView(
                day=day,
                visits=tuple(
                    line_of(v, PatientView.of(patients[v.patient_id], now.date()), now.tzinfo)
                    for v in visits
                ),
                news=_news(uow, visits, patients, now.date()),
                unassigned=unassigned,
                queue=queue,
                drafts=drafts_in_sight.of_everybody(uow, now.date()),
                blocks=tuple(blocks),
            )

    def mark_all_read(self, groups: Sequence[NewsGroup]) -> None:
        """« Tout marquer lu »."""
        with self._open() as uow:
            for item in (item for group in groups for item in group.items):
                if item.document_id:
                    uow.documents.mark_read(item.document_id)
                if item.message_id:
                    uow.messages.mark_read(item.message_id)
            uow.commit()


def _pressing(lines: Sequence[QueueLine]) -> tuple[QueueLine, ...]:
    """Whatever waits for the doctor, all of it and first; then some of what leaves by itself."""
    late = [line for line in lines if any(d.state in LATE for d in line.deliveries)]
    others = [line for line in lines if line not in late]
    return (*late, *others[: max(0, QUEUE_LINES - len(late))])


def _news(
    uow: UnitOfWork, visits: Sequence[Visit], patients: dict[str, Patient], today: dt.date
) -> tuple[NewsGroup, ...]:
    """Unread documents and messages; a message whose document is listed is not told twice."""
    items: dict[str, list[NewsItem]] = defaultdict(list)
    told: set[str] = set()
    messages = uow.messages.unread_of(list(patients))
    came = {one.message_id: one.came_at for one in messages}
    for document in uow.documents.unread_of(list(patients)):
        if document.patient_id is None:
            continue
        told.add(document.message_id or "")
        items[document.patient_id].append(
            NewsItem(
                _with_organisation(document.title, document.organisation),
                document.origin,
                document.kind,
                came.get(document.message_id or "", document.created_at),
                document_id=document.document_id,
            )
        )
    for message in messages:
        if message.patient_id is not None and message.message_id not in told:
            items[message.patient_id].append(
                NewsItem(
                    message.subject,
                    Origin.MSSANTE,
                    DocumentKind.LETTER,
                    message.came_at,
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
