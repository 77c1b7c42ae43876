"""iCalendar out and in (RFC 5545): the agenda leaves as a file and comes back the same.

What comes from another calendar is a time when nobody is received: it never makes a visit. Our own
visits are known by X-LGC-VISIT and find their patient by our own identifier: a name in a file is
no identity. Names leave only when the doctor asks.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from icalendar import Calendar, Event

from lgc.domain import charsets
from lgc.domain.agenda import STEP, Closure, Presence, Visit, kind_of
from lgc.errors import UnreadableInput
from lgc.reading import asking, limits
from lgc.reading.patience import step, within

PRODUCT = "-//lgc//agenda//FR"
LARGEST = 5_000_000
MOST_EVENTS = 5_000
MOST_TIMES = 400
AHEAD, BEHIND = dt.timedelta(days=400), dt.timedelta(days=31)
LONGEST = 31 * 24 * 60
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, slots=True)
class CalendarFile:
    """What a file says: our visits, times without visits, names of what was cancelled."""

    visits: tuple[Visit, ...]
    closures: tuple[Closure, ...]
    cancelled: tuple[str, ...]
    unread: int


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


def read(content: bytes, now: dt.datetime) -> CalendarFile:
    """What ``content`` holds, from a month ago on. ``now`` is in the practice's zone.

    Raises UnreadableInput for what is no calendar, is too large, or holds too many events.
    """
    with within("calendar.file"):
        return _read(content, now)


def _read(content: bytes, now: dt.datetime) -> CalendarFile:
    lines = max(content.count(b"\n"), content.count(b"\r"))
    if len(content) > LARGEST or lines > limits.CALENDAR_LINES:
        raise UnreadableInput("Ce calendrier est trop gros.")
    try:
        calendar = Calendar.from_ical(charsets.decoded(content))
        events: list[Any] = list(calendar.walk("VEVENT"))
    except Exception as error:  # a library over a stranger's bytes raises anything
        raise UnreadableInput("Ce fichier n’est pas un calendrier iCalendar.") from error
    if len(events) > MOST_EVENTS:
        raise UnreadableInput(f"Ce calendrier a plus de {MOST_EVENTS} évènements.")
    visits: list[Visit] = []
    closures: list[Closure] = []
    cancelled: list[str] = []
    unread, effort = 0, _Effort()
    for event in events:
        try:
            step()
            _sort(event, now, effort, visits, closures, cancelled)
        except Exception:  # the event is left out and counted, the others are read
            unread += 1
    return CalendarFile(tuple(visits), tuple(closures), tuple(cancelled), unread)


# --- out ----------------------------------------------------------------------------------------


def _visit_event(visit: Visit, words: str, now: dt.datetime) -> Event:
    event = _event(visit.uid or f"{visit.visit_id}@lgc", visit.starts_at, visit.ends_at, now)
    event.add("summary", f"{words} · {visit.kind}")
    event.add("categories", [visit.kind])
    event.add("status", "CONFIRMED")
    event.add("class", "PRIVATE")
    event.add("x-lgc-visit", visit.visit_id)
    event.add("x-lgc-patient", visit.patient_id)
    event.add("x-lgc-presence", visit.presence.value)
    if visit.note:
        event.add("description", visit.note)
    if visit.place:
        event.add("location", visit.place)
    return event


def _closure_event(closure: Closure, now: dt.datetime) -> Event:
    zone = closure.starts_at.tzinfo
    ends = closure.starts_at.replace(tzinfo=None) + dt.timedelta(minutes=closure.minutes)
    uid = closure.uid or f"{closure.closure_id}@lgc"
    event = _event(uid, closure.starts_at, ends.replace(tzinfo=zone), now)
    event.add("summary", closure.title)
    event.add("x-lgc-closure", closure.closure_id)
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


def _event(uid: str, start: dt.datetime, stop: dt.datetime, now: dt.datetime) -> Event:
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", now.astimezone(dt.UTC))
    event.add("dtstart", start)
    event.add("dtend", stop)
    return event


# --- in -----------------------------------------------------------------------------------------


@dataclass
class _Effort:
    """What all the rules of one file may still take, in seconds."""

    left: float = limits.CALENDAR_SECONDS

    def times(
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


def _sort(
    event: Any,
    now: dt.datetime,
    effort: _Effort,
    visits: list[Visit],
    closures: list[Closure],
    cancelled: list[str],
) -> None:
    uid = str(event["uid"]).strip()
    if str(event.get("status", "")).upper() == "CANCELLED":
        cancelled.append(uid)
        return
    if "x-lgc-visit" in event:
        visits.append(_visit(event, uid, now))
    elif str(event.get("transp", "")).upper() != "TRANSPARENT":
        closures += list(_closures(event, uid, now, effort))


def _visit(event: Any, uid: str, now: dt.datetime) -> Visit:
    start, minutes = _times(event, now)
    category = event.get("categories")
    kinds = [str(one) for one in category.cats] if category is not None else [""]
    return Visit(
        str(event["x-lgc-visit"]),
        str(event["x-lgc-patient"]),
        start,
        minutes,
        kind_of(kinds[0]).value,
        Presence(str(event.get("x-lgc-presence", "expected"))),
        note=str(event.get("description", "")),
        place=str(event.get("location", "")),
        uid="" if uid == f"{event['x-lgc-visit']}@lgc" else uid,
    )


def _closures(event: Any, uid: str, now: dt.datetime, effort: _Effort) -> Iterator[Closure]:
    """One closure, weekly where its rule is a plain one; else one for each of its times."""
    start, minutes = _times(event, now)
    title = " ".join(str(event.get("summary", "")).split())[:200] or "Indisponible"
    known = str(event.get("x-lgc-closure", ""))
    kept = "" if known and uid == f"{known}@lgc" else uid
    made = Closure(known or uid, start, minutes, title, uid=kept)
    rule = event.get("rrule")
    if rule is None:
        if start > now - BEHIND:
            yield made
        return
    if _plainly_weekly(rule, start):
        until = rule.get("until", [None])[0]
        last = _wall(until, now).date() if until is not None else None
        if last is None or last > (now - BEHIND).date():
            yield replace(made, weekly=True, until=last, except_days=tuple(_left_out(event, now)))
        return
    left_out = set(_left_out(event, now))
    for number, begins in enumerate(_expanded(rule, start, now, effort)):
        if number >= MOST_TIMES:
            return
        if begins.date() not in left_out:
            name = f"{uid}/{begins:%Y%m%dT%H%M}"
            yield replace(made, closure_id=name, starts_at=begins, uid=name)


def _plainly_weekly(rule: Any, start: dt.datetime) -> bool:
    allowed = {"FREQ", "UNTIL", "BYDAY", "WKST", "INTERVAL"}
    days = [str(one).upper() for one in rule.get("byday", [])]
    return (
        str(rule.get("freq", [""])[0]).upper() == "WEEKLY"
        and {str(key).upper() for key in rule} <= allowed
        and int(rule.get("interval", [1])[0]) == 1
        and (not days or days == [DAYS[start.weekday()]])
    )


def _expanded(
    rule: Any, start: dt.datetime, now: dt.datetime, effort: _Effort
) -> Iterator[dt.datetime]:
    """Times from a month ago to a year ahead, on the wall clock of the first one."""
    zone, naive = start.tzinfo, start.replace(tzinfo=None)
    words = rule.to_ical().decode()
    # Rules are walked on the wall clock: an end in UTC would not compare with it.
    parts = [part for part in words.split(";") if not part.upper().startswith("UNTIL=")]
    until = rule.get("until", [None])[0]
    last = _wall(until, now).replace(tzinfo=None) if until is not None else None
    stop = (now + AHEAD).replace(tzinfo=None)
    first = (now - BEHIND).replace(tzinfo=None)
    found = effort.times(";".join(parts), naive, first, min(last, stop) if last else stop)
    for begins in found:
        yield begins.replace(tzinfo=zone)


def _left_out(event: Any, now: dt.datetime) -> Iterator[dt.date]:
    found = event.get("exdate")
    lists: Sequence[Any] = found if isinstance(found, list) else [found] if found else []
    for one in lists:
        for date in one.dts:
            yield _wall(date.dt, now).date()


def _times(event: Any, now: dt.datetime) -> tuple[dt.datetime, int]:
    """Beginning in the practice's zone, and minutes on the wall clock, in steps of five."""
    raw = event["dtstart"].dt
    start = _wall(raw, now)
    if "dtend" in event:
        stop = _wall(event["dtend"].dt, now)
    elif "duration" in event:
        stop = start + event["duration"].dt
    else:
        stop = start + dt.timedelta(days=0 if isinstance(raw, dt.datetime) else 1)
    length = stop.replace(tzinfo=None) - start.replace(tzinfo=None)
    minutes = max(int(length.total_seconds() // 60), STEP)
    if minutes > LONGEST:
        raise ValueError("longer than a month")
    return start.replace(second=0, microsecond=0), -(-minutes // STEP) * STEP


def _wall(moment: dt.date | dt.datetime, now: dt.datetime) -> dt.datetime:
    """In the practice's zone; a floating time or a date is of this zone (§3.3.5)."""
    if not isinstance(moment, dt.datetime):
        return dt.datetime.combine(moment, dt.time(), now.tzinfo)
    if moment.tzinfo is None:
        return moment.replace(tzinfo=now.tzinfo)
    return moment.astimezone(now.tzinfo)
