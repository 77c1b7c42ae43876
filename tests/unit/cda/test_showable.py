"""N1 documents in every form that the profile knows end as something a screen can show."""

import io

import pytest
from PIL import Image
from pypdf import PdfReader

from lgc.cda import check, documents, parse, pdf
from lgc.cda.showable import MAX_TEXT, THE_REST, UNSHOWN, Shown, showable
from lgc.domain.readable import Attachment
from lgc.errors import UnreadableInput
from lgc.terminology.value_sets import value_set

WORDS = "Radiographie de l’épaule : pas de fracture, œdème modéré"
RTF = (
    rb"{\rtf1\ansi\ansicpg1252{\fonttbl\f0\fswiss Helvetica;}\f0 Radiographie de l\'92\'e9paule : "
)
RTF += rb"\b pas de fracture\b0 , \u339?d\'e8me mod\'e9r\'e9\par}"


def scan(kind, pages=1):
    out = io.BytesIO()
    first, *others = (Image.new("RGB", (60, 80), (200, 200, n)) for n in range(pages))
    extra = {"save_all": True, "append_images": others} if others else {}
    first.save(out, kind, **extra)
    return out.getvalue()


FORMS = [
    ("text/rtf", RTF, "text/plain"),
    ("application/rtf", RTF, "text/plain"),
    ("text/plain", WORDS.encode(), "text/plain"),
    ("text/plain", WORDS.replace("œ", "oe").encode("cp1252"), "text/plain"),
    ("image/jpeg", scan("JPEG"), "image/jpeg"),
    ("image/png", scan("PNG"), "image/png"),
    ("image/tiff", scan("TIFF", 3), "application/pdf"),
    ("application/pdf", scan("PDF"), "application/pdf"),
]


@pytest.mark.parametrize(("announced", "content", "shown"), FORMS)
def test_it_is_read_shown_and_printed(makers, announced, content, shown):
    known = announced if announced != "application/rtf" else "text/rtf"
    made = documents.n1_context(makers.facts(), "n1", content, "Radio", "text/plain")
    written = documents.render("n1", made).replace(b'"text/plain"', f'"{announced}"'.encode())
    read = parse.parse(written)

    assert read.body.media_type == known
    assert read.body.content == content.strip() or known != "text/plain"
    assert read.faults == ()
    visible = showable(read.body)
    assert visible.media_type == shown
    if shown == "text/plain":
        assert "pas de fracture" in visible.content.decode()
        assert "pas de fracture" in parse.plain_text(read)
    assert pdf.render(read).startswith(b"%PDF-")


def test_every_page_of_a_scan_is_there():
    made = showable(Attachment("scan.tif", "image/tiff", scan("TIFF", 3)))

    assert made.name == "scan.pdf"
    assert len(PdfReader(io.BytesIO(made.content)).pages) == 3


def test_the_words_of_an_rtf_come_without_its_machinery():
    made = showable(Attachment("x.rtf", "text/rtf", RTF))

    assert made.content.decode() == WORDS


def test_an_endless_text_is_cut_and_says_so():
    made = showable(Attachment("x.txt", "text/plain", b"mot " * MAX_TEXT))

    assert made.content.decode().endswith(THE_REST)
    assert len(made.content) < MAX_TEXT + 200


def test_an_illegible_scan_says_so():
    made = showable(Attachment("x.tif", "image/tiff", b"II*\x00" + bytes(40)))

    assert made.content.decode() == "Cette image est illisible. L’original est gardé."


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (scan("PDF"), "application/pdf"),
        (scan("TIFF", 2), "image/tiff"),
        (scan("PNG"), "image/jpeg"),
        (scan("GIF"), "image/jpeg"),
        (WORDS.encode(), "text/plain"),
        (RTF, "text/rtf"),
    ],
)
def test_any_scan_becomes_a_document_of_the_type_that_was_chosen(makers, content, media_type):
    certificate = value_set("document_type").concepts["89601-9"]
    context = documents.scanned(makers.facts(), certificate, "Certificat", content)
    written = documents.render("n1", context)
    read = parse.parse(written)

    assert documents.missing("n1", context) == ()
    assert (read.header.type.code, read.header.title) == ("89601-9", "Certificat")
    assert read.body.media_type == media_type
    assert check.check(written) == ()


@pytest.mark.parametrize("content", [b"\x00\x01", b"\x89PNG\r\n\x1a\n\x00", b"PK\x03\x04"])
def test_what_is_no_document_is_refused_in_a_sentence(makers, content):
    with pytest.raises(UnreadableInput, match="document"):
        documents.scanned(makers.facts(), makers.facts().author.speciality, "x", content)


def test_a_picture_that_is_not_shown_keeps_its_bytes_to_be_exported():
    kept = Attachment("x.png", "image/png", b"\x89PNG\r\n\x1a\n" + bytes(40))

    shown, fault = Shown().of(kept)

    assert (shown.media_type, shown.content) == (UNSHOWN, kept.content)
    assert fault.startswith("Cette image est illisible.")
