"""What a version says that the one before did not, but for what its author typed.

Both documents are read as any reader reads them: words, codes and header, so that nothing may
differ unseen.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterable, Sequence

from lgc.cda.names import PDF_COPY
from lgc.cda.narrative import text_of
from lgc.domain.days import practice_day
from lgc.domain.readable import DocumentHeader, ReadableDocument, ReadableSection
from lgc.terminology import code_systems

CELLS = re.compile(r"</td>\s*<td[^>]*>")
HEADS = re.compile(r"<thead>.*?</thead>", re.DOTALL)
LINE_ENDS = re.compile(r"<br\s*/?>")


def changes(
    before: ReadableDocument, after: ReadableDocument, typed: Collection[str]
) -> tuple[str, ...]:
    """One French line per difference. ``typed`` are the titles of sections that are in sight as
    they are typed."""
    lines = _header(before.header, after.header)
    old, new = _sections(before.sections), _sections(after.sections)
    for title in dict.fromkeys((*old, *new)):
        if title not in typed:
            lines += _rows(title, old.get(title, ()), new.get(title, ()))
    return (*lines, *_rows("Codes", _codes(before), _codes(after)))


def _day(moment: dt.datetime | None) -> str:
    return f"{practice_day(moment):%d/%m/%Y}" if moment is not None else ""


def _birth(day: dt.date | None) -> str:
    return f"{day:%d/%m/%Y}" if day is not None else ""


SHOWN: tuple[tuple[str, Callable[[DocumentHeader], str]], ...] = (
    ("Patient", lambda one: " ".join((one.patient.birth_name, *one.patient.given_names))),
    ("Nom utilisé", lambda one: one.patient.used_name),
    ("Naissance", lambda one: one.patient.born),
    ("Sexe", lambda one: one.patient.sex),
    ("INS", lambda one: ", ".join(number.spaced for number in one.patient.ins)),
    ("Auteur", lambda one: ", ".join(one.authors)),
    ("Structure", lambda one: one.organisation),
    ("Destinataires", lambda one: ", ".join(one.recipients)),
    ("Date de l’acte", lambda one: _day(one.service_start)),
    ("Valable jusqu’au", lambda one: _day(one.service_stop)),
)


def _header(before: DocumentHeader, after: DocumentHeader) -> list[str]:
    pairs = ((name, show(before), show(after)) for name, show in SHOWN)
    return [f"{name} : {old or 'rien'} → {new or 'rien'}" for name, old, new in pairs if old != new]


def _rows(title: str, before: Sequence[str], after: Sequence[str]) -> list[str]:
    gone = [f"{title} : retiré, {row}" for row in before if row not in after]
    return gone + [f"{title} : ajouté, {row}" for row in after if row not in before]


def _sections(sections: Iterable[ReadableSection]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for section in sections:
        if section.code is not None and section.code.code == PDF_COPY:
            continue
        found.setdefault(section.title, []).extend(_lines(section.html))
        for title, rows in _sections(section.sections).items():
            found.setdefault(title, []).extend(rows)
    return found


def _lines(html: str) -> list[str]:
    """A row of a table is one line; its empty cells say nothing."""
    bare = LINE_ENDS.sub(" ", CELLS.sub(" · ", HEADS.sub("", html)))
    rows = [line.split("·") for line in text_of(bare).split("\n")]
    shown = (" · ".join(cell.strip() for cell in row if cell.strip()) for row in rows)
    return [row for row in shown if row]


def _codes(document: ReadableDocument) -> list[str]:
    return [
        f"{entry.label} ({code_systems.name_of(entry.code.system)} {entry.code.code})"
        for entry in document.entries
        if entry.code is not None
    ]
