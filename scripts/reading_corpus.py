"""What our readers make of a folder of strangers' files: what was lost, guessed or refused.

``python3 scripts/reading_corpus.py FOLDER [--bytes N] [--seconds S] [--all]`` reads clinical
documents, archives, messages, RTF, PDF, calendars and files of the base of medicines through the
product's own readers, as a screen, a search and the list of faults would have them. A word of the
file that is in none of these is lost; ``corpus_words.py`` finds the words without our readers.
Nothing is written. It ends with 0 when every word came out or was told, 1 when words were lost,
2 when there was nothing to read or not all could be read in time.
"""

from __future__ import annotations

import argparse
import datetime as dt
import re
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from itertools import chain
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import corpus_words

from lgc.cda.narrative import text_of
from lgc.cda.writing import french_number
from lgc.commands import practice_zone, understanding
from lgc.commands.understanding import Understood
from lgc.domain import days, media_types
from lgc.domain.allergies import kind_and_agent
from lgc.domain.biology import SAID
from lgc.domain.medical_data import PartialDate
from lgc.domain.readable import Attachment, ReadableDocument, ReadableSection
from lgc.errors import UserFacingError
from lgc.services import calendar_files
from lgc.services.searchable import words_in
from lgc.terminology import ucum
from lgc.terminology.importing import medicines
from lgc.terminology.importing.lines import Files

practice_zone.use()

WHOLE, LOST, UNFINISHED = 0, 1, 2
MOST_BYTES, MOST_SECONDS, MOST_FILES = 50_000_000, 600.0, 100_000
SHOWN = 12  # words of one file that are printed without --all
GUESSED = re.compile(r"lu dans le sien|est en réalité", re.IGNORECASE)
"""Faults that say that something was taken for what it did not say it was."""
MEDICINES = re.compile(r"cis.*\.txt", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One file: the words that came out nowhere, the faults that were told, of three kinds.

    ``codes`` are names of codes beside the narrative (a method, a route) that came out nowhere.
    """

    name: str
    kind: str
    lost: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    guessed: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Read:
    """What a file became: the words of screen and search, faults, what was refused."""

    kind: str
    said: str
    faults: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


def judge(path: Path, data: bytes) -> Verdict:
    """Read one file and hold it against its own words."""
    read = _read(path, data)
    found = corpus_words.words("\n".join((read.said, *read.faults, *read.refused)))
    # A file that was refused whole says so: its words are kept, not lost in silence.
    wanted = set() if read.refused and not read.said else _wanted(path, data)
    return Verdict(
        path.name,
        read.kind,
        tuple(sorted(wanted - found)),
        tuple(sorted(corpus_words.codes_of(data) - found)) if read.kind == "cda" else (),
        tuple(one for one in read.faults if GUESSED.search(one)),
        read.refused,
        tuple(one for one in read.faults if not GUESSED.search(one)),
    )


def _wanted(path: Path, data: bytes) -> set[str]:
    if MEDICINES.search(path.name):
        return corpus_words.medicines_of(path.name, data)
    return corpus_words.words_of(path.name, data)


def _read(path: Path, data: bytes) -> Read:
    if MEDICINES.search(path.name):
        return _medicines(path)
    if path.suffix.lower() in (".ics", ".vcs"):
        return _calendar(data)
    understood = understanding.of_bytes(path.name, data)
    every = list(_levels(understood))
    return Read(
        understood.kind,
        "\n".join(chain.from_iterable(_screen(one) for one in every if one.is_readable)),
        tuple(fault for one in every if one.is_readable for fault in one.faults),
        tuple(f"{one.name}\u00a0: {' '.join(one.faults)}" for one in every if not one.is_readable),
    )


def _levels(understood: Understood) -> Iterator[Understood]:
    yield understood
    for one in understood.inside:
        yield from _levels(one)


def _screen(one: Understood) -> Iterator[str]:
    """What is shown and found of one level."""
    yield from (one.name, one.text, *_strings(one.about))
    if one.document is not None:
        yield from _document(one.document)


def _document(document: ReadableDocument) -> Iterator[str]:
    """The panel, the sections, the body, then the rows of the results and of the entries."""
    yield from _strings(document.header)
    yield from _sections(document.sections)
    yield words_in(Attachment("", media_types.TEXT, b""), document)
    for row in (*document.results, *document.entries, *document.denials):
        yield from _strings(row)
    for entry in document.entries:
        yield kind_and_agent(entry.allergy)
    for result in document.results:
        yield f"{SAID.get(result.letter, '')} {ucum.french(result.unit)}"


def _sections(sections: Sequence[ReadableSection]) -> Iterator[str]:
    for one in sections:
        yield from (one.title, text_of(one.html))
        yield from _sections(one.sections)


def _strings(value: Any) -> Iterator[str]:
    """Every word of plain data, numbers and dates as people write them."""
    if isinstance(value, bytes | None | bool):
        return
    if isinstance(value, PartialDate):
        yield value.french
    elif isinstance(value, dt.date | dt.datetime):
        yield f"{value:%d/%m/%Y}"
    elif isinstance(value, int | float):
        yield french_number(float(value))
    elif is_dataclass(value) and not isinstance(value, type):
        yield from chain.from_iterable(_strings(getattr(value, f.name)) for f in fields(value))
    elif isinstance(value, Mapping):
        yield from chain.from_iterable(_strings(one) for one in value.values())
    elif isinstance(value, list | tuple | frozenset | set):
        yield from chain.from_iterable(map(_strings, value))
    else:
        yield str(value)


def _calendar(data: bytes) -> Read:
    """Far and past events are left out by our rules, not lost: their words do not count."""
    try:
        read = calendar_files.read(data, dt.datetime.now(days.practice_zone()))
    except UserFacingError as error:
        return Read("calendrier", "", refused=(error.sentence,))
    words = (*(one.title for one in read.closures), *(one.note for one in read.visits))
    faults = (f"{read.unread} évènement(s) illisible(s)",) if read.unread else ()
    return Read("calendrier", "\n".join(words), faults)


def _medicines(path: Path) -> Read:
    """The base of a folder is read as a whole, beside its main file."""
    beside = tuple(sorted(one for one in path.parent.iterdir() if MEDICINES.search(one.name)))
    files = Files(beside, lambda read: None)
    try:
        terms = list(medicines.read(files, frozenset()))
    except UserFacingError as error:
        return Read("médicaments", "", refused=(error.sentence,))
    said = "\n".join(f"{one.others} {' '.join(_strings(one))}" for one in terms)
    first = files.first_fault.sentence if files.first_fault else ""
    return Read(
        "médicaments", said, (f"{files.left_out} ligne(s) laissée(s). {first}",) * bool(first)
    )


# --- a folder ---------------------------------------------------------------------------------


def read(folder: Path, most_bytes: int, seconds: float) -> Iterator[Verdict | Path]:
    """A verdict of each file, in the order of their names; the path alone of what time or size
    left unread."""
    until = time.monotonic() + seconds
    files = sorted(path for path in folder.rglob("*") if path.is_file())[:MOST_FILES]
    for path in files:
        if time.monotonic() > until or path.stat().st_size > most_bytes:
            yield path
            continue
        yield judge(path, path.read_bytes())


def lines(verdict: Verdict, *, whole: bool) -> Iterator[str]:
    yield f"{verdict.name}\u00a0: {verdict.kind}"
    shown = verdict.lost if whole else verdict.lost[:SHOWN]
    more = len(verdict.lost) - len(shown)
    if verdict.lost:
        yield f"  perdu ({len(verdict.lost)})\u00a0: {' '.join(shown)}{' …' * bool(more)}"
    if whole and verdict.codes:
        yield f"  codes non repris ({len(verdict.codes)})\u00a0: {' '.join(verdict.codes)}"
    for name, said in (("deviné", verdict.guessed), ("refusé", verdict.refused),
                       ("signalé", verdict.told if whole else ())):  # fmt: skip
        yield from (f"  {name}\u00a0: {one}" for one in said)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--bytes", type=int, default=MOST_BYTES, help="of one file")
    parser.add_argument("--seconds", type=float, default=MOST_SECONDS, help="of the whole")
    parser.add_argument("--all", action="store_true", help="every word and every fault")
    given = parser.parse_args(arguments)
    if not given.folder.is_dir():
        print(f"{given.folder} n’est pas un dossier.")
        return UNFINISHED
    return report(read(given.folder, given.bytes, given.seconds), whole=given.all)


def report(found: Iterator[Verdict | Path], *, whole: bool) -> int:
    """Print as it is read; the exit code."""
    files = lost = words = guessed = refused = 0
    unread: list[str] = []
    for one in found:
        if isinstance(one, Path):
            unread.append(one.name)
            continue
        files, lost, words = files + 1, lost + bool(one.lost), words + len(one.lost)
        guessed, refused = guessed + bool(one.guessed), refused + bool(one.refused)
        if whole or one.lost or one.guessed or one.refused:
            print("\n".join(lines(one, whole=whole)))
    print(f"{files} fichier(s)\u00a0: {lost} où des mots se perdent ({words} mots), "
          f"{guessed} devinés, {refused} refusés en tout ou partie.")  # fmt: skip
    if unread:
        print(f"Non lus, faute de temps ou de place\u00a0: {', '.join(unread)}")
    return UNFINISHED if unread or not files else LOST if lost else WHOLE


if __name__ == "__main__":
    sys.exit(main())
