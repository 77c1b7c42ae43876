"""Messages of strangers taken apart within limits (RFC 5322, 2045-2047, 2231).

The modern header parser of the standard library is recursive and slows down with the square of a
header's length; here headers are cut, decoded simply, and what is nested too deep is left whole.
"""

from __future__ import annotations

import datetime as dt
import email
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.policy import Compat32
from email.utils import parsedate_to_datetime
from typing import TypeVar, cast

from lgc.domain.characters import is_whole, whole
from lgc.mssante import addresses as strict
from lgc.mssante.words import decoded
from lgc.reading import transfer
from lgc.reading.patience import step
from lgc.reading.transfer import Undone

T = TypeVar("T")
MAX_HEADER = 16_000
MAX_DEPTH = 20
# Every line is held against every open boundary: beyond this product only headers are read.
MAX_EFFORT = 8_000_000
MAX_SEPARATORS = 5_000
_RAW = re.compile("[\udc80-\udcff]+")
_ESCAPED = re.compile(r"\\u(d[89a-f][0-9a-f]{2})")
ENCODING = "Content-Transfer-Encoding"
_DELIMITER = re.compile(rb"(?m)^--[\w'()+,./:=?-]{1,70}(?=[ \t]*\r?\nContent-)", re.ASCII)
BOM = b"\xef\xbb\xbf"
WRONG = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    RecursionError,
    MemoryError,
    HeaderParseError,
)
FIRST_YEAR, LAST_YEAR = 2, 9998  # beyond, a moment exists in one time zone and not in another


class _Cut(Compat32):
    """Headers of a few kilobytes at most: nothing that a doctor reads is longer."""

    def header_source_parse(self, sourcelines: Sequence[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(list(sourcelines))
        return name, value[:MAX_HEADER]

    def header_fetch_parse(self, name: str, value: str) -> str:
        return value


CUT = _Cut()


def read(raw: bytes) -> tuple[Message, bool]:
    """The message, and whether its body could be taken apart."""
    data = raw.removeprefix(BOM)
    if _reasonable(data):
        try:
            return email.message_from_bytes(data, policy=CUT), True
        except WRONG:
            pass
    head = data.replace(b"\r\n", b"\n").partition(b"\n\n")[0][: 64 * MAX_HEADER]
    return email.message_from_bytes(head + b"\n\n", policy=CUT), False


def _reasonable(data: bytes) -> bool:
    lines = max(data.count(b"\n"), data.count(b"\r"))
    effort = lines * (1 + data.lower().count(b"boundary"))
    return effort <= MAX_EFFORT and data.count(b"\n--") <= MAX_SEPARATORS


def header(message: Message, name: str) -> str:
    """A header in words on one line, empty when it is absent."""
    return _words(_source(message, name))


def addresses(message: Message, *names: str) -> list[tuple[str, str]]:
    """(name, address in lower case) of every clean address of these headers."""
    found = (one for name in names for one in strict.read(_source(message, name)))
    return [_spelled(*one) for one in found if one is not None]


def only_address(message: Message, name: str) -> tuple[str, str] | None:
    """The one address of a header; None when there are several, or anything that is no address."""
    found = strict.read(_source(message, name)) if len(_all(message, name)) == 1 else []
    return _spelled(*found[0]) if len(found) == 1 and found[0] is not None else None


def _spelled(name: str, address: str) -> tuple[str, str]:
    return _words(name), whole(_bytes_undone(address)).lower()


def date(message: Message) -> dt.datetime | None:
    """The Date header, aware; None when it is absent or is no date.

    Raises OverflowError for a date that no calendar holds.
    """
    try:
        found = parsedate_to_datetime(header(message, "Date"))
    except OverflowError:
        raise
    except WRONG:
        return None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise OverflowError("a year out of range")
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


def halves(message: Message, *names: str) -> tuple[str, ...]:
    """Those of these headers that hold half a character."""
    return tuple(name for name in names if not is_whole(_spoken(_source(message, name))))


def has_half_name(part: Message) -> bool:
    """Does the name of this file hold half a character?"""
    return not is_whole(_spoken(_tried(part.get_filename, None) or ""))


def leaves(message: Message) -> Iterator[Message]:
    """Parts without parts, forwarded messages kept whole; bounded in depth."""
    return (one.part for one in nodes(message) if one.is_leaf)


@dataclass(frozen=True, slots=True)
class Node:
    """A part, whether it is a leaf, and the ``multipart/alternative`` that holds it, if any."""

    part: Message
    is_leaf: bool
    choice: Message | None = None


def nodes(message: Message, depth: int = 0, choice: Message | None = None) -> Iterator[Node]:
    """Every part of the message itself."""
    step()
    if depth > MAX_DEPTH:
        return
    if not kind(message).startswith("multipart/"):
        yield Node(message, True, choice)
    elif message.is_multipart():
        yield Node(message, False, choice)
        within = message if kind(message) == "multipart/alternative" else choice
        for part in cast(list[Message], message.get_payload()):
            yield from nodes(part, depth + 1, within)
    elif (inner := _unwrapped(message) or _delimited(message)) is not None:
        yield from nodes(inner, depth + 1, choice)
    else:
        yield Node(message, True, choice)


def kind(part: Message) -> str:
    return _tried(part.get_content_type, "application/octet-stream")


def is_attached(part: Message) -> bool:
    return _tried(part.get_content_disposition, None) == "attachment" or bool(file_name(part))


def has_name_only(part: Message) -> bool:
    """Has it a name, and nothing that says that it is a file beside the words?"""
    return _tried(part.get_content_disposition, None) != "attachment" and bool(file_name(part))


def file_name(part: Message) -> str:
    """One line; encoded words are read where careless senders put them, in a plain parameter."""
    said = _tried(part.get_filename, None) or ""
    stated: object = _tried(lambda: part.get_param("filename", header="content-disposition"), None)
    if not isinstance(stated, tuple):
        return _words(said)
    # An extended parameter (RFC 2231) tells its character set, which the library takes literally.
    return " ".join(whole(_extended(*stated) or said).split())


def _extended(charset: str | None, _language: str | None, value: str) -> str:
    try:
        return decoded(value.encode("latin-1"), charset or "")
    except UnicodeEncodeError:  # letters that stand for no byte
        return ""


def text(part: Message) -> str:
    """The words of a part, its lines ended by ``\n`` alone: a screen that keeps each sign shows
    two lines for CRLF. What stands below its encoded ones is a line of its own."""
    said, found, markup = charset(part), undone(part), kind(part) == "text/html"
    texts = (decoded(data, said, markup=markup) for data in (found.content, found.rest))
    words = "\n\n".join(filter(None, texts))
    return whole(words.replace("\r\n", "\n").replace("\r", "\n"))


def charset(part: Message) -> str:
    """The character set that a part announces, empty when it announces none."""
    return _tried(part.get_content_charset, None) or ""


def content(part: Message) -> bytes:
    """The bytes of a leaf, its transfer encoding undone as far as it goes."""
    return undone(part).content


def undone(part: Message) -> Undone:
    """The bytes of a leaf, and what was wrong with their transfer encoding."""
    return transfer.undone(_source(part, ENCODING), _as_it_came(part))


def _as_it_came(part: Message) -> bytes:
    """The payload before anything is undone."""
    payload: object = vars(part).get("_payload")
    if isinstance(payload, list):  # a message inside
        first = payload[0] if payload else None
        return _tried(first.as_bytes, b"") if isinstance(first, Message) else b""
    if not isinstance(payload, str):
        return b""
    # The package keeps raw bytes as half characters.
    return _tried(
        lambda: payload.encode("ascii", "surrogateescape"), payload.encode("utf-8", "replace")
    )


def _unwrapped(message: Message) -> Message | None:
    """The parts of a multipart that was encoded as a whole, which no one may (RFC 2045 §6.4)."""
    if transfer.named(_source(message, ENCODING)) in (None, ""):
        return None
    kept = str(_tried(lambda: message.get("Content-Type"), None) or "")
    head = kept.encode("ascii", "surrogateescape").replace(b"\n", b" ").replace(b"\r", b" ")
    inner, whole = read(b"Content-Type: " + head + b"\r\n\r\n" + content(message))
    return inner if whole and inner.is_multipart() else None


def _delimited(message: Message) -> Message | None:
    """The parts of a multipart that does not say, or says wrongly, what stands between them: the
    first line that begins as one does above a header, and that ends them all (RFC 2046 §5.1.1)."""
    body = _as_it_came(message)
    first = _DELIMITER.search(body)
    if first is None or not re.search(rb"(?m)^" + re.escape(first[0]) + rb"--[ \t]*\r?$", body):
        return None
    head = b'Content-Type: %s; boundary="%s"' % (kind(message).encode(), first[0][2:])
    inner, whole = read(head + b"\r\n\r\n" + body)
    return inner if whole and inner.is_multipart() else None


def _all(message: Message, name: str) -> list[object]:
    return _tried(lambda: list(message.get_all(name, [])), [])


def _source(message: Message, name: str) -> str:
    return " ".join(str(_tried(lambda: message.get(name), None) or "").split())


def _words(value: str) -> str:
    """Encoded words and raw bytes as whole text; what cannot be decoded stays as it came."""
    return " ".join(whole(_spoken(value)).split())


def _spoken(value: str) -> str:
    """As ``_words``, half characters included."""
    try:
        parts = decode_header(value)
        words = "".join(_chunk(part, charset) for part, charset in parts)
    except WRONG:
        words = value
    return _bytes_undone(words)


def _bytes_undone(words: str) -> str:
    """With the letters that raw bytes of a header stand for; encoded words beside them stay."""
    return _RAW.sub(lambda run: decoded(run[0].encode("ascii", "surrogateescape"), ""), words)


def _chunk(part: bytes | str, charset: str | None) -> str:
    if isinstance(part, str):
        return part
    if charset:
        return decoded(part, charset)
    # What stood between encoded words: raw bytes of the header come escaped by the library.
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), part.decode("latin-1"))


def _tried(attempt: Callable[[], T], otherwise: T) -> T:
    try:
        return attempt()
    except WRONG:
        return otherwise
