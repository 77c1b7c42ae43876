"""Bring a practice's file to the schema this version of the application knows.

A file that is up to date costs one question. Otherwise Alembic moves it, each revision in its own
transaction, after a copy kept beside the file as ``<name>.before-<revision>``.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, inspect, text

from lgc.errors import UserFacingError
from lgc.files import telling
from lgc.paths import bundled
from lgc.store.copying import copy_file, damaged_pages, end_of, go_on, verify_file
from lgc.store.engine import open_engine
from lgc.store.looking import broken_pages
from lgc.store.pages import PageFile

log = logging.getLogger(__name__)


def bring_up_to_date(
    database: Path,
    key: bytes,
    scripts: Path | None = None,
    *,
    identity: bytes = b"",
    new: bool = True,
) -> None:
    """Create or upgrade the schema of ``database``.

    ``identity`` names the practice that the file must be of; it is written with the schema, or
    when a file from before identities is upgraded. Where it is empty nothing is compared. Not
    ``new`` is a file that was one of a practice already: emptiness is damage then.

    Raises UserFacingError when the file comes from a newer version, when the copy cannot be
    written or verified, or when a revision fails; the file then stays at the last revision that
    succeeded. Raises it too for a damaged file, and leaves it as it is.
    """
    if not new:
        _refuse_empty(database)
    scripts = scripts or bundled("alembic")
    known = known_revisions(scripts)
    # Batch revisions rebuild tables: with foreign keys on, dropping the old one would empty others.
    engine = open_engine(database, key, foreign_keys=False)
    with PageFile(database) as file, _disposing(engine):
        current = _current(engine)
        if current is None and not new:
            raise _emptied("no schema")
        if current != known[-1]:
            if current is not None:
                _refuse_newer(current, known)
                _keep_a_copy(engine, file, key, known[-1])
            _move(engine, scripts, identity)
            log.info("schema moved from %s to %s", current, known[-1])
        if identity:
            _must_be_of(engine, identity)


def _keep_a_copy(engine: Engine, file: PageFile, key: bytes, revision: str) -> None:
    """The base as it was before, were the upgrade cut and begun again.

    Raises DamagedBase: nothing is moved on a file that is not as it was written.
    """
    copy = file.path.with_name(f"{file.path.name}.before-{revision}")
    if not _is_of_the_same_moment(copy, engine, key):
        copy_file(file, copy, key)
        return
    with telling():
        _, broken = broken_pages(file, key, (), go_on)
    if broken:
        raise damaged_pages(broken)


def _is_of_the_same_moment(copy: Path, engine: Engine, key: bytes) -> bool:
    """Was ``copy`` made by the same upgrade? No line was written to the journal since."""
    if not copy.is_file():
        return False
    with engine.connect() as connection:
        end = end_of(connection.connection.driver_connection)
    try:
        return end.lines > 0 and verify_file(copy, key).end == end
    except UserFacingError:
        return False


@contextmanager
def _disposing(engine: Engine) -> Iterator[None]:
    try:
        yield
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


def _refuse_empty(database: Path) -> None:
    """Before SQLite looks, who takes a file of no bytes for one to be made."""
    try:
        size = database.stat().st_size
    except OSError as error:
        raise missing("no base") from error
    if size == 0:
        raise _emptied("0 bytes")


def missing(details: str) -> UserFacingError:
    """What is said of a practice of which a file is not there."""
    return UserFacingError(
        "Il manque une partie des données du cabinet.",
        advice="Restaurez une sauvegarde entière ; rien n’a été modifié.",
        details=details,
    )


def _emptied(details: str) -> UserFacingError:
    return UserFacingError(
        "La base du cabinet a été vidée.",
        advice="Ce n’est pas un nouveau cabinet : ses données ne sont plus dans ce fichier. "
        "Restaurez une sauvegarde entière ; rien n’a été modifié.",
        details=details,
    )


def _must_be_of(engine: Engine, identity: bytes) -> None:
    with engine.connect() as connection:
        found = connection.scalar(text("SELECT value FROM note WHERE key = 'practice.identity'"))
    if not found:
        raise _emptied("no identity")
    if found != identity.hex():
        raise UserFacingError(
            "Cette base est celle d’un autre cabinet.",
            advice="La base et le fichier vault.json vont ensemble. Restaurez une sauvegarde "
            "entière ; rien n’a été modifié.",
            details="identity",
        )


def _refuse_newer(current: str, known: list[str]) -> None:
    if current not in known:
        raise UserFacingError(
            "Cette base a été écrite par une version plus récente du logiciel.",
            advice="Mettez le logiciel à jour ; la base n’a pas été touchée.",
            details=f"schema {current}, known {known[-1]}",
        )


def _move(engine: Engine, scripts: Path, identity: bytes) -> None:
    # Here, because Alembic is slow to import and most openings have nothing to move.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    try:
        with engine.connect() as connection:
            config.attributes["connection"] = connection
            config.attributes["identity"] = identity.hex()
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
