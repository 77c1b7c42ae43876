"""TD1.4: close a DMP at its patient's demand (PRPA_IN201314 FERM, dmp.md §4.7)."""

from __future__ import annotations

from lgc.dmp import registering
from lgc.dmp.link import DmpLink
from lgc.hl7v3 import registration
from lgc.hl7v3.registration import Subject


def close(link: DmpLink, subject: Subject, words: str) -> None:
    """Close it; ``words`` say what the patient asked. Raises UserFacingError, TransportError."""
    message = registration.change(
        subject,
        link.author,
        registering.author_speciality(link),
        "FERM",
        link.head(),
        closing=words,
    )
    registering.post(link, "td1_4", registration.CHANGE, subject.ins, message)
