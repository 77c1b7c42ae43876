"""Servers whose certificate is no longer good are not talked to: OpenSSL judges, over real TLS."""

import datetime as dt
import shutil
import socket
import ssl
import subprocess
import threading
from contextlib import contextmanager, suppress

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
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


@pytest.fixture
def fetched(authority, lists, served):
    """The kept lists after each address gave what it holds now: ``fetched(file, …)`` again."""
    offered = {}
    address = served(offered)
    fetching = lists(folder=authority.folder / "nothing")

    def fetch(*files):
        offered.update({f"/{number}": file for number, file in enumerate(files)})
        return fetching.fetch([f"{address}/{number}" for number in range(len(files))])

    fetch.enforce = fetching.enforce
    return fetch


def everything(authority):
    return [authority.lists / f"{name}.crl" for name in (ROOT, ORGANISATIONS, PERSONS)]


@pytest.mark.requirement("SC.MSS/CONF.22")
def test_a_foreign_list_never_replaces_a_kept_one(authority, fetched, tmp_path):
    revoke_server(authority)
    assert fetched(*everything(authority)) == 3

    assert fetched(*everything(Authority(tmp_path / "other"))) == 0

    checked = context(authority)
    assert fetched.enforce([checked], NOW)
    with pytest.raises(ssl.SSLCertVerificationError, match="revoked"):
        handshake(authority, checked)


def test_an_older_list_brings_no_revoked_server_back(authority, fetched, tmp_path):
    older = tmp_path / "older.crl"
    shutil.copy(authority.lists / f"{ORGANISATIONS}.crl", older)
    revoke_server(authority)
    root, organisations, persons = everything(authority)
    assert fetched(root, organisations, persons) == 3

    assert fetched(root, older, persons) == 2

    checked = context(authority)
    fetched.enforce([checked], NOW)
    with pytest.raises(ssl.SSLCertVerificationError, match="revoked"):
        handshake(authority, checked)


def test_a_list_with_a_lower_number_is_older_whatever_its_date(authority, fetched, tmp_path):
    root, organisations, persons = everything(authority)
    revoke_server(authority)
    higher = tmp_path / "higher.crl"
    numbered(authority, organisations, higher, x509.CRLNumber(8), minutes=-30)
    lower = tmp_path / "lower.crl"
    numbered(authority, higher, lower, x509.CRLNumber(7), serials=(), minutes=10)
    assert fetched(root, higher, persons) == 3

    assert fetched(root, lower, persons) == 2

    checked = context(authority)
    fetched.enforce([checked], NOW)
    with pytest.raises(ssl.SSLCertVerificationError, match="revoked"):
        handshake(authority, checked)


def test_changes_to_a_list_do_not_stand_for_the_list(authority, fetched, tmp_path):
    root, organisations, persons = everything(authority)
    revoke_server(authority)
    delta = tmp_path / "delta.crl"
    numbered(authority, organisations, delta, x509.DeltaCRLIndicator(1), serials=())
    assert fetched(root, organisations, persons) == 3

    assert fetched(root, delta, persons) == 2

    checked = context(authority)
    fetched.enforce([checked], NOW)
    with pytest.raises(ssl.SSLCertVerificationError, match="revoked"):
        handshake(authority, checked)


def test_an_authority_of_ours_given_at_the_address_of_another_takes_no_place(authority, fetched):
    root, organisations, persons = everything(authority)
    revoke_server(authority)
    assert fetched(root, organisations, persons) == 3

    assert fetched(root, persons, organisations) == 3

    checked = context(authority)
    assert fetched.enforce([checked], NOW)
    with pytest.raises(ssl.SSLCertVerificationError, match="revoked"):
        handshake(authority, checked)


@pytest.mark.parametrize(
    "garbage", [b"", b"<html>", b"\x30\x80" * 50, b"-----BEGIN X509 CRL-----\n"]
)
def test_garbage_keeps_the_former_lists(authority, fetched, tmp_path, garbage):
    assert fetched(*everything(authority)) == 3
    (tmp_path / "garbage").write_bytes(garbage)

    assert fetched(*[tmp_path / "garbage"] * 3) == 0
    assert fetched.enforce([context(authority)], NOW)


def test_no_byte_of_a_list_stops_what_fetches_it(authority, lists):
    """A version of 65 was no ValueError: it ended the lane."""
    right, fetching = (authority.lists / f"{ORGANISATIONS}.crl").read_bytes(), lists()
    for at in range(len(right) - 256):  # the last ones are the signature's
        spoilt = right[:at] + b"\x41" + right[at + 1 :]

        with suppress(ValueError):
            fetching._keep(spoilt, [])


def test_a_kept_list_that_was_spoilt_is_replaced(authority, fetched, tmp_path):
    assert fetched(*everything(authority)) == 3
    for file in (tmp_path / "kept").iterdir():
        file.write_bytes(b"spoilt")

    assert fetched(*everything(authority)) == 3
    assert fetched.enforce([context(authority)], NOW)


def numbered(authority, file, into, extension, serials=None, minutes=0):
    """The same authority signs again, ``minutes`` later than ``file`` says."""
    former = x509.load_der_x509_crl(file.read_bytes())
    moment = former.last_update_utc + dt.timedelta(minutes=minutes)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(former.issuer)
        .last_update(moment)
        .next_update(former.next_update_utc)
        .add_extension(extension, critical=isinstance(extension, x509.DeltaCRLIndicator))
    )
    for one in former if serials is None else serials:
        builder = builder.add_revoked_certificate(one)
    signed = builder.sign(authority._keys[ORGANISATIONS], hashes.SHA256())
    into.write_bytes(signed.public_bytes(Encoding.DER))


def test_openssl_finds_the_lists_of_the_sandbox_good(authority):
    for name in (ROOT, ORGANISATIONS, PERSONS):
        said = subprocess.run(
            ["openssl", "crl", "-in", str(authority.lists / f"{name}.crl"), "-inform", "DER",
             "-CAfile", str(authority.trust), "-noout"],
            capture_output=True, text=True, timeout=20, check=False,
        )  # fmt: skip
        assert "verify OK" in said.stderr + said.stdout
