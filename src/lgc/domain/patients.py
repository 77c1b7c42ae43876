"""A patient of the practice, and what a screen must always show of one."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from lgc.domain.identity import Identity, Sex
from lgc.domain.professionals import NO_ADDRESS, Address


class DmpAccess(StrEnum):
    """What is known of the patient's DMP and of my right on it (TD0.2)."""

    UNKNOWN = "unknown"
    NONE = "none"
    CLOSED = "closed"
    TO_AUTHORISE = "to_authorise"
    FORBIDDEN = "forbidden"
    AUTHORISED = "authorised"


@dataclass(frozen=True, slots=True)
class DmpStatus:
    """The last answer of TD0.2 and when it came (aware, UTC)."""

    access: DmpAccess = DmpAccess.UNKNOWN
    attending_doctor: bool = False
    checked_at: dt.datetime | None = None


NEVER_ASKED = DmpStatus()


@dataclass(frozen=True, slots=True)
class Patient:
    """Everything the practice holds of a person, except the medical record.

    ``refuses_own_mail``: no message in Mon espace santé (MSS/va1.20); ``refuses_shared_mail``: no
    document of theirs to other professionals by MSSanté (MSS/va1.22).
    """

    patient_id: str
    identity: Identity
    address: Address = NO_ADDRESS
    telephone: str = ""
    email: str = ""
    important: str = ""
    important_detail: str = ""
    attending_doctor: str = ""
    protocols: tuple[str, ...] = ()
    dmp: DmpStatus = NEVER_ASKED
    refuses_own_mail: bool = False
    refuses_shared_mail: bool = False

    @property
    def civility(self) -> str:
        return {Sex.MALE: "M.", Sex.FEMALE: "Mme"}.get(self.identity.traits.sex, "")

    def age_on(self, day: dt.date) -> tuple[int, int]:
        """Whole years and remaining whole months on ``day``."""
        return age_between(self.identity.traits.birth_date, day)


def age_between(born: dt.date, day: dt.date) -> tuple[int, int]:
    """Whole years and remaining whole months on ``day`` of who was born on ``born``."""
    months = (day.year - born.year) * 12 + day.month - born.month - (day.day < born.day)
    return divmod(max(months, 0), 12)
