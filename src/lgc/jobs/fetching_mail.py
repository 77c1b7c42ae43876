"""Keep the mailbox in step with its server, file what arrives, say how it went."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from functools import partial

from lgc.domain.card import CardGone
from lgc.domain.messages import AssignedBy, Folder, Message
from lgc.errors import UserFacingError, place_of
from lgc.services.connection import DeskConnection
from lgc.services.exchanges import Exchange
from lgc.services.ports import IncomingMail, Mssante
from lgc.services.synchronising import Synchronising
from lgc.settings import Settings, archive_after
from lgc.settings import mail_integration_receipts as answers

log = logging.getLogger(__name__)


class FetchingMail:
    """One pass at each hour or poke; ``stopping`` ends it between two messages."""

    def __init__(
        self,
        connection: DeskConnection,
        synchronising: Synchronising,
        exchange: Exchange,
        settings: Settings,
        archive: Callable[[dt.timedelta], int],
        stopping: Callable[[], bool] = lambda: False,
        integrated: Callable[[str], None] = lambda message_id: None,
    ) -> None:
        self._connection, self._synchronising = connection, synchronising
        self._exchange, self._settings, self._archive = exchange, settings, archive
        self._stopping, self._integrated = stopping, integrated
        self._came = 0

    def work(self) -> bool:
        """Always False: the next look is at the next hour or poke."""
        if not self._connection.plugged:
            return False
        days = self._settings[archive_after]
        if days > 0:
            self._archive(dt.timedelta(days=days))
        self._came = 0
        try:
            mssante = self._connection.current().mssante
            with mssante.mailbox() as remote:
                refused = self._synchronising.run(
                    remote, self._over, partial(self._arrived, mssante)
                )
        except CardGone:
            return False
        except UserFacingError as error:
            log.warning("mailbox: %s", place_of(error))
            self._exchange.failed(error)
            return False
        if refused:
            self._exchange.failed(UserFacingError(refused, may_retry=True))
        else:
            self._exchange.well(f"{self._came} messages" if self._came > 1 else "")
        return False

    def _over(self) -> bool:
        return self._stopping() or not self._connection.plugged

    def _arrived(self, mssante: Mssante, message: Message, mail: IncomingMail) -> None:
        """A receipt that cannot leave is no reason to read the mailbox again."""
        self._came += 1
        if not _integrated(message) or not self._settings[answers]:
            return
        try:
            if mssante.acknowledge(mail.raw):
                self._integrated(message.message_id)
        except Exception as error:  # the message is kept and filed: nothing may undo that
            log.warning("no integration receipt: %s", place_of(error))


def _integrated(message: Message) -> bool:
    """Did its documents join a record by themselves?"""
    return message.folder is Folder.INBOX and message.assigned_by is AssignedBy.ITSELF
