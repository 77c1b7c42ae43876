"""TD1.2: open a closed DMP again, the patient agreeing (PRPA_IN201314 REAC, dmp.md §4.7)."""

from __future__ import annotations

from lgc.dmp import registering
from lgc.dmp.link import DmpLink
from lgc.domain.dmp import Opening
from lgc.hl7v3 import registration
from lgc.hl7v3.registration import Observation, Subject


def reactivate(link: DmpLink, subject: Subject, opening: Opening) -> None:
    """Open it again (EX_1.2-1010, EX_1.2-1030: the consent leaves with its time).

    Raises UserFacingError (closed by the settings, refused), TransportError.
    """
    registering.must_be_open(link)
    consent = Observation(registration.REACTIVATION_CONSENT, True, opening.consented_at)
    message = registration.change(
        subject,
        link.author,
        registering.author_speciality(link),
        "REAC",
        link.head(),
        observed=(consent,),
    )
    registering.post(link, "td1_2", registration.CHANGE, subject.ins, message)
