"""An open mailbox: what changed in each folder, messages fetched, what we change there.

IMAP4rev1 (RFC 3501) with UIDPLUS (4315), MOVE (6851), CONDSTORE and QRESYNC (7162) where the
server offers them. ``services.ports.RemoteMailbox``; one thread.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from lgc.domain.mailboxes import Carried, Heading, Known, Look, ServerFolder
from lgc.errors import UserFacingError
from lgc.mssante import mime
from lgc.mssante.server_folders import INBOX, Naming, recognise
from lgc.transport.mail_imap import MailboxRefused, Oversize

log = logging.getLogger(__name__)
BEGINNING = 64 * 1024
MAX_BYTES = 40 * 1024 * 1024
HEADINGS = 500
BATCH, BATCH_BYTES = 64, 4 * 1024 * 1024
SEEN, DELETED = b"\\Seen", b"\\Deleted"
FULL = (
    "Votre boîte MSSanté est pleine.",
    "Supprimez des messages, puis videz les messages supprimés.",
)
REFUSED = (
    "La boîte MSSanté a refusé un rangement.",
    "Le message garde sa place ici ; un nouvel essai suivra.",
)
Body = tuple[bytes, dt.datetime | None, int]
ID = "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"


Place = tuple[str, int, int]  # mailbox, UIDVALIDITY, UID


@dataclass(frozen=True, slots=True)
class IncomingMail:
    """Bytes as the mailbox gave them (`services.ports.IncomingMail`)."""

    mailbox: str
    uid_validity: int
    uid: int
    raw: bytes
    seen: bool = False
    arrived_at: dt.datetime | None = None
    cut_from: int = 0


class OpenMailbox:
    """``client`` is what ``transport.mail_imap.ImapServer.open`` gives.

    ``oversize`` outlives the connection: it holds the messages whose bodies were larger than the
    server had announced, which ended the connection. They are asked for alone, then in part.
    """

    def __init__(self, client: Any, oversize: dict[Place, int] | None = None) -> None:
        self._client = client
        self._oversize = {} if oversize is None else oversize
        self._selected = ""
        self._numbering: dict[str, int] = {}
        enabled = client.enable("QRESYNC") if _offers(client, "ENABLE", "QRESYNC") else []
        self._resync = b"QRESYNC" in enabled
        self._quick = self._resync or _offers(client, "CONDSTORE")
        self._naming = _naming(client)

    def folders(self) -> tuple[ServerFolder, ...]:
        """Those to keep in step; drafts are left alone."""
        return recognise(self._client.list_folders(), self._naming)

    def look(self, mailbox: str, known: Known) -> Look:
        with _folder_told(mailbox):
            return self._look(mailbox, known)

    def _look(self, mailbox: str, known: Known) -> Look:
        state = self._select(mailbox, afresh=True)
        validity = self._numbering[mailbox]
        fresh = validity != known.uid_validity
        since = Known(validity) if fresh else known
        modseq = int(state.get(b"HIGHESTMODSEQ", 0)) if self._quick else 0
        new = tuple(self._headings(since, since.missed))
        if since.uid_next > 1 and int(state[b"EXISTS"]) - len(new) > len(since.seen):
            new = tuple(self._headings(since, since.missed | self._passed_over(since)))
        changed: Mapping[int, bool] = {}
        gone: frozenset[int] = frozenset()
        if since.seen:
            there = int(state[b"EXISTS"]) - len(new)
            changed, gone = self._changes(since, modseq, there)
        return Look(validity, modseq, fresh, new, changed, gone)

    def fetch(self, mailbox: str, headings: Sequence[Heading]) -> Iterator[IncomingMail]:
        """Several at a time; of one too large to be held the beginning comes."""
        with _folder_told(mailbox):
            self._select(mailbox)
        validity = self._numbering[mailbox]
        for batch in self._batches(headings):
            with _folder_told(mailbox):
                found = self._bodies(batch)
            for one in batch:
                if one.uid in found:  # else expunged meanwhile by another client
                    raw, arrived, cut = found[one.uid]
                    yield IncomingMail(mailbox, validity, one.uid, raw, one.seen, arrived, cut)

    def mark(self, mailbox: str, uids: Sequence[int], seen: bool) -> None:
        self._select(mailbox)
        change = self._client.add_flags if seen else self._client.remove_flags
        with _told():
            change(uids, [SEEN], silent=True)

    def move(self, mailbox: str, uids: Sequence[int], target: str) -> Carried:
        """In one step where the server knows it, else copied first."""
        self._select(mailbox)
        with _told():
            leaving = _offers(self._client, "MOVE")
            carried = Carried(*self._client.carry(uids, target, leaving=leaving))
            if not leaving:
                self._expunge(uids)
        return carried

    def remove(self, mailbox: str, uids: Sequence[int]) -> None:
        self._select(mailbox)
        with _told():
            self._expunge(uids)

    def create(self, own: str) -> str:
        name = self._naming.mailbox(own)
        with _told():
            self._client.create_folder(name)
            self._client.subscribe_folder(name)
        return name

    def rename(self, mailbox: str, own: str) -> str:
        name = self._naming.mailbox(own)
        self._leave()
        with _told():
            self._client.rename_folder(mailbox, name)
        return name

    def delete(self, mailbox: str) -> bool:
        state = self._select(mailbox, afresh=True)
        if int(state[b"EXISTS"]):
            return False
        self._leave()
        with _told():
            self._client.delete_folder(mailbox)
        return True

    # --- what changed -------------------------------------------------------------------------

    def _headings(self, known: Known, missed: Collection[int]) -> Iterator[Heading]:
        first = known.uid_next
        # ``n:*`` always names the last message, even when it is older than n.
        there = {uid for uid in self._client.search(["UID", f"{first}:*"]) if uid >= first}
        there -= known.seen.keys()  # those that we put there ourselves
        uids = sorted(there | set(missed))
        for start in range(0, len(uids), HEADINGS):
            part = uids[start : start + HEADINGS]
            told = self._client.fetch(part, ["FLAGS", "RFC822.SIZE", ID])
            for uid in part:
                if uid in told:
                    one = told[uid]
                    size = int(one.get(b"RFC822.SIZE", 0))
                    yield Heading(uid, size, SEEN in one.get(b"FLAGS", ()), _id_of(one))
                elif uid in there:  # it stands there and says nothing of itself: not to be passed
                    yield Heading(uid, 0, False, "")

    def _passed_over(self, known: Known) -> frozenset[int]:
        """What stands before the cursor and is not known: an older version skipped it.

        What is marked deleted waits for servers that cannot expunge one message alone.
        """
        before = self._client.search(["UID", f"1:{known.uid_next - 1}", "UNDELETED"])
        return frozenset(uid for uid in before if uid < known.uid_next) - known.seen.keys()

    def _changes(
        self, known: Known, modseq: int, there: int
    ) -> tuple[Mapping[int, bool], frozenset[int]]:
        """Of the messages that are known. ``there``: how many the server still has of them."""
        last = max(known.uid_next - 1, *known.seen)  # we put some there beyond the cursor
        if modseq and modseq == known.modseq and there == len(known.seen):
            return {}, frozenset()
        if self._resync and known.modseq:
            told, vanished = self._client.changed_and_vanished(last, known.modseq, len(known.seen))
            return _seen(told, known), vanished & known.seen.keys()
        asked = ["UID", f"1:{last}"]
        if modseq and known.modseq:
            changed = self._client.search(["MODSEQ", str(known.modseq + 1), *asked])
        else:
            changed = list(known.seen)
        told = self._client.fetch(changed, ["FLAGS"]) if changed else {}
        if there == len(known.seen):
            return _seen(told, known), frozenset()
        left = known.seen.keys() - set(self._client.search(asked))
        return _seen(told, known), frozenset(left)

    # --- wire ---------------------------------------------------------------------------------

    def _select(self, mailbox: str, *, afresh: bool = False) -> Mapping[bytes, Any]:
        """A change made under another UIDVALIDITY would hit other messages: it is refused."""
        if mailbox == self._selected and not afresh:
            return {}
        state: Mapping[bytes, Any] = self._client.select_folder(mailbox)
        self._selected, validity = mailbox, int(state[b"UIDVALIDITY"])
        if not afresh and self._numbering.get(mailbox, validity) != validity:
            self._selected = ""
            raise UserFacingError(REFUSED[0], advice=REFUSED[1], may_retry=True)
        self._numbering[mailbox] = validity
        return state

    def _leave(self) -> None:
        """A selected folder is neither renamed nor deleted (and CLOSE would expunge)."""
        self._client.select_folder(INBOX, readonly=True)
        self._selected = ""

    def _bodies(self, batch: Sequence[Heading]) -> Mapping[int, Body]:
        if len(batch) == 1 and (batch[0].size > MAX_BYTES or self._lied(batch[0]) > 1):
            return self._beginning(batch[0])
        uids, size = [one.uid for one in batch], sum(one.size for one in batch)
        try:
            told = self._client.fetch(uids, ["BODY.PEEK[]", "INTERNALDATE"], size=size)
        except Oversize:
            for one in batch:
                # Each is asked for alone at the next connection; one that is alone, in part.
                self._oversize[self._at(one)] = 2 if len(batch) == 1 else 1
            raise
        except MailboxRefused:
            # Some servers refuse the whole when one of them left meanwhile.
            if len(batch) == 1:
                return {}
            return {uid: body for one in batch for uid, body in self._bodies([one]).items()}
        return {
            uid: (told[uid][b"BODY[]"], _arrival(told[uid]), 0)
            for uid in uids
            if _is_body(told.get(uid, {}))
        }

    def _beginning(self, one: Heading) -> Mapping[int, Body]:
        """With the size of the whole; no byte when even that is more than was asked for."""
        log.warning("message %d of %d bytes fetched in part", one.uid, one.size)
        if self._lied(one) > 2:
            return {one.uid: (b"", None, max(one.size, 1))}
        asked = [f"BODY.PEEK[]<0.{BEGINNING}>", "INTERNALDATE"]
        try:
            answer = self._client.fetch([one.uid], asked, size=BEGINNING).get(one.uid, {})
        except Oversize:
            self._oversize[self._at(one)] = 3
            raise
        beginning = answer.get(b"BODY[]<0>")
        if not isinstance(beginning, bytes):
            return {}
        return {one.uid: (beginning, _arrival(answer), max(one.size, 1))}

    def _batches(self, headings: Sequence[Heading]) -> Iterator[list[Heading]]:
        """One too large to be held goes alone, and so does one that was larger than told."""
        batch: list[Heading] = []
        weight = 0
        most = min(BATCH_BYTES, MAX_BYTES)
        for one in headings:
            size = most + 1 if self._lied(one) else one.size
            if batch and (len(batch) == BATCH or weight + size > most):
                yield batch
                batch, weight = [], 0
            batch.append(one)
            weight += size
        if batch:
            yield batch

    def _at(self, one: Heading) -> Place:
        return self._selected, self._numbering[self._selected], one.uid

    def _lied(self, one: Heading) -> int:
        """0 never · 1 in company · 2 alone · 3 even in part."""
        return self._oversize.get(self._at(one), 0)

    def _expunge(self, uids: Sequence[int]) -> None:
        """Only these: without UIDPLUS others marked by another client would leave with them."""
        self._client.add_flags(uids, [DELETED], silent=True)
        if _offers(self._client, "UIDPLUS"):
            self._client.uid_expunge(uids)


@contextmanager
def _told() -> Iterator[None]:
    """What the server refuses to change, in words; the connection stands."""
    try:
        yield
    except MailboxRefused as error:
        full = "OVERQUOTA" in str(error.__cause__).upper()
        raise UserFacingError(
            "Votre boîte MSSanté est pleine."
            if full
            else "La boîte MSSanté a refusé un rangement.",
            advice="Supprimez des messages, puis videz les messages supprimés."
            if full
            else "Le message garde sa place ici ; un nouvel essai suivra.",
            may_retry=True,
        ) from error


@contextmanager
def _folder_told(mailbox: str) -> Iterator[None]:
    """A folder that the server does not let read, in words: the others may be read."""
    try:
        yield
    except MailboxRefused as error:
        name = mailbox.rpartition("/")[2]
        raise UserFacingError(
            f"Le dossier « {name} » de votre boîte MSSanté n’a pas pu être lu.",
            advice="Les autres le sont ; un nouvel essai suivra.",
            details=error.reason,
            may_retry=True,
        ) from error


def _offers(client: Any, *capabilities: str) -> bool:
    return all(client.has_capability(one) for one in capabilities)


def _naming(client: Any) -> Naming:
    """Where folders of one's own are made (RFC 2342)."""
    if _offers(client, "NAMESPACE"):
        personal = client.namespace().personal
        if personal:
            prefix, delimiter = personal[0]
            return Naming(prefix or "", delimiter or "")
    return Naming("", "/")


def _is_body(told: Mapping[bytes, Any]) -> bool:
    return isinstance(told.get(b"BODY[]"), bytes) and bool(told[b"BODY[]"])


def _seen(told: Mapping[int, Any], known: Known) -> dict[int, bool]:
    flags = {uid: one.get(b"FLAGS") for uid, one in told.items() if uid in known.seen}
    return {
        uid: SEEN in given
        for uid, given in flags.items()
        if given is not None and (SEEN in given) != known.seen[uid]
    }


def _arrival(told: Mapping[bytes, Any]) -> dt.datetime | None:
    found = told.get(b"INTERNALDATE")
    try:
        return found.astimezone(dt.UTC) if isinstance(found, dt.datetime) else None
    except (OverflowError, ValueError):
        return None


def _id_of(told: Mapping[bytes, Any]) -> str:
    for name, value in told.items():
        if name.startswith(b"BODY[HEADER") and isinstance(value, bytes):
            return mime.header(mime.read(value)[0], "Message-ID")
    return ""
