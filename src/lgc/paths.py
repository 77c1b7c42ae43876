"""Where bundled files and the practice's own files live; nothing else may guess a path."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import platformdirs

from lgc.errors import UserFacingError
from lgc.files import private_folder, telling, write_whole

MOST_REMEMBERED = 100
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


def journals_folder() -> Path:
    """Where what cards signed of the journals is kept apart from the practices of this machine."""
    return Path(platformdirs.user_data_dir("lgc-journals", appauthor=False))


def practice_folder() -> Path:
    """The home of the practice's encrypted store and settings on this machine.

    The one chosen in « Réglages du poste », else the usual one of the system. Raises
    UserFacingError when the choice cannot be read: another folder would look like a new practice.
    """
    chosen = _workstation().get("folder")
    return Path(chosen) if chosen else usual_folder()


def opened_before(folder: Path) -> bool:
    """Did a session of this user open a practice there? Then an empty folder is no new one.

    Raises UserFacingError when what was remembered cannot be read.
    """
    return str(folder.absolute()) in _workstation().get("opened", [])


def remember_opened(folder: Path) -> None:
    """A session opened the practice of ``folder``. Raises UserFacingError."""
    kept = _workstation()
    opened = kept.get("opened", [])
    if str(folder.absolute()) not in opened:
        _keep(kept | {"opened": [*opened, str(folder.absolute())][-MOST_REMEMBERED:]})


def usual_folder() -> Path:
    """Where a practice lives when nobody chose another place."""
    return Path(platformdirs.user_data_dir("lgc", appauthor=False))


def keep_practice_folder(folder: Path) -> None:
    """Remember the doctor's choice for the next starts. Raises UserFacingError."""
    try:
        kept = _workstation()
    except UserFacingError:
        kept = {}  # the choice is made anew because the old one could not be read
    _keep(kept | {"folder": str(folder)})


def _workstation() -> dict[str, Any]:
    file = _workstation_file()
    try:
        found = json.loads(file.read_text("utf-8")) if file.exists() else {}
        if not isinstance(found, dict) or not isinstance(found.get("folder", ""), str):
            raise ValueError
        return found
    except (OSError, ValueError) as error:
        raise UserFacingError(
            "Le dossier du cabinet choisi sur ce poste n’est plus connu.",
            advice="Choisissez-le de nouveau dans « Réglages du poste » ; rien n’a été touché.",
            details=type(error).__name__,
        ) from error


def _keep(content: dict[str, Any]) -> None:
    file = _workstation_file()
    with telling():
        private_folder(file.parent)
        write_whole(file, json.dumps(content, ensure_ascii=False).encode())


def _workstation_file() -> Path:
    return Path(platformdirs.user_config_dir("lgc", appauthor=False)) / "workstation.json"
