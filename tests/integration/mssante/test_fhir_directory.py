"""The directory online: who has a mailbox, never those of the red list, whatever it answers."""

import json
from types import SimpleNamespace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lgc.errors import UnreadableInput, UserFacingError
from lgc.mssante import fhir_directory
from lgc.mssante.fhir_directory import FhirDirectory, Place
from lgc_sandbox.fhir import KEY, FhirServer

PEOPLE = (
    {"family": "NOËL", "given": "Élise", "skill": "Cardiologie", "town": "Boulogne",
     "company": "Centre du coeur", "address": "elise.noel@medecin.mssante.example"},
    {"family": "NOËL", "given": "Hugo", "skill": "Pédiatrie", "town": "Sèvres",
     "company": "Cabinet Hugo", "address": "hugo.noel@medecin.mssante.example"},
)  # fmt: skip


@pytest.fixture
def server():
    made = FhirServer(PEOPLE, red=("hugo.noel@medecin.mssante.example",))
    yield made
    made.stop()


@pytest.fixture
def directory(server):
    return FhirDirectory(lambda: Place(server.address, KEY))


def test_a_name_finds_people_their_practice_and_what_they_do(directory):
    found = {one.address: one for one in directory.find("noël élise")}

    own = found["elise.noel@medecin.mssante.example"]
    assert (own.title, own.given_name, own.family_name) == ("Dr", "Élise", "NOËL")
    assert own.national_id == "810000000000"
    assert own.verified
    assert found["cabinet.elise.noel@medecin.mssante.example"].speciality == "Cardiologie"


@pytest.mark.parametrize("number", ["10000000000", "810000000000", "100 0000 0000"])
def test_an_rpps_number_finds_the_person(directory, number):
    found = directory.find(number)

    assert {one.given_name for one in found} == {"Élise"}
    assert {one.national_id for one in found} == {"810000000000"}


def test_the_red_list_is_never_shown(directory):
    assert "hugo.noel@medecin.mssante.example" not in [
        one.address for one in directory.find("noël")
    ]


def test_an_organisation_is_found_by_its_secure_mailbox_only(directory):
    (found,) = directory.find("centre du coeur")

    assert found.address == "secretariat@medecin.mssante.example"
    assert (found.display_name, found.city) == ("Centre du coeur", "Boulogne")


def test_the_same_words_ask_once(directory, server):
    first = directory.find("noël")
    asked = len(server.questions)

    assert directory.find("  NOËL ") == first
    assert len(server.questions) == asked


def test_without_an_address_nobody_is_asked(server):
    assert FhirDirectory(lambda: Place("")).find("noël") == []
    assert server.questions == []


@pytest.mark.parametrize("place", [Place("http://192.0.2.1/fhir", "k"), Place("ftp://x/y", "k")])
def test_a_key_never_travels_in_clear(place):
    with pytest.raises(UserFacingError, match="pas sûre"):
        FhirDirectory(lambda: place).find("noël")


def test_a_wrong_key_and_a_server_away_are_a_sentence(server):
    for place in (Place(server.address, "wrong"), Place("http://127.0.0.1:1/fhir", KEY)):
        with pytest.raises(UserFacingError, match="ne répond pas"):
            FhirDirectory(lambda place=place: place).find("noël")


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"nul", b"[" * 100_000])
def test_nonsense_is_told_as_such(server, directory, content):
    server.answer = lambda path, key: (200, {})
    dumps = json.dumps
    try:
        json.dumps = lambda answer, **more: content.decode()
        with pytest.raises(UnreadableInput):
            directory.find("noël")
    finally:
        json.dumps = dumps


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(
            ["resourceType", "telecom", "extension", "url", "value", "system", "name", "given",
             "identifier", "specialty", "coding", "address", "listeRouge", "id", "prefix"]
        ),
        inner, max_size=5,
    ),
    max_leaves=20,
)  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(JSON)
@example({"name": [{"given": True, "prefix": 1}]})
def test_any_answer_gives_correspondents_or_nothing(answer):
    resource = answer if isinstance(answer, dict) else {"telecom": answer}
    bundle = {"entry": [{"resource": {**resource, "resourceType": kind}} for kind in (
        "Practitioner", "PractitionerRole", "Organization"
    )]}  # fmt: skip
    ask, fhir_directory._ask = fhir_directory._ask, lambda place, kind, **wanted: bundle
    try:
        found = FhirDirectory(lambda: Place("https://x.example", "k")).find("noël")
    finally:
        fhir_directory._ask = ask

    assert all("@" in one.address for one in found)


def test_what_is_online_comes_after_what_is_here_and_silence_is_no_error(desk, make):
    from lgc.services.sharing import Sharing
    from lgc.settings import Settings

    here = make.correspondent(address="elise.noel@medecin.mssante.example")
    there = make.correspondent(address="autre@medecin.mssante.example")
    online = SimpleNamespace(answers=[[here, there], UserFacingError("muet")])

    def ask(words):
        answer = online.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    sharing = Sharing(
        desk.store.unit, desk.clock, desk.ids, desk.connection, desk.events.append, lambda: None,
        Settings(), lambda words: [here], ask,
    )  # fmt: skip

    assert sharing.further("noël") == (here, there)
    assert sharing.further("noël") == (here,)
