"""Nobody sees a false code: twenty-three of them, each named by `lgc check` and by the sandbox.

They share no code: what both know is form and existence, the system of a section, the label of a
code, the unit and bounds of a vital sign, and the lists J01, J02 and J07.
"""

from pathlib import Path

import pytest
from lxml import etree

from lgc.cda import check, check_codes
from lgc.cda.source import load
from lgc.errors import UnreadableInput
from lgc_sandbox.documents import codes

GOLDEN = Path(__file__).with_name("vsm_full.xml").read_bytes()
NS = {"h": "urn:hl7-org:v3"}
CIM, CCAM, ATC = "2.16.840.1.113883.6.3", "1.2.250.1.215.300.1", "2.16.840.1.113883.6.73"
PROBLEM = "//h:value[@code='E11.9']"
ACT = "//h:procedure/h:code[@code='HHFA001']"
DRUG = "//h:manufacturedMaterial//*[@code='A10AE04']"
VACCINE = "//h:manufacturedMaterial//*[@code='J07CA02']"
ALLERGEN = "//h:playingEntity/h:code[@code='J01CA04']"
RELATIVE = "//h:value[@code='I21.9']"
WEIGHT = "//h:observation[h:code/@code='29463-7']"

FALSE = {
    "dead CIM-10": (PROBLEM, {"code": "I84.9"}),
    "dead CIM-10, one leaf": (PROBLEM, {"code": "K58.9"}),
    "dead ATC": (DRUG, {"code": "N03AX12"}),
    "CIM-10 without its dot": (PROBLEM, {"code": "E119"}),
    "CCAM a digit short": (ACT, {"code": "HHFA01"}),
    "ATC of no group": (DRUG, {"code": "X10AE04"}),
    "LOINC that does not exist": (f"{WEIGHT}/h:code", {"code": "29463-8"}),
    "kinship that does not exist": ("//h:code[@code='FTH']", {"code": "FATHER"}),
    "act as a disease": (PROBLEM, {"code": "HHFA001", "codeSystem": CCAM}),
    "medicine as a disease": (PROBLEM, {"code": "A10AE04", "codeSystem": ATC}),
    "disease as an act": (ACT, {"code": "S83.5", "codeSystem": CIM}),
    "medicine as an act": (ACT, {"code": "A10AE04", "codeSystem": ATC}),
    "disease as an allergen": (ALLERGEN, {"code": "Z88.0", "codeSystem": CIM}),
    "act of a relative": (RELATIVE, {"code": "HHFA001", "codeSystem": CCAM}),
    "disease as a medicine": (DRUG, {"code": "E11.9", "codeSystem": CIM}),
    "medicine as a vaccine": (VACCINE, {"code": "A10AE04"}),
    "label of another disease": (
        PROBLEM, {"displayName": "Hypertension essentielle (primitive)"}),
    "label of another severity": ("//*[@code='24484000']", {"displayName": "gravité mortelle"}),
    "1,700 kg": (f"{WEIGHT}/h:value", {"value": "1700"}),
    "kilograms in centimetres": (f"{WEIGHT}/h:value", {"unit": "cm"}),
    "SM99": ("//h:assignedAuthor/h:code", {"code": "G15_10/SM99", "displayName": "Autre"}),
    "facility of no list": (
        "//h:healthCareFacility/h:code", {"code": "SA99", "displayName": "Autre"}),
    "type of no list": ("/h:ClinicalDocument/h:code", {"code": "SYNTX", "displayName": "Autre"}),
}  # fmt: skip


def made(path, fields):
    document = etree.fromstring(GOLDEN)
    found = document.xpath(path, namespaces=NS)
    assert found, path
    for name, value in fields.items():
        found[0].set(name, value)
    return etree.tostring(document)


def test_there_are_twenty_three_of_them_and_none_in_the_document_itself():
    assert len(FALSE) == 23
    assert check.check(GOLDEN) == ()
    assert codes.judge(GOLDEN) == []


@pytest.mark.parametrize("name", FALSE)
def test_lgc_check_names_a_false_code(name):
    found = [one for one in check.check(made(*FALSE[name])) if one.level == "error"]
    assert found and all(one.sentence and one.where for one in found)


@pytest.mark.parametrize("name", FALSE)
def test_the_sandbox_names_a_false_code(name):
    assert codes.judge(made(*FALSE[name]))


SHARED = Path(__file__).parents[3].parent / "shared" / "conformance" / "cda" / "samples"


@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/conformance is not there")
def test_no_code_of_an_official_sample_is_called_false():
    for file in SHARED.rglob("*.xml"):
        content = file.read_bytes()
        try:
            document = load(content)
        except UnreadableInput:
            continue
        if not str(document.tag).endswith("ClinicalDocument"):
            continue
        said = [one for each in check_codes.CHECKS for one in each(document)]
        assert said == [], file.name
        assert codes.judge(content) == [], file.name


@pytest.mark.parametrize(
    ("code", "right"),
    [("4548-4", True), ("718-7", True), ("8480-6", True), ("29463-7", True), ("2160-0", True),
     ("4548-5", False), ("718-8", False), ("85353-2", False)],
)  # fmt: skip
def test_both_count_the_check_digit_of_loinc_each_in_its_way(code, right):
    assert check_codes._checked(code) is right
    assert codes._sum(code) is right
