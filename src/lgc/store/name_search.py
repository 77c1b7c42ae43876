"""Finding a person by a few words: exact first, beginnings next, slips of the finger last."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from lgc.store.engine import FullText
from lgc.store.words import Alternative, Query, Token, name_tokens, near

_Groups = list[tuple[Alternative, ...]]


def label(family: list[str], given: list[str]) -> str:
    """What a hit is ranked on: family words, a bar, given words."""
    return f"{name_tokens(family)}|{name_tokens(given)}"


def find_keys(session: Session, index: FullText, query: Query, limit: int) -> list[str]:
    """Keys of the persons found, best first. Nothing typed finds nobody."""
    if not query:
        return []
    found = _hits(session, index, [*_beginnings(query.names), *query.numbers])
    slips: list[dict[str, int]] = [{} for _ in query.names]
    if not found and query.names:
        vocabulary = list(index.vocabulary(session))
        slips = [near(word, vocabulary) for word in query.names]
        found = _hits(session, index, [*_with_slips(query.names, slips), *query.numbers])
    found.sort(key=lambda hit: (_rank(query, slips, hit[1]), hit[1]))
    return [key for key, _ in found[:limit]]


def _hits(session: Session, index: FullText, groups: _Groups) -> list[tuple[str, str]]:
    hits = index.hits(groups)
    return [(key, label) for key, label in session.execute(select(hits.c.key, hits.c.label))]


def _beginnings(names: tuple[str, ...]) -> _Groups:
    return [((Token(word, prefix=True),),) for word in names]


def _with_slips(names: tuple[str, ...], slips: list[dict[str, int]]) -> _Groups:
    return [
        (*beginning, *((Token(other),) for other in others))
        for beginning, others in zip(_beginnings(names), slips, strict=True)
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
