"""Care protocols as data: who they are for, and their planned acts.

Those of ``resources/protocols``, and those that the practice brought in, in the same form
(``renew``; ``services/renewing.py`` keeps them).
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from lgc import paths
from lgc.domain.identity import Sex
from lgc.domain.medical_data import Family, MedicalEntry, MedicalRecord, PartialDate
from lgc.domain.patients import Patient
from lgc.errors import UnreadableInput

DAYS_PER_MONTH = 30.4375
TO_CHECK = "à vérifier"
MOST_MONTHS, LONGEST = 1200, 500
STOPPED = "-"  # before the key of a protocol the doctor does not want here
CONDITIONS = (Family.CHRONIC, Family.MEDICAL_HISTORY)


def days_of(months: float) -> int:
    return round(months * DAYS_PER_MONTH)


@dataclass(frozen=True, slots=True)
class Source:
    """Where the rhythm of an act was published; what is not known for certain is empty."""

    publisher: str
    title: str
    edition: str = ""
    date: str = ""
    address: str = ""

    @property
    def said(self) -> tuple[str, ...]:
        """Two lines: the source with its edition and date, then its address."""
        parts = [self.publisher, self.title, self.edition]
        dated = self.date or f"date {TO_CHECK}"
        parts += [dated] if dated != self.edition else []
        words = ", ".join(part for part in parts if part)
        return f"Source\u00a0: {words}", self.address or f"Adresse {TO_CHECK}"


UNSOURCED = (f"Source {TO_CHECK}",)


@dataclass(frozen=True, slots=True)
class PlannedAct:
    """One act and how to recognise that it was done.

    Planned every ``months``, or ``once``, or at a ``week`` of the term give or take ``window``
    weeks. ``loinc`` are results, ``kinds`` documents, ``codes`` acts of the record (CCAM, CIS…),
    ``words`` what a title, an entry or a result is called; ``families`` limit them to entries of
    those families of the record (a vaccine is not the disease). ``unless`` are words that make it
    another act; ``reports_only``: no line of the record tells it; ``by_others``: no document of
    ours does. ``against`` words (but ``against_unless``) and starts of CIM-10 codes are why it is
    not proposed to this patient.

    ``series`` are the months after each of the first occurrences (a second dose), ``longer`` those
    that words of what was done ask for themselves; a ``week`` with ``months`` is done again.
    ``only_with`` are starts of CIM-10 codes, one of which the record holds; ``only_if`` what no
    code tells: then it is asked, never late. ``source`` names an entry of ``sources``.
    """

    name: str
    months: float = 0.0
    week: int = 0
    window: int = 0
    once: bool = False
    loinc: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    sex: str = ""
    from_age: int = 0
    to_age: int = 200
    unless: tuple[str, ...] = ()
    reports_only: bool = False
    by_others: bool = False
    against: tuple[str, ...] = ()
    against_unless: tuple[str, ...] = ()
    against_codes: tuple[str, ...] = ()
    series: tuple[float, ...] = ()
    longer: Mapping[str, float] = field(default_factory=dict, hash=False)
    only_with: tuple[str, ...] = ()
    only_if: str = ""
    source: str = ""
    note: str = ""

    @property
    def every(self) -> str:
        """``3 mois``, ``1 an``, ``22 SA``."""
        if self.week:
            return f"{self.week} SA{', puis chaque mois' * bool(self.months)}"
        if self.once:
            return "une fois"
        years, rest = divmod(self.months, 12)
        if not rest:
            return f"{years:g} an" if years == 1 else f"{years:g} ans"
        return f"{self.months:g} mois".replace(".", ",")

    @property
    def days(self) -> int:
        """Between two occurrences; 0 for what is done once."""
        return days_of(self.months)

    def months_after(self, times: int, own: float = 0.0) -> float:
        """Until the next one, after ``times`` of them; 0 when there is none any more.

        ``own`` is what the last one asks for itself.
        """
        return own or (self.series[times - 1] if times <= len(self.series) else self.months)

    def is_for(self, patient: Patient, record: MedicalRecord, today: dt.date) -> bool:
        age = patient.age_on(today).years
        sex = patient.identity.traits.sex
        if not self.from_age <= age < self.to_age or self.sex not in ("", sex.value):
            return False
        return not self.only_with or any(_opens(e, self.only_with) for e in record.entries)

    @property
    def told(self) -> tuple[str, ...]:
        """What its tip says of where its rhythm comes from, and for whom it is."""
        known = sources().get(self.source)
        said = (self.note, f"Seulement si\u00a0: {self.only_if}" if self.only_if else "")
        return (*filter(None, said), *(known.said if known else UNSOURCED))


@dataclass(frozen=True, slots=True)
class Protocol:
    """``conditions`` are the starts of CIM-10 codes that open it; ``weeks`` the end of a term."""

    key: str
    title: str
    acts: tuple[PlannedAct, ...]
    conditions: tuple[str, ...] = ()
    sex: str = ""
    from_age: int = 0
    weeks: int = 0


def family_of(name: str) -> Family | None:
    """Where a planned act is noted by hand; None for a measure, which has its own screen.

    Raises KeyError for a name that no protocol has.
    """
    acts = {act.name: act for one in protocols().values() for act in one.acts}
    families = acts[name].families
    if Family.MEASUREMENT in families:
        return None
    return Family(families[0]) if families else Family.MEDICAL_HISTORY


@dataclass(frozen=True, slots=True)
class Followed:
    """A protocol of one patient and the day it began for him."""

    protocol: Protocol
    start: dt.date


class _InForce:
    """What the open practice brought in, beside what is shipped."""

    protocols: Mapping[str, Protocol] = {}
    sources: Mapping[str, Source] = {}


def protocols() -> dict[str, Protocol]:
    """Every protocol in force by key: one that was brought in takes the place of the shipped."""
    return {**_shipped(), **_InForce.protocols}


def sources() -> dict[str, Source]:
    """Every published source that an act in force names, by key. None is invented."""
    return {**_shipped_sources(), **_InForce.sources}


def renew(files: Mapping[str, str]) -> int:
    """Only these (key → words) are in force beside the shipped ones; how many acts they plan.

    Raises UnreadableInput, and nothing changes then.
    """
    read = {key: read_protocol(key, words) for key, words in files.items()}
    _InForce.protocols = {key: one.protocol for key, one in read.items()}
    _InForce.sources = {name: source for one in read.values() for name, source in one.sources}
    return sum(len(one.protocol.acts) for one in read.values())


@cache
def _shipped() -> dict[str, Protocol]:
    folder = paths.bundled("resources") / "protocols"
    return {file.stem: _read(file.stem, file.read_text("utf-8")) for file in folder.glob("*.toml")}


@cache
def _shipped_sources() -> dict[str, Source]:
    file = paths.bundled("resources") / "protocols" / "sources" / "published.json"
    return {key: Source(**raw) for key, raw in json.loads(file.read_text("utf-8")).items()}


def _read(key: str, words: str) -> Protocol:
    raw = tomllib.loads(words)
    acts = tuple(PlannedAct(**_frozen(act)) for act in raw.pop("act"))
    return Protocol(key=key, acts=acts, **_frozen(raw))


@dataclass(frozen=True, slots=True)
class ReadProtocol:
    """A protocol of a file, the sources that it brings, the edition that it says or nothing."""

    protocol: Protocol
    sources: tuple[tuple[str, Source], ...]
    edition: str


def read_protocol(key: str, words: str) -> ReadProtocol:
    """A file of the doctor's, in the form of the shipped ones: ``title``, ``edition``, ``[[act]]``,
    and ``[sources.NAME]`` for those that its acts name. Raises UnreadableInput (what is wrong)."""
    try:
        raw = tomllib.loads(words)
        edition = str(raw.pop("edition", ""))
        named = {name: Source(**one) for name, one in raw.pop("sources", {}).items()}
        acts = [_act(key, act, named) for act in raw.pop("act")]
        fields = _of_class(Protocol, {**raw, "key": key}, ("acts",))
        if not acts or not fields["title"]:
            raise ValueError("un titre et au moins un acte sont attendus")
        protocol = Protocol(acts=tuple(acts), **fields)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        why = str(error) if type(error) is ValueError else "la forme du fichier n’est pas la bonne"
        raise UnreadableInput(
            f"Le protocole «\u00a0{key}\u00a0» ne peut pas être lu\u00a0: {why}.",
            advice="Ce qui était déjà chargé reste en place.",
        ) from error
    return ReadProtocol(protocol, tuple((f"{key}/{n}", one) for n, one in named.items()), edition)


def _act(key: str, raw: dict[str, Any], named: Mapping[str, Source]) -> PlannedAct:
    fields = _of_class(PlannedAct, raw, ())
    name, source = fields.get("name", ""), fields.get("source", "")
    if not name or not (fields.get("months") or fields.get("once") or fields.get("week")):
        raise ValueError(f"l’acte «\u00a0{name}\u00a0» n’a pas de nom ou de rythme")
    if source in named:
        fields["source"] = f"{key}/{source}"
    elif source and source not in _shipped_sources():
        raise ValueError(f"la source «\u00a0{source}\u00a0» n’est pas dans le fichier")
    for family in fields.get("families", ()):
        Family(family)
    return PlannedAct(**fields)


def _of_class(kind: type[Protocol | PlannedAct], raw: dict[str, Any], out: Sequence[str]) -> Any:
    """The fields of a file as ``kind`` has them. Raises ValueError naming the first that is not."""
    known = {one.name: one for one in dataclasses.fields(kind) if one.name not in out}
    for name, value in raw.items():
        if name not in known or not _fits(value, str(known[name].type)):
            raise ValueError(f"«\u00a0{name}\u00a0» n’est pas attendu ainsi")
    return _frozen(raw)


def _fits(value: Any, kind: str) -> bool:
    """Is it of that kind, and of a size that a protocol may have?"""
    if isinstance(value, bool) or kind == "bool":
        return isinstance(value, bool) and kind == "bool"
    if kind in ("int", "float"):
        number = int if kind == "int" else (int, float)
        return isinstance(value, number) and 0 <= value <= MOST_MONTHS
    if kind == "str":
        return isinstance(value, str) and len(value) <= LONGEST
    if kind.startswith("tuple["):
        inner = "str" if "str" in kind else "float"
        few = isinstance(value, list) and len(value) <= LONGEST
        return few and all(_fits(one, inner) for one in value)
    return isinstance(value, dict) and all(_fits(one, "float") for one in value.values())


def _frozen(raw: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(v) if isinstance(v, list) else v for name, v in raw.items()}


def followed_by(
    patient: Patient, record: MedicalRecord, today: dt.date, known_since: dt.date
) -> tuple[Followed, ...]:
    """The protocols the doctor chose, those a condition opens, then prevention by age.

    One that the doctor stopped stays stopped, whatever would open it.

    A protocol begins with its condition, at the earliest when the practice began to know the
    patient: what was done elsewhere before is not held against anybody.
    """
    found = [
        one
        for key in _order(patient.protocols)
        if (one := _followed(protocols()[key], patient, record, today, known_since)) is not None
    ]
    return tuple(found)


def _order(chosen: Sequence[str]) -> list[str]:
    known = sorted(protocols(), key=lambda key: (not protocols()[key].conditions, key))
    stopped = {key.removeprefix(STOPPED) for key in chosen if key.startswith(STOPPED)}
    keys = dict.fromkeys((*chosen, *known))
    return [key for key in keys if key in known and key not in stopped]


def decided(chosen: Sequence[str], key: str, *, follow: bool) -> tuple[str, ...]:
    """The doctor's choices with one more: to follow a protocol, or to stop it.

    Raises KeyError for an unknown protocol.
    """
    others = tuple(one for one in chosen if one.removeprefix(STOPPED) != protocols()[key].key)
    return (*others, key if follow else f"{STOPPED}{key}")


def _followed(
    protocol: Protocol,
    patient: Patient,
    record: MedicalRecord,
    today: dt.date,
    known_since: dt.date,
) -> Followed | None:
    if protocol.sex and patient.identity.traits.sex is not Sex(protocol.sex):
        return None
    if patient.age_on(today).years < protocol.from_age:
        return None
    entry = _condition(protocol, record)
    began = _day(entry.start) if entry is not None and entry.start is not None else None
    if protocol.weeks:
        over = began is None or today > began + dt.timedelta(weeks=protocol.weeks)
        return None if over or began is None else Followed(protocol, began)
    chosen = protocol.key in patient.protocols
    if entry is None and protocol.conditions and not chosen:
        return None
    return Followed(protocol, max(began or known_since, known_since))


def _condition(protocol: Protocol, record: MedicalRecord) -> MedicalEntry | None:
    """The active entry that opens a protocol, the newest when there are several."""
    entries = [one for one in record.entries if _opens(one, protocol.conditions)]
    return max(entries, key=lambda e: e.start.iso if e.start else "", default=None)


def _opens(entry: MedicalEntry, starts: tuple[str, ...]) -> bool:
    """A condition that stands, whose CIM-10 code begins so."""
    if entry.family not in CONDITIONS or not entry.active or entry.end is not None:
        return False
    return entry.code is not None and entry.code.code.startswith(starts or ("\0",))


def _day(date: PartialDate) -> dt.date:
    return dt.date(date.year, date.month or 1, date.day or 1)
