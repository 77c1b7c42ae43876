"""MSSanté as one open card session reaches it (`services.ports.Mssante`)."""

from __future__ import annotations

import datetime as dt
import logging
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from lgc import settings as declared
from lgc.domain.deliveries import Outcome, Receipt
from lgc.domain.verdicts import Verdict, outcome_of
from lgc.domain.writing import is_citizen
from lgc.errors import UserFacingError
from lgc.mssante import errors, receipts, recipients, submission
from lgc.mssante.mailbox import Mailbox
from lgc.mssante.open_mailbox import OpenMailbox
from lgc.mssante.submission import OutgoingMail, Product
from lgc.mssante.white_list import WhiteList
from lgc.settings import Settings
from lgc.transport.errors import TransportError
from lgc.transport.mail_discovery import Discovered, ask_dns, ask_web
from lgc.transport.mail_imap import ImapServer
from lgc.transport.mail_login import CardLogin, MailLogin, TokenLogin
from lgc.transport.mail_smtp import NobodyTaken, SmtpServer, Unheard

log = logging.getLogger(__name__)
MEGABYTE = 1024 * 1024
Observer = Callable[[str, bytes, bytes], None]
CardError = Callable[[], Exception | None]
Token = Callable[[], str]
SENDING, READING = "mssante", "mailbox"
Heard = Callable[[str, UserFacingError | None], None]


class Clock(Protocol):
    def now(self) -> dt.datetime: ...


class DirectMssante:
    """Sending always ends in an Outcome; questions raise UserFacingError.

    ``heard`` is called after each exchange with its way (SENDING, READING) and what stood in it,
    None when the operator answered. Who opens the mailbox, or watches it, tells how that went.
    """

    def __init__(
        self,
        smtp: SmtpServer,
        mailbox: Mailbox,
        address: str,
        product: Product,
        clock: Clock,
        observer: Observer | None = None,
        white_list: WhiteList | None = None,
        heard: Heard = lambda way, error: None,
        trusted: Sequence[str] = (),
    ) -> None:
        self._heard, self._trusted = heard, [one.lower().strip(".") for one in trusted]
        self._white_list = white_list or WhiteList(None)
        self._smtp, self._mailbox, self._address = smtp, mailbox, address
        self._product, self._clock = product, clock
        self._observer = observer

    @classmethod
    def connect(
        cls,
        settings: Settings,
        context: ssl.SSLContext,
        address: str,
        clock: Clock,
        observer: Observer | None = None,
        card_error: CardError = lambda: None,
        token: Token | None = None,
        heard: Heard = lambda way, error: None,
    ) -> DirectMssante:
        """Join the card's session to its servers. Nothing is asked or sent yet.

        With a ``token`` (Pro Santé Connect) the servers are those that the mailbox's own domain
        announces: a host of the settings never receives one.
        """
        login: MailLogin = CardLogin() if token is None else TokenLogin(token)
        timeout = float(settings[declared.mail_timeout])
        trusted = settings[declared.mail_trusted_domains].split()
        found = None if token is None else Discovered(address, trusted, ask_dns, ask_web)
        smtp = SmtpServer(
            settings[declared.mail_smtp_host],
            settings[declared.mail_smtp_port],
            context,
            login,
            timeout,
            card_error,
            found.smtp if found is not None else None,
        )
        imap = ImapServer(
            settings[declared.mail_imap_host],
            settings[declared.mail_imap_port],
            context,
            login,
            timeout,
            card_error,
            found.imap if found is not None else None,
        )
        product = Product(
            source_id=settings[declared.lps_oid],
            software=settings[declared.lps_name],
            nil=settings[declared.mail_nil],
            size_limit=settings[declared.mail_size_limit_mb] * MEGABYTE,
        )
        mailbox = Mailbox(imap, address)
        chosen = settings[declared.mail_white_list]
        return cls(
            smtp,
            mailbox,
            address,
            product,
            clock,
            observer,
            WhiteList(Path(chosen) if chosen else None),
            heard,
            trusted,
        )

    def send(self, mail: OutgoingMail) -> Outcome:
        """Submit once, our own mailbox among the recipients: its copy is the proof.

        Raises CardGone when the card left; nothing was sent then.
        """
        try:
            self._must_be_within(mail)
            content = submission.build(mail, self._product)
            sender = submission.own_address(mail.sender)
            wire = [submission.wire_address(one.address) for one in recipients.everybody(mail)]
        except UserFacingError as error:
            return outcome_of(error)
        if self._observer is not None:
            self._observer("message.eml", content, b"")
        asked = [at for at in wire if at.lower() not in mail.already]
        try:
            refused = self._smtp.submit(
                sender, asked, content, notify=mail.receipt, copy=not mail.already
            ).refused
        except NobodyTaken as error:
            self._heard(SENDING, errors.silence(error))
            if not mail.already:
                return _judged(error).outcome
            refused = error.refused  # the others have it
        except Unheard as error:
            self._heard(SENDING, errors.silence(error))
            return recipients.unheard(recipients.answers(mail, wire, error.refused), error)
        except TransportError as error:
            self._heard(SENDING, errors.silence(error))
            return _judged(error).outcome
        self._heard(SENDING, None)
        told = recipients.answers(mail, wire, refused)
        return recipients.outcome(mail, told, self._clock.now())

    def was_sent(self, rfc_message_id: str) -> Receipt | None:
        """Did this message leave? Raises UserFacingError while nobody can tell."""
        try:
            return self._mailbox.was_sent(rfc_message_id)
        except TransportError as error:
            self._heard(READING, errors.silence(error))
            raise _judged(error).error from error

    @contextmanager
    def mailbox(self) -> Iterator[OpenMailbox]:
        """A connection for one synchronisation. Raises UserFacingError when it fails or falls."""
        try:
            with self._mailbox.open() as opened:
                yield opened
        except TransportError as error:
            raise _judged(error).error from error

    def watch(self, over: Callable[[], bool]) -> bool | None:
        """Wait for new mail. Raises UserFacingError when the server cannot be reached."""
        try:
            return self._mailbox.watch(over)
        except TransportError as error:
            raise _judged(error).error from error

    def acknowledge(self, raw: bytes, code: str = "") -> bool:
        """Send the integration receipt of a received message, where one may leave by itself; with
        a ``code``, the refusal to integrate it.

        Raises UserFacingError when the server cannot be reached.
        """
        return self._answer(receipts.answer(raw, self._address.lower(), self._clock.now(), code))

    def tell_read(self, raw: bytes, *, by_hand: bool) -> bool:
        """Send the reading receipt that a received message asked for; without the doctor's hand
        only to who really sent it. False when nothing may leave.

        Raises UserFacingError when the server cannot be reached.
        """
        now = self._clock.now()
        return self._answer(receipts.reading(raw, self._address.lower(), now, by_hand=by_hand))

    def _answer(self, answer: tuple[str, bytes] | None) -> bool:
        """Nothing is told outside MSSanté, not even that a message was read."""
        if answer is None or self._white_list.holds(answer[0]) is False:
            return False
        to, content = answer
        try:
            self._smtp.submit(self._address.lower(), [to], content, copy=False)
        except TransportError as error:
            self._heard(SENDING, errors.silence(error))
            raise _judged(error).error from error
        self._heard(SENDING, None)
        return True

    def trusts(self, address: str) -> bool:
        """Does this domain belong to the space of trust? By the settings while no list is known."""
        listed = self._white_list.holds(address)
        if listed is not None:
            return listed
        domain = address.rpartition("@")[2].lower()
        return any(domain == one or domain.endswith(f".{one}") for one in self._trusted)

    def _must_be_within(self, mail: OutgoingMail) -> None:
        """Raises UserFacingError: nothing leaves for an address outside of MSSanté."""
        for one in recipients.everybody(mail):
            if not is_citizen(one.address) and self._white_list.holds(one.address) is False:
                raise UserFacingError(
                    f"« {one.address} » n’est pas une adresse MSSanté.",
                    advice="Son domaine n’est pas de l’espace de confiance : rien n’est parti.",
                )

    def is_listed(self, address: str) -> bool | None:
        """Is this domain on the white list of MSSanté? None while no list is known."""
        return self._white_list.holds(address)


def _judged(error: TransportError) -> Verdict:
    """What became of a message, or of a question, that got no plain yes."""
    log.warning("mssante %s", error.reason)
    return errors.of_exchange(error)
