"""Whose message is it: sure only when everything agrees, ranked otherwise, never wrong."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from lgc.domain.assignment import Evidence, Hints, judge, same_traits
from lgc.domain.identity import IdentityStatus, Ins
from lgc.domain.messages import Likelihood
from lgc.domain.readable import DocumentPatient

QUIET = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=400)


def claim(patient, **fields):
    """What a document about ``patient`` says when nothing is wrong."""
    traits = patient.identity.traits
    said = DocumentPatient(
        ins=(patient.identity.ins,),
        birth_name=traits.birth_name,
        given_names=traits.birth_given_names,
        birth_date=traits.birth_date,
        sex=traits.sex.value,
    )
    return replace(said, **fields)


def evidence(patient, **fields):
    return Evidence(claim(patient, **fields), claim(patient))


def test_everything_agrees_and_the_record_is_found(make):
    patient = make.patient()

    verdict = judge([evidence(patient)], [patient, make.patient(birth_name="AUTRE")], Hints())

    assert verdict.patient_id == patient.patient_id
    assert verdict.why == "INS de l’archive"


@pytest.mark.parametrize(
    "spelling",
    [
        {"birth_name": "chemin"},
        {"birth_name": "CHÉMIN"},
        {"given_names": ("Henri",)},
        {"given_names": ("HENRI", "LOUIS")},
    ],
)
def test_case_accents_and_the_first_given_name_alone_are_the_same_person(make, spelling):
    patient = make.patient(given_names=("HENRI", "LOUIS"))

    assert judge([evidence(patient, **spelling)], [patient], Hints()).patient_id


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"birth_name": "CHEMINAUD"}, "traits"),
        ({"birth_name": ""}, "traits"),
        ({"given_names": ("PAUL",)}, "traits"),
        ({"given_names": ()}, "traits"),
        ({"birth_date": dt.date(1948, 8, 19)}, "traits"),
        ({"birth_date": None}, "traits"),
        ({"sex": "F"}, "traits"),
        ({"sex": ""}, "traits"),
        ({"ins": ()}, "INS"),
    ],
)
def test_one_trait_that_differs_leaves_it_to_the_doctor(make, wrong, why):
    patient = make.patient()

    verdict = judge([evidence(patient, **wrong)], [patient], Hints())

    assert verdict.patient_id is None
    assert why in verdict.why


def test_the_same_number_under_another_authority_is_another_identity(make):
    patient = make.patient()
    other = Ins(patient.identity.ins.matricule, "1.2.250.1.213.1.4.8")

    assert judge([evidence(patient, ins=(other,))], [patient], Hints()).patient_id is None


@pytest.mark.parametrize("status", [s for s in IdentityStatus if s is not IdentityStatus.QUALIFIED])
def test_a_local_identity_that_is_not_qualified_takes_nothing_by_itself(make, status):
    patient = make.patient(status=status)

    assert judge([evidence(patient)], [patient], Hints()).patient_id is None


@pytest.mark.parametrize("flag", ["doubtful", "fictitious"])
def test_a_doubtful_or_fictitious_identity_takes_nothing_by_itself(make, flag):
    patient = make.patient(**{flag: True})

    assert judge([evidence(patient)], [patient], Hints()).patient_id is None


def test_a_matricule_whose_key_is_wrong_is_not_trusted(make):
    ins = make.ins()
    wrong = Ins(ins.matricule[:13] + f"{(int(ins.matricule[13:]) + 1) % 97:02d}", ins.oid)
    patient = make.patient(identity=make.identity(ins=wrong))

    assert judge([evidence(patient)], [patient], Hints()).patient_id is None


def test_header_and_metadata_that_disagree_are_set_aside(make):
    mine, other = make.patient(), make.patient(birth_name="AUTRE")

    verdict = judge([Evidence(claim(mine), claim(other))], [mine, other], Hints())

    assert verdict.patient_id is None
    assert "ne nomment pas la même personne" in verdict.why


def test_two_documents_about_two_people_are_set_aside(make):
    mine, other = make.patient(), make.patient(birth_name="AUTRE")

    verdict = judge([evidence(mine), evidence(other)], [mine, other], Hints())

    assert verdict.patient_id is None


def test_two_records_with_the_same_ins_are_left_to_the_doctor(make):
    patient = make.patient()
    twin = make.patient(identity=patient.identity)

    assert judge([evidence(patient)], [patient, twin], Hints()).patient_id is None


def test_damaged_bytes_never_file_themselves(make):
    patient = make.patient()

    verdict = judge([Evidence(claim(patient), claim(patient), damaged=True)], [patient], Hints())

    assert verdict.patient_id is None


def test_without_an_archive_nothing_is_automatic_whatever_the_words(make):
    patient = make.patient()

    verdict = judge([], [patient], Hints(subject="CHEMIN HENRI 18/08/1948"))

    assert verdict.patient_id is None
    assert verdict.candidates[0].patient_id == patient.patient_id


def test_the_patient_expected_today_is_ranked_above_her_namesake(make):
    young = make.patient(birth_name="DUBREUIL", used_name="SAUVEUR", given_names=("SYLVAINE",))
    old = make.patient(birth_name="SAUVEUR", given_names=("MARTINE",))
    hints = Hints(
        subject="Suivi de grossesse de Mme SAUVEUR",
        body="La patiente Mme Sauveur",
        visits=((young.patient_id, "rendez-vous aujourd’hui 09:15"),),
    )

    ranked = judge([], [old, young], hints).candidates

    assert [c.patient_id for c in ranked] == [young.patient_id, old.patient_id]
    assert ranked[0].likelihood is Likelihood.PROBABLE
    assert "nom dans l’objet" in [reason.words for reason in ranked[0].reasons]


def test_being_expected_today_names_nobody_by_itself(make):
    patient = make.patient()
    hints = Hints(subject="Information", visits=((patient.patient_id, "rendez-vous 09:15"),))

    assert judge([], [patient], hints).candidates == ()


def test_a_name_inside_another_word_is_not_that_name(make):
    assert judge([], [make.patient(birth_name="PETIT")], Hints(subject="appétit")).candidates == ()


NAMES = st.sampled_from(["PETIT", "PETIT-JEAN", "MARTIN", "D’ARC", "LE GOFF", "LEGOFF", "NGUYEN"])
GIVEN = st.sampled_from([("MARIE",), ("MARIE", "LOUISE"), ("JEAN-PAUL",), ("JEAN",), ("ZOÉ",)])
DATES = st.dates(dt.date(1930, 1, 1), dt.date(1930, 2, 28))


@QUIET
@given(NAMES, GIVEN, DATES, NAMES, GIVEN, DATES, st.booleans(), st.booleans())
def test_a_document_about_somebody_else_is_never_filed_here(
    make, name, given_names, born, other_name, other_given, other_born, same_ins, with_metadata
):
    mine = make.patient(birth_name=name, given_names=given_names, birth_date=born)
    other = make.patient(birth_name=other_name, given_names=other_given, birth_date=other_born)
    assume(not same_traits(claim(other), mine.identity.traits))
    said = claim(other, ins=(mine.identity.ins if same_ins else other.identity.ins,))

    verdict = judge([Evidence(said, said if with_metadata else None)], [mine], Hints())

    assert verdict.patient_id is None


@pytest.mark.requirement("ECO.2.1.2")
@QUIET
@given(st.text(max_size=40), st.text(max_size=200), st.lists(st.text(max_size=30), max_size=3))
def test_no_words_whatever_file_a_message_by_themselves(make, subject, body, files):
    verdict = judge([], [make.patient()], Hints(subject, body, tuple(files)))

    assert verdict.patient_id is None


@pytest.mark.parametrize(
    "announced",
    [
        "XDM/1.0/DDM+CR d'examens biologiques CHEMIN Henri 18/08/1948",
        "xdm/1.0/ddm+Compte rendu CHEMIN HENRI 18/08/1948 ",
        "[Annule et remplace] XDM/1.0/DDM+CR CHEMIN Henri Louis 18/08/1948",
        "XDM/1.0/DDM+2 documents",
        "XDM/1.0/DDM+CR AUTRE Personne",
        "CR AUTRE Personne 01/01/2001",
        "",
    ],
)
def test_a_subject_that_agrees_or_says_nothing_sure_stops_nothing(make, announced):
    """Only the official form with its date says who is meant (ECO.2.1.3)."""
    patient = make.patient(given_names=("HENRI", "LOUIS"))

    assert judge([evidence(patient)], [patient], Hints(announced=announced)).patient_id


@pytest.mark.requirement("ECO.2.1.3", "MSS/va1.27")
@pytest.mark.parametrize(
    ("hints", "why"),
    [
        (Hints(announced="XDM/1.0/DDM+CR CHEMIN Henri 19/08/1948"),
         "L’objet annonce une autre date de naissance"),
        (Hints(announced="XDM/1.0/DDM+CR CHEMIN Henri 31/02/1948"),
         "L’objet annonce une autre date de naissance"),
        (Hints(announced="XDM/1.0/DDM+CR CHEMIN Paul 18/08/1948"),
         "L’objet nomme une autre personne"),
        (Hints(announced="XDM/1.0/DDM+CR CHEMIN Louis 18/08/1948"),
         "L’objet nomme une autre personne"),
        (Hints(announced="XDM/1.0/DDM+CR CHEMINAUD Henri 18/08/1948"),
         "L’objet nomme une autre personne"),
        (Hints(files=("IHE_XDM.zip", "20261122_CR_PETIT_Marie.pdf")),
         "Le nom d’un fichier joint est celui d’une autre personne"),
        (Hints(files=("20261122_CR_CHEMIN_Paul_4512.pdf",)),
         "Le nom d’un fichier joint est celui d’une autre personne"),
    ],
)  # fmt: skip
def test_a_mail_that_speaks_of_somebody_else_is_set_aside(make, hints, why):
    patient = make.patient(given_names=("HENRI", "LOUIS"))

    verdict = judge([evidence(patient)], [patient], hints)

    assert (verdict.patient_id, verdict.why) == (None, why)
    assert verdict.candidates[0].patient_id == patient.patient_id


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("CHEMIN", "20261122_Suivi – CR hospitalisation_CHEMIN_HENRI.pdf"),
        ("CHEMIN", "20261122_CR_Chemin_Henri_4512.pdf"),
        ("CHEMIN", "20261122_CR_de_suivi_Chemin_Henri.pdf"),
        ("SAINT-MARTIN", "20261122_CR_SAINT MARTIN_Henri.pdf"),
        ("D'ALMEIDA", "20261122_CR_DALMEIDA_Henri.pdf"),
        ("CHEMIN", "resultats.pdf"),
        ("CHEMIN", "Courrier_Dr_PETIT_Marie.pdf"),
    ],
)
def test_a_file_of_the_patient_or_of_no_official_name_stops_nothing(make, name, file):
    patient = make.patient(birth_name=name, given_names=("HENRI",))

    assert judge([evidence(patient)], [patient], Hints(files=(file,))).patient_id
