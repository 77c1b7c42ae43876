"""Who and what surrounds a patient: colleagues, relatives, coverage. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from lgc.domain.professionals import Correspondent


class RelationKind(StrEnum):
    """In the order the doctor reads them."""

    CORRESPONDENT = "correspondent"
    EMERGENCY = "emergency"
    TRUSTED = "trusted"
    GUARDIAN = "guardian"
    COMPULSORY_COVER = "compulsory_cover"
    COMPLEMENTARY_COVER = "complementary_cover"


RELATION_WORDS = {
    RelationKind.CORRESPONDENT: "Correspondant",
    RelationKind.EMERGENCY: "Personne à prévenir",
    RelationKind.TRUSTED: "Personne de confiance",
    RelationKind.GUARDIAN: "Représentant légal",
    RelationKind.COMPULSORY_COVER: "Assurance maladie obligatoire",
    RelationKind.COMPLEMENTARY_COVER: "Complémentaire santé",
}
COVERS = (RelationKind.COMPULSORY_COVER, RelationKind.COMPLEMENTARY_COVER)


@dataclass(frozen=True, slots=True)
class Relation:
    """``detail`` is the link (« fille »), the speciality or the number of the contract;
    ``address`` is of MSSanté, for colleagues; ``until`` ends a coverage.
    """

    relation_id: str
    kind: RelationKind
    name: str
    detail: str = ""
    telephone: str = ""
    address: str = ""
    until: dt.date | None = None

    def over(self, today: dt.date) -> bool:
        """A coverage that ended."""
        return self.until is not None and self.until < today

    @property
    def correspondent(self) -> Correspondent | None:
        """As a recipient, when a message can reach them."""
        if not self.address:
            return None
        return Correspondent(self.address, self.name, speciality=self.detail)
