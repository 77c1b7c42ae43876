"""The events of an iCalendar file as plain data (RFC 5545). Only the reading process may come.

What one property says wrong costs its event, and each event left out is counted.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import dateutil.parser  # noqa: F401 - a zone that a file defines asks for it
from icalendar import Calendar
from icalendar.timezone import tzp
from icalendar.timezone.zoneinfo import ZONEINFO

from lgc.domain import charsets
from lgc.errors import UnreadableInput
from lgc.reading import limits
from lgc.reading.jobs import Answer

# Once the process is confined, no file of a zone can be opened any more.
ZONES = {name: ZoneInfo(name) for name in sorted(available_timezones())}
LINE = re.compile(r"[A-Za-z0-9-]+[;:]")
WORDS = {
    "status": "status", "transp": "transp", "busy": "x-microsoft-cdo-busystatus",
    "title": "summary", "note": "description", "place": "location", "visit": "x-lgc-visit",
    "patient": "x-lgc-patient", "closure": "x-lgc-closure",
}  # fmt: skip


def events(blobs: Sequence[bytes], asked: Mapping[str, Any]) -> Answer:
    """One object an event, None for one that cannot be read. Raises UnreadableInput."""
    found = _components(_unfolded(blobs[0]))
    if len(found) > limits.CALENDAR_EVENTS:
        raise UnreadableInput(f"Ce calendrier a plus de {limits.CALENDAR_EVENTS} évènements.")
    return Answer({}, [json.dumps([one and _event(one) for one in found]).encode()])


class _Known(ZONEINFO):
    """The zones that were read beforehand, and those that a file defines."""

    def timezone(self, name: str) -> dt.tzinfo | None:
        return ZONES.get(name)

    def knows_timezone_id(self, tzid: str) -> bool:
        return tzid in ZONES


def _unfolded(content: bytes) -> list[str]:
    """Whole lines: a fold may cut a letter in two (§3.1), so bytes are joined first."""
    if b"\0" not in content[:200]:
        content = re.sub(rb"(?:\r\n|\n|\r)[ \t]", b"", content)
    return [line for line in re.split(r"\r\n|\n|\r", charsets.decoded(content)) if line.strip()]


def _components(lines: list[str]) -> list[Any]:
    """The events, None for each line that is none at all."""
    tzp.use(_Known())
    good = [line for line in lines if LINE.match(line) or line[:1] in " \t"]
    try:
        calendars = Calendar.from_ical("\r\n".join(good), multiple=True)
        found = [event for one in calendars for event in one.walk("VEVENT")]
    except Exception as error:  # a library over a stranger's bytes raises anything
        raise UnreadableInput("Ce fichier n’est pas un calendrier iCalendar.") from error
    if not calendars:
        raise UnreadableInput("Ce fichier n’est pas un calendrier iCalendar.")
    return found + [None] * (len(lines) - len(good))


def _event(event: Any) -> dict[str, Any] | None:
    try:
        said = {name: _words(event.get(key)) for name, key in WORDS.items()}
        start = event["dtstart"]
        duration = event.get("duration")
        return {
            **said,
            "uid": _words(event.get("uid")),
            "kind": _category(event.get("categories")),
            "start": _moment(start.dt),
            "zone": _zone(start),
            "end": _moment(event["dtend"].dt) if "dtend" in event else "",
            "seconds": duration.dt.total_seconds() if duration is not None else 0,
            "modified": _moment(event["last-modified"].dt) if "last-modified" in event else "",
            "recurrence": _moment(event["recurrence-id"].dt) if "recurrence-id" in event else "",
            "rules": [_rule(one) for one in _all(event.get("rrule"))],
            "more": _dates(event.get("rdate")),
            "less": _dates(event.get("exdate")),
        }
    except Exception:  # the event is left out and counted, the others are read
        return None


def _words(value: Any) -> str:
    return str((value[0] if value else "") if isinstance(value, list) else value or "").strip()


def _all(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _category(value: Any) -> str:
    lists = _all(value)
    return str(lists[0].cats[0]) if lists and lists[0].cats else ""


def _moment(value: dt.date | dt.datetime) -> str:
    return value.isoformat()


def _zone(start: Any) -> str:
    """The name of its zone, « UTC » included; empty for a floating time or an unknown zone."""
    zone = getattr(start.dt, "tzinfo", None)
    return str(getattr(zone, "key", "") or ("UTC" if zone == dt.UTC else ""))


def _dates(value: Any) -> list[str]:
    return [_moment(one.dt) for part in _all(value) for one in part.dts if not _period(one.dt)]


def _period(value: Any) -> bool:
    return isinstance(value, tuple)


def _rule(rule: Any) -> dict[str, Any]:
    parts = [p for p in rule.to_ical().decode().split(";") if not p.upper().startswith("UNTIL=")]
    until = rule.get("until", [None])[0]
    return {"parts": parts, "until": _moment(until) if until is not None else ""}
