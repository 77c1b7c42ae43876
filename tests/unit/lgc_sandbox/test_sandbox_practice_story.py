"""What the demo practice tells holds together: dates that agree, numbers that stay whole."""

import itertools
import re

import pytest

from lgc_sandbox import practice as demo

PRACTICE = demo.load()
PARTED = re.compile(r"\d (?:\d{3}\b|(?:mg|µg|g|kg|mm|UI|mL|unités?|comprimés?|ans|mois|jours)\b)")
MONTHS = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
DATED = re.compile(rf"\b\d{{1,2}} (?:{MONTHS})\b|\b\d{{2}}/\d{{2}}/20\d\d\b")
WRITTEN_BY_COLLEAGUES = [
    *PRACTICE["dmp_documents"],
    *(m["document"] for m in PRACTICE["messages"] if m["document"]),
]


def days(patient, part, **wanted):
    return sorted(
        one["days_ago"]
        for one in PRACTICE[part]
        if one["patient"] == patient and all(one[k] == v for k, v in wanted.items())
    )


def test_no_number_is_parted_from_its_unit_or_its_thousands():
    labels = [entry["label"] for p in PRACTICE["patients"] for entry in p["medical"]]
    posologies = [
        entry["posology"]
        for p in PRACTICE["patients"]
        for entry in p["medical"]
        if entry.get("posology")
    ]
    texts = [d["text"] for d in PRACTICE["local_documents"]]
    paragraphs = [line for d in WRITTEN_BY_COLLEAGUES for line in d["text"]]

    said = [*labels, *posologies, *texts, *paragraphs]
    assert len(said) > 200
    assert [one for one in said if PARTED.search(one)] == []


def test_no_text_names_a_date_that_the_demonstration_will_outlive():
    banners = [p["important_detail"] for p in PRACTICE["patients"]]
    texts = [d["text"] for d in PRACTICE["local_documents"]]
    paragraphs = [line for d in WRITTEN_BY_COLLEAGUES for line in d["text"]]

    assert [one for one in [*banners, *texts] if DATED.search(one)] == []
    births = {f"{p['birth_date'][8:]}/{p['birth_date'][5:7]}" for p in PRACTICE["patients"]}
    dated = [line for line in paragraphs if DATED.search(line)]
    assert [line for line in dated if not any(birth in line for birth in births)] == []


def test_the_diabetic_was_seen_all_along_fifteen_months():
    seen = days("chemin", "local_documents", kind="note")

    assert seen[-1] > 420
    assert all(later - earlier < 110 for earlier, later in itertools.pairwise(seen))


@pytest.mark.parametrize(("days_ago", "hba1c"), [(60, "7,9"), (182, "7,5"), (278, "7,2")])
def test_a_note_quotes_the_last_report_before_it(days_ago, hba1c):
    note = next(
        d
        for d in PRACTICE["local_documents"]
        if (d["patient"], d["kind"], d["days_ago"]) == ("chemin", "note", days_ago)
    )
    reports = [d for d in PRACTICE["dmp_documents"] if d["patient"] == "chemin" and d["results"]]
    before = [d for d in reports if d["days_ago"] >= days_ago]
    values = {
        d["days_ago"]: r["value"] for d in before for r in d["results"] if r["loinc"] == "4548-4"
    }

    assert f"HbA1c à {hba1c}" in note["text"]
    assert f"{values[min(values)]:g}".replace(".", ",") == hba1c


def test_mme_legrand_was_operated_on_before_her_chemotherapy():
    surgery = days("legrand", "dmp_documents", kind="surgery")
    mammography = days("legrand", "dmp_documents", kind="imaging")
    chemotherapy = days("legrand", "local_documents", kind="note")

    assert mammography[0] > surgery[0] > chemotherapy[0]


@pytest.mark.parametrize("part", ["messages", "arrivals"])
def test_a_letter_that_names_nobody_exactly_fits_two_patients_and_prints_no_birth(part):
    mails = PRACTICE[part] if part == "messages" else PRACTICE[part].values()
    letters = [m["document"] for m in mails if m["document"] and m["document"].get("named")]
    people = {p["key"]: p for p in PRACTICE["patients"]}

    assert letters
    for letter in letters:
        patient = people[letter["patient"]]
        alike = [p for p in people.values() if p["birth_name"] == patient["birth_name"]]
        said = " ".join([letter["named"], *letter["text"]])
        assert len(alike) > 1
        assert patient["birth_name"] in letter["named"]
        assert not DATED.search(said)
        second = {name for p in alike for name in p["birth_given_names"][1:]}
        assert not {word.strip(",.") for word in said.upper().split()} & second
