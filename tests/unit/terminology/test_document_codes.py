"""One dated table says which class a type has, one which format a template or a body has."""

import re
from pathlib import Path

import pytest

from lgc.domain.professionals import Coded
from lgc.terminology.document_codes import class_of, classes, format_of, formats
from lgc.terminology.value_sets import value_set

SAMPLES = Path(__file__).resolve().parents[3].parent / "shared/conformance/cda/samples"
IHE, FRENCH = "1.3.6.1.4.1.19376.1.2.3", "1.2.250.1.213.1.1.4.2.282"
UNKNOWN = "urn:asipSante:modelesHorsProfils:2011"
# ../shared/specs/dmp.md §5.4, those it marks as certain.
CERTAIN = {
    "11488-4": "10",
    "SYNTH": "11",
    "34133-9": "11",
    "11490-0": "10",
    "11502-2": "10",
    "CERT_DECL": "52",
    "18776-5": "44",
    **{f"DOCPAT0{number}": "90" for number in range(1, 10)},
    **{f"EXPPAT_{number}": "90" for number in range(1, 4)},
}
INFERRED = {
    "60591-5": "11",
    "34112-3": "10",
    "18748-4": "31",
    "57833-6": "42",
    "PRESC-BIO": "42",
    "PRESC-PEDI": "42",
    "PRESC-ORTHOPTIE": "42",
    "55115-0": "42",
    "60593-1": "43",
    "DISP_AUT": "43",
    "80565-5": "45",
    "REMB": "60",
    "89601-9": "52",
    "IMG-KOS": "31",
    "74465-6": "90",
    "96349-6": "10",
}
FORMATS = [
    ("1.2.250.1.213.1.1.1.13", "urn:asip:ci-sis:vsm:2012", FRENCH),
    ("1.2.250.1.213.1.1.1.51", "urn:ihe:pcc:ips:2020", IHE),
    ("1.3.6.1.4.1.19376.1.3.3", "urn:ihe:lab:xd-lab:2008", IHE),
    ("1.2.250.1.213.1.1.1.55", "urn:ihe:lab:xd-lab:2008", IHE),
    ("1.2.250.1.213.1.1.1.39", "urn:ihe:pharm:pre:2010", IHE),
    ("1.2.250.1.213.1.1.1.54", "urn:ihe:pharm:dis:2010", IHE),
    ("1.2.250.1.213.1.1.1.37", "urn:asip:ci-sis:vac:2019", FRENCH),
    ("1.2.250.1.213.1.1.1.46", "urn:asip:ci-sis:vac-note:2021", FRENCH),
    ("1.2.250.1.213.1.1.1.29", "urn:asip:ci-sis:ldl-ses:2017", FRENCH),
    ("1.2.250.1.213.1.1.1.21", "urn:asip:ci-sis:ldl-ees:2017", FRENCH),
    ("1.2.250.1.213.1.1.1.8", "urn:asip:ci-sis:frcp:2011", FRENCH),
    ("1.2.250.1.213.1.1.1.22", "urn:asip:ci-sis:dlu:2015", FRENCH),
    ("1.2.250.1.213.1.1.1.59", "urn:ans:ci-sis:trod:2024", FRENCH),
    ("1.2.250.1.213.1.1.1.52", "urn:ans:ci-sis:bio-ep-bio:2022", FRENCH),
    ("1.2.250.1.213.1.1.1.47", "urn:ans:ci-sis:img-da:2022", FRENCH),
    ("1.2.250.1.213.1.1.1.45", "urn:ihe:rad:CDA:ImagingReportStructuredHeadings:2013", IHE),
]
# JDV_J60, 2024-09-27.
WORDS = {
    "urn:asip:ci-sis:vsm:2012": "Synthèse médicale",
    "urn:ihe:lab:xd-lab:2008": "Compte rendu structuré d'examens de biologie médicale",
    "urn:ihe:rad:CDA:ImagingReportStructuredHeadings:2013": "Compte-rendu d'imagerie médicale",
    "urn:ihe:iti:xds-sd:pdf:2008": "Document à corps non structuré en Pdf/A-1",
    "urn:ihe:iti:xds-sd:text:2008": "Document à corps non structuré en texte brut",
    "urn:asipSante:modelesHorsProfils:2011": "Document non référencé IHE ou CI-SIS",
}
BODIES = [
    ("application/pdf", "urn:ihe:iti:xds-sd:pdf:2008"),
    ("text/plain", "urn:ihe:iti:xds-sd:text:2008"),
    ("text/rtf", "urn:ihe:iti-fr:xds-sd:rtf:2010"),
    ("application/rtf", "urn:ihe:iti-fr:xds-sd:rtf:2010"),
    ("image/jpeg", "urn:ihe:iti-fr:xds-sd:jpeg:2010"),
    ("image/tiff", "urn:ihe:iti-fr:xds-sd:tiff:2010"),
]


@pytest.mark.parametrize(("code", "expected"), (CERTAIN | INFERRED).items())
def test_the_class_follows_the_type(code, expected):
    found = class_of(Coded(code, "", ""))

    assert (found.code, found.system) == (expected, "1.2.250.1.213.1.1.4.1")
    assert found.label


def test_what_is_inferred_says_so_and_nothing_certain_does():
    assert not classes().inferred & set(CERTAIN)
    assert set(INFERRED) <= classes().inferred


def test_each_type_of_the_value_set_has_one_class_and_no_other_type_has():
    types = {one.code for one in value_set("document_type").concepts.values()}

    # The signature of a submission has a class of its own (§6).
    assert set(classes().of_type) == types - {"E1762"}
    assert class_of(Coded("unheard-of", "", "")) == classes().default


@pytest.mark.parametrize(("template", "code", "system"), FORMATS)
def test_the_format_follows_the_template(template, code, system):
    found = format_of(("1.2.3", template), "")

    assert (found.code, found.system) == (code, system)
    assert found.label


@pytest.mark.parametrize(("body", "code"), BODIES)
def test_an_unstructured_body_has_a_format_of_ihe(body, code):
    found = format_of(("1.2.250.1.213.1.1.1.13",), body)

    assert (found.code, found.system) == (code, IHE)


def test_what_has_no_name_is_an_unknown_model():
    assert format_of(("1.2.3",), "").code == UNKNOWN
    assert format_of((), "video/mp4").code == UNKNOWN


def test_a_code_of_ihe_is_of_its_system_and_each_table_is_dated():
    known = formats()
    for one in (*known.of_template.values(), *known.of_body.values(), known.unknown):
        assert one.system == (IHE if one.code.startswith("urn:ihe:") else FRENCH)
    for table in (known, classes()):
        assert "dmp.md" in table.source and table.read_on.year >= 2026


def test_labels_are_the_words_of_the_value_set():
    known = formats()
    every = (*known.of_template.values(), *known.of_body.values(), known.unknown)
    assert {one.code: one.label for one in every if one.code in WORDS} == WORDS


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples of ../shared are not there")
def test_the_official_imaging_report_leaves_under_its_name():
    content = (SAMPLES / "IMG_CR_IMG_2024.01.xml").read_bytes()
    templates = tuple(re.findall(rb'<templateId root="([\d.]+)"', content.partition(b"<code")[0]))

    found = format_of(tuple(one.decode() for one in templates), "")
    assert found.code == "urn:ihe:rad:CDA:ImagingReportStructuredHeadings:2013"
