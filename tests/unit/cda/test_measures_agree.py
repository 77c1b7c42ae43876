"""Measurements of a summary: what is read and what is coded are one value, one unit, one day."""

import datetime as dt

import pytest
from lxml import etree

from lgc.cda import vsm
from lgc.cda.writing import quantity
from lgc.domain import measure_line
from lgc.domain.medical_data import Family, MedicalEntry, MedicalRecord, PartialDate
from lgc.domain.professionals import Coded
from lgc.terminology.value_sets import value_set

NS = {"h": "urn:hl7-org:v3"}
LINE = (
    "PA 135/80 pouls 72 poids 72,5 taille 172 imc 24,5 temp 37,2 sat 97 fr 16 pc 42 dep 420 tt 98"
)


def entry(number, one, on):
    known = value_set("vital_sign").get(one.kind.code) if one.kind.code else None
    return MedicalEntry(
        entry_id=f"m{number}",
        family=Family.MEASUREMENT,
        label=one.kind.label,
        code=Coded(known.code, known.system, known.label) if known else None,
        start=on,
        value=one.value,
        unit=one.kind.unit,
    )


@pytest.mark.parametrize("day", ["2026-11-03", "2026-11", "2025"])
def test_words_and_codes_of_each_measurement_are_the_same(makers, day):
    line = measure_line.parse(LINE, dt.date(2026, 11, 23))
    entries = [entry(*one, PartialDate.parse(day)) for one in enumerate(line.values)]
    assert line.understood and len(entries) == 12
    tree = etree.fromstring(vsm.render(makers.context(MedicalRecord(tuple(entries)))))

    read = 0
    for node in tree.iterfind(".//h:observation", NS):
        target = node.find("h:text/h:reference", NS)
        if target is None or "measurement-" not in target.get("value"):
            continue
        ref = target.get("value").removeprefix("#").removesuffix("-label")
        cells = {
            part: "".join(tree.find(f".//*[@ID='{ref}-{part}']").itertext())
            for part in ("label", "start", "value")
        }
        coded = node.find("h:value", NS)
        when = node.find("h:effectiveTime", NS).get("value")
        assert cells["value"] == quantity(float(coded.get("value")), coded.get("unit"))
        assert cells["start"] == PartialDate.parse(day).french
        assert when == PartialDate.parse(day).hl7
        code = node.find("h:code", NS)
        if code.get("code"):
            assert value_set("vital_sign").get(code.get("code")).label == cells["label"]
        read += 1
    assert read == len(entries)
