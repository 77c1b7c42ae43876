"""The append-only chain of who opened, changed, sent and filed what.

Every line carries the SHA-256 of the line before it and of itself. The schema refuses to change
or remove a line; whoever forces it breaks the chain. Details hold ids and codes, never a name.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lgc.domain.copies import AuditEnd, SignedEnd
from lgc.errors import UserFacingError
from lgc.store.engine import begin_writing
from lgc.store.models import AuditLineRow

SIGNED = "journal signed"
BEFORE_THE_FIRST = "0" * 64


class BrokenChain(UserFacingError):
    """The first line that is not what the chain says, by its number."""

    def __init__(self, sentence: str, *, advice: str, details: str, line: int) -> None:
        super().__init__(sentence, advice=advice, details=details)
        self.line = line


@dataclass(frozen=True, slots=True)
class Fact:
    """What a unit of work did. ``at`` is aware; ``who`` a PS_IdNat; ``subject`` an id."""

    at: dt.datetime
    who: str
    action: str
    subject: str
    detail: str


def chain_hash(previous: str, number: int, fact: Fact) -> str:
    """SHA-256 (hex) over the previous hash and the line in its one canonical writing."""
    line = [previous, number, fact.at.astimezone(dt.UTC).isoformat(timespec="microseconds")]
    text = json.dumps(
        [*line, fact.who, fact.action, fact.subject, fact.detail],
        ensure_ascii=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(text.encode()).hexdigest()


def append(session: Session, facts: list[Fact]) -> AuditEnd | None:
    """Add lines at the end of the chain, within the transaction of ``session``; the new end."""
    if not facts:
        return None
    # The last line is read with the turn in hand, or two units would hang on the same one.
    begin_writing(session.connection())
    last = end(session)
    number, previous = last.lines, last.hash
    for fact in facts:
        number += 1
        link = chain_hash(previous, number, fact)
        session.add(
            AuditLineRow(
                number=number,
                at=fact.at,
                who=fact.who,
                action=fact.action,
                subject=fact.subject,
                detail=fact.detail,
                previous_hash=previous,
                hash=link,
            )
        )
        previous = link
    return AuditEnd(number, previous, facts[-1].at)


def end(session: Session) -> AuditEnd:
    """The last line of the chain."""
    last = session.execute(
        select(AuditLineRow.number, AuditLineRow.hash, AuditLineRow.at)
        .order_by(AuditLineRow.number.desc())
        .limit(1)
    ).first()
    return AuditEnd(*last) if last else AuditEnd(0, BEFORE_THE_FIRST)


def holds(session: Session, noted: AuditEnd) -> bool:
    """Does the chain still hold the line that was its last when ``noted`` was written?"""
    if not noted.lines:
        return True
    link = session.scalar(select(AuditLineRow.hash).where(AuditLineRow.number == noted.lines))
    return link == noted.hash


def last_signature(session: Session) -> tuple[int, str] | None:
    """(line, card) of the last signature that the chain speaks of."""
    detail = session.scalar(
        select(AuditLineRow.detail)
        .where(AuditLineRow.action == SIGNED)
        .order_by(AuditLineRow.number.desc())
        .limit(1)
    )
    line, _, card = (detail or "").partition(" ")
    return (int(line), card) if line.isdecimal() and card else None


def verify(
    session: Session,
    check: Callable[[], None] = lambda: None,
    noted: AuditEnd | None = None,
    signed: Iterable[SignedEnd] = (),
) -> int:
    """Number of lines of the chain. Raises BrokenChain telling the first line that is wrong.

    ``noted`` is an end that the chain must still hold, ``signed`` are others, with who signed
    them; ``check`` raises to stop.
    """
    previous, expected = BEFORE_THE_FIRST, 1
    lines = session.execute(
        select(AuditLineRow.__table__)
        .order_by(AuditLineRow.number)
        .execution_options(yield_per=1000)
    )
    for line in lines:
        if expected % 1000 == 0:
            check()
        fact = Fact(line.at, line.who, line.action, line.subject, line.detail)
        link = chain_hash(previous, expected, fact)
        if (line.number, line.previous_hash, line.hash) != (expected, previous, link):
            raise BrokenChain(
                f"Le journal a été modifié à la ligne {expected}.",
                advice="Conservez une copie de la base et prévenez votre assistance.",
                details=f"audit line {expected}",
                line=expected,
            )
        previous, expected = link, expected + 1
    for one in signed:
        if not holds(session, one.end):
            raise BrokenChain(
                f"Le journal n’est plus celui que la carte de {one.by} a signé jusqu’à la ligne"
                f" {one.end.lines}.",
                advice="Conservez une copie de la base et prévenez votre assistance.",
                details=f"audit line {expected - 1}, signed {one.end.lines}",
                line=min(expected, one.end.lines),
            )
    if noted is not None and not holds(session, noted):
        ends = f"s’arrête à la ligne {expected - 1} : il allait jusqu’à la ligne {noted.lines}."
        written_on = f"a été réécrit avant la ligne {noted.lines}."
        raise BrokenChain(
            f"Le journal {ends if expected <= noted.lines else written_on}",
            advice="Conservez une copie de la base et prévenez votre assistance.",
            details=f"audit line {expected - 1}, noted {noted.lines}",
            line=min(expected, noted.lines),
        )
    return expected - 1
