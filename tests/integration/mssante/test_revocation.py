"""Servers whose certificate is no longer good are not talked to: OpenSSL judges, over real TLS."""

import datetime as dt
import shutil
import socket
import ssl
import subprocess
import threading
from contextlib import contextmanager

import pytest
from cryptography import x509
from lxml import etree

from lgc.card.tls import forgive_missing_lists, trusting
from lgc.transport.errors import NothingSent
from lgc.transport.http import SoapTransport
from lgc.transport.mail_imap import ImapServer
from lgc.transport.mail_login import CardLogin
from lgc.transport.mail_smtp import SmtpServer
from lgc.transport.revocation import RevocationLists
from lgc.transport.soap import Request
from lgc_sandbox.authority import ORGANISATIONS, PERSONS, ROOT, Authority

NOW = dt.datetime.now(dt.UTC)
MONTHS = dt.timedelta(days=60)


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    made = Authority(tmp_path_factory.mktemp("ca"))
    made.server("localhost")
    return made.folder


@pytest.fixture
def authority(tmp_path, template):
    shutil.copytree(template, tmp_path / "ca")
    return Authority(tmp_path / "ca")


@pytest.fixture
def lists(authority, tmp_path):
    def of(*, required=False, folder=None, forgive=forgive_missing_lists):
        return RevocationLists(
            [folder or authority.lists],
            tmp_path / "kept",
            authority.trust,
            required=required,
            forgive=forgive,
        )

    return of


def context(authority):
    return trusting(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), authority.trust)


@contextmanager
def listening(authority, talk):
    """A server on loopback: ``talk`` says what comes before TLS, then shakes hands."""
    chain, key = authority.server("localhost")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(chain, key)

    def serve():
        try:
            while True:
                one, _ = server.accept()
                one.settimeout(5)
                try:
                    talk(one)
                    tls.wrap_socket(one, server_side=True).close()
                except OSError:
                    one.close()
        except OSError:
            pass

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def handshake(authority, checked):
    with (
        listening(authority, lambda one: None) as port,
        socket.create_connection(("127.0.0.1", port), 5) as raw,
    ):
        checked.wrap_socket(raw, server_hostname="localhost").close()


def revoke_server(authority):
    chain, _ = authority.server("localhost")
    authority.revoke(x509.load_pem_x509_certificates(chain.read_bytes())[0])


def test_a_server_in_good_standing_is_talked_to(authority, lists):
    checked = context(authority)

    assert lists().enforce([checked], NOW)
    handshake(authority, checked)


@pytest.mark.requirement("ECO.1.1.6")
def test_a_revoked_server_is_not(authority, lists):
    revoke_server(authority)
    checked = context(authority)
    lists().enforce([checked], NOW)

    with pytest.raises(ssl.SSLCertVerificationError, match="revoked"):
        handshake(authority, checked)


def test_a_server_under_a_revoked_authority_is_not(authority, lists):
    authority.revoke(authority.certificate(ORGANISATIONS))
    checked = context(authority)
    lists().enforce([checked], NOW)

    with pytest.raises(ssl.SSLCertVerificationError, match="revoked"):
        handshake(authority, checked)


def test_a_newer_list_is_heeded_while_the_session_lasts(authority, lists):
    checked = context(authority)
    lists().enforce([checked], NOW)
    handshake(authority, checked)
    revoke_server(authority)

    lists().enforce([checked], NOW)

    with pytest.raises(ssl.SSLCertVerificationError, match="revoked"):
        handshake(authority, checked)


@pytest.mark.parametrize("missing", [ROOT, ORGANISATIONS, PERSONS])
def test_without_every_list_only_the_strict_policy_refuses(authority, lists, missing):
    (authority.lists / f"{missing}.crl").unlink()
    lenient, strict = context(authority), context(authority)

    assert lists().enforce([lenient], NOW)
    assert lists(required=True).enforce([strict], NOW)

    handshake(authority, lenient)
    if missing != PERSONS:
        with pytest.raises(ssl.SSLCertVerificationError, match="CRL"):
            handshake(authority, strict)


@pytest.mark.parametrize("missing", [ROOT, PERSONS])
@pytest.mark.requirement("ECO.1.1.6")
def test_each_authority_that_has_a_list_is_checked(authority, lists, missing):
    (authority.lists / f"{missing}.crl").unlink()
    revoke_server(authority)
    lenient = context(authority)
    lists().enforce([lenient], NOW)

    with pytest.raises(ssl.SSLCertVerificationError, match="revoked"):
        handshake(authority, lenient)


def test_a_revoked_authority_is_found_although_it_has_no_list_of_its_own(authority, lists):
    authority.revoke(authority.certificate(ORGANISATIONS))
    (authority.lists / f"{ORGANISATIONS}.crl").unlink()
    lenient = context(authority)
    lists().enforce([lenient], NOW)

    with pytest.raises(ssl.SSLCertVerificationError, match="revoked"):
        handshake(authority, lenient)


def test_what_is_forgiven_is_a_missing_list_and_nothing_else(authority, lists, tmp_path):
    (authority.lists / f"{PERSONS}.crl").unlink()
    stranger = context(Authority(tmp_path / "other"))
    lists().enforce([stranger], NOW)

    with pytest.raises(ssl.SSLCertVerificationError, match=r"self-signed|issuer"):
        handshake(authority, stranger)


def test_out_of_reach_of_openssl_it_is_all_authorities_or_none(authority, lists):
    (authority.lists / f"{PERSONS}.crl").unlink()

    assert not lists(forgive=lambda context: False).enforce([context(authority)], NOW)


def test_a_list_that_expired_says_nothing_any_more(authority, lists):
    assert not lists().enforce([context(authority)], NOW + MONTHS)


def test_a_list_of_a_stranger_is_ignored(authority, lists, tmp_path):
    other = Authority(tmp_path / "other")

    assert not lists(folder=other.lists).enforce([context(authority)], NOW)


def test_a_list_that_is_none_is_ignored(authority, lists):
    (authority.lists / "hostile.crl").write_bytes(b"-----BEGIN X509 CRL-----\nAAAA\n")
    (authority.lists / "zero.der").write_bytes(b"\x30\x80" * 100)

    assert lists().enforce([context(authority)], NOW)


@pytest.mark.parametrize("required", [True, False])
def test_mail_says_why_it_does_not_talk(authority, lists, required):
    revoke_server(authority)
    checked = context(authority)
    lists(required=required).enforce([checked], NOW)

    def imap(one):
        one.sendall(b"* OK [CAPABILITY IMAP4rev1 STARTTLS] x\r\n")
        while (line := one.recv(200)) and b"STARTTLS" not in line:
            one.sendall(b"* CAPABILITY IMAP4rev1 STARTTLS\r\n" + line.split()[0] + b" OK x\r\n")
        one.sendall(line.split()[0] + b" OK begin\r\n")

    def smtp(one):
        one.sendall(b"220 x\r\n")
        one.recv(200)
        one.sendall(b"250-x\r\n250 STARTTLS\r\n")
        one.recv(200)
        one.sendall(b"220 begin\r\n")

    with listening(authority, imap) as port:
        server = ImapServer("localhost", port, checked, CardLogin(), 5)
        with pytest.raises(NothingSent, match="SERVER_REVOKED"), server.open("me@x"):
            pass
    with listening(authority, smtp) as port:
        server = SmtpServer("localhost", port, checked, CardLogin(), 5)
        with pytest.raises(NothingSent, match="SERVER_REVOKED"):
            server.submit("me@x", ["him@x"], b"Subject: x\r\n\r\nx")


def test_the_dmp_is_not_asked_behind_a_revoked_certificate(authority, lists):
    revoke_server(authority)
    checked = context(authority)
    lists().enforce([checked], NOW)

    with listening(authority, lambda one: None) as port:
        transport = SoapTransport(checked, 5)
        with pytest.raises(NothingSent, match="SERVER_REVOKED"):
            asked = etree.Element("asked")
            transport.post(Request(f"https://localhost:{port}/x", "urn:x", "urn:1", asked, asked))


@pytest.mark.requirement("SC.MSS/CONF.22")
def test_lists_are_fetched_kept_and_survive_a_failure(authority, lists, served):
    address = served({f"/{name}.crl": authority.lists / f"{name}.crl" for name in (
        ROOT, ORGANISATIONS, PERSONS
    )})  # fmt: skip
    empty = authority.folder / "nothing"
    fetching = lists(folder=empty)
    assert not fetching.enforce([context(authority)], NOW)

    assert fetching.fetch([f"{address}/{n}.crl" for n in (ROOT, ORGANISATIONS, PERSONS)]) == 3
    assert fetching.enforce([context(authority)], NOW)
    assert fetching.fetch([f"{address}/gone.crl", "http://127.0.0.1:1/x"]) == 0
    assert fetching.enforce([context(authority)], NOW)


def test_openssl_finds_the_lists_of_the_sandbox_good(authority):
    for name in (ROOT, ORGANISATIONS, PERSONS):
        said = subprocess.run(
            ["openssl", "crl", "-in", str(authority.lists / f"{name}.crl"), "-inform", "DER",
             "-CAfile", str(authority.trust), "-noout"],
            capture_output=True, text=True, timeout=20, check=False,
        )  # fmt: skip
        assert "verify OK" in said.stderr + said.stdout
