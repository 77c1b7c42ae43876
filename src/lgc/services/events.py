"""What happened, announced after the commit; screens repaint what they show of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lgc.domain.card import CardState


@dataclass(frozen=True, slots=True)
class DeliveryMoved:
    """A delivery changed state, got a step or a receipt."""

    delivery_id: str
    share_id: str
    document_id: str
    patient_id: str


@dataclass(frozen=True, slots=True)
class MessageArrived:
    """A new message is stored; ``patient_id`` is set when it filed itself."""

    message_id: str
    patient_id: str | None
    subject: str
    filed: int


@dataclass(frozen=True, slots=True)
class RecordChanged:
    """Documents, entries or status of a patient moved."""

    patient_id: str


@dataclass(frozen=True, slots=True)
class ServiceState:
    """A destination answered, or did not. ``service`` is ``dmp`` or ``mssante``."""

    service: str
    reachable: bool
    words: str


@dataclass(frozen=True, slots=True)
class CardSeen:
    """The reader was looked at and something changed."""

    state: CardState


@dataclass(frozen=True, slots=True)
class SessionLocked:
    """The card left, or the doctor did: cover the screen, keep what was typed."""

    why: str


Event = DeliveryMoved | MessageArrived | RecordChanged | ServiceState | CardSeen | SessionLocked
Announce = Callable[[Event], None]
