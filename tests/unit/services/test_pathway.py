"""Planned acts against what was done: done with its gap, late, or to come."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgc.domain.biology import LabResult
from lgc.domain.entry_line import parse
from lgc.domain.identity import Sex
from lgc.domain.medical_data import Family, MedicalRecord, PartialDate, Standing
from lgc.domain.professionals import Coded
from lgc.services.evidence import Done, Spoken
from lgc.services.pathway import Plan, lanes_of, marks_of
from lgc.services.protocols import PlannedAct, decided, followed_by, protocols, sources
from lgc.services.views import MarkState
from lgc.terminology.nomenclature import find

PARIS = dt.timezone(dt.timedelta(hours=1))
NOW = dt.datetime(2026, 11, 6, 9, 57, tzinfo=PARIS)
TODAY = NOW.date()
LOINC, CIM_10 = "2.16.840.1.113883.6.1", "2.16.840.1.113883.6.3"
YEARLY, QUARTERLY = PlannedAct("Bilan", 12), PlannedAct("HbA1c", 3)
SOME_TIME_AGO = PartialDate(2020, 1, 1)
DONE, LATE, TO_COME = MarkState.DONE, MarkState.LATE, MarkState.TO_COME
START = Plan(dt.date(2025, 1, 1))


def day(text):
    return dt.date.fromisoformat(text)


def told(marks):
    return [(mark.state.value, mark.planned is not None, mark.gap_days) for mark in marks]


def result(code, when, **fields):
    taken = dt.datetime.combine(when, dt.time(8), tzinfo=dt.UTC)
    return ("report", LabResult(Coded(code, LOINC), "HbA1c", taken, **fields))


def person(make, sex=Sex.MALE, born=dt.date(1948, 8, 18), protocols=()):
    patient = make.patient()
    traits = replace(patient.identity.traits, sex=sex, birth_date=born)
    identity = replace(patient.identity, traits=traits)
    return replace(patient, identity=identity, protocols=protocols)


def condition(make, code, start=SOME_TIME_AGO, **more):
    return make.entry(
        family=Family.CHRONIC, label="Affection", code=Coded(code, CIM_10), start=start, **more
    )


def lane(name, lanes):
    return next(one for one in lanes.lanes if one.name == name)


def lanes(make, results=(), entries=(), documents=(), **who):
    patient = person(make, **{"protocols": ("diabetes-type-2",), **who})
    return lanes_of(patient, documents, results, MedicalRecord(tuple(entries)), NOW)


@pytest.mark.parametrize(
    ("act", "done", "expected"),
    [
        # Never seen: due once the grace from the start has passed, then late.
        (YEARLY, [], [("late", True, (TODAY - day("2025-04-01")).days)]),
        (PlannedAct("Vaccin", once=True), [], [("late", True, 584)]),
        # Seen: the next one counts from the last one.
        (YEARLY, ["2026-05-01"], [("done", False, 0), ("to_come", True, -176)]),
        (YEARLY, ["2025-10-01"], [("done", False, 0), ("late", True, 36)]),
        (PlannedAct("Vaccin", once=True), ["2025-10-01"], [("done", False, 0)]),
        # Around its plan: the gap is told.
        (
            QUARTERLY,
            ["2026-05-20", "2026-09-02"],
            [("done", False, 0), ("done", True, 14), ("to_come", True, -26)],
        ),
        (
            QUARTERLY,
            ["2026-05-20", "2026-08-10"],
            [("done", False, 0), ("done", True, -9), ("to_come", True, -3)],
        ),
        # Long before its plan: an occurrence of its own, never « fait −345 j ».
        (
            YEARLY,
            ["2026-03-01", "2026-03-21"],
            [("done", False, 0), ("done", False, 0), ("to_come", True, -135)],
        ),
        (
            YEARLY,
            ["2025-03-01", "2025-03-21", "2026-03-25"],
            [("done", False, 0), ("done", False, 0), ("done", True, 4), ("to_come", True, -139)],
        ),
    ],
)
def test_each_act_stands_against_the_plan_it_belongs_to(act, done, expected):
    marks = marks_of(act, [Done(PartialDate.parse(one), None) for one in done], START, TODAY)

    assert told(marks) == expected


@given(st.lists(st.dates(dt.date(2015, 1, 1), TODAY), unique=True), st.sampled_from([3, 12, 60]))
def test_everything_done_is_shown_and_one_thing_at_most_is_next(days, months):
    done = [Done(PartialDate(one.year, one.month, one.day), None) for one in sorted(days)]
    act = PlannedAct("Acte", months)

    marks = marks_of(act, done, START, TODAY)

    assert [mark.done for mark in marks if mark.state is DONE] == sorted(days)
    assert len(marks) - len(done) == 1
    assert all(mark.gap_days >= -act.days / 4 - 1 for mark in marks if mark.state is DONE)
    assert (marks[-1].gap_days > 0) is (marks[-1].state is LATE)


def test_a_result_tells_what_was_found_and_links_its_report(make):
    found = [result("4548-4", dt.date(2026, 9, 2), value=7.9, unit="%")]

    marks = lane("HbA1c", lanes(make, found)).marks

    assert (marks[0].document_id, marks[0].detail) == ("report", "7,9 %")
    assert marks[1].detail == "Dernière : 7,9 %, le 02/09/2026"


def test_a_vaccine_is_an_entry_of_vaccination_and_not_the_disease(make):
    disease = make.entry(
        family=Family.MEDICAL_HISTORY, label="Grippe A", start=PartialDate(2026, 2, 1)
    )
    vaccine = make.entry(family=Family.VACCINATION, label="Grippe", start=PartialDate(2025, 10, 13))

    marks = lane("Vaccin grippe", lanes(make, entries=[disease, vaccine])).marks

    assert [(m.state, m.gap_days) for m in marks] == [(DONE, 0), (LATE, 24)]


def test_a_result_quoted_from_before_is_not_an_act(make):
    quoted = [result("4548-4", dt.date(2026, 9, 2), value=7.9, unit="%", previous=True)]

    marks = lane("HbA1c", lanes(make, quoted)).marks

    assert [(mark.done, mark.never) for mark in marks] == [(None, True)]


def test_midnight_in_paris_is_not_the_day_before(make):
    midnight = dt.datetime(2026, 9, 2, tzinfo=PARIS).astimezone(dt.UTC)
    found = LabResult(Coded("4548-4", LOINC), "HbA1c", midnight, value=7.9, unit="%")

    assert lane("HbA1c", lanes(make, [("report", found)])).marks[0].done == dt.date(2026, 9, 2)


def test_nothing_is_late_before_the_practice_knew_the_patient(make):
    old = condition(make, "I10", PartialDate(2011, 3, 12), recorded_at=NOW)

    marks = lane("Kaliémie", lanes(make, entries=[old], protocols=())).marks

    assert [mark.state for mark in marks] == [TO_COME]
    assert marks[0].planned == TODAY + dt.timedelta(90)


@pytest.mark.parametrize(
    ("who", "code", "expected"),
    [
        ({"born": dt.date(1990, 1, 1)}, "E11.9", ["diabetes-type-2", "adult-prevention"]),
        ({"born": dt.date(1990, 1, 1)}, "I10", ["hypertension", "adult-prevention"]),
        ({"born": dt.date(1990, 1, 1)}, "J44.1", ["copd", "adult-prevention"]),
        ({"born": dt.date(1990, 1, 1)}, "I50", ["heart-failure", "adult-prevention"]),
        ({"born": dt.date(1990, 1, 1)}, "Z34", ["adult-prevention"]),
        ({"born": dt.date(2015, 1, 1)}, "J45", []),
        ({"born": dt.date(2015, 1, 1), "protocols": ("copd",)}, "J45", ["copd"]),
        ({"sex": Sex.FEMALE, "born": dt.date(1990, 1, 1)}, "E66", ["adult-prevention"]),
    ],
)
def test_a_protocol_opens_with_a_condition_an_age_or_the_doctor_s_choice(make, who, code, expected):
    record = MedicalRecord((condition(make, code),))
    followed = followed_by(person(make, **who), record, TODAY, TODAY)

    assert [one.protocol.key for one in followed] == expected


OPENING = {
    "pregnancy": ("grossesse", "enceinte", "suivi de grossesse", "grossesse à risque"),
    "diabetes-type-2": ("DT2", "diabète de type 2"),
    "chronic-kidney-disease": ("MRC", "maladie rénale chronique"),
    "copd": ("BPCO",),
    "heart-failure": ("insuffisance cardiaque",),
    "hypertension": ("HTA",),
}


def test_every_protocol_of_a_condition_opens_by_words_of_the_starter(make):
    assert set(OPENING) == {key for key, one in protocols().items() if one.conditions}
    woman = person(make, sex=Sex.FEMALE, born=dt.date(1990, 1, 1))
    for key, words in OPENING.items():
        for said in words:
            line = parse(f"{said} 22/05/2026", Family.CHRONIC, TODAY)
            code = find(line.words, Family.CHRONIC)[0]
            entry = make.entry(family=Family.CHRONIC, label=code.label, code=code, start=line.start)
            followed = followed_by(woman, MedicalRecord((entry,)), TODAY, TODAY)
            assert key in [one.protocol.key for one in followed], (said, code)


def test_a_pregnancy_is_followed_by_its_term_and_ends_with_it(make):
    woman = {"sex": Sex.FEMALE, "born": dt.date(1990, 1, 1), "protocols": ()}
    begun = PartialDate(2026, 5, 22)  # 24 SA on the day
    record = [condition(make, "Z34", begun)]
    scan = result("0-0", dt.date(2026, 8, 14))[1]
    scan = ("scan", replace(scan, label="Échographie du premier trimestre", text="Normale"))

    now = lanes(make, [scan], record, **woman)
    after = lanes(make, [scan], [condition(make, "Z34", PartialDate(2025, 5, 22))], **woman)

    assert now.protocols == ("Suivi de grossesse", "Prévention")
    first, second = lane("Échographie T1", now), lane("Échographie T2", now)
    assert [(m.state, m.gap_days) for m in first.marks] == [(DONE, 0)]
    assert (second.every, second.marks[0].state) == ("22 SA", TO_COME)
    assert lane("Toxoplasmose", now).marks[0].state is LATE
    assert after.protocols == ("Prévention",)


def test_an_act_two_protocols_ask_for_is_one_lane_at_the_shorter_period(make):
    both = [condition(make, "I50"), condition(make, "I10")]

    found = lanes(make, entries=both, protocols=())

    assert [one.every for one in found.lanes if one.name == "Bilan rénal"] == ["6 mois"]
    assert len({one.name for one in found.lanes}) == len(found.lanes)


@pytest.mark.parametrize(
    ("sex", "age", "expected"),
    [
        (Sex.FEMALE, 52, True),
        (Sex.FEMALE, 76, False),
        (Sex.MALE, 52, False),
    ],
)
def test_screening_is_for_its_age_and_sex(make, sex, age, expected):
    born = dt.date(TODAY.year - age, 1, 1)
    found = lanes(make, sex=sex, born=born, protocols=())

    assert ("Mammographie" in [one.name for one in found.lanes]) is expected


@pytest.mark.parametrize("key", sorted(protocols()))
def test_every_shipped_protocol_can_recognise_each_of_its_acts(key):
    for act in protocols()[key].acts:
        rhythms = (act.months and not act.week, act.week, act.once)
        assert sum(map(bool, rhythms)) == 1, act.name
        assert not act.source or act.source in sources(), act.name
        assert act.loinc or act.kinds or act.words or act.codes, act.name
        assert set(act.families) <= set(Family)


def test_the_doctor_s_choice_stands_against_the_condition(make):
    entries = MedicalRecord((condition(make, "I10"),))
    patient = person(make, born=dt.date(1990, 1, 1))

    stopped = replace(patient, protocols=decided((), "hypertension", follow=False))
    again = replace(patient, protocols=decided(stopped.protocols, "hypertension", follow=True))

    assert [x.protocol.key for x in followed_by(stopped, entries, TODAY, TODAY)] == [
        "adult-prevention"
    ]
    assert "hypertension" in [x.protocol.key for x in followed_by(again, entries, TODAY, TODAY)]


def test_protocols_are_offered_with_those_followed_ticked(make):
    offered = {one.title: one.followed for one in lanes(make).offered}

    assert offered["Protocole diabète"] is True
    assert offered["Protocole BPCO"] is False
    assert "Suivi de grossesse" not in offered


def test_a_year_stays_a_year_and_so_does_what_is_planned_from_it(make):
    """« 2026 » is not 01/01/2026."""
    act, year = PlannedAct("Acte", 24), Done(PartialDate(2024), None)
    done, due = marks_of(act, [year], START, TODAY)
    assert (done.state, done.said, done.planned) == (DONE, "2024", None)
    assert (due.state, due.said, due.planned) == (TO_COME, "2026", day("2026-12-31"))

    *_, late = marks_of(act, [Done(PartialDate(2023, 3), None)], START, TODAY)
    assert (late.state, late.said) == (LATE, "03/2025")
    assert late.detail == "Dernière, en 03/2023"


def test_a_year_alone_is_not_inside_the_weeks_of_a_term(make):
    act = PlannedAct("Échographie", week=12, window=2)
    plan = Plan(day("2026-04-10"), term=day("2026-04-10"))  # due on 03/07, amid the year

    assert marks_of(act, [Done(PartialDate(2026), None)], plan, TODAY)[0].state is not DONE
    month = marks_of(act, [Done(PartialDate(2026, 7), None)], plan, TODAY)[0]
    assert (month.state, month.said) == (DONE, "07/2026")


def test_a_refusal_is_no_reproach_for_one_period_and_then_proposed_again():
    refused = [Spoken(PartialDate(2026, 3, 12), Standing.REFUSED)]
    (mark,) = marks_of(YEARLY, [], START, TODAY, refused)
    assert (mark.state, mark.told) == (MarkState.REFUSED, "refusé le 12/03/2026")

    long_ago = [Spoken(PartialDate(2025, 3, 12), Standing.REFUSED)]
    (again,) = marks_of(YEARLY, [], START, TODAY, long_ago)
    assert (again.state, again.told) == (LATE, "refusé le 12/03/2025")


@pytest.mark.parametrize("when", ["2062-03-12", "2026-11-07"])
def test_what_is_dated_after_today_counts_for_nothing_and_is_said(make, when):
    last, wrong = day("2026-01-15"), day(when)
    found = [result("4548-4", last, value=7.2), result("4548-4", wrong, value=7.0)]

    *_, due = lane("HbA1c", lanes(make, results=found)).marks

    *_, without = lane("HbA1c", lanes(make, results=found[:1])).marks
    assert replace(due, told="") == replace(without, told="")
    assert due.state is LATE
    assert due.told == f"date à venir : à vérifier (le {wrong:%d/%m/%Y})"


def test_what_was_ordered_is_still_to_do_and_says_so():
    spoken = [Spoken(PartialDate(2026, 10, 1), Standing.ORDERED)]
    (mark,) = marks_of(YEARLY, [], START, TODAY, spoken)
    assert (mark.state, mark.told) == (LATE, "prescrit le 01/10/2026")

    later = Done(PartialDate(2026, 10, 20), None)
    assert marks_of(YEARLY, [later], START, TODAY, spoken)[-1].told == ""


def test_a_screening_that_is_not_for_this_patient_says_why(make):
    woman = {"sex": Sex.FEMALE, "born": dt.date(1970, 1, 1), "protocols": ()}
    gone = make.entry(family=Family.SURGICAL_HISTORY, label="Hystérectomie", code=None)

    (mark,) = lane("Dépistage col utérin", lanes(make, entries=[gone], **woman)).marks

    assert (mark.state, mark.detail) == (MarkState.NOT_PROPOSED, "Hystérectomie")
    assert lane("Mammographie", lanes(make, entries=[gone], **woman)).marks[0].state is not (
        MarkState.NOT_PROPOSED
    )


def test_a_man_vaccinated_in_2021_is_not_late(make):
    code = Coded("J07CA02", "2.16.840.1.113883.6.73", "Boostrix")
    given = make.entry(
        family=Family.VACCINATION, label="Diphtérie, tétanos, poliomyélite, coqueluche",
        code=code, start=PartialDate(2021, 5, 4),
    )  # fmt: skip

    marks = lane("Rappel dTP", lanes(make, entries=[given], protocols=())).marks

    assert [mark.state for mark in marks] == [DONE, TO_COME]


# --- rhythms as they are published ------------------------------------------------------------


def shipped(protocol, name, **fields):
    found = [one for one in protocols()[protocol].acts if one.name == name]
    return next(one for one in found if all(getattr(one, k) == v for k, v in fields.items()))


def next_of(act, *days, plan=START, **more):
    done = [Done(PartialDate.parse(one), None, **more) for one in days]
    marks = marks_of(act, done, plan, TODAY)
    return marks[-1].planned if marks[-1].state is not DONE else None


def months(day, count):
    return dt.date.fromisoformat(day) + dt.timedelta(round(count * 30.4375))


def test_the_second_smear_is_one_year_after_the_first_then_three_years():
    young = shipped("adult-prevention", "Dépistage col utérin", from_age=25)
    plan = Plan(dt.date(2020, 1, 1), dt.date(2035, 1, 1))

    assert next_of(young, "2026-03-12", plan=plan) == months("2026-03-12", 12)
    assert next_of(young, "2025-03-10", "2026-03-12", plan=plan) == months("2026-03-12", 36)


def test_zona_is_two_doses_two_months_apart_and_then_over():
    zona = shipped("adult-prevention", "Vaccin zona")

    assert next_of(zona, "2026-10-01") == months("2026-10-01", 2)
    assert next_of(zona, "2026-07-01", "2026-09-01") is None


def test_a_colonoscopy_has_its_own_interval(make):
    def seen(label):
        entry = make.entry(
            family=Family.SURGICAL_HISTORY, label=label, code=None, start=PartialDate(2024, 3, 12)
        )
        who = {"born": dt.date(1966, 1, 1), "protocols": ()}
        return lane("Dépistage colorectal", lanes(make, entries=[entry], **who)).marks[-1]

    assert seen("Coloscopie normale").planned == months("2024-03-12", 60)
    assert seen("Test immunologique fécal").planned == months("2024-03-12", 24)


def test_a_test_after_a_colonoscopy_does_not_end_its_interval():
    act = shipped("adult-prevention", "Dépistage colorectal")
    scope = Done(PartialDate(2024, 3, 12), None, months=60)
    test = Done(PartialDate(2026, 3, 12), None)

    assert marks_of(act, [scope, test], START, TODAY)[-1].planned == months("2024-03-12", 60)


def test_toxoplasmosis_is_monthly_until_the_term_or_immune():
    act = shipped("pregnancy", "Toxoplasmose")
    term = TODAY - dt.timedelta(weeks=20)
    plan, first = Plan(term, term=term), (TODAY - dt.timedelta(weeks=10)).isoformat()
    last = (TODAY - dt.timedelta(weeks=1)).isoformat()
    old = Plan(TODAY - dt.timedelta(weeks=41), term=TODAY - dt.timedelta(weeks=41))

    assert next_of(act, first, plan=plan) == months(first, 1)
    assert next_of(act, first, last, plan=plan) == months(last, 1)
    assert next_of(act, (old.start + dt.timedelta(weeks=12)).isoformat(), last, plan=old) is None
    (mark,) = marks_of(act, [], plan, TODAY, against="Immunité toxoplasmose")
    assert mark.state is MarkState.NOT_PROPOSED


def test_irregular_antibodies_come_again_and_are_asked_not_late():
    again = [one for one in protocols()["pregnancy"].acts if one.name.startswith("RAI")]
    plan = Plan(TODAY - dt.timedelta(weeks=41), term=TODAY - dt.timedelta(weeks=41))

    assert [one.week for one in again] == [26, 34, 38]
    for act in again:
        (mark,) = marks_of(act, [], plan, TODAY)
        assert (mark.state, mark.never) == (LATE, True)
        assert "Seulement si\u00a0: rhésus négatif ou transfusion antérieure" in act.told
        assert marks_of(act, [], plan, TODAY, against="Rhésus positif")[0].state is not LATE


@pytest.mark.parametrize(
    ("code", "age", "names"),
    [
        ("E11", 50, {"Vaccin grippe", "Vaccin pneumocoque", "Vaccin Covid-19", "ECG"}),
        ("J45.9", 40, {"Vaccin grippe"}),
        ("N18.4", 40, {"Vaccin grippe", "Vaccin pneumocoque", "Vaccin Covid-19", "Bilan rénal"}),
        ("K21.9", 40, set()),
        ("I50.9", 68, {"Vaccin VRS", "Vaccin zona", "Vaccin Covid-19"}),
        ("K21.9", 68, {"Vaccin zona", "Vaccin Covid-19"}),
        ("K21.9", 76, {"Vaccin VRS"}),
    ],
)
def test_who_is_at_risk_before_the_age_is_asked_too(make, code, age, names):
    asked = {"Vaccin grippe", "Vaccin pneumocoque", "Vaccin Covid-19", "Vaccin VRS"}
    born = dt.date(TODAY.year - age, 1, 1)
    found = lanes(make, entries=[condition(make, code)], born=born, protocols=())

    shown = {one.name for one in found.lanes}
    assert names <= shown
    # Before 65 nothing more is asked; VRS hangs on an age or on a disease.
    assert age >= 65 or shown & asked == names & asked
    assert ("Vaccin VRS" in shown) is ("Vaccin VRS" in names)


@pytest.mark.parametrize(("stage", "every"), [("N18.3", "1 an"), ("N18.4", "3 mois")])
def test_a_chronic_kidney_disease_has_the_rhythm_of_its_stage(make, stage, every):
    found = lanes(make, entries=[condition(make, stage)], protocols=())

    assert lane("Bilan rénal", found).every == every


def test_each_act_says_where_it_was_published_or_that_it_is_to_check():
    smear = shipped("adult-prevention", "Dépistage col utérin", from_age=30).told
    breast = shipped("adult-prevention", "Mammographie").told
    mother = shipped("pregnancy", "Hémogramme 6e mois").told

    assert "INCa" in smear[1] and "décembre 2020" in smear[1] and smear[2].startswith("https://")
    assert breast == ("Source à vérifier",)
    assert "R. 2122-2, date à vérifier" in mother[0] and mother[1] == "Adresse à vérifier"
    for source in sources().values():
        assert source.publisher and source.title and source.edition
        assert not source.address or source.address.startswith("https://")
