"""What passes between the application and its reading process: JSON and bytes, counted first.

A frame is the length of its head (4 bytes), the head (JSON, whose ``blobs`` are lengths), then the
blobs. Nothing that could run is ever sent: no pickle, no code.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from typing import IO, Any

Frame = tuple[dict[str, Any], list[bytes]]
_LENGTH = struct.Struct(">I")


class BrokenFrame(Exception):
    """The other side ended, or sent what no frame is."""


def send(stream: IO[bytes], head: Mapping[str, Any], blobs: Sequence[bytes] = ()) -> None:
    """Write one frame. Raises OSError when nobody reads any more."""
    written = json.dumps({**head, "blobs": [len(blob) for blob in blobs]}).encode("ascii")
    stream.write(_LENGTH.pack(len(written)) + written)
    for blob in blobs:
        stream.write(blob)
    stream.flush()


def receive(stream: IO[bytes], most_head: int, most_bytes: int) -> Frame:
    """Read one frame. Raises BrokenFrame: nothing more, or more than the limits."""
    (length,) = _LENGTH.unpack(_exactly(stream, _LENGTH.size))
    if length > most_head:
        raise BrokenFrame
    try:
        head = json.loads(_exactly(stream, length))
        sizes = [int(size) for size in head.pop("blobs")]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BrokenFrame from error
    if min(sizes, default=0) < 0 or sum(sizes) > most_bytes:
        raise BrokenFrame
    return head, [_exactly(stream, size) for size in sizes]


def _exactly(stream: IO[bytes], size: int) -> bytes:
    read = stream.read(size)
    if len(read) != size:
        raise BrokenFrame
    return read
