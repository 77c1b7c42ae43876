"""Words name a medicine or a group by the dated table, and what they leave over is told."""

import pytest

from lgc.terminology import named_medicines
from lgc.terminology.named_medicines import of_atc, of_substance, of_words, table
from lgc.terminology.nomenclature import terms

GROUPS = (
    ("Allergie à la pénicilline", "pénicillines", ("J01CA04", "J01CR02", "J01CE02"), "J01DD04"),
    ("allergie aux céphalosporines", "céphalosporines", ("J01DD04", "J01DC02"), "J01CA04"),
    ("bêta-lactamines", "bêtalactamines", ("J01CA04", "J01DD04"), "J01FA01"),
    ("sulfamides", "sulfamides antibactériens", ("J01EE01",), "A10BB09"),
    ("AINS", "anti-inflammatoires non stéroïdiens", ("M01AE01", "M01AH01"), "N02BE01"),
    ("IEC", "inhibiteurs de l’enzyme de conversion", ("C09AA05", "C09BA04"), "C09CA01"),
    ("quinolones", "quinolones", ("J01MA02", "S01AE03"), "J01FA10"),
    ("produits de contraste iodés", "produits de contraste iodés", ("V08AB02",), "V08CA02"),
)


@pytest.mark.parametrize(("words", "name", "inside", "outside"), GROUPS)
def test_the_word_names_its_group_and_no_other_medicine(words, name, inside, outside):
    named = of_words(words)
    group = next(one for one in named.groups if one.name == name)

    assert named.left == ()
    assert all(group.has(of_atc(code)) for code in inside)
    assert not group.has(of_atc(outside))


@pytest.mark.parametrize(
    ("words", "substances", "left"),
    [
        ("Amoxicilline 1 g", {"amoxicilline"}, ()),
        ("clamoxyl 500 mg cp", {"amoxicilline"}, ()),
        ("Kardégic 75", {"acide acetylsalicylique"}, ()),
        ("Paracétamol codéine", {"paracetamol", "codeine"}, ()),
        ("Amoxicilline, latex", {"amoxicilline"}, ("latex",)),
        ("Arachide", set(), ("arachide",)),
        ("pilule", set(), ("pilule",)),
        ("insuline lente", set(), ("lente",)),
    ],
)
def test_names_are_recognised_and_the_rest_is_left_over(words, substances, left):
    named = of_words(words)

    assert (set(named.substances), named.left) == (substances, left)


def test_a_salt_is_no_other_medicine_and_an_unknown_substance_says_so():
    salt = of_substance("amoxicilline trihydratée 1 148 mg")
    assert "amoxicilline" in salt.substances
    assert salt.atc == {"J01CA04"} and salt.coded

    other = of_substance("tiapride (chlorhydrate de) 111,1 mg")
    assert other.substances == {"tiapride chlorhydrate de"} and not other.coded


def test_the_table_is_dated_has_its_source_and_agrees_with_the_starter():
    read = table()

    assert "ATC" in read.source
    assert read.read_on.year >= 2026
    assert len({group.name for group in read.groups}) == len(read.groups)
    by_name = {term.keys[0]: term.code.code for term in terms("atc.tsv")}
    for group in read.groups:
        assert group.words and group.atc
        for substance in group.substances & by_name.keys():
            assert by_name[substance].startswith(group.atc), (group.name, substance)


def test_every_substance_of_a_group_in_the_starter_is_in_it():
    """What ATC puts into a group is found in it by its name too."""
    for group in named_medicines.table().groups:
        for term in terms("atc.tsv"):
            if term.code.code.startswith(group.atc):
                assert group.has(of_words(term.code.label)), (group.name, term.code.label)
