"""What is typed in a dialog or a form, kept until it is saved or thrown away by its writer.

One note per professional (PS_IdNat), inside the encrypted store: what one doctor
began is offered to nobody else. Codes and passwords never come here.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping

from lgc.domain.typed import Typed
from lgc.services.connection import DeskConnection
from lgc.services.ports import OpenUnit


class KeepingTyped:
    """Runs in workers."""

    def __init__(self, open_unit: OpenUnit, connection: DeskConnection) -> None:
        self._open, self._connection = open_unit, connection

    def all(self) -> dict[str, Typed]:
        """What this professional typed and did not finish, by thing."""
        with self._open() as uow:
            kept = json.loads(uow.notes.get(self._key) or "{}")
        return {thing: _read(one) for thing, one in kept.items()}

    def keep(self, changes: Mapping[str, Typed | None]) -> None:
        """Keep the words of each thing; None forgets it."""
        with self._open() as uow:
            kept = json.loads(uow.notes.get(self._key) or "{}")
            for thing, typed in changes.items():
                kept.pop(thing, None)
                if typed is not None:
                    kept[thing] = _written(typed)
            uow.notes.set(self._key, json.dumps(kept, ensure_ascii=False))
            uow.commit()

    @property
    def _key(self) -> str:
        return f"typed:{self._connection.practitioner.holder.national_id}"


def _written(typed: Typed) -> dict[str, object]:
    return {
        "words": dict(typed.words), "before": dict(typed.before), "at": typed.at.isoformat(),
    }  # fmt: skip


def _read(kept: dict[str, object]) -> Typed:
    words, before = kept["words"], kept["before"]
    assert isinstance(words, dict) and isinstance(before, dict)
    return Typed(words, before, dt.datetime.fromisoformat(str(kept["at"])))
