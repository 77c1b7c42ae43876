"""Log-in with the card, lock when it leaves, return to the same place.

The store stays open while the screen is locked; the card's connections do not. What uncovers is a
key that the vault recognises, never a name. Another admitted card is another session, which begins
when its place of practice is chosen; until then the first one waits under the lock.

Without a card, the recovery key opens for the day: one reads and writes here as one of the admitted
holders, who is asked, and nothing leaves.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from lgc.domain.admission import AdmittedCard, key_of, read, write
from lgc.domain.card import CardChanged, CardPresence, CardState, WrongPin
from lgc.domain.professionals import CardHolder, PlaceOfPractice, Practitioner
from lgc.errors import UserFacingError
from lgc.services import recovery_key
from lgc.services.connection import DeskConnection
from lgc.services.ports import CardReader, CardSession, Connect, Store, UnitOfWork, Vault
from lgc.services.refusals import Refusals

LAST_PLACE = "access.last_place"
WITHOUT_CARD = "sans carte"  # beside who, in the journal


UNKNOWN = "card unknown"
REFUSED: dict[type[UserFacingError], str] = {WrongPin: "wrong pin", CardChanged: "card changed"}


class UnknownCard(UserFacingError):
    """The card's PIN was right but the store does not know this card: ask the recovery code."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The PIN was right. ``recovery_code`` is set once, when the store was just created.

    ``place`` is the one chosen last time when the card still carries it, or the only one.
    ``same_session`` tells that the windows under the lock may be shown again, ``without_card``
    that the recovery key opened, for the day.
    """

    holder: CardHolder
    places: tuple[PlaceOfPractice, ...]
    place: PlaceOfPractice | None
    recovery_code: str | None
    same_session: bool
    without_card: bool = False


class Access:
    """One door for the whole application; called from workers, never from the interface thread.

    ``describe`` completes a practitioner with what the card does not say (address, telephone).
    ``started`` is called with the store when a new session begins, ``ended`` when it is over,
    ``plugged`` when a practitioner is connected: what waited for a card may go on. ``prepare``
    raises UserFacingError while this computer lacks what a session needs: asked before a PIN is
    spent or a practice is made.
    """

    def __init__(
        self,
        reader: CardReader,
        vault: Vault,
        connection: DeskConnection,
        connect: Connect,
        describe: Callable[[CardHolder, PlaceOfPractice], Practitioner],
        started: Callable[[Store], None],
        ended: Callable[[], None],
        plugged: Callable[[], None],
        prepare: Callable[[], None] = lambda: None,
    ) -> None:
        self._reader, self._vault, self._connection = reader, vault, connection
        self._connect, self._describe = connect, describe
        self._started, self._ended, self._plugged = started, ended, plugged
        self._prepare = prepare
        self._session: CardSession | None = None
        self._refusals = Refusals()
        self._seen: CardPresence | None = None
        self._signs = False  # is the card that of the practitioner who is connected?
        self._store: Store | None = None
        self._holder: CardHolder | None = None
        # Whom the recovery key lets sit at the desk, and who does.
        self._may_sit: tuple[AdmittedCard, ...] = ()
        self._sitting: AdmittedCard | None = None

    def observe(self) -> CardState:
        """One look at the reader. Never raises."""
        state = self._reader.observe()
        if state.presence is CardPresence.FOREIGN and self._seen is not CardPresence.FOREIGN:
            self._refused("foreign card", "")
        self._seen = state.presence
        return state

    def open(self, pin: str, *, serial: str = "", last_try_confirmed: bool = False) -> Opened:
        """Give the PIN to the card called ``serial``, then open or create the store.

        Raises MalformedPin, CardChanged, LastTry, WrongPin, CardGone, or UnknownCard when the
        store belongs to other cards: then ``enrol`` finishes the log-in with the recovery code.
        """
        if self._store is None:
            self._prepare()
        self._forget_card()
        try:
            session = self._reader.open(pin, serial=serial, last_try_confirmed=last_try_confirmed)
        except (WrongPin, CardChanged) as error:
            self._refused(REFUSED[type(error)], serial)
            raise
        self._session = session
        if self._store is None:
            return self._opened(session, self._open_store(session), same_session=False)
        if not self._vault.recognises(session.authentication_key, self._store):
            self._refused(UNKNOWN, session.holder.card_serial)
            raise _unknown()
        return self._opened(session, None, same_session=self._is_same(session.holder))

    def enrol(self, recovery_code: str) -> Opened:
        """Make the card in the reader one of the store's, with the code shown at creation."""
        session = self._required_session()
        try:
            store = self._vault.enrol(
                recovery_code, session.authentication_key, session.holder, self._store
            )
        except UserFacingError:
            self._refused("recovery key refused", session.holder.card_serial)
            raise
        if self._store is not None:
            return self._opened(session, None, same_session=self._is_same(session.holder))
        self._begin(store, session.holder)
        return self._opened(session, None, same_session=False)

    def keep_code(self) -> None:
        """The recovery key that was shown is noted; else another one is made at the next log-in."""
        recovery_key.confirm(self._vault, self._required_store())

    def has_practice(self) -> bool:
        """Is there a practice that a recovery key could open?"""
        return self._vault.exists()

    def open_without_card(self, recovery_code: str) -> tuple[AdmittedCard, ...]:
        """Who may be at the desk: the holder under the lock first. ``sit`` goes on.

        Raises UserFacingError: a key that is mistyped, wrong, or wrong too often a moment ago, or
        no holder known yet.
        """
        self._forget_card()
        kept = self._store
        store = self._vault.open_with_code(recovery_code, kept)
        try:
            found = self._holders(store)
        except BaseException:
            if kept is None:
                store.close()
            raise
        if kept is None:
            self._store = store
        self._may_sit = found
        return found

    def sit(self, card: AdmittedCard) -> Opened:
        """Be the holder of ``card`` for the day, without it. ``choose`` goes on."""
        holder = card.holder
        if card not in self._may_sit or holder is None:
            raise UserFacingError("Saisissez d’abord la clé de secours du cabinet.")
        self._sitting, self._may_sit = card, ()
        last = self._last_place(holder, card.places)
        return Opened(holder, card.places, last, None, self._is_same(holder), without_card=True)

    def prove(self, pin: str) -> None:
        """Give the PIN to the card in use again; the desk goes on as it was.

        Raises what ``open`` raises, and CardChanged when the vault does not know the card: the
        card is closed then, and the session is to be locked.
        """
        holder, practitioner = self._required_session().holder, self._connection.practitioner
        self._forget_card()
        session = self._reader.open(pin, serial=holder.card_serial)
        self._session = session
        if not self._vault.recognises(session.authentication_key, self._required_store()):
            self._forget_card()
            raise CardChanged
        self._connection.plug(practitioner, self._connect(session, practitioner))
        self._signs = True
        self._plugged()

    def choose(self, place: PlaceOfPractice) -> Practitioner:
        """Connect as the holder practising at ``place`` (EX_GEN-1370) and remember it.

        Under a lock, this is where the session of another holder ends and this one begins.
        """
        if self._sitting is not None:
            return self._sit_at(self._sitting, place)
        session, store = self._required_session(), self._required_store()
        self._begin_as(session.holder, store)
        practitioner = self._describe(session.holder, place)
        self._connection.plug(practitioner, self._connect(session, practitioner))
        with store.unit() as uow:
            uow.notes.set(f"{LAST_PLACE}.{session.holder.national_id}", place.structure_id)
            self._remember(uow, session)
            self._refusals.write(uow)
            uow.audit("session opened", session.holder.national_id, place.structure_id)
            uow.commit()
        self._signs = True
        self._sign_journal()
        self._plugged()
        return practitioner

    def _sit_at(self, card: AdmittedCard, place: PlaceOfPractice) -> Practitioner:
        holder, store = self._required(card.holder), self._required_store()
        self._begin_as(holder, store)
        store.acts_as(f"{holder.national_id} {WITHOUT_CARD}")
        practitioner = self._describe(holder, place)
        self._connection.sit(practitioner)
        with store.unit() as uow:
            self._refusals.write(uow)
            uow.audit("session opened without card", holder.national_id, place.structure_id)
            uow.commit()
        return practitioner

    def _begin_as(self, holder: CardHolder, store: Store) -> None:
        if not self._is_same(holder):
            if self._holder is not None:
                self._ended()
            self._begin(store, holder)
        store.acts_as(holder.national_id)

    def _remember(self, uow: UnitOfWork, session: CardSession) -> None:
        """What a day without the card needs: who its holder is, and where he practises."""
        key = key_of(self._vault.fingerprint(session.authentication_key))
        known = read("", uow.notes.get(key), in_use=True)
        uow.notes.set(key, write(session.holder, known.since, session.places))

    def _holders(self, store: Store) -> tuple[AdmittedCard, ...]:
        with store.unit() as uow:
            found = [
                read(one, uow.notes.get(key_of(one)), in_use=False) for one in self._vault.cards()
            ]
        known = {card.holder.national_id: card for card in found if card.holder and card.places}
        if not known:
            raise UserFacingError(
                "Aucune carte admise n’a encore dit qui est son titulaire.",
                advice="Ouvrez une première fois avec votre carte.",
            )
        return tuple(
            sorted(known.values(), key=lambda card: (not self._is_same_as(card), card.name))
        )

    def _is_same_as(self, card: AdmittedCard) -> bool:
        return card.holder is not None and self._is_same(card.holder)

    def lock(self, why: str) -> None:
        """Forget the PIN's session; the store and what was typed stay."""
        self._connection.unplug()
        try:
            self._sign_journal()
        finally:
            self._forget_card()
        if self._store is not None:
            with self._store.unit() as uow:
                uow.audit("session locked", detail=why)
                uow.commit()
        if self._holder is None:
            self._end()  # opened by a recovery key alone, and nobody sat down

    def close(self) -> None:
        """End of the application."""
        self._sign_journal()
        self._forget_card()
        self._end()
        self._reader.close()

    def _refused(self, action: str, card: str) -> None:
        """Written at once while the practice is open, else at its next opening."""
        self._refusals.note(action, card)
        if self._store is not None:
            with suppress(UserFacingError), self._store.unit() as uow:
                self._refusals.write(uow)
                uow.commit()

    def _sign_journal(self) -> None:
        """A card that left, or refuses, leaves the journal as it signed it last."""
        if self._signs and self._session is not None and self._store is not None:
            with suppress(UserFacingError):
                self._store.sign_journal(self._session.authentication_key)

    def _is_same(self, holder: CardHolder) -> bool:
        return self._holder is not None and self._holder.national_id == holder.national_id

    def _open_store(self, session: CardSession) -> str | None:
        key, holder = session.authentication_key, session.holder
        code = None
        if not self._vault.exists() and not self._vault.take_back():
            store, code = self._vault.create(key, holder)
        elif not self._vault.knows(key):
            self._refused(UNKNOWN, holder.card_serial)
            raise _unknown()
        else:
            try:
                store = self._vault.open(key, holder)
            except UserFacingError:
                self._refused("opening failed", holder.card_serial)
                raise
        self._begin(store, holder)
        return code

    def _begin(self, store: Store, holder: CardHolder) -> None:
        store.acts_as(holder.national_id)
        self._store, self._holder = store, holder
        self._started(store)

    def _end(self) -> None:
        if self._store is None:
            return
        began = self._holder is not None
        store, self._store, self._holder = self._store, None, None
        if began:
            self._ended()
        store.close()

    def _opened(self, session: CardSession, code: str | None, *, same_session: bool) -> Opened:
        place = self._last_place(session.holder, session.places)
        if code is None and not self._vault.confirmed():
            code = self._made_anew()
        return Opened(session.holder, session.places, place, code, same_session)

    def _made_anew(self) -> str | None:
        """The recovery key that was shown and never confirmed may be lost, or known to another.

        None when the disk refuses: the log-in goes on, and the next one tries again.
        """
        with suppress(UserFacingError):
            return recovery_key.renew(self._vault, self._required_store(), "never confirmed")
        return None

    def _last_place(
        self, holder: CardHolder, places: tuple[PlaceOfPractice, ...]
    ) -> PlaceOfPractice | None:
        if len(places) == 1:
            return places[0]
        with self._required_store().unit() as uow:
            known = uow.notes.get(f"{LAST_PLACE}.{holder.national_id}")
        return next((p for p in places if p.structure_id == known), None)

    def _forget_card(self) -> None:
        self._may_sit, self._sitting = (), None
        self._connection.unplug()
        session, self._session = self._session, None
        self._signs = False
        if session is not None:
            session.close()

    def _required_session(self) -> CardSession:
        if self._session is None:
            raise UserFacingError("La carte n’est plus ouverte.", advice="Saisissez votre code.")
        return self._session

    def _required(self, holder: CardHolder | None) -> CardHolder:
        if holder is None:
            raise UserFacingError("Saisissez d’abord la clé de secours du cabinet.")
        return holder

    def _required_store(self) -> Store:
        if self._store is None:
            raise UserFacingError("Le dossier du cabinet n’est pas ouvert.")
        return self._store


def _unknown() -> UnknownCard:
    return UnknownCard(
        "Cette carte n’ouvre pas encore ce cabinet.",
        advice="Saisissez la clé de secours du cabinet, ou changez de carte.",
    )
