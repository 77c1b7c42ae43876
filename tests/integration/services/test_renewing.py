"""Vaccines, protocols and value sets renew from a file, like CIM-10: whole, told, taken away."""

import datetime as dt
import json
import re
from pathlib import Path

import pytest

from lgc.domain.medical_data import Family, MedicalEntry, MedicalRecord, PartialDate
from lgc.domain.professionals import Coded
from lgc.domain.terms import Nomenclature
from lgc.errors import UnreadableInput
from lgc.services import protocols
from lgc.services.evidence import done_of
from lgc.services.nomenclatures import Nomenclatures
from lgc.terminology import code_systems, value_sets
from lgc.terminology.value_sets import value_set

OFFICIAL = Path(__file__).resolve().parents[4] / "shared/conformance/cda/jeuxDeValeurs"
SIGNS = "1.2.250.1.213.1.1.5.171"
SYSTEM = "2.16.840.1.113883.6.1"


@pytest.fixture
def terms(desk):
    made = Nomenclatures(desk.store.unit, desk.clock)
    yield made
    protocols.renew({})
    value_sets.renew(())


def codes(found):
    return [one.code for one in found]


def written(folder, name, words):
    path = folder / name
    path.write_text(words, "utf-8")
    return [path]


# --- vaccines -----------------------------------------------------------------------------------

VACCINES = "code;libelle;noms\nJ07BB02;Grippe;vaxigrip / influvac\nJ07BX99;Chikungunya;ixchiq\n"


def test_a_table_of_vaccines_rules_vaccines_and_nothing_else(terms, tmp_path):
    terms.bring(Nomenclature.VACCINES, written(tmp_path, "vaccins.csv", VACCINES))

    assert codes(terms.for_family("ixchiq", Family.VACCINATION)) == ["J07BX99"]
    assert codes(terms.for_family("vaxigrip", Family.VACCINATION)) == ["J07BB02"]
    assert terms.for_family("priorix", Family.VACCINATION) == ()
    assert terms.for_family("oméprazole", Family.CURRENT_TREATMENT)
    assert terms.knows(code_systems.ATC, "J07BX99") is True
    assert terms.knows(code_systems.ATC, "A02BC01") is None
    terms.forget(Nomenclature.VACCINES)
    assert codes(terms.for_family("priorix", Family.VACCINATION)) == ["J07BD52"]


def test_a_vaccine_that_the_table_lacks_is_listed_and_a_medicine_is_not(
    desk, terms, make, tmp_path
):
    patient = make.patient()
    lines = ((Family.VACCINATION, "J07BK01"), (Family.ALLERGY, "J01C"))
    with desk.store.unit() as uow:
        uow.patients.add(patient)
        for family, code in lines:
            coded = Coded(code, code_systems.ATC, code)
            uow.medical.add(patient.patient_id, MedicalEntry(code, family, code, coded))
        uow.commit()
    terms.bring(Nomenclature.VACCINES, written(tmp_path, "vaccins.csv", VACCINES))

    assert codes(terms.dead_lines(Nomenclature.VACCINES)) == ["J07BK01"]
    atc = "code;libelle\nJ01C;Pénicillines\nA02BC01;Oméprazole\n"
    terms.bring(Nomenclature.ATC, written(tmp_path, "atc.csv", atc))
    # The table of vaccines speaks of vaccines, that of ATC of the rest.
    assert terms.dead_lines(Nomenclature.ATC) == ()


@pytest.mark.parametrize("words", ["code;libelle\nA02BC01;Oméprazole\n", "pain;lait\n1;2\n"])
def test_a_table_of_something_else_is_no_table_of_vaccines(terms, tmp_path, words):
    with pytest.raises(UnreadableInput, match=r"vaccins|colonnes"):
        terms.bring(Nomenclature.VACCINES, written(tmp_path, "x.csv", words))


# --- protocols ----------------------------------------------------------------------------------

PROTOCOL = """
title = "Protocole BPCO"
edition = "2027"
conditions = ["J44"]

[sources.splf-2027]
publisher = "SPLF"
title = "Recommandations BPCO"
edition = "2027"
date = "janvier 2027"
address = "https://splf.fr"

[[act]]
name = "Spirométrie"
months = 6
words = ["spirométrie"]
codes = ["GLQP012"]
source = "splf-2027"
"""


def test_a_protocol_of_a_file_takes_the_place_of_its_namesake_with_its_source(
    desk, terms, tmp_path
):
    shipped = protocols.protocols()["copd"]
    source = terms.bring(Nomenclature.PROTOCOLS, written(tmp_path, "copd.toml", PROTOCOL))

    assert (source.version, source.count) == ("2027", 1)
    (act,) = protocols.protocols()["copd"].acts
    assert act.every == "6 mois" and "SPLF, Recommandations BPCO, 2027" in act.told[0]
    assert protocols.protocols()["hypertension"].acts
    done = MedicalEntry("e", Family.MEDICAL_HISTORY, "Spirométrie", Coded("GLQP012", "x", ""),
                        PartialDate(2026, 1, 2))  # fmt: skip
    assert done_of(act, (), (), MedicalRecord((done,)))

    # Another start of the same practice finds it; another practice does not.
    protocols.renew({})
    Nomenclatures(desk.store.unit, desk.clock).install()
    assert protocols.protocols()["copd"].acts == (act,)
    terms.forget(Nomenclature.PROTOCOLS)
    assert protocols.protocols()["copd"] == shipped


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("months = 6", "months = 6\nmystery = 1", "mystery"),
        ("months = 6", 'months = "six"', "months"),
        ("months = 6", "months = -6", "months"),
        ("months = 6\n", "", "rythme"),
        ('source = "splf-2027"', 'source = "unheard"', "unheard"),
        ('title = "Protocole BPCO"', "", "titre|forme"),
        ("[[act]]", "[[acte]]", "forme"),
        ("months = 6", "months =", "ne peut pas être lu"),
        ('codes = ["GLQP012"]', "codes = [1, 2]", "codes"),
    ],
)
def test_a_protocol_that_is_not_one_is_refused_and_nothing_changes(
    terms, tmp_path, before, after, said
):
    shipped = protocols.protocols()
    with pytest.raises(UnreadableInput, match=said):
        words = PROTOCOL.replace(before, after, 1)
        terms.bring(Nomenclature.PROTOCOLS, written(tmp_path, "copd.toml", words))

    assert protocols.protocols() == shipped and terms.held() == {}


def test_a_protocol_without_its_edition_is_asked_for_it(terms, tmp_path):
    words = PROTOCOL.replace('edition = "2027"\nconditions', "conditions", 1)
    source = terms.bring(Nomenclature.PROTOCOLS, written(tmp_path, "copd.toml", words))

    assert source.version == ""
    terms.say_edition(Nomenclature.PROTOCOLS, " 2027 ")
    assert terms.held()[Nomenclature.PROTOCOLS].version == "2027"


# --- value sets ---------------------------------------------------------------------------------


def svs(*concepts, oid=SIGNS, version="2027-01-15T10:00:00"):
    rows = "".join(
        f'<Concept code="{code}" codeSystem="{SYSTEM}" displayName="{label}"/>'
        for code, label in concepts
    )
    return (
        '<RetrieveValueSetResponse xmlns="urn:ihe:iti:svs:2008">'
        f'<ValueSet id="{oid}" displayName="jdv-signe-vital-cisis" version="{version}">'
        f"<ConceptList>{rows}</ConceptList></ValueSet></RetrieveValueSetResponse>"
    )


def test_a_newer_value_set_takes_the_place_of_its_own(desk, terms, tmp_path):
    before = value_set("vital_sign")
    words = svs(("29463-7", "Poids mesuré"), ("8302-2", "Taille"))
    source = terms.bring(Nomenclature.VALUE_SETS, written(tmp_path, "signs.xml", words))

    assert (source.version, source.count) == ("2027-01-15", 2)
    assert value_set("vital_sign").label("29463-7") == "Poids mesuré"
    assert value_set("vital_sign").get("8480-6") is None
    assert value_set("kinship").get("MTH") is not None
    value_sets.renew(())
    Nomenclatures(desk.store.unit, desk.clock).install()
    assert value_set("vital_sign").label("29463-7") == "Poids mesuré"
    terms.forget(Nomenclature.VALUE_SETS)
    assert value_set("vital_sign") == before


def other(oid):
    return svs(("29463-7", "Poids"), oid=oid)


TYPES = json.loads(
    (Path(__file__).parents[3] / "resources/terminology/document_type.json").read_text("utf-8")
)["id"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (other("1.2.3"), "ne s’en sert pas"),
        (other(TYPES), "que le logiciel écrit"),
        ("<html/>", "jeu de valeurs"),
        (svs(("", "Poids")), "sans système"),
        (svs(), "jeu de valeurs"),
        ("<x", "abîmé"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "jeu de valeurs"),
    ],
)
def test_what_is_no_set_of_ours_is_refused_and_nothing_changes(terms, tmp_path, words, said):
    before = value_set("vital_sign"), value_set("document_type")
    with pytest.raises(UnreadableInput, match=said):
        terms.bring(Nomenclature.VALUE_SETS, written(tmp_path, "x.xml", words))

    assert (value_set("vital_sign"), value_set("document_type")) == before
    assert terms.held() == {}


@pytest.mark.skipif(not OFFICIAL.is_dir(), reason="the value sets of ../shared are not there")
def test_the_official_files_are_taken_as_they_are_published(terms):
    names = ("JDV_J07_XdsTypeCode_CISIS", "JDV_J02_XdsHealthcareFacilityTypeCode_CISIS")
    shipped = value_set("document_type")
    source = terms.bring(Nomenclature.VALUE_SETS, [OFFICIAL / f"{one}.xml" for one in names])

    assert source.count > 100
    assert value_set("document_type").concepts == shipped.concepts
    assert re.fullmatch(r"[\d.-]*", source.version)
    assert source.imported_at.tzinfo is not None and source.imported_at.year >= dt.MINYEAR


def test_what_cannot_be_read_any_more_leaves_what_is_shipped_and_the_practice_opens(
    desk, terms, tmp_path
):
    terms.bring(Nomenclature.PROTOCOLS, written(tmp_path, "copd.toml", PROTOCOL))
    with desk.store.unit() as uow:
        kept = uow.notes.get("reference:protocols")
        uow.notes.set("reference:protocols", kept.replace("months = 6", "months = none"))
        uow.commit()
    protocols.renew({})
    shipped = protocols.protocols()["copd"]

    again = Nomenclatures(desk.store.unit, desk.clock)
    again.install()
    assert protocols.protocols()["copd"] == shipped and again.held() == {}
