"""What a file is and holds: messages in archives in answers, noise, and never an exception."""

import base64
import io
import json
import zipfile
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from lgc.commands import answers, shown, understanding
from lgc.transport import mtom

CDA = (
    b'<ClinicalDocument xmlns="urn:hl7-org:v3"><id root="1.2.3"/><title>Bilan</title><component>'
    b"<structuredBody><component><section><title>Conclusion</title><text>Tout va bien</text>"
    b"</section></component></structuredBody></component></ClinicalDocument>"
)
S12 = "http://www.w3.org/2003/05/soap-envelope"
RS = "urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0"
OK = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success"
XDSB = "urn:ihe:iti:xds-b:2007"


def envelope(body):
    return f'<s:Envelope xmlns:s="{S12}"><s:Body>{body}</s:Body></s:Envelope>'


def retrieved(document=""):
    return envelope(
        f'<x:RetrieveDocumentSetResponse xmlns:x="{XDSB}"><r:RegistryResponse xmlns:r="{RS}" '
        f'status="{OK}"/><x:DocumentResponse><x:DocumentUniqueId>1.2.3</x:DocumentUniqueId>'
        f"<x:mimeType>text/xml</x:mimeType><x:Document>{document}</x:Document>"
        "</x:DocumentResponse></x:RetrieveDocumentSetResponse>"
    )


def archive(content):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr("IHE_XDM/SUBSET01/DOC00001.XML", content)
    return made.getvalue()


def mail(*attachments):
    message = EmailMessage()
    message["From"], message["To"] = "a@b.example", "c@d.example"
    message["Subject"] = "XDM/1.0/DDM+Bilan"
    message.set_content("Bonjour")
    for content in attachments:
        message.add_attachment(content, "application", "zip", filename="IHE_XDM.zip")
    return message.as_bytes()


def kinds(understood):
    return [understood.kind, *(kind for one in understood.inside for kind in kinds(one))]


def test_a_message_is_read_down_to_the_document_in_its_archive():
    found = understanding.of_bytes("m.eml", mail(archive(CDA)))

    assert kinds(found) == ["message", "archive", "cda"]
    assert found.text.strip() == "Bonjour"
    assert found.inside[0].inside[0].document.header.title == "Bilan"


def test_an_answer_that_carries_its_document_in_base64_is_read():
    written = retrieved(base64.b64encode(CDA).decode())
    found = understanding.of_bytes("answer.xml", written.encode())

    assert kinds(found) == ["dmp_answer", "cda"]
    assert found.about["transaction"] == "RetrieveDocumentSetResponse"
    assert found.about["documents"] == [
        {"unique_id": "1.2.3", "media_type": "text/xml", "size": len(CDA)}
    ]


@pytest.mark.parametrize("recorded", ["bare", "with its type", "with its status"])
def test_an_answer_in_several_parts_is_read_with_or_without_its_headers(recorded):
    tree = etree.fromstring(retrieved())
    place = tree.find(f".//{{{XDSB}}}Document")
    content_type, body = mtom.pack(tree, [(place, CDA)], "urn:action")
    heads = {
        "bare": b"",
        "with its type": f"Content-Type: {content_type}\r\nX: y\r\n\r\n".encode(),
        "with its status": f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\n\r\n".encode(),
    }

    found = understanding.of_bytes("answer.bin", heads[recorded] + body)

    assert kinds(found) == ["dmp_answer", "cda"]


def test_a_refusal_of_the_registry_and_a_fault_are_told():
    error = f'<r:RegistryErrorList xmlns:r="{RS}"><r:RegistryError errorCode="XDSStored"/>'
    failed = OK.replace("Success", "Failure")
    refused = envelope(
        f'<r:RegistryResponse xmlns:r="{RS}" status="{failed}">{error}</r:RegistryErrorList>'
        "</r:RegistryResponse>"
    )
    fault = envelope(
        "<s:Fault><s:Code><s:Value>s:Sender</s:Value></s:Code><s:Reason>"
        '<s:Text xml:lang="fr">Non</s:Text></s:Reason></s:Fault>'
    )

    found = [understanding.of_bytes("a", text.encode()) for text in (refused, fault)]

    assert [one.faults for one in found] == [
        ("Le registre répond «\u00a0XDSStored\u00a0».",),
        ("Le DMP a refusé la demande.",),
    ]
    assert found[1].about["code"] == "Sender"


def test_an_answer_without_reader_of_its_own_gives_its_words():
    said = answers.read(envelope("<a><b>DMPOk</b><c/></a>").encode())

    assert said.about == {"transaction": "a", "said": [{"name": "b", "text": "DMPOk"}]}


def test_boxes_in_boxes_stop_somewhere():
    box = mail()
    for _ in range(12):
        box = mail(box)
    found = understanding.of_bytes("deep", box)

    assert len(kinds(found)) <= understanding.MAX_DEPTH + 1


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.4\n", "application/pdf"),
        (rb"{\rtf1\ansi Bonjour \'e9t\'e9}", "text/rtf"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("Déjà vu".encode(), "text/plain"),
        ("Déjà vu".encode("cp1252"), "text/plain"),
        (b"\x00\x01\x02", "unreadable"),
        (b"", "text/plain"),
        (b"<a", "unreadable"),
        (b"PK\x03\x04rien", "unreadable"),
        (b"--x\r\n\r\n--x--\r\n", "unreadable"),
    ],
)
def test_other_files_are_named_by_their_bytes(content, kind):
    found = understanding.of_bytes("file", content)

    assert found.kind == kind
    assert found.is_readable or found.faults


STARTS = [b"", b"<", b"<s:Envelope ", b"PK\x03\x04", b"--b\r\n", b"HTTP/1.1 200 OK\r\n\r\n"]
STARTS += [b"Subject: x\r\n\r\n", b"{\\rtf1", b"%PDF-", b"II*\x00", CDA[:150]]


@given(st.sampled_from(STARTS), st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_noise_of_any_form_ends_in_words(start, noise):
    found = understanding.of_bytes("noise", start + noise)

    text = json.dumps(shown.plain(found))
    assert text == json.dumps(shown.plain(understanding.of_bytes("noise", start + noise)))
    assert list(shown.as_text(found))
    assert found.is_readable or found.faults[0].endswith(".")
