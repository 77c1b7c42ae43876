"""`lgc read` on recorded answers of the DMP: data, or the DMP's own words when it says no."""

import pytest

from lgc.commands import answers

SOAP = "http://www.w3.org/2003/05/soap-envelope"
HAB, PAT, HL7 = "urn:si-dmp-habilitations", "urn:si-dmp-patients", "urn:hl7-org:v3"


def recorded(body):
    return f'<s:Envelope xmlns:s="{SOAP}"><s:Body>{body}</s:Body></s:Envelope>'.encode()


def owned(namespace, name, inside, status="DMPOk", context=""):
    return recorded(
        f'<x:{name} xmlns:x="{namespace}"><x:output>{inside}<x:status>{status}</x:status>'
        f"<x:context>{context}</x:context></x:output></x:{name}>"
    )


def acknowledged(name, kind="AA", detail=""):
    return (
        f'<{name} xmlns="{HL7}"><acknowledgement typeCode="{kind}">{detail}</acknowledgement>'
        f"</{name}>"
    )


DETAIL = (
    "<acknowledgementDetail><code code='DMPFound'/><text>Existe déjà</text></acknowledgementDetail>"
)


def test_a_list_of_my_patients_is_read_as_data():
    line = (
        "<x:patientlistData><x:patientIdentifier><x:nationalId>1</x:nationalId>"
        "<x:nationalIdType>1.2</x:nationalIdType></x:patientIdentifier><x:MT>true</x:MT>"
        "<x:lastAddDate>20260902080000</x:lastAddDate></x:patientlistData>"
    )

    said = answers.read(owned(PAT, "patientListResponse", line))

    (patient,) = said.about["patients"]
    assert patient.attending_doctor
    assert patient.identifiers == (("1", "1.2"),)
    assert patient.last_addition.isoformat() == "2026-09-02T08:00:00+00:00"


def test_a_list_of_professionals_is_read_as_data():
    line = (
        "<x:listOfAuthorizationByPatient><x:nationalId>8997</x:nationalId><x:lastName>A</x:lastName>"
        "<x:mode>INTERDITE</x:mode></x:listOfAuthorizationByPatient>"
    )

    said = answers.read(owned(HAB, "listAuthorizationByPatientResponse", line))

    assert [one.forbidden for one in said.about["professionals"]] == [True]


def test_an_authorisation_says_its_status_and_its_context():
    said = answers.read(owned(HAB, "setAuthorizationResponse", "", context="Déjà autorisé"))

    assert said.about["context"] == "Déjà autorisé"
    assert said.faults == ()


@pytest.mark.parametrize("name", ["setAuthorizationResponse", "listAuthorizationByPatientResponse"])
def test_a_proprietary_refusal_keeps_its_words(name):
    said = answers.read(owned(HAB, name, "", "DMPClosed", "Fermé"))

    assert (said.about["status"], said.about["context"]) == ("DMPClosed", "Fermé")
    assert said.faults == ("Le DMP a refusé la demande.",)


@pytest.mark.parametrize("name", ["PRPA_IN201312UV02", "PRPA_IN201315UV02"])
def test_a_registration_is_accepted_or_told(name):
    tag = "PRPA_IN201314UV02_Response"
    wrapped = f'<g:{tag} xmlns:g="asip:ci-sis:gdp:2010">%s</g:{tag}>'

    assert answers.read(recorded(acknowledged(name))).about["accepted"] is True
    assert answers.read(recorded(wrapped % acknowledged(name))).about["accepted"] is True
    refused = answers.read(recorded(acknowledged(name, "AE", DETAIL)))
    assert refused.about["code"] == "DMPFound"
    assert refused.faults


def test_candidates_of_a_search_by_traits_are_read_leniently():
    body = (
        f'<PRPA_IN201306UV02 xmlns="{HL7}"><acknowledgement typeCode="AA"/><controlActProcess>'
        "<subject><registrationEvent><subject1><patient><id root='1.2' extension='9'/>"
        "<patientPerson><name><family>CHEMIN</family></name></patientPerson><subjectOf1>"
        "<queryMatchObservation><code code='POURCENTAGE'/><value value='87'/>"
        "</queryMatchObservation></subjectOf1></patient></subject1></registrationEvent></subject>"
        "<queryAck><queryResponseCode code='OK'/></queryAck></controlActProcess>"
        "</PRPA_IN201306UV02>"
    )

    (one,) = answers.read(recorded(body)).about["candidates"]

    assert (one.family_name, one.percentage, one.birth_date) == ("CHEMIN", 87, None)


def test_an_existence_comes_with_its_flags():
    body = (
        f'<PRPA_IN201308UV02 xmlns="{HL7}"><acknowledgement typeCode="AA"/><controlActProcess>'
        "<queryAck><queryResponseCode code='NF'/></queryAck></controlActProcess>"
        "</PRPA_IN201308UV02>"
    )

    assert answers.read(recorded(body)).about["existence"].access == "none"
