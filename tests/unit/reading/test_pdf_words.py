"""The words of a PDF for the search: in bounded time whatever the bytes are."""

import io

import pikepdf
import pytest
from reportlab.pdfgen.canvas import Canvas

from lgc.reading import asking


def saying(*pages):
    out = io.BytesIO()
    canvas = Canvas(out)
    for words in pages:
        canvas.drawString(72, 700, words)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def laughing(depth=9, width=40):
    """Forms that draw the next one many times: few bytes, an endless page."""
    with pikepdf.new() as made:
        inner = made.make_stream(b"BT /T 9 Tf (ha) Tj ET", Type=pikepdf.Name.XObject)
        inner.Subtype, inner.BBox = pikepdf.Name.Form, [0, 0, 9, 9]
        letters = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
        inner.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(T=letters))
        for _ in range(depth):
            outer = made.make_stream(b"/F Do " * width, Type=pikepdf.Name.XObject)
            outer.Subtype, outer.BBox = pikepdf.Name.Form, [0, 0, 9, 9]
            outer.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(F=inner))
            inner = outer
        page = made.add_blank_page()
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(F=inner))
        page.Contents = made.make_stream(b"/F Do")
        out = io.BytesIO()
        made.save(out)
    return out.getvalue()


def test_words_come_page_after_page():
    found = asking.pdf_words(saying("Fibrose évolutive", "page deux"))

    assert found.split() == ["Fibrose", "évolutive", "page", "deux"]


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"\x00" * 1000, saying("cassé")[:-400]])
def test_a_broken_file_has_no_words_and_raises_nothing(content):
    assert isinstance(asking.pdf_words(content), str)


def test_forms_that_draw_forms_are_read():
    assert asking.pdf_words(laughing(depth=2, width=2)).split() == ["ha"]


def test_a_page_is_opaque_ink_on_white():
    page = asking.pdf_page(saying("mot"), 0, 900)

    assert (page.width, page.stride) == (900, 3600)
    assert set(page.pixels[3::4]) == {255}
    assert page.pixels[:3] == b"\xff\xff\xff"
    assert min(page.pixels) < 120
