"""Everything started together: authority, card, DMP, mail, directory, control."""

from __future__ import annotations

import datetime as dt
import importlib
import inspect
import json
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from lgc_sandbox.authority import Authority
from lgc_sandbox.card import DOCTOR, OTHER_DOCTOR, PIN, SoftCard, module
from lgc_sandbox.control import Control, ControlServer
from lgc_sandbox.dmp.registry import REPOSITORY, Registry
from lgc_sandbox.dmp.schemas import Schemas
from lgc_sandbox.dmp.server import BASE, WEB, Dmp, DmpServer, tls_context
from lgc_sandbox.files import write_atomically
from lgc_sandbox.knobs import Knobs

MAILBOX = "paul.medecin5729@medecin.mssante.example"
OTHER_MAILBOX = "anne.medecin5978@medecin.mssante.example"
PEOPLE = {one.person.national_id: one for one in (DOCTOR, OTHER_DOCTOR)}
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
        self.registry = Registry(self.folder / "dmp.sqlite")
        practice = _practice()
        today = now().astimezone().date()
        self._fill_dmp(practice, today)
        judge = Dmp(self.authority, self.registry, PEOPLE, self.knobs, Schemas(schemas), now)
        self.dmp = DmpServer(judge, tls_context(self.authority))
        self.mail = _start_mail(self.folder / "mail", self.authority, self.knobs, practice)
        self._fill_mail(practice, today)
        control = Control(
            self.knobs,
            self.registry,
            self.card,
            DOCTOR.person.national_id,
            now,
            _arrivals(self.mail, practice),
            self._mailboxes,
        )
        self.control = ControlServer(control)
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
        if self.mail is not None:
            self.mail.stop()
        self.registry.close()

    def _fill_dmp(self, practice: dict[str, Any] | None, today: dt.date) -> None:
        # Deposits are idempotent: a first start that was cut is completed by the next one.
        if practice is None or (self.folder / FILLED).exists():
            return
        importlib.import_module("lgc_sandbox.practice").fill_dmp(self.registry, practice, today)

    def _fill_mail(self, practice: dict[str, Any] | None, today: dt.date) -> None:
        if practice is None or self.mail is None:
            return
        importlib.import_module("lgc_sandbox.directory").write(
            self.folder / "directory.txt", practice
        )
        if not (self.folder / FILLED).exists():
            filling = importlib.import_module("lgc_sandbox.practice")
            filling.fill_mailbox(self.mail, practice, today)
            (self.folder / FILLED).touch()

    def _mailboxes(self) -> dict[str, dict[str, int]]:
        """How many messages each folder of each mailbox holds."""
        return self.mail.counts() if self.mail is not None else {}

    def _settings(self) -> dict[str, str | int]:
        secure = f"https://localhost:{self.dmp.port}"
        return {
            "dmp_base": f"{secure}{BASE}",
            "dmp_web": f"{secure}{WEB}",
            "smtp_host": "localhost",
            "smtp_port": self.mail.smtp_port if self.mail else 0,
            "imap_host": "localhost",
            "imap_port": self.mail.imap_port if self.mail else 0,
            "directory": str(self.folder / "directory.txt"),
            "trust": str(self.authority.trust),
            "pkcs11_module": str(module()),
            "softhsm2_conf": str(self.card.conf),
            "token_folder": str(self.card.tokens),
            "pin": PIN,
            "control": f"http://127.0.0.1:{self.control.port}",
            "mailbox": MAILBOX,
            "dmp_repository_unique_id": REPOSITORY,
            "pid": os.getpid(),
        }


def serve(folder: Path, schemas: Path | None, say: Callable[[str], object]) -> None:
    """Run until SIGTERM or Ctrl+C; one line per server through ``say``."""
    end = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: end.set())
    with Sandbox(folder, schemas) as sandbox:
        told = sandbox.settings
        say(f"DMP       {told['dmp_base']}")
        say(f"SMTP      localhost:{told['smtp_port']}")
        say(f"IMAP      localhost:{told['imap_port']}")
        say(f"Contrôle  {told['control']}")
        say(f"Réglages  {sandbox.folder / SETTINGS}")
        while not end.wait(0.5):
            pass


def _practice() -> dict[str, Any] | None:
    """The demonstration practice, None where it is not there."""
    try:
        found = importlib.import_module("lgc_sandbox.practice").load()
    except (ModuleNotFoundError, FileNotFoundError):
        return None
    return dict(found)


def _arrivals(mail: Any, practice: dict[str, Any] | None) -> dict[str, Callable[[], None]]:
    if mail is None or practice is None:
        return {}
    found: dict[str, Callable[[], None]] = importlib.import_module("lgc_sandbox.practice").arrivals(
        mail, practice
    )
    return found


def _start_mail(
    folder: Path, authority: Authority, knobs: Knobs, practice: dict[str, Any] | None
) -> Any:
    try:
        start = importlib.import_module("lgc_sandbox.mail").start
    except ModuleNotFoundError:
        return None
    owners = {
        DOCTOR.person.national_id: MAILBOX,
        OTHER_DOCTOR.person.national_id: OTHER_MAILBOX,
    }
    if "owners" in inspect.signature(start).parameters:
        addresses = importlib.import_module("lgc_sandbox.practice").addresses(
            practice or {"contacts": []}
        )
        return start(folder, authority, knobs, addresses, owners)
    return start(folder, authority, knobs)
