"""API LPS against a real Dovecot: the Pro Santé Connect token opens the mailbox (XOAUTH2)."""

import ssl
import threading
import urllib.request

import pytest

from lgc.domain.mailboxes import Known
from lgc.mssante.mailbox import Mailbox
from lgc.transport.mail_discovery import Place
from lgc.transport.mail_imap import ImapServer, MailboxRefused
from lgc.transport.mail_login import TokenLogin
from lgc.transport.openid import Provider, TokenSource
from lgc_sandbox.openid import CLIENT, OpenIdProvider

DOCTOR, ME, HIM = "899700057294", "paul@x.mssante.fr", "robert@x.mssante.fr"


@pytest.fixture(scope="module")
def provider():
    made = OpenIdProvider(DOCTOR, username=ME)
    yield made
    made.stop()


@pytest.fixture(scope="module")
def dovecot(script, provider):
    module = script("dovecot")
    if why := module.impossible():
        pytest.skip(why)
    with module.running(f"{provider.base}/introspect") as made:
        yield made


@pytest.fixture
def clock():
    return [0.0]


@pytest.fixture
def source(provider, clock):
    at = provider.base
    chosen = Provider(at, f"{at}/auth", f"{at}/token", f"{at}/certs", f"{at}/ciba", CLIENT)
    made = TokenSource(chosen, lambda: DOCTOR, now=lambda: clock[0])

    def browse(address):
        read = lambda: urllib.request.urlopen(address, timeout=5).read()  # noqa: E731
        threading.Thread(target=read, daemon=True).start()

    made.log_in(browse, 5)
    return made


@pytest.fixture
def server(dovecot):
    def by(token):
        context = ssl.create_default_context(cafile=str(dovecot.authority.trust))
        return ImapServer(
            "typed.example", 1, context, TokenLogin(token), 10,
            find=lambda: Place("localhost", dovecot.port, discovered=True),
        )  # fmt: skip

    return by


@pytest.mark.requirement("SC.MSS/CONF.07")
def test_the_token_opens_the_mailbox(server, source, letter):
    with server(source.token).open(ME) as client:
        client.append("INBOX", letter(1))

    with Mailbox(server(source.token), ME).open() as opened:
        assert [one.rfc_message_id for one in opened.look("INBOX", Known()).new] == [
            "<1@x.example>"
        ]


def test_an_invented_token_is_refused(server):
    with pytest.raises(MailboxRefused), server(lambda: "invented").open(ME):
        pass


def test_a_token_opens_nobody_else_s_mailbox(server, source):
    with pytest.raises(MailboxRefused), server(source.token).open(HIM):
        pass


def test_a_token_that_ended_is_renewed_in_silence(server, source, clock, provider):
    first = source.token()
    clock[0] += provider.lifetime
    provider._access.pop(first)

    with server(source.token).open(ME) as client:
        assert client.folder_exists("INBOX")
    assert source.token() != first
