"""Markup of strangers: every word, never deep, never wide, in one look at each tag."""

import importlib.util
import re
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lgc.mssante.bodies import SIMPLIFIED
from lgc.mssante.message import parse
from lgc.reading import limits, markup, safe_html

CASES = Path(__file__).resolve().parents[4] / "shared" / "cases" / "hostile"
LOST = ("<!--", '<a "', '<a ="', "<script>")  # what never closes has no words, in browsers too


def hostile():
    """``tests/data/hostile.py``, which is no package."""
    path = Path(__file__).resolve().parents[2] / "data" / "hostile.py"
    if "lgc_hostile" not in sys.modules:
        found = importlib.util.spec_from_file_location("lgc_hostile", path)
        sys.modules["lgc_hostile"] = importlib.util.module_from_spec(found)
        found.loader.exec_module(sys.modules["lgc_hostile"])
    return sys.modules["lgc_hostile"]


def depth(shown):
    """How deep our own well-nested markup goes."""
    now = most = 0
    for kind, name, _ in markup.tokens(shown):
        if name not in markup.VOID and kind is not markup.Kind.TEXT:
            now += 1 if kind is markup.Kind.START else -1
            most = max(most, now)
    return most


@pytest.mark.parametrize("opened", hostile().OPENED)
def test_nothing_is_shown_deeper_than_the_limit_and_no_word_is_lost(opened):
    source = hostile().nested(opened, 60_000)

    shown, _ = safe_html.shown(source)

    # What a parser adds by itself around cells comes on top.
    assert depth(shown) <= limits.HTML_DEPTH + 2 * limits.HTML_TABLE_DEPTH
    if opened not in LOST:
        assert markup.words(source).endswith("fin")
    if opened not in (*LOST, "<svg>"):
        assert len(re.findall("<", safe_html.shown(source)[0])) <= 4 * source.count("<") + 400


@pytest.mark.parametrize(
    "source", [hostile().spans(), hostile().cells(), hostile().tables()], ids=len
)
def test_a_table_that_asks_too_much_keeps_its_words(source):
    shown, simplified = safe_html.shown(source)

    assert simplified
    assert (
        markup.words(shown).replace("·", " ").split()
        == markup.words(source).replace("·", " ").split()
    )
    grid = markup.grids(shown)
    assert grid.cells <= limits.TABLE_CELLS
    assert grid.grid <= limits.TABLE_GRID
    assert shown.count("<table") <= limits.HTML_TABLE_DEPTH


def test_an_ordinary_table_is_untouched():
    source = "<table>" + "<tr><td colspan=2>HbA1c</td><td>7,2</td></tr>" * 200 + "</table>"

    shown, simplified = safe_html.shown(source)

    assert not simplified
    assert shown.count('colspan="2"') == 200


def test_a_letter_whose_paragraphs_never_end_is_not_deep():
    source = "".join(f"<p>ligne {n}<ul><li>un<li>deux</ul>" for n in range(300))

    assert not safe_html.shown(source)[1]


@pytest.mark.parametrize("name", ["mail-21-html-nested.eml", "mail-22-table-spans.eml"])
def test_the_messages_that_stopped_the_window(name):
    if not (CASES / name).is_file():
        pytest.skip(f"{name} is not here")

    read = parse((CASES / name).read_bytes())

    assert depth(read.formatted) <= limits.HTML_DEPTH
    assert markup.grids(read.formatted).grid <= limits.TABLE_GRID
    assert SIMPLIFIED in read.faults


def test_a_number_of_thousands_of_digits_is_no_character():
    assert markup.words("a&#" + "9" * 5000 + ";b") == "a\ufffdb"


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="<>/ab=\"'!-p &;", max_size=80))
def test_any_noise_gives_well_nested_markup(noise):
    flat = markup.flattened(noise, frozenset(safe_html.TAGS))

    assert depth(flat.markup) <= limits.HTML_DEPTH
    assert isinstance(safe_html.shown(noise)[0], str)


@pytest.mark.parametrize(
    "opened",
    ['<b title="></b><i x=">', "<b a=1><!--</b>-->", "<b a=1><script></b></script>",
     "<b a=1><style></b><i></style>", "<div><object></div></object>", '<b ="></b>', "<b a='</b>'>"],
)  # fmt: skip
def test_a_glance_is_not_deceived(opened):
    source = hostile().nested(opened, 20_000)

    assert not markup.is_modest(source)
    assert depth(safe_html.shown(source)[0]) <= limits.HTML_DEPTH


@settings(max_examples=400, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["<p>", "</p>", "<b>", "</b>", "<BR>", "<hr/>", "<td colspan=2>", "</td>", "mot", " ",
             "&eacute;", "<style>", "</style>", "<a href='x'>", "</a>", "<!doctype html>", "<",
             "<title>", "</title>", "\n"]
        ),
        max_size=30,
    ).map("".join)
)  # fmt: skip
def test_a_glance_finds_the_same_words(source):
    simple = markup._simple(source)

    if simple is not None:
        assert "".join(markup._words(markup._simple_tokens(simple))).split() == (
            "".join(markup._words(markup.tokens(source))).split()
        )


PIECES = st.lists(
    st.sampled_from(
        ["<table>", "</table>", "<tr>", "</tr>", "<td>", "</td>", "<th>", "<dl>", "<dt>", "<dd>",
         "</dl>", "<section>", "</section>", "<pre>", "</pre>", "<font face=Courier>", "<br>",
         "<p>", "<ul>", "<li>", "</li>", "</ul>", "<div>", "</div>", "<address>", " ",
         "\n", "<caption>"]
    ),
    max_size=40,
)  # fmt: skip


@settings(deadline=None)
@given(PIECES)
def test_every_word_that_is_shown_is_a_word_of_the_text(pieces):
    source = "".join(f"{piece}<b>mot{n}</b>" for n, piece in enumerate(pieces))

    shown = safe_html.shown(source)[0]

    expected = sorted(re.findall(r"mot\d+", shown))
    assert sorted(re.findall(r"mot\d+", markup.words(shown))) == expected
    assert len(expected) == len(pieces)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<table><tr><td>Potassium</td><td>3</td><td>5,2</td></tr><tr><td>INR</td><td>7</td></tr>",
         "Potassium · 3 · 5,2\nINR · 7"),
        ("<table><tr><td>Potassium<td><td>5,2</table>", "Potassium · · 5,2"),
        ("<dl><dt>INR</dt><dd>7</dd></dl>", "INR\n7"),
        ("<pre>Sodium     140\nINR        7</pre>", "Sodium     140\nINR        7"),
        ("<section>A</section><article>B</article>", "A\n\nB"),
        ("un<ul><li>deux</li>trois</ul>", "un\ndeux\ntrois"),
    ],
)  # fmt: skip
def test_cells_terms_blocks_and_columns_are_kept_apart(source, text):
    assert markup.words(source) == text
    assert markup.words(safe_html.shown(source)[0]) == text


@pytest.mark.parametrize("blank", [" ", "\n", "\r", "<tr>", "<pre> ", "\u00b7"])
def test_blanks_take_no_more_time_than_their_length(blank):
    source = blank * 100_000

    begun = time.perf_counter()
    markup.words(source)

    assert time.perf_counter() - begun < 3
