"""Words of IMAP: tokens, folder names, sets of numbers, dates (RFC 3501 §4, §5.1.3, §9)."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import re

TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|\([^()]*(?:\([^()]*\)[^()]*)*\)|[^\s"()]+')
LITERAL = re.compile(rb"\{(\d{1,10})(\+?)\}$")
LITERAL_MARK = b"\x00"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DAY = re.compile(r"(\d{1,2})-([A-Za-z]{3})-(\d{4})$")
MOMENT = re.compile(r"\s*(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)$")


class Bad(Exception):
    """The command is not understood."""


def tokens(line: bytes) -> list[bytes]:
    """Atoms, quoted strings and parenthesised lists of one line, as they were written.

    The items of a FETCH keep their brackets: ``BODY[HEADER.FIELDS (FROM)]`` outside a list is
    cut at its parenthesis and joined again by who reads it.
    """
    return TOKEN.findall(line)


def text(token: bytes) -> str:
    """The value of an atom, a quoted string or a literal."""
    if token[:1] == LITERAL_MARK:
        return token[1:].decode("utf-8", "replace")
    if token[:1] == b'"':
        return re.sub(rb"\\(.)", rb"\1", token[1:-1]).decode("utf-8", "replace")
    return token.decode("utf-8", "replace")


def flags(token: bytes) -> frozenset[str]:
    """``(\\Seen a)`` or ``\\Seen a``."""
    return frozenset(token.strip(b"()").decode("ascii", "replace").split())


def in_set(number: int, spec: bytes, last: int) -> bool:
    """Is ``number`` in ``1:4,7,9:*``? Raises Bad for anything that is not a set."""
    for part in spec.split(b","):
        low, _, high = part.partition(b":")
        first, final = _bound(low, last), _bound(high or low, last)
        if min(first, final) <= number <= max(first, final):
            return True
    return False


def _bound(word: bytes, last: int) -> int:
    if word == b"*":
        return last
    if not re.fullmatch(rb"\d{1,10}", word):
        raise Bad("not a set of numbers")
    return int(word)


def day(token: bytes) -> dt.date:
    """``7-Feb-2026``. Raises Bad."""
    found = DAY.match(text(token))
    if found is None or found[2].title() not in MONTHS:
        raise Bad("not a date")
    try:
        return dt.date(int(found[3]), MONTHS.index(found[2].title()) + 1, int(found[1]))
    except ValueError as why:
        raise Bad("not a date") from why


def moment(token: bytes) -> dt.datetime:
    """A quoted ``date-time``. Raises Bad."""
    try:
        return _moment(token)
    except ValueError as why:
        raise Bad("not a date and time") from why


def _moment(token: bytes) -> dt.datetime:
    found = MOMENT.match(text(token))
    if found is None:
        raise ValueError("not a date and time")
    offset = dt.timedelta(hours=int(found[8]), minutes=int(found[9]))
    zone = dt.timezone(offset if found[7] == "+" else -offset)
    month = MONTHS.index(found[2].title()) + 1
    clock = dt.time(int(found[4]), int(found[5]), int(found[6]), tzinfo=zone)
    return dt.datetime.combine(dt.date(int(found[3]), month, int(found[1])), clock)


def internal_date(when: dt.datetime) -> str:
    """``when`` as INTERNALDATE wants it, whatever the language of this machine."""
    local = when.astimezone(dt.UTC)
    return f"{local:%d}-{MONTHS[local.month - 1]}-{local:%Y %H:%M:%S} +0000"


def decode_name(token: bytes) -> str:
    """A folder name from modified UTF-7. Raises Bad."""
    try:
        return re.sub(r"&([^-]*)-", _from_base64, text(token))
    except (binascii.Error, UnicodeDecodeError) as why:
        raise Bad("not a folder name") from why


def encode_name(name: str) -> str:
    """A folder name in modified UTF-7."""

    def encoded(match: re.Match[str]) -> str:
        code = base64.b64encode(match.group().encode("utf-16-be")).decode()
        return "&" + code.rstrip("=").replace("/", ",") + "-"

    return re.sub(r"[^\x20-\x7e]+", encoded, name.replace("&", "&-"))


def _from_base64(match: re.Match[str]) -> str:
    code = match.group(1)
    if not code:
        return "&"
    padded = code.replace(",", "/") + "=" * (-len(code) % 4)
    return base64.b64decode(padded, validate=True).decode("utf-16-be")
