"""Whatever a server does, each exchange ends by its deadline or budget and tells a fate; the next
one is unharmed. The sandbox plays every act it knows; the client is the application’s."""

import importlib
import sys
import time
from pathlib import Path

import pytest

from lgc.domain.mailboxes import Known
from lgc.transport.errors import MalformedAnswer, NothingSent
from lgc_sandbox.hostile.acts import ACTS

SCRIPTS = Path(__file__).resolve().parents[3] / "scripts"
MEGABYTE = 1024 * 1024
# What the budget lets in, and what the buffers of two sockets hold beside.
MOST_SAID = {"dmp": 90 * MEGABYTE, "smtp": 16 * MEGABYTE, "imap": 16 * MEGABYTE}
NOTHING_LEFT, PERHAPS_TAKEN = {"NothingSent", "MalformedAnswer", "Oversize"}, {"Unheard"}
FATES = {
    "dmp": {"NoAnswer", "MalformedAnswer"},
    "smtp": NOTHING_LEFT,
    "imap": NOTHING_LEFT,
    "half_handshake": {"NothingSent"},
    "slow_handshake": {"NothingSent"},
    "silent": {"NothingSent"},
    "message_silent": PERHAPS_TAKEN,
    "message_trickle": PERHAPS_TAKEN,
    "message_endless": PERHAPS_TAKEN,
    "message_line_endless": PERHAPS_TAKEN,
    "farewell_silent": {"well"},
}
BIG = {
    *("body_endless", "chunks_endless", "continue_endless", "trailers_endless", "length_huge"),
    *("xml_deep", "xml_many", "xml_attributes", "xml_adorned"),
    "length_too_short",
    *("banner_endless", "banner_line_endless", "ehlo_endless", "recipient_endless"),
    *("recipient_line_endless", "greeting_line_endless", "greeting_endless", "untagged_endless"),
    *("literal_huge", "literals_endless", "folders_endless", "selected_endless"),
    *("headings_nested", "headings_line_endless", "body_huge", "idle_endless"),
}


@pytest.fixture(scope="module")
def faults():
    sys.path.insert(0, str(SCRIPTS))
    try:
        return importlib.import_module("faults_servers")
    finally:
        sys.path.remove(str(SCRIPTS))


@pytest.fixture(scope="module")
def rig(faults):
    with faults.rig() as made:
        yield made


def played(rig, name):
    """What the server said, once it has noticed that the client left."""
    ends = time.monotonic() + 10
    while time.monotonic() < ends and not any(one[1] == name for one in rig.knobs.played):
        time.sleep(0.02)
    return next(one for one in rig.knobs.played if one[1] == name)


@pytest.mark.parametrize(
    ("place", "act"), [(place, act) for place in ACTS for act in ACTS[place]], ids=str
)
def test_every_hostile_server_is_survived(faults, rig, place, act):
    expected = FATES.get(act, FATES[place])
    if act in BIG:
        expected = {"MalformedAnswer", "Oversize"}
    # A busy machine may take longer for the honest steps before the act: then once more.
    for silence in (faults.SHORT, 4 * faults.SHORT):
        rig.knobs.played.clear()
        rig.knobs.arm(place, "hostile", code=act)
        seen = rig.look("idle" if act.startswith("idle") else place, silence)
        assert not seen.hung
        if seen.fate in expected:
            break

    assert seen.fate in expected
    assert played(rig, act)[2] <= MOST_SAID[place]
    assert seen.memory <= faults.MOST_MEMORY[place]
    assert rig.exchange(place, faults.LONG) == faults.WELL


@pytest.mark.parametrize("place", sorted(ACTS))
def test_an_absent_server_is_told_at_once(faults, rig, place):
    seen = rig.look(place, faults.SHORT, faults._closed_port())

    assert (seen.fate, seen.hung) == ("NothingSent", False)


@pytest.mark.parametrize("place", sorted(ACTS))
def test_an_honest_server_that_takes_its_time_is_waited_for(faults, rig, place):
    rig.knobs.set_latency(place, 0.3)
    try:
        assert rig.exchange(place, faults.LONG) == faults.WELL
    finally:
        rig.knobs.forget()


def read(mailbox):
    with mailbox.open() as opened:
        look = opened.look("INBOX", Known(0))
        return [(one.raw, one.cut_from) for one in opened.fetch("INBOX", look.new)]


def test_a_body_larger_than_told_costs_an_exchange_each_pass_then_is_kept_by_its_mark(faults, rig):
    mailbox = rig.mailbox(faults.LONG)
    for _ in range(2):  # whole, then its beginning
        rig.knobs.arm("imap", "hostile", code="body_huge")
        with pytest.raises(MalformedAnswer):
            read(mailbox)
    rig.knobs.arm("imap", "hostile", code="body_huge")

    assert read(mailbox) == [(b"", 900)]


def test_nothing_is_asked_on_a_connection_that_was_given_up(faults, rig):
    rig.knobs.arm("imap", "hostile", code="selected_endless")
    began = time.monotonic()
    with rig.mailbox(faults.LONG).open() as opened:
        with pytest.raises(MalformedAnswer):
            opened.look("INBOX", Known(0))
        for _ in range(50):
            with pytest.raises(NothingSent):
                opened.folders()

    assert time.monotonic() - began < faults.LONG


def test_the_campaign_of_servers_runs_from_its_seed(faults):
    counts = faults.campaign(6, seed=14)

    assert counts == {"tried": 6, "ended": 6, "hung": 0, "leaked": 0, "stopped": 0}
