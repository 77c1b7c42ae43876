"""What colleagues send conforms to the official rules, so that it is a fair test for lgc."""

import hashlib
import io
import zipfile

import pytest
from lxml import etree

from lgc_sandbox import practice as demo
from lgc_sandbox.documents import cda, lab, xdm

H = {"h": "urn:hl7-org:v3", "xsi": "http://www.w3.org/2001/XMLSchema-instance"}
RIM = {"rim": "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"}
PROFILES = {"biology": "crbio", "vsm": "vsm"}
PDF = b"%PDF-1.4\n%%EOF\n"


def patients_with_ins(documents, people):
    return [one for one in documents if people[one["patient"]]["ins"]]


def test_every_document_of_the_practice_conforms_without_a_finding(
    documents, people, written, validate
):
    seen = patients_with_ins(documents, people)
    found = {
        f"{one['patient']}: {one['title']}": validate(
            cda.render(people[one["patient"]], one, written, PDF),
            PROFILES.get(cda.kind_of(one), "minimal"),
        )
        for one in seen
    }

    assert len(seen) > 20
    assert {title: said for title, said in found.items() if said} == {}


def test_a_report_of_several_chapters_conforms(documents, people, written, validate):
    report = next(one for one in documents if one["results"])
    first = report["results"][0]
    results = [
        first,
        {
            **first,
            "loinc": "718-7",
            "label": "Hémoglobine",
            "unit": "g/dL",
            "chapter": "Hématologie",
            "specimen": "blood",
        },
        {**first, "value": None, "below": 3.0, "unit": "mg/mmol", "specimen": "urine"},
        {**first, "low": 60, "high": None, "unit": "mL/min/{1.73_m2}"},
        {**first, "low": None, "high": None},
    ]
    content = cda.render(people["chemin"], {**report, "results": results}, written, PDF)
    root = etree.fromstring(content)

    assert validate(content, "crbio") == []
    assert root.xpath("//h:section[h:entry/h:act]/h:title/text()", namespaces=H) == [
        "Biochimie, sang total",
        "Biochimie, urine",
        "Hématologie",
    ]
    assert len(root.xpath("//h:procedure", namespaces=H)) == 3


def test_a_report_says_in_words_what_its_entries_say_in_codes(documents, people, written):
    report = next(one for one in documents if one["results"])
    root = etree.fromstring(cda.render(people[report["patient"]], report, written, PDF))
    words = {
        row.findtext(".//h:content[@ID]", "", H): "".join(row.itertext())
        for row in root.iterfind(".//h:tbody/h:tr", H)
    }

    for result in report["results"]:
        assert lab.shown_value(result) in words[result["label"]]
        assert lab.shown_range(result) in words[result["label"]]


def test_a_chapter_without_a_code_is_refused(documents, people, written):
    report = next(one for one in documents if one["results"])
    odd = {**report, "results": [{**report["results"][0], "chapter": "Alchimie"}]}

    with pytest.raises(ValueError, match="Alchimie"):
        cda.render(people["chemin"], odd, written, PDF)


def test_metadata_of_an_archive_follow_the_schema_and_tell_the_truth(
    documents, people, written, registry_schema
):
    for document in patients_with_ins(documents, people):
        patient = people[document["patient"]]
        content = cda.render(patient, document, written, PDF)
        with zipfile.ZipFile(io.BytesIO(xdm.archive(patient, document, content, written))) as made:
            assert made.testzip() is None
            assert made.namelist() == [
                "INDEX.HTM",
                "README.TXT",
                "IHE_XDM/SUBSET01/METADATA.XML",
                "IHE_XDM/SUBSET01/DOC00001.XML",
            ]
            metadata = etree.fromstring(made.read("IHE_XDM/SUBSET01/METADATA.XML"))
            stored = made.read("IHE_XDM/SUBSET01/DOC00001.XML")

        registry_schema.assertValid(metadata)
        slots = {
            slot.get("name"): slot.findtext("rim:ValueList/rim:Value", "", RIM)
            for slot in metadata.iterfind(".//rim:ExtrinsicObject/rim:Slot", RIM)
        }
        assert stored == content
        assert slots["hash"] == hashlib.sha1(content, usedforsecurity=False).hexdigest()
        assert slots["size"] == str(len(content))
        assert slots["URI"] == "DOC00001.XML"
        assert slots["sourcePatientId"].startswith(patient["ins"] + "^^^&")
        assert "repositoryUniqueId" not in slots


def test_what_is_deposited_and_what_is_sent_are_the_same_bytes_every_time(
    practice, people, written
):
    document = practice["dmp_documents"][0]
    patient = people[document["patient"]]

    assert demo._cda(patient, document, written) == demo._cda(patient, document, written)
