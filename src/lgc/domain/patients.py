"""A patient of the practice, and what a screen must always show of one."""

from __future__ import annotations

import datetime as dt
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from lgc.domain.ages import Age, age_on
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


NOBODY = frozenset(
    ("", "aucun", "aucune", "aucun declare", "pas", "pas de", "pas de medecin traitant", "neant",
     "non", "non declare", "non renseigne", "non connu", "sans", "sans medecin traitant",
     "personne", "inconnu", "nsp", "n a", "na", "nc", "a declarer",
     "aucun medecin traitant", "aucun medecin", "pas de medecin", "pas de mt",
     "aucun mt", "sans mt", "ne sait pas", "nr")
)  # fmt: skip
"""What is typed where there is no attending doctor, without accents or marks."""
TITLES = frozenset(("dr", "docteur", "pr", "professeur", "m", "mme", "monsieur", "madame"))


def same_person(one: str, other: str) -> bool:
    """The same words in any order, titles left out."""
    words = [sorted(set(_bare(name).split()) - TITLES) for name in (one, other)]
    return bool(words[0]) and words[0] == words[1]


def _bare(words: str) -> str:
    """Small letters without accents; anything else parts two words."""
    plain = unicodedata.normalize("NFKD", words.casefold())
    kept = (c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join("".join(kept).split())


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
    def named_doctor(self) -> str:
        """The attending doctor whom the record names; empty when it says that there is none."""
        words = self.attending_doctor.strip()
        return "" if _bare(words) in NOBODY or not any(map(str.isalpha, words)) else words

    def doctor_doubt(self, me: str) -> str:
        """What to say when the DMP calls ``me`` the attending doctor and the record does not."""
        said = self.attending_doctor.strip()
        if not self.dmp.attending_doctor or not said or same_person(self.named_doctor, me):
            return ""
        return (
            f"Le DMP vous dit médecin traitant, cette fiche dit « {said} » : "
            "vos documents suivent la fiche."
        )

    @property
    def civility(self) -> str:
        return {Sex.MALE: "M.", Sex.FEMALE: "Mme"}.get(self.identity.traits.sex, "")

    def age_on(self, day: dt.date) -> Age:
        return age_on(day, self.identity.traits.birth_date)


def in_order(patient: Patient) -> tuple[str, ...]:
    """What lists of people are sorted on where nothing else tells: facts, the same every day.

    Name, birth date, names and place of birth, INS; the identifier of the record comes last only
    because two records may agree on all the rest.
    """
    identity, traits = patient.identity, patient.identity.traits
    return (
        identity.display_name,
        traits.birth_date.isoformat(),
        traits.birth_name,
        " ".join(traits.birth_given_names),
        traits.birth_place_code,
        identity.ins.matricule if identity.ins else "",
        patient.patient_id,
    )
