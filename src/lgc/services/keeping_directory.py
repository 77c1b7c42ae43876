"""The national directory of the practice: its public file, and the key of the one online."""

from __future__ import annotations

from pathlib import Path

from lgc.domain.directory import HeldDirectory
from lgc.services.ports import Check, Clock, Directory, OpenUnit, Progress
from lgc.services.seen import must_still_be

KEY = "directory-key"


class KeepingDirectory:
    """Runs in workers."""

    def __init__(self, directory: Directory, open_unit: OpenUnit, clock: Clock) -> None:
        self._directory, self._open, self._clock = directory, open_unit, clock

    def held(self) -> HeldDirectory | None:
        """What is in force."""
        return self._directory.held()

    def bring(self, file: Path, progress: Progress, check: Check) -> HeldDirectory:
        """Replace the directory whole, or leave it as it was. Raises UnreadableInput."""
        held = self._directory.bring(file, self._clock.now(), progress, check)
        self._note("directory brought in", str(held.count))
        return held

    def forget(self, seen: HeldDirectory | None = None) -> None:
        """Raises UserFacingError when another extraction than the one ``seen`` is in force."""
        if seen is not None:
            held = self._directory.held()
            must_still_be(_said(held) if held else None, _said(seen), "L’annuaire", str)
        self._directory.forget()
        self._note("directory removed", "")

    def has_key(self) -> bool:
        """Was a key given for the directory online? It is kept in the encrypted store."""
        return bool(self.key())

    def key(self) -> str:
        with self._open() as uow:
            return uow.notes.get(KEY) or ""

    def give_key(self, key: str) -> None:
        """An empty one forgets it."""
        with self._open() as uow:
            uow.notes.set(KEY, key.strip())
            uow.audit("directory key changed")
            uow.commit()

    def _note(self, act: str, detail: str) -> None:
        with self._open() as uow:
            uow.audit(act, "", detail)
            uow.commit()


def _said(one: HeldDirectory) -> str:
    return f"{one.count} adresses, {one.file}, chargé le {one.imported_at:%d/%m/%Y à %H:%M}"
