"""Deliveries: one row per channel of a share, moved by the outbox."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, Select, and_, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from lgc.domain.deliveries import (
    IN_ORDER,
    LEFT,
    LONGEST_WAIT,
    NEXT,
    OPEN,
    STANDING,
    Channel,
    Delivery,
    DeliveryEvent,
    DeliveryState,
    Receipt,
)
from lgc.domain.instants import after
from lgc.domain.receipts import Fate, Fates
from lgc.errors import UserFacingError
from lgc.store.models import DeliveryRow, DeliveryStepRow, DocumentRow
from lgc.store.repositories.rows import existing, fill

_NEWEST_FIRST = (DeliveryRow.created_at.desc(), DeliveryRow.delivery_id)
_OLDEST_FIRST = (DeliveryRow.created_at, DeliveryRow.delivery_id)
# Saving never grants a lease: that is a move of its own.
_MOVES = {(start, end) for (start, event), end in NEXT.items() if event is not DeliveryEvent.PICKED}


class DeliveryRepository:
    """Implements ``services.ports.Deliveries``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, delivery: Delivery) -> None:
        row = DeliveryRow(
            delivery_id=delivery.delivery_id, **_columns(delivery), **_found_by(delivery)
        )
        self._session.add(row)
        _save_steps(row, delivery)

    def get(self, delivery_id: str) -> Delivery:
        return _delivery(existing(self._session, DeliveryRow, delivery_id))

    def save(self, delivery: Delivery) -> None:
        """Save a delivery where the table of moves allows it from what is stored now.

        Raises UserFacingError when another thread moved it meanwhile (the doctor withdrew it, the
        outbox picked it), and for what is or would be SENDING, which only ``lease`` grants.
        """
        row = existing(self._session, DeliveryRow, delivery.delivery_id)
        _must_be_reachable(DeliveryState(row.state), delivery.state)
        fill(row, _columns(delivery))
        _save_steps(row, delivery)

    def lease(self, delivery_id: str, owner: str, now: dt.datetime) -> Delivery:
        """Make a stored WAITING row whose hour has come SENDING, for ``owner`` alone.

        One conditional statement, so that two readers never both get it, and no version overtakes
        an earlier one that the doctor has just ordered again. Raises UserFacingError when the row
        may not leave now, KeyError when there is none.
        """
        taken = self._session.execute(
            update(DeliveryRow)
            .where(
                DeliveryRow.delivery_id == delivery_id,
                DeliveryRow.state == DeliveryState.WAITING.value,
                _come(now),
                ~_earlier(DeliveryRow).exists(),
            )
            .values(
                state=DeliveryState.SENDING.value,
                owner=owner,
                reason="",
                code="",
                waiting_for="",
                revision=DeliveryRow.revision + 1,
            )
            .execution_options(synchronize_session=False)
        )
        row = existing(self._session, DeliveryRow, delivery_id)
        self._session.refresh(row)
        if cast("CursorResult[Any]", taken).rowcount != 1:
            raise _moved_meanwhile(DeliveryState(row.state), DeliveryState.SENDING)
        return _delivery(row)

    def record_fate(self, delivery_id: str, at: dt.datetime, words: str, fates: Fates) -> Delivery:
        """Keep what a receipt told: one more step, and the ``fates`` of the addresses.

        The state is nobody's business here: a report may come while the row is SENDING.
        """
        row = existing(self._session, DeliveryRow, delivery_id)
        row.steps.append(DeliveryStepRow(position=len(row.steps), at=at, words=words))
        fill(row, {"fates": _plain(fates)})
        return _delivery(row)

    def due(self, channel: Channel, now: dt.datetime) -> Delivery | None:
        """The oldest row to send or to ask about now.

        WAITING or UNCERTAIN when its ``attempt_at`` has come or is not set, CLOSED when a question
        was ordered; a version never before the one that it follows (``ahead``).
        """
        waiting, closed = DeliveryState.WAITING.value, DeliveryState.CLOSED.value
        row = self._session.scalars(
            select(DeliveryRow)
            .where(
                DeliveryRow.channel == channel.value,
                or_(
                    and_(DeliveryRow.state == waiting, _come(now), ~_earlier(DeliveryRow).exists()),
                    and_(DeliveryRow.state == DeliveryState.UNCERTAIN.value, _come(now)),
                    and_(DeliveryRow.state == closed, DeliveryRow.attempt_at <= now),
                ),
            )
            .order_by(*_OLDEST_FIRST)
            .limit(1)
        ).first()
        return _delivery(row) if row else None

    def ahead(self, delivery_ids: Sequence[str]) -> dict[str, Delivery]:
        """For each that must wait: the oldest open sending of an earlier version, same channel."""
        mine = aliased(DeliveryRow)
        pairs = self._session.execute(
            _earlier(mine)
            .add_columns(mine.delivery_id)
            .where(mine.delivery_id.in_(delivery_ids), mine.state == DeliveryState.WAITING.value)
        ).all()
        # The query gives the oldest last, and the last one stays.
        return {waits: self.get(first) for first, waits in pairs}

    def overtaken(self, delivery_id: str) -> bool:
        """Did a later version of the same document leave already, on the same channel?"""
        mine, its, own = aliased(DeliveryRow), aliased(DocumentRow), aliased(DocumentRow)
        later = (
            select(DeliveryRow.delivery_id)
            .join(its, its.document_id == DeliveryRow.document_id)
            .join(mine, mine.channel == DeliveryRow.channel)
            .join(own, own.document_id == mine.document_id)
            .where(
                mine.delivery_id == delivery_id,
                mine.channel.in_([channel.value for channel in IN_ORDER]),
                DeliveryRow.state.in_([state.value for state in LEFT]),
                *_same_document(its, own),
                its.version > own.version,
            )
        )
        return self._session.scalars(later.limit(1)).first() is not None

    def in_flight(self) -> list[Delivery]:
        """Rows SENDING, oldest first: each has an owner that lives, or is UNCERTAIN soon."""
        rows = self._session.scalars(
            select(DeliveryRow)
            .where(DeliveryRow.state == DeliveryState.SENDING.value)
            .order_by(*_OLDEST_FIRST)
        )
        return [_delivery(row) for row in rows]

    def recent(self, limit: int = 200) -> list[Delivery]:
        """Newest first, whatever the state."""
        rows = self._session.scalars(select(DeliveryRow).order_by(*_NEWEST_FIRST).limit(limit))
        return [_delivery(row) for row in rows]

    def unfinished(self) -> list[Delivery]:
        """Whatever their age, newest first, with the finished deliveries of the same shares."""
        shares = select(DeliveryRow.share_id).where(DeliveryRow.state.in_(STANDING))
        rows = self._session.scalars(
            select(DeliveryRow).where(DeliveryRow.share_id.in_(shares)).order_by(*_NEWEST_FIRST)
        )
        return [_delivery(row) for row in rows]

    def counts(self) -> dict[tuple[Channel, DeliveryState], int]:
        """How many are unfinished, by channel and state; what is not there is zero."""
        channel, state = DeliveryRow.channel, DeliveryRow.state
        rows = self._session.execute(
            select(channel, state, func.count()).where(state.in_(STANDING)).group_by(channel, state)
        )
        return {(Channel(where), DeliveryState(how)): number for where, how, number in rows}

    def sent_as(self, rfc_message_ids: Collection[str]) -> Delivery | None:
        """The newest one that left under one of these Message-IDs."""
        names = {one for one in rfc_message_ids if one}
        row = self._session.scalars(
            select(DeliveryRow)
            .where(
                DeliveryRow.rfc_message_id.in_(names),
                DeliveryRow.channel == Channel.MSSANTE.value,
            )
            .order_by(*_NEWEST_FIRST)
            .limit(1)
        ).first()
        return _delivery(row) if row else None

    def of_letter(self, message_id: str) -> Delivery | None:
        """The newest sending of a message written here."""
        row = self._session.scalars(
            select(DeliveryRow)
            .where(DeliveryRow.letter == message_id)
            .order_by(*_NEWEST_FIRST)
            .limit(1)
        ).first()
        return _delivery(row) if row else None

    def letters_with_documents(self, message_ids: Sequence[str]) -> set[str]:
        """Those of these messages with which documents of a record went."""
        # One parameter for all of them: a folder may hold more than SQLite takes one by one.
        asked = func.json_each(json.dumps(list(message_ids))).table_valued("value")
        rows = self._session.scalars(
            select(DeliveryRow.letter).where(
                DeliveryRow.letter.in_(select(asked.c.value)),
                DeliveryRow.document_id.is_not(None),
            )
        )
        return set(rows)

    def of_patient(self, patient_id: str) -> list[Delivery]:
        """Newest first."""
        rows = self._session.scalars(
            select(DeliveryRow).where(DeliveryRow.patient_id == patient_id).order_by(*_NEWEST_FIRST)
        )
        return [_delivery(row) for row in rows]

    def of_document(self, document_id: str) -> list[Delivery]:
        """Newest first."""
        rows = self._session.scalars(
            select(DeliveryRow)
            .where(DeliveryRow.document_id == document_id)
            .order_by(*_NEWEST_FIRST)
        )
        return [_delivery(row) for row in rows]


def _come(now: dt.datetime) -> ColumnElement[bool]:
    """Its hour is there, or so far away that a clock which was ahead has set it."""
    at = DeliveryRow.attempt_at
    return or_(at.is_(None), at <= now, at > after(now, LONGEST_WAIT))


def _earlier(mine: type[DeliveryRow]) -> Select[Any]:
    """Open sendings of an earlier version of what ``mine`` sends, the newest first."""
    other, its, own = aliased(DeliveryRow), aliased(DocumentRow), aliased(DocumentRow)
    return (
        select(other.delivery_id)
        .join(its, its.document_id == other.document_id)
        .join(own, own.document_id == mine.document_id)
        .where(
            mine.channel.in_([channel.value for channel in IN_ORDER]),
            other.channel == mine.channel,
            other.state.in_([state.value for state in OPEN]),
            *_same_document(its, own),
            its.version < own.version,
        )
        .order_by(other.created_at.desc())
    )


def _same_document(
    one: type[DocumentRow], other: type[DocumentRow]
) -> tuple[ColumnElement[bool], ...]:
    """Two versions of one set, in one record."""
    return (one.patient_id == other.patient_id, one.set_id == other.set_id, one.set_id != "")


def _must_be_reachable(stored: DeliveryState, wanted: DeliveryState) -> None:
    same = stored is wanted and stored is not DeliveryState.SENDING
    if not same and (stored, wanted) not in _MOVES:
        raise _moved_meanwhile(stored, wanted)


def _moved_meanwhile(stored: DeliveryState, wanted: DeliveryState) -> UserFacingError:
    return UserFacingError(
        "Cet envoi vient de changer d’état.",
        advice="Relisez sa ligne dans la file d’envoi.",
        details=f"{stored} -> {wanted}",
    )


def _columns(delivery: Delivery) -> dict[str, object]:
    receipt = delivery.receipt
    return {
        "share_id": delivery.share_id,
        # A message without a document or a patient points at nothing.
        "document_id": delivery.document_id or None,
        "patient_id": delivery.patient_id or None,
        "channel": delivery.channel.value,
        "state": delivery.state.value,
        "payload": delivery.payload,
        "created_at": delivery.created_at,
        "attempts": delivery.attempts,
        "attempt_at": delivery.attempt_at,
        "waiting_for": delivery.waiting_for,
        "reason": delivery.reason,
        "code": delivery.code,
        "advice": delivery.advice,
        "details": delivery.details,
        "final": delivery.final,
        "receipt_reference": receipt.reference if receipt else None,
        "receipt_received_at": receipt.received_at if receipt else None,
        "receipt_lines": list(receipt.lines) if receipt else [],
        "owner": delivery.owner,
        "sent_at": delivery.sent_at,
        "settle_until": delivery.settle_until,
        "asked_at": delivery.asked_at,
        "fates": _plain(delivery.fates),
    }


def _plain(fates: Fates) -> list[list[str]]:
    return [[address, fate.value] for address, fate in fates]


def _found_by(delivery: Delivery) -> dict[str, object]:
    """What receipts and messages know a delivery by; fixed with its payload."""
    payload = json.loads(delivery.payload)
    return {name: payload.get(name) or "" for name in ("rfc_message_id", "letter")}


def _save_steps(row: DeliveryRow, delivery: Delivery) -> None:
    """Steps only ever grow; the known ones are kept, a changed one is corrected in place."""
    for position, (at, words) in enumerate(delivery.steps):
        if position < len(row.steps):
            fill(row.steps[position], {"at": at, "words": words})
        else:
            row.steps.append(DeliveryStepRow(position=position, at=at, words=words))
    del row.steps[len(delivery.steps) :]


def _delivery(row: DeliveryRow) -> Delivery:
    return Delivery(
        delivery_id=row.delivery_id,
        share_id=row.share_id,
        document_id=row.document_id or "",
        patient_id=row.patient_id or "",
        channel=Channel(row.channel),
        state=DeliveryState(row.state),
        payload=row.payload,
        created_at=row.created_at,
        attempts=row.attempts,
        attempt_at=row.attempt_at,
        waiting_for=row.waiting_for,
        reason=row.reason,
        code=row.code,
        advice=row.advice,
        details=row.details,
        final=row.final,
        receipt=_receipt(row),
        steps=tuple((step.at, step.words) for step in row.steps),
        owner=row.owner,
        sent_at=row.sent_at,
        settle_until=row.settle_until,
        asked_at=row.asked_at,
        fates=tuple((address, Fate(fate)) for address, fate in row.fates),
    )


def _receipt(row: DeliveryRow) -> Receipt | None:
    if row.receipt_reference is None or row.receipt_received_at is None:
        return None
    return Receipt(row.receipt_reference, row.receipt_received_at, tuple(row.receipt_lines))
