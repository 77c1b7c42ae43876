"""Correspondents, relatives and coverage of a patient: kept, changed, taken back."""

from __future__ import annotations

from dataclasses import replace

from lgc.domain.professionals import Correspondent
from lgc.domain.relations import RELATION_WORDS, Relation
from lgc.errors import UserFacingError
from lgc.services.events import Announce, RecordChanged
from lgc.services.ports import Ids, OpenUnit, UnitOfWork
from lgc.services.seen import must_still_be


class Circle:
    """Runs in workers. The audit names the kind of what changed, never the person."""

    def __init__(self, open_unit: OpenUnit, ids: Ids, announce: Announce) -> None:
        self._open, self._ids, self._announce = open_unit, ids, announce

    def of(self, patient_id: str) -> tuple[Relation, ...]:
        """Everything known, in the order of the kinds."""
        with self._open() as uow:
            return tuple(uow.relations.of_patient(patient_id))

    def correspondents(self, patient_id: str) -> tuple[Correspondent, ...]:
        """Those whom a message can reach."""
        found = (one.correspondent for one in self.of(patient_id))
        return tuple(one for one in found if one is not None)

    def put(self, patient_id: str, relation: Relation, seen: Relation | None = None) -> Relation:
        """Add it (without an identifier yet, or one that was removed), or replace ``seen``.

        Raises UserFacingError unnamed, or when it is no longer what was seen.
        """
        if not relation.name.strip():
            raise UserFacingError("Le nom manque.")
        named = relation.relation_id or self._ids.uuid()
        kept = replace(
            relation,
            relation_id=named,
            name=" ".join(relation.name.split()),
            detail=relation.detail.strip(),
            telephone=relation.telephone.strip(),
            address=relation.address.strip().casefold(),
        )
        with self._open() as uow:
            if seen is not None:
                _must_be(uow, patient_id, seen)
            uow.relations.put(patient_id, kept)
            uow.audit("relation kept", patient_id, kept.kind.value)
            uow.commit()
        self._announce(RecordChanged(patient_id))
        return kept

    def remove(self, patient_id: str, relation: Relation) -> None:
        """Forget one; ``put`` with what was removed brings it back.

        Raises UserFacingError when it is no longer what was seen.
        """
        with self._open() as uow:
            _must_be(uow, patient_id, relation)
            uow.relations.remove(relation.relation_id)
            uow.audit("relation removed", patient_id, relation.kind.value)
            uow.commit()
        self._announce(RecordChanged(patient_id))


def _must_be(uow: UnitOfWork, patient_id: str, seen: Relation) -> None:
    known = {one.relation_id: one for one in uow.relations.of_patient(patient_id)}
    must_still_be(known.get(seen.relation_id), seen, "Cette ligne de l’entourage", _said)


def _said(one: Relation) -> str:
    until = f"jusqu’au {one.until:%d/%m/%Y}" if one.until is not None else ""
    told = (RELATION_WORDS[one.kind], one.name, one.detail, one.telephone, one.address, until)
    return ", ".join(word for word in told if word)
