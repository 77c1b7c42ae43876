"""Colleagues and organisations the doctor writes to, one per address."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from lgc.domain.contacts import Contact, completed
from lgc.domain.professionals import Correspondent
from lgc.store import name_search
from lgc.store.engine import CONTACT_SEARCH
from lgc.store.models import ContactRow
from lgc.store.repositories.rows import existing
from lgc.store.words import name_tokens, read_names


class ContactRepository:
    """Implements ``services.ports.Contacts``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def remember(self, correspondent: Correspondent) -> None:
        """Add whoever is new at this address; of the others, only what was blank is filled."""
        known = self.get(correspondent.address)
        if known is None:
            self.put(Contact(correspondent))
            return
        after = completed(known.correspondent, correspondent)
        if after != known.correspondent:
            self.put(replace(known, correspondent=after))

    def put(self, contact: Contact) -> None:
        """Add, or replace what was known at this address."""
        correspondent = contact.correspondent
        key = _key(correspondent.address)
        self._session.merge(ContactRow(address=key, **_columns(contact)))
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

    def remove(self, address: str) -> None:
        """Raises KeyError when nobody is known there."""
        key = _key(address)
        self._session.delete(existing(self._session, ContactRow, key))
        CONTACT_SEARCH.drop(self._session, key)

    def all(self) -> list[Contact]:
        """In no order."""
        return [_contact(row) for row in self._session.scalars(select(ContactRow))]

    def get(self, address: str) -> Contact | None:
        """Capitals do not matter."""
        row = self._session.get(ContactRow, _key(address))
        return _contact(row) if row else None

    def find(self, words: str, limit: int = 8) -> list[Correspondent]:
        """Names, organisation, speciality, city and address; accents and typos forgiven."""
        keys = name_search.find_keys(self._session, CONTACT_SEARCH, read_names(words), limit)
        rows = self._session.scalars(select(ContactRow).where(ContactRow.address.in_(keys)))
        found = {row.address: _correspondent(row) for row in rows}
        return [found[key] for key in keys if key in found]


def _key(address: str) -> str:
    return address.strip().lower()


def _columns(contact: Contact) -> dict[str, object]:
    correspondent = contact.correspondent
    return {
        "telephone": contact.telephone,
        "note": contact.note,
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


def _contact(row: ContactRow) -> Contact:
    return Contact(_correspondent(row), row.telephone, row.note)


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
