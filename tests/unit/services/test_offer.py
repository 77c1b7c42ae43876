"""What Enter takes: a whole name or a declared short form, else the words; never a neighbour."""

import itertools
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from lgc.domain.entry_line import EntryLine
from lgc.domain.medical_data import Family, MedicalRecord
from lgc.services.medical import Medical
from lgc.terminology import nomenclature

WORDS, ASKED = "words", "asked"
# (typed, family, what Enter takes): the thirty that took another diagnosis, and some that must not.
FIRST = [
    ("IRC", Family.CHRONIC, ASKED),
    ("K colon", Family.CHRONIC, "C18.9"),
    ("K sein", Family.CHRONIC, "C50.9"),
    ("TS", Family.CHRONIC, WORDS),
    ("TC", Family.CHRONIC, WORDS),
    ("TSA", Family.CHRONIC, WORDS),
    ("TCA", Family.CHRONIC, WORDS),
    ("SCA", Family.CHRONIC, WORDS),
    ("diarrhée", Family.CHRONIC, WORDS),
    ("cirrhose", Family.CHRONIC, "K74.6"),
    ("PR", Family.CHRONIC, "M06.9"),
    ("AVC", Family.CHRONIC, "I64"),
    ("stress", Family.CHRONIC, WORDS),
    ("LCA", Family.SURGICAL_HISTORY, WORDS),
    ("LCA", Family.MEDICAL_HISTORY, WORDS),
    ("tension", Family.CHRONIC, WORDS),
    ("infarctus", Family.MEDICAL_HISTORY, ASKED),
    ("embolie", Family.MEDICAL_HISTORY, WORDS),
    ("bav", Family.CHRONIC, WORDS),
    ("phlébite", Family.MEDICAL_HISTORY, WORDS),
    ("hypotension", Family.CHRONIC, "I95.9"),
    ("hépatite", Family.CHRONIC, WORDS),
    ("hépatite C", Family.CHRONIC, WORDS),
    ("anxiété", Family.CHRONIC, "F41.9"),
    ("tabac", Family.RISK_FACTOR, WORDS),
    ("alcool", Family.RISK_FACTOR, WORDS),
    ("surdité", Family.CHRONIC, "H91.9"),
    ("otite", Family.MEDICAL_HISTORY, WORDS),
    ("sinusite", Family.MEDICAL_HISTORY, WORDS),
    ("cataracte", Family.MEDICAL_HISTORY, "H26.9"),
    ("glaucome", Family.CHRONIC, "H40.9"),
    ("malaise", Family.MEDICAL_HISTORY, WORDS),
    ("traumatisme crânien", Family.MEDICAL_HISTORY, "S09.9"),
    ("fracture cheville", Family.MEDICAL_HISTORY, WORDS),
    ("appendicectomie", Family.SURGICAL_HISTORY, WORDS),
    ("stent", Family.SURGICAL_HISTORY, WORDS),
    ("bronchite", Family.MEDICAL_HISTORY, "J40"),
    ("angine", Family.MEDICAL_HISTORY, ASKED),
    ("hydro", Family.LONG_TERM_TREATMENT, WORDS),
    ("hypo", Family.CHRONIC, WORDS),
    ("i1", Family.CHRONIC, WORDS),
    # A whole name, a declared short form, a whole code.
    ("hta", Family.CHRONIC, "I10"),
    ("HTA", Family.CHRONIC, "I10"),
    ("hypertension artérielle", Family.CHRONIC, "I10"),
    ("I10", Family.CHRONIC, "I10"),
    ("E11.9", Family.CHRONIC, "E11.9"),
    ("bpco", Family.CHRONIC, "J44.9"),
    ("maladie de crohn", Family.CHRONIC, "K50.9"),
    ("crohn", Family.CHRONIC, "K50.9"),
    ("hypokaliémie", Family.CHRONIC, "E87.6"),
    ("jambes sans repos", Family.CHRONIC, "G25.8"),
    ("grippe", Family.VACCINATION, "J07BB02"),
    ("boostrix", Family.VACCINATION, "J07CA02"),
]


class Shelf(dict):
    def find(self, *asked):
        return self.get(asked)

    def keep(self, word):
        self[word.author, word.family, word.words] = word

    def forget(self, word):
        del self[word.author, word.family, word.words]


@pytest.fixture
def medical(make, ids, clock):
    record = SimpleNamespace(
        of_patient=lambda patient: MedicalRecord(),
        add=lambda patient, entry: None,
        remove=lambda entry: None,
    )
    uow = SimpleNamespace(
        medical=record, own_words=Shelf(), audit=lambda *line: None, commit=lambda: None
    )

    @contextmanager
    def unit():
        yield uow

    connection = SimpleNamespace(practitioner=make.practitioner())
    return Medical(unit, clock, ids, connection, lambda event: None)


def told(found):
    if found[0].asked:
        return ASKED
    return found[0].code.code if found[0].code else WORDS


@pytest.mark.parametrize(("typed", "family", "first"), FIRST)
def test_enter_takes_no_neighbour(medical, typed, family, first):
    found = medical.offer("p", family, EntryLine(typed))

    assert told(found) == first
    alone = nomenclature.find_alone(typed, family)
    assert [one.label for one in found if one.code is None] == [typed, *alone]


def test_only_a_name_a_short_form_or_a_code_is_ever_first(medical):
    """Every beginning of every shipped name, and two letters of each."""
    for term in nomenclature.terms("cim10.tsv"):
        for name, length in itertools.product(term.keys, (2, 4, 7)):
            first = medical.offer("p", Family.CHRONIC, EntryLine(name[:length]))[0]
            assert first.code is None or first.code.code in nomenclature.named(
                name[:length], Family.CHRONIC
            )


@pytest.mark.parametrize("place", [0, 1, -1])
def test_an_answer_about_two_meanings_is_remembered_and_its_undo_forgets_it(medical, place):
    asked = [one for one in medical.offer("p", Family.CHRONIC, EntryLine("irc")) if one.asked]
    change = medical.add("p", asked[place], "irc")

    again = medical.offer("p", Family.CHRONIC, EntryLine("IRC"))
    assert not again[0].asked
    assert again[0].code == asked[place].code

    medical.undo(change)
    assert medical.offer("p", Family.CHRONIC, EntryLine("irc"))[0].asked


def test_the_typed_words_stay_beside_the_label(medical):
    first = medical.offer("p", Family.CHRONIC, EntryLine("AVC"))[0]
    entry = medical.add("p", first, "AVC").after

    assert entry.typed == "AVC"
    assert entry.wording.endswith("(«\u00a0AVC\u00a0»)")
    free = medical.offer("p", Family.CHRONIC, EntryLine("stress"))[0]
    assert medical.add("p", free, "stress").after.typed == ""


@pytest.mark.parametrize(
    ("typed", "code"), [("k colon", "K63.5"), ("diarrhée", "K58.8"), ("k6", "K63.5"), ("i1", "I10")]
)
def test_the_letters_of_a_code_and_what_a_label_denies_find_nothing(typed, code):
    assert code not in {one.code for one in nomenclature.find(typed, Family.CHRONIC, limit=400)}
