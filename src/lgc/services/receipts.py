"""A receipt finds the sending it speaks of, and becomes one more of its steps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from lgc.domain.deliveries import Delivery
from lgc.domain.receipts import MailReceipt, with_receipt
from lgc.services.payload import Payload
from lgc.services.ports import UnitOfWork

# The recipient of whom a receipt proves something, None when it is no proof.
SpeaksFor = Callable[[MailReceipt, Sequence[str]], str | None]


def attach(
    uow: UnitOfWork, receipt: MailReceipt, now: dt.datetime, speaks_for: SpeaksFor
) -> Delivery | None:
    """The delivery with its new step, saved; None when no sending of ours is meant, or when it
    does not come from the recipient it speaks of."""
    delivery = uow.deliveries.sent_as(receipt.originals)
    if delivery is None:
        return None
    payload = Payload.load(delivery.payload)
    about = speaks_for(receipt, [one.address for one in payload.recipients])
    if about is None:
        return None
    words = f"{_name(payload, about)} : {receipt.words}"
    if any(known == words for _, known in delivery.steps):
        return delivery
    fates = with_receipt(delivery.fates, about, receipt.fate)
    told = uow.deliveries.record_fate(delivery.delivery_id, now, words, fates)
    uow.audit("receipt received", delivery.delivery_id, receipt.fate)
    return told


def _name(payload: Payload, address: str) -> str:
    """Whom it speaks for, as the doctor knows them."""
    for one in payload.recipients:
        if one.address.lower() == address:
            return one.display_name
    return address or "Un destinataire"
