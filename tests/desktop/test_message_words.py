"""One text of a message: screen, paper and search hold its words, and no other."""

import random
import re
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QTextDocument

from lgc.desktop import text
from lgc.desktop.documents.printing import on_paper as pages
from lgc.desktop.mailbox.page import MailPage
from lgc.desktop.mailbox.printing import on_paper
from lgc.domain.assignment import fold
from lgc.mssante import message
from lgc.reading import asking

CASES = Path(__file__).resolve().parents[3] / "shared" / "cases" / "mail"
FILES = sorted(CASES.glob("*.eml"))
CONTAINERS = ("p", "div", "section", "article", "center", "blockquote", "ul", "ol", "li", "dl",
              "dt", "dd", "table", "tbody", "tr", "td", "th", "pre", "address", "caption",
              "figure", "fieldset", "form", "nav", "main", "footer", "details", "select",
              "h2")  # fmt: skip
INLINE = ("span", "b", "i", "u", "a", "font", "code", "em", "small", "tt", "label", "q", "cite",
          "ins", "sup", "sub", "ruby", "button", "nobr", "math", "title", "svg", "img", "wbr",
          "input", "textarea")  # fmt: skip
ATTRIBUTES = ("", "", " class=x", ' style="a>b"', " colspan=2", ' title="&lt;b>"')
TEXTS = ("mot%d", "mot%d ", "  mot%d", "\n mot%d\n", "&nbsp;mot%d", "&lt;mot%d", "%d,5", "é%dœ",
         "< %d", "<mot%d", "mot%d\t7 ", "10%d&amp;")  # fmt: skip
REST = ("<!-- c -->", "</p>", "</div>", "</br>", "<br>", "<hr>", "<o:p></o:p>", "<p></p>",
        "<script>a='<b>'</script>", "<style>x{}</style>", "<?xml v?>", "</td>")  # fmt: skip


def shown(markup):
    """What the viewer makes of it, as plain words."""
    paper = QTextDocument()
    paper.setHtml(markup)
    return spoken(paper.toPlainText())


def spoken(words):
    """The words alone: without marks of cells, of raised and struck words, of pictures."""
    bare = re.sub(r"[\^_()\u200b]|\[barré\s: |\]", "", words)
    bare = re.sub(r"(?<!\S)·(?!\S)", " ", bare).replace("\ufffc", " ")
    return unicodedata.normalize("NFKC", bare).split()


def html(body):
    return message.parse(b"Content-Type: text/html; charset=utf-8\n\n" + body.encode())


def generated(seed):
    """A message that nobody would write, and that arrives all the same."""
    dice = random.Random(seed)
    out, open_ = [], []
    for number in range(dice.choice((5, 10, 30, 150))):
        way = dice.random()
        if way < 0.45:
            out.append(dice.choice(TEXTS) % number)
        elif way < 0.8:
            open_.append(dice.choice(dice.choice((CONTAINERS, INLINE))))
            out.append(f"<{open_[-1]}{dice.choice(ATTRIBUTES)}>")
        elif way < 0.95 and open_:
            out.append(f"</{open_.pop() if dice.random() < 0.8 else dice.choice(open_)}>")
        else:
            out.append(dice.choice(REST))
    return "".join(out)


@pytest.mark.parametrize("seed", range(0, 2_000, 100))
def test_the_screen_shows_the_words_and_no_other(window, seed):
    for one in range(seed, seed + 100):
        read = html(generated(one))
        if read.formatted:
            assert shown(read.formatted) == spoken(read.text), generated(one)


@pytest.fixture
def mail(qtbot, window, rooms):
    page = MailPage.join(window, rooms.make_desk())
    window.show_page("messages")
    qtbot.waitUntil(lambda: page.preview.view is not None, timeout=10_000)
    return page


def seen(mail, read):
    """The view of a message that was read, in the preview."""
    view = mail.preview.view
    kept = replace(view.message, text=read.text, subject="x")
    view = replace(view, message=kept, formatted=read.formatted)
    mail.preview.show_message(view)
    return view


@pytest.mark.skipif(not FILES, reason="no ../shared/cases here")
def test_the_screen_the_paper_and_the_search_have_the_words_of_every_case(mail):
    for file in FILES:
        read = message.parse(file.read_bytes())
        view = seen(mail, read)
        words = spoken(read.text)

        assert spoken(mail.preview.text.toPlainText()) == words, file.stem
        assert "".join(words) in "".join(spoken(printed(view))), file.stem
        index = fold(view.message.text).split()
        on_screen = fold(mail.preview.text.toPlainText()).split()
        assert in_order(on_screen, index), file.stem


@pytest.mark.parametrize("seed", range(8))
def test_the_paper_has_the_words_of_the_screen(window, rooms, seed):
    read = html(generated(20_000 + seed))
    view = next(iter(rooms.make_desk().mail.lines))
    view = rooms.make_desk().mail.view(view)
    view = replace(view, message=replace(view.message, text=read.text))

    assert "".join(spoken(read.text)) in "".join(spoken(printed(view)))


def test_columns_stay_on_screen_and_paper(mail):
    read = message.parse(b"Content-Type: text/plain\n\nPotassium   3    5,2\nINR         7\n")
    view = seen(mail, read)

    assert "Potassium   3    5,2" in mail.preview.text.toPlainText()
    assert text.as_written(read.text) in on_paper(view)


def test_the_cells_of_a_table_stand_apart_on_screen(mail):
    seen(mail, html("<table><tr><td>Potassium</td><td>3</td><td>5,2</td></tr></table>"))
    cursor = mail.preview.text.document().find("3")

    assert cursor.currentTable().format().cellPadding() >= 6


def test_a_dose_struck_out_by_a_style_is_struck_on_screen_and_said_in_words(window):
    read = html("<p><span style='color:red;text-decoration: line-through'>10 mg</span> 5 mg</p>")
    paper = QTextDocument()
    paper.setHtml(read.formatted)

    assert "line-through" in paper.toHtml().partition("<body")[2]
    assert read.text == "[barré : 10 mg] 5 mg"
    assert html("<del>10 mg</del> 5 mg").text == "[barré : 10 mg] 5 mg"
    assert html("150 × 10<sup>9</sup>/L").text == "150 × 10⁹/L"


def printed(view):
    """The words of its pages, as a reader of PDF finds them."""
    paper = QTextDocument()
    paper.setHtml(on_paper(view))
    return asking.pdf_words(pages(paper, "x"))


def in_order(words, where):
    """Do these words stand there, one after the other?"""
    rest = iter(where)
    return all(word in rest for word in words)
