"""Prescribed lines held against the allergies of the record: found, or said not compared."""

import pytest

from lgc.domain.allergies import Allergy, Kind
from lgc.domain.medical_data import Family, KnownAbsence
from lgc.domain.professionals import Coded
from lgc.domain.terms import Medicine, Nomenclature, Source, Term
from lgc.services.comparing import Comparing, Drug
from lgc.terminology.code_systems import ATC, CIS

AMOXICILLIN = Drug("Amoxicilline", Coded("J01CA04", ATC, "Amoxicilline"))
AUGMENTIN = Drug("Augmentin 1 g")
CEFTRIAXONE = Drug("Ceftriaxone", Coded("J01DD04", ATC, "Ceftriaxone"))
METFORMIN = Drug("Metformine", Coded("A10BA02", ATC, "Metformine"))
RAMIPRIL = Drug("Ramipril", Coded("C09AA05", ATC, "Ramipril"))
UNKNOWN = Drug("Préparation magistrale du Dr X")


@pytest.fixture
def patient(desk, make):
    made = make.patient(important="", important_detail="")
    with desk.store.unit() as uow:
        uow.patients.add(made)
        uow.commit()
    return made.patient_id


@pytest.fixture
def comparing(desk):
    return Comparing(desk.store.unit)


@pytest.fixture
def allergic(desk, make, patient):
    def add(label, code=None, kind=Kind.ALLERGY, **more):
        entry = make.entry(
            family=Family.ALLERGY, label=label, code=code, allergy=Allergy(kind), **more
        )
        with desk.store.unit() as uow:
            uow.medical.add(patient, entry)
            uow.commit()

    return add


@pytest.fixture
def base_of_medicines(desk):
    """Three specialities of the public base, as the importer keeps them."""
    terms = [
        Term(Coded("60000001", CIS, "TIAPRIDAL 100 mg, comprimé"), "tiapride",
             medicine=Medicine(dosage="tiapride (chlorhydrate de) 111,1 mg")),
        Term(Coded("60000002", CIS, "BRISTOPEN 500 mg, gélule"), "oxacilline",
             medicine=Medicine(dosage="oxacilline sodique 500 mg")),
        Term(Coded("60000003", CIS, "IXPRIM, comprimé"), "tramadol paracétamol",
             medicine=Medicine(dosage="tramadol (chlorhydrate de) 37,5 mg + paracétamol 325 mg")),
    ]  # fmt: skip
    with desk.store.unit() as uow:
        first = uow.terms.next_number()
        uow.terms.add(terms, first)
        source = Source(Nomenclature.MEDICINES, "du 02/11/2026", desk.clock.now(), len(terms))
        uow.terms.publish(source, first, first + len(terms) - 1, {})
        uow.commit()
    return {term.code.code: Drug(term.code.label, term.code) for term in terms}


def said(comparison):
    return [(alert.label, alert.why) for alert in comparison.alerts]


def test_amoxicillin_is_said_for_an_allergy_that_is_only_words(comparing, patient, allergic):
    allergic("Allergie à la pénicilline", reaction="urticaire")

    found = comparing.lines(patient, [METFORMIN, AMOXICILLIN, AUGMENTIN])

    assert [(alert.place, alert.label) for alert in found.alerts] == [
        (1, "Amoxicilline"),
        (2, "Augmentin 1 g"),
    ]
    assert "« pénicillines » (ATC J01CA" in found.alerts[0].why
    assert found.alerts[0].fact == "Allergie : Allergie à la pénicilline (urticaire)"
    assert (found.compared, found.lines) == (3, 3)


def test_no_group_is_held_against_another(comparing, patient, allergic):
    allergic("Pénicilline")
    allergic("Amoxicilline", Coded("J01CA04", ATC, "Amoxicilline"))

    assert comparing.lines(patient, [CEFTRIAXONE, RAMIPRIL]).alerts == ()


def test_one_penicillin_brings_the_others_and_an_intolerance_is_said_as_one(
    comparing, patient, allergic
):
    allergic("Amoxicilline", Coded("J01CA04", ATC, "Amoxicilline"))
    allergic("Énalapril", Coded("C09AA02", ATC, "Énalapril"), Kind.INTOLERANCE)

    found = comparing.lines(patient, [Drug("Cloxacilline 500 mg"), RAMIPRIL])

    assert [alert.fact for alert in found.alerts] == ["Allergie : Amoxicilline",
                                                      "Intolérance : Énalapril"]  # fmt: skip
    assert "inhibiteurs de l’enzyme de conversion" in found.alerts[1].why


def test_what_could_not_be_compared_is_told_line_by_line(comparing, patient, allergic):
    allergic("Pénicilline")
    allergic("Latex")

    found = comparing.lines(patient, [METFORMIN, UNKNOWN, Drug("Paracétamol inconnu")])

    assert (found.compared, found.lines) == (1, 3)
    assert found.unread_lines == (UNKNOWN.label, "Paracétamol inconnu")
    assert found.unread_allergies == ("Allergie : Latex",)
    assert found.alerts == ()


def test_the_base_of_medicines_gives_substances_to_lines_and_to_allergies(
    comparing, patient, allergic, base_of_medicines
):
    allergic("Tiapridal")
    allergic("Pénicilline")
    drugs = list(base_of_medicines.values())

    found = comparing.lines(patient, drugs)

    assert [alert.place for alert in found.alerts] == [0, 1]
    assert found.alerts[0].why == "même substance (tiapride chlorhydrate de)"
    assert "pénicillines" in found.alerts[1].why
    # Nobody here knows the group of tiapride: its line is not compared with that of penicillins.
    assert found.unread_lines == (drugs[0].label,)
    assert found.unread_allergies == ()


def test_the_words_that_were_typed_are_compared_beside_the_label_of_the_code(
    comparing, patient, allergic
):
    allergic("Kétoprofène", Coded("M01AE03", ATC, "Kétoprofène"), typed="AINS")

    found = comparing.lines(patient, [Drug("Aspirine 500 mg")])

    assert "aspirine comprise" in found.alerts[0].why


def test_an_allergy_to_a_group_by_its_code_touches_its_medicines_and_no_other_group(
    comparing, patient, allergic
):
    allergic("Pénicillines", Coded("J01C", ATC, "Pénicillines"), typed="péni")

    found = comparing.lines(patient, [Drug("Clamoxyl 500 mg"), Drug("Ceftriaxone 1 g")])

    assert [alert.place for alert in found.alerts] == [0]


def test_without_the_base_a_coded_speciality_is_not_compared(comparing, patient, allergic):
    allergic("Pénicilline")

    found = comparing.lines(patient, [Drug("XYZAL 5 mg", Coded("60000009", CIS, "XYZAL"))])

    assert (found.compared, found.unread_lines) == (0, ("XYZAL 5 mg",))


def test_the_same_word_in_a_line_is_said_even_when_nothing_else_is_known(
    comparing, patient, allergic
):
    allergic("Tiapride")

    found = comparing.lines(patient, [Drug("Tiapride 100 mg")])

    assert said(found) == [("Tiapride 100 mg", "le mot « tiapride » est dans cette ligne")]


def test_an_allergy_that_only_the_important_line_knows_is_held_too(desk, comparing, make):
    made = make.patient(important="Allergie à la pénicilline", important_detail="4 allergies")
    with desk.store.unit() as uow:
        uow.patients.add(made)
        uow.commit()

    found = comparing.lines(made.patient_id, [AMOXICILLIN])

    assert [alert.fact for alert in found.alerts] == ["Allergie à la pénicilline"]


def test_an_allergy_that_ended_is_not_held_and_silence_is_no_absence(
    desk, comparing, patient, allergic
):
    allergic("Pénicilline", active=False)
    found = comparing.lines(patient, [AMOXICILLIN])
    assert (found.alerts, found.compared, found.known, found.absent) == ((), 0, False, False)


def test_a_stated_absence_is_told_as_such(desk, comparing, patient):
    with desk.store.unit() as uow:
        uow.medical.state_absence(patient, KnownAbsence(Family.ALLERGY, desk.clock.now(), "Dr X"))
        uow.commit()

    found = comparing.lines(patient, [AMOXICILLIN])

    assert (found.known, found.absent) == (False, True)


def test_the_treatments_of_the_record_are_held_against_it(desk, comparing, make, patient, allergic):
    allergic("Pénicilline")
    with desk.store.unit() as uow:
        for active in (True, False):
            uow.medical.add(
                patient,
                make.entry(family=Family.CURRENT_TREATMENT, label="Amoxicilline", active=active),
            )
        uow.commit()

    found = comparing.treatments(patient)

    assert (found.lines, [alert.label for alert in found.alerts]) == (1, ["Amoxicilline"])
