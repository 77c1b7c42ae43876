"""The white list of MSSanté: domains of the space of trust (mssante-xdm §1.2).

A recipient whose domain is not there is not MSSanté.
"""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from lgc.errors import UnreadableInput, place_of
from lgc.xds import safe_xml

log = logging.getLogger(__name__)
NAMES = ".//{*}Domaine/{*}Nom"
MAX_BYTES = 20 * 1024 * 1024


class WhiteList:
    """Read once, at the first question. No file, or no list in it: nothing is known."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._domains: frozenset[str] | None = None

    def holds(self, address: str) -> bool | None:
        """Is the domain of ``address`` listed? None while no list is known."""
        with self._lock:
            if self._domains is None:
                self._domains = _read(self._file)
        return _ascii(address.rpartition("@")[2]) in self._domains if self._domains else None


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
