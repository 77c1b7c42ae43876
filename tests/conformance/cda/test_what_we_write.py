"""The official rules judge what we write: no error and no warning."""

from contextlib import nullcontext
from dataclasses import replace
from types import SimpleNamespace

import pytest

from lgc.cda import n1, vsm
from lgc.cda.kinds import type_of
from lgc.domain.documents import DocumentKind
from lgc.domain.medical_data import Family, MedicalEntry, MedicalRecord, PartialDate
from lgc.domain.risks import NAMES, Risk
from lgc.services.measures import Measures
from lgc.terminology import nomenclature

RECORDS = {
    "empty": lambda m: m.context(),
    "full": lambda m: m.context(m.full_record()),
    "every state": lambda m: m.context(m.every_state()),
    "absences": lambda m: m.context(m.absences_record()),
    "long": lambda m: m.context(m.long_record()),
    "partial": lambda m: m.context(m.partial_record()),
    "awkward": lambda m: m.context(
        m.awkward_record(), author=m.author(address=m.Address(("", " "), "75005", "PARIS"))
    ),
    "unknown patient": lambda m: m.context(m.full_record(), patient=m.unknown_patient()),
    "second version": lambda m: m.context(
        m.full_record(), version=2, replaces="1.2.250.1.999.1.2.41", service_start=None
    ),
    "no local number": lambda m: m.context(m.full_record(), local_id_root=""),
    "bare doctor": lambda m: m.context(
        m.partial_record(),
        author=replace(m.author(), telephone="", mssante_address="", address=m.Address()),
        patient=replace(m.patient(), attending_doctor="", address=m.Address(city="PARIS")),
        practice_name="",
    ),
}


def findings(validator, folder, content, profile):
    file = folder / "document.xml"
    file.write_bytes(content)
    return [str(finding) for finding in validator.validate(file, profile).findings]


@pytest.mark.parametrize("record", RECORDS)
@pytest.mark.parametrize("profile", ["vsm", "vsm-1.4"])
def test_a_vsm_has_no_finding(validator, makers, tmp_path, record, profile):
    context = RECORDS[record](makers)

    assert vsm.missing(context) == ()
    assert findings(validator, tmp_path, vsm.render(context), profile) == []


@pytest.mark.parametrize("record", ["empty", "full", "partial", "every state"])
@pytest.mark.parametrize("profile", ["vsm", "vsm-1.4"])
def test_rules_that_others_hide_hold_too(strict_validator, makers, tmp_path, record, profile):
    content = vsm.render(RECORDS[record](makers))

    assert findings(strict_validator, tmp_path, content, profile) == []


@pytest.mark.parametrize("family", Family)
def test_each_family_alone_is_conforming(validator, makers, tmp_path, family):
    record = MedicalRecord(makers.full_record().of(family))

    assert findings(validator, tmp_path, vsm.render(makers.context(record)), "vsm") == []


@pytest.mark.parametrize("family", Family)
def test_each_family_is_conforming_in_each_state(validator, makers, tmp_path, family):
    for state in makers.STATES:
        record = MedicalRecord((makers.in_state(family, state),))

        assert findings(validator, tmp_path, vsm.render(makers.context(record)), "vsm") == []


@pytest.mark.parametrize("risk", Risk)
def test_each_answer_about_a_risk_is_conforming(validator, makers, tmp_path, risk):
    yes = MedicalEntry("y", Family.RISK_FACTOR, NAMES[risk], risk=risk)
    for record in (MedicalRecord((yes,)), MedicalRecord(denials=(makers.denial(risk),))):
        assert findings(validator, tmp_path, vsm.render(makers.context(record)), "vsm") == []


@pytest.mark.parametrize("media_type", n1.MEDIA_TYPES)
def test_an_n1_has_no_finding(validator, makers, tmp_path, media_type):
    context = n1.N1Context(
        patient=makers.patient(),
        author=makers.author(),
        unique_id="1.2.250.1.999.1.2.43",
        set_id="1.2.250.1.999.1.3.8",
        version=1,
        written_at=makers.NOW,
        service_start=makers.NOW,
        practice_name="Cabinet",
        type=type_of(DocumentKind.NOTE),
        title="Compte rendu & suite",
        body=b"%PDF-1.4 contenu",
        media_type=media_type,
    )

    assert n1.missing(context) == ()
    assert findings(validator, tmp_path, n1.render(context), "minimal") == []


@pytest.mark.parametrize("family", nomenclature.OF_FAMILY)
def test_a_term_of_the_nomenclature_has_no_finding(validator, makers, tmp_path, family):
    """What the completion proposes is what the profile takes, in every family."""
    entries = tuple(
        MedicalEntry(f"e-{file}", family, term.code.label, term.code, PartialDate(2014, 7))
        for file in nomenclature.OF_FAMILY[family]
        for term in nomenclature.terms(file)[:1]
    )

    content = vsm.render(makers.context(MedicalRecord(entries)))

    assert findings(validator, tmp_path, content, "vsm") == []


def test_the_judge_does_see_faults(validator, makers, tmp_path):
    content = vsm.render(makers.context(makers.full_record()))
    broken = content.replace(b'<signatureCode code="S"/>', b"")

    assert findings(validator, tmp_path, broken, "vsm")


def test_measures_typed_in_one_line_are_conforming(validator, makers, tmp_path, clock, ids, make):
    kept = []
    medical = SimpleNamespace(add=lambda patient_id, entry: kept.append(entry))
    uow = SimpleNamespace(
        medical=medical,
        patients=SimpleNamespace(get=lambda patient_id: make.patient()),
        audit=lambda *line: None,
        commit=lambda: None,
    )
    taken = Measures(lambda: nullcontext(uow), clock, ids, lambda event: None)
    taken.add("p", "PA 135/80 pouls 72 poids 72,5 taille 172 tour de taille 98 temp 37,2")
    taken.add("p", "sat 97 fr 16 dep 420 pc 42")

    content = vsm.render(makers.context(MedicalRecord(tuple(kept))))

    assert len(kept) == 11
    assert findings(validator, tmp_path, content, "vsm") == []
