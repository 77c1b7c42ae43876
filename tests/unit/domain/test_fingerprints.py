"""What a message is known by: every byte of it, and what no server rewrites."""

import random

import pytest

from lgc.domain.fingerprints import Fingerprint

RAW = (
    b"From: Labo <labo@x.example>\r\nSubject: =?utf-8?q?R=C3=A9sultat?=\r\n suite\r\n"
    b"Message-ID: <1@x.example>\r\n\r\nPotassium 3,9 mmol/L\r\n\r\nfin\r\n"
)


@pytest.mark.parametrize(
    "added",
    [
        b"Received: from a by b;\r\n Mon, 23 Nov 2026\r\n",
        b"X-Spam-Score: 3\r\n",
        b"Status: RO\r\n",
        b"Delivered-To: me@x.example\r\n",
        b"ARC-Seal: i=1;\r\n\tb=xx\r\n",
    ],
)
def test_what_a_server_writes_leaves_the_message_the_same_one(added):
    before = Fingerprint.of(RAW)
    after = Fingerprint.of(RAW.replace(b"Message-ID", added + b"Message-ID"))

    assert (after.stable, after.whole != before.whole) == (before.stable, True)


def test_line_ends_and_the_order_of_headers_leave_it_the_same_one():
    first, rest = RAW.split(b"\r\n", 1)
    turned = rest.replace(b"Message-ID", first + b"\r\nMessage-ID")

    assert Fingerprint.of(RAW.replace(b"\r\n", b"\n")).stable == Fingerprint.of(RAW).stable
    assert Fingerprint.of(turned).stable == Fingerprint.of(RAW).stable


@pytest.mark.parametrize("seed", range(300))
def test_any_letter_or_figure_changed_anywhere_is_another_message(seed):
    draw = random.Random(seed)
    at = draw.choice([n for n, byte in enumerate(RAW) if chr(byte).isalnum()])
    changed = bytearray(RAW)
    changed[at] = draw.choice([b for b in b"0123456789abcXYZ" if chr(b).lower() != chr(RAW[at])])

    one, other = Fingerprint.of(RAW), Fingerprint.of(bytes(changed))
    named = bytes(changed).lower() != RAW.lower()
    assert one.whole != other.whole or not named
    if named:
        assert one.stable != other.stable


def test_two_of_which_the_end_is_not_here_are_told_apart_by_size_and_place():
    here = Fingerprint.of(RAW, 90_000_000, "INBOX 1 1")

    assert Fingerprint.of(RAW, 90_000_000, "INBOX 1 2").whole != here.whole
    assert Fingerprint.of(RAW, 90_000_000, "INBOX 1 2").stable == here.stable
    assert Fingerprint.of(RAW, 90_000_001, "INBOX 1 1").stable != here.stable


@pytest.mark.parametrize("raw", [b"", b"\r\n\r\n", b" folded first", b":", b"\xff" * 9])
def test_any_bytes_have_one(raw):
    assert len(Fingerprint.of(raw).stable) == 64
