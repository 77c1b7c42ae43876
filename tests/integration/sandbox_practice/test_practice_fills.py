"""The practice filled into real servers: whole, once, and again after a cut first start."""

import datetime as dt
from email import message_from_bytes, policy

import pytest

from lgc_sandbox import mail
from lgc_sandbox import practice as demo
from lgc_sandbox.authority import Authority
from lgc_sandbox.card import DOCTOR
from lgc_sandbox.dmp.registry import Registry
from lgc_sandbox.knobs import Knobs

NOW = dt.datetime(2026, 11, 23, 10, 5, tzinfo=demo.PARIS)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority.create(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def practice():
    return demo.load()


@pytest.fixture
def servers(authority, practice, tmp_path):
    owners = {DOCTOR.person.national_id: practice["practitioner"]["mssante"]}
    made = mail.start(tmp_path, authority, Knobs(), demo.addresses(practice), owners)
    yield made
    made.stop()


@pytest.fixture
def registry(tmp_path):
    made = Registry(tmp_path / "dmp.sqlite")
    yield made
    made.close()


def inbox(servers, practice):
    found = servers.messages(practice["practitioner"]["mssante"])
    return [message_from_bytes(one, policy=policy.SMTP) for one in found]


def test_the_mailbox_holds_every_message_once_oldest_first(servers, practice):
    demo.fill_mailbox(servers, practice, NOW.date(), NOW)
    demo.fill_mailbox(servers, practice, NOW.date(), NOW)
    found = inbox(servers, practice)

    assert len(found) == len(practice["messages"])
    dates = [one["Date"].datetime for one in found]
    assert dates == sorted(dates)
    box = servers.office[practice["practitioner"]["mssante"]]
    assert [m.received for m in box.messages("INBOX")] == dates
    read = sum("\\Seen" in m.flags for m in box.messages("INBOX"))
    assert read == sum(one["read"] for one in practice["messages"])


def test_a_message_that_was_filed_is_not_brought_back(servers, practice):
    demo.fill_mailbox(servers, practice, NOW.date(), NOW)
    box = servers.office[practice["practitioner"]["mssante"]]
    box.copy("INBOX", 1, "Archives")
    box.remove("INBOX", 1)

    demo.fill_mailbox(servers, practice, NOW.date(), NOW)

    assert len(box.messages("INBOX")) == len(practice["messages"]) - 1


def test_each_arrival_brings_one_more_message_now(servers, practice):
    started = dt.datetime.now(dt.UTC).replace(microsecond=0)
    for arrive in demo.arrivals(servers, practice).values():
        arrive()
    demo.deliver(servers, practice, "hba1c")
    found = inbox(servers, practice)

    assert len(found) == len(practice["arrivals"]) + 1
    assert len({one["Message-ID"] for one in found}) == len(found)
    assert all(started <= one["Date"].datetime <= dt.datetime.now(dt.UTC) for one in found)


def test_an_unknown_arrival_is_refused(servers, practice):
    with pytest.raises(KeyError):
        demo.deliver(servers, practice, "inconnu")


def test_every_open_dmp_holds_what_colleagues_deposited_once(registry, practice):
    for _ in range(2):
        demo.fill_dmp(registry, practice, NOW.date())
    people = {p["key"]: p for p in practice["patients"]}
    expected = [
        d
        for d in practice["dmp_documents"]
        if people[d["patient"]]["dmp"] not in ("none", "closed")
    ]

    stored = [e for dmp in registry.dmps() for e in registry.entries(dmp.ins)]
    assert len(stored) == len(expected)
    states = {dmp.ins: dmp.state for dmp in registry.dmps()}
    for patient in people.values():
        if patient["ins"]:
            wanted = {"none": None, "closed": "terminated"}.get(patient["dmp"], "active")
            assert states.get(patient["ins"]) == wanted


def test_only_the_authorised_patients_authorise_the_doctor(registry, practice):
    demo.fill_dmp(registry, practice, NOW.date())

    for patient in practice["patients"]:
        if patient["ins"]:
            rights = [one.ps for one in registry.authorisations(patient["ins"])]
            authorised = patient["dmp"] == "authorised"
            assert (DOCTOR.person.national_id in rights) is authorised
