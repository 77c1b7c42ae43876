"""Every transaction against a loopback server over mutual TLS."""

import hashlib
from dataclasses import replace

import pytest
from lxml import etree

from lgc.dmp import wire
from lgc.domain.deliveries import AnswerLost, Receipt, Refused
from lgc.domain.dmp import AuthorisationAction, DmpSearch
from lgc.domain.documents import DocumentReference
from lgc.domain.patients import DmpAccess
from lgc.errors import UserFacingError

SUCCESS = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success"
FAILURE = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Failure"
RS = "urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0"
RIM = "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"
DOCUMENT = b"%PDF \x00\xff\r\n--not-a-boundary\r\n" * 50


def registry(status=SUCCESS, errors=""):
    return f'<r:RegistryResponse xmlns:r="{RS}" status="{status}">{errors}</r:RegistryResponse>'


def registry_error(code, words=""):
    return (
        f'<r:RegistryErrorList xmlns:r="{RS}"><r:RegistryError errorCode="{code}" '
        f'codeContext="{words}" '
        'severity="urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:Error"/>'
        "</r:RegistryErrorList>"
    )


def existence(more="", response="OK", acknowledgement="AA"):
    return (
        '<PRPA_IN201308UV02 xmlns="urn:hl7-org:v3"><acknowledgement '
        f'typeCode="{acknowledgement}"/>{more}<controlActProcess><queryAck>'
        f'<queryResponseCode code="{response}"/></queryAck></controlActProcess></PRPA_IN201308UV02>'
    )


@pytest.mark.requirement("EX_2.1-1260")
def test_a_submission_leaves_in_mtom_and_comes_back_as_a_receipt(server, dmp, submission):
    server.answers(registry())

    outcome = dmp.submit(submission)

    assert isinstance(outcome, Receipt)
    assert outcome.reference == submission.submission_set_id
    seen = server.seen[0]
    assert seen.path.endswith("/services/repository")
    assert 'type="application/xop+xml"' in seen.content_type
    sent = seen.documents()
    assert sent["Document01"] == submission.content
    assert etree.fromstring(sent["Signature01"]).tag.endswith("}Signature")
    hashes = seen.envelope.xpath("//*[@name='hash']//text()")
    assert hashes == [hashlib.sha1(content).hexdigest() for content in sent.values()]


def test_sending_again_changes_nothing_but_the_vihf_and_the_message_id(server, dmp, submission):
    server.answers(registry())

    dmp.submit(submission)
    dmp.submit(submission)

    first, second = server.seen
    assert first.message_id != second.message_id
    assert first.documents() == second.documents()
    bodies = [s.envelope.find(".//{*}RegistryObjectList") for s in server.seen]
    assert etree.tostring(bodies[0]) == etree.tostring(bodies[1])


def test_one_connection_serves_several_requests(server, dmp, ins):
    ports = []

    def script(seen, handler):
        ports.append(handler.client_address[1])
        return 200, "application/soap+xml", _envelope(seen, existence())

    server.script = script
    dmp.existence(ins)
    dmp.existence(ins)

    assert len(ports) == 2
    assert len(set(ports)) == 1


def test_existence_names_the_patient_in_the_vihf_and_in_the_body(server, dmp, ins):
    line = (
        '<attentionLine><keyWordText code="AUTORISATION"/><value code="VALIDE"/></attentionLine>'
        '<attentionLine><keyWordText code="STATUT_MT"/><value value="true"/></attentionLine>'
    )
    server.answers(existence(line))

    found = dmp.existence(ins)

    assert (found.access, found.attending_doctor) == (DmpAccess.AUTHORISED, True)
    envelope = server.seen[0].envelope
    assert ins.cx in envelope.xpath("//*[local-name()='AttributeValue']/text()")
    assert envelope.xpath("//*[local-name()='patientIdentifier']/*/@extension") == [
        ins.ins.matricule
    ]


def test_a_refused_existence_shows_the_words_of_the_dmp(server, dmp, ins):
    server.script = lambda seen, handler: (
        500,
        "application/soap+xml",
        _envelope(
            seen,
            '<PRPA_IN201308UV02 xmlns="urn:hl7-org:v3"><acknowledgement typeCode="AE">'
            '<acknowledgementDetail><code code="X1"/><text>PS et Structure non liés</text>'
            "</acknowledgementDetail></acknowledgement></PRPA_IN201308UV02>",
        ),
    )

    with pytest.raises(UserFacingError, match="lieu d’exercice") as caught:
        dmp.existence(ins)

    assert caught.value.details == "X1 – PS et Structure non liés"


@pytest.mark.parametrize("status", ["DMPOk", "DMPOK"])
def test_an_authorisation_is_asked_for_the_patient_of_the_vihf(server, dmp, ins, status):
    server.answers(
        '<setAuthorizationResponse xmlns="urn:si-dmp-habilitations"><output>'
        f"<status>{status}</status><context>déjà</context></output></setAuthorizationResponse>"
    )

    dmp.authorise(ins, AuthorisationAction.ADD)

    assert server.seen[0].envelope.xpath("//*[local-name()='action']/text()") == ["AJOUT"]
    assert server.seen[0].path.endswith("/habilitations")


def test_a_refused_authorisation_is_told(server, dmp, ins):
    server.answers(
        '<setAuthorizationResponse xmlns="urn:si-dmp-habilitations"><output>'
        "<status>DMPAccessDeniedByRightsService</status></output></setAuthorizationResponse>"
    )

    with pytest.raises(UserFacingError, match="droits"):
        dmp.authorise(ins, AuthorisationAction.ADD)


def entry(unique_id, type_code="SYNTH", start="20291201100000"):
    def coded(scheme, code):
        return (
            f'<Classification id="c" classificationScheme="{scheme}" classifiedObject="e" '
            f'nodeRepresentation="{code}"/>'
        )

    return (
        f'<ExtrinsicObject xmlns="{RIM}" id="urn:uuid:{unique_id}" lid="urn:uuid:l" '
        'mimeType="text/xml" status="urn:oasis:names:tc:ebxml-regrep:StatusType:Approved">'
        f'<Slot name="serviceStartTime"><ValueList><Value>{start}</Value></ValueList></Slot>'
        '<Slot name="repositoryUniqueId"><ValueList><Value>1.2.9</Value></ValueList></Slot>'
        + coded("urn:uuid:f0306f51-975f-434e-a61c-c59651d33983", type_code)
        + coded("urn:uuid:f4f85eac-e6cb-4883-b524-f2705394840f", "MASQUE_PS")
        + '<ExternalIdentifier id="i" registryObject="e" '
        'identificationScheme="urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab" '
        f'value="{unique_id}"/></ExtrinsicObject>'
    )


def query_answer(objects="", status=SUCCESS, errors=""):
    query = "urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0"
    return (
        f'<q:AdhocQueryResponse xmlns:q="{query}" status="{status}">{errors}'
        f'<RegistryObjectList xmlns="{RIM}">{objects}</RegistryObjectList></q:AdhocQueryResponse>'
    )


def test_a_search_finds_newest_first_and_hides_signatures(server, dmp, ins):
    old, new = entry("1.2.1", start="20280101"), entry("1.2.2")
    server.answers(query_answer(old + new + entry("1.2.3", "E1762")))

    found = dmp.find(ins, DmpSearch())

    assert [e.unique_id for e in found] == ["1.2.2", "1.2.1"]
    assert found[0].masked
    assert found[0].reference == DocumentReference("1.2.9", "1.2.2")
    slots = server.seen[0].envelope.xpath("//@name[starts-with(., '$')]")
    assert "$XDSDocumentEntryServiceStartTimeFrom" in slots


def test_the_reference_of_a_known_document_is_found(server, dmp, ins):
    server.answers(query_answer(f'<ObjectRef xmlns="{RIM}" id="urn:uuid:7"/>'))

    found = dmp.reference(ins, "1.2.3")

    assert (found.entry_uuid, found.unique_id) == ("urn:uuid:7", "1.2.3")


def test_the_reference_of_an_unknown_document_is_nothing(server, dmp, ins):
    server.answers(query_answer())

    assert dmp.reference(ins, "1.2.3") is None


def _envelope(seen, body):
    namespace = "http://www.w3.org/2003/05/soap-envelope"
    addressing = "http://www.w3.org/2005/08/addressing"
    return (
        f'<s:Envelope xmlns:s="{namespace}"><s:Header><a:RelatesTo xmlns:a="{addressing}">'
        f"{seen.message_id}</a:RelatesTo></s:Header><s:Body>{body}</s:Body></s:Envelope>"
    ).encode()


def retrieved(unique_id="1.2.2"):
    return (
        f'<RetrieveDocumentSetResponse xmlns="urn:ihe:iti:xds-b:2007">{registry()}'
        f"<DocumentResponse><RepositoryUniqueId>1.2.9</RepositoryUniqueId><DocumentUniqueId>{unique_id}"
        "</DocumentUniqueId><mimeType>text/xml</mimeType><Document><xop:Include "
        'xmlns:xop="http://www.w3.org/2004/08/xop/include" href="cid:doc%2B1@x"/></Document>'
        "</DocumentResponse></RetrieveDocumentSetResponse>"
    )


def multipart(seen, body, content=DOCUMENT, cut=None):
    """An MTOM answer as a server writes it: root second, percent-encoded cid."""
    raw = (
        b"--B0\r\nContent-Type: text/xml\r\nContent-Transfer-Encoding: binary\r\n"
        b"Content-ID: <doc+1@x>\r\n\r\n" + content + b"\r\n--B0\r\nContent-Type: "
        b'application/xop+xml; charset=UTF-8;\r\n type="application/soap+xml"\r\n'
        b"Content-ID: <root@x>\r\n\r\n" + _envelope(seen, body) + b"\r\n--B0--\r\n"
    )
    kind = 'multipart/related; type="application/xop+xml"; start="<root@x>"; boundary=B0'
    return 200, kind, raw[:cut]


def test_a_document_comes_back_byte_for_byte(server, dmp, ins):
    server.script = lambda seen, handler: multipart(seen, retrieved())
    reference = DocumentReference("1.2.9", "1.2.2", hashlib.sha1(DOCUMENT).hexdigest())

    assert dmp.fetch(ins, reference) == DOCUMENT


@pytest.mark.parametrize(
    ("reference", "answer"),
    [
        (DocumentReference("1.2.9", "1.2.2", "0" * 40), "1.2.2"),
        (DocumentReference("1.2.9", "1.2.2", "", 3), "1.2.2"),
        (DocumentReference("1.2.9", "1.2.2"), "1.2.8"),
    ],
)
def test_another_document_than_the_one_asked_is_refused(server, dmp, ins, reference, answer):
    server.script = lambda seen, handler: multipart(seen, retrieved(answer))

    with pytest.raises(UserFacingError, match="n’est pas celui"):
        dmp.fetch(ins, reference)


def test_a_document_that_is_not_there_is_told(server, dmp, ins):
    server.script = lambda seen, handler: multipart(
        seen, registry(FAILURE, registry_error("XDSDocumentUniqueIdError"))
    )

    with pytest.raises(UserFacingError, match="plus dans le DMP") as caught:
        dmp.fetch(ins, DocumentReference("1.2.9", "1.2.2"))

    assert not caught.value.may_retry


def test_a_refused_submission_keeps_the_words_of_the_registry(server, dmp, submission):
    words = "entry 299069999999912 rejected"
    server.answers(registry(FAILURE, registry_error("XDSRegistryMetadataError", words)))

    outcome = dmp.submit(submission)

    assert isinstance(outcome, Refused)
    assert outcome.code == "XDSRegistryMetadataError"
    assert "entry … rejected" in outcome.details


@pytest.mark.parametrize(
    "answer",
    [
        registry(FAILURE, registry_error("XDSDuplicateUniqueIdInRegistry")),
        registry(SUCCESS.replace("Success", "PartialSuccess")),
        "<nonsense/>",
    ],
)
def test_an_answer_that_may_mean_stored_asks_before_sending_again(server, dmp, submission, answer):
    server.answers(answer)

    assert isinstance(dmp.submit(submission), AnswerLost)


def test_a_document_of_somebody_else_is_refused_without_a_byte_sent(server, dmp, submission):
    submission.document.unique_id = "1.2.3"

    assert isinstance(dmp.submit(submission), Refused)
    assert server.seen == []


def test_the_observer_sees_what_left_and_what_came(server, connect, ins, submission):
    seen = []
    client = connect(observer=lambda *args: seen.append(args))
    server.answers(existence())
    client.existence(ins)
    server.answers(registry())
    client.submit(submission)

    assert [name for name, _, _ in seen] == ["td0_2", "td2_1"]
    assert etree.fromstring(seen[0][1]).tag.endswith("}Envelope")
    assert seen[1][1].startswith(b"MIME-Version: 1.0\r\nContent-Type: multipart/related")
    assert b"Success" in seen[1][2]


def test_the_vihf_says_where_the_author_of_the_submission_practises(
    server, dmp, submission, doctor
):
    server.answers(registry())
    elsewhere = replace(doctor.place, structure_id="10B0000001")
    submission.author = replace(doctor, place=elsewhere)

    dmp.submit(submission)

    assert "10B0000001" in server.seen[0].envelope.xpath(
        "//*[@Name='Identifiant_Structure']//text()"
    )


@pytest.mark.parametrize(
    ("known", "expected"), [('<ObjectRef id="urn:uuid:7" xmlns="{}"/>', ["urn:uuid:7"]), ("", [])]
)
def test_a_new_version_replaces_the_entry_the_dmp_has_now(server, dmp, submission, known, expected):
    related = (
        b'<relatedDocument typeCode="RPLC"><parentDocument><id root="1.2.250.1.999.3.0"/>'
        b"</parentDocument></relatedDocument></ClinicalDocument>"
    )
    submission.content = submission.content.replace(b"</ClinicalDocument>", related)

    def script(seen, handler):
        found = query_answer(known.format(RIM)) if seen.path.endswith("registry") else registry()
        return 200, "application/soap+xml", _envelope(seen, found)

    server.script = script

    assert isinstance(dmp.submit(submission), Receipt)
    targets = server.seen[1].envelope.xpath(
        "//*[contains(@associationType, ':RPLC')]/@targetObject"
    )
    assert targets == expected


def test_what_left_can_be_kept_as_files(server, connect, submission):
    seen = []
    server.answers(registry())
    connect(observer=lambda *args: seen.append(args)).submit(submission)

    kept = wire.files(*seen[0][:2])

    assert set(kept) == {
        "td2_1-request.mime",
        "vihf.xml",
        "submission.xml",
        "submission-signature.xml",
    }
    assert kept["submission-signature.xml"] == server.seen[0].documents()["Signature01"]
    assert etree.fromstring(kept["submission.xml"]).tag.endswith("}SubmitObjectsRequest")
    assert b'xmlns:xs="http://www.w3.org/2001/XMLSchema"' in kept["vihf.xml"]


def test_a_plain_request_is_kept_with_its_vihf(server, connect, ins):
    seen = []
    server.answers(existence())
    connect(observer=lambda *args: seen.append(args)).existence(ins)

    assert set(wire.files(*seen[0][:2])) == {"td0_2-request.xml", "vihf.xml"}
