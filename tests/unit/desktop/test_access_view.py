"""What the access screen says in every state of the card."""

from dataclasses import replace

import pytest

from lgc.desktop.access.view import Stage, holder_lines, view_of
from lgc.domain.card import CardPresence, CardState, MalformedPin, WrongPin
from lgc.domain.professionals import CardHolder, Coded

HOLDER = CardHolder("899700057294", "MEDECIN5729", "Paul", Coded("10", "", "Médecin"), "SM26", "1")
READY = CardState(CardPresence.READY, "Lecteur", HOLDER, 3)


@pytest.mark.parametrize(
    ("presence", "stage"),
    [
        (CardPresence.NO_MODULE, Stage.NO_MODULE),
        (CardPresence.NO_READER, Stage.NO_READER),
        (CardPresence.NO_CARD, Stage.NO_CARD),
        (CardPresence.UNREADABLE, Stage.UNREADABLE),
    ],
)
def test_each_absence_says_what_to_do(presence, stage):
    view = view_of(CardState(presence))

    assert view.stage is stage
    assert view.sentence
    assert view.advice
    assert not view.asks_pin


def test_a_long_look_at_a_card_is_told():
    assert view_of(CardState(CardPresence.NO_CARD), reading=True).stage is Stage.READING
    assert view_of(None).stage is Stage.STARTING


def test_a_card_with_all_its_tries_just_asks_the_pin():
    view = view_of(READY)

    assert view.stage is Stage.PIN
    assert view.tries_left is None


def test_the_tries_left_are_those_of_the_card():
    view = view_of(replace(READY, tries_left=2))

    assert view.tries_left == 2
    assert "2\u00a0essais" in view.sentence


def test_a_wrong_pin_says_how_many_tries_are_left():
    view = view_of(READY, problem=WrongPin(2))

    assert view.stage is Stage.WRONG_PIN
    assert view.sentence == "Code incorrect. Il vous reste 2 essais."
    assert view.tries_left == 2


def test_a_malformed_pin_costs_no_try():
    view = view_of(READY, problem=MalformedPin())

    assert view.stage is Stage.WRONG_PIN
    assert view.tries_left is None


def test_the_last_try_is_announced():
    assert view_of(replace(READY, tries_left=1)).stage is Stage.LAST_TRY
    assert view_of(READY, problem=WrongPin(1)).stage is Stage.LAST_TRY


def test_a_blocked_card_asks_for_no_pin():
    view = view_of(replace(READY, tries_left=0), problem=WrongPin(0))

    assert view.stage is Stage.BLOCKED
    assert not view.asks_pin


def test_a_locked_session_waits_for_its_own_card():
    same = view_of(READY, locked_holder=HOLDER)
    other = view_of(READY, locked_holder=replace(HOLDER, national_id="899700000001"))

    assert same.title == "Session verrouillée"
    assert other.title == "Une autre carte"
    assert other.tone == "warn"


def test_the_holder_is_read_from_the_card():
    name, work, number = holder_lines(HOLDER)

    assert name == "Dr Paul MEDECIN5729"
    assert "Médecine Générale" in work
    assert number == "RPPS 99700057294"


def test_a_profession_without_a_doctor_has_no_title():
    nurse = replace(HOLDER, profession=Coded("60", "", "Infirmier"), speciality="")

    assert holder_lines(nurse)[:2] == ("Paul MEDECIN5729", "Infirmier")
