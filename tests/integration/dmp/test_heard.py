"""Each exchange with the DMP tells whether it was answered: a refusal is an answer too."""

import pytest

from lgc.errors import UserFacingError

PAGE = "text/html"


@pytest.fixture
def heard():
    return []


@pytest.fixture
def dmp(connect, heard):
    return connect(heard=heard.append)


@pytest.mark.parametrize(
    ("answer", "reachable"),
    [
        ((403, PAGE, b"<html>"), True),
        ((503, PAGE, b"<html>"), False),
        ((500, PAGE, b"<html>"), False),
        ((200, PAGE, b"<html>"), False),
    ],
)
def test_an_answer_is_told_apart_from_a_silence(server, dmp, heard, ins, answer, reachable):
    server.script = lambda seen, handler: answer

    with pytest.raises(UserFacingError):
        dmp.existence(ins)

    assert [error is None for error in heard] == [reachable]


def test_a_server_that_is_away_is_told_once_with_its_sentence(connect, heard, ins):
    dmp = connect(base="https://localhost:1/dmp", heard=heard.append)

    with pytest.raises(UserFacingError):
        dmp.existence(ins)

    (error,) = heard
    assert error.sentence == "Le DMP n’est pas joignable."


def test_without_an_address_nothing_is_known_of_the_dmp(connect, heard, ins):
    dmp = connect(base="", heard=heard.append)

    with pytest.raises(UserFacingError, match="pas réglée"):
        dmp.existence(ins)

    assert heard == []
