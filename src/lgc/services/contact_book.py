"""The contacts of the practice: kept, changed, taken back, and found in the national directory."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lgc.domain.assignment import fold
from lgc.domain.contacts import Contact, tidied
from lgc.domain.messages import Message
from lgc.domain.professionals import Correspondent
from lgc.errors import UserFacingError, place_of
from lgc.services.connection import DeskConnection
from lgc.services.ports import Clock, Directory, OpenUnit
from lgc.services.seen import must_still_be
from lgc.services.views import PatientView

log = logging.getLogger(__name__)

EXCHANGED, FOUND = 8, 40


@dataclass(frozen=True, slots=True)
class ContactView:
    """One contact with what the practice and they have in common.

    ``listed``: is their domain on the white list, None while no list is known; ``known`` is False
    for somebody of the directory who is no contact yet.
    """

    contact: Contact
    known: bool
    listed: bool | None
    messages: tuple[Message, ...] = ()
    patients: tuple[PatientView, ...] = ()


class ContactBook:
    """Runs in workers; only ``online`` opens a socket. The audit never holds a name."""

    def __init__(
        self,
        open_unit: OpenUnit,
        clock: Clock,
        connection: DeskConnection,
        directory: Directory,
        online: Callable[[str], list[Correspondent]],
    ) -> None:
        self._open, self._clock, self._connection = open_unit, clock, connection
        self._directory, self._online = directory, online

    def all(self) -> tuple[Contact, ...]:
        """In the order of their names; accents and capitals do not count."""
        with self._open() as uow:
            return tuple(sorted(uow.contacts.all(), key=lambda one: (fold(one.name), one.address)))

    def view(self, person: Correspondent) -> ContactView:
        """What the card shows of a contact, or of somebody of the directory."""
        today = self._clock.now().date()
        with self._open() as uow:
            kept = uow.contacts.get(person.address)
            shown = kept or Contact(person)
            one = shown.correspondent
            messages = uow.messages.exchanged_with(one.address, one.display_name, EXCHANGED)
            people = uow.patients.many(uow.relations.patients_of(one.address))
        views = [PatientView.of(patient, today) for patient in people.values()]
        listed = (
            self._connection.current().mssante.is_listed(one.address)
            if self._connection.plugged
            else None
        )
        return ContactView(
            shown,
            kept is not None,
            listed,
            tuple(messages),
            tuple(
                sorted(views, key=lambda view: (fold(view.name), view.birth_date, view.patient_id))
            ),
        )

    def elsewhere(self, words: str) -> tuple[Correspondent, ...]:
        """Those of the local directory who are no contacts yet."""
        return self._new(self._directory.find(words, FOUND))

    def online(self, words: str) -> tuple[Correspondent, ...]:
        """The same from the directory online; silent when it does not answer."""
        try:
            return self._new(self._online(words))
        except UserFacingError as error:
            log.info("directory online: %s", place_of(error))
            return ()

    def keep(self, contact: Contact, was: str = "", seen: Contact | None = None) -> Contact:
        """Add a contact, or change the one that had the address ``was``, as it was ``seen``.

        Raises UserFacingError for what cannot be kept, for an address that is another's, and when
        the contact is no longer what was seen.
        """
        kept = tidied(contact)
        with self._open() as uow:
            if seen is not None:
                must_still_be(uow.contacts.get(was), seen, "Ce contact", _said)
            other = uow.contacts.get(kept.address)
            if other is not None and kept.address != was.lower():
                raise UserFacingError(
                    f"Cette adresse est déjà celle de {other.name}.",
                    advice="Modifiez ce contact, ou corrigez l’adresse.",
                )
            if was.lower() != kept.address and uow.contacts.get(was) is not None:
                uow.contacts.remove(was)
            uow.contacts.put(kept)
            uow.audit("contact kept", detail="changed" if was else "added")
            uow.commit()
        return kept

    def keep_sender(self, address: str, name: str) -> Contact:
        """Whoever wrote, as the directory knows them, else under the name they gave.

        Raises UserFacingError for an address that cannot be a contact.
        """
        found = self._directory.with_address(address)
        return self.keep(Contact(found or Correspondent(address, name or address)))

    def remove(self, address: str, seen: Contact | None = None) -> None:
        """Forget one; ``keep`` with what was removed brings it back. Gone already is well.

        Raises UserFacingError when it is no longer what was ``seen``.
        """
        with self._open() as uow:
            found = uow.contacts.get(address)
            if found is not None:
                if seen is not None:
                    must_still_be(found, seen, "Ce contact", _said)
                uow.contacts.remove(address)
                uow.audit("contact removed")
                uow.commit()

    def _new(self, found: Sequence[Correspondent]) -> tuple[Correspondent, ...]:
        with self._open() as uow:
            return tuple(one for one in found if uow.contacts.get(one.address) is None)


def _said(one: Contact) -> str:
    person = one.correspondent
    told = (one.name, person.speciality, person.city, one.address, one.telephone, one.note)
    return ", ".join(word for word in told if word)
