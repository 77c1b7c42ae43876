"""A message to colleagues: what the rules impose, the same bytes each time, no INS in a header."""

import datetime as dt
import email
import email.policy
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lgc.errors import UserFacingError
from lgc.mssante.message import parse
from lgc.mssante.submission import Product, build, wire_address
from lgc.services.ports import OutgoingMail

PRODUCT = Product("2.25.42", "lgc 0.1", "DEV000001", 10 * 1024 * 1024)


@pytest.fixture
def mail(make, submission_request):
    return OutgoingMail(
        rfc_message_id="<a1@medecin.mssante.example>",
        sender=submission_request.author,
        recipients=(make.correspondent(), make.correspondent(address="x@y.example")),
        subject="Synthèse de M. CHEMIN",
        body="Chers confrères,\nVoici.",
        submission=submission_request,
        pdf=b"%PDF-1.7",
        written_at=dt.datetime(2026, 11, 23, 9, 14, tzinfo=dt.UTC),
    )


def read(mail):
    return email.message_from_bytes(build(mail, PRODUCT), policy=email.policy.default)


def test_two_builds_are_the_same_bytes(mail):
    assert build(mail, PRODUCT) == build(mail, PRODUCT)


@pytest.mark.requirement("ECO.2.1.3")
def test_the_subject_is_the_one_the_rules_impose(mail):
    assert read(mail)["Subject"] == "XDM/1.0/DDM+Synthèse CHEMIN HENRI 18/08/1948"


def test_the_doctor_s_own_words_open_the_body(mail):
    body = read(mail).get_body().get_content().replace("\r\n", "\n")

    assert body.startswith("Synthèse de M. CHEMIN\n")
    assert "Chers confrères" in body


@pytest.mark.requirement("ECO.2.2.7", "ECO.2.4.1", "ECO.2.4.2", "ECO.2.4.3")
def test_the_headers_of_the_referential(mail):
    message = read(mail)

    assert message["X-MSS-CODECDA"] == "SYNTH"
    assert message["X-MSS-INS"] == "O"
    assert message["X-MSS-NIL"] == "DEV000001"
    assert message["Disposition-Notification-To"] == mail.sender.mssante_address
    assert message["From"].addresses[0].display_name.startswith("Dr_Paul_MEDECIN5729_")
    assert len(message["To"].addresses) == 2


@pytest.mark.requirement("ECO.2.1.1", "ECO.2.1.6")
def test_archive_and_pdf_travel_together(mail):
    names = [part.get_filename() for part in read(mail).iter_attachments()]

    assert names[0] == "IHE_XDM.zip"
    assert names[1].startswith("20261123_")
    assert names[1].endswith("_CHEMIN_HENRI.pdf")


def test_no_header_carries_the_ins(mail):
    head = build(mail, PRODUCT).partition(b"\r\n\r\n")[0]

    assert mail.submission.ins.ins.matricule.encode() not in head


@pytest.mark.requirement("INS/va1.53")
def test_without_a_qualified_ins_only_the_pdf_goes(mail):
    message = read(replace(mail, submission=None))

    assert message["Subject"] == "Synthèse de M. CHEMIN"
    assert "X-MSS-CODECDA" not in message
    assert "X-MSS-INS" not in message
    assert [p.get_content_type() for p in message.iter_attachments()] == ["application/pdf"]


def test_a_message_over_the_operator_s_limit_is_told_before_it_leaves(mail):
    small = Product("2.25.42", "lgc", "", 1024)

    with pytest.raises(UserFacingError, match="dépasse"):
        build(mail, small)


def test_what_others_typed_opens_no_header_of_its_own(mail, make):
    colleague = make.correspondent(family_name="X\r\nBcc: y@z.example")
    message = read(
        replace(mail, recipients=(colleague,), subject="Un\nBcc: x@y.example", submission=None)
    )

    assert "Bcc" not in message
    assert message["Subject"] == "Un Bcc: x@y.example"


@pytest.mark.parametrize(
    ("address", "wire"),
    [
        ("a@hôpital.example", "a@xn--hpital-ixa.example"),
        (" jean.o'neil@x.example ", "jean.o'neil@x.example"),
        ("279035121518989@patient.mssante.fr", "279035121518989@patient.mssante.fr"),
    ],
)
def test_an_address_travels_in_ascii(address, wire):
    assert wire_address(address) == wire


@pytest.mark.parametrize(
    "address",
    [
        "",
        "@",
        "a@",
        "@b",
        "a b@c",
        "<a@b>",
        '"a"@b',
        "a,b@c",
        "a@b\r\nX: y",
        "é@b",
        "a@" + "b" * 300,
    ],
)
def test_what_is_no_address_is_told_before_anything_leaves(address):
    with pytest.raises(UserFacingError, match="adresse"):
        wire_address(address)


@pytest.mark.requirement("ECO.2.2.3")
@settings(
    max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=200))
def test_any_words_make_a_message_that_reads_back(mail, subject, name, body):
    made = replace(
        mail,
        submission=None,
        subject=subject,
        body=body,
        recipients=(replace(mail.recipients[0], family_name=name),),
    )

    again = parse(build(made, PRODUCT))

    assert again.recipients == (mail.recipients[0].address,)
    assert again.sender_address == mail.sender.mssante_address
    assert again.rfc_message_id == mail.rfc_message_id
