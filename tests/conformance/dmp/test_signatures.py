"""The VIHF and the submission signature, judged by schemas and by xmlsec1."""

import base64
import datetime as dt
import hashlib
from dataclasses import replace

import pytest
from lxml import etree

from lgc.dmp import wire
from lgc.domain.dmp import PurposeOfUse
from lgc.domain.identity import Ins, QualifiedIns, Sex, Traits
from lgc.domain.professionals import CardHolder, Coded, PlaceOfPractice, Practitioner
from lgc.saml import vihf
from lgc.transport import soap
from lgc.xds import dsg

NOON = dt.datetime(2030, 1, 15, 12, 0, 0, 123456, tzinfo=dt.UTC)
TITLE = '<ClinicalDocument xmlns="urn:hl7-org:v3"><title>œdème</title></ClinicalDocument>'
CDA = f'<?xml version="1.0"?><!-- é -->{TITLE}'.encode()
CONTEXT = vihf.VihfContext(
    author=Practitioner(
        CardHolder(
            "899700057294",
            "MEDECIN5729",
            "PAUL",
            Coded("10", "1.2.250.1.71.1.2.7", "Médecin"),
            "SM26",
            "1",
        ),
        PlaceOfPractice("499700057294001", "CABINET", "SA07"),
    ),
    ins=QualifiedIns(
        Ins("299069999999912", "1.2.250.1.213.1.4.10"),
        Traits("A", ("B",), Sex.FEMALE, dt.date(1999, 6, 15)),
    ),
    software=vihf.Software("lgc", "0.1", "1", "HOMOLOGATION"),
)
VIHF_ID = ("--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:assertion:Assertion")


@pytest.fixture
def assertion(key):
    return vihf.build(CONTEXT, key, NOON, "_a1", NOON)


def test_the_vihf_is_valid_and_xmlsec_verifies_it(assertion, schema, xmlsec):
    content = etree.tostring(assertion)

    schema("saml/vihf.xsd").assertValid(etree.fromstring(content))
    assert xmlsec(content, *VIHF_ID)
    assert not xmlsec(content.replace(b"SA07", b"SA08"), *VIHF_ID)


def test_the_vihf_still_verifies_inside_its_envelope(assertion, schema, xmlsec):
    request = soap.Request(
        "https://dmp.example/x", "urn:a", "urn:uuid:1", assertion, etree.Element("body")
    )
    content = etree.tostring(request.envelope())

    schema("soap/dmp-envelope.xsd").assertValid(etree.fromstring(content))
    assert xmlsec(content, *VIHF_ID)


def test_the_vihf_kept_as_evidence_verifies_and_is_valid(assertion, schema, xmlsec):
    request = soap.Request("https://x/y", "urn:a", "urn:uuid:1", assertion, etree.Element("body"))
    kept = wire.files("td0_2", etree.tostring(request.envelope()))["vihf.xml"]

    schema("saml/vihf.xsd").assertValid(etree.fromstring(kept))
    assert xmlsec(kept, *VIHF_ID)


def test_the_vihf_names_the_signer_as_rfc_2253_does(assertion):
    issuer = assertion[0].text

    assert "CN=899700057294" in issuer
    assert f"2.5.4.42=#0c04{b'PAUL'.hex()}" in issuer
    assert f"2.5.4.4=#0c0b{b'MEDECIN5729'.hex()}" in issuer
    assert assertion[1].tag == "{http://www.w3.org/2000/09/xmldsig#}Signature"


@pytest.mark.parametrize(
    "changes",
    [
        {"secret_connection": True},
        {"ins": None},
        {"purpose": PurposeOfUse.BREAK_GLASS},
        {"authentication_name": "Authentification_mode", "vihf_version": "4.0"},
    ],
)
def test_every_variant_of_the_vihf_is_valid(key, schema, changes):
    tree = vihf.build(replace(CONTEXT, **changes), key, NOON, "_a1", NOON)
    hl7_values = tree.xpath("//*[local-name()='ConfidentialityCode']")
    # The proposed form of the secret connection is not an element of the official schema.
    for value in hl7_values:
        value.getparent().remove(value)

    schema("saml/vihf.xsd").assertValid(etree.fromstring(etree.tostring(tree)))


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_the_submission_signature_is_valid_and_xmlsec_verifies_it(key, schema, xmlsec, algorithm):
    content = dsg.sign("1.2.3", {"1.2.4": CDA}, key, NOON, algorithm)
    ids = (
        "--id-attr:Id",
        "http://www.w3.org/2000/09/xmldsig#:Manifest",
        "--id-attr:Id",
        "http://uri.etsi.org/01903/v1.1.1#:SignedProperties",
        "--ignore-manifests",
    )

    schema("xades/XAdES-1.1.1.xsd").assertValid(etree.fromstring(content))
    assert xmlsec(content, *ids)
    assert not xmlsec(content.replace(b"urn:oid:1.2.4", b"urn:oid:1.2.5"), *ids)
    assert not xmlsec(content.replace(b"2030-01-15", b"2030-01-16"), *ids)


def test_signing_again_gives_the_same_bytes(key):
    first, second = (dsg.sign("1.2.3", {"1.2.4": CDA}, key, NOON) for _ in range(2))

    assert first == second


def test_the_manifest_digests_the_canonical_document(key):
    tree = etree.fromstring(dsg.sign("1.2.3", {"1.2.4": CDA}, key, NOON))
    values = tree.xpath("//*[local-name()='Manifest']//*[local-name()='DigestValue']/text()")
    canonical = f"<!-- é -->\n{TITLE}".encode()

    assert values == ["AA==", base64.b64encode(hashlib.sha1(canonical).digest()).decode()]
