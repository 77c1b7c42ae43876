"""Every transaction cut at every point: an answer, or words that say what to do; nothing else."""

import datetime as dt
from dataclasses import replace

import pytest

from lgc.domain.deliveries import AnswerLost, Receipt
from lgc.domain.dmp import (
    AuthorisationAction,
    DmpSearch,
    DocumentAction,
    ListDate,
    Opening,
    Opposition,
    TraitSearch,
)
from lgc.errors import UserFacingError

NOW = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)
FAULTS = ("drop_before", "drop_after_commit", "cut_answer")
OPEN = Opening(NOW)


def _existence(dmp, case):
    return dmp.existence(case.ins)


def _authorise(dmp, case):
    return dmp.authorise(case.ins, AuthorisationAction.ADD)


def _list(dmp, case):
    return dmp.my_patients(None, ListDate.DOCUMENT)


def _traits(dmp, case):
    return dmp.search_identity(TraitSearch("CHEMIN"))


def _change(dmp, case):
    return dmp.change_administrative_data(case.patient, frozenset({Opposition.BREAK_GLASS}))


def _professionals(dmp, case):
    return dmp.professionals(case.ins)


def _find(dmp, case):
    return dmp.find(case.ins, DmpSearch())


def _fetch(dmp, case):
    return dmp.fetch(case.ins, case.entry.reference)


def _close(dmp, case):
    return dmp.terminate(case.patient, "Demande")


def _reactivate(dmp, case):
    return dmp.reactivate(case.patient, OPEN)


TRANSACTIONS = {
    "td0.2": _existence,
    "td0.3": _authorise,
    "td0.4": _list,
    "td0.5": _traits,
    "td1.3b": _change,
    "td1.6": _professionals,
    "td3.1": _find,
    "td3.2": _fetch,
}
REPEATED = ("td0.2", "td0.3", "td0.4", "td0.5", "td1.6", "td3.1", "td3.2")


class Case:
    """One patient with a document of mine in an open DMP."""

    def __init__(self, patient, ins, entry):
        self.patient, self.ins, self.entry = patient, ins, entry


@pytest.fixture
def case(france, enrolled, patient, submission):
    ins = enrolled("VALIDE", mt=True)
    dmp = france.client()
    dmp.submit(submission())
    return Case(patient, ins, dmp.find(ins, DmpSearch())[0])


@pytest.fixture
def whole(france):
    """A client for which every optional service is open."""
    return france.client(dmp_regulation=True, dmp_creation=True)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", TRANSACTIONS)
def test_a_cut_ends_in_words_and_the_next_try_succeeds(france, whole, case, name, fault):
    ask = TRANSACTIONS[name]
    ask(whole, case)
    france.knobs.arm(name, fault, times=2)

    with pytest.raises(UserFacingError) as caught:
        ask(whole, case)

    assert caught.value.may_retry
    france.knobs.forget()
    ask(whole, case)


@pytest.mark.parametrize("name", REPEATED)
def test_a_kept_connection_that_fell_is_no_news_for_a_question(france, whole, case, name):
    TRANSACTIONS[name](whole, case)
    france.knobs.arm(name, "drop_before", times=1)

    TRANSACTIONS[name](whole, case)


@pytest.mark.parametrize("name", ["td1.4", "td1.2"])
def test_an_answer_lost_on_closing_or_opening_is_seen_by_looking(france, whole, case, name):
    if name == "td1.2":
        _close(whole, case)
    france.knobs.arm(name, "drop_after_commit", times=1)

    with pytest.raises(UserFacingError) as caught:
        (_close if name == "td1.4" else _reactivate)(whole, case)

    assert caught.value.may_retry
    closed = whole.existence(case.ins).access == "closed"
    assert closed is (name == "td1.4")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_submission_cut_anywhere_is_found_or_sent_again_never_twice(
    france, dmp, enrolled, ins, submission, fault
):
    enrolled()
    sent = submission()
    france.knobs.arm("td2.1", fault, times=1)

    outcome = dmp.submit(sent)

    assert isinstance(outcome, AnswerLost)
    there = dmp.reference(ins, sent.document.unique_id) is not None
    assert there is (fault != "drop_before")
    if not there:
        assert isinstance(dmp.submit(sent), Receipt)
    else:
        again = dmp.submit(replace(sent, submission_set_id=f"{sent.submission_set_id}.9"))
        assert not isinstance(again, Receipt)
    found = [one.unique_id for one in dmp.find(ins, DmpSearch())]
    assert found.count(sent.document.unique_id) == 1


def test_latency_beyond_the_patience_is_told(france, enrolled):
    ins = enrolled()
    dmp = france.client(dmp_timeout=1)
    dmp.existence(ins)
    france.knobs.set_latency("td0.2", 1.4)

    with pytest.raises(UserFacingError, match="pas répondu") as caught:
        dmp.existence(ins)

    assert caught.value.may_retry


@pytest.mark.parametrize("action", [DocumentAction.MASK, DocumentAction.DELETE])
def test_an_act_on_a_document_is_never_done_twice(france, dmp, case, change, action):
    asked = change(case.entry.unique_id)
    france.knobs.arm("td3.3", "drop_after_commit", times=1)
    with pytest.raises(UserFacingError):
        dmp.act(action, asked)

    with pytest.raises(UserFacingError):
        dmp.act(action, asked)

    done = [one for one in france.registry.journal() if one["action"] == "td3.3"]
    assert sum(one["verdict"] == "accepté" for one in done[-3:]) == 1
