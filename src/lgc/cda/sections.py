"""Sections of words, of prescribed drugs, of a vaccine and of a PDF copy, ready to be shown."""

from __future__ import annotations

import base64
import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lgc.cda import doses
from lgc.cda.contents import GivenVaccine, PrescribedDrug
from lgc.cda.kinds import Kind, SectionKind
from lgc.cda.vsm_narrative import Cell, Narrative, Table, concept
from lgc.cda.writing import derived_uuid, is_identifier_root, split_id
from lgc.domain.professionals import Coded
from lgc.terminology import code_systems

NOT_SAID = "Non renseigné."
SUBSTITUTION = "2.16.840.1.113883.5.1070"


@dataclass(frozen=True, slots=True)
class WordSection:
    """Paragraphs under a title. ``answers`` is the (root, extension) of a document answered."""

    kind: SectionKind
    id: str
    text: Narrative
    answers: tuple[str, str] | None = None
    answers_ref: str = ""
    file: str = "common/words.xml"

    @property
    def title(self) -> str:
        return self.kind.title

    @property
    def entry_id(self) -> str:
        return derived_uuid(self.id, "answers")


def words(kind: SectionKind, text: str, unique_id: str) -> WordSection | None:
    """The section of a text; None when it is empty and nobody requires it."""
    said = [part.strip("\n") for part in re.split(r"\n\s*\n", text) if part.strip()]
    if not said and not kind.required:
        return None
    section_id = derived_uuid(unique_id, "section", kind.field)
    return WordSection(kind, section_id, Narrative(sentences=tuple(said) or (NOT_SAID,)))


def all_words(declared: Kind, content: object, unique_id: str) -> tuple[WordSection, ...]:
    """The sections of words of a kind, in the order its ``kind.toml`` declares them."""
    made = (words(kind, getattr(content, kind.field), unique_id) for kind in declared.sections)
    return tuple(section for section in made if section)


def answering(section: WordSection, answers: str) -> WordSection:
    """The same section, saying which document it answers."""
    said = Cell("En réponse à votre courrier.", "answered-letter")
    table = Table(("Référence",), ((said,),))
    return replace(
        section,
        text=replace(section.text, tables=(table, *section.text.tables)),
        answers=split_id(answers),
        answers_ref=said.id,
    )


@dataclass(frozen=True, slots=True)
class PdfCopy:
    """The PDF for human readers, carried inside the document."""

    id: str
    body: str
    title: str = "Copie du document"
    file: str = "common/pdf_copy.xml"

    @property
    def entry_id(self) -> str:
        return derived_uuid(self.id, "attached")

    @property
    def type_id(self) -> str:
        return derived_uuid(self.id, "type")


def pdf_copy(content: bytes, unique_id: str) -> PdfCopy:
    body = base64.b64encode(content).decode("ascii")
    return PdfCopy(derived_uuid(unique_id, "section", "pdf-copy"), body)


# --- prescribed drugs -------------------------------------------------------------------------


def writable(code: Coded | None, label: str = "") -> Coded | None:
    """A code that can stand in a document, always with a label; else None."""
    if code is None or not re.fullmatch(r"\S+", code.code) or not is_identifier_root(code.system):
        return None
    return replace(code, label=" ".join((code.label or label).split()))


@dataclass(frozen=True, slots=True)
class DrugLine:
    """One prescribed drug with the ids that its narrative and its entries share."""

    drug: PrescribedDrug
    ref: str
    document_id: str
    written_at: dt.datetime

    def id_of(self, key: str) -> str:
        return derived_uuid(self.document_id, self.ref, key)

    @property
    def start(self) -> str:
        return f"{self.drug.start:%Y%m%d}"

    @property
    def end(self) -> str:
        return f"{self.drug.end:%Y%m%d}" if self.drug.end else ""

    @property
    def is_structured(self) -> bool:
        return self.dose != doses.NOTHING

    @property
    def dose(self) -> doses.CodedDose:
        return doses.of(self.drug.posology)

    @property
    def step_ids(self) -> tuple[str, ...]:
        """One identifier for each subordinate entry of the dose."""
        return tuple(self.id_of(f"step-{rank}") for rank, _ in enumerate(self.dose.steps, 1))

    @property
    def step_starts(self) -> tuple[str, ...]:
        """The first day of each step, in the order of the dose."""
        return tuple(f"{day:%Y%m%d}" for day in doses.starts(self.dose, self.drug.start))

    @property
    def product(self) -> Coded | None:
        code = writable(self.drug.code, self.drug.label)
        return code if code and code.system == code_systems.CIS else None

    @property
    def translations(self) -> tuple[Coded, ...]:
        code = writable(self.drug.code, self.drug.label)
        return (code,) if code and code.system != code_systems.CIS else ()

    @property
    def substitution(self) -> Coded:
        return concept("substitution", "N" if self.drug.not_substitutable.strip() else "G")

    @property
    def mentions(self) -> str:
        drug = self.drug
        reason = drug.not_substitutable.strip()
        said = (
            (bool(reason), f"Non substituable ({reason})"),
            (drug.chronic_condition, "En rapport avec l’ALD"),
            (drug.work_accident, "Accident du travail ou maladie professionnelle"),
            (drug.not_refunded, "Non remboursable"),
            (drug.off_label, "Hors AMM"),
        )
        return "\n".join(words for true, words in said if true) or "Aucune"

    @property
    def duration(self) -> str:
        drug = self.drug
        start = f"À partir du {drug.start:%d/%m/%Y}"
        if drug.end is None:
            return start
        return f"Du {drug.start:%d/%m/%Y} au {drug.end:%d/%m/%Y}"

    @property
    def quantity(self) -> str:
        drug = self.drug
        boxes = f"{drug.boxes}\u00a0boîte{'s' * (drug.boxes > 1)}" if drug.boxes else ""
        again = (
            f"À renouveler {drug.renewals}\u00a0fois" if drug.renewals else "Sans renouvellement"
        )
        return "\n".join(part for part in (boxes, again) if part)


_DRUG_COLUMNS = (
    ("Médicament", "label"),
    ("Posologie", "posology"),
    ("Durée", ""),
    ("Quantité", ""),
    ("Mentions", "mentions"),
    ("Conseils au patient", "patient"),
    ("Pour le pharmacien", "dispenser"),
)


@dataclass(frozen=True, slots=True)
class DrugSection:
    """FR-Prescription-medicaments. Lines of the chronic condition come first (« bizone »)."""

    id: str
    lines: tuple[DrugLine, ...]
    title: str = "Prescription de médicaments"
    file: str = "prescription/drugs.xml"

    @property
    def text(self) -> Narrative:
        zones = (
            ("En rapport avec l’affection de longue durée (ALD)", True),
            ("Sans rapport avec l’affection de longue durée", False),
        )
        if not self.is_bizone:
            return Narrative((_drug_table(self.lines, ""),))
        tables = (
            _drug_table([li for li in self.lines if li.drug.chronic_condition is zone], caption)
            for caption, zone in zones
        )
        return Narrative(tuple(table for table in tables if table.rows))

    @property
    def is_bizone(self) -> bool:
        return any(line.drug.chronic_condition for line in self.lines)


def drugs(
    prescribed: tuple[PrescribedDrug, ...], unique_id: str, written_at: dt.datetime
) -> DrugSection:
    """The section of prescribed drugs, in the order given."""
    lines = tuple(
        DrugLine(drug, f"drug-{rank}", unique_id, written_at)
        for rank, drug in enumerate(prescribed, 1)
    )
    return DrugSection(derived_uuid(unique_id, "section", "drugs"), lines)


def _drug_table(lines: Sequence[DrugLine], caption: str) -> Table:
    rows = [_drug_cells(line) for line in lines]
    used = [
        rank
        for rank, (_, part) in enumerate(_DRUG_COLUMNS)
        if part not in ("patient", "dispenser") or any(row[rank].text for row in rows)
    ]
    columns = tuple(_DRUG_COLUMNS[rank][0] for rank in used)
    return Table(columns, tuple(tuple(row[rank] for rank in used) for row in rows), caption)


def _drug_cells(line: DrugLine) -> tuple[Cell, ...]:
    drug = line.drug
    texts = (
        drug.label,
        drug.posology.sentence,
        line.duration,
        line.quantity,
        line.mentions,
        drug.patient_note.strip(),
        drug.dispenser_note.strip(),
    )
    return tuple(
        Cell(text, f"{line.ref}-{part}" if part else "")
        for text, (_, part) in zip(texts, _DRUG_COLUMNS, strict=True)
    )


# --- vaccine ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class VaccineSection:
    """FR-Vaccinations with its one entry."""

    id: str
    vaccine: GivenVaccine
    title: str = "Vaccination"
    file: str = "vaccination_note/vaccination.xml"

    @property
    def entry_id(self) -> str:
        return derived_uuid(self.id, "vaccination")

    @property
    def act(self) -> Coded:
        codes = {None: "IMMUNIZ", True: "BOOSTER", False: "INITIMMUNIZ"}
        return concept("immunization", codes[self.vaccine.booster])

    @property
    def product(self) -> Coded | None:
        return writable(self.vaccine.code, self.vaccine.label)

    @property
    def vaccine_class(self) -> Coded | None:
        return writable(self.vaccine.vaccine_class, self.vaccine.label)

    @property
    def text(self) -> Narrative:
        vaccine = self.vaccine
        columns = (
            ("Date", f"{vaccine.day:%d/%m/%Y}", ""),
            ("Vaccin", vaccine.label, "label"),
            ("Lot", vaccine.lot, ""),
            ("Rang", str(vaccine.rank or ""), ""),
            ("Voie", vaccine.route.label if vaccine.route else "", ""),
            ("Site", vaccine.site.label if vaccine.site else "", "site"),
            ("Remarque", vaccine.note.strip(), "note"),
        )
        used = [column for column in columns if column[1]]
        cells = tuple(Cell(text, f"vaccine-{part}" if part else "") for _, text, part in used)
        return Narrative((Table(tuple(header for header, _, _ in used), (cells,)),))


def vaccine(given: GivenVaccine, unique_id: str) -> VaccineSection:
    return VaccineSection(derived_uuid(unique_id, "section", "vaccine"), given)
