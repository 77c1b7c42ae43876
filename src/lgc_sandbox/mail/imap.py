"""IMAP4rev1 (RFC 3501) as far as a mail client of a practice needs it, with UIDPLUS and MOVE.

STARTTLS with a client certificate, then SASL EXTERNAL. One thread per connection; the files of
``boxes`` are the only state, so several clients see each other.
"""

from __future__ import annotations

import socketserver
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass

from lgc_sandbox.hostile.playing import play_armed
from lgc_sandbox.knobs import Knobs
from lgc_sandbox.mail import imap_fetch, imap_search
from lgc_sandbox.mail.boxes import FOLDERS, Mailbox, PostOffice, Stored, UnusableName
from lgc_sandbox.mail.holder import Holders
from lgc_sandbox.mail.imap_wire import Wire
from lgc_sandbox.mail.imap_words import (
    LITERAL_MARK,
    Bad,
    decode_name,
    encode_name,
    flags,
    in_set,
    moment,
)

PLACE = "imap"
BASE = "IMAP4rev1 SASL-IR UIDPLUS MOVE IDLE SPECIAL-USE LITERAL+ NAMESPACE"
SYSTEM_FLAGS = "\\Answered \\Flagged \\Deleted \\Seen \\Draft"
MAX_LITERAL, MAX_STRANGER = 30 * 1024 * 1024, 4_096
IDLE_BEAT = 0.3
UNAVAILABLE = "[UNAVAILABLE] service momentanement indisponible"


class No(Exception):
    """The command is understood and refused."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One command after its name. ``by_uid``: its numbers are UIDs."""

    tag: str
    words: list[bytes]
    by_uid: bool = False

    def word(self, place: int) -> bytes:
        """Raises Bad when it is missing."""
        try:
            return self.words[place]
        except IndexError as why:
            raise Bad("a word is missing") from why


class ImapServer:
    """Listens on loopback until ``stop``."""

    def __init__(
        self, office: PostOffice, holders: Holders, tls: ssl.SSLContext, knobs: Knobs
    ) -> None:
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                stopping = outer.stopping.is_set
                if play_armed(knobs, PLACE, self.connection, tls, stopping):
                    return
                Conversation(Wire(self), outer, office, holders, tls, knobs).run()

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
        """Stop listening; idle clients are let go."""
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


class Conversation:
    """One client, from greeting to logout."""

    def __init__(
        self,
        wire: Wire,
        server: ImapServer,
        office: PostOffice,
        holders: Holders,
        tls: ssl.SSLContext,
        knobs: Knobs,
    ) -> None:
        self._wire, self._server = wire, server
        self._office, self._holders, self._tls, self._knobs = office, holders, tls, knobs
        self._box: Mailbox | None = None
        self._folder: str | None = None
        self._read_only = False
        self._seen: list[int] = []
        self._over = False

    def run(self) -> None:
        """Answer until the client leaves, or the connection breaks."""
        try:
            self._send(f"* OK [CAPABILITY {BASE} STARTTLS LOGINDISABLED] lgc-sandbox")
            while not self._over:
                words = self._wire.command(MAX_LITERAL if self._box else MAX_STRANGER)
                if words is None:
                    return
                self._command(words)
        except (OSError, ValueError):
            return

    def _send(self, line: str) -> None:
        self._wire.send(line)

    def _command(self, words: list[bytes]) -> None:
        if len(words) < 2:
            self._send("* BAD empty")
            return
        tag, name = words[0].decode("ascii", "replace"), words[1].upper().decode("ascii", "replace")
        by_uid = name == "UID" and len(words) > 2
        if by_uid:
            name = words[2].upper().decode("ascii", "replace")
        self._knobs.wait(PLACE)
        if self._knobs.take(PLACE, "drop_before"):
            self._over = True
            return
        said = self._answer(name, Ask(tag, words[3:] if by_uid else words[2:], by_uid))
        if self._knobs.take(PLACE, "drop_after_commit"):
            self._over = True
        elif said:
            self._send(f"{tag} {said}")

    def _answer(self, name: str, ask: Ask) -> str:
        table = UID_COMMANDS if ask.by_uid else COMMANDS
        command = table.get(name)
        try:
            if command is None:
                raise Bad("unknown command")
            if self._knobs.take(PLACE, "refuse"):
                raise No(
                    self._knobs.code(PLACE, "[UNAVAILABLE] service momentanement indisponible")
                )
            words = command(self, ask)
            return f"OK {words}" if words else ""
        except Bad as error:
            return f"BAD {error}"
        except No as error:
            return f"NO {error}"
        except UnusableName:
            return "NO [CANNOT] no folder may be called so"
        except (KeyError, FileNotFoundError):
            return "NO [NONEXISTENT] no such folder or message"

    # --- any state ----------------------------------------------------------------------------

    def capability(self, ask: Ask) -> str:
        ways = "AUTH=EXTERNAL AUTH=XOAUTH2" if self._holders.takes_tokens else "AUTH=EXTERNAL"
        more = ways if self._wire.secure else "STARTTLS LOGINDISABLED"
        self._send(f"* CAPABILITY {BASE} {more}")
        return "done"

    def noop(self, ask: Ask) -> str:
        self._news()
        return "done"

    def logout(self, ask: Ask) -> str:
        self._over = True
        self._send("* BYE")
        return "au revoir"

    def starttls(self, ask: Ask) -> str:
        if self._wire.secure:
            raise Bad("already encrypted")
        self._send(f"{ask.tag} OK begin TLS")
        self._wire.encrypt(self._tls)
        return ""

    def authenticate(self, ask: Ask) -> str:
        mechanism = ask.word(0).upper()
        if not self._wire.secure or mechanism not in (b"EXTERNAL", b"XOAUTH2"):
            raise No("EXTERNAL or XOAUTH2, over TLS only")
        said = ask.words[1] if len(ask.words) > 1 else b""
        if len(ask.words) == 1:
            self._send("+ ")
            said = self._wire.line(MAX_STRANGER)
            if said == b"*":
                raise Bad("given up")
        if mechanism == b"XOAUTH2":
            address = self._holders.by_token(said)
        else:
            address = self._holders.mailbox(self._wire.certificate)
        if address is None:
            raise No("[AUTHENTICATIONFAILED] nobody's mailbox")
        self._box = self._office[address]
        return "authenticated"

    # --- authenticated ------------------------------------------------------------------------

    def namespace(self, ask: Ask) -> str:
        self._send('* NAMESPACE (("" "/")) NIL NIL')
        return "done"

    def list_folders(self, ask: Ask) -> str:
        pattern = decode_name(ask.word(-1))
        for folder in self._mailbox().folders():
            if pattern in ("*", "%", folder) or (
                pattern.endswith("*") and folder.startswith(pattern[:-1])
            ):
                use = FOLDERS.get(folder, "")
                told = f"\\HasNoChildren {use}".strip()
                self._send(f'* LIST ({told}) "/" "{encode_name(folder)}"')
        return "done"

    def create(self, ask: Ask) -> str:
        name = decode_name(ask.word(0))
        if name in self._mailbox().folders():
            raise No("[ALREADYEXISTS] there is one")
        self._mailbox().create(name)
        return "done"

    def rename(self, ask: Ask) -> str:
        self._mailbox().rename(decode_name(ask.word(0)), decode_name(ask.word(1)))
        return "done"

    def delete(self, ask: Ask) -> str:
        self._mailbox().delete(decode_name(ask.word(0)))
        return "done"

    def subscribe(self, ask: Ask) -> str:
        """Every folder is."""
        self._mailbox().status(decode_name(ask.word(0)))
        return "done"

    def select(self, ask: Ask) -> str:
        return self._enter(ask, read_only=False)

    def examine(self, ask: Ask) -> str:
        return self._enter(ask, read_only=True)

    def _enter(self, ask: Ask, *, read_only: bool) -> str:
        self._folder = None
        folder = decode_name(ask.word(0))
        validity, following = self._mailbox().status(folder)
        messages = self._mailbox().messages(folder)
        self._folder, self._read_only = folder, read_only
        self._seen = [m.uid for m in messages]
        kept = "" if read_only else f"{SYSTEM_FLAGS} \\*"
        self._send(f"* FLAGS ({SYSTEM_FLAGS})")
        self._send(f"* OK [PERMANENTFLAGS ({kept})]")
        self._send(f"* {len(messages)} EXISTS")
        self._send("* 0 RECENT")
        self._send(f"* OK [UIDVALIDITY {validity}]")
        self._send(f"* OK [UIDNEXT {following}]")
        return "[READ-ONLY] selected" if read_only else "[READ-WRITE] selected"

    def status(self, ask: Ask) -> str:
        folder = decode_name(ask.word(0))
        validity, following = self._mailbox().status(folder)
        messages = self._mailbox().messages(folder)
        unseen = sum("\\Seen" not in m.flags for m in messages)
        facts = {
            "MESSAGES": len(messages),
            "RECENT": 0,
            "UIDNEXT": following,
            "UIDVALIDITY": validity,
            "UNSEEN": unseen,
        }
        asked = [one.upper() for one in flags(ask.word(1))]
        if not set(asked) <= set(facts):
            raise Bad("unknown status item")
        told = " ".join(f"{name} {facts[name]}" for name in facts if name in asked)
        self._send(f'* STATUS "{encode_name(folder)}" ({told})')
        return "done"

    def append(self, ask: Ask) -> str:
        folder, content = decode_name(ask.word(0)), ask.word(-1)
        if content[:1] != LITERAL_MARK:
            raise Bad("a literal is expected")
        options = ask.words[1:-1]
        given = next((flags(part) for part in options if part[:1] == b"("), frozenset())
        dated = next((moment(part) for part in options if part[:1] == b'"'), None)
        uid = self._mailbox().add(folder, content[1:], given, dated)
        validity, _ = self._mailbox().status(folder)
        return f"[APPENDUID {validity} {uid}] done"

    def idle(self, ask: Ask) -> str:
        self._mailbox()
        self._send("+ idling")
        while not self._server.stopping.is_set():
            if self._wire.waits(IDLE_BEAT):
                if self._wire.line(MAX_STRANGER).upper() != b"DONE":
                    raise Bad("DONE is expected")
                return "done"
            self._news()
        raise OSError("the server stops")

    # --- selected -----------------------------------------------------------------------------

    def fetch(self, ask: Ask) -> str:
        items = b" ".join(ask.words[1:])
        for message in self._chosen(ask.word(0), ask.by_uid):
            told, reads = imap_fetch.answer(message, items, by_uid=ask.by_uid)
            if reads and not self._read_only:
                self._mailbox().set_flags(self._in_view(), message.uid, message.flags | {"\\Seen"})
            self._tell(message, told)
        return "done"

    def _tell(self, message: Stored, told: bytes) -> None:
        number = self._seen.index(message.uid) + 1
        data = f"* {number} FETCH (".encode() + told + b")\r\n"
        if self._knobs.take(PLACE, "cut_answer"):
            self._wire.raw(data[: len(data) // 2])
            raise OSError("cut")
        self._wire.raw(data)

    def search(self, ask: Ask) -> str:
        messages = self._messages(ask.by_uid)
        wanted = imap_search.criteria(ask.words, self._in_set)
        found = [m.uid for m in messages if all(test(m) for test in wanted)]
        told = found if ask.by_uid else [self._seen.index(uid) + 1 for uid in found]
        self._send(" ".join(["* SEARCH", *map(str, told)]))
        return "done"

    def store(self, ask: Ask) -> str:
        self._writable()
        action, given = ask.word(1).upper(), flags(b" ".join(ask.words[2:]))
        if action.removesuffix(b".SILENT") not in (b"FLAGS", b"+FLAGS", b"-FLAGS"):
            raise Bad("unknown action")
        for message in self._chosen(ask.word(0), ask.by_uid):
            now = _changed(message.flags, action[:1], given)
            self._mailbox().set_flags(self._in_view(), message.uid, now)
            if not action.endswith(b".SILENT"):
                shown = f"FLAGS ({' '.join(sorted(now))})"
                uid = f"UID {message.uid} " if ask.by_uid else ""
                self._tell(message, f"{uid}{shown}".encode())
        return "done"

    def copy(self, ask: Ask) -> str:
        return self._copied(ask, self._chosen(ask.word(0), ask.by_uid))

    def move(self, ask: Ask) -> str:
        self._writable()
        chosen = self._chosen(ask.word(0), ask.by_uid)
        words = self._copied(ask, chosen)
        self._send(f"* OK {words}")
        self._remove(chosen)
        return "moved"

    def _copied(self, ask: Ask, chosen: list[Stored]) -> str:
        target = decode_name(ask.word(1))
        try:
            validity, _ = self._mailbox().status(target)
        except KeyError as why:
            raise No("[TRYCREATE] no such folder") from why
        if not chosen:
            return "nothing"
        copies = [self._mailbox().copy(self._in_view(), m.uid, target) for m in chosen]
        old, new = (",".join(map(str, uids)) for uids in ([m.uid for m in chosen], copies))
        return f"[COPYUID {validity} {old} {new}] done"

    def expunge(self, ask: Ask) -> str:
        self._writable()
        gone = [m for m in self._messages() if "\\Deleted" in m.flags]
        if ask.by_uid:
            wanted = self._in_set(ask.word(0), True)
            gone = [m for m in gone if wanted(m)]
        self._remove(gone)
        return "done"

    def close(self, ask: Ask) -> str:
        folder = self._in_view()
        if not self._read_only:
            for message in self._mailbox().messages(folder):
                if "\\Deleted" in message.flags:
                    self._mailbox().remove(folder, message.uid)
        return self.unselect(ask)

    def unselect(self, ask: Ask) -> str:
        self._in_view()
        self._folder, self._seen = None, []
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

    def _writable(self) -> None:
        self._in_view()
        if self._read_only:
            raise No("[READ-ONLY] this folder is only looked at")

    def _messages(self, expunges: bool = True) -> list[Stored]:
        """What the client knows. Numbers may not move under a command that uses them."""
        folder = self._in_view()
        self._news(expunges)
        known = set(self._seen)
        return [m for m in self._mailbox().messages(folder) if m.uid in known]

    def _in_set(self, spec: bytes, by_uid: bool) -> Callable[[Stored], bool]:
        if by_uid:
            last = max(self._seen, default=0)
            uids = {uid for uid in self._seen if in_set(uid, spec, last)}
        else:
            last = len(self._seen)
            uids = {uid for n, uid in enumerate(self._seen, 1) if in_set(n, spec, last)}
        return lambda message: message.uid in uids

    def _chosen(self, spec: bytes, by_uid: bool) -> list[Stored]:
        messages = self._messages(expunges=by_uid)
        wanted = self._in_set(spec, by_uid)
        return [m for m in messages if wanted(m)]

    def _remove(self, messages: list[Stored]) -> None:
        for message in messages:
            self._mailbox().remove(self._in_view(), message.uid)
        self._expunged([m.uid for m in messages])

    def _news(self, expunges: bool = True) -> None:
        """Tell what changed in the folder since the client last heard."""
        if self._folder is None or self._box is None:
            return
        now = [m.uid for m in self._box.messages(self._folder)]
        if expunges:
            self._expunged([uid for uid in self._seen if uid not in now])
        fresh = [uid for uid in now if uid > max(self._seen, default=0)]
        if fresh:
            self._seen += fresh
            self._send(f"* {len(self._seen)} EXISTS")

    def _expunged(self, uids: list[int]) -> None:
        for uid in uids:
            if uid in self._seen:
                self._send(f"* {self._seen.index(uid) + 1} EXPUNGE")
                self._seen.remove(uid)


def _changed(flags_now: frozenset[str], sign: bytes, given: frozenset[str]) -> frozenset[str]:
    if sign == b"+":
        return flags_now | given
    return flags_now - given if sign == b"-" else given


Command = Callable[[Conversation, Ask], str]
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
    "RENAME": Conversation.rename,
    "DELETE": Conversation.delete,
    "SUBSCRIBE": Conversation.subscribe,
    "SELECT": Conversation.select,
    "EXAMINE": Conversation.examine,
    "STATUS": Conversation.status,
    "APPEND": Conversation.append,
    "IDLE": Conversation.idle,
    "FETCH": Conversation.fetch,
    "SEARCH": Conversation.search,
    "STORE": Conversation.store,
    "COPY": Conversation.copy,
    "MOVE": Conversation.move,
    "EXPUNGE": Conversation.expunge,
    "CLOSE": Conversation.close,
    "UNSELECT": Conversation.unselect,
}
UID_COMMANDS = {
    name: COMMANDS[name] for name in ("FETCH", "SEARCH", "STORE", "COPY", "MOVE", "EXPUNGE")
}
