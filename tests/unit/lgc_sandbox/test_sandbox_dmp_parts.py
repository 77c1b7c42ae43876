"""The small readers of the sandbox's DMP: names, MTOM, times."""

import datetime as dt

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from lgc_sandbox.dmp import mtom
from lgc_sandbox.dmp.deposit import hl7_utc, utc
from lgc_sandbox.dmp.names import same_name


def rdn(*pairs):
    return x509.RelativeDistinguishedName([x509.NameAttribute(oid, value) for oid, value in pairs])


CARD = x509.Name(
    [
        rdn((NameOID.COUNTRY_NAME, "FR")),
        rdn((NameOID.TITLE, "Médecin")),
        rdn(
            (NameOID.COMMON_NAME, "899700057294"),
            (NameOID.SURNAME, "O'NEIL, FILS"),
            (NameOID.GIVEN_NAME, "PAUL"),
        ),
    ]
)


@pytest.mark.parametrize(
    "written",
    [
        r"CN=899700057294+SN=O'NEIL\, FILS+GN=PAUL,T=Médecin,C=FR",
        r"GN=PAUL + CN=899700057294 + SURNAME=O'NEIL\2C FILS, title=M\C3\A9decin, C=FR",
        r"2.5.4.42=#0c045041554c+2.5.4.4=O'NEIL\, FILS+CN=899700057294,2.5.4.12=Médecin,C=FR",
    ],
)
def test_a_name_is_recognised_however_it_is_written(written):
    assert same_name(written, CARD)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "C=FR,T=Médecin,CN=899700057294",
        r"CN=899700057295+SN=O'NEIL\, FILS+GN=PAUL,T=Médecin,C=FR",
        r"CN=899700057294+SN=O'NEIL\, FILS,GN=PAUL,T=Médecin,C=FR",
        r"CN=899700057294+SN=O'NEIL\, FILS+GN=PAUL,S=Médecin,C=FR",
    ],
)
def test_another_name_is_another(written):
    assert not same_name(written, CARD)


TYPE = (
    'multipart/related; type="application/xop+xml"; boundary="b"; start="<r>"; '
    'start-info="application/soap+xml"; action="a"'
)
HEAD = (
    b'--b\r\nContent-Type: application/xop+xml; type="application/soap+xml"\r\n'
    b"Content-ID: <r>\r\n\r\n<e/>\r\n"
)
PART = b"--b\r\nContent-ID: <d>\r\n\r\n\x00\r\n--bb\r\n\xff\r\n"


def test_a_package_gives_its_root_its_parts_and_its_action():
    package = mtom.read(TYPE, HEAD + PART.replace(b"\r\n--bb", b"\n--b") + b"--b--\r\n")

    assert (package.root, package.action) == (b"<e/>", "a")
    assert package.parts == {"d": b"\x00\n--b\r\n\xff"}


@pytest.mark.parametrize(
    ("content_type", "raw"),
    [
        (TYPE, HEAD),
        (TYPE, b""),
        (TYPE.replace("<r>", "<x>"), HEAD + b"--b--\r\n"),
        (TYPE.replace('type="application/xop+xml"; ', ""), HEAD + b"--b--\r\n"),
        (TYPE.replace("start-info", "start-other"), HEAD + b"--b--\r\n"),
        (TYPE, HEAD + HEAD + b"--b--\r\n"),
        (TYPE, HEAD + b"--b\r\nContent-Type: text/xml\r\n\r\n<x/>\r\n--b--\r\n"),
        (TYPE, b"--b\r\nContent-ID: <r>\r\n\r\n<e/>\r\n" * 100 + b"--b--\r\n"),
    ],
)
def test_a_broken_package_is_refused(content_type, raw):
    with pytest.raises(mtom.BadPackage):
        mtom.read(content_type, raw)


def test_times_become_utc():
    assert hl7_utc("20260115095500+0100") == "20260115085500"
    assert hl7_utc("202601150955+0100") == "20260115085500"[:12]
    assert hl7_utc("20260115") == "20260115"
    assert utc("2026-01-15T09:55:00+01:00") == "20260115085500"
    assert utc(dt.datetime(2026, 1, 15, 9, tzinfo=dt.UTC)) == "20260115090000"
