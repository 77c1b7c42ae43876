"""What TD1.1, TD1.2, TD1.3b and TD1.4 share: one message, one acknowledgement (dmp.md §4.7)."""

from __future__ import annotations

from lxml import etree

from lgc.dmp import codes, errors
from lgc.dmp.link import DmpLink
from lgc.domain.identity import QualifiedIns
from lgc.domain.professionals import Coded
from lgc.errors import UserFacingError
from lgc.hl7v3 import registration
from lgc.terminology import specialities


def post(link: DmpLink, name: str, action: str, ins: QualifiedIns, message: etree._Element) -> None:
    """Send once: repeating could register twice. Raises UserFacingError, TransportError."""
    answer = link.send(name, codes.PATIENTS, action, ins, message)
    refused = registration.parse(answer.body)
    if refused is not None:
        raise errors.of_refusal(refused).error


def author_speciality(link: DmpLink) -> Coded | None:
    """The speciality as these messages code it (``G15_10/SM26``)."""
    return specialities.of_author(link.author)


def must_be_open(link: DmpLink) -> None:
    """Raises UserFacingError unless the settings open creation and reactivation."""
    if not link.profile.creation:
        raise UserFacingError(
            "La création de DMP par le logiciel n’est pas ouverte.",
            advice="L’Assurance Maladie crée Mon espace santé elle-même.",
        )
