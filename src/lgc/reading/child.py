"""The process that reads what may not end: no key, no file, no socket, only its two pipes.

It is ended from outside when it is late; it ends by itself when nobody asks any more, when it is
far beyond its deadline, or when it asks for more memory than a document is worth.
"""

from __future__ import annotations

import codecs
import faulthandler
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import IO

from lgc import immortals
from lgc.errors import UnreadableInput
from lgc.reading import frames, limits
from lgc.reading.jobs import JOBS, Answer, Work
from lgc.reading.rtf import fonts

# Character sets that a text may name once no file can be opened any more.
CHARSETS = (
    *fonts.CODECS,
    "utf-7", "utf-8-sig", "utf-16", "utf-32", "latin-1", "ascii", "cp437", "cp850",
    "cp852", "cp874",
    "cp932", "cp936", "cp949", "cp950", "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255",
    "cp1256", "cp1257", "cp1258", "mac_roman", "iso8859-15", "iso8859-2",
)  # fmt: skip
LATE = 3.0  # seconds after the deadline: the one who asked is gone


def main() -> None:
    """Answer frames of standard input on standard output until it closes."""
    asked, answers = _pipes()
    immortals.keep_alive()
    work = {name: job.work() for name, job in JOBS.items()}
    for name in CHARSETS:
        codecs.lookup(name)
    nowhere = open(os.devnull, "wb")  # noqa: SIM115, PTH123 - held until the end
    confine()
    with suppress(frames.BrokenFrame, OSError):  # the one who asked is gone
        _answer(asked, answers, work, nowhere)


def _answer(
    asked: IO[bytes], answers: IO[bytes], work: Mapping[str, Work], nowhere: IO[bytes]
) -> None:
    held: list[bytes] = []
    frames.send(answers, {"ready": True})
    while True:
        head, blobs = frames.receive(asked, limits.ANSWER_HEAD, 2 * limits.ANSWER_BYTES)
        held = held if head["same"] else blobs
        last = limits.PATIENCE * head["seconds"] + LATE
        faulthandler.dump_traceback_later(last, exit=True, file=nowhere)
        said, sent = _done(work[head["job"]], held, head["asked"])
        faulthandler.cancel_dump_traceback_later()
        frames.send(answers, said, sent)


def _done(
    work: Work, blobs: list[bytes], asked: dict[str, object]
) -> tuple[dict[str, object], list[bytes]]:
    try:
        answer: Answer = work(blobs, asked)
    except UnreadableInput as error:
        return {"refused": error.sentence}, []
    except Exception as error:
        # A library over hostile bytes raises anything; its words may hold those of a document.
        return {"failed": type(error).__name__}, []
    return {"values": dict(answer.values)}, list(answer.blobs)


def _pipes() -> tuple[IO[bytes], IO[bytes]]:
    """The two ends that are ours; whatever a library prints goes nowhere."""
    asked, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    return asked, answers


def confine() -> None:
    """Give up memory beyond the limit, files, sockets and processes, where the system knows how."""
    if sys.platform == "win32":
        return
    import resource

    wanted = (
        ("RLIMIT_DATA", limits.CHILD_MEMORY),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_FSIZE", 0),
        ("RLIMIT_NPROC", 0),
        ("RLIMIT_NOFILE", 0),
    )
    for name, most in wanted:
        _limit(getattr(resource, name, None), most, resource.setrlimit)


def _limit(kind: int | None, most: int, apply: Callable[[int, tuple[int, int]], None]) -> None:
    if kind is None:
        return
    try:
        apply(kind, (most, most))
    except (OSError, ValueError):  # less is allowed already, or this system has none
        return


if __name__ == "__main__":
    main()
