"""How often the recovery key was typed wrong, and until when it is not looked at again.

Kept beside the base, so that a new start is no way around it; with the base in hand elsewhere,
only the cost of scrypt and the 150 bits of the key hold.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from lgc.errors import UserFacingError
from lgc.files import write_whole

FREE = 3
_FIRST, _LONGEST = 30, 3600  # seconds


class Tries:
    """``now`` gives aware times."""

    def __init__(self, path: Path, now: Callable[[], dt.datetime]) -> None:
        self._path, self._now = path, now
        self._count, self._last = self._kept()

    @property
    def count(self) -> int:
        """Wrong keys since the last right one."""
        return self._count

    def must_wait(self) -> None:
        """Raises UserFacingError while the pause lasts."""
        left = int(self._pause() - (self._now() - self._last).total_seconds())
        # A clock that was put back would make the pause last for days.
        if 0 < left <= _LONGEST:
            raise UserFacingError(
                f"{self._count} clés fausses : il faut attendre {_said(left)}.",
                advice="Rien n’est bloqué. Vérifiez que c’est bien la clé de ce cabinet ; "
                "une carte admise ouvre à tout moment.",
                may_retry=True,
            )

    def refused(self) -> None:
        self._count, self._last = self._count + 1, self._now()
        self._keep()

    def over(self) -> None:
        """The right key came, or a card."""
        self._count = 0
        self._keep()

    def _pause(self) -> float:
        beyond = self._count - FREE
        return min(_FIRST * 2.0 ** min(beyond, 20), _LONGEST) if beyond >= 0 else 0

    def _kept(self) -> tuple[int, dt.datetime]:
        never = dt.datetime.fromtimestamp(0, dt.UTC)
        try:
            data = json.loads(self._path.read_text("ascii"))
            at = dt.datetime.fromisoformat(data["at"]).astimezone(dt.UTC)
            return max(int(data["refused"]), 0), at
        except (OSError, ValueError, KeyError, TypeError, OverflowError):
            return 0, never

    def _keep(self) -> None:
        with suppress(OSError, UserFacingError):
            if self._count:
                data = {"refused": self._count, "at": self._last.isoformat()}
                write_whole(self._path, json.dumps(data).encode("ascii"))
            else:
                self._path.unlink(missing_ok=True)


def _said(seconds: int) -> str:
    return f"{seconds} s" if seconds < 60 else f"{-(-seconds // 60)} min"
