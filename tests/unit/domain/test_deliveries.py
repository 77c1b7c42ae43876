"""Every cell of the table of deliveries, forbidden ones included."""

import itertools

import pytest

from lgc.domain.deliveries import (
    BY_THE_DOCTOR,
    NEXT,
    OPEN,
    DeliveryEvent,
    DeliveryState,
    next_state,
)

S, E = DeliveryState, DeliveryEvent
CELLS = list(itertools.product(S, E))
TABLE = {
    S.WAITING: {
        E.PICKED: S.SENDING,
        E.TAKEN_BACK: S.WITHDRAWN,
        E.FOUND: S.DELIVERED,
        E.GIVEN_UP: S.DELIVERED,
    },
    S.SENDING: {
        E.RECEIVED: S.DELIVERED,
        E.REJECTED: S.REFUSED,
        E.POSTPONED: S.WAITING,
        E.ANSWER_LOST: S.UNCERTAIN,
    },
    S.UNCERTAIN: {E.FOUND: S.DELIVERED, E.RESENT: S.WAITING, E.ASSUMED: S.CLOSED},
    S.REFUSED: {
        E.RETRIED: S.WAITING,
        E.TAKEN_BACK: S.WITHDRAWN,
        E.GIVEN_UP: S.DELIVERED,
    },
    S.CLOSED: {E.FOUND: S.DELIVERED},
    S.DELIVERED: {},
    S.WITHDRAWN: {},
}


@pytest.mark.parametrize(("state", "event"), CELLS)
def test_every_cell_is_the_move_that_was_agreed_or_a_refusal(state, event):
    if event in TABLE[state]:
        assert next_state(state, event) is TABLE[state][event]
    else:
        with pytest.raises(ValueError, match="not possible"):
            next_state(state, event)


def test_only_the_doctor_sends_again_what_may_have_left():
    again = [e for (s, e), after in NEXT.items() if s is S.UNCERTAIN and after is S.WAITING]

    assert again == [E.RESENT]
    assert E.RESENT in BY_THE_DOCTOR


def test_without_proof_nothing_becomes_received():
    proofs = {e for (_, e), after in NEXT.items() if after is S.DELIVERED}

    # What is given up has the receipt of those who have it.
    assert proofs == {E.RECEIVED, E.FOUND, E.GIVEN_UP}


def test_only_a_lease_leads_to_sending():
    assert {e for (_, e), after in NEXT.items() if after is S.SENDING} == {E.PICKED}


def test_no_open_state_is_without_a_way_out():
    for state in OPEN | {S.REFUSED}:
        assert TABLE[state]
