"""What a dosage says in codes: whole, or nothing but its words."""

from decimal import Decimal

import pytest
from lxml import etree

from lgc.cda import doses
from lgc.cda.doses import NORMAL, NOTHING, SPLIT, TAPERED, CodedMaximum, CodedStep, Frequency
from lgc.domain.dosage.model import Amount, Length, Time
from lgc.domain.dosage.reading import read
from lgc.domain.medical_data import Posology

D = Decimal


def much(low, high=None, unit="{tablet}"):
    return Amount(D(low), D(high or low), unit)


def coded(sentence):
    return doses.code(read(sentence))


DAILY = Frequency(D(1), Time.DAY, exact=False)


@pytest.mark.parametrize(
    ("sentence", "dose", "frequency"),
    [
        ("1 cp x3/j", much(1), Frequency(D(8), Time.HOUR, exact=False)),
        ("1 cp matin et soir", much(1), Frequency(D(12), Time.HOUR, exact=False)),
        ("1 cp toutes les 8 h", much(1), Frequency(D(8), Time.HOUR)),
        ("1 cp tous les 2 jours", much(1), Frequency(D(2), Time.DAY)),
        ("1 patch tous les 3 jours", much(1, unit="{patch}"), Frequency(D(3), Time.DAY)),
        ("1 ampoule tous les 3 mois", much(1, unit="{ampule}"), Frequency(D(3), Time.MONTH)),
        ("1 cp le lundi", much(1), Frequency(D(1), Time.WEEK, exact=False)),
        ("1 000 mg le soir", much(1000, unit="mg"), DAILY),
        ("1 à 2 cp le soir", much(1, 2), DAILY),
        ("1 à 2 cp", much(1, 2), None),
    ],
)
def test_one_way_of_taking_it(sentence, dose, frequency):
    found = coded(sentence)

    assert found.mode == NORMAL
    assert found.whole == CodedStep(dose, frequency=frequency)


def test_the_total_of_a_day_is_a_rate_and_no_intake():
    assert coded("3 cp par jour").whole == CodedStep(rate=much(3), rate_per=Time.DAY)
    assert coded("3 cp par jour").whole.rate_unit == "{tablet}/d"


def test_unequal_intakes_are_split():
    found = coded("10 UI matin 14 UI soir")

    assert found.mode == SPLIT
    assert found.steps == tuple(CodedStep(much(n, unit="[iU]"), frequency=DAILY) for n in (10, 14))
    assert found.whole == CodedStep()


def test_steps_are_tapered_each_with_its_length():
    found = coded("8 mg 3 jours puis 4 mg 3 jours puis stop")

    assert found.mode == TAPERED
    assert found.steps == tuple(
        CodedStep(much(n, unit="mg"), length=Length(3, Time.DAY)) for n in (8, 4)
    )


def test_a_maximum_and_a_condition_go_with_it():
    found = coded("1 g si douleur max 4 par jour")

    assert found.maximum == CodedMaximum(D(4), "g", Time.DAY)
    assert found.as_needed
    assert found.whole == CodedStep(much(1, unit="g"))


@pytest.mark.parametrize(
    "sentence",
    ["1 cp 2 à 3 fois par jour", "1 cp toutes les 4 à 6 h", "1 cp 7 fois par jour",
     "1 cp matin et soir 1 jour sur 2", "10 mg/kg/j", "selon INR"],
)  # fmt: skip
def test_what_the_profile_cannot_hold_stays_text(sentence):
    assert coded(sentence) == NOTHING


def test_words_that_nobody_confirmed_are_not_coded():
    assert doses.of(Posology("1 cp matin et soir", as_text=True)) == NOTHING
    assert doses.of(None) == NOTHING


FOREIGN = """<substanceAdministration xmlns="urn:hl7-org:v3"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{0}</substanceAdministration>"""


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ('<effectiveTime xsi:type="PIVL_TS"><period value="6" unit="h"/></effectiveTime>'
         '<doseQuantity><low value="1" unit="{tablet}"/><high value="2" unit="{tablet}"/>'
         "</doseQuantity>", "1 à 2 comprimés, toutes les 6 h"),
        ('<doseQuantity value="1.5" unit="[IU]"/>', "1,5 UI"),
        ('<doseQuantity value="2" unit="{tbl}"/>', "2 tbl"),
        ('<effectiveTime xsi:type="PIVL_TS"><period value="1" unit="d"/></effectiveTime>',
         "une fois par jour"),
        ('<rateQuantity><low value="20" unit="mg/d"/><high value="20" unit="mg/d"/>'
         "</rateQuantity>", "20 mg par jour"),
        ('<maxDoseQuantity><numerator value="4"/><denominator value="1" unit="d"/>'
         "</maxDoseQuantity>", "sans dépasser 4 prises par jour"),
        ('<doseQuantity value="Infinity"/><maxDoseQuantity><numerator/><denominator/>'
         '</maxDoseQuantity><effectiveTime xsi:type="PIVL_TS"><period value="x"/></effectiveTime>',
         ""),
    ],
)  # fmt: skip
def test_the_codes_of_a_colleague_are_told_in_words(inside, said):
    node = etree.fromstring(FOREIGN.replace("{0}", inside))

    assert doses.words(doses.parse(node)).replace("\u00a0", " ") == said
