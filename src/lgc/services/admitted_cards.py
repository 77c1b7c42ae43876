"""The cards that open the practice: whose, since when, and how one is withdrawn.

``vault.json`` knows them by the fingerprint of their certificate alone; the names are in the
encrypted base.
"""

from __future__ import annotations

from collections.abc import Callable

from lgc.domain.admission import AdmittedCard, key_of, read, write
from lgc.services import recovery_key
from lgc.services.connection import DeskConnection
from lgc.services.ports import Store, Vault


class AdmittedCards:
    """Runs in workers. ``prove`` gives a PIN to the card in use again (services.access)."""

    def __init__(
        self,
        vault: Vault,
        store: Store,
        connection: DeskConnection,
        prove: Callable[[str], object],
    ) -> None:
        self._vault, self._store, self._connection = vault, store, connection
        self._open, self._prove = store.unit, prove

    def all(self) -> tuple[AdmittedCard, ...]:
        """The card in use first. Raises CardGone without it, UserFacingError without the keys."""
        session = self._connection.current().session
        mine = self._vault.fingerprint(session.authentication_key)
        with self._open() as uow:
            if uow.notes.get(key_of(mine)) is None:
                # Admitted by an earlier version: its name is known now, its date is not.
                uow.notes.set(key_of(mine), write(session.holder, None))
                uow.commit()
            found = [
                read(one, uow.notes.get(key_of(one)), in_use=one == mine)
                for one in self._vault.cards()
            ]
        return tuple(sorted(found, key=lambda card: (not card.in_use, card.name)))

    def remove(self, fingerprint: str) -> None:
        """It opens the practice no more: its key changes. A backup made before keeps its own keys.

        Raises UserFacingError for the card in use, CardGone without it.
        """
        key = self._connection.current().session.authentication_key
        self._vault.must_not_be(key, fingerprint)
        # The journal first, as for an admission: a card goes with a trace or not at all.
        with self._open() as uow:
            uow.audit("card withdrawn", detail=fingerprint)
            uow.commit()
        self._vault.remove(fingerprint, key, self._store)

    def renew(self, pin: str) -> str:
        """A new recovery key of the practice, to be shown and confirmed (``confirm``).

        The PIN is given to the card again. Raises WrongPin, CardGone, UserFacingError: after a
        refused PIN the card is closed, and the session is to be locked.
        """
        self._prove(pin)
        return recovery_key.renew(self._vault, self._store, "asked")

    def confirm(self) -> None:
        """The new recovery key is noted; without it, another one is made at the next log-in."""
        recovery_key.confirm(self._vault, self._store)
