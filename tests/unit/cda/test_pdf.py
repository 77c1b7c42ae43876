"""The PDF says what the CDA says, on numbered pages, the same each time."""

import io
from dataclasses import replace

import pikepdf
import pypdf
import pytest

from lgc.cda import fonts, n1, parse, pdf, vsm
from lgc.cda.kinds import type_of
from lgc.domain.documents import DocumentKind
from lgc.domain.readable import Attachment, ReadableSection


@pytest.fixture(scope="module")
def document(makers):
    return parse.parse(vsm.render(makers.context(makers.full_record())))


def words(content):
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return [" ".join(page.extract_text().split()) for page in pages]


def test_the_words_of_the_document_are_in_the_pdf(document):
    text = " ".join(words(pdf.render(document)))

    for expected in (
        "CHEMIN HENRI PAUL",
        "1 48 08 92 999 999",
        "Dr Paul MEDECIN5729",
        "12/03/2026 à 11:17",
        "Diabète de type 2",
        "Œdème de Quincke",
        "« œdème »",
        "24 UI le soir",
        "82,5 kg",
        "25 paquets-années",
    ):
        assert expected in text


def test_every_page_names_the_patient_and_its_number(document):
    pages = words(pdf.render(document))

    assert len(pages) > 1
    for number, page in enumerate(pages, 1):
        assert f"{number}/{len(pages)}" in page
        assert "CHEMIN HENRI, 18/08/1948" in page


def test_the_same_document_gives_the_same_bytes(document):
    assert pdf.render(document) == pdf.render(document)


def test_every_font_is_embedded_and_pdf_a_is_declared(document):
    with pikepdf.open(io.BytesIO(pdf.render(document))) as opened:
        assert opened.open_metadata().pdfa_status == "3B"
        assert "/OutputIntents" in opened.Root
        for page in opened.pages:
            for font in page.Resources.Font.values():
                assert "/FontFile2" in font.FontDescriptor


def test_the_body_of_an_n1_is_given_as_it_is(makers):
    context = n1.N1Context(
        makers.patient(),
        makers.author(),
        "1.2.3",
        "1.2.4",
        1,
        makers.NOW,
        None,
        "Cabinet",
        type_of(DocumentKind.NOTE),
        "Note",
        b"%PDF-1.4 contenu",
    )

    assert pdf.render(parse.parse(n1.render(context))) == b"%PDF-1.4 contenu"


def test_text_and_broken_images_still_make_a_pdf(document):
    text = Attachment("a.txt", "text/plain", "Été & <fin>\n\nœuf".encode())
    image = Attachment("a.png", "image/png", b"\x89PNG\r\n\x1a\nnoise")

    assert "Été & <fin>" in words(pdf.render(replace(document, sections=(), body=text)))[0]
    assert "illisible" in words(pdf.render(replace(document, sections=(), body=image)))[0]


@pytest.mark.parametrize(
    "html",
    [
        "<table><tr><td>" + "très long " * 4_000 + "</td><td>x</td></tr></table>",
        '<table><tr><td rowspan="3">' + "haut " * 3_000 + "</td><td>a</td></tr>"
        "<tr><td>b</td></tr></table>",
        "<table><tr>" + "<td>x</td>" * 60 + "</tr></table>",
        '<table><tr><td colspan="9">seul</td></tr><tr><td>a</td><td>b</td></tr></table>',
        "<table><tr><td><table><tr><td>dedans</td></tr></table></td></tr></table>",
        "<table></table><ul></ul><p></p>",
        "<p>" + "sansespace" * 500 + "</p>",
    ],
)
def test_awkward_tables_keep_their_words(document, html):
    section = ReadableSection("Section", html)
    content = pdf.render(replace(document, sections=(section,)))
    text = "".join(words(content))

    for expected in ("très long", "haut", "seul", "dedans", "sansespace"):
        assert (expected in html) <= (expected in text)


def test_a_system_without_dejavu_still_has_a_font(monkeypatch):
    monkeypatch.setattr(fonts, "font_folders", lambda: ())

    assert fonts.find_font("DejaVuSans") is None
    assert fonts.font_family.__wrapped__() == fonts.FAMILY
    fonts.font_family.cache_clear()
    monkeypatch.undo()
    assert fonts.font_family() == fonts.FAMILY
