"""What a file of certification authorities holds, told before anything relies on it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from cryptography import x509

from lgc.domain.workstation import Trial, Verdict

MOST_BYTES = 5_000_000
NONE = "Choisissez le fichier des autorités IGC-Santé : sans lui, rien ne part et rien n’arrive."


def try_authorities(setting: str, now: dt.datetime) -> Trial:
    """``setting`` is the path of a PEM file; ``now`` is aware."""
    if not setting:
        return Trial(Verdict.BAD, NONE)
    file = Path(setting).expanduser()
    try:
        if file.stat().st_size > MOST_BYTES:
            return Trial(Verdict.BAD, "Ce fichier est trop gros pour un fichier d’autorités.")
        found = x509.load_pem_x509_certificates(file.read_bytes())
    except OSError:
        return Trial(Verdict.BAD, "Ce fichier ne s’ouvre pas.")
    except ValueError:
        return Trial(Verdict.BAD, "Ce fichier ne contient pas de certificats (format PEM).")
    alive = [one.not_valid_after_utc for one in found if one.not_valid_after_utc > now]
    if not alive:
        return Trial(Verdict.BAD, "Toutes les autorités de ce fichier sont périmées.")
    over = len(found) - len(alive)
    words = f"{_count(len(alive), 'autorité valable', 'autorités valables')}, la première jusqu’au "
    words += f"{min(alive):%d/%m/%Y}"
    if over:
        words += f" ; {_count(over, 'périmée', 'périmées')}"
    return Trial(Verdict.DOUBTFUL if over else Verdict.GOOD, f"{words}.")


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
