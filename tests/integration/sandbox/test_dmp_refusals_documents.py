"""Submissions, queries and retrievals that the sandbox's DMP refuses, each with its code."""

import datetime as dt

import pytest

from lgc_sandbox.card import OTHER_DOCTOR
from lgc_sandbox.dmp.registry import Dmp

METADATA = "XDSRegistryMetadataError"
FIND_DOCUMENTS = "14d4debf-8f97-4251-9a74-a90016b0af0d"
GET_DOCUMENTS = "5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4"
PATIENT = "299069999999912^^^&amp;1.2.250.1.213.1.4.10&amp;ISO^NH"
APPROVED = "('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved')"


def swap(old, new, count=-1):
    def change(text):
        assert old in text
        return text.replace(old, new, count)

    return change


def without_slot(name):
    def change(text):
        start = text.index(f'<Slot name="{name}">')
        return text[:start] + text[text.index("</Slot>", start) + 7 :]

    return change


def without(tag, mark, count=1):
    """Remove the elements ``tag`` that hold ``mark`` in their opening tag."""

    def change(text):
        for _ in range(count):
            start = text.rindex(f"<{tag}", 0, text.index(mark))
            end = text.index(">", start)
            close = f"</{tag}>"
            stop = end + 1 if text[end - 1] == "/" else text.index(close, start) + len(close)
            text = text[:start] + text[stop:]
        return text

    return change


def with_mask(code):
    def change(text):
        start = text.rindex("<Classification", 0, text.index('nodeRepresentation="N"'))
        end = text.index("</Classification>", start) + 17
        mask = text[start:end].replace('nodeRepresentation="N"', f'nodeRepresentation="{code}"')
        mask = mask.replace('id="c', 'id="m').replace("2.16.840.1.113883.5.25", MASKS)
        return text[:end] + mask.replace('id="m', f'id="{code[:3]}') + text[end:]

    return change


def both(*changes):
    def change(text):
        for one in changes:
            text = one(text)
        return text

    return change


MASKS = "1.2.250.1.213.1.1.4.13"
ENTRY_PATIENT = "urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427"
UNIQUE = "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab"
AUTHOR = "urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d"
METADATA_FAULTS = {
    "no submissionTime": (without_slot("submissionTime"), METADATA, "submissionTime"),
    "no creationTime": (without_slot("creationTime"), METADATA, "creationTime"),
    "no language": (without_slot("languageCode"), METADATA, "languageCode"),
    "no legal authenticator": (without_slot("legalAuthenticator"), METADATA, "legalAuthenticator"),
    "no service start": (without_slot("serviceStartTime"), METADATA, "serviceStartTime"),
    "no source patient": (without_slot("sourcePatientId"), METADATA, "sourcePatientId"),
    "no patient traits": (without_slot("sourcePatientInfo"), METADATA, "sourcePatientInfo"),
    "no author": (without("Classification", AUTHOR), METADATA, "author"),
    "other class": (
        swap('nodeRepresentation="10"', 'nodeRepresentation="99"'),
        METADATA,
        "classCode",
    ),
    "class of another scheme": (swap("213.1.1.4.1<", "213.1.1.4.2<"), METADATA, "classCode"),
    "other content type scheme": (swap("1.2.250.1.213.2.2", "1.2.250.1"), METADATA, "contentType"),
    "type unlike the CDA": (swap('"11488-4"', '"34133-9"'), METADATA, "typeCode"),
    "title unlike the CDA": (swap('"CR de consultation"', '"Autre"'), METADATA, "title"),
    "sector unlike the CDA": (swap('"SA07"', '"SA08"'), METADATA, "healthcareFacilityTypeCode"),
    "format unlike the CDA": (
        swap("urn:ihe:iti:xds-sd:pdf:2008", "urn:ihe:iti:xds-sd:text:2008"),
        METADATA,
        "formatCode",
    ),
    "format of another system": (
        swap("1.3.6.1.4.1.19376.1.2.3<", "1.2.250.1.213.1.1.4.2.282<"),
        METADATA,
        "formatCode",
    ),
    "no HasMember for the signature": (
        without("Association", 'targetObject="Signature01"'),
        METADATA,
        "HasMember",
    ),
    "no signs association": (
        without("Association", "AssociationType:signs"),
        METADATA,
        "signs",
    ),
    "masked and invisible": (
        both(with_mask("MASQUE_PS"), with_mask("INVISIBLE_PATIENT")),
        METADATA,
        "confidentialityCode",
    ),
    "set author of another structure": (
        swap("499700057294007", "499700057294012", 1),
        METADATA,
        "Aucun AuthorInstitution ne correspond à l'utilisateur du VIHF",
    ),
    "patient of the set is another": (
        swap(f'value="{PATIENT}"', f'value="{PATIENT.replace("99912", "99934")}"', 1),
        "XDSPatientIdDoesNotMatch",
        "SubmissionSet01",
    ),
}


@pytest.mark.parametrize("case", METADATA_FAULTS)
def test_wrong_metadata_are_refused_with_their_code_and_name(submit, registry, case):
    change, code, word = METADATA_FAULTS[case]
    submission = submit()
    submission.change_metadata = change

    answer = submission.send()

    assert code in answer.errors
    assert word in answer.said
    assert registry.by_unique_id(submission.unique_id) is None


@pytest.mark.parametrize("mask", ["MASQUE_PS", "INVISIBLE_PATIENT"])
def test_one_mask_is_allowed(submit, mask):
    submission = submit()
    submission.change_metadata = with_mask(mask)

    answer = submission.send()

    assert answer.succeeded, answer.said


def test_a_unique_identifier_must_be_a_plain_oid(submit):
    submission = submit()
    submission.change_metadata = swap(
        f'value="{submission.unique_id}"', f'value="{submission.unique_id}^7"'
    )

    assert "uniqueId" in submission.send().said


@pytest.mark.requirement("EX_2.1-1260")
def test_a_submission_without_mtom_is_refused(submit):
    submission = submit()
    submission.as_mtom = False

    answer = submission.send()

    assert not answer.body.get("status", "").endswith("Success")
    assert "MTOM" in answer.said + answer.fault


def test_the_same_document_is_refused_the_second_time(submit, registry):
    submission = submit()
    assert submission.send().succeeded
    before = len(registry.entries("299069999999912"))

    again = submission.send()

    assert set(again.errors) == {"XDSDuplicateUniqueIdInRegistry"}
    assert len(registry.entries("299069999999912")) == before


def test_a_hash_that_is_not_the_document_s_is_refused(submit):
    submission = submit()
    submission.change_metadata = swap(
        '<Slot name="languageCode">',
        f'<Slot name="hash"><ValueList><Value>{"0" * 40}</Value></ValueList></Slot>'
        '<Slot name="languageCode">',
        1,
    )

    assert submission.send().errors == ["XDSNonIdenticalHash"]


SIGNATURE_FAULTS = {
    "another purpose": (swap("10065.1.12.1.14", "10065.1.12.1.1"), "but de la signature"),
    "digest of the set": (swap("AA==", "AAA="), "AA=="),
    "no SignaturePolicyImplied": (
        swap("xad:SignaturePolicyIdentifier", "xad:Policy"),
        "SignedSignatureProperties",
    ),
    "an Id that starts with a digit": (
        both(swap('Id="S0"', 'Id="0S"'), swap('"#S0"', '"#0S"')),
        "Id correct",
    ),
    "another certificate is declared": (
        swap("<ds:X509SerialNumber>", "<ds:X509SerialNumber>1"),
        "SigningCertificate",
    ),
    "another canonicalisation": (
        swap("315#WithComments", "315", 1),
        "CanonicalizationMethod",
    ),
}


@pytest.mark.parametrize("case", SIGNATURE_FAULTS)
def test_a_wrong_signature_of_the_set_is_refused(submit, case):
    change, word = SIGNATURE_FAULTS[case]
    submission = submit()
    submission.change_signature = change

    answer = submission.send()

    assert answer.errors == ["XDSRepositoryError"]
    assert word in answer.said


def test_a_signature_that_breaks_the_schema_is_refused_with_the_schema_s_words(submit):
    submission = submit()
    submission.change_signature = swap("<xad:UnsignedProperties", "<ds:KeyName")

    answer = submission.send()

    assert answer.errors == ["XDSRepositoryError"]
    assert "schéma" in answer.said


def test_the_entry_of_the_signature_repeats_the_place_of_the_document(submit):
    submission = submit()

    def elsewhere(text):
        head, mark, tail = text.rpartition('nodeRepresentation="SA07"')
        return head + mark.replace("SA07", "SA08") + tail

    submission.change_metadata = elsewhere

    assert "Signature01: healthcareFacilityTypeCode" in submission.send().said


def test_a_signature_of_other_bytes_is_refused(submit):
    submission = submit()
    submission.signed_cda = submission.cda.replace(b"AA==", b"BB==")

    assert "empreinte fausse" in submission.send().said


def test_the_set_must_be_signed_with_the_signature_key(submit, cards):
    submission = submit()
    submission.certificate = cards.pair()

    assert "Not a valid signature certificate" in submission.send().said


def test_the_set_must_be_signed_by_the_user_of_the_vihf(submit, cards):
    submission = submit()
    submission.certificate = cards.pair(OTHER_DOCTOR.person, "signature")

    assert "utilisateur du VIHF" in submission.send().said


CDA_FAULTS = {
    "another patient": (b'extension="299069999999912"', b'extension="299069999999934"'),
    "another date": (b"+0100", b"+0200"),
    "another author": (b'1.71.4.2.1" extension="899700057294"', b'1.71.4.2.1" extension="8"'),
    "an extension": (b'"/>\n<code code="11488', b'" extension="7"/>\n<code code="11488'),
    "not a CDA": (b"ClinicalDocument", b"Document"),
}


@pytest.mark.parametrize("case", CDA_FAULTS)
def test_a_cda_that_says_something_else_than_its_metadata_is_refused(submit, case):
    old, new = CDA_FAULTS[case]
    submission = submit()
    assert old in submission.cda
    submission.cda = submission.cda.replace(old, new)

    answer = submission.send()

    assert set(answer.errors) <= {METADATA, "XDSPatientIdDoesNotMatch"}
    assert answer.errors


def test_a_closed_dmp_takes_nothing(submit, registry):
    registry.close_dmp("299069999999912", "terminated", "20260101")

    assert submit().send().errors == ["DMPClosed"]


def test_a_patient_without_dmp_is_unknown(submit, registry):
    registry.enrol(Dmp("299069999999912", "1.2.250.1.213.1.4.8"))  # the same matricule elsewhere

    assert submit().send().errors == ["XDSUnknownPatientId"]


def test_only_an_approved_document_of_one_s_own_may_be_replaced(submit, registry):
    first = submit()
    assert first.send().succeeded
    old = registry.by_unique_id(first.unique_id)
    unknown = "urn:uuid:00000000-0000-4000-8000-00000000ffff"

    assert submit(replaces=(unknown, first.unique_id)).send().errors == ["XDSReplaceFailed"]
    assert submit(replaces=(old.uuid, "1.2.3.4")).send().errors == ["XDSReplaceFailed"]
    assert submit(replaces=(old.uuid, first.unique_id)).send().succeeded
    assert submit(replaces=(old.uuid, first.unique_id)).send().errors == ["XDSReplaceFailed"]


def find(client, **changes):
    parameters = {
        "XDSDocumentEntryPatientId": f"'{PATIENT}'",
        "XDSDocumentEntryStatus": APPROVED,
        **changes,
    }
    return client.find(
        FIND_DOCUMENTS, **{name: value for name, value in parameters.items() if value}
    )


def test_consultation_wants_a_valid_authorisation(client, registry):
    for value in ("", "EXPIRE", "INTERDIT"):
        registry.authorise(
            "299069999999912", "899700057294", value, mt=False, now=dt.datetime.now(dt.UTC)
        )
        assert find(client).errors == ["DMPAccessDeniedByRightsService"]
        assert client.retrieve("1.2.3").errors == ["DMPAccessDeniedByRightsService"]


QUERY_FAULTS = {
    "no patient": ({"XDSDocumentEntryPatientId": ""}, "XDSStoredQueryMissingParam"),
    "no status": ({"XDSDocumentEntryStatus": ""}, "XDSStoredQueryMissingParam"),
    "another patient": (
        {"XDSDocumentEntryPatientId": f"'{PATIENT.replace('99912', '99934')}'"},
        "XDSPatientIdDoesNotMatch",
    ),
    "patient in parentheses": (
        {"XDSDocumentEntryPatientId": f"('{PATIENT}')"},
        "XDSRegistryError",
    ),
    "codes without parentheses": (
        {"XDSDocumentEntryTypeCode": "'11488-4^^2.16.840.1.113883.6.1'"},
        "XDSRegistryError",
    ),
    "unknown status": ({"XDSDocumentEntryStatus": "('Approved')"}, "XDSRegistryError"),
}


@pytest.mark.parametrize("case", QUERY_FAULTS)
def test_a_wrong_query_is_refused_with_its_code(allowed, case):
    changes, code = QUERY_FAULTS[case]

    assert find(allowed, **changes).errors == [code]


def test_an_unknown_query_is_refused(allowed):
    answer = allowed.find("00000000-8f97-4251-9a74-a90016b0af0d")

    assert answer.errors == ["XDSUnknownStoredQuery"]


def test_an_unknown_repository_is_refused(allowed):
    assert allowed.retrieve("1.2.3", repository="1.2.3").errors == ["XDSUnknownRepositoryId"]


def test_a_fault_of_td3_2_comes_as_mtom_too(client):
    answer = client.retrieve("1.2.3")
    kind, raw = client.envelope(
        "td3.2", '<RetrieveDocumentSetRequest xmlns="urn:ihe:iti:xds-b:2007"/>'
    )
    fault = client.post("td3.2", (kind, raw.replace(b"<wsa:Action>", b"<wsa:Action>x", 1)))

    assert answer.content_type.startswith("multipart/related")
    assert fault.content_type.startswith("multipart/related")
    assert fault.fault


def test_a_masked_document_of_somebody_else_is_shown_to_the_medecin_traitant_only(
    client, registry, names
):
    identifier = b'<id root="1.2.250.1.999.8.1"/>'
    cda = b'<ClinicalDocument xmlns="urn:hl7-org:v3">' + identifier + b"</ClinicalDocument>"
    entry = {
        "title": "CR",
        "type_code": "11488-4",
        "type_system": "2.16.840.1.113883.6.1",
        "type_label": "CR",
        "class_code": "10",
        "format_code": "urn:ihe:iti:xds-sd:pdf:2008",
        "creation_time": "20260101100000",
        "service_start": "20260101090000",
        "author_person": "899700059786^MEDECIN5978^ANNE^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS",
        "author_institution": "CABINET^^^^^&1.2.250.1.71.4.2.2&ISO^IDNST^^^499700059786003",
        "confidentiality": ["N", "MASQUE_PS"],
        "patient_info": ["PID-5|PATIENTE^Test^^^^^L"],
    }
    registry.deposit("299069999999912", "1.2.250.1.213.1.4.10", cda, entry)
    now = dt.datetime.now(dt.UTC)

    seen = []
    for mt in (False, True):
        registry.authorise("299069999999912", "899700057294", "VALIDE", mt=mt, now=now)
        seen.append(len(find(client).body.findall(".//rim:ExtrinsicObject", names)))

    assert seen == [0, 1]
