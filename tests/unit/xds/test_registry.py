"""Answers of registries, read leniently."""

import datetime as dt

import pytest
from lxml import etree

from lgc.domain.dmp import DmpSearch, EntryStatus
from lgc.domain.documents import DocumentReference
from lgc.domain.professionals import Coded
from lgc.errors import UnreadableInput
from lgc.xds import iti18, iti43
from lgc.xds.registry_response import RegistryStatus, read

RS = "urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0"
RIM = "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"
STATUS = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:"


def response(status="Success", errors=""):
    return etree.fromstring(
        f'<r:RegistryResponse xmlns:r="{RS}" status="{STATUS}{status}">{errors}'
        "</r:RegistryResponse>"
    )


@pytest.mark.parametrize("status", RegistryStatus)
def test_every_status_is_told(status):
    assert read(response(status.value)).status is status


def test_the_status_is_compared_without_case():
    assert read(response("SUCCESS")).status is RegistryStatus.SUCCESS


def test_errors_keep_code_words_and_severity():
    answer = read(
        response(
            "Failure",
            '<r:RegistryErrorList><r:RegistryError errorCode="A" codeContext="un  deux" '
            'severity="urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:Warning"/>'
            '<r:RegistryError errorCode="B">texte</r:RegistryError></r:RegistryErrorList>',
        )
    )

    assert [(e.code, e.words, e.severe) for e in answer.errors] == [
        ("A", "un deux", False),
        ("B", "texte", True),
    ]
    assert answer.worst.code == "B"


@pytest.mark.parametrize("body", ["<a/>", "<a status='x'/>", f"<a status='{STATUS}Maybe'/>"])
def test_an_answer_without_a_known_status_is_unreadable(body):
    with pytest.raises(UnreadableInput):
        read(etree.fromstring(body))


def answer(objects):
    query = "urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0"
    return iti18.parse(
        etree.fromstring(
            f'<q:AdhocQueryResponse xmlns:q="{query}" xmlns="{RIM}" status="{STATUS}Success">'
            f"<RegistryObjectList>{objects}</RegistryObjectList></q:AdhocQueryResponse>"
        )
    )


def test_an_empty_entry_is_still_an_entry():
    (entry,) = answer("<ExtrinsicObject/>").entries

    assert entry.unique_id == ""
    assert entry.size is None
    assert entry.created_at is None


def test_a_full_entry_is_read():
    (entry,) = answer(
        '<ExtrinsicObject id="urn:uuid:1" lid="urn:uuid:0" mimeType="text/xml" '
        'status="urn:asip:ci-sis:2010:StatusType:Archived">'
        '<Slot name="creationTime"><ValueList><Value>20300115085500</Value></ValueList></Slot>'
        '<Slot name="hash"><ValueList><Value>ABCD</Value></ValueList></Slot>'
        '<Slot name="size"><ValueList><Value>12</Value></ValueList></Slot>'
        '<Name><LocalizedString value=" Un  titre "/></Name><VersionInfo versionName="3"/>'
        '<Classification classificationScheme="URN:UUID:93606bcf-9494-43ec-9b4e-a7748d1a838d">'
        '<Slot name="authorPerson"><ValueList>'
        "<Value>8997^MEDECIN^Paul^^^^^^&amp;1&amp;ISO^D^^^IDNPS</Value></ValueList></Slot>"
        '<Slot name="authorInstitution"><ValueList><Value>CABINET^^^^</Value></ValueList></Slot>'
        "</Classification>"
        '<Classification classificationScheme="urn:uuid:f0306f51-975f-434e-a61c-c59651d33983" '
        'nodeRepresentation="SYNTH"><Slot name="codingScheme"><ValueList><Value>1.2</Value>'
        '</ValueList></Slot><Name><LocalizedString value="Synthèse"/></Name></Classification>'
        "</ExtrinsicObject>"
    ).entries

    assert entry.status is EntryStatus.ARCHIVED
    assert entry.created_at == dt.datetime(2030, 1, 15, 8, 55, tzinfo=dt.UTC)
    assert (entry.sha1, entry.size, entry.version) == ("abcd", 12, "3")
    assert (entry.title, entry.authors, entry.organisations) == (
        "Un titre",
        ("Paul MEDECIN",),
        ("CABINET",),
    )
    assert entry.type == Coded("SYNTH", "1.2", "Synthèse")


@pytest.mark.parametrize("size", ["", "douze", "-1", "9" * 40])
def test_an_impossible_size_is_no_size(size):
    (entry,) = answer(
        '<ExtrinsicObject><Slot name="size"><ValueList>'
        f"<Value>{size}</Value></ValueList></Slot></ExtrinsicObject>"
    ).entries

    assert entry.size is None


def test_sets_associations_and_references_are_read():
    found = answer(
        '<RegistryPackage id="s"/><ObjectRef id="o"/>'
        '<Association associationType="t" sourceObject="s" targetObject="d"/>'
    )

    assert (found.submission_sets, found.references) == (("s",), ("o",))
    assert found.associations == (("t", "s", "d"),)


def values(query, name):
    return query.xpath(f"//*[@name='{name}']//*[local-name()='Value']/text()")


def test_strings_are_quoted_and_quotes_doubled():
    query = iti18.get_documents(unique_ids=["1'2", "3"])

    assert values(query, "$XDSDocumentEntryUniqueId") == ["('1''2','3')"]


def test_a_search_leaves_out_what_was_not_asked(request_of):
    query = iti18.find_documents(request_of().ins, DmpSearch())

    assert query.xpath("//@name") == ["$XDSDocumentEntryPatientId", "$XDSDocumentEntryStatus"]
    assert values(query, "$XDSDocumentEntryPatientId") == [
        "'299069999999912^^^&1.2.250.1.213.1.4.10&ISO^NH'"
    ]


def test_several_documents_may_be_asked_at_once():
    tree = iti43.request([DocumentReference("1", "2"), DocumentReference("1", "3")])

    assert tree.xpath("//*[local-name()='DocumentUniqueId']/text()") == ["2", "3"]


@pytest.mark.requirement("EX_3.1-1055")
def test_an_entry_is_kept_whatever_its_patient_id_says():
    scheme = "urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427"
    former = f'<ExternalIdentifier identificationScheme="{scheme}" value="ancien^^^&amp;1.2"/>'

    assert len(answer(f"<ExtrinsicObject>{former}</ExtrinsicObject>").entries) == 1


def test_an_entry_that_raises_stays_in_the_list_and_takes_no_other_out(monkeypatch):
    real = iti18._label

    def label(node):
        if node.get("id") == "bad":
            raise RecursionError
        return real(node)

    monkeypatch.setattr(iti18, "_label", label)
    objects = "".join(f'<ExtrinsicObject xmlns="{RIM}" id="{one}"/>' for one in ("a", "bad", "b"))

    answer = iti18.parse(response(errors=objects))

    assert [entry.entry_uuid for entry in answer.entries] == ["a", "bad", "b"]
    assert answer.entries[1].title == "Document illisible"
    assert len(answer.nodes) == 3
