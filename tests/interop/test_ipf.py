"""Our XDS against the Open eHealth Integration Platform: its validators, its registry."""

import re
import uuid
from dataclasses import replace
from types import SimpleNamespace

import pytest
from lxml import etree

from lgc.dmp import codes
from lgc.domain.deliveries import Receipt, Refused
from lgc.domain.dmp import DmpSearch, EntryStatus
from lgc.domain.documents import Confidentiality, DocumentReference
from lgc.errors import UserFacingError
from lgc.services.ports import DmpEnclosure
from lgc.xds import iti18, iti57
from lgc.xds.codes import DOCTOR_CHOICE, NORMAL
from lgc.xds.ebrim import RIM
from lgc.xds.metadata import package

REPOSITORY = "1.2.250.1.213.4.1.1.1.2"

# What France's rules ask beyond IHE's own data types, and IPF therefore refuses: the type of the
# INS (NH), of a structure (IDNST) and of a source identifier (PI), the coded speciality as three
# parts. Everything else must pass untouched.
FRENCH = (
    (rb"(&amp;ISO)\^(?:NH|PI)\b", rb"\1"),
    (rb"(&amp;ISO)\^IDNST\b", rb"\1^"),
    (rb"<rim:Value>(G15_10/\w+)\^[^<]*</rim:Value>", rb"<rim:Value>\1</rim:Value>"),
)
TRANSACTIONS = {"td2_1": "iti41", "td3_1": "iti18", "td3_1b": "iti18", "td3_2": "iti43"}


def body_of(message):
    """The element inside the SOAP body; the parts of MTOM stay outside, as the schema allows."""
    found = re.search(rb"<soap:Envelope.*</soap:Envelope>", message, re.DOTALL)
    body = etree.fromstring(found.group()).xpath("/*/*[local-name()='Body']/*")[0]
    for document in body.xpath("//*[local-name()='Document']"):
        for child in document:
            document.remove(child)
        document.text = "AAAA"
    return etree.tostring(body)


def as_ihe_alone(content):
    for pattern, kept in FRENCH:
        content = re.sub(pattern, kept, content)
    return content


def submitted(ipf, request):
    outcome = ipf.dmp.submit(request)
    assert isinstance(outcome, Receipt), outcome
    return outcome


@pytest.fixture
def life(ipf, submission_request):
    """Submit, find, refer to, fetch: what each step gave, and every message that left."""
    try:
        submitted(ipf, submission_request)
    except AssertionError:
        # Already there since another test: the server keeps what it has.
        assert ipf.dmp.reference(submission_request.ins, submission_request.document.unique_id)
    found = ipf.dmp.find(submission_request.ins, DmpSearch())
    reference = ipf.dmp.reference(submission_request.ins, submission_request.document.unique_id)
    return found, reference, ipf.sent


def test_a_server_made_of_ipf_registers_finds_and_gives_back_our_document(
    ipf, life, submission_request
):
    found, reference, _ = life
    ours = [e for e in found if e.unique_id == submission_request.document.unique_id]

    content = ipf.dmp.fetch(submission_request.ins, ours[0].reference)

    assert content == submission_request.content
    assert len(ours) == 1
    assert ours[0].title == "Synthèse médicale"
    assert reference is not None


def test_what_ipf_registered_twice_is_refused_and_said_so(ipf, life, submission_request):
    outcome = ipf.dmp.submit(submission_request)

    assert not isinstance(outcome, Receipt)
    assert isinstance(outcome, Refused) or outcome


def test_a_document_that_ipf_does_not_hold_is_not_invented(ipf, life, submission_request):
    assert ipf.dmp.reference(submission_request.ins, "2.25.404") is None
    with pytest.raises(UserFacingError):
        ipf.dmp.fetch(submission_request.ins, DocumentReference("2.25.404", "2.25.405"))


def test_ipf_finds_nothing_wrong_with_what_we_emit(life, judge):
    cases = [(TRANSACTIONS[name], as_ihe_alone(body_of(message))) for name, message in life[2]]

    assert {kind for kind, _ in cases} == {"iti18", "iti41"}
    assert judge(*cases) == ["ok"] * len(cases)


def test_ipf_sees_what_is_wrong(life, judge):
    """The judge is awake: a wrong hash, a missing class code, a wrong date."""
    good = as_ihe_alone(next(body_of(m) for name, m in life[2] if name == "td2_1"))
    broken = [
        re.sub(
            rb'name="hash"><rim:ValueList><rim:Value>\w{4}',
            b'name="hash"><rim:ValueList><rim:Value>zz',
            good,
        ),
        good.replace(b"urn:uuid:41a5887f-8865-4c09-adf7-e362475b143a", b"urn:uuid:none"),
        re.sub(rb'(creationTime"><rim:ValueList><rim:Value>)\d{8}', rb"\g<1>2026-1123", good),
    ]

    assert all(verdict != "ok" for verdict in judge(*(("iti41", one) for one in broken)))


def update_set(request):
    return package(
        SimpleNamespace(
            ins=request.ins,
            author=request.author,
            submission_set_id="2.25.777",
            submitted_at=request.submitted_at,
            title="Modification",
            comments="",
        ),
        "2.25.999",
    )


def registered(ipf, request):
    """Our document as IPF's registry gives it back: the entry and its ebRIM."""
    question = iti18.get_documents(unique_ids=[request.document.unique_id])
    answer = ipf.dmp._link.ask("td3_1", codes.REGISTRY, iti18.ACTION, request.ins, question)
    found = iti18.parse(answer.body)
    return found.entries[0], found.nodes[0]


def test_ipf_finds_nothing_wrong_with_our_updates(ipf, life, judge, submission_request):
    entry, node = registered(ipf, submission_request)
    if node.find(f"{{{RIM}}}VersionInfo") is None:
        # IPF's little registry keeps no version; the DMP always says one.
        node.find(f"{{{RIM}}}Name").addnext(etree.Element(f"{{{RIM}}}VersionInfo", versionName="1"))
    masked = (NORMAL, *DOCTOR_CHOICE[Confidentiality.MASKED_TO_PROFESSIONALS])
    made = update_set(submission_request)
    updates = [
        iti57.new_version(made, node, masked),
        iti57.status_change(made, entry.entry_uuid, EntryStatus.APPROVED, EntryStatus.DEPRECATED),
    ]

    cases = [("iti57", as_ihe_alone(etree.tostring(one))) for one in updates]

    assert judge(*cases) == ["ok", "ok"]


def test_several_documents_of_one_set_reach_ipf(ipf, judge, submission_request):
    """The same summary under other identifiers travels beside the first."""
    first = submission_request
    number = uuid.uuid4().int % 10**15

    def copy_of(stem):
        unique_id = f"2.25.{number}{stem}"
        content = first.content.replace(b'root="2.25.101"', f'root="{unique_id}"'.encode())
        document = replace(first.document, unique_id=unique_id, size=len(content))
        return document, content

    (document, content), (other, other_content) = copy_of(1), copy_of(2)
    request = replace(
        first,
        document=document,
        content=content,
        submission_set_id=f"2.25.{number}3",
        signature_document_id=f"2.25.{number}4",
        others=(DmpEnclosure(other, other_content, Confidentiality.VISIBLE),),
    )

    submitted(ipf, request)

    fetched, problems = ipf.dmp.fetch_several(
        request.ins,
        [DocumentReference(REPOSITORY, one) for one in (document.unique_id, other.unique_id)],
    )
    assert fetched == {document.unique_id: content, other.unique_id: other_content}
    assert problems == ()
    asked = dict(ipf.sent)
    cases = [
        (TRANSACTIONS[name], as_ihe_alone(body_of(asked[name]))) for name in ("td2_1", "td3_2")
    ]
    assert judge(*cases) == ["ok", "ok"]
