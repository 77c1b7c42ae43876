"""What a calendar file would do to the agenda, line by line, before anything is done. Pure.

The agenda knows who comes and how it went: a file changes neither. Of two changes the later one
stays; what was cancelled or taken away here does not come back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum

from lgc.domain.agenda import Closure, Presence, Visit, kind_of
from lgc.services.calendar_files import FileVisit

AHEAD_OF_US = dt.timedelta(minutes=10)
"""How far another clock may go before ours."""


class Fate(StrEnum):
    MADE = "made"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    LEFT = "left"
    REFUSED = "refused"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Line:
    """One event. ``title`` is a patient's name or that of a closure; ``was`` its times before."""

    fate: Fate
    title: str
    starts_at: dt.datetime
    minutes: int
    why: str = ""
    was: tuple[dt.datetime, int] | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """A fate, why, and what the visit or the closure becomes (itself where nothing is done)."""

    fate: Fate
    why: str = ""
    visit: Visit | None = None
    closure: Closure | None = None


UNKNOWN = "pas dans l’agenda : un patient ne vient jamais d’un fichier"
OTHER = "le fichier le donne à un autre patient"
STAYS = "annulé dans l’agenda : il le reste"
LATER = "modifié dans l’agenda depuis ce fichier"
NO_DATE = "le fichier ne dit pas quand il a changé"
TO_COME = "la date de modification du fichier est à venir"
HELD = "le patient est déjà venu, ou l’absence est notée"
TAKEN_AWAY = "supprimé de l’agenda depuis"


def of_visit(found: Visit | None, said: FileVisit, now: dt.datetime) -> Judged:
    """One of our visits, as the agenda has it and as the file says it."""
    if found is None:
        return Judged(Fate.REFUSED, UNKNOWN)
    if said.patient_id != found.patient_id:
        return Judged(Fate.REFUSED, OTHER, found)
    if found.presence is Presence.CANCELLED:
        return Judged(Fate.SAME if said.cancelled else Fate.REFUSED, STAYS, found)
    wanted = _merged(found, said)
    if not said.cancelled and wanted == found:
        return Judged(Fate.SAME, visit=found)
    if older := _older(found.changed_at, said.modified, now, sure=False):
        return Judged(Fate.LEFT, older, found)
    moved = (wanted.starts_at, wanted.minutes) != (found.starts_at, found.minutes)
    if (moved or said.cancelled) and found.presence is not Presence.EXPECTED:
        return Judged(Fate.REFUSED, HELD, found)
    if said.cancelled:
        gone = replace(found, presence=Presence.CANCELLED, since=now, reason="Par un calendrier")
        return Judged(Fate.CANCELLED, "annulé dans le fichier", gone)
    return Judged(Fate.CHANGED, _what(found, wanted), replace(wanted, changed_at=said.modified))


def of_closure(
    found: Closure | None, said: Closure, now: dt.datetime, *, taken_away: bool
) -> Judged:
    """A time without visits; ``taken_away``: it was ours and was removed here."""
    if found is None:
        if taken_away:
            return Judged(Fate.LEFT, TAKEN_AWAY)
        return Judged(Fate.MADE, closure=said)
    wanted = replace(said, closure_id=found.closure_id, changed_at=found.changed_at)
    if wanted == found:
        return Judged(Fate.SAME, closure=found)
    if older := _older(found.changed_at, said.changed_at, now, sure=True):
        return Judged(Fate.LEFT, older, closure=found)
    return Judged(Fate.CHANGED, closure=replace(wanted, changed_at=said.changed_at))


def of_cancelled(found: Closure, modified: dt.datetime | None, now: dt.datetime) -> Judged:
    """A time without visits that the file cancels."""
    if older := _older(found.changed_at, modified, now, sure=True):
        return Judged(Fate.LEFT, older, closure=found)
    return Judged(Fate.CANCELLED, "annulé dans le fichier", closure=found)


def overlapping(said: Closure, visits: Collection[Visit]) -> str:
    """How many appointments a new time without visits meets."""
    if said.weekly:
        return ""
    ends = said.starts_at + dt.timedelta(minutes=said.minutes)
    number = sum(one.starts_at < ends and said.starts_at < one.ends_at for one in visits)
    return f"rencontre {number} rendez-vous" if number else ""


def _merged(found: Visit, said: FileVisit) -> Visit:
    """A file without names says nothing of note and place, some programs forget the kind."""
    return replace(
        found,
        starts_at=said.starts_at,
        minutes=said.minutes,
        kind=kind_of(said.kind).value if said.kind else found.kind,
        note=said.note or found.note,
        place=said.place or found.place,
    )


def _older(
    here: dt.datetime | None, there: dt.datetime | None, now: dt.datetime, *, sure: bool
) -> str:
    """Why the agenda's stays, empty where the file's is later; ``sure``: what nobody changed here
    since it came follows its file.
    """
    if there is not None and there > now + AHEAD_OF_US:
        return TO_COME
    if here is None:
        return "" if sure else LATER if there is not None else NO_DATE
    if there is None:
        return NO_DATE
    return "" if there > here else LATER


def _what(found: Visit, wanted: Visit) -> str:
    names = (
        ("heure", (found.starts_at, found.minutes), (wanted.starts_at, wanted.minutes)),
        ("type", found.kind, wanted.kind),
        ("motif", found.note, wanted.note),
        ("lieu", found.place, wanted.place),
    )
    return ", ".join(name for name, before, after in names if before != after)
