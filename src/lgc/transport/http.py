"""SOAP over HTTPS with the client key on the card: one session, bounded answers, honest errors.

requests over the given SSLContext (components.md §4): zeep would read a whole answer before any
limit applies, and sends no MTOM.
"""

from __future__ import annotations

import http.client
import io
import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree

from lgc.domain.card import CardGone
from lgc.errors import UserFacingError
from lgc.transport import mtom, soap, web
from lgc.transport.budget import Limits, causes
from lgc.transport.errors import NONSENSE, HttpError, MalformedAnswer, NothingSent
from lgc.transport.resumption import ResumingContext
from lgc.transport.revocation import fault_of

MAX_ANSWER = 64 * 1024 * 1024
# In TLS 1.3 a server refuses our certificate after our first bytes left; it read none of them.
_REFUSED = re.compile(r"ALERT.*(CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED|HANDSHAKE|DECRYPT_ERROR)")
CardError = Callable[[], Exception | None]
Observer = Callable[[bytes, bytes], None]


class _Body(io.BytesIO):
    """A request body that remembers whether it began to leave."""

    started = False

    def read(self, size: int | None = -1, /) -> bytes:
        self.started = True
        return super().read(size)


@dataclass(frozen=True, slots=True)
class _HttpAnswer:
    status: int
    content_type: str
    content: bytes


class SoapTransport:
    """Posts SOAP requests. Thread-safe as a requests session is; connections are kept alive.

    ``timeout`` in seconds is the longest silence; `budget` says what the whole may take.
    ``card_error`` tells the error of the card behind the last failed TLS operation, if any.
    """

    def __init__(
        self, context: ssl.SSLContext, timeout: float, card_error: CardError | None = None
    ) -> None:
        self._timeout = timeout
        self._card_error = card_error or (lambda: None)
        self._tls = ResumingContext(context)
        self._session = web.session(web.GuardedAdapter(self._tls), "https://")

    def close(self) -> None:
        self._session.close()

    def post(self, request: soap.Request, observe: Observer | None = None) -> soap.Answer:
        """Send and wait for the answer. ``observe`` sees the bytes of both; a multipart request
        comes with its MIME headers, a missing answer is empty.

        Raises NothingSent, NoAnswer, HttpError, MalformedAnswer, SoapFault or CardGone.
        """
        content_type, body = _written(request)
        answer: _HttpAnswer | None = None
        try:
            answer = self._exchange(request.to, content_type, body)
        finally:
            if observe is not None:
                observe(_visible(content_type, body), answer.content if answer else b"")
        return _understood(answer, request.message_id)

    def _exchange(self, url: str, content_type: str, content: bytes) -> _HttpAnswer:
        body = _Body(content)
        headers = {
            "Content-Type": content_type,
            "Accept": "application/soap+xml, multipart/related",
            "Accept-Encoding": "identity",
            "User-Agent": "lgc",
        }
        limits = Limits.of(self._timeout, web.HEADERS)
        try:
            with (
                web.exchange(limits) as going,
                self._session.post(
                    url, data=body, headers=headers, stream=True, allow_redirects=False
                ) as response,
            ):
                content = web.body_of(response, MAX_ANSWER, going)
                self._tls.remember()
                return _HttpAnswer(
                    response.status_code, response.headers.get("Content-Type", ""), content
                )
        except web.FAILURES as error:
            raise self._failure(error, body.started) from error

    def _failure(self, error: Exception, started: bool) -> Exception:
        """What a failed exchange means, read in the chain of its causes."""
        tls = [cause for cause in causes(error) if isinstance(cause, ssl.SSLError)]
        fault = next((found for cause in tls if (found := fault_of(cause))), "")
        if fault:
            return NothingSent(fault)
        if tls:
            card = self._card_error()
            if card is not None:
                return card if isinstance(card, UserFacingError) else CardGone()
        refused = any(_REFUSED.search(cause.reason or "") for cause in tls)
        return web.failure(error, started=started and not refused)


def _written(request: soap.Request) -> tuple[str, bytes]:
    """Content-Type and bytes: multipart when the request has parts, plain SOAP 1.2 otherwise."""
    envelope = request.envelope()
    if request.parts:
        return mtom.pack(envelope, request.parts, request.action)
    content_type = f'application/soap+xml; charset=UTF-8; action="{request.action}"'
    return content_type, etree.tostring(envelope, encoding="UTF-8", xml_declaration=True)


def _visible(content_type: str, body: bytes) -> bytes:
    if not content_type.startswith("multipart/"):
        return body
    return f"MIME-Version: 1.0\r\nContent-Type: {content_type}\r\n\r\n".encode() + body


def _understood(answer: _HttpAnswer, message_id: str) -> soap.Answer:
    """A fault may come with any status; only an answer that is no SOAP makes the status speak."""
    try:
        return _read(answer, message_id)
    except MalformedAnswer:
        if answer.status != http.client.OK:
            raise HttpError(answer.status) from None
        raise


def _read(answer: _HttpAnswer, message_id: str) -> soap.Answer:
    content, parts = answer.content, dict[str, bytes]()
    try:
        if answer.content_type.lower().lstrip().startswith("multipart/"):
            content, parts = mtom.unpack(answer.content_type, answer.content)
        return soap.read_answer(content, parts, message_id)
    except NONSENSE as error:
        raise MalformedAnswer(type(error).__name__) from error
