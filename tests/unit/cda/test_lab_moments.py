"""When a sample was taken, of which germ a line speaks, and what a report only quotes."""

import datetime as dt

import pytest

from lgc.cda import parse
from lgc.domain.biology import ReferenceRange

LAB = "1.3.6.1.4.1.19376.1.3.1"
DOCUMENT = (
    '<ClinicalDocument xmlns="urn:hl7-org:v3" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><effectiveTime value="20260312"/>'
    "<component><structuredBody><component><section><title>BIO</title><text>x</text>"
    "{entries}</section></component></structuredBody></component></ClinicalDocument>"
)


def read(*entries):
    said = "".join(f"<entry>{one}</entry>" for one in entries)
    return parse.parse(DOCUMENT.format(entries=said).encode()).results


def specimen(time, nature=""):
    entity = f'<participant typeCode="PRD"><participantRole><playingEntity><code code="{nature}" '
    entity += f'codeSystem="2.16.840.1.113883.18.311" displayName="{nature}"/></playingEntity>'
    entity += "</participantRole></participant>"
    return (
        f'<entryRelationship typeCode="COMP"><procedure><templateId root="{LAB}.2"/>'
        f'<effectiveTime value="{time}"/>{entity if nature else ""}</procedure></entryRelationship>'
    )


def observation(value, *more, code="2823-3", template=True, time="202603121100"):
    mark = f'<templateId root="{LAB}.6"/>' if template else ""
    return (
        f"<observation>{mark}"
        f'<code code="{code}" codeSystem="2.16.840.1.113883.6.1" displayName="Potassium"/>'
        f'<statusCode code="completed"/><effectiveTime value="{time}"/>'
        f'<value xsi:type="PQ" value="{value}" unit="mmol/L"/>{"".join(more)}</observation>'
    )


def act(*parts):
    return f"<act>{''.join(parts)}</act>"


def held(one):
    return f'<entryRelationship typeCode="COMP">{one}</entryRelationship>'


def quoted(value, time="202603110800", **more):
    inner = observation(value, time=time, **more)
    return f'<entryRelationship typeCode="REFR">{inner}</entryRelationship>'


@pytest.mark.parametrize(
    ("time", "timed", "hour"),
    [
        ("202603120805", True, dt.time(8, 5)),
        ("202603120000", True, dt.time(0, 0)),
        ("20260312", False, dt.time(0, 0)),
        ("20260312080500+0100", True, dt.time(8, 5)),
        ("2026031208", True, dt.time(8, 0)),
    ],
)
def test_the_hour_of_a_sample_is_that_of_its_collection_or_not_known(time, timed, hour):
    (result,) = read(act(specimen(time), held(observation(6.8))))

    assert (result.timed, result.taken_at.time()) == (timed, hour)


def test_the_hour_of_an_analysis_is_not_that_of_its_sample():
    (result,) = read(act(held(observation(6.8))))

    assert (result.timed, result.taken_at.hour) == (False, 11)


@pytest.mark.parametrize("template", [True, False])
def test_a_quoted_value_is_never_an_own_one_whatever_template_it_bears(template):
    results = read(
        act(specimen("20260312"), held(observation(6.8, quoted(4.4, template=template))))
    )

    assert [(one.value, one.previous) for one in results] == [(6.8, False), (4.4, True)]


def test_a_quoted_value_is_of_the_specimen_of_its_analysis():
    results = read(act(specimen("20260312", "Urine"), held(observation(6.8, quoted(4.4)))))

    assert [one.specimen for one in results] == ["Urine", "Urine"]
    assert results[1].taken_at.date() == dt.date(2026, 3, 11)


def germ(name, drug, identifier=""):
    given = f'<id root="{identifier}" extension="a"/>' if identifier else ""
    return (
        f'<organizer classCode="CLUSTER"><templateId root="{LAB}.5"/><specimen><specimenRole>'
        f'{given}<specimenPlayingEntity><code displayName="{name}"/></specimenPlayingEntity>'
        f"</specimenRole></specimen><component>{observation(drug)}</component></organizer>"
    )


def test_two_germs_of_one_name_are_two():
    results = read(act(*(held(germ("Escherichia coli", value)) for value in (1, 2))))

    assert [(one.isolate, one.isolate_id) for one in results] == [
        ("Escherichia coli", "#1"),
        ("Escherichia coli", "#2"),
    ]


def test_a_germ_keeps_the_identifier_that_its_report_gives():
    (result,) = read(act(held(germ("Escherichia coli", 1, "1.2.3"))))

    assert result.isolate_id == "1.2.3^a"


@pytest.mark.parametrize(("inclusive", "letter"), [("true", ""), ("false", "H"), ("", "")])
def test_an_end_that_is_not_inclusive_is_itself_out_of_the_range(inclusive, letter):
    said = f'inclusive="{inclusive}" ' if inclusive else ""
    ends = f'<low value="3.5" unit="mmol/L"/><high {said}value="5.0" unit="mmol/L"/>'
    judged = f'<referenceRange><observationRange><value xsi:type="IVL_PQ">{ends}</value>'
    (result,) = read(act(held(observation(5.0, f"{judged}</observationRange></referenceRange>"))))

    assert result.letter == letter
    assert result.reference == ReferenceRange(3.5, 5.0, high_open=inclusive == "false")


def test_a_reversed_range_does_not_judge():
    ends = '<low value="5.0" unit="mmol/L"/><high value="3.5" unit="mmol/L"/>'
    judged = f'<referenceRange><observationRange><value xsi:type="IVL_PQ">{ends}</value>'
    (result,) = read(act(held(observation(4.2, f"{judged}</observationRange></referenceRange>"))))

    assert result.letter == ""
