"""The key of the practice's file, wrapped for each enrolled card and for the recovery code.

``vault.json`` holds wrapped keys only. A card's wrapping key is derived (HKDF-SHA256, RFC 5869)
from its deterministic signature (RSASSA-PKCS1-v1_5, RFC 8017 §8.2) of a challenge that belongs to
this store; the recovery code's with scrypt (RFC 7914). Wrapping is AES-256-GCM.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from lgc.domain import admission
from lgc.domain.keys import AuthenticationKey
from lgc.domain.professionals import CardHolder
from lgc.errors import UserFacingError
from lgc.files import narrow, private_folder, telling, write_whole
from lgc.store import audit_head, memory, rescue, upgrade
from lgc.store import recovery_code as codes
from lgc.store.engine import KEY_SIZE
from lgc.store.held_file import HeldFile
from lgc.store.practice_store import PracticeStore
from lgc.store.rescue import Rescue

_VERSION = 1
_LEFT_SECONDS = 3600
_TAG = 16  # bytes that AES-GCM adds (SP 800-38D)
_CARD = b"lgc vault 1: card"
_RECOVERY = b"lgc vault 1: recovery code"


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A key under lock. All parts are bytes, hexadecimal in the file."""

    salt: bytes
    nonce: bytes
    box: bytes

    @classmethod
    def close(cls, secret: bytearray, derive: Callable[[bytes], bytes], about: bytes) -> Wrapped:
        salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
        return cls(salt, nonce, AESGCM(derive(salt)).encrypt(nonce, secret, about))

    def open(self, derive: Callable[[bytes], bytes], about: bytes) -> bytearray:
        """To be wiped by the caller. Raises InvalidTag when the derived key is not the one."""
        secret = bytearray(max(len(self.box) - _TAG, 0))
        AESGCM(derive(self.salt)).decrypt_into(self.nonce, self.box, about, secret)
        return secret


@dataclass(frozen=True, slots=True)
class KeyFile:
    """The content of ``vault.json``; ``cards`` by SHA-256 fingerprint of the certificate."""

    store_id: bytes
    cards: dict[str, Wrapped]
    recovery: Wrapped

    @classmethod
    def read(cls, path: Path) -> KeyFile:
        """Raises UserFacingError when the file is missing, unreadable or newer than us."""
        try:
            data = json.loads(path.read_text("ascii"))
            if data["version"] != _VERSION:
                raise ValueError("version")
            cards = {fingerprint: _unhex(box) for fingerprint, box in data["cards"].items()}
            return cls(bytes.fromhex(data["store_id"]), cards, _unhex(data["recovery"]))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise UserFacingError(
                "Le fichier des clés du cabinet est illisible.",
                advice="Remettez le fichier vault.json de votre sauvegarde.",
                details=type(error).__name__,
            ) from error

    def render(self) -> bytes:
        data = {
            "version": _VERSION,
            "store_id": self.store_id.hex(),
            "cards": {fingerprint: _hex(box) for fingerprint, box in self.cards.items()},
            "recovery": _hex(self.recovery),
        }
        return json.dumps(data, indent=1).encode("ascii")

    def write(self, path: Path) -> None:
        """Never half a key file. Raises UserFacingError."""
        with telling():
            write_whole(path, self.render())


def _hex(wrapped: Wrapped) -> dict[str, str]:
    return {
        "salt": wrapped.salt.hex(),
        "nonce": wrapped.nonce.hex(),
        "wrapped_key": wrapped.box.hex(),
    }


def _unhex(data: dict[str, Any]) -> Wrapped:
    return Wrapped(*(bytes.fromhex(data[name]) for name in ("salt", "nonce", "wrapped_key")))


class Vault:
    """Implements ``services.ports.Vault`` in ``folder`` (``practice.db`` and ``vault.json``)."""

    def __init__(
        self,
        folder: Path,
        now: Callable[[], dt.datetime] | None = None,
        held_before: Callable[[], bool] = lambda: False,
    ) -> None:
        """``now`` gives aware times for the audit; the machine's clock when absent.

        ``held_before``: does anybody remember that a practice lived in this folder?
        """
        self._folder = folder
        self._held_before = held_before
        self._keys = folder / "vault.json"
        self._database = folder / "practice.db"
        # There while a practice is being made: a base without keys beside it was never opened.
        self._making = folder / "practice.making"
        self._now = now or (lambda: dt.datetime.now(dt.UTC))
        self._rescue = Rescue(folder, self._content, self._now)
        self._offered: Path | None = None
        self._known: KeyFile | None = None

    def exists(self) -> bool:
        return self._keys.is_file()

    def knows(self, key: AuthenticationKey) -> bool:
        """Is this card's certificate enrolled?"""
        return self.exists() and _fingerprint(key) in self._read().cards

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
            cards = {_fingerprint(key): _wrap_for_card(secret, store_id, key)}
            recovery, code = _wrap_for_recovery(secret, store_id)
            self._make_room()
            try:
                store = self._store(secret, store_id, holder, new=True)
                try:
                    _note(store, "practice created", holder, key, self._now())
                    self._write(KeyFile(store_id, cards, recovery))
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
        file = self._read()
        with memory.wiped(self._unwrap_with_card(file, key)) as secret:
            notice = self._take_rescued(secret, file.store_id)
            return self._store(secret, file.store_id, holder, notice=notice)

    def recognises(self, key: AuthenticationKey, store: Any) -> bool:
        """Does what this card signs open ``store``, which is open already?

        The vault's challenge is signed and what it unwraps compared with the key in use: neither
        a certificate that says the doctor's name nor another ``vault.json`` is enough. The file
        may be gone meanwhile: what was read at the opening serves.
        """
        file = self._known or self._read()
        if _fingerprint(key) not in file.cards:
            return False
        try:
            with memory.wiped(self._unwrap_with_card(file, key)) as secret:
                return bool(store.has_key(secret))
        except UserFacingError:
            return False

    def enrol(
        self,
        recovery_code: str,
        key: AuthenticationKey,
        holder: CardHolder,
        store: Any = None,
    ) -> PracticeStore:
        """Admit a renewed or another card with the recovery code, and open.

        ``store`` is the one that is open already, under a lock: it is kept and given back.
        Raises UserFacingError when the code is mistyped or is not the one of this practice.
        """
        file = self._read()
        with memory.wiped(_unwrap_with_code(file, recovery_code)) as secret:
            if store is not None and not store.has_key(secret):
                raise UserFacingError(
                    "Ce code de secours n’est pas celui du cabinet qui est ouvert.",
                    advice="Cherchez le code noté à la création du cabinet.",
                    may_retry=True,
                )
            cards = file.cards | {_fingerprint(key): _wrap_for_card(secret, file.store_id, key)}
            opened: PracticeStore = store or self._store(secret, file.store_id, holder)
        try:
            _note(opened, "card admitted", holder, key, self._now())
            self._write(KeyFile(file.store_id, cards, file.recovery))
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

    def remove(self, fingerprint: str, key: AuthenticationKey) -> None:
        """``fingerprint`` opens this practice no more; ``key`` is that of the card in use.

        Raises UserFacingError for the card in use, or when the file cannot be written.
        """
        self.must_not_be(key, fingerprint)
        file = self._read()
        cards = {known: box for known, box in file.cards.items() if known != fingerprint}
        self._write(KeyFile(file.store_id, cards, file.recovery))

    def renew_recovery_code(self, key: AuthenticationKey) -> str:
        """A new recovery code, for a doctor who lost it but has an admitted card."""
        file = self._read()
        with memory.wiped(self._unwrap_with_card(file, key)) as secret:
            recovery, code = _wrap_for_recovery(secret, file.store_id)
        self._write(KeyFile(file.store_id, file.cards, recovery))
        return code

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
                advice="Saisissez le code de secours noté à la création du cabinet.",
            )
        try:
            return wrapped.open(_from_card(key, file.store_id), _CARD + file.store_id)
        except InvalidTag:
            raise UserFacingError(
                "Cette carte n’a pas pu ouvrir le cabinet.",
                advice="Saisissez le code de secours pour l’admettre à nouveau.",
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
        holder: CardHolder,
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
            holder.national_id,
            self._now,
            identity=store_id,
            new=new,
            rescue=self._rescue,
            notice=notice,
        )


def _unwrap_with_code(file: KeyFile, recovery_code: str) -> bytearray:
    memory.guard()
    try:
        return file.recovery.open(_from_code(codes.read(recovery_code)), _RECOVERY + file.store_id)
    except InvalidTag:
        raise UserFacingError(
            "Ce code de secours n’est pas celui de ce cabinet.",
            advice="Cherchez le code noté à la création du cabinet.",
            may_retry=True,
        ) from None


def _when(copy: Path) -> str:
    return f"{rescue.moment_of(copy):%d/%m/%Y à %H h %M}"


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


def _fingerprint(key: AuthenticationKey) -> str:
    return hashlib.sha256(key.certificate).hexdigest()


def _wrap_for_card(secret: bytearray, store_id: bytes, key: AuthenticationKey) -> Wrapped:
    """Raises UserFacingError when the card does not sign the same thing the same way twice."""
    wrapped = Wrapped.close(secret, _from_card(key, store_id), _CARD + store_id)
    try:
        memory.wipe(wrapped.open(_from_card(key, store_id), _CARD + store_id))
    except InvalidTag:
        raise UserFacingError(
            "Cette carte ne signe pas comme attendu.",
            advice="Elle ne peut pas protéger la base : utilisez une carte CPS.",
        ) from None
    return wrapped


def _wrap_for_recovery(secret: bytearray, store_id: bytes) -> tuple[Wrapped, str]:
    code = codes.write(secrets.token_bytes(codes.RANDOM_SIZE))
    derive = _from_code(codes.read(code))
    return Wrapped.close(secret, derive, _RECOVERY + store_id), code


def _from_card(key: AuthenticationKey, store_id: bytes) -> Callable[[bytes], bytes]:
    # The words keep this signature apart from any other the card gives, a TLS handshake included.
    signature = key.sign_challenge(_CARD + b"\x00" + store_id)
    return lambda salt: HKDF(SHA256(), KEY_SIZE, salt, _CARD).derive(signature)


def _from_code(code: bytes) -> Callable[[bytes], bytes]:
    return lambda salt: Scrypt(salt, KEY_SIZE, n=2**14, r=8, p=1).derive(code)
