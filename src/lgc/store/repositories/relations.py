"""Who and what surrounds a patient."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from lgc.domain.relations import Relation, RelationKind
from lgc.store.models import RelationRow
from lgc.store.repositories.rows import existing, fill

ORDER = {kind.value: place for place, kind in enumerate(RelationKind)}


class RelationRepository:
    """Implements ``services.ports.Relations``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def of_patient(self, patient_id: str) -> list[Relation]:
        """In the order of their kinds, then by name."""
        rows = self._session.scalars(
            select(RelationRow).where(RelationRow.patient_id == patient_id)
        )
        return sorted(map(_relation, rows), key=_in_order)

    def patients_of(self, address: str) -> list[str]:
        """Identifiers of the patients whom the colleague at this address follows."""
        wanted = (RelationRow.address != "", RelationRow.address == address.strip().casefold())
        return list(self._session.scalars(select(RelationRow.patient_id).where(*wanted).distinct()))

    def put(self, patient_id: str, relation: Relation) -> None:
        """Add, or replace what was known under this identifier."""
        row = self._session.get(RelationRow, relation.relation_id)
        if row is None:
            key = {"relation_id": relation.relation_id, "patient_id": patient_id}
            self._session.add(RelationRow(**key, **_columns(relation)))
        else:
            fill(row, _columns(relation))

    def remove(self, relation_id: str) -> None:
        self._session.delete(existing(self._session, RelationRow, relation_id))


def _columns(relation: Relation) -> dict[str, object]:
    return {
        "kind": relation.kind.value,
        "name": relation.name,
        "detail": relation.detail,
        "telephone": relation.telephone,
        "address": relation.address,
        "until": relation.until,
    }


def _relation(row: RelationRow) -> Relation:
    return Relation(
        row.relation_id,
        RelationKind(row.kind),
        row.name,
        row.detail,
        row.telephone,
        row.address,
        row.until,
    )


def _in_order(one: Relation) -> tuple[int, str, str, str, str]:
    """Of two of one name, facts tell; the identifier only where nothing else does."""
    facts = (one.name.casefold(), one.detail, one.telephone, one.relation_id)
    return (ORDER[one.kind], *facts)
