"""Pages drawn elsewhere: those in view first, each once, and a sentence where one cannot be."""

import importlib.util
import io
import os
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from lgc.desktop.documents import pdf_view
from lgc.desktop.documents.pdf_view import AHEAD, PdfView
from lgc.reading import asking, isolated, limits

WAIT = 20_000


def _hostile():
    path = Path(__file__).resolve().parents[1] / "data" / "hostile.py"
    found = importlib.util.spec_from_file_location("lgc_hostile", path)
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def pages(count):
    out = io.BytesIO()
    canvas = Canvas(out)
    for number in range(count):
        canvas.setFont("Helvetica", 40)
        canvas.drawString(72, 700, f"page {number + 1}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


@pytest.fixture
def view(qtbot, window):
    made = PdfView(window.tasks)
    qtbot.addWidget(made)
    made.resize(600, 900)
    made.show()
    return made


@pytest.fixture
def drawn(monkeypatch):
    """Which pages were asked, in order."""
    asked = []
    draw = pdf_view.draw

    def noted(content, page, width):
        asked.append(page)
        return draw(content, page, width)

    monkeypatch.setattr(pdf_view, "draw", noted)
    return asked


def settled(view):
    known = {*view._drawn, *view._faults}
    return view.count > 0 and not view.waiting and known >= set(view._wanted())


def dark(view):
    """How many points of the view are ink."""
    image = view.viewport().grab().toImage()
    return sum(
        image.pixelColor(x, y).lightness() < 80
        for x in range(0, image.width(), 2)
        for y in range(0, image.height(), 2)
    )


def test_what_is_in_view_is_drawn_first_and_the_next_pages_wait_ready(qtbot, view, drawn):
    view.show_bytes(pages(30))
    qtbot.waitUntil(lambda: settled(view), timeout=WAIT)

    assert view.count == 30
    seen = len(view._visible())
    assert drawn == list(range(seen + AHEAD))
    assert dark(view) > 50
    if folder := os.environ.get("LGC_PICTURES"):
        view.grab().save(f"{folder}/pdf.png")


def test_scrolling_asks_for_what_is_reached_and_nothing_twice(qtbot, view, drawn):
    view.show_bytes(pages(30))
    qtbot.waitUntil(lambda: settled(view), timeout=WAIT)
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum())
    qtbot.waitUntil(lambda: 29 in view._drawn and not view.waiting, timeout=WAIT)
    view.verticalScrollBar().setValue(0)
    qtbot.wait(50)

    assert len(drawn) == len(set(drawn))
    assert 15 not in drawn


def test_what_was_drawn_stays_within_its_memory(qtbot, view, drawn, monkeypatch):
    monkeypatch.setattr(pdf_view, "CACHE_BYTES", 1)
    view.show_bytes(pages(5))
    qtbot.waitUntil(lambda: settled(view), timeout=WAIT)

    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum())
    qtbot.waitUntil(lambda: 4 in view._drawn and not view.waiting, timeout=WAIT)

    assert set(view._drawn) <= set(view._wanted())
    assert len(drawn) == len(set(drawn))


def test_coming_nearer_draws_again_in_more_pixels(qtbot, view):
    view.show_bytes(pages(1))
    qtbot.waitUntil(lambda: settled(view), timeout=WAIT)
    before = view._drawn[0][0]
    view.zoom(2.0)
    qtbot.waitUntil(lambda: view._drawn[0][0] == 2 * before, timeout=WAIT)
    view.zoom(100)

    assert view.scale == pdf_view.NEAREST
    assert view.horizontalScrollBar().maximum() > 0


def test_the_document_shown_next_owes_nothing_to_the_one_before(qtbot, view):
    view.show_bytes(pages(30))
    view.show_bytes(pages(2))
    qtbot.waitUntil(lambda: settled(view), timeout=WAIT)

    assert view.count == 2


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"x" * 100])
def test_what_is_no_pdf_says_so(qtbot, view, content):
    with qtbot.waitSignal(view.opened, timeout=WAIT):
        view.show_bytes(content)

    assert view.count == 0
    assert "illisible" in view._fault


def test_a_page_that_draws_itself_is_given_up_and_the_window_goes_on(qtbot, view, monkeypatch):
    monkeypatch.setattr(limits, "DEADLINES", limits.DEADLINES | {"pdf.page": 0.4})
    view.show_bytes(_hostile().pdf_drawing_itself())
    qtbot.waitUntil(lambda: settled(view), timeout=WAIT)

    assert pdf_view.UNSHOWN in view._faults[0]
    assert isolated.KEPT in view._faults[0]
    assert dark(view) > 5
    if folder := os.environ.get("LGC_PICTURES"):
        view.grab().save(f"{folder}/pdf-given-up.png")
    view.show_bytes(pages(1))
    monkeypatch.undo()
    qtbot.waitUntil(lambda: 0 in view._drawn, timeout=WAIT)


def test_one_page_given_up_leaves_the_others(qtbot, view, monkeypatch):
    page = asking.pdf_page

    def first_fails(content, number, width):
        if number == 0:
            raise isolated.GivenUp
        return page(content, number, width)

    monkeypatch.setattr(asking, "pdf_page", first_fails)
    view.show_bytes(pages(3))
    qtbot.waitUntil(lambda: {1, 2} <= set(view._drawn), timeout=WAIT)

    assert set(view._faults) == {0}
