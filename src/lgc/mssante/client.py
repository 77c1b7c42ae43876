"""MSSanté as one open card session reaches it (`services.ports.Mssante`)."""

from __future__ import annotations

import datetime as dt
import logging
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from lgc import settings as declared
from lgc.domain.deliveries import Outcome, Partial, Postponed, Receipt
from lgc.domain.professionals import Correspondent
from lgc.domain.receipts import Fate
from lgc.domain.verdicts import Verdict, outcome_of, without_numbers
from lgc.errors import UserFacingError
from lgc.mssante import errors, receipts, submission
from lgc.mssante.mailbox import Mailbox
from lgc.mssante.open_mailbox import OpenMailbox
from lgc.mssante.submission import OutgoingMail, Product
from lgc.mssante.white_list import WhiteList
from lgc.settings import Settings
from lgc.transport.errors import TransportError
from lgc.transport.mail_discovery import Discovered, ask_dns, ask_web
from lgc.transport.mail_imap import ImapServer
from lgc.transport.mail_login import CardLogin, MailLogin, TokenLogin
from lgc.transport.mail_smtp import Accepted, MailBusy, NobodyTaken, SmtpServer

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
    ) -> None:
        self._heard = heard
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
        )

    def send(self, mail: OutgoingMail) -> Outcome:
        """Submit once, our own mailbox among the recipients: its copy is the proof.

        Raises CardGone when the card left; nothing was sent then.
        """
        try:
            content = submission.build(mail, self._product)
            sender = submission.own_address(mail.sender)
            recipients = [submission.wire_address(one.address) for one in _everybody(mail)]
        except UserFacingError as error:
            return outcome_of(error)
        if self._observer is not None:
            self._observer("message.eml", content, b"")
        asked = [at for at in recipients if at.lower() not in mail.already]
        try:
            accepted = self._smtp.submit(
                sender, asked, content, notify=mail.receipt, copy=not mail.already
            )
        except NobodyTaken as error:
            self._heard(SENDING, errors.silence(error))
            if not mail.already:
                return _judged(error).outcome
            accepted = Accepted("", error.refused)  # the others have it
        except TransportError as error:
            self._heard(SENDING, errors.silence(error))
            return _judged(error).outcome
        self._heard(SENDING, None)
        return self._told(mail, dict(zip(recipients, _everybody(mail), strict=True)), accepted)

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

    def is_listed(self, address: str) -> bool | None:
        """Is this domain on the white list of MSSanté? None while no list is known."""
        return self._white_list.holds(address)

    def _told(
        self, mail: OutgoingMail, named: Mapping[str, Correspondent], accepted: Accepted
    ) -> Receipt | Partial:
        """Who has it, who has not and who waits, by name, with what the server said of each."""
        asked = {
            at: (one.family_name or one.address, accepted.refused.get(at))
            for at, one in named.items()
            if at.lower() not in mail.already
        }
        taken = ", ".join(name for name, refusal in asked.values() if refusal is None)
        lines = [f"Pris en charge : {taken}"] if taken else []
        for name, refusal in asked.values():
            if refusal is not None:
                word = "En attente" if refusal.later else "Refusé"
                said = without_numbers(refusal.words)
                lines.append(f"{word} : {name} ({refusal.code} {said})")
        waiting = [one for _, one in asked.values() if one is not None and one.later]
        fates = tuple(
            (at.lower(), Fate.TAKEN if refusal is None else Fate.NOT_DELIVERED)
            for at, (_, refusal) in asked.items()
            if refusal is None or not refusal.later
        )
        # Where all have it there is nothing to tell them apart by.
        partly = bool(accepted.refused or mail.already)
        receipt = Receipt(
            mail.rfc_message_id.strip("<>"),
            self._clock.now(),
            tuple(lines),
            fates if partly else (),
        )
        if not waiting:
            return receipt
        verdict = errors.of_exchange(MailBusy(waiting[0].code, waiting[0].words))
        meaning = verdict.meaning
        return Partial(receipt, Postponed(meaning.sentence, meaning.advice, verdict.details))


def _everybody(mail: OutgoingMail) -> tuple[Correspondent, ...]:
    return (*mail.recipients, *mail.copies)


def _judged(error: TransportError) -> Verdict:
    """What became of a message, or of a question, that got no plain yes."""
    log.warning("mssante %s", error.reason)
    return errors.of_exchange(error)
