"""A message takes its place on the server, and among those it answers."""

from __future__ import annotations

from collections.abc import Sequence

from lgc.domain.mailboxes import Place
from lgc.services.ports import UnitOfWork


def join(uow: UnitOfWork, place: Place) -> None:
    """It was moved there, or the server numbers anew. ``place.message_id`` is set.

    Whether it is read follows the server where nothing was changed here since it last said so.
    """
    assert place.message_id is not None
    left = uow.mailboxes.missing(place.message_id)
    uow.mailboxes.put(place)
    if left and uow.messages.get(place.message_id).unread is not left[0].seen:
        uow.messages.mark_read(place.message_id, place.seen)


def thread_of(uow: UnitOfWork, references: Sequence[str], identity: str) -> str:
    """The exchange that a message goes on with, else one of its own (RFC 5322 §3.6.4)."""
    for reference in reversed(references):
        known = uow.messages.with_rfc_id(reference)
        if known is not None and known.thread_id:
            return known.thread_id
    return references[0] if references else identity
