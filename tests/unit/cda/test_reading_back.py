"""What is about to leave is read back: every kind of entry agrees, every lie is caught."""

from dataclasses import replace

import pytest

from lgc.cda import documents, vsm
from lgc.cda.contents import Letter
from lgc.domain.medical_data import Family, MedicalRecord, PartialDate, Posology
from lgc.domain.professionals import Coded
from lgc.errors import UserFacingError
from lgc.services.reading_back import must_agree, read_back

RECORDS = ("full_record", "absences_record", "long_record", "partial_record", "awkward_record")
CIM = "2.16.840.1.113883.6.3"


@pytest.mark.parametrize("name", RECORDS)
def test_a_summary_reads_back_as_the_record_says(makers, name):
    record = getattr(makers, name)()

    must_agree(vsm.render(makers.context(record)), record)


def written(makers, record):
    return vsm.render(makers.context(record))


CHANGES = {
    "label": lambda e: replace(e, label="Autre"),
    "code": lambda e: replace(e, code=Coded("B24", CIM, "Autre")),
    "start": lambda e: replace(e, start=PartialDate(1901)),
    "end": lambda e: replace(e, end=PartialDate(1902)),
    "state": lambda e: replace(e, active=not e.active),
    "note": lambda e: replace(e, note="autre"),
    "family": lambda e: replace(e, family=Family.MEDICAL_HISTORY, active=e.active),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_the_document_says_otherwise_stops_it(makers, change):
    record = makers.full_record()
    first = record.entries[0]
    assert first.family is Family.CHRONIC
    lied = MedicalRecord((CHANGES[change](first), *record.entries[1:]), record.absences)

    with pytest.raises(UserFacingError, match="ne se relit pas"):
        must_agree(written(makers, lied), record)


def test_a_dose_said_otherwise_stops_it(makers):
    record = makers.full_record()
    place, treatment = next(
        (n, e) for n, e in enumerate(record.entries) if e.posology is not None and e.active
    )
    entries = list(record.entries)
    entries[place] = replace(treatment, posology=Posology("99 cp par jour"))

    with pytest.raises(UserFacingError, match="ne se relit pas") as refused:
        must_agree(written(makers, MedicalRecord(tuple(entries), record.absences)), record)
    assert "99 cp" in refused.value.advice


def test_what_is_not_there_and_what_is_too_much_stop_it(makers):
    record = makers.full_record()
    fewer = MedicalRecord(record.entries[1:], record.absences)

    with pytest.raises(UserFacingError) as refused:
        must_agree(written(makers, fewer), record)
    assert "n’y est pas lu" in refused.value.advice
    with pytest.raises(UserFacingError) as refused:
        must_agree(written(makers, record), fewer)
    assert "n’est pas dans le dossier" in refused.value.advice


def test_what_is_read_stands_beside_the_record(makers):
    record = makers.full_record()
    content = documents.render("letter", Letter(makers.facts(), "Avis", "Merci.", record))
    first = replace(record.entries[0], note="changé depuis")

    readings = read_back(content, MedicalRecord((first, *record.entries[1:])))

    [unlike] = [one.unlike for one in readings if one.unlike]
    assert "changé depuis" in unlike
    assert "Diabète de type 2" in readings[0].words and "1998" in readings[0].words
