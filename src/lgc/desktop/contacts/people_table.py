"""The list of contacts, and below it those of the directory who match what is searched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lgc.desktop import text
from lgc.desktop.components.rows import Cell, Column, Head
from lgc.desktop.components.tables import Table
from lgc.desktop.words import fold
from lgc.domain.contacts import Contact
from lgc.domain.professionals import Correspondent

ROW, HEAD = 50, 28


@dataclass(frozen=True, slots=True)
class Group:
    """A heading of the list."""

    words: str
    count: int


Row = Group | Contact | Correspondent


def address_of(row: Row) -> str:
    """What tells rows apart; empty for a heading."""
    return "" if isinstance(row, Group) else row.address


def person_of(row: Contact | Correspondent) -> Correspondent:
    return row.correspondent if isinstance(row, Contact) else row


def rows_of(contacts: Sequence[Contact], words: str, found: Sequence[Correspondent]) -> list[Row]:
    """The contacts that match, then those of the directory; headings only where both may be."""
    wanted = fold(words).split()
    here = [one for one in contacts if all(word in _said(one) for word in wanted)]
    if not wanted:
        return list(here)
    rows: list[Row] = []
    if here:
        rows += [Group("Mes contacts", len(here)), *here]
    if found:
        rows += [Group("Annuaire MSSanté", len(found)), *found]
    return rows


def people_table() -> Table[Row]:
    table: Table[Row] = Table(
        (
            Column("name", "Nom", _name, None, least=200),
            Column("place", "Structure", _place, 230),
            Column("telephone", "Téléphone", _telephone, 128),
            Column("add", "", _add, 96, right=True),
        ),
        name="Contacts",
        row_height=ROW,
        head_height=HEAD,
        key=lambda row: address_of(row) or id(row),
        head=lambda row: Head(row.words, row.count) if isinstance(row, Group) else None,
    )
    table.setObjectName("peopleTable")
    return table


def _said(contact: Contact) -> str:
    one = contact.correspondent
    telephone = "".join(contact.telephone.split())
    parts = (
        one.family_name, one.given_name, one.speciality, one.organisation, one.city, one.address,
        one.national_id, contact.telephone, telephone, contact.note,
    )  # fmt: skip
    return fold(" ".join(parts))


def _name(row: Row) -> Cell:
    if isinstance(row, Group):
        return Cell()
    one = person_of(row)
    name = " ".join(part for part in (one.family_name, one.given_name) if part)
    return Cell(
        name or one.organisation or one.address,
        bold=True,
        indent=4,
        second=one.speciality or one.address,
    )


def _place(row: Row) -> Cell:
    if isinstance(row, Group):
        return Cell()
    one = person_of(row)
    return Cell(one.organisation or one.city, second=one.city if one.organisation else "")


def _telephone(row: Row) -> Cell:
    return Cell(row.telephone, tone="text.muted") if isinstance(row, Contact) else Cell()


def _add(row: Row) -> Cell:
    if isinstance(row, Correspondent):
        return Cell("Ajouter", button="plain", tooltip=text.french("Garder dans mes contacts"))
    return Cell()
