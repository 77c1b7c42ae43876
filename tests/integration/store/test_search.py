"""Finding a patient, a colleague, a document by what a hurried doctor types."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lgc.domain.identity import Sex

DAY = [
    ("CHEMIN", "", ("HENRI",), "1948-08-18"),
    ("BERNARD", "LEGRAND", ("CHANTAL",), "1960-02-03"),
    ("DA SILVA", "", ("JOSÉ",), "1971-12-30"),
    ("ANNE", "", ("MARIE-JOSÉ",), "1955-05-05"),
    ("MARTIN", "", ("SYLVIE",), "1980-01-01"),
    ("ABADIE", "", ("MARTIN",), "1981-01-01"),
    ("MARTINEZ", "", ("PAUL",), "1948-03-03"),
    ("LE GOFF", "", ("GAËL",), "1999-09-09"),
    ("VALLÉE", "", ("DOMINIQUE",), "1947-07-07"),
]


@pytest.fixture
def find(store, saved, make):
    patients = [
        make.patient(
            birth_name=birth, used_name=used, given_names=given, sex=Sex.FEMALE,
            birth_date=dt.date.fromisoformat(born),
        )
        for birth, used, given, born in DAY
    ]  # fmt: skip
    saved(lambda uow: [uow.patients.add(patient) for patient in patients])

    def find(words, **limits):
        with store.unit() as uow:
            found = uow.patients.find(words, **limits)
        return [p.identity.used_name or p.identity.traits.birth_name for p in found]

    find.patients = patients
    return find


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("chemin", "CHEMIN"), ("che hen", "CHEMIN"), ("Henri CHEMIN", "CHEMIN"),
        ("legrand", "LEGRAND"), ("bernard", "LEGRAND"), ("chantal bern", "LEGRAND"),
        ("da silva", "DA SILVA"), ("dasilva jose", "DA SILVA"), ("marie josé", "ANNE"),
        ("mariejose", "ANNE"), ("gael", "LE GOFF"), ("vallee", "VALLÉE"), ("LEGOFF", "LE GOFF"),
        ("18/08/1948", "CHEMIN"), ("18081948", "CHEMIN"), ("18 août 1948", "CHEMIN"),
        ("chemin 48", "CHEMIN"), ("martinez 1948", "MARTINEZ"),
        ("chemun", "CHEMIN"), ("chmein henri", "CHEMIN"), ("legrnad", "LEGRAND"),
        ("marie-jsoé", "ANNE"), ("domnique valee", "VALLÉE"), ("bernrad chental", "LEGRAND"),
    ],
)  # fmt: skip
def test_a_patient_is_found_however_typed(find, typed, first):
    assert find(typed)[0] == first


def test_the_family_name_typed_in_full_comes_first(find):
    assert find("martin") == ["MARTIN", "MARTINEZ", "ABADIE"]
    assert find("martin", limit=2) == ["MARTIN", "MARTINEZ"]


def test_a_year_finds_all_who_were_born_then(find):
    assert sorted(find("48")) == sorted(find("1948")) == ["CHEMIN", "MARTINEZ"]


def test_a_matricule_is_found_whole_or_from_its_beginning(find):
    ins = find.patients[2].identity.ins

    assert find(ins.matricule) == find(ins.spaced) == ["DA SILVA"]
    assert "DA SILVA" in find(ins.matricule[:7])


@pytest.mark.parametrize("typed", ["", "  ", "xyzzyx", "chemin 1949", "'\"*()-:^", "NEAR(a b)"])
def test_nothing_is_found_for_words_that_name_nobody(find, typed):
    assert find(typed) == []


def test_a_colleague_is_found_by_name_town_or_trade(store, saved, make):
    heart = make.correspondent(
        address="c@x", family_name="CŒURJOLI", given_name="Zoé", speciality="Cardiologie",
        city="Saint-Étienne", organisation="Clinique du Parc",
    )  # fmt: skip
    other = make.correspondent(address="d@x", family_name="ABRAHAM", given_name="Zoé")
    saved(lambda uow: [uow.contacts.remember(c) for c in (heart, other)])

    for typed in ("coeurj", "cardio", "saint etienne", "clinique parc zoe", "couerjoli", "c@x"):
        with store.unit() as uow:
            assert uow.contacts.find(typed) == [heart], typed
    with store.unit() as uow:
        assert uow.contacts.find("zoe") == [other, heart]
        assert uow.contacts.find("zoe", limit=1) == [other]


def test_a_document_is_found_by_any_word_of_title_author_or_body(store, saved, make, find):
    henri, chantal = (p.patient_id for p in find.patients[:2])
    letter = make.document(
        title="Compte rendu d’hospitalisation", author="Dr Ève Cœur", patient_id=henri
    )
    report = make.document(title="Biologie", patient_id=chantal)
    saved(
        lambda uow: [
            uow.documents.add(letter, "Patient hospitalisé pour œdème aigu du poumon."),
            uow.documents.add(report, "Hémoglobine glyquée 7,2 %. Pas d’œdème."),
        ]
    )

    def search(words, **options):
        with store.unit() as uow:
            return [d.title for d in uow.documents.find(words, **options)]

    assert search("hospitalisation") == [letter.document.title]
    assert search("hemoglobine GLYQ") == [report.document.title]
    assert search("glyq hemoglobine") == []  # only the last word may be unfinished
    assert search("eve coeur") == [letter.document.title]
    assert len(search("oedeme")) == 2
    assert search("oedeme", patient_id=chantal) == [report.document.title]
    assert len(search("œdème", limit=1)) == 1
    assert search("") == search("?!") == []


def test_a_slip_among_many_alike_still_finds(store, saved, make):
    crowd = [f"LEGRAN{a}{b}" for a in "BCDEFGHIJKLM" for b in "ABCDEFGHIJKL"]
    patients = [make.patient(birth_name=name) for name in [*crowd, "LEGRANAD"]]
    saved(lambda uow: [uow.patients.add(patient) for patient in patients])

    with store.unit() as uow:
        found = uow.patients.find("legarnad henri", limit=5)

    assert found[0].identity.traits.birth_name == "LEGRANAD"


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(max_size=40) | st.from_regex(r"[0-9 ab/.\-\"*:()']{0,20}", fullmatch=True))
def test_no_search_is_too_strange(store, typed):
    with store.unit() as uow:
        for found in (
            uow.patients.find(typed),
            uow.contacts.find(typed),
            uow.documents.find(typed, patient_id="p"),
            uow.messages.find(typed),
        ):
            assert found == []


MORE = [
    ("MARTIN", "DURAND", ("NADIA",), "1970-04-04"),
    ("JEANPIERRE", "", ("LUC",), "1971-04-04"),
    ("ROCHE", "", ("JEAN-PIERRE",), "1972-04-04"),
    ("SAINT-ETIENNE", "", ("ZOE",), "1973-04-04"),
    ("STE MARIE", "", ("YVES",), "1974-04-04"),
    ("KOWALSKI", "", ("ŁUKASZ",), "1975-04-04"),
    ("SØRENSEN", "", ("LIV",), "1976-04-04"),
]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("durand née martin", {"DURAND"}), ("Durand NEE Martin", {"DURAND"}),
        ("martin épouse durand", {"DURAND"}), ("durand née", {"DURAND"}),
        ("jean pierre", {"JEANPIERRE", "ROCHE"}), ("jean-pierre", {"JEANPIERRE", "ROCHE"}),
        ("st etienne", {"SAINT-ETIENNE"}), ("saint étienne", {"SAINT-ETIENNE"}),
        ("st‑etienne", {"SAINT-ETIENNE"}), ("sainte marie", {"STE MARIE"}),
        ("lukasz", {"KOWALSKI"}), ("Łukasz", {"KOWALSKI"}), ("sorensen", {"SØRENSEN"}),
        ("sørensen", {"SØRENSEN"}),
    ],
)  # fmt: skip
def test_names_are_found_in_each_way_they_are_said(find, store, saved, make, typed, found):
    people = [
        make.patient(
            birth_name=birth, used_name=used, given_names=given, sex=Sex.FEMALE,
            birth_date=dt.date.fromisoformat(born),
        )
        for birth, used, given, born in MORE
    ]  # fmt: skip
    saved(lambda uow: [uow.patients.add(one) for one in people])

    assert found <= set(find(typed))


@pytest.mark.parametrize("backwards", [False, True])
def test_homonyms_always_stand_in_the_order_of_their_birth_dates(store, saved, make, backwards):
    """Whatever their identifiers, and the order in which they were written."""
    days = [dt.date(1980, 2, day) for day in (15, 14, 16)]
    people = [make.patient(birth_name="PETIT", given_names=("MARIE",), birth_date=d) for d in days]
    saved(lambda uow: [uow.patients.add(p) for p in (people[::-1] if backwards else people)])

    with store.unit() as uow:
        found = uow.patients.find("petit marie")
        two = uow.patients.find("petit marie", 2)

    assert [one.identity.traits.birth_date.day for one in found] == [14, 15, 16]
    assert two == found[:2]
