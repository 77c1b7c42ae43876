"""HTTP exchanges under one deadline and one budget of bytes (`budget`), through requests.

The one door for HTTP. No redirection and no cookie; nothing is taken from the environment: no
proxy, no password of a .netrc, no authorities, no key log. A proxy is a setting, and what runs on
this machine is never asked through it.
"""

from __future__ import annotations

import http.client
import ipaddress
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from lgc.transport.budget import Exchange, Limits, causes, too_much
from lgc.transport.errors import (
    NONSENSE,
    MalformedAnswer,
    NoAnswer,
    NothingSent,
    TransportError,
)
from lgc.transport.guarded import CHUNK, GuardedContext, connect

Kinds = tuple[type[Exception], ...]
HEADERS = 1024 * 1024  # what comes beside a body: headers, TLS, sizes of chunks
UNREACHED: Kinds = (requests.RequestException, urllib3.exceptions.HTTPError, OSError)
FAILURES: Kinds = (*UNREACHED, *NONSENSE)
_DROPPED = (
    http.client.RemoteDisconnected,
    ConnectionResetError,
    BrokenPipeError,
    ssl.SSLEOFError,
)
_going: ContextVar[Exchange] = ContextVar("exchange")


class _Guarded:
    """Mixed into the connections of urllib3."""

    _dns_host: str
    port: int
    sock: Any

    def _new_conn(self) -> Any:
        return connect(self._dns_host, self.port, _going.get)

    @property
    def is_connected(self) -> bool:
        """What came unasked, and the end, make a kept connection useless."""
        try:
            return self.sock is not None and not self.sock.ready(0)
        except OSError:
            return False


class _Http(_Guarded, HTTPConnection):
    pass


class _Https(_Guarded, HTTPSConnection):
    pass


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _Http


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _Https


_POOLS = {"http": _HttpPool, "https": _HttpsPool}


class GuardedAdapter(HTTPAdapter):
    """Uses the context as it is: its authorities, its host name check, its key on the card."""

    def __init__(self, context: GuardedContext) -> None:
        self._context = context
        super().__init__(pool_connections=2, pool_maxsize=8, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        kwargs["ssl_context"] = self._context
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **kwargs, ssl_context=self._context)
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> Any:
        """Whatever the caller knows of proxies, the setting alone counts."""
        proxy = _proxy_for(request.url or "")
        kwargs["proxies"] = {urlsplit(request.url or "").scheme: proxy} if proxy else {}
        return super().send(request, *args, **kwargs)

    def cert_verify(self, *args: object, **kwargs: object) -> None:
        """Nothing to add: certificates are the context's business."""


_chosen = ""  # of this process, as the setting says: every door leads through the same


def go_through(proxy: str) -> None:
    """From now on exchanges go through ``proxy`` (``http://host:port``), or straight: "".

    https is tunnelled (RFC 9110 §9.3.6): the proxy sees names, never what is said.
    """
    global _chosen
    _chosen = proxy


def _proxy_for(address: str) -> str:
    return "" if _is_here(urlsplit(address).hostname or "") else _chosen


def _is_here(host: str) -> bool:
    """Is it this machine?"""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.rstrip(".").lower() == "localhost"


@contextmanager
def exchange(limits: Limits) -> Iterator[Exchange]:
    """What is asked of a guarded session in this thread, until the answer is read."""
    made = Exchange(limits)
    token = _going.set(made)
    try:
        yield made
    finally:
        _going.reset(token)


def session(adapter: GuardedAdapter, *schemes: str) -> requests.Session:
    made = requests.Session()
    made.trust_env = False
    made.adapters.clear()
    for scheme in schemes:
        made.mount(scheme, adapter)
    return made


def body_of(response: requests.Response, most: int, going: Exchange) -> bytes:
    """The body as it came. Raises MalformedAnswer when it is larger, or compressed unasked."""
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise MalformedAnswer("compressed although we asked not to")
    going.allow(most)
    content = bytearray()
    # read1 gives what has come: read would wait for a full chunk, however slowly it comes.
    while chunk := response.raw.read1(CHUNK):
        content += chunk
        if len(content) > most:
            raise MalformedAnswer("oversize answer")
    return bytes(content)


def failure(error: Exception, *, started: bool) -> TransportError:
    """What a failed exchange means; ``started`` when the request may have begun to leave."""
    chain = list(causes(error))
    told = next((one.reason for one in chain if isinstance(one, ssl.SSLError) and one.reason), "")
    reason = f"{type(chain[-1]).__name__} {told}".strip()
    if not started:
        return NothingSent(reason)
    if too_much(error):
        return MalformedAnswer("oversize answer")
    if not isinstance(error, UNREACHED):
        return MalformedAnswer(reason)
    return NoAnswer(reason, dropped=any(isinstance(one, _DROPPED) for one in chain))


@dataclass(frozen=True, slots=True)
class Page:
    """An answer, read whole."""

    status: int
    content: bytes


def ask(
    address: str,
    limits: Limits,
    *,
    form: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    trust: str | bool = True,
) -> Page:
    """One small exchange on a connection of its own; a ``form`` is posted.

    ``trust`` is a file of authorities, or True for the usual ones; the body may take the bytes of
    ``limits``. Raises NoAnswer, whatever failed, or MalformedAnswer.
    """
    wanted = {"Accept-Encoding": "identity", "User-Agent": "lgc", **(headers or {})}
    room = replace(limits, most=HEADERS)
    try:
        adapter = GuardedAdapter(GuardedContext(_context(trust)))
        with (
            exchange(room) as going,
            session(adapter, "https://", "http://") as asking,
            asking.request(
                "GET" if form is None else "POST",
                address,
                data=form,
                headers=wanted,
                stream=True,
                allow_redirects=False,
            ) as response,
        ):
            return Page(response.status_code, body_of(response, limits.most, going))
    except FAILURES as error:
        raise failure(error, started=True) from error


def _context(trust: str | bool) -> ssl.SSLContext:
    # Not create_default_context, which writes the keys where SSLKEYLOGFILE says.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.hostname_checks_common_name = False
    context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH if isinstance(trust, bool) else trust)
    return context
