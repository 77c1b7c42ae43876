"""Distinguished names as RFC 2253 writes them."""

import contextlib

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from lgc.saml.distinguished_name import rfc2253


def der(*rdns):
    return x509.Name(
        [
            x509.RelativeDistinguishedName([x509.NameAttribute(oid, text) for oid, text in rdn])
            for rdn in rdns
        ]
    ).public_bytes()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            der([(NameOID.COUNTRY_NAME, "FR")], [(NameOID.COMMON_NAME, "899700057294")]),
            "CN=899700057294,C=FR",
        ),
        (der([(NameOID.STATE_OR_PROVINCE_NAME, "Paris (75)")]), "ST=Paris (75)"),
        (der([(NameOID.GIVEN_NAME, "PAUL")]), "2.5.4.42=#0c045041554c"),
        (der([(NameOID.COMMON_NAME, "A, B+C")]), r"CN=A\, B\+C"),
        (der([(NameOID.COMMON_NAME, "#x ")]), r"CN=\#x\ "),
        (der([(NameOID.COMMON_NAME, "é")]), "CN=é"),
    ],
)
def test_names_are_written_the_rfc_2253_way(name, text):
    assert rfc2253(name) == text


def test_parts_of_one_rdn_stay_together():
    name = der([(NameOID.COMMON_NAME, "8997"), (NameOID.ORGANIZATIONAL_UNIT_NAME, "X")])

    assert set(rfc2253(name).split("+")) == {"CN=8997", "OU=X"}


def test_a_long_name_is_read():
    assert rfc2253(der([(NameOID.ORGANIZATION_NAME, "X" * 300)])) == "O=" + "X" * 300


@given(st.binary(max_size=80))
def test_noise_is_a_value_error_or_a_text(noise):
    with contextlib.suppress(ValueError):
        assert isinstance(rfc2253(noise), str)
