"""Look into the mailbox, file what arrives, remember how far it was read."""

from __future__ import annotations

import logging

from lgc.domain.messages import Folder
from lgc.errors import UserFacingError, place_of
from lgc.services.connection import DeskConnection
from lgc.services.events import WELL, Announce, ServiceState
from lgc.services.filing_incoming import FilingIncoming
from lgc.services.ports import OpenUnit

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
    ) -> None:
        self._open, self._connection = open_unit, connection
        self._filing, self._announce = filing, announce

    def work(self) -> bool:
        """One look at the inbox. Always False: the next look is at the next hour or poke."""
        if not self._connection.plugged:
            return False
        with self._open() as uow:
            uid_validity, uid_next = uow.messages.cursor(INBOX)
        try:
            mssante = self._connection.current().mssante
            for mail in mssante.new_mail(uid_validity, uid_next):
                message = self._filing.receive(mail)
                if message is not None and message.folder is Folder.SENT:
                    mssante.file_own_copy(mail.uid)
        except UserFacingError as error:
            log.warning("mailbox: %s", place_of(error))
            self._announce(ServiceState("mssante", False, error.sentence))
            return False
        self._announce(ServiceState("mssante", True, WELL["mssante"]))
        return False
