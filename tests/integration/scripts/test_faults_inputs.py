"""The campaign of hostile inputs, its short form: nothing stops, nothing is lost."""

import importlib
import random
import sys
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SCRIPTS = str(Path(__file__).resolve().parents[3] / "scripts")
SEED, TRIES, EXAMPLES = 14, 25, 40


@pytest.fixture(scope="module")
def inputs():
    sys.path.insert(0, SCRIPTS)
    try:
        yield importlib.import_module("faults_inputs")
    finally:
        sys.path.remove(SCRIPTS)


def test_hostile_inputs_stop_nothing_and_lose_nothing(inputs):
    told, bad = inputs.run(TRIES, SEED)

    assert bad == {}
    assert told == {"tried": TRIES, "survived": TRIES, "stopped": 0, "lost": 0}


def test_one_seed_sends_the_same_bytes(inputs):
    sources = inputs.bases()
    first, second = (inputs.hostile_mail(sources, random.Random("1:7"), 7) for _ in range(2))

    assert first == second


@pytest.fixture(scope="module")
def practice(inputs, tmp_path_factory):
    made = inputs.Practice(tmp_path_factory.mktemp("inputs"))
    yield made
    made.store.close()


WORDS = st.text(max_size=80).map(lambda words: words.encode("utf-8", "replace"))
PARTS = st.one_of(st.binary(max_size=300), WORDS)
NAMES = st.sampled_from([b"From", b"Subject", b"Date", b"Message-ID", b"Content-Type", b"To", b""])


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(st.lists(st.tuples(NAMES, PARTS), max_size=6), PARTS)
def test_whatever_bytes_a_message_is_made_of_it_is_kept(practice, inputs, headers, body):
    head = b"".join(name + b": " + value + b"\r\n" for name, value in headers)
    number = len(practice.box.mails)
    raw = head + b"X-Number: %d\r\n\r\n" % number + body + b"\r\n%d" % number

    assert practice._mail(raw, number) == inputs.SURVIVED


def test_what_never_ends_is_ended_and_counted(inputs, monkeypatch):
    monkeypatch.setattr(inputs, "DEADLINE", 0.0)

    assert inputs.campaign(1, SEED) == {"tried": 1, "survived": 0, "stopped": 1, "lost": 0}


def test_what_is_not_in_the_store_is_lost(inputs, practice, monkeypatch):
    monkeypatch.setattr(practice.filing, "receive", lambda *_, **__: None)

    assert practice._mail(EmailMessage().as_bytes() + b"x", 900_000) == inputs.LOST
