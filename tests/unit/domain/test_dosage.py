"""A dosage is understood as far as it is certain, and always stands as it was typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgc.domain.dosage import read

READ = [
    ("1 cp matin et soir 7 jours", 1, "{tablet}", 12, 7),
    ("1 comprimé par jour", 1, "{tablet}", 24, None),
    ("1-0-1 pdt 3 mois", 1, "", 12, 90),
    ("1-1-1 cp pendant 5 j", 1, "{tablet}", 8, 5),
    ("1-0-2", None, "", None, None),
    ("2 gélules 3 fois par jour pendant 1 semaine", 2, "{capsule}", 8, 7),
    ("1 sachet 3x/j si besoin", 1, "{sachet}", 8, None),
    ("2 bouffées toutes les 6 heures", 2, "{puff}", 6, None),
    ("1 g /8h si douleur, 5 jours", 1, "g", 8, 5),
    ("½ cp le soir au coucher qsp 1 mois", 0.5, "{tablet}", 24, 30),
    ("1/2 cp le matin", 0.5, "{tablet}", 24, None),
    ("1,5 ml 2 fois par jour", 1.5, "mL", 12, None),
    ("20 gouttes midi et soir", 20, "[drp]", 12, None),
    ("1 injection par semaine pendant 3 mois", 1, "{injection}", 168, 90),
    ("1 ampoule par mois pendant 1 an", 1, "{ampule}", 720, 365),
    ("un comprimé matin, midi et soir", 1, "{tablet}", 8, None),
    ("10 UI le soir", 10, "[iU]", 24, None),
    ("selon INR", None, "", None, None),
    ("", None, "", None, None),
]


@pytest.mark.parametrize(("sentence", "quantity", "unit", "hours", "days"), READ)
def test_what_doctors_type_is_understood(sentence, quantity, unit, hours, days):
    found = read(sentence)

    assert found.posology.sentence == sentence
    assert (found.posology.quantity, found.posology.unit) == (quantity, unit)
    assert found.posology.period_hours == hours
    assert found.days == days


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("1 cp matin et soir 7 jours", "1 comprimé, matin et soir, pendant 1 semaine"),
        ("2 gel 3 fois par jour 10 j", "2 gélules, 3 fois par jour, pendant 10 jours"),
        ("1 g /8h si douleur, 5 jours", "1 g, 3 fois par jour, si besoin, pendant 5 jours"),
        ("2 bouffées toutes les 5 heures", "2 bouffées, toutes les 5 h"),
        ("1/2 cp le matin", "0,5 comprimé, le matin"),
        ("selon INR", ""),
    ],
)
def test_it_is_read_back_in_plain_words(sentence, words):
    assert read(sentence).words == words


def test_a_rhythm_is_no_length():
    assert read("1 cp 2 jours par semaine").days is None
    assert read("1 cp un jour sur 2").days is None


@given(st.text(max_size=60))
def test_nothing_typed_breaks_it_and_the_sentence_stands(sentence):
    found = read(sentence)

    assert found.posology.sentence == sentence.strip()
    assert found.days is None or 0 < found.days <= 3650
    assert found.posology.period_hours is None or found.posology.period_hours > 0


pieces = st.sampled_from(
    ["1", "2", "0", "½", "1/2", "1/0", "cp", "-", "matin", "soir", "x", "/", "j", "jours", "par",
     "fois", "toutes les", "h", "pendant", "mois", "si besoin", "semaine"]
)  # fmt: skip


@given(st.lists(pieces, max_size=10).map(" ".join))
def test_its_own_words_in_any_order_never_break_it(sentence):
    found = read(sentence)

    assert isinstance(found.words, str)
    assert found.posology.quantity is None or found.posology.quantity >= 0
