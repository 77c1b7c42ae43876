"""What the model lets stand several times is all kept: values, reactions, rhythms, remarks."""

import datetime as dt
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lgc.cda import parse
from lgc.domain.biology import ReferenceRange
from lgc.domain.medical_data import PartialDate

DOCUMENT = (
    '<ClinicalDocument xmlns="urn:hl7-org:v3" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><effectiveTime value="20260312"/>{head}'
    "<component><structuredBody><component><section>"
    '<code code="{section}"/><text>x</text><entry>{entry}</entry></section></component>'
    "</structuredBody></component></ClinicalDocument>"
)
REMARK = '<entryRelationship><act><code code="48767-8"/><text>{}</text></act></entryRelationship>'


def read(section, entry, head=""):
    return parse.parse(DOCUMENT.format(section=section, entry=entry, head=head).encode())


def observation(*parts, code="X", name="Chose"):
    inner = "".join(parts)
    return f'<observation><code code="{code}" displayName="{name}"/>{inner}</observation>'


def quantity(number, unit="g/L"):
    return f'<value xsi:type="PQ" value="{number}" unit="{unit}"/>'


def named(name):
    return f'<value xsi:type="CD" nullFlavor="UNK"><translation displayName="{name}"/></value>'


def result(*parts):
    template = '<templateId root="1.3.6.1.4.1.19376.1.3.1.6"/>'
    return observation(template, '<statusCode code="completed"/>', *parts, code="1-1")


def bounded(low, high, *more, code=""):
    said = f'<interpretationCode code="{code}"/>' if code else ""
    ends = f'<low value="{low}" unit="g/L"/><high value="{high}" unit="g/L"/>'
    return (
        f'<referenceRange><observationRange>{"".join(more)}<value xsi:type="IVL_PQ">{ends}</value>'
        f"{said}</observationRange></referenceRange>"
    )


def only_for(code):
    return f'<precondition><criterion><code code="{code}"/></criterion></precondition>'


def test_two_measures_of_one_observation_are_two():
    entries = read("8716-3", observation(quantity(120), quantity(80))).entries

    assert [one.value for one in entries] == [120.0, 80.0]


def test_a_measure_that_is_no_number_keeps_its_words():
    (entry,) = read("8716-3", observation(named("Refusé"))).entries

    assert (entry.label, entry.value) == ("Chose\u00a0: Refusé", None)


def test_a_date_is_no_number():
    (entry,) = read("8716-3", observation('<value xsi:type="TS" value="20240312"/>')).entries

    assert (entry.label, entry.value) == ("Chose\u00a0: 12/03/2024", None)


def test_two_answers_about_a_habit_are_both_said():
    (entry,) = read("29762-2", observation(named("Cigarette"), named("Pipe"))).entries

    assert entry.label == "Chose\u00a0: Cigarette, Pipe"


def test_every_remark_is_kept():
    entry = observation(named("HTA"), REMARK.format("Une"), REMARK.format("Deux"))
    (found,) = read("11450-4", entry).entries

    assert found.note == "Une · Deux"


def test_two_problems_of_one_observation_are_two():
    entries = read("11450-4", observation(named("HTA"), named("Goutte"))).entries

    assert [one.label for one in entries] == ["HTA", "Goutte"]


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 3), st.integers(1, 3), st.integers(0, 3), st.integers(0, 2), st.booleans())
def test_every_agent_value_reaction_and_remark_of_an_allergy_comes_out(
    agents, values, reactions, remarks, translated
):
    rank = count(1)

    def word():
        return f"mot{next(rank)}"

    def told(kind):
        name = word()
        inner = f'<translation displayName="{name}"/>'
        return (
            f'<{kind} nullFlavor="UNK">{inner}</{kind}>'
            if translated
            else (f'<{kind} code="{name}" displayName="{name}"/>')
        )

    people = [
        f"<participant><participantRole><playingEntity>{told('code')}</playingEntity>"
        "</participantRole></participant>"
        for _ in range(agents)
    ]
    seen = [
        '<entryRelationship typeCode="MFST">'
        + observation(named(word()), named(word()))
        + "</entryRelationship>"
        for _ in range(reactions)
    ]
    told_values = [f'<value xsi:type="CD" code="V{n}"/>' for n in range(values)]
    notes = [REMARK.format(word()) for _ in range(remarks)]
    entries = read("48765-2", observation(*told_values, *people, *seen, *notes)).entries

    assert len(entries) == agents
    said = " ".join(f"{one.label} {one.reaction} {one.note}" for one in entries).replace(",", "")
    assert {f"mot{n}" for n in range(1, next(rank))} <= set(said.split())


def medicine(*times):
    product = '<code code="1" displayName="Produit"/>'
    for name in ("manufacturedMaterial", "manufacturedProduct", "consumable"):
        product = f"<{name}>{product}</{name}>"
    dose = '<doseQuantity value="1" unit="{tablet}"/>'
    return f"<substanceAdministration>{''.join(times)}{dose}{product}</substanceAdministration>"


def test_two_rhythms_of_one_intake_are_both_said():
    times = [
        f'<effectiveTime xsi:type="PIVL_TS"><period value="{n}" unit="{unit}"/></effectiveTime>'
        for n, unit in ((8, "h"), (1, "wk"))
    ]
    (entry,) = read("10160-0", medicine(*times)).entries

    assert entry.posology.sentence == (
        "1\u00a0comprimé, toutes les 8\u00a0h et une fois par semaine"
    )


def test_of_several_identifiers_the_national_one_names_the_author():
    ids = '<id root="1.2.3" extension="LOCAL"/><id root="1.2.250.1.71.4.2.1" extension="8990"/>'
    head = f"<author><assignedAuthor>{ids}</assignedAuthor></author>"

    assert read("x", "", head).header.author_ids == ("8990",)


def test_every_act_that_was_documented_is_said_and_the_first_time_that_is_told():
    acts = "".join(
        f'<documentationOf><serviceEvent><code displayName="{name}"/>{time}</serviceEvent>'
        "</documentationOf>"
        for name, time in (("Un", ""), ("Deux", '<effectiveTime><low value="20260301"/>'
                                        "</effectiveTime>"))
    )  # fmt: skip
    header = read("x", "", acts).header

    assert header.service_event == "Un, Deux"
    assert header.service_start.date() == dt.date(2026, 3, 1)


QUOTED = (
    '<entryRelationship typeCode="REFR"><observation><code code="1-1"/>'
    '<effectiveTime value="{}"/><value xsi:type="PQ" value="4" unit="g/L"/></observation>'
    "</entryRelationship>"
)


@pytest.mark.parametrize(
    ("written", "vague"), [("2024", PartialDate(2024)), ("202403", PartialDate(2024, 3))]
)
def test_a_year_gains_no_day(written, vague):
    entry = result('<effectiveTime value="20260302"/>', quantity(5), QUOTED.format(written))
    own, quoted = read("x", entry).results

    assert (own.vague, quoted.vague) == (None, vague)
    assert quoted.taken_at.date() == dt.date(vague.year, vague.month or 1, 1)


def test_a_result_of_another_year_than_its_report_is_not_of_the_day_of_the_report():
    (of_then,) = read("x", result('<effectiveTime value="2019"/>', quantity(5))).results
    (of_now,) = read("x", result('<effectiveTime value="2026"/>', quantity(5))).results

    assert of_then.vague == PartialDate(2019)
    assert (of_now.vague, of_now.taken_at.date()) == (None, dt.date(2026, 3, 12))


SEX = "<recordTarget><patientRole><patient>{}</patient></patientRole></recordTarget>".format(
    '<administrativeGenderCode code="{}"/>'
)


@pytest.mark.parametrize(
    ("ranges", "sex", "low"),
    [
        # One alone judges whoever it is; one of the other sex never does.
        ([bounded(1, 2)], "M", 1),
        ([bounded(1, 2, only_for("M"))], "M", 1),
        ([bounded(1, 2, only_for("M"))], "F", None),
        ([bounded(1, 2, only_for("M"))], "UN", None),
        ([bounded(1, 2, only_for("M"))], "", None),
        ([bounded(1, 2), bounded(3, 4, only_for("F"))], "UN", None),
        ([bounded(1, 2, only_for("M")), bounded(3, 4, only_for("F"))], "F", 3),
        # Of what is for everybody and what is for her, nobody knows which is meant.
        ([bounded(1, 2), bounded(3, 4, only_for("F"))], "F", None),
        ([bounded(1, 2), bounded(3, 4, only_for("F"))], "M", 1),
        # A condition that is not understood may be hers.
        ([bounded(1, 2, only_for("X")), bounded(3, 4)], "F", None),
        ([bounded(1, 2, "<text>Enfant</text>"), bounded(3, 4, "<text>Femmes</text>")], "M", 1),
        ([bounded(1, 2, "<text>1 - 2</text>"), bounded(1, 9, code="HH")], "M", 1),
        ([bounded(1, 2), bounded(1, 2)], "M", 1),
    ],
)  # fmt: skip
def test_the_range_that_judges_is_certain_or_none_does(ranges, sex, low):
    (found,) = read("x", result(quantity(5), *ranges), SEX.format(sex)).results

    assert (found.reference.low if found.reference else None) == low


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(1, 9), st.sampled_from(("", "M", "F", "X", "text", "HH"))),
                min_size=1, max_size=4), st.sampled_from(("M", "F", "UN")))  # fmt: skip
def test_every_range_is_shown_and_the_one_that_judges_is_one_of_them(told, sex):
    ranges = []
    for low, kind in told:
        about = [only_for(kind)] if kind in ("M", "F", "X") else []
        about += ["<text>À jeun</text>"] * (kind == "text")
        ranges.append(bounded(low, low + 10, *about, code="HH" if kind == "HH" else ""))
    (found,) = read("x", result(quantity(5), *ranges), SEX.format(sex)).results

    alone = found.reference is not None and not found.reference_text
    assert alone or all(f"{low} à {low + 10} g/L" in found.reference_text for low, _ in told)
    assert found.reference in (None, *(ReferenceRange(low, low + 10) for low, _ in told))
    assert not alone or {kind for _, kind in told} == {""}


@pytest.mark.parametrize(
    ("wrapped", "expected"),
    [
        ("{result}", "de lui"),
        ("<organizer><component>{act}</component><component>{result}</component></organizer>",
         "de lui\nd’autour"),
        ("<act><entryRelationship>{act}</entryRelationship>"
         "<entryRelationship>{result}</entryRelationship></act>", "de lui\nd’autour"),
    ],
)  # fmt: skip
def test_the_remarks_of_a_result_of_its_battery_and_of_its_chapter_are_kept(wrapped, expected):
    around = '<act><code code="48767-8"/><text>d’autour</text></act>'
    entry = wrapped.format(result=result(quantity(5), REMARK.format("de lui")), act=around)
    (found,) = read("x", entry).results

    assert found.comment == expected


def test_a_judgement_of_a_set_of_their_own_keeps_its_words():
    said = '<interpretationCode code="Z9" displayName="À surveiller"/>'
    (found,) = read("x", result(quantity(5), said)).results

    assert (found.letter, found.comment) == ("", "À surveiller")


@pytest.mark.parametrize(
    ("section", "entry", "name"),
    [
        ("11450-4", '<observation negationInd="true">{}</observation>'.format(named("HTA")), "HTA"),
        ("11450-4", observation('<statusCode code="nullified"/>', named("HTA")), "HTA"),
        ("8716-3", observation('<statusCode code="cancelled"/>', quantity(5)), "Chose"),
        ("10160-0", medicine('<statusCode code="nullified"/>'), "Produit"),
        ("29762-2", '<observation negationInd="1"><code displayName="Tabac"/></observation>',
         "Tabac"),
    ],
)  # fmt: skip
def test_what_is_denied_or_taken_back_is_told_by_name_and_is_no_entry(section, entry, name):
    document = read(section, entry)

    assert document.entries == ()
    assert f"Nié, annulé ou retiré par son auteur, non repris ici\u00a0: {name}." in (
        document.faults
    )


def test_a_result_that_was_taken_back_is_named():
    entry = result().replace('"completed"', '"nullified"')

    assert any(fault.endswith("repris. Chose.") for fault in read("x", entry).faults)


def test_words_beside_a_reference_are_kept_unless_it_says_them():
    entry = (
        '<observation><value xsi:type="CD"><originalText>{}<reference value="#r"/></originalText>'
        '</value><text ID="r">Toux sèche</text></observation>'
    )
    labels = [read("11450-4", entry.format(own)).entries[0].label for own in ("Fièvre", "toux", "")]

    assert labels == ["Fièvre Toux sèche", "Toux sèche", "Toux sèche"]


def test_a_kind_of_allergy_that_is_not_known_stays_in_its_words():
    agent = '<participant><participantRole><playingEntity><code displayName="Latex"/>'
    agent += "</playingEntity></participantRole></participant>"
    (entry,) = read("48765-2", observation(agent, code="X1", name="Allergie au travail")).entries

    assert (entry.label, entry.note) == ("Latex", "Allergie au travail")
