"""``lgc check FILE…``: what is wrong in documents, where, and what to do.

With the folder of a practice (``--dossier``), codes are held against the tables that it loaded too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from lgc.cda import check, check_codes
from lgc.cda.check import Finding
from lgc.cda.source import MAX_BYTES, load
from lgc.commands import practice_zone
from lgc.commands.console import say
from lgc.errors import UnreadableInput
from lgc.terminology import code_systems as cs
from lgc.terminology import held_tables
from lgc.terminology.held_tables import HeldTable
from lgc.xds import xdm

RIGHT, WRONG, UNREADABLE = 0, 1, 2
LEVELS = {"error": "Erreur", "warning": "À vérifier"}


def run(files: Sequence[Path], practice: Path | None = None) -> int:
    """0 when nothing is wrong, 1 when something is, 2 when a file could not be read.

    Raises UnreadableInput for a table of ``practice`` that is damaged.
    """
    practice_zone.use(practice)
    tables = held_tables.read(practice) if practice is not None else {}
    if practice is not None:
        say([_tables(tables)])
    return max(_one(path, tables) for path in files)


def _tables(tables: Mapping[str, HeldTable]) -> str:
    """What the codes are held against, with what each table says of its edition."""
    if not tables:
        return "Aucune table officielle n’est chargée dans ce cabinet."
    told = (
        f"{cs.name_of(system) or system} {table.edition or 'd’édition non dite'}"
        f" ({len(table.labels)} codes, chargée le {table.loaded_on:%d/%m/%Y})"
        for system, table in tables.items()
    )
    return f"Tables du cabinet\u00a0: {', '.join(told)}."


def _one(path: Path, tables: Mapping[str, HeldTable]) -> int:
    try:
        if path.stat().st_size > MAX_BYTES:
            say([f"{path}\u00a0: ce fichier est trop gros pour un document."])
            return UNREADABLE
        data = path.read_bytes()
    except OSError:
        say([f"{path}\u00a0: ce fichier ne peut pas être lu."])
        return UNREADABLE
    return max(_document(name, content, tables) for name, content in _documents(path, data))


def _documents(path: Path, data: bytes) -> list[tuple[str, bytes]]:
    """The documents of an archive, else the file itself."""
    if data[:4] != b"PK\x03\x04":
        return [(str(path), data)]
    try:
        entries = xdm.read(data).entries
    except UnreadableInput:
        entries = ()
    held = [(f"{path}\u00a0› {one.file_name}", one.content) for one in entries if one.content]
    return held or [(str(path), data)]


def _document(name: str, data: bytes, tables: Mapping[str, HeldTable]) -> int:
    findings = check.check(data)
    if tables and not any(finding.is_refusal for finding in findings):
        held = check_codes.held(load(data), tables)
        findings = (*findings, *dict.fromkeys(held))
    say(_lines(name, findings))
    if any(finding.is_refusal for finding in findings):
        return UNREADABLE
    return WRONG if any(finding.level == "error" for finding in findings) else RIGHT


def _lines(path: str, findings: Sequence[Finding]) -> Iterator[str]:
    errors = sum(finding.level == "error" for finding in findings)
    if not findings:
        yield f"{path}\u00a0: fichier bien formé, contenu médical non jugé."
        return
    others = len(findings) - errors
    yield f"{path}\u00a0: {errors} erreur{'s' * (errors > 1)}, {others} à vérifier."
    for finding in findings:
        yield f"  {LEVELS[finding.level]}\u00a0: {finding.sentence}"
        yield f"    Où\u00a0: {finding.where}"
        yield f"    Que faire\u00a0: {finding.advice}"
