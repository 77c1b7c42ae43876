"""Every cell of the table of deliveries, forbidden ones included."""

import itertools

import pytest

from lgc.domain.deliveries import NEXT, DeliveryEvent, DeliveryState, next_state

CELLS = list(itertools.product(DeliveryState, DeliveryEvent))


@pytest.mark.parametrize(("state", "event"), [cell for cell in CELLS if cell in NEXT])
def test_a_move_of_the_table_is_made(state, event):
    assert next_state(state, event) is NEXT[state, event]


@pytest.mark.parametrize(("state", "event"), [cell for cell in CELLS if cell not in NEXT])
def test_a_move_outside_the_table_is_refused(state, event):
    with pytest.raises(ValueError, match="not possible"):
        next_state(state, event)


def test_what_was_sent_is_never_sent_again_without_asking():
    again = [(s, e) for (s, e), after in NEXT.items() if after is DeliveryState.WAITING]

    assert (DeliveryState.UNCERTAIN, DeliveryEvent.NOT_FOUND) in again
    assert (DeliveryState.UNCERTAIN, DeliveryEvent.RETRIED) not in NEXT
    assert (DeliveryState.SENDING, DeliveryEvent.TAKEN_BACK) not in NEXT
    assert not [cell for cell in NEXT if cell[0] is DeliveryState.DELIVERED]
