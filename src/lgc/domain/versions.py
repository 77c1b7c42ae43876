"""Versions of a document: one set, growing numbers, replaced only by one of its authors.

CI-SIS structuration minimale (setId, versionNumber, relatedDocument RPLC).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lgc.domain.documents import Document, Origin
from lgc.errors import UserFacingError


@dataclass(frozen=True, slots=True)
class Version:
    """What a new version must know of the one before. ``author_ids`` are PS_IdNat."""

    unique_id: str
    set_id: str
    number: int
    author_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Succession:
    """Where a new document stands: its set, its number, the unique_id that it replaces."""

    set_id: str
    number: int
    replaces: str


def may_replace(author_ids: Iterable[str], who: str) -> bool:
    """Only one of the authors writes a new version (``who`` is a PS_IdNat)."""
    return bool(who) and who in author_ids


def hides(unique_id: str, set_id: str, number: int, replaces: str, other: Document) -> bool:
    """Does the document with these facts say that it takes the place of ``other``?"""
    if other.unique_id == unique_id:
        return False
    same = bool(other.set_id) and other.set_id == set_id
    return (bool(replaces) and other.unique_id == replaces) or (same and other.version < number)


def settled(
    documents: Sequence[Document], may_replace: Callable[[Document, Document], bool]
) -> dict[str, str | None]:
    """document_id to that of what replaces it, the same in whatever order they came.

    The next version replaces a document, else whatever says so and ``may_replace`` (newer, older)
    it; what was written here never is. A link that follows from no document was the doctor’s
    word, or ours: it stays. Documents that replace each other in a ring all stand: none is hidden
    by its own successor.
    """
    hiders: dict[str, list[Document]] = {one.document_id: [] for one in documents}
    for newer, older in claims(documents):
        if older.origin is not Origin.PRACTICE and may_replace(newer, older):
            hiders[older.document_id].append(newer)
    links: dict[str, str | None] = {}
    for one in documents:
        found = hiders[one.document_id]
        said = one.replaced_by
        if said is not None and said not in {other.document_id for other in found}:
            links[one.document_id] = said
        else:
            links[one.document_id] = _next(one, found)
    for ring in _rings(links):
        links.update(dict.fromkeys(ring))
    return links


def claims(documents: Sequence[Document]) -> Iterator[tuple[Document, Document]]:
    """(newer, older): who says that it takes whose place. Two that say it of each other do not."""
    named: dict[str, list[Document]] = {}
    of_set: dict[str, list[Document]] = {}
    for one in documents:
        named.setdefault(one.unique_id, []).append(one)
        of_set.setdefault(one.set_id, []).append(one)
    for newer in documents:
        near = [*named.get(newer.replaces or "-", ()), *of_set.get(newer.set_id or "-", ())]
        for older in {one.document_id: one for one in near}.values():
            if _claims(newer, older) and not _claims(older, newer):
                yield newer, older


def family(documents: Sequence[Document], around: Iterable[Document]) -> list[Document]:
    """Those that are tied to ``around`` by what they say of each other, in any number of steps."""
    tied: dict[str, set[str]] = {}
    for newer, older in claims([*documents, *around]):
        tied.setdefault(newer.document_id, set()).add(older.document_id)
        tied.setdefault(older.document_id, set()).add(newer.document_id)
    reached = {one.document_id for one in around}
    waiting = list(reached)
    while waiting:
        fresh = tied.get(waiting.pop(), set()) - reached
        reached |= fresh
        waiting += fresh
    return [one for one in documents if one.document_id in reached]


def _claims(newer: Document, older: Document) -> bool:
    return hides(newer.unique_id, newer.set_id, newer.version, newer.replaces or "", older)


def _next(older: Document, hiders: Sequence[Document]) -> str | None:
    """The one that names it, then the closest version: told by what they say alone."""
    if not hiders:
        return None
    first = min(
        hiders,
        key=lambda one: (one.replaces != older.unique_id, one.version, one.unique_id, one.sha1),
    )
    return first.document_id


def _rings(links: Mapping[str, str | None]) -> Iterator[list[str]]:
    done: set[str] = set()
    for start in links:
        path: list[str] = []
        at: str | None = start
        while at is not None and at not in done and at in links:
            done.add(at)
            path.append(at)
            at = links[at]
        if at in path:
            yield path[path.index(at) :]


def successor(previous: Version, who: str) -> Succession:
    """The version after ``previous``, written by ``who``.

    Raises UserFacingError when ``who`` is none of its authors: another document must be made.
    """
    if not may_replace(previous.author_ids, who):
        raise UserFacingError(
            "Seul l’un de ses auteurs peut remplacer ce document.",
            advice="Faites un nouveau document\u00a0: l’ancien reste dans le dossier.",
        )
    return Succession(previous.set_id, previous.number + 1, previous.unique_id)
