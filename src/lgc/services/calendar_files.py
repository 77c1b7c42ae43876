"""iCalendar out and in (RFC 5545): the agenda leaves as a file and comes back the same.

What comes from another calendar is a time when nobody is received: it never makes a visit. Our own
visits are known by X-LGC-VISIT and find their patient by our own identifier: a name in a file is
no identity. Names leave only when the doctor asks.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vText

from lgc.domain.agenda import STEP, Closure, Visit
from lgc.errors import UnreadableInput
from lgc.reading import asking, limits
from lgc.reading.asking import CalendarEvent, CalendarRule, Moment

PRODUCT = "-//lgc//agenda//FR"
MOST_TIMES = 400
AHEAD, BEHIND = dt.timedelta(days=400), dt.timedelta(days=31)
LONGEST = 400 * 24 * 60
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, slots=True)
class FileVisit:
    """What a file says of one of our visits: neither who comes nor how it went is learnt there.

    ``patient_id`` is only compared; ``kind`` and ``note`` are empty where nothing is said;
    ``modified`` is when it last changed there, None when the file does not say.
    """

    visit_id: str
    patient_id: str
    starts_at: dt.datetime
    minutes: int
    kind: str = ""
    note: str = ""
    place: str = ""
    modified: dt.datetime | None = None
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Cancelled:
    """A name, and when it was cancelled there."""

    uid: str
    modified: dt.datetime | None


@dataclass(frozen=True, slots=True)
class CalendarFile:
    """What a file says: our visits, times without visits (``changed_at`` as the file says; ours by
    ``own``), what was cancelled; how many events were over long ago or unreadable.
    """

    visits: tuple[FileVisit, ...]
    closures: tuple[Closure, ...]
    cancelled: tuple[Cancelled, ...]
    unread: int
    past: int = 0
    own: frozenset[str] = frozenset()


def write(
    visits: Iterable[tuple[Visit, str]], closures: Iterable[Closure], now: dt.datetime
) -> bytes:
    """A calendar. ``visits`` come with the words that may leave for each: a name or initials."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    for visit, words in visits:
        calendar.add_component(_visit_event(visit, words, now))
    for closure in closures:
        calendar.add_component(_closure_event(closure, now))
    calendar.add_missing_timezones()
    written: bytes = calendar.to_ical()
    return written


# --- out ----------------------------------------------------------------------------------------


class _Words(vText):
    r"""As typed: the library takes the ``\N`` of ``C:\Notes`` for the end of a line."""

    def to_ical(self) -> bytes:
        return rb"\\N".join(vText(part).to_ical() for part in self.split(r"\N"))


def _visit_event(visit: Visit, words: str, now: dt.datetime) -> Event:
    event = _event(visit.uid or f"{visit.visit_id}@lgc", visit.starts_at, visit.ends_at, now)
    _modified(event, visit.changed_at)
    event.add("summary", _Words(f"{words} · {visit.kind}"))
    event.add("categories", [visit.kind])
    event.add("status", "CONFIRMED")
    event.add("class", "PRIVATE")
    event.add("x-lgc-visit", visit.visit_id)
    event.add("x-lgc-patient", visit.patient_id)
    if visit.note:
        event.add("description", _Words(visit.note))
    if visit.place:
        event.add("location", _Words(visit.place))
    return event


def _closure_event(closure: Closure, now: dt.datetime) -> Event:
    zone = closure.starts_at.tzinfo
    ends = closure.starts_at.replace(tzinfo=None) + dt.timedelta(minutes=closure.minutes)
    uid = closure.uid or f"{closure.closure_id}@lgc"
    event = _event(uid, closure.starts_at, ends.replace(tzinfo=zone), now)
    event.add("summary", _Words(closure.title))
    event.add("x-lgc-closure", closure.closure_id)
    _modified(event, closure.changed_at)
    if not closure.weekly:
        return event
    rule: dict[str, Any] = {"freq": "weekly"}
    if closure.until is not None:
        last = dt.datetime.combine(closure.until, closure.starts_at.time(), zone)
        rule["until"] = last.astimezone(dt.UTC)
    event.add("rrule", rule)
    for day in closure.except_days:
        event.add("exdate", dt.datetime.combine(day, closure.starts_at.time(), zone))
    return event


def _modified(event: Event, at: dt.datetime | None) -> None:
    if at is not None:
        event.add("last-modified", at.astimezone(dt.UTC))


def _event(uid: str, start: dt.datetime, stop: dt.datetime, now: dt.datetime) -> Event:
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", now.astimezone(dt.UTC))
    event.add("dtstart", start)
    event.add("dtend", stop)
    return event


# --- in -----------------------------------------------------------------------------------------


def read(content: bytes, now: dt.datetime) -> CalendarFile:
    """What ``content`` holds, from a month ago on. ``now`` is in the practice's zone.

    Raises UnreadableInput for what is no calendar, is too large, or holds too many events.
    """
    lines = max(content.count(b"\n"), content.count(b"\r"))
    if len(content) > limits.CALENDAR_BYTES or lines > limits.CALENDAR_LINES:
        raise UnreadableInput("Ce calendrier est trop gros.")
    events = asking.calendar_events(content)
    reading = _Reading(now, unread=events.count(None))
    there = [one for one in events if one is not None]
    for moved in there:
        if moved.recurrence is not None:
            reading.moved.setdefault(moved.uid, []).append(moved.recurrence)
    for event in there:
        try:
            reading.sort(event)
        except (ValueError, OverflowError, LookupError, UnreadableInput):
            reading.unread += 1  # the event is left out and counted, the others are read
    return reading.file()


@dataclass
class _Reading:
    """One file being sorted. ``left`` is what all its rules may still take, in seconds."""

    now: dt.datetime
    unread: int = 0
    past: int = 0
    left: float = field(default_factory=lambda: limits.CALENDAR_SECONDS)
    moved: dict[str, list[Moment]] = field(default_factory=dict)
    visits: list[FileVisit] = field(default_factory=list)
    closures: dict[str, Closure] = field(default_factory=dict)
    cancelled: list[Cancelled] = field(default_factory=list)
    own: set[str] = field(default_factory=set)

    def file(self) -> CalendarFile:
        return CalendarFile(
            tuple(self.visits), tuple(self.closures.values()), tuple(self.cancelled),
            self.unread, self.past, frozenset(self.own),
        )  # fmt: skip

    def sort(self, event: CalendarEvent) -> None:
        """A visit, a time without visits, or what is no longer."""
        cancelled = event.status.upper() == "CANCELLED"
        free = event.transp.upper() == "TRANSPARENT" or event.busy.upper() == "FREE"
        if event.visit:
            self.visits.append(_visit(event, self.now, cancelled))
        elif event.recurrence is not None and (cancelled or free):
            return  # one time of a series: it is left out of it, and nothing else
        elif cancelled:
            self.cancelled.append(Cancelled(event.uid, _stamp(event.modified)))
        elif not free:
            self._shut(event)

    def _shut(self, event: CalendarEvent) -> None:
        found = list(self._closures(event))
        for one in found:
            name = one.closure_id
            if name in self.closures:  # one name for two events: each is kept
                name = f"{name}/{one.starts_at:%Y%m%dT%H%M}"
                one = replace(one, closure_id=name, uid=name)
            self.closures[name] = one
            if event.closure:
                self.own.add(name)
        self.past += not found

    def _closures(self, event: CalendarEvent) -> Iterator[Closure]:
        """One closure, weekly where its rule is a plain one; else one for each of its times."""
        now, (start, minutes) = self.now, _times(event, self.now)
        title = " ".join(event.title.split())[:200] or "Indisponible"
        uid = event.uid or f"{start:%Y%m%dT%H%M}/{title}"
        if event.recurrence is not None:
            uid = f"{uid}/{_wall(event.recurrence, now):%Y%m%dT%H%M}"
        kept = "" if event.closure and uid == f"{event.closure}@lgc" else uid
        made = Closure(
            event.closure or uid, start, minutes, title, uid=kept,
            changed_at=_stamp(event.modified),
        )  # fmt: skip
        less = _Less((*event.less, *self.moved.get(event.uid, ())), now)
        if event.recurrence is not None or not (event.rules or event.more):
            if made.starts_at + dt.timedelta(minutes=minutes) > now - BEHIND:
                yield made
            return
        if _plainly_weekly(event, start):
            [rule] = event.rules
            last = _end(rule, now)
            if last is None or last > now - BEHIND:
                until = last.date() if last is not None else None
                yield replace(made, weekly=True, until=until, except_days=less.days)
            return
        for begins in self._expanded(event):
            if not less.holds(begins):
                name = f"{uid}/{begins:%Y%m%dT%H%M}"
                yield replace(made, closure_id=name, starts_at=begins, uid=name)

    def _expanded(self, event: CalendarEvent) -> list[dt.datetime]:
        """Times from a month ago to a year ahead, on the wall clock of the event's own zone."""
        now, zone = self.now, _zone(event, self.now)
        first = _wall(event.start, now).astimezone(zone)
        found = {_wall(one, now).astimezone(zone) for one in event.more}
        if not event.rules:
            found.add(first)
        for rule in event.rules:
            stop = now + AHEAD
            last = _end(rule, now)
            bounds = (now - BEHIND, min(last, stop) if last is not None else stop)
            plain = [one.astimezone(zone).replace(tzinfo=None) for one in (first, *bounds)]
            for begins in self._rule_times(";".join(rule.parts), *plain):
                found.add(begins.replace(tzinfo=zone))
        times = sorted(one.astimezone(now.tzinfo) for one in found)
        return [one for one in times if now - BEHIND <= one <= now + AHEAD][:MOST_TIMES]

    def _rule_times(
        self, rule: str, start: dt.datetime, first: dt.datetime, last: dt.datetime
    ) -> list[dt.datetime]:
        """Raises UnreadableInput once a rule, or all of them, took too long."""
        if self.left <= 0:
            raise UnreadableInput("Ce calendrier demande trop de travail.")
        began = time.monotonic()
        try:
            seconds = min(self.left, limits.DEADLINES["calendar.times"])
            return asking.rule_times(rule, start, first, last, MOST_TIMES + 1, seconds)
        finally:
            self.left -= time.monotonic() - began


class _Less:
    """Times left out of a series: a whole day, or one of its times."""

    def __init__(self, moments: Iterable[Moment], now: dt.datetime) -> None:
        known = list(moments)
        self.days = tuple(dict.fromkeys(_wall(one, now).date() for one in known))
        self._whole = {one for one in known if not isinstance(one, dt.datetime)}
        self._times = {_wall(one, now) for one in known if isinstance(one, dt.datetime)}

    def holds(self, begins: dt.datetime) -> bool:
        return begins in self._times or begins.date() in self._whole


def _visit(event: CalendarEvent, now: dt.datetime, cancelled: bool) -> FileVisit:
    start, minutes = _times(event, now)
    return FileVisit(
        event.visit, event.patient, start, minutes, event.kind, event.note, event.place,
        _stamp(event.modified), cancelled,
    )  # fmt: skip


def _stamp(modified: Moment | None) -> dt.datetime | None:
    """§3.8.7.3: in UTC; a bare date tells no moment."""
    if not isinstance(modified, dt.datetime):
        return None
    return modified if modified.tzinfo is not None else modified.replace(tzinfo=dt.UTC)


def _zone(event: CalendarEvent, now: dt.datetime) -> dt.tzinfo | None:
    return ZoneInfo(event.zone) if event.zone else now.tzinfo


def _plainly_weekly(event: CalendarEvent, start: dt.datetime) -> bool:
    """Every week at one hour of the practice's wall clock: what a weekly closure can say."""
    here = event.zone in ("", str(getattr(start.tzinfo, "key", start.tzinfo)))
    if len(event.rules) != 1 or event.more or not here:
        return False
    parts = {"INTERVAL=1": ""} | {
        part.upper(): part.upper().partition("=")[0] for part in event.rules[0].parts
    }
    allowed = {"FREQ=WEEKLY", "INTERVAL=1", f"BYDAY={DAYS[start.weekday()]}"}
    others = {part for part, key in parts.items() if key != "WKST"} - allowed
    return "FREQ=WEEKLY" in parts and not others


def _end(rule: CalendarRule, now: dt.datetime) -> dt.datetime | None:
    """Its last moment; a date is that whole day (§3.3.10)."""
    if rule.until is None:
        return None
    last = _wall(rule.until, now)
    return last if isinstance(rule.until, dt.datetime) else last.replace(hour=23, minute=59)


def _times(event: CalendarEvent, now: dt.datetime) -> tuple[dt.datetime, int]:
    """Beginning in the practice's zone, and minutes on the wall clock, in steps of five."""
    start = _wall(event.start, now)
    whole = not isinstance(event.start, dt.datetime)
    if event.end is not None:
        stop = _wall(event.end, now)
    else:
        stop = start + dt.timedelta(seconds=event.seconds)
    length = stop.replace(tzinfo=None) - start.replace(tzinfo=None)
    if whole and length < dt.timedelta(days=1):
        length = dt.timedelta(days=1)
    minutes = max(int(length.total_seconds() // 60), STEP)
    if minutes > LONGEST:
        raise ValueError("longer than a year")
    return start.replace(second=0, microsecond=0), -(-minutes // STEP) * STEP


def _wall(moment: Moment, now: dt.datetime) -> dt.datetime:
    """In the practice's zone; a floating time or a date is of this zone (§3.3.5)."""
    if not isinstance(moment, dt.datetime):
        return dt.datetime.combine(moment, dt.time(), now.tzinfo)
    if moment.tzinfo is None:
        return moment.replace(tzinfo=now.tzinfo)
    return moment.astimezone(now.tzinfo)
