"""The demo practice: identities that hold, references that lead somewhere, French well printed."""

import json
import re

import pytest

from lgc.domain.documents import DocumentKind
from lgc.domain.medical_data import Family, PartialDate
from lgc_sandbox import practice as demo
from lgc_sandbox.card import DOCTOR
from lgc_sandbox.documents import cda
from lgc_sandbox.documents.hl7 import chapters

PRACTICE = demo.load()
PATIENTS = PRACTICE["patients"]
EVERYBODY = [*PATIENTS, *PRACTICE["strangers"]]
MAILS = [*PRACTICE["messages"], *PRACTICE["arrivals"].values()]
DOCUMENTS = [*PRACTICE["dmp_documents"], *(m["document"] for m in MAILS if m["document"])]
BEFORE_A_MARK = re.compile(r"(?<![\u00a0\u202f\d:/])[:;!?»%](?=\s|$)")
NOT_PROSE = {"code", "system", "unit", "ins", "oid", "loinc", "time", "address", "email", "key"}


def prose(value, key=""):
    """Every string that a doctor reads."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if not (name in NOT_PROSE and isinstance(inner, str)):
                yield from prose(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from prose(inner, key)
    elif isinstance(value, str):
        yield value


def key_of(patient):
    return patient["key"]


@pytest.mark.parametrize("patient", [p for p in EVERYBODY if p["ins"]], ids=key_of)
def test_every_ins_has_its_key_and_says_sex_and_birth(patient):
    number, birth = patient["ins"], patient["birth_date"]
    computable = number[:13].replace("2A", "19").replace("2B", "18")

    assert len(number) == 15
    assert int(number[13:]) == 97 - int(computable) % 97
    assert number[0] == {"M": "1", "F": "2"}[patient["sex"]]
    assert number[1:5] == birth[2:4] + birth[5:7]
    assert number[5:10] == patient["birth_place_code"]
    assert patient["oid"] == "1.2.250.1.213.1.4.10"  # the root of test identities, never real


def test_no_two_people_share_a_number_or_a_key():
    numbers = [p["ins"] for p in EVERYBODY if p["ins"]]

    assert len(set(numbers)) == len(numbers)
    assert len({p["key"] for p in EVERYBODY}) == len(EVERYBODY)


def test_nobody_can_be_called_or_written_to():
    """06 39 98 is the range kept for fiction; .example is nobody's."""
    assert all(p["telephone"].startswith("06 39 98 ") for p in EVERYBODY)
    mailboxes = [c["address"] for c in PRACTICE["contacts"]] + [p["email"] for p in PATIENTS]
    assert all(a.endswith(".example") for a in mailboxes if a)


def test_sixteen_visits_follow_each_other():
    times = [visit["time"] for visit in PRACTICE["visits"]]

    assert len(times) == 16
    assert times == sorted(set(times))
    assert {v["patient"] for v in PRACTICE["visits"]} <= {p["key"] for p in PATIENTS}


def test_the_states_that_a_demonstration_needs_are_all_there():
    by_key = {p["key"]: p for p in PATIENTS}
    sizes = {key: len(p["medical"]) for key, p in by_key.items()}

    assert by_key["chemin"]["dmp"] == by_key["legrand"]["dmp"] == "to_authorise"
    assert by_key["sauveur"]["dmp"] == "none"
    assert {p["dmp"] for p in PATIENTS} == {"authorised", "to_authorise", "none", "closed"}
    assert max(sizes.values()) >= 60
    assert min(sizes.values()) == 0
    assert any(p["status"] != "QUAL" for p in PATIENTS)
    names = [(p["birth_name"], p["birth_given_names"][0]) for p in PATIENTS]
    assert len(set(names)) < len(names)  # two people to tell apart


def test_the_doctor_is_the_one_of_the_card():
    mailbox = PRACTICE["practitioner"]["mssante"]

    assert DOCTOR.person.surname.lower() in mailbox
    assert PRACTICE["practitioner"]["speciality"]["code"].endswith(DOCTOR.speciality)


def test_every_entry_of_a_record_is_one_that_the_application_reads():
    for patient in PATIENTS:
        families = {Family(entry["family"]) for entry in patient["medical"]}
        assert not {Family(one) for one in patient["absences"]} & families
        for entry in patient["medical"]:
            dates = [PartialDate.parse(entry[k]) for k in ("start", "end") if entry[k]]
            assert [d.year for d in dates] == sorted(d.year for d in dates)
            born = int(patient["birth_date"][:4])
            assert all(born <= date.year for date in dates)


def test_every_document_leads_to_a_patient_an_author_and_a_kind():
    keys = {p["key"] for p in EVERYBODY}
    for document in DOCUMENTS:
        assert document["patient"] in keys
        assert cda.kind_of(document) in cda.TYPES
        assert cda.facility_of(document) in cda.FACILITIES
        assert re.fullmatch(r"8\d{11}", document["author"]["national_id"])
        assert document["author"]["speciality"]
        assert bool(document["text"]) is not bool(document["results"])
        assert document["days_ago"] >= 0
        chapters(document)
    for document in PRACTICE["local_documents"]:
        assert document["patient"] in keys
        assert DocumentKind(document["kind"])


def test_every_message_has_a_sender_of_the_practice():
    addresses = {c["address"] for c in PRACTICE["contacts"]}

    citizens = {f"{p['ins']}@patient.mssante.fr" for p in PATIENTS if p["ins"]}
    assert {m["from"] for m in MAILS} <= addresses | citizens
    kinds = {"xdm", "pdf", "none", "corrupt", "escaping", "damaged"}
    assert {m["attachment"] for m in MAILS} == kinds
    strangers = {p["key"] for p in PRACTICE["strangers"]}
    assert any(m["document"] and m["document"]["patient"] in strangers for m in MAILS)


def test_a_diabetic_is_followed_over_two_years():
    reports = [d for d in PRACTICE["dmp_documents"] if d["patient"] == "chemin" and d["results"]]
    hba1c = [r for d in reports for r in d["results"] if r["loinc"] == "4548-4"]

    assert len(reports) >= 8
    assert len(hba1c) >= 6
    assert max(d["days_ago"] for d in reports) > 600


def test_results_are_numbers_with_a_unit_and_a_possible_range():
    for document in DOCUMENTS:
        for result in document["results"]:
            assert (result["value"] is None) is not (result["below"] is None)
            assert re.fullmatch(r"\d{1,5}-\d", result["loinc"])
            assert result["unit"] and not result["unit"].isspace()
            if result["low"] is not None and result["high"] is not None:
                assert result["low"] < result["high"]


def test_french_is_printed_as_french_is():
    texts = list(prose(PRACTICE))

    assert len(texts) > 800
    assert [t for t in texts if "'" in t or '"' in t] == []
    assert [t for t in texts if BEFORE_A_MARK.search(t)] == []


def test_nothing_is_said_of_the_day_before_it_comes():
    """Ages of documents are told in days, so that the demonstration never grows old."""
    written = json.dumps([PRACTICE["messages"], PRACTICE["dmp_documents"]])

    assert not re.search(r"\b20\d\d-\d\d-\d\d\b", written)
    starts = [e["start"] for p in PATIENTS for e in p["medical"] if e["start"]]
    assert max(starts) < "2026-11-23"  # the day this practice was written
