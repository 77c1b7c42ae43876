"""A version whose predecessors this DMP never had: kept, refused, or sent by mail alone."""

import pytest

from lgc.dmp import td3_1_find
from lgc.domain.deliveries import Receipt, Refused
from lgc.domain.dmp import DmpSearch, EntryStatus

SET = "1.2.250.1.999.2.777"
ALL = DmpSearch(statuses=tuple(EntryStatus))


@pytest.fixture
def chain(written, enrolled):
    """Three versions of one summary, each naming the one before as its own."""
    enrolled()
    found, before = [], ""
    for version in (1, 2, 3):
        found.append(written(set_id=SET, version=version, replaces=before))
        before = found[-1][0].unique_id
    return found


def states(dmp, ins):
    return {one.unique_id: one.status for one in dmp.find(ins, ALL)}


def test_what_the_dmp_never_had_is_not_replaced_there(dmp, ins, chain, submission):
    first, second, _ = (document.unique_id for document, _ in chain)

    outcome = dmp.submit(submission(*chain[1], earlier=(first,)))

    assert isinstance(outcome, Receipt)
    assert states(dmp, ins) == {second: EntryStatus.APPROVED}


def test_the_last_version_that_the_dmp_holds_is_the_one_replaced(dmp, ins, chain, submission):
    first, second, third = (document.unique_id for document, _ in chain)
    assert isinstance(dmp.submit(submission(*chain[0])), Receipt)

    outcome = dmp.submit(submission(*chain[2], earlier=(second, first)))

    assert isinstance(outcome, Receipt)
    assert states(dmp, ins) == {first: EntryStatus.DEPRECATED, third: EntryStatus.APPROVED}


def test_a_set_that_says_less_than_its_document_is_refused(
    dmp, ins, chain, submission, monkeypatch
):
    """The server judges by what it holds, whatever the client believes."""
    assert isinstance(dmp.submit(submission(*chain[0])), Receipt)
    monkeypatch.setattr(td3_1_find, "reference", lambda *asked: None)

    outcome = dmp.submit(submission(*chain[1]))

    assert isinstance(outcome, Refused)
    assert outcome.code == "XDSReplaceFailed"
    assert list(states(dmp, ins).values()) == [EntryStatus.APPROVED]
