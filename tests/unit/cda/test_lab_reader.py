"""Each kind of value a laboratory writes, and where a result finds its date."""

import pytest

from lgc.cda import parse

HEAD = (
    '<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:c="urn:hl7-org:v3" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    '<documentationOf><serviceEvent><effectiveTime><low value="20260301"/></effectiveTime>'
    "</serviceEvent></documentationOf><component><structuredBody><component><section>"
    '<title>BIOCHIMIE</title><text><content ID="r">jaune &amp; clair</content></text><entry>'
)
TAIL = "</entry></section></component></structuredBody></component></ClinicalDocument>"
LAB = "1.3.6.1.4.1.19376.1.3.1"


def observation(value, time='<effectiveTime value="202603021030"/>', more="", status="completed"):
    return (
        f'<observation><templateId root="{LAB}.6"/>'
        '<code code="1-1" codeSystem="2.16.840.1.113883.6.1" displayName="Analyse"/>'
        f'<statusCode code="{status}"/>{time}{value}{more}</observation>'
    )


def results(body):
    return parse.parse(f"{HEAD}{body}{TAIL}".encode()).results


def result(value, **parts):
    return results(observation(value, **parts))[0]


@pytest.mark.parametrize(
    ("value", "number", "bound", "unit", "text"),
    [
        ('<value xsi:type="PQ" value="5.25" unit="mmol/L"/>', 5.25, "", "mmol/L", ""),
        ('<value xsi:type="c:PQ" value="5" unit="1"/>', 5.0, "", "", ""),
        ('<value xsi:type="PQ" nullFlavor="NAV"/>', None, "", "", "Sans valeur"),
        ('<value xsi:type="REAL" value="2.1"/>', 2.1, "", "", ""),
        ('<value xsi:type="INT" value="3"/>', 3.0, "", "", ""),
        (
            '<value xsi:type="IVL_PQ"><high value="1" unit="g/L" inclusive="false"/></value>',
            1.0,
            "<",
            "g/L",
            "",
        ),
        (
            '<value xsi:type="IVL_PQ"><low value="0.5" unit="g/L" inclusive="true"/></value>',
            0.5,
            ">",
            "g/L",
            "≥ 0,5 g/L",
        ),
        (
            '<value xsi:type="IVL_PQ"><low value="1" unit="g/L"/><high value="2.5"/></value>',
            None,
            "",
            "g/L",
            "1 à 2,5 g/L",
        ),
        ('<value xsi:type="CD" code="x" displayName="Absence"/>', None, "", "", "Absence"),
        (
            '<value xsi:type="CD"><originalText><reference value="r"/></originalText></value>',
            None,
            "",
            "",
            "jaune & clair",
        ),
        ('<value xsi:type="ST">trouble</value>', None, "", "", "trouble"),
        ('<value xsi:type="ED"><reference value="#r"/></value>', None, "", "", "jaune & clair"),
        ('<value xsi:type="ED" representation="B64">AAAA</value>', None, "", "", "Fichier joint"),
        (
            '<value xsi:type="RTO"><numerator xsi:type="INT" value="1"/>'
            '<denominator xsi:type="INT" value="320"/></value>',
            None,
            "",
            "",
            "1/320",
        ),
        ('<value xsi:type="BL" value="true"/>', None, "", "", "Oui"),
        ("", None, "", "", "Sans valeur"),
    ],
)
def test_a_value_keeps_its_meaning(value, number, bound, unit, text):
    read = result(value)

    assert (read.value, read.bound, read.unit, read.text) == (number, bound, unit, text)


def test_an_analysis_that_was_not_made_says_so():
    assert result("", status="aborted").text == "Examen non réalisé"


def test_a_result_is_dated_by_its_specimen():
    specimen = (
        f'<entryRelationship><procedure><templateId root="{LAB}.2"/>'
        '<effectiveTime value="20260228"/>'
        '<participant typeCode="PRD"><participantRole><playingEntity>'
        '<code code="UR" displayName="Urine"/></playingEntity></participantRole></participant>'
        "</procedure></entryRelationship>"
    )
    value = observation('<value xsi:type="PQ" value="1"/>')
    read = results(f"<act>{specimen}<entryRelationship>{value}</entryRelationship></act>")[0]

    assert f"{read.taken_at:%Y-%m-%d}" == "2026-02-28"
    assert f"{read.analysed_at:%Y-%m-%d %H:%M}" == "2026-03-02 10:30"
    assert read.specimen == "Urine"


def test_without_any_date_the_act_documented_gives_one():
    assert f"{result('', time='').taken_at:%Y-%m-%d}" == "2026-03-01"


def test_results_that_nothing_dates_are_counted_as_a_fault():
    bare = HEAD.replace('<low value="20260301"/>', "")
    document = parse.parse(f"{bare}{observation('', time='')}{TAIL}".encode())

    assert document.results == ()
    assert any("sans date" in fault for fault in document.faults)


def test_a_quoted_earlier_result_is_marked():
    earlier = (
        '<entryRelationship typeCode="REFR"><observation><effectiveTime value="2025"/>'
        '<value xsi:type="PQ" value="4" unit="g/L"/></observation></entryRelationship>'
    )
    now, before = results(observation('<value xsi:type="PQ" value="5" unit="g/L"/>', more=earlier))

    assert (now.previous, before.previous) == (False, True)
    assert (before.label, before.code, before.taken_at.year) == ("Analyse", now.code, 2025)


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ('<low value="1"/><high value="2"/>', (1.0, 2.0)),
        ('<high value="2"/>', (None, 2.0)),
        ('<low value="1"/>', (1.0, None)),
    ],
)
def test_a_reference_may_have_one_side(bounds, expected):
    reference = (
        '<referenceRange typeCode="REFV"><observationRange>'
        f'<value xsi:type="IVL_PQ">{bounds}</value></observationRange></referenceRange>'
    )
    read = result('<value xsi:type="PQ" value="1"/>', more=reference).reference

    assert (read.low, read.high) == expected


@pytest.mark.parametrize(
    ("unit", "expected"),
    [("g/L", (4.0, 8.0)), ("", (4.0, 8.0)), ("g/dL", (40.0, 80.0)), ("mmol/L", None)],
)
def test_a_reference_in_another_unit_is_converted_or_left_out(unit, expected):
    given = f' unit="{unit}"' if unit else ""
    reference = (
        '<referenceRange typeCode="REFV"><observationRange><value xsi:type="IVL_PQ">'
        f'<low value="4"{given}/><high value="8"{given}/></value></observationRange>'
        "</referenceRange>"
    )
    read = result('<value xsi:type="PQ" value="5" unit="g/L"/>', more=reference).reference

    assert (None if read is None else (read.low, read.high)) == expected
