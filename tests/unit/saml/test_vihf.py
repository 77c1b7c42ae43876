"""What the VIHF says in each mode (dmp.md §3)."""

import datetime as dt
import hashlib
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from lgc.saml import vihf

NOON = dt.datetime(2030, 1, 15, 12, 0, tzinfo=dt.UTC)
NS = {"s": vihf.SAML}


class Key:
    """A certificate that names somebody; what it signs is not looked at here."""

    chain = ()

    def __init__(self):
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "899700057294")])
        made = x509.CertificateBuilder().subject_name(name).issuer_name(name)
        made = made.public_key(key.public_key()).serial_number(1)
        made = made.not_valid_before(NOON).not_valid_after(NOON + dt.timedelta(days=1))
        self.certificate = made.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)

    def sign(self, digest, algorithm):
        return hashlib.sha256(digest).digest()


@pytest.fixture
def assertion(make):
    patient = make.patient().identity.qualified()
    software = vihf.Software("lgc", "1", "1", "HOMOLOGATION-SECRETE")

    def build(ins=patient, **how):
        context = vihf.VihfContext(make.practitioner(), ins, software, **how)
        return SimpleNamespace(context=context, node=vihf.build(context, Key(), NOON, "_1", NOON))

    return build


def attribute(made, name):
    path = f"s:AttributeStatement/s:Attribute[@Name='{name}']/s:AttributeValue"
    return made.node.xpath(path, namespaces=NS)


@pytest.mark.parametrize(
    ("mode", "declared"),
    [("DIRECTE", None), ("INDIRECTE", None), ("INDIRECTE_RENFORCEE", "CONF_EXI_PGSSIS")],
)
@pytest.mark.requirement("EX_AIR-050")
def test_only_the_reinforced_mode_declares_how_it_is_reinforced(assertion, mode, declared):
    made = assertion(mode=mode, local_authentication="urn:password", reinforced="CONF_EXI_PGSSIS")

    context = made.node.find("s:AuthnStatement/s:AuthnContext", NS)
    assert context.findtext("s:AuthnContextDecl", None, NS) == declared
    expected = vihf.SMARTCARD if mode == "DIRECTE" else "urn:password"
    assert context.findtext("s:AuthnContextClassRef", None, NS) == expected
    assert bool(attribute(made, vihf.SUBJECT_ID)) is (mode != "DIRECTE")


@pytest.mark.requirement("EX_GEN-1490")
def test_the_homologation_number_leaves_in_the_vihf_and_shows_nowhere(assertion):
    made = assertion()

    assert attribute(made, "LPS_ID_HOMOLOGATION_DMP")[0].text == "HOMOLOGATION-SECRETE"
    assert "HOMOLOGATION-SECRETE" not in repr(made.context)


@pytest.mark.requirement("EX_GEN-1370")
def test_structure_and_sector_come_from_the_same_place(assertion):
    made = assertion()
    place = made.context.author.place

    assert attribute(made, "Identifiant_Structure")[0].text == place.structure_id
    assert attribute(made, "Secteur_Activite")[0].text.startswith(place.sector)


def test_a_doctor_has_two_roles_the_profession_then_the_skill(assertion):
    codes = [value[0].get("code") for value in attribute(assertion(), vihf.ROLE)]

    assert codes == ["10", "SM26"]


def test_a_request_about_nobody_names_nobody(assertion):
    assert attribute(assertion(ins=None), vihf.RESOURCE_ID) == []


@pytest.mark.parametrize("secret", [True, False])
def test_the_secret_connection_is_one_attribute_more(assertion, secret):
    assert bool(attribute(assertion(secret_connection=secret), vihf.CONFIDENTIALITY)) is secret
