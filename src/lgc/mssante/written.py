"""The headers that we write: each value reads back equal, whatever words a stranger gave us.

A subject may say ``=?utf-8?q?=0D=0ABcc:…?=`` letter for letter. Some Pythons (before 3.11.10 and
3.12.5, CVE-2024-6923) decode such words once more and write the line they hide as a header of ours.
Nothing here is decoded or folded by the library (RFC 2047, 2231, 5322 §2.2.3).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from email.message import EmailMessage
from email.policy import EmailPolicy
from urllib.parse import quote

LINE = 78
LONGEST_WORD = 800  # a line has 998 bytes at most (RFC 5322 §2.1.1)
WORD_BYTES = 45  # 60 letters of base64 and the marks: 72 of the 75 that a word may have
LONGEST_NAME = 750  # of a file, written by RFC 2231: one line with its header
LONGEST_ENDING = 8
LONGEST_ADDRESS = 254  # RFC 5321 §4.5.3.1.3, without the brackets
ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?"
)
PLAIN = re.compile(r"[ -~]*")
ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+( [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")


class _Verbatim(EmailPolicy):
    """Values as they were written by the functions below, one line each."""

    def header_store_parse(self, name: str, value: str) -> tuple[str, str]:
        """Raises ValueError for what is not one line of printable ASCII."""
        if not PLAIN.fullmatch(value):
            raise ValueError(name)
        return name, value

    def header_fetch_parse(self, name: str, value: str) -> str:
        return value

    def fold(self, name: str, value: str) -> str:
        return "".join(_folded(name, value))

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode("ascii")


VERBATIM = _Verbatim(linesep="\r\n", max_line_length=LINE)


def new() -> EmailMessage:
    """An empty message whose headers are kept as they are given."""
    return EmailMessage(policy=VERBATIM)


def line(text: str) -> str:
    """One line: what was typed or read elsewhere opens no header of its own."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def is_address(text: str) -> bool:
    """Is it an address that a server knows, as it stands (RFC 5321 §4.1.2)?"""
    return bool(ADDRESS.fullmatch(text)) and len(text) <= LONGEST_ADDRESS


def words(text: str) -> str:
    """Free words (RFC 5322 §3.6.5); they read back as ``line`` makes them."""
    said = line(text)
    return said if _is_plain(said) else _encoded(said)


def mailbox(name: str, address: str) -> str:
    """``name <address>`` (RFC 5322 §3.4); ``address`` was checked by the caller."""
    said = line(name)
    if not said:
        return address
    if not _is_plain(said):
        return f"{_encoded(said)} <{address}>"
    if ATOMS.fullmatch(said):
        return f"{said} <{address}>"
    quoted = said.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{address}>'


def file_name(name: str) -> str | tuple[str, str, str]:
    """What ``add_attachment`` takes; anything but plain letters goes by RFC 2231.

    A name that no line could hold loses the end of its stem.
    """
    said = _shortened(line(name) or "fichier")
    # Readers disagree on a mark of quotation inside quotes.
    plain = _is_plain(said) and not set(said) & set("\"\\'%<>")
    return said if plain else ("utf-8", "", said)


def mailboxes(people: Iterable[tuple[str, str]]) -> str:
    """(name, address) of each."""
    return ", ".join(mailbox(name, address) for name, address in people)


def _is_plain(text: str) -> bool:
    """Can it stand as it is: ASCII, nothing that looks encoded, no endless word?"""
    longest = max(map(len, text.split(" ")))
    return bool(PLAIN.fullmatch(text)) and "=?" not in text and longest <= LONGEST_WORD


def _shortened(name: str) -> str:
    stem, dot, ending = name[:LONGEST_NAME], "", ""
    if "." in name[-LONGEST_ENDING:]:
        stem, dot, ending = name.rpartition(".")
        stem = stem[:LONGEST_NAME]
    while len(quote(f"{stem}{dot}{ending}", safe="")) > LONGEST_NAME:
        stem = stem[:-1]
    return f"{stem}{dot}{ending}"


def _encoded(text: str) -> str:
    return " ".join(f"=?utf-8?b?{base64.b64encode(piece).decode()}?=" for piece in _pieces(text))


def _pieces(text: str) -> Iterator[bytes]:
    """Whole characters, ``WORD_BYTES`` at most."""
    piece = b""
    for letter in text:
        added = letter.encode("utf-8", "replace")
        if len(piece) + len(added) > WORD_BYTES:
            yield piece
            piece = b""
        piece += added
    if piece:
        yield piece


def _folded(name: str, value: str) -> Iterator[str]:
    """Before the line is too long, where a blank stands; between parameters alone, since some
    readers keep the fold inside a file name."""
    at = r" ?[^ ]*" if not name.lower().startswith("content-") else r" ?[^;]*;?"
    written = len(name) + 1
    yield f"{name}:"
    for piece in re.findall(at, f" {value}"):
        started = written > len(name) + 1
        if started and written + len(piece) > LINE and piece[:1] == " " != piece:
            yield "\r\n"
            written = 0
        yield piece
        written += len(piece)
    yield "\r\n"
