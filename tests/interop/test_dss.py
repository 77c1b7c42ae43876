"""The signature of a submission set, judged by the EU's Digital Signature Service."""

import datetime as dt
import re

import pytest

from lgc.xds import dsg

NOON = dt.datetime(2030, 1, 15, 12, 0, tzinfo=dt.UTC)
CDA = (
    b'<ClinicalDocument xmlns="urn:hl7-org:v3"><title>\xc3\x89t\xc3\xa9</title></ClinicalDocument>'
)


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_dss_verifies_the_signature_and_refuses_any_change(key, judge, algorithm):
    signed = dsg.sign("1.2.3", {"1.2.4": CDA}, key, NOON, algorithm)
    broken = [
        signed.replace(b"urn:oid:1.2.4", b"urn:oid:1.2.5"),
        signed.replace(b"2030-01-15", b"2030-01-16"),
        re.sub(rb"(SignatureValue[^>]*>)[^<]{4}", rb"\1AAAA", signed, count=1),
    ]

    verdicts = judge(*(("xades", one) for one in (signed, *broken)))

    assert verdicts[0] == "ok"
    assert [v == "ok" for v in verdicts] == [True, False, False, False], verdicts
    assert all(one != signed for one in broken)
