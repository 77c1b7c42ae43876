"""An HTTPS server of bad faith; each act answers one request."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lgc_sandbox.hostile.stage import Act, Stage, half_hello, silent, slow_hello

OK = b"HTTP/1.1 200 OK\r\n"
HEAD = OK + b"Content-Type: application/soap+xml\r\n"
ENVELOPE = b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>'
CLOSED = b"</s:Body></s:Envelope>"
XML_BYTES = 62 * 1000 * 1000


def _asked(stage: Stage) -> None:
    """Shake hands and take the request whole."""
    stage.secure()
    length = 0
    while line := stage.hear():
        found = re.fullmatch(rb"content-length:\s*(\d+)", line, re.IGNORECASE)
        length = int(found[1]) if found else length
    stage.hear_bytes(length)


def _answering(head: bytes, *, trickled: bytes = b"", flooded: bytes = b"") -> Act:
    def act(stage: Stage) -> None:
        _asked(stage)
        stage.say(head)
        if trickled:
            stage.trickle(trickled)
        if flooded:
            stage.flood(flooded)
        stage.silence()

    return act


def _whole(body: bytes, told: int | None = None) -> Act:
    """A body under a length that may be wrong."""
    length = len(body) if told is None else told
    return _answering(HEAD + b"Content-Length: %d\r\n\r\n" % length + body)


def _large(unit: bytes, end: bytes = b"") -> Act:
    """An envelope of 62 MB, made when it is played."""

    def act(stage: Stage) -> None:
        _asked(stage)
        body = ENVELOPE + unit * (XML_BYTES // len(unit)) + end
        stage.say(HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        stage.silence()

    return act


def _attributes(stage: Stage) -> None:
    """One element of five million attributes, each with its name."""
    _asked(stage)
    opened, closed = ENVELOPE[: -len(b"><s:Body>")], b"/>"
    length = len(opened) + 12 * 5_000_000 + len(closed)
    stage.say(HEAD + b"Content-Length: %d\r\n\r\n" % length + opened)
    for number in range(0, 5_000_000, 5_000):
        stage.say(b"".join(b' a%07d=""' % one for one in range(number, number + 5_000)))
    stage.say(closed)
    stage.silence()


ACTS: Mapping[str, Act] = {
    "silent": silent,
    "half_handshake": half_hello,
    "slow_handshake": slow_hello,
    "no_answer": _answering(b""),
    "status_trickle": _answering(b"", trickled=b"HTTP/1.1 200 OK but slow"),
    "status_endless": _answering(b"HTTP/1.1 200 ", flooded=b"O"),
    "headers_trickle": _answering(OK, trickled=b"X-Slow: 1\r\n"),
    "header_endless": _answering(OK + b"X: ", flooded=b"x"),
    "headers_endless": _answering(OK, flooded=b"X-Again: 1\r\n"),
    "continue_endless": _answering(b"", flooded=b"HTTP/1.1 100 Continue\r\n\r\n"),
    "body_trickle": _answering(HEAD + b"Content-Length: 5000\r\n\r\n", trickled=b" "),
    "body_endless": _answering(HEAD + b"\r\n", flooded=b" " * 1024),
    "chunks_endless": _answering(
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n", flooded=b"400\r\n" + b" " * 1024 + b"\r\n"
    ),
    "chunks_trickle": _answering(
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n", trickled=b"1\r\n \r\n"
    ),
    "chunk_size_endless": _answering(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", flooded=b"0"),
    "trailers_endless": _answering(
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", flooded=b"X: 1\r\n"
    ),
    "length_too_long": _whole(b"<a/>", 5000),
    "length_too_short": _whole(ENVELOPE + CLOSED, 10),
    "length_huge": _answering(HEAD + b"Content-Length: 2147483648\r\n\r\n", flooded=b" " * 1024),
    "length_nonsense": _answering(HEAD + b"Content-Length: -7\r\n\r\n"),
    "xml_deep": _large(b"<a>"),
    "xml_many": _large(b"<a/>", CLOSED),
    "xml_attributes": _attributes,
    "xml_adorned": _large(b'<a b="" c="" d="" e="" f="" g="" h="" i="" j=""/>', CLOSED),
    "not_http": _answering(b"SSH-2.0-OpenSSH_9.2\r\n"),
}
