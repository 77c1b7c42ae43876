"""The directory of the sandbox: rows as the public extraction writes them."""

import pytest

from lgc_sandbox import directory

CONTACT = {
    "address": "loic.siret@medecin.mssante.example",
    "family_name": "SIRET",
    "given_name": "Loïc",
    "title": "Dr",
    "speciality": "Cardiologie",
    "city": "Issy-les-Moulineaux",
    "organisation": "Centre de cardiologie",
    "national_id": "899700058456",
}


@pytest.fixture(scope="module")
def rows():
    return list(directory.rows({"contacts": [CONTACT]}))


def test_the_correspondents_of_the_practice_come_first_with_their_town(rows):
    first = rows[0]

    assert first["Adresse BAL"] == CONTACT["address"]
    assert first["L6LIGNEACHEMINEMENT structure BAL"] == "92130 ISSY LES MOULINEAUX"
    assert first["Département structure BAL"] == "92"


def test_three_hundred_colleagues_have_each_a_mailbox_of_their_own(rows):
    addresses = {row["Adresse BAL"] for row in rows[1:]}

    assert len(addresses) == len(rows) - 1 == 300
    assert all(a.isascii() and a == a.lower() and " " not in a for a in addresses)
    assert all(a.endswith(".example") for a in addresses)


def test_an_accent_is_kept_in_the_name_and_folded_in_the_address(rows):
    row = next(
        r for r in rows if (r["Prénom d'exercice"], r["Nom d'exercice"]) == ("Élise", "NOËL")
    )

    assert row["Adresse BAL"] == "elise.noel@medecin.mssante.example"


def test_no_value_breaks_the_lines_or_the_columns(rows):
    assert all(tuple(row) == directory.COLUMNS for row in rows)
    assert not [v for row in rows for v in row.values() if set("|\r\n") & set(v)]


def test_a_surname_leads_to_several_people_to_choose_from(rows):
    duponts = [row for row in rows if row["Nom d'exercice"] == "DUPONT"]

    assert len(duponts) == 10
    assert len({row["Libellé savoir-faire"] for row in duponts}) > 5
