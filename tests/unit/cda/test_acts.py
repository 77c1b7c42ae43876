"""A diagnosis is no act: surgical history leaves as an act's code or as words, the disease only as
its reason."""

import pytest
from lxml import etree

from lgc.cda import parse, vsm
from lgc.domain.medical_data import Family, MedicalEntry, MedicalRecord
from lgc.domain.professionals import Coded
from lgc.services.reading_back import must_agree
from lgc.terminology import code_systems

NS = {"h": "urn:hl7-org:v3"}
KNEE = Coded("S83.5", code_systems.CIM_10, "Entorse et foulure du genou, ligament croisé")
ACT = MedicalEntry("act", Family.SURGICAL_HISTORY, "LCA", KNEE)


def procedure(makers, *entries):
    tree = etree.fromstring(vsm.render(makers.context(MedicalRecord(entries))))
    return tree.find(".//h:procedure", NS)


def test_a_disease_does_not_leave_as_what_was_done(makers):
    node = procedure(makers, ACT)

    assert node.find("h:code", NS).get("nullFlavor") == "UNK"
    assert node.find("h:code", NS).get("code") is None
    assert node.find("h:code/h:originalText/h:reference", NS) is not None
    assert node.find("h:entryRelationship", NS) is None


@pytest.mark.parametrize("family", [Family.CHRONIC, Family.MEDICAL_HISTORY])
def test_the_disease_is_its_reason_where_the_document_tells_it(makers, family):
    node = procedure(makers, ACT, MedicalEntry("ill", family, "Genou", KNEE))

    assert node.find("h:code", NS).get("code") is None
    reason = node.find("h:entryRelationship[@typeCode='RSON']/h:act", NS)
    assert reason.find("h:code", NS).get("code") == "S83.5"
    told = reason.find("h:id", NS).attrib
    ids = [dict(one.attrib) for one in node.getroottree().iterfind(".//h:entry/h:act/h:id", NS)]
    assert dict(told) in ids


def test_a_colleagues_act_coded_by_a_disease_is_read_as_its_words(makers):
    tree = procedure(makers, ACT).getroottree()
    code = tree.find(".//h:procedure/h:code", NS)
    del code.attrib["nullFlavor"]
    code.set("code", KNEE.code)
    code.set("codeSystem", KNEE.system)

    read = [one for one in parse.parse(etree.tostring(tree)).entries if one.family is ACT.family]

    assert [(one.label, one.code) for one in read] == [("LCA", None)]


def test_an_act_keeps_the_code_of_an_act(makers):
    code = Coded("HHFA001", code_systems.CCAM, "Appendicectomie")
    node = procedure(makers, MedicalEntry("act", Family.SURGICAL_HISTORY, "Appendicite", code))

    assert node.find("h:code", NS).get("code") == "HHFA001"


def test_what_leaves_of_it_reads_back_as_the_record_says(makers):
    record = MedicalRecord((ACT, MedicalEntry("ill", Family.CHRONIC, "Genou", KNEE)))

    must_agree(vsm.render(makers.context(record)), record)
