"""Archives that others made (US connectathons): every document found, every verdict right."""

import pytest

from lgc.xds import xdm

EXPECTED = {
    "ett-toc-full-metadata.zip": 1,
    "nist-c32-sample1.zip": 1,
    "nist-ccda-ambulatory-uri-case.zip": 1,
    "nist-lynn-ebrim21.zip": 1,
    "nist-minimal-lowercase.zip": 1,
    "vendor-epic-lucy0.zip": 1,
    "vendor-sage-two-subsets.zip": 2,
}


@pytest.mark.parametrize(("name", "documents"), EXPECTED.items())
def test_every_document_is_found_with_its_hash(shared, name, documents):
    read = xdm.read((shared / "xdm" / name).read_bytes())

    assert len(read.entries) == documents
    assert all(entry.content for entry in read.entries)
    assert {entry.hash_verdict for entry in read.entries} == {"ok"}


def test_a_number_that_is_no_ins_is_never_taken_for_one(shared):
    for name in EXPECTED:
        for entry in xdm.read((shared / "xdm" / name).read_bytes()).entries:
            assert entry.patient.ins == ()


def test_our_metadata_is_valid_ebrim(shared, submission_request):
    import io
    import zipfile

    from lxml import etree

    schema = etree.XMLSchema(
        etree.parse(shared / "xds" / "xsd" / "xds" / "XDS.b_DocumentRepository.xsd")
    )
    archive = zipfile.ZipFile(io.BytesIO(xdm.write(submission_request, "2.25.42", "lgc")))

    schema.assertValid(etree.fromstring(archive.read("IHE_XDM/SUBSET01/METADATA.XML")))
