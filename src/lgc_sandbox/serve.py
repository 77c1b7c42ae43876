"""Everything started together: authority, card, DMP, mail, directory, control."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from lgc_sandbox import directory, mail, practice, white_list
from lgc_sandbox.authority import Authority
from lgc_sandbox.card import DOCTOR, OTHER_DOCTOR, PIN, SECRETARY, SoftCard, module
from lgc_sandbox.control import Control, ControlServer
from lgc_sandbox.dmp.registry import REPOSITORY, Registry
from lgc_sandbox.dmp.schemas import Schemas
from lgc_sandbox.dmp.server import WEB, Dmp, DmpServer, tls_context
from lgc_sandbox.dmp.transactions import BASE
from lgc_sandbox.files import write_atomically
from lgc_sandbox.knobs import Knobs
from lgc_sandbox.tied import end_with_starter

MAILBOX = "paul.medecin5729@medecin.mssante.example"
OTHER_MAILBOX = "anne.medecin5978@medecin.mssante.example"
PEOPLE = {one.person.national_id: one for one in (DOCTOR, OTHER_DOCTOR, SECRETARY)}
OWNERS = {DOCTOR.person.national_id: MAILBOX, OTHER_DOCTOR.person.national_id: OTHER_MAILBOX}
SETTINGS, FILLED = "sandbox.json", "filled"


def utc_now() -> dt.datetime:
    """The clock of the sandbox."""
    return dt.datetime.now(dt.UTC)


class Sandbox:
    """The servers of one folder; ``settings`` is what ``sandbox.json`` says."""

    def __init__(
        self,
        folder: Path,
        schemas: Path | None = None,
        now: Callable[[], dt.datetime] = utc_now,
    ) -> None:
        self.folder = folder.resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / SETTINGS).unlink(missing_ok=True)
        self.knobs = Knobs()
        self.authority = Authority.create(self.folder / "authority")
        self.card = SoftCard(self.folder / "card")
        self.card.make(self.authority, DOCTOR)
        self.registry = Registry(self.folder / "dmp.sqlite", lambda: self.knobs.filing("td2.1"))
        demo = practice.load()
        today = now().astimezone(practice.PARIS).date()
        # Deposits are idempotent: a first start that was cut is completed by the next one.
        first = not (self.folder / FILLED).exists()
        if first:
            practice.fill_dmp(self.registry, demo, today)
        judge = Dmp(self.authority, self.registry, PEOPLE, self.knobs, Schemas(schemas), now)
        self.dmp = DmpServer(judge, tls_context(self.authority))
        self.mail = mail.start(
            self.folder / "mail", self.authority, self.knobs, practice.addresses(demo), OWNERS
        )
        directory.write(self.folder / "directory.txt", demo)
        white_list.write(self.folder / "white_list.xml", [*practice.addresses(demo), MAILBOX])
        if first:
            practice.fill_mailbox(self.mail, demo, today)
            (self.folder / FILLED).touch()
        self.control = ControlServer(self._control(demo, now))
        self.settings = self._settings()
        write_atomically(
            self.folder / SETTINGS,
            json.dumps(self.settings, ensure_ascii=False, indent=1).encode(),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *reason: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop every server; what they hold stays on disk."""
        (self.folder / SETTINGS).unlink(missing_ok=True)
        self.control.stop()
        self.dmp.stop()
        self.mail.stop()
        self.registry.close()

    def _control(self, demo: dict[str, Any], now: Callable[[], dt.datetime]) -> Control:
        return Control(
            self.knobs,
            self.registry,
            self.card,
            DOCTOR.person.national_id,
            now,
            practice.arrivals(self.mail, demo),
            self.mail.counts,
            self.mail.received,
        )

    def _settings(self) -> dict[str, str | int]:
        secure = f"https://localhost:{self.dmp.port}"
        return {
            "dmp_base": f"{secure}{BASE}",
            "dmp_web": f"{secure}{WEB}",
            "smtp_host": "localhost",
            "smtp_port": self.mail.smtp_port,
            "imap_host": "localhost",
            "imap_port": self.mail.imap_port,
            "directory": str(self.folder / "directory.txt"),
            "white_list": str(self.folder / "white_list.xml"),
            "trust": str(self.authority.trust),
            "revocation_lists": str(self.authority.lists),
            "pkcs11_module": str(module()),
            "softhsm2_conf": str(self.card.conf),
            "token_folder": str(self.card.tokens),
            "pin": PIN,
            "control": f"http://127.0.0.1:{self.control.port}",
            "mailbox": MAILBOX,
            "dmp_repository_unique_id": REPOSITORY,
            "pid": os.getpid(),
        }


def serve(
    folder: Path, schemas: Path | None, say: Callable[[str], object], *, tied: bool = False
) -> None:
    """Run until SIGTERM or Ctrl+C, and ``tied`` until the standard input ends.

    One line per server through ``say``.
    """
    end = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: end.set())
    if tied:
        end_with_starter(end.set)
    with Sandbox(folder, schemas) as sandbox:
        told = sandbox.settings
        say(f"DMP       {told['dmp_base']}")
        say(f"SMTP      localhost:{told['smtp_port']}")
        say(f"IMAP      localhost:{told['imap_port']}")
        say(f"Contrôle  {told['control']}")
        say(f"Réglages  {sandbox.folder / SETTINGS}")
        while not end.wait(0.5):
            pass
