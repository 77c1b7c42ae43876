"""Look into the mailbox, file what arrives, remember how far it was read."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable

from lgc.domain.messages import AssignedBy, Folder, Message
from lgc.errors import UserFacingError, place_of
from lgc.services.connection import DeskConnection
from lgc.services.events import WELL, Announce, ServiceState
from lgc.services.filing_incoming import FilingIncoming
from lgc.services.ports import Mssante, OpenUnit
from lgc.settings import Settings, archive_after
from lgc.settings import mail_integration_receipts as answers

log = logging.getLogger(__name__)
INBOX = "INBOX"


class FetchingMail:
    """Message and cursor are committed together: none is lost, none is filed twice."""

    def __init__(
        self,
        open_unit: OpenUnit,
        connection: DeskConnection,
        filing: FilingIncoming,
        announce: Announce,
        settings: Settings,
        archive: Callable[[dt.timedelta], int],
    ) -> None:
        self._settings, self._archive = settings, archive
        self._open, self._connection = open_unit, connection
        self._filing, self._announce = filing, announce

    def work(self) -> bool:
        """One look at the inbox. Always False: the next look is at the next hour or poke."""
        if not self._connection.plugged:
            return False
        days = self._settings[archive_after]
        if days > 0:
            self._archive(dt.timedelta(days=days))
        with self._open() as uow:
            uid_validity, uid_next = uow.messages.cursor(INBOX)
        try:
            mssante = self._connection.current().mssante
            for mail in mssante.new_mail(uid_validity, uid_next):
                message = self._filing.receive(mail)
                if message is not None and message.folder is Folder.SENT:
                    mssante.file_own_copy(mail.uid)
                if message is not None and _integrated(message) and self._settings[answers]:
                    self._acknowledge(mssante, mail.raw)
        except UserFacingError as error:
            log.warning("mailbox: %s", place_of(error))
            self._announce(ServiceState("mssante", False, error.sentence))
            return False
        self._announce(ServiceState("mssante", True, WELL["mssante"]))
        return False

    def _acknowledge(self, mssante: Mssante, raw: bytes) -> None:
        """A receipt that cannot leave is no reason to read the mailbox again."""
        try:
            mssante.acknowledge(raw)
        except UserFacingError as error:
            log.warning("no integration receipt: %s", place_of(error))


def _integrated(message: Message) -> bool:
    """Did its documents join a record by themselves?"""
    return message.folder is Folder.INBOX and message.assigned_by is AssignedBy.ITSELF
