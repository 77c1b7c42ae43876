"""The structured record over the real store: add, change, remove, absences, undo, audit."""

from dataclasses import replace

import pytest

from lgc.domain.allergies import UNTOLD, Agent, Allergy, Kind
from lgc.domain.entry_line import Question
from lgc.domain.medical_data import CodeOrigin, Family, PartialDate, Standing
from lgc.domain.professionals import Coded
from lgc.domain.risks import Risk
from lgc.domain.terms import Nomenclature
from lgc.errors import UserFacingError
from lgc.services.events import RecordChanged
from lgc.services.medical import Medical, Suggestion
from lgc.services.nomenclatures import Nomenclatures
from lgc.terminology import code_systems


@pytest.fixture
def medical(desk):
    return Medical(desk.store.unit, desk.clock, desk.ids, desk.connection, desk.events.append)


@pytest.fixture
def patient(desk, make):
    made = make.patient()
    with desk.store.unit() as uow:
        uow.patients.add(made)
        uow.commit()
    return made.patient_id


def labels(medical, patient, family):
    return [entry.label for entry in medical.record(patient).of(family)]


def test_a_typed_line_becomes_a_coded_entry_and_goes_with_one_undo(medical, patient, desk):
    line = medical.read(Family.CHRONIC, "hta 2011").options[0]
    first, free, *_ = medical.offer(patient, Family.CHRONIC, line)

    change = medical.add(patient, first, "hta 2011")
    entry = medical.record(patient).of(Family.CHRONIC)[0]
    assert (entry.code.code, entry.start, entry.active) == ("I10", PartialDate(2011), True)
    assert free == Suggestion(Family.CHRONIC, "hta", None, words="hta", line=line)
    assert medical.suggest(patient, Family.CHRONIC, "hta")[0].known
    assert desk.events == [RecordChanged(patient)]

    medical.undo(change)
    assert medical.record(patient).entries == ()
    assert desk.store.verify_audit() >= 2


def test_a_field_that_holds_a_name_keeps_it_whole(medical, patient):
    """The name of a medicine is no line: nothing of it is taken for an end or a plan."""
    for typed in ("insuline à débuter", "Préviscan arrêté en 2019", "metformine 2000"):
        *_, free = medical.suggest(patient, Family.CURRENT_TREATMENT, typed)
        assert (free.label, free.code) == (typed, None)


def test_an_entry_ends_a_stated_absence_and_its_undo_brings_it_back(medical, patient):
    medical.state_absence(patient, Family.ALLERGY)
    stated = medical.record(patient).absence_of(Family.ALLERGY)

    change = medical.add(patient, Suggestion(Family.ALLERGY, "Latex", None), "latex (œdème)")
    record = medical.record(patient)
    assert record.absence_of(Family.ALLERGY) is None
    assert record.of(Family.ALLERGY)[0].reaction == "œdème"

    medical.undo(change)
    assert medical.record(patient).absence_of(Family.ALLERGY) == stated
    assert stated.stated_by == "Dr Paul MEDECIN5729"


LATEX = Suggestion(Family.ALLERGY, "Latex", None)


def test_an_entry_taken_back_ends_the_absence_stated_meanwhile(medical, patient):
    """Removed by mistake, « Absence connue », then « Annuler » of the removal."""
    latex = medical.add(patient, LATEX, "latex").after
    removed = medical.remove(patient, latex)
    stated = medical.state_absence(patient, Family.ALLERGY)

    medical.undo(removed)

    record = medical.record(patient)
    assert (record.of(Family.ALLERGY), record.absences) == ((latex,), ())
    medical.undo(stated)
    assert medical.record(patient).of(Family.ALLERGY) == (latex,)


def test_undoing_the_first_of_two_does_not_state_the_absence_again(medical, patient):
    medical.state_absence(patient, Family.ALLERGY)
    first = medical.add(patient, LATEX, "latex")
    second = medical.add(patient, Suggestion(Family.ALLERGY, "Arachide", None), "arachide")

    medical.undo(first)

    record = medical.record(patient)
    assert (record.of(Family.ALLERGY), record.absences) == ((second.after,), ())


def test_an_absence_is_refused_beside_an_entry(medical, patient):
    medical.add(patient, LATEX, "latex")

    with pytest.raises(UserFacingError):
        medical.state_absence(patient, Family.ALLERGY)

    assert medical.record(patient).absences == ()


def test_a_treatment_taken_up_again_ends_the_stated_absence_and_its_undo_restores_it(
    medical, patient
):
    family = Family.LONG_TERM_TREATMENT
    entry = medical.add(patient, Suggestion(family, "Metformine", None), "metformine").after
    over = medical.update(patient, entry, replace(entry, active=False)).after
    stated = medical.state_absence(patient, family).absence_after
    assert medical.record(patient).absence_of(family) == stated

    again = medical.update(patient, over, entry)

    assert medical.record(patient).absences == ()
    medical.undo(again)
    assert medical.record(patient).absence_of(family) == stated


def test_a_change_and_a_removal_are_taken_back_whole(medical, patient):
    typed = "metformine 1000 : 1 matin et soir 2014"
    added = medical.add(
        patient, Suggestion(Family.LONG_TERM_TREATMENT, "Metformine", None), typed
    ).after

    changed = medical.update(patient, added, replace(added, label="Metformine 500", active=False))
    assert labels(medical, patient, Family.LONG_TERM_TREATMENT) == ["Metformine 500"]
    medical.undo(changed)
    removed = medical.remove(patient, added)
    assert medical.record(patient).entries == ()
    medical.undo(removed)

    assert medical.record(patient).entries == (added,)
    assert added.posology.sentence == "1 matin et soir"


def test_an_empty_line_is_refused_and_nothing_changes(medical, patient):
    added = medical.add(patient, Suggestion(Family.TOXIC, "Amiante", None), "amiante").after

    with pytest.raises(UserFacingError):
        medical.update(patient, added, replace(added, label="  "))

    assert labels(medical, patient, Family.TOXIC) == ["Amiante"]
    assert medical.suggest(patient, Family.TOXIC, "   ") == ()


def test_an_absence_is_stated_and_withdrawn(medical, patient):
    change = medical.state_absence(patient, Family.TOXIC)
    medical.withdraw_absence(patient, change.absence_after)
    assert medical.record(patient).absences == ()

    medical.undo(medical.state_absence(patient, Family.TOXIC))
    assert medical.record(patient).absences == ()


def test_each_risk_has_its_own_answer_and_each_gesture_its_undo(medical, patient):
    denied = medical.deny(patient, Risk.TOBACCO)
    medical.deny(patient, Risk.ALCOHOL)
    record = medical.record(patient)
    assert [d.risk for d in record.denials] == [Risk.TOBACCO, Risk.ALCOHOL]
    assert denied.denial_after.author_id == "899700057294"
    assert record.absences == () and record.entries == ()

    yes = medical.affirm(patient, Risk.TOBACCO)
    assert medical.record(patient).denial_of(Risk.TOBACCO) is None
    assert [e.label for e in medical.record(patient).about(Risk.TOBACCO)] == ["Tabac"]
    with pytest.raises(UserFacingError):
        medical.deny(patient, Risk.TOBACCO)

    medical.undo(yes)
    assert medical.record(patient).denial_of(Risk.TOBACCO) == denied.denial_after
    withdrawn = medical.withdraw_denial(patient, Risk.TOBACCO)
    assert medical.record(patient).denial_of(Risk.TOBACCO) is None
    medical.undo(withdrawn)
    assert medical.record(patient).denial_of(Risk.TOBACCO) == denied.denial_after
    medical.undo(denied)
    assert [d.risk for d in medical.record(patient).denials] == [Risk.ALCOHOL]


def test_a_line_of_risk_goes_under_the_subject_of_its_first_word(medical, patient):
    for typed in ("tabac 20 par jour", "obésité"):
        medical.add(patient, Suggestion(Family.RISK_FACTOR, typed, None), typed)

    found = medical.record(patient).of(Family.RISK_FACTOR)
    assert [entry.risk for entry in found] == [Risk.TOBACCO, Risk.OTHER]


def test_a_past_end_ends_the_line_even_when_it_is_still_ticked(medical, patient):
    entry = medical.add(patient, Suggestion(Family.VIGILANCE, "Escarre", None), "escarre").after

    ended = medical.update(patient, entry, replace(entry, end=PartialDate(2019), active=True))

    assert ended.after.active is False
    assert medical.record(patient).entries == (ended.after,)


def test_an_allergy_typed_among_conditions_is_one_with_its_kind_and_a_known_agent(medical, patient):
    typed = "allergie pénicilline (urticaire)"
    line = medical.read(Family.CHRONIC, typed).options[0]

    chosen = medical.offer(patient, Family.CHRONIC, line)[0]
    entry = medical.add(patient, chosen, typed).after

    assert medical.record(patient).of(Family.CHRONIC) == ()
    assert (entry.family, entry.typed, entry.reaction) == (
        Family.ALLERGY,
        "pénicilline",
        "urticaire",
    )
    assert entry.allergy == Allergy(Kind.ALLERGY, Agent.MEDICINE)


def test_what_nobody_said_of_an_agent_stays_unknown(medical, patient):
    line = medical.read(Family.ALLERGY, "arachide").options[0]
    chosen = medical.offer(patient, Family.ALLERGY, line)[0]

    assert medical.add(patient, chosen, "arachide").after.allergy == UNTOLD


@pytest.mark.parametrize("standing", [Standing.FACT, Standing.REFUSED, Standing.ORDERED])
def test_what_is_said_of_a_planned_act_stands_in_the_record_and_is_undone(
    medical, patient, standing
):
    change = medical.tell(patient, "Mammographie", standing)

    record = medical.record(patient)
    (kept,) = record.entries + record.intents
    assert (kept.standing, kept.start.day is not None, kept.code) == (standing, True, None)
    assert bool(record.entries) is (standing is Standing.FACT)
    medical.undo(change)
    assert medical.record(patient).entries == medical.record(patient).intents == ()


def test_a_measure_is_not_ticked(medical, patient):
    with pytest.raises(KeyError):
        medical.tell(patient, "Pression artérielle", Standing.FACT)


def test_a_medicine_alone_among_conditions_is_asked_about(medical, patient):
    found = medical.read(Family.CHRONIC, "pénicilline 2003")

    assert found.question is Question.FAMILY
    assert [one.family for one in found.options] == [
        Family.ALLERGY,
        Family.LONG_TERM_TREATMENT,
        Family.CURRENT_TREATMENT,
        Family.CHRONIC,
    ]
    assert {(one.words, one.start) for one in found.options} == {("pénicilline", PartialDate(2003))}


@pytest.mark.parametrize(
    ("typed", "family"),
    [
        ("hta 2011", Family.CHRONIC),
        ("amoxicilline", Family.ALLERGY),
        ("amoxicilline", Family.CURRENT_TREATMENT),
        ("surdosage en paracétamol", Family.MEDICAL_HISTORY),
        ("allergie pénicilline", Family.CHRONIC),
        ("", Family.CHRONIC),
    ],
)
def test_other_lines_are_not_asked_where_they_belong(medical, typed, family):
    assert medical.read(family, typed).question is None


def test_the_doctor_s_words_name_the_subject_of_a_coded_risk(medical, patient):
    code = Coded("F17.2", "2.16.840.1.113883.6.3", "Syndrome de dépendance au tabac")
    medical.add(patient, Suggestion(Family.RISK_FACTOR, code.label, code), "tabac 1998")

    (entry,) = medical.record(patient).of(Family.RISK_FACTOR)
    assert (entry.risk, entry.code) == (Risk.TOBACCO, code)


def test_a_code_keeps_where_it_was_taken_and_what_it_replaced(medical, patient, desk, tmp_path):
    line = medical.read(Family.CHRONIC, "hta").options[0]
    made = medical.add(patient, medical.offer(patient, Family.CHRONIC, line)[0], "hta").after

    (kept,) = medical.record(patient).of(Family.CHRONIC)
    assert kept.origin == CodeOrigin("CIM10", "liste fournie avec le logiciel", desk.clock.now())

    file = tmp_path / "cim10.csv"
    file.write_text("code;libelle\nI11.9;Cardiopathie hypertensive\n")
    terms = Nomenclatures(desk.store.unit, desk.clock)
    terms.bring(Nomenclature.CIM_10, [file])
    loaded = Medical(
        desk.store.unit, desk.clock, desk.ids, desk.connection, desk.events.append,
        terms.for_family, terms.edition_of,
    )  # fmt: skip
    other = Coded("I11.9", code_systems.CIM_10, "Cardiopathie hypertensive")
    loaded.update(patient, made, replace(made, code=other))

    (kept,) = medical.record(patient).of(Family.CHRONIC)
    assert kept.origin.edition.startswith("fichier ") and "chargé le" in kept.origin.edition
    assert kept.origin.replaced.startswith("I10 ")

    medical.update(patient, kept, replace(kept, code=None))
    assert medical.record(patient).of(Family.CHRONIC)[0].origin is None
