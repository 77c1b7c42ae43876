"""At a glance: every active allergy, under the kind that was entered and no other."""

from dataclasses import replace

from lgc.domain import allergy_words
from lgc.domain.allergies import Agent, Allergy, Kind, Severity
from lgc.domain.medical_data import Family, MedicalEntry, MedicalRecord

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
