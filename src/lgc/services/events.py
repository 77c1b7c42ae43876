"""What happened, announced after the commit; screens repaint what they show of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from lgc.errors import UserFacingError


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
class MailboxChanged:
    """Messages were moved, read or brought in by a synchronisation."""


@dataclass(frozen=True, slots=True)
class MailboxProgress:
    """A long synchronisation: ``done`` messages of ``total`` in one folder."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class RecordChanged:
    """Documents, entries or status of a patient moved."""

    patient_id: str


@dataclass(frozen=True, slots=True)
class AgendaChanged:
    """A visit or a closure was made, moved, changed or taken away."""


@dataclass(frozen=True, slots=True)
class ServiceState:
    """How a service of the status line stands (`services.exchanges` alone announces it).

    ``service`` is ``dmp``, ``mssante`` or ``desk``; ``reachable`` is None until something is known.
    When it is not, ``words`` name what fails, ``since`` when, ``reason`` why, ``way`` what is tried
    again.
    """

    service: str
    reachable: bool | None
    words: str
    reason: str = ""
    since: dt.datetime | None = None
    way: str = ""


@dataclass(frozen=True, slots=True)
class Warned:
    """Something that nobody asked about, and that the doctor must know now."""

    notice: UserFacingError


@dataclass(frozen=True, slots=True)
class BaseState:
    """The practice's file was looked through. ``notice`` is what the doctor must be told."""

    damaged: bool
    notice: UserFacingError | None


Event = (
    DeliveryMoved
    | MessageArrived
    | MailboxChanged
    | MailboxProgress
    | RecordChanged
    | AgendaChanged
    | ServiceState
    | Warned
    | BaseState
)
Announce = Callable[[Event], None]
