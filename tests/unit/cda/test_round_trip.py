"""A record written as a VSM and read back is the same record."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lgc.cda import documents, parse, vsm
from lgc.cda.contents import Letter
from lgc.domain.allergies import UNTOLD, Agent, Allergy, Kind, Severity
from lgc.domain.medical_data import Family, MedicalEntry, MedicalRecord, PartialDate, Posology
from lgc.domain.professionals import Coded
from lgc.domain.risks import Risk
from lgc.services.reading_back import must_agree

F = Family
PROBLEMS = (F.CHRONIC, F.MEDICAL_HISTORY)
TREATMENTS = (F.LONG_TERM_TREATMENT, F.CURRENT_TREATMENT)
MEASURED = (F.TOXIC, F.RISK_FACTOR, F.MEASUREMENT)
LEFT_OUT = (*TREATMENTS, F.MEASUREMENT)  # when they are over


def is_text_only(entry):
    """What the profile keeps as words."""
    uncoded = entry.family is F.OCCUPATIONAL and entry.code is None
    return uncoded or entry.family is F.VIGILANCE


WRITTEN_ON = dt.date(2026, 3, 12)
letters = st.characters(blacklist_categories=("Cs", "Cc", "Cn", "Zl", "Zp"))
texts = st.text(letters, min_size=1, max_size=40).map(str.strip).filter(bool)
sentences = st.lists(texts, min_size=1, max_size=3).map("\n".join)
maybe = st.one_of(st.just(""), sentences)
dates = st.one_of(
    st.none(),
    st.builds(PartialDate, st.integers(1900, 2030)),
    st.builds(PartialDate, st.integers(1900, 2030), st.integers(1, 12)),
    st.dates().filter(lambda d: d.year > 999).map(lambda d: PartialDate(d.year, d.month, d.day)),
)
CODES = {
    **dict.fromkeys(PROBLEMS, Coded("E11.9", "2.16.840.1.113883.6.3", "Diabète")),
    F.SURGICAL_HISTORY: Coded("HHFA001", "1.2.250.1.215.300.1", "Appendicectomie"),
    F.FAMILY_HISTORY: Coded("I21.9", "2.16.840.1.113883.6.3", "Infarctus"),
    F.ALLERGY: Coded("J01CA04", "2.16.840.1.113883.6.73", "Amoxicilline"),
    **dict.fromkeys(TREATMENTS, Coded("60234100", "1.2.250.1.213.2.3.1", "Produit")),
    F.VACCINATION: Coded("J07CA02", "2.16.840.1.113883.6.73", "Vaccin"),
    F.TOXIC: Coded("Z58.2", "2.16.840.1.113883.6.3", "Exposition à l’eau polluée"),
    F.OCCUPATIONAL: Coded("Z57.2", "2.16.840.1.113883.6.3", "Exposition aux poussières"),
    F.RISK_FACTOR: Coded("Z72.3", "2.16.840.1.113883.6.3", "Manque d’exercice"),
    F.MEASUREMENT: Coded("29463-7", "2.16.840.1.113883.6.1", "Poids"),
}
numbers = st.integers(0, 500_000).map(lambda n: n / 1000)
posologies = st.one_of(
    st.none(),
    st.builds(Posology, sentences),
    st.builds(
        Posology,
        st.sampled_from(
            ["1 cp matin et soir 7 jours", "10 UI matin 14 UI soir", "1 à 2 cp toutes les 6 h",
             "1 g si douleur max 4 par jour", "8 mg 3 jours puis 4 mg 3 jours puis stop",
             "3 cp par jour", "1 ampoule tous les 3 mois", "10 mg/kg/j"]
        ),
    ),
)  # fmt: skip


@st.composite
def entries(draw):
    family = draw(st.sampled_from(Family))
    value = draw(st.one_of(st.none(), numbers)) if family in MEASURED else None
    unit = ("kg" if family is F.MEASUREMENT else "{pack}/a") if value is not None else ""
    code = CODES.get(family) if draw(st.booleans()) else None
    return MedicalEntry(
        entry_id=draw(st.uuids()).hex if draw(st.booleans()) else str(draw(st.uuids())),
        family=family,
        label=draw(sentences),
        code=code,
        start=draw(dates),
        end=draw(dates),
        active=draw(st.booleans()) if family not in LEFT_OUT else True,
        risk=draw(st.sampled_from(Risk)) if family is F.RISK_FACTOR else Risk.OTHER,
        note=draw(maybe),
        kinship=draw(st.sampled_from(["", "FTH", "MTH", "BRO"]))
        if family is F.FAMILY_HISTORY
        else "",
        age_at_onset=draw(st.one_of(st.none(), st.integers(0, 110)))
        if family is F.FAMILY_HISTORY
        else None,
        value=value,
        unit=unit,
        posology=draw(posologies) if family in TREATMENTS else None,
        reaction=draw(maybe) if family is F.ALLERGY else "",
        allergy=draw(st.builds(Allergy, *map(st.sampled_from, (Kind, Agent, Severity))))
        if family is F.ALLERGY
        else UNTOLD,
    )


def spaced(text):
    """White space as XML reads it; line ends of any kind are line ends."""
    return "\n".join(" ".join(p for p in line.split(" ") if p) for line in text.splitlines())


def as_read(entry):
    """What the profile can carry of an entry: the rest is not in a VSM."""
    entry = entry.settled(WRITTEN_ON)
    posology = entry.posology
    if posology:
        posology = replace(posology, sentence=spaced(posology.sentence))
    return replace(
        entry,
        entry_id="" if is_text_only(entry) else entry.entry_id,
        label=spaced(entry.label),
        note=spaced(entry.note),
        reaction=spaced(entry.reaction),
        posology=posology,
    )


def order(entry):
    return (entry.family, entry.entry_id, repr(entry))


@given(st.lists(entries(), max_size=12, unique_by=lambda e: e.entry_id))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_entries_survive_the_journey(makers, written):
    content = vsm.render(makers.context(MedicalRecord(tuple(written))))
    must_agree(content, MedicalRecord(tuple(written)))
    document = parse.parse(content)
    read = [replace(e, entry_id="" if is_text_only(e) else e.entry_id) for e in document.entries]
    kept = [e for e in map(as_read, written) if e.active or e.family not in LEFT_OUT]

    assert sorted(read, key=order) == sorted(kept, key=order)
    assert document.faults == ()


def test_the_header_survives_the_journey(makers):
    context = makers.context(makers.full_record(), version=3, replaces="1.2.3")
    header = parse.parse(vsm.render(context)).header
    traits = context.patient.identity.traits

    assert header.patient.ins == (context.patient.identity.ins,)
    assert header.patient.traits == traits
    assert header.patient.local_ids == ((makers.LOCAL_ROOT, "chemin"),)
    assert (header.unique_id, header.set_id) == (context.unique_id, context.set_id)
    assert (header.version, header.replaces) == (3, "1.2.3")
    assert header.created_at == context.written_at
    assert header.authors == ("Dr Paul MEDECIN5729",)
    assert header.author_ids == ("899700057294",)
    assert header.organisation == header.custodian == context.practice_name
    assert header.service_start == context.service_start


def test_an_unknown_patient_is_read_with_its_faults(makers):
    document = parse.parse(vsm.render(makers.context(patient=makers.unknown_patient())))

    assert document.faults == ("Le document ne porte pas d’INS.",)
    assert document.header.patient.birth_name == "D’ŒUVRE & <FILS>"
    assert document.header.patient.sex == "UN"


def read_back(makers, kind, name):
    content = makers.contents()[kind][name]
    return content, parse.parse(documents.render(kind, content))


def test_prescribed_drugs_survive_the_journey(makers):
    content, read = read_back(makers, "prescription", "full")

    assert [
        (e.label, e.code and e.code.code, e.start.iso, e.end and e.end.iso, e.posology)
        for e in read.entries
    ] == [
        (
            drug.label,
            drug.code and drug.code.code,
            drug.start.isoformat(),
            drug.end and drug.end.isoformat(),
            drug.posology,
        )
        for drug in content.drugs
    ]
    assert read.header.recipients == ("Dr Anne ROBERT", "Urgences")
    assert read.body.media_type == "application/pdf"


def test_a_given_vaccine_and_the_measurements_of_the_day_survive_too(makers):
    content, read = read_back(makers, "vaccination_note", "full")
    (entry,) = read.entries
    assert (entry.label, entry.code.code, entry.note) == (
        content.vaccine.label, content.vaccine.code.code,
        "Bien toléré · Lot L-2026/04",
    )  # fmt: skip
    assert entry.start.iso == content.vaccine.day.isoformat()

    content, read = read_back(makers, "consultation", "full")
    taken = [(e.label, e.value, e.unit) for e in content.measurements]
    assert [(e.label, e.value, e.unit) for e in read.entries] == taken


def test_links_between_documents_survive_the_journey(makers):
    _, answer = read_back(makers, "reply", "linked")
    _, version = read_back(makers, "consultation", "full")
    _, free = read_back(makers, "reply", "free")

    assert answer.header.answers == ("1.2.250.1.999.9^7",)
    assert (version.header.version, version.header.replaces) == (2, "1.2.3^4")
    assert free.header.answers == ()


@pytest.mark.parametrize("name", ["nothing known", "absences"])
def test_what_is_absent_is_said_and_never_read_as_an_entry(makers, name):
    _, read = read_back(makers, "admission_letter", name)

    assert read.entries == ()
    assert "allergie" in parse.plain_text(read)


@given(st.lists(entries(), max_size=8, unique_by=lambda e: e.entry_id))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_letter_carries_the_essentials_of_any_record(makers, written):
    content = Letter(makers.facts(), "Avis", "Merci.", MedicalRecord(tuple(written)))
    read = parse.parse(documents.render("letter", content))
    carried = (*PROBLEMS, F.SURGICAL_HISTORY, F.ALLERGY, *TREATMENTS)
    expected = [
        e
        for e in map(as_read, written)
        if e.family in carried and (e.active or e.family not in TREATMENTS)
    ]

    assert sorted(read.entries, key=order) == sorted(expected, key=order)
    assert read.faults == ()
