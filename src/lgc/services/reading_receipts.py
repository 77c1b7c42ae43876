"""Telling colleagues that their message was read, when they asked and the doctor agrees."""

from __future__ import annotations

import logging

from lgc.domain.receipts import ReadingReceipt
from lgc.errors import UserFacingError, place_of
from lgc.services.connection import DeskConnection
from lgc.services.ports import OpenUnit

log = logging.getLogger(__name__)


class ReadingReceipts:
    """Runs in workers. Each message is answered once, whatever the answer."""

    def __init__(self, open_unit: OpenUnit, connection: DeskConnection) -> None:
        self._open, self._connection = open_unit, connection

    def send(self, message_id: str) -> None:
        """By the doctor's hand. Raises UserFacingError when it could not leave: it may again."""
        if not self._told(message_id, by_hand=True):
            raise UserFacingError(
                "Cet accusé n’est pas envoyé.", advice="Il sortirait de l’espace MSSanté."
            )

    def send_by_itself(self, message_id: str) -> None:
        """At the opening, as the settings say; what cannot leave now is left to the doctor."""
        try:
            self._told(message_id, by_hand=False)
        except UserFacingError as error:
            log.warning("no reading receipt: %s", place_of(error))

    def decline(self, message_id: str) -> None:
        """Say nothing, and do not ask again."""
        self._answered(message_id, ReadingReceipt.DECLINED)

    def reopen(self, message_id: str) -> None:
        """Ask again: the undo of ``decline``."""
        self._answered(message_id, ReadingReceipt.ASKED)

    def integrated(self, message_id: str) -> None:
        """Its integration receipt left: that is answer enough."""
        self._answered(message_id, ReadingReceipt.SENT)

    def _told(self, message_id: str, *, by_hand: bool) -> bool:
        with self._open() as uow:
            if uow.messages.get(message_id).receipt is not ReadingReceipt.ASKED:
                return True
            raw = uow.messages.raw(message_id)
        if not self._connection.current().mssante.tell_read(raw, by_hand=by_hand):
            return False
        self._answered(message_id, ReadingReceipt.SENT)
        return True

    def _answered(self, message_id: str, receipt: ReadingReceipt) -> None:
        with self._open() as uow:
            uow.messages.answer_receipt(message_id, receipt)
            uow.audit("reading receipt", message_id, receipt.value)
            uow.commit()
