"""Messages to the DMP compared, canonically, with the ones a human has read and approved.

To approve a change: delete the file, run the test once (it writes the file and fails), read it.
"""

import base64
import datetime as dt
import hashlib
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from lxml import etree

from lgc.dmp.td0_3_authorisation import request as authorisation_request
from lgc.domain.dmp import AuthorisationAction, DmpSearch
from lgc.domain.documents import Confidentiality, DocumentReference
from lgc.domain.identity import Ins, QualifiedIns, Sex, Traits
from lgc.domain.professionals import CardHolder, Coded, PlaceOfPractice, Practitioner
from lgc.hl7v3 import prpa_in201307
from lgc.hl7v3.message import Parties
from lgc.saml import vihf
from lgc.transport import soap
from lgc.xds import dsg, ebrim, iti18, iti43
from lgc.xds.metadata import submission

FOLDER = Path(__file__).parent
NOON = dt.datetime(2030, 1, 15, 12, 0, tzinfo=dt.UTC)
CDA = """<ClinicalDocument xmlns="urn:hl7-org:v3"><templateId root="1.2.250.1.213.1.1.1.13"/>
<id root="1.2.250.1.999.3.1"/><code code="SYNTH" codeSystem="1.2.250.1.213.1.1.4.12"
displayName="Synthèse"/><title>Synthèse</title><effectiveTime value="20300115125500+0100"/>
<recordTarget><patientRole><id root="1.2.250.1.213.1.4.10" extension="299069999999912"/><patient>
<name><family qualifier="BR">PATIENTE</family><given qualifier="BR">TEST</given></name>
<administrativeGenderCode code="F"/><birthTime value="19990615"/></patient></patientRole>
</recordTarget></ClinicalDocument>""".encode()
INS = QualifiedIns(
    Ins("299069999999912", "1.2.250.1.213.1.4.10"),
    Traits("PATIENTE", ("TEST",), Sex.FEMALE, dt.date(1999, 6, 15)),
)
DOCTOR = Practitioner(
    CardHolder(
        "899700057294",
        "MEDECIN5729",
        "PAUL",
        Coded("10", "1.2.250.1.71.1.2.7", "Médecin"),
        "SM26",
        "1",
    ),
    PlaceOfPractice("499700057294001", "CABINET DU DR MEDECIN5729", "SA07"),
    speciality=Coded(
        "G15_10/SM26", "1.2.250.1.213.1.1.4.5", "Médecin - Qualifié en Médecine Générale (SM)"
    ),
)
REQUEST = SimpleNamespace(
    ins=INS,
    author=DOCTOR,
    document=SimpleNamespace(
        unique_id="1.2.250.1.999.3.1",
        title="Synthèse",
        type=Coded("SYNTH", "1.2.250.1.213.1.1.4.12", "Synthèse"),
    ),
    content=CDA,
    confidentiality=Confidentiality.MASKED_TO_PROFESSIONALS,
    submission_set_id="1.2.250.1.999.4.1",
    signature_document_id="1.2.250.1.999.4.2",
    earlier=(),
    submitted_at=NOON,
    title="Synthèse de janvier",
    comments="",
    others=(),
)


class Key:
    """A throwaway key under a fixed name: everything but numbers drawn by chance is compared."""

    usage = "signature"
    chain = ()

    def __init__(self):
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "899700057294")])
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self._key.public_key())
            .serial_number(17)
            .not_valid_before(NOON)
            .not_valid_after(NOON + dt.timedelta(days=1))
            .sign(self._key, hashes.SHA256())
            .public_bytes(Encoding.DER)
        )

    def sign(self, digest, algorithm):
        known = {"sha1": hashes.SHA1(), "sha256": hashes.SHA256()}[algorithm]
        return self._key.sign(digest, padding.PKCS1v15(), Prehashed(known))


def signed_vihf(key):
    software = vihf.Software("lgc", "0.1", "1", "HOMOLOGATION")
    return vihf.build(vihf.VihfContext(DOCTOR, INS, software), key, NOON, "_a1", NOON)


def signed_set(key):
    return etree.fromstring(dsg.sign("1.2.250.1.999.4.1", {"1.2.250.1.999.3.1": CDA}, key, NOON))


def envelope(key):
    body = authorisation_request(AuthorisationAction.ADD)
    return soap.Request(
        "https://dmp.example/habilitations", "urn:a", "urn:uuid:1", signed_vihf(key), body
    ).envelope()


def existence(key):
    parties = Parties("1.2.250.1.999", "lgc", "1.2.250.1.213.4.1.1.1", "P")
    return prpa_in201307.build(INS, parties, "m1", "q1", NOON)


MESSAGES = {
    "td0_2": existence,
    "td0_3_envelope": envelope,
    "td2_1_metadata": lambda key: ebrim.submit_objects_request(
        submission(REQUEST, "1.2.250.1.999", signature=b"<x/>")
    ),
    "td2_1_signature": signed_set,
    "td3_1": lambda key: iti18.find_documents(INS, DmpSearch(service_from=NOON)),
    "td3_1b": lambda key: iti18.get_documents(unique_ids=["1.2.250.1.999.3.1"], references=True),
    "td3_2": lambda key: iti43.request([DocumentReference("1.2.9", "1.2.250.1.999.3.1")]),
    "vihf": signed_vihf,
    "xdm_metadata": lambda key: ebrim.submit_objects_request(
        submission(REQUEST, "1.2.250.1.999"), {"1.2.250.1.999.3.1": "DOC0001.XML"}
    ),
}


def canonical(tree):
    """Readable canonical form, without what the throwaway key draws by chance."""
    tree = etree.fromstring(etree.tostring(tree), etree.XMLParser(remove_blank_text=True))
    for node in tree.iter("{*}SignatureValue", "{*}X509Certificate"):
        node.text = "…"
    # Digests that cover the certificate change with it; those of fixed content stay.
    fixed = {"AA=="} | {_base64_sha1(dsg.canonical_document(CDA))}
    for node in tree.iter("{*}DigestValue"):
        node.text = node.text if node.text in fixed else "…"
    etree.indent(tree)
    return etree.tostring(tree, method="c14n") + b"\n"


def _base64_sha1(content):
    return base64.b64encode(hashlib.sha1(content).digest()).decode()


@pytest.fixture(scope="module")
def key():
    return Key()


@pytest.mark.parametrize("name", MESSAGES)
def test_the_message_is_the_approved_one(name, key):
    file = FOLDER / f"{name}.xml"
    got = canonical(MESSAGES[name](key))
    if not file.exists():
        file.write_bytes(got)
        pytest.fail(f"{file.name} was written: read it, then run again")

    assert got.decode() == file.read_text("utf-8")
