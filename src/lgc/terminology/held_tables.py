"""Plain copies of the official tables that a practice loaded, for what runs without its card.

They hold nothing secret and stand beside the encrypted practice, like the public directory; the
application itself reads its own. One file a table: three lines that say what it is, then
``code<TAB>label``, and ``-code<TAB>successor`` for what its file says not to use.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lgc.domain.terms import Source, Term
from lgc.errors import UnreadableInput
from lgc.files import private_folder, telling, write_whole

FOLDER = "nomenclatures"
LARGEST = 200 * 1024 * 1024
WITHDRAWN = "-"
HEAD = ("système", "édition", "chargé le")


@dataclass(frozen=True, slots=True)
class HeldTable:
    """``labels`` by code; ``withdrawn`` the codes not to use, with the one in their place."""

    system: str
    edition: str
    loaded_on: dt.date
    labels: Mapping[str, str] = field(default_factory=dict)
    withdrawn: Mapping[str, str] = field(default_factory=dict)

    def knows(self, code: str) -> bool:
        return code in self.labels


def keep(
    practice: Path, source: Source, system: str, terms: Iterable[Term], withdrawn: Mapping[str, str]
) -> None:
    """Write the copy of one table. Raises UserFacingError when the disk refuses it."""
    folder = practice / FOLDER
    with telling():
        private_folder(folder)
    told = (system, source.version, source.imported_at.date().isoformat())
    lines = [f"{name}\t{_flat(words)}" for name, words in zip(HEAD, told, strict=True)]
    lines += [f"{term.code.code}\t{_flat(term.code.label)}" for term in terms]
    lines += [f"{WITHDRAWN}{code}\t{_flat(instead)}" for code, instead in withdrawn.items()]
    with telling():
        write_whole(_file(practice, source.nomenclature.value), "\n".join(lines).encode())


def is_kept(practice: Path, name: str) -> bool:
    return _file(practice, name).is_file()


def say_edition(practice: Path, name: str, edition: str) -> None:
    """What the doctor read on a file that does not say it."""
    path = _file(practice, name)
    if not path.is_file():
        return
    lines = path.read_text("utf-8").split("\n")
    lines[1] = f"{HEAD[1]}\t{_flat(edition)}"
    with telling():
        write_whole(path, "\n".join(lines).encode())


def forget(practice: Path, name: str) -> None:
    """The copy of a table that is no longer in force."""
    with telling():
        _file(practice, name).unlink(missing_ok=True)


def read(practice: Path) -> dict[str, HeldTable]:
    """The tables of a practice by code system (OID). Raises UnreadableInput for one that is
    damaged: what it holds is not guessed."""
    folder = practice / FOLDER
    paths = sorted(folder.glob("*.tsv")) if folder.is_dir() else []
    return {table.system: table for table in map(_read, paths)}


def _file(practice: Path, name: str) -> Path:
    return practice / FOLDER / f"{name}.tsv"


def _flat(words: str) -> str:
    return " ".join(words.split())


def _read(path: Path) -> HeldTable:
    try:
        if path.stat().st_size > LARGEST:
            raise ValueError
        rows = _rows(path.read_text("utf-8"))
        head = [next(rows) for _ in HEAD]
        if tuple(name for name, _ in head) != HEAD:
            raise ValueError
        system, edition, day = (words for _, words in head)
        labels, withdrawn = {}, {}
        for code, words in rows:
            if code.startswith(WITHDRAWN):
                withdrawn[code.removeprefix(WITHDRAWN)] = words
            else:
                labels[code] = words
        return HeldTable(system, edition, dt.date.fromisoformat(day), labels, withdrawn)
    except (OSError, ValueError, StopIteration) as error:
        raise UnreadableInput(
            f"La table {path.name} du cabinet ne peut pas être lue.",
            advice="Chargez-la de nouveau dans « Réglages », « Nomenclatures ».",
            details=type(error).__name__,
        ) from error


def _rows(words: str) -> Iterator[tuple[str, str]]:
    for line in words.split("\n"):
        name, mark, rest = line.partition("\t")
        if not mark:
            raise ValueError
        yield name, rest
