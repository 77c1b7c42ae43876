"""Text files of any of the usual encodings, line by line, never whole in memory."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lgc.domain import charsets
from lgc.errors import UnreadableInput

MAX_LINE = 1_000_000
MAX_LINES = 2_000_000
HEAD_LINES = 40
# A row takes more lines only where a quotation mark was never closed.
LONGEST_ROW = 50
MOST_LEFT_OUT = 10_000
DELIMITERS = "\t;|,"
MOST_WITHDRAWN = 100_000
# What a table may say of any code, whatever its system.
COMMON: Mapping[str, Sequence[str]] = {
    "status": ("statut", "usage", "utilisation", "emploi", "etat", "restriction"),
    "alive": ("code actif", "cim code actif", "actif"),
    "instead": (
        "remplace par", "remplacant", "code de remplacement", "code remplacant", "successeur",
        "nouveau code", "new code", "new atc code", "map to",
    ),
    "edition": ("edition", "millesime", "version", "annee pmsi"),
}  # fmt: skip
_NOT_USED = re.compile(
    r"interdit|supprime|inactif|inutilisable|non utilisable|(?:a )?ne plus (?:etre )?utilise|retire"
    r"|obsolete|withdrawn|deleted|deprecated"
)
_DEAD = frozenset(("0", "n", "non", "no", "false", "faux"))
# « CCAM V75.10 », « CIM-10 FR, édition 2026 » above a table.
_EDITION = re.compile(
    r"\b(?:version|edition|millesime|release)[\s:]*v?(\d[\w.]*)|\bv(\d[\d.]*)", re.IGNORECASE
)
UNTOUCHED = "Ce qui était déjà chargé reste en place."
Step = Callable[[int], None]


@dataclass(slots=True)
class Files:
    """What the doctor chose. ``step`` is told the bytes read so far and may raise Cancelled.

    One damaged line takes nothing from the others: ``left_out`` counts such lines, ``first_fault``
    says where the first of them is. ``edition`` is what the files say of theirs, else empty;
    ``withdrawn`` the codes that they tell not to use, with the one in their place or nothing.
    """

    paths: tuple[Path, ...]
    step: Step
    left_out: int = 0
    first_fault: UnreadableInput | None = None
    edition: str = ""
    withdrawn: dict[str, str] = field(default_factory=dict)
    _read: int = field(default=0)

    def withdraw(self, code: str, instead: str = "") -> None:
        """This code is not to be used. Raises UnreadableInput once there are too many."""
        if len(self.withdrawn) >= MOST_WITHDRAWN:
            raise not_this(self.paths[0], "une table de codes en vigueur")
        self.withdrawn[code] = instead or self.withdrawn.get(code, "")

    def leave_out(self, fault: UnreadableInput, lines: int = 1) -> None:
        """Go on without these lines. Raises the first fault once there are too many."""
        self.first_fault = self.first_fault or fault
        self.left_out += lines
        if self.left_out > MOST_LEFT_OUT:
            raise self.first_fault

    @property
    def size(self) -> int:
        return sum(path.stat().st_size for path in self.paths)

    def named(self, *beginnings: str) -> Path | None:
        """The file whose name begins so, whatever its case."""
        for path in self.paths:
            if path.name.lower().startswith(beginnings):
                return path
        return None

    def lines(self, path: Path) -> Iterator[tuple[int, str]]:
        """(number from 1, words without the end of line) of each line that is not blank.

        Raises UnreadableInput for a file that is no text, or cannot be read.
        """
        try:
            with path.open("rb") as file:
                _is_text(path, file.read(4096))
                file.seek(0)
                before = self._read
                for number, line in enumerate(charsets.lines(file, MAX_LINE + 1), 1):
                    if len(line) > MAX_LINE or number > MAX_LINES:
                        raise wrong(path, number, "la ligne est trop longue pour ce fichier")
                    self._read = before + file.tell()
                    if number % 500 == 0:
                        self.step(self._read)
                    words = line.rstrip("\r\n")
                    if words.strip():
                        yield number, words
        except OSError as error:
            raise UnreadableInput(
                f"Le fichier {path.name} ne peut pas être lu.",
                advice=UNTOUCHED,
                details=type(error).__name__,
            ) from error


def wrong(path: Path, number: int, why: str) -> UnreadableInput:
    """What is said of a damaged line."""
    return UnreadableInput(
        f"{path.name}, ligne {number}\u00a0: {why}.",
        advice=f"Téléchargez le fichier à nouveau. {UNTOUCHED}",
        details=f"{path.name}:{number}",
    )


def not_this(path: Path | None, expected: str) -> UnreadableInput:
    """What is said of another kind of file."""
    name = f"Le fichier {path.name}" if path is not None else "Ce choix"
    return UnreadableInput(
        f"{name} n’est pas celui qui est attendu\u00a0: {expected}.", advice=UNTOUCHED
    )


def rows(files: Files, path: Path, columns: int) -> Iterator[tuple[int, list[str]]]:
    """Tab-separated rows without a header, each of at least ``columns`` fields, trimmed; shorter
    ones are left out."""
    for number, words in files.lines(path):
        fields = [one.strip() for one in words.split("\t")]
        if len(fields) < columns:
            told = f"{columns} colonnes attendues, {len(fields)} trouvées"
            files.leave_out(wrong(path, number, told))
            continue
        yield number, fields


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table with a header; ``get`` never fails, a missing column is empty."""

    number: int
    fields: list[str]
    places: dict[str, int]

    def get(self, column: str) -> str:
        place = self.places.get(column)
        return self.fields[place].strip() if place is not None and place < len(self.fields) else ""


def table(
    files: Files, path: Path, known: Mapping[str, Sequence[str]], required: Sequence[str]
) -> Iterator[Row]:
    """Rows of a delimited table whose header stands among its first lines.

    ``known`` maps a column of ours to the headings it may have (folded), beside those of any table
    (``COMMON``). Raises UnreadableInput when no header holds every required column; a row the
    format cannot explain is left out. An edition said above the header, or the same on every row,
    is that of the files.
    """
    seen: list[tuple[int, str]] = []
    lines = files.lines(path)
    for number, words in lines:
        seen.append((number, words))
        found = _header(words, {**COMMON, **known}, required)
        if found is not None:
            above = " ".join(words for _, words in seen[:-1])
            yield from _dated(files, _body(files, path, lines, number, *found), above)
            return
        if len(seen) == HEAD_LINES:
            break
    raise not_this(path, "un tableau dont la première ligne nomme les colonnes")


def _dated(files: Files, rows: Iterator[Row], above: str) -> Iterator[Row]:
    editions: set[str] = set()
    for row in rows:
        if len(editions) < 2:
            editions.add(row.get("edition"))
        yield row
    said = edition_in(above) or (editions.pop() if len(editions) == 1 else "")
    files.edition = files.edition or said


def edition_in(words: str) -> str:
    """« 75.10 » of « CCAM V75.10 », empty where the words tell none."""
    plain = unicodedata.normalize("NFKD", words)
    found = _EDITION.search("".join(one for one in plain if not unicodedata.combining(one)))
    return (found.group(1) or found.group(2)).rstrip(".") if found is not None else ""


def not_used(row: Row) -> bool:
    """Does the table say that the code of this row is not to be used, or was withdrawn?"""
    return bool(_NOT_USED.match(folded(row.get("status")))) or folded(row.get("alive")) in _DEAD


def _body(
    files: Files,
    path: Path,
    lines: Iterator[tuple[int, str]],
    start: int,
    delimiter: str,
    places: dict[str, int],
) -> Iterator[Row]:
    last = start

    def numbered() -> Iterator[str]:
        nonlocal last
        for number, words in lines:
            last = number
            yield words + "\n"

    reader = csv.reader(numbered(), delimiter=delimiter, strict=False)
    while True:
        before = last
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error:
            files.leave_out(wrong(path, before + 1, "le tableau est abîmé"), last - before)
            continue
        if last - before > LONGEST_ROW:
            told = "un guillemet n’est pas fermé"
            files.leave_out(wrong(path, before + 1, told), last - before)
            continue
        yield Row(last, fields, places)


def _header(
    words: str, known: Mapping[str, Sequence[str]], required: Sequence[str]
) -> tuple[str, dict[str, int]] | None:
    """The delimiter and the rank of each known column; None when this line is no header."""
    for delimiter in DELIMITERS:
        if delimiter not in words:
            continue
        headings = [folded(one) for one in next(csv.reader([words], delimiter=delimiter))]
        places = {
            ours: next((headings.index(one) for one in theirs if one in headings), -1)
            for ours, theirs in known.items()
        }
        places = {ours: place for ours, place in places.items() if place >= 0}
        if all(one in places for one in required):
            return delimiter, places
    return None


def folded(heading: str) -> str:
    """« Libellé long » and ``LIBELLE_LONG`` are the same heading."""
    plain = unicodedata.normalize("NFKD", heading.casefold())
    bare = "".join(one if one.isalnum() else " " for one in plain if not unicodedata.combining(one))
    return " ".join(bare.split())


def _is_text(path: Path, head: bytes) -> None:
    if head.startswith(b"PK\x03\x04"):
        raise UnreadableInput(
            f"{path.name} est une archive ou un classeur.",
            advice="Ouvrez-la d’abord ; une feuille de calcul s’enregistre au format CSV. "
            + UNTOUCHED,
        )
    if b"\0" in head and not charsets.is_wide(head):
        raise not_this(path, "un fichier de texte")
