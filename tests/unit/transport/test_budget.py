"""An exchange has one deadline and one budget, which bytes that really pass make longer."""

import pytest

from lgc.transport.budget import (
    RECEIVING_FLOOR,
    SENDING_FLOOR,
    Exchange,
    Limits,
    TooMuch,
    TooSlow,
    too_much,
)

MEGABYTE = 1024 * 1024


class Time:
    at = 0.0

    def __call__(self):
        return self.at


@pytest.fixture
def time():
    return Time()


def test_a_byte_a_second_ends_by_the_deadline(time):
    exchange = Exchange(Limits.of(2.0, MEGABYTE), time)

    with pytest.raises(TooSlow):
        while exchange.left():
            exchange.come(1)
            time.at += 1

    assert time.at == 9  # four silences, whatever trickles


def test_a_wait_is_never_longer_than_the_silence_nor_than_what_is_left(time):
    exchange = Exchange(Limits.of(2.0, MEGABYTE), time)
    assert exchange.left() == 2.0

    time.at = 7.5
    assert exchange.left() == 0.5


@pytest.mark.parametrize("rate", [200_000, 70_000])
def test_a_large_honest_mail_arrives_on_a_slow_line(time, rate):
    exchange = Exchange(Limits.of(30.0, 64 * MEGABYTE), time)
    for _ in range(25 * MEGABYTE // rate):
        assert exchange.left() > 0
        exchange.come(rate)
        time.at += 1


def test_a_large_honest_mail_leaves_on_a_slow_line(time):
    exchange = Exchange(Limits.of(30.0, MEGABYTE), time)
    for _ in range(25 * MEGABYTE // 35_000):
        assert exchange.left() > 0
        exchange.leave(35_000)
        time.at += 1


@pytest.mark.parametrize(("way", "floor"), [("come", RECEIVING_FLOOR), ("leave", SENDING_FLOOR)])
def test_what_passes_gives_time_at_the_floor_rate(time, way, floor):
    exchange = Exchange(Limits(5.0, 5.0, 10 * MEGABYTE), time)
    getattr(exchange, way)(floor * 3)
    time.at = 7.0

    assert exchange.left() == 1.0


def test_what_does_not_grow_ends_at_its_hour(time):
    exchange = Exchange(Limits(5.0, 5.0, 10 * MEGABYTE, grows=False), time)
    exchange.come(MEGABYTE)
    time.at = 5.0

    with pytest.raises(TooSlow):
        exchange.left()


def test_what_is_announced_is_refused_before_it_is_read(time):
    exchange = Exchange(Limits.of(2.0, 100), time)
    exchange.come(60)
    exchange.must_hold(40)

    with pytest.raises(TooMuch):
        exchange.must_hold(41)
    with pytest.raises(TooMuch):
        exchange.come(41)


def test_the_cause_is_found_under_what_libraries_raise():
    wrapped = RuntimeError("library", ValueError("inner"))
    wrapped.args[1].__context__ = TooMuch("line")

    assert too_much(wrapped)
    assert not too_much(RuntimeError("other"))
