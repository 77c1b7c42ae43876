"""Where messages stand on the server, how far each folder was read, the doctor's own folders."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, cast

from sqlalchemy import CursorResult, Select, delete, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from lgc.domain.mailboxes import Known, OwnFolder, Place, ServerFolder
from lgc.domain.messages import Folder
from lgc.store.models import (
    MailboxCursorRow,
    MailPlaceRow,
    MessageRow,
    OwnFolderRow,
)

MANY = 500
# What waits to leave, or is still being written, has no place of its own on the server.
HELD = (Folder.DRAFTS.value, Folder.OUTBOX.value)


class MailboxRepository:
    """Implements ``services.ports.Mailboxes``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    # --- how far ------------------------------------------------------------------------------

    def known(self, mailbox: str) -> Known:
        """Nothing at all for a folder that was never seen."""
        row = self._session.get(MailboxCursorRow, mailbox, populate_existing=True)
        if row is None:
            return Known()
        places = self._session.execute(
            select(MailPlaceRow.uid, MailPlaceRow.seen).where(
                MailPlaceRow.mailbox == mailbox, MailPlaceRow.gone.is_(False)
            )
        )
        seen = {place.uid: place.seen for place in places}
        missed = frozenset(row.missed) - seen.keys()
        return Known(row.uid_validity, row.uid_next, row.modseq, seen, missed)

    def read_to(self, mailbox: str, uid_validity: int, uid_next: int) -> None:
        """Another UIDVALIDITY forgets every place of the folder."""
        cursor = MailboxCursorRow
        moved = self._session.execute(
            update(cursor)
            .where(cursor.mailbox == mailbox, cursor.uid_validity == uid_validity)
            .values(uid_next=func.max(cursor.uid_next, uid_next))
            .execution_options(synchronize_session=False)
        )
        if cast(CursorResult[Any], moved).rowcount:
            return
        self._session.execute(delete(MailPlaceRow).where(MailPlaceRow.mailbox == mailbox))
        self._session.merge(
            MailboxCursorRow(
                mailbox=mailbox, uid_validity=uid_validity, uid_next=uid_next, modseq=0, missed=[]
            )
        )

    def miss(self, mailbox: str, uids: Collection[int]) -> None:
        """These are to be asked for again, and no others; the folder was read before."""
        self._session.execute(
            update(MailboxCursorRow)
            .where(MailboxCursorRow.mailbox == mailbox)
            .values(missed=sorted(uids))
        )

    def compared(self, mailbox: str, modseq: int) -> None:
        """Everything up to HIGHESTMODSEQ ``modseq`` is known now."""
        self._session.execute(
            update(MailboxCursorRow)
            .where(MailboxCursorRow.mailbox == mailbox)
            .values(modseq=modseq)
        )

    def forget(self, mailbox: str) -> None:
        """The server has no such folder any more: what stood there is gone."""
        self._session.execute(
            update(MailPlaceRow).where(MailPlaceRow.mailbox == mailbox).values(gone=True)
        )
        self._session.execute(delete(MailboxCursorRow).where(MailboxCursorRow.mailbox == mailbox))

    def mailboxes(self) -> list[str]:
        """Every folder of the server that was read."""
        return list(self._session.scalars(select(MailboxCursorRow.mailbox)))

    # --- places -------------------------------------------------------------------------------

    def put(self, place: Place) -> None:
        """One statement: a first copy does it once a message."""
        stands = {"message_id": place.message_id, "seen": place.seen, "gone": False}
        self._session.execute(
            insert(MailPlaceRow)
            .values(mailbox=place.mailbox, uid=place.uid, **stands)
            .on_conflict_do_update(index_elements=["mailbox", "uid"], set_=stands)
        )

    def at(self, mailbox: str, uid: int) -> Place | None:
        row = self._session.get(MailPlaceRow, (mailbox, uid), populate_existing=True)
        return _place(row) if row is not None and not row.gone else None

    def of_message(self, message_id: str) -> list[Place]:
        """Where it still stands."""
        return self._places(
            select(MailPlaceRow).where(
                MailPlaceRow.message_id == message_id, MailPlaceRow.gone.is_(False)
            )
        )

    def left(self, mailbox: str, uids: Collection[int]) -> None:
        """They stand there no more; where they went is settled when every folder was read."""
        for part in _slices(sorted(uids)):
            self._session.execute(
                update(MailPlaceRow)
                .where(MailPlaceRow.mailbox == mailbox, MailPlaceRow.uid.in_(part))
                .values(gone=True)
            )

    def missing(self, message_id: str | None = None) -> list[Place]:
        """The places that messages left and that are not settled yet, of one message or of all."""
        wanted = select(MailPlaceRow).where(MailPlaceRow.gone)
        if message_id is not None:
            wanted = wanted.where(MailPlaceRow.message_id == message_id)
        return self._places(wanted)

    def drop(self, mailbox: str, uid: int) -> None:
        self._session.execute(
            delete(MailPlaceRow).where(MailPlaceRow.mailbox == mailbox, MailPlaceRow.uid == uid)
        )

    def abandon(self, message_id: str) -> None:
        """The message is thrown away here: its places wait to be emptied on the server."""
        self._session.execute(
            update(MailPlaceRow)
            .where(MailPlaceRow.message_id == message_id)
            .values(message_id=None)
        )

    # --- what differs -------------------------------------------------------------------------

    def moved_here(self, at: ServerFolder) -> list[tuple[Place, Folder, str]]:
        """Messages of that server folder that stand elsewhere here, and where."""
        rows = self._session.execute(
            select(MailPlaceRow, MessageRow.folder, MessageRow.own_folder)
            .join(MessageRow, MessageRow.message_id == MailPlaceRow.message_id)
            .where(
                MailPlaceRow.mailbox == at.mailbox,
                MailPlaceRow.gone.is_(False),
                MessageRow.folder.not_in(HELD),
                or_(MessageRow.folder != at.folder.value, MessageRow.own_folder != at.own),
            )
        )
        return [(_place(place), Folder(folder), own) for place, folder, own in rows]

    def read_here(self, mailbox: str) -> list[Place]:
        """Messages read or unread here while the server, as ``seen`` tells, says otherwise.

        The state of one that was not read whole is left as the server has it.
        """
        return self._places(
            select(MailPlaceRow)
            .join(MessageRow, MessageRow.message_id == MailPlaceRow.message_id)
            .where(
                MailPlaceRow.mailbox == mailbox,
                MailPlaceRow.gone.is_(False),
                MailPlaceRow.seen == MessageRow.unread,
                ~MessageRow.unreadable.has(),
            )
        )

    def abandoned(self, mailbox: str) -> list[Place]:
        return self._places(
            select(MailPlaceRow).where(
                MailPlaceRow.mailbox == mailbox,
                MailPlaceRow.gone.is_(False),
                MailPlaceRow.message_id.is_(None),
            )
        )

    # --- the doctor's folders -----------------------------------------------------------------

    def own_folders(self) -> list[OwnFolder]:
        """By name, those to be taken away included."""
        rows = self._session.scalars(select(OwnFolderRow).order_by(OwnFolderRow.name))
        return [OwnFolder(row.name, row.mailbox, row.removed) for row in rows]

    def put_own(self, folder: OwnFolder) -> None:
        self._session.merge(
            OwnFolderRow(name=folder.name, mailbox=folder.mailbox, removed=folder.removed)
        )

    def drop_own(self, name: str) -> None:
        self._session.execute(delete(OwnFolderRow).where(OwnFolderRow.name == name))

    def rename_own(self, name: str, new: str) -> None:
        """With the messages that it holds."""
        self._session.execute(
            update(OwnFolderRow).where(OwnFolderRow.name == name).values(name=new)
        )
        self._session.execute(
            update(MessageRow).where(MessageRow.own_folder == name).values(own_folder=new)
        )

    def rename_mailbox(self, mailbox: str, new: str) -> None:
        """The server gave the folder another name: what is known of it stays known."""
        for row in (MailPlaceRow, MailboxCursorRow, OwnFolderRow):
            self._session.execute(update(row).where(row.mailbox == mailbox).values(mailbox=new))

    def _places(self, wanted: Select[MailPlaceRow]) -> list[Place]:
        ordered = wanted.order_by(MailPlaceRow.mailbox, MailPlaceRow.uid)
        fresh = ordered.execution_options(populate_existing=True)
        return [_place(row) for row in self._session.scalars(fresh)]


def _place(row: MailPlaceRow) -> Place:
    return Place(row.mailbox, row.uid, row.message_id, row.seen)


def _slices(uids: list[int]) -> list[list[int]]:
    return [uids[n : n + MANY] for n in range(0, len(uids), MANY)]
