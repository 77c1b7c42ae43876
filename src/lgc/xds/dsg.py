"""The signature of a submission set (IHE DSG; XAdES 1.1.1 in the DMP's own shape, dmp.md §6).

The references are written here: signxml writes newer XAdES only, and cannot express this Manifest.
All identifiers and the signing time come from the submission, so signing again with the same key
gives the same bytes.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Literal

from cryptography import x509
from lxml import etree

from lgc.domain.keys import SignatureKey
from lgc.xds.safe_xml import read_xml

DS = "http://www.w3.org/2000/09/xmldsig#"
XADES = "http://uri.etsi.org/01903/v1.1.1#"
C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments"
SOURCE = "1.2.840.10065.1.12.1.14"

Algorithm = Literal["sha1", "sha256"]
DIGESTS: dict[Algorithm, str] = {
    "sha1": "http://www.w3.org/2000/09/xmldsig#sha1",
    "sha256": "http://www.w3.org/2001/04/xmlenc#sha256",
}
SIGNATURES: dict[Algorithm, str] = {
    "sha1": "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
    "sha256": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
}
_SIGNATURE_ID = "S0"
_MANIFEST_ID = "IHEManifest"
_PROPERTIES_ID = "S0-SignedProperties"
# Inclusive C14N writes every namespace in scope: each part is built with those of the whole.
_NAMESPACES = {"ds": DS, "xades": XADES}


def sign(
    submission_set_id: str,
    documents: Mapping[str, bytes],
    key: SignatureKey,
    signed_at: dt.datetime,
    algorithm: Algorithm = "sha1",
) -> bytes:
    """The XAdES file of a submission set; ``documents`` maps uniqueId to CDA bytes.

    Raises UnreadableInput when a document is not XML, and whatever the key raises (CardGone).
    """
    manifest = _manifest(submission_set_id, documents, algorithm)
    qualifying, properties = _qualifying_properties(key, signed_at, algorithm)
    info = _signed_info(_canonical(manifest), properties, algorithm)
    value = key.sign(hashlib.new(algorithm, _canonical(info)).digest(), algorithm)
    signature = _root("ds:Signature", Id=_SIGNATURE_ID)
    signature.append(info)
    _sub(signature, "ds:SignatureValue", _base64(value))
    data = _sub(_sub(signature, "ds:KeyInfo"), "ds:X509Data")
    _sub(data, "ds:X509Certificate", _base64(key.certificate))
    for content in (manifest, _purpose(), qualifying):
        _sub(signature, "ds:Object").append(content)
    return etree.tostring(signature, xml_declaration=True, encoding="UTF-8")


def canonical_document(content: bytes) -> bytes:
    """A document as its manifest digest sees it: C14N 1.0 with comments, of the whole file."""
    return etree.tostring(read_xml(content).getroottree(), method="c14n", with_comments=True)


def _manifest(
    submission_set_id: str, documents: Mapping[str, bytes], algorithm: Algorithm
) -> etree._Element:
    manifest = _root("ds:Manifest", Id=_MANIFEST_ID)
    # The set itself has no bytes to digest: the profile writes one zero byte.
    package = _sub(manifest, "ds:Reference", URI=f"urn:oid:{submission_set_id}")
    _sub(package, "ds:DigestMethod", Algorithm=DIGESTS[algorithm])
    _sub(package, "ds:DigestValue", "AA==")
    for unique_id, content in documents.items():
        _reference(manifest, f"urn:oid:{unique_id}", canonical_document(content), algorithm)
    return manifest


def _signed_info(manifest: bytes, properties: bytes, algorithm: Algorithm) -> etree._Element:
    info = _root("ds:SignedInfo")
    _sub(info, "ds:CanonicalizationMethod", Algorithm=C14N)
    _sub(info, "ds:SignatureMethod", Algorithm=SIGNATURES[algorithm])
    _reference(info, f"#{_MANIFEST_ID}", manifest, algorithm, f"{DS}Manifest")
    _reference(info, f"#{_PROPERTIES_ID}", properties, algorithm, f"{XADES}SignedProperties")
    return info


def _reference(
    parent: etree._Element, uri: str, content: bytes, algorithm: Algorithm, kind: str = ""
) -> None:
    attributes = {"Type": kind} if kind else {}
    reference = _sub(parent, "ds:Reference", URI=uri, **attributes)
    _sub(_sub(reference, "ds:Transforms"), "ds:Transform", Algorithm=C14N)
    _sub(reference, "ds:DigestMethod", Algorithm=DIGESTS[algorithm])
    _sub(reference, "ds:DigestValue", _base64(hashlib.new(algorithm, content).digest()))


def _purpose() -> etree._Element:
    properties = _root("ds:SignatureProperties")
    purpose = _sub(
        properties,
        "ds:SignatureProperty",
        SOURCE,
        Id="purposeOfSignature",
        Target=f"#{_SIGNATURE_ID}",
    )
    # XMLDSig's schema wants one element of another namespace beside the text; this one says
    # what is true: the signature has no unsigned properties.
    _sub(purpose, "xades:UnsignedProperties")
    return properties


def _qualifying_properties(
    key: SignatureKey, signed_at: dt.datetime, algorithm: Algorithm
) -> tuple[etree._Element, bytes]:
    """QualifyingProperties and the canonical bytes of the SignedProperties inside."""
    signed = _root("xades:SignedProperties", Id=_PROPERTIES_ID)
    about = _sub(signed, "xades:SignedSignatureProperties")
    instant = signed_at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    _sub(about, "xades:SigningTime", instant)
    certificates = _sub(about, "xades:SigningCertificate")
    for der in (key.certificate, *key.chain):
        _certificate(certificates, der, algorithm)
    policy = _sub(about, "xades:SignaturePolicyIdentifier")
    _sub(policy, "xades:SignaturePolicyImplied")
    _sub(signed, "xades:SignedDataObjectProperties")
    canonical = _canonical(signed)
    qualifying = _root("xades:QualifyingProperties", Target=f"#{_SIGNATURE_ID}")
    qualifying.append(signed)
    return qualifying, canonical


def _certificate(parent: etree._Element, der: bytes, algorithm: Algorithm) -> None:
    certificate = x509.load_der_x509_certificate(der)
    node = _sub(parent, "xades:Cert")
    digest = _sub(node, "xades:CertDigest")
    _sub(digest, "xades:DigestMethod", Algorithm=DIGESTS[algorithm])
    _sub(digest, "xades:DigestValue", _base64(hashlib.new(algorithm, der).digest()))
    issuer = _sub(node, "xades:IssuerSerial")
    _sub(issuer, "ds:X509IssuerName", certificate.issuer.rfc4514_string())
    _sub(issuer, "ds:X509SerialNumber", str(certificate.serial_number))


def _canonical(node: etree._Element) -> bytes:
    return etree.tostring(node, method="c14n", with_comments=True)


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def _root(name: str, **attributes: str) -> etree._Element:
    return etree.Element(_qualified(name), attributes, nsmap=_NAMESPACES)


def _sub(parent: etree._Element, name: str, text: str = "", **attributes: str) -> etree._Element:
    node = etree.SubElement(parent, _qualified(name), attributes)
    node.text = text or None
    return node


def _qualified(name: str) -> str:
    prefix, local = name.split(":")
    return f"{{{_NAMESPACES[prefix]}}}{local}"
