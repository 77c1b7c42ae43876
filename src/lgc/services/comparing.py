"""What is prescribed, held against the allergies and intolerances of the record.

By substance (compositions of the public base of medicines when it is loaded) and by ATC group;
where an allergy is only words, by ``resources/allergens/groups.toml``. No group is held against
another. What was found is said, and so is what could not be compared: this is a reminder of the
record's own words, no certified prescription aid, and it never says that there is nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lgc.domain import allergy_words
from lgc.domain.medical_data import Family, MedicalEntry, MedicalRecord
from lgc.domain.patients import Patient
from lgc.domain.professionals import Coded
from lgc.domain.terms import Nomenclature, Term
from lgc.services.ports import OpenUnit, UnitOfWork
from lgc.terminology import code_systems, named_medicines
from lgc.terminology.named_medicines import Named
from lgc.terminology.nomenclature import fold

TREATMENTS = (Family.LONG_TERM_TREATMENT, Family.CURRENT_TREATMENT)
LOOKED_AT = 5
# Stems that make of an important line one of allergies: it is words nobody coded.
STEMS = ("allerg", "intoleran", "hypersensib", "anaphyla")
WORD = 4
"""Letters from which one word of an allergy, written in a line, is worth saying."""
# ATC heads these « autres »: what is in them shares nothing but that.
OTHERS = "X"
CHEMICAL = 5


@dataclass(frozen=True, slots=True)
class Drug:
    """A line to compare, as it was written: a prescribed one or a treatment of the record."""

    label: str
    code: Coded | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """One allergy that touches one line (``place`` among the lines).

    ``fact`` is the record's, ``why`` the substance or the group, ``noted`` its date and source.
    """

    place: int
    label: str
    allergy_id: str
    fact: str
    why: str
    noted: str

    @property
    def key(self) -> str:
        """The same alert at the next reading."""
        return f"{self.label}|{self.allergy_id}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """``compared`` of ``lines`` were held against every allergy that could be understood.

    ``unread_lines`` and ``unread_allergies`` could not, or not whole. ``known`` is whether the
    record holds any; ``absent`` that their absence was stated.
    """

    lines: int
    compared: int
    alerts: tuple[Alert, ...] = ()
    unread_lines: tuple[str, ...] = ()
    unread_allergies: tuple[str, ...] = ()
    known: bool = True
    absent: bool = False


NOTHING_COMPARED = Comparison(0, 0)


@dataclass(frozen=True, slots=True)
class _Known:
    """An allergy and what its words and code name."""

    allergy_id: str
    fact: str
    noted: str
    named: Named


class Comparing:
    """Runs in workers; reads, and changes nothing."""

    def __init__(self, open_unit: OpenUnit) -> None:
        self._open = open_unit

    def lines(self, patient_id: str, drugs: Sequence[Drug]) -> Comparison:
        """The lines of a prescription, or those about to enter the record."""
        with self._open() as uow:
            record = uow.medical.of_patient(patient_id)
            patient = uow.patients.get(patient_id)
            known = tuple(_known(uow, record, patient))
            named = [_named(uow, drug) for drug in drugs]
        alerts: list[Alert] = []
        unread: list[str] = []
        for place, (drug, what) in enumerate(zip(drugs, named, strict=True)):
            found = [_touch(drug, what, one) for one in known]
            alerts += [
                Alert(place, drug.label, one.allergy_id, one.fact, why, one.noted)
                for one, why in zip(known, found, strict=True)
                if why
            ]
            if not what or not what.coded or what.left:
                unread.append(drug.label)
        return Comparison(
            len(drugs),
            len(drugs) - len(unread) if known else 0,
            tuple(alerts),
            tuple(unread),
            tuple(one.fact for one in known if not one.named or one.named.left),
            bool(known),
            record.absence_of(Family.ALLERGY) is not None,
        )

    def treatments(self, patient_id: str) -> Comparison:
        """The treatments under way of the record."""
        with self._open() as uow:
            record = uow.medical.of_patient(patient_id)
        return self.lines(
            patient_id,
            [
                Drug(entry.label, entry.code)
                for family in TREATMENTS
                for entry in record.of(family)
                if entry.active
            ],
        )


def _known(uow: UnitOfWork, record: MedicalRecord, patient: Patient) -> Iterable[_Known]:
    entered = Named()
    for entry in allergy_words.of_today(record):
        named = _allergen(uow, entry)
        entered |= named
        yield _Known(entry.entry_id, allergy_words.told(entry), _noted(entry), named)
    for words in (patient.important, patient.important_detail):
        named = _looked_up(uow, words)
        again = set(named.groups) <= set(entered.groups) and named.substances <= entered.substances
        if any(stem in fold(words) for stem in STEMS) and not (again and named):
            noted = "information importante du dossier"
            yield _Known(f"important:{fold(words)}", words, noted, named)


def _noted(entry: MedicalEntry) -> str:
    """« depuis 2014 · notée le 12/02/2019 · d’après … »."""
    day = f"notée le {_day(entry.recorded_at)}" if entry.recorded_at else ""
    since = f"depuis {entry.start.french}" if entry.start else ""
    source = f"d’après {entry.source}" if entry.source else ""
    return " · ".join(part for part in (since, day, source) if part)


def _day(moment: dt.datetime) -> str:
    return f"{moment:%d/%m/%Y}"


def _allergen(uow: UnitOfWork, entry: MedicalEntry) -> Named:
    words = _looked_up(uow, f"{entry.label}, {entry.typed}" if entry.typed else entry.label)
    coded = _coded(uow, entry.code)
    # The code says what the words are about: what they leave over is not unknown then.
    return Named() | coded | _without_rest(words) if coded else words


def _named(uow: UnitOfWork, drug: Drug) -> Named:
    coded = _coded(uow, drug.code)
    return coded if coded else _looked_up(uow, drug.label)


def _without_rest(named: Named) -> Named:
    return Named(named.substances, named.atc, named.groups)


def _coded(uow: UnitOfWork, code: Coded | None) -> Named:
    if code is None:
        return Named()
    if code.system == code_systems.ATC:
        return named_medicines.of_atc(code.code)
    if code.system == code_systems.CIS:
        term = uow.terms.get(Nomenclature.MEDICINES, code.code)
        return _composed(term) if term is not None else Named()
    return Named()


def _composed(term: Term) -> Named:
    """A speciality by its composition, and by the ATC code that the base itself gives."""
    medicine = term.medicine
    if medicine is None:
        return Named()
    named = Named()
    for part in filter(None, medicine.dosage.split(" + ")):
        named |= named_medicines.of_substance(part)
    if not medicine.atc:
        return named
    return Named(named.substances, named.atc | {medicine.atc})


def _looked_up(uow: UnitOfWork, words: str) -> Named:
    """What words name; what they leave over is looked for in the base of medicines."""
    named = named_medicines.of_words(words)
    left = [word for word in named.left if len(word) >= WORD]
    if not left:
        return named
    rest = list(named.left)
    for word in left:
        for term in uow.terms.find(Nomenclature.MEDICINES, word, LOOKED_AT):
            composed = _composed(term)
            its_name = fold(term.code.label).split()[:1] == [word]
            its_substance = any(word in one.split() for one in composed.substances)
            if its_name or its_substance:
                named |= composed if its_name else named_medicines.of_substance(word)
                rest.remove(word)
                break
    return Named(named.substances, named.atc, named.groups, tuple(rest), named.coded)


def _touch(drug: Drug, line: Named, known: _Known) -> str:
    """Why an allergy touches a line; empty when nothing says so."""
    allergy = known.named
    for mine in sorted(allergy.substances):
        if any(_within(mine, theirs) or _within(theirs, mine) for theirs in line.substances):
            return f"même substance ({mine})"
    same = sorted(allergy.atc & line.atc)
    if same:
        return f"même substance (ATC {same[0]})"
    for group in named_medicines.table().groups:
        named = group in allergy.groups or (not group.wide and group.has(allergy))
        if named and group.has(line):
            return f"du groupe « {group.name} » (ATC {', '.join(group.atc)})"
    for code in sorted(allergy.atc):
        if any(_one_group(code, other) for other in line.atc):
            return f"même groupe ATC ({code[:CHEMICAL]})"
    written = set(fold(drug.label).split()).union(*(one.split() for one in line.substances))
    for word in allergy.left:
        if len(word) >= WORD and word in written:
            return f"le mot « {word} » est dans cette ligne"
    return ""


def _within(inner: str, outer: str) -> bool:
    return bool(inner) and f" {inner} " in f" {outer} "


def _one_group(code: str, other: str) -> bool:
    """One chemical group (level 4), or a code of the record that is itself a group."""
    if len(code) < CHEMICAL:
        return len(code) > 2 and other.startswith(code)
    group = code[:CHEMICAL]
    return not group.endswith(OTHERS) and other[:CHEMICAL] == group
