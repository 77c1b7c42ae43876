"""The cards that open the practice: whose, since when, and how one is withdrawn.

``vault.json`` knows them by the fingerprint of their certificate alone; the names are in the
encrypted base.
"""

from __future__ import annotations

from lgc.domain.admission import AdmittedCard, key_of, read, write
from lgc.services.connection import DeskConnection
from lgc.services.ports import OpenUnit, Vault


class AdmittedCards:
    """Runs in workers."""

    def __init__(self, vault: Vault, open_unit: OpenUnit, connection: DeskConnection) -> None:
        self._vault, self._open, self._connection = vault, open_unit, connection

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
        """It opens the practice of this machine no more; a former copy still opens with it.

        Raises UserFacingError for the card in use, CardGone without it.
        """
        key = self._connection.current().session.authentication_key
        self._vault.must_not_be(key, fingerprint)
        # The journal first, as for an admission: a card goes with a trace or not at all.
        with self._open() as uow:
            uow.audit("card withdrawn", detail=fingerprint)
            uow.commit()
        self._vault.remove(fingerprint, key)
