"""TD0.2 read leniently (dmp.md §4.2)."""

import datetime as dt

import pytest
from lxml import etree

from lgc.domain.patients import DmpAccess
from lgc.errors import UnreadableInput
from lgc.hl7v3 import prpa_in201308
from lgc.hl7v3.message import Refusal


def answer(response="OK", acknowledgement="AA", lines="", subject="", detail=""):
    return etree.fromstring(
        '<PRPA_IN201308UV02 xmlns="urn:hl7-org:v3">'
        f'<acknowledgement typeCode="{acknowledgement}">{detail}</acknowledgement>{lines}'
        f"<controlActProcess>{subject}<queryAck>"
        f'<queryResponseCode code="{response}"/></queryAck></controlActProcess>'
        "</PRPA_IN201308UV02>"
    )


def line(keyword, value):
    return f'<attentionLine><keyWordText code="{keyword}"/><value {value}/></attentionLine>'


@pytest.mark.parametrize(
    ("literal", "access"),
    [
        ("VALIDE", DmpAccess.AUTHORISED),
        ("valide", DmpAccess.AUTHORISED),
        ("EXPIRE", DmpAccess.TO_AUTHORISE),
        ("NON_EXISTE", DmpAccess.TO_AUTHORISE),
        ("INTERDIT", DmpAccess.FORBIDDEN),
        ("INCONNU_2031", DmpAccess.TO_AUTHORISE),
        ("", DmpAccess.TO_AUTHORISE),
    ],
)
def test_every_authorisation_has_its_meaning_and_an_unknown_one_is_none(literal, access):
    found = prpa_in201308.parse(answer(lines=line("AUTORISATION", f'code="{literal}"')))

    assert found.access is access
    assert found.raw_authorisation == literal


@pytest.mark.parametrize(("value", "expected"), [("true", True), ("false", False), ("", False)])
def test_the_attending_doctor_is_told(value, expected):
    found = prpa_in201308.parse(answer(lines=line("STATUT_MT", f'value="{value}"')))

    assert found.attending_doctor is expected


def test_no_dmp_is_an_answer_not_an_error():
    assert prpa_in201308.parse(answer("NF")).access is DmpAccess.NONE


def test_a_closed_dmp_says_when_and_why():
    subject = (
        "<subject><registrationEvent><effectiveTime value='20290506101112'/><subject1><patient>"
        "<statusCode code='terminated'/></patient></subject1></registrationEvent></subject>"
        "<reasonOf><detectedIssueEvent><code code='FERMETURE_DEMANDE_PATIENT'/>"
        "</detectedIssueEvent></reasonOf>"
    )
    found = prpa_in201308.parse(
        answer(subject=subject, lines=line("AUTORISATION", 'code="VALIDE"'))
    )

    assert found.access is DmpAccess.CLOSED
    assert found.closed_on == dt.date(2029, 5, 6)
    assert found.closing_motive == "FERMETURE_DEMANDE_PATIENT"


def test_an_application_error_keeps_code_and_words():
    detail = (
        "<acknowledgementDetail><code code='DMPInvalidData'/><text> INS \n inconnu </text>"
        "</acknowledgementDetail>"
    )

    assert prpa_in201308.parse(answer(acknowledgement="AE", detail=detail)) == (
        Refusal("DMPInvalidData", "INS inconnu")
    )


@pytest.mark.parametrize("response", ["", "QE?"])
def test_an_answer_without_a_status_is_unreadable(response):
    with pytest.raises(UnreadableInput):
        prpa_in201308.parse(answer(response))


@pytest.mark.requirement("REC_0.2-1020", "RG_0320")
def test_a_used_name_that_is_no_name_never_becomes_one():
    person = (
        "<patient><id root='1.2' extension='2'/><patientPerson><name><family qualifier='SP'>"
        "NON RENSEIGNE</family></name><telecom value='tel:0600000000'/></patientPerson>"
        "<subjectOf><administrativeObservation><code code='RATTACHEMENT_ENS'/>"
        "<value value='true'/></administrativeObservation></subjectOf></patient>"
    )

    found = prpa_in201308.parse_administrative(answer(subject=person))

    assert "RENSEIGNE" not in repr(found)
    assert found.telecoms == ("tel:0600000000",)
    assert found.identifiers == (("2", "1.2"),)
    assert found.existence.flag("RATTACHEMENT_ENS") is True
    assert found.existence.flag("COMPTE_INTERNET_OUVERT") is None
