"""Deliveries: one row per channel of a share, moved by the outbox."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lgc.domain.deliveries import NEXT, Channel, Delivery, DeliveryState, Receipt
from lgc.errors import UserFacingError
from lgc.store.models import DeliveryRow, DeliveryStepRow
from lgc.store.repositories.rows import existing, fill

_NEWEST_FIRST = (DeliveryRow.created_at.desc(), DeliveryRow.delivery_id)
_OLDEST_FIRST = (DeliveryRow.created_at, DeliveryRow.delivery_id)


class DeliveryRepository:
    """Implements ``services.ports.Deliveries``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, delivery: Delivery) -> None:
        row = DeliveryRow(delivery_id=delivery.delivery_id, **_columns(delivery))
        self._session.add(row)
        _save_steps(row, delivery)

    def get(self, delivery_id: str) -> Delivery:
        return _delivery(existing(self._session, DeliveryRow, delivery_id))

    def save(self, delivery: Delivery) -> None:
        """Save a delivery where the table of moves allows it from what is stored now.

        Raises UserFacingError when another thread moved it meanwhile (the doctor withdrew it, the
        outbox picked it): nothing leaves on the strength of an old reading.
        """
        row = existing(self._session, DeliveryRow, delivery.delivery_id)
        _must_be_reachable(DeliveryState(row.state), delivery.state)
        fill(row, _columns(delivery))
        _save_steps(row, delivery)

    def due(self, channel: Channel, now: dt.datetime) -> Delivery | None:
        """The oldest WAITING or UNCERTAIN row whose ``attempt_at`` has come."""
        row = self._session.scalars(
            select(DeliveryRow)
            .where(
                DeliveryRow.channel == channel.value,
                DeliveryRow.state.in_([DeliveryState.WAITING.value, DeliveryState.UNCERTAIN.value]),
                or_(DeliveryRow.attempt_at.is_(None), DeliveryRow.attempt_at <= now),
            )
            .order_by(*_OLDEST_FIRST)
            .limit(1)
        ).first()
        return _delivery(row) if row else None

    def in_flight(self) -> list[Delivery]:
        """Rows found SENDING: at start-up they become UNCERTAIN."""
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

    def of_document(self, document_id: str) -> list[Delivery]:
        """Newest first."""
        rows = self._session.scalars(
            select(DeliveryRow)
            .where(DeliveryRow.document_id == document_id)
            .order_by(*_NEWEST_FIRST)
        )
        return [_delivery(row) for row in rows]


def _must_be_reachable(stored: DeliveryState, wanted: DeliveryState) -> None:
    moves = {(start, end) for (start, _), end in NEXT.items()}
    if stored is not wanted and (stored, wanted) not in moves:
        raise UserFacingError(
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
        "receipt_reference": receipt.reference if receipt else None,
        "receipt_received_at": receipt.received_at if receipt else None,
        "receipt_lines": list(receipt.lines) if receipt else [],
    }


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
        receipt=_receipt(row),
        steps=tuple((step.at, step.words) for step in row.steps),
    )


def _receipt(row: DeliveryRow) -> Receipt | None:
    if row.receipt_reference is None or row.receipt_received_at is None:
        return None
    return Receipt(row.receipt_reference, row.receipt_received_at, tuple(row.receipt_lines))
