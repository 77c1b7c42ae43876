"""« Ce que votre confrère lira »: a document about to leave, read by our own reader of colleagues'.

What it finds is set beside the record, field by field; its page beside its words. What may differ
is in ``cda.allowed``: anything else stops the send. Sharing, closing a record and a message ask
the same here.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from lgc.cda import parse
from lgc.cda.allowed import Allowed
from lgc.cda.sections import writable
from lgc.cda.writing import is_uuid, number, quantity, ucum_unit
from lgc.domain.days import practice_day
from lgc.domain.documents import DocumentContent, DocumentKind, Origin
from lgc.domain.families import TITLES
from lgc.domain.medical_data import Family, MedicalEntry, MedicalRecord, Standing
from lgc.domain.readable import ReadableDocument
from lgc.errors import UnreadableInput, UserFacingError
from lgc.services import twins
from lgc.services.ports import UnitOfWork
from lgc.terminology import code_systems
from lgc.terminology.value_sets import value_set

STOPPED = "Ce document ne part pas : il dit autre chose que le dossier."
ACTS = ("57833-6", "87273-9")
"""LOINC types of the documents that order or give (``Allowed.OWN_ACT``)."""
LEFT_OUT = (Family.LONG_TERM_TREATMENT, Family.CURRENT_TREATMENT, Family.MEASUREMENT)
"""Families of which a document says nothing once it is over."""
SUBJECTS = (Family.RISK_FACTOR, Family.TOXIC, Family.OCCUPATIONAL)


@dataclass(frozen=True, slots=True)
class Reading:
    """One entry as it will be read. ``unlike`` says, in French, where the record says otherwise;
    ``allowed`` why it may leave all the same."""

    title: str
    words: str
    unlike: str = ""
    allowed: Allowed | None = None


@dataclass(frozen=True, slots=True)
class ReadBack:
    """A whole document as it will be read. ``faults``: what else holds it back, in French."""

    title: str = ""
    readings: tuple[Reading, ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def stops(self) -> str:
        """The first reason, in French, why it does not leave; empty when it may."""
        unlike = (one.unlike for one in self.readings if one.unlike and one.allowed is None)
        return next(iter((*self.faults, *unlike)), "")


NOTHING_READ = ReadBack()
Prints = Mapping[str, str]
"""Identifier of an entry → what stands for all that the record said of it."""


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


def kept_of(record: MedicalRecord) -> str:
    """What ``as_it_was`` takes back: a print of each entry, none of its words."""
    return json.dumps({one.entry_id.lower(): _print(one) for one in record.entries})


def keep_record(uow: UnitOfWork, document_id: str, patient_id: str) -> None:
    """Beside a version made here: what the record said then."""
    uow.notes.set(f"record:{document_id}", kept_of(uow.medical.of_patient(patient_id)))


def as_it_was(uow: UnitOfWork, document_id: str) -> Prints:
    """What the record said when a version was stored; empty when nobody kept it."""
    kept: dict[str, str] = json.loads(uow.notes.get(f"record:{document_id}") or "{}")
    return kept


def before_sending(content: DocumentContent, record: MedicalRecord, then: Prints) -> ReadBack:
    """What a colleague will read, beside the record of today and that of ``then``. Slow."""
    document = content.document
    if document.mime_type != "text/xml":
        return ReadBack(document.title)
    own = document.origin is Origin.PRACTICE
    try:
        read = parse.parse(content.content)
    except UnreadableInput:
        return ReadBack(document.title)  # its metadata cannot be made: refused on the wire
    acts = read.header.type.code in ACTS
    whole = document.kind is DocumentKind.VSM and own
    readings = tuple(
        replace(_reading(one, held), unlike="", allowed=Allowed.OWN_ACT)
        if acts and held is None
        else _judged(_reading(one, held), one, held, then if own else None)
        for one, held in _pairs(read, record)
        if one is not None or (whole and held is not None and held.family is not Family.MEASUREMENT)
    )
    return ReadBack(document.title, readings, twins.lacks(content, read) if own else ())


def must_leave(found: ReadBack) -> None:
    """Raises UserFacingError for a document that says otherwise and may not."""
    if found.stops:
        raise UserFacingError(
            STOPPED,
            advice=f"« {found.title} » : {found.stops} Refaites-le depuis le dossier, puis "
            "envoyez-le.",
        )


def _judged(
    said: Reading, read: MedicalEntry | None, held: MedicalEntry | None, then: Prints | None
) -> Reading:
    """The same, with what lets a difference leave. ``then`` is None for what a colleague wrote."""
    if not said.unlike:
        return said
    if then is None:
        return replace(said, allowed=Allowed.SOMEBODY_ELSES)
    entry = held or read
    assert entry is not None
    before, now = then.get(entry.entry_id.lower()), _print(held) if held is not None else ""
    known = before is not None or (held is not None and bool(then))
    return replace(said, allowed=Allowed.CHANGED_SINCE) if known and before != now else said


def _print(entry: MedicalEntry) -> str:
    """Stands for all that a document may say of an entry."""
    said = (entry.label, entry.typed, *(show(entry) for _, show in FIELDS))
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def must_agree(content: bytes, record: MedicalRecord) -> None:
    """Nothing that was just made says anything but what it was made from, and all of it.

    Raises UserFacingError naming the first difference: nothing leaves then.
    """
    pairs = _pairs(parse.parse(content), record)
    differences = (_difference(read, held) for read, held in pairs)
    first = next(filter(None, differences), "")
    if first:
        raise UserFacingError(
            "Ce document ne se relit pas comme le dossier l’a dit : il ne part pas.",
            advice=f"{first} Transmettez ceci à l’assistance.",
        )


def _difference(read: MedicalEntry | None, held: MedicalEntry | None) -> str:
    return _reading(read, held).unlike


Pair = tuple[MedicalEntry | None, MedicalEntry | None]


def _pairs(document: ReadableDocument, record: MedicalRecord) -> list[Pair]:
    """What is read beside what the record holds; either may lack the other."""
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
    """Whether a reader must find it (``Allowed.WORDS_ALONE``, ``Allowed.LEFT_OUT``)."""
    over = entry.family in LEFT_OUT and not entry.active
    return not _is_words(entry) and not over


def _reading(read: MedicalEntry | None, held: MedicalEntry | None) -> Reading:
    entry = read or held
    assert entry is not None
    words = " · ".join((_spaced(entry.label), *filter(None, (show(entry) for show in WORDS))))
    words = " ".join(words.split())
    unlike = ""
    if read is None:
        unlike = f"« {entry.label} » n’y est pas lu."
    elif held is not None:
        unlike = _unlike(read, held)
    elif not _is_words(read):
        unlike = f"« {read.label} » n’est pas dans le dossier."
    return Reading(TITLES[entry.family], words, unlike)


def _is_words(entry: MedicalEntry) -> bool:
    uncoded = entry.family is Family.OCCUPATIONAL and not _code(entry)
    return entry.standing is not Standing.FACT or uncoded or entry.family is Family.VIGILANCE


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
    return practice_day(moment) if moment is not None else dt.date.max
