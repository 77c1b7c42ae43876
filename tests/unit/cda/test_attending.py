"""Who is said to be the attending doctor, and what no face of our PDFs draws."""

import io

import pytest
from pypdf import PdfReader

from lgc.cda import documents, header
from lgc.cda.contents import Letter
from lgc.cda.fonts import printable
from lgc.domain.patients import DmpStatus
from lgc.terminology import specialities


@pytest.mark.parametrize(
    ("typed", "declared", "named", "is_author"),
    [
        ("Dr Anne ROBERT", False, "Anne ROBERT", False),
        ("Dr Anne ROBERT", True, "Anne ROBERT", False),
        ("Dr Paul MEDECIN5729", False, "MEDECIN5729", True),
        ("MEDECIN5729 Paul", False, "MEDECIN5729", True),
        ("", True, "MEDECIN5729", True),
        ("aucun", True, "", None),
        ("aucun", False, "", None),
        ("", False, "", None),
    ],
)
def test_the_typed_doctor_stands_and_nobody_is_nobody(makers, typed, declared, named, is_author):
    patient = makers.patient(attending_doctor=typed, dmp=DmpStatus(attending_doctor=declared))

    found = header._attending_doctor(patient, makers.author())

    assert (found.name.family if found else "") == named
    assert (found.is_author if found else None) is is_author


def test_the_speciality_of_an_author_is_one(makers):
    from lgc.xds.metadata import author_of

    author = makers.author()
    code = specialities.of_author(author)

    assert code.code == "G15_10/SM26"
    assert author_of(author).speciality.startswith(f"{code.code}^{code.label}^")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Œdème ≥ 3 – « œ » ’", "Œdème ≥ 3 – « œ » ’"),
        ("שלום fin", "[mot en hébreu non imprimable] fin"),
        ("Vu 🧬👍🏽.", "Vu [3 signes non imprimables]."),
        ("a 👨‍👩‍👧 b", "a [3 signes non imprimables] b"),
    ],
)
def test_what_cannot_be_printed_is_said_in_its_place(text, shown):
    assert printable(text) == shown


def test_a_page_says_what_it_cannot_print(makers):
    content = Letter(makers.facts(), "Avis 🧬", "Cher שלום,\n\nMerci 🧬.")

    page = documents.twin(documents.render("letter", content))

    words = " ".join(one.extract_text() for one in PdfReader(io.BytesIO(page)).pages)
    assert words.count("1 signe non imprimable") == 2
    assert "mot en hébreu non imprimable" in " ".join(words.split())
