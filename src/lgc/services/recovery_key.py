"""The recovery key of the practice made anew, with its line in the journal."""

from __future__ import annotations

from lgc.errors import UserFacingError
from lgc.services.ports import Store, Vault


def renew(vault: Vault, store: Store, why: str) -> str:
    """The new key, to be shown; the former one opens the base no more.

    Raises UserFacingError: the former one is still the one, and the journal says so.
    """
    # The journal first: a key goes with a trace or not at all.
    _note(store, "recovery key renewed", why)
    try:
        return vault.renew_recovery_code(store)
    except UserFacingError:
        _note(store, "recovery key not renewed", why)
        raise


def confirm(vault: Vault, store: Store) -> None:
    """It is noted; else another one is made at the next log-in."""
    vault.confirm()
    _note(store, "recovery key confirmed", "")


def _note(store: Store, action: str, detail: str) -> None:
    with store.unit() as uow:
        uow.audit(action, detail=detail)
        uow.commit()
