"""IMAP4rev1 (RFC 3501) as far as a mail client of a practice needs it, with UIDPLUS and MOVE.

STARTTLS with a client certificate, then SASL EXTERNAL. One thread per connection; the files of
``boxes`` are the only state, so several clients see each other.
"""

from __future__ import annotations

import base64
import re
import socketserver
import ssl
import threading
from collections.abc import Callable
from email import message_from_bytes
from email.policy import compat32
from typing import Any

from lgc_sandbox.knobs import Knobs
from lgc_sandbox.mail.boxes import FOLDERS, Mailbox, PostOffice, Stored

PLACE = "imap"
BASE = "IMAP4rev1 SASL-IR UIDPLUS MOVE IDLE SPECIAL-USE LITERAL+ NAMESPACE"
TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|\([^()]*(?:\([^()]*\)[^()]*)*\)|[^\s"()]+')
MAX_LITERAL = 30 * 1024 * 1024
IDLE_BEAT = 0.3


class Bad(Exception):
    """The command is not understood."""


class No(Exception):
    """The command is understood and refused."""


class ImapServer:
    """Listens on loopback until ``stop``."""

    def __init__(
        self, office: PostOffice, owners: dict[str, str], tls: ssl.SSLContext, knobs: Knobs
    ) -> None:
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                Conversation(self, outer, office, owners, tls, knobs).run()

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

        self.stopping = threading.Event()
        self._server = Server(("127.0.0.1", 0), Handler)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


class Conversation:
    """One client, from greeting to logout."""

    def __init__(
        self,
        handler: socketserver.StreamRequestHandler,
        server: ImapServer,
        office: PostOffice,
        owners: dict[str, str],
        tls: ssl.SSLContext,
        knobs: Knobs,
    ) -> None:
        self._handler, self._server = handler, server
        self._office, self._owners, self._tls, self._knobs = office, owners, tls, knobs
        self._socket = handler.connection
        self._input = handler.rfile
        self._secure = False
        self._box: Mailbox | None = None
        self._folder: str | None = None
        self._seen: list[int] = []
        self._over = False

    def run(self) -> None:
        try:
            self._send(f"* OK [CAPABILITY {BASE} STARTTLS LOGINDISABLED] lgc-sandbox")
            while not self._over:
                line = self._line()
                if line is None:
                    return
                self._command(line)
        except (OSError, ssl.SSLError, ValueError):
            return

    # --- lines and literals -------------------------------------------------------------------

    def _line(self) -> list[bytes] | None:
        """Tokens of one command, literals included; None at the end of the stream."""
        tokens: list[bytes] = []
        while True:
            raw = self._input.readline(65536)
            if not raw:
                return None
            text = raw.rstrip(b"\r\n")
            literal = re.search(rb"\{(\d+)(\+?)\}$", text)
            tokens += TOKEN.findall(text[: literal.start()] if literal else text)
            if literal is None:
                return tokens
            size = int(literal.group(1))
            if size > MAX_LITERAL:
                raise ValueError("literal too large")
            if not literal.group(2):
                self._send("+ ")
            tokens.append(b"\x00" + self._input.read(size))

    def _send(self, text: str) -> None:
        self._raw(text.encode() + b"\r\n")

    def _raw(self, data: bytes) -> None:
        self._socket.sendall(data)

    def _command(self, tokens: list[bytes]) -> None:
        if len(tokens) < 2:
            self._send("* BAD empty")
            return
        tag, name = tokens[0].decode("ascii", "replace"), tokens[1].upper().decode("ascii")
        self._knobs.wait(PLACE)
        if self._knobs.take(PLACE, "drop_before"):
            self._over = True
            return
        by_uid = name == "UID" and len(tokens) > 2
        if by_uid:
            name = "UID " + tokens[2].upper().decode("ascii")
        command = COMMANDS.get(name)
        try:
            if command is None:
                raise Bad("unknown command")
            words = command(self, tag, tokens[3:] if by_uid else tokens[2:])
            if words is not None:
                self._send(f"{tag} OK {words}")
        except Bad as error:
            self._send(f"{tag} BAD {error}")
        except No as error:
            self._send(f"{tag} NO {error}")
        except KeyError:
            self._send(f"{tag} NO [NONEXISTENT] no such folder or message")

    # --- any state ----------------------------------------------------------------------------

    def capability(self, tag: str, rest: list[bytes]) -> str:
        more = "AUTH=EXTERNAL" if self._secure else "STARTTLS LOGINDISABLED"
        self._send(f"* CAPABILITY {BASE} {more}")
        return "done"

    def noop(self, tag: str, rest: list[bytes]) -> str:
        self._news()
        return "done"

    def logout(self, tag: str, rest: list[bytes]) -> str:
        self._over = True
        self._send("* BYE")
        return "au revoir"

    def starttls(self, tag: str, rest: list[bytes]) -> None:
        self._send(f"{tag} OK begin TLS")
        secure = self._tls.wrap_socket(self._socket, server_side=True)
        self._socket = self._handler.connection = secure
        self._input = secure.makefile("rb")
        self._secure = True

    def authenticate(self, tag: str, rest: list[bytes]) -> str:
        if not self._secure or not rest or rest[0].upper() != b"EXTERNAL":
            raise No("EXTERNAL over TLS only")
        if len(rest) == 1:
            self._send("+ ")
            self._input.readline(4096)
        assert isinstance(self._socket, ssl.SSLSocket)
        certificate: dict[str, Any] = dict(self._socket.getpeercert() or {})
        pairs = [pair for rdn in certificate.get("subject", ()) for pair in rdn]
        holder = next((value for key, value in pairs if key == "commonName"), "")
        address = self._owners.get(str(holder))
        if address is None:
            raise No("[AUTHENTICATIONFAILED] nobody's mailbox")
        self._box = self._office[address]
        return "authenticated"

    # --- authenticated ------------------------------------------------------------------------

    def namespace(self, tag: str, rest: list[bytes]) -> str:
        self._send('* NAMESPACE (("" "/")) NIL NIL')
        return "done"

    def list_folders(self, tag: str, rest: list[bytes]) -> str:
        pattern = _decode_name(rest[-1])
        for folder in self._mailbox().folders():
            if pattern in ("*", "%", folder) or (
                pattern.endswith("*") and folder.startswith(pattern[:-1])
            ):
                use = FOLDERS.get(folder, "")
                flags = f"\\HasNoChildren {use}".strip()
                self._send(f'* LIST ({flags}) "/" "{_encode_name(folder)}"')
        return "done"

    def create(self, tag: str, rest: list[bytes]) -> str:
        self._mailbox().create(_decode_name(rest[0]))
        return "done"

    def select(self, tag: str, rest: list[bytes]) -> str:
        folder = _decode_name(rest[0])
        validity, following = self._mailbox().status(folder)
        messages = self._mailbox().messages(folder)
        self._folder, self._seen = folder, [m.uid for m in messages]
        self._send("* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)")
        self._send("* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*)]")
        self._send(f"* {len(messages)} EXISTS")
        self._send("* 0 RECENT")
        self._send(f"* OK [UIDVALIDITY {validity}]")
        self._send(f"* OK [UIDNEXT {following}]")
        return "[READ-WRITE] selected"

    def status(self, tag: str, rest: list[bytes]) -> str:
        folder = _decode_name(rest[0])
        validity, following = self._mailbox().status(folder)
        messages = self._mailbox().messages(folder)
        unseen = sum("\\Seen" not in m.flags for m in messages)
        self._send(
            f'* STATUS "{_encode_name(folder)}" (MESSAGES {len(messages)} RECENT 0 '
            f"UIDNEXT {following} UIDVALIDITY {validity} UNSEEN {unseen})"
        )
        return "done"

    def append(self, tag: str, rest: list[bytes]) -> str:
        folder, content = _decode_name(rest[0]), rest[-1]
        if content[:1] != b"\x00":
            raise Bad("a literal is expected")
        flags = next((_flags(part) for part in rest[1:-1] if part[:1] == b"("), frozenset())
        uid = self._mailbox().add(folder, content[1:], flags)
        validity, _ = self._mailbox().status(folder)
        return f"[APPENDUID {validity} {uid}] done"

    def idle(self, tag: str, rest: list[bytes]) -> str:
        self._send("+ idling")
        done = threading.Event()

        def wait() -> None:
            self._input.readline(4096)
            done.set()

        threading.Thread(target=wait, daemon=True).start()
        while not done.wait(IDLE_BEAT) and not self._server.stopping.is_set():
            self._news()
        return "done"

    # --- selected -----------------------------------------------------------------------------

    def uid_fetch(self, tag: str, rest: list[bytes]) -> str:
        items = b" ".join(rest[1:]).upper()
        for message in self._chosen(rest[0]):
            self._fetch(message, items)
        return "done"

    def _fetch(self, message: Stored, items: bytes) -> None:
        number = self._seen.index(message.uid) + 1
        parts: list[bytes] = [f"UID {message.uid}".encode()]
        if b"FLAGS" in items:
            parts.append(b"FLAGS (" + " ".join(sorted(message.flags)).encode() + b")")
        if b"INTERNALDATE" in items:
            when = message.received.strftime("%d-%b-%Y %H:%M:%S +0000")
            parts.append(f'INTERNALDATE "{when}"'.encode())
        if b"RFC822.SIZE" in items:
            parts.append(f"RFC822.SIZE {len(message.content)}".encode())
        if b"HEADER" in items:
            header = message.content.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
            parts.append(_literal(b"BODY[HEADER]", header))
        elif b"BODY" in items or (b"RFC822" in items and b"RFC822.SIZE" not in items):
            name = b"BODY[]" if b"BODY" in items else b"RFC822"
            parts.append(_literal(name, message.content))
            if b"PEEK" not in items:
                self._set(message, message.flags | {"\\Seen"})
        data = f"* {number} FETCH (".encode() + b" ".join(parts) + b")\r\n"
        if self._knobs.take(PLACE, "cut_answer"):
            self._raw(data[: len(data) // 2])
            raise OSError("cut")
        self._raw(data)

    def uid_search(self, tag: str, rest: list[bytes]) -> str:
        wanted = self._criteria(rest)
        found = [m.uid for m in self._messages() if all(test(m) for test in wanted)]
        self._send("* SEARCH " + " ".join(map(str, found)))
        return "done"

    def _criteria(self, rest: list[bytes]) -> list[Callable[[Stored], bool]]:
        tests: list[Callable[[Stored], bool]] = []
        words = list(rest)
        while words:
            key = words.pop(0).upper()
            if key == b"CHARSET":
                words.pop(0)
            elif key in (b"ALL",):
                continue
            elif key in (b"UNSEEN", b"SEEN", b"DELETED", b"UNDELETED"):
                tests.append(_flag_test(key))
            elif key == b"HEADER":
                name, value = _text(words.pop(0)), _text(words.pop(0))
                tests.append(lambda m, n=name, v=value: v in _header(m, n))  # type: ignore[misc]
            elif key == b"UID":
                chosen = self._uids(words.pop(0))
                tests.append(lambda m, c=chosen: m.uid in c)  # type: ignore[misc]
            elif re.fullmatch(rb"[\d:,*]+", key):
                chosen = {self._seen[n - 1] for n in _numbers(key, len(self._seen))}
                tests.append(lambda m, c=chosen: m.uid in c)  # type: ignore[misc]
            else:
                raise Bad("unknown search key")
        return tests

    def uid_store(self, tag: str, rest: list[bytes]) -> str:
        action, flags = rest[1].upper(), _flags(b" ".join(rest[2:]))
        for message in self._chosen(rest[0]):
            now = (
                message.flags | flags
                if action.startswith(b"+")
                else message.flags - flags
                if action.startswith(b"-")
                else flags
            )
            self._set(message, now)
            if not action.endswith(b".SILENT"):
                number = self._seen.index(message.uid) + 1
                shown = " ".join(sorted(now))
                self._send(f"* {number} FETCH (UID {message.uid} FLAGS ({shown}))")
        return "done"

    def uid_copy(self, tag: str, rest: list[bytes]) -> str:
        return self._copied(rest)

    def uid_move(self, tag: str, rest: list[bytes]) -> str:
        words, moved = self._copied(rest), self._chosen(rest[0])
        for message in moved:
            self._mailbox().remove(self._in_view(), message.uid)
        self._send(f"* OK {words}")
        self._expunged([m.uid for m in moved])
        return "moved"

    def _copied(self, rest: list[bytes]) -> str:
        target = _decode_name(rest[1])
        validity, _ = self._mailbox().status(target)
        chosen = self._chosen(rest[0])
        copies = [self._mailbox().copy(self._in_view(), m.uid, target) for m in chosen]
        if not chosen:
            return "nothing"
        old = ",".join(str(m.uid) for m in chosen)
        return f"[COPYUID {validity} {old} {','.join(map(str, copies))}] done"

    def expunge(self, tag: str, rest: list[bytes]) -> str:
        gone = [m for m in self._messages() if "\\Deleted" in m.flags]
        if rest:
            kept = self._uids(rest[0])
            gone = [m for m in gone if m.uid in kept]
        for message in gone:
            self._mailbox().remove(self._in_view(), message.uid)
        self._expunged([m.uid for m in gone])
        return "done"

    def close(self, tag: str, rest: list[bytes]) -> str:
        self._folder = None
        return "done"

    # --- inside -------------------------------------------------------------------------------

    def _mailbox(self) -> Mailbox:
        if self._box is None:
            raise No("log in first")
        return self._box

    def _in_view(self) -> str:
        if self._folder is None:
            raise No("select a folder first")
        return self._folder

    def _messages(self) -> list[Stored]:
        self._news()
        known = set(self._seen)
        return [m for m in self._mailbox().messages(self._in_view()) if m.uid in known]

    def _uids(self, spec: bytes) -> set[int]:
        last = max(self._seen, default=0)
        return {uid for uid in self._seen if _in_set(uid, spec, last)}

    def _chosen(self, spec: bytes) -> list[Stored]:
        wanted = self._uids(spec)
        return [m for m in self._messages() if m.uid in wanted]

    def _set(self, message: Stored, flags: frozenset[str] | set[str]) -> None:
        self._mailbox().set_flags(self._in_view(), message.uid, flags)

    def _news(self) -> None:
        """Tell what changed in the folder since the client last heard."""
        if self._folder is None or self._box is None:
            return
        now = [m.uid for m in self._box.messages(self._folder)]
        self._expunged([uid for uid in self._seen if uid not in now])
        if len(now) > len(self._seen):
            self._seen = now
            self._send(f"* {len(now)} EXISTS")

    def _expunged(self, uids: list[int]) -> None:
        for uid in uids:
            if uid in self._seen:
                self._send(f"* {self._seen.index(uid) + 1} EXPUNGE")
                self._seen.remove(uid)


Command = Callable[[Conversation, str, list[bytes]], str | None]
COMMANDS: dict[str, Command] = {
    "CAPABILITY": Conversation.capability,
    "NOOP": Conversation.noop,
    "CHECK": Conversation.noop,
    "LOGOUT": Conversation.logout,
    "STARTTLS": Conversation.starttls,
    "AUTHENTICATE": Conversation.authenticate,
    "NAMESPACE": Conversation.namespace,
    "LIST": Conversation.list_folders,
    "XLIST": Conversation.list_folders,
    "CREATE": Conversation.create,
    "SELECT": Conversation.select,
    "EXAMINE": Conversation.select,
    "STATUS": Conversation.status,
    "APPEND": Conversation.append,
    "IDLE": Conversation.idle,
    "EXPUNGE": Conversation.expunge,
    "CLOSE": Conversation.close,
    "UNSELECT": Conversation.close,
    "UID FETCH": Conversation.uid_fetch,
    "UID SEARCH": Conversation.uid_search,
    "UID STORE": Conversation.uid_store,
    "UID COPY": Conversation.uid_copy,
    "UID MOVE": Conversation.uid_move,
    "UID EXPUNGE": Conversation.expunge,
}


def _literal(name: bytes, content: bytes) -> bytes:
    return name + b" {" + str(len(content)).encode() + b"}\r\n" + content


def _text(token: bytes) -> str:
    if token[:1] == b"\x00":
        return token[1:].decode("utf-8", "replace")
    if token[:1] == b'"':
        return re.sub(rb"\\(.)", rb"\1", token[1:-1]).decode("utf-8", "replace")
    return token.decode("utf-8", "replace")


def _flags(token: bytes) -> frozenset[str]:
    return frozenset(token.strip(b"()").decode("ascii", "replace").split())


def _flag_test(key: bytes) -> Callable[[Stored], bool]:
    flag = "\\Seen" if key.endswith(b"SEEN") else "\\Deleted"
    if key.startswith(b"UN"):
        return lambda message: flag not in message.flags
    return lambda message: flag in message.flags


def _header(message: Stored, name: str) -> str:
    parsed = message_from_bytes(message.content, policy=compat32)
    return " ".join(str(value) for value in parsed.get_all(name, []))


def _in_set(number: int, spec: bytes, last: int) -> bool:
    for part in spec.decode("ascii").split(","):
        low, _, high = part.partition(":")
        first = last if low == "*" else int(low)
        final = first if not high else last if high == "*" else int(high)
        if min(first, final) <= number <= max(first, final):
            return True
    return False


def _numbers(spec: bytes, last: int) -> list[int]:
    return [n for n in range(1, last + 1) if _in_set(n, spec, last)]


def _decode_name(token: bytes) -> str:
    """Modified UTF-7 (RFC 3501 §5.1.3)."""
    return re.sub(r"&([^-]*)-", _from_base64, _text(token))


def _from_base64(match: re.Match[str]) -> str:
    code = match.group(1)
    if not code:
        return "&"
    padded = code.replace(",", "/") + "=" * (-len(code) % 4)
    return base64.b64decode(padded).decode("utf-16-be")


def _encode_name(name: str) -> str:
    def encoded(match: re.Match[str]) -> str:
        code = base64.b64encode(match.group().encode("utf-16-be")).decode()
        return "&" + code.rstrip("=").replace("/", ",") + "-"

    return re.sub(r"[^\x20-\x7e]+", encoded, name.replace("&", "&-"))
