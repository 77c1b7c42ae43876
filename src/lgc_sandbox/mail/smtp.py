"""SMTP submission (RFC 5321, 3207): STARTTLS with a client certificate, then SASL EXTERNAL.

The sender must be the mailbox of the certificate's holder; a message is on disk for every
recipient, or for none, before « 250 » is said.
"""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from lgc_sandbox.hostile.playing import play
from lgc_sandbox.knobs import Knobs
from lgc_sandbox.mail.boxes import PostOffice
from lgc_sandbox.mail.holder import Holders

SIZE_LIMIT = 10 * 1024 * 1024
PLACE = "smtp"


class Submission(SMTP):
    """The protocol; EXTERNAL is the only way to log in, and only over TLS."""

    def __init__(self, *arguments: Any, holders: Holders, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._holders = holders

    async def auth_EXTERNAL(self, server: SMTP, arguments: list[str]) -> AuthResult:  # noqa: N802
        """Who the certificate says, if that person owns a mailbox here."""
        transport: Any = self.transport
        encrypted = transport.get_extra_info("ssl_object")
        address = self._holders.mailbox(encrypted.getpeercert(binary_form=True))
        if address is None:
            return AuthResult(success=False, handled=False)
        if len(arguments) == 1:
            await self.push("334 ")
            await self._reader.readline()
        return AuthResult(success=True, auth_data=address)

    async def auth_XOAUTH2(self, server: SMTP, arguments: list[str]) -> AuthResult:  # noqa: N802
        """Who the token says, for that person's own mailbox."""
        said = arguments[1].encode() if len(arguments) > 1 else b""
        if not said:
            await self.push("334 ")
            said = (await self._reader.readline()).strip()
        address = self._holders.by_token(said)
        if address is None:
            return AuthResult(success=False, handled=False)
        return AuthResult(success=True, auth_data=address)


class Handler:
    """Who may send what to whom."""

    def __init__(self, office: PostOffice, knobs: Knobs) -> None:
        self._office, self._knobs = office, knobs
        self._filing: set[asyncio.Task[None]] = set()

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        await _wait(self._knobs)
        if self._knobs.take(PLACE, "drop_before"):
            raise ConnectionResetError
        if str(session.auth_data).lower() != address.lower():
            return "553 5.7.1 Cette adresse n'est pas la votre"
        if self._knobs.take(PLACE, "refuse"):
            return self._knobs.code(PLACE, "451 4.3.0 Service momentanement indisponible")
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address not in self._office:
            return "550 5.1.1 Destinataire inconnu"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode()
        trace = f"Return-Path: <{envelope.mail_from}>\r\n".encode()
        # What was received is filed, even when the client goes away meanwhile.
        task = asyncio.ensure_future(self._file(list(envelope.rcpt_tos), trace + raw))
        self._filing.add(task)
        task.add_done_callback(self._filing.discard)
        await asyncio.shield(task)
        if self._knobs.take(PLACE, "drop_after_commit"):
            raise ConnectionResetError
        return "250 2.0.0 Accepte"

    async def _file(self, recipients: list[str], content: bytes) -> None:
        filing = self._knobs.filing(PLACE)
        await asyncio.sleep(filing.before)
        self._office.accept(recipients, content, filing)

    async def handle_exception(self, error: Exception) -> str:
        if isinstance(error, ConnectionResetError):
            raise error
        return "451 4.3.0 Erreur du serveur"


class SmtpServer:
    """Runs in its own event loop and thread until ``stop``."""

    def __init__(
        self,
        office: PostOffice,
        holders: Holders,
        tls: ssl.SSLContext,
        knobs: Knobs,
    ) -> None:
        self._office, self._holders, self._tls, self._knobs = office, holders, tls, knobs
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        self.port: int = self._server.sockets[0].getsockname()[1]

    async def _listen(self) -> asyncio.Server:
        return await self._loop.create_server(self._protocol, "127.0.0.1", 0)

    def _protocol(self) -> asyncio.Protocol:
        act = self._knobs.act(PLACE)
        if act:
            return _Hostile(partial(play, self._knobs, PLACE, act, tls=self._tls))
        return _Resettable(
            Handler(self._office, self._knobs),
            holders=self._holders,
            data_size_limit=SIZE_LIMIT,
            enable_SMTPUTF8=True,
            hostname="localhost",
            ident="lgc-sandbox",
            tls_context=self._tls,
            require_starttls=True,
            auth_required=True,
            auth_require_tls=True,
            auth_exclude_mechanism=[
                "LOGIN",
                "PLAIN",
                *(() if self._holders.takes_tokens else ("XOAUTH2",)),
            ],
            loop=self._loop,
        )

    def stop(self) -> None:
        def end() -> None:
            self._server.close()
            self._loop.stop()

        self._loop.call_soon_threadsafe(end)
        self._thread.join(5)


class _Hostile(asyncio.Protocol):
    """Hands the connection over to an act, in a thread of its own."""

    def __init__(self, play: Callable[..., None]) -> None:
        self._play = play

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        reading: Any = transport
        reading.pause_reading()
        own = socket.socket(fileno=os.dup(transport.get_extra_info("socket").fileno()))
        threading.Thread(target=self._play, args=(own,), daemon=True).start()


class _Resettable(Submission):
    """A knob may cut the connection in the middle of a command, without a word."""

    async def _handle_client(self) -> None:
        try:
            await super()._handle_client()
        except ConnectionResetError:
            transport: Any = self.transport
            if transport is not None:
                transport.abort()


async def _wait(knobs: Knobs) -> None:
    await asyncio.get_running_loop().run_in_executor(None, knobs.wait, PLACE)
