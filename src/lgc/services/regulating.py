"""Find a DMP without an INS, where the settings say that this practice regulates (TD0.5)."""

from __future__ import annotations

from dataclasses import dataclass

from lgc.domain.dmp import FoundIdentity, TraitSearch
from lgc.domain.identity import Ins
from lgc.errors import UserFacingError
from lgc.services.connection import DeskConnection
from lgc.services.ports import OpenUnit, UnitOfWork
from lgc.settings import Settings, dmp_regulation

LEAST_LETTERS = 2


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the DMP knows under these traits, and the record of this practice with the same INS."""

    found: FoundIdentity
    patient_id: str | None


class Regulating:
    """Runs in workers. Traits that come back help to find; they never become an identity."""

    def __init__(self, open_unit: OpenUnit, connection: DeskConnection, settings: Settings) -> None:
        self._open, self._connection, self._settings = open_unit, connection, settings

    @property
    def offered(self) -> bool:
        """Whether the settings say that this practice takes part in regulation."""
        return self._settings[dmp_regulation]

    def search(self, traits: TraitSearch) -> tuple[Candidate, ...]:
        """Candidates, best first; the search leaves an audit line without the traits.

        Raises UserFacingError (setting off, too little to look for, refused, no network).
        """
        if len(traits.family_name.strip()) < LEAST_LETTERS:
            raise UserFacingError("Le nom de naissance est nécessaire à la recherche.")
        found = self._connection.current().dmp.search_identity(traits)
        with self._open() as uow:
            known = tuple(Candidate(one, _record_of(uow, one)) for one in found)
            uow.audit("dmp search by traits", "", f"{len(found)} found")
            uow.commit()
        return known


def _record_of(uow: UnitOfWork, found: FoundIdentity) -> str | None:
    """The record whose INS is, or was, exactly one of theirs; an INS-C has another length."""
    for number, oid in found.identifiers:
        try:
            patients = uow.patients.with_ins(Ins(number, oid))
        except ValueError:
            continue
        if patients:
            return patients[0].patient_id
    return None
