"""The XAdES 1.1.1 signature of a submission set, verified (dmp.md §6)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from lgc_sandbox.authority import Authority, NotTrusted
from lgc_sandbox.dmp import xmldsig
from lgc_sandbox.dmp.vihf import holder
from lgc_sandbox.dmp.xmldsig import BadSignature
from lgc_sandbox.xml import NS, Malformed, nodes, parse, tag, text

XADES = "http://uri.etsi.org/01903/v1.1.1#"
MANIFEST_TYPE = f"{NS['ds']}Manifest"
PROPERTIES_TYPE = f"{XADES}SignedProperties"
COMMENTS = f"{xmldsig.C14N}#WithComments"
PURPOSE = "1.2.840.10065.1.12.1.14"
NCNAME = re.compile(r"[A-Za-z_][\w.-]*")
SKEW = dt.timedelta(minutes=10)


def verify(
    content: bytes,
    set_id: str,
    documents: Mapping[str, bytes],
    signer_id: str,
    authority: Authority,
    now: dt.datetime,
) -> None:
    """Check signature, manifest and properties. Raises ``BadSignature``.

    ``documents``: bytes of each signed document by uniqueId; ``signer_id``: user of the VIHF.
    """
    try:
        signature = parse(content)
    except Malformed as why:
        raise BadSignature(f"document illisible ({why})") from why
    if signature.tag != tag("ds", "Signature") or not NCNAME.fullmatch(signature.get("Id", "")):
        raise BadSignature("ds:Signature avec un Id correct attendu")
    signer = _signer(signature, signer_id, authority, now)
    if text(signature, "ds:SignedInfo/ds:CanonicalizationMethod/@Algorithm") != COMMENTS:
        raise BadSignature("CanonicalizationMethod")
    xmldsig.check_value(signature, signer)
    manifest, properties = _signed(signature)
    _check_manifest(manifest, set_id, documents)
    _check_purpose(signature)
    _check_properties(signature, properties, signer, now)


def _signer(
    signature: etree._Element, signer_id: str, authority: Authority, now: dt.datetime
) -> x509.Certificate:
    signer = xmldsig.certificate(signature)
    try:
        authority.check(signer, now)
    except NotTrusted as why:
        raise BadSignature(f"certificat {why}") from why
    usage = signer.extensions.get_extension_for_class(x509.KeyUsage).value
    if not usage.content_commitment:
        raise BadSignature("Not a valid signature certificate")
    if holder(signer) != signer_id:
        raise BadSignature("le signataire n'est pas l'utilisateur du VIHF")
    return signer


def _signed(signature: etree._Element) -> tuple[etree._Element, etree._Element]:
    found: dict[str, etree._Element] = {}
    for reference in nodes(signature, "ds:SignedInfo/ds:Reference"):
        kind, uri = reference.get("Type", ""), reference.get("URI", "")
        if kind in found or kind not in (MANIFEST_TYPE, PROPERTIES_TYPE) or uri[:1] != "#":
            raise BadSignature(f"référence {uri}")
        found[kind] = xmldsig.by_id(signature, uri[1:])
        xmldsig.check_reference(reference, found[kind])
    if len(found) != 2:
        raise BadSignature("deux références signées attendues")
    if found[MANIFEST_TYPE].tag != tag("ds", "Manifest") or (
        found[MANIFEST_TYPE].get("Id") != "IHEManifest"
    ):
        raise BadSignature("IHEManifest")
    if found[PROPERTIES_TYPE].tag != f"{{{XADES}}}SignedProperties":
        raise BadSignature("SignedProperties")
    return found[MANIFEST_TYPE], found[PROPERTIES_TYPE]


def _check_manifest(manifest: etree._Element, set_id: str, documents: Mapping[str, bytes]) -> None:
    references = {one.get("URI", ""): one for one in nodes(manifest, "ds:Reference")}
    expected = {f"urn:oid:{set_id}", *(f"urn:oid:{one}" for one in documents)}
    if set(references) != expected or len(references) != len(nodes(manifest, "ds:Reference")):
        raise BadSignature("les références du manifeste ne sont pas celles du lot")
    if text(references[f"urn:oid:{set_id}"], "ds:DigestValue") != "AA==":
        raise BadSignature("l'empreinte du lot doit être AA==")
    for unique_id, content in documents.items():
        reference = references[f"urn:oid:{unique_id}"]
        transforms = nodes(reference, "ds:Transforms/ds:Transform")
        if [one.get("Algorithm") for one in transforms] != [COMMENTS]:
            raise BadSignature("transformation du document")
        try:
            root = parse(content)
        except Malformed as why:
            raise BadSignature("document signé illisible") from why
        # The whole document, with what stands before and after its root.
        whole = etree.tostring(root.getroottree(), method="c14n", with_comments=True)
        xmldsig.check_digest(reference, whole)


def _check_purpose(signature: etree._Element) -> None:
    found = nodes(signature, "ds:Object/ds:SignatureProperties/ds:SignatureProperty")
    if len(found) != 1 or found[0].get("Id") != "purposeOfSignature":
        raise BadSignature("purposeOfSignature")
    if found[0].get("Target") != f"#{signature.get('Id')}":
        raise BadSignature("SignatureProperty/@Target")
    if str(found[0].xpath("string()")).strip() != PURPOSE:
        raise BadSignature("but de la signature")


def _check_properties(
    signature: etree._Element,
    properties: etree._Element,
    signer: x509.Certificate,
    now: dt.datetime,
) -> None:
    holder_element = properties.getparent()
    if holder_element is None or holder_element.get("Target") != f"#{signature.get('Id')}":
        raise BadSignature("QualifyingProperties/@Target")
    signed = properties.find(f"{{{XADES}}}SignedSignatureProperties")
    if signed is None or signed.find(f"{{{XADES}}}SignaturePolicyIdentifier") is None:
        raise BadSignature("SignedSignatureProperties")
    written = signed.findtext(f"{{{XADES}}}SigningTime", "").strip()
    try:
        time = dt.datetime.fromisoformat(written)
    except ValueError as why:
        raise BadSignature("SigningTime") from why
    if time.tzinfo is None or abs(now - time) > SKEW:
        raise BadSignature("SigningTime hors délai")
    certificates = signed.findall(f"{{{XADES}}}SigningCertificate/{{{XADES}}}Cert")
    if not any(_is_certificate(one, signer) for one in certificates):
        raise BadSignature("SigningCertificate")


def _is_certificate(cert: etree._Element, signer: x509.Certificate) -> bool:
    digest = cert.find(f"{{{XADES}}}CertDigest")
    if digest is None:
        return False
    # XAdES 1.1.1 names these two in its own namespace; some writers keep ds.
    method = digest.xpath("string(*[local-name()='DigestMethod']/@Algorithm)")
    value = digest.xpath("string(*[local-name()='DigestValue'])")
    reference = etree.Element(tag("ds", "Reference"), nsmap={"ds": NS["ds"]})
    etree.SubElement(reference, tag("ds", "DigestMethod")).set("Algorithm", str(method))
    etree.SubElement(reference, tag("ds", "DigestValue")).text = str(value)
    serial = str(cert.xpath("string(*[local-name()='IssuerSerial']/*[2])")).strip()
    try:
        xmldsig.check_digest(reference, signer.public_bytes(Encoding.DER))
    except BadSignature:
        return False
    return serial == str(signer.serial_number)
