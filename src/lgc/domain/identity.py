"""Who the patient is: INS, strict traits and identity status (RNIV; guide d'implémentation INS)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum

from lgc.errors import UserFacingError


class Sex(StrEnum):
    """Administrative sex as the INS knows it; UNKNOWN never comes from INSi."""

    MALE = "M"
    FEMALE = "F"
    UNKNOWN = "U"


class IdentityStatus(StrEnum):
    """The four mutually exclusive statuses of RNIV; only QUALIFIED may leave with its INS."""

    PROVISIONAL = "PROV"
    RETRIEVED = "RECUP"
    VALIDATED = "VALI"
    QUALIFIED = "QUAL"


class InsAuthority(StrEnum):
    """OID of the assigning authority of a matricule INS."""

    NIR = "1.2.250.1.213.1.4.8"
    NIA = "1.2.250.1.213.1.4.9"
    TEST_NIR = "1.2.250.1.213.1.4.10"
    DEMO_NIR = "1.2.250.1.213.1.4.11"

    @property
    def fictitious(self) -> bool:
        return self in (InsAuthority.TEST_NIR, InsAuthority.DEMO_NIR)


def ins_key(body: str) -> str:
    """The two-digit key of a 13-character matricule body (97 minus the rest by 97, Corsica folded).

    Raises ValueError when the body is not 13 characters of a matricule.
    """
    department = {"2A": "19", "2B": "18"}.get(body[5:7].upper(), body[5:7])
    digits = body[:5] + department + body[7:]
    if len(digits) != 13 or not digits.isascii() or not digits.isdigit():
        raise ValueError("a matricule body has 13 characters")
    return f"{97 - int(digits) % 97:02d}"


def spaced(matricule: str) -> str:
    """``1 48 08 92 999 999 66``: groups a human can compare."""
    m = matricule
    return " ".join((m[0], m[1:3], m[3:5], m[5:7], m[7:10], m[10:13], m[13:]))


@dataclass(frozen=True, slots=True)
class Ins:
    """A matricule (15 characters, key included) and the OID of its authority, never one alone."""

    matricule: str
    oid: str

    def __post_init__(self) -> None:
        # « 2a » is Corsica like « 2A »: written small, it made another person.
        object.__setattr__(self, "matricule", self.matricule.upper())
        if len(self.matricule) != 15 or not self.matricule.isascii():
            raise ValueError("a matricule INS has 15 characters")

    @property
    def key_is_right(self) -> bool:
        try:
            return ins_key(self.matricule[:13]) == self.matricule[13:]
        except ValueError:
            return False

    @property
    def fictitious(self) -> bool:
        return self.oid in (InsAuthority.TEST_NIR, InsAuthority.DEMO_NIR)

    @property
    def spaced(self) -> str:
        """``1 48 08 92 999 999 66``: groups a human can compare."""
        return spaced(self.matricule)


@dataclass(frozen=True, slots=True)
class Traits:
    """The strict traits (RNIV). Names as the INS writes them; the place is an INSEE/COG code."""

    birth_name: str
    birth_given_names: tuple[str, ...]
    sex: Sex
    birth_date: dt.date
    birth_place_code: str = ""

    @property
    def first_given_name(self) -> str:
        return self.birth_given_names[0] if self.birth_given_names else ""


def shown_given_name(name: str) -> str:
    """``MARIE-JOSÉ`` as people write it, ``Marie-José``; mixed case is somebody's choice."""
    return name.title() if name.isupper() else name


@dataclass(frozen=True, slots=True)
class Identity:
    """A patient's whole identity as the practice knows it."""

    traits: Traits
    status: IdentityStatus
    ins: Ins | None = None
    used_name: str = ""
    used_given_name: str = ""
    doubtful: bool = False
    fictitious: bool = False
    homonym: bool = False
    former_ins: tuple[Ins, ...] = field(default=())

    @property
    def display_name(self) -> str:
        """Used name if any, else birth name, in capitals as it stands, then the given name."""
        given = shown_given_name(self.used_given_name or self.traits.first_given_name)
        return f"{self.used_name or self.traits.birth_name} {given}".strip()

    def qualified(self) -> QualifiedIns:
        """The INS with its traits, allowed to leave the practice.

        Raises UserFacingError when the identity is not qualified, is doubtful or fictitious
        (EXI ID 24, 26, 29): an INS that is not qualified never leaves.
        """
        if (
            self.status is not IdentityStatus.QUALIFIED
            or self.ins is None
            or self.doubtful
            or self.fictitious
        ):
            raise UserFacingError(
                "L’INS de ce patient n’est pas qualifiée.",
                advice="Vérifiez son identité, puis interrogez INSi ; le document reste là.",
            )
        return QualifiedIns(self.ins, self.traits)


@dataclass(frozen=True, slots=True)
class QualifiedIns:
    """Proof by type that an INS may be sent: only ``Identity.qualified`` makes one."""

    ins: Ins
    traits: Traits

    @property
    def cx(self) -> str:
        """HL7 CX form used by XDS and the VIHF: ``matricule^^^&oid&ISO^NH``."""
        return f"{self.ins.matricule}^^^&{self.ins.oid}&ISO^NH"
