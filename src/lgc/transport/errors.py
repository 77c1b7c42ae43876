"""What may go wrong between two machines, told apart by one question: may it have arrived?"""

from __future__ import annotations

import http.client

from lxml import etree

# What libraries raise over an answer that is none of their language. Together with OSError and
# their own families this is all that a stranger's bytes can make them raise.
NONSENSE: tuple[type[Exception], ...] = (
    ValueError,
    LookupError,
    AttributeError,
    TypeError,
    AssertionError,
    ArithmeticError,
    RecursionError,
    MemoryError,
    http.client.HTTPException,
    etree.LxmlError,
)


class TransportError(Exception):
    """``reason`` is technical and holds no medical content."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NothingSent(TransportError):
    """The connection or the TLS handshake failed: the other side saw no request."""


class NoAnswer(TransportError):
    """The request began to leave and no complete answer came: it may have been taken.

    ``dropped`` when the connection fell without a byte of answer, as idle connections do.
    """

    def __init__(self, reason: str, *, dropped: bool = False) -> None:
        super().__init__(reason)
        self.dropped = dropped


class HttpError(TransportError):
    """An HTTP error without a SOAP message."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status


class MalformedAnswer(TransportError):
    """An answer that is truncated, oversize, hostile, or that answers another request."""


class SoapFault(TransportError):
    """A SOAP 1.2 fault: ``code`` without prefix (Sender, Receiver…), ``subcode`` and text."""

    def __init__(self, code: str, subcode: str, text: str) -> None:
        super().__init__(f"{code} {subcode}".strip())
        self.code = code
        self.subcode = subcode
        self.text = text
