"""Connections, envelopes and VIHF that the sandbox's DMP refuses, each with its reason."""

import datetime as dt
import http.client
import ssl
import uuid

import pytest

from lgc_sandbox.authority import EXPIRED
from lgc_sandbox.card import OTHER_DOCTOR

STRING = 'xsi:type="xs:string">'


def swap(old, new):
    """A change that must really change something."""

    def change(text):
        assert old in text
        return text.replace(old, new)

    return change


def ago(**how):
    return f"{dt.datetime.now(dt.UTC) - dt.timedelta(**how):%Y-%m-%dT%H:%M:%S}.000Z"


def without_role(text):
    start = text.index("<saml2:AttributeValue><Role", text.index('code="10"'))
    return text[:start] + text[text.index("</saml2:Attribute>", start) :]


def older(attribute):
    def change(text):
        start = text.index(f'{attribute}="') + len(attribute) + 2
        return text[:start] + ago(minutes=10, days=2) + text[text.index('"', start) :]

    return change


def empty(name):
    def change(text):
        start = text.index(STRING, text.index(f'Name="{name}"')) + len(STRING)
        return text[:start] + text[text.index("<", start) :]

    return change


def lacking(name):
    def change(text):
        start = text.index(f'<saml2:Attribute Name="{name}"')
        return text[:start] + text[text.index("</saml2:Attribute>", start) + 18 :]

    return change


MANDATORY = (
    "Identifiant_Structure",
    "Secteur_Activite",
    "VIHF_Version",
    "Authentification_mode",
    "urn:oasis:names:tc:xacml:2.0:resource:resource-id",
    "urn:oasis:names:tc:xacml:2.0:subject:role",
    "urn:oasis:names:tc:xspa:1.0:subject:purposeofuse",
    "Ressource_URN",
    "LPS_Nom",
    "LPS_Version",
    "LPS_ID_HOMOLOGATION_DMP",
)
VIHF_FAULTS = {
    "one role only": (without_role, "Aucune spécialité dans le vihf"),
    "unknown structure": (
        swap("499700057294007", "499700057294099"),
        "Structure introuvable ou Inactive",
    ),
    "structure of somebody else": (
        swap("499700057294007", "499700059786003"),
        "PS et Structure non liés",
    ),
    "sector of the other place": (swap("SA07^", "SA52^"), "PS et Structure non liés"),
    "other person's NameID": (swap("<saml2:NameID>8997", "<saml2:NameID>8998"), "NameID"),
    "issuer of somebody else": (swap("SN=MEDECIN5729", "SN=DURAND"), "Issuer"),
    "too old": (older("IssueInstant"), "IssueInstant"),
    "authenticated too long ago": (older("AuthnInstant"), "AuthnInstant"),
    "password authentication": (swap("SmartcardPKI", "Password"), "AuthnContextClassRef"),
    "unknown purpose": (swap('code="normal"', 'code="anormal"'), "purposeofuse"),
    "role without codeSystemName": (swap(' codeSystemName="G15"', ""), "subject:role"),
    "not a patient": (swap("&amp;ISO^NH", "&amp;ISO^PI"), "resource-id"),
    "short matricule": (swap("299069999999912^", "29906999999991^"), "resource-id"),
    **{f"no {name}": (lacking(name), name) for name in MANDATORY},
    **{f"empty {name}": (empty(name), name) for name in ("LPS_Nom", "LPS_Version")},
}


@pytest.mark.parametrize("case", VIHF_FAULTS)
def test_a_wrong_vihf_is_a_fault_that_says_what_is_wrong(client, case):
    change, expected = VIHF_FAULTS[case]

    answer = client.existence(vihf=client.vihf(change))

    assert answer.status == 500
    assert expected.lower() in answer.fault.lower()  # Authentification_mode has two spellings


def test_a_vihf_changed_after_its_signature_is_refused(client):
    vihf = client.vihf(after=swap("499700057294007", "499700057294012"))

    answer = client.existence(vihf=vihf)

    assert "empreinte fausse" in answer.fault
    assert answer.subcode == "wsse:FailedCheck"


def test_a_second_assertion_cannot_hide_beside_the_signed_one(client):
    vihf = client.vihf()

    answer = client.existence(vihf=vihf + vihf.replace('ID="_', 'ID="_f', 1))

    assert answer.subcode == "wsse:InvalidSecurity"


def test_a_vihf_serves_only_once(client):
    vihf = client.vihf()

    assert not client.existence(vihf=vihf).fault
    assert "déjà reçu" in client.existence(vihf=vihf).fault


def test_a_message_serves_only_once(client):
    same = f"urn:uuid:{uuid.uuid4()}"

    def fixed(text):
        start = text.index("<wsa:MessageID>") + 15
        return text[:start] + same + text[text.index("<", start) :]

    assert not client.existence(change=fixed).fault
    assert "déjà reçu" in client.existence(change=fixed).fault


def test_a_vihf_signed_with_the_authentication_key_is_refused(client, cards):
    answer = client.existence(vihf=client.vihf(certificate=cards.pair()))

    assert answer.subcode == "DMPInvalidCertificate"
    assert answer.fault == "Not a valid signature certificate"


def test_a_vihf_of_another_authority_is_refused(client, cards):
    stranger = cards.pair(kind="signature", by=cards.stranger)

    answer = client.existence(vihf=client.vihf(certificate=stranger))

    assert answer.subcode == "DMPInvalidCertificate"
    assert "unknown authority" in answer.fault


def test_a_vihf_signed_with_an_expired_certificate_is_refused(client, cards):
    expired = cards.pair(kind="signature", days=EXPIRED)

    assert "expired" in client.existence(vihf=client.vihf(certificate=expired)).fault


@pytest.mark.parametrize("kind", ["authentication", "signature"])
def test_a_revoked_certificate_is_refused_from_the_next_request(client, cards, kind):
    pair = cards.new_pair(kind)
    cards.authority.revoke(pair[1])

    if kind == "authentication":
        answer = client.post("td0.2", client.envelope("td0.2", client.sample("td0.2")), tls=pair[0])
    else:
        answer = client.existence(vihf=client.vihf(certificate=pair))

    assert answer.subcode == "DMPInvalidCertificate"
    assert "revoked" in answer.fault


def test_another_holder_on_the_tls_side_is_refused(client, cards):
    other = cards.pair(OTHER_DOCTOR.person)[0]

    answer = client.post("td0.2", client.envelope("td0.2", client.sample("td0.2")), tls=other)

    assert "porteur" in answer.fault


def test_the_signature_certificate_does_not_open_a_connection(client, cards):
    path = cards.pair(kind="signature")[0]

    answer = client.post("td0.2", client.envelope("td0.2", client.sample("td0.2")), tls=path)

    assert answer.fault == "Not a valid authentication certificate"


@pytest.mark.parametrize("which", ["none", "stranger", "expired"])
def test_tls_itself_refuses_strangers(client, cards, which):
    path = {
        "none": lambda: None,
        "stranger": lambda: cards.pair(by=cards.stranger)[0],
        "expired": lambda: cards.pair(days=EXPIRED)[0],
    }[which]()

    with pytest.raises((ssl.SSLError, ConnectionError, http.client.HTTPException)):
        client.post("td0.2", client.envelope("td0.2", client.sample("td0.2")), tls=path)


ENVELOPE_FAULTS = {
    "no MessageID": (swap("wsa:MessageID", "wsa:Other"), "wsa:MessageAddressingHeaderRequired"),
    "not a urn:uuid": (swap("<wsa:MessageID>urn:uuid:", "<wsa:MessageID>"), "wsa:Invalid"),
    "action of the header is another": (swap("PRPA_IN201307UV02<", "PRPA<"), "wsa:ActionMismatch"),
    "To another service": (swap("/patients<", "/registry<"), "wsa:InvalidAddressingHeader"),
    "no Security": (swap("wsse:Security", "wsse:Insecurity"), "wsse:InvalidSecurity"),
}


@pytest.mark.parametrize("case", ENVELOPE_FAULTS)
def test_a_wrong_envelope_is_a_fault_with_its_subcode(client, case):
    change, subcode = ENVELOPE_FAULTS[case]

    assert client.existence(change=change).subcode.startswith(subcode)


def test_a_body_that_breaks_the_official_schema_is_refused_with_the_schema_s_words(client):
    answer = client.authorise("EFFACER")

    assert answer.fault.startswith("Schéma")
    assert "EFFACER" in answer.fault


def test_an_entity_is_never_expanded(client):
    doctype = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
    kind, raw = client.envelope("td0.2", client.sample("td0.2"))

    answer = client.post("td0.2", (kind, doctype.encode() + raw))

    assert "DOCTYPE" in answer.fault
