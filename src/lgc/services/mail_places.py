"""A message that is known here takes its place on the server."""

from __future__ import annotations

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
