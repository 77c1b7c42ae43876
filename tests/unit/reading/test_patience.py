"""What stays in this process has one deadline, asked at each step of its loops."""

import pytest

from lgc.cda import parse as cda
from lgc.errors import UnreadableInput
from lgc.mssante import message
from lgc.reading import limits, patience

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


def test_in_their_time_all_are_read():
    assert "1999" in cda.parse(CDA).sections[0].html
    assert message.parse(MAIL).text


def test_a_treatment_inside_another_keeps_the_first_deadline(over):
    with patience.within("message"):
        until = patience._own.until
        with patience.within("cda"):
            assert patience._own.until == until
        assert patience._own.until == until
    patience.step()  # outside there is none
