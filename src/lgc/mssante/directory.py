"""The directory: the public MSSanté extraction, read by header names (mssante-xdm §4)."""

from __future__ import annotations

import csv
import re
import threading
import unicodedata
from pathlib import Path

from lgc.domain.professionals import Correspondent

ADDRESS, FAMILY, GIVEN = "Adresse BAL", "Nom d'exercice", "Prénom d'exercice"
SKILL, COMPANY = "Libellé savoir-faire", "Raison Sociale structure BAL"
TOWN = "L6LIGNEACHEMINEMENT structure BAL"


class Directory:
    """Loaded once, at the first question; searched by the beginnings of words.

    A file that is absent is an empty directory: contacts still complete recipients.
    """

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._people: list[tuple[str, Correspondent]] | None = None

    def find(self, words: str, limit: int = 8) -> list[Correspondent]:
        """Name, speciality, organisation or town; accents forgiven; best names first."""
        wanted = [f" {word}" for word in _fold(words).split()]
        if not wanted:
            return []
        found = [
            (0 if key.startswith(wanted[0]) else 1, one)
            for key, one in self._loaded()
            if all(word in key for word in wanted)
        ]
        found.sort(key=lambda pair: (pair[0], pair[1].family_name, pair[1].given_name))
        return [one for _, one in found[:limit]]

    def with_address(self, address: str) -> Correspondent | None:
        wanted = address.lower()
        return next((one for _, one in self._loaded() if one.address == wanted), None)

    def _loaded(self) -> list[tuple[str, Correspondent]]:
        with self._lock:
            if self._people is None:
                self._people = _read(self._file)
            return self._people


def _read(file: Path | None) -> list[tuple[str, Correspondent]]:
    if file is None or not file.is_file():
        return []
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="|", quoting=csv.QUOTE_NONE)
        return [(_key(one), one) for one in map(_person, rows) if one is not None]


def _person(row: dict[str, str | None]) -> Correspondent | None:
    address = (row.get(ADDRESS) or "").strip().lower()
    if "@" not in address:
        return None
    family = (row.get(FAMILY) or "").strip()
    town = re.sub(r"^\d{5}\s*", "", (row.get(TOWN) or "").strip())
    return Correspondent(
        address=address,
        family_name=family,
        given_name=(row.get(GIVEN) or "").strip(),
        title="Dr" if row.get(SKILL) and family else "",
        speciality=(row.get(SKILL) or "").strip(),
        city=town.title() if town.isupper() else town,
        organisation=(row.get(COMPANY) or "").strip(),
        verified=True,
    )


def _key(one: Correspondent) -> str:
    parts = (one.family_name, one.given_name, one.organisation, one.speciality, one.city)
    return f" {_fold(' '.join(parts))} {_fold(one.address)}"


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join(kept.split())
