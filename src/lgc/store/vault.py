"""The key of the practice's file, for each admitted card and for the recovery key.

``vault.json`` holds wrapped keys only (``key_file``). A card's wrapping key is derived
(HKDF-SHA256, RFC 5869) from its deterministic signature (RSASSA-PKCS1-v1_5, RFC 8017 §8.2) of a
challenge that belongs to this store; the recovery key's with scrypt (RFC 7914). A card or a
recovery key that is withdrawn changes the practice's key: what opened the former one, with a
former ``vault.json``, opens the base of today no more.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from lgc.domain import admission
from lgc.domain.days import practice_time
from lgc.domain.instants import Now, machine_now
from lgc.domain.keys import AuthenticationKey
from lgc.domain.professionals import CardHolder
from lgc.errors import UserFacingError
from lgc.files import narrow, private_folder, telling, write_whole
from lgc.store import audit_head, memory, rescue, upgrade
from lgc.store import recovery_code as codes
from lgc.store.engine import KEY_SIZE, opens
from lgc.store.held_file import HeldFile
from lgc.store.key_file import KeyFile, Way
from lgc.store.practice_store import PracticeStore
from lgc.store.rescue import Rescue
from lgc.store.signed_heads import Anchor
from lgc.store.tries import Tries

_LEFT_SECONDS = 3600
_NO_CARD = "sans carte"  # who, until a holder is named
_CARD = b"lgc vault 1: card"
_RECOVERY = b"lgc vault 1: recovery code"


Opens = Callable[[KeyFile], bytearray]


class Vault:
    """Implements ``services.ports.Vault`` in ``folder`` (``practice.db`` and ``vault.json``)."""

    def __init__(
        self,
        folder: Path,
        now: Now = machine_now,
        held_before: Callable[[], bool] = lambda: False,
        anchor: Anchor | None = None,
    ) -> None:
        """``now`` gives aware times for the audit; the machine's clock when absent.

        ``held_before``: does anybody remember that a practice lived in this folder? ``anchor``
        lets cards sign the journal.
        """
        self._anchor = anchor
        self._folder = folder
        self._held_before = held_before
        self._keys = folder / "vault.json"
        self._database = folder / "practice.db"
        # There while a practice is being made: a base without keys beside it was never opened.
        self._making = folder / "practice.making"
        self._now = now
        self._rescue = Rescue(folder, self._content, self._now)
        self._offered: Path | None = None
        self._known: KeyFile | None = None
        self._tries = Tries(folder / "recovery-tries.json", self._now)

    def exists(self) -> bool:
        return self._keys.is_file()

    def knows(self, key: AuthenticationKey) -> bool:
        """Is this card's certificate enrolled?"""
        if not self.exists():
            return False
        file = self._read()
        return any(_fingerprint(key) in one.cards for one in (file, file.coming) if one)

    def confirmed(self) -> bool:
        """Did the doctor say that the recovery key is noted? Raises UserFacingError."""
        return (self._known or self._read()).confirmed

    def confirm(self) -> None:
        """It is noted: it is shown no more."""
        self._write(replace(self._read(), confirmed=True))

    def create(self, key: AuthenticationKey, holder: CardHolder) -> tuple[PracticeStore, str]:
        """A new store and the recovery code, to be shown once.

        Raises UserFacingError when the folder already holds a practice, or a part of one, or
        cannot be written.
        """
        if self._keys.exists():
            raise UserFacingError(
                "Ce dossier contient déjà un cabinet.",
                advice="Ouvrez-le avec une carte déjà admise, ou choisissez un autre dossier.",
            )
        if not self._database.exists() and self._held_before():
            raise UserFacingError(
                "Le cabinet de ce poste n’est plus dans son dossier.",
                advice="Rebranchez son disque, puis recommencez ; un autre dossier, neuf ou "
                "restauré, se choisit dans « Réglages du poste ».",
                details="folder",
                may_retry=True,
            )
        memory.guard()
        with memory.wiped(bytearray(secrets.token_bytes(KEY_SIZE))) as secret:
            store_id = secrets.token_bytes(16)
            cards = {_fingerprint(key): _way_of_card(secret, store_id, key)}
            recovery, code = _way_of_recovery(secret, store_id)
            self._make_room()
            try:
                store = self._store(secret, store_id, holder.national_id, new=True)
                try:
                    _note(store, "practice created", holder, key, self._now())
                    self._write(KeyFile(store_id, cards, recovery, confirmed=False))
                except BaseException:
                    store.close()
                    raise
            except UserFacingError:
                self._give_up()
                raise
        self._made()
        return store, code

    def take_back(self) -> bool:
        """Put back the copy of a practice that vanished from this folder while it was open.

        False when there is none, or when something of a practice is here. Raises UserFacingError
        the first time, which says what there is: the disk that was here may only be unplugged.
        """
        found = None if self._keys.exists() or self._database.exists() else self._rescue.newest()
        if found is None:
            return False
        if found != self._offered:
            self._offered = found
            raise UserFacingError(
                "Le cabinet qui était dans ce dossier n’y est plus.",
                advice="Rebranchez son disque. S’il est perdu, saisissez de nouveau votre code : "
                f"la copie faite le {_when(found)} sera reprise.",
                details=str(found),
                may_retry=True,
            )
        with telling():
            private_folder(self._folder)
            write_whole(self._keys, (found / rescue.KEYS).read_bytes())
        return True

    def open(self, key: AuthenticationKey, holder: CardHolder) -> PracticeStore:
        """Raises UserFacingError when this card is not enrolled, or when the base is damaged."""
        file, secret = self._settled(partial(self._unwrap_with_card, key=key), self._is_base_under)
        with memory.wiped(secret):
            store = self._found(secret, file.store_id, holder.national_id)
            try:
                self._note_tries(store)
                self._modernise(file, secret, key)
            except BaseException:
                store.close()
                raise
            return store

    def recognises(self, key: AuthenticationKey, store: Any) -> bool:
        """Does what this card signs open ``store``, which is open already?

        The vault's challenge is signed and what it unwraps compared with the key in use: neither
        a certificate that says the doctor's name nor another ``vault.json`` is enough. The file
        may be gone meanwhile: what was read at the opening serves.
        """
        file = self._known or self._read()
        for one in (file.now(), file.coming):
            if one is None or _fingerprint(key) not in one.cards:
                continue
            with suppress(UserFacingError), memory.wiped(self._unwrap_with_card(one, key)) as found:
                if store.has_key(found):
                    self._note_tries(store)
                    return True
        return False

    def open_with_code(self, recovery_code: str, store: Any = None) -> PracticeStore:
        """Open the practice without a card; ``store`` is the one open under a lock, given back.

        Raises UserFacingError as ``enrol`` does.
        """
        file, secret = self._with_code(recovery_code, store)
        with memory.wiped(secret):
            opened: PracticeStore = store or self._found(secret, file.store_id, _NO_CARD)
        self._note_tries(opened)
        return opened

    def enrol(
        self,
        recovery_code: str,
        key: AuthenticationKey,
        holder: CardHolder,
        store: Any = None,
    ) -> PracticeStore:
        """Admit a renewed or another card with the recovery key, and open.

        ``store`` is the one that is open already, under a lock: it is kept and given back.
        Raises UserFacingError when the key is mistyped, is not the one of this practice, or was
        wrong too often a moment ago.
        """
        file, secret = self._with_code(recovery_code, store)
        with memory.wiped(secret):
            cards = file.cards | {_fingerprint(key): _way_of_card(secret, file.store_id, key)}
            opened: PracticeStore = store or self._found(secret, file.store_id, holder.national_id)
        try:
            self._note_tries(opened)
            _note(opened, "card admitted", holder, key, self._now())
            # Whoever types it has it.
            self._write(replace(file, cards=cards, confirmed=True))
        except BaseException:
            if store is None:
                opened.close()
            raise
        return opened

    def fingerprint(self, key: AuthenticationKey) -> str:
        """How this card is known here (SHA-256 of its certificate, hexadecimal)."""
        return _fingerprint(key)

    def cards(self) -> tuple[str, ...]:
        """The fingerprints of the cards that open the practice. Raises UserFacingError."""
        return tuple(self._read().cards)

    def must_not_be(self, key: AuthenticationKey, fingerprint: str) -> None:
        """Raises UserFacingError when this card is the one: nobody locks the door on himself."""
        if _fingerprint(key) == fingerprint:
            raise UserFacingError(
                "Cette carte est celle de la session en cours.",
                advice="Ouvrez le cabinet avec une autre carte admise pour retirer celle-ci.",
            )

    def remove(self, fingerprint: str, key: AuthenticationKey, store: Any) -> None:
        """``fingerprint`` opens this practice no more; ``key`` is that of the card in use.

        The key of ``store``, which is open, changes. Raises UserFacingError for the card in use,
        when the recovery key must be renewed before, or when the disk refuses.
        """
        self.must_not_be(key, fingerprint)
        file = self._file_of(store)
        with memory.wiped(bytearray(secrets.token_bytes(KEY_SIZE))) as fresh:
            recovery = file.recovery.leading_to(fresh, _RECOVERY + file.store_id)
            if recovery is None:
                raise UserFacingError(
                    "La clé de secours du cabinet doit d’abord être renouvelée.",
                    advice="Faites « Nouvelle clé de secours du cabinet », puis retirez la carte.",
                )
            kept = {known: way for known, way in file.cards.items() if known != fingerprint}
            self._change(store, replace(file, cards=kept, recovery=recovery), fresh)

    def renew_recovery_code(self, store: Any) -> str:
        """A new recovery key, to be shown and confirmed; the former one opens ``store`` no more.

        The key of ``store``, which is open, changes. Raises UserFacingError.
        """
        file = self._file_of(store)
        with memory.wiped(bytearray(secrets.token_bytes(KEY_SIZE))) as fresh:
            recovery, code = _way_of_recovery(fresh, file.store_id)
            self._change(store, replace(file, recovery=recovery, confirmed=False), fresh)
        return code

    def _change(self, store: Any, file: KeyFile, fresh: bytearray) -> None:
        """Put ``store`` under ``fresh`` and let what ``file`` says lead there.

        Both keys are in ``vault.json`` until the base is under the next one, so that a kill at any
        moment leaves one that opens. A card of version 1 is left out: it is admitted again.
        """
        about = _CARD + file.store_id
        ways = {known: way.leading_to(fresh, about) for known, way in file.cards.items()}
        coming = replace(file, cards={known: way for known, way in ways.items() if way})
        before = self._file_of(store)
        self._write(replace(before, coming=coming))
        try:
            store.change_key(fresh)
        except UserFacingError:
            self._write(coming if store.has_key(fresh) else before)
            raise
        self._write(coming)

    def _file_of(self, store: Any) -> KeyFile:
        """What leads to ``store``, which is open. Raises UserFacingError.

        A change whose end could not be written leaves two: only an opening tells which.
        """
        store.must_be_there()
        file = self._read()
        if file.coming is not None:
            raise UserFacingError(
                "Un changement de clé n’est pas fini.",
                advice="Fermez le logiciel et ouvrez-le de nouveau : il se terminera.",
            )
        return file

    def _settled(self, opens_with: Opens, fits: Callable[[bytearray], bool]) -> Any:
        """The file that leads to the base as it is, and its key, to be wiped by the caller.

        What a kill left of a change is ended here: the base tells under which key it is.
        Raises UserFacingError when no way opens.
        """
        file = self._read()
        if file.coming is None:
            return file, opens_with(file)
        why: UserFacingError | None = None
        for one in (file.coming, file.now()):
            try:
                secret = opens_with(one)
            except UserFacingError as error:
                why = error
                continue
            if fits(secret):
                self._write(one)
                return one, secret
            memory.wipe(secret)
        raise why or upgrade.missing("no key fits")

    def _is_base_under(self, secret: bytearray) -> bool:
        held = HeldFile(self._database)
        try:
            return opens(self._database, cast(bytes, secret))
        finally:
            held.release()

    def _modernise(self, file: KeyFile, secret: bytearray, key: AuthenticationKey) -> None:
        """A way of version 1 is made anew while its card is there to sign."""
        if not file.cards[_fingerprint(key)].public:
            way = _way_of_card(secret, file.store_id, key)
            self._write(replace(file, cards=file.cards | {_fingerprint(key): way}))

    def _with_code(self, recovery_code: str, store: Any) -> Any:
        """The file and the key of the practice. Raises UserFacingError."""
        code = codes.read(recovery_code)
        self._tries.must_wait()
        memory.guard()
        try:
            file, secret = self._settled(
                partial(_unwrap_with_code, code=code),
                store.has_key if store is not None else self._is_base_under,
            )
        except _WrongCode:
            self._tries.refused()
            if store is not None:
                _audit(store, "recovery key refused", str(self._tries.count))
            raise
        if store is not None and not store.has_key(secret):
            memory.wipe(secret)
            raise UserFacingError(
                "Ce n’est pas la clé de secours du cabinet qui est ouvert.",
                advice="Cherchez la clé notée à la création du cabinet.",
                may_retry=True,
            )
        return file, secret

    def _note_tries(self, store: Any) -> None:
        """Wrong keys typed while the base was closed are in the journal as soon as it opens."""
        if self._tries.count:
            _audit(store, "recovery key was refused", str(self._tries.count))
            self._tries.over()

    def _read(self) -> KeyFile:
        self._known = KeyFile.read(self._keys)
        return self._known

    def _write(self, file: KeyFile) -> None:
        file.write(self._keys)
        self._known = file

    def _content(self) -> bytes:
        """``vault.json`` as it was last read or written here: the file itself may be gone."""
        return self._known.render() if self._known is not None else b""

    def _unwrap_with_card(self, file: KeyFile, key: AuthenticationKey) -> bytearray:
        memory.guard()
        wrapped = file.cards.get(_fingerprint(key))
        if wrapped is None:
            raise UserFacingError(
                "Cette carte n’est pas encore admise dans ce cabinet.",
                advice="Saisissez la clé de secours du cabinet pour l’admettre.",
            )
        try:
            return wrapped.open(_from_card(key, file.store_id), _CARD + file.store_id)
        except InvalidTag:
            raise UserFacingError(
                "Cette carte n’a pas pu ouvrir le cabinet.",
                advice="Saisissez la clé de secours du cabinet pour l’admettre à nouveau.",
            ) from None

    def _make_room(self) -> None:
        """Put aside what a creation cut short left; a base whose keys are lost is never that.

        Raises UserFacingError.
        """
        with telling():
            private_folder(self._folder)
        if self._database.exists():
            if not self._making.exists():
                raise upgrade.missing("no vault.json")
            # Nobody is making it now; Windows renames no file that is held.
            HeldFile(self._database).release()
            self._put_aside("without-keys")
        with telling():
            write_whole(self._making, b"")

    def _made(self) -> None:
        # Were it left where nothing can be removed, only a lost vault.json would bring it to use.
        with suppress(OSError):
            self._making.unlink(missing_ok=True)

    def _tidy(self) -> None:
        """What a version before this one left open to others of this machine, and what a killed
        process left half written."""
        for draft in self._folder.glob(".lgc-*.draft"):
            with suppress(OSError):
                if self._now().timestamp() - draft.stat().st_mtime > _LEFT_SECONDS:
                    draft.unlink()
        ours = ("practice.db*", "*.json", "directory.sqlite")
        for path in (self._folder, *(one for name in ours for one in self._folder.glob(name))):
            with suppress(OSError):
                narrow(path)

    def _give_up(self) -> None:
        """A creation that failed leaves nothing, unless its keys are there: it can be opened."""
        if not self._keys.exists():
            with suppress(OSError):
                self._database.unlink(missing_ok=True)
                audit_head.beside(self._database).unlink(missing_ok=True)
                self._making.unlink(missing_ok=True)

    def _put_aside(self, why: str) -> None:
        aside = f"{self._database.name}.{why}-{secrets.token_hex(4)}"
        with telling():
            for suffix in ("", "-wal", "-shm", ".head", ".look"):
                file = self._folder / (self._database.name + suffix)
                if file.exists():
                    file.replace(self._folder / (aside + suffix))

    def _take_rescued(self, secret: bytearray, store_id: bytes) -> UserFacingError | None:
        """The copy of a practice that vanished, where it holds all that the base here holds.

        What it replaces is kept beside. Returns what the doctor must know.
        """
        found = self._rescue.newest()
        if found is None or KeyFile.read(found / rescue.KEYS).store_id != store_id:
            return None
        when = _when(found)
        if self._database.is_file() and not self._is_behind(found, secret):
            return UserFacingError(
                f"Une copie de secours du {when} attend encore.",
                advice=f"Le cabinet a continué sans elle. Elle est gardée dans « {found} ».",
            )
        rescue.put_back(
            found, self._database, cast(bytes, secret), partial(self._put_aside, "before-rescue")
        )
        rescue.done_with(found)
        return UserFacingError(
            f"Le cabinet a été repris de la copie de secours du {when}.",
            advice="Rien de ce qui y était ne manque. Ce qui n’avait pas pu partir reste à faire.",
        )

    def _found(self, secret: bytearray, store_id: bytes, who: str) -> PracticeStore:
        """The base of this folder, or its copy that was rescued. Raises UserFacingError."""
        notice = self._take_rescued(secret, store_id)
        return self._store(secret, store_id, who, notice=notice)

    def _is_behind(self, copy: Path, secret: bytearray) -> bool:
        """A base that cannot be read is judged by the opening itself, and never replaced."""
        held = HeldFile(self._database)
        try:
            return self._database.stat().st_size == 0 or rescue.follows(
                copy, self._database, cast(bytes, secret)
            )
        except UserFacingError:
            return False
        finally:
            held.release()

    def _store(
        self,
        secret: bytearray,
        store_id: bytes,
        who: str,
        *,
        new: bool = False,
        notice: UserFacingError | None = None,
    ) -> PracticeStore:
        if not new:
            # Opening would quietly make an empty one.
            if not self._database.is_file():
                raise upgrade.missing("no base")
            self._made()
            self._tidy()
        return PracticeStore(
            self._database,
            self._keys,
            secret,
            who,
            self._now,
            identity=store_id,
            new=new,
            rescue=self._rescue,
            notice=notice,
            anchor=self._anchor,
        )


class _WrongCode(UserFacingError):
    """A key that is well written, of another practice or withdrawn."""


def _unwrap_with_code(file: KeyFile, code: bytes) -> bytearray:
    try:
        return file.recovery.open(_from_code(code), _RECOVERY + file.store_id)
    except InvalidTag:
        raise _WrongCode(
            "Ce n’est pas la clé de secours du cabinet.",
            advice="Cherchez la dernière clé notée : une nouvelle remplace les précédentes.",
            may_retry=True,
        ) from None


def _when(copy: Path) -> str:
    return f"{practice_time(rescue.moment_of(copy)):%d/%m/%Y à %H h %M}"


def _note(
    store: PracticeStore,
    action: str,
    holder: CardHolder,
    key: AuthenticationKey,
    now: dt.datetime,
) -> None:
    """Whose card it is stays inside the encrypted base."""
    with store.unit() as uow:
        uow.notes.set(admission.key_of(_fingerprint(key)), admission.write(holder, now))
        uow.audit(action, holder.national_id, _fingerprint(key))
        uow.commit()


def _audit(store: Any, action: str, detail: str) -> None:
    with store.unit() as uow:
        uow.audit(action, detail=detail)
        uow.commit()


def _fingerprint(key: AuthenticationKey) -> str:
    return hashlib.sha256(key.certificate).hexdigest()


def _way_of_card(secret: bytearray, store_id: bytes, key: AuthenticationKey) -> Way:
    """Raises UserFacingError when the card does not sign the same thing the same way twice."""
    way = Way.make(secret, _from_card(key, store_id), _CARD + store_id)
    try:
        memory.wipe(way.open(_from_card(key, store_id), _CARD + store_id))
    except InvalidTag:
        raise UserFacingError(
            "Cette carte ne signe pas comme attendu.",
            advice="Elle ne peut pas protéger la base : utilisez une carte CPS.",
        ) from None
    return way


def _way_of_recovery(secret: bytearray, store_id: bytes) -> tuple[Way, str]:
    code = codes.write(secrets.token_bytes(codes.RANDOM_SIZE))
    return Way.make(secret, _from_code(codes.read(code)), _RECOVERY + store_id), code


def _from_card(key: AuthenticationKey, store_id: bytes) -> Callable[[bytes], bytes]:
    # The words keep this signature apart from any other the card gives, a TLS handshake included.
    signature = key.sign_challenge(_CARD + b"\x00" + store_id)
    return lambda salt: HKDF(SHA256(), KEY_SIZE, salt, _CARD).derive(signature)


def _from_code(code: bytes) -> Callable[[bytes], bytes]:
    return lambda salt: Scrypt(salt, KEY_SIZE, n=2**14, r=8, p=1).derive(code)
