"""One submission has one fate: taken, refused, to be tried again, or perhaps taken."""

import importlib.util
import socket
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from lgc.transport.errors import NoAnswer, NothingSent
from lgc.transport.mail_login import CardLogin, TokenLogin
from lgc.transport.mail_smtp import MailBusy, MailRefused, NobodyTaken, Refusal, SmtpServer, Unheard
from lgc_sandbox.authority import Authority

_spec = importlib.util.spec_from_file_location(
    "scripted_smtp", Path(__file__).with_name("scripted.py")
)
scripted = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(scripted)

ME, ONE, TWO = "me@x.example", "one@x.example", "two@x.example"
MESSAGE = b"Subject: x\r\n\r\n.dot\r\nend\r\n"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def submit(authority):
    """Start a server that answers as told, submit one message to it."""
    running = []

    def run(recipients=(ONE, TWO), login=None, notify=False, **answers):
        server = scripted.ScriptedSmtp(scripted.server_context(authority), **answers)
        running.append(server)
        context = ssl.create_default_context(cafile=authority.trust)
        client = SmtpServer("localhost", server.port, context, login or CardLogin(), 5)
        return client.submit(ME, recipients, MESSAGE, notify=notify)

    run.server = lambda: running[-1]
    yield run
    for server in running:
        server.stop()


def test_what_is_taken_is_taken_whole_and_by_everybody(submit):
    accepted = submit()

    assert accepted.refused == {}
    assert submit.server().message == b"Subject: x\r\n\r\n..dot\r\nend\r\n"
    assert [line for line in submit.server().said if line.startswith("rcpt")] == [
        f"rcpt TO:<{address}>" for address in (ME, ONE, TWO)
    ]
    assert f"SIZE={len(MESSAGE)}".lower() in " ".join(submit.server().said).lower()


@pytest.mark.requirement("MSS/va1.15")
@pytest.mark.parametrize(
    ("offered", "notify", "asked"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_deliveries_are_told_where_asked_and_offered(submit, offered, notify, asked):
    """RFC 3461 §4: of everybody but ourselves."""
    words = "250-localhost\r\n250-DSN\r\n250-AUTH EXTERNAL\r\n250 STARTTLS"
    submit(notify=notify, **({"EHLO": words} if offered else {}))

    said = submit.server().said
    own, *others = (line for line in said if line.startswith("rcpt"))
    assert any("RET=HDRS" in line for line in said) is asked
    assert ("NOTIFY=NEVER" in own) is asked
    assert ["NOTIFY=SUCCESS,DELAY,FAILURE" in line for line in others] == [asked, asked]


def test_the_name_of_this_machine_is_not_told(submit):
    submit()

    assert all(socket.gethostname() not in line for line in submit.server().said)


def test_some_refused_is_taken_for_the_others(submit):
    assert submit(RCPT_two="550 unknown").refused == {TWO: Refusal(550, "unknown")}


@pytest.mark.parametrize(("code", "later"), [(421, True), (450, True), (499, True), (550, False)])
def test_each_recipient_has_the_answer_that_the_server_gave_it(submit, code, later):
    refused = submit(RCPT_two=f"{code} not him").refused

    assert refused == {TWO: Refusal(code, "not him")}
    assert refused[TWO].later is later
    assert submit.server().message != b""


def test_where_nobody_is_taken_each_answer_is_told(submit):
    with pytest.raises(NobodyTaken) as caught:
        submit(RCPT_one="553 who", RCPT_two="550 unknown")

    assert caught.value.refused == {ONE: Refusal(553, "who"), TWO: Refusal(550, "unknown")}
    assert (caught.value.code, submit.server().message) == (550, b"")


@pytest.mark.parametrize(
    ("answers", "fate"),
    [
        ({"greeting": "554 go away"}, NothingSent),
        ({"EHLO": "250 localhost"}, NothingSent),
        ({"STARTTLS": "454 not now"}, MailBusy),
        ({"AUTH": "535 who are you"}, MailRefused),
        ({"MAIL": "451 later"}, MailBusy),
        ({"MAIL": "552 too large"}, MailRefused),
        ({"MAIL": scripted.DROP}, NothingSent),
        ({"RCPT_me": "550 unknown"}, MailRefused),
        ({"RCPT_me": "452 full"}, MailBusy),
        ({"RCPT_one": "550 unknown", "RCPT_two": "550 unknown"}, MailRefused),
        ({"RCPT_one": "450 later", "RCPT_two": "550 unknown"}, MailBusy),
        ({"RCPT_two": scripted.DROP}, NothingSent),
        ({"RCPT_me": scripted.GARBAGE}, NothingSent),
        ({"DATA": scripted.DROP}, NothingSent),
        ({"DATA": "452 later"}, MailBusy),
        ({"DATA": "554 never"}, MailRefused),
    ],
    ids=str,
)
def test_before_the_message_leaves_nothing_is_in_doubt(submit, answers, fate):
    with pytest.raises(fate):
        submit(**answers)

    assert submit.server().message == b""


@pytest.mark.parametrize(
    ("after_the_dot", "fate"),
    [
        (scripted.DROP, NoAnswer),
        ("drop inside", NoAnswer),
        ("421 closing", NoAnswer),
        (scripted.GARBAGE, NoAnswer),
        ("451 later", MailBusy),
        ("554 a virus", MailRefused),
    ],
)
def test_once_the_message_left_only_a_plain_answer_is_believed(submit, after_the_dot, fate):
    with pytest.raises(fate):
        submit(**{".": after_the_dot})


def test_an_answer_that_is_lost_does_not_hide_who_was_refused(submit):
    with pytest.raises(Unheard) as caught:
        submit(RCPT_two="550 unknown", **{".": scripted.DROP})

    assert caught.value.refused == {TWO: Refusal(550, "unknown")}


def test_a_server_that_hangs_up_without_a_farewell_has_taken_the_message(submit):
    assert submit(QUIT=scripted.DROP).answer == "taken"


@pytest.mark.requirement("SC.MSS/CONF.27")
def test_a_certificate_of_another_authority_is_not_talked_to(submit, authority, tmp_path):
    server = scripted.ScriptedSmtp(scripted.server_context(authority))
    stranger = ssl.create_default_context(cafile=Authority(tmp_path).trust)

    with pytest.raises(NothingSent):
        SmtpServer("localhost", server.port, stranger, CardLogin(), 5).submit(ME, [ONE], MESSAGE)

    assert server.verbs() == ["EHLO", "STARTTLS"]
    server.stop()


@pytest.mark.requirement("ECO.1.1.5")
@pytest.mark.parametrize(
    ("name", "days", "talks"),
    [
        ("localhost", (-1, 10), True),
        ("localhost", (-10, -1), False),
        ("localhost", (1, 10), False),
        ("autre.mssante.example", (-1, 10), False),
    ],
    ids=["good", "expired", "not yet valid", "of another name"],
)
def test_a_server_shows_its_own_certificate_in_its_time(authority, tmp_path, name, days, talks):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    certificate = authority._issue(
        "organisations",
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]),
        key.public_key(),
        days,
        [(x509.SubjectAlternativeName([x509.DNSName(name)]), False)],
    )
    pem = tmp_path / "server.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    above = authority.certificate("organisations").public_bytes(Encoding.PEM)
    pem.write_bytes(private + certificate.public_bytes(Encoding.PEM) + above)
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(pem)
    server = scripted.ScriptedSmtp(served)
    trusting = ssl.create_default_context(cafile=authority.trust)
    client = SmtpServer("localhost", server.port, trusting, CardLogin(), 5)

    if talks:
        assert client.submit(ME, [ONE], MESSAGE).refused == {}
    else:
        with pytest.raises(NothingSent):
            client.submit(ME, [ONE], MESSAGE)
        assert server.verbs() == ["EHLO", "STARTTLS"]
    server.stop()


def test_a_token_is_asked_at_each_connection_and_shown_once(submit):
    tokens = iter(["first", "second"])
    login = TokenLogin(lambda: next(tokens))

    for token in ("first", "second"):
        submit(login=login)
        shown = [said for said in submit.server().said if said.startswith("SASL")]
        assert shown == [f"SASL user={ME}\x01auth=Bearer {token}\x01\x01"]


def test_a_refused_token_is_not_shown_again(submit):
    with pytest.raises(MailRefused):
        submit(
            login=TokenLogin(lambda: "stale"),
            refused_token="334 eyJzdGF0dXMiOiI0MDEifQ==",
            **{"": "535 expired"},
        )

    assert sum("stale" in line for line in submit.server().said) == 1
