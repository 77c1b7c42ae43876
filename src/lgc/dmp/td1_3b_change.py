"""TD1.3b: change administrative data and oppositions (PRPA_IN201314 MODIF_DATA, dmp.md §4.7).

Only for a DMP that is not attached to Mon espace santé: there the patient does it.
"""

from __future__ import annotations

from lgc.dmp import registering
from lgc.dmp.link import DmpLink
from lgc.domain.dmp import Opposition
from lgc.hl7v3 import registration
from lgc.hl7v3.registration import Subject


def change(link: DmpLink, subject: Subject, refused: frozenset[Opposition]) -> None:
    """Write the identity as qualified here, and both oppositions.

    Raises UserFacingError, TransportError.
    """
    message = registration.change(
        subject,
        link.author,
        registering.author_speciality(link),
        "MODIF_DATA",
        link.head(),
        observed=registration.oppositions(refused),
    )
    registering.post(link, "td1_3b", registration.CHANGE, subject.ins, message)
