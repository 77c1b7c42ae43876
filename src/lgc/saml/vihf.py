"""The VIHF: who asks, from where, about whom, why (SAML 2.0; dmp.md §3).

Direct mode by default; the indirect ones are a matter of settings. Signed by the card's
signature key with rsa-sha256 over exclusive C14N.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from dataclasses import dataclass, field

from cryptography import x509
from lxml import etree

from lgc.domain.dmp import PurposeOfUse
from lgc.domain.identity import QualifiedIns
from lgc.domain.keys import SignatureKey
from lgc.domain.professionals import Practitioner
from lgc.saml.distinguished_name import rfc2253
from lgc.terminology.value_sets import value_set

SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
DS = "http://www.w3.org/2000/09/xmldsig#"
HL7 = "urn:hl7-org:v3"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XS = "http://www.w3.org/2001/XMLSchema"
EXCLUSIVE_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
SMARTCARD = "urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI"
SUBJECT_NAME = "urn:oasis:names:tc:SAML:1.1:nameid-format:X509SubjectName"

ROLE = "urn:oasis:names:tc:xacml:2.0:subject:role"
RESOURCE_ID = "urn:oasis:names:tc:xacml:2.0:resource:resource-id"
PURPOSE = "urn:oasis:names:tc:xspa:1.0:subject:purposeofuse"
CONFIDENTIALITY = "urn:oasis:names:tc:xspa:1.0:resource:patient:hl7:confidentiality-code"
PROFESSIONS = "1.2.250.1.71.1.2.7"
SKILLS = "1.2.250.1.71.4.2.5"
SECTORS = "1.2.250.1.71.4.2.4"
SUBJECT_ID = "urn:oasis:names:tc:xspa:1.0:subject:subject-id"
DIRECT, REINFORCED = "DIRECTE", "INDIRECTE_RENFORCEE"
PURPOSE_WORDS = {
    PurposeOfUse.NORMAL: "Accès normal",
    PurposeOfUse.BREAK_GLASS: "Accès bris de glace",
    PurposeOfUse.EMERGENCY_CENTRE: "Accès centre 15",
}


@dataclass(frozen=True, slots=True)
class Software:
    """This product as homologated. ``homologation`` is secret (EX_GEN-1490): never shown."""

    name: str
    version: str
    instance_id: str
    homologation: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class VihfContext:
    """One request's context (§3.2). ``ins`` is None only for requests without a patient.

    ``mode`` is DIRECTE, or INDIRECTE(_RENFORCEE) where the structure's certificates are used:
    then ``local_authentication`` is the SAML class of the user's log-in, ``reinforced`` the
    declaration of the reinforced mode (§3.5).
    """

    author: Practitioner
    ins: QualifiedIns | None
    software: Software
    purpose: PurposeOfUse = PurposeOfUse.NORMAL
    secret_connection: bool = False
    vihf_version: str = "3.0"
    authentication_name: str = "Authentification_Mode"
    mode: str = DIRECT
    local_authentication: str = SMARTCARD
    reinforced: str = ""


def build(
    context: VihfContext,
    key: SignatureKey,
    issued_at: dt.datetime,
    assertion_id: str,
    authenticated_at: dt.datetime,
) -> etree._Element:
    """The signed assertion. Times are aware; ``assertion_id`` begins with a letter or ``_``.

    Raises whatever the key raises (CardGone).
    """
    assertion = etree.Element(
        f"{{{SAML}}}Assertion",
        {"ID": assertion_id, "IssueInstant": _instant(issued_at), "Version": "2.0"},
        nsmap={"saml2": SAML, "xsi": XSI, "xs": XS},
    )
    subject = x509.load_der_x509_certificate(key.certificate).subject
    _saml(assertion, "Issuer", rfc2253(subject.public_bytes()), Format=SUBJECT_NAME)
    _saml(_saml(assertion, "Subject"), "NameID", context.author.holder.national_id)
    statement = _saml(assertion, "AuthnStatement", AuthnInstant=_instant(authenticated_at))
    how = _saml(statement, "AuthnContext")
    direct = context.mode == DIRECT
    _saml(how, "AuthnContextClassRef", SMARTCARD if direct else context.local_authentication)
    if context.mode == REINFORCED:
        _saml(how, "AuthnContextDecl", context.reinforced)
    _attributes(_saml(assertion, "AttributeStatement"), context)
    # The schema wants the signature directly after the issuer.
    assertion.insert(1, _signature(assertion, key))
    return assertion


def _attributes(statement: etree._Element, context: VihfContext) -> None:
    place, software = context.author.place, context.software
    _text(statement, "Identifiant_Structure", place.structure_id)
    _text(statement, "Secteur_Activite", f"{place.sector}^{SECTORS}")
    _roles(statement, context.author)
    _text(statement, "VIHF_Version", context.vihf_version)
    _text(statement, context.authentication_name, context.mode)
    if context.mode != DIRECT:
        holder = context.author.holder
        _text(statement, SUBJECT_ID, f"{holder.family_name} {holder.given_name}")
    if context.ins is not None:
        _text(statement, RESOURCE_ID, context.ins.cx)
    _text(statement, "Ressource_URN", "urn:dmp")
    _coded(
        _attribute(statement, PURPOSE),
        "PurposeOfUse",
        code=context.purpose.value,
        codeSystem="1.2.250.1.213.1.1.4.248",
        codeSystemName="mode acces VIHF 2.0",
        displayName=PURPOSE_WORDS[context.purpose],
    )
    if context.secret_connection:
        _secret_connection(statement)
    _text(statement, "LPS_ID", software.instance_id)
    _text(statement, "LPS_Nom", software.name)
    _text(statement, "LPS_Version", software.version)
    _text(statement, "LPS_ID_HOMOLOGATION_DMP", software.homologation)


def _roles(statement: etree._Element, author: Practitioner) -> None:
    """Profession, then the skill of doctors: without it the DMP answers « Aucune spécialité »."""
    profession, known = author.holder.profession, author.speciality
    roles = _attribute(statement, ROLE)
    _coded(
        roles,
        "Role",
        code=profession.code,
        codeSystem=PROFESSIONS,
        codeSystemName="G15",
        displayName=profession.label,
    )
    # XDS writes ``G15_10/SM26`` where the VIHF wants ``SM26`` alone.
    skill = (known.code.rpartition("/")[2] if known else "") or author.holder.speciality
    if skill:
        listed = value_set("author_speciality").get(f"G15_{profession.code}/{skill}") or known
        _coded(
            roles,
            "Role",
            code=skill,
            codeSystem=SKILLS,
            codeSystemName="R01",
            displayName=listed.label.rpartition(" - ")[2] if listed else skill,
        )


def _secret_connection(statement: etree._Element) -> None:
    """The XML form of this value is not public: the proposal of §3.2, in one place."""
    _coded(
        _attribute(statement, CONFIDENTIALITY),
        "ConfidentialityCode",
        code="INVISIBLE_REPRESENTANTS_LEGAUX",
        codeSystem="1.2.250.1.213.1.1.4.13",
    )


def _signature(assertion: etree._Element, key: SignatureKey) -> etree._Element:
    digest = hashlib.sha256(_canonical(assertion)).digest()
    signature = etree.Element(f"{{{DS}}}Signature", nsmap={"ds": DS})
    info = _ds(signature, "SignedInfo")
    _ds(info, "CanonicalizationMethod", Algorithm=EXCLUSIVE_C14N)
    _ds(info, "SignatureMethod", Algorithm=RSA_SHA256)
    reference = _ds(info, "Reference", URI=f"#{assertion.get('ID')}")
    transforms = _ds(reference, "Transforms")
    _ds(transforms, "Transform", Algorithm=ENVELOPED)
    _ds(transforms, "Transform", Algorithm=EXCLUSIVE_C14N)
    _ds(reference, "DigestMethod", Algorithm=SHA256)
    _ds(reference, "DigestValue", _base64(digest))
    value = key.sign(hashlib.sha256(_canonical(info)).digest(), "sha256")
    _ds(signature, "SignatureValue", _base64(value))
    data = _ds(_ds(signature, "KeyInfo"), "X509Data")
    _ds(data, "X509Certificate", _base64(key.certificate))
    return signature


def _canonical(node: etree._Element) -> bytes:
    return etree.tostring(node, method="c14n", exclusive=True, with_comments=False)


def _instant(moment: dt.datetime) -> str:
    """UTC, milliseconds, ``Z``."""
    utc = moment.astimezone(dt.UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def _attribute(statement: etree._Element, name: str) -> etree._Element:
    return _saml(statement, "Attribute", Name=name)


def _text(statement: etree._Element, name: str, value: str) -> None:
    node = _saml(_attribute(statement, name), "AttributeValue", value)
    node.set(f"{{{XSI}}}type", "xs:string")


def _coded(attribute: etree._Element, tag: str, **values: str) -> None:
    """A CE of HL7 V3 in its own value; empty parts are left out."""
    value = _saml(attribute, "AttributeValue")
    node = etree.SubElement(value, f"{{{HL7}}}{tag}", nsmap={None: HL7})  # type: ignore[dict-item]
    node.set(f"{{{XSI}}}type", "CE")
    for name, text in values.items():
        if text:
            node.set(name, text)


def _saml(parent: etree._Element, tag: str, text: str = "", /, **attributes: str) -> etree._Element:
    node = etree.SubElement(parent, f"{{{SAML}}}{tag}", attributes)
    node.text = text or None
    return node


def _ds(parent: etree._Element, tag: str, text: str = "", /, **attributes: str) -> etree._Element:
    node = etree.SubElement(parent, f"{{{DS}}}{tag}", attributes)
    node.text = text or None
    return node
