"""« Ce que votre confrère lira »: a document about to leave, read by our own reader of colleagues'.

What it finds is set beside the record, field by field. The short list of what may differ:

- blanks, the writing of a number, and the label of a code (its system and its code are compared);
- the two words of an entry: its label, or its label with what was typed;
- what the profile keeps as words alone (vigilance, an occupation without code) has no entry;
- what is planned or refused is no fact of the record, and may be words alone;
- an entry that the record changed since a stored document was made: shown, never in silence.

Anything else stops the send.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from lgc.cda import parse
from lgc.cda.sections import writable
from lgc.cda.writing import is_uuid, number, quantity, ucum_unit
from lgc.domain.families import TITLES
from lgc.domain.medical_data import Family, MedicalEntry, MedicalRecord, Standing
from lgc.errors import UserFacingError
from lgc.terminology import code_systems
from lgc.terminology.value_sets import value_set

LEFT_OUT = (Family.LONG_TERM_TREATMENT, Family.CURRENT_TREATMENT, Family.MEASUREMENT)
"""Families of which a document says nothing once it is over."""
SUBJECTS = (Family.RISK_FACTOR, Family.TOXIC, Family.OCCUPATIONAL)


@dataclass(frozen=True, slots=True)
class Reading:
    """One entry as it will be read. ``unlike`` says, in French, where the record says otherwise."""

    title: str
    words: str
    unlike: str = ""


def _spaced(text: str) -> str:
    """White space as XML reads it."""
    return "\n".join(" ".join(line.split()) for line in text.splitlines())


def _code(entry: MedicalEntry) -> str:
    """Empty for a code that stands as the subject of a risk, read as that subject, and for a
    disease held as an act, which leaves as words."""
    code = writable(entry.code, entry.label)
    if code and entry.family is Family.SURGICAL_HISTORY and code.system == code_systems.CIM_10:
        return ""
    subjects = value_set("social_history")
    if code and entry.family in SUBJECTS and subjects.get(code.code, code.system) is not None:
        return ""
    return f"{code.system} {code.code}" if code is not None else ""


def _named_code(entry: MedicalEntry) -> str:
    code = writable(entry.code, entry.label)
    return f"{code_systems.name_of(code.system)} {code.code}".strip() if code is not None else ""


def _value(entry: MedicalEntry) -> str:
    if entry.value is None:
        return ""
    unit = entry.unit if entry.unit.startswith("{") else ucum_unit(entry.unit)
    return f"{number(entry.value)} {unit}"


Show = Callable[[MedicalEntry], str]
FIELDS: tuple[tuple[str, Show], ...] = (
    ("famille", lambda one: TITLES[one.family]),
    ("code", _code),
    ("début", lambda one: one.start.french if one.start else ""),
    ("fin", lambda one: one.end.french if one.end else ""),
    ("état", lambda one: "en cours" if one.active else "terminé"),
    ("remarque", lambda one: _spaced(one.note)),
    ("parent", lambda one: one.kinship),
    ("âge", lambda one: "" if one.age_at_onset is None else f"{one.age_at_onset}"),
    ("valeur", _value),
    ("posologie", lambda one: _spaced(one.posology.sentence) if one.posology else ""),
    ("réaction", lambda one: _spaced(one.reaction)),
    ("nature", lambda one: f"{one.allergy}" if one.family is Family.ALLERGY else ""),
    ("sujet", lambda one: f"{one.risk}" if one.family is Family.RISK_FACTOR else ""),
)
WORDS: tuple[Show, ...] = (
    lambda one: value_set("kinship").label(one.kinship) if one.kinship else "",
    lambda one: _named_code(one),
    lambda one: f"début {one.start.french}" if one.start else "",
    lambda one: f"fin {one.end.french}" if one.end else "",
    lambda one: "" if one.active else "terminé",
    lambda one: quantity(one.value, one.unit),
    lambda one: _spaced(one.posology.sentence) if one.posology else "",
    lambda one: f"réaction : {_spaced(one.reaction)}" if one.reaction else "",
    lambda one: _spaced(one.note),
)
"""What is shown of an entry, after its label."""


def read_back(content: bytes, record: MedicalRecord) -> tuple[Reading, ...]:
    """What will be read of the entries of a document, each beside what the record holds."""
    return tuple(_reading(read, held) for read, held in _pairs(content, record) if read is not None)


def must_agree(content: bytes, record: MedicalRecord) -> None:
    """Nothing that was just made says anything but what it was made from, and all of it.

    Raises UserFacingError naming the first difference: nothing leaves then.
    """
    differences = (_difference(read, held) for read, held in _pairs(content, record))
    first = next(filter(None, differences), "")
    if first:
        raise UserFacingError(
            "Ce document ne se relit pas comme le dossier l’a dit : il ne part pas.",
            advice=f"{first} Transmettez ceci à l’assistance.",
        )


def _difference(read: MedicalEntry | None, held: MedicalEntry | None) -> str:
    if read is not None:
        return _reading(read, held).unlike
    return f"« {held.label} » n’y est pas lu." if held is not None else ""


Pair = tuple[MedicalEntry | None, MedicalEntry | None]


def _pairs(content: bytes, record: MedicalRecord) -> list[Pair]:
    """What is read beside what the record holds; either may lack the other."""
    document = parse.parse(content)
    day = _day(document.header.created_at)
    waiting = [one.settled(day) for one in record.entries]
    pairs: list[Pair] = []
    for read in document.entries:
        held = next((one for one in waiting if _is_same(read, one)), None)
        if held is not None:
            waiting.remove(held)
        pairs.append((read, held))
    return pairs + [(None, one) for one in waiting if _is_due(one)]


def _is_same(read: MedicalEntry, held: MedicalEntry) -> bool:
    """By identifier; by its words where the document could not carry that of the record."""
    if read.entry_id.lower() == held.entry_id.lower():
        return True
    if is_uuid(held.entry_id):
        return False
    return (read.family, _spaced(read.label)) == (held.family, _spaced(held.label))


def _is_due(entry: MedicalEntry) -> bool:
    """Whether a reader must find it: not what the profile keeps as words, or leaves out."""
    words_alone = entry.family is Family.VIGILANCE or (
        entry.family is Family.OCCUPATIONAL and not _code(entry)
    )
    over = entry.family in LEFT_OUT and not entry.active
    return entry.standing is Standing.FACT and not words_alone and not over


def _reading(read: MedicalEntry, held: MedicalEntry | None) -> Reading:
    words = " · ".join((_spaced(read.label), *filter(None, (show(read) for show in WORDS))))
    words = " ".join(words.split())
    if held is None:
        unlike = "" if _is_words(read) else f"« {read.label} » n’est pas dans le dossier."
        return Reading(TITLES[read.family], words, unlike)
    return Reading(TITLES[read.family], words, _unlike(read, held))


def _is_words(read: MedicalEntry) -> bool:
    return not _is_due(read)


def _unlike(read: MedicalEntry, held: MedicalEntry) -> str:
    if _spaced(read.label) not in (_spaced(held.label), _spaced(held.wording)):
        return f"« {held.label} » dans le dossier, « {read.label} » dans le document."
    for name, show in FIELDS:
        said, kept = show(read), show(held)
        if said != kept:
            return (
                f"« {held.label} », {name} : « {kept or 'rien'} » dans le dossier, "
                f"« {said or 'rien'} » dans le document."
            )
    return ""


def _day(moment: dt.datetime | None) -> dt.date:
    return moment.date() if moment is not None else dt.date.max
