"""Versions of a document: one set, growing numbers, replaced only by one of its authors.

CI-SIS structuration minimale (setId, versionNumber, relatedDocument RPLC).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lgc.domain.documents import Document
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
