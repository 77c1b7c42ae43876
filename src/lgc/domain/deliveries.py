"""A document on its way: one delivery per channel, moved by a table."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from enum import StrEnum

from lgc.domain.receipts import Fates


class Channel(StrEnum):
    DMP = "dmp"
    MSSANTE = "mssante"


class DeliveryState(StrEnum):
    """UNCERTAIN means: sent, answer unknown; the other side is asked, the doctor decides.

    CLOSED was closed by the doctor without a proof: never shown nor counted as received.
    """

    WAITING = "waiting"
    SENDING = "sending"
    DELIVERED = "delivered"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


class DeliveryEvent(StrEnum):
    PICKED = "picked"
    POSTPONED = "postponed"
    RECEIVED = "received"
    REJECTED = "rejected"
    ANSWER_LOST = "answer_lost"
    FOUND = "found"
    RETRIED = "retried"
    TAKEN_BACK = "taken_back"
    RESENT = "resent"
    ASSUMED = "assumed"
    GIVEN_UP = "given_up"


S, E = DeliveryState, DeliveryEvent
NEXT: dict[tuple[DeliveryState, DeliveryEvent], DeliveryState] = {
    (S.WAITING, E.PICKED): S.SENDING,
    (S.WAITING, E.TAKEN_BACK): S.WITHDRAWN,
    # Some recipients have it: no more is tried for the others.
    (S.WAITING, E.GIVEN_UP): S.DELIVERED,
    (S.REFUSED, E.GIVEN_UP): S.DELIVERED,
    (S.SENDING, E.RECEIVED): S.DELIVERED,
    (S.SENDING, E.REJECTED): S.REFUSED,
    (S.SENDING, E.POSTPONED): S.WAITING,
    (S.SENDING, E.ANSWER_LOST): S.UNCERTAIN,
    (S.UNCERTAIN, E.FOUND): S.DELIVERED,
    (S.UNCERTAIN, E.RESENT): S.WAITING,
    (S.UNCERTAIN, E.ASSUMED): S.CLOSED,
    # Proof that came after the doctor’s decision: nothing is sent a second time.
    (S.WAITING, E.FOUND): S.DELIVERED,
    (S.CLOSED, E.FOUND): S.DELIVERED,
    (S.REFUSED, E.RETRIED): S.WAITING,
    (S.REFUSED, E.TAKEN_BACK): S.WITHDRAWN,
}
# What only the doctor may order; nothing else in the application plays these events.
BY_THE_DOCTOR = frozenset({E.RETRIED, E.TAKEN_BACK, E.RESENT, E.ASSUMED, E.GIVEN_UP})
# A later version of the same document must not overtake these.
OPEN = frozenset({S.WAITING, S.SENDING, S.UNCERTAIN})
# What left, or may have left.
LEFT = frozenset({S.SENDING, S.DELIVERED, S.UNCERTAIN, S.CLOSED})
# What still asks something of the application, or of the doctor: in sight however old.
STANDING = OPEN | {S.REFUSED}
# Where a version tells which one it replaces, and a server would keep both if it came first.
IN_ORDER = frozenset({Channel.DMP})
del S, E
LONGEST_WAIT = dt.timedelta(minutes=30)
"""Of a try, or of a question: what is planned farther away was planned by a wrong clock."""


def next_state(state: DeliveryState, event: DeliveryEvent) -> DeliveryState:
    """The state after ``event``. Raises ValueError for a move the table forbids."""
    try:
        return NEXT[state, event]
    except KeyError:
        raise ValueError(f"{event} is not possible from {state}") from None


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof of delivery as the other side gave it; ``lines`` are readable facts in French.

    ``fates`` tells of each address, where not all copies were taken at once.
    """

    reference: str
    received_at: dt.datetime
    lines: tuple[str, ...] = ()
    fates: Fates = ()

    def after(self, former: Receipt | None) -> Receipt:
        """The proof of both, where the message left in several times."""
        return self if former is None else replace(self, lines=(*former.lines, *self.lines))


@dataclass(frozen=True, slots=True)
class Delivery:
    """One channel of one share. Identifiers and hash are fixed at the doctor's click for ever.

    ``payload`` is the JSON of what the channel needs to send again identically:
    identifiers, submission time, recipients, subject, body, confidentiality, consent.
    ``attempt_at`` says when the outbox may try or ask next; ``waiting_for`` why it waits, or what
    the last question found, in French. ``owner`` is the process that holds the lease.
    ``sent_at`` is the latest instant at which a byte of an unanswered sending may have left,
    ``settle_until`` when the other side has had time to file it, ``asked_at`` when it was last
    asked. ``fates`` are (address, what became of its copy), as receipts told.
    ``advice`` is the remedy of what went wrong, ``details`` the other side's own words; ``final``:
    sending it again would be refused again.
    """

    delivery_id: str
    share_id: str
    document_id: str
    patient_id: str
    channel: Channel
    state: DeliveryState
    payload: str
    created_at: dt.datetime
    attempts: int = 0
    attempt_at: dt.datetime | None = None
    waiting_for: str = ""
    reason: str = ""
    code: str = ""
    receipt: Receipt | None = None
    steps: tuple[tuple[dt.datetime, str], ...] = ()
    owner: str = ""
    sent_at: dt.datetime | None = None
    settle_until: dt.datetime | None = None
    asked_at: dt.datetime | None = None
    fates: Fates = ()
    advice: str = ""
    details: str = ""
    final: bool = False

    @property
    def partial(self) -> bool:
        """Do some recipients have it already, while it goes on for the others?"""
        return self.receipt is not None and self.state is not DeliveryState.DELIVERED

    @property
    def settled(self) -> bool:
        """Was the other side asked (or could it not be) once the delay to file was over?

        Before, absence of proof says nothing: only afterwards may the doctor decide.
        """
        if self.state is not DeliveryState.UNCERTAIN or self.asked_at is None:
            return False
        return self.settle_until is None or self.asked_at >= self.settle_until


@dataclass(frozen=True, slots=True)
class Refused:
    """The other side said no: our sentence for it, its remedy, its own code and words.

    ``final``: the same bytes sent again would be refused again.
    """

    code: str
    words: str
    advice: str = ""
    details: str = ""
    final: bool = False


@dataclass(frozen=True, slots=True)
class Postponed:
    """Nothing left the machine, or it surely was not taken: try later by itself."""

    why: str
    advice: str = ""
    details: str = ""


@dataclass(frozen=True, slots=True)
class AnswerLost:
    """It may have arrived. Only a question to the other side may tell.

    ``lines`` and ``fates`` are what is known all the same: whom the server refused beforehand.
    """

    why: str
    advice: str = ""
    details: str = ""
    lines: tuple[str, ...] = ()
    fates: Fates = ()


@dataclass(frozen=True, slots=True)
class Partial:
    """Some recipients have it, as ``receipt`` proves; ``rest`` is why the others wait.

    They alone are tried again, under the same identifiers.
    """

    receipt: Receipt
    rest: Postponed


Outcome = Receipt | Partial | Refused | Postponed | AnswerLost


def remedy_of(outcome: Refused | Postponed | AnswerLost) -> dict[str, str | bool]:
    """The fields of a delivery that say what to do, and what the other side said."""
    final = isinstance(outcome, Refused) and outcome.final
    return {"advice": outcome.advice, "details": outcome.details, "final": final}
