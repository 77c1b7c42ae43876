"""Where bundled files and the practice's own files live; nothing else may guess a path."""

from __future__ import annotations

from pathlib import Path

import platformdirs

_PACKAGE = Path(__file__).resolve().parent


def bundled(folder: str) -> Path:
    """A folder shipped with the application (``resources``, ``cda_templates``, ``alembic``).

    An installed wheel carries them inside the package, a checkout keeps them at its top.
    """
    inside = _PACKAGE / "bundled" / folder
    return inside if inside.is_dir() else _PACKAGE.parents[1] / folder


def practice_folder() -> Path:
    """The default home of the practice's encrypted store and settings on this machine."""
    return Path(platformdirs.user_data_dir("lgc", appauthor=False))
