"""Bring a practice's file to the schema this version of the application knows.

A file that is up to date costs one question. Otherwise Alembic moves it, each revision in its own
transaction, after a copy kept beside the file as ``<name>.before-<revision>``.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, inspect, text

from lgc.errors import UserFacingError
from lgc.paths import bundled
from lgc.store.engine import copy_file, driver_connection, open_engine

log = logging.getLogger(__name__)


def bring_up_to_date(database: Path, key: bytes, scripts: Path | None = None) -> None:
    """Create or upgrade the schema of ``database``.

    Raises UserFacingError when the file comes from a newer version, when the copy cannot be
    written, or when a revision fails; the file then stays at the last revision that succeeded.
    """
    scripts = scripts or bundled("alembic")
    known = known_revisions(scripts)
    # Batch revisions rebuild tables: with foreign keys on, dropping the old one would empty others.
    engine = open_engine(database, key, foreign_keys=False)
    try:
        current = _current(engine)
        if current == known[-1]:
            return
        if current is not None:
            _refuse_newer(current, known)
            _keep_a_copy(engine, database, key, known[-1])
        _move(engine, scripts)
        log.info("schema moved from %s to %s", current, known[-1])
    finally:
        engine.dispose()


def known_revisions(scripts: Path) -> list[str]:
    """Revisions are the first word of their file name and sort in order: ``0001_schema.py``."""
    return sorted(file.stem.partition("_")[0] for file in (scripts / "versions").glob("[0-9]*.py"))


def _current(engine: Engine) -> str | None:
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: Any = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return None if found is None else str(found)


def _refuse_newer(current: str, known: list[str]) -> None:
    if current not in known:
        raise UserFacingError(
            "Cette base a été écrite par une version plus récente du logiciel.",
            advice="Mettez le logiciel à jour ; la base n’a pas été touchée.",
            details=f"schema {current}, known {known[-1]}",
        )


def _keep_a_copy(engine: Engine, database: Path, key: bytes, revision: str) -> None:
    with driver_connection(engine) as source:
        copy_file(source, database.with_name(f"{database.name}.before-{revision}"), key)


def _move(engine: Engine, scripts: Path) -> None:
    # Here, because Alembic is slow to import and most openings have nothing to move.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    try:
        with engine.connect() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except UserFacingError:
        raise
    except Exception as error:
        raise UserFacingError(
            "La mise à niveau de la base a échoué.",
            advice="Rien n’est perdu : une copie d’avant la mise à niveau est gardée à côté de la "
            "base. Prévenez votre assistance.",
            details=type(error).__name__,
        ) from error
