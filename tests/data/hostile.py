"""Few bytes that ask for endless work, one generator a treatment; nobody's real document.

Used by ``tests/unit/reading/test_every_treatment_has_a_limit.py`` and by the fault campaign:
``MAILS`` gives whole messages by name, ``CALENDARS`` files, ``PDFS`` and ``PICTURES`` attachments.
"""

from __future__ import annotations

HEAD = (
    b"Message-ID: <%s@hopital.example>\r\nFrom: Essai <essai@hopital.example>\r\n"
    b"To: medecin@cabinet.example\r\nSubject: Bonjour\r\n"
    b"Date: Mon, 30 Nov 2026 10:00:00 +0100\r\nMIME-Version: 1.0\r\n"
)

# --- markup: what a tree builder nests, or joins, in the square of the length ------------------
OPENED = (
    "<b>", "<div>", "<b a={}>", "<p><b a={}>", "<font a={}>", "<p><font a={}></p>", "<svg>",
    "<div><object></div></object>", "<table>", "<table><tr><td>", "<b a={}><p></b>", "<table><b>",
    "<li>", "<ul><li>", "<blockquote>", "<!--", '<a "', '<a ="', "<script>", "<", "&#9", "<select>",
)  # fmt: skip


def nested(opened: str, length: int = 450_000) -> str:
    """Elements opened again and again, then a word."""
    count = length // (len(opened) + 3)
    return "".join(opened.format(number) for number in range(count)) + " fin"


def spans(cells: int = 60, across: int = 100, down: int = 100) -> str:
    """Each cell pushes those of the next rows aside."""
    cell = f"<tr><td colspan={across} rowspan={down}>mot</td></tr>"
    return f"<table>{cell * cells}</table>"


def cells(count: int = 20_000) -> str:
    """A table that nobody reads."""
    return "<table>" + "<tr><td>un</td><td>deux</td></tr>" * (count // 2) + "</table>"


def tables(depth: int = 60) -> str:
    """Tables in tables: each level is laid out twice."""
    return "<table><tr><td>" * depth + "fond" + "</td></tr></table>" * depth


def mail(body: bytes, kind: bytes = b"text/html; charset=utf-8", name: bytes = b"m") -> bytes:
    """A whole message around a body."""
    return HEAD % name + b"Content-Type: " + kind + b"\r\n\r\n" + body


def refused_for_ever() -> bytes:
    """A parameter whose name is longer than a line: the library folds it again without end."""
    return mail(b"x", b"text/plain; " + b"a" * 90 + b"=" + b"b" * 90, b"refuse")


MAILS = {
    **{f"html-{n}": mail(nested(o).encode(), name=b"h%d" % n) for n, o in enumerate(OPENED)},
    "html-spans": mail(spans().encode()),
    "html-cells": mail(cells().encode()),
    "html-tables": mail(tables().encode()),
    "refuse": refused_for_ever(),
}
