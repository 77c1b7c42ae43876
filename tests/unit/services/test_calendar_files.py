"""iCalendar: what leaves comes back the same; what comes from elsewhere is never a visit."""

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from lgc.domain.agenda import Closure, Presence, Visit, VisitKind
from lgc.errors import UnreadableInput
from lgc.services import calendar_files

PARIS = ZoneInfo("Europe/Paris")
NOW = dt.datetime(2026, 11, 6, 9, 57, tzinfo=PARIS)


def calendar(*events):
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//autre//FR"]
    for number, event in enumerate(events):
        lines += ["BEGIN:VEVENT", f"UID:autre-{number}", "DTSTAMP:20261101T080000Z", *event,
                  "END:VEVENT"]  # fmt: skip
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def read(*events):
    return calendar_files.read(calendar(*events), NOW)


words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=40).map(
    lambda said: " ".join(said.split())
)
starts = st.integers(-2000, 20_000).map(
    lambda n: NOW.replace(minute=0) + dt.timedelta(minutes=5 * n)
)
visits = st.builds(
    Visit,
    st.uuids().map(str),
    st.uuids().map(str),
    starts,
    st.integers(1, 60).map(lambda n: 5 * n),
    st.sampled_from([one.value for one in VisitKind]),
    st.sampled_from(Presence),
    note=words,
    place=words,
)
closures = st.builds(
    Closure,
    st.uuids().map(str),
    starts,
    st.integers(1, 300).map(lambda n: 5 * n),
    words.filter(bool),
    st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(visits, max_size=4), st.lists(closures, max_size=4))
def test_what_is_written_is_read_back_the_same(some, shut):
    content = calendar_files.write([(one, "C. H.") for one in some], shut, NOW)
    found = calendar_files.read(content, NOW)

    assert list(found.visits) == some
    assert list(found.closures) == shut
    assert (found.unread, found.cancelled) == (0, ())


def test_a_week_left_out_and_the_last_day_survive_the_journey():
    lunch = Closure(
        "c1", dt.datetime(2026, 10, 5, 12, tzinfo=PARIS), 90, "Déjeuner, « calme »", True,
        dt.date(2027, 3, 29), (dt.date(2026, 10, 12), dt.date(2026, 11, 30)),
    )  # fmt: skip

    [back] = calendar_files.read(calendar_files.write([], [lunch], NOW), NOW).closures

    assert back == lunch


def test_only_the_words_that_may_leave_name_somebody():
    visit = Visit("v1", "p1", NOW, 15, "Consultation")
    content = calendar_files.write([(visit, "H. C.")], [], NOW)

    [event] = Calendar.from_ical(content).walk("VEVENT")
    assert str(event["summary"]) == "H. C. · Consultation"
    assert b"BEGIN:VTIMEZONE" in content


@pytest.mark.parametrize(
    ("lines", "start", "minutes"),
    [
        (
            ("DTSTART;VALUE=DATE:20261111", "DTEND;VALUE=DATE:20261113"),
            "2026-11-11T00:00+01:00", 2880,
        ),
        (("DTSTART;VALUE=DATE:20261111",), "2026-11-11T00:00+01:00", 1440),
        (("DTSTART:20261110T143000", "DTEND:20261110T160000"), "2026-11-10T14:30+01:00", 90),
        (("DTSTART:20261110T143000Z", "DURATION:PT20M"), "2026-11-10T15:30+01:00", 20),
        (
            ("DTSTART;TZID=Romance Standard Time:20261110T143000",
             "DTEND;TZID=Romance Standard Time:20261110T150000"),
            "2026-11-10T14:30+01:00", 30,
        ),
        (
            ("DTSTART;TZID=America/New_York:20261110T090000",
             "DTEND;TZID=America/New_York:20261110T093000"),
            "2026-11-10T15:00+01:00", 30,
        ),
        (("DTSTART:20261110T143012", "DTEND:20261110T144110"), "2026-11-10T14:30+01:00", 10),
    ],
)  # fmt: skip
def test_times_of_other_calendars_become_ours(lines, start, minutes):
    [closure] = read((*lines, "SUMMARY:Réunion")).closures

    assert closure.starts_at.isoformat(timespec="minutes") == start
    assert (closure.minutes, closure.title) == (minutes, "Réunion")


def test_a_plain_weekly_rule_stays_one_and_another_is_told_time_by_time():
    found = read(
        ("DTSTART:20261102T120000", "DTEND:20261102T130000", "RRULE:FREQ=WEEKLY;BYDAY=MO"),
        ("DTSTART:20261103T180000", "DTEND:20261103T190000",
         "RRULE:FREQ=WEEKLY;BYDAY=TU,TH;COUNT=4", "EXDATE:20261105T180000"),
    )  # fmt: skip

    weekly, *times = found.closures
    assert weekly.weekly
    assert [one.starts_at.day for one in times] == [3, 10, 12]
    assert len({one.uid for one in found.closures}) == 4


def test_a_rule_without_end_is_bounded_and_the_far_past_is_left_alone():
    found = read(
        ("DTSTART:20200101T080000", "DTEND:20200101T083000", "RRULE:FREQ=DAILY"),
        ("DTSTART:20200101T080000", "DTEND:20200101T083000"),
        ("DTSTART:20200106T080000", "DTEND:20200106T083000",
         "RRULE:FREQ=WEEKLY;UNTIL=20210101T000000Z"),
    )  # fmt: skip

    assert 300 < len(found.closures) <= 400
    assert min(one.starts_at for one in found.closures) >= NOW - dt.timedelta(days=31)


def test_free_time_is_no_closure_and_what_is_cancelled_is_named():
    found = read(
        ("DTSTART:20261110T143000", "TRANSP:TRANSPARENT"),
        ("DTSTART:20261110T143000", "STATUS:CANCELLED"),
        ("DTSTART:nonsense",),
        ("SUMMARY:sans date",),
    )

    assert found.closures == ()
    assert found.cancelled == ("autre-1",)
    assert found.unread == 2


def test_a_foreign_event_never_becomes_a_visit():
    found = read(("DTSTART:20261110T143000", "SUMMARY:CHEMIN Henri", "X-OTHER-PATIENT:p1"))

    assert found.visits == ()


@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.4", b"\xff" * 99, b"BEGIN:VCALENDAR", b"x" * 6_000_000]
)
def test_what_is_no_calendar_is_told_in_a_sentence(content):
    with pytest.raises(UnreadableInput):
        calendar_files.read(content, NOW)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_a_damaged_calendar_is_data_or_a_sentence(data):
    visit = Visit("v1", "p1", NOW, 15, "Consultation", note="à jeun")
    lunch = Closure("c1", NOW, 60, "Déjeuner", True)
    content = bytearray(calendar_files.write([(visit, "H. C.")], [lunch], NOW))
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.integers(0, 255))
    try:
        found = calendar_files.read(bytes(content), NOW)
    except UnreadableInput:
        return
    assert len(found.visits) <= 1
    assert all(replace(one, minutes=5) for one in found.closures)
