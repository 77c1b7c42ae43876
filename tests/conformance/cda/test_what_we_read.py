"""Every official sample is understood: header, body, results as many as XPath counts."""

import sys
from collections import Counter
from pathlib import Path

import pytest
from lxml import etree

from lgc.cda import parse, pdf
from lgc.domain.allergies import Agent, Allergy, Kind, Severity
from lgc.domain.medical_data import Family
from lgc.domain.risks import Risk

FEW, FEW_A_TAG = 20_000, 40  # function calls: what is read once, and each tag
NS = {"h": "urn:hl7-org:v3"}
RESULT = "//h:observation[h:templateId/@root='1.3.6.1.4.1.19376.1.3.1.6']"
QUOTED = f"{RESULT}/h:entryRelationship[@typeCode='REFR']/h:observation"
FOLDER = Path(__file__).resolve().parents[4] / "shared" / "conformance" / "cda" / "samples"
NAMES = sorted(file.stem for file in FOLDER.glob("*.xml")) or ["absent"]


@pytest.fixture(params=NAMES)
def sample(request, samples):
    return (samples / f"{request.param}.xml").read_bytes()


def test_its_header_is_complete(sample):
    tree = etree.fromstring(sample)
    header = parse.parse(sample).header

    assert header.unique_id.startswith(tree.find("h:id", NS).get("root"))
    assert header.type.code == tree.find("h:code", NS).get("code")
    assert header.title
    assert header.created_at is not None and header.created_at.tzinfo is not None
    assert header.patient.ins and header.patient.traits
    assert header.patient.ins[0].key_is_right
    assert header.patient.birth_name and header.patient.birth_date
    assert header.authors and header.author_ids
    assert header.custodian and header.legal_authenticator
    assert header.service_start is not None
    assert header.version >= 1
    assert len(header.template_ids) == len(tree.findall("h:templateId", NS))


def test_its_body_is_readable(sample):
    tree = etree.fromstring(sample)
    document = parse.parse(sample)
    text = parse.plain_text(document)

    assert document.sections or document.body
    titles = tree.xpath("//h:structuredBody//h:section/h:title", namespaces=NS)
    for title in titles:
        assert " ".join("".join(title.itertext()).split()) in " ".join(text.split())
    words = tree.xpath("//h:section/h:text//h:td//text()", namespaces=NS)
    for word in {" ".join(w.split()) for w in words if w.strip()}:
        assert word in " ".join(text.split())


def test_its_results_are_as_many_as_counted(sample):
    tree = etree.fromstring(sample)
    document = parse.parse(sample)
    results = document.results
    # A quoted one whose date is impossible (month 20 in a sample) is told, never dated today.
    undated = sum(int(one.split()[0]) for one in document.faults if "résultat(s) sans date" in one)
    own = [result for result in results if not result.previous]

    assert len(own) == len(tree.xpath(RESULT, namespaces=NS))
    assert len(results) - len(own) + undated == len(tree.xpath(QUOTED, namespaces=NS))
    assert undated <= 1
    for result in results:
        assert result.label
        assert result.value is not None or result.text
        assert result.taken_at.tzinfo is not None
    for result in own:
        assert result.laboratory and result.chapter


def test_its_numbers_and_units_are_those_written(sample):
    tree = etree.fromstring(sample)
    written = sorted(
        (float(value.get("value")), value.get("unit") or "")
        for value in tree.xpath(f"{RESULT}/h:value[@value]", namespaces=NS)
    )
    read = sorted(
        (result.value, result.unit)
        for result in parse.parse(sample).results
        if result.value is not None and not result.previous and not result.bound
    )

    assert read == [(value, "" if unit == "1" else unit) for value, unit in written]


def test_it_is_read_in_few_steps_a_tag_and_becomes_a_pdf(sample):
    calls = Counter()
    sys.setprofile(lambda frame, event, what: calls.update((event,)))
    try:
        document = parse.parse(sample)
    finally:
        sys.setprofile(None)

    assert calls["call"] + calls["c_call"] < FEW + FEW_A_TAG * sample.count(b"<")
    assert pdf.render(document).startswith(b"%PDF-")


def test_the_vsm_gives_its_entries(samples):
    entries = parse.parse((samples / "VSM_1.4_2022.01.xml").read_bytes()).entries

    assert [(e.family.value, e.code.code if e.code else e.risk.value) for e in entries] == [
        ("chronic", "G45.9"),
        ("chronic", "I20.0"),
        ("medical_history", "N10"),
        ("medical_history", "I21.1"),
        ("surgical_history", "DDAF004"),
        ("allergy", "60234100"),
        ("risk_factor", "tobacco"),
        ("risk_factor", "drugs"),
        ("family_history", "D57.1"),
        ("long_term_treatment", "63564053"),
        ("long_term_treatment", "63245753"),
    ]
    assert entries[-1].posology.sentence == "1 cp/j"
    # The narrative of the sample and its codes do not agree: both are told.
    assert entries[-1].posology.coded.endswith("toutes les 6\u00a0h")


def test_an_allergy_of_a_colleague_keeps_its_kind_its_agent_and_the_worst_of_its_reactions(samples):
    entries = parse.parse((samples / "IPS-FR_2024.01.xml").read_bytes()).entries
    [allergy] = [one for one in entries if one.family is Family.ALLERGY]

    assert allergy.label == "Paracétamol"
    assert allergy.allergy == Allergy(Kind.ALLERGY, Agent.MEDICINE, Severity.MODERATE)
    assert allergy.reaction.startswith("Bronchospasme d'origine")
    assert "de la peau ou des muqueuses" in allergy.reaction


def test_an_antibiogram_keeps_its_germ_and_its_bounds(samples):
    file = samples / "BIO-CR-BIO_2024.01_Microbiologie_V1.xml"
    results = parse.parse(file.read_bytes()).results
    tested = [r for r in results if r.battery == "Antibiogramme"]

    assert {r.interpretation for r in tested} == {"S", "I", "R"}
    assert {r.isolate for r in tested} == {
        "Escherichia coli (organism)",
        "Genus Streptococcus (organism)",
    }
    assert {r.bound.value for r in tested} == {"<", ">"}
    assert {r.specimen for r in results} == {"Urine"}


def test_a_result_without_loinc_keeps_its_local_code_and_its_bound(samples):
    result = parse.parse((samples / "BIO-CR-BIO_2024.01_CRP_non_LOINC.xml").read_bytes()).results[0]

    assert result.code.system != "2.16.840.1.113883.6.1"
    assert (result.bound.value, result.value, result.unit) == ("<", 1.0, "mg/L")
    assert result.reference.high == 5


def test_reference_ranges_stay_with_each_result(samples):
    ranges = set()
    for file in samples.glob("*TSH*.xml"):
        results = parse.parse(file.read_bytes()).results
        ranges |= {r.reference for r in results if "Thyréostimuline" in r.label}

    assert len(ranges) > 1


def test_a_dosage_in_steps_is_told_in_the_words_of_the_prescription(samples):
    file = samples / "eP-MED-DM_2024.01_PosoStruct.xml"
    first, second = parse.parse(file.read_bytes()).entries[:2]

    assert first.posology.sentence == (
        "3 fois/j à partir du 01/12/2023 pendant 2 jours, 1 cp à 2 cp\n"
        "2 fois/j à partir du 03/12/2023 pendant 4 jours, 1 cp à 2 cp"
    )
    assert second.posology.sentence.startswith("2 applications/j")


def test_what_a_colleague_says_of_tobacco_and_drugs_keeps_its_answer(samples):
    entries = parse.parse((samples / "IPS-FR_2024.01.xml").read_bytes()).entries
    risks = [(e.risk, e.label) for e in entries if e.family is Family.RISK_FACTOR]

    assert risks[:4] == [
        (Risk.TOBACCO, "Statut tabagique\u00a0: Fumeur quotidien"),
        (Risk.TOBACCO, "Consommation tabagique"),
        (Risk.ALCOHOL, "Consommation d'alcool"),
        (Risk.DRUGS, "Consommation de drogue\u00a0: Cannabis"),
    ]
