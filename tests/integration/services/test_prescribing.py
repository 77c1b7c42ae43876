"""The prescription over a real store: lines become a structured document, and come back."""

import json
from dataclasses import replace

import pytest

from lgc.cda import parse
from lgc.domain.documents import DocumentKind
from lgc.domain.medical_data import Family, MedicalEntry, Posology
from lgc.domain.professionals import Coded
from lgc.errors import UserFacingError
from lgc.services.drafting import DRUGS, Draft
from lgc.services.prescribing import KEPT, LINES, Prescribing, PrescriptionLine, text_of

ATC = "2.16.840.1.113883.6.73"
WRITTEN = (
    PrescriptionLine(
        "Metformine 1000 mg", "1 cp matin et soir pendant 3 mois", Coded("A10BA02", ATC, "Metf"),
        chronic=True, renewals=1, fixed="Marge thérapeutique étroite (MTE)",
    ),
    PrescriptionLine("Paracétamol 1 g", "selon la douleur"),
)  # fmt: skip


def test_lines_become_a_structured_prescription_that_is_read_back(drafting, patient, desk):
    made = drafting.finish(patient, DRUGS, Draft({LINES: text_of(WRITTEN)}))

    with desk.store.unit() as uow:
        content = uow.documents.content(made)
    read = parse.parse(content.content)
    words = parse.plain_text(read)
    assert content.document.kind is DocumentKind.DRUGS
    assert content.pdf.startswith(b"%PDF-")
    assert "Non substituable" in words
    assert "À renouveler 1" in words
    assert "selon la douleur" in words
    drugs = [one for one in read.entries if one.family is Family.CURRENT_TREATMENT]
    assert [one.posology.sentence for one in drugs] == [line.dosage for line in WRITTEN]
    assert [(one.start.iso, one.end and one.end.iso) for one in drugs] == [
        ("2026-11-23", "2027-02-22"), ("2026-11-23", None),
    ]  # fmt: skip
    assert drugs[0].code == WRITTEN[0].code or drugs[0].label == WRITTEN[0].label


@pytest.mark.parametrize(
    "line",
    [
        PrescriptionLine("A", "1 cp tous les 2 jours"),
        PrescriptionLine("A", "1 patch tous les 3 jours"),
        PrescriptionLine("A", "1 ampoule tous les 3 mois"),
        PrescriptionLine("A", "1 cp par jour à débuter dans 8 jours"),
        PrescriptionLine("A", "1 cp par jour, contrôle dans 3 mois"),
        PrescriptionLine("A", "1 cp par jour pendant 7 à 10 jours"),
        PrescriptionLine("A", "1 cp matin et soir 7 jours", as_text=True),
    ],
    ids=lambda line: line.dosage,
)
def test_no_end_is_printed_or_coded_where_no_length_was_typed(drafting, patient, desk, line):
    made = drafting.finish(patient, DRUGS, Draft({LINES: text_of([line])}))

    with desk.store.unit() as uow:
        content = uow.documents.content(made)
    read = parse.parse(content.content)
    (entry,) = read.entries
    assert entry.end is None
    assert "À partir du 23/11/2026" in parse.plain_text(read)
    assert line.dosage in parse.plain_text(read)
    assert " au " not in parse.plain_text(read).split("À partir du")[1][:40]


def test_words_of_another_medicine_go_out_without_codes(drafting, patient, desk):
    line = PrescriptionLine("Gliclazide 60", "1 cp matin et soir 7 jours", as_text=True)
    made = drafting.finish(patient, DRUGS, Draft({LINES: text_of([line])}))

    with desk.store.unit() as uow:
        content = uow.documents.content(made).content
    assert b"doseQuantity" not in content
    assert b"PIVL_TS" not in content


def test_what_was_kept_against_an_alert_stays_with_the_prescription(drafting, patient):
    kept = json.dumps({"Metformine 1000 mg|a1": "tolérée en 2024"})

    made = drafting.finish(patient, DRUGS, Draft({LINES: text_of(WRITTEN), KEPT: kept}))
    drafting.reopen(made)

    assert drafting.draft(patient, DRUGS).of(KEPT) == kept


def test_a_medicine_without_dosage_is_named_and_the_draft_stays(drafting, patient):
    draft = Draft({LINES: text_of([replace(WRITTEN[1], dosage="")])})

    with pytest.raises(UserFacingError) as refused:
        drafting.finish(patient, DRUGS, draft)

    assert "Paracétamol 1 g" in refused.value.advice
    assert drafting.draft(patient, DRUGS) == draft


def test_an_empty_prescription_is_none(drafting, patient):
    with pytest.raises(UserFacingError, match="vide"):
        drafting.finish(patient, DRUGS, Draft({LINES: text_of([])}))


def test_the_last_prescription_and_the_treatments_are_ready_to_be_taken(drafting, patient, desk):
    prescribing = Prescribing(desk.store.unit)
    assert prescribing.last(patient) == prescribing.treatments(patient) == ()
    first = drafting.finish(patient, DRUGS, Draft({LINES: text_of(WRITTEN[:1])}))
    kind, draft = drafting.reopen(first)
    drafting.finish(patient, kind, replace(draft, words={LINES: text_of(WRITTEN)}))
    with desk.store.unit() as uow:
        uow.medical.add(
            patient,
            MedicalEntry("e1", Family.LONG_TERM_TREATMENT, "Ramipril", posology=Posology("1/j"),
                         recorded_at=desk.clock.now()),
        )  # fmt: skip
        uow.commit()

    assert prescribing.last(patient) == WRITTEN
    assert prescribing.treatments(patient) == (PrescriptionLine("Ramipril", "1/j"),)
