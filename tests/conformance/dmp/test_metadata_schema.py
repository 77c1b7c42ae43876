"""Metadata of real official documents, against the ebRIM schemas."""

import datetime as dt
import hashlib
from types import SimpleNamespace

import pytest
from lxml import etree

from lgc.domain.documents import Confidentiality
from lgc.domain.identity import Ins, QualifiedIns
from lgc.domain.professionals import CardHolder, Coded, PlaceOfPractice, Practitioner
from lgc.xds import ebrim
from lgc.xds.cda_header import read_header
from lgc.xds.metadata import submission


def request_around(content, traits):
    """A request for any official sample, with the INS its own header carries."""
    header = read_header(content)
    ins = header.ins[0] if header.ins else Ins("299069999999912", "1.2.250.1.213.1.4.10")
    return SimpleNamespace(
        ins=QualifiedIns(ins, traits),
        author=Practitioner(
            CardHolder("899700057294", "M", "P", Coded("10", "g", "Médecin"), "SM26", "1"),
            PlaceOfPractice("499700057294001", "CABINET", "SA07"),
        ),
        document=SimpleNamespace(
            unique_id=header.unique_id, title="Document", type=header.type, mime_type="text/xml"
        ),
        content=content,
        confidentiality=Confidentiality.MASKED_TO_PROFESSIONALS,
        submission_set_id="1.2.250.1.999.4.1",
        signature_document_id="1.2.250.1.999.4.2",
        earlier=(),
        submitted_at=dt.datetime(2030, 1, 15, 9, 0, tzinfo=dt.UTC),
        title="Envoi",
        comments="Commentaire",
        others=(),
    )


@pytest.mark.requirement("EX_2.1-1071")
def test_metadata_of_every_official_document_is_valid_ebrim(shared, schema, whose):
    samples = sorted((shared / "conformance" / "cda" / "samples").glob("*.xml"))
    assert samples
    rules = schema("xds/XDS.b_DocumentRepository.xsd")

    for sample in samples:
        content = sample.read_bytes()
        result = submission(
            request_around(content, whose(content)), "1.2.250.1.999", signature=b"<x/>"
        )
        tree = ebrim.submit_objects_request(result, {result.entries[0].unique_id: "DOC1.XML"})

        rules.assertValid(etree.fromstring(etree.tostring(tree)))
        assert result.entries[0].sha1 == hashlib.sha1(content).hexdigest(), sample.name
