"""The shipped words and codes: no act confused, no word lost, and what official files contradict.

The official files here are small and made up; the real ones are a folder given to the script.
"""

import pytest

from lgc.terminology import code_systems
from lgc.terminology.nomenclature import FILES, terms


@pytest.fixture
def codes(scripts):
    return scripts("codes")


@pytest.fixture
def official(tmp_path):
    """A folder whose tables agree with what is shipped, but for what is changed."""

    def made(without=(), instead=None, specialities=()):
        for name, file in (("cim10", "cim10.tsv"), ("ccam", "ccam.tsv")):
            lines = [
                f"{term.code.code};{(instead or {}).get(term.code.code, term.code.label)}"
                for term in terms(file)
                if term.code.code not in without
            ]
            (tmp_path / f"{name}.csv").write_text("\n".join(["code;libelle", *lines]))
        atc = {t.code.code: t.code.label for f, s in FILES.items() if s == code_systems.ATC
               for t in terms(f)}  # fmt: skip
        lines = [f"{code};{label}" for code, label in atc.items() if code not in without]
        (tmp_path / "atc.csv").write_text("\n".join(lines))
        if specialities:
            rows, parts = [], []
            for number, (name, *substances) in enumerate(specialities, 60000001):
                rows.append(f"{number}\t{name}\tcomprimé\torale\tactive\tnationale\tCommercialisée")
                parts += [f"{number}\tcomprimé\t{place}\t{one}\t1 mg\tun comprimé\tSA\t{place}"
                          for place, one in enumerate(substances)]  # fmt: skip
            (tmp_path / "CIS_bdpm.txt").write_text("\n".join(rows))
            (tmp_path / "CIS_COMPO_bdpm.txt").write_text("\n".join(parts))
        return tmp_path

    return made


def test_nothing_is_wrong_in_what_is_shipped(codes, capsys):
    assert codes.report(codes.read(None), listed=False) == 0

    told = capsys.readouterr().out.splitlines()
    assert "codes morts connus : 0" in told
    assert "actes confondus : 0" in told
    assert "mots qui ne trouvent rien : 0" in told
    count = next(line for line in told if line.startswith("mots du démarrage"))
    assert int(count.rsplit(" ", 1)[1]) > 300


def test_a_system_without_its_table_is_unchecked_and_never_nought(codes, capsys):
    codes.report(codes.read(None), listed=False)

    told = capsys.readouterr().out.splitlines()
    for file in FILES:
        assert f"codes morts ({file}) : non vérifié" in told
    assert "marques d’une autre substance : non vérifié" in told


def test_a_dead_code_of_each_system_is_named(codes, official):
    tables = codes.read(official(without=("K64.9", "HHFA011", "N02BF01", "J07BB02", "J01C")))

    assert {file: codes.dead(file, tables) for file in FILES} == {
        "cim10.tsv": ["K64.9"],
        "ccam.tsv": ["HHFA011"],
        "atc.tsv": ["N02BF01"],
        "vaccines.tsv": ["J07BB02"],
        "allergens.tsv": ["J01C"],
    }


def test_a_word_of_a_plainer_official_code_is_too_precise(codes, official):
    tables = codes.read(official(instead={"J40": "Bpco, sans précision"}))

    assert codes.too_precise("cim10.tsv", tables) == ["bpco : J44.9, au lieu de J40"]


def test_a_brand_made_of_another_substance_is_named(codes, official):
    made = (
        ("NEO-MERCAZOLE 20 mg, comprimé", "CARBIMAZOLE"),
        ("LYRICA 25 mg, gélule", "GABAPENTINE"),
        ("CACIT 500 mg, comprimé", "CARBONATE DE CALCIUM", "CHOLÉCALCIFÉROL"),
        ("AUGMENTIN 500 mg", "AMOXICILLINE TRIHYDRATÉE", "CLAVULANATE DE POTASSIUM"),
    )

    wrong = codes.wrong_brands(codes.read(official(specialities=made)))

    assert wrong == ["lyrica : Prégabaline", "cacit : Carbonate de calcium"]


def test_a_term_that_would_do_an_act_is_seen(codes, monkeypatch):
    monkeypatch.setattr(codes, "_its_own", lambda act, family, term: False)

    assert any("Vaccin grippe" in line for line in codes.confused())


def test_words_from_memory_are_marked_and_counted(codes, capsys):
    codes.report(codes.read(None), listed=True)

    told = capsys.readouterr().out.splitlines()
    count = next(line for line in told if line.startswith("mots à relire"))
    unread = codes.to_reread()
    assert int(count.rsplit(" ", 1)[1]) == len(unread) > 0
    assert any(line.endswith("\tà relire") for line in told)
    # What the issue corrected was held against a source.
    sourced = {"K64.9", "N02BF01", "H03BB01", "M31.6", "J07CA02"}
    assert not sourced & {code for _, code in unread}
    for file in FILES:
        for term in terms(file):
            words = {codes.fold(word) for word in term.to_reread}
            assert words <= set(term.keys), term.code.code


def test_a_code_that_is_known_to_be_dead_is_named_without_any_file(codes, monkeypatch):
    monkeypatch.setattr(codes, "successor_of", lambda system, code: "" if code == "I10" else None)

    (found,) = codes.known_dead()
    assert found.startswith("I10 ")
