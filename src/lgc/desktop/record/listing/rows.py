"""A line of the list, found or plain, and what each column says of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from lgc.desktop import text
from lgc.desktop.components.rows import Cell, Column
from lgc.desktop.record.medical.words import PLACES
from lgc.desktop.record.message_cell import message_cell, sent_words
from lgc.desktop.theme import glyphs
from lgc.desktop.words import fold
from lgc.domain.documents import DmpState, DocumentKind
from lgc.domain.medical_data import Family
from lgc.services.listing import Hit, Where
from lgc.services.views import DocumentLine

LONG_AGO = dt.datetime(1, 1, 1, tzinfo=dt.UTC)
ALWAYS = "title"


@dataclass(frozen=True, slots=True)
class Line:
    """One row. ``document`` is None for a message, a line of the record or the note; ``words``
    are marked where they stand."""

    key: str
    where: Where
    title: str
    date: dt.datetime | None
    author: str
    unread: bool = False
    document: DocumentLine | None = None
    family: Family | None = None
    excerpt: str = ""
    words: str = ""


def of_document(line: DocumentLine, hit: Hit | None = None, words: str = "") -> Line:
    """A document of the list; ``hit`` when its text was searched."""
    return Line(
        line.key, Where.DOCUMENT, line.title, line.date, line.author, line.unread, line,
        excerpt=hit.excerpt if hit else "", words=words,
    )  # fmt: skip


def of_hit(hit: Hit, words: str) -> Line:
    """What was found elsewhere than in a document."""
    return Line(
        f"{hit.where}/{hit.key}", hit.where, hit.title, hit.date, hit.author, hit.unread,
        family=hit.family, excerpt=hit.excerpt, words=words,
    )  # fmt: skip


def found(
    lines: Sequence[DocumentLine], hits: Sequence[Hit], words: str, facts: Mapping[str, str]
) -> list[Line]:
    """What the store found, best first, then the documents whose own facts hold every word.

    An entry of the DMP that was never opened has no text here, but it has a title and an author;
    ``facts`` are the folded words of each line by its key.
    """
    known = {line.document.document_id: line for line in lines if line.document is not None}
    shown = []
    taken = set()
    for hit in hits:
        line = known.get(hit.key) if hit.where is Where.DOCUMENT else None
        if line is not None:
            taken.add(line.key)
            shown.append(of_document(line, hit, words))
        elif hit.where is not Where.DOCUMENT:
            shown.append(of_hit(hit, words))
    asked = fold(words).split()
    others = (line for line in lines if line.key not in taken)
    shown += [
        of_document(line, words=words)
        for line in others
        if asked and all(word in facts.get(line.key, "") for word in asked)
    ]
    return shown


def facts_of(line: DocumentLine) -> str:
    """« masqué », « MSSanté » and a date are words too."""
    state, origin = glyphs.DMP_STATE[line.dmp_state].word, glyphs.ORIGIN[line.origin].word
    kind = glyphs.KIND[line.kind].word
    who = f"{line.author} {line.organisation} {sent_words(line)}"
    return fold(f"{line.title} {line.type_label} {kind} {who} {state} {origin} {_day(line.date)}")


def _told_day(line: Line) -> str:
    said = line.document.day_said if line.document is not None else ""
    return said or _day(line.date)


def _day(date: dt.datetime | None) -> str:
    return text.date(date) if date is not None else ""


_ELSEWHERE = {
    Where.MESSAGE: ("ri.mail-line", "Messagerie", "Message"),
    Where.ENTRY: ("ri.heart-pulse-line", "Dossier", "Donnée médicale"),
    Where.NOTE: ("ri.edit-line", "Cabinet", "Note en cours"),
}


def _origin(line: Line) -> Cell:
    if line.document is None:
        glyph, word, _ = _ELSEWHERE[line.where]
        return Cell(word, glyph, glyph_tone="text.muted")
    if line.document.kind is DocumentKind.PATIENT:
        return Cell("Patient", "ri.user-heart-line", tone="violet", glyph_tone="violet")
    sign = glyphs.ORIGIN[line.document.origin]
    return Cell(sign.word, sign.glyph, glyph_tone=sign.role)


def _message(line: Line) -> Cell:
    return Cell() if line.document is None else message_cell(line.document)


def _title(line: Line) -> Cell:
    annulled = line.document is not None and line.document.annulled
    said = f"{'nouveau, ' if line.unread else ''}{line.title}{', annulé' * annulled}"
    return Cell(
        text.french(line.title), "ri.forbid-line" if annulled else "", bold=line.unread,
        second=line.excerpt, marks="" if annulled else line.words, struck=annulled,
        tone="text.muted" if annulled else "text", glyph_tone="danger",
        spoken=f"{said}{', ' * bool(line.excerpt)}{line.excerpt}", tooltip="",
    )  # fmt: skip


def kind_word(line: Line) -> str:
    """The type as the doctor says it."""
    if line.document is not None:
        return glyphs.KIND[line.document.kind].word
    if line.family is not None:
        return PLACES[line.family].one if line.family in PLACES else "Mesure"
    return _ELSEWHERE[line.where][2]


def _kind(line: Line) -> Cell:
    tip = line.document.type_label if line.document is not None else ""
    return Cell(kind_word(line), tone="text.muted", tooltip=tip)


def _organisation(line: Line) -> str:
    return line.document.organisation if line.document is not None else ""


def _state(line: Line) -> Cell:
    if line.document is None:
        return Cell()
    if line.document.annulled and line.document.dmp_state is DmpState.NOT_DEPOSITED:
        return Cell("Annulé", "ri.forbid-line", tone="danger", glyph_tone="danger")
    sign = glyphs.DMP_STATE[line.document.dmp_state]
    plain = line.document.dmp_state in (DmpState.FETCHED, DmpState.NOT_DEPOSITED)
    tone = "text.muted" if plain else sign.role
    return Cell(sign.word, sign.glyph, tone=tone, glyph_tone=sign.role)


COLUMNS: tuple[Column[Line], ...] = (
    Column("origin", "Origine", _origin, 112, lambda line: _origin(line).text),
    Column(
        "message",
        "Message",
        _message,
        36,
        lambda line: _message(line) == Cell(),
        glyph="ri.mail-line",
        middle=True,
    ),
    Column(
        "date",
        "Date",
        lambda line: Cell(_told_day(line), bold=line.unread),
        104,
        lambda line: line.date or LONG_AGO,
    ),
    Column(ALWAYS, "Nom", _title, None, lambda line: fold(line.title), least=180),
    Column("type", "Type", _kind, 156, lambda line: fold(kind_word(line))),
    Column(
        "author",
        "Auteur",
        lambda line: Cell(line.author, marks=line.words),
        158,
        lambda line: fold(line.author),
    ),
    Column(
        "organisation",
        "Organisation",
        lambda line: Cell(_organisation(line), tone="text.muted", marks=line.words),
        142,
        lambda line: fold(_organisation(line)),
    ),
    Column("dmp", "État DMP", _state, 138, lambda line: _state(line).text),
)

_ROOM = {"origin": 112, "date": 104, ALWAYS: None, "type": 168, "author": 190}
FOUND_COLUMNS = tuple(replace(c, width=_ROOM[c.key]) for c in COLUMNS if c.key in _ROOM)
