"""TD1.1: create a patient's DMP with the consent just given (PRPA_IN201311, dmp.md §4.7).

Closed by default: the 2024 rights matrix no longer lists it.
"""

from __future__ import annotations

from lgc.dmp import registering
from lgc.dmp.link import DmpLink
from lgc.domain.dmp import ORDINARY, Opening
from lgc.hl7v3 import registration
from lgc.hl7v3.registration import Observation, Subject


def create(link: DmpLink, subject: Subject, opening: Opening) -> None:
    """Create it. Never in a secret connection (EX_0.1-1100), always with the consent's time.

    Raises UserFacingError (closed by the settings, refused, exists already), TransportError.
    """
    registering.must_be_open(link)
    consent = Observation(registration.OPENING_CONSENT, True, opening.consented_at)
    message = registration.creation(
        subject,
        link.author,
        registering.author_speciality(link),
        (consent, *registration.oppositions(opening.oppositions)),
        link.head(),
    )
    ordinary = link.within(ORDINARY)
    registering.post(ordinary, "td1_1", registration.CREATE, subject.ins, message)
