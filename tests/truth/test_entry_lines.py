"""A typed line → how it is read → the entry → the sentence of the summary → read back."""

import collections
import datetime as dt
import importlib.util
import itertools
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from lxml import etree

from lgc.cda import parse, vsm
from lgc.domain.entry_line import readings
from lgc.domain.medical_data import Family, MedicalRecord, Standing
from lgc.services.medical import Medical

HERE = Path(__file__).parent
TODAY = dt.date(2026, 11, 30)
NOW = dt.datetime(2026, 11, 30, 10, tzinfo=dt.timezone(dt.timedelta(hours=1)))
# A treatment that is over is not in a summary.
UNSAID_WHEN_OVER = (Family.LONG_TERM_TREATMENT, Family.CURRENT_TREATMENT)


def module(name, file):
    spec = importlib.util.spec_from_file_location(name, file)
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


lines = module("truth_lines", HERE / "lines.py")
makers = module("truth_makers", HERE.parent / "unit" / "cda" / "makers.py")
TABLE = lines.table()


class Records:
    """One patient's record, in memory."""

    def __init__(self):
        self.kept = []

    def of_patient(self, patient_id):
        facts = tuple(one for one in self.kept if one.standing is Standing.FACT)
        rest = tuple(one for one in self.kept if one.standing is not Standing.FACT)
        return MedicalRecord(facts, intents=rest)

    def add(self, patient_id, entry):
        self.kept.append(entry)


@pytest.fixture
def medical(make, ids):
    records = Records()
    words = SimpleNamespace(find=lambda *asked: None, keep=lambda word: None)
    uow = SimpleNamespace(
        medical=records, own_words=words, audit=lambda *line: None, commit=lambda: None
    )

    @contextmanager
    def unit():
        yield uow

    connection = SimpleNamespace(practitioner=make.practitioner())
    clock = SimpleNamespace(now=lambda: NOW)
    return Medical(unit, clock, ids, connection, lambda event: None)


def said(document):
    """(section code, cells) of each line of the summary: XPath alone, none of our readers."""
    names = {"h": "urn:hl7-org:v3"}
    tree = etree.fromstring(document)
    for section in tree.iterfind(".//h:section", names):
        for row in section.iterfind("h:text//h:tbody/h:tr", names):
            yield [
                " ".join("".join(cell.itertext()).split()) for cell in row.iterfind("h:td", names)
            ]


def plain(words):
    return " ".join(words.split())


def test_the_table_has_two_hundred_lines_and_fifteen_of_each_kind():
    kinds = collections.Counter(kind for kind, *_ in TABLE)
    assert len(TABLE) >= 200
    assert min(kinds.values()) >= 15
    assert set(kinds) >= {
        "start", "end", "plan", "refusal", "denial", "doubt", "kept", "strength", "several",
        "relative", "reaction",
    }  # fmt: skip


@pytest.mark.parametrize(("kind", "family", "sentence", "reading"), TABLE)
def test_a_line_is_read_as_it_was_meant(kind, family, sentence, reading):
    assert lines.described(readings(sentence, family, TODAY)) == reading


@pytest.mark.parametrize(("kind", "family", "sentence", "reading"), TABLE)
def test_every_reading_comes_out_of_the_summary_as_it_went_in(
    medical, kind, family, sentence, reading
):
    for line in readings(sentence, family, TODAY).options:
        if line.absence is not None:
            continue
        chosen = medical.offer("p", family, line)[0]
        change = medical.add("p", chosen, sentence)
        entries = [change.after, *change.also]
        record = MedicalRecord(tuple(one for one in entries if one.standing is Standing.FACT))
        document = vsm.render(makers.context(record, written_at=NOW))
        rows, read = list(said(document)), parse.parse(document).entries
        for entry in entries:
            check(entry, line, rows, read)


def check(entry, line, rows, read):
    wording = plain(entry.wording)
    found = [row for row in rows if wording in row]
    unsaid = entry.family in UNSAID_WHEN_OVER and not entry.active
    if entry.standing is not Standing.FACT or unsaid:
        assert not found
        assert not any(plain(entry.label) in cell for cell in itertools.chain(*rows))
        return
    # The doctor's words are there, whole, beside the label of the code.
    assert plain(line.words) in (entry.typed or entry.label) or entry.code is not None
    row = next(row for row in found if _dates(entry) <= set(row) and _beside(entry) <= set(row))
    assert ("Terminé" in " ".join(row)) or entry.active or entry.end or not _says_state(entry)
    back = next(one for one in read if _same(one, entry))
    assert back.active is entry.active
    assert (back.start, back.end) == (entry.start, entry.end)


def _says_state(entry):
    return entry.family not in (Family.CHRONIC, Family.ALLERGY)


def _dates(entry):
    return {date.french for date in (entry.start, entry.end) if date}


def _beside(entry):
    age = f"{entry.age_at_onset} ans" if entry.age_at_onset is not None else ""
    posology = entry.posology.sentence if entry.posology else ""
    return {plain(one) for one in (age, posology, entry.reaction) if one}


def _same(back, entry):
    named = plain(back.label) in (plain(entry.label), plain(entry.wording))
    beside = (
        back.kinship,
        back.age_at_onset,
        back.reaction,
        back.posology and back.posology.sentence,
    )
    return named and beside == (
        entry.kinship, entry.age_at_onset, entry.reaction,
        entry.posology and entry.posology.sentence,
    )  # fmt: skip
