"""A receipt finds the sending it speaks of, and becomes one more of its steps."""

from __future__ import annotations

import datetime as dt

from lgc.domain.deliveries import Delivery
from lgc.domain.receipts import MailReceipt, with_receipt
from lgc.services.payload import Payload
from lgc.services.ports import UnitOfWork


def attach(uow: UnitOfWork, receipt: MailReceipt, now: dt.datetime) -> Delivery | None:
    """The delivery with its new step, saved; None when no sending of ours is meant."""
    delivery = uow.deliveries.sent_as(receipt.originals)
    if delivery is None:
        return None
    payload = Payload.load(delivery.payload)
    words = f"{_name(payload, receipt.recipient)} : {receipt.words}"
    if any(known == words for _, known in delivery.steps):
        return delivery
    fates = with_receipt(delivery.fates, receipt.recipient, receipt.fate)
    told = uow.deliveries.record_fate(delivery.delivery_id, now, words, fates)
    uow.audit("receipt received", delivery.delivery_id, receipt.fate)
    return told


def _name(payload: Payload, address: str) -> str:
    """Whom it speaks for, as the doctor knows them."""
    for one in payload.recipients:
        if one.address.lower() == address:
            return one.display_name
    return address or "Un destinataire"
