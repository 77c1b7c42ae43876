"""Words that strangers write: markup, headers, paths, orders and questions to a database."""

from __future__ import annotations

import random

# No address stands whole in what configures the project (test_repository).
HTTP, HTTPS, FILE = (f"{scheme}:{'/' * 2}" for scheme in ("http", "https", "file"))
HEADERS = (
    "=?utf-8?q?=0D=0AReply-To:_pirate=40evil.example=0D=0A=0D=0ANe_donnez_plus?=",
    "=?utf-8?b?DQpCY2M6IHhAeS5leGFtcGxl?= suite",
    "a\r\nBcc: pirate@evil.example",
    "a\nReply-To: pirate@evil.example\n\nNe donnez plus",
    "=?utf-8?q?a?= =?utf-8?q?=0ABcc:x?=",
    'MARTIN, Jean "dit" \\ <pirate@evil.example>',
    "(commentaire) ; name=x; filename*=utf-8''%0D%0ABcc:x",
    "\u202egnp.exe",
    "a" * 1200,
    "é" * 300,
    "🩺 <>",
    "\x00\x1b[2J",
)
MARKUP = (
    "<script>alert(1)</script>",
    f'<img src="{FILE}/dev/zero">',
    '"><img src=x onerror=alert(1)>',
    "<b>urgent</b> & co",
    "]]><x/><![CDATA[",
    "<!-- --><a href='javascript:alert(1)'>ici</a>",
    "&lt;img&gt; &amp;amp; &#60;b&#62;",
    "K < 3,5 et Na > 130",
    '\'/><text xsi:type="x"/>',
    "{{ 7 * 7 }} {% include 'x' %} ${7*7} %s %(x)s {0}",
    "<?xml version='1.0'?><!DOCTYPE a>",
)
HIDDEN = ("\u202e", "\u200b", "\u2066", "\u00ad", "\u200f", "\ufeff", "\u2060")
PATHS = (
    "../../.config/autostart/x.desktop", "/etc/passwd", "C:\\Windows\\x.exe", "CON", "lpt1.txt",
    "facture\u202efdp.exe", "a" * 400, " . . ", "a\x00b\nc", "~/.ssh/id", "$(reboot)", "x;y|z&w",
    "-rf", "nul .pdf", "\\\\serveur\\partage\\x", "aux", f"{FILE}/etc/passwd", "é" * 300,
    "🩺" * 200,
)  # fmt: skip
QUESTIONS = (
    "'", '"', "''", '""', "' OR '1'='1", "x' OR 1=1 --", '"; DROP TABLE patient; --', "%", "_%",
    "*", "a*", "NEAR(a b)", "a NEAR/2 b", "a AND b", "NOT a", "a OR b", "names : a", "^a", "(a",
    "{names given}: a", "a)", "a - b", "+a", "a:b", "-- x", "/* x */", ";", "\\", "\x00", "\ud800",
    "1; ATTACH DATABASE 'x' AS y", "x' UNION SELECT value FROM note --", "(" * 200, '"a" "b',
    "a" * 5000, "🩺" * 40,
)  # fmt: skip


def mixed(chance: random.Random, words: tuple[str, ...], pieces: int = 3) -> str:
    """Some of ``words`` one after another, with letters between them."""
    chosen = chance.choices(words, k=chance.randrange(1, pieces + 1))
    return chance.choice(("", " ", "é", "x ")).join(chosen)
