"""What is said above a document of the others of its record: another content under its identifier,
a replacement that was not believed, and what its own version no longer holds of the one before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from lgc.cda import parse
from lgc.domain.assignment import fold
from lgc.domain.days import practice_day
from lgc.domain.documents import Document, Origin
from lgc.domain.readable import ReadableDocument, ReadableSection
from lgc.domain.versions import claims
from lgc.errors import UnreadableInput
from lgc.services.ports import UnitOfWork

LOOKED, NAMED = 3, 6
UNBELIEVED = "Dit remplacer « {} », reçu d’un autre : les deux restent, à vous de voir."
CLAIMED = "« {} », reçu d’un autre, dit le remplacer : les deux restent, à vous de voir."


def told(uow: UnitOfWork, document: Document) -> tuple[str, ...]:
    """French sentences. Slow: what it replaces is read again."""
    if document.patient_id is None:
        return ()
    others = [
        one
        for one in uow.documents.of_patient(document.patient_id)
        if one.document_id != document.document_id
    ]
    lost = _lost(uow, document, [one for one in others if one.replaced_by == document.document_id])
    return (*lost, *_same_identifier(document, others), *_unbelieved(document, others))


def _same_identifier(document: Document, others: Iterable[Document]) -> Iterator[str]:
    for one in others:
        if one.unique_id == document.unique_id and one.sha1 != document.sha1:
            day = practice_day(one.created_at)
            yield (
                f"Un autre contenu porte le même identifiant : « {one.title} » "
                f"du {day:%d/%m/%Y}. Les deux restent, comparez-les."
            )


def _unbelieved(document: Document, others: list[Document]) -> Iterator[str]:
    for newer, older in claims([document, *others]):
        if older.replaced_by is not None or Origin.PRACTICE in (newer.origin, older.origin):
            continue
        if newer.document_id == document.document_id:
            yield UNBELIEVED.format(older.title)
        elif older.document_id == document.document_id and newer.replaced_by is None:
            yield CLAIMED.format(newer.title)


def _lost(uow: UnitOfWork, document: Document, before: list[Document]) -> Iterator[str]:
    if not before or document.origin is Origin.PRACTICE:
        return
    after = _read(uow, document)
    for one in before[:LOOKED]:
        former = _read(uow, one)
        if after is None or former is None:
            continue
        gone = vanished(former, after)
        if gone:
            more = f" et {len(gone) - NAMED} autres" if len(gone) > NAMED else ""
            yield (
                f"Ne contient plus, depuis la version du {practice_day(one.created_at):%d/%m/%Y} : "
                f"{', '.join(gone[:NAMED])}{more}."
            )


def vanished(before: ReadableDocument, after: ReadableDocument) -> tuple[str, ...]:
    """The sections, results and lines of ``before`` that ``after`` has no more, in its words."""
    gone: list[str] = []
    for words, things in KINDS:
        kept = {fold(one) for one in things(after)}
        gone += [words.format(one) for one in things(before) if fold(one) not in kept | {""}]
    return tuple(dict.fromkeys(gone))


def _results(document: ReadableDocument) -> Iterator[str]:
    for one in document.results:
        yield one.label or (one.code.label if one.code else "")


def _titles(sections: Iterable[ReadableSection]) -> Iterator[str]:
    for one in sections:
        yield one.title
        yield from _titles(one.sections)


KINDS: tuple[tuple[str, Callable[[ReadableDocument], Iterable[str]]], ...] = (
    ("section « {} »", lambda one: _titles(one.sections)),
    ("résultat « {} »", _results),
    ("« {} »", lambda one: (line.label for line in one.entries)),
)


def _read(uow: UnitOfWork, document: Document) -> ReadableDocument | None:
    try:
        return parse.parse(uow.documents.content(document.document_id).content)
    except UnreadableInput:
        return None
