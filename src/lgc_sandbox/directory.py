"""The public extraction of the MSSanté directory, with its published column names (§4)."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lgc_sandbox.files import write_atomically

COLUMNS = (
    "Adresse BAL",
    "Nom d'exercice",
    "Prénom d'exercice",
    "Libellé savoir-faire",
    "Raison Sociale structure BAL",
    "Code postal structure BAL",
    "Département structure BAL",
    "L6LIGNEACHEMINEMENT structure BAL",
)
FAMILIES = [
    "ABADIE",
    "BARBIER",
    "CARPENTIER",
    "DELMAS",
    "ESPINASSE",
    "FOURNIER",
    "GARNIER",
    "HUBERT",
    "IMBERT",
    "JACQUET",
    "LACROIX",
    "MARCHAND",
    "NOEL",
    "OLLIVIER",
    "PERRET",
    "QUENTIN",
    "RENAUD",
    "SCHMITT",
    "TESSIER",
    "VIDAL",
]
GIVEN = [
    "Agnès",
    "Bruno",
    "Céline",
    "Didier",
    "Élise",
    "François",
    "Gaëlle",
    "Hugo",
    "Irène",
    "Jérôme",
]
SKILLS = ("Cardiologie", "Dermatologie", "Endocrinologie", "Gynécologie", "Médecine générale")
TOWNS = (("75016", "PARIS"), ("92100", "BOULOGNE BILLANCOURT"), ("92130", "ISSY LES MOULINEAUX"))


def write(path: Path, practice: Mapping[str, Any]) -> None:
    """The practice's correspondents first, then two hundred fictitious colleagues."""
    lines = ["|".join(COLUMNS), *("|".join(row) for row in _rows(practice))]
    write_atomically(path, ("\n".join(lines) + "\n").encode())


def _rows(practice: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for one in practice["contacts"]:
        yield (
            one["address"],
            one["family_name"],
            one["given_name"],
            one["speciality"],
            one["organisation"],
            "",
            "",
            one["city"],
        )
    pairs = itertools.product(FAMILIES, GIVEN)
    for number, (family, given) in enumerate(pairs):
        code, town = TOWNS[number % len(TOWNS)]
        address = f"{given}.{family}{number}".lower().encode("ascii", "ignore").decode()
        yield (
            f"{address}@medecin.mssante.example",
            family,
            given,
            SKILLS[number % len(SKILLS)],
            "",
            code,
            code[:2],
            f"{code} {town}",
        )
