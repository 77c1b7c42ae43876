"""An open practice: one file, one engine, one acting professional."""

from __future__ import annotations

import datetime as dt
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, cast

from sqlalchemy.orm import Session

from lgc.domain.copies import AuditEnd, BaseLook, Copy, ShortJournal, VerifiedJournal
from lgc.domain.keys import AuthenticationKey
from lgc.errors import DamagedBase, UserFacingError
from lgc.files import telling, write_whole
from lgc.store import audit, audit_head, looking, memory, upgrade
from lgc.store.audit_head import AuditHead
from lgc.store.backup import Backups
from lgc.store.copying import damaged_pages, go_on
from lgc.store.engine import KeyRing, busy, connect, folded, open_engine, opens, reseal
from lgc.store.held_file import HeldFile
from lgc.store.looking import look
from lgc.store.pages import PAGE_SIZE, PageFile
from lgc.store.rescue import PracticeGone, Rescue, gone
from lgc.store.signed_heads import Anchor, SignedHeads
from lgc.store.taking_turns import TakingTurns
from lgc.store.unit_of_work import open_unit

_PATIENCE, _SHORTLY = 30.0, 0.05  # seconds
_FORMER = "vault.former"  # a note
_COUNTED_AT_ONCE = 25_000  # pages, 100 MB: a second or so


class PracticeStore:
    """Implements ``services.ports.Store`` over an encrypted file.

    Opening takes hold of the file and upgrades the schema; both ``UserFacingError``.
    ``identity`` and ``new``: see ``upgrade.bring_up_to_date``.
    ``now`` gives aware times for the audit.
    """

    def __init__(
        self,
        database: Path,
        keys: Path,
        key: bytes | bytearray,
        who: str,
        now: Callable[[], dt.datetime],
        *,
        identity: bytes = b"",
        new: bool = True,
        rescue: Rescue | None = None,
        notice: UserFacingError | None = None,
        anchor: Anchor | None = None,
    ) -> None:
        self._database, self._keys = database, keys
        # A copy of our own, to be overwritten at the end; everybody else only reads it.
        self._secret = bytearray(key)
        self._key = cast(bytes, self._secret)
        self._worn: list[bytearray] = []
        self._who, self._now = who, now
        self._rescue, self._notice = rescue, notice
        self._rescuing, self._closed = threading.Lock(), False
        self._pages = TakingTurns(_PATIENCE, busy)
        self._held = HeldFile(database, new=new)
        self._file = PageFile(database)
        # What was taken back from a rescue left its signatures elsewhere, and is told as such.
        self._anchored = anchor is not None and notice is None
        self._signed = SignedHeads(database, identity, anchor)
        self._backups = Backups(
            self._file, keys, self._key, self._signed.content, self._former_keys
        )
        self._damage = threading.Event()
        self._ring = KeyRing(self._key)
        self._unfolded = False
        self._engine = open_engine(
            database, self._ring, must_be_there=self._must_be_there, damaged=self._damage.set
        )
        with ExitStack() as undo:
            for step in (
                self._wipe,
                self._held.release,
                self._file.close,
                self._engine.dispose,
            ):
                undo.callback(step)
            noted = self._noted = audit_head.read(audit_head.beside(database), self._key)
            self._must_fit()
            with self._telling_how_much():
                upgrade.bring_up_to_date(database, self._key, identity=identity, new=new)
                self._head = AuditHead(audit_head.beside(database), self._key, self._file.salt())
                undo.callback(self._head.close)
                self._short = self._compare(noted[0] if noted else None)
            self._keeper = self._watch()
            undo.pop_all()

    @contextmanager
    def _telling_how_much(self) -> Iterator[None]:
        """A damaged base that does not open is counted here, unless that would take long."""
        try:
            yield
        except DamagedBase:
            if self._file.pages > _COUNTED_AT_ONCE:
                raise
            with telling():
                count, broken = looking.broken_pages(self._file, self._key, self._salts(), go_on)
                found = BaseLook(self._now(), count, tuple(broken))
                if broken:
                    looking.keep(looking.beside(self._database), found)
            if not broken:
                raise
            raise damaged_pages(broken) from None

    def _must_fit(self) -> None:
        """SQLCipher says the same of a damaged first page and of a base that is another's."""
        cut = len(self._file.read(1)) < PAGE_SIZE
        known = cut or self._file.fits(self._key, self._salts())
        # Killed as its key changed, the file is under the former one and its log under this one.
        if not known and not opens(self._database, self._key):
            raise UserFacingError(
                "Cette base ne s’ouvre pas avec ces clés.",
                advice="Il manque une partie des données du cabinet. Restaurez une sauvegarde "
                "entière ; rien n’a été modifié.",
            )

    def _salts(self) -> tuple[bytes, ...]:
        return (self._noted[1],) if self._noted else ()

    def _compare(self, noted: AuditEnd | None) -> ShortJournal | None:
        """Where the chain ends, beside what was noted of it outside of the base."""
        with Session(self._engine) as session:
            found = audit.end(session)
            gone = [one for one in self._signed.known() if not audit.holds(session, one.end)]
            short = noted is not None and not audit.holds(session, noted)
            lost = self._lost(session)
        self._head.start(found)
        said: ShortJournal | None = None
        if gone:
            said = ShortJournal(found, gone[-1].end, gone[-1].by)
        elif noted is not None and short:
            said = ShortJournal(found, noted)
        elif lost is not None:
            said = ShortJournal(found, lost, lost=True)
        if said is None:
            return None
        # The notes go on from here: what they said stays in the chain itself.
        with self.unit() as uow:
            uow.audit(
                "signatures of the journal lost" if said.lost else "journal shorter than noted",
                detail=f"{said.noted.lines} {said.noted.hash}".strip(),
            )
            uow.commit()
        self._signed.forget(gone)
        return said

    def _lost(self, session: Session) -> AuditEnd | None:
        """The last signature that the chain speaks of and that is not beside the base."""
        last = audit.last_signature(session)
        if last is None or not self._anchored or self._signed.is_beside(*last):
            return None
        return AuditEnd(last[0], "")

    def sign_journal(self, key: AuthenticationKey) -> None:
        """Let the card vouch for the journal up to here.

        Raises CardGone or UserFacingError when it does not sign.
        """
        with Session(self._engine) as session:
            end = audit.end(session)
        card = self._signed.sign(key, end)
        if card:
            with self.unit() as uow:
                uow.audit(audit.SIGNED, detail=f"{end.lines} {card}")
                uow.commit()

    def unit(self) -> AbstractContextManager[Any]:
        """One transaction: a ``SqlUnitOfWork``.

        Typed loosely because the attributes of ``services.ports.UnitOfWork`` may be set there,
        hence are invariant, and this room must not import them; a test compares the signatures.
        """
        return open_unit(self._engine, self._who, self._now, self._must_be_there, self._head.write)

    def acts_as(self, national_id: str) -> None:
        """Who the audit lines of this process are signed with from now on."""
        self._who = national_id

    def has_key(self, key: bytes | bytearray) -> bool:
        """Is ``key`` the one that this file is open with?"""
        return hmac.compare_digest(self._secret, key)

    def change_key(self, key: bytes | bytearray) -> None:
        """Put the base under ``key``, while the practice works.

        Raises UserFacingError; ``has_key`` tells under which key the base is.
        """
        self._must_be_there()
        fresh = bytearray(key)
        new = cast(bytes, fresh)
        self._remember_key()
        with self._pages.alone(), self._rescuing, self._backups.changing() as copy_with:
            with self._ring.changing() as open_with:
                reseal(self._database, self._key, new)
                self._worn.append(self._secret)
                self._secret, self._key = fresh, new
                for use in (open_with, copy_with, self._head.use):
                    use(new)
                self._keeper, left = connect(self._database, new), self._keeper
                left.close()
            self._unfolded = not self._fold(_PATIENCE)

    @contextmanager
    def _unmoved(self) -> Iterator[None]:
        """Whoever reads the pages themselves must know under which key they are."""
        with self._pages.together():
            if self._unfolded:
                self._unfolded = not self._fold(0)
            if self._unfolded:
                raise busy()
            yield

    def _fold(self, patience: float) -> bool:
        """Until the log is folded, pages of the file are under the former key."""
        until = time.monotonic() + patience
        while not (done := folded(self._keeper)) and time.monotonic() < until:
            time.sleep(_SHORTLY)
        return done

    def _remember_key(self) -> None:
        """Copies made until now stay under this key: it is kept inside the base, to read them."""
        with self.unit() as uow:
            kept = json.loads(uow.notes.get(_FORMER) or "[]")
            uow.notes.set(_FORMER, json.dumps([*kept, self._key.hex()]))
            uow.commit()

    def _former_keys(self) -> tuple[bytes, ...]:
        with self.unit() as uow:
            kept = json.loads(uow.notes.get(_FORMER) or "[]")
        return tuple(bytes.fromhex(key) for key in kept)

    def _wipe(self) -> None:
        for secret in (self._secret, *self._worn):
            memory.wipe(secret)

    def verify_audit(self) -> int:
        """Number of lines of the chain. Raises UserFacingError where it is broken."""
        return self.verify_journal().lines

    def verify_journal(self) -> VerifiedJournal:
        """The chain, and who signed it up to where. Raises UserFacingError where it is broken."""
        noted, signed = self._head.end, tuple(self._signed.known())
        with Session(self._engine) as session:
            return VerifiedJournal(audit.verify(session, noted=noted, signed=signed), signed)

    def short_journal(self) -> ShortJournal | None:
        """At the opening, did the chain end before the line noted outside of the base?"""
        return self._short

    def look(self, check: Callable[[], None]) -> BaseLook:
        """Look through the whole base and keep what was found; ``check`` raises to stop."""
        self._must_be_there()
        with self._unmoved(), telling():
            found = look(
                self._engine,
                self._file,
                self._key,
                self._salts(),
                self._now,
                check,
                self._head.end,
            )
            self._damage.clear()
            looking.keep(looking.beside(self._database), found)
        return found

    def met_damage(self) -> bool:
        """Did some work meet damage since the last look?"""
        return self._damage.is_set()

    def last_look(self) -> BaseLook | None:
        return looking.last(looking.beside(self._database))

    def copy_to(self, folder: Path, check: Callable[[], None]) -> Copy:
        """A verified encrypted backup in a folder of its own in ``folder``; the practice works.

        Raises DamagedBase when the base is not as it was written, UserFacingError when the copy
        cannot be written or read again, or what ``check`` raises.
        """
        self._must_be_there()
        with self._unmoved():
            return self._backups.make(folder, self._now(), check)

    def note_refusal(self, folder: Path, why: str) -> None:
        """Leave a trace among the copies that one was refused. Never raises for the disk."""
        self._backups.note_refusal(folder, self._now(), why)

    def copies(self, folder: Path) -> list[Copy]:
        """Copies of this practice in ``folder``, the newest first."""
        return self._backups.known(folder)

    def verify_copy(self, place: Path, check: Callable[[], None]) -> Copy:
        """Read a copy whole. Raises UserFacingError when it is not what it should be."""
        return self._backups.verify(place, self._now(), check)

    def remove_copy(self, copy: Copy) -> None:
        """Only a verified one, only of this practice. Raises UserFacingError."""
        self._backups.remove(copy)

    def notice(self) -> UserFacingError | None:
        """What was done at the opening that the doctor must know; given once."""
        notice, self._notice = self._notice, None
        return notice

    def must_be_there(self) -> None:
        """Raises PracticeGone once the base is no longer where the next start will look for it.

        A copy of it, with what was committed meanwhile, is kept elsewhere. A ``vault.json`` that
        alone is missing is put back.
        """
        self._must_be_there()
        if self._rescue is not None and not self._keys.exists():
            with telling():
                write_whole(self._keys, self._rescue.keys())

    def _watch(self) -> Any:
        """A connection kept to the end: it holds the journal, and reads what lost its name."""
        keeper = connect(self._database, self._key)
        keeper.execute("SELECT count(*) FROM sqlite_master").fetchall()
        self._held.watch(self._database.with_name(self._database.name + "-wal"))
        return keeper

    def _must_be_there(self) -> None:
        # Closed, its journal is folded away: a late look of a lane would miss it.
        if self._closed or self._held.is_there():
            return
        place = None
        with self._rescuing:
            if self._rescue is not None:
                with suppress(UserFacingError):
                    place = self._rescue.keep(self._keeper, self._key)
        raise gone(place)

    def close(self) -> None:
        """Fold the journal into the file and let another application open it.

        What was committed in a base that vanished is copied a last time.
        """
        if self._closed:
            return
        with suppress(PracticeGone):
            self._must_be_there()
        self._closed = True
        self._engine.dispose()
        self._keeper.close()
        self._file.close()
        self._head.close()
        self._wipe()
        self._held.release()
