"""A submission server of bad faith: honest up to a command, then it acts."""

from __future__ import annotations

from collections.abc import Mapping

from lgc_sandbox.hostile.stage import Act, Stage, half_hello, silent, slow_hello

GREETING = b"220 localhost ready\r\n"
HONEST: Mapping[bytes, bytes] = {
    b"EHLO": b"250-localhost\r\n250-AUTH EXTERNAL\r\n250 STARTTLS\r\n",
    b"STARTTLS": b"220 go\r\n",
    b"AUTH": b"334 \r\n",
    b"MAIL": b"250 ok\r\n",
    b"RCPT": b"250 ok\r\n",
    b"DATA": b"354 go on\r\n",
    b"QUIT": b"221 bye\r\n",
}


def _at(command: bytes, act: Act) -> Act:
    """``command`` may be the end of the message (a dot); ``TLS`` is what follows STARTTLS."""

    def play(stage: Stage) -> None:
        stage.say(GREETING)
        secure = False
        while True:
            verb = stage.hear().split(b" ")[0].upper()
            # The greeting of the name is heard twice: once in clear, once over TLS.
            if verb == command:
                act(stage)
            stage.say(HONEST.get(verb, b"235 welcome\r\n"))
            if verb == b"STARTTLS" and not secure:
                if command == b"TLS":
                    act(stage)
                secure = True
                stage.secure()
            if verb == b"DATA":
                while stage.hear() != b".":
                    pass
                if command == b".":
                    act(stage)
                stage.say(b"250 taken\r\n")

    return play


def _trickling(words: bytes) -> Act:
    return lambda stage: stage.trickle(words)


def _flooding(words: bytes) -> Act:
    return lambda stage: stage.flood(words)


def _challenging(stage: Stage) -> None:
    while True:
        stage.say(b"334 more\r\n")
        stage.hear()


ACTS: Mapping[str, Act] = {
    "silent": silent,
    "banner_trickle": _trickling(b"220-slow\r\n"),
    "banner_endless": _flooding(b"220-again\r\n"),
    "banner_line_endless": _flooding(b"2"),
    "ehlo_trickle": _at(b"EHLO", _trickling(b"250-SLOW\r\n")),
    "ehlo_endless": _at(b"EHLO", _flooding(b"250-AGAIN\r\n")),
    "half_handshake": _at(b"TLS", half_hello),
    "slow_handshake": _at(b"TLS", slow_hello),
    "challenges_endless": _at(b"AUTH", _challenging),
    "sender_trickle": _at(b"MAIL", _trickling(b"250-slow\r\n")),
    "recipient_endless": _at(b"RCPT", _flooding(b"250-again\r\n")),
    "recipient_line_endless": _at(b"RCPT", _flooding(b"2")),
    "message_silent": _at(b".", silent),
    "message_trickle": _at(b".", _trickling(b"250-slow\r\n")),
    "message_endless": _at(b".", _flooding(b"250-again\r\n")),
    "message_line_endless": _at(b".", _flooding(b"2")),
    "farewell_silent": _at(b"QUIT", silent),
}
