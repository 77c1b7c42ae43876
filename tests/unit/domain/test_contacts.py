"""What of a contact is kept, and how what is told later completes it."""

from dataclasses import replace

import pytest

from lgc.domain.contacts import Contact, completed, tidied
from lgc.domain.professionals import Correspondent
from lgc.errors import UserFacingError

LISE = Correspondent("Lise.Cœur@medecin.mssante.example", " CŒUR ", "Lise", "Dr", "Cardiologie")


def test_a_contact_is_kept_without_spare_blanks_and_with_a_national_number():
    typed = replace(
        LISE, address=" Lise.Cœur@ medecin.mssante.example ", national_id="100 0005 7729"
    )

    kept = tidied(Contact(typed, " 01  99 00 00 01 ", "Le jeudi.\n"))

    assert kept.address == "lise.cœur@medecin.mssante.example"
    assert kept.correspondent.family_name == "CŒUR"
    assert kept.correspondent.national_id == "810000057729"
    assert (kept.telephone, kept.note) == ("01 99 00 00 01", "Le jeudi.")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"address": "lise"}, "L’adresse MSSanté n’est pas complète."),
        ({"address": ""}, "Écrivez l’adresse MSSanté."),
        ({"family_name": " ", "organisation": ""}, "Écrivez un nom, ou une structure."),
        ({"national_id": "12345"}, "Le numéro RPPS a onze chiffres."),
        ({"national_id": "1000000577²"}, "Le numéro RPPS a onze chiffres."),
        (
            {"address": "279035121518989@patient.mssante.fr"},
            "C’est l’adresse d’un patient dans Mon espace santé.",
        ),
    ],
)
def test_what_cannot_be_kept_is_said(changes, sentence):
    with pytest.raises(UserFacingError) as refused:
        tidied(Contact(replace(LISE, **changes)))

    assert refused.value.sentence == sentence


def test_an_organisation_needs_no_person():
    kept = tidied(Contact(Correspondent("labo@x.mssante.example", "", organisation="Labo Tarro")))

    assert kept.name == "Labo Tarro"


def test_what_is_told_later_fills_blanks_only():
    told = Correspondent(LISE.address.upper(), "COEUR", "Élise", "Pr", "Médecine", "Lyon", "CHU",
                         "810000057729", verified=True)  # fmt: skip

    after = completed(LISE, told)

    assert (after.family_name, after.given_name, after.title) == (" CŒUR ", "Lise", "Dr")
    assert (after.speciality, after.city, after.organisation) == ("Cardiologie", "Lyon", "CHU")
    assert after.national_id == "810000057729" and after.verified


def test_an_address_without_a_name_takes_the_whole_name_or_nothing():
    bare = Correspondent(LISE.address, "")

    assert completed(bare, LISE).given_name == "Lise"
    assert completed(LISE, bare) == LISE


def test_another_address_completes_nobody():
    other = Correspondent("other@x.mssante.example", "AUTRE", city="Lyon")

    assert completed(LISE, other) == LISE
