"""What is typed of a dose goes out as the profile takes it, and comes back as it was typed."""

import datetime as dt
import importlib.util
from dataclasses import replace
from pathlib import Path

import pytest

from lgc.cda import documents, doses, parse, vsm
from lgc.cda.contents import PrescribedDrug
from lgc.domain.dosage.reading import read
from lgc.domain.medical_data import Family, MedicalEntry, MedicalRecord, PartialDate, Posology

pytestmark = pytest.mark.xdist_group("cda_oracle")
TABLE = Path(__file__).resolve().parents[2] / "unit/domain/dosage/test_sentences.py"
DAY = dt.date(2026, 11, 30)
MOST_UNCODED = 30


def sentences():
    spec = importlib.util.spec_from_file_location("dosage_sentences", TABLE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return [sentence for pairs in module.SENTENCES.values() for sentence, _ in pairs]


def prescription(makers, typed):
    base = makers.contents()["prescription"]["full"]
    drugs = tuple(
        PrescribedDrug(f"Produit {rank}", Posology(one), DAY, read(one).days_from(DAY))
        for rank, one in enumerate(typed)
    )
    return documents.render("prescription", replace(base, drugs=drugs))


def record(typed):
    return MedicalRecord(
        tuple(
            MedicalEntry(f"e{rank}", Family.LONG_TERM_TREATMENT, f"Produit {rank}",
                         start=PartialDate(2026), posology=Posology(one))
            for rank, one in enumerate(typed)
        )
    )  # fmt: skip


def findings(validator, file, content, profile):
    file.write_bytes(content)
    return [str(finding) for finding in validator.validate(file, profile).findings]


def spaced(sentence):
    return " ".join(part for part in sentence.split(" ") if part)


def test_every_sentence_goes_out_as_the_profile_takes_it(strict_validator, makers, tmp_path):
    typed = sentences()

    written = prescription(makers, typed)

    assert findings(strict_validator, tmp_path / "p.xml", written, "ep-med-dm") == []
    read_back = [e.posology for e in parse.parse(written).entries]
    assert read_back == [Posology(spaced(one)) for one in typed]


def test_treatments_of_a_summary_too(validator, makers, tmp_path):
    typed = sentences()

    written = vsm.render(makers.context(record(typed)))

    assert findings(validator, tmp_path / "v.xml", written, "vsm") == []
    assert [e.posology for e in parse.parse(written).entries] == [
        Posology(spaced(one)) for one in typed
    ]


def test_few_understood_sentences_are_left_to_the_text():
    """A range of frequency has no place in the profile; nearly all the rest has."""
    understood = [one for one in sentences() if read(one).is_structured]
    uncoded = [one for one in understood if doses.code(read(one)) == doses.NOTHING]

    assert len(uncoded) < MOST_UNCODED
    assert all(" à " in one or "-" in one or "un jour sur" in one or "jours" in one
               or "coucher" in one or "lundi" in one for one in uncoded), uncoded  # fmt: skip
