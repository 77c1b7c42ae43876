"""The reader and its card through PKCS#11: state, holder, tries left, PIN (cps-ins §1.3).

PKCS#11 libraries are started without their own locks, refuse a second login in one process and
leak the session of a failed one: every caller shares this object and its one lock.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from dataclasses import dataclass
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
    TokenNotPresent,
    UserAlreadyLoggedIn,
    UserPinNotInitialized,
)

from lgc.card import authorities, objects
from lgc.card.objects import CardCertificates
from lgc.card.session import CardSession, data_objects
from lgc.domain.card import (
    CardChanged,
    CardGone,
    CardPresence,
    CardState,
    LastTry,
    MalformedPin,
    WrongPin,
)
from lgc.domain.instants import Now, machine_now
from lgc.domain.professionals import CardHolder
from lgc.errors import UserFacingError

COUNT_LOW, FINAL_TRY, LOCKED = 0x00010000, 0x00020000, 0x00040000
INITIALISED = 0x00000400
PIN_DIGITS = 4
TRIES = 3
SPECIALITY = "CPS_INFO_PS"
REFUSED_PIN = (PinIncorrect, PinInvalid, PinLenRange, PinLocked)


@dataclass(frozen=True)
class _Card:
    """What can be read of a card without its PIN."""

    holder: CardHolder
    certificates: CardCertificates
    vouched: bool


@dataclass(frozen=True)
class _Sight:
    """One look: what the screen may know, and the token behind it when there is one."""

    state: CardState
    token: Any = None
    card: _Card | None = None


class Pkcs11Reader:
    """Implements the CardReader port. ``trust`` holds the authorities of the servers (PEM)."""

    def __init__(
        self,
        module: Path | None,
        trust: Path = Path(),
        tls_versions: str = "1.2+1.3",
        now: Now = machine_now,
    ) -> None:
        self._module, self._trust, self._tls_versions = module, trust, tls_versions
        self._now = now
        self._lock = threading.RLock()
        self._library: Any = None
        self._session: CardSession | None = None
        self._known: dict[str, _Card | None] = {}  # by the token's serial number

    def observe(self) -> CardState:
        """One look; cheap while the same card stays. Never raises."""
        with self._lock:
            return self._watch().state

    def open(self, pin: str, *, serial: str = "", last_try_confirmed: bool = False) -> CardSession:
        """Present the PIN to the card called ``serial``, to whatever is there when empty.

        Raises MalformedPin, CardChanged, LastTry, WrongPin or CardGone. A card on a contactless
        reader has no PIN there: UserFacingError.
        """
        if len(pin) != PIN_DIGITS or not (pin.isascii() and pin.isdigit()):
            raise MalformedPin
        with self._lock:
            sight = self._watch()
            if sight.card is None or sight.state.presence is CardPresence.FOREIGN:
                raise CardGone
            if serial and sight.card.holder.card_serial != serial:
                raise CardChanged
            if sight.state.blocked:
                raise WrongPin(0)
            if sight.state.tries_left == 1 and not last_try_confirmed:
                raise LastTry
            self.close()
            return self._log_in(sight, sight.card, pin)

    def close(self) -> None:
        """End the session, if there is one; the next PIN opens another."""
        with self._lock:
            session, self._session = self._session, None
            if session is not None:
                session.close()

    # --- inside, under the lock ---------------------------------------------------------------

    def _watch(self) -> _Sight:
        """A card that left is said once, even when one (the same, another) is back already."""
        missing = self._load()
        if missing is not None:
            return _Sight(CardState(missing))
        sight = self._look()
        if self._session is not None and self._session.closed:
            self._session = None
        if self._session is None:
            # A token that opens nothing must not hide the card that came after it.
            return sight if sight.card is not None else self._look_afresh()
        if sight.card is not None and self._is_open_on(sight.card):
            return sight
        state = self._look_afresh().state
        if state.presence not in (CardPresence.NO_READER, CardPresence.NO_MODULE):
            state = CardState(CardPresence.NO_CARD, state.reader_name)
        return _Sight(state)

    def _is_open_on(self, card: _Card) -> bool:
        session = self._session
        return session is not None and session.holder == card.holder and session.alive()

    def _look_afresh(self) -> _Sight:
        """Start the library again: many see a new card or reader only then (no session lives)."""
        self.close()
        self._known.clear()
        try:
            self._library.reinitialize()
        except PKCS11Error:
            return _Sight(CardState(CardPresence.NO_CARD))
        return self._look()

    def _look(self) -> _Sight:
        """The first readable card of any slot; else an unreadable one; else none."""
        try:
            slots = self._library.get_slots(token_present=False)
        except (PKCS11Error, UnicodeDecodeError):
            slots = []
        if not slots:
            return _Sight(CardState(CardPresence.NO_READER))
        unreadable: _Sight | None = None
        for reader, token in self._tokens(slots):
            card = self._card(token)
            if card is not None and not card.vouched:
                foreign = _Sight(CardState(CardPresence.FOREIGN, reader), token)
                unreadable = unreadable or foreign
            elif card is not None:
                left = tries_left(int(token.flags))
                state = CardState(CardPresence.READY, reader, card.holder, left)
                return _Sight(state, token, card)
            else:
                unreadable = unreadable or _Sight(CardState(CardPresence.UNREADABLE, reader), token)
        nothing = CardState(CardPresence.NO_CARD, str(slots[0].slot_description).strip())
        return unreadable or _Sight(nothing)

    def _tokens(self, slots: list[Any]) -> Iterator[tuple[str, Any]]:
        """(name of the reader, token) of the slots that hold an initialised token."""
        for slot in slots:
            try:
                token = slot.get_token()
            except (PKCS11Error, UnicodeDecodeError):
                continue  # empty, foreign, or pulled while we look: never hides the other slots
            if int(token.flags) & INITIALISED:
                yield str(slot.slot_description).strip(), token

    def _card(self, token: Any) -> _Card | None:
        """Read once per serial number; None for a card that holds no pair of a CPS."""
        serial = bytes(token.serial).decode("ascii", "replace").strip()
        if serial not in self._known:
            try:
                self._known[serial] = _read(token, serial, self._trust, self._now())
            except (PKCS11Error, ValueError):
                return None  # it may go better at the next look
        return self._known[serial]

    def _log_in(self, sight: _Sight, card: _Card, pin: str) -> CardSession:
        try:
            session = self._login(sight.token, pin)
        except REFUSED_PIN as error:
            # The failed login left its session behind: only a new start of the library ends it.
            state = self._look_afresh().state
            if state.presence is not CardPresence.READY:
                raise CardGone from error
            # Some middlewares do not flag a first error: a refused PIN has cost a try all the same.
            most = TRIES - 1 if isinstance(error, PinIncorrect) else TRIES
            raise WrongPin(min(state.tries_left, most)) from error
        except UserPinNotInitialized as error:
            self._look_afresh()
            raise _contactless() from error
        except PKCS11Error as error:
            self._look_afresh()
            raise CardGone from error
        try:
            self._session = CardSession(
                session, card.certificates, card.holder, self._lock, self._trust, self._tls_versions
            )
        except PKCS11Error as error:
            self._look_afresh()
            raise CardGone from error
        return self._session

    def _login(self, token: Any, pin: str) -> Any:
        try:
            return token.open(user_pin=pin)
        except UserAlreadyLoggedIn:  # a session that could not be ended: the PIN was not looked at
            again = self._look_afresh()
            if again.token is None or again.token.serial != token.serial:
                raise TokenNotPresent from None
            return again.token.open(user_pin=pin)

    def _load(self) -> CardPresence | None:
        """Load the library once; what is missing when it cannot be, or cannot start."""
        if self._library is None:
            if self._module is None:
                return CardPresence.NO_MODULE
            try:
                self._library = pkcs11.lib(str(self._module))
            except PKCS11Error as error:
                # Its subclasses are answers of a library that did load.
                loaded = type(error) is not PKCS11Error
                return CardPresence.NO_CARD if loaded else CardPresence.NO_MODULE
        return None


def _read(token: Any, serial: str, trust: Path, now: dt.datetime) -> _Card | None:
    """Certificates and public data. Raises PKCS11Error."""
    with token.open() as session:
        certificates = objects.sort_certificates(_certificates(session), now)
        public = data_objects(session, [SPECIALITY])
    if certificates is None:
        return None
    speciality = objects.speciality(public.get(SPECIALITY, b""))
    holder = objects.holder(certificates.authentication.parsed, speciality, serial)
    pair = (certificates.authentication, certificates.signature)
    return _Card(holder, certificates, all(authorities.vouched(one.parsed, trust) for one in pair))


def _certificates(session: Any) -> Iterator[tuple[bytes, bytes]]:
    """(CKA_ID, DER) of the certificates that the card gives."""
    for one in list(session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE})):
        try:
            yield bytes(one[Attribute.ID]), bytes(one[Attribute.VALUE])
        except PKCS11Error:
            continue


def _contactless() -> UserFacingError:
    return UserFacingError(
        "La carte n’a pas de code porteur dans ce lecteur.",
        advice="Sans contact, elle ne s’ouvre pas : insérez-la dans un lecteur à contact.",
        may_retry=True,
    )


def tries_left(flags: int) -> int:
    """What the token's flags say of a three-try card (cps-ins §1.3)."""
    if flags & LOCKED:
        return 0
    if flags & FINAL_TRY:
        return 1
    return TRIES - 1 if flags & COUNT_LOW else TRIES
