"""What a message is known by: its bytes as the server holds them, never a number that it says.

Senders give one Message-ID to two messages, correspondents know ours, and a corrected result has
often the length of the first one.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

# What servers write on the way, and when they move a message; nothing of it is read here.
TRACES = frozenset({
    b"received", b"return-path", b"delivered-to", b"envelope-to", b"status", b"lines",
    b"content-length", b"authentication-results", b"received-spf", b"dkim-signature",
    b"list-unsubscribe-post", b"original-recipient",
})  # fmt: skip
TRACE_FAMILIES = (b"x-", b"arc-")


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """SHA-256 in hexadecimal: ``whole`` of every byte, ``stable`` of what no server rewrites.

    Two messages of one ``whole`` are one. Of one ``stable``, the second is the first one moved,
    or another copy of it: that alone makes nobody forget it.
    """

    whole: str
    stable: str

    @classmethod
    def of(cls, raw: bytes, size: int = 0, place: str = "") -> Fingerprint:
        """Of one of which not every byte is here, ``size`` is that of the whole in bytes, and
        ``place`` tells it apart: its end may say anything."""
        told = str(size).encode() if size else b""
        whole, stable = hashlib.sha256(raw), hashlib.sha256(_stable(raw))
        whole.update(told + place.encode())
        stable.update(told)
        return cls(whole.hexdigest(), stable.hexdigest())


def _stable(raw: bytes) -> bytes:
    head, _, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    kept = [one for one in _fields(head) if not _is_trace(one[0])]
    lines = [name + b":" + value for name, value in sorted(kept, key=lambda one: one[0])]
    return b"\n".join(lines) + b"\n\n" + body.rstrip()


def _fields(head: bytes) -> list[tuple[bytes, bytes]]:
    """(name, value unfolded), in order; a line that is no header is one without a value."""
    fields: list[tuple[bytes, list[bytes]]] = []
    for line in head.split(b"\n"):
        if fields and line[:1] in (b" ", b"\t"):
            fields[-1][1].append(line)
            continue
        name, _, value = line.partition(b":")
        fields.append((name.strip().lower(), [value]))
    return [(name, b"".join(values).strip()) for name, values in fields]


def _is_trace(name: bytes) -> bool:
    return name in TRACES or name.startswith(TRACE_FAMILIES)
