"""A mailbox of bad faith: honest up to a command, then it acts."""

from __future__ import annotations

from collections.abc import Mapping

from lgc_sandbox.hostile.stage import Act, Stage, half_hello, silent, slow_hello

GREETING = b"* OK ready\r\n"
HUGE = 2_147_483_648
SELECTED = b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 2] ok\r\n"
HEADING = b'(UID 1 FLAGS () RFC822.SIZE 900 BODY[HEADER.FIELDS (MESSAGE-ID)] "")'
HONEST: Mapping[bytes, bytes] = {
    b"CAPABILITY": b"* CAPABILITY IMAP4rev1 STARTTLS AUTH=EXTERNAL IDLE\r\n",
    b"LIST": b'* LIST () "/" INBOX\r\n',
    b"SELECT": SELECTED,
    b"EXAMINE": SELECTED,
    b"SEARCH": b"* SEARCH 1\r\n",
    b"FETCH": b"* 1 FETCH " + HEADING + b"\r\n",
    b"LOGOUT": b"* BYE\r\n",
}


def _at(command: bytes, act: Act) -> Act:
    """``BODY`` is the FETCH of a body, ``TLS`` what follows STARTTLS."""

    def play(stage: Stage) -> None:
        stage.say(GREETING)
        while True:
            line = stage.hear().upper()
            tag, _, said = line.partition(b" ")
            verb = said.removeprefix(b"UID ").split(b" ")[0]
            body = verb == b"FETCH" and b"BODY.PEEK[]" in said
            if (b"BODY" if body else verb) == command:
                act(stage)
                stage.say(tag + b" OK done\r\n")
                continue
            if verb == b"AUTHENTICATE":
                stage.say(b"+ \r\n")
                stage.hear()
            stage.say(HONEST.get(verb, b"") + tag + b" OK done\r\n")
            if verb == b"STARTTLS":
                if command == b"TLS":
                    act(stage)
                stage.secure()

    return play


def _trickling(words: bytes, first: bytes = b"") -> Act:
    def act(stage: Stage) -> None:
        stage.say(first)
        stage.trickle(words)

    return act


def _flooding(words: bytes, first: bytes = b"") -> Act:
    def act(stage: Stage) -> None:
        stage.say(first)
        stage.flood(words)

    return act


def _nested(first: bytes) -> Act:
    """Parentheses in parentheses, in a line that is complete."""

    def act(stage: Stage) -> None:
        stage.say(first + b"(" * 100_000 + b")" * 100_000 + b"\r\n")

    return act


ACTS: Mapping[str, Act] = {
    "silent": silent,
    "greeting_trickle": _trickling(b"* OK slow"),
    "greeting_line_endless": _flooding(b"*"),
    "greeting_endless": _flooding(b"* NO again\r\n", GREETING),
    "untagged_trickle": _at(b"CAPABILITY", _trickling(b"* 1 EXISTS\r\n")),
    "untagged_endless": _at(b"CAPABILITY", _flooding(b"* 1 EXISTS\r\n")),
    "literal_huge": _at(b"CAPABILITY", _flooding(b"0", b"* CAPABILITY {%d}\r\n" % HUGE)),
    "literal_trickle": _at(b"CAPABILITY", _trickling(b"0", b"* CAPABILITY {100000}\r\n")),
    "literals_endless": _at(b"CAPABILITY", _flooding(b"* X {4}\r\n0000\r\n")),
    "half_handshake": _at(b"TLS", half_hello),
    "slow_handshake": _at(b"TLS", slow_hello),
    "challenges_endless": _at(b"AUTHENTICATE", _flooding(b"+ more\r\n")),
    "folders_endless": _at(b"LIST", _flooding(b'* LIST () "/" X\r\n')),
    "selected_endless": _at(b"SELECT", _flooding(b"* 1 EXISTS\r\n")),
    "headings_nested": _at(b"FETCH", _nested(b"* 1 FETCH ")),
    "headings_line_endless": _at(b"FETCH", _flooding(b"(", b"* 1 FETCH ")),
    "body_huge": _at(b"BODY", _flooding(b"0", b"* 1 FETCH (UID 1 BODY[] {%d}\r\n" % HUGE)),
    "body_trickle": _at(b"BODY", _trickling(b"0", b"* 1 FETCH (UID 1 BODY[] {900}\r\n")),
    "body_silent": _at(b"BODY", silent),
    "idle_endless": _at(b"IDLE", _flooding(b"* OK still here\r\n", b"+ idling\r\n")),
    "idle_trickle": _at(b"IDLE", _trickling(b"* OK still here", b"+ idling\r\n")),
}
