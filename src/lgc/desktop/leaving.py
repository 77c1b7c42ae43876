"""What leaves a session is told to its journal, whichever screen it leaves from.

Before a session there is no journal: what leaves then (the recovery key on paper) waits for one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Note = Callable[[str, str], None]
MOST_WAITING = 20
COPIED, PRINTED, EXPORTED = "copied", "printed", "exported"


@dataclass(frozen=True, slots=True)
class Leaving:
    """What leaves, in the journal's words (``document``), and its identifier."""

    what: str
    subject: str = ""


_waiting: list[tuple[str, str]] = []
_note: Note | None = None


def use(note: Note | None) -> None:
    """Where it is noted from now on: the session that begins; None when it ends."""
    global _note
    _note = note
    if note is not None:
        for action, subject in _waiting:
            note(action, subject)
        _waiting.clear()


def left(how: str, of: Leaving) -> None:
    """``of`` was COPIED, PRINTED or EXPORTED."""
    action = f"{of.what} {how}"
    if _note is not None:
        _note(action, of.subject)
    elif len(_waiting) < MOST_WAITING:
        _waiting.append((action, of.subject))
