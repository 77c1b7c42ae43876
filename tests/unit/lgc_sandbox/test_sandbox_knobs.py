"""Knobs count down, families share, unknown words are refused."""

import pytest

from lgc_sandbox.knobs import Filing, Knobs


def test_a_fault_happens_as_often_as_it_was_armed():
    knobs = Knobs()
    knobs.arm("smtp", "drop_before", times=2)

    assert [knobs.take("smtp", "drop_before") for _ in range(3)] == [True, True, False]


def test_what_is_armed_for_the_dmp_happens_to_any_transaction_and_to_nothing_else():
    knobs = Knobs()
    knobs.arm("dmp", "refuse", code="XDSRegistryBusy")

    assert not knobs.take("imap", "refuse")
    assert knobs.take("td3.1", "refuse")
    assert knobs.code("td3.1", "") == "XDSRegistryBusy"
    assert not knobs.take("td2.1", "refuse")


def test_latency_stays_and_is_bounded():
    knobs = Knobs()
    knobs.set_latency("td0.2", 5000)

    assert knobs.latency("td0.2") == 120
    assert knobs.latency("td2.1") == 0
    knobs.forget()
    assert knobs.latency("td0.2") == 0


@pytest.mark.parametrize(("place", "fault"), [("fax", "refuse"), ("smtp", "explode")])
def test_an_unknown_word_is_refused(place, fault):
    with pytest.raises(ValueError, match="unknown"):
        Knobs().arm(place, fault)


def test_a_place_files_at_once_late_or_never_as_it_was_told():
    knobs = Knobs()
    assert knobs.filing("smtp").word == "aussitôt"

    knobs.file("smtp", Filing(after=6))
    knobs.file("td2.1", Filing(never=True))

    assert (knobs.filing("smtp").after, knobs.filing("smtp").word) == (6, "tard")
    assert knobs.filing("td2.1").word == "jamais"
    assert knobs.planned() == {"smtp": {"after": 6.0}, "td2.1": {"never": 1.0}}
    knobs.forget()
    assert knobs.filing("td2.1") == Filing()


def test_only_what_receives_files():
    with pytest.raises(ValueError, match="nothing is filed"):
        Knobs().file("imap", Filing(after=1))
