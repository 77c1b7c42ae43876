"""What the shipped tables say of each word: corrections once made, and what a GP types most."""

import itertools

import pytest

from lgc.domain.medical_data import Family
from lgc.terminology import named_medicines, nomenclature
from lgc.terminology.nomenclature import find, find_alone, joined, named, terms

CHRONIC, ACT, ALLERGY = Family.CHRONIC, Family.SURGICAL_HISTORY, Family.ALLERGY
DRUG, VACCINE = Family.LONG_TERM_TREATMENT, Family.VACCINATION

# (words, family, the codes they name whole): none where the words stay alone.
CORRECTED = [
    ("néomercazole", DRUG, {"H03BB01"}),
    ("NEO-MERCAZOLE", DRUG, {"H03BB01"}),
    ("neo mercazole", DRUG, {"H03BB01"}),
    ("carbimazole", DRUG, {"H03BB01"}),
    ("thiamazole", DRUG, {"H03BB02"}),
    ("cacit", DRUG, {"A12AA04"}),
    ("cacit vitamine D3", DRUG, {"A12AX"}),
    ("colchimax", DRUG, set()),
    ("colchicine", DRUG, {"M04AC01"}),
    ("gabapentine", DRUG, {"N02BF01"}),
    ("neurontin", DRUG, {"N02BF01"}),
    ("prégabaline", DRUG, {"N02BF02"}),
    ("lyrica", DRUG, {"N02BF02"}),
    ("méthotrexate", DRUG, {"L04AX03"}),
    ("pilule", DRUG, set()),
    ("Appendicectomie, par laparotomie", ACT, {"HHFA011"}),
    ("appendicectomie", ACT, set()),
    ("scanner cérébral", ACT, set()),
    ("stent", ACT, set()),
    ("stent", CHRONIC, set()),
    ("stent coronaire", CHRONIC, {"Z95.5"}),
    ("pontage", CHRONIC, set()),
    ("hémorroïdes", CHRONIC, {"K64.9"}),
    ("intestin irritable", CHRONIC, {"K58.8"}),
    ("colopathie", CHRONIC, {"K58.8"}),
    ("facteur V Leiden", CHRONIC, {"D68.5"}),
    ("facteur V de Leiden", CHRONIC, {"D68.5"}),
    ("thrombophilie", CHRONIC, set()),
    ("colique néphrétique", CHRONIC, {"N23"}),
    ("calcul rénal", CHRONIC, {"N20.0"}),
    ("NASH", CHRONIC, {"K75.8"}),
    ("stéatose", CHRONIC, {"K76.0"}),
    ("bronchite chronique", CHRONIC, {"J42"}),
    ("bpco", CHRONIC, {"J44.9"}),
    ("Horton", CHRONIC, {"M31.6"}),
    ("fibrillation auriculaire", CHRONIC, {"I48.9"}),
    ("diabète de type 1", CHRONIC, {"E10.9"}),
    ("diabète type 2", CHRONIC, {"E11.9"}),
    ("fracture épaule", CHRONIC, {"S42.9"}),
    ("pyélonéphrite", CHRONIC, {"N12"}),
    ("cystite", CHRONIC, {"N30.9"}),
    ("prostatite", CHRONIC, {"N41.9"}),
    ("cholécystite", CHRONIC, {"K81.9"}),
    ("appendicite", CHRONIC, {"K37"}),
    ("carence martiale", CHRONIC, {"E61.1"}),
    ("hyperparathyroïdie", CHRONIC, {"E21.3"}),
    ("gastroentérite", CHRONIC, {"A09.9"}),
    ("infanrix", VACCINE, set()),
]
GONE = {"I84.9", "K58.9", "N03AX12", "N03AX16", "I48", "E10", "E11", "S42", "L01BA01"}
# Each word finds its code whole, or is completed as words (None).
EVERYDAY = [
    ("grossesse", CHRONIC, "Z33"),
    ("gonarthrose", CHRONIC, "M17.9"),
    ("vertige", CHRONIC, "R42"),
    ("diabète", CHRONIC, None),
    ("phlébite", CHRONIC, None),
    ("enceinte", CHRONIC, "Z33"),
    ("DT1", CHRONIC, "E10.9"),
    ("DT2", CHRONIC, "E11.9"),
    ("MRC", CHRONIC, "N18.9"),
    ("covid", CHRONIC, None),
    ("K sein", CHRONIC, "C50.9"),
    ("K du sein", CHRONIC, "C50.9"),
    ("K colon", CHRONIC, "C18.9"),
    ("K du côlon", CHRONIC, "C18.9"),
    ("cancer du côlon", CHRONIC, "C18.9"),
    ("K poumon", CHRONIC, "C34.9"),
    ("K prostate", CHRONIC, "C61"),
    ("K de l’ovaire", CHRONIC, "C56"),
    ("K rein", CHRONIC, "C64"),
    ("K thyroïde", CHRONIC, "C73"),
    ("K vessie", CHRONIC, "C67.9"),
    ("K pancréas", CHRONIC, "C25.9"),
    ("K du col de l’utérus", CHRONIC, "C53.9"),
    *((f"K {organ}", CHRONIC, None) for organ in ("foie", "peau", "langue", "cerveau", "ORL")),
    *((f"K {organ}", CHRONIC, None) for organ in ("vésicule", "anus", "du col")),
    ("cataracte", ACT, None),
    ("fibroscopie", ACT, None),
    ("gastroscopie", ACT, "HEQE002"),
    ("césarienne", ACT, None),
    ("PTG", ACT, None),
    ("coloscopie", ACT, None),
    ("IRM", ACT, None),
    ("codéine", DRUG, "R05DA04"),
    ("fer", DRUG, "B03A"),
    ("spasfon", DRUG, "A03AX12"),
    ("nexium", DRUG, "A02BC05"),
    ("vaxelis", VACCINE, "J07CA09"),
    ("VRS", VACCINE, "J07BX05"),
    ("covid", VACCINE, "J07BN01"),
    ("pénicilline", ALLERGY, "J01C"),
    ("céphalosporines", ALLERGY, None),
    ("C3G", ALLERGY, "J01DD"),
    ("sulfamides", ALLERGY, "J01E"),
    ("AINS", ALLERGY, "M01A"),
    ("produit de contraste iodé", ALLERGY, "V08A"),
    ("aspirine", ALLERGY, "B01AC06"),
    *((word, ALLERGY, None) for word in ("iode", "latex", "arachide", "œuf", "lait de vache")),
    *((word, ALLERGY, None) for word in ("crustacés", "fruits à coque", "guêpe", "abeille")),
    *((word, ALLERGY, None) for word in ("venin", "pollens", "graminées", "bouleau", "acariens")),
    *((word, ALLERGY, None) for word in ("arachides", "œufs", "guêpes", "venins", "moutarde")),
    *((word, ALLERGY, None) for word in ("chat", "nickel", "sparadrap", "kiwi", "soja")),
]


@pytest.mark.parametrize(("words", "family", "codes"), CORRECTED)
def test_a_correction_holds(words, family, codes):
    assert named(words, family) == codes


def test_what_was_dead_or_no_leaf_is_shipped_no_more():
    shipped = {term.code.code for file in nomenclature.FILES for term in terms(file)}

    assert not shipped & GONE
    labels = {term.code.code: term.code.label for term in terms("ccam.tsv")}
    assert "laparotomie" in labels["HHFA011"] and "cœlioscopie" not in labels["HHFA011"]
    assert labels["HHFA016"].startswith("Appendicectomie, par cœlioscopie")


def test_every_code_of_a_disease_is_a_leaf_of_the_table():
    codes = {term.code.code for term in terms("cim10.tsv")}

    assert not {code for code in codes if any(c.startswith(f"{code}.") for c in codes)}


@pytest.mark.parametrize(("words", "family", "code"), EVERYDAY)
def test_an_everyday_word_finds_its_code_or_stays_words(words, family, code):
    if code is None:
        assert not named(words, family)
        assert joined(words) in _alone(family)
    else:
        assert find(words, family)[0].code == code


def _alone(family):
    tables = nomenclature.OF_FAMILY[family]
    return {joined(key) for file in tables for one in nomenclature.alone(file) for key in one.keys}


def test_the_cancer_of_an_organ_and_its_k_are_one_word():
    cancers = {
        key: term.code.code
        for term in terms("cim10.tsv")
        for key in term.keys
        if key.startswith("cancer ") and term.code.code.startswith("C")
    }

    assert len(cancers) >= 15
    shorts = {key: f"k {key.removeprefix('cancer ')}" for key in cancers}
    # « K col » may begin « K colon ».
    assert {key for key, short in shorts.items() if named(short, CHRONIC) != {cancers[key]}} == {
        "cancer col"
    }


def test_a_word_that_no_code_says_names_none():
    for family, tables in nomenclature.OF_FAMILY.items():
        for file in tables:
            for one in nomenclature.alone(file):
                assert not any(named(key, family) for key in one.keys), (family, one.words)


def test_words_alone_are_completed_below_what_is_typed():
    assert find_alone("arach", ALLERGY) == ("Arachide",)
    assert find_alone("Arachide", ALLERGY) == ()
    assert find_alone("ptg", ACT) == ("Prothèse totale de genou",)
    assert find_alone("a", ALLERGY) == ()


def test_a_short_form_is_no_less_precise_word_of_another_code():
    """What a label says « sans précision » is the code of that word."""
    for file in nomenclature.FILES:
        plain = {
            joined(term.code.label.removesuffix(", sans précision")): term.code.code
            for term in terms(file)
            if term.code.label.endswith(", sans précision")
        }
        for term in terms(file):
            for key in term.keys[1:-1]:
                code = plain.get(joined(key), term.code.code)
                assert code == term.code.code, (key, code)


def test_an_allergen_group_is_compared_as_its_word_is():
    """Its label, kept in place of the words, brings in the same medicines and no others."""
    for term in terms("allergens.tsv"):
        said = named_medicines.of_words(term.code.label).groups
        for key in term.keys[1:-1]:
            meant = named_medicines.of_words(key).groups
            assert not meant or set(meant) == set(said), (term.code.label, key)


def test_the_starter_knows_the_three_hundred_words_and_more():
    keys = {
        (family, joined(key))
        for family, tables in nomenclature.OF_FAMILY.items()
        for file in tables
        for one in itertools.chain(terms(file), nomenclature.alone(file))
        for key in one.keys
    }
    assert len({key for _, key in keys}) > 300
    assert len(EVERYDAY) >= 50


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("néo-mercazole", "NEOMERCAZOLE", True),
        ("cancer du côlon", "cancer côlon", True),
        ("K de l’ovaire", "k ovaire", True),
        ("hépatite A", "hépatite", False),
        ("carence en vitamine D", "carence en vitamine", False),
        ("LA", "", False),
    ],
)
def test_hyphens_spaces_and_articles_are_one(one, other, same):
    assert (joined(one) == joined(other)) is same
