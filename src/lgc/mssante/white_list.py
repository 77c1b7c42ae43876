"""The white list of MSSanté: domains of the space of trust (mssante-xdm §1.2).

A recipient whose domain is not there is not MSSanté. Without a list nobody knows what is, but
mail of the general public never is.
"""

from __future__ import annotations

import logging
import threading
import tomllib
from functools import cache
from pathlib import Path

from lgc.domain.workstation import Trial, Verdict
from lgc.errors import UnreadableInput, place_of
from lgc.paths import bundled
from lgc.xds import safe_xml

log = logging.getLogger(__name__)
NAMES = ".//{*}Domaine/{*}Nom"
NONE = (
    "Choisissez la liste blanche MSSanté : sans elle, rien ne dit si un destinataire est dans "
    "l’espace de confiance ; seules les messageries grand public sont refusées."
)
MAX_BYTES = 20 * 1024 * 1024


class WhiteList:
    """Read once, at the first question. No file, or no list in it: nothing is known."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._domains: frozenset[str] | None = None

    def holds(self, address: str) -> bool | None:
        """Is the domain of ``address`` listed?

        None while no list is known; False all the same for a provider of the general public.
        """
        with self._lock:
            if self._domains is None:
                self._domains = _read(self._file)
        domain = _ascii(address.rpartition("@")[2])
        if self._domains:
            return domain in self._domains
        return False if _is_public(domain) else None


def try_white_list(setting: str) -> Trial:
    """``setting`` is the path of the file, as « Réglages du poste » shows it."""
    if not setting:
        return Trial(Verdict.DOUBTFUL, NONE)
    found = len(_read(Path(setting).expanduser()))
    if not found:
        return Trial(Verdict.BAD, "Ce fichier ne contient aucun domaine MSSanté.")
    return Trial(Verdict.GOOD, f"{found} domaines de l’espace de confiance.")


@cache
def _public() -> frozenset[str]:
    file = bundled("resources") / "mssante" / "public_providers.toml"
    return frozenset(tomllib.loads(file.read_text("utf-8"))["domains"])


def _is_public(domain: str) -> bool:
    parts = domain.split(".")
    return any(".".join(parts[start:]) in _public() for start in range(len(parts)))


def _read(file: Path | None) -> frozenset[str]:
    if file is None or not file.is_file():
        return frozenset()
    try:
        if file.stat().st_size > MAX_BYTES:
            return frozenset()
        root = safe_xml.read_xml(file.read_bytes())
    except (OSError, UnreadableInput) as error:
        log.warning("white list not read: %s", place_of(error))
        return frozenset()
    names = (one.text or "" for one in root.iterfind(NAMES))
    return frozenset(_ascii(name) for name in names if name.strip())


def _ascii(domain: str) -> str:
    """An international domain in its punycode form (some are listed in UTF-8)."""
    plain = domain.strip().rstrip(".").lower()
    try:
        return plain.encode("idna").decode()
    except UnicodeError:
        return plain
