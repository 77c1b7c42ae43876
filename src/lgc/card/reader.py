"""The reader and its card through PKCS#11: state, holder, tries left, PIN (cps-ins §1.3).

Some libraries refuse a second login in one process and leak the session of a failed one, so
every caller shares this object and its lock.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pkcs11
from pkcs11 import Attribute, ObjectClass
from pkcs11.exceptions import (
    PinIncorrect,
    PinInvalid,
    PinLenRange,
    PinLocked,
    PKCS11Error,
)

from lgc.card import objects
from lgc.card.objects import CardCertificates
from lgc.card.session import CardSession, data_objects
from lgc.domain.card import CardGone, CardPresence, CardState, LastTry, MalformedPin, WrongPin
from lgc.domain.professionals import CardHolder

COUNT_LOW, FINAL_TRY, LOCKED = 0x00010000, 0x00020000, 0x00040000
INITIALISED = 0x00000400
PIN_DIGITS = 4
TRIES = 3


class Pkcs11Reader:
    """Implements the CardReader port. ``trust`` holds the authorities of the servers (PEM)."""

    def __init__(
        self, module: Path | None, trust: Path = Path(), tls_versions: str = "1.2+1.3"
    ) -> None:
        self._module, self._trust, self._tls_versions = module, trust, tls_versions
        self._lock = threading.RLock()
        self._library: Any = None
        self._session: CardSession | None = None
        self._read: dict[str, tuple[CardHolder, CardCertificates]] = {}
        self._seen = False

    def observe(self) -> CardState:
        """One look; cheap while the same card stays. Never raises."""
        with self._lock:
            if self._module is None:
                return CardState(CardPresence.NO_MODULE)
            try:
                return self._look()
            except PKCS11Error:
                return self._card_left()
            except RuntimeError:  # the library could not be loaded
                return CardState(CardPresence.NO_MODULE)

    def open(self, pin: str, *, last_try_confirmed: bool = False) -> CardSession:
        """Present the PIN. Raises MalformedPin, LastTry, WrongPin or CardGone."""
        if len(pin) != PIN_DIGITS or not (pin.isascii() and pin.isdigit()):
            raise MalformedPin
        with self._lock:
            state = self.observe()
            if state.presence is not CardPresence.READY:
                raise CardGone
            if state.blocked:
                raise WrongPin(0)
            if state.tries_left == 1 and not last_try_confirmed:
                raise LastTry
            return self._log_in(pin)

    def close(self) -> None:
        with self._lock:
            if self._session is not None:
                self._session.close()
                self._session = None

    # --- inside, under the lock ---------------------------------------------------------------

    def _look(self) -> CardState:
        library = self._loaded()
        slots = library.get_slots(token_present=False)
        if not slots:
            return self._absent(CardPresence.NO_READER)
        for slot in slots:
            token = self._token(slot)
            if token is not None:
                self._seen = True
                return self._state(slot, token)
        reader = str(slots[0].slot_description).strip()
        return self._absent(CardPresence.NO_CARD, reader)

    def _token(self, slot: pkcs11.Slot) -> pkcs11.Token | None:
        try:
            token = slot.get_token()
        except pkcs11.exceptions.TokenNotPresent:
            return None
        return token if int(token.flags) & INITIALISED else None

    def _state(self, slot: pkcs11.Slot, token: pkcs11.Token) -> CardState:
        reader = str(slot.slot_description).strip()
        serial = bytes(token.serial).decode("ascii", "replace").strip()
        known = self._read.get(serial) or self._read_card(token, serial)
        if known is None:
            return CardState(CardPresence.UNREADABLE, reader)
        return CardState(CardPresence.READY, reader, known[0], tries_left(int(token.flags)))

    def _read_card(
        self, token: pkcs11.Token, serial: str
    ) -> tuple[CardHolder, CardCertificates] | None:
        """Certificates and public data, readable without PIN; kept while this card is known."""
        with token.open() as session:
            found = [
                (bytes(one[Attribute.ID]), bytes(one[Attribute.VALUE]))
                for one in session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE})
            ]
            public = dict(data_objects(session))
        certificates = objects.sort_certificates(found)
        if certificates is None:
            return None
        code = objects.speciality(public.get("CPS_INFO_PS", b""))
        holder = objects.holder(certificates.authentication.parsed, code, serial)
        self._read[serial] = (holder, certificates)
        return self._read[serial]

    def _log_in(self, pin: str) -> CardSession:
        if self._session is not None:
            self._session.close()
            self._session = None
        token = self._present_token()
        serial = bytes(token.serial).decode("ascii", "replace").strip()
        known = self._read.get(serial)
        if known is None:
            raise CardGone
        try:
            session = token.open(user_pin=pin)
        except (PinIncorrect, PinInvalid, PinLenRange, PinLocked) as error:
            # The failed login left its session behind: only a new start of the library ends it.
            self._reinitialise()
            raise WrongPin(self.observe().tries_left) from error
        except PKCS11Error as error:
            self._card_left()
            raise CardGone from error
        holder, certificates = known
        self._session = CardSession(
            session, certificates, holder, self._lock, self._trust, self._tls_versions
        )
        return self._session

    def _present_token(self) -> pkcs11.Token:
        for slot in self._loaded().get_slots(token_present=True):
            token = self._token(slot)
            if token is not None:
                return token
        raise CardGone

    def _card_left(self) -> CardState:
        """The token stopped answering: its sessions are dead, forget them and start afresh."""
        if self._session is not None:
            self._session.close()
            self._session = None
        self._read.clear()
        try:
            self._reinitialise()
            return self._look_once()
        except (PKCS11Error, RuntimeError):
            return CardState(CardPresence.NO_CARD)

    def _look_once(self) -> CardState:
        slots = self._loaded().get_slots(token_present=False)
        if not slots:
            return CardState(CardPresence.NO_READER)
        for slot in slots:
            token = self._token(slot)
            if token is not None:
                return self._state(slot, token)
        return CardState(CardPresence.NO_CARD, str(slots[0].slot_description).strip())

    def _absent(self, presence: CardPresence, reader: str = "") -> CardState:
        """No card: some libraries see a new one only after a new start."""
        if self._session is not None:
            self._session.close()
            self._session = None
        self._read.clear()
        if self._seen:
            self._reinitialise()
            return self._look_once()
        return CardState(presence, reader)

    def _loaded(self) -> Any:
        if self._library is None:
            self._library = pkcs11.lib(str(self._module))
        return self._library

    def _reinitialise(self) -> None:
        self._loaded().reinitialize()


def tries_left(flags: int) -> int:
    """What the token's flags say of a three-try card (cps-ins §1.3)."""
    if flags & LOCKED:
        return 0
    if flags & FINAL_TRY:
        return 1
    return TRIES - 1 if flags & COUNT_LOW else TRIES
