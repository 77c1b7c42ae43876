"""The public extraction of the MSSanté directory, with its published column names (§4)."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lgc_sandbox.files import write_atomically

# The full list and its order are not public: a reader goes by name, so these are enough.
ADDRESS, FAMILY, GIVEN = "Adresse BAL", "Nom d'exercice", "Prénom d'exercice"
SKILL, COMPANY = "Libellé savoir-faire", "Raison Sociale structure BAL"
POSTAL_CODE, DEPARTMENT = "Code postal structure BAL", "Département structure BAL"
STREET_NUMBER, STREET_KIND = "L4NUMEROVOIE structure BAL", "NL4TYPEVOIE structure BAL"
STREET, TOWN = "L4LIBELLEVOIE structure BAL", "L6LIGNEACHEMINEMENT structure BAL"
COLUMNS = (
    ADDRESS,
    FAMILY,
    GIVEN,
    SKILL,
    COMPANY,
    POSTAL_CODE,
    DEPARTMENT,
    STREET_NUMBER,
    STREET_KIND,
    STREET,
    TOWN,
)
# fmt: off
FAMILIES = (
    "DUPONT", "ABADIE", "BARBIER", "CARPENTIER", "DELMAS", "ESPINASSE", "FOURNIER", "GARNIER",
    "HUBERT", "IMBERT", "JACQUET", "LACROIX", "MARCHAND", "NOËL", "OLLIVIER", "PERRET",
    "QUENTIN", "RENAUD", "SCHMITT", "TESSIER", "VIDAL", "WAGNER", "BÉRARD", "CHEVALLIER",
    "DUCROCQ", "FAUVEL", "GUÉRIN", "LE GALL", "MARÉCHAL", "PRÉVOST",
)
GIVEN_NAMES = (
    "Agnès", "Bruno", "Céline", "Didier", "Élise", "François", "Gaëlle", "Hugo", "Irène",
    "Jérôme",
)
# fmt: on
SKILLS = (
    "Cardiologie",
    "Dermatologie",
    "Endocrinologie",
    "Gastro-entérologie",
    "Gynécologie",
    "Médecine générale",
    "Médecine générale",
    "Neurologie",
    "Ophtalmologie",
    "Pédiatrie",
    "Pneumologie",
    "Psychiatrie",
    "Rhumatologie",
)
TOWNS = {
    "Boulogne-Billancourt": "92100",
    "Issy-les-Moulineaux": "92130",
    "Meudon": "92190",
    "Paris": "75016",
    "Saint-Cloud": "92210",
    "Sèvres": "92310",
    "Versailles": "78000",
}
STREETS = (("RUE", "DES LILAS"), ("AVENUE", "DE LA GARE"), ("PLACE", "DU MARCHE"))


def write(path: Path, practice: Mapping[str, Any]) -> None:
    """The practice's correspondents first, then three hundred fictitious colleagues."""
    lines = ["|".join(COLUMNS), *("|".join(row.values()) for row in rows(practice))]
    write_atomically(path, ("\n".join(lines) + "\n").encode())


def rows(practice: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """One row per mailbox, every column in its place."""
    for one in practice["contacts"]:
        yield _row(one, "", "", "")
    pairs = itertools.product(FAMILIES, GIVEN_NAMES)
    for number, (family, given) in enumerate(pairs):
        kind, street = STREETS[number % len(STREETS)]
        person = {
            "address": f"{_local(given)}.{_local(family)}@medecin.mssante.example",
            "family_name": family,
            "given_name": given,
            "speciality": SKILLS[number % len(SKILLS)],
            "organisation": f"Cabinet du Dr {family}",
            "city": tuple(TOWNS)[number % len(TOWNS)],
        }
        yield _row(person, str(1 + number % 90), kind, street)


def _row(person: Mapping[str, Any], number: str, kind: str, street: str) -> dict[str, str]:
    code = TOWNS.get(person["city"], "")
    # La Poste prints a town in capitals, without accents or hyphens.
    town = f"{code} {_plain(person['city']).upper().replace('-', ' ')}".strip()
    said = (
        person["address"],
        person["family_name"],
        person["given_name"],
        person["speciality"],
        person["organisation"],
        code,
        code[:2],
        number,
        kind,
        street,
        town,
    )
    return dict(zip(COLUMNS, said, strict=True))


def _local(name: str) -> str:
    return _plain(name).lower().replace(" ", "-")


def _plain(text: str) -> str:
    kept = unicodedata.normalize("NFKD", text)
    return "".join(c for c in kept if not unicodedata.combining(c))
