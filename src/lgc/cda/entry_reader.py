"""Medical entries of structured sections: problems, acts, allergies, habits, treatments…

Reads what any CI-SIS document carries. In documents of ours the narrative ids
(``family_history-2-age``) also tell the family and what has no structured place.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from lxml import etree

from lgc.cda import allergy_codes, doses
from lgc.cda.entry_parts import (
    around,
    entry_id,
    hour_of,
    is_false,
    label_of,
    observations,
    period_of,
    ranked,
    severities,
    with_age,
    with_value,
)
from lgc.cda.measured import Measured, measured
from lgc.cda.moods import AT_ADMISSION, is_event, remarked, standing_of, treated
from lgc.cda.names import tag
from lgc.cda.standings import (
    concern_status,
    end_of,
    goes_on,
    negated,
    says_absent,
    says_none,
    status_of,
)
from lgc.cda.values import (
    attribute,
    coded,
    coded_or_translation,
    ends,
    find_all,
    first_words,
    named_in,
    only,
    partial_date,
    referred,
    told_time,
    words,
    xsi_type,
)
from lgc.cda.vsm_body import (
    ANSWERED,
    OCCUPATIONAL_EXPOSURE,
    SUBJECT_OF,
    SUBJECTS,
    TOXIC_EXPOSURE,
)
from lgc.cda.vsm_narrative import ENDED
from lgc.domain.biology import UNREADABLE
from lgc.domain.days import practice_day, practice_zone
from lgc.domain.medical_data import Family, MedicalEntry, PartialDate, Posology, RiskDenial
from lgc.domain.professionals import Coded
from lgc.domain.risks import Risk
from lgc.terminology.code_systems import CIM_10, ROLE_CODE, SNOMED_CT

DEFAULTS = frozenset((*SUBJECTS.values(), TOXIC_EXPOSURE, OCCUPATIONAL_EXPOSURE))
"""Codes that only say what an entry is about: its family and its subject say it already."""
EXPOSURES = {TOXIC_EXPOSURE: Family.TOXIC, OCCUPATIONAL_EXPOSURE: Family.OCCUPATIONAL}
NEVER_SMOKED, USED_TO_SMOKE, UNKNOWN_SMOKER = "266919005", "8517006", "266927001"
"""Of jdv-statut-tabagique-cisis, SNOMED CT."""
COMMENT = "48767-8"
GONE = "Nié, annulé ou retiré par son auteur, non repris ici"
NAMED = 10
ADMISSION = "42346-7"
STATUS = "33999-4"
CONSUMABLE = "CSM"

_OWN = re.compile(r"([a-z_]+)-(\d+)-label")
_OWN_DENIAL = re.compile(r"denied-([a-z]+)-answer")
_FAMILIES = {family.value: family for family in Family}


@dataclass(frozen=True, slots=True)
class Told:
    """What the narrative of one of our own entries says: its family and the start of its ids."""

    family: Family
    ref: str


class EntryReader:
    """Reads the entries of one document. ``targets`` maps narrative IDs to their elements."""

    def __init__(self, document: etree._Element, targets: Mapping[str, etree._Element]) -> None:
        self._document = document
        self._targets = targets
        written = told_time(document)
        self._day = practice_day(written) if written else None
        self._refs: set[str] = set()
        self._left: list[str] = []
        self._readers: dict[str, Callable[[etree._Element], Iterator[MedicalEntry]]] = {
            "11450-4": lambda s: self._problems(s, Family.CHRONIC),
            "11348-0": lambda s: self._problems(s, Family.MEDICAL_HISTORY),
            "47519-4": self._procedures,
            "48765-2": self._allergies,
            "29762-2": self._habits,
            "10157-6": self._relatives,
            "10160-0": lambda s: self._substances(s, Family.LONG_TERM_TREATMENT),
            ADMISSION: lambda s: self._at_admission(s),
            "10183-2": lambda s: self._substances(s, Family.LONG_TERM_TREATMENT),
            "57828-6": lambda s: self._substances(s, Family.CURRENT_TREATMENT),
            "11369-6": lambda s: self._substances(s, Family.VACCINATION),
            "8716-3": self._measurements,
        }

    def entries(self) -> tuple[MedicalEntry, ...]:
        """Structured entries of every section that is known, then our own text-only lines."""
        read: list[MedicalEntry] = []
        for section in self._document.iter(tag("section")):
            reader = self._readers.get(attribute(section, "h:code", "code"))
            if reader:
                read.extend(reader(section))
        read.extend(self._lines())
        return tuple(one if one.label else replace(one, label=UNREADABLE) for one in read)

    def faults(self) -> Iterator[str]:
        """What the entries deny, cancelled or took back, by name; read ``entries`` before."""
        names = list(dict.fromkeys(self._left))
        if names:
            more = f" et {len(names) - NAMED} de plus" if len(names) > NAMED else ""
            yield f"{GONE}\u00a0: {', '.join(names[:NAMED])}{more}."

    def _stands(self, node: etree._Element) -> bool:
        """Does an entry say that something was so? One that does not is told among the faults."""
        if not negated(node) and is_event(node):
            return True
        self._leave(node)
        return False

    def _leave(self, node: etree._Element) -> None:
        agents = "h:participant/h:participantRole/h:playingEntity/h:code"
        product = "h:consumable/h:manufacturedProduct/h:manufacturedMaterial/h:code"
        for path in (agents, product, "h:value"):
            told = (one for one in find_all(node, path) if not says_absent(one))
            if names := [name for one in told if (name := named_in(one))]:
                self._left.extend(names)
                return
        if name := named_in(only(node, "h:code")):
            self._left.append(name)

    def denials(self) -> tuple[RiskDenial, ...]:
        """The risks that the document answers by no, each once."""
        found: dict[Risk, RiskDenial] = {}
        for section in self._document.iter(tag("section")):
            if attribute(section, "h:code", "code") != "29762-2":
                continue
            for node in find_all(section, "h:entry/h:observation"):
                risk = self._denied(node)
                if risk is not None:
                    found.setdefault(risk, self._denial(node, risk))
        return tuple(found.values())

    # --- one reader per kind of section -------------------------------------------------------

    def _problems(self, section: etree._Element, family: Family) -> Iterator[MedicalEntry]:
        for node in observations(section):
            if not self._stands(node):
                continue
            for entry in self._named(node, family):
                yield replace(entry, active=self._goes_on(node, entry))

    def _named(self, node: etree._Element, family: Family) -> Iterator[MedicalEntry]:
        """One entry a value, which the model lets be several."""
        values: list[etree._Element | None] = [*find_all(node, "h:value")]
        for rank, value in enumerate(values or [None]):
            entry = self._base(node, family, only(value, "h:originalText"))
            code = coded_or_translation(value)
            label = (entry.label if rank == 0 else "") or label_of(code) or named_in(value)
            if not self._absent(node, label, value):
                yield replace(ranked(entry, rank), label=label, code=code)

    def _absent(self, node: etree._Element, label: str, *codes: etree._Element | None) -> bool:
        """Does an entry only say that there is none? A line of ours says what was typed."""
        if any(says_absent(code) for code in codes):
            return True
        own = any(_told(_target(text)) for text in node.iter(tag("text"), tag("originalText")))
        return not own and says_none(label)

    def _procedures(self, section: etree._Element) -> Iterator[MedicalEntry]:
        for node in find_all(section, "h:entry/h:procedure"):
            code, standing = only(node, "h:code"), standing_of(node)
            if negated(node) or standing is None:
                self._leave(node)
                continue
            if says_absent(code):
                continue
            entry = self._base(node, Family.SURGICAL_HISTORY, only(code, "h:originalText"))
            found = coded_or_translation(code)
            label = entry.label or label_of(found) or named_in(code)
            # A disease is no act: its words stay, as an act's.
            if found is not None and found.system == CIM_10:
                found = None
            yield replace(entry, label=label, code=found, standing=standing)

    def _allergies(self, section: etree._Element) -> Iterator[MedicalEntry]:
        for node in observations(section):
            if says_absent(only(node, "h:code")) or not self._stands(node):
                continue
            agents: list[etree._Element | None] = [
                only(one, "h:participantRole/h:playingEntity")
                for one in find_all(node, "h:participant")
                if (one.get("typeCode") or CONSUMABLE) == CONSUMABLE
            ]
            for rank, agent in enumerate(agents or [None]):
                entry = self._allergy(node, agent)
                codes = (*find_all(node, "h:value"), only(agent, "h:code"))
                if not self._absent(node, entry.label, *codes):
                    yield ranked(entry, rank)

    def _allergy(self, node: etree._Element, agent: etree._Element | None) -> MedicalEntry:
        """The allergy to one agent."""
        values, type_ = find_all(node, "h:value"), coded(only(node, "h:code"))
        agent_code = only(agent, "h:code")
        original = only(agent_code, "h:originalText")
        entry = self._base(node, Family.ALLERGY, original)
        found = coded_or_translation(agent_code)
        named = self._referred(original) or first_words(agent, "h:name")
        named = named or label_of(found) or named_in(agent_code)
        # With an agent, SNOMED CT there says that there is a propensity, which is no agent.
        if type_ is not None and not allergy_codes.knows(type_) and (named or values):
            entry = remarked(entry, type_.label) if type_.label else entry
        abouts = [one for value in values if (one := coded_or_translation(value)) is not None]
        about = next((one for one in abouts if not named or one.system == CIM_10), None)
        said = ", ".join(dict.fromkeys(label_of(one) for one in abouts)) if not named else ""
        return replace(
            entry,
            label=named or said or entry.label or label_of(type_),
            code=found or about,
            active=self._goes_on(node, entry),
            reaction=self._reaction(node, values, original),
            allergy=allergy_codes.read(
                type_,
                self._part(_told(_target(only(node, "h:text"))), "type"),
                allergy_codes.worst(severities(node)),
            ),
        )

    def _habits(self, section: etree._Element) -> Iterator[MedicalEntry]:
        for node in find_all(section, "h:entry/h:observation"):
            code, values = only(node, "h:code"), find_all(node, "h:value")
            asked, answers = coded(code), [coded(value) for value in values]
            if (
                self._denied(node) is not None
                or not self._stands(node)
                or (values and all(is_false(value) for value in values))
                or (values and all(_unknown_smoker(answer) for answer in answers))
            ):
                continue
            more = next((c for t in find_all(code, "h:translation") if (c := coded(t))), None)
            entry = self._base(node, Family.RISK_FACTOR, None)
            subject = SUBJECT_OF.get(asked.code, Risk.OTHER) if asked else Risk.OTHER
            family = EXPOSURES.get(asked.code) if asked else None
            own = entry.family if subject is Risk.OTHER else Family.RISK_FACTOR
            yield replace(
                with_value(entry, values[0] if len(values) == 1 else None),
                family=family or own,
                risk=subject,
                label=self._habit_label(entry.label or label_of(asked) or named_in(code), node),
                code=more or (None if asked and asked.code in DEFAULTS else asked),
                active=entry.active and not any(_is_smoker(a, USED_TO_SMOKE) for a in answers),
            )

    def _habit_label(self, label: str, node: etree._Element) -> str:
        """What was asked, then the answer that is no number: « Statut tabagique : sevré »."""
        values = find_all(node, "h:value")
        said = measured(values, self._referred)
        yes = bool(values) and all(xsi_type(value) == "BL" for value in values)
        plain = yes or said == Measured(said.value, unit=said.unit)
        same = plain or not said.words or said.words in label
        return label if same else f"{label}\u00a0: {said.words}"

    def _denied(self, node: etree._Element) -> Risk | None:
        """The risk that an observation answers by no, by our own words or by its code."""
        values = find_all(node, "h:value")
        own = _OWN_DENIAL.fullmatch(_target(only(node, "h:text")))
        if own and own.group(1) in set(Risk):
            return Risk(own.group(1))
        risk = SUBJECT_OF.get(attribute(node, "h:code", "code"))
        no = [is_false(one) or _is_smoker(coded(one), NEVER_SMOKED) for one in values]
        return risk if risk in ANSWERED and no and all(no) else None

    def _denial(self, node: etree._Element, risk: Risk) -> RiskDenial:
        noted = told_time(node) or told_time(self._document)
        by = words(self._targets.get(f"denied-{risk}-by"))
        return RiskDenial(risk, noted or dt.datetime.min.replace(tzinfo=practice_zone()), by)

    def _relatives(self, section: etree._Element) -> Iterator[MedicalEntry]:
        for organizer in find_all(section, "h:entry/h:organizer"):
            kinship = coded(only(organizer, "h:subject/h:relatedSubject/h:code"))
            for node in find_all(organizer, "h:component/h:observation"):
                if not self._stands(node):
                    continue
                known = kinship is not None and kinship.system == ROLE_CODE
                for entry in self._named(node, Family.FAMILY_HISTORY):
                    yield replace(
                        with_age(entry, node), kinship=kinship.code if kinship and known else ""
                    )

    def _substances(self, section: etree._Element, family: Family) -> Iterator[MedicalEntry]:
        for node in find_all(section, "h:entry/h:substanceAdministration"):
            material = only(node, "h:consumable/h:manufacturedProduct/h:manufacturedMaterial")
            code = only(material, "h:code")
            if says_absent(code) or says_absent(only(node, "h:code")):
                continue
            if negated(node):
                self._leave(node)
                continue
            entry = self._base(node, family, only(code, "h:originalText"))
            found = coded_or_translation(code)
            label = (
                self._referred(only(code, "h:originalText"))
                or words(only(material, "h:name"))
                or label_of(found)
                or named_in(code)
                or entry.label
            )
            if self._absent(node, label):
                continue
            entry = replace(entry, label=label, code=found)
            read = self._vaccination if entry.family is Family.VACCINATION else self._treatment
            known = read(entry, node, material)
            if known is not None:
                yield known
            else:
                self._leave(node)

    def _vaccination(
        self, entry: MedicalEntry, node: etree._Element, material: etree._Element | None
    ) -> MedicalEntry | None:
        """What was injected, or was planned; its batch in a remark."""
        standing, batch = standing_of(node), words(only(material, "h:lotNumberText"))
        if standing is None:
            return None
        entry = replace(entry, standing=standing)
        return remarked(entry, f"Lot {batch}") if batch and batch not in entry.note else entry

    def _treatment(
        self, entry: MedicalEntry, node: etree._Element, material: etree._Element | None
    ) -> MedicalEntry | None:
        posology = self._posology(node, only(material, "h:code"))
        return treated(replace(entry, posology=posology), node)

    def _at_admission(self, section: etree._Element) -> Iterator[MedicalEntry]:
        """What was taken when somebody came in: nobody says that it still is."""
        for entry in self._substances(section, Family.LONG_TERM_TREATMENT):
            told = AT_ADMISSION in entry.note
            yield replace(entry if told else remarked(entry, AT_ADMISSION), active=False)

    def _measurements(self, section: etree._Element) -> Iterator[MedicalEntry]:
        paths = ("h:entry/h:organizer/h:component/h:observation", "h:entry/h:observation")
        for path in paths:
            for node in find_all(section, path):
                if self._stands(node):
                    yield from self._measurement(node)

    def _measurement(self, node: etree._Element) -> Iterator[MedicalEntry]:
        """One entry a value, which the model lets be several."""
        asked = only(node, "h:code")
        code = coded_or_translation(asked)
        entry = replace(self._base(node, Family.MEASUREMENT, None), recorded_at=hour_of(node))
        # Elsewhere the linked cell often holds the value: « 55 kg » names nothing.
        own = _told(_target(only(node, "h:text"))) is not None
        coded_name = label_of(code) or named_in(asked)
        names = (entry.label, coded_name) if own else (coded_name, entry.label)
        values: list[etree._Element | None] = [*find_all(node, "h:value")]
        for rank, value in enumerate(values or [None]):
            # How long it lasted, which is no end of it.
            one = replace(entry, label=names[0] or names[1], code=code, active=True)
            yield self._figure(ranked(one, rank), value)

    def _figure(self, entry: MedicalEntry, value: etree._Element | None) -> MedicalEntry:
        """The number of a measurement; what is no plain number stays in its words."""
        told = with_value(entry, value)
        if value is None or told.value is not None:
            return told
        said = measured([value], self._referred).words
        same = not said or said in entry.label or entry.label in said
        return told if same else replace(told, label=f"{entry.label}\u00a0: {said}")

    def _lines(self) -> Iterator[MedicalEntry]:
        """Families that the profile keeps as text only, found by the ids we gave their lines."""
        for name, node in self._targets.items():
            told = _told(name)
            if not told or told.ref in self._refs:
                continue
            if told.family in (Family.VIGILANCE, Family.OCCUPATIONAL):
                yield MedicalEntry(
                    entry_id=told.ref,
                    family=told.family,
                    label=words(node),
                    start=self._french_date(told, "start"),
                    end=self._french_date(told, "end"),
                    active=self._part(told, "state") != ENDED,
                    note=self._part(told, "note"),
                )

    # --- what all entries share ---------------------------------------------------------------

    def _base(
        self, node: etree._Element, family: Family, original: etree._Element | None
    ) -> MedicalEntry:
        """Identifier, label, dates and remark. The label comes from the original text if any."""
        text = original if original is not None else only(node, "h:text")
        target = _target(text)
        told = _told(target) or _told(_target(only(node, "h:text")))
        if told:
            self._refs.add(told.ref)
        start, end = period_of(node)
        age = self._part(told, "age").split()
        return MedicalEntry(
            entry_id=entry_id(node),
            family=told.family if told else family,
            label=self._referred(text) or self._referred(only(node, "h:text")),
            start=start,
            end=end or (self._french_date(told, "end") if told else None),
            active=not self._is_over(told, end),
            note=self._comment(node),
            age_at_onset=int(age[0]) if age and age[0].isdecimal() else None,
        )

    def _is_over(self, told: Told | None, end: PartialDate | None) -> bool:
        """The word of our own lines; elsewhere an end that came before the document."""
        said = self._part(told, "state")
        if said:
            return said == ENDED
        return end is not None and self._day is not None and end.last_day < self._day

    def _goes_on(self, node: etree._Element, entry: MedicalEntry) -> bool:
        """The status of a problem or an allergy. A history of ours without a state says none."""
        originals = find_all(node, "h:value/h:originalText")
        own = any(_told(_target(one)) for one in (*originals, only(node, "h:text")))
        if own and entry.family is Family.MEDICAL_HISTORY:
            return entry.active
        concern = next(node.iterancestors(tag("act")), None)
        end = end_of(node, concern, entry.end or period_of(concern)[1])
        return goes_on(self._clinical_status(node), end, concern_status(node), self._day)

    def _referred(self, text: etree._Element | None) -> str:
        return referred(text, self._targets)

    def _part(self, told: Told | None, part: str) -> str:
        return words(self._targets.get(f"{told.ref}-{part}")) if told else ""

    def _french_date(self, told: Told, part: str) -> PartialDate | None:
        text = "".join(reversed(self._part(told, part).split("/")))
        return partial_date(text) if text.isdecimal() else None

    def _comment(self, node: etree._Element) -> str:
        told = (
            self._referred(only(act, "h:text"))
            for act in find_all(node, "h:entryRelationship/h:act")
            if attribute(act, "h:code", "code") == COMMENT
        )
        return " · ".join(dict.fromkeys(one for one in told if one))

    def _clinical_status(self, node: etree._Element) -> bool | None:
        said = (
            status_of(value)
            for found in find_all(node, "h:entryRelationship/h:observation")
            if attribute(found, "h:code", "code") == STATUS and is_event(found)
            for value in find_all(found, "h:value")
        )
        return next((one for one in said if one is not None), None)

    def _reaction(
        self,
        node: etree._Element,
        values: list[etree._Element],
        agent: etree._Element | None,
    ) -> str:
        """Every reaction; without any, what the values say in other words than the agent."""
        seen = [
            one
            for relation in find_all(node, "h:entryRelationship")
            if relation.get("typeCode") == "MFST"
            for one in find_all(relation, "h:observation")
            if not negated(one) and is_event(one)
        ]
        if seen:
            said = (
                self._referred(only(value, "h:originalText"))
                or label_of(coded_or_translation(value))
                or named_in(value)
                for one in seen
                for value in find_all(one, "h:value")
            )
            return ", ".join(dict.fromkeys(words for words in said if words))
        texts = [only(value, "h:originalText") for value in values]
        others = (self._referred(one) for one in texts if _target(one) != _target(agent))
        return ", ".join(dict.fromkeys(words for words in others if words))

    def _posology(self, node: etree._Element, product: etree._Element | None) -> Posology | None:
        text = only(node, "h:text")
        own = _target(text) != _target(only(product, "h:originalText"))
        sentence = self._referred(text) if own else self._beside(_target(text), "posologie")
        sentence = sentence or self._steps(node)
        coded = doses.parse(node)
        if not sentence:
            told = doses.words(coded)
            return Posology(told) if told else None
        differ = not doses.agree(doses.of(Posology(sentence)), coded)
        return Posology(sentence, coded=doses.words(coded) if differ else "")

    def _steps(self, node: etree._Element) -> str:
        """The frequency and dose of each step of a structured dosage, in the words shown."""
        steps = (node, *find_all(node, "h:entryRelationship/h:substanceAdministration"))
        return "\n".join(said for step in steps if (said := self._step(step)))

    def _step(self, step: etree._Element) -> str:
        times = find_all(step, "h:effectiveTime")
        periods = [p for time in times for p in time.iter(tag("period"))]
        often = [self._translated(period) for period in periods]
        much = [self._translated(end) for end in ends(only(step, "h:doseQuantity"))]
        amount = " à ".join(dict.fromkeys(words for words in much if words))
        return ", ".join(dict.fromkeys(words for words in (*often, amount) if words))

    def _translated(self, quantity: etree._Element | None) -> str:
        """The words of a quantity, of the first translation that has some."""
        told = find_all(quantity, "h:translation/h:originalText")
        return next((said for one in told if (said := self._referred(one))), "")

    def _beside(self, target: str, header: str) -> str:
        """The cell of the same row under a header, for documents that do not link it."""
        node = self._targets.get(target)
        cell = around(node, "td")
        row, table = around(cell, "tr"), around(cell, "table")
        if cell is None or row is None or table is None:
            return ""
        titles = [words(th).lower() for th in table.iter(tag("th"))]
        cells = list(row)
        rank = next((n for n, title in enumerate(titles) if title.startswith(header)), None)
        return words(cells[rank]) if rank is not None and rank < len(cells) else ""


def _target(text: etree._Element | None) -> str:
    """The ID a text points to; official samples write it with and without ``#``."""
    return attribute(text, "h:reference", "value").removeprefix("#")


def _told(target: str) -> Told | None:
    match = _OWN.fullmatch(target)
    family = _FAMILIES.get(match.group(1)) if match else None
    return Told(family, target.removesuffix("-label")) if family else None


def _is_smoker(answer: Coded | None, kind: str) -> bool:
    return answer is not None and (answer.system, answer.code) == (SNOMED_CT, kind)


def _unknown_smoker(answer: Coded | None) -> bool:
    return _is_smoker(answer, UNKNOWN_SMOKER)
