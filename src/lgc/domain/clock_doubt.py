"""May this computer's clock be believed? Nothing is done by age while it may not."""

from __future__ import annotations

import datetime as dt

from lgc.domain.instants import since

AHEAD = dt.timedelta(days=1)


class ServerTime:
    """The latest hour that a server told in this session."""

    def __init__(self) -> None:
        self.latest: dt.datetime | None = None

    def hear(self, moment: dt.datetime) -> None:
        if self.latest is None or since(self.latest, moment) > dt.timedelta():
            self.latest = moment


def in_doubt(now: dt.datetime, kept: dt.datetime | None, told: dt.datetime | None) -> bool:
    """Is the clock behind what came already, or a day ahead of every server?

    ``kept`` is the newest arrival in the store, ``told`` the latest hour that a server told in
    this session, all aware. While no server told one, nothing says that the clock is right.
    """
    if told is None or since(told, now) > AHEAD:
        return True
    return kept is not None and since(kept, now) < dt.timedelta()
