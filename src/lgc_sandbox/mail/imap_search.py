"""SEARCH: every criterion is a test of one message (RFC 3501 §6.4.4)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from email import message_from_bytes
from email.policy import compat32

from lgc_sandbox.mail.boxes import Stored
from lgc_sandbox.mail.imap_words import Bad, day, text, tokens

Test = Callable[[Stored], bool]
# Says whether a message is in a set: ``chosen(set, by_uid)`` gives a test.
Chosen = Callable[[bytes, bool], Test]

SYSTEM_FLAGS = {
    b"SEEN": "\\Seen",
    b"ANSWERED": "\\Answered",
    b"FLAGGED": "\\Flagged",
    b"DELETED": "\\Deleted",
    b"DRAFT": "\\Draft",
}
DAYS: dict[bytes, Callable[[dt.date, dt.date], bool]] = {
    b"SINCE": lambda received, wanted: received >= wanted,
    b"BEFORE": lambda received, wanted: received < wanted,
    b"ON": lambda received, wanted: received == wanted,
}
HEADERS = (b"SUBJECT", b"FROM", b"TO", b"CC")
SET = re.compile(rb"[\d:,*]+")


def criteria(words: list[bytes], chosen: Chosen) -> list[Test]:
    """Tests that a message must all pass. Raises Bad for a key or a value not understood."""
    left = [part for word in words for part in _opened(word)]
    tests: list[Test] = []
    try:
        while left:
            test = _one(left, chosen)
            if test is not None:
                tests.append(test)
    except IndexError as why:
        raise Bad("a search key lacks its value") from why
    return tests


def header(content: bytes, name: str) -> str:
    """Every value of a header, unfolded."""
    parsed = message_from_bytes(content.partition(b"\r\n\r\n")[0] + b"\r\n\r\n", policy=compat32)
    values = " ".join(str(value) for value in parsed.get_all(name, []))
    return re.sub(r"\r?\n[ \t]*", " ", values)


def _opened(word: bytes) -> list[bytes]:
    """A parenthesised list of keys counts as its keys."""
    if word[:1] != b"(":
        return [word]
    return [part for inner in tokens(word[1:-1]) for part in _opened(inner)]


def _one(left: list[bytes], chosen: Chosen) -> Test | None:
    key = left.pop(0).upper()
    if key == b"ALL":
        return None
    if key == b"CHARSET":
        left.pop(0)
        return None
    if key == b"NOT":
        inner = _one(left, chosen)
        return lambda message: inner is not None and not inner(message)
    if key.removeprefix(b"UN") in SYSTEM_FLAGS:
        return _flagged(SYSTEM_FLAGS[key.removeprefix(b"UN")], not key.startswith(b"UN"))
    if key in (b"KEYWORD", b"UNKEYWORD"):
        return _flagged(text(left.pop(0)), key == b"KEYWORD")
    if key in DAYS:
        wanted, holds = day(left.pop(0)), DAYS[key]
        return lambda message: holds(message.received.date(), wanted)
    if key == b"HEADER":
        return _contains(text(left.pop(0)), text(left.pop(0)))
    if key in HEADERS:
        return _contains(key.decode(), text(left.pop(0)))
    if key == b"UID":
        return chosen(left.pop(0), True)
    if SET.fullmatch(key):
        return chosen(key, False)
    raise Bad("unknown search key")


def _flagged(flag: str, wanted: bool) -> Test:
    return lambda message: (flag in message.flags) is wanted


def _contains(name: str, part: str) -> Test:
    wanted = part.lower()
    return lambda message: wanted in header(message.content, name).lower()
