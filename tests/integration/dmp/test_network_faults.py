"""Where a connection may break, and what each break means for a submission and a question."""

import socket
import ssl
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from lgc.domain.card import CardGone
from lgc.domain.deliveries import AnswerLost, Postponed, Receipt, Refused
from lgc.domain.documents import DocumentReference
from lgc.errors import UserFacingError

SOAP = "application/soap+xml"
STORED = (
    '<r:RegistryResponse xmlns:r="urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0" '
    'status="urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success"/>'
)
FOUND = (
    '<PRPA_IN201308UV02 xmlns="urn:hl7-org:v3"><acknowledgement typeCode="AA"/><queryAck>'
    '<queryResponseCode code="NF"/></queryAck></PRPA_IN201308UV02>'
)


def fault(code="Sender", subcode="", text="non"):
    sub = f"<s:Subcode><s:Value>{subcode}</s:Value></s:Subcode>" if subcode else ""
    return (
        f"<s:Fault><s:Code><s:Value>s:{code}</s:Value>{sub}</s:Code>"
        f'<s:Reason><s:Text xml:lang="fr">{text}</s:Text></s:Reason></s:Fault>'
    )


def envelope(seen, body, relates_to=None):
    related = relates_to or seen.message_id
    return (
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header>'
        f'<a:RelatesTo xmlns:a="http://www.w3.org/2005/08/addressing">{related}</a:RelatesTo>'
        f"</s:Header><s:Body>{body}</s:Body></s:Envelope>"
    ).encode()


def truncated(seen, handler):
    handler.send_response(200)
    handler.send_header("Content-Type", SOAP)
    handler.send_header("Content-Length", "5000")
    handler.end_headers()
    handler.wfile.write(b"<s:Envelope")


ANSWERS = {
    "dropped": (lambda seen, handler: None, AnswerLost),
    "truncated": (truncated, AnswerLost),
    "not soap": (lambda seen, handler: (200, SOAP, b"<html/>"), AnswerLost),
    "not xml": (lambda seen, handler: (200, SOAP, b"\x00\xff"), AnswerLost),
    "empty": (lambda seen, handler: (200, SOAP, b""), AnswerLost),
    "of another message": (
        lambda seen, handler: (200, SOAP, envelope(seen, STORED, "urn:uuid:other")),
        AnswerLost,
    ),
    "entities": (
        lambda seen, handler: (200, SOAP, b"<!DOCTYPE a>" + envelope(seen, STORED)),
        AnswerLost,
    ),
    "500 page": (lambda seen, handler: (500, "text/html", b"<html>"), AnswerLost),
    "502 page": (lambda seen, handler: (502, "text/html", b"<html>"), AnswerLost),
    "503 page": (lambda seen, handler: (503, "text/html", b"<html>"), Postponed),
    "404 page": (lambda seen, handler: (404, "text/html", b"<html>"), Refused),
    "redirected": (lambda seen, handler: (302, "text/html", b""), Refused),
    "sender fault": (lambda seen, handler: (500, SOAP, envelope(seen, fault())), Refused),
    "receiver fault": (
        lambda seen, handler: (500, SOAP, envelope(seen, fault("Receiver"))),
        AnswerLost,
    ),
    "wrong certificate": (
        lambda seen, handler: (
            500,
            SOAP,
            envelope(seen, fault(subcode="dmp:DMPInvalidCertificate")),
        ),
        Refused,
    ),
    "fault in multipart": (
        lambda seen, handler: (
            500,
            'multipart/related; boundary="b b"',
            b"preamble\r\n--b b\r\nContent-Type: text/xml\r\n\r\n"
            + envelope(seen, fault())
            + b"\r\n--b b--",
        ),
        Refused,
    ),
    "multipart cut short": (
        lambda seen, handler: (
            200,
            "multipart/related; boundary=b",
            b"--b\r\nContent-Type: text/xml\r\n\r\n" + envelope(seen, STORED),
        ),
        AnswerLost,
    ),
    "stored": (lambda seen, handler: (200, SOAP, envelope(seen, STORED)), Receipt),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_every_kind_of_answer_has_its_outcome(server, dmp, submission, name):
    server.script, expected = ANSWERS[name]

    outcome = dmp.submit(submission)

    assert type(outcome) is expected
    assert len(server.seen) == 1


def test_a_slow_answer_is_a_lost_answer(server, connect, submission):
    def slow(seen, handler):
        time.sleep(2)

    server.script = slow

    assert isinstance(connect(timeout=1).submit(submission), AnswerLost)


def test_a_trickling_answer_is_given_up(server, connect, submission):
    finished = []

    def trickle(seen, handler):
        handler.send_response(200)
        handler.send_header("Content-Type", SOAP)
        handler.send_header("Content-Length", "5000")
        handler.end_headers()
        for _ in range(60):
            handler.wfile.write(b" ")
            time.sleep(0.2)
            if finished:
                return

    server.script = trickle
    started = time.monotonic()

    assert isinstance(connect(timeout=1).submit(submission), AnswerLost)
    finished.append(True)
    assert time.monotonic() - started < 8


def test_a_closed_port_means_nothing_left(connect, submission, ins):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        client = connect(base=f"https://localhost:{taken.getsockname()[1]}/x")

        assert isinstance(client.submit(submission), Postponed)
        with pytest.raises(UserFacingError, match="joignable") as caught:
            client.existence(ins)
    assert caught.value.may_retry


def test_a_server_of_another_authority_gets_nothing(server, connect, submission, pki):
    stranger = ssl.create_default_context()
    stranger.load_cert_chain(pki.holder)

    assert isinstance(connect(context=stranger).submit(submission), Postponed)
    assert server.seen == []


def test_a_server_under_another_name_gets_nothing(server, connect, submission):
    client = connect(base=server.base.replace("localhost", "127.0.0.1"))

    assert isinstance(client.submit(submission), Postponed)
    assert server.seen == []


def test_a_refused_handshake_means_nothing_left(server, connect, submission, pki):
    context = pki.context("")
    context.maximum_version = ssl.TLSVersion.TLSv1_2

    assert isinstance(connect(context=context).submit(submission), Postponed)
    assert server.seen == []


def test_a_certificate_refused_after_our_first_bytes_never_counts_as_sent(
    server, connect, submission, pki
):
    # In TLS 1.3 the refusal may come as a plain reset after our bytes left: then we ask.
    outcome = connect(context=pki.context("")).submit(submission)

    assert isinstance(outcome, Postponed | AnswerLost)
    assert server.seen == []


def test_a_card_pulled_during_the_handshake_is_said_so(server, connect, submission, pki, ins):
    context = pki.context("")
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    client = connect(context=context, card_error=lambda: RuntimeError("device removed"))

    assert client.submit(submission) == Postponed(CardGone().sentence, CardGone().advice)
    with pytest.raises(CardGone):
        client.existence(ins)


def test_a_question_survives_a_connection_that_fell_asleep(server, dmp, ins):
    def once(seen, handler):
        if len(server.seen) == 1:
            return None
        return 200, SOAP, envelope(seen, FOUND)

    server.script = once

    assert dmp.existence(ins).access.value == "none"
    assert len(server.seen) == 2


def test_a_submission_is_never_repeated_by_itself(server, dmp, submission):
    server.script = lambda seen, handler: None

    dmp.submit(submission)

    assert len(server.seen) == 1


def test_without_an_address_the_doctor_is_told(connect, ins):
    with pytest.raises(UserFacingError, match="adresse du DMP"):
        connect(base="").existence(ins)


def test_an_oversize_answer_is_given_up(server, dmp, ins, monkeypatch):
    monkeypatch.setattr("lgc.transport.http.MAX_ANSWER", 10_000)
    server.script = lambda seen, handler: (200, SOAP, b" " * 20_000)

    with pytest.raises(UserFacingError, match="illisible"):
        dmp.fetch(ins, DocumentReference("1", "2"))


def test_a_compressed_answer_is_not_inflated(server, dmp, ins):
    def compressed(seen, handler):
        handler.send_response(200)
        handler.send_header("Content-Type", SOAP)
        handler.send_header("Content-Encoding", "gzip")
        handler.send_header("Content-Length", "2")
        handler.end_headers()
        handler.wfile.write(b"\x1f\x8b")

    server.script = compressed

    with pytest.raises(UserFacingError, match="illisible"):
        dmp.existence(ins)


def test_a_chunked_answer_is_read_whole(server, dmp, ins):
    def chunked(seen, handler):
        handler.send_response(200)
        handler.send_header("Content-Type", SOAP)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        content = envelope(seen, FOUND)
        for piece in (content[:50], content[50:]):
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        handler.wfile.write(b"0\r\n\r\n")

    server.script = chunked

    assert dmp.existence(ins).access.value == "none"


def test_several_threads_may_ask_at_once(server, dmp, ins):
    server.answers(FOUND)

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: dmp.existence(ins).access.value, range(12)))

    assert answers == ["none"] * 12
    assert len({seen.message_id for seen in server.seen}) == 12
