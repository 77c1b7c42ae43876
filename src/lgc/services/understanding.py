"""What a received message says, whatever it raises while it is read.

Strangers write messages: no list of what they may raise is ever whole. So a message is read in
three ways, each asking less of it, and its bytes are kept as the server gave them in all three.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from lgc.domain.unreadable import Fault, Flaw
from lgc.errors import Cancelled, UnreadableInput, UserFacingError, place_of
from lgc.services.incoming_documents import Found, look_into
from lgc.services.ports import ParsedMail, ParseMail

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Understood:
    """What was read. ``flaw`` is why it was not all; ``judged`` allows to decide on the rest.

    ``parsed`` is None when nothing but bytes is certain.
    """

    parsed: ParsedMail | None
    found: Found
    flaw: Flaw | None = None
    judged: bool = True

    def less(self, error: Exception) -> Understood:
        """The same message, asking less of it after this error: words first, then bytes alone."""
        flaw = self.flaw or flaw_of(error)
        return Understood(self.parsed if self.judged else None, Found(), flaw, judged=False)


class Understanding:
    """``salvage`` reads what it can and never raises; ``parse`` may raise anything."""

    def __init__(self, parse: ParseMail, salvage: ParseMail) -> None:
        self._parse, self._salvage = parse, salvage

    def read(self, raw: bytes) -> Understood:
        """Never raises for what a message holds."""
        try:
            parsed = self._parse(raw)
        except Cancelled:
            raise
        except Exception as error:
            log.warning("message not read whole: %s", place_of(error))
            return Understood(self._salvage(raw), Found(), flaw_of(error), judged=False)
        found = look_into(parsed.attachments)
        return Understood(parsed, found, next(iter((*parsed.flaws, *found.flaws)), None))


def flaw_of(error: Exception) -> Flaw:
    fault = Fault.SIZE if isinstance(error, UnreadableInput) else Fault.CONTENT
    return Flaw(fault, details=place_of(error))


def is_of_the_message(error: Exception) -> bool:
    """False for troubles of this machine, which strike the next message alike."""
    if isinstance(error, Cancelled):
        return False
    return not (isinstance(error, UserFacingError) and error.may_retry)
