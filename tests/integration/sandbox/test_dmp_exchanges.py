"""What a correct client obtains from the sandbox's DMP."""

import pytest

FIND_DOCUMENTS = "14d4debf-8f97-4251-9a74-a90016b0af0d"
GET_DOCUMENTS = "5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4"
FIND_SETS = "f26abbcb-ac74-4422-8a30-edb644bbc1a9"
GET_ASSOCIATIONS = "a7ae438b-4bc2-4642-93e9-be891f7bb155"
PATIENT = "'299069999999912^^^&amp;1.2.250.1.213.1.4.10&amp;ISO^NH'"
APPROVED = "urn:oasis:names:tc:ebxml-regrep:StatusType:Approved"
DEPRECATED = "urn:oasis:names:tc:ebxml-regrep:StatusType:Deprecated"
XDS = "xds/XDS.b_DocumentRepository.xsd"


def find_all(client, status=APPROVED, **more):
    return client.find(
        FIND_DOCUMENTS,
        XDSDocumentEntryPatientId=PATIENT,
        XDSDocumentEntryStatus=f"('{status}')",
        **more,
    )


def test_a_known_patient_has_an_active_dmp_and_no_authorisation_yet(client, valid, names):
    answer = client.existence()

    assert answer.status == 200
    assert valid(answer.body, "hl7v3/NE2009/PRPA_IN201308UV02.xsd") == ""
    assert answer.body.find(".//h:queryResponseCode", names).get("code") == "OK"
    assert answer.body.find(".//h:patient/h:statusCode", names).get("code") == "active"
    assert answer.body.find("h:attentionLine/h:value", names).get("code") != "VALIDE"


def test_an_unknown_patient_has_no_dmp(client, valid, names):
    def other(text):
        return text.replace("299069999999912", "199069999999934")

    answer = client.existence(vihf=client.vihf(other), change=other)

    assert valid(answer.body, "hl7v3/NE2009/PRPA_IN201308UV02.xsd") == ""
    assert answer.body.find(".//h:queryResponseCode", names).get("code") == "NF"


def test_a_body_about_another_patient_than_the_vihf_is_an_application_error(client, valid, names):
    body = client.sample("td0.2").replace("299069999999912", "199069999999934")

    answer = client.ask("td0.2", body)

    assert valid(answer.body, "hl7v3/NE2009/PRPA_IN201308UV02.xsd") == ""
    assert answer.body.find("h:acknowledgement", names).get("typeCode") == "AE"


def test_an_authorisation_is_given_seen_said_again_and_taken_back(client, valid, names):
    def right():
        return client.existence().body.find("h:attentionLine/h:value", names).get("code")

    first, again = client.authorise(), client.authorise()
    assert valid(first.body, "dmp/habilitations.xsd") == ""
    assert first.body.findtext(".//hab:status", "", names) == "DMPOk"
    assert again.body.findtext(".//hab:status", "", names) == "DMPOk"
    assert "déjà" in again.body.findtext(".//hab:context", "", names)
    assert right() == "VALIDE"

    client.authorise("SUPPRESSION")

    assert right() != "VALIDE"


def test_the_authorised_professionals_are_listed(allowed, valid, names):
    body = '<listAuthorizationByPatient xmlns="urn:si-dmp-habilitations"><mode>TOUTE</mode>'

    answer = allowed.ask("td1.6", body + "</listAuthorizationByPatient>")

    assert valid(answer.body, "dmp/habilitations.xsd") == ""
    assert answer.body.findtext(".//hab:nationalId", "", names) == "899700057294"


@pytest.mark.parametrize("digest", ["sha1", "sha256"])
def test_a_correct_submission_is_stored_with_its_registry_metadata(
    client, submit, registry, valid, digest
):
    submission = submit()
    if digest == "sha256":
        submission.algorithm = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
        submission.digest = "sha256"

    answer = submission.send()

    assert answer.succeeded, answer.said
    assert valid(answer.body, XDS) == ""
    assert answer.relates_to.startswith("urn:uuid:")
    entry = registry.by_unique_id(submission.unique_id)
    assert entry.content == submission.cda
    assert entry.meta.one("repositoryUniqueId") == "1.2.250.1.213.4.1.1.1.2"
    assert entry.meta.one("size") == str(len(submission.cda))


def test_who_only_feeds_learns_the_reference_of_the_document(client, submit, registry, valid):
    submission = submit()
    assert submission.send().succeeded

    answer = client.find(
        GET_DOCUMENTS, "ObjectRef", XDSDocumentEntryUniqueId=f"('{submission.unique_id}')"
    )

    assert valid(answer.body, XDS) == ""
    found = [one.get("id") for one in answer.body.iter("{*}ObjectRef")]
    assert found == [registry.by_unique_id(submission.unique_id).uuid]


def test_a_document_is_found_and_brought_back_byte_for_byte(allowed, submit, valid, names):
    submission = submit()
    assert submission.send().succeeded

    found = find_all(allowed)
    retrieved = allowed.retrieve(submission.unique_id)

    assert valid(found.body, XDS) == ""
    assert len(found.body.findall(".//rim:ExtrinsicObject", names)) == 2  # with its signature
    assert retrieved.content_type.startswith("multipart/related")
    href = retrieved.body.find(".//{*}Include").get("href")
    assert retrieved.parts[href.removeprefix("cid:")] == submission.cda


def test_queries_filter_on_codes_and_times(allowed, submit, names):
    assert submit().send().succeeded
    cases = {
        "XDSDocumentEntryTypeCode": ("('11488-4^^2.16.840.1.113883.6.1')", 1),
        "XDSDocumentEntryClassCode": ("('11^^1.2.250.1.213.1.1.4.1')", 0),
        "XDSDocumentEntryServiceStartTimeFrom": ("20000101", 2),
        "XDSDocumentEntryServiceStartTimeTo": ("20000101", 0),
    }
    for name, (value, expected) in cases.items():
        answer = find_all(allowed, **{name: value})
        assert len(answer.body.findall(".//rim:ExtrinsicObject", names)) == expected, name


def test_a_submission_is_found_by_its_date_then_by_its_members(allowed, submit, names):
    submission = submit()
    assert submission.send().succeeded

    sets = allowed.find(
        FIND_SETS,
        XDSSubmissionSetPatientId=PATIENT,
        XDSSubmissionSetStatus=f"('{APPROVED}')",
        XDSSubmissionSetSubmissionTimeFrom="20200101",
    )
    uuid = sets.body.find(".//rim:RegistryPackage", names).get("id")
    associations = allowed.find(GET_ASSOCIATIONS, uuid=f"('{uuid}')")
    targets = [
        one.get("targetObject")
        for one in associations.body.iterfind(".//rim:Association", names)
        if one.get("associationType").endswith("HasMember")
    ]
    listed = ",".join(f"'{one}'" for one in targets)
    entries = allowed.find(GET_DOCUMENTS, XDSDocumentEntryEntryUUID=f"({listed})")

    assert submission.unique_id in {
        one.get("value") for one in entries.body.iter("{*}ExternalIdentifier")
    }


def test_a_replacement_deprecates_the_document_it_replaces(allowed, submit, registry, names):
    first = submit()
    assert first.send().succeeded
    old = registry.by_unique_id(first.unique_id)

    second = submit(replaces=(old.uuid, first.unique_id))
    answer = second.send()

    assert answer.succeeded, answer.said
    assert registry.by_unique_id(first.unique_id).status == DEPRECATED
    assert len(find_all(allowed, DEPRECATED).body.findall(".//rim:ExtrinsicObject", names)) == 1


def test_a_missing_document_is_a_partial_success(allowed, submit):
    submission = submit()
    assert submission.send().succeeded

    answer = allowed.retrieve(submission.unique_id, "1.2.250.1.999.404")

    assert answer.errors == ["XDSDocumentUniqueIdError"]
    assert "PartialSuccess" in answer.body[0].get("status")
    assert list(answer.parts.values()) == [submission.cda]
