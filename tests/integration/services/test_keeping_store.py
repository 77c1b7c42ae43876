"""A backup is verified before it is announced; the base is looked through once a day."""

import datetime as dt
from contextlib import closing

import pytest

from lgc.domain.copies import BaseLook, CopyState
from lgc.errors import Cancelled, DamagedBase, UserFacingError
from lgc.jobs.looking_through import LookingThrough
from lgc.services.events import BaseState
from lgc.services.exchanges import BASE, Exchanges
from lgc.services.keeping_store import KeepingStore, damage, moment
from lgc.store.practice_store import PracticeStore

MORNING = dt.datetime(2026, 11, 6, 7, 58, tzinfo=dt.UTC)


@pytest.fixture
def told():
    return []


@pytest.fixture
def keeping(store, clock, told):
    return KeepingStore(store, clock, told.append)


def spoil(tmp_path, page=9):
    with (tmp_path / "practice.db").open("r+b") as file:
        file.seek((page - 1) * 4096 + 77)
        file.write(b"damage")


def test_a_backup_is_a_folder_of_its_own_named_by_practice_and_moment(keeping, tmp_path):
    copy = keeping.back_up(str(tmp_path / "copies"))

    assert copy.place.name == "lgc-aa-2026-11-23-090000+0100"
    assert copy.state is CopyState.VERIFIED
    assert b"SQLite format" not in (copy.place / "practice.db").read_bytes()[:32]


def test_no_folder_is_a_sentence(keeping):
    with pytest.raises(UserFacingError, match="pas choisi"):
        keeping.back_up("  ")


def test_the_audit_chain_is_counted(keeping, tmp_path):
    before = keeping.verify_audit()

    keeping.back_up(str(tmp_path / "copies"))

    assert keeping.verify_audit() == before + 1


def test_copies_the_rule_no_longer_asks_for_go_after_the_new_one_is_verified(
    keeping, clock, tmp_path
):
    for _ in range(14):
        keeping.back_up(str(tmp_path / "copies"))
        clock.advance(days=1)

    copies = keeping.held(str(tmp_path / "copies")).copies

    # The seven last days, and the last of the week before them.
    assert [f"{copy.at:%d/%m}" for copy in copies] == [
        "06/12", "05/12", "04/12", "03/12", "02/12", "01/12", "30/11", "29/11",
    ]  # fmt: skip


def test_a_damaged_base_is_not_copied_and_no_copy_goes(keeping, clock, store, told, tmp_path):
    for _ in range(9):
        keeping.back_up(str(tmp_path / "copies"))
        clock.advance(hours=1)
    before = keeping.held(str(tmp_path / "copies")).copies
    clock.advance(days=1)
    spoil(tmp_path)

    with pytest.raises(DamagedBase, match=r"abîmée \(1 page\)"):
        keeping.back_up(str(tmp_path / "copies"))

    refused, *after = keeping.held(str(tmp_path / "copies")).copies
    assert refused.state is CopyState.REFUSED
    assert tuple(after) == before
    assert [event.damaged for event in told] == [True]
    assert keeping.held("").look.broken == (9,)


def test_the_base_is_looked_through_once_a_day(keeping, clock, told, tmp_path):
    lane = LookingThrough(keeping, clock, lambda: False, Exchanges(clock, id).of(BASE))
    lane.work()
    assert keeping.look_is_due()  # the first minutes are the doctor's
    for _ in range(3):
        clock.advance(minutes=2)
        assert lane.work() is False
    assert told == [BaseState(False, None)]

    clock.advance(hours=24)
    spoil(tmp_path)
    lane.work()

    assert told[-1].damaged
    assert "clés ne sont pas en cause" in told[-1].notice.advice


def test_damage_that_work_meets_is_looked_into_at_the_next_turn(
    clock, told, tmp_path, empty_practice
):
    path = tmp_path / "practice.db"
    path.write_bytes(empty_practice[0].read_bytes())
    with closing(
        PracticeStore(path, tmp_path / "vault.json", empty_practice[1], "8", clock.now)
    ) as store:
        keeping = KeepingStore(store, clock, told.append)
        keeping.look()
        assert not keeping.look_is_due()
        for page in range(2, path.stat().st_size // 4096):
            spoil(tmp_path, page)
        with store.unit() as uow, pytest.raises(DamagedBase, match="abîmée"):
            uow.patients.count()

        assert keeping.look_is_due()
        keeping.look()
        assert told[-1].damaged
        assert not keeping.look_is_due()


def test_a_look_ends_with_the_application_and_is_still_due(keeping, clock, told):
    lane = LookingThrough(keeping, clock, lambda: True, Exchanges(clock, id).of(BASE))
    clock.advance(minutes=5)

    assert lane.work() is False

    assert told == []
    assert keeping.look_is_due()


def test_what_was_found_before_the_windows_came_is_told_to_them(keeping, clock, told, tmp_path):
    keeping.tell()
    assert told == []
    spoil(tmp_path)
    keeping.look()
    told.clear()
    clock.advance(hours=3)

    keeping.tell()

    assert told[0].notice.sentence == "La base du cabinet est abîmée (1 page), vu ce matin à 09:00."


def test_a_look_whose_application_is_asked_to_stop_says_nothing(keeping):
    def stop():
        raise Cancelled

    with pytest.raises(Cancelled):
        keeping.look(stop)


@pytest.mark.parametrize(
    ("hour", "words"),
    [(3, "cette nuit à 03:30"), (7, "ce matin à 07:30"), (14, "cet après-midi à 14:30"),
     (20, "ce soir à 20:30")],
)  # fmt: skip
def test_a_moment_of_today_is_told_by_its_part_of_the_day(hour, words):
    assert moment(MORNING.replace(hour=hour, minute=30), MORNING) == words


def test_a_moment_of_another_day_has_its_date():
    assert moment(MORNING - dt.timedelta(days=1), MORNING) == "le 05/11 à 07:58"


def test_damage_is_told_in_pages():
    told = damage(BaseLook(MORNING, 563_965, (40_122, 40_123)), MORNING)

    assert told.sentence == "La base du cabinet est abîmée (2 pages), vu ce matin à 07:58."
    assert told.details == "563965 pages, 40122 40123"


def test_a_base_that_stops_short_is_said_with_both_moments(open_short, told):
    keeping = open_short()

    keeping.tell()

    [event] = told
    assert not event.damaged
    assert event.notice.sentence == (
        "Cette base s’arrête au 23/11/2026 à 09:01 ; elle allait jusqu’au 23/11/2026 à 09:03."
    )
    assert "continuez" in event.notice.advice


@pytest.fixture
def open_short(tmp_path, empty_practice, clock, told):
    """A practice whose base was put back as it was two lines before."""
    path, opened = tmp_path / "practice.db", []
    path.write_bytes(empty_practice[0].read_bytes())
    (tmp_path / "vault.json").write_text('{"store_id": "aa"}', "ascii")

    def store():
        made = PracticeStore(path, tmp_path / "vault.json", empty_practice[1], "8", clock.now)
        opened.append(made)
        return made

    for lines in (1, 2):
        with_lines = store()
        for _ in range(lines):
            clock.advance(minutes=1)
            with with_lines.unit() as uow:
                uow.audit("document filed")
                uow.commit()
        with_lines.close()
        if lines == 1:
            older = path.read_bytes()
    path.write_bytes(older)
    yield lambda: KeepingStore(store(), clock, told.append)
    opened[-1].close()
