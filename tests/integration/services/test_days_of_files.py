"""The day of a file, of a source and of a result is the practice's, also between 0 h and 2 h."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from lgc.domain import days
from lgc.domain.biology import LabResult
from lgc.services import letters, results_in_letter, reusing
from lgc.services.drafting import CONSULTATION, Draft
from lgc.services.ports import MailFile


@pytest.mark.parametrize("hour", [(0, 30), (1, 59), (12, 0), (23, 30)])
@pytest.mark.parametrize("month", [1, 7])
@pytest.mark.parametrize(
    "zone", ["Europe/Paris", "Indian/Reunion", "America/Guadeloupe", "America/Miquelon"]
)
def test_each_hour_of_a_day_is_of_that_day(drafting, desk, patient, hour, month, zone):
    days.use_zone(ZoneInfo(zone))
    desk.clock.time = dt.datetime(2026, month, 15, *hour, tzinfo=ZoneInfo(zone))
    made = drafting.finish(patient, CONSULTATION, Draft({"reason": "a", "conclusion": "b"}))
    with desk.store.unit() as uow:
        document = uow.documents.get(made)

    assert letters._pdf_name(document, None).startswith(f"2026{month:02d}15_")
    assert f"du 15/{month:02d}/2026" in reusing.source_of(document)
    result = LabResult(None, "HbA1c", desk.clock.time.astimezone(dt.UTC), 6.5)
    assert f"(15/{month:02d}/2026)" in results_in_letter.latest([("report", result)])


def test_two_notes_of_one_day_have_two_file_names():
    files = tuple(MailFile("20261130_CR.pdf", "application/pdf", c) for c in (b"a", b"b", b"c"))

    named = letters._apart(files)

    assert [one.name for one in named] == [
        "20261130_CR.pdf", "20261130_CR_2.pdf", "20261130_CR_3.pdf",
    ]  # fmt: skip
    assert [one.content for one in named] == [b"a", b"b", b"c"]
