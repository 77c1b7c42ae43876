"""What receipts tell of the copies of a message, in any order, becomes one word."""

import itertools

import pytest

from lgc.domain.receipts import FAILED, STATES, WORDS, Fate, overall, with_receipt


def test_every_fate_has_its_word_and_its_state():
    assert set(STATES) == set(WORDS) == set(Fate)


def test_before_any_receipt_nothing_is_told():
    assert overall(()) == (None, 0)


@pytest.mark.parametrize("order", list(itertools.permutations(["delivered", "read", "integrated"])))
def test_the_furthest_fate_is_kept_whatever_the_order(order):
    fates = ()
    for told in order:
        fates = with_receipt(fates, "robert@x", Fate(told))

    assert overall(fates) == (Fate.INTEGRATED, 1)


@pytest.mark.parametrize("failed", sorted(FAILED))
def test_one_copy_that_failed_is_told_before_those_that_arrived(failed):
    fates = with_receipt((("a@x", Fate.READ), ("b@x", Fate.DELIVERED)), "c@x", failed)

    assert overall(fates) == (failed, 1)


def test_a_failure_after_the_relay_speaks_and_a_reading_takes_it_back():
    bounced = with_receipt((("a@x", Fate.DELIVERED),), "a@x", Fate.NOT_DELIVERED)
    assert overall(bounced)[0] is Fate.NOT_DELIVERED

    assert overall(with_receipt(bounced, "a@x", Fate.READ))[0] is Fate.READ


def test_copies_that_share_the_word_are_counted():
    fates = (("a@x", Fate.DELIVERED), ("b@x", Fate.UNREAD), ("c@x", Fate.DELAYED))

    assert STATES[overall(fates)[0]] == "Distribué"
    assert overall(fates)[1] == 2
