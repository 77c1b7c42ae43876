"""``python -m lgc.card.probe MODULE``: load a PKCS#11 library in a process of its own.

A damaged library may end the process that loads it (SIGBUS, SIGSEGV), or never come back: that
process is this one. It prints one JSON line: the library's name, its version, its readers.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pkcs11
from pkcs11.exceptions import PKCS11Error

from lgc.card import modules
from lgc.children import command
from lgc.domain.workstation import Trial, Verdict

SECONDS = 15.0
NONE = "Aucun module de carte n’est installé sur ce poste : installez la Cryptolib CPS de l’ANS."


def try_module(setting: str) -> Trial:
    """What the library named by the setting (empty: the one found on this machine) says."""
    module = modules.choose(setting)
    if module is None:
        return Trial(Verdict.BAD, "Ce fichier n’existe pas." if setting else NONE)
    try:
        ended = subprocess.run(
            command("--card-probe", str(module)),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
        told = json.loads(ended.stdout) if ended.returncode == 0 else None
    except subprocess.TimeoutExpired:
        return Trial(Verdict.BAD, f"Ce module ne répond pas en {SECONDS:.0f} secondes.")
    except (OSError, ValueError):
        told = None
    if not isinstance(told, dict):
        return Trial(Verdict.BAD, "Ce fichier n’est pas un module de carte pour ce poste.")
    return _finding(setting, module, told)


def _finding(setting: str, module: Path, told: dict[str, object]) -> Trial:
    name = str(told.get("name", "")) or module.name
    count = int(str(told.get("readers", 0)))
    readers = "aucun lecteur branché" if count == 0 else f"{count} lecteur{'s' * (count > 1)}"
    found = "" if setting else " (trouvé sur ce poste)"
    verdict = Verdict.GOOD if count else Verdict.DOUBTFUL
    return Trial(verdict, f"{name}, version {told.get('version', '?')}{found} ; {readers}.")


def main(module: str) -> int:
    """Print what the library says. A PKCS#11 error is exit code 1."""
    try:
        library = pkcs11.lib(module)
        readers = len(library.get_slots())
    except (PKCS11Error, UnicodeDecodeError):
        return 1
    version = ".".join(str(part) for part in library.library_version)
    name = str(library.library_description).strip() or str(library.manufacturer_id).strip()
    print(json.dumps({"name": name, "version": version, "readers": readers}))  # noqa: T201
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
