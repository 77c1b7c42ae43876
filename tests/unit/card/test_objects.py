"""What a card's bytes mean, hostile ones included."""

import datetime as dt
from itertools import permutations

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from hypothesis import given
from hypothesis import strategies as st

from lgc.card import objects
from lgc.domain.professionals import PlaceOfPractice

NOW = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
CLIENT, COMMITS = "client", "commits"
AUT, SIG = b"\x00\x20", b"\x00\x10"


def name(*rdns):
    return x509.Name(
        x509.RelativeDistinguishedName([x509.NameAttribute(oid, value) for oid, value in rdn])
        for rdn in rdns
    )


def certificate(*uses, key=KEY, subject=None, start=NOW):
    key_usage = x509.KeyUsage(
        True, COMMITS in uses, False, False, False, False, False, False, False
    )
    subject = subject or name([(NameOID.COMMON_NAME, "899700057294")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + dt.timedelta(days=1))
        .add_extension(key_usage, True)
    )
    if CLIENT in uses:
        extended = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
        builder = builder.add_extension(extended, False)
    return builder.sign(key, hashes.SHA256())


def der(*uses, **parts):
    return certificate(*uses, **parts).public_bytes(Encoding.DER)


def sort(*found):
    pair = objects.sort_certificates(found, NOW)
    return pair and (pair.authentication.key_id, pair.signature.key_id)


def tlv(tag, value):
    size = len(value)
    length = bytes([size]) if size < 128 else b"\x82" + size.to_bytes(2, "big")
    return bytes([tag]) + length + value


def activity(identifier=b"499700057294007", structure=b"CABINET", sector=b"SA07"):
    return tlv(0xEE, tlv(0x84, structure) + tlv(0x85, identifier) + tlv(0x86, sector))


def test_the_pairs_are_told_apart_by_their_use():
    assert sort((b"\x01", der(COMMITS)), (b"\x02", der(CLIENT))) == (b"\x02", b"\x01")


OLD, LATER = NOW - dt.timedelta(days=900), NOW + dt.timedelta(days=90)


@pytest.mark.parametrize("start", [OLD, LATER])
@pytest.mark.parametrize("key_id", [b"\x09", AUT])
def test_the_valid_certificate_is_meant_wherever_the_expired_one_is_listed(start, key_id):
    wrong, right = (key_id, der(CLIENT, start=start)), (b"\x02", der(CLIENT))
    signs, signed = (b"\x03", der(COMMITS)), (b"\x04", der(COMMITS, start=start))

    for found in permutations([wrong, right, signs, signed]):
        assert sort(*found) == (b"\x02", b"\x03")


def test_of_two_that_expired_the_newest_is_meant_and_use_counts_before_validity():
    older = (b"\x01", der(CLIENT, start=OLD - dt.timedelta(days=900)))
    newer, signs = (b"\x02", der(CLIENT, start=OLD)), (SIG, der(COMMITS))
    plain = (AUT, der())

    for found in permutations([older, newer, signs, plain]):
        assert sort(*found) == (b"\x02", SIG)


def test_the_identifier_decides_where_the_certificates_say_nothing():
    assert sort((SIG, der()), (AUT, der())) == (AUT, SIG)


def test_use_counts_more_than_the_identifier():
    assert sort((SIG, der(CLIENT)), (AUT, der(COMMITS))) == (SIG, AUT)


def test_a_certificate_for_clients_never_signs():
    assert sort((AUT, der(CLIENT)), (SIG, der(CLIENT))) is None
    assert sort((AUT, der(CLIENT)), (SIG, der(CLIENT, COMMITS))) is None


def test_one_certificate_is_not_a_pair():
    assert sort((AUT, der(CLIENT))) is None
    assert sort() is None


def test_what_is_no_rsa_certificate_is_left_aside():
    elliptic = ec.generate_private_key(ec.SECP256R1())
    others = [(AUT, b""), (SIG, b"\x30\x03abc"), (AUT, der(CLIENT, key=elliptic))]
    oversize = (AUT, der(CLIENT) + bytes(objects.MAX_CERTIFICATE))

    assert sort(*others, oversize, (SIG, der(COMMITS))) is None
    assert sort(*others, (b"\x07", der(CLIENT)), (SIG, der(COMMITS))) == (b"\x07", SIG)


def test_a_certificate_with_broken_extensions_is_left_aside():
    good = der(CLIENT)
    broken = good.replace(bytes.fromhex("0603551d25"), bytes.fromhex("0603551d0f"))

    assert broken != good
    assert sort((AUT, broken), (SIG, der(COMMITS))) is None


def test_the_holder_is_read_from_attributes_that_share_one_rdn():
    subject = name(
        [(NameOID.COUNTRY_NAME, "FR")],
        [(NameOID.TITLE, "Médecin")],
        [
            (NameOID.COMMON_NAME, "899700057294"),
            (NameOID.SURNAME, "MEDECIN5729"),
            (NameOID.GIVEN_NAME, "MARIE-JOSÉ"),
        ],
    )

    holder = objects.holder(certificate(subject=subject), "SM26", "8000057294")

    assert (holder.national_id, holder.rpps) == ("899700057294", "99700057294")
    assert (holder.family_name, holder.given_name) == ("MEDECIN5729", "Marie-José")
    assert (holder.profession.code, holder.profession.system) == ("10", objects.G15)


def test_a_profession_that_the_specification_does_not_code_keeps_its_words():
    subject = name([(NameOID.TITLE, "Pharmacien"), (NameOID.COMMON_NAME, "899700075122")])

    holder = objects.holder(certificate(subject=subject), "", "1")

    assert (holder.profession.code, holder.profession.label) == ("", "Pharmacien")


def test_control_characters_of_a_subject_reach_no_screen_and_no_xml():
    subject = name([(NameOID.SURNAME, "MEDE\x0bCIN\x1b[31m"), (NameOID.COMMON_NAME, "8")])

    assert objects.holder(certificate(subject=subject), "", "1").family_name == "MEDE CIN [31m"


@pytest.mark.parametrize(
    ("info", "code"),
    [(b"\x80\x02FR10SM26", "SM26"), (b"SM26", "SM26"), (b"M26", ""), (b"", ""), (b"..\xff6", "")],
)
def test_the_speciality_is_the_end_of_its_object(info, code):
    assert objects.speciality(info) == code


def test_a_place_of_practice_is_three_values_in_one_container():
    assert objects.place(activity(sector=b"10SA07")) == PlaceOfPractice(
        "499700057294007", "CABINET", "SA07"
    )


def test_a_long_name_and_its_accents_are_read_in_both_encodings():
    words = "MAISON DE SANTÉ " * 10

    for encoding in ("utf-8", "latin-1"):
        place = objects.place(activity(structure=words.encode(encoding)))
        assert place.structure_name == words.strip()


@pytest.mark.parametrize(
    "bytes_",
    [
        b"",
        b"\xee",
        b"\xee\x05\x84",
        b"\xee\x80\x84\x01A\x00\x00",
        b"\xee\x84\xff\xff\xff\xff",
        b"\xff\x81\x00\x01A",
        tlv(0xEE, tlv(0x84, b"A") + tlv(0x86, b"SA07")),
        activity(identifier=b""),
        activity(sector=b"S7"),
        activity(sector="SÀ07".encode()),
        activity(structure=b"A" * 5000),
    ],
)
def test_a_malformed_activity_is_no_place(bytes_):
    assert objects.place(bytes_) is None


@given(st.binary(max_size=300) | st.binary(max_size=200).map(lambda b: tlv(0xEE, b)))
def test_no_bytes_of_a_card_break_the_reading(bytes_):
    found = objects.place(bytes_)

    assert found is None or (found.structure_id and len(found.sector) == 4)
    assert len(objects.speciality(bytes_)) in (0, 4)
    assert objects.sort_certificates([(bytes_, bytes_)], NOW) is None
