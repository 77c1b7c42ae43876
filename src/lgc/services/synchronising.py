"""The mailbox kept in step with its server, both ways.

Nothing done offline is written down as an order: what stands here is compared with what the
server last said (the place of each message), and each difference goes the way it came from. A
synchronisation cut anywhere is simply made again. Where both sides changed, this side wins.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from lgc.domain.mailboxes import Carried, Heading, Known, Look, OwnFolder, Place, ServerFolder
from lgc.domain.messages import Folder, Message
from lgc.errors import UserFacingError, place_of
from lgc.services.events import Announce, MailboxChanged, MailboxProgress
from lgc.services.filing_incoming import FilingIncoming
from lgc.services.ports import IncomingMail, OpenUnit, RemoteMailbox, UnitOfWork
from lgc.services.understanding import is_of_the_message

log = logging.getLogger(__name__)
T = TypeVar("T")
Over = Callable[[], bool]
Arrived = Callable[[Message, IncomingMail], None]
MANY = 500
TOLD_EVERY = 25
MADE = -1  # just made, its number is not known yet
NOWHERE = Carried()
NAMES = {Folder.SENT: "Envoyés", Folder.ARCHIVES: "Archives", Folder.DELETED: "Corbeille"}


class Synchronising:
    """Runs in the mailbox lane."""

    def __init__(
        self,
        open_unit: OpenUnit,
        filing: FilingIncoming,
        announce: Announce,
        hear: Callable[[dt.datetime], None] = lambda moment: None,
    ) -> None:
        """``hear`` is told the hour of the server."""
        self._open, self._filing, self._announce = open_unit, filing, announce
        self._hear = hear

    def run(self, remote: RemoteMailbox, over: Over, arrived: Arrived) -> str:
        """One pass over every folder; ``over`` ends it between two messages.

        ``arrived`` is called after each message stored that came since the mailbox was first
        read. Returns the sentence of what the server refused, empty when it took everything.
        """
        trial = _Trial()
        changed = self._filing.read_again_after_update(over) > 0
        folders = self._folders(remote, trial)
        # All are looked at before any is read: what left one folder is known when it is met in
        # another. A folder that fails does not stop the others.
        looks: list[tuple[ServerFolder, Known, Look]] = []
        for at in folders:
            with trial:
                if not over():
                    looks.append((at, *self._looked(remote, at)))
        read = 0
        for at, known, look in looks:
            if over():
                return trial.refused
            with trial:
                changed |= self._read(remote, at, known, look, trial, over, arrived)
                read += 1
        whole = read == len(folders)
        if not over():
            changed |= self._settle(folders, whole=whole)
            numbers = {at.mailbox: look.uid_validity for at, _, look in looks}
            self._push(remote, folders, numbers, trial, over)
        if changed:
            self._announce(MailboxChanged())
        return trial.refused

    # --- folders ------------------------------------------------------------------------------

    def _folders(self, remote: RemoteMailbox, trial: _Trial) -> list[ServerFolder]:
        """The server's, after the doctor's own were made, renamed or taken away there."""
        there = {one.mailbox: one for one in remote.folders()}
        with self._open() as uow:
            wishes, read = uow.mailboxes.own_folders(), uow.mailboxes.mailboxes()
        for wish in wishes:
            with trial:
                self._wish(remote, wish, there)
        known = {wish.mailbox for wish in wishes} | {wish.name for wish in wishes}
        with self._open() as uow:
            for one in there.values():
                if one.folder is Folder.OWN and not {one.mailbox, one.own} & known:
                    uow.mailboxes.put_own(OwnFolder(one.own, one.mailbox))
            for mailbox in read:
                if mailbox not in there:
                    uow.mailboxes.forget(mailbox)
            uow.commit()
        return list(there.values())

    def _wish(self, remote: RemoteMailbox, wish: OwnFolder, there: dict[str, ServerFolder]) -> None:
        """Bring one folder of the doctor to the server; ``there`` follows."""
        at = there.get(wish.mailbox)
        if wish.removed:
            kept = at is not None and not remote.delete(wish.mailbox)
            self._keep(replace(wish, removed=False) if kept else None, wish.name)
            if not kept:
                there.pop(wish.mailbox, None)
        elif at is not None and at.own != wish.name:
            name = remote.rename(wish.mailbox, wish.name)
            with self._open() as uow:
                uow.mailboxes.rename_mailbox(wish.mailbox, name)
                uow.commit()
            del there[wish.mailbox]
            there[name] = replace(at, mailbox=name, own=wish.name)
        elif at is None and not wish.mailbox:
            same = next((one for one in there.values() if one.own == wish.name), None)
            name = same.mailbox if same is not None else remote.create(wish.name)
            there[name] = ServerFolder(name, Folder.OWN, wish.name)
            self._keep(replace(wish, mailbox=name), wish.name)

    def _keep(self, folder: OwnFolder | None, name: str) -> None:
        with self._open() as uow:
            if folder is None:
                uow.mailboxes.drop_own(name)
            else:
                uow.mailboxes.put_own(folder)
            uow.commit()

    # --- from the server ----------------------------------------------------------------------

    def _looked(self, remote: RemoteMailbox, at: ServerFolder) -> tuple[Known, Look]:
        with self._open() as uow:
            known = uow.mailboxes.known(at.mailbox)
        look = remote.look(at.mailbox, known)
        if look.fresh or look.changed or look.gone:
            self._compare(at, look)
        return known, look

    def _read(
        self,
        remote: RemoteMailbox,
        at: ServerFolder,
        known: Known,
        look: Look,
        trial: _Trial,
        over: Over,
        arrived: Arrived,
    ) -> bool:
        """Everything that the folder holds and that is not known; True when something was."""
        wanted = {one.uid for one in look.new}
        # Written down first: the cursor passes each one kept, and a kill must forget none before.
        self._miss(at, look, wanted)
        met = self._met(look.new)
        for number, mail in enumerate(remote.fetch(at.mailbox, look.new) if look.new else ()):
            if number and number % TOLD_EVERY == 0:
                self._announce(MailboxProgress(number, len(look.new)))
            # Into the other folders a client may put what it dates as it likes.
            if at.folder is Folder.INBOX and mail.arrived_at is not None:
                self._hear(mail.arrived_at)
            message, kept = self._kept(mail, at, mail.uid in met, quiet=known.uid_validity == 0)
            wanted -= {mail.uid} if kept else set()
            if message is not None and known.uid_validity:
                arrived(message, mail)
            if over():
                return True
        self._miss(at, look, wanted)
        trial.note_missed(wanted & known.missed)
        with self._open() as uow:
            known_to = 0 if look.fresh else max(known.seen, default=0)
            last = max((one.uid for one in look.new), default=0)
            last = max(last, known_to)  # we put some there beyond the cursor
            if look.new or look.fresh or last >= known.uid_next:
                uow.mailboxes.read_to(at.mailbox, look.uid_validity, last + 1)
            if look.modseq != known.modseq or look.fresh:
                uow.mailboxes.compared(at.mailbox, look.modseq)
            uow.commit()
        return bool(look.new or look.changed or look.gone)

    def _kept(
        self, mail: IncomingMail, at: ServerFolder, met: bool, *, quiet: bool
    ) -> tuple[Message | None, bool]:
        """(what is new of it, whether it is kept): one of which even the bytes cannot be stored is
        asked for again, and stops nobody."""
        try:
            return self._filing.receive(mail, at, met=met, quiet=quiet), True
        except Exception as error:
            if not is_of_the_message(error):
                raise
            log.error("message not kept: %s", place_of(error))
            return None, False

    def _met(self, new: Sequence[Heading]) -> set[int]:
        """The UIDs of those that have the Message-ID of one that is here."""
        met: set[int] = set()
        for part in _slices(new):
            with self._open() as uow:
                here = uow.messages.rfc_ids({one.rfc_message_id for one in part} - {""})
            met |= {one.uid for one in part if one.rfc_message_id in here}
        return met

    def _miss(self, at: ServerFolder, look: Look, uids: Collection[int]) -> None:
        if not look.new:
            return
        with self._open() as uow:
            uow.mailboxes.read_to(at.mailbox, look.uid_validity, 1)
            uow.mailboxes.miss(at.mailbox, uids)
            uow.commit()

    def _compare(self, at: ServerFolder, look: Look) -> None:
        with self._open() as uow:
            if look.fresh:
                uow.mailboxes.read_to(at.mailbox, look.uid_validity, 1)
            for uid, seen in look.changed.items():
                _merge_seen(uow, at.mailbox, uid, seen)
            uow.mailboxes.left(at.mailbox, look.gone)
            uow.commit()

    def _settle(self, folders: Sequence[ServerFolder], *, whole: bool) -> bool:
        """Where went the messages that left a folder? Elsewhere on the server, or nowhere.

        Unless every folder was read (``whole``), one that is found nowhere is left for later: it
        may stand in the folder that failed.
        """
        with self._open() as uow:
            missing = uow.mailboxes.missing()
            own = uow.mailboxes.own_folders()
            places = {one.mailbox: one.place for one in folders}
            before = {**{one.mailbox: (Folder.OWN, one.name) for one in own}, **places}
            for place in missing:
                if not whole and not _found_elsewhere(uow, place, places):
                    continue
                uow.mailboxes.drop(place.mailbox, place.uid)
                if place.message_id is not None:
                    _follow(uow, place, before, places)
            for one in own:
                if one.mailbox and one.mailbox not in places:
                    full = uow.messages.count(Folder.OWN, one.name)
                    uow.mailboxes.drop_own(one.name)
                    if full:  # moved there meanwhile, on this side
                        uow.mailboxes.put_own(replace(one, mailbox=""))
            uow.commit()
        return bool(missing)

    # --- to the server ------------------------------------------------------------------------

    def _push(
        self,
        remote: RemoteMailbox,
        folders: list[ServerFolder],
        numbers: dict[str, int],
        trial: _Trial,
        over: Over,
    ) -> None:
        targets = {one.place: one.mailbox for one in folders}
        for at in folders:
            if over():
                return
            with trial:
                self._push_removals(remote, at)
            with trial:
                self._push_seen(remote, at)
            with trial:
                self._push_moves(remote, at, targets, numbers)

    def _push_removals(self, remote: RemoteMailbox, at: ServerFolder) -> None:
        with self._open() as uow:
            places = uow.mailboxes.abandoned(at.mailbox)
        for part in _slices(places):
            remote.remove(at.mailbox, [one.uid for one in part])
            self._drop(part)

    def _push_seen(self, remote: RemoteMailbox, at: ServerFolder) -> None:
        with self._open() as uow:
            places = uow.mailboxes.read_here(at.mailbox)
        for seen in (True, False):
            for part in _slices([one for one in places if one.seen is not seen]):
                remote.mark(at.mailbox, [one.uid for one in part], seen)
                with self._open() as uow:
                    for one in part:
                        uow.mailboxes.put(replace(one, seen=seen))
                    uow.commit()

    def _push_moves(
        self,
        remote: RemoteMailbox,
        at: ServerFolder,
        targets: dict[tuple[Folder, str], str],
        numbers: dict[str, int],
    ) -> None:
        """``numbers``: the UIDVALIDITY of each folder that was looked at, or made, in this pass.

        Where the server does not say the new place, the next pass finds it in the other folder.
        """
        with self._open() as uow:
            moved = uow.mailboxes.moved_here(at)
        for where in dict.fromkeys((folder, own) for _, folder, own in moved):
            if where not in targets and where[0] in NAMES:
                targets[where] = remote.create(NAMES[where[0]])
                numbers[targets[where]] = MADE
            if where in targets:
                places = [place for place, folder, own in moved if (folder, own) == where]
                for part in _slices(places):
                    target = targets[where]
                    carried = remote.move(at.mailbox, [one.uid for one in part], target)
                    if numbers.get(target) == MADE:
                        numbers[target] = carried.uid_validity
                    same = carried.uid_validity == numbers.get(target)
                    self._drop(part, target, carried if same else NOWHERE)

    def _drop(self, places: Sequence[Place], target: str = "", carried: Carried = NOWHERE) -> None:
        """They stand there no more; in ``target`` those of which the server said where."""
        with self._open() as uow:
            if carried.uids:
                uow.mailboxes.read_to(target, carried.uid_validity, 1)
            for one in places:
                uow.mailboxes.drop(one.mailbox, one.uid)
                if one.uid in carried.uids:
                    put = replace(one, mailbox=target, uid=carried.uids[one.uid])
                    uow.mailboxes.put(put)
            uow.commit()


class _Trial:
    """What the server refuses is remembered and stops nothing else."""

    def __init__(self) -> None:
        self.refused = ""

    def note_missed(self, uids: Collection[int]) -> None:
        """Asked for twice, and not given or not kept."""
        if uids:
            many = f"{len(uids)} messages n’ont pas pu être relevés"
            words = many if len(uids) > 1 else "Un message n’a pas pu être relevé"
            self.refused = self.refused or f"{words} ; un nouvel essai suivra."

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if not isinstance(error, UserFacingError):
            return False
        log.warning("mailbox refused: %s", place_of(error))
        self.refused = self.refused or error.sentence
        return True


def _merge_seen(uow: UnitOfWork, mailbox: str, uid: int, seen: bool) -> None:
    """The server's word, unless the doctor changed it here since the last one."""
    place = uow.mailboxes.at(mailbox, uid)
    if place is None:
        return
    if place.message_id is not None:
        message = uow.messages.get(place.message_id)
        if message.unread is not place.seen and message.unreadable is None:
            uow.messages.mark_read(place.message_id, seen)
    uow.mailboxes.put(replace(place, seen=seen))


def _follow(
    uow: UnitOfWork,
    left: Place,
    before: dict[str, tuple[Folder, str]],
    places: dict[str, tuple[Folder, str]],
) -> None:
    """Move here what another client moved or deleted there, unless it was moved here too."""
    assert left.message_id is not None
    message = uow.messages.get(left.message_id)
    if (message.folder, message.own_folder) != before.get(left.mailbox):
        return
    others = [
        places[p.mailbox] for p in uow.mailboxes.of_message(left.message_id) if p.mailbox in places
    ]
    folder, own = others[0] if others else (Folder.DELETED, "")
    uow.messages.move(left.message_id, folder, own)
    uow.audit("message moved on the server", left.message_id, folder)


def _found_elsewhere(uow: UnitOfWork, left: Place, places: dict[str, tuple[Folder, str]]) -> bool:
    if left.message_id is None:
        return True
    return any(one.mailbox in places for one in uow.mailboxes.of_message(left.message_id))


def _slices(whole: Sequence[T]) -> Iterator[Sequence[T]]:
    return (whole[n : n + MANY] for n in range(0, len(whole), MANY))
