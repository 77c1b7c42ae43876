"""One's own calendar file of the morning, brought back in the evening; and those of others."""

import datetime as dt
import re
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from lgc.domain.agenda import Presence
from lgc.domain.weekly import Reach
from lgc.errors import UnreadableInput
from lgc.services.calendar_preview import Fate
from lgc.services.exchanging_calendar import ExchangingCalendar
from lgc.services.planning import Booking, Planning
from lgc.settings import Settings
from lgc.store.models import AuditLineRow

PARIS = ZoneInfo("Europe/Paris")
DAY = dt.date(2026, 11, 6)


def at(hour, minute=0, day=6):
    return dt.datetime(2026, 11, day, hour, minute, tzinfo=PARIS)


@pytest.fixture
def office(store, ids, make):
    clock = SimpleNamespace(time=at(8))
    clock.now = lambda: clock.time
    planning = Planning(store.unit, clock, ids, Settings(), lambda event: None)
    henri, chantal = make.patient(birth_name="CHEMIN"), make.patient(birth_name="LEGRAND")
    with store.unit() as uow:
        uow.patients.add(henri)
        uow.patients.add(chantal)
        uow.commit()
    return SimpleNamespace(
        planning=planning, calendar=ExchangingCalendar(store.unit, clock, planning), clock=clock,
        henri=henri.patient_id, chantal=chantal.patient_id, store=store,
    )  # fmt: skip


def booking(office, hour=10, who="henri", note="à jeun", minutes=15):
    return Booking(getattr(office, who), at(hour), minutes, "Consultation", note)


def book(office, hour=10, **more):
    office.planning.book(booking(office, hour, **more))
    return line(office, hour)


def line(office, hour, day=DAY):
    return next(one for one in office.planning.view(day, 1).visits if one.starts_at.hour == hour)


def fates(office, content):
    return [one.fate for one in office.calendar.prepare(content).lines]


def morning(office, *, names=True, evening=19):
    content = office.calendar.export(DAY, 7, names=names)
    office.clock.time = at(evening)
    return content


def edited(content, *pairs, modified="20261106T175900Z"):
    """As another program saves it at 18:59, here 17:59 UTC."""
    words = content.decode()
    for before, after in (("STATUS:CONFIRMED", "STATUS:CONFIRMED"), *pairs):
        assert before in words
        words = words.replace(before, after)
    return re.sub("LAST-MODIFIED:[^\r]*", f"LAST-MODIFIED:{modified}", words).encode()


@pytest.mark.parametrize("names", [True, False])
def test_nothing_changed_meanwhile_changes_nothing(office, names):
    book(office)
    office.planning.close(at(12), 90, "Déjeuner", weekly=True)
    content = morning(office, names=names)

    assert (b"CHEMIN" in content) is names
    assert fates(office, content) == [Fate.SAME, Fate.SAME]
    assert office.calendar.prepare(content).empty


def test_what_happened_during_the_day_stays_as_it_is(office):
    """Ended, cancelled, given another motif, moved, given to somebody else: nothing comes back."""
    book(office, 9), book(office, 10), book(office, 11), book(office, 14), book(office, 15)
    content = morning(office, evening=18)
    planning = office.planning
    planning.set_presence(line(office, 9), Presence.DONE)
    planning.cancel(line(office, 10), "Grippe")
    planning.change(line(office, 11), booking(office, 11, note="plaie"))
    planning.move(line(office, 14), at(16), 30)
    planning.change(line(office, 15), booking(office, 15, who="chantal"))
    before = planning.of_patient(office.henri), planning.of_patient(office.chantal)
    office.clock.time = at(19)

    preview = office.calendar.prepare(content)

    assert preview.empty
    assert [(one.fate, one.starts_at.hour) for one in preview.lines] == [
        (Fate.LEFT, 11), (Fate.LEFT, 14), (Fate.REFUSED, 10), (Fate.REFUSED, 15), (Fate.SAME, 9),
    ]  # fmt: skip
    assert all(one.why for one in preview.lines if one.fate is not Fate.SAME)
    assert (planning.of_patient(office.henri), planning.of_patient(office.chantal)) == before


def test_the_later_change_of_the_file_is_taken_and_taken_back_whole(office):
    visit = book(office)
    book(office, 11)
    content = edited(morning(office), ("T100000", "T140000"), ("T101500", "T141500"))
    preview = office.calendar.prepare(content)
    [changed] = [one for one in preview.lines if one.fate is Fate.CHANGED]
    assert (changed.title, changed.starts_at, changed.why) == (visit.patient.name, at(14), "heure")
    assert changed.was == (at(10), 15)

    undo = office.calendar.bring(preview)
    assert line(office, 14).visit_id == visit.visit_id
    assert line(office, 14).note == "à jeun"
    office.planning.take_back(undo)
    assert line(office, 10) == visit


def test_a_file_that_was_taken_is_not_taken_again_over_a_later_change(office):
    book(office)
    content = edited(morning(office), ("T100000", "T140000"), ("T101500", "T141500"))
    office.calendar.bring(office.calendar.prepare(content))
    office.planning.move(line(office, 14), at(15), 15)

    assert fates(office, content) == [Fate.LEFT]


@pytest.mark.parametrize(
    ("modified", "why"), [("20261106T055900Z", "depuis"), ("20271106T175900Z", "à venir")]
)
def test_an_older_file_and_one_of_tomorrow_change_nothing(office, modified, why):
    book(office)
    content = edited(morning(office), ("jeun", "table"), modified=modified)
    [said] = office.calendar.prepare(content).lines

    assert said.fate is Fate.LEFT
    assert why in said.why


def test_a_file_that_does_not_say_when_it_changed_changes_nothing(office):
    book(office)
    content = morning(office).replace(b"jeun", b"table")
    content = re.sub(rb"LAST-MODIFIED:[^\r]*\r\n", b"", content)
    assert fates(office, content) == [Fate.LEFT]


def test_a_later_cancelling_is_one_with_its_reason_and_stays(office):
    book(office)
    content = edited(morning(office), ("STATUS:CONFIRMED", "STATUS:CANCELLED"))
    undo = office.calendar.bring(office.calendar.prepare(content))
    [gone] = office.planning.of_patient(office.henri)
    assert (gone.presence, gone.reason) == (Presence.CANCELLED, "Par un calendrier")
    assert gone.by

    assert fates(office, content) == [Fate.SAME]
    office.planning.take_back(undo)
    assert line(office, 10).presence is Presence.EXPECTED


@pytest.mark.parametrize("presence", [Presence.ARRIVED, Presence.DONE, Presence.ABSENT])
def test_who_came_or_was_missed_is_neither_moved_nor_cancelled_by_a_file(office, presence):
    book(office, 8)
    office.planning.set_presence(line(office, 8), presence)
    content = morning(office)
    for pairs in (
        [("T080000", "T140000"), ("T081500", "T141500")],
        [("STATUS:CONFIRMED", "STATUS:CANCELLED")],
    ):
        assert fates(office, edited(content, *pairs)) == [Fate.REFUSED]


def test_a_state_written_into_a_file_says_nothing(office):
    book(office)
    content = edited(
        morning(office), ("X-LGC-VISIT", "X-LGC-PRESENCE:done\r\nX-LGC-VISIT"),
    )  # fmt: skip
    assert fates(office, content) == [Fate.SAME]


def test_a_patient_never_comes_from_a_file(office):
    book(office)
    content = morning(office)
    other = edited(content, (office.henri, office.chantal))
    unknown = edited(content, ("X-LGC-VISIT:", "X-LGC-VISIT:x"))

    for spoilt in (other, unknown):
        preview = office.calendar.prepare(spoilt)
        assert ([one.fate for one in preview.lines], preview.empty) == ([Fate.REFUSED], True)


def test_a_program_that_drops_our_properties_makes_no_second_thing_of_a_visit(office):
    book(office)
    content = re.sub(rb"X-LGC-[^\r]*\r\n", b"", morning(office))

    assert fates(office, content) == [Fate.SAME]
    gone = edited(content, ("STATUS:CONFIRMED", "STATUS:CANCELLED"))
    assert fates(office, gone) == [Fate.CANCELLED]


# --- times without visits -------------------------------------------------------------------------


def test_a_closure_taken_away_or_changed_since_is_left_so(office):
    office.planning.close(at(12), 60, "Déjeuner", weekly=True)
    office.planning.close(at(17), 60, "Visites")
    content = morning(office)
    lunch, rounds = office.planning.view(DAY, 1).blocks
    office.planning.reopen(lunch, Reach.ALL)
    office.planning.change_closure(rounds, at(18), 60, "Visites", weekly=False)

    assert fates(office, content) == [Fate.LEFT, Fate.LEFT]


def test_a_practice_that_never_had_it_gets_the_closure_of_its_file(office):
    office.planning.close(at(12), 60, "Déjeuner", weekly=True)
    content = re.sub(rb"X-LGC-CLOSURE:[^\r]*", b"X-LGC-CLOSURE:other", morning(office))
    content = re.sub(rb"UID:[^\r]*", b"UID:other@lgc", content)
    assert fates(office, content) == [Fate.MADE]


def event(*lines):
    return "\r\n".join(
        ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//autre//FR", "BEGIN:VEVENT", "UID:a@g",
         *lines, "END:VEVENT", "END:VCALENDAR", ""]
    ).encode()  # fmt: skip


def test_another_calendar_is_brought_once_followed_and_says_what_it_meets(office):
    book(office, 10)
    office.clock.time = at(9)
    content = event("DTSTART:20261106T090000", "DTEND:20261106T120000", "SUMMARY:Réunion")
    preview = office.calendar.prepare(content)
    assert [(one.fate, one.why) for one in preview.lines] == [
        (Fate.MADE, "rencontre 1 rendez-vous")
    ]
    undo = office.calendar.bring(preview)
    assert fates(office, content) == [Fate.SAME]
    later = content.replace(b"T120000", b"T110000")
    assert fates(office, later) == [Fate.CHANGED]
    gone = content.replace(b"SUMMARY", b"STATUS:CANCELLED\r\nSUMMARY")
    assert fates(office, gone) == [Fate.CANCELLED]

    office.planning.take_back(undo)
    assert office.planning.view(DAY, 1).blocks == ()


def test_the_journal_has_a_line_for_each_thing_that_an_import_changed(office):
    for hour in (10, 11):
        book(office, hour)
    content = edited(morning(office), ("jeun", "table"))
    office.calendar.bring(office.calendar.prepare(content))
    with office.store.unit() as uow:
        rows = uow._session.scalars(
            select(AuditLineRow).where(AuditLineRow.action == "calendar brought in")
        ).all()
    assert len({one.subject for one in rows}) == 2


def test_what_is_no_calendar_is_told(office):
    with pytest.raises(UnreadableInput):
        office.calendar.prepare(b"rien")
