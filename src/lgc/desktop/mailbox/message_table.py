"""The list of messages: grouped by how they were assigned, two lines each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from lgc.desktop import text
from lgc.desktop.components.rows import Cell, Column, Head
from lgc.desktop.components.tables import Table
from lgc.desktop.mailbox.folder_list import place_key, place_words
from lgc.desktop.theme.glyphs import KIND
from lgc.domain.documents import DocumentKind
from lgc.domain.instants import Now
from lgc.domain.messages import AssignedBy, Carried, Folder, Likelihood, Message
from lgc.services.views import FoundLine, MessageLine, assigned_words

ROW, HEAD = 50, 28
WRITTEN = (Folder.SENT, Folder.DRAFTS, Folder.OUTBOX)
GROUPS = {
    AssignedBy.NOBODY: "À assigner",
    AssignedBy.ITSELF: "Assignés automatiquement",
    AssignedBy.DOCTOR: "Assignés à la main",
}
UNREAD_WHOLE = "Illisibles, gardés entiers"
LIKELY = {
    Likelihood.CERTAIN: "certain",
    Likelihood.PROBABLE: "probable",
    Likelihood.POSSIBLE: "possible",
    Likelihood.UNLIKELY: "peu sûr",
}


@dataclass(frozen=True, slots=True)
class Group:
    """A heading of the inbox."""

    words: str
    count: int
    detail: str = ""


Row = Group | MessageLine


def grouped(folder: Folder, lines: Sequence[MessageLine]) -> list[Row]:
    """The inbox by groups; any other folder plain."""
    if folder is not Folder.INBOX:
        return list(lines)
    rows: list[Row] = []
    bad = [line for line in lines if line.message.unreadable is not None and line.patient is None]
    if bad:
        rows += [Group(UNREAD_WHOLE, len(bad), "les autres messages ont continué"), *bad]
    for by, words in GROUPS.items():
        members = [line for line in lines if line.message.assigned_by is by and line not in bad]
        if members:
            rows.append(Group(words, len(members)))
            rows += members
    return rows


def message_table(now: Now) -> Table[Row]:
    """The table of a folder; ``now`` decides whether a date is told as a time."""
    table: Table[Row] = Table(
        (
            Column("subject", "De, objet", _subject, None, least=180),
            Column("patient", "Patient", _patient, 172),
            Column("clip", "Pièces jointes", _clip, 34, glyph="ri.attachment-2", middle=True),
            Column("date", "Date", lambda row: _date(row, now()), 66, right=True),
        ),
        name="Messages",
        row_height=ROW,
        head_height=HEAD,
        key=lambda row: row.message.message_id if isinstance(row, MessageLine) else row.words,
        several=True,
        head=lambda row: Head(row.words, row.count, row.detail) if isinstance(row, Group) else None,
    )
    table.setObjectName("messageTable")
    return table


def _subject(row: Row) -> Cell:
    if isinstance(row, Group):
        return Cell()
    message = row.message
    sender = message.sender
    if message.folder in WRITTEN:
        sender = "À " + (", ".join(message.recipients) or "…")
    return Cell(
        sender,
        bold=message.unread,
        dot=message.unread,
        indent=10,
        second=_second(row),
        second_tone="text" if message.unread else "text.muted",
        marks=row.words if isinstance(row, FoundLine) else "",
        tooltip="" if message.folder in WRITTEN else message.full_sender,
    )


def _second(row: MessageLine) -> str:
    """The subject; of what a search found, the line where the words stand."""
    if isinstance(row, FoundLine) and row.excerpt:
        return row.excerpt
    return row.message.subject


def _patient(row: Row) -> Cell:
    if isinstance(row, Group):
        return Cell()
    if isinstance(row, FoundLine):
        where = place_words(place_key(row.message.folder, row.message.own_folder))
        name = row.patient.name if row.patient is not None else "–"
        return Cell(name, second=where, second_glyph="ri.folder-line")
    if row.patient is not None:
        itself = row.message.assigned_by is AssignedBy.ITSELF
        return Cell(
            row.patient.name,
            second=assigned_words(row.message),
            second_tone="teal" if itself else "text.muted",
            second_glyph="ri.magic-line" if itself else "ri.user-received-line",
        )
    if row.message.unreadable is not None:
        return Cell(
            "Message illisible",
            "ri.file-warning-fill",
            tone="danger",
            medium=True,
            second=row.message.unreadable.words.short,
        )
    if row.message.folder is not Folder.INBOX:
        return Cell()
    candidates, named = row.message.candidates, _named(row.message)
    glyph = "ri.file-text-line" if named else ""
    if not candidates:
        return Cell(
            "Aucun candidat", "ri.subtract-line", tone="text.faint", second=named,
            second_glyph=glyph,
        )  # fmt: skip
    words = text.count(len(candidates), "candidat")
    if len(candidates) == 1:
        words += f" {LIKELY[candidates[0].likelihood]}"
    return Cell(
        words, "ri.question-fill", tone="warn", medium=True, second=named, second_glyph=glyph
    )


def _named(message: Message) -> str:
    """Whom the documents of a message that waits are about."""
    people = {one.patient for one in message.carried if one.patient}
    return people.pop() if len(people) == 1 else ""


def _clip(row: Row) -> Cell:
    """The glyph of what came, when its documents say so all alike (MSS/va1.25)."""
    if isinstance(row, Group):
        return Cell()
    carried = row.message.carried
    kinds = {one.kind for one in carried} - {DocumentKind.OTHER}
    glyph, tone = "", "text.muted"
    if len(kinds) == 1:
        sign = KIND[kinds.pop()]
        glyph, tone = sign.glyph, sign.role
    elif row.enclosed or row.message.attachments:
        glyph = "ri.attachment-2"
    told = "\n".join(map(_told, carried))
    return Cell(glyph=glyph, tone=tone, tooltip=told, spoken=told)


def _told(one: Carried) -> str:
    born = text.date(one.birth_date) if one.birth_date else ""
    day = text.date(one.day) if one.day else ""
    return " · ".join(part for part in (one.title, day, one.patient, born) if part)


def _date(row: Row, now: dt.datetime) -> Cell:
    if isinstance(row, Group):
        return Cell()
    moment = row.message.came_at.astimezone(now.tzinfo)
    today = moment.date() == now.date()
    words = text.time(moment) if today else text.near_date(moment.date(), now.date())
    said = text.odd_date(row.message)
    spoken = f"{words}, {said}" if said else ""
    return Cell(words, tone="text.muted", right=True, tooltip=said, spoken=spoken)
