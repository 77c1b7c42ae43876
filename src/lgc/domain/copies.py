"""What is known of the practice's file and of its copies: looked through, verified, refused, kept.

Nothing here is a name or a text: numbers, times and places of files.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path


@dataclass(frozen=True, slots=True)
class AuditEnd:
    """The last line of the audit chain: its number, its SHA-256 in hexadecimal, its time."""

    lines: int
    hash: str
    at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class SignedEnd:
    """An end of the audit chain that a card signed: ``by`` are words for its holder, ``card`` how
    the vault knows it."""

    end: AuditEnd
    by: str
    card: str


@dataclass(frozen=True, slots=True)
class ShortJournal:
    """What was noted outside of the base does not stand in it.

    ``by`` says whose card had signed what is missing; ``lost`` that the signatures themselves are:
    ``noted`` is then the last one that the journal knows of.
    """

    found: AuditEnd
    noted: AuditEnd
    by: str = ""
    lost: bool = False


@dataclass(frozen=True, slots=True)
class VerifiedJournal:
    """An unbroken chain: its lines, and up to where each card vouches for it, furthest last."""

    lines: int
    signed: tuple[SignedEnd, ...] = ()


@dataclass(frozen=True, slots=True)
class BaseLook:
    """What looking through the whole file found. ``at`` is aware.

    ``broken`` are numbers of pages that are not as they were written; ``structure`` the first
    thing that does not hold together, ``journal`` the first audit line that is wrong (0: none).
    """

    at: dt.datetime
    pages: int
    broken: tuple[int, ...] = ()
    structure: str = ""
    journal: int = 0

    @property
    def damaged(self) -> bool:
        return bool(self.broken or self.structure)


@dataclass(frozen=True, slots=True)
class Contents:
    """What a verified file holds: its pages, rows by table, the end of its audit chain."""

    pages: int
    rows: tuple[tuple[str, int], ...]
    end: AuditEnd

    def of(self, table: str) -> int:
        return dict(self.rows).get(table, 0)


class CopyState(Enum):
    VERIFIED = "vérifiée"
    TO_VERIFY = "à vérifier"
    REFUSED = "refusée"


@dataclass(frozen=True, slots=True)
class Copy:
    """One backup of this practice, or the trace of one that was refused. Times are aware."""

    place: Path
    at: dt.datetime
    state: CopyState
    size: int = 0
    verified_at: dt.datetime | None = None
    contents: Contents | None = None
    why: str = ""


def _day(at: dt.datetime) -> object:
    return at.date()


def _week(at: dt.datetime) -> object:
    return at.isocalendar()[:2]


def _month(at: dt.datetime) -> object:
    return at.year, at.month


KEPT: tuple[tuple[Callable[[dt.datetime], object], int], ...] = (
    (_day, 7),
    (_week, 4),
    (_month, 12),
)
"""The newest verified copy of each of the last 7 days, 4 weeks and 12 months that have one."""


def no_longer_kept(copies: Iterable[Copy]) -> list[Copy]:
    """Verified copies that no line of the rule asks for; nothing else may ever be removed."""
    verified = sorted(
        (copy for copy in copies if copy.state is CopyState.VERIFIED),
        key=lambda copy: copy.at,
        reverse=True,
    )
    kept: set[Path] = set()
    for period, count in KEPT:
        newest: dict[object, Path] = {}
        for copy in verified:
            newest.setdefault(period(copy.at), copy.place)
        kept.update(list(newest.values())[:count])
    return [copy for copy in verified if copy.place not in kept]
