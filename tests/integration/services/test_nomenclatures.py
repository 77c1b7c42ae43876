"""Official files in the store: whole or not at all, and completed from at once."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from lgc.__main__ import main
from lgc.domain.documents import DocumentContent
from lgc.domain.medical_data import Family
from lgc.domain.professionals import Coded
from lgc.domain.terms import Nomenclature
from lgc.errors import Cancelled, UnreadableInput, UserFacingError
from lgc.services.checking import Checking
from lgc.services.medical import Medical
from lgc.services.nomenclatures import MEDICINES, Nomenclatures
from lgc.terminology import code_systems, held_tables

GOLDEN = Path(__file__).parents[2] / "golden" / "cda" / "vsm_full.xml"


def cis(number, name, sold="Commercialisée"):
    return f"{60000000 + number}\t{name}\tcomprimé\torale\tactive\tnationale\t{sold}"


@pytest.fixture
def terms(desk):
    return Nomenclatures(desk.store.unit, desk.clock)


@pytest.fixture
def base(tmp_path):
    """CIS_bdpm.txt with these lines."""

    def made(*lines):
        path = tmp_path / "CIS_bdpm.txt"
        path.write_bytes("\n".join(lines).encode("cp1252"))
        return [path]

    return made


def codes(found):
    return [term.code.code for term in found]


def rows_of(desk):
    """How many entries the store holds, in force or not."""
    with desk.store.unit() as uow:
        return uow.terms.next_number() - 1


def test_specialities_are_proposed_as_soon_as_the_base_is_loaded(terms, base):
    assert terms.suggest("amox")[0].code.system == code_systems.ATC
    told = []
    source = terms.bring(
        Nomenclature.MEDICINES,
        base(
            cis(1, "PARAMOX 1 g"), cis(2, "AMOXICILLINE BIOGARAN 1 g, comprimé"),
            cis(3, "AMOXICILLINE VIEILLE 500 mg", "Non commercialisée"),
        ),
        told.append,
    )  # fmt: skip

    assert source.count == 3 and told[-1] == 1.0 and told == sorted(told)
    found = terms.suggest("amox 1", MEDICINES)
    assert codes(found)[0] == "60000002"
    assert found[0].medicine.form == "comprimé"
    assert codes(terms.suggest("amoxicilline", (code_systems.CIS,))) == ["60000002", "60000003"]
    assert terms.medicine("60000002").code.label.startswith("AMOXICILLINE BIOGARAN")


def test_another_file_takes_the_place_of_the_first_and_nothing_is_left_of_it(desk, terms, base):
    terms.bring(Nomenclature.MEDICINES, base(*(cis(n, f"ANCIEN {n}") for n in range(50))))
    terms.bring(Nomenclature.MEDICINES, base(cis(1, "NOUVEAU")))

    assert terms.suggest("ancien", (code_systems.CIS,)) == ()
    assert codes(terms.suggest("nouveau", (code_systems.CIS,))) == ["60000001"]
    with desk.store.unit() as uow:
        assert uow.terms.sweep(1000) == 0
    terms.forget(Nomenclature.MEDICINES)
    assert rows_of(desk) == 0 and terms.held() == {}


def test_a_damaged_file_leaves_what_was_there(desk, terms, base):
    terms.bring(Nomenclature.MEDICINES, base(cis(1, "EN PLACE")))

    with pytest.raises(UnreadableInput, match="ligne 2"):
        terms.bring(Nomenclature.MEDICINES, base(cis(2, "A"), "abîmée", "abîmée"))

    assert codes(terms.suggest("en place", (code_systems.CIS,))) == ["60000001"]
    assert rows_of(desk) == 1


def test_a_damaged_line_is_counted_and_the_others_come_in(terms, base):
    source = terms.bring(Nomenclature.MEDICINES, base(cis(2, "AMOX A"), "abîmée", cis(3, "AMOX B")))

    assert (source.count, source.left_out) == (2, 1)
    assert codes(terms.suggest("amox", (code_systems.CIS,))) == ["60000002", "60000003"]


def test_cancelling_while_it_is_stored_leaves_what_was_there(desk, terms, base):
    terms.bring(Nomenclature.MEDICINES, base(cis(1, "EN PLACE")))
    far = []

    def check():
        if far and far[-1] > 0.6:
            raise Cancelled

    with pytest.raises(Cancelled):
        lines = [cis(n, f"PRODUIT {n}") for n in range(5000)]
        terms.bring(Nomenclature.MEDICINES, base(*lines), far.append, check)

    assert codes(terms.suggest("en place", (code_systems.CIS,))) == ["60000001"]
    assert terms.suggest("produit", (code_systems.CIS,)) == ()
    assert rows_of(desk) == 1


def test_two_loadings_do_not_meet(terms, base):
    def meanwhile():
        with pytest.raises(UserFacingError, match="déjà en cours"):
            terms.forget(Nomenclature.CCAM)

    terms.bring(Nomenclature.MEDICINES, base(cis(1, "A")), check=meanwhile)


def test_the_official_label_wins_and_short_forms_stay(terms, tmp_path):
    path = tmp_path / "cim10.csv"
    path.write_text("code;libelle\nI10;Hypertension artérielle, libellé officiel\nZ99.9;Rare\n")
    terms.bring(Nomenclature.CIM_10, [path])

    (first, *_) = terms.for_family("hta", Family.CHRONIC)

    assert (first.code, first.label) == ("I10", "Hypertension artérielle, libellé officiel")
    assert terms.for_family("rare", Family.CHRONIC)[0].code == "Z99.9"
    assert terms.for_family("grippe", Family.VACCINATION)[0].system == code_systems.ATC


def test_what_would_break_a_search_finds_nothing_and_breaks_nothing(terms, base):
    terms.bring(Nomenclature.MEDICINES, base(cis(1, 'NOM "ENTRE" GUILLEMETS*')))

    for typed in ('"', "* OR", "NEAR(", "^nom", "a", "", "guillemets* AND"):
        terms.suggest(typed, MEDICINES)
    assert codes(terms.suggest("entre guill", (code_systems.CIS,))) == ["60000001"]


def test_hyphens_and_spaces_are_one_in_the_base_too(terms, base):
    terms.bring(Nomenclature.MEDICINES, base(cis(1, "NEO-MERCAZOLE 20 mg, comprimé")))

    for typed in ("neomercazole", "neo mercazole", "néo-mercazole"):
        assert codes(terms.suggest(typed, (code_systems.CIS,))) == ["60000001"]


def test_the_groups_complete_an_allergy_and_no_prescription(terms):
    assert terms.for_family("pénicilline", Family.ALLERGY)[0].code == "J01C"
    assert "J01C" not in codes(terms.suggest("pénicilline"))


def test_no_disease_completes_an_act(terms, tmp_path):
    path = tmp_path / "cim10.csv"
    path.write_text("code;libelle\nS83.5;LCA, entorse du genou\nI10;HTA\n")
    terms.bring(Nomenclature.CIM_10, [path])

    assert terms.for_family("LCA", Family.MEDICAL_HISTORY)[0].code == "S83.5"
    assert terms.for_family("LCA", Family.SURGICAL_HISTORY) == ()


# --- a newer official file rules --------------------------------------------------------------


def cim_10(tmp_path, *rows):
    path = tmp_path / "LIBCIM10MULTI.TXT"
    path.write_text("\n".join(rows))
    return [path]


def test_what_a_newer_file_lacks_is_not_proposed_any_more(terms, tmp_path):
    assert terms.for_family("migraine", Family.CHRONIC)

    terms.bring(Nomenclature.CIM_10, cim_10(tmp_path, "I10|0|0|0|HTA|Hypertension essentielle"))

    assert codes(terms.suggest("hta", (code_systems.CIM_10,))) == ["I10"]
    assert terms.for_family("migraine", Family.CHRONIC) == ()
    terms.forget(Nomenclature.CIM_10)
    assert terms.for_family("migraine", Family.CHRONIC)


def test_what_is_not_to_be_used_is_not_proposed(terms, tmp_path):
    rows = (
        "E119|0|0|0|DT2|Diabète de type 2", "E11|3|3|3|DT2|Diabète de type 2, catégorie",
        "I849|3|3|3|hémorroïdes|*** SU15 *** Hémorroïdes",
    )  # fmt: skip
    terms.bring(Nomenclature.CIM_10, cim_10(tmp_path, *rows))

    assert codes(terms.suggest("diabète", (code_systems.CIM_10,))) == ["E11.9"]
    assert terms.suggest("hémorroïdes", (code_systems.CIM_10,)) == ()


def test_records_that_hold_a_dead_code_are_listed_with_its_successor(desk, terms, make, tmp_path):
    patient = make.patient()
    lines = [
        make.entry(label="Hémorroïdes", code=Coded("I84.9", code_systems.CIM_10, "Hémorroïdes")),
        make.entry(label="HTA", code=Coded("I10", code_systems.CIM_10, "HTA")),
    ]
    with desk.store.unit() as uow:
        uow.patients.add(patient)
        for number, line in enumerate(lines):
            uow.medical.add(patient.patient_id, replace(line, entry_id=f"line-{number}"))
        uow.commit()
    assert terms.dead_lines(Nomenclature.CIM_10) == ()

    terms.bring(Nomenclature.CIM_10, cim_10(tmp_path, "I10|0|0|0|HTA|Hypertension essentielle"))

    (dead,) = terms.dead_lines(Nomenclature.CIM_10)
    # A successor that the file lacks is dead itself: none is said.
    assert (dead.patient_id, dead.code, dead.successor) == (patient.patient_id, "I84.9", None)
    rows = ("I10|0|0|0|HTA|Hypertension essentielle", "K649|0|0|0|H|Hémorroïdes, sans complication")
    terms.bring(Nomenclature.CIM_10, cim_10(tmp_path, *rows))
    (dead,) = terms.dead_lines(Nomenclature.CIM_10)
    assert dead.successor == K64


K64 = Coded("K64.9", code_systems.CIM_10, "Hémorroïdes, sans complication")


def with_lines(desk, make, *lines):
    """A patient whose record holds these lines."""
    patient = make.patient()
    with desk.store.unit() as uow:
        uow.patients.add(patient)
        for number, line in enumerate(lines):
            uow.medical.add(patient.patient_id, replace(line, entry_id=f"line-{number}"))
        uow.commit()
    return patient.patient_id


def test_the_file_s_own_successor_comes_before_the_dated_table(desk, terms, make, tmp_path):
    old = [Coded(code, code_systems.CIM_10, code) for code in ("I84.9", "K58.9", "A99.9")]
    with_lines(desk, make, *(make.entry(label=one.code, code=one) for one in old))
    path = tmp_path / "cim.csv"
    path.write_text(
        "code;libelle;statut;remplacé par\n"
        "I84.9;Hémorroïdes;supprimé;K64.8\nK64.8;Autres hémorroïdes;;\nK64.9;Hémorroïdes;;\n"
        "K58.8;Autres;;\nA99.9;Vieux;interdit;A98\n"
    )
    terms.bring(Nomenclature.CIM_10, [path])

    found = {one.code: one.successor and one.successor.code for one in
             terms.dead_lines(Nomenclature.CIM_10)}  # fmt: skip
    assert found == {"I84.9": "K64.8", "K58.9": "K58.8", "A99.9": None}


@pytest.fixture
def medical(desk, terms):
    return Medical(desk.store.unit, desk.clock, desk.ids, desk.connection, desk.events.append,
                   terms.for_family, terms.edition_of)  # fmt: skip


def test_a_dead_code_is_replaced_at_one_s_word_with_its_trace_and_taken_back(
    desk, terms, medical, make, tmp_path
):
    old = Coded("I84.9", code_systems.CIM_10, "Hémorroïdes, sans précision")
    patient_id = with_lines(desk, make, make.entry(label="Hémorroïdes", code=old, typed="hémo"))
    terms.bring(
        Nomenclature.CIM_10, cim_10(tmp_path, "K649|0|0|0|H|Hémorroïdes, sans complication")
    )
    (dead,) = terms.dead_lines(Nomenclature.CIM_10)
    before = medical.record(patient_id).entries

    assert medical.record(patient_id).entries == before, "nothing is replaced by itself"
    change = medical.renew(dead)

    (line,) = medical.record(patient_id).entries
    assert (line.code, line.label, line.typed) == (K64, "Hémorroïdes", "hémo")
    assert line.origin.replaced == "I84.9 Hémorroïdes, sans précision"
    assert line.origin.table == "CIM10" and "fichier" in line.origin.edition
    assert terms.dead_lines(Nomenclature.CIM_10) == ()
    with pytest.raises(UserFacingError, match="changé entre-temps") as told:
        medical.renew(dead)
    assert "Vous voyiez : Hémorroïdes, I84.9" in told.value.advice
    assert "Maintenant : Hémorroïdes, K64.9" in told.value.advice
    medical.undo(change)
    assert medical.record(patient_id).entries == before


def test_a_code_is_not_replaced_under_words_that_changed_meanwhile(
    desk, terms, medical, make, tmp_path
):
    old = Coded("I84.9", code_systems.CIM_10, "Hémorroïdes, sans précision")
    patient_id = with_lines(desk, make, make.entry(label="Hémorroïdes", code=old))
    terms.bring(
        Nomenclature.CIM_10, cim_10(tmp_path, "K649|0|0|0|H|Hémorroïdes, sans complication")
    )
    (dead,) = terms.dead_lines(Nomenclature.CIM_10)
    (line,) = medical.record(patient_id).entries
    medical.update(patient_id, line, replace(line, label="Hémorroïdes thrombosées"))

    with pytest.raises(UserFacingError, match="changé") as told:
        medical.renew(dead)

    assert "Hémorroïdes thrombosées, I84.9" in told.value.advice
    assert medical.record(patient_id).entries[0].code == old


def test_the_day_of_a_file_is_no_edition_and_the_doctor_may_say_it(terms, tmp_path):
    rows = cim_10(tmp_path, "I10|0|0|0|HTA|Hypertension essentielle")
    assert terms.bring(Nomenclature.CIM_10, rows).version == ""

    terms.say_edition(Nomenclature.CIM_10, " 2026 ")
    assert terms.held()[Nomenclature.CIM_10].version == "2026"


@pytest.mark.parametrize("act", ["edition", "forget"])
def test_what_is_done_to_a_file_is_done_to_the_one_that_was_shown(terms, tmp_path, act):
    """Another desk loaded another one meanwhile: its edition would be a lie."""
    terms.bring(Nomenclature.CIM_10, cim_10(tmp_path, "I10|0|0|0|H|Hypertension"))
    seen = terms.held()[Nomenclature.CIM_10]
    lines = ("I10|0|0|0|H|Hypertension", "J45|0|0|0|A|Asthme")
    terms.bring(Nomenclature.CIM_10, cim_10(tmp_path, *lines))
    now = terms.held()[Nomenclature.CIM_10]

    with pytest.raises(UserFacingError, match="changé") as told:
        if act == "edition":
            terms.say_edition(Nomenclature.CIM_10, "2026", seen)
        else:
            terms.forget(Nomenclature.CIM_10, seen)

    assert "1 entrées" in told.value.advice and "2 entrées" in told.value.advice
    assert terms.held()[Nomenclature.CIM_10] == now
    terms.say_edition(Nomenclature.CIM_10, "2026", now)
    terms.forget(Nomenclature.CIM_10, terms.held()[Nomenclature.CIM_10])
    assert Nomenclature.CIM_10 not in terms.held()


def test_atc_and_vaccines_renew_the_same_way(terms, tmp_path):
    path = tmp_path / "atc.csv"
    path.write_text("code;libelle\nJ07BX05;Virus respiratoire syncytial\nA02BC01;Oméprazole\n")
    terms.bring(Nomenclature.ATC, [path])

    assert [one.code for one in terms.for_family("syncytial", Family.VACCINATION)] == ["J07BX05"]
    assert terms.for_family("priorix", Family.VACCINATION) == ()
    assert terms.for_family("oméprazole", Family.VACCINATION) == ()
    assert [one.code for one in terms.for_family("oméprazole", Family.CURRENT_TREATMENT)] == [
        "A02BC01"
    ]


def test_a_document_is_checked_against_the_files_that_were_loaded(terms, make, tmp_path):
    content = GOLDEN.read_bytes()
    document = replace(make.document().document, mime_type="text/xml")
    held, checking = DocumentContent(document, content), Checking(terms.knows)
    assert checking.check(held) == ()

    terms.bring(Nomenclature.CIM_10, cim_10(tmp_path, "E119|0|0|0|DT2|Diabète", "J189|0|0|0|P|P"))

    said = [finding.sentence for finding in checking.check(held)]
    assert any("I21.9" in one and "fichier chargé" in one for one in said)
    assert not any("E11.9" in one or "HHFA001" in one for one in said)


# --- lgc check, without the card ----------------------------------------------------------------


def test_lgc_check_knows_the_tables_that_the_practice_loaded(desk, tmp_path, capsys):
    practice, document = tmp_path / "practice", tmp_path / "vsm.xml"
    practice.mkdir()
    document.write_bytes(GOLDEN.read_bytes())
    terms = Nomenclatures(desk.store.unit, desk.clock, practice)

    def said(code):
        assert main(["check", "--dossier", str(practice), str(document)]) == code
        return capsys.readouterr().out

    assert "Aucune table officielle n’est chargée" in said(0)
    rows = ("E119|0|0|0|DT2|Diabète", "J189|0|0|0|P|P", "I219|3|3|3|I|Infarctus")
    terms.bring(Nomenclature.CIM_10, cim_10(tmp_path, *rows))
    terms.say_edition(Nomenclature.CIM_10, "2026")
    told = said(1)

    assert "CIM10 2026 (2 codes" in told
    assert "« I21.9 » n’est plus à utiliser" in told.replace("\u00a0", " ")
    assert "E11.9" not in told
    terms.forget(Nomenclature.CIM_10)
    assert "Aucune table officielle" in said(0)


def test_a_label_of_another_code_of_a_loaded_table_is_an_error(desk, tmp_path, capsys):
    practice, document = tmp_path / "practice", tmp_path / "vsm.xml"
    practice.mkdir()
    document.write_bytes(GOLDEN.read_bytes())
    label = re.search(rb'code="E11.9"[^>]*displayName="([^"]+)"', GOLDEN.read_bytes())[1].decode()
    terms = Nomenclatures(desk.store.unit, desk.clock, practice)
    rows = (f"Z999|0|0|0|x|{label}", "E119|0|0|0|DT2|Autre libellé")
    terms.bring(Nomenclature.CIM_10, cim_10(tmp_path, *rows))

    assert main(["check", "--dossier", str(practice), str(document)]) == 1
    assert "est celui de Z99.9, pas de E11.9" in capsys.readouterr().out


def test_a_damaged_copy_of_a_table_is_said_and_guessed_by_nobody(desk, tmp_path, capsys):
    terms = Nomenclatures(desk.store.unit, desk.clock, tmp_path)
    terms.bring(Nomenclature.CIM_10, cim_10(tmp_path, "E119|0|0|0|DT2|Diabète"))
    (tmp_path / "nomenclatures" / "cim10.tsv").write_text("E11.9")

    assert main(["check", "--dossier", str(tmp_path), str(GOLDEN)]) == 2
    assert "ne peut pas être lue" in capsys.readouterr().err


def test_a_missing_copy_is_made_when_the_practice_opens_and_a_full_disk_takes_nothing(
    desk, tmp_path, capsys
):
    old = Nomenclatures(desk.store.unit, desk.clock)
    old.bring(Nomenclature.CIM_10, cim_10(tmp_path, "E119|0|0|0|DT2|Diabète", "I84|3|3|3|H|H"))
    practice = tmp_path / "practice"
    Nomenclatures(desk.store.unit, desk.clock, practice).install()

    (table,) = held_tables.read(practice).values()
    assert (dict(table.labels), dict(table.withdrawn)) == ({"E11.9": "Diabète"}, {"I84": ""})
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    terms = Nomenclatures(desk.store.unit, desk.clock, blocked)
    assert terms.bring(Nomenclature.CIM_10, cim_10(tmp_path, "I10|0|0|0|HTA|HTA")).count == 1
    assert codes(terms.suggest("hta", (code_systems.CIM_10,))) == ["I10"]
