"""The journal of exchanges, as lines and as a page."""

from lxml import html

from lgc_sandbox import journal

LINES = [
    {"time": "09:00", "action": "td0.2", "verdict": "accepté", "reason": ""},
    {
        "time": "09:01",
        "action": "td2.1",
        "verdict": "refusé",
        "reason": "<script>XDSUnknownPatientId</script>",
    },
    {"time": "09:02", "action": "td2.1", "verdict": "coupé", "reason": "coupé avant traitement"},
]


def test_each_exchange_is_a_line_with_its_reason():
    assert list(journal.lines(LINES))[2] == "09:02  td2.1  coupé  coupé avant traitement"


def test_what_was_not_accepted_or_one_transaction_can_be_asked_for():
    assert [x["time"] for x in journal.chosen(LINES, refused=True)] == ["09:01", "09:02"]
    assert [x["time"] for x in journal.chosen(LINES, action="td0.2")] == ["09:00"]
    assert list(journal.chosen(LINES)) == LINES


def test_the_page_shows_every_exchange_and_runs_nothing_of_it():
    shown = html.fromstring(journal.page(LINES))

    assert len(shown.xpath("//tbody/tr")) == 3
    assert shown.xpath("//script") == []
    assert len(shown.xpath("//tr[@class='no']")) == 2
    assert "XDSUnknownPatientId" in shown.text_content()
