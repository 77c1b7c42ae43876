"""Distinguished names written the RFC 2253 way, as the Issuer of a VIHF wants them (dmp.md §3.1).

cryptography writes RFC 4514, where an unnamed attribute keeps readable text; the official samples
follow RFC 2253 to the letter: ``2.5.4.42=#…`` with the DER value in hexadecimal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_NAMES = {
    "2.5.4.3": "CN",
    "2.5.4.7": "L",
    "2.5.4.8": "ST",
    "2.5.4.10": "O",
    "2.5.4.11": "OU",
    "2.5.4.6": "C",
    "2.5.4.9": "STREET",
    "0.9.2342.19200300.100.1.25": "DC",
    "0.9.2342.19200300.100.1.1": "UID",
}
_CHARACTER_SETS = {12: "utf-8", 19: "ascii", 20: "latin-1", 22: "ascii", 30: "utf-16-be"}
_SPECIAL = re.compile(r'([,+"\\<>;])|^([ #])|( )$')


def rfc2253(name: bytes) -> str:
    """The text of a DER Name, last RDN first. Raises ValueError when it is not a DER Name."""
    try:
        (sequence,) = _values(name)
        rdns = [_rdn(rdn) for _, _, rdn in _values(sequence[2])]
    except (IndexError, UnicodeDecodeError) as error:
        raise ValueError("not a DER name") from error
    return ",".join(reversed(rdns))


def _rdn(content: bytes) -> str:
    return "+".join(_attribute(attribute) for _, _, attribute in _values(content))


def _attribute(content: bytes) -> str:
    (_, _, oid), (tag, whole, value) = _values(content)
    dotted = _dotted(oid)
    known, charset = _NAMES.get(dotted), _CHARACTER_SETS.get(tag)
    if known is None or charset is None:
        return f"{known or dotted}=#{whole.hex()}"
    return f"{known}={_SPECIAL.sub(_escaped, value.decode(charset))}"


def _escaped(match: re.Match[str]) -> str:
    return f"\\{match[0]}"


def _values(content: bytes) -> list[tuple[int, bytes, bytes]]:
    """The DER values inside ``content``: (tag, whole, content)."""
    return list(_walk(content))


def _walk(content: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    at = 0
    while at < len(content):
        length, start = content[at + 1], at + 2
        if length & 0x80:
            start += length & 0x7F
            length = int.from_bytes(content[at + 2 : start])
        stop = start + length
        if stop > len(content):
            raise ValueError("truncated DER")
        yield content[at], content[at:stop], content[start:stop]
        at = stop


def _dotted(content: bytes) -> str:
    arcs, value = [], 0
    for byte in content:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            arcs.append(value)
            value = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(str(arc) for arc in (first, arcs[0] - 40 * first, *arcs[1:]))
