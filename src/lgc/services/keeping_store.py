"""Backups of the practice, and the audit chain looked through, at the doctor's word."""

from __future__ import annotations

from pathlib import Path

from lgc.errors import UserFacingError
from lgc.services.ports import Clock, Store


class KeepingStore:
    """Runs in workers: both walk through the whole file."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def back_up(self, folder: str) -> Path:
        """An encrypted copy in a folder of its own, named by the moment; returns it.

        Raises UserFacingError when no folder is set, or when it cannot be written.
        """
        if not folder.strip():
            raise UserFacingError(
                "Le dossier des sauvegardes n’est pas choisi.",
                advice="Choisissez-le, de préférence sur un autre disque.",
            )
        place = Path(folder).expanduser() / f"lgc-{self._clock.now():%Y-%m-%d-%H%M%S}"
        self._store.copy_to(place)
        with self._store.unit() as uow:
            uow.audit("backup made")
            uow.commit()
        return place

    def notice(self) -> UserFacingError | None:
        """What the opening of the store has to tell the doctor, once."""
        return self._store.notice()

    def verify_audit(self) -> int:
        """Number of lines of the unbroken chain. Raises UserFacingError where it is broken."""
        return self._store.verify_audit()
