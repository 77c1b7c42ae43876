"""A message being written: what an answer takes over, what a crash gives back."""

import datetime as dt

import pytest

from lgc.domain import writing
from lgc.domain.messages import Folder, Message
from lgc.domain.professionals import Correspondent
from lgc.domain.writing import Draft, DraftDocument, DraftFile

ME = "paul.medecin5729@medecin.mssante.example"


def received(**fields):
    given = {
        "message_id": "m1", "folder": Folder.INBOX, "rfc_message_id": "<b@x.example>",
        "sender_name": "Dr Robert SPECIALISTE5737", "sender_address": "robert@x.example",
        "recipients": (ME, "anne@x.example"), "subject": "Suivi", "raw_subject": "Suivi",
        "sent_at": dt.datetime(2026, 11, 6, 8, 47, tzinfo=dt.UTC), "text": "Bonjour,\n\nVu.",
        "patient_id": "p1",
    }  # fmt: skip
    return Message(**{**given, **fields})


def test_a_reply_goes_to_the_sender_alone():
    draft = writing.reply("d", received(), (), ME, "Dr Paul")

    assert [one.address for one in draft.everybody] == ["robert@x.example"]
    assert draft.subject == "Re: Suivi"
    assert draft.patient_id == "p1"


def test_a_reply_to_all_leaves_me_out():
    draft = writing.reply("d", received(), (), ME, "Dr Paul", everybody=True)

    assert [one.address for one in draft.copies] == ["anne@x.example"]


@pytest.mark.requirement("ECO.2.2.1")
def test_a_reply_quotes_and_continues_the_thread():
    draft = writing.reply("d", received(), ("<a@x.example>",), ME, "Dr Paul")

    assert "> Vu." in draft.body
    assert draft.body.index("Dr Paul") < draft.body.index("a écrit")
    assert draft.in_reply_to == "<b@x.example>"
    assert draft.references == ("<a@x.example>", "<b@x.example>")


def test_a_long_thread_keeps_its_beginning_and_its_end():
    known = tuple(f"<{n}@x.example>" for n in range(200))

    references = writing.reply("d", received(), known, ME, "").references

    assert references[0] == known[0]
    assert references[-1] == "<b@x.example>"
    assert len(references) == 20


def test_a_forward_starts_a_thread_of_its_own():
    draft = writing.forward("d", received(), (), "Dr Paul")

    assert draft.subject == "Tr: Suivi"
    assert draft.in_reply_to == ""
    assert draft.everybody == ()


@pytest.mark.parametrize("subject", ["Suivi", "Re: Suivi", "RE : re: Suivi", "Tr: Re: Suivi"])
def test_the_mark_of_an_answer_is_written_once(subject):
    assert writing.prefixed("Re", subject) == "Re: Suivi"


def test_a_draft_comes_back_as_it_was_typed():
    draft = Draft(
        "d1", (Correspondent("a@x.example", "A", title="Dr"),), (), "Objet", "Été « œuf »\n", "p1",
        (DraftDocument("doc", "VSM"),), (DraftFile("f", "a.pdf", "application/pdf", 3),),
        "<b@x.example>", ("<b@x.example>",), receipt=False, closes=True,
    )  # fmt: skip

    assert Draft.load(draft.dump()) == draft


@pytest.mark.parametrize(
    ("address", "citizen"),
    [("279035121518989@PATIENT.mssante.fr", True), ("a@medecin.mssante.fr", False)],
)
def test_a_citizen_is_told_by_the_domain(address, citizen):
    assert writing.is_citizen(address) is citizen
