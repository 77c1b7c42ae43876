"""At a glance: every active allergy, under the kind that was entered and no other."""

import datetime as dt
from dataclasses import replace

from lgc.domain import allergy_words
from lgc.domain.allergies import Agent, Allergy, Kind, Severity
from lgc.domain.medical_data import Family, KnownAbsence, MedicalEntry, MedicalRecord

PENICILLIN = MedicalEntry(
    "1",
    Family.ALLERGY,
    "Pénicilline",
    reaction="urticaire",
    allergy=Allergy(Kind.ALLERGY, Agent.MEDICINE, Severity.SEVERE),
)
PEANUT = MedicalEntry("2", Family.ALLERGY, "Arachide", allergy=Allergy(Kind.ALLERGY))
LACTOSE = MedicalEntry("3", Family.ALLERGY, "Lactose", allergy=Allergy(Kind.INTOLERANCE))
LATEX = MedicalEntry("4", Family.ALLERGY, "Latex")
OVER = replace(LATEX, entry_id="5", label="Œuf", active=False)


def test_each_kind_has_its_line_and_what_nobody_said_is_said_so():
    record = MedicalRecord((LATEX, PENICILLIN, LACTOSE, PEANUT, OVER))

    assert allergy_words.lines(record) == (
        "Allergies : Pénicilline (urticaire, grave), Arachide",
        "Intolérance : Lactose",
        "Allergie ou intolérance : Latex",
    )
    assert allergy_words.lines(MedicalRecord((OVER,))) == ()
    assert set(allergy_words.HEADS) == set(Kind)


def test_alone_on_its_line_each_keeps_its_kind():
    assert allergy_words.told(LACTOSE) == "Intolérance : Lactose"
    assert allergy_words.told(LATEX) == "Allergie ou intolérance : Latex"


def test_whoever_asks_for_the_absence_is_answered_by_the_entries_first():
    stated = KnownAbsence(Family.ALLERGY, dt.datetime(2026, 11, 30, tzinfo=dt.UTC), "Dr X")

    assert MedicalRecord((), (stated,)).absence_of(Family.ALLERGY) == stated
    assert MedicalRecord((PENICILLIN,), (stated,)).absence_of(Family.ALLERGY) is None
    assert MedicalRecord((OVER,), (stated,)).absence_of(Family.ALLERGY) is None
