"""What of the record is joined to a document: offered as it will read there, ticked in sight.

Nothing is joined that its author did not see as it leaves. What a model wrote into the text and
its author struck out of it leaves nowhere.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lgc.cda.vsm_body import Body, SectionContent
from lgc.domain.medical_data import Family, MedicalEntry, MedicalRecord
from lgc.errors import UserFacingError
from lgc.terminology import code_systems

Words = Mapping[str, str]
"""Identifier of an entry → words."""


@dataclass(frozen=True, slots=True)
class Joinable:
    """One entry that may be joined. ``words`` is all that the document will say of it."""

    entry_id: str
    family: Family
    title: str
    label: str
    words: str


def offered(record: MedicalRecord, day: dt.date) -> tuple[Joinable, ...]:
    """Every entry that a letter of that day may carry, in the order of its sections."""
    families = list(Family)
    entries = sorted(record.entries, key=lambda entry: families.index(entry.family))
    return tuple(one for entry in entries if (one := _joinable(entry, day)) is not None)


def standing(words: Iterable[str], written: Words) -> frozenset[str]:
    """Which of the lines that a model wrote still stand in the text, by their entries.

    A line of the text stands for one entry only, the longest that it holds: « – Asthme sévère »
    does not keep « – Asthme ».
    """
    free = [_plain(line) for text in words for line in text.splitlines()]
    found = set()
    for entry_id, line in sorted(written.items(), key=lambda one: -len(one[1])):
        place = next((n for n, text in enumerate(free) if _plain(line) in text), None)
        if place is not None:
            found.add(entry_id)
            free.pop(place)
    return frozenset(found)


def without(text: str, line: str) -> str:
    """The text without the line that a model wrote; as it is when the line was changed."""
    lines = text.split("\n")
    place = next((n for n, one in enumerate(lines) if _plain(one) == _plain(line)), None)
    return "\n".join(lines if place is None else [*lines[:place], *lines[place + 1 :]])


def chosen(
    record: MedicalRecord, day: dt.date, joined: Words, words: Iterable[str], written: Words
) -> MedicalRecord:
    """The part of the record that leaves: what is ticked, and was seen as it is now.

    Raises UserFacingError for what changed in the record since it was shown.
    """
    stand = standing(words, written)
    wanted = {one: shown for one, shown in joined.items() if one not in written or one in stand}
    now = {one.entry_id: one for one in offered(record, day)}
    changed = [one for one, shown in wanted.items() if one not in now or now[one].words != shown]
    if changed:
        labels = ", ".join(f"« {now[one].label} »" for one in changed if one in now)
        raise UserFacingError(
            "Ce qui est joint a changé dans le dossier depuis que vous l’avez vu.",
            advice=f"Relisez la liste{f' : {labels}' if labels else ''}, puis terminez.",
        )
    return MedicalRecord(tuple(entry for entry in record.entries if entry.entry_id in wanted))


def _plain(line: str) -> str:
    """A field gives its no-break blanks back as blanks: they are the same line."""
    return " ".join(line.split())


def _joinable(entry: MedicalEntry, day: dt.date) -> Joinable | None:
    """The row that the document will show of an entry alone; None when it shows none."""
    made = Body(MedicalRecord((entry,)), "0", "", day).essentials()
    if not made:
        return None
    section = made[0]
    return Joinable(entry.entry_id, entry.family, section.title, entry.label, _words(section))


def _words(section: SectionContent) -> str:
    """Every cell of the row, then the codes that stand beside it."""
    cells = [
        f"{column} : {' '.join(cell.text.split())}"
        for table in section.text.tables
        for row in table.rows
        for column, cell in zip(table.columns, row, strict=True)
        if cell.text.strip()
    ]
    codes = [
        f"{code_systems.name_of(code.system)} {code.code} {code.label}".strip()
        for content in section.entries
        if (code := content.code) is not None
    ]
    return " · ".join((*cells, *codes))
