"""Who writes: one clean address, or none; names may say anything."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lgc.mssante import addresses, mime, written
from lgc.mssante.message import parse

SPECIALS = st.text(alphabet='ab@x.<>()[],;:"\\ \t=?', max_size=60)


def read(header):
    return addresses.read(header)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("a@x.fr", ("", "a@x.fr")),
        ("<a@x.fr>", ("", "a@x.fr")),
        ("Jean MARTIN <a@x.fr>", ("Jean MARTIN", "a@x.fr")),
        ('"MARTIN, Jean" <a@x.fr>', ("MARTIN, Jean", "a@x.fr")),
        ("MARTIN, Jean <a@x.fr>", ("MARTIN, Jean", "a@x.fr")),
        ('"dit \\"Jo\\"" <a@x.fr>', ('dit "Jo"', "a@x.fr")),
        ('"b@y.fr" <a@x.fr>', ("b@y.fr", "a@x.fr")),
        ("a@x.fr <a@x.fr>", ("a@x.fr", "a@x.fr")),
        ("a@x.fr (Jean (dit Jo))", ("Jean (dit Jo)", "a@x.fr")),
        ("Jean (cardiologue) <a@x.fr>", ("Jean", "a@x.fr")),
        ("Jean <a@x.fr> (cardiologue)", ("Jean", "a@x.fr")),
        ("Équipe : a@x.fr ;", ("", "a@x.fr")),
        ("=?utf-8?q?MARTIN=2C_Jean?= <a@x.fr>", ("=?utf-8?q?MARTIN=2C_Jean?=", "a@x.fr")),
    ],
)
def test_a_clean_mailbox_is_read_whole(header, expected):
    assert read(header) == [expected]


@pytest.mark.parametrize(
    "header",
    [
        "me@x)<b@y>",
        "<me@x>b@y",
        "me@x <b@y>",
        "me@x<b@y>",
        "<a@x> <b@y>",
        "Jean <a@x> MARTIN",
        "me@x: <b@y>",
        "a@x@y",
        "a b@x.fr",
        "(sans fin a@x.fr",
        '"sans fin <a@x.fr>',
        '"a b"@x.fr',
        "<@r.fr:a@x.fr>",
        "a@[1.2.3.4]",
        "<a@x\u202e.fr>",
        "<a@x",
        "a\\@x.fr",
        "Jean",
        "Jean <jean>",
        f"{'a' * 250}@x.fr",
    ],
)
def test_what_is_not_clean_is_no_address(header):
    assert read(header) == [None]


def test_several_are_told_apart_and_a_group_names_nobody():
    assert read("Équipe: Jean <a@x>, b@y;, c@z") == [("Jean", "a@x"), ("", "b@y"), ("", "c@z")]
    assert read("undisclosed-recipients:;") == []
    assert read("MARTIN, a@x") == [None, ("", "a@x")]
    assert read("a@x, b)<c@y>, <d@z>") == [("", "a@x"), None, ("", "d@z")]


@given(SPECIALS)
@settings(max_examples=500, deadline=None)
def test_without_quotes_comments_or_commas_two_addresses_are_none(words):
    plain = "".join(c for c in words if c not in '"(),;:')

    for one in read(f"{plain} <a@x.fr>"):
        assert one is None or one[1] == "a@x.fr"
        assert one is None or "@" not in one[0] or one[0] == "a@x.fr"


@given(SPECIALS)
@settings(max_examples=500, deadline=None)
def test_no_name_makes_an_address_of_another(name):
    raw = f"From: {written.mailbox(name, 'b@y.fr')}\r\n\r\nx".encode()

    found = parse(raw)

    assert (found.sender_address, found.sender_name) == (
        "b@y.fr",
        written.line(name).replace("_", " ").strip(),
    )


@given(SPECIALS)
@settings(max_examples=500, deadline=None)
def test_who_claims_to_be_me_before_brackets_is_never_me(between):
    found = parse(f"From: me@x.fr{between}<b@y.fr>\r\n\r\nx".encode()).sender_address

    assert found in ("", "b@y.fr") or not between.strip()


@given(st.lists(st.tuples(st.text(max_size=40), st.sampled_from(["a@x.fr", "b-c@y.fr"]))))
@settings(max_examples=200, deadline=None)
def test_those_that_we_write_read_back_equal(people):
    message, _ = mime.read(f"To: {written.mailboxes(people)}\r\n\r\n".encode())

    assert mime.addresses(message, "To") == [(written.line(name), at) for name, at in people]


def test_several_writers_or_several_from_headers_are_nobody_sure():
    assert parse(b"From: a@x, b@y\r\n\r\nx").sender_address == ""
    assert parse(b"From: a@x\r\nFrom: b@y\r\n\r\nx").sender_address == ""
    assert parse(b"From: me@x)<b@y>\r\n\r\nx").sender_name == "me@x)<b@y>"


@pytest.mark.parametrize("mark", ["(", '"', "<", "\\", ":", ",", '"\\', "(a)", "<a@b>", '""'])
def test_a_long_header_takes_no_time(mark):
    began = time.perf_counter()
    addresses.read(mark * (mime.MAX_HEADER // len(mark)))
    assert time.perf_counter() - began < 0.5
