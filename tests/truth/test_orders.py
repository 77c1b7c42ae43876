"""Prescriptions, vaccination notes, allergies, typed pages and what is no fact, each read apart.

Codes and words are held against what was entered; every kind that lgc writes is in the matrix.
"""

import datetime as dt
import importlib.util
import io
import itertools
import re
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader

from lgc.cda import documents
from lgc.cda.contents import Certificate, Prescription, VaccinationNote
from lgc.domain.allergies import AGENTS, KINDS, SEVERITIES, Agent, Allergy, Kind, Severity
from lgc.domain.medical_data import Family, MedicalRecord, Posology, Standing
from lgc.services import drafting
from lgc_sandbox.documents import clinical, orders

HERE = Path(__file__).parent


def loaded(name, file):
    spec = importlib.util.spec_from_file_location(name, file)
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


makers = loaded("truth_orders_makers", HERE.parent / "unit" / "cda" / "makers.py")
matrix = loaded("truth_orders_matrix", HERE / "test_documents.py")
TYPED = (*drafting.ORDERS, "n1")
HERE_TOO = {"prescription", "vaccination_note", "certificate", *TYPED}

DOSES = {
    "1 comprimé 3 fois par jour": ("normal", ("1 /8h",), ""),
    "1 à 2 comprimés 3 fois par jour": ("normal", ("1-2 /8h",), ""),
    "1 comprimé toutes les 6 heures, maximum 6 comprimés par jour": (
        "normal", ("1 /6h",), "6/d",
    ),
    "2 comprimés le matin et 1 le soir": ("split", ("2", "1"), ""),
    "2 comprimés le matin pendant 3 jours, puis 1 comprimé le matin pendant 4 jours": (
        "tapered", ("2 /1d", "1 /1d"), "",
    ),
    "à adapter selon la glycémie": ("normal", (), ""),
    "1 à 2 comprimés toutes les 6 heures, maximum 6 par jour": ("normal", (), ""),
}  # fmt: skip
"""What is typed → how, doses, maximum. The last is no dose: of what are there six?"""


def prescribed(drug):
    content = documents.render("prescription", Prescription(makers.facts(), (drug,)))
    return content, orders.ordered(content)


def test_every_kind_that_is_written_is_in_the_matrix():
    assert set(matrix.KINDS) | HERE_TOO == set(documents.MAKERS)
    assert not set(matrix.KINDS) & HERE_TOO


@pytest.mark.parametrize("sentence", DOSES)
@pytest.mark.parametrize("days", [None, 1, 5, 90])
def test_a_prescribed_dose_is_read_as_it_was_typed(sentence, days):
    drug = replace(makers.drugs()[0], posology=Posology(sentence), days=days)
    content, (line,) = prescribed(drug)
    mode, doses, most = DOSES[sentence]

    start = makers.NOW.date()
    end = start + dt.timedelta(days - 1) if days else None
    assert (line.label, line.code, line.posology) == (drug.label, drug.code.code, sentence)
    assert (line.start, line.end) == (f"{start:%Y%m%d}", f"{end:%Y%m%d}" if end else "")
    assert (line.mode, line.most) == (mode, most)
    read = [one.split()[0] if mode == "split" else one for one in line.doses]
    assert read == list(doses)
    ((_, row),) = [one for one in clinical.read(content).rows if "Médicament" in one[1]]
    said = f"Du {start:%d/%m/%Y} au {end:%d/%m/%Y}" if end else f"À partir du {start:%d/%m/%Y}"
    assert (row["Médicament"], row["Posologie"], row["Durée"]) == (drug.label, sentence, said)


def test_a_dose_that_is_to_stay_words_has_no_code():
    kept = Posology("1 comprimé 3 fois par jour", as_text=True)
    _, (line,) = prescribed(replace(makers.drugs()[0], posology=kept))
    assert (line.posology, line.doses, line.most) == (kept.sentence, (), "")


FIELDS = {
    "ald": ("chronic_condition", "En rapport avec l’ALD"),
    "work": ("work_accident", "Accident du travail ou maladie professionnelle"),
    "unpaid": ("not_refunded", "Non remboursable"),
    "off label": ("off_label", "Hors AMM"),
}


@pytest.mark.parametrize("answers", itertools.product([True, False], repeat=4))
@pytest.mark.parametrize("reason", ["", "MTE"])
def test_each_answer_about_a_drug_is_read_by_code_and_by_words(answers, reason):
    told = dict(zip(FIELDS, answers, strict=True))
    given = {FIELDS[name][0]: answer for name, answer in told.items()}
    content, (line,) = prescribed(replace(makers.drugs()[0], not_substitutable=reason, **given))

    assert line.flags == {name for name, answer in told.items() if answer}
    assert line.substitution == ("N" if reason else "G")
    (row,) = (one for _, one in clinical.read(content).rows if "Mentions" in one)
    said = [FIELDS[name][1] for name, answer in told.items() if answer]
    said = [f"Non substituable ({reason})"] * bool(reason) + said
    assert row["Mentions"].split("\n") == (said or ["Aucune"])


@pytest.mark.parametrize("rank", [None, 1, 3])
@pytest.mark.parametrize("booster", [None, True, False])
@pytest.mark.parametrize("note", ["", "Bien toléré"])
def test_a_vaccine_is_read_as_it_was_given(rank, booster, note):
    vaccine = makers.vaccine(rank=rank, booster=booster, note=note)
    content = documents.render("vaccination_note", VaccinationNote(makers.facts(), vaccine))
    (read,) = orders.given(content)

    act = {None: "IMMUNIZ", True: "BOOSTER", False: "INITIMMUNIZ"}[booster]
    assert read == orders.Given(
        vaccine.label, (vaccine.code.code, vaccine.vaccine_class.code), f"{vaccine.day:%Y%m%d}",
        vaccine.lot, str(rank or ""), act, note,
    )  # fmt: skip
    ((_, row),) = clinical.read(content).rows
    assert (row["Vaccin"], row["Lot"], row["Date"]) == (
        vaccine.label, vaccine.lot, f"{vaccine.day:%d/%m/%Y}",
    )  # fmt: skip
    assert (row.get("Rang", ""), row.get("Remarque", "")) == (str(rank or ""), note)


SEVERE = {
    Severity.UNKNOWN: "", Severity.MILD: "255604002", Severity.MILD_TO_MODERATE: "371923003",
    Severity.MODERATE: "6736007", Severity.MODERATE_TO_SEVERE: "371924009",
    Severity.SEVERE: "24484000", Severity.LIFE_THREATENING: "442452003",
}  # fmt: skip
TOLD = {
    (Kind.ALLERGY, Agent.MEDICINE): "416098002", (Kind.ALLERGY, Agent.FOOD): "414285001",
    (Kind.ALLERGY, Agent.OTHER): "419199007", (Kind.ALLERGY, Agent.UNKNOWN): "609328004",
    (Kind.INTOLERANCE, Agent.MEDICINE): "59037007", (Kind.INTOLERANCE, Agent.FOOD): "235719002",
    (Kind.INTOLERANCE, Agent.OTHER): "782197009", (Kind.INTOLERANCE, Agent.UNKNOWN): "782197009",
    (Kind.NOT_ALLERGIC, Agent.MEDICINE): "609398007", (Kind.NOT_ALLERGIC, Agent.FOOD): "735449006",
    (Kind.NOT_ALLERGIC, Agent.OTHER): "609397002", (Kind.NOT_ALLERGIC, Agent.UNKNOWN): "609396006",
    **{(Kind.IDIOSYNCRASY, agent): "56840009" for agent in Agent},
    **{(Kind.UNKNOWN, agent): "420134006" for agent in Agent},
}  # fmt: skip


@pytest.mark.parametrize("kind", ["vsm", "letter", "reply", "rcp", "admission_letter"])
def test_kind_agent_reaction_and_severity_are_read_as_they_were_entered(kind):
    told = [Allergy(*one) for one in itertools.product(Kind, Agent, Severity)]
    entries = tuple(
        makers.in_state(
            Family.ALLERGY, "active", entry_id=f"a{rank}", label=f"Agent {rank}.", allergy=one,
            reaction=f"Réaction {rank}." if rank % 2 else "",
        )
        for rank, one in enumerate(told)
    )  # fmt: skip
    content = documents.render(kind, matrix.KINDS[kind][1](MedicalRecord(entries)))

    wanted = [
        (e.label, TOLD[e.allergy.kind, e.allergy.agent], e.reaction or e.label,
         SEVERE[e.allergy.severity])
        for e in entries
    ]  # fmt: skip
    assert sorted(orders.allergies(content)) == sorted(wanted)
    rows = {" ".join(row.values()): row for family, row in clinical.read(content).rows
            if family == "allergy"}  # fmt: skip
    for entry in entries:
        (words,) = (one for one in rows if re.search(rf"\b{re.escape(entry.label)}", one))
        assert entry.reaction in words
        if entry.allergy.severity is not Severity.UNKNOWN:
            assert SEVERITIES[entry.allergy.severity] in words
        if entry.allergy.kind is not Kind.UNKNOWN:
            assert KINDS[entry.allergy.kind].lower() in words.lower()
        if entry.allergy.agent is not Agent.UNKNOWN and entry.allergy.kind is not Kind.UNKNOWN:
            assert AGENTS[entry.allergy.agent].lower()[:5] in words.lower()


@pytest.mark.parametrize("kind", drafting.ORDERS)
def test_a_typed_page_says_what_was_typed(kind):
    words = "NFS, plaquettes.\n\nIonogramme : « à jeun » ≥ 3 fois ; 1/2 dose l’été.\nŒdème"
    draft = drafting.Draft({"body": words})
    content = drafting._content(kind, makers.facts(), draft, MedicalRecord())

    pages = PdfReader(io.BytesIO(orders.page(documents.render(kind, content)))).pages
    read = matrix.squeezed("".join(one.extract_text() for one in pages))
    assert matrix.squeezed(words) in read


def test_a_certificate_says_its_words_and_nothing_of_a_record():
    found = clinical.read(documents.render("certificate", Certificate(makers.facts(), "Apte.")))
    assert (found.sentences, found.rows, found.coded) == (("Apte.",), (), ())


@pytest.mark.parametrize("kind", matrix.KINDS)
@pytest.mark.parametrize("standing", [one for one in Standing if one is not Standing.FACT])
def test_what_is_no_fact_is_in_no_document(kind, standing):
    intents = tuple(
        makers.in_state(family, "active", label=f"zzintent {family}", note="zznote",
                        standing=standing, entry_id=f"i-{family}")
        for family in Family
    )  # fmt: skip
    facts = tuple(entry for family in Family for entry in list(matrix.lines(family))[:1])
    made = matrix.KINDS[kind][1]
    bare = clinical.read(documents.render(kind, made(MedicalRecord(facts))))
    content = documents.render(kind, made(MedicalRecord(facts, intents=intents)))

    assert b"zz" not in content
    assert clinical.read(content) == bare
