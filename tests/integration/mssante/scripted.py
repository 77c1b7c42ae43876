"""A submission server that answers what a test tells it to, over real sockets and real TLS."""

import base64
import contextlib
import socket
import ssl
import threading

DROP = "drop"
GARBAGE = "???"
ANSWERS = {
    "EHLO": "250-localhost\r\n250-SIZE 1000000\r\n250-AUTH EXTERNAL XOAUTH2\r\n250 STARTTLS",
    "STARTTLS": "220 ready",
    "AUTH": "334 ",
    "": "235 welcome",
    "MAIL": "250 ok",
    "RCPT": "250 ok",
    "DATA": "354 go on",
    ".": "250 taken",
    "QUIT": "221 bye",
}


class ScriptedSmtp:
    """``answers`` maps a verb, or a verb and a word of its argument, to what is answered."""

    def __init__(self, tls, greeting="220 hello", **answers):
        self._tls, self._greeting = tls, greeting
        self._answers = {**ANSWERS, **{key.replace("_", " "): v for key, v in answers.items()}}
        self.said, self.message = [], b""
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def stop(self):
        self._listening.close()
        self._thread.join(5)

    def verbs(self):
        return [line.split()[0].upper() for line in self.said if line]

    def _serve(self):
        with contextlib.suppress(OSError):
            connection, _ = self._listening.accept()
            connection.settimeout(10)
            with contextlib.closing(connection):
                self._talk(connection)

    def _talk(self, connection):
        connection.sendall(self._greeting.encode() + b"\r\n")
        lines = connection.makefile("rb")
        while line := lines.readline():
            said = line.decode().strip()
            self.said.append(said)
            answer = self._answer(said)
            if answer == DROP:
                return
            connection.sendall(answer.encode() + b"\r\n")
            if said.upper() == "STARTTLS" and answer.startswith("220"):
                connection = self._tls.wrap_socket(connection, server_side=True)
                lines = connection.makefile("rb")
            if answer.startswith("354") and not self._taken(connection, lines):
                return

    def _taken(self, connection, lines):
        """The message up to its dot, then what is answered to it."""
        if self._answers["."] == "drop inside":
            self.message = lines.readline()
            return False
        while (line := lines.readline()) not in (b".\r\n", b""):
            self.message += line
        if self._answers["."] == DROP:
            return False
        connection.sendall(self._answers["."].encode() + b"\r\n")
        return True

    def _answer(self, said):
        verb, _, rest = said.partition(" ")
        for key, answer in self._answers.items():
            name, _, word = key.partition(" ")
            if name == verb.upper() and word and word in rest:
                return answer
        known = self._answers.get(verb.upper())
        return known if known is not None else self._reply(said)

    def _reply(self, said):
        """A line that is no command: what the client answered to a challenge."""
        with contextlib.suppress(ValueError):
            said = base64.b64decode(said, validate=True).decode()
        self.said[-1] = f"SASL {said}"
        refused = self._answers.pop("refused token", None)
        return refused if refused is not None else self._answers[""]


def server_context(authority):
    chain, key = authority.server("localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    return context
