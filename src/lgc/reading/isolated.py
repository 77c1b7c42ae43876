"""Ask the reading process: one job, one deadline; late or dead, it is replaced and told.

One process is kept ready, a second one starts when the first is busy. What it answers is plain
data of bounded size; nothing of ours but the bytes to read ever enters it.
"""

from __future__ import annotations

import atexit
import hashlib
import logging
import math
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from lgc.children import command
from lgc.errors import UnreadableInput
from lgc.reading import frames, limits
from lgc.reading.jobs import JOBS, Answer

log = logging.getLogger(__name__)
CHILD = "--reading-child"
KEPT = "L’original est gardé."
TOO_MUCH = "Ce contenu demande trop de travail pour être montré."
# What a process needs to start at all; our own variables may hold anything.
PASSED = ("SYSTEMROOT", "WINDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "LANG", "LC_ALL")


class GivenUp(UnreadableInput):
    """It was late, too large, or took its process down: the original is all there is."""

    def __init__(self, details: str = "") -> None:
        super().__init__(TOO_MUCH, advice=KEPT, details=details)


def environment() -> dict[str, str]:
    """Nothing of ours, but where the modules are."""
    kept = {name: os.environ[name] for name in PASSED if name in os.environ}
    return {**kept, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONUTF8": "1"}


class _Late(Exception):
    """The process had to be ended."""


class _Child:
    """One process and what it holds."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            command(CHILD),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment(),
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self.holds = ""
        self.ready = False
        self.jobs = 0

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def ask(
        self, head: dict[str, Any], blobs: Sequence[bytes], digest: str, seconds: float
    ) -> frames.Frame:
        """Raises _Late: the process is ended, by us or by itself."""
        same = self.holds == digest
        if not self.ready:
            # A machine at work elsewhere starts slowly: the deadline is the treatment's own.
            self._within(limits.START_SECONDS, self._receive)
            self.ready = True

        def exchange() -> frames.Frame:
            asked = self.process.stdin
            assert asked is not None
            frames.send(asked, {**head, "same": same, "seconds": seconds}, () if same else blobs)
            self.holds = digest
            return self._receive()

        return self._within(seconds, exchange)

    def _receive(self) -> frames.Frame:
        answers = self.process.stdout
        assert answers is not None
        return frames.receive(answers, limits.ANSWER_HEAD, limits.ANSWER_BYTES)

    def _within(self, seconds: float, work: Callable[[], frames.Frame]) -> frames.Frame:
        door, over = threading.Lock(), threading.Event()
        began, worked = time.monotonic(), _worked(self.process.pid)

        def late() -> None:
            with door:
                if over.is_set():
                    return
                waited = time.monotonic() - began
                done = _worked(self.process.pid) - worked
                # On a machine at work elsewhere it may hardly have had its turn.
                if done < seconds / 2 and waited < limits.PATIENCE * seconds:
                    watch()
                else:
                    self.process.kill()

        timer: threading.Timer

        def watch() -> None:
            nonlocal timer
            timer = threading.Timer(seconds, late)
            timer.daemon = True
            timer.start()

        watch()
        try:
            return work()
        except (OSError, ValueError, frames.BrokenFrame) as error:
            raise _Late from error
        finally:
            # Once answered it is never ended: the next one who asks would be told it was late.
            with door:
                over.set()
            timer.cancel()

    def end(self) -> None:
        self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            try:
                if pipe is not None:
                    pipe.close()
            except OSError:  # what was still to be sent has no reader
                pass
        self.process.wait()


class Isolated:
    """The processes of this application; safe from any thread."""

    def __init__(self, most: int = limits.CHILDREN) -> None:
        self._most = most
        self._free: list[_Child] = []
        self._all: list[_Child] = []
        self._changed = threading.Condition()

    def warm(self) -> None:
        """Have one ready before it is asked for."""
        with self._changed:
            if not self._all:
                self._free.append(self._started())

    def ask(self, job: str, *blobs: bytes, seconds: float | None = None, **asked: object) -> Answer:
        """What ``job`` makes of ``blobs``.

        ``seconds`` replaces its deadline. Raises UnreadableInput for what cannot be read, GivenUp
        for what asks too much.
        """
        deadline = limits.DEADLINES[job] if seconds is None else seconds
        head = {"job": job, "asked": asked}
        digest = _digest(blobs)
        child, began = self._taken(digest), time.monotonic()
        try:
            said, sent = child.ask(head, blobs, digest, deadline)
        except _Late as error:
            self._replace(child)
            spent, code = time.monotonic() - began, child.process.returncode
            details = f"{job}, {spent:.1f} s of {deadline:g}, ended with {code}"
            log.warning("given up: %s", details)
            raise GivenUp(details) from error
        self._give_back(child)
        if "values" not in said:
            if said.get("failed") == MemoryError.__name__:
                raise GivenUp(f"{job}, memory")
            raise UnreadableInput(str(said.get("refused") or JOBS[job].sentence), advice=KEPT)
        return Answer(said["values"], sent)

    def close(self) -> None:
        """End every process; what is asked later starts a new one."""
        with self._changed:
            ended, self._all, self._free = self._all, [], []
        for child in ended:
            child.end()

    @property
    def processes(self) -> tuple[int, ...]:
        """Who is at work or ready, by process number."""
        with self._changed:
            return tuple(child.process.pid for child in self._all if child.alive)

    def _taken(self, digest: str) -> _Child:
        """A free one, best the one that holds these bytes already."""
        with self._changed:
            while True:
                self._bury()
                if self._free:
                    best = next((one for one in self._free if one.holds == digest), self._free[0])
                    self._free.remove(best)
                    return best
                if len(self._all) < self._most:
                    return self._started()
                self._changed.wait()

    def _bury(self) -> None:
        """One that died while nobody asked is nobody's fault."""
        for child in [one for one in self._free if not one.alive]:
            self._free.remove(child)
            self._all.remove(child)
            child.end()

    def _started(self) -> _Child:
        child = _Child()
        self._all.append(child)
        return child

    def _replace(self, child: _Child) -> None:
        """Another one gets ready while the doctor reads why."""
        child.end()
        with self._changed:
            if child in self._all:
                self._all.remove(child)
                self._free.append(self._started())
            self._changed.notify()

    def _give_back(self, child: _Child) -> None:
        child.jobs += 1
        if child.jobs >= limits.CHILD_JOBS:
            self._replace(child)
            return
        with self._changed:
            if child in self._all:
                self._free.append(child)
            self._changed.notify()


def _worked(process: int) -> float:
    """Seconds of processor that it had, endless where the system does not say."""
    try:
        told = Path(f"/proc/{process}/stat").read_text("ascii", "replace")
        user, system = told.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / float(os.sysconf("SC_CLK_TCK"))
    except (OSError, ValueError, AttributeError):
        return math.inf


def _digest(blobs: Sequence[bytes]) -> str:
    whole = hashlib.sha256()
    for blob in blobs:
        whole.update(len(blob).to_bytes(8, "big") + blob)
    return whole.hexdigest()


_here = Isolated()
ask, warm, close = _here.ask, _here.warm, _here.close
atexit.register(close)
