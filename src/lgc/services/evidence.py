"""What tells that a planned act was done, or only spoken of: ordered, offered, refused.

Done is a result with a value, a report that came, an act of the record under its code or its own
name, a vaccine by its ATC or its brand. An order, a request, an invitation, a refusal and whatever
is somebody else's are not; where nothing is sure, the act is not done.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lgc.domain import entry_family, entry_words
from lgc.domain.biology import LabResult, graver
from lgc.domain.days import practice_day
from lgc.domain.documents import Document, DocumentKind, Origin
from lgc.domain.medical_data import Family, MedicalEntry, MedicalRecord, PartialDate, Standing
from lgc.services import result_words
from lgc.services.protocols import PlannedAct
from lgc.services.series import Analysis, Point, series_of
from lgc.terminology import code_systems

# Kinds of documents that report what was done; a letter does when somebody else wrote it.
REPORTS = frozenset(
    (
        DocumentKind.BIOLOGY,
        DocumentKind.STAY,
        DocumentKind.NOTE,
        DocumentKind.SURGERY,
        DocumentKind.IMAGING,
        DocumentKind.PATHOLOGY,
        DocumentKind.OTHER,
    )
)
ORDERS = frozenset((DocumentKind.DRUGS, DocumentKind.OTHER_PRESCRIPTION))
# Types (../shared/specs/dmp.md, JDV_J07) that ask, plan, invite or agree, whatever their kind.
ASKING = frozenset(
    (
        "96349-6",
        "18761-7",
        "55115-0",
        "75496-0",
        "56446-8",
        "77604-7",
        "18776-5",
        "80771-9",
        "80788-3",
        "83869-8",
        "59284-0",
        "PROT_ALD",
        "EXPPAT_1",
        "EXPPAT_2",
        "EXPPAT_3",
        "74465-6",
        "60591-5",
        "SYNTH",
        "CERT_DECL",
        "89601-9",
        "AUTORIS-SOINS",
    )
)
# Families whose lines say what was done to the patient.
ACTS = (Family.SURGICAL_HISTORY, Family.MEDICAL_HISTORY)
_DENIED = re.compile(r"^(?:pas |aucune?\b|absence d|sans |non\b|jamais\b)|\b(?:pas|jamais) ")
_NO_RESULT = re.compile(
    r"non (?:conform|realis|effectu|fait|rendu|interpret|dos|communiqu|parven)|annul|insuffisan"
    r"|en (?:cours|attente)|a (?:suivre|venir|refaire|recontroler)|impossible|ininterpret|hemolys"
    r"|coagul|refus|erreur|non recu|absence de (?:prelev|resultat)|prelevement|tube|voir |suit"
)
MOST_TOLD = 6  # analyses of one day in a tip
LONGEST = 120  # signs of a result in words
STOOD = {
    Standing.PLANNED: "prévu",
    Standing.ORDERED: "prescrit",
    Standing.INVITED: "invité",
    Standing.REFUSED: "refusé",
    Standing.NOT_DONE: "non fait",
}
_BETWEEN = re.compile(r"[^\w’]+")


@dataclass(frozen=True, slots=True)
class Done:
    """An act that was done: the document that tells it, and what it said.

    ``date`` is as precise as it was written; ``months`` until the next one where the act itself
    asks for its own interval (a colonoscopy), else 0.
    """

    date: PartialDate
    document_id: str | None
    detail: str = ""
    months: float = 0.0


@dataclass(frozen=True, slots=True)
class Spoken:
    """An act that was planned, ordered, offered, refused or not done."""

    date: PartialDate
    standing: Standing


def done_of(
    act: PlannedAct,
    documents: Iterable[Document],
    results: Iterable[tuple[str, LabResult]],
    record: MedicalRecord,
) -> list[Done]:
    """Every time it was done, oldest first; a result tells more than a title."""
    found: dict[str, Done] = {}
    for document in documents:
        if _reports(act, document):
            day = _told(document)
            own = _own_interval(act, document.title)
            found[day.iso] = Done(day, document.document_id, months=own)
    for entry in record.entries:
        if entry.start and _tells(act, entry):
            own = _own_interval(act, f"{entry.label} {entry.typed}")
            found.setdefault(entry.start.iso, Done(entry.start, None, months=own))
    shown = [sourced for sourced in results if _shows(act, sourced[1])]
    found |= {one.date.iso: one for one in _by_results(act, shown)}
    return sorted(found.values(), key=lambda one: (one.date.last_day, one.date.iso))


def _own_interval(act: PlannedAct, words: str) -> float:
    return max((months for name, months in act.longer.items() if says((name,), words)), default=0.0)


def spoken_of(
    act: PlannedAct,
    documents: Iterable[Document],
    record: MedicalRecord,
) -> list[Spoken]:
    """Every time it was only spoken of, oldest first."""
    found = [
        Spoken(entry.start, entry.standing)
        for entry in record.intents
        if entry.start and _answers(act, entry)
    ]
    for document in documents:
        if not document.stands or not _titled(act, document):
            continue
        standing = _asked_by(document)
        if standing is not None:
            found.append(Spoken(_told(document), standing))
    return sorted(found, key=lambda one: one.date.last_day)


def reason_against(act: PlannedAct, record: MedicalRecord) -> str:
    """Why a screening is not proposed: the organ is gone, or its disease is treated."""
    for entry in record.entries:
        if entry.family is Family.FAMILY_HISTORY or not _affirmed(entry):
            continue
        code = entry.code.code if entry.code and entry.code.system == code_systems.CIM_10 else ""
        named = says(act.against, entry.wording) and not says(act.against_unless, entry.wording)
        if named or (code and code.startswith(act.against_codes or ("\0",))):
            since = f" ({entry.start.french})" if entry.start else ""
            return f"{entry.label}{since}"
    return ""


def day_of(document: Document) -> dt.date:
    return practice_day(document.service_start or document.created_at)


def _told(document: Document) -> PartialDate:
    """As far as the document tells it: « 2026 » is not the first of January."""
    try:
        return PartialDate.parse("-".join(reversed(document.day_said.split("/"))))
    except ValueError:
        return _exact(day_of(document))


def _exact(day: dt.date) -> PartialDate:
    return PartialDate(day.year, day.month, day.day)


def _reports(act: PlannedAct, document: Document) -> bool:
    if not document.stands or document.type.code in ASKING:
        return False
    ours = document.origin is Origin.PRACTICE
    letter = document.kind is DocumentKind.LETTER and not ours
    if not (letter or document.kind in REPORTS) or (ours and act.by_others):
        return False
    if not _plainly(document.title):
        return False
    return document.kind in act.kinds or _titled(act, document)


def _titled(act: PlannedAct, document: Document) -> bool:
    return not act.families and named(act, document.title)


def _asked_by(document: Document) -> Standing | None:
    """What a document that reports nothing says of the act that its title names."""
    low = entry_words.flat(document.title)
    for standing, pattern in entry_words.STANDINGS:
        if pattern.search(low):
            return standing
    return Standing.ORDERED if document.kind in ORDERS or document.type.code == "55115-0" else None


@lru_cache(maxsize=16_384)
def _plainly(words: str) -> bool:
    """Neither doubted, planned, refused, denied, nor a relative's."""
    low = entry_words.flat(words)
    unsure = (entry_words.DOUBT, _DENIED, *(pattern for _, pattern in entry_words.STANDINGS))
    return not any(p.search(low) for p in unsure) and not entry_family.names_relative(low)


def _affirmed(entry: MedicalEntry) -> bool:
    return entry.standing is Standing.FACT and _plainly(entry.label) and _plainly(entry.typed)


def _tells(act: PlannedAct, entry: MedicalEntry) -> bool:
    """The patient's own active line of an act, under its code or its own name."""
    if not entry.active or not _affirmed(entry) or entry.family is Family.FAMILY_HISTORY:
        return False
    return _answers(act, entry)


def _answers(act: PlannedAct, entry: MedicalEntry) -> bool:
    if entry.family not in (act.families or ACTS):
        return False
    if entry.code is not None and entry.code.code in act.codes:
        return True
    if entry.code is not None and entry.code.system == code_systems.CIM_10:
        return False
    if not act.families and _spaced(entry.label) == _spaced(ticked(act.name)):
        return True
    words = (entry.label, entry.typed)
    if act.families:
        return any(named(act, one) for one in words)
    return not act.reports_only and any(_begins(act, one) for one in words)


def ticked(name: str) -> str:
    """The line that says of an act by its name that it was done, or only spoken of."""
    return f"{name} (parcours de soins)"


def _begins(act: PlannedAct, words: str) -> bool:
    """An act is told where its name opens the line: « fond d’œil normal », never what it found."""
    opens = _spaced(words)
    return named(act, words) and any(opens.startswith(_spaced(one).rstrip()) for one in act.words)


def _shows(act: PlannedAct, result: LabResult) -> bool:
    """A result of the patient's own, with a value."""
    by_code = result.code is not None and result.code.code in act.loinc
    by_name = not act.families and named(act, result.label)
    return not result.previous and (by_code or by_name) and _has_value(result)


def _has_value(result: LabResult) -> bool:
    if result.value is not None:
        return True
    low = entry_words.flat(result.text).strip()
    return any(map(str.isalnum, low)) and not _NO_RESULT.search(low)


def named(act: PlannedAct, words: str) -> bool:
    return says(act.words, words) and not says(act.unless, words)


@lru_cache(maxsize=16_384)
def says(names: tuple[str, ...], words: str) -> bool:
    """A record names few things many times: each is looked at once."""
    if not names or not words:
        return False
    folded = _spaced(words)
    return any(_spaced(name).rstrip() in folded for name in names)


@lru_cache(maxsize=16_384)
def _spaced(words: str) -> str:
    """Words apart, each after a space: a name is looked for from the start of a word."""
    apart = entry_words.flat(words).replace("'", "’ ").replace("œ", "oe")
    return f" {_BETWEEN.sub(' ', apart).strip()} "


def _by_results(act: PlannedAct, shown: Sequence[tuple[str, LabResult]]) -> Iterator[Done]:
    """One a day: each analysis of the act by its name, unless the act bears it."""
    told: dict[PartialDate, list[tuple[Point, str]]] = defaultdict(list)
    for one in series_of(shown, compare=False):
        name = "" if says((one.label,), act.name) else f"{_named(one)} : "
        days: dict[PartialDate, list[Point]] = defaultdict(list)
        for point in one.points:
            if not point.repeat:
                days[point.result.vague or _exact(practice_day(point.at))].append(point)
        for day, points in days.items():
            values = " ; ".join(_timed(one, point, points) for point in points)
            gravest = graver(point.letter for point in points)
            first = next(point for point in points if point.letter == gravest)
            told[day].append((first, f"{name}{values}"))
    for day, held in told.items():
        words = [said for _, said in held]
        more = [f"{len(words) - MOST_TOLD} autres"] if len(words) > MOST_TOLD else []
        gravest = graver(point.letter for point, _ in held)
        point = next(point for point, _ in held if point.letter == gravest)
        yield Done(day, point.document_id, ", ".join((*words[:MOST_TOLD], *more)))


def _named(one: Analysis) -> str:
    name = result_words.named(one)
    return f"{name} ({one.isolate})" if one.isolate else name


def _timed(one: Analysis, point: Point, others: Sequence[Point]) -> str:
    """With its hour where the day has several."""
    said = result_words.flagged(one, point)
    said = said if len(said) <= LONGEST else f"{said[: LONGEST - 1]}…"
    several = len({other.hour for other in others}) > 1
    return f"{said} ({point.hour:%H:%M})" if several and point.hour is not None else said


def on(date: PartialDate | None) -> str:
    """« en 2014 », « en 07/2014 », « le 08/07/2014 »."""
    return f"{'le' if date.day else 'en'} {date.french}" if date else ""


def stood(standing: Standing, date: PartialDate | None) -> str:
    """« refusé en 2026 »; empty for a fact."""
    return f"{STOOD[standing]} {on(date)}".strip() if standing in STOOD else ""


def latest(spoken: Iterable[Spoken], after: PartialDate | None) -> Spoken | None:
    """What was last said of it since it was last done."""
    return next(iter(_since(reversed(list(spoken)), after)), None)


def _since(spoken: Iterable[Spoken], after: PartialDate | None) -> Iterator[Spoken]:
    return (one for one in spoken if after is None or one.date.last_day > after.last_day)
