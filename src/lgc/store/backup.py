"""A consistent encrypted copy of the practice while it is open: the base and its wrapped keys."""

from __future__ import annotations

import shutil
from pathlib import Path

from sqlalchemy import Engine

from lgc.errors import UserFacingError
from lgc.store.engine import copy_file, driver_connection


def copy_to(folder: Path, engine: Engine, key: bytes, database: Path, keys: Path) -> None:
    """Write both files in ``folder``, under the names they have here.

    A copy opens with the same cards and the same recovery code. Raises UserFacingError when the
    disk is full or the folder is the practice's own.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if folder.resolve() == database.parent.resolve():
            raise UserFacingError(
                "Ce dossier est celui du cabinet.",
                advice="Choisissez un autre dossier, de préférence sur un autre disque.",
            )
        with driver_connection(engine) as source:
            copy_file(source, folder / database.name, key)
        draft = folder / (keys.name + ".draft")
        shutil.copyfile(keys, draft)
        draft.replace(folder / keys.name)
    except OSError as error:
        raise UserFacingError(
            "La copie de sauvegarde n’a pas pu être écrite.",
            advice="Vérifiez la place et vos droits sur ce dossier ; la base n’a pas bougé.",
            details=str(error.errno),
            may_retry=True,
        ) from error
