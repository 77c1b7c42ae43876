"""Soft cards that change places in one reader, of our test authority and of a stranger's."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from lgc.card.reader import Pkcs11Reader
from lgc.domain.professionals import Practitioner
from lgc.services.access import Access, Opened
from lgc.services.connection import DeskConnection
from lgc.services.ports import Connections
from lgc.store.vault import Vault
from lgc_sandbox.authority import Authority
from lgc_sandbox.card import DOCTOR, OTHER_DOCTOR, PIN, CardModel, SoftCard, module

MINE, RENEWED, COLLEAGUE, STRANGER = "mine", "renewed", "colleague", "stranger"


class Drawer:
    """``STRANGER`` bears the doctor's public number, from an authority that anybody can make."""

    def __init__(self, folder: Path) -> None:
        self.module = module()
        self._folder, self._reader = folder, folder / "reader"
        self._reader.mkdir()
        conf = folder / "softhsm2.conf"
        conf.write_text(f"directories.tokendir = {self._reader}\nlog.level = ERROR\n", "utf-8")
        os.environ["SOFTHSM2_CONF"] = str(conf)
        self.authority = Authority(folder / "authority")
        self.strangers = Authority(folder / "strangers")
        self.trust = self.authority.trust

    def put(self, *names: str) -> None:
        """These cards are in the reader, and no other."""
        for slot in self._reader.iterdir():
            home, _, uuid = slot.name.partition(".")
            slot.rename(self._folder / home / "tokens" / uuid)
        for name in names:
            for token in self._tokens(name).iterdir():
                token.rename(self._reader / f"{name}.{token.name}")

    def _tokens(self, name: str) -> Path:
        """Where a card waits; made at its first use."""
        home = self._folder / name
        if not home.exists():
            makers: dict[str, tuple[Authority, CardModel]] = {
                MINE: (self.authority, DOCTOR),
                RENEWED: (self.authority, DOCTOR),
                COLLEAGUE: (self.authority, OTHER_DOCTOR),
                STRANGER: (self.strangers, DOCTOR),
            }
            SoftCard(home).make(*makers[name])
        return home / "tokens"

    def reader(self, versions: str = "1.2+1.3") -> Pkcs11Reader:
        return Pkcs11Reader(self.module, self.trust, versions)

    def door(self, folder: Path) -> Door:
        """A practice that the doctor has just made with his card and works in."""
        self.put(MINE)
        return Door(self, folder)


class Door:
    """The real access to a real vault, and what began and ended behind it."""

    def __init__(self, drawer: Drawer, folder: Path) -> None:
        self.told: list[str] = []
        self.drawer, self.folder = drawer, folder
        self.vault = Vault(folder, now=lambda: dt.datetime.now(dt.UTC))
        self.connection = DeskConnection()
        self.access = Access(
            reader=drawer.reader(),
            vault=self.vault,
            connection=self.connection,
            connect=lambda session, author: cast(Connections, SimpleNamespace(session=session)),
            describe=Practitioner,
            started=lambda store: self.told.append("started"),
            ended=lambda: self.told.append("ended"),
            plugged=lambda: None,
        )
        self.code = self.enter().recovery_code or ""
        self.access.keep_code()

    def enter(self) -> Opened:
        opened = self.access.open(PIN)
        self.access.choose(opened.places[0])
        return opened

    def lines(self) -> int:
        """Of the practice's journal; -1 when nothing is open."""
        store = self.access._store
        return store.verify_audit() if store is not None else -1


def leave(door: Door) -> None:
    door.access.close()
    shutil.rmtree(door.folder, ignore_errors=True)
