"""SOAP envelopes read and written."""

import time

import pytest
from lxml import etree

from lgc.transport import soap
from lgc.transport.errors import MalformedAnswer, SoapFault

ENVELOPE = (
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope">{header}<s:Body>{body}</s:Body>'
    "</s:Envelope>"
)


def answer(body="<x/>", header=""):
    return ENVELOPE.format(body=body, header=header).encode()


def relates_to(message_id):
    return (
        '<s:Header><a:RelatesTo xmlns:a="http://www.w3.org/2005/08/addressing"> '
        f"{message_id} </a:RelatesTo></s:Header>"
    )


def test_a_request_carries_addressing_and_the_token():
    request = soap.Request(
        "https://x/y", "urn:action", "urn:uuid:1", etree.Element("token"), etree.Element("body")
    )
    tree = request.envelope()
    namespaces = {"s": soap.SOAP, "a": soap.WSA, "w": soap.WSSE}

    def found(path):
        return tree.xpath(f"string({path})", namespaces=namespaces)

    assert found("s:Header/a:MessageID") == "urn:uuid:1"
    assert found("s:Header/a:To") == "https://x/y"
    assert found("s:Header/a:Action") == "urn:action"
    assert found("s:Header/a:ReplyTo/a:Address") == soap.ANONYMOUS
    assert found("count(s:Header/w:Security/*)") == "1"
    assert found("name(s:Header/w:Security/*)") == "token"


@pytest.mark.parametrize("header", ["", relates_to("urn:uuid:1")])
def test_the_answer_to_our_message_is_read(header):
    assert soap.read_answer(answer(header=header), {}, "urn:uuid:1").body.tag == "x"


def test_the_answer_to_another_message_is_refused():
    with pytest.raises(MalformedAnswer, match="another"):
        soap.read_answer(answer(header=relates_to("urn:uuid:2")), {}, "urn:uuid:1")


FAULT = (
    "<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>d:DMPInvalidCertificate"
    "</s:Value></s:Subcode></s:Code><s:Reason><s:Text>Not a valid\n certificate</s:Text></s:Reason>"
    "</s:Fault>"
)
OLD_FAULT = (
    '<o:Envelope xmlns:o="http://schemas.xmlsoap.org/soap/envelope/"><o:Body><o:Fault>'
    "<faultcode>o:Client</faultcode><faultstring>non</faultstring></o:Fault></o:Body></o:Envelope>"
)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (answer(FAULT), ("Sender", "DMPInvalidCertificate", "Not a valid certificate")),
        (OLD_FAULT.encode(), ("Client", "", "non")),
        (answer("<s:Fault/>"), ("", "", "")),
    ],
)
def test_faults_are_told_with_code_subcode_and_text(content, expected):
    with pytest.raises(SoapFault) as caught:
        soap.read_answer(content, {}, "urn:uuid:1")

    fault = caught.value
    assert (fault.code, fault.subcode, fault.text) == expected


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"<html><body/></html>",
        answer(body=""),
        b"<!DOCTYPE a SYSTEM 'file:///etc/passwd'>" + answer(),
        f'<!DOCTYPE a [<!ENTITY l0 "lol">{LAUGHS}]><a b="&l9;">&l9;</a>'.encode(),
        answer("<a>" * 100_000),
        answer("<a>" * 5_000 + "</a>" * 5_000),
    ],
)
def test_hostile_answers_end_quickly_as_malformed(content):
    started = time.monotonic()

    with pytest.raises(MalformedAnswer):
        soap.read_answer(content, {}, "urn:uuid:1")

    assert time.monotonic() - started < 2
