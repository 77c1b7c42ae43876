"""Hostile inputs: messages, archives, documents and calendars spoilt on purpose, one after another.

Each is treated by the real services over a real store, between two good ones, in a process that
can be ended when it takes too long. ``python3 scripts/faults_inputs.py TRIES SEED`` prints how many
were tried, survived, stopped (something came out that nobody foresaw, or the deadline passed) and
lost (an input, or a good one beside it, is not in the store as it was sent).
"""

from __future__ import annotations

import base64
import datetime as dt
import io
import multiprocessing
import os
import random
import re
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from lgc.bootstrap import InstallationIds, SystemClock
from lgc.commands import practice_zone
from lgc.domain import days
from lgc.domain.mailboxes import Carried, Heading, Known, Look, ServerFolder
from lgc.domain.media_types import of_bytes
from lgc.domain.messages import Folder
from lgc.domain.professionals import Practitioner
from lgc.errors import UserFacingError, place_of
from lgc.mssante import mime, receipts
from lgc.mssante.message import parse, salvage
from lgc.mssante.open_mailbox import IncomingMail
from lgc.services import calendar_files
from lgc.services.connection import DeskConnection
from lgc.services.filing_incoming import FilingIncoming
from lgc.services.mail import Mail
from lgc.services.ports import Connections
from lgc.services.sharing import Sharing
from lgc.services.synchronising import Synchronising
from lgc.services.understanding import Understanding
from lgc.services.writing import Writing
from lgc.settings import Settings
from lgc.store import upgrade
from lgc.store.practice_store import PracticeStore
from lgc_sandbox import practice as sandbox

practice_zone.use()

HOSTILE = Path(__file__).resolve().parents[2] / "shared" / "cases" / "hostile"
DEADLINE, START = 20.0, 60.0  # seconds for one input, for the services to be ready
SURVIVED, STOPPED, LOST = "survived", "stopped", "lost"
ME, UNREADABLE_CODE = "me@x.example", "906"
VALUES = (
    b"=?utf-7?Q?+2AA-?=", b"=?utf-16?B?2AA=?=", b"\\ud800", b"\xff\xfe\x00", b"", b"=?x?q?" * 40,
    b"<" * 3000, b"(" * 3000, b'"' * 301, b"a@b," * 900, b"=?utf-8?B?////?=", b"; x*0*=y" * 200,
    b"Mon, 1 Jan 2024 00:00:00 +99999999999999", b"Fri, 31 Dec 9999 23:59:59 -2300",
    b"Fri, 1 Jan 99999999999999999999 00:00:00 +0000", b"Mon, 1 Jan 0001 00:00:00 +1400",
    b"31 Feb 2026 25:61", b'multipart/mixed; boundary=""', b"multipart/mixed", b"message/rfc822",
    b"text/plain; charset=idna", b"text/html; charset=punycode", b"text/plain; charset=\xff",
    b"application/zip; name*=utf-7''%2B2AA-", b"message/disposition-notification", b"x-uuencode",
    b"attachment; filename*0*=utf-8''%D8; filename*1*=%00", b"base64", b"quoted-printable",
)  # fmt: skip
HEADERS = (
    b"From", b"To", b"Subject", b"Date", b"Message-ID", b"Content-Type", b"References",
    b"Content-Transfer-Encoding", b"Content-Disposition", b"Disposition-Notification-To",
    b"MIME-Version", b"In-Reply-To", b"X-MSS-INS", b"Return-Path",
)  # fmt: skip
CALENDAR_VALUES = (
    "99991231T235959Z", "00010101", "20260230", "P99999999999W", "-P1D", "FREQ=SECONDLY", "\ud800",
    "FREQ=MONTHLY;BYDAY=-53MO", "FREQ=YEARLY;INTERVAL=0", "FREQ=WEEKLY;UNTIL=x", "\x00", "é" * 2000,
    "FREQ=MINUTELY;COUNT=99999999", "20261130T080000,20261130T", "TRANSPARENT", "",
)  # fmt: skip
Mutate = Callable[[bytes, random.Random], bytes]


# --- what is sent -------------------------------------------------------------------------------


def bases() -> list[bytes]:
    """Messages as the sandbox's senders write them, others made here, and those known to hurt."""
    demo = sandbox.load()
    now = dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)
    mails = [*demo["messages"], *demo["arrivals"].values()]
    written = [sandbox.message(demo, data, now.date(), now) for data in mails]
    known = [path.read_bytes() for path in sorted(HOSTILE.glob("mail-*.eml"))]
    # Twice as often as the others: they are near what breaks.
    return [*written, _report(), _nested(), *known, *known]


def _report() -> bytes:
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = "b@x.example", ME, "Lu : Courrier"
    made["Message-ID"] = "<report@x.example>"
    made.set_content("Lu.")
    made.add_attachment(
        b"Final-Recipient: rfc822;b@x.example\r\nOriginal-Message-ID: <1@x.example>\r\n"
        b"Disposition: manual-action/MDN-sent-manually; displayed\r\n",
        maintype="message-x",
        subtype="disposition",
    )
    return made.as_bytes().replace(b"message-x/disposition", b"message/disposition-notification")


def _nested() -> bytes:
    inner = EmailMessage(policy=SMTP)
    inner["From"], inner["Subject"], inner["Message-ID"] = "c@x.example", "Dedans", "<in@x.example>"
    inner.set_content("Bonjour")
    inner.add_alternative("<p>Bon<b>jour</b></p><table><tr><td>1</td></tr></table>", subtype="html")
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = "b@x.example", ME, "Tr: Dedans"
    made["Message-ID"], made["Date"] = "<out@x.example>", "Mon, 30 Nov 2026 10:00:00 +0100"
    made.set_content("Voir ci-dessous.")
    made.add_attachment(inner)
    return made.as_bytes()


def _flipped(raw: bytes, chance: random.Random) -> bytes:
    spoilt = bytearray(raw)
    for _ in range(chance.choice((1, 3, 20, 200))):
        spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
    return bytes(spoilt)


def _cut(raw: bytes, chance: random.Random) -> bytes:
    return raw[: chance.randrange(1, len(raw))]


def _spliced(raw: bytes, chance: random.Random) -> bytes:
    """A piece left out, doubled or moved."""
    first, last = sorted((chance.randrange(len(raw)), chance.randrange(len(raw))))
    piece = raw[first:last]
    rest = raw[:first] + raw[last:]
    at = chance.randrange(len(rest) + 1)
    return chance.choice((rest, raw[:at] + piece + raw[at:], rest[:at] + piece + rest[at:])) or b"x"


def _headed(raw: bytes, chance: random.Random) -> bytes:
    """One header, of the message or of a part, says something nobody would write."""
    name, value = chance.choice(HEADERS), chance.choice(VALUES)
    line = name + b": " + value + b"\r\n"
    places = [found.span() for found in re.finditer(rb"(?im)^" + name + rb":[^\n]*\n", raw)]
    if not places:
        return line + raw
    start, stop = chance.choice(places)
    return raw[:start] + line + raw[stop:]


def _wrapped(raw: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.choice((1, 5, 60))):
        raw = b"Content-Type: message/rfc822\r\n\r\n" + raw
    return b"Subject: plis\r\nFrom: b@x.example\r\n" + raw


def _inside(raw: bytes, chance: random.Random) -> bytes:
    """The bytes of an attachment are spoilt, its coding is not."""
    found = list(re.finditer(rb"\r?\n\r?\n((?:[A-Za-z0-9+/=]{20,}\r?\n)+)", raw))
    if not found:
        return _flipped(raw, chance)
    chosen = chance.choice(found)
    with suppress(ValueError):
        content = base64.b64decode(chosen[1])
        spoil = chance.choice((_flipped, _cut, _spliced, _member))
        coded = base64.encodebytes(spoil(content, chance)).replace(b"\n", b"\r\n")
        return raw[: chosen.start(1)] + coded + raw[chosen.end(1) :]
    return _flipped(raw, chance)


def _member(content: bytes, chance: random.Random) -> bytes:
    """One file of an archive is spoilt, the archive is well made."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = [(info, archive.read(info)) for info in archive.infolist()]
    except Exception:  # spoilt before, in one of the ways we are after
        return _flipped(content, chance)
    made, bad = io.BytesIO(), chance.randrange(max(len(files), 1))
    with zipfile.ZipFile(made, "w", chance.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA))) as out:
        for number, (info, held) in enumerate(files):
            spoilt = _flipped(held, chance) if number == bad and held else held
            out.writestr(info.filename, spoilt)
    return made.getvalue()


MUTATIONS: tuple[Mutate, ...] = (
    _flipped, _cut, _spliced, _headed, _headed, _headed, _wrapped, _inside, _inside, _inside,
)  # fmt: skip


def hostile_mail(sources: Sequence[bytes], chance: random.Random, number: int) -> bytes:
    # Two tries with one Message-ID and one size would be one message, rightly kept once.
    raw = re.sub(rb"(?im)^(message-id:\s*<)", rb"\g<1>%d." % number, chance.choice(sources))
    for _ in range(chance.choice((0, 1, 1, 1, 2, 4))):
        raw = chance.choice(MUTATIONS)(raw, chance) or b"x"
    return raw + b"\r\n%s%d\r\n" % (b"." * (number % 97), number)


def hostile_calendar(chance: random.Random) -> bytes:
    """Two good events, and one between them whose values nobody would write."""
    lines = {
        "UID": "bad@x", "DTSTART": "20261201T100000", "DTEND": "20261201T110000",
        "SUMMARY": "Mauvais", "RRULE": "FREQ=WEEKLY", "EXDATE": "20261208T100000",
        "DURATION": "PT1H", "STATUS": "CONFIRMED", "X-LGC-VISIT": "v",
    }  # fmt: skip
    kept = {name: value for name, value in lines.items() if chance.random() < 0.7}
    for name in chance.sample(sorted(lines), chance.choice((1, 2, 3))):
        kept[name] = chance.choice(CALENDAR_VALUES)
    bad = "\r\n".join(f"{name}:{value}" for name, value in kept.items())
    text = "\r\n".join(
        ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", _event("first"), "BEGIN:VEVENT", bad,
         "END:VEVENT", _event("last"), "END:VCALENDAR", "")
    )  # fmt: skip
    return text.encode("utf-8", "surrogatepass")


def _event(name: str) -> str:
    return (
        f"BEGIN:VEVENT\r\nUID:{name}@x\r\nDTSTART:20261202T090000\r\nDTEND:20261202T093000\r\n"
        f"SUMMARY:{name}\r\nEND:VEVENT"
    )


# --- who treats it ------------------------------------------------------------------------------


@dataclass
class Box:
    """A mailbox in memory that says what a server would (``services.ports.RemoteMailbox``)."""

    mails: dict[int, bytes] = field(default_factory=dict)

    def add(self, *raws: bytes) -> list[int]:
        first = len(self.mails) + 1
        self.mails.update(enumerate(raws, first))
        return list(range(first, first + len(raws)))

    def folders(self) -> tuple[ServerFolder, ...]:
        return (ServerFolder("INBOX", Folder.INBOX),)

    def look(self, mailbox: str, known: Known) -> Look:
        new = [
            Heading(uid, len(raw), False, mime.header(mime.read(raw)[0], "Message-ID"))
            for uid, raw in self.mails.items()
            if uid >= known.uid_next
        ]
        return Look(1, 0, known.uid_validity != 1, tuple(new), {}, frozenset())

    def fetch(self, mailbox: str, headings: Sequence[Heading]) -> Iterator[IncomingMail]:
        for one in headings:
            yield IncomingMail(mailbox, 1, one.uid, self.mails[one.uid])

    def mark(self, mailbox: str, uids: Sequence[int], seen: bool) -> None:
        """Nothing of these tests looks at it."""

    def move(self, mailbox: str, uids: Sequence[int], target: str) -> Carried:
        """Nothing of these tests looks at it."""
        return Carried()

    def remove(self, mailbox: str, uids: Sequence[int]) -> None:
        """Nothing of these tests looks at it."""

    def create(self, own: str) -> str:
        return own

    def rename(self, mailbox: str, own: str) -> str:
        return own

    def delete(self, mailbox: str) -> bool:
        return True


class Practice:
    """The services of a practice over a store of its own."""

    def __init__(self, folder: Path) -> None:
        path, key = folder / "practice.db", os.urandom(32)
        upgrade.bring_up_to_date(path, key)
        (folder / "vault.json").write_text("{}", "ascii")
        self.clock = SystemClock(days.practice_zone())
        self.store = PracticeStore(path, folder / "vault.json", key, "899700057294", self.clock.now)
        connection = DeskConnection()
        doctor = SimpleNamespace(
            mssante_address=ME, display_name="Dr X", telephone="",
            holder=SimpleNamespace(national_id="899700057294"),
            place=SimpleNamespace(structure_name=""),
        )  # fmt: skip
        trusting = SimpleNamespace(
            mssante=SimpleNamespace(trusts=lambda address: True, is_listed=lambda address: True)
        )
        connection.plug(cast(Practitioner, doctor), cast(Connections, trusting))
        ids, opened = InstallationIds("2.25.1"), self.store.unit
        understanding = Understanding(parse, salvage)
        self.filing = FilingIncoming(
            opened, self.clock, ids, connection, understanding, lambda event: None
        )
        self.sync = Synchronising(opened, self.filing, lambda event: None)
        self.mail = Mail(opened, self.clock, parse, Settings())
        self.writing = Writing(
            opened, self.clock, ids, connection, cast(Sharing, None), Settings(), parse,
            of_bytes, lambda event: None, lambda: None,
        )  # fmt: skip
        self.box, self.sources = Box(), bases()

    def treat(self, number: int, seed: int) -> str:
        """The fate of one input; raises what nobody foresaw."""
        chance = random.Random(f"{seed}:{number}")
        if chance.random() < 0.15:
            return self._calendar(hostile_calendar(chance))
        return self._mail(hostile_mail(self.sources, chance, number), number)

    def _mail(self, raw: bytes, number: int) -> str:
        """Between two good ones; then looked at, read again and answered as a doctor may."""
        uids = self.box.add(_good(2 * number), raw, _good(2 * number + 1))
        refused = self.sync.run(self.box, lambda: False, lambda message, mail: None)
        if refused:
            raise RuntimeError("the pass was refused")
        kept = [self._kept(uid) for uid in uids]
        if any(
            message_id is None or not _same(held, self.box.mails[uid])
            for uid, (message_id, held) in zip(uids, kept, strict=True)
        ):
            return LOST
        message_id = kept[1][0] or ""
        view = self.mail.open(message_id)
        for attachment in view.message.attachments[:3]:
            self.filing.preview(message_id, attachment.attachment_id)
        self.filing.read_again(message_id)
        for ask in (self.writing.reply, self.writing.ask_again):
            with suppress(UserFacingError):
                ask(message_id)
        receipts.answer(raw, ME, self.clock.now(), UNREADABLE_CODE)
        return SURVIVED if self.mail.original(message_id) == kept[1][1] else LOST

    def _kept(self, uid: int) -> tuple[str | None, bytes]:
        with self.store.unit() as uow:
            place = uow.mailboxes.at("INBOX", uid)
            message_id = place.message_id if place is not None else None
            return message_id, uow.messages.raw(message_id) if message_id else b""

    def _calendar(self, content: bytes) -> str:
        found = calendar_files.read(content, self.clock.now())
        names = {one.title for one in found.closures}
        return SURVIVED if {"first", "last"} <= names else LOST


def _good(number: int) -> bytes:
    return (
        f"From: a@x.example\r\nMessage-ID: <good{number}@x.example>\r\nSubject: N {number}\r\n"
        f"Date: Mon, 30 Nov 2026 10:00:00 +0100\r\n\r\nBonjour {number}\r\n"
    ).encode()


def _same(held: bytes, sent: bytes) -> bool:
    """Byte for byte, or the same words under other headers: that is one message, kept once."""
    bodies = [one.replace(b"\r\n", b"\n").partition(b"\n\n")[2].rstrip() for one in (held, sent)]
    return held == sent or (bodies[0] == bodies[1] != b"")


# --- one after another --------------------------------------------------------------------------


def _work(pipe: Connection, seed: int) -> None:
    """The process that treats: a number comes in, its fate goes out."""
    with tempfile.TemporaryDirectory(prefix="lgc-inputs-") as place:
        practice = Practice(Path(place))
        with closing(practice.store):
            pipe.send("ready")
            while (number := pipe.recv()) is not None:
                try:
                    pipe.send((practice.treat(number, seed), ""))
                except Exception as error:
                    pipe.send((STOPPED, place_of(error)))


class Worker:
    """A process that can be ended, and begun again."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None

    def treat(self, number: int) -> tuple[str, str]:
        """(fate, where it stopped)."""
        pipe = self._pipe or self._start()
        pipe.send(number)
        if pipe.poll(DEADLINE):
            with suppress(EOFError):
                return cast(tuple[str, str], pipe.recv())
            self.stop()
            return STOPPED, "the process died"
        self.stop()
        return STOPPED, f"more than {DEADLINE:.0f} s"

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
        if self._pipe is not None:
            self._pipe.close()
        self._process = self._pipe = None

    def _start(self) -> Connection:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(theirs, self._seed), daemon=True)
        self._process.start()
        theirs.close()
        self._pipe = ours
        if not ours.poll(START):
            raise TimeoutError("the services are not ready")
        ours.recv()
        return ours


def run(tries: int, seed: int) -> tuple[dict[str, int], Mapping[str, list[int]]]:
    """(the counts, the numbers of the inputs by where they stopped or that they were lost)."""
    counts: Counter[str] = Counter()
    bad: dict[str, list[int]] = {}
    worker = Worker(seed)
    try:
        for number in range(tries):
            fate, where = worker.treat(number)
            counts[fate] += 1
            if fate != SURVIVED:
                bad.setdefault(where or fate, []).append(number)
    finally:
        worker.stop()
    return {"tried": tries, **{one: counts[one] for one in (SURVIVED, STOPPED, LOST)}}, bad


def campaign(tries: int, seed: int) -> dict[str, int]:
    """How many inputs were ``tried``, ``survived``, ``stopped`` and ``lost``."""
    return run(tries, seed)[0]


if __name__ == "__main__":
    asked = [int(one) for one in sys.argv[1:3]]
    told, spoilt = run(*(asked + [500, 1][len(asked) :]))
    print(" · ".join(f"{name} {count}" for name, count in told.items()))
    for reason, numbers in spoilt.items():
        print(f"{reason}: {numbers[:10]}")
    sys.exit(bool(told[STOPPED] or told[LOST]))
