"""Colleagues and organisations the doctor writes to, one per address."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from lgc.domain.professionals import Correspondent
from lgc.store import name_search
from lgc.store.engine import CONTACT_SEARCH
from lgc.store.models import ContactRow
from lgc.store.words import name_tokens, read_names


class ContactRepository:
    """Implements ``services.ports.Contacts``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, correspondent: Correspondent) -> None:
        """Add, or replace what was known at this address."""
        key = _key(correspondent.address)
        self._session.merge(ContactRow(address=key, **_columns(correspondent)))
        family = [correspondent.family_name]
        given = [correspondent.given_name]
        CONTACT_SEARCH.put(
            self._session,
            key,
            label=name_search.label(family, given),
            names=name_tokens(family),
            given=name_tokens(given),
            other=name_tokens(
                (
                    correspondent.organisation,
                    correspondent.speciality,
                    correspondent.city,
                    correspondent.address,
                    correspondent.national_id,
                )
            ),
        )

    def find(self, words: str, limit: int = 8) -> list[Correspondent]:
        """Names, organisation, speciality, city and address; accents and typos forgiven."""
        keys = name_search.find_keys(self._session, CONTACT_SEARCH, read_names(words), limit)
        rows = self._session.scalars(select(ContactRow).where(ContactRow.address.in_(keys)))
        found = {row.address: _correspondent(row) for row in rows}
        return [found[key] for key in keys if key in found]

    def with_address(self, address: str) -> Correspondent | None:
        """Capitals do not matter."""
        row = self._session.get(ContactRow, _key(address))
        return _correspondent(row) if row else None


def _key(address: str) -> str:
    return address.strip().lower()


def _columns(correspondent: Correspondent) -> dict[str, object]:
    return {
        "shown_address": correspondent.address,
        "family_name": correspondent.family_name,
        "given_name": correspondent.given_name,
        "title": correspondent.title,
        "speciality": correspondent.speciality,
        "city": correspondent.city,
        "organisation": correspondent.organisation,
        "national_id": correspondent.national_id,
        "verified": correspondent.verified,
    }


def _correspondent(row: ContactRow) -> Correspondent:
    return Correspondent(
        address=row.shown_address,
        family_name=row.family_name,
        given_name=row.given_name,
        title=row.title,
        speciality=row.speciality,
        city=row.city,
        organisation=row.organisation,
        national_id=row.national_id,
        verified=row.verified,
    )
