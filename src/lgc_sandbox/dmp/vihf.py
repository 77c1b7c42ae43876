"""The VIHF of a direct CPS access (TD0.1, dmp.md §3), verified severely."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from lxml import etree

from lgc_sandbox.authority import Authority, NotTrusted
from lgc_sandbox.card import CardModel
from lgc_sandbox.dmp import xmldsig
from lgc_sandbox.dmp.names import same_name
from lgc_sandbox.dmp.soap import Fault
from lgc_sandbox.xml import NS, nodes, tag, text, texts

SKEW = dt.timedelta(minutes=5)
X509_SUBJECT = "urn:oasis:names:tc:SAML:1.1:nameid-format:X509SubjectName"
SMARTCARD = "urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI"
ROLE = "urn:oasis:names:tc:xacml:2.0:subject:role"
RESOURCE = "urn:oasis:names:tc:xacml:2.0:resource:resource-id"
PURPOSE = "urn:oasis:names:tc:xspa:1.0:subject:purposeofuse"
SECTORS, PROFESSIONS, SKILLS = "1.2.250.1.71.4.2.4", "1.2.250.1.71.1.2.7", "1.2.250.1.71.4.2.5"
CONFIDENTIALITY = "urn:oasis:names:tc:xspa:1.0:resource:patient:hl7:confidentiality-code"
SECRET, SECRETS = "INVISIBLE_REPRESENTANTS_LEGAUX", "1.2.250.1.213.1.1.4.13"
PURPOSES, MODES = "1.2.250.1.213.1.1.4.248", ("normal", "bris_de_glace", "centre_15")
INS_ROOTS = ("1.2.250.1.213.1.4.8", "1.2.250.1.213.1.4.9", "1.2.250.1.213.1.4.10")
PATIENT = re.compile(r"(\d[0-9AB]{14})\^\^\^&([0-9.]+)&ISO\^NH")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z")
IDENTIFIER = re.compile(r"_[0-9A-Za-z._-]{16,}")
STRINGS = {  # attribute: what its value must look like
    "Identifiant_Structure": re.compile(r"[0-4]\S+"),
    "Secteur_Activite": re.compile(r"S[AC]\d\d\^" + re.escape(SECTORS)),
    "VIHF_Version": re.compile(r"[34]\.0"),
    "Ressource_URN": re.compile(r"urn:dmp"),
    "LPS_Nom": re.compile(r".+"),
    "LPS_Version": re.compile(r".+"),
    "LPS_ID_HOMOLOGATION_DMP": re.compile(r".+"),
}
MODE_NAMES = ("Authentification_mode", "Authentification_Mode")  # both are official spellings
NO_SPECIALITY = "Aucune spécialité dans le vihf"
UNKNOWN_STRUCTURE = "Structure introuvable ou Inactive"
NOT_LINKED = "PS et Structure non liés"


@dataclass(frozen=True, slots=True)
class Patient:
    """A matricule INS and the OID of its authority."""

    ins: str
    oid: str

    @property
    def cx(self) -> str:
        """As XDS and the VIHF write it."""
        return f"{self.ins}^^^&{self.oid}&ISO^NH"


@dataclass(frozen=True, slots=True)
class User:
    """Who speaks, from which structure, about whom, and how."""

    national_id: str
    family: str
    given: str
    speciality: str
    structure: str
    patient: Patient
    mode: str
    assertion_id: str
    secret: bool = False

    @property
    def is_cpe(self) -> bool:
        """A card of an employee: neither ADELI nor RPPS (§3.3)."""
        return self.national_id[:1] not in ("0", "8")


def holder(certificate: x509.Certificate) -> str:
    """The national identifier of a certificate, "" when it has none."""
    found = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else ""


def check_client(der: bytes | None, authority: Authority, now: dt.datetime) -> x509.Certificate:
    """The TLS certificate is a card's authentication certificate, valid now. Raises ``Fault``."""
    if not der:
        raise _invalid("No client certificate")
    certificate = x509.load_der_x509_certificate(der)
    _trusted(certificate, authority, now)
    if ExtendedKeyUsageOID.CLIENT_AUTH not in _purposes(certificate):
        raise _invalid("Not a valid authentication certificate")
    return certificate


def verify(
    assertion: etree._Element,
    client: x509.Certificate,
    authority: Authority,
    people: Mapping[str, CardModel],
    now: dt.datetime,
    *,
    patient_needed: bool = True,
) -> User:
    """Check the assertion from its signature to its last attribute. Raises ``Fault``."""
    signer = _check_signature(assertion, authority, now)
    _check_frame(assertion, signer, now)
    if holder(signer) != holder(client):
        raise _failed("Le signataire du VIHF n'est pas le porteur de la connexion TLS")
    if text(assertion, "saml:Subject/saml:NameID") != holder(signer):
        raise _failed("NameID différent du porteur du certificat")
    values = _strings(assertion)
    speciality = _check_roles(assertion, people.get(holder(signer)))
    person = _check_structure(values, people, holder(signer))
    return User(
        holder(signer),
        person.person.surname,
        person.person.given_name,
        speciality,
        values["Identifiant_Structure"],
        _resource(assertion, patient_needed),
        _purpose(assertion),
        assertion.get("ID", ""),
        _is_secret(assertion),
    )


def _resource(assertion: etree._Element, needed: bool) -> Patient:
    """The patient of the request; nobody where none is needed and none is said."""
    if not needed and not _values(assertion, RESOURCE):
        return Patient("", "")
    match = PATIENT.fullmatch(_string(assertion, RESOURCE))
    if match is None or match[2] not in INS_ROOTS:
        raise _incorrect(RESOURCE)
    return Patient(match[1], match[2])


def _is_secret(assertion: etree._Element) -> bool:
    values = _values(assertion, CONFIDENTIALITY)
    if not values:
        return False
    codes = nodes(values[0], "hl7:ConfidentialityCode") if len(values) == 1 else []
    if len(codes) != 1 or (codes[0].get("code"), codes[0].get("codeSystem")) != (SECRET, SECRETS):
        raise _incorrect(CONFIDENTIALITY)
    return True


def _check_signature(
    assertion: etree._Element, authority: Authority, now: dt.datetime
) -> x509.Certificate:
    signatures = nodes(assertion, "ds:Signature")
    if len(signatures) != 1 or len(nodes(assertion, ".//ds:Signature")) != 1:
        raise _failed("Le VIHF doit porter une seule signature")
    signature = signatures[0]
    try:
        signer = xmldsig.certificate(signature)
        _trusted(signer, authority, now)
        _is_for_signature(signer)
        xmldsig.check_value(signature, signer)
        references = nodes(signature, "ds:SignedInfo/ds:Reference")
        if len(references) != 1 or references[0].get("URI") != f"#{assertion.get('ID')}":
            raise _failed("La signature ne porte pas sur l'assertion")
        root = assertion.getroottree().getroot()
        if xmldsig.by_id(root, assertion.get("ID", "")) is not assertion:
            raise _failed("La signature ne porte pas sur l'assertion")
        xmldsig.check_reference(references[0], assertion)
    except xmldsig.BadSignature as why:
        raise _failed(f"Signature du VIHF: {why}") from why
    return signer


def _check_frame(assertion: etree._Element, signer: x509.Certificate, now: dt.datetime) -> None:
    if assertion.get("Version") != "2.0" or not IDENTIFIER.fullmatch(assertion.get("ID", "")):
        raise _failed("Version ou ID du VIHF incorrects")
    issuer = nodes(assertion, "saml:Issuer")
    order = [child.tag for child in assertion][:2]
    if order != [tag("saml", "Issuer"), tag("ds", "Signature")]:
        raise _failed("La signature doit suivre Issuer")
    if issuer[0].get("Format") != X509_SUBJECT:
        raise _failed("Issuer/@Format incorrect")
    if not same_name(issuer[0].text or "", signer.subject):
        raise _failed("Issuer différent du sujet du certificat signataire")
    for path, oldest in (
        ("@IssueInstant", SKEW),
        ("saml:AuthnStatement/@AuthnInstant", dt.timedelta(days=1)),
    ):
        if not -SKEW <= now - _instant(text(assertion, path)) <= oldest:
            raise _failed(f"{path} hors délai", "wsse:MessageExpired")
    if text(assertion, "saml:AuthnStatement/saml:AuthnContext/saml:AuthnContextClassRef") != (
        SMARTCARD
    ):
        raise _failed("AuthnContextClassRef incorrect pour un accès direct")
    if nodes(assertion, "saml:Conditions/saml:AudienceRestriction"):
        raise _failed("AudienceRestriction ne doit pas être renseigné")


def _strings(assertion: etree._Element) -> dict[str, str]:
    names = texts(assertion, "saml:AttributeStatement/saml:Attribute/@Name")
    if len(names) != len(set(names)):
        raise _failed("Attribut répété dans le VIHF")
    found = {}
    for name, pattern in STRINGS.items():
        found[name] = _string(assertion, name)
        if not pattern.fullmatch(found[name]):
            raise _incorrect(name)
    present = [name for name in MODE_NAMES if name in names]
    if len(present) != 1 or _string(assertion, present[0]) != "DIRECTE":
        raise _incorrect(MODE_NAMES[1])
    return found


def _string(assertion: etree._Element, name: str) -> str:
    values = _values(assertion, name)
    if len(values) != 1 or len(values[0]):
        raise _incorrect(name)
    kind = values[0].get(f"{{{NS['xsi']}}}type", "")
    prefix, _, local = kind.rpartition(":")
    if local != "string" or values[0].nsmap.get(prefix or None) != (
        "http://www.w3.org/2001/XMLSchema"
    ):
        raise _incorrect(name)
    return (values[0].text or "").strip()


def _values(assertion: etree._Element, name: str) -> list[etree._Element]:
    path = f"saml:AttributeStatement/saml:Attribute[@Name='{name}']/saml:AttributeValue"
    return nodes(assertion, path)


def _check_roles(assertion: etree._Element, known: CardModel | None) -> str:
    roles = [nodes(value, "hl7:Role") for value in _values(assertion, ROLE)]
    if not roles or any(len(one) != 1 for one in roles):
        raise _incorrect(ROLE)
    for (role,) in roles:
        if not all(role.get(name) for name in ("code", "codeSystem", "codeSystemName")):
            raise _incorrect(ROLE)
    profession = [one for (one,) in roles if one.get("codeSystem") == PROFESSIONS]
    skills = [str(one.get("code")) for (one,) in roles if one.get("codeSystem") == SKILLS]
    if len(profession) != 1 or roles[0][0] is not profession[0]:
        raise _incorrect(ROLE)
    if known is not None and not known.speciality and len(roles) == 1:
        return ""
    if not skills:
        raise Fault(NO_SPECIALITY)
    if len(roles) != 2 or (known is not None and skills[0] != known.speciality):
        raise _incorrect(ROLE)
    return skills[0]


def _check_structure(
    values: Mapping[str, str], people: Mapping[str, CardModel], who: str
) -> CardModel:
    structure = values["Identifiant_Structure"]
    sector = values["Secteur_Activite"].partition("^")[0]
    known = {p.structure_id for one in people.values() for p in one.practices}
    person = people.get(who)
    if structure not in known:
        raise Fault(UNKNOWN_STRUCTURE)
    if person is None or not any(
        p.structure_id == structure and p.sector == sector for p in person.practices
    ):
        raise Fault(NOT_LINKED)
    return person


def _purpose(assertion: etree._Element) -> str:
    values = _values(assertion, PURPOSE)
    found = nodes(values[0], "hl7:PurposeOfUse") if len(values) == 1 else []
    if len(found) != 1 or found[0].get("codeSystem") != PURPOSES:
        raise _incorrect(PURPOSE)
    code = found[0].get("code", "")
    if code not in MODES:
        raise _incorrect(PURPOSE)
    return code


def _is_for_signature(certificate: x509.Certificate) -> None:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound as why:
        raise _invalid("Not a valid signature certificate") from why
    if not usage.content_commitment or ExtendedKeyUsageOID.CLIENT_AUTH in _purposes(certificate):
        raise _invalid("Not a valid signature certificate")


def _trusted(certificate: x509.Certificate, authority: Authority, now: dt.datetime) -> None:
    try:
        authority.check(certificate, now)
    except NotTrusted as why:
        raise _invalid(f"Certificate not valid: {why}") from why


def _purposes(certificate: x509.Certificate) -> list[x509.ObjectIdentifier]:
    try:
        return list(certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except x509.ExtensionNotFound:
        return []


def _instant(value: str) -> dt.datetime:
    if not INSTANT.fullmatch(value):
        raise _failed(f"instant «{value}» incorrect")
    try:
        return dt.datetime.fromisoformat(value[:19] + "+00:00")
    except ValueError as why:
        raise _failed(f"instant «{value}» incorrect") from why


def _invalid(reason: str) -> Fault:
    return Fault(reason, "DMPInvalidCertificate")


def _failed(reason: str, subcode: str = "wsse:FailedCheck") -> Fault:
    return Fault(reason, subcode)


def _incorrect(name: str) -> Fault:
    return Fault(f"VIHF: attribut {name} absent ou incorrect", "wsse:InvalidSecurityToken")
