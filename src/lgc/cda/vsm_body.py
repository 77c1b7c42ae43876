"""The body of a VSM: which entry goes to which section, and what its narrative says.

Three rules of the profile shape it (cda-vsm §4): a section with entries needs at least one, a
parent may carry text only for the children it lacks, and every entry points to narrative that
exists. Families nobody spoke of are said « Non renseigné », stated absences are dated.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from lgc.cda import allergy_codes, doses
from lgc.cda.vsm_narrative import (
    NOTHING,
    Narrative,
    Table,
    absence_sentence,
    allergy_status,
    concept,
    denials,
    not_asked,
    table,
)
from lgc.cda.writing import derived_uuid, is_identifier_root, is_uuid
from lgc.domain.allergies import UNTOLD, Allergy, Kind
from lgc.domain.days import practice_day
from lgc.domain.families import TITLES
from lgc.domain.medical_data import Family, MedicalEntry, MedicalRecord, RiskDenial
from lgc.domain.professionals import Coded
from lgc.domain.risks import Risk, is_bare
from lgc.terminology import code_systems
from lgc.terminology.value_sets import value_set

TREATMENTS = (Family.LONG_TERM_TREATMENT, Family.CURRENT_TREATMENT)
SUBJECTS = {
    Risk.TOBACCO: "74011-8",
    Risk.ALCOHOL: "74013-4",
    Risk.DRUGS: "11343-1",
    Risk.DIET: "81663-7",
    Risk.INACTIVITY: "73985-4",
    Risk.OTHER: "11345-6",
}
"""The code of JDV social-history that asks about each subject (cda-vsm §4.1)."""
SUBJECT_OF = {code: risk for risk, code in SUBJECTS.items()} | {"72166-2": Risk.TOBACCO}
ANSWERED = frozenset((Risk.TOBACCO, Risk.ALCOHOL, Risk.DRUGS, Risk.DIET))
"""Subjects whose code takes a plain yes or no: that of inactivity asks about exercise, its
contrary, and that of the others about anything."""
TOXIC_EXPOSURE, OCCUPATIONAL_EXPOSURE = "92944-8", "8683-5"


def tells_no_act(entry: MedicalEntry) -> bool:
    """A disease is the reason of an act, and never what was done (cda-vsm §4.1, E)."""
    code = entry.code
    of_act = entry.family is Family.SURGICAL_HISTORY
    return of_act and code is not None and code.system == code_systems.CIM_10


@dataclass(frozen=True, slots=True)
class EntryContent:
    """One structured entry, ready to be shown: ``ref`` starts every narrative id it points to.

    ``reason`` is the problem of the same document that an act was done for.
    """

    entry: MedicalEntry
    ref: str
    id: tuple[str, str]
    day: dt.date
    type: Coded | None = None
    kinship: Coded | None = None
    reason: EntryContent | None = None

    @property
    def start(self) -> str:
        return self.entry.start.hl7 if self.entry.start else ""

    @property
    def end(self) -> str:
        """The end, unless it lies ahead of what is over already: that one never came."""
        end = self.entry.end
        if end is None or (self.is_over and end.last_day >= self.day):
            return ""
        return end.hl7

    @property
    def is_over(self) -> bool:
        return not self.entry.active

    @property
    def has_end(self) -> bool:
        return bool(self.end) or self.is_over

    @property
    def clinical_status(self) -> Coded:
        """« Inactif » of a problem that is over: nobody said that it was cured."""
        return concept("condition_status", "inactive")

    @property
    def is_plain_yes(self) -> bool:
        """A risk named and nothing more: its code takes « true »."""
        entry = self.entry
        named = entry.risk in ANSWERED and is_bare(entry.risk, entry.label)
        return named and entry.family is Family.RISK_FACTOR and entry.value is None

    @property
    def code(self) -> Coded | None:
        """The code, with a label in any case: a reader without the terminology needs one.

        None when its characters or its system cannot stand in a document, or when it is a disease
        where an act is told: the words remain.
        """
        code = self.entry.code
        if code is None or tells_no_act(self.entry) or not re.fullmatch(r"\S+", code.code):
            return None
        if not is_identifier_root(code.system):
            return None
        return replace(code, label=" ".join((code.label or self.entry.label).split()))

    @property
    def status(self) -> Coded:
        return concept("allergy_status", allergy_status(self.entry))

    @property
    def severity(self) -> Coded | None:
        return allergy_codes.severity_of(self.entry.allergy)

    @property
    def dose(self) -> doses.CodedDose:
        return doses.of(self.entry.posology)

    @property
    def step_ids(self) -> tuple[str, ...]:
        """One identifier for each subordinate entry of the dose."""
        ranks = range(1, len(self.dose.steps) + 1)
        return tuple(derived_uuid(*self.id, "step", str(rank)) for rank in ranks)

    @property
    def is_vital_sign(self) -> bool:
        return is_vital_sign(self.entry)

    @property
    def product(self) -> Coded | None:
        """The code when it is a CIS, the only system that FR-Produit-de-sante takes as main."""
        return self.code if self.code and self.code.system == code_systems.CIS else None

    @property
    def agent_is_coded(self) -> bool:
        return self.code is not None and self.code.system != code_systems.CIM_10


@dataclass(frozen=True, slots=True)
class DenialContent:
    """A risk answered by no: a plain « false », or words where its code asks something else."""

    denial: RiskDenial
    ref: str
    id: str

    @property
    def type(self) -> Coded:
        return concept("social_history", SUBJECTS[self.denial.risk])

    @property
    def is_plain(self) -> bool:
        return self.denial.risk in ANSWERED

    @property
    def noted(self) -> str:
        return f"{practice_day(self.denial.stated_at):%Y%m%d}"


@dataclass(frozen=True, slots=True)
class SectionContent:
    """One section. ``template`` names the file under ``vsm/sections``."""

    template: str
    title: str
    id: str
    text: Narrative = NOTHING
    entries: tuple[EntryContent, ...] = ()
    sections: tuple[SectionContent, ...] = ()
    denials: tuple[DenialContent, ...] = ()

    @property
    def file(self) -> str:
        return f"vsm/sections/{self.template}.xml"

    @property
    def organizer_id(self) -> str:
        return derived_uuid(self.id, "organizer")


# What to say of families without entries: all stated absent, else nothing known.
NOTHING_KNOWN = {
    Family.ALLERGY: ((Family.ALLERGY,), "no-known-allergies", "no-allergy-info"),
    Family.LONG_TERM_TREATMENT: (TREATMENTS, "no-known-medications", "no-medication-info"),
}


def _problem_type(entry: MedicalEntry) -> Coded:
    return concept("problem_type", "282291009" if entry.code else "55607006")


def _risk_type(entry: MedicalEntry) -> Coded:
    """The entry's own code when it is of the set and of its subject, else its subject's."""
    found = (
        value_set("social_history").get(entry.code.code, entry.code.system) if entry.code else None
    )
    if found is not None and SUBJECT_OF.get(found.code, Risk.OTHER) is entry.risk:
        return found
    return concept("social_history", SUBJECTS[entry.risk])


TYPES: dict[Family, Callable[[MedicalEntry], Coded]] = {
    Family.CHRONIC: _problem_type,
    Family.MEDICAL_HISTORY: _problem_type,
    Family.FAMILY_HISTORY: _problem_type,
    Family.ALLERGY: lambda entry: allergy_codes.type_of(entry.allergy),
    Family.TOXIC: lambda entry: concept("social_history", TOXIC_EXPOSURE),
    Family.OCCUPATIONAL: lambda entry: concept("social_history", OCCUPATIONAL_EXPOSURE),
    Family.RISK_FACTOR: _risk_type,
}


def is_vital_sign(entry: MedicalEntry) -> bool:
    """Whether the measurement is of JDV signe vital, with a value in a unit the set allows."""
    code = entry.code
    if code is None or value_set("vital_sign").get(code.code, code.system) is None:
        return False
    units = VITAL_SIGN_UNITS.get(code.code)
    return entry.value is None or units is None or entry.unit in units


_LENGTHS = ("m", "cm", "[in_us]", "[in_uk]")
VITAL_SIGN_UNITS = {
    "9279-1": ("/min",),
    "8867-4": ("/min",),
    "8480-6": ("mm[Hg]",),
    "8462-4": ("mm[Hg]",),
    "8310-5": ("Cel", "[degF]"),
    "8302-2": _LENGTHS,
    "8287-5": _LENGTHS,
    "29463-7": ("kg", "g", "[lb_av]", "[oz_av]"),
    "39156-5": ("kg/m2",),
}


class Body:
    """Builds the sections of one VSM; ids derive from the document's own identifier.

    What is over by ``day``, that of the document, is written as over.
    """

    def __init__(
        self, record: MedicalRecord, unique_id: str, local_id_root: str, day: dt.date
    ) -> None:
        self._record = replace(record, entries=tuple(e.settled(day) for e in record.entries))
        self._day = day
        self._unique_id = unique_id
        self._local_id_root = local_id_root

    def sections(self) -> tuple[SectionContent, ...]:
        """The three mandatory sections, then measurements and vaccinations."""
        return (
            self._history_and_risks(),
            self._plain("vigilance", Family.VIGILANCE),
            self._treatment_plan(),
            self.measurements(),
            self._vaccinations(),
        )

    def _history_and_risks(self) -> SectionContent:
        history = self._parent(
            "history",
            "Pathologies en cours, antécédents et allergies",
            (
                self._coded("active_problems", Family.CHRONIC),
                self._past_problems(),
                self._acts(),
                self._coded("allergies", Family.ALLERGY),
            ),
        )
        risks = self._parent(
            "risks",
            "Facteurs de risque",
            (
                self._habits(),
                self._plain("occupational", Family.OCCUPATIONAL),
                self._coded("family_history", Family.FAMILY_HISTORY),
            ),
        )
        title = "Pathologies en cours, antécédents, allergies et facteurs de risque"
        return self._section("summary", title, sections=(history, risks))

    def _parent(
        self, template: str, title: str, children: tuple[SectionContent, ...]
    ) -> SectionContent:
        """A section of sections: a child without entries becomes a sentence of its parent."""
        present = tuple(child for child in children if child.entries or child.denials)
        said = [s for child in children if child not in present for s in child.text.sentences]
        return self._section(template, title, Narrative(sentences=tuple(said)), sections=present)

    def _habits(self) -> SectionContent:
        """Risks with their answers, toxic exposures, and the coded exposures at work.

        The words of these last stand in their own section, which the profile keeps as text.
        """
        title = "Mode de vie et facteurs de risque"
        section = self._coded("habits", Family.RISK_FACTOR, Family.TOXIC, title=title)
        denied = tuple(
            DenialContent(
                denial, f"denied-{denial.risk}", derived_uuid(self._unique_id, denial.risk)
            )
            for denial in self._record.denials
        )
        coded = tuple(c for c in self._contents(Family.OCCUPATIONAL) if c.code)
        return replace(
            section,
            text=self._answers(section.text, denied),
            entries=(*section.entries, *coded),
            denials=denied,
        )

    def _answers(self, text: Narrative, denied: tuple[DenialContent, ...]) -> Narrative:
        """The answers « non » beside the lines, and the subjects nobody was asked about."""
        answered = {content.denial.risk for content in denied}
        answered |= {entry.risk for entry in self._record.of(Family.RISK_FACTOR)}
        if not answered:
            return text
        stated = self._record.absence_of(Family.RISK_FACTOR)
        unknown = absence_sentence(Family.RISK_FACTOR, None)
        sentences = [said for said in text.sentences if said != unknown]
        if stated is None:
            sentences.append(not_asked(tuple(answered)))
        tables = text.tables
        if denied:
            tables = (*tables, denials([(content.ref, content.denial) for content in denied]))
        return Narrative(tables, tuple(said for said in sentences if said))

    def _treatment_plan(self) -> SectionContent:
        treatments = self._coded("treatments", *TREATMENTS, title="Traitements")
        return self._parent("treatment_plan", "Traitement au long cours", (treatments,))

    def essentials(self) -> tuple[SectionContent, ...]:
        """Problems, history, allergies and treatments, as far as there are any: for letters."""
        chosen = (
            self._coded("active_problems", Family.CHRONIC),
            self._past_problems(),
            self._acts(),
            self._coded("allergies", Family.ALLERGY),
            self._coded("treatments", *TREATMENTS, title="Traitements"),
        )
        return tuple(section for section in chosen if section.entries)

    def at_admission(self) -> tuple[SectionContent, ...]:
        """Allergies and treatments always, then what else the record holds (LDL-EES)."""
        known = {section.template: section for section in self.essentials()}
        allergies = known.pop("allergies", None) or self._nothing_known(Family.ALLERGY)
        treatments = known.pop("treatments", None) or self._nothing_known(
            Family.LONG_TERM_TREATMENT
        )
        renamed = replace(
            treatments, template="admission_treatments", title="Traitements à l’admission"
        )
        return (renamed, allergies, *known.values())

    def _nothing_known(self, family: Family) -> SectionContent:
        """One entry that says the absence, when the profile wants an entry in any case."""
        families, none, unknown = NOTHING_KNOWN[family]
        stated = all(self._record.absence_of(one) for one in families)
        code = concept("absent_or_unknown", none if stated else unknown)
        label = code.label[:1].upper() + code.label[1:]
        kind = Allergy(Kind.ALLERGY) if family is Family.ALLERGY else UNTOLD
        entry = MedicalEntry(f"none-{family}", family, label, code, allergy=kind)
        content = replace(self._content(entry, f"{family}-none"), entry=entry)
        text = Narrative(tables=(table(family, [(content.ref, entry)]),))
        template = "allergies" if family is Family.ALLERGY else "treatments"
        return self._section(template, TITLES[family], text, (content,))

    def measurements(self) -> SectionContent:
        """Vital signs and other measurements."""
        entries = self._contents(Family.MEASUREMENT)
        coded = any(is_vital_sign(content.entry) for content in entries)
        return self._coded("vital_signs" if coded else "measurements", Family.MEASUREMENT)

    def _vaccinations(self) -> SectionContent:
        known = self._coded("vaccinations", Family.VACCINATION)
        return known if known.entries else replace(known, template="no_vaccinations")

    def _past_problems(self) -> SectionContent:
        """History, and the chronic conditions that are over: « actives » takes no others."""
        contents = (
            *self._contents(Family.MEDICAL_HISTORY),
            *self._contents(Family.CHRONIC, active=False),
        )
        text = self._narrative(Family.MEDICAL_HISTORY, contents)
        title = TITLES[Family.MEDICAL_HISTORY]
        return self._section("past_problems", title, text, contents)

    def _acts(self) -> SectionContent:
        """Acts; one that holds a disease has it for its reason when the document tells it."""
        section = self._coded("procedures", Family.SURGICAL_HISTORY)
        problems = {
            one.code.code: one
            for told in (self._coded("active_problems", Family.CHRONIC), self._past_problems())
            for one in told.entries
            if one.code is not None and one.code.system == code_systems.CIM_10
        }
        entries = tuple(
            replace(one, reason=problems.get(one.entry.code.code))
            if one.entry.code is not None and tells_no_act(one.entry)
            else one
            for one in section.entries
        )
        return replace(section, entries=entries)

    def _coded(self, template: str, *families: Family, title: str = "") -> SectionContent:
        """A section of structured entries, one table per family."""
        contents: list[EntryContent] = []
        tables: list[Table] = []
        sentences: list[str] = []
        for family in families:
            mine = self._contents(family)
            text = self._narrative(family, mine, captioned=len(families) > 1)
            contents.extend(mine)
            tables.extend(text.tables)
            sentences.extend(text.sentences)
        text = Narrative(tuple(tables), tuple(sentences))
        return self._section(template, title or TITLES[families[0]], text, tuple(contents))

    # The profile wants these two as text only: their entries are shown and not repeated.
    _plain = _coded

    def _section(
        self,
        template: str,
        title: str,
        text: Narrative | None = None,
        entries: tuple[EntryContent, ...] = (),
        sections: tuple[SectionContent, ...] = (),
    ) -> SectionContent:
        section_id = derived_uuid(self._unique_id, "section", template)
        return SectionContent(template, title, section_id, text or NOTHING, entries, sections)

    def _contents(self, family: Family, *, active: bool = True) -> tuple[EntryContent, ...]:
        """Entries of a family. Treatments that ended are no treatments any more, and a
        measurement that was corrected is no measurement."""
        entries = enumerate(self._record.of(family), 1)
        selective = family in (Family.CHRONIC, Family.MEASUREMENT) or family in TREATMENTS
        return tuple(
            self._content(entry, f"{family}-{rank}")
            for rank, entry in entries
            if not selective or entry.active is active
        )

    def _content(self, entry: MedicalEntry, ref: str) -> EntryContent:
        type_of = TYPES.get(entry.family)
        return EntryContent(
            entry=entry,
            ref=ref,
            id=self._entry_id(entry),
            day=self._day,
            type=type_of(entry) if type_of else None,
            kinship=value_set("kinship").get(entry.kinship) if entry.kinship else None,
        )

    def _entry_id(self, entry: MedicalEntry) -> tuple[str, str]:
        if is_uuid(entry.entry_id):
            return entry.entry_id.upper(), ""
        if self._local_id_root and entry.entry_id:
            return self._local_id_root, entry.entry_id
        return derived_uuid(self._unique_id, "entry", entry.entry_id), ""

    def _narrative(
        self, family: Family, contents: tuple[EntryContent, ...], *, captioned: bool = False
    ) -> Narrative:
        lines = [(content.ref, content.entry) for content in contents]
        if lines:
            return Narrative(tables=(table(family, lines, captioned=captioned),))
        # Entries left out (ended treatments) make no absence and do not undo one that was stated.
        stated = self._record.absence_of(family)
        return Narrative(sentences=(absence_sentence(family, stated),))
