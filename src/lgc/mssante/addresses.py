"""Who a header names: mailboxes told apart strictly (RFC 5322 §3.4), words leniently.

``email.utils.getaddresses`` is fooled on some Pythons (CVE-2023-27043): of ``me@x)<b@y>`` it makes
``me@x``. Here what is not clean is no address. Linear in the length of the header.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|<[^<>"]*>|[^\s"()<>,;:\\]+|\s+|\\?.', re.DOTALL)
QUOTED_PAIR = re.compile(r"\\(.)", re.DOTALL)
# One « @ », and none of the marks that give a header its shape.
ADDRESS = re.compile(r'[^\s@<>()\[\],;:"\\]+@[^\s@<>()\[\],;:"\\]+')
SEPARATORS = ",;"
LONGEST = 254  # RFC 5321 §4.5.3.1.3, without the brackets

Mailbox = tuple[str, str]


@dataclass(slots=True)
class _Element:
    """What stands between two commas."""

    words: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    inside: str | None = None
    clean: bool = True
    bare_at: bool = False

    def take(self, token: str) -> None:
        if token.isspace():
            self.words.append(" ")
        elif len(token) > 1 and token[0] == "<":
            self.clean &= self.inside is None
            self.inside = token[1:-1].strip()
        elif self.inside is not None or token in '"<>()' or token[0] == "\\":
            self.clean = False
        elif token[0] == '"':
            self.words.append(QUOTED_PAIR.sub(r"\1", token[1:-1]))
        else:
            self.words.append(token)
            self.bare_at |= "@" in token

    def name_group(self) -> None:
        """« Équipe : a@b, c@d ; »: what stood before the colon names nobody (§3.4)."""
        self.clean &= not self.bare_at and self.inside is None
        self.words.clear()

    @property
    def phrase(self) -> str:
        return " ".join("".join(self.words).split())

    @property
    def is_word(self) -> bool:
        """The family name of « MARTIN, Jean <x@y> », written without its quotes."""
        return self.clean and self.inside is None and not self.bare_at and bool(self.phrase)

    @property
    def is_empty(self) -> bool:
        return self.clean and self.inside is None and not self.phrase

    def mailbox(self, before: str) -> Mailbox | None:
        name, address = self.phrase, self.inside
        if address is None:
            name, address = "", self.phrase
        elif self.bare_at and name.lower() != address.lower():
            return None  # two addresses: whose is it?
        if not (self.clean and ADDRESS.fullmatch(address) and address.isprintable()):
            return None
        if len(address) > LONGEST:
            return None
        name = name or " ".join(" ".join(self.remarks).split())
        return (f"{before}, {name}" if before and self.inside is not None else name), address


def read(header: str) -> list[Mailbox | None]:
    """(name as it is written, address) of each; None for each that is no clean address."""
    found: list[Mailbox | None] = []
    before = ""
    for one, ending in _elements(header):
        if one.is_empty:
            continue
        if one.is_word and ending == ",":
            if before:
                found.append(None)
            before = one.phrase
            continue
        told = one.mailbox(before)
        if before and (told is None or one.inside is None):
            found.append(None)  # a name without its address
        found.append(told)
        before = ""
    return [*found, None] if before else found


def _elements(header: str) -> Iterator[tuple[_Element, str]]:
    """Each with the mark that ends it."""
    one, at = _Element(), 0
    while at < len(header):
        if header[at] == "(":
            end = _after_remark(header, at)
            one.clean &= end > 0
            if not end:
                break
            one.remarks.append(header[at + 1 : end - 1])
            at = end
            continue
        match = TOKEN.match(header, at)
        token = match.group() if match else header[at]
        at += len(token)
        if token in SEPARATORS:
            yield one, token
            one = _Element()
        elif token == ":":
            one.name_group()
        else:
            one.take(token)
    yield one, ""


def _after_remark(header: str, start: int) -> int:
    """Where a comment ends, those inside it too; 0 when it never does."""
    depth, at = 0, start
    while at < len(header):
        letter = header[at]
        depth += (letter == "(") - (letter == ")")
        at += 2 if letter == "\\" else 1
        if not depth:
            return at
    return 0
