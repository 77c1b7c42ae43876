"""Finding a person by a few words: exact first, beginnings next, slips of the finger last."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from lgc.store.engine import FullText
from lgc.store.words import Alternative, Query, Token, beginnings, name_tokens, near

_Groups = list[tuple[Alternative, ...]]


def label(family: list[str], given: list[str]) -> str:
    """What a hit is ranked on: family words, a bar, given words."""
    return f"{name_tokens(family)}|{name_tokens(given)}"


def find_keys(session: Session, index: FullText, query: Query, limit: int) -> list[str]:
    """Keys of the persons found, best first, homonyms in the order of their keys. Nothing typed
    finds nobody."""
    found = ranked(session, index, query, limit)
    return [key for _, key in found[:limit]]


def ranked(
    session: Session, index: FullText, query: Query, limit: int
) -> list[tuple[tuple[int, str], str]]:
    """What each is ranked on and its key: ``limit`` at least, and whoever equals the last one."""
    if not query:
        return []
    found = _hits(session, index, [*beginnings(query.names), *query.numbers])
    slips: list[dict[str, int]] = [{} for _ in query.names]
    if not found and query.names:
        vocabulary = list(index.vocabulary(session))
        slips = [near(word, vocabulary) for word in query.names]
        if any(slips):  # else the same question again
            found = _hits(session, index, [*_with_slips(query.names, slips), *query.numbers])
    placed = sorted(((_rank(query, slips, label), label), key) for key, label in found)
    last = placed[limit - 1][0] if len(placed) > limit else None
    return [hit for n, hit in enumerate(placed) if n < limit or hit[0] == last]


def _hits(session: Session, index: FullText, groups: _Groups) -> list[tuple[str, str]]:
    hits = index.hits(groups)
    return [(key, label) for key, label in session.execute(select(hits.c.key, hits.c.label))]


def _with_slips(names: tuple[str, ...], slips: list[dict[str, int]]) -> _Groups:
    return [
        (*beginning, *((Token(other),) for other in others))
        for beginning, others in zip(beginnings(names), slips, strict=True)
    ]


def _rank(query: Query, slips: list[dict[str, int]], label: str) -> int:
    """0 for a family name typed in full; what is farther from it weighs more."""
    family, _, given = (part.split() for part in label.partition("|"))
    return sum(
        _weight(word, others, family, given)
        for word, others in zip(query.names, slips, strict=True)
    )


def _weight(word: str, slips: dict[str, int], family: list[str], given: list[str]) -> int:
    for weight, fits in enumerate(
        (
            word in family,
            any(name.startswith(word) for name in family),
            word in given,
            any(name.startswith(word) for name in given),
        )
    ):
        if fits:
            return weight
    return 4 + 2 * min((slips.get(name, 3) for name in (*family, *given)), default=3)
