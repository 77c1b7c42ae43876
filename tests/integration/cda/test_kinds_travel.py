"""Every kind of document made here can be deposited and archived: metadata, codes, IHE_XDM."""

import importlib.util
from dataclasses import replace
from pathlib import Path

import pytest

from lgc.cda import documents, kinds, parse
from lgc.terminology import document_codes
from lgc.xds import metadata, xdm

MAKERS = Path(__file__).resolve().parents[2] / "unit" / "cda" / "makers.py"


@pytest.fixture(scope="module")
def makers():
    spec = importlib.util.spec_from_file_location("cda_makers", MAKERS)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


FORMATS = {
    "admission_letter": "urn:asip:ci-sis:ldl-ees:2017",
    "prescription": "urn:ihe:pharm:pre:2010",
    "vaccination_note": "urn:asip:ci-sis:vac-note:2021",
    "vsm": "urn:asip:ci-sis:vsm:2012",
}
CLASSES = {"vsm": "11", "certificate": "52"}


@pytest.mark.parametrize("kind", sorted(documents.MAKERS))
def test_the_registry_is_told_the_class_and_format_of_each_kind(kind):
    declared = kinds.by_name(kind)
    templates = tuple(root for root, _ in declared.template_ids)
    body = "application/pdf" if "1.3.6.1.4.1.19376.1.2.20" in templates else ""
    usual = "urn:ihe:iti:xds-sd:pdf:2008" if body else "urn:asipSante:modelesHorsProfils:2011"
    prescribed = "42" if "prescription" in kind or kind == "work_leave" else "10"

    assert document_codes.class_of(declared.type).code == CLASSES.get(kind, prescribed)
    assert document_codes.format_of(templates, body).code == FORMATS.get(kind, usual)
    if kind != "n1":  # its type comes with each document
        found = kinds.kind_of(declared.type.code, declared.type.system)
        assert found is declared.document_kind


@pytest.mark.parametrize("kind", sorted(documents.MAKERS))
def test_a_document_of_each_kind_makes_its_archive_and_comes_back(makers, submission_request, kind):
    content = next(iter(makers.contents()[kind].values()))
    if kind == "consultation":
        content = makers.contents()[kind]["full"]
    written = documents.render(kind, content)
    header = parse.parse(written).header
    document = replace(
        submission_request.document,
        unique_id=header.unique_id,
        set_id=header.set_id,
        version=header.version,
        type=header.type,
        title=header.title,
    )
    request = replace(
        submission_request,
        ins=makers.patient().identity.qualified(),
        author=makers.author(),
        document=document,
        content=written,
    )

    entry = metadata.document_entry(request)
    archive = xdm.read(xdm.write(request, "2.25.42", "lgc"))

    assert entry.unique_id == header.unique_id
    assert entry.type_code.code == header.type.code
    assert archive.faults == ()
    assert [one.content for one in archive.entries] == [written]
