"""API LPS: sending and reading with a Pro Santé Connect token, without any certificate."""

import ssl
import threading
import urllib.request

import pytest

from lgc.domain.card import CardGone
from lgc.errors import UserFacingError
from lgc.transport.mail_discovery import Place
from lgc.transport.mail_imap import ImapServer, MailboxRefused
from lgc.transport.mail_login import TokenLogin
from lgc.transport.mail_smtp import MailRefused, SmtpServer
from lgc.transport.openid import Provider, TokenSource
from lgc_sandbox import mail
from lgc_sandbox.authority import Authority
from lgc_sandbox.knobs import Knobs
from lgc_sandbox.openid import CLIENT, OpenIdProvider

DOCTOR, ME, HIM = "899700057294", "paul@x.mssante.fr", "robert@x.mssante.fr"
LETTER = b"From: a@x\r\nMessage-ID: <1@x>\r\nSubject: Avis\r\n\r\nBonjour\r\n"


@pytest.fixture
def provider():
    made = OpenIdProvider(DOCTOR)
    yield made
    made.stop()


@pytest.fixture
def servers(tmp_path, provider):
    authority = Authority.create(tmp_path / "ca")
    made = mail.start(tmp_path / "mail", authority, Knobs(), [HIM], {DOCTOR: ME}, provider.holder)
    made.context = ssl.create_default_context(cafile=str(authority.trust))
    yield made
    made.stop()


def browser(address):
    threading.Thread(
        target=lambda: urllib.request.urlopen(address, timeout=5).read(), daemon=True
    ).start()


@pytest.fixture
def source(provider):
    at = provider.base
    made = TokenSource(
        Provider(at, f"{at}/auth", f"{at}/token", f"{at}/certs", f"{at}/ciba", CLIENT),
        lambda: DOCTOR,
    )
    made.log_in(browser, 5)
    return made


def smtp(servers, token):
    return SmtpServer(
        "typed.example", 1, servers.context, TokenLogin(token), 5,
        find=lambda: Place("localhost", servers.smtp_port, discovered=True),
    )  # fmt: skip


def imap(servers, token):
    return ImapServer(
        "typed.example", 1, servers.context, TokenLogin(token), 5,
        find=lambda: Place("localhost", servers.imap_port, discovered=True),
    )  # fmt: skip


def test_a_token_sends_and_reads(servers, source):
    smtp(servers, source.token).submit(ME, [HIM], LETTER)

    assert len(servers.messages(HIM)) == 1
    with imap(servers, source.token).open(ME) as client:
        client.select_folder("INBOX", readonly=True)
        assert len(client.search()) == 1


def test_a_token_opens_nobody_else_s_mailbox(servers, source):
    with pytest.raises(MailboxRefused), imap(servers, source.token).open(HIM):
        pass
    with pytest.raises(MailRefused):
        smtp(servers, source.token).submit(HIM, [ME], LETTER)


def test_an_invented_token_is_refused(servers):
    with pytest.raises(MailboxRefused), imap(servers, lambda: "invented").open(ME):
        pass


def test_a_closed_session_says_so_and_sends_nothing(servers, source):
    source.forget()

    with pytest.raises(UserFacingError, match="fermée") as told:
        smtp(servers, source.token).submit(ME, [HIM], LETTER)

    assert not isinstance(told.value, CardGone)
    assert servers.messages(HIM) == []


def test_a_server_of_another_authority_gets_no_token(servers, source):
    servers.context = ssl.create_default_context()
    asked = []

    def token():
        asked.append(1)
        return source.token()

    with pytest.raises(Exception, match="SSL"), imap(servers, token).open(ME):
        pass
    assert asked == []
