"""XML Signature verified with lxml and cryptography only: no library that ``lgc`` signs with."""

from __future__ import annotations

import base64
import binascii
import copy
import hashlib

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from lxml import etree

from lgc_sandbox.xml import NS, nodes, text

C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED = f"{NS['ds']}enveloped-signature"
CANONICAL = {  # (exclusive, with comments)
    C14N: (False, False),
    f"{C14N}#WithComments": (False, True),
    EXCLUSIVE: (True, False),
    f"{EXCLUSIVE}WithComments": (True, True),
}
DIGESTS = {
    f"{NS['ds']}sha1": "sha1",
    "http://www.w3.org/2001/04/xmlenc#sha256": "sha256",
}
SIGNATURES: dict[str, hashes.HashAlgorithm] = {
    f"{NS['ds']}rsa-sha1": hashes.SHA1(),  # what the official sample uses
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256": hashes.SHA256(),
}
XML = "{http://www.w3.org/XML/1998/namespace}"


class BadSignature(ValueError):
    """A signature that does not hold; the text says why."""


def canonical(element: etree._Element, algorithm: str, prefixes: str = "") -> bytes:
    """``element`` canonicalised in its namespace context. Raises ``BadSignature``."""
    if algorithm not in CANONICAL:
        raise BadSignature(f"canonicalisation {algorithm}")
    exclusive, comments = CANONICAL[algorithm]
    return etree.tostring(
        standalone(element),
        method="c14n",
        exclusive=exclusive,
        with_comments=comments,
        inclusive_ns_prefixes=prefixes.split() if exclusive and prefixes else None,
    )


def standalone(element: etree._Element) -> etree._Element:
    """A copy that keeps every namespace (and, as C14N 1.0 wants, xml:* attribute) in scope."""
    inherited: dict[str, str] = {}
    for ancestor in element.iterancestors():
        for name, value in ancestor.attrib.items():
            if str(name).startswith(XML):
                inherited.setdefault(str(name), str(value))
    made = etree.Element(element.tag, nsmap=element.nsmap)  # type: ignore[arg-type]
    own = {str(name): str(value) for name, value in element.attrib.items()}
    for name, value in {**inherited, **own}.items():
        made.set(name, value)
    made.text = element.text
    for child in element:
        made.append(copy.deepcopy(child))
    return made


def certificate(signature: etree._Element) -> x509.Certificate:
    """The signer's certificate: the first of KeyInfo. Raises ``BadSignature``."""
    value = text(signature, "ds:KeyInfo/ds:X509Data/ds:X509Certificate")
    try:
        return x509.load_der_x509_certificate(decoded(value))
    except ValueError as why:
        raise BadSignature("certificat du signataire illisible") from why


def decoded(value: str) -> bytes:
    """Strict base64, white space aside. Raises ``BadSignature``."""
    try:
        return base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError) as why:
        raise BadSignature("base64 incorrect") from why


def check_value(signature: etree._Element, signer: x509.Certificate) -> None:
    """The SignatureValue covers SignedInfo and is ``signer``'s. Raises ``BadSignature``."""
    signed_info = nodes(signature, "ds:SignedInfo")
    if len(signed_info) != 1:
        raise BadSignature("SignedInfo absent ou répété")
    method = text(signed_info[0], "ds:SignatureMethod/@Algorithm")
    if method not in SIGNATURES:
        raise BadSignature(f"algorithme de signature {method}")
    how = text(signed_info[0], "ds:CanonicalizationMethod/@Algorithm")
    prefixes = text(
        signed_info[0],
        "ds:CanonicalizationMethod/*[local-name()='InclusiveNamespaces']/@PrefixList",
    )
    key = signer.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise BadSignature("clé RSA attendue")
    value = decoded(text(signature, "ds:SignatureValue"))
    try:
        key.verify(
            value,
            canonical(signed_info[0], how, prefixes),
            padding.PKCS1v15(),
            SIGNATURES[method],
        )
    except InvalidSignature as why:
        raise BadSignature("valeur de signature fausse") from why


def check_reference(reference: etree._Element, target: etree._Element) -> None:
    """The digest of ``reference`` is that of ``target``. Raises ``BadSignature``."""
    algorithm, prefixes, subject = C14N, "", target
    for transform in nodes(reference, "ds:Transforms/ds:Transform"):
        name = transform.get("Algorithm", "")
        if name == ENVELOPED:
            subject = _without_signature(subject)
        elif name in CANONICAL:
            algorithm = name
            prefixes = text(transform, "*[local-name()='InclusiveNamespaces']/@PrefixList")
        else:
            raise BadSignature(f"transformation {name}")
    check_digest(reference, canonical(subject, algorithm, prefixes))


def check_digest(reference: etree._Element, content: bytes) -> None:
    """DigestValue is that of ``content``. Raises ``BadSignature``."""
    method = text(reference, "ds:DigestMethod/@Algorithm")
    if method not in DIGESTS:
        raise BadSignature(f"empreinte {method}")
    expected = decoded(text(reference, "ds:DigestValue"))
    if hashlib.new(DIGESTS[method], content, usedforsecurity=False).digest() != expected:
        raise BadSignature(f"empreinte fausse pour {reference.get('URI', '')}")


def _without_signature(element: etree._Element) -> etree._Element:
    made = standalone(element)
    for signature in nodes(made, "ds:Signature"):
        before = signature.getprevious()
        if signature.tail and before is not None:
            before.tail = (before.tail or "") + signature.tail
        elif signature.tail:
            made.text = (made.text or "") + signature.tail
        made.remove(signature)
    return made


def by_id(root: etree._Element, identifier: str) -> etree._Element:
    """The only element of ``root`` with this Id or ID. Raises ``BadSignature``."""
    found = [e for e in root.iter("{*}*") if identifier in (e.get("Id"), e.get("ID"))]
    unique = list(dict.fromkeys(found))
    if len(unique) != 1:
        raise BadSignature(f"l'identifiant {identifier} désigne {len(unique)} éléments")
    return unique[0]
