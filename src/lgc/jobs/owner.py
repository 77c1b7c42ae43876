"""Who holds the lease of a sending: this run of the application, and whether another one lives.

No passing of time ends a lease: only its owner's end does, which the system tells by the number
and the start of its process.
"""

from __future__ import annotations

import functools
import os
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PROCESSES, _BOOT = Path("/proc"), Path("/proc/sys/kernel/random/boot_id")
_DEAD = ("Z", "X")  # ended, and perhaps not yet reaped by its parent


class Owner:
    """One run of the application, with what its threads are sending now.

    Shared by every outbox of the process: the lanes of an ended session may still be at work.
    """

    def __init__(self, identity: str) -> None:
        self.identity = identity
        self._in_flight: set[str] = set()
        self._lock = threading.Lock()

    @contextmanager
    def sending(self, delivery_id: str) -> Iterator[None]:
        """A thread of ours is at work on this delivery inside the block."""
        with self._lock:
            self._in_flight.add(delivery_id)
        try:
            yield
        finally:
            with self._lock:
                self._in_flight.discard(delivery_id)

    def works_on(self, owner: str, delivery_id: str) -> bool:
        """Is the holder of this lease still sending?"""
        if owner == self.identity:
            with self._lock:
                return delivery_id in self._in_flight
        return lives(owner)


@functools.cache
def this_process() -> Owner:
    """The owner that every lease of this process names."""
    pid = os.getpid()
    return Owner(f"{uuid.uuid4().hex} {pid} {_start_of(pid)}".strip())


def lives(identity: str) -> bool:
    """Does the process of another owner still run?

    Where the system does not tell when a process started, no: one application at a time holds
    the practice, so another owner has ended.
    """
    _, _, process = identity.partition(" ")
    pid, _, start = process.partition(" ")
    return pid.isdigit() and bool(start) and _start_of(int(pid)) == start


def _start_of(pid: int) -> str:
    """When a process started, as no other process ever did; empty when it ended or is unknown."""
    try:
        # The name in parentheses may hold anything: the fields are counted after it (proc(5)).
        fields = (_PROCESSES / str(pid) / "stat").read_text("utf-8", "replace")
        boot = _BOOT.read_text("ascii").strip()
    except OSError:
        return ""
    state, *others = fields.rpartition(")")[2].split()
    return "" if state in _DEAD else f"{boot}:{others[18]}"
