"""In a header each number is a telecom of its own."""

import pytest
from lxml import etree

from lgc.cda.header import record_target
from lgc.hl7v3 import registration
from lgc.hl7v3.registration import Subject

TWO = "06 12 34 56 78 / 01 45 67 89 10 poste 12"
URLS = ["tel:0612345678", "tel:0145678910"]


@pytest.mark.parametrize(("typed", "urls"), [(TWO, URLS), ("liste rouge", []), ("", [])])
def test_a_patient_has_one_telecom_a_number(make, typed, urls):
    made = record_target(make.patient(telephone=typed), "2.25.1")

    assert [one.value for one in made.telecoms] == urls


def test_the_registration_of_a_dmp_says_the_same(make):
    subject = Subject(make.identity().qualified(), telephone=TWO, email="a@b.example")
    person = etree.Element("x")
    registration._person(person, subject)

    assert [e.get("value") for e in person.iter() if etree.QName(e).localname == "telecom"] == [
        *URLS, "mailto:a@b.example",
    ]  # fmt: skip
