"""What a colleague planned, ordered, cancelled or stopped is not read as done or under way."""

import pytest
from lxml import etree

from lgc.cda import parse, vsm
from lgc.cda.moods import AT_ADMISSION
from lgc.domain.medical_data import Family, MedicalEntry, MedicalRecord, PartialDate, Standing
from lgc.domain.professionals import Coded

NS = {"h": "urn:hl7-org:v3"}
F = Family
ACTS = {F.SURGICAL_HISTORY: "procedure", F.VACCINATION: "substanceAdministration"}
LINES = {
    F.SURGICAL_HISTORY: "Prothèse de hanche",
    F.VACCINATION: "Vaccin grippe",
    F.LONG_TERM_TREATMENT: "Ramipril 5 mg",
    F.MEASUREMENT: "Poids",
    F.CHRONIC: "Asthme",
    F.ALLERGY: "Latex",
    F.FAMILY_HISTORY: "Infarctus",
    F.RISK_FACTOR: "Sédentarité",
}


def summary(makers, family, **more):
    more = {"value": 72.5, "unit": "kg", **more} if family is F.MEASUREMENT else more
    code = Coded("29463-7", "2.16.840.1.113883.6.1", "Poids") if family is F.MEASUREMENT else None
    entry = MedicalEntry("one", family, LINES[family], code, PartialDate(2026, 3, 1), **more)
    return etree.fromstring(vsm.render(makers.context(MedicalRecord((entry,)))))


def entries(tree, family):
    read = parse.parse(etree.tostring(tree)).entries
    return [one for one in read if one.family is family]


def nodes(tree, family):
    """The statement of the one entry, found by where its words stand."""
    ref = f"#{family}-1-label"
    found = [
        node
        for node in tree.iterfind(".//h:entry//*[@moodCode]", NS)
        if node.find("h:text/h:reference", NS) is not None
        and node.find("h:text/h:reference", NS).get("value") == ref
    ]
    assert found
    return found


def restate(tree, family, mood="EVN", status="completed"):
    for node in nodes(tree, family):
        node.set("moodCode", mood)
        node.find("h:statusCode", NS).set("code", status)
    return tree


@pytest.mark.parametrize("family", ACTS)
@pytest.mark.parametrize(
    ("mood", "status", "standing"),
    [
        ("EVN", "completed", Standing.FACT),
        ("EVN", "active", Standing.FACT),
        ("INT", "active", Standing.PLANNED),
        ("INT", "completed", Standing.PLANNED),
        ("PRMS", "active", Standing.PLANNED),
        ("RQO", "active", Standing.ORDERED),
        ("EVN", "cancelled", Standing.NOT_DONE),
        ("EVN", "aborted", Standing.NOT_DONE),
        ("INT", "cancelled", Standing.NOT_DONE),
        ("EVN", "held", Standing.PLANNED),
        ("EVN", "new", Standing.PLANNED),
    ],
)
def test_mood_and_status_of_an_act_decide(makers, family, mood, status, standing):
    tree = restate(summary(makers, family), family, mood, status)

    assert [one.standing for one in entries(tree, family)] == [standing]


@pytest.mark.parametrize("family", LINES)
@pytest.mark.parametrize("status", ["nullified", "obsolete"])
def test_what_was_entered_by_mistake_is_not_read(makers, family, status):
    tree = summary(makers, family)
    assert len(entries(tree, family)) == 1

    assert entries(restate(tree, family, status=status), family) == []


@pytest.mark.parametrize("family", [F.MEASUREMENT, F.CHRONIC, F.ALLERGY, F.RISK_FACTOR])
@pytest.mark.parametrize(
    ("mood", "status"), [("GOL", "active"), ("INT", "active"), ("EVN", "cancelled")]
)
def test_an_objective_is_no_measure_and_no_disease(makers, family, mood, status):
    assert entries(restate(summary(makers, family), family, mood, status), family) == []


@pytest.mark.parametrize("family", [F.MEASUREMENT, F.CHRONIC, F.ALLERGY, F.FAMILY_HISTORY])
def test_what_holds_an_entry_speaks_for_it(makers, family):
    tree = summary(makers, family)
    for node in nodes(tree, family):
        for holder in node.iterancestors("{*}act", "{*}organizer"):
            holder.find("h:statusCode", NS).set("code", "cancelled")

    assert entries(tree, family) == []


@pytest.mark.parametrize(
    ("status", "active", "standing", "note"),
    [
        ("completed", True, Standing.FACT, ""),
        ("active", True, Standing.FACT, ""),
        ("aborted", False, Standing.FACT, ""),
        ("suspended", False, Standing.FACT, "Traitement suspendu"),
        ("held", False, Standing.FACT, "Traitement suspendu"),
        ("cancelled", True, Standing.NOT_DONE, ""),
    ],
)
def test_a_treatment_that_was_stopped_is_not_under_way(makers, status, active, standing, note):
    family = F.LONG_TERM_TREATMENT
    tree = summary(makers, family)
    for node in tree.iterfind(".//h:substanceAdministration", NS):
        node.find("h:statusCode", NS).set("code", status)
    (one,) = entries(tree, family)

    assert (one.active, one.standing, one.note) == (active, standing, note)


def test_what_was_taken_at_admission_is_not_under_way(makers):
    tree = summary(makers, F.LONG_TERM_TREATMENT)
    for code in tree.iterfind(".//h:section/h:code", NS):
        if code.get("code") == "10160-0":
            code.set("code", "42346-7")
    (one,) = entries(tree, F.LONG_TERM_TREATMENT)

    assert (one.active, one.note) == (False, AT_ADMISSION)


@pytest.mark.parametrize(
    ("age", "unit", "years", "note"),
    [("58", "a", 58, ""), ("0", "a", 0, ""), ("58", "", 58, ""), ("8", "mo", None, "8")],
)
@pytest.mark.parametrize("code", ["397659008", "445518008"])
def test_a_coded_age_is_read(makers, code, age, unit, years, note):
    tree = summary(makers, F.FAMILY_HISTORY)
    (node,) = nodes(tree, F.FAMILY_HISTORY)
    unit = f'unit="{unit}"' if unit else ""
    node.append(
        etree.fromstring(
            f"""<entryRelationship xmlns="urn:hl7-org:v3" typeCode="SUBJ" inversionInd="true"
              xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
              <observation classCode="OBS" moodCode="EVN">
                <code code="{code}" codeSystem="2.16.840.1.113883.6.96"/>
                <statusCode code="completed"/>
                <value xsi:type="PQ" value="{age}" {unit}/>
              </observation></entryRelationship>"""
        )
    )
    (one,) = entries(tree, F.FAMILY_HISTORY)

    assert one.age_at_onset == years
    assert note in one.note and bool(note) is bool(one.note)


def test_the_batch_of_a_vaccine_is_kept(makers):
    tree = summary(makers, F.VACCINATION)
    (material,) = tree.iterfind(".//h:manufacturedMaterial", NS)
    lot = etree.SubElement(material, "{urn:hl7-org:v3}lotNumberText")
    lot.text = "4456672"
    (one,) = entries(tree, F.VACCINATION)

    assert one.note == "Lot 4456672"


def test_two_measures_of_one_day_keep_their_hours(makers):
    tree = summary(makers, F.MEASUREMENT)
    (node,) = nodes(tree, F.MEASUREMENT)
    assert [one.recorded_at for one in entries(tree, F.MEASUREMENT)] == [None]

    node.find("h:effectiveTime", NS).set("value", "20260301150000+0100")
    (one,) = entries(tree, F.MEASUREMENT)

    assert one.start == PartialDate(2026, 3, 1)
    assert one.recorded_at.isoformat() == "2026-03-01T15:00:00+01:00"
