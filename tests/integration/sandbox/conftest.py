"""A client of the sandbox's DMP built by hand: official samples, xmlsec1, http.client.

It shares no code with ``lgc`` nor with the server: xmlsec1 signs, the e-mail library reads.
"""

import datetime as dt
import email
import email.policy
import hashlib
import http.client
import itertools
import shutil
import ssl
import subprocess
import uuid
from base64 import b64encode
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from lxml import etree

from lgc_sandbox.authority import VALID, Authority
from lgc_sandbox.card import DOCTOR, OTHER_DOCTOR
from lgc_sandbox.dmp.registry import Dmp as DmpRecord
from lgc_sandbox.dmp.registry import Registry
from lgc_sandbox.dmp.schemas import Schemas
from lgc_sandbox.dmp.server import Dmp, DmpServer, tls_context
from lgc_sandbox.knobs import Knobs

SHARED = Path(__file__).resolve().parents[4] / "shared" / "conformance" / "xds"
SAMPLES, XSD = SHARED / "samples", SHARED / "xsd"
INS, OID = "299069999999912", "1.2.250.1.213.1.4.10"
BASE = "/si-dmp-server/v2/services"
DS = "http://www.w3.org/2000/09/xmldsig#"
C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments"
XADES = "http://uri.etsi.org/01903/v1.1.1#"
ISSUER = "GN=PAUL+SN=MEDECIN5729+CN=899700057294,T=Médecin,C=FR"
NS = {
    "s": "http://www.w3.org/2003/05/soap-envelope",
    "a": "http://www.w3.org/2005/08/addressing",
    "rs": "urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0",
    "rim": "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0",
    "h": "urn:hl7-org:v3",
    "hab": "urn:si-dmp-habilitations",
    "x": "urn:ihe:iti:xds-b:2007",
}
ACTIONS = {
    "td0.2": ("patients", "urn:hl7-org:v3:PRPA_IN201307UV02"),
    "td0.3": (
        "habilitations",
        "urn:si-dmp-habilitations:HabilitationsEndPoint:setAuthorization",
    ),
    "td1.6": (
        "habilitations",
        "urn:si-dmp-habilitations:HabilitationsEndPoint:listAuthorizationByPatient",
    ),
    "td2.1": ("repository", "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b"),
    "td3.1": ("registry", "urn:ihe:iti:2007:RegistryStoredQuery"),
    "td3.2": ("repository", "urn:ihe:iti:2007:RetrieveDocumentSet"),
}
SUCCESS = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success"


@pytest.fixture(autouse=True)
def _tools(request):
    if "client" in request.fixturenames and not SAMPLES.is_dir():
        pytest.skip("shared/conformance is absent")
    if "client" in request.fixturenames and not shutil.which("xmlsec1"):
        pytest.skip("xmlsec1 is not installed")


class Cards:
    """Certificates and keys in files, each made once."""

    def __init__(self, folder):
        self.folder = folder
        self.authority = Authority.create(folder / "authority")
        self.stranger = Authority.create(folder / "stranger")
        self._made = {}
        self._count = itertools.count()

    def pair(self, person=DOCTOR.person, kind="authentication", days=VALID, by=None):
        """(path of certificate and key, certificate)."""
        asked = (person, kind, days, by is None)
        if asked not in self._made:
            key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
            made = getattr(by or self.authority, kind)(person, key.public_key(), days)
            path = self.folder / f"pair{next(self._count)}.pem"
            secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            path.write_bytes(made.public_bytes(Encoding.PEM) + secret)
            self._made[asked] = (path, made)
        return self._made[asked]

    def new_pair(self, kind):
        """A pair of the doctor that nobody else will use, to be revoked."""
        kept, self._made = self._made, {}
        made = self.pair(kind=kind)
        self._made = kept
        return made

    def context(self, path):
        """What a client of ours presents."""
        context = ssl.create_default_context(cafile=self.authority.trust)
        if path is not None:
            context.load_cert_chain(path)
        return context


@pytest.fixture(scope="session")
def cards(tmp_path_factory):
    return Cards(tmp_path_factory.mktemp("cards"))


class Answer:
    """An HTTP answer, its envelope found."""

    def __init__(self, status, content_type, raw):
        self.status, self.content_type, self.raw = status, content_type, raw
        self.parts = {}
        if content_type.startswith("multipart/"):
            head = f"Content-Type: {content_type}\r\n\r\n".encode()
            message = email.message_from_bytes(head + raw, policy=email.policy.HTTP)
            parts = [(p["Content-ID"], p.get_payload(decode=True)) for p in message.iter_parts()]
            self.parts = {name.strip("<>"): content for name, content in parts[1:]}
            raw = parts[0][1]
        self.envelope = etree.fromstring(raw)
        self.body = self.envelope.find("s:Body", NS)[0]

    @property
    def fault(self):
        return self.body.findtext("s:Reason/s:Text", "", NS)

    @property
    def subcode(self):
        return self.body.findtext("s:Code/s:Subcode/s:Value", "", NS)

    @property
    def relates_to(self):
        return self.envelope.findtext("s:Header/a:RelatesTo", "", NS)

    @property
    def succeeded(self):
        return self.body.get("status") == SUCCESS

    @property
    def errors(self):
        return [one.get("errorCode") for one in self.body.iterfind(".//rs:RegistryError", NS)]

    @property
    def said(self):
        return " ".join(
            one.get("codeContext") for one in self.body.iterfind(".//rs:RegistryError", NS)
        )


class Client:
    """Speaks to the DMP as Dr Paul MEDECIN5729 would."""

    def __init__(self, cards, server, folder):
        self.cards, self.server, self.folder = cards, server, folder
        self.tls = cards.pair()[0]
        self.signature = cards.pair(kind="signature")
        self._count = itertools.count()

    # -- messages ----------------------------------------------------------------------

    def sign(self, template, ids, certificate=None):
        """Let xmlsec1 sign ``template`` (bytes) with the signature key."""
        number = next(self._count)
        source = self.folder / f"to-sign{number}.xml"
        source.write_bytes(template)
        result = self.folder / f"signed{number}.xml"
        subprocess.run(
            [
                *("xmlsec1", "--sign", "--ignore-manifests"),
                *("--privkey-pem", certificate or self.signature[0]),
                *(word for one in ids for word in ("--id-attr:" + one[0], one[1])),
                *("--output", result, source),
            ],
            check=True,
            capture_output=True,
            timeout=20,
        )
        return result.read_bytes()

    def vihf(self, change=lambda text: text, certificate=None, after=lambda text: text):
        """A signed VIHF: ``change`` before signing, ``after`` once it is signed."""
        path, made = certificate or self.signature
        now = dt.datetime.now(dt.UTC)
        text = (SAMPLES / "synthetic-vihf-directe.xml").read_text("utf-8")
        identifier = f"_{uuid.uuid4()}"
        for old, new in (
            ("_00000000-0000-4000-8000-000000000001", identifier),
            ("2030-01-15T09:00:00.000Z", f"{now:%Y-%m-%dT%H:%M:%S}.000Z"),
            ("2030-01-15T08:59:59.000Z", f"{now:%Y-%m-%dT%H:%M:%S}.000Z"),
            ("CN=899700000017,OU=Médecin,O=TEST,C=FR", ISSUER),
            ("899700000017", "899700057294"),
            ("499700000017001", "499700057294007"),
            ("<!-- ds:Signature (enveloped) goes here -->", _enveloped(identifier, made)),
        ):
            text = text.replace(old, new)
        signed = self.sign(
            change(text).encode(),
            [("ID", "urn:oasis:names:tc:SAML:2.0:assertion:Assertion")],
            path,
        )
        return after(signed.decode().partition("?>")[2])

    def envelope(self, name, body, vihf=None, change=lambda text: text):
        """(Content-Type, bytes) of a plain request."""
        service, action = ACTIONS[name]
        text = f"""<soap:Envelope xmlns:soap="{NS["s"]}" xmlns:wsa="{NS["a"]}"><soap:Header>
<wsa:MessageID>urn:uuid:{uuid.uuid4()}</wsa:MessageID>
<wsa:To>https://localhost:{self.server.port}{BASE}/{service}</wsa:To>
<wsa:ReplyTo><wsa:Address>{NS["a"]}/anonymous</wsa:Address></wsa:ReplyTo>
<wsa:Action>{action}</wsa:Action>
<wsse:Security xmlns:wsse="{WSSE}">{vihf or self.vihf()}</wsse:Security></soap:Header>
<soap:Body>{body}</soap:Body></soap:Envelope>"""
        kind = f'application/soap+xml; charset=UTF-8; action="{action}"'
        return kind, change(text).encode()

    def mtom(self, name, root, parts):
        """(Content-Type, bytes) of an MTOM request around the envelope ``root``."""
        kind = (
            'multipart/related; type="application/xop+xml"; boundary="B"; start="<r@c>"; '
            f'start-info="application/soap+xml"; action="{ACTIONS[name][1]}"'
        )
        head = b'application/xop+xml; charset=UTF-8; type="application/soap+xml"'
        chunks = [(b"r@c", head, root)]
        chunks += [(n.encode(), b"text/xml", content) for n, content in parts.items()]
        raw = b"".join(
            b"--B\r\nContent-Type: %s\r\nContent-Transfer-Encoding: binary\r\n"
            b"Content-ID: <%s>\r\n\r\n%s\r\n" % (kind_, n, content)
            for n, kind_, content in chunks
        )
        return kind, raw + b"--B--\r\n"

    def sample(self, name):
        """The body of a sample, as text."""
        return sample(name)

    # -- the wire ----------------------------------------------------------------------

    def post(self, name, message, tls=""):
        """Send a message; ``tls`` is another certificate, or None for none."""
        service = ACTIONS[name][0]
        context = self.cards.context(self.tls if tls == "" else tls)
        link = http.client.HTTPSConnection(
            "localhost", self.server.port, context=context, timeout=10
        )
        try:
            kind, raw = message
            link.request("POST", f"{BASE}/{service}", raw, {"Content-Type": kind})
            answer = link.getresponse()
            return Answer(answer.status, answer.getheader("Content-Type"), answer.read())
        finally:
            link.close()

    def ask(self, name, body, **how):
        """A plain transaction from its body."""
        return self.post(name, self.envelope(name, body, **how))

    def existence(self, **how):
        """TD0.2."""
        return self.ask("td0.2", sample("td0.2"), **how)

    def authorise(self, action="AJOUT", **how):
        """TD0.3."""
        return self.ask("td0.3", sample("td0.3").replace("AJOUT", action), **how)

    def find(self, query, returned="LeafClass", **parameters):
        """TD3.1 by query identifier; parameters without their ``$``."""
        slots = "".join(
            f'<Slot name="${name}"><ValueList><Value>{value}</Value></ValueList></Slot>'
            for name, value in parameters.items()
        )
        body = f"""<q:AdhocQueryRequest xmlns:q="urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0"
 xmlns="{NS["rim"]}"><q:ResponseOption returnComposedObjects="true" returnType="{returned}"/>
<AdhocQuery id="urn:uuid:{query}">{slots}</AdhocQuery></q:AdhocQueryRequest>"""
        return self.ask("td3.1", body)

    def retrieve(self, *unique_ids, repository="1.2.250.1.213.4.1.1.1.2"):
        """TD3.2."""
        asked = "".join(
            f"<DocumentRequest><RepositoryUniqueId>{repository}</RepositoryUniqueId>"
            f"<DocumentUniqueId>{one}</DocumentUniqueId></DocumentRequest>"
            for one in unique_ids
        )
        body = f'<RetrieveDocumentSetRequest xmlns="{NS["x"]}">{asked}</RetrieveDocumentSetRequest>'
        return self.ask("td3.2", body)


WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"


def sample(name):
    """The body of an official-like sample, as text."""
    root = etree.parse(SAMPLES / f"synthetic-{name}-request.xml").getroot()
    body = etree.tostring(root.find("s:Body", NS)[0], encoding="unicode")
    return body.replace("20300115090000", f"{dt.datetime.now(dt.UTC):%Y%m%d%H%M%S}")


def _enveloped(identifier, certificate):
    x509 = b64encode(certificate.public_bytes(Encoding.DER)).decode()
    exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#"
    return f"""<ds:Signature xmlns:ds="{DS}"><ds:SignedInfo>
<ds:CanonicalizationMethod Algorithm="{exclusive}"/>
<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/>
<ds:Reference URI="#{identifier}"><ds:Transforms><ds:Transform Algorithm="{DS}enveloped-signature"/>
<ds:Transform Algorithm="{exclusive}"/></ds:Transforms>
<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue/>
</ds:Reference></ds:SignedInfo><ds:SignatureValue/><ds:KeyInfo><ds:X509Data><ds:X509Certificate>
{x509}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>"""


class Submission:
    """A TD2.1 whose every piece a test may spoil before it leaves."""

    numbers = itertools.count(1)

    def __init__(self, client, replaces=None):
        number = f"1.2.250.1.999.9.{uuid.uuid4().int % 10**12}.{next(self.numbers)}"
        self.client, self.replaces = client, replaces
        self.unique_id, self.set_id, self.signature_id = (f"{number}.{n}" for n in (1, 2, 3))
        now = dt.datetime.now(dt.UTC)
        self.now, self.created = now, now - dt.timedelta(minutes=5)
        self.started = now - dt.timedelta(minutes=20)
        self.cda = _cda(self)
        self.signed_cda = None  # the CDA that is signed, when it is not the one that is sent
        self.algorithm, self.digest = f"{DS}rsa-sha1", "sha1"
        self.change_metadata = self.change_signature = lambda text: text
        self.certificate = client.signature
        self.as_mtom = True

    def send(self, **how):
        """Post it; gives the answer."""
        return self.client.post("td2.1", self.message(**how))

    def message(self, **how):
        documents = {"Document01": self.cda, "Signature01": self.xades()}
        body = self.change_metadata(self._metadata())
        for name, content in documents.items():
            inner = b64encode(content).decode()
            if self.as_mtom:
                inner = f'<xop:Include xmlns:xop="{XOP}" href="cid:{name}%40c"/>'
            body = body.replace(f'id="{name}">AA==<', f'id="{name}">{inner}<')
        kind, root = self.client.envelope("td2.1", body, **how)
        if not self.as_mtom:
            return kind, root
        return self.client.mtom("td2.1", root, {f"{n}@c": c for n, c in documents.items()})

    def _metadata(self):
        text = sample("td2.1-replace" if self.replaces else "td2.1")
        for old, new in (
            ("899700000017^EXEMPLE^Camille", "899700057294^MEDECIN5729^PAUL"),
            ("CABINET EXEMPLE", "CABINET DU DR MEDECIN5729"),
            ("499700000017001", "499700057294007"),
            ("20300115085500", f"{self.created:%Y%m%d%H%M%S}"),
            ("20300115084000", f"{self.started:%Y%m%d%H%M%S}"),
            ("1.2.250.1.999.4.1", self.set_id),
            ("1.2.250.1.999.3.1", self.unique_id),
            ("1.2.250.1.999.3.2", self.signature_id),
        ):
            text = text.replace(old, new)
        if self.replaces:
            text = text.replace(_target(text), self.replaces[0])
        return text

    def xades(self):
        """The signature document, signed by xmlsec1."""
        path, certificate = self.certificate
        der = certificate.public_bytes(Encoding.DER)
        digest = {"sha1": f"{DS}sha1", "sha256": "http://www.w3.org/2001/04/xmlenc#sha256"}
        whole = etree.fromstring(self.signed_cda or self.cda).getroottree()
        signed = etree.tostring(whole, method="c14n", with_comments=True)
        template = XADES_TEMPLATE.format(
            DS=DS,
            C14N=C14N,
            XADES=XADES,
            algorithm=self.algorithm,
            method=digest[self.digest],
            x509=b64encode(der).decode(),
            set_id=self.set_id,
            unique_id=self.unique_id,
            document=b64encode(hashlib.new(self.digest, signed).digest()).decode(),
            time=f"{self.now:%Y-%m-%dT%H:%M:%S}Z",
            certificate=b64encode(hashlib.new(self.digest, der).digest()).decode(),
            issuer=certificate.issuer.rfc4514_string(),
            serial=certificate.serial_number,
        )
        return self.client.sign(
            self.change_signature(template).encode(),
            [("Id", f"{DS}:Manifest"), ("Id", f"{XADES}:SignedProperties")],
            path,
        )


XOP = "http://www.w3.org/2004/08/xop/include"
XADES_TEMPLATE = """<ds:Signature xmlns:ds="{DS}" Id="S0"><ds:SignedInfo>
<ds:CanonicalizationMethod Algorithm="{C14N}"/><ds:SignatureMethod Algorithm="{algorithm}"/>
<ds:Reference URI="#IHEManifest" Type="{DS}Manifest"><ds:DigestMethod Algorithm="{method}"/>
<ds:DigestValue/></ds:Reference>
<ds:Reference URI="#S0-SignedProperties" Type="{XADES}SignedProperties">
<ds:DigestMethod Algorithm="{method}"/><ds:DigestValue/></ds:Reference></ds:SignedInfo>
<ds:SignatureValue/><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{x509}</ds:X509Certificate>
</ds:X509Data></ds:KeyInfo><ds:Object><ds:Manifest Id="IHEManifest">
<ds:Reference URI="urn:oid:{set_id}"><ds:DigestMethod Algorithm="{method}"/>
<ds:DigestValue>AA==</ds:DigestValue></ds:Reference>
<ds:Reference URI="urn:oid:{unique_id}"><ds:Transforms><ds:Transform Algorithm="{C14N}"/>
</ds:Transforms><ds:DigestMethod Algorithm="{method}"/><ds:DigestValue>{document}</ds:DigestValue>
</ds:Reference></ds:Manifest></ds:Object><ds:Object><ds:SignatureProperties>
<ds:SignatureProperty Id="purposeOfSignature" Target="#S0">1.2.840.10065.1.12.1.14
<xad:UnsignedProperties xmlns:xad="{XADES}"/></ds:SignatureProperty>
</ds:SignatureProperties></ds:Object><ds:Object>
<xad:QualifyingProperties xmlns:xad="{XADES}" Target="#S0">
<xad:SignedProperties Id="S0-SignedProperties"><xad:SignedSignatureProperties>
<xad:SigningTime>{time}</xad:SigningTime><xad:SigningCertificate><xad:Cert><xad:CertDigest>
<xad:DigestMethod Algorithm="{method}"/><xad:DigestValue>{certificate}</xad:DigestValue>
</xad:CertDigest><xad:IssuerSerial><ds:X509IssuerName>{issuer}</ds:X509IssuerName>
<ds:X509SerialNumber>{serial}</ds:X509SerialNumber></xad:IssuerSerial></xad:Cert>
</xad:SigningCertificate><xad:SignaturePolicyIdentifier><xad:SignaturePolicyImplied/>
</xad:SignaturePolicyIdentifier></xad:SignedSignatureProperties><xad:SignedDataObjectProperties/>
</xad:SignedProperties></xad:QualifyingProperties></ds:Object></ds:Signature>"""


def _target(text):
    root = etree.fromstring(text)
    path = "//rim:Association[@associationType='urn:ihe:iti:2007:AssociationType:RPLC']"
    return root.xpath(f"string({path}/@targetObject)", namespaces=NS)


def _cda(submission):
    related = ""
    if submission.replaces:
        related = (
            '<relatedDocument typeCode="RPLC"><parentDocument>'
            f'<id root="{submission.replaces[1]}"/></parentDocument></relatedDocument>'
        )
    person = (
        '<id root="1.2.250.1.71.4.2.1" extension="899700057294"/><code code="G15_10/SM26" '
        'codeSystem="1.2.250.1.213.1.1.4.5" displayName="Médecin - Qualifié en Médecine '
        'Générale (SM)"/><assignedPerson><name><family>MEDECIN5729</family><given>PAUL</given>'
        "</name></assignedPerson><representedOrganization>"
        '<id root="1.2.250.1.71.4.2.2" extension="499700057294007"/>'
        "<name>CABINET DU DR MEDECIN5729</name></representedOrganization>"
    )
    paris = dt.timezone(dt.timedelta(hours=1))
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<?xml-stylesheet type="text/xsl" href="cda.xsl"?>
<ClinicalDocument xmlns="urn:hl7-org:v3"><!-- commentaire -->
<typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
<templateId root="1.2.250.1.213.1.1.1.1"/><id root="{submission.unique_id}"/>
<code code="11488-4" codeSystem="2.16.840.1.113883.6.1"/><title>CR de consultation</title>
<effectiveTime value="{submission.created.astimezone(paris):%Y%m%d%H%M%S}+0100"/>
<confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25"/><languageCode code="fr-FR"/>
<recordTarget><patientRole><id root="{OID}" extension="{INS}"/><patient><name>
<family qualifier="BR">PATIENTE</family><given>Test</given></name>
<administrativeGenderCode code="F" codeSystem="2.16.840.1.113883.5.1"/>
<birthTime value="19990615"/></patient></patientRole></recordTarget>
<author><time value="{submission.created:%Y%m%d%H%M%S}+0000"/><assignedAuthor>{person}
</assignedAuthor></author>
<legalAuthenticator><assignedEntity>{person}</assignedEntity></legalAuthenticator>
<documentationOf><serviceEvent><effectiveTime>
<low value="{submission.started:%Y%m%d%H%M%S}+0000"/>
<high value="{submission.created:%Y%m%d%H%M%S}+0000"/></effectiveTime>
<performer typeCode="PRF"><assignedEntity><id nullFlavor="NA"/><representedOrganization>
<standardIndustryClassCode code="AMBULATOIRE" codeSystem="1.2.250.1.213.1.1.4.9"/>
</representedOrganization></assignedEntity></performer></serviceEvent></documentationOf>{related}
<componentOf><encompassingEncounter><location><healthCareFacility>
<code code="SA07" codeSystem="1.2.250.1.71.4.2.4"/></healthCareFacility></location>
</encompassingEncounter></componentOf>
<component><nonXMLBody><text mediaType="application/pdf" representation="B64">AA==</text>
</nonXMLBody></component></ClinicalDocument>
""".encode()


@pytest.fixture
def registry(tmp_path):
    made = Registry(tmp_path / "dmp.sqlite")
    made.enrol(DmpRecord(INS, OID, family="PATIENTE", given="TEST", sex="F", birth="19990615"))
    yield made
    made.close()


@pytest.fixture
def knobs():
    return Knobs()


@pytest.fixture
def server(cards, registry, knobs):
    people = {one.person.national_id: one for one in (DOCTOR, OTHER_DOCTOR)}
    schemas = Schemas(XSD if XSD.is_dir() else None)
    judge = Dmp(cards.authority, registry, people, knobs, schemas, lambda: dt.datetime.now(dt.UTC))
    made = DmpServer(judge, tls_context(cards.authority))
    yield made
    made.stop()


@pytest.fixture
def client(cards, server, tmp_path):
    return Client(cards, server, tmp_path)


@pytest.fixture
def submit(client):
    """``submit(replaces=(entryUUID, uniqueId))``: a submission ready to send."""

    def prepare(replaces=None):
        return Submission(client, replaces)

    return prepare


@pytest.fixture
def allowed(client):
    """The doctor is authorised."""
    assert client.authorise().body.findtext(".//hab:status", "", NS) == "DMPOk"
    return client


@pytest.fixture
def valid():
    """``valid(body, schema)``: the official schema's first error, "" when there is none."""

    def check(body, schema):
        loaded = etree.XMLSchema(etree.parse(XSD / schema))
        alone = etree.fromstring(etree.tostring(body))
        return "" if loaded.validate(alone) else str(loaded.error_log[0])

    return check


@pytest.fixture(scope="session")
def names():
    """Namespaces for ``find``."""
    return NS
