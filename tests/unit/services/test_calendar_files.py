"""iCalendar: what leaves comes back the same; what comes from elsewhere is never a visit."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
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


def test_a_path_in_a_motif_is_no_end_of_a_line():
    shut = Closure("c", NOW, 5, r"Copie sur C:\Notes\Neuro, \n")

    assert list(calendar_files.read(calendar_files.write([], [shut], NOW), NOW).closures) == [shut]


@settings(max_examples=60, deadline=None)
@given(st.lists(visits, max_size=4), st.lists(closures, max_size=4))
def test_what_is_written_is_read_back_the_same(some, shut):
    content = calendar_files.write([(one, "C. H.") for one in some], shut, NOW)
    found = calendar_files.read(content, NOW)

    assert [(one.visit_id, one.patient_id, one.starts_at, one.minutes) for one in found.visits] == [
        (one.visit_id, one.patient_id, one.starts_at, one.minutes) for one in some
    ]
    assert [(one.kind, one.note, one.place) for one in found.visits] == [
        (one.kind, one.note, one.place) for one in some
    ]
    assert list(found.closures) == shut
    assert found.own == {one.closure_id for one in shut}
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
    assert [one.uid for one in found.cancelled] == ["autre-1"]
    assert found.unread == 2


def test_a_foreign_event_never_becomes_a_visit():
    found = read(("DTSTART:20261110T143000", "SUMMARY:CHEMIN Henri", "X-OTHER-PATIENT:p1"))

    assert found.visits == ()


@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.4", b"\xff" * 99, b"BEGIN:VCALENDAR", b"x" * 20_000_001]
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


def test_neither_a_state_nor_when_somebody_came_leaves_in_a_file():
    visit = Visit("v1", "p1", NOW, 15, "Consultation", Presence.ARRIVED, NOW, changed_at=NOW)
    content = calendar_files.write([(visit, "H. C.")], [], NOW)

    assert b"arrived" not in content.lower()
    assert b"PRESENCE" not in content
    [said] = calendar_files.read(content, NOW).visits
    assert said.modified == NOW


def test_a_year_of_a_practice_is_read():
    event = (
        "BEGIN:VEVENT\r\nUID:{n}@lgc\r\nDTSTART:20261201T090000Z\r\nX-LGC-VISIT:{n}\r\n"
        "X-LGC-PATIENT:p1\r\nEND:VEVENT\r\n"
    )
    year = "".join(event.format(n=n) for n in range(6_000))
    content = f"BEGIN:VCALENDAR\r\n{year}END:VCALENDAR\r\n".encode()

    assert len(calendar_files.read(content, NOW).visits) == 6_000


def test_more_events_than_any_practice_has_are_refused(monkeypatch):
    content = b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 20_001
    with pytest.raises(UnreadableInput, match="20000"):
        calendar_files.read(content + b"END:VCALENDAR\r\n", NOW)


# --- ../shared/cases/calendar ---------------------------------------------------------------------

CASES = Path(__file__).parents[4] / "shared" / "cases" / "calendar"
DAY, HOUR = 24 * 60, 60
W = "weekly"
RIGHT = {
    "20-moved-once": [("11-02T12:00", HOUR, W, ("11-09",)), ("11-10T15:00", HOUR)],
    "20b-moved-once-first": [("11-02T12:00", HOUR, W, ("11-09",)), ("11-10T15:00", HOUR)],
    "20c-cancelled-once": [("11-02T12:00", HOUR, W, ("11-09",))],
    "20e-weekly-plain": [("11-02T12:00", HOUR, W)],
    "20f-made-free": [("11-02T12:00", HOUR, W, ("11-09",))],
    "21-two-calendars": [("11-10T09:00", HOUR)] * 2,
    "22-bom": [("11-10T09:00", HOUR, "Congés")],
    "22b-latin1": [("11-10T09:00", HOUR, "Congés d'été")],
    "22c-utf16": [("11-10T09:00", HOUR, "Congés")],
    "22d-folded-in-a-letter": [("11-10T09:00", HOUR, "Congés d'été")],
    "22e-lf": [("11-10T09:00", HOUR, "Long suite")],
    "22f-blank-lines": [("11-10T09:00", HOUR, "Congés d'été")],
    "22g-bad-line": [("11-10T09:00", HOUR), 1],
    "22h-bad-line-head": [("11-10T09:00", HOUR), 1],
    "22i-cr-only": [("11-10T09:00", HOUR)],
    "23-allday-same-end": [("11-10T00:00", DAY)],
    "23b-allday-long": [("12-01T00:00", 112 * DAY)],
    "23c-allday-yearly": [("12-25T00:00", DAY)],
    "23d-started-long-ago": [
        ("10-01T00:00", 30 * DAY), ("10-04T00:00", 31 * DAY), ("10-05T00:00", 41 * DAY),
    ],
    "23e-in-progress-start-before": [("10-05T00:00", 31 * DAY), ("10-06T00:00", 33 * DAY)],
    "24-until-date": [(f"11-{day:02}T09:00", HOUR) for day in (9, 10, 11)],
    "24c-rdate": [(f"11-{day:02}T09:00", HOUR) for day in (9, 16, 20)],
    "24f-exdate-date": [("11-09T09:00", HOUR, W, ("11-16",))],
    "24g-exdate-utc-night": [("11-09T00:30", 30, W, ("11-16",))],
    "24h-count-weekly": [(f"11-{day:02}T09:00", HOUR) for day in (9, 16, 23)],
    "24i-twice-a-day": [("11-09T15:00", 30), ("11-10T09:00", 30), ("11-10T15:00", 30)],
    "25-windows-zone": [("11-10T09:00", HOUR)],
    "25b-unknown-zone": [("11-10T09:00", HOUR)],
    "25d-custom-vtimezone": [("11-10T09:00", HOUR)],
    "26-end-before": [("11-10T09:00", 5)],
    "26b-no-uid": [("11-10T09:00", HOUR)],
    "26c-same-uid-two-events": [("11-10T09:00", HOUR, "matin"), ("11-10T15:00", HOUR)],
    "26d-duration-days": [("11-10T00:00", 3 * DAY)],
    "26f-declined": [],
}  # fmt: skip


def case(name):
    place = CASES / f"{name}.ics"
    if not place.exists():
        pytest.skip(f"../shared/cases/calendar/{name}.ics is absent")
    return calendar_files.read(place.read_bytes(), NOW)


@pytest.mark.parametrize("name", RIGHT)
def test_each_case_of_the_harvest_is_read_as_it_was_meant(name):
    found = case(name)
    wanted = [one for one in RIGHT[name] if not isinstance(one, int)]
    left_out = sum(one for one in RIGHT[name] if isinstance(one, int))
    read = sorted(found.closures, key=lambda one: one.starts_at)

    assert [(f"{one.starts_at:%m-%dT%H:%M}", one.minutes) for one in read] == [
        one[:2] for one in wanted
    ]
    for closure, (_, _, *more) in zip(read, wanted, strict=True):
        titles = [one for one in more if isinstance(one, str) and one != W]
        assert closure.weekly is (W in more)
        assert [closure.title] == titles or not titles
        less = [f"{day:%m-%d}" for day in closure.except_days]
        assert less == [day for one in more if isinstance(one, tuple) for day in one]
    assert found.unread == left_out


def test_a_series_of_two_rules_holds_the_times_of_both():
    days = [f"{one.starts_at:%d/%m}" for one in case("24d-two-rules").closures]
    assert days[:4] == ["09/11", "12/11", "16/11", "19/11"]


def test_a_daily_series_is_without_the_time_that_moved():
    found = sorted(case("20d-daily-moved-once").closures, key=lambda one: one.starts_at)
    times = [f"{one.starts_at:%d %H}" for one in found]
    assert len(times) == 10
    assert ("09 15" in times, "09 12" in times) == (True, False)


@pytest.mark.parametrize("name", ["25c-utc-weekly-dst", "25e-reunion-weekly"])
def test_the_wall_clock_of_another_zone_rules_over_changes_of_hour(name):
    hours = {one.starts_at.month: one.starts_at.hour for one in case(name).closures}
    assert (hours[3], hours[4]) == (10, 10)
    assert case(name).closures[0].starts_at.hour == 9


def test_thousands_of_past_events_are_read_and_counted():
    found = case("27-5001-past")
    assert (found.past, found.unread, found.closures) == (5001, 0, ())
