"""Papers and messages of colleagues: what is printed, what a subject says, what never changes."""

import datetime as dt
import io
import zipfile
from email import message_from_bytes, policy
from zoneinfo import ZoneInfo

import pytest
from pypdf import PdfReader

from lgc_sandbox import practice as demo
from lgc_sandbox.documents import lab, mail, pdf, sheet, xdm

PARIS = ZoneInfo("Europe/Paris")
NOW = dt.datetime(2026, 11, 23, 10, 5, tzinfo=PARIS)
PRACTICE = demo.load()
PEOPLE = {p["key"]: p for p in (*PRACTICE["patients"], *PRACTICE["strangers"])}


def result(**fields):
    usual = {
        "loinc": "14771-0",
        "label": "Glucose à jeun",
        "value": 5.0,
        "below": None,
        "unit": "mmol/L",
        "low": 3.9,
        "high": 6.1,
        "chapter": "Biochimie",
    }
    return {**usual, **fields}


def received(subject, now=NOW):
    data = next(m for m in PRACTICE["messages"] if m["subject"] == subject)
    return message_from_bytes(demo.message(PRACTICE, data, now.date(), now), policy=policy.SMTP)


@pytest.mark.parametrize(
    ("fields", "verdict", "value", "reference"),
    [
        ({"value": 5.0}, "N", "5", "3,9 – 6,1"),
        ({"value": 10.4}, "H", "10,4", "3,9 – 6,1"),
        ({"value": 3.1}, "L", "3,1", "3,9 – 6,1"),
        ({"value": 6.1}, "N", "6,1", "3,9 – 6,1"),
        ({"value": 58, "low": 60, "high": None}, "L", "58", "> 60"),
        ({"value": 0.92, "low": None, "high": 0.7}, "H", "0,92", "< 0,7"),
        ({"value": None, "below": 1.0}, "N", "< 1", "3,9 – 6,1"),
        ({"value": 5.0, "low": None, "high": None}, "N", "5", ""),
    ],
)
def test_a_result_is_judged_and_printed(fields, verdict, value, reference):
    one = result(**fields)

    assert lab.interpretation(one) == verdict
    assert lab.shown_value(one) == value
    assert lab.shown_range(one) == reference


def test_units_are_printed_as_people_write_them():
    assert lab.printed_unit("umol/L") == "µmol/L"
    assert lab.printed_unit("mL/min/{1.73_m2}") == "mL/min/1,73 m²"
    assert lab.printed_unit("%") == "%"


def test_a_long_report_takes_as_many_pages_as_it_needs():
    paper = pdf.Sheet("CH Marie Curie", "Le 23/11/2026", "Séjour", "MARTIN", ["mot " * 900], "Dr X")
    pages = PdfReader(io.BytesIO(pdf.render(paper))).pages

    assert len(pages) > 1
    assert sum(page.extract_text().count("mot") for page in pages) == 900
    assert pages[-1].extract_text().rstrip().endswith("Dr X")


def test_a_line_never_breaks_at_a_no_break_space():
    # Starts of every length, so that some line would end just before a colon.
    paragraphs = ["x" * start + " " + "valeur\u00a0: " * 20 for start in range(1, 30)]
    paper = pdf.Sheet("CH", "Le 1/1", "Séjour", "MARTIN", paragraphs, "Dr X")
    pages = PdfReader(io.BytesIO(pdf.render(paper))).pages
    lines = [line for page in pages for line in page.extract_text().splitlines()]

    assert len(lines) > 60
    assert not any(line.startswith(":") for line in lines)


def test_the_same_paper_is_the_same_bytes():
    paper = pdf.Sheet("Éts", "Le 1/1", "Œdème", "É", ["à"], "Dr")

    assert pdf.render(paper) == pdf.render(paper)


def test_the_subject_of_an_archive_names_the_patient_without_accents():
    message = received("CR anatomo-cyto-pathologique")

    assert message["Subject"] == (
        "XDM/1.0/DDM+CR anatomo-cyto-pathologique PERRIN CHANTAL 01/08/1973"
    )
    assert message["X-MSS-CODECDA"] == "60568-3"
    assert message["X-MSS-INS"] == "O"
    assert message["X-MSS-NIL"]
    assert mail._who(PEOPLE["lefevre"]).startswith("LEFEVRE ZOE ")


def test_an_archive_travels_with_its_paper():
    names = [part.get_filename() for part in received("Avis dermatologique").iter_attachments()]

    assert names == ["IHE_XDM.zip", "20261029_Avis dermatologique_ANNE_MARIE-JOSÉ.pdf"]


def test_a_message_without_document_carries_no_header_about_one():
    message = received("Information concernant votre patient")

    assert list(message.iter_attachments()) == []
    assert message["X-MSS-CODECDA"] is None and message["X-MSS-INS"] is None
    assert message["X-MSS-NIL"]


def test_no_message_comes_from_the_future_and_its_identifier_does_not_move():
    early = dt.datetime(2026, 11, 23, 7, 0, tzinfo=PARIS)
    subject = "Suivi de grossesse de Mme SAUVEUR"

    assert received(subject, early)["Date"].datetime == early
    assert received(subject)["Date"].datetime.astimezone(PARIS).time() == dt.time(8, 47)
    assert received(subject, early)["Message-ID"] == received(subject)["Message-ID"]


def test_a_name_of_file_cannot_be_a_path():
    document = {"title": "CR d’imagerie : face/profil\\haut"}

    name = mail.pdf_name(PEOPLE["chemin"], document, NOW)

    assert name == "20261123_CR d’imagerie - face-profil-haut_CHEMIN_HENRI.pdf"


def test_metadata_name_the_used_and_the_birth_name():
    assert sheet.patient_info(PEOPLE["legrand"]) == [
        "PID-5|PERRIN^CHANTAL^^^^^L",
        "PID-5|LEGRAND^CHANTAL^^^^^D",
        "PID-7|19730801",
        "PID-8|F",
    ]
    assert len(sheet.patient_info(PEOPLE["chemin"])) == 3


def test_the_hostile_archive_is_a_zip_whose_paths_leave_it():
    with zipfile.ZipFile(io.BytesIO(xdm.escaping())) as made:
        names = made.namelist()

    assert any(name.startswith("../") for name in names)
    assert any(name.startswith("/") for name in names)


def test_the_corrupt_archive_starts_like_a_zip_and_is_none():
    attached = next(received("Mise à jour").iter_attachments()).get_content()

    assert attached.startswith(b"PK\x03\x04")
    assert not zipfile.is_zipfile(io.BytesIO(attached))
