"""What a document carries beside its sections is found by its words, a copy of them once."""

import base64
import io

import pytest
from reportlab.pdfgen.canvas import Canvas

from lgc.cda import parse
from lgc.domain.readable import Attachment
from lgc.services.searchable import words_in

COPY, OTHER = "55108-5", "101792-0"


def pdf(words):
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.drawString(72, 700, words)
    canvas.save()
    return base64.b64encode(out.getvalue()).decode()


def section(code, words, name):
    value = f'<value mediaType="application/pdf" representation="B64">{pdf(words)}</value>'
    return (
        f'<component><section><code code="{code}"/><text>voir</text><entry>'
        f'<observationMedia ID="{name}">{value}</observationMedia></entry></section></component>'
    )


def read(*sections):
    return parse.parse(
        '<ClinicalDocument xmlns="urn:hl7-org:v3"><component><structuredBody>'
        f"{''.join(sections)}</structuredBody></component></ClinicalDocument>".encode()
    )


@pytest.mark.parametrize(
    ("sections", "found", "body"),
    [
        ([(OTHER, "Caryotype normal")], ["Caryotype"], "a"),
        ([(OTHER, "Caryotype normal"), (COPY, "Recopie")], ["Caryotype"], "b"),
        ([(COPY, "Recopie")], [], "a"),
    ],
)
def test_the_words_of_a_joined_pdf_are_found(sections, found, body):
    document = read(*(section(*one, name) for one, name in zip(sections, "ab", strict=False)))
    said = words_in(Attachment("x", "text/xml", b""), document)

    assert [word for word in ("Caryotype", "Recopie") if word in said] == found
    assert document.body.name == f"{body}.pdf"
