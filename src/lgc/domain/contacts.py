"""A contact of the practice: a colleague or an organisation, and what we noted of them. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from lgc.domain.professionals import Correspondent
from lgc.domain.writing import is_address, is_citizen
from lgc.errors import UserFacingError

RPPS_DIGITS, NATIONAL_DIGITS = 11, 12
BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Contact:
    """``note`` is of the practice alone: it never travels with a message."""

    correspondent: Correspondent
    telephone: str = ""
    note: str = ""

    @property
    def address(self) -> str:
        return self.correspondent.address

    @property
    def name(self) -> str:
        """As lists are sorted: the family name first, or the organisation."""
        one = self.correspondent
        person = " ".join(part for part in (one.family_name, one.given_name) if part)
        return person or one.organisation or one.address


def faults(contact: Contact) -> dict[str, str]:
    """Field of the correspondent → what is wrong with it; empty when it can be kept."""
    one, found = contact.correspondent, {}
    if not one.family_name.strip() and not one.organisation.strip():
        found["family_name"] = "Écrivez un nom, ou une structure."
    address = _address(one)
    if not address:
        found["address"] = "Écrivez l’adresse MSSanté."
    elif not is_address(address):
        found["address"] = (
            "L’adresse MSSanté n’est pas complète. "
            "Elle s’écrit comme prenom.nom@domaine.mssante.fr."
        )
    elif is_citizen(address):
        found["address"] = (
            "C’est l’adresse d’un patient dans Mon espace santé. "
            "Elle se fait depuis son dossier, avec « Écrire au patient »."
        )
    number = BLANKS.sub("", one.national_id)
    if number and not _is_number(number):
        found["national_id"] = "Le numéro RPPS a onze chiffres."
    return found


def tidied(contact: Contact) -> Contact:
    """Ready to be kept: no spare blanks, a small address, a national number of twelve digits.

    Raises UserFacingError for what cannot be kept.
    """
    for words in faults(contact).values():
        sentence, _, advice = words.partition(". ")
        raise UserFacingError(f"{sentence.rstrip('.')}.", advice=advice)
    one = contact.correspondent
    address = _address(one)
    kept = replace(
        one,
        address=address,
        family_name=_plain(one.family_name),
        given_name=_plain(one.given_name),
        title=_plain(one.title),
        speciality=_plain(one.speciality),
        city=_plain(one.city),
        organisation=_plain(one.organisation),
        national_id=national_number(one.national_id),
    )
    return Contact(kept, _plain(contact.telephone), contact.note.strip())


def national_number(typed: str) -> str:
    """Twelve digits: « 8 » before the eleven of an RPPS number. Raises UserFacingError."""
    plain = BLANKS.sub("", typed)
    if not plain:
        return ""
    if _is_number(plain):
        return plain if len(plain) == NATIONAL_DIGITS else f"8{plain}"
    raise UserFacingError("Le numéro RPPS a onze chiffres.")


def _is_number(plain: str) -> bool:
    return plain.isascii() and plain.isdigit() and len(plain) in (RPPS_DIGITS, NATIONAL_DIGITS)


def _address(one: Correspondent) -> str:
    return "".join(one.address.split()).lower()


def completed(known: Correspondent, told: Correspondent) -> Correspondent:
    """What the practice wrote stays; what it left blank is filled with what is told."""
    if known.address.lower() != told.address.lower():
        return known
    person = (
        {"title": told.title, "given_name": told.given_name, "family_name": told.family_name}
        if not known.family_name
        else {}
    )
    return replace(
        known,
        **person,
        speciality=known.speciality or told.speciality,
        city=known.city or told.city,
        organisation=known.organisation or told.organisation,
        national_id=known.national_id or told.national_id,
        verified=known.verified or told.verified,
    )


def _plain(words: str) -> str:
    return " ".join(words.split())
