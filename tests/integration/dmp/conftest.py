"""A loopback DMP of a few lines: real TLS with a client certificate, scripted SOAP answers."""

import datetime as dt
import email
import email.policy
import hashlib
import http.server
import itertools
import ssl
import threading
from dataclasses import dataclass
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID
from lxml import etree

from lgc import settings as declared
from lgc.dmp.client import DirectDmp
from lgc.domain.documents import Confidentiality
from lgc.domain.identity import Ins, QualifiedIns, Sex, Traits
from lgc.domain.professionals import CardHolder, Coded, PlaceOfPractice, Practitioner
from lgc.settings import Settings

NS = {
    "s": "http://www.w3.org/2003/05/soap-envelope",
    "a": "http://www.w3.org/2005/08/addressing",
    "xop": "http://www.w3.org/2004/08/xop/include",
    "xdsb": "urn:ihe:iti:xds-b:2007",
}
NOW = dt.datetime(2030, 1, 15, 9, 0, tzinfo=dt.UTC)
CDA = """<ClinicalDocument xmlns="urn:hl7-org:v3"><templateId root="1.2.250.1.213.1.1.1.13"/>
<id root="1.2.250.1.999.3.1"/><code code="SYNTH" codeSystem="1.2.250.1.213.1.1.4.12"/>
<title>Synthèse</title><effectiveTime value="20300115095500+0100"/>
<recordTarget><patientRole>
<id root="1.2.250.1.213.1.4.10" extension="299069999999912"/><patient>
<name><given qualifier="BR">B</given>
<family qualifier="BR">A</family></name><administrativeGenderCode code="F"/>
<birthTime value="19990615"/></patient></patientRole></recordTarget></ClinicalDocument>""".encode()


class Pki:
    """One authority, a server for localhost, a card holder."""

    def __init__(self, folder):
        self.folder = folder
        self._key = _new_key()
        self._name = _subject("TEST AC")
        self._certificate = self._issue(self._name, self._key.public_key(), authority=True)
        self.trust = folder / "trust.pem"
        self.trust.write_bytes(self._certificate.public_bytes(Encoding.PEM))
        self.server = self.pair("localhost", "localhost")
        self.holder_key = _new_key()
        self.holder = self.pair("899700057294", key=self.holder_key)
        self.holder_der = self._last.public_bytes(Encoding.DER)

    def pair(self, name, host=None, key=None):
        """A PEM file with a certificate of this authority and its key."""
        key = key or _new_key()
        self._last = self._issue(_subject(name), key.public_key(), host=host)
        file = self.folder / f"{name}.pem"
        secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        file.write_bytes(self._last.public_bytes(Encoding.PEM) + secret)
        return file

    def context(self, certificate=None):
        """A client context, with the holder's certificate unless another (or "") is given."""
        context = ssl.create_default_context(cafile=self.trust)
        if certificate != "":
            context.load_cert_chain(certificate or self.holder)
        return context

    def _issue(self, subject, public_key, authority=False, host=None):
        now = dt.datetime.now(dt.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=1))
            .add_extension(x509.BasicConstraints(authority, None), critical=True)
        )
        if host:
            names = [x509.DNSName(host)]
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return builder.sign(self._key, hashes.SHA256())


def _new_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _subject(name):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


@dataclass
class Seen:
    """One request as the server saw it, read with other tools than ours."""

    path: str
    content_type: str
    raw: bytes

    @property
    def mime(self):
        head = f"Content-Type: {self.content_type}\r\n\r\n".encode()
        return email.message_from_bytes(head + self.raw, policy=email.policy.HTTP)

    @property
    def envelope(self):
        if self.content_type.startswith("multipart/"):
            return etree.fromstring(next(self.mime.iter_parts()).get_payload(decode=True))
        return etree.fromstring(self.raw)

    @property
    def message_id(self):
        return self.envelope.findtext("s:Header/a:MessageID", namespaces=NS)

    def documents(self):
        """Bytes of each xdsb:Document, by its id, through its xop:Include."""
        parts = {p["Content-ID"].strip("<>"): p for p in self.mime.iter_parts()}
        found = {}
        for document in self.envelope.iterfind(".//xdsb:Document", NS):
            href = document.find("xop:Include", NS).get("href")
            part = parts[href.removeprefix("cid:")]
            found[document.get("id")] = part.get_payload(decode=True)
        return found


def answered(seen, body, relates_to=None):
    """A SOAP 1.2 answer to ``seen``."""
    return (
        f'<s:Envelope xmlns:s="{NS["s"]}" xmlns:a="{NS["a"]}"><s:Header>'
        f"<a:RelatesTo>{relates_to or seen.message_id}</a:RelatesTo></s:Header>"
        f"<s:Body>{body}</s:Body></s:Envelope>"
    ).encode()


class Server:
    """Answers with ``script(seen, handler)``: (status, content type, body), or None to drop."""

    def __init__(self, pki):
        self.seen = []
        self.script = None
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                length = int(self.headers["Content-Length"])
                content_type = self.headers["Content-Type"]
                seen = Seen(self.path, content_type, self.rfile.read(length))
                outer.seen.append(seen)
                answer = outer.script(seen, self)
                if answer is None:
                    self.close_connection = True
                    return
                status, kind, body = answer
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pki.server)
        context.load_verify_locations(pki.trust)
        context.verify_mode = ssl.CERT_REQUIRED
        self._http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._http.handle_error = lambda *args: None
        self._http.socket = context.wrap_socket(self._http.socket, server_side=True)
        self.port = self._http.server_address[1]
        self.base = f"https://localhost:{self.port}/si-dmp-server/v2/services"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,))
        self._thread.start()

    def answers(self, body, status=200):
        """Answer every request with this Body."""
        self.script = lambda seen, handler: (
            status,
            "application/soap+xml",
            answered(seen, body),
        )

    def stop(self):
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(5)


@pytest.fixture(scope="session")
def pki(tmp_path_factory):
    return Pki(tmp_path_factory.mktemp("pki"))


@pytest.fixture
def server(pki):
    made = Server(pki)
    yield made
    made.stop()


class Key:
    usage = "signature"
    chain = ()

    def __init__(self, pki):
        self.certificate = pki.holder_der
        self._key = pki.holder_key

    def sign(self, digest, algorithm):
        known = {"sha1": hashes.SHA1(), "sha256": hashes.SHA256()}[algorithm]
        return self._key.sign(digest, padding.PKCS1v15(), Prehashed(known))


class Clock:
    def now(self):
        return NOW


class Ids:
    def __init__(self):
        self._count = itertools.count(1)

    def uuid(self):
        return f"00000000-0000-4000-8000-{next(self._count):012d}"


@pytest.fixture
def doctor():
    return Practitioner(
        CardHolder(
            "899700057294",
            "MEDECIN5729",
            "PAUL",
            Coded("10", "1.2.250.1.71.1.2.7", "Médecin"),
            "SM26",
            "1",
        ),
        PlaceOfPractice("499700057294001", "CABINET", "SA07"),
    )


@pytest.fixture
def ins():
    return QualifiedIns(
        Ins("299069999999912", "1.2.250.1.213.1.4.10"),
        Traits("A", ("B",), Sex.FEMALE, dt.date(1999, 6, 15)),
    )


@pytest.fixture
def connect(server, pki, doctor):
    """``connect(base=…, context=…, timeout=…)``: a client of the loopback server."""

    opened = []

    def open_client(base=None, context=None, timeout=5, **options):
        settings = Settings()
        settings[declared.dmp_base] = server.base if base is None else base
        settings[declared.lps_oid] = "1.2.250.1.999"
        settings[declared.lps_homologation] = "H"
        settings[declared.dmp_timeout] = timeout
        client = DirectDmp.connect(
            settings,
            context or pki.context(),
            Key(pki),
            doctor,
            Clock(),
            Ids(),
            NOW,
            **options,
        )
        opened.append(client)
        return client

    yield open_client
    for client in opened:
        client.close()


@pytest.fixture
def dmp(connect):
    return connect()


@pytest.fixture
def submission(doctor, ins):
    """What the services hand over for one TD2.1."""
    return SimpleNamespace(
        ins=ins,
        author=doctor,
        document=SimpleNamespace(
            unique_id="1.2.250.1.999.3.1",
            title="Synthèse",
            type=Coded("SYNTH", "1.2.250.1.213.1.1.4.12", "Synthèse"),
            sha1=hashlib.sha1(CDA).hexdigest(),
        ),
        content=CDA,
        confidentiality=Confidentiality.VISIBLE,
        submission_set_id="1.2.250.1.999.4.1",
        signature_document_id="1.2.250.1.999.4.2",
        earlier=(),
        submitted_at=NOW,
        title="Synthèse",
        comments="",
        others=(),
    )
