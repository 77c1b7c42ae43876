"""Log-in with the card, lock when it leaves, return to the same place.

The store stays open while the screen is locked; the card's connections do not. What uncovers is a
key that the vault recognises, never a name. Another admitted card is another session, which begins
when its place of practice is chosen; until then the first one waits under the lock.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lgc.domain.card import CardState
from lgc.domain.professionals import CardHolder, PlaceOfPractice, Practitioner
from lgc.errors import UserFacingError
from lgc.services.connection import DeskConnection
from lgc.services.ports import CardReader, CardSession, Connect, Store, Vault

LAST_PLACE = "access.last_place"


class UnknownCard(UserFacingError):
    """The card's PIN was right but the store does not know this card: ask the recovery code."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The PIN was right. ``recovery_code`` is set once, when the store was just created.

    ``place`` is the one chosen last time when the card still carries it, or the only one.
    ``same_session`` tells that the windows under the lock may be shown again.
    """

    holder: CardHolder
    places: tuple[PlaceOfPractice, ...]
    place: PlaceOfPractice | None
    recovery_code: str | None
    same_session: bool


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
        self._store: Store | None = None
        self._holder: CardHolder | None = None

    def observe(self) -> CardState:
        """One look at the reader. Never raises."""
        return self._reader.observe()

    def open(self, pin: str, *, serial: str = "", last_try_confirmed: bool = False) -> Opened:
        """Give the PIN to the card called ``serial``, then open or create the store.

        Raises MalformedPin, CardChanged, LastTry, WrongPin, CardGone, or UnknownCard when the
        store belongs to other cards: then ``enrol`` finishes the log-in with the recovery code.
        """
        if self._store is None:
            self._prepare()
        self._forget_card()
        session = self._reader.open(pin, serial=serial, last_try_confirmed=last_try_confirmed)
        self._session = session
        if self._store is None:
            return self._opened(session, self._open_store(session), same_session=False)
        if not self._vault.recognises(session.authentication_key, self._store):
            raise _unknown()
        return self._opened(session, None, same_session=self._is_same(session.holder))

    def enrol(self, recovery_code: str) -> Opened:
        """Make the card in the reader one of the store's, with the code shown at creation."""
        session = self._required_session()
        store = self._vault.enrol(
            recovery_code, session.authentication_key, session.holder, self._store
        )
        if self._store is not None:
            return self._opened(session, None, same_session=self._is_same(session.holder))
        self._begin(store, session.holder)
        return self._opened(session, None, same_session=False)

    def choose(self, place: PlaceOfPractice) -> Practitioner:
        """Connect as the holder practising at ``place`` (EX_GEN-1370) and remember it.

        Under a lock, this is where the session of another holder ends and this one begins.
        """
        session, store = self._required_session(), self._required_store()
        if not self._is_same(session.holder):
            self._ended()
            self._begin(store, session.holder)
        practitioner = self._describe(session.holder, place)
        self._connection.plug(practitioner, self._connect(session, practitioner))
        with store.unit() as uow:
            uow.notes.set(f"{LAST_PLACE}.{session.holder.national_id}", place.structure_id)
            uow.audit("session opened", session.holder.national_id, place.structure_id)
            uow.commit()
        self._plugged()
        return practitioner

    def lock(self, why: str) -> None:
        """Forget the PIN's session; the store and what was typed stay."""
        self._forget_card()
        if self._store is not None:
            with self._store.unit() as uow:
                uow.audit("session locked", detail=why)
                uow.commit()

    def close(self) -> None:
        """End of the application."""
        self._forget_card()
        self._end()
        self._reader.close()

    def _is_same(self, holder: CardHolder) -> bool:
        return self._holder is not None and self._holder.national_id == holder.national_id

    def _open_store(self, session: CardSession) -> str | None:
        key, holder = session.authentication_key, session.holder
        code = None
        if not self._vault.exists() and not self._vault.take_back():
            store, code = self._vault.create(key, holder)
        elif not self._vault.knows(key):
            raise _unknown()
        else:
            store = self._vault.open(key, holder)
        self._begin(store, holder)
        return code

    def _begin(self, store: Store, holder: CardHolder) -> None:
        store.acts_as(holder.national_id)
        self._store, self._holder = store, holder
        self._started(store)

    def _end(self) -> None:
        if self._store is None:
            return
        store, self._store, self._holder = self._store, None, None
        self._ended()
        store.close()

    def _opened(self, session: CardSession, code: str | None, *, same_session: bool) -> Opened:
        return Opened(session.holder, session.places, self._last_place(session), code, same_session)

    def _last_place(self, session: CardSession) -> PlaceOfPractice | None:
        if len(session.places) == 1:
            return session.places[0]
        with self._required_store().unit() as uow:
            known = uow.notes.get(f"{LAST_PLACE}.{session.holder.national_id}")
        return next((p for p in session.places if p.structure_id == known), None)

    def _forget_card(self) -> None:
        self._connection.unplug()
        session, self._session = self._session, None
        if session is not None:
            session.close()

    def _required_session(self) -> CardSession:
        if self._session is None:
            raise UserFacingError("La carte n’est plus ouverte.", advice="Saisissez votre code.")
        return self._session

    def _required_store(self) -> Store:
        if self._store is None:
            raise UserFacingError("Le dossier du cabinet n’est pas ouvert.")
        return self._store


def _unknown() -> UnknownCard:
    return UnknownCard(
        "Cette carte n’ouvre pas encore ce cabinet.",
        advice="Saisissez le code de secours remis à la création, ou changez de carte.",
    )
