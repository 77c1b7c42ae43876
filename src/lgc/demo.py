"""``lgc demo``: a fictitious practice against the sandbox, which runs as another process."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from lgc import settings as declared
from lgc.bootstrap import Profile, use_soft_card
from lgc.errors import UserFacingError
from lgc.files import private_folder
from lgc.services import seeding_demo
from lgc.settings import Settings

START_SECONDS = 60.0


class Sandbox:
    """The sandbox's process and what it says of itself in ``sandbox.json``."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None
        self.facts: dict[str, Any] = {}

    def __enter__(self) -> Self:
        """Start it and wait until every server listens. Raises UserFacingError."""
        private_folder(self.folder)
        ready = self.folder / "sandbox.json"
        ready.unlink(missing_ok=True)
        with (self.folder / "sandbox.log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    *("-m", "lgc_sandbox", "serve", "--tied", "--dir", str(self.folder)),
                    *self._options,
                ],
                # Held, never written to: when we are killed it closes, and the sandbox ends.
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
            )
        limit = time.monotonic() + START_SECONDS
        while not ready.exists():
            if self._process.poll() is not None or time.monotonic() > limit:
                self.stop()
                raise UserFacingError(
                    "Le bac à sable n’a pas démarré.",
                    advice="Lisez sandbox.log dans son dossier.",
                    details=str(self.folder),
                )
            time.sleep(0.05)
        self.facts = json.loads(ready.read_text("utf-8"))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        if self._process is None:
            return
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)

    def control(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Turn a knob of the sandbox, or read its state; loopback only."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.facts['control']}{path}", data=data)
        # The sandbox is on this machine: no proxy of the environment leads there.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=20) as answer:
            return json.loads(answer.read() or b"null")


def temporary(name: str) -> tempfile.TemporaryDirectory[str]:
    """A folder for one demonstration, once those that were killed are gone."""
    prefix = f"lgc-{name}-"
    for left in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        if _abandoned(left):
            shutil.rmtree(left, ignore_errors=True)
    return tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True)


def _abandoned(folder: Path) -> bool:
    """Does no sandbox answer there any more? One that just starts is left its time."""
    try:
        told = json.loads((folder / "sandbox" / "sandbox.json").read_text("utf-8"))
        address = urllib.parse.urlsplit(told["control"])
    except OSError:
        return folder.exists() and time.time() - folder.stat().st_mtime > 2 * START_SECONDS
    with socket.socket() as knocking:
        return knocking.connect_ex((address.hostname or "", address.port or 0)) != 0


def profile(folder: Path, facts: dict[str, Any]) -> Profile:
    """A practice folder whose settings point at a running sandbox."""
    use_soft_card(Path(facts["softhsm2_conf"]))
    practitioner = seeding_demo.practice()["practitioner"]
    settings = Settings(folder / "settings.json")
    settings[declared.card_module] = facts["pkcs11_module"]
    settings[declared.card_trust] = facts["trust"]
    settings[declared.revocation_folder] = facts["revocation_lists"]
    settings[declared.tls_revocation] = "exigée"
    settings[declared.dmp_base] = facts["dmp_base"]
    settings[declared.dmp_web] = facts["dmp_web"]
    settings[declared.dmp_processing] = "D"
    settings[declared.lps_homologation] = "DEMO-0001"
    settings[declared.mail_address] = facts["mailbox"]
    settings[declared.mail_smtp_host] = facts["smtp_host"]
    settings[declared.mail_smtp_port] = facts["smtp_port"]
    settings[declared.mail_imap_host] = facts["imap_host"]
    settings[declared.mail_imap_port] = facts["imap_port"]
    settings[declared.mail_white_list] = facts["white_list"]
    settings[declared.mail_nil] = "DEMO0001"
    settings[declared.mail_poll_seconds] = 5
    settings[declared.mail_settle_seconds] = 2
    settings[declared.dmp_settle_seconds] = 2
    settings[declared.practice_name] = practitioner["practice_name"]
    settings[declared.practice_address] = practitioner["address"]["lines"][0]
    settings[declared.practice_postal_code] = practitioner["address"]["postal_code"]
    settings[declared.practice_city] = practitioner["address"]["city"]
    settings[declared.practice_telephone] = practitioner["telephone"]
    settings.save()
    return Profile(folder, demo=True, directory=Path(facts["directory"]))
