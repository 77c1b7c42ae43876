"""What left for the DMP, as files to keep as evidence (homologation, guided tour).

Works on the bytes an observer of `DmpLink` saw, not on what we meant to send.
"""

from __future__ import annotations

from lxml import etree

from lgc.transport import mtom
from lgc.xds.safe_xml import read_xml

_SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
_SUBMISSION = "{urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0}SubmitObjectsRequest"
_XDSB = "urn:ihe:iti:xds-b:2007"


def files(name: str, sent: bytes) -> dict[str, bytes]:
    """File names and contents of one request: itself, its VIHF, and what a TD2.1 carries.

    ``name`` is the transaction as observed (``td2_1``). Raises UnreadableInput or
    MalformedAnswer when the bytes are not one of our requests.
    """
    multipart = sent.startswith(b"MIME-Version:")
    found = {f"{name}-request.{'mime' if multipart else 'xml'}": sent}
    parts: dict[str, bytes] = {}
    root = sent
    if multipart:
        headers, _, body = sent.partition(b"\r\n\r\n")
        content_type = headers.decode("ascii").partition("Content-Type:")[2].strip()
        root, parts = mtom.unpack(content_type, body)
    envelope = read_xml(root)
    for tag, file in ((f"{{{_SAML}}}Assertion", "vihf.xml"), (_SUBMISSION, "submission.xml")):
        for node in envelope.iter(tag):
            found[file] = _alone(node)
    for document in envelope.iter(f"{{{_XDSB}}}Document"):
        if document.get("id") == "Signature01":
            found["submission-signature.xml"] = mtom.content_of(document, parts)
    return found


def _alone(node: etree._Element) -> bytes:
    """One element as a document: exclusive C14N keeps its enveloped signature true."""
    return etree.tostring(node, method="c14n", exclusive=True, inclusive_ns_prefixes=["xs"])
