"""What costs more memory than it has bytes is counted before it is built."""

import pytest

from lgc.errors import UnreadableInput
from lgc.xds import safe_xml


@pytest.mark.parametrize(
    ("limit", "content"),
    [
        ("MAX_MARKS", b"<r>" + b"<a/>" * 20 + b"</r>"),
        ("MAX_ATTRIBUTES", b"<r " + b" ".join(b'a%d=""' % n for n in range(20)) + b"/>"),
    ],
)
def test_too_many_elements_or_attributes_are_refused(monkeypatch, limit, content):
    assert safe_xml.read_xml(content).tag == "r"
    monkeypatch.setattr(safe_xml, limit, 10)

    with pytest.raises(UnreadableInput, match="trop volumineux"):
        safe_xml.read_xml(content)
