"""The doctor, the colleagues and where they practise (CPS card, annuaire santé)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Coded:
    """A code with its system (OID) and French label."""

    code: str
    system: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class PlaceOfPractice:
    """One situation d'exercice of the card: structure and sector come together (EX_GEN-1370).

    ``structure_id`` is a Struct_IdNat (``1``+FINESS, ``3``+SIRET, ``4``+RPPS-rang…);
    ``sector`` a code of JDV_J61 such as ``SA07``.
    """

    structure_id: str
    structure_name: str
    sector: str


@dataclass(frozen=True, slots=True)
class CardHolder:
    """What the card's certificates and public data say before any PIN.

    ``national_id`` is the PS_IdNat (``8`` + 11-digit RPPS); ``profession`` a code of G15;
    ``speciality`` a code of R01 (``SM26``), empty when the card does not tell.
    """

    national_id: str
    family_name: str
    given_name: str
    profession: Coded
    speciality: str
    card_serial: str

    @property
    def rpps(self) -> str:
        return self.national_id[1:] if self.national_id.startswith("8") else self.national_id


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address; empty strings where a line is missing."""

    lines: tuple[str, ...] = ()
    postal_code: str = ""
    city: str = ""

    def within(self, most: int) -> tuple[str, ...]:
        """Its lines and its town on ``most`` lines at most: what is over joins the last of them."""
        town = f"{self.postal_code} {self.city}".strip()
        street = tuple(line.strip() for line in self.lines if line.strip())
        room = most - bool(town)
        if len(street) > room:
            street = (*street[: room - 1], ", ".join(street[room - 1 :]))
        return (*street, town) if town else street


NO_ADDRESS = Address()


@dataclass(frozen=True, slots=True)
class Practitioner:
    """The author of a document: the card holder at one chosen place of practice."""

    holder: CardHolder
    place: PlaceOfPractice
    civility: str = "DR"
    speciality: Coded | None = None
    telephone: str = ""
    address: Address = NO_ADDRESS
    mssante_address: str = ""

    @property
    def display_name(self) -> str:
        return f"Dr {self.holder.given_name} {self.holder.family_name}"


@dataclass(frozen=True, slots=True)
class Correspondent:
    """A colleague or an organisation found in the contacts or the directory."""

    address: str
    family_name: str
    given_name: str = ""
    title: str = ""
    speciality: str = ""
    city: str = ""
    organisation: str = ""
    national_id: str = ""
    verified: bool = False

    @property
    def rpps(self) -> str:
        """Eleven digits, or another national number as it is."""
        return self.national_id[1:] if self.national_id.startswith("8") else self.national_id

    @property
    def display_name(self) -> str:
        name = " ".join(p for p in (self.title, self.given_name, self.family_name) if p)
        return name or self.organisation or self.address
