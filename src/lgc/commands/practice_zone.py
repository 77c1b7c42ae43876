"""The wall on which a command tells hours: nothing was started that would have set it."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

from lgc.domain import days
from lgc.settings import Settings, time_zone


def use(practice: Path | None = None) -> None:
    """That of the settings of ``practice``; without one, the one that the setting proposes, so that
    the same file is told alike on every machine."""
    chosen = Settings(practice / "settings.json")[time_zone] if practice else time_zone.default
    days.use_zone(ZoneInfo(chosen))
