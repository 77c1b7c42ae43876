"""What stays in this process has one deadline, asked at each step of its loops."""

import datetime as dt

import pytest

from lgc.cda import parse as cda
from lgc.errors import UnreadableInput
from lgc.mssante import message
from lgc.reading import limits, patience
from lgc.services import calendar_files

ROWS = "".join(f"<paragraph>ligne <content>{n}</content></paragraph>" for n in range(2_000))
CDA = f"""<ClinicalDocument xmlns="urn:hl7-org:v3"><title>Long</title><component><structuredBody>
<component><section><title>S</title><text>{ROWS}</text></section></component>
</structuredBody></component></ClinicalDocument>""".encode()
PART = "--b\r\nContent-Type: text/plain\r\n\r\nmot\r\n"
MAIL = (
    "From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    + PART * 1_000
    + "--b--\r\n"
).encode()
EVENT = "BEGIN:VEVENT\r\nUID:{n}\r\nDTSTART:20261201T090000Z\r\nEND:VEVENT\r\n"
CALENDAR = (
    "BEGIN:VCALENDAR\r\n" + "".join(EVENT.format(n=n) for n in range(600)) + "END:VCALENDAR\r\n"
).encode()
NOW = dt.datetime(2026, 11, 30, tzinfo=dt.UTC)


@pytest.fixture
def over(monkeypatch):
    """Every deadline has passed when the work begins."""
    monkeypatch.setattr(limits, "DEADLINES", dict.fromkeys(limits.DEADLINES, -1.0))


@pytest.mark.parametrize("read", [cda.parse, cda.header])
def test_a_document_that_lasts_is_given_up(over, read):
    content = CDA.replace(b"<title>Long", b"<author/>" * 400 + b"<title>Long")

    with pytest.raises(UnreadableInput, match="trop de travail"):
        read(content)


def test_a_message_that_lasts_is_given_up(over):
    with pytest.raises(UnreadableInput, match="trop de travail"):
        message.parse(MAIL)


def test_the_events_of_a_calendar_that_lasts_are_left_out_and_counted(over):
    assert calendar_files.read(CALENDAR, NOW).unread > 300


def test_in_their_time_all_are_read():
    assert "1999" in cda.parse(CDA).sections[0].html
    assert message.parse(MAIL).text
    assert calendar_files.read(CALENDAR, NOW).unread == 0


def test_a_treatment_inside_another_keeps_the_first_deadline(over):
    with patience.within("message"):
        until = patience._own.until
        with patience.within("cda"):
            assert patience._own.until == until
        assert patience._own.until == until
    patience.step()  # outside there is none
