"""Every sentence that a document makes by itself, from what was entered and back.

An entry gives exactly the cells of the table below: nothing it does not say, nothing it says is
lost. A stated absence gives its sentence and no other; what nobody said is « Non renseigné ».
"""

import re

import pytest

from lgc.cda import documents, parse, vsm
from lgc.cda.contents import AdmissionLetter
from lgc.cda.vsm_body import Body
from lgc.domain.families import ABSENCES, TITLES
from lgc.domain.medical_data import Family, KnownAbsence, MedicalEntry, MedicalRecord, PartialDate
from lgc.domain.risks import NAMES, Risk

F = Family
PAST, COMING = PartialDate(2019), PartialDate(2031, 5)
SINCE = {"start": PartialDate(2014, 7, 8)}
TABLE = [
    ((F.CHRONIC, "HTA", SINCE), {"Début": "08/07/2014", "Pathologie": "HTA"}),
    ((F.CHRONIC, "HTA", {"end": COMING}), {"Fin": "05/2031", "Pathologie": "HTA"}),
    ((F.CHRONIC, "HTA", {"active": False}), {"Antécédent": "HTA", "État": "Terminé"}),
    ((F.CHRONIC, "HTA", {"end": PAST}), {"Fin": "2019", "Antécédent": "HTA", "État": "Terminé"}),
    ((F.MEDICAL_HISTORY, "Fracture", {}), {"Antécédent": "Fracture"}),
    (
        (F.MEDICAL_HISTORY, "Fracture", {"active": False}),
        {"Antécédent": "Fracture", "État": "Terminé"},
    ),
    ((F.SURGICAL_HISTORY, "Hernie", SINCE), {"Date": "08/07/2014", "Acte": "Hernie"}),
    (
        (F.SURGICAL_HISTORY, "Hernie", {"end": PAST, "note": "à gauche"}),
        {"Fin": "2019", "Acte": "Hernie", "État": "Terminé", "Remarque": "à gauche"},
    ),
    (
        (F.FAMILY_HISTORY, "Infarctus", {"kinship": "FTH", "age_at_onset": 0}),
        {"Lien de parenté": "Père", "Antécédent": "Infarctus", "Âge de survenue": "0 ans"},
    ),
    (
        (F.FAMILY_HISTORY, "Infarctus", {"end": PAST}),
        {
            "Lien de parenté": "Parent non précisé", "Antécédent": "Infarctus", "Fin": "2019",
            "État": "Terminé",
        },
    ),
    ((F.VIGILANCE, "Escarre", {}), {"Point de vigilance": "Escarre", "État": "En cours"}),
    (
        (F.VIGILANCE, "Escarre", {"active": False}),
        {"Point de vigilance": "Escarre", "État": "Terminé"},
    ),
    ((F.VACCINATION, "Grippe", SINCE), {"Date": "08/07/2014", "Vaccin": "Grippe"}),
    (
        (F.VACCINATION, "Grippe", {"end": PAST}),
        {"Fin": "2019", "Vaccin": "Grippe", "État": "Terminé"},
    ),
    (
        (F.RISK_FACTOR, "Tabac", {"risk": Risk.TOBACCO}),
        {"Sujet": "Tabac", "Facteur de risque": "Tabac", "État": "En cours"},
    ),
    (
        (F.RISK_FACTOR, "cannabis", {"risk": Risk.DRUGS, "end": PAST}),
        {"Sujet": "Drogues", "Fin": "2019", "Facteur de risque": "cannabis", "État": "Terminé"},
    ),
    (
        (F.RISK_FACTOR, "Obésité", {}),
        {
            "Sujet": "Autre facteur de risque", "Facteur de risque": "Obésité",
            "État": "En cours",
        },
    ),
    ((F.OCCUPATIONAL, "Amiante", {}), {"Exposition": "Amiante", "État": "En cours"}),
    (
        (F.OCCUPATIONAL, "Amiante", {"end": PAST}),
        {"Fin": "2019", "Exposition": "Amiante", "État": "Terminé"},
    ),
    ((F.TOXIC, "Plomb", {}), {"Exposition": "Plomb", "État": "En cours"}),
    (
        (F.TOXIC, "Plomb", {"active": False}),
        {"Exposition": "Plomb", "État": "Terminé"},
    ),
    (
        (F.MEASUREMENT, "Poids", {"value": 70.0, "unit": "kg", "end": PAST}),
        {"Fin": "2019", "Mesure": "Poids", "Valeur": "70 kg"},
    ),
    ((F.LONG_TERM_TREATMENT, "Fer", SINCE), {"Début": "08/07/2014", "Médicament": "Fer"}),
    ((F.CURRENT_TREATMENT, "Fer", {"end": COMING}), {"Fin": "05/2031", "Médicament": "Fer"}),
]  # fmt: skip


def flat(sections):
    for section in sections:
        yield section
        yield from flat(section.sections)


def rows(record, day):
    """Each row of the summary as column → words, empty cells left out."""
    return [
        {
            column: cell.text.replace("\u00a0", " ")
            for column, cell in zip(table.columns, row, strict=True)
            if cell.text
        }
        for section in flat(Body(record, "1.2.3", "1.2.3", day).sections())
        for table in section.text.tables
        for row in table.rows
    ]


@pytest.mark.parametrize(("entered", "said"), TABLE)
def test_an_entry_says_what_was_entered_and_comes_back(makers, entered, said):
    family, label, more = entered
    day = makers.NOW.date()
    entry = MedicalEntry("e", family, label, **more)

    assert rows(MedicalRecord((entry,)), day) == [said]
    (read,) = parse.parse(vsm.render(makers.context(MedicalRecord((entry,))))).entries
    settled = entry.settled(day)
    for field in ("family", "label", "start", "end", "active", "note", "kinship", "risk"):
        assert getattr(read, field) == getattr(settled, field)


@pytest.mark.parametrize("family", [F.LONG_TERM_TREATMENT, F.CURRENT_TREATMENT])
@pytest.mark.parametrize("more", [{"active": False}, {"end": PAST}])
def test_a_treatment_that_is_over_is_none(makers, family, more):
    assert rows(MedicalRecord((MedicalEntry("e", family, "Fer", **more),)), makers.NOW.date()) == []


def sentences(makers, record):
    return [
        sentence.replace("\u00a0", " ")
        for section in flat(Body(record, "1.2.3", "1.2.3", makers.NOW.date()).sections())
        for sentence in section.text.sentences
    ]


@pytest.mark.parametrize("family", Family)
def test_a_stated_absence_is_said_alone(makers, family):
    stated = KnownAbsence(family, makers.NOW, "Dr Paul MEDECIN5729")
    said = sentences(makers, MedicalRecord(absences=(stated,)))

    expected = f"{TITLES[family]} : {ABSENCES[family]} (noté le 12/03/2026 par {stated.stated_by})."
    unsaid = [f"{TITLES[other]} : Non renseigné." for other in Family if other is not family]
    assert sorted(said) == sorted([expected, *unsaid])


def test_an_absence_never_says_another_family_and_never_more_than_known():
    for family, sentence in ABSENCES.items():
        assert re.match(r"aucune? ", sentence) and "connu" in sentence, family
    assert len(set(ABSENCES.values())) == len(ABSENCES)
    assert "consommation" not in " ".join((*ABSENCES.values(), *TITLES.values()))


@pytest.mark.parametrize("beside", [{"active": False}, {"end": PAST}])
def test_an_absence_beside_what_is_over_is_said(makers, beside):
    stated = KnownAbsence(F.LONG_TERM_TREATMENT, makers.NOW, "Dr X")
    over = MedicalEntry("e", F.LONG_TERM_TREATMENT, "Préviscan", **beside)
    said = sentences(makers, MedicalRecord((over,), (stated,)))

    assert any("aucun traitement au long cours connu" in sentence for sentence in said)


TREATMENTS = (F.LONG_TERM_TREATMENT, F.CURRENT_TREATMENT)


@pytest.mark.parametrize("stated", [(), TREATMENTS[:1], TREATMENTS[1:], TREATMENTS])
def test_no_known_medication_wants_both_families_of_treatments(makers, stated):
    absences = tuple(KnownAbsence(family, makers.NOW, "Dr X") for family in stated)
    letter = AdmissionLetter(makers.facts(), "Chute", "", MedicalRecord(absences=absences))
    content = documents.render("admission_letter", letter)

    assert (b"no-known-medications" in content) is (stated == TREATMENTS)
    assert (b"no-medication-info" in content) is (stated != TREATMENTS)
    assert b"no-known-allergies" not in content


def test_what_nobody_answered_of_a_risk_is_said_beside_the_answers(makers):
    yes = MedicalEntry("y", F.RISK_FACTOR, "Tabac", risk=Risk.TOBACCO)
    record = MedicalRecord((yes,), denials=(makers.denial(Risk.ALCOHOL),))

    assert "Drogues, régime, sédentarité : Non renseigné." in sentences(makers, record)
    everything = MedicalRecord(denials=tuple(map(makers.denial, Risk)))
    assert not any(NAMES[Risk.DRUGS] in sentence for sentence in sentences(makers, everything))
    assert [row["Réponse"] for row in rows(everything, makers.NOW.date())] == [
        f"{NAMES[risk]} : non" for risk in Risk
    ]
