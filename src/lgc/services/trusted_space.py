"""Mail about patients stays within MSSanté's space of trust: what is said before it is ordered.

The door itself (`mssante.client`) refuses again: whatever the way to it, nothing leaves.
"""

from __future__ import annotations

from collections.abc import Iterable

from lgc.domain.professionals import Correspondent
from lgc.domain.writing import is_citizen
from lgc.errors import UserFacingError
from lgc.services.connection import DeskConnection

NO_LIST = (
    "Aucune liste blanche MSSanté n’est choisie : vérifiez que le destinataire est bien dans "
    "l’espace de confiance."
)


def must_be_within(connection: DeskConnection, people: Iterable[Correspondent]) -> None:
    """Raises UserFacingError for an address outside; without a card nobody can tell yet."""
    for one in people:
        if _listed(connection, one) is False:
            raise UserFacingError(
                f"« {one.address} » n’est pas une adresse MSSanté.",
                advice="Son domaine n’est pas de l’espace de confiance : rien de médical ne doit y "
                "être envoyé.",
            )


def doubt(connection: DeskConnection, people: Iterable[Correspondent]) -> str:
    """What is said while no list tells MSSanté from the rest; "" when one does."""
    unknown = connection.plugged and any(
        not is_citizen(one.address) and _listed(connection, one) is None for one in people
    )
    return NO_LIST if unknown else ""


def _listed(connection: DeskConnection, one: Correspondent) -> bool | None:
    if is_citizen(one.address):
        return True
    return connection.current().mssante.is_listed(one.address) if connection.plugged else None
