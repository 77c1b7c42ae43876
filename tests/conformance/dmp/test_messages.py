"""Every message we emit against its official schema; official samples read without complaint."""

import base64
import datetime as dt
from types import SimpleNamespace

import pytest
from lxml import etree

from lgc.dmp.td0_3_authorisation import request as authorisation_request
from lgc.domain.dmp import AuthorisationAction, DmpSearch, EntryStatus, Period
from lgc.domain.documents import Confidentiality, DocumentReference
from lgc.domain.identity import Ins, QualifiedIns, Sex, Traits
from lgc.domain.professionals import CardHolder, Coded, PlaceOfPractice, Practitioner
from lgc.hl7v3 import prpa_in201307
from lgc.hl7v3.message import Parties
from lgc.xds import dsg, iti18, iti41, iti43
from lgc.xds.metadata import submission

NOON = dt.datetime(2030, 1, 15, 12, 0, tzinfo=dt.UTC)
INS = QualifiedIns(
    Ins("299069999999912", "1.2.250.1.213.1.4.10"),
    Traits("A", ("B",), Sex.FEMALE, dt.date(1999, 6, 15)),
)
XDS = "xds/XDS.b_DocumentRepository.xsd"
PARTIES = Parties("1.2.250.1.999", "lgc", "1.2.250.1.213.4.1.1.1", "D")


def again(tree):
    return etree.fromstring(etree.tostring(tree))


def test_the_existence_question_is_valid(schema):
    tree = prpa_in201307.build(INS, PARTIES, "m", "q", NOON)

    schema("hl7v3/NE2009/PRPA_IN201307UV02.xsd").assertValid(again(tree))


@pytest.mark.parametrize("action", AuthorisationAction)
def test_the_authorisation_request_is_valid(schema, action):
    schema("dmp/habilitations.xsd").assertValid(again(authorisation_request(action)))


QUESTIONS = {
    "find": iti18.find_documents(
        INS,
        DmpSearch(NOON, NOON, (Coded("SYNTH", "1.2.250.1.213.1.1.4.12"),), tuple(EntryStatus)),
    ),
    "find all": iti18.find_documents(INS, DmpSearch()),
    "get": iti18.get_documents(unique_ids=["1.2.3", "1.2.4"]),
    "reference": iti18.get_documents(entry_uuids=["urn:uuid:1"], references=True),
    "sets": iti18.find_submission_sets(INS, Period(NOON, NOON)),
    "associations": iti18.get_associations(["urn:uuid:1"]),
    "retrieve": iti43.request([DocumentReference("1.2.9", "1.2.3")]),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_question_to_registry_and_repository_is_valid(schema, name):
    schema(XDS).assertValid(again(QUESTIONS[name]))


def test_a_whole_submission_is_valid_once_its_parts_are_in_place(schema, shared, key, whose):
    content = (shared / "conformance/cda/samples/VSM_1.4_2022.01.xml").read_bytes()
    ins = QualifiedIns(Ins("279035121518989", "1.2.250.1.213.1.4.10"), whose(content))
    request = SimpleNamespace(
        ins=ins,
        author=Practitioner(
            CardHolder("899700057294", "M", "P", Coded("10", "g", "Médecin"), "SM26", "1"),
            PlaceOfPractice("499700057294001", "CABINET", "SA07"),
        ),
        document=SimpleNamespace(
            unique_id="1.2.250.1.213.1.1.1.13.2022.1.1",
            title="VSM",
            type=Coded("SYNTH", "1.2.250.1.213.1.1.4.12", "Synthèse"),
        ),
        content=content,
        confidentiality=Confidentiality.INVISIBLE_TO_PATIENT,
        submission_set_id="1.2.250.1.999.4.1",
        signature_document_id="1.2.250.1.999.4.2",
        submitted_at=NOON,
        title="VSM",
        comments="",
        others=(),
    )
    signature = dsg.sign("1.2.250.1.999.4.1", {request.document.unique_id: content}, key, NOON)
    metadata = submission(
        request,
        "1.2.250.1.999",
        signature=signature,
        replaced={request.document.unique_id: "urn:uuid:1"},
    )
    contents = {request.document.unique_id: content, "1.2.250.1.999.4.2": signature}
    tree, parts = iti41.request(metadata, contents)
    for element, part in parts:
        element.text = base64.b64encode(part).decode()

    schema(XDS).assertValid(again(tree))


def test_what_we_write_has_the_shape_of_the_reference_sample(shared, key, schema, whose):
    """Same slots and classification schemes per object as the sample drawn from the sheet."""
    sample = etree.parse(shared / "conformance/xds/samples/synthetic-td2.1-request.xml")
    rim = {"r": "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"}

    def shape(tree, name):
        node = tree.xpath(f"//r:*[@id='{name}']", namespaces=rim)[0]
        schemes = node.xpath("r:*/@classificationScheme|r:*/@identificationScheme", namespaces=rim)
        return set(schemes) | set(node.xpath("r:Slot/@name", namespaces=rim))

    content = (shared / "conformance/cda/samples/VSM_1.4_2022.01.xml").read_bytes()
    request = SimpleNamespace(
        ins=QualifiedIns(Ins("279035121518989", "1.2.250.1.213.1.4.10"), whose(content)),
        author=Practitioner(
            CardHolder("899700057294", "M", "P", Coded("10", "g", "Médecin"), "SM26", "1"),
            PlaceOfPractice("499700057294001", "CABINET", "SA07"),
        ),
        document=SimpleNamespace(
            unique_id="1.2.250.1.213.1.1.1.13.2022.1.1", title="", type=Coded("SYNTH", "s", "S")
        ),
        content=content,
        confidentiality=Confidentiality.VISIBLE,
        submission_set_id="1.2.3",
        signature_document_id="1.2.4",
        submitted_at=NOON,
        title="VSM",
        comments="",
        others=(),
    )
    ours, _ = iti41.request(
        submission(request, "1.2", signature=b"<x/>"),
        {request.document.unique_id: content, "1.2.4": b"<x/>"},
    )

    for name in ("SubmissionSet01", "Document01", "Signature01"):
        missing = shape(sample, name) - shape(ours, name)
        assert missing <= {"serviceStopTime"}, name


def test_foreign_metadata_is_read_leniently(shared):
    """ebRIM of other vendors: entries come out, whatever they lack."""
    samples = shared / "conformance" / "xds" / "samples"
    read = 0
    for sample in [
        *sorted(samples.glob("*ubmit*bjects*.xml")),
        samples / "synthetic-td2.1-request.xml",
    ]:
        objects = etree.parse(sample).xpath("//*[local-name()='RegistryObjectList']")[0]
        query = "urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0"
        answer = etree.Element(f"{{{query}}}AdhocQueryResponse")
        answer.set("status", "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success")
        answer.append(objects)
        found = iti18.parse(answer)
        read += len(found.entries)
        assert all(entry.unique_id for entry in found.entries), sample.name
    assert read >= 3
