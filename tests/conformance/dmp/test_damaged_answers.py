"""Answers of others, taken apart at random: whatever is left ends in data or in a sentence."""

import copy
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from lgc.commands import answers
from lgc.errors import UnreadableInput, UserFacingError
from lgc.mssante.message import parse as parse_mail
from lgc.transport.errors import TransportError

S12 = "http://www.w3.org/2003/05/soap-envelope"
QUERY = "urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0"
OK = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success"
ENDS = (UnreadableInput, TransportError, UserFacingError)


@pytest.fixture(scope="module")
def recorded(shared):
    """Envelopes around what other vendors and the sheets of the DMP show."""
    folder = shared / "conformance" / "xds" / "samples"
    found = []
    for name in ("nist-submitobjects-12375.xml", "synthetic-td2.1-request.xml"):
        objects = etree.parse(folder / name).xpath("//*[local-name()='RegistryObjectList']")[0]
        answer = etree.Element(f"{{{QUERY}}}AdhocQueryResponse", status=OK)
        answer.append(objects)
        found.append(_enveloped(answer))
    candidates = etree.parse(folder / "ipf-prpa201306.xml").getroot()
    found.append(_enveloped(candidates))
    return found


def _enveloped(body):
    envelope = etree.Element(f"{{{S12}}}Envelope")
    etree.SubElement(envelope, f"{{{S12}}}Body").append(body)
    return envelope


def damaged(envelope, seed):
    """A few elements dropped, doubled, emptied, renamed; a few attributes and texts spoilt."""
    chance, tree = random.Random(seed), copy.deepcopy(envelope)
    for _ in range(chance.randint(1, 6)):
        inside = [one for one in tree[0].iter() if isinstance(one.tag, str)][1:]
        if not inside:
            break
        one = chance.choice(inside)
        match chance.randrange(5):
            case 0:
                one.getparent().remove(one)
            case 1:
                one.addnext(copy.deepcopy(one))
            case 2:
                one.clear()
            case 3:
                one.tag = f"{{urn:other}}{etree.QName(one).localname}"
            case _:
                for key in one.attrib:
                    one.set(key, chance.choice(["", "x" * 300, "99999999999999", "é^^^&&", "-1"]))
                one.text = chance.choice([None, "", "20261332", "n’importe quoi"])
    return etree.tostring(tree)


@given(st.integers(0, 2**32))
@settings(max_examples=250, deadline=None)
def test_a_damaged_answer_of_the_dmp_is_data_or_a_sentence(recorded, seed):
    for envelope in recorded:
        try:
            said = answers.read(damaged(envelope, seed))
        except ENDS:
            continue
        assert said.about["transaction"]


HEADERS = (
    b"From: a@b.mssante.example\r\nTo: c@d.mssante.example\r\nMessage-ID: <1@b>\r\n"
    b"Content-Type: multipart/report; report-type=disposition-notification; boundary=x\r\n\r\n"
    b"--x\r\n\r\nlu\r\n--x\r\nContent-Type: message/disposition-notification\r\n\r\n"
    b"Final-Recipient: rfc822; c@d\r\nOriginal-Message-ID: <2@b>\r\n"
    b"Disposition: automatic-action/MDN-sent-automatically; processed/error\r\nError: 904\r\n\r\n"
    b"--x--\r\n"
)


@given(st.integers(0, len(HEADERS)), st.integers(0, len(HEADERS)), st.binary(max_size=40))
@settings(max_examples=200, deadline=None)
def test_a_damaged_receipt_is_a_message_or_a_sentence(start, stop, noise):
    raw = HEADERS[: min(start, stop)] + noise + HEADERS[max(start, stop) :]
    try:
        parse_mail(raw)
    except ENDS:
        return
