"""Where bundled files and the practice's own files live; nothing else may guess a path."""

from __future__ import annotations

import json
from pathlib import Path

import platformdirs

from lgc.errors import UserFacingError
from lgc.files import private_folder, telling, write_whole

_PACKAGE = Path(__file__).resolve().parent


def bundled(folder: str) -> Path:
    """A folder shipped with the application (``resources``, ``cda_templates``, ``alembic``).

    An installed wheel carries them inside the package, a checkout keeps them at its top.
    """
    inside = _PACKAGE / "bundled" / folder
    return inside if inside.is_dir() else _PACKAGE.parents[1] / folder


def rescue_folder() -> Path:
    """Where a practice is copied when its own folder vanishes under the running application."""
    return Path(platformdirs.user_data_dir("lgc-rescue", appauthor=False))


def practice_folder() -> Path:
    """The home of the practice's encrypted store and settings on this machine.

    The one chosen in « Réglages du poste », else the usual one of the system. Raises
    UserFacingError when the choice cannot be read: another folder would look like a new practice.
    """
    chosen = _workstation_file()
    if not chosen.exists():
        return usual_folder()
    try:
        return Path(json.loads(chosen.read_text("utf-8"))["folder"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserFacingError(
            "Le dossier du cabinet choisi sur ce poste n’est plus connu.",
            advice="Choisissez-le de nouveau dans « Réglages du poste » ; rien n’a été touché.",
            details=type(error).__name__,
        ) from error


def usual_folder() -> Path:
    """Where a practice lives when nobody chose another place."""
    return Path(platformdirs.user_data_dir("lgc", appauthor=False))


def keep_practice_folder(folder: Path) -> None:
    """Remember the doctor's choice for the next starts. Raises UserFacingError."""
    file = _workstation_file()
    with telling():
        private_folder(file.parent)
        write_whole(file, json.dumps({"folder": str(folder)}).encode())


def _workstation_file() -> Path:
    return Path(platformdirs.user_config_dir("lgc", appauthor=False)) / "workstation.json"
