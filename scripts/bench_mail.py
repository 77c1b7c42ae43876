"""The first synchronisation of 10 000 messages, beside ``mbsync`` on the same Dovecot.

mbsync writes files; lgc takes each message apart, judges whose it is, indexes its words and writes
it encrypted. The same certificate and the same mailbox serve both. Then nothing has changed, and
both look again.
"""

from __future__ import annotations

import base64
import os
import random
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import dovecot

from lgc.bootstrap import InstallationIds, SystemClock
from lgc.commands import practice_zone
from lgc.domain import days
from lgc.domain.professionals import Practitioner
from lgc.mssante.mailbox import Mailbox
from lgc.mssante.message import parse, salvage
from lgc.services.connection import DeskConnection
from lgc.services.filing_incoming import FilingIncoming
from lgc.services.ports import Connections
from lgc.services.synchronising import Synchronising
from lgc.services.understanding import Understanding
from lgc.store import upgrade
from lgc.store.practice_store import PracticeStore
from lgc_sandbox.card import DOCTOR

practice_zone.use()

USER = DOCTOR.person.national_id  # the certificate says who it is
# Fewer for a quick look: LGC_BENCH_MESSAGES=1000 python scripts/bench.py mail
MESSAGES = int(os.environ.get("LGC_BENCH_MESSAGES", "10000"))
ATTACHED_EVERY, ATTACHED_BYTES, FORMATTED_EVERY = 10, 60_000, 3
WORDS = ("patient", "examen", "résultat", "contrôle", "tension", "traitement", "suivi", "bilan")
RC = """
IMAPAccount here
Host localhost
Port {port}
User {user}
AuthMechs EXTERNAL
SSLType STARTTLS
CertificateFile {folder}/ca.pem
ClientCertificate {folder}/doctor.pem
ClientKey {folder}/doctor.pem

IMAPStore far
Account here

MaildirStore near
Path {out}/
Inbox {out}/INBOX

Channel all
Far :far:
Near :near:
Patterns INBOX
Create Near
Sync Pull
SyncState *
"""


def bench() -> None:
    """Print both times and their ratio."""
    if why := dovecot.impossible():
        raise SystemExit(why)
    if shutil.which("mbsync") is None:
        raise SystemExit("mbsync is not installed")
    with dovecot.running() as server, tempfile.TemporaryDirectory() as folder:
        _fill(server.mail)
        mbsync, ours = _mbsync(server, Path(folder)), _ours(server, Path(folder))
        for subject in (f"first synchronisation of {MESSAGES}", "nothing new"):
            floor, worked = _seconds(mbsync), time.process_time()
            spent = _seconds(ours)
            worked = time.process_time() - worked
            print(f"{subject}: mbsync {floor:.2f} s, lgc {spent:.2f} s, {spent / floor:.1f} times")
            print(f"  {worked:.2f} s of processor, {1000 * worked / MESSAGES:.2f} ms a message")


def _fill(mail: Path) -> None:
    """Straight into the maildir: only reading is measured."""
    draw, place = random.Random(3), mail / USER / "new"
    for name in ("cur", "new", "tmp"):
        (mail / USER / name).mkdir(parents=True)
    attached = base64.encodebytes(b"%PDF-1.4 " + draw.randbytes(ATTACHED_BYTES)).decode()
    for number in range(MESSAGES):
        body = "\n".join(" ".join(draw.choices(WORDS, k=12)) for _ in range(30))
        head = (
            f"From: Dr Un <un{number % 400}@x.example>\nTo: me@x.example\n"
            f"Message-ID: <{number}@x.example>\nSubject: Suivi {number}\n"
            "Date: Mon, 23 Nov 2026 08:00:00 +0100\nMIME-Version: 1.0\n"
        )
        text = f"Content-Type: text/plain; charset=utf-8\n\n{body}\n"
        if number % FORMATTED_EVERY == 0:
            text = f"Content-Type: text/html; charset=utf-8\n\n{_formatted(body)}\n"
        if number % ATTACHED_EVERY == 0:
            text = (
                f'Content-Type: multipart/mixed; boundary="B"\n\n--B\n{text}\n--B\n'
                "Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n"
                f'Content-Disposition: attachment; filename="a.pdf"\n\n{attached}\n--B--\n'
            )
        (place / f"{number}.bench").write_text(head + text, "utf-8")
    for path in (mail, *mail.rglob("*")):
        shutil.chown(path, "nobody", "nogroup")


def _formatted(body: str) -> str:
    """As a hospital's software writes it: a table of a letter, a cell for each line."""
    rows = "".join(f'<tr><td colspan="2"><b>{line}</b></td></tr>' for line in body.splitlines())
    return f"<html><body><table>{rows}</table></body></html>"


def _mbsync(server: dovecot.Dovecot, folder: Path) -> Callable[[], None]:
    out, conf = folder / "mbsync", folder / "mbsyncrc"
    out.mkdir()
    conf.write_text(RC.format(user=USER, port=server.port, folder=server.folder, out=out))
    command = ["mbsync", "-q", "-c", str(conf), "all"]
    environment = {**os.environ, "HOME": str(folder)}
    return lambda: cast(None, subprocess.run(command, check=True, env=environment))


def _ours(server: dovecot.Dovecot, folder: Path) -> Callable[[], None]:
    path, key = folder / "practice.db", os.urandom(32)
    upgrade.bring_up_to_date(path, key)
    (folder / "vault.json").write_text("{}", "ascii")
    clock = SystemClock(days.practice_zone())
    store = PracticeStore(path, folder / "vault.json", key, "899700057294", clock.now)
    connection = DeskConnection()
    doctor = cast(
        Practitioner,
        SimpleNamespace(
            mssante_address="me@x.example",
            display_name="Dr X",
            holder=SimpleNamespace(national_id=""),
        ),
    )
    trusting = SimpleNamespace(mssante=SimpleNamespace(trusts=lambda address: True))
    connection.plug(doctor, cast(Connections, trusting))
    filing = FilingIncoming(
        store.unit,
        clock,
        InstallationIds("2.25.1"),
        connection,
        Understanding(parse, salvage),
        lambda event: None,
    )
    synchronising = Synchronising(store.unit, filing, lambda event: None)
    box = Mailbox(server.server(), "me")

    def once() -> None:
        with box.open() as opened:
            synchronising.run(opened, lambda: False, lambda message, mail: None)

    return once


def _seconds(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
