"""A document on its way: one delivery per channel, moved by a table."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Channel(StrEnum):
    DMP = "dmp"
    MSSANTE = "mssante"


class DeliveryState(StrEnum):
    """UNCERTAIN means: sent, answer unknown; ask the other side before sending again."""

    WAITING = "waiting"
    SENDING = "sending"
    DELIVERED = "delivered"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    WITHDRAWN = "withdrawn"


class DeliveryEvent(StrEnum):
    PICKED = "picked"
    POSTPONED = "postponed"
    RECEIVED = "received"
    REJECTED = "rejected"
    ANSWER_LOST = "answer_lost"
    FOUND = "found"
    NOT_FOUND = "not_found"
    RETRIED = "retried"
    TAKEN_BACK = "taken_back"


S, E = DeliveryState, DeliveryEvent
NEXT: dict[tuple[DeliveryState, DeliveryEvent], DeliveryState] = {
    (S.WAITING, E.PICKED): S.SENDING,
    (S.WAITING, E.TAKEN_BACK): S.WITHDRAWN,
    (S.SENDING, E.RECEIVED): S.DELIVERED,
    (S.SENDING, E.REJECTED): S.REFUSED,
    (S.SENDING, E.POSTPONED): S.WAITING,
    (S.SENDING, E.ANSWER_LOST): S.UNCERTAIN,
    (S.UNCERTAIN, E.FOUND): S.DELIVERED,
    (S.UNCERTAIN, E.NOT_FOUND): S.WAITING,
    (S.REFUSED, E.RETRIED): S.WAITING,
    (S.REFUSED, E.TAKEN_BACK): S.WITHDRAWN,
}
del S, E


def next_state(state: DeliveryState, event: DeliveryEvent) -> DeliveryState:
    """The state after ``event``. Raises ValueError for a move the table forbids."""
    try:
        return NEXT[state, event]
    except KeyError:
        raise ValueError(f"{event} is not possible from {state}") from None


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof of delivery as the other side gave it; ``lines`` are readable facts in French."""

    reference: str
    received_at: dt.datetime
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """One channel of one share. Identifiers and hash are fixed at the doctor's click for ever.

    ``payload`` is the JSON of what the channel needs to send again identically:
    identifiers, submission time, recipients, subject, body, confidentiality, consent.
    ``attempt_at`` says when the outbox may try next; ``waiting_for`` why it waits, in French.
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


@dataclass(frozen=True, slots=True)
class Refused:
    """The other side said no, with its code and words (kept verbatim)."""

    code: str
    words: str


@dataclass(frozen=True, slots=True)
class Postponed:
    """Nothing left the machine, or it surely was not taken: try later by itself."""

    why: str


@dataclass(frozen=True, slots=True)
class AnswerLost:
    """It may have arrived. Only a question to the other side may tell."""

    why: str


Outcome = Receipt | Refused | Postponed | AnswerLost
