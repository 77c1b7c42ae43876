"""Official files as they are published: mixed encodings, missing keys, damaged lines named."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lgc.domain.charsets import decoded
from lgc.errors import Cancelled, UnreadableInput
from lgc.terminology import code_systems
from lgc.terminology.importing import atc, ccam, cim10, loinc, medicines
from lgc.terminology.importing.lines import Files

CIS = (
    "60002283\tDOLIPRANE 1000 mg, comprimé\tcomprimé\torale\tAutorisation active\tnationale\t"
    "Commercialisée\t09/07/2002\t\t\tOPELLA\tNon"
)
OLD = (
    "60003620\tVIEUX REMÈDE, sirop\tsirop\torale;buccale\tAutorisation abrogée\tnationale\t"
    "Non commercialisée\t01/01/1996\t\t\tX\tNon"
)


@pytest.fixture
def files(tmp_path):
    """Files of these names and contents (text, or bytes as they are)."""

    def made(step=lambda read: None, **contents):
        paths = []
        for name, content in contents.items():
            path = tmp_path / name.replace("__", ".")
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
            paths.append(path)
        return Files(tuple(paths), step)

    return made


def medicine(files, code):
    return next(t for t in medicines.read(files, frozenset({"paracetamol"})) if t.code.code == code)


def test_a_line_of_any_encoding_is_read_whatever_the_next_one_is(files):
    mixed = CIS.encode("utf-8") + b"\r\n" + OLD.encode("cp1252") + b"\r\n"

    found = list(medicines.read(files(CIS_bdpm__txt=mixed), frozenset()))

    assert [t.code.label for t in found] == ["DOLIPRANE 1000 mg, comprimé", "VIEUX REMÈDE, sirop"]
    assert decoded(b"\x81\xe9") == "\x81é"


@pytest.mark.parametrize("codec", ["utf-16", "utf-8-sig"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_a_file_that_says_its_encoding_is_read_in_it(files, codec, end):
    content = f"{CIS}{end}{OLD}{end}".encode(codec)

    found = list(medicines.read(files(CIS_bdpm__txt=content), frozenset()))

    assert [t.code.label for t in found] == ["DOLIPRANE 1000 mg, comprimé", "VIEUX REMÈDE, sirop"]


def test_a_speciality_gathers_what_the_other_files_say(files):
    given = files(
        CIS_bdpm__txt=f"{CIS}\n{OLD}\n",
        CIS_COMPO_bdpm__txt="60002283\tcomprimé\t02202\tPARACÉTAMOL\t1000 mg\tun comprimé\tSA\t1\n"
        "99999999\tinconnu\t1\tX\t1 mg\tun\tSA\t1\n",
        CIS_CIP_bdpm__txt="60002283\t3595583\tplaquette\tActive\tDéclaration\t22/01/2003\t3400935955838\n",
        CIS_GENER_bdpm__txt="4\tPARACETAMOL 1000 mg - DOLIPRANE\t60002283\t0\t1\n",
        CIS_MITM__txt="60002283\tN02BE01\tDOLIPRANE\thttp://x\n",
    )

    term = medicine(given, "60002283")

    assert term.code.system == code_systems.CIS
    assert term.medicine.form == "comprimé"
    assert term.medicine.dosage == "paracétamol 1000 mg"
    assert term.medicine.atc == "N02BE01"
    assert term.medicine.cip13 == "3400935955838"
    assert term.medicine.generic_group.startswith("PARACETAMOL")
    assert term.weight < medicine(given, "60003620").weight
    assert medicine(given, "60003620").detail == "n’est plus commercialisé"


def test_the_therapeutic_fraction_is_what_is_prescribed(files):
    given = files(
        CIS_bdpm__txt=CIS,
        CIS_COMPO_bdpm__txt="60002283\tc\t1\tCHLORHYDRATE DE METFORMINE\t1000 mg\tun\tSA\t1\n"
        "60002283\tc\t2\tMETFORMINE\t780 mg\tun\tFT\t1\n",
    )

    assert medicine(given, "60002283").medicine.dosage == "metformine 780 mg"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x00\x01binary", "texte"),
        (b"PK\x03\x04zip", "archive"),
    ],
)
def test_a_damaged_file_ends_in_a_sentence_that_says_where(files, content, said):
    with pytest.raises(UnreadableInput) as refused:
        list(medicines.read(files(CIS_bdpm__txt=content), frozenset()))

    assert said in refused.value.sentence
    assert "reste en place" in refused.value.advice


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (f"{CIS}\n6000\tX\tc\to\ta\tn\tC\n", "ligne 2"),
        (f"60003620\tX\n\n{CIS}", "ligne 1"),
        (f"60002284\t\tc\to\ta\tn\tC\n{CIS}", "ligne 1"),
    ],
)
def test_a_damaged_line_is_counted_and_the_others_come_in(files, content, said):
    given = files(CIS_bdpm__txt=content)

    assert len(list(medicines.read(given, frozenset()))) == 1
    assert given.left_out == 1
    assert said in given.first_fault.sentence


@pytest.mark.parametrize(
    ("read", "name", "content"),
    [
        (ccam.read, "ccam__csv", "Code;Libellé\nDEQP003;ECG\nHHQE002;\nYYYY010;Acte\n"),
        (cim10.read, "cim__csv", "code;libelle\nI10;HTA\n???;rien\nE119;Diabète\n"),
        (cim10.read, "cim__txt", "I10|HTA\nrien\nE11.9|Diabète\n"),
        (loinc.read, "Loinc__csv", "LOINC_NUM,LONG_COMMON_NAME\n4548-4,A\n???,B\n718-7,C\n"),
    ],
)
def test_a_damaged_line_of_any_table_is_counted(files, read, name, content):
    given = files(**{name: content})

    assert len(list(read(given, frozenset()))) == 2
    assert given.left_out == 1


def test_a_quotation_mark_that_is_never_closed_is_told_with_all_it_swallows(files):
    lost = "".join(f"4548-{n},nom\n" for n in range(200))
    given = files(Loinc__csv=f'LOINC_NUM,LONG_COMMON_NAME\n718-7,A\n4548-4,"B\n{lost}')

    assert len(list(loinc.read(given, frozenset()))) == 1
    assert given.left_out == 201


def test_without_its_main_file_the_base_is_refused_by_name(files):
    with pytest.raises(UnreadableInput, match="CIS_bdpm"):
        list(medicines.read(files(other__txt="x"), frozenset()))


def test_reading_stops_when_the_doctor_cancels(files):
    def step(read):
        raise Cancelled

    with pytest.raises(Cancelled):
        list(medicines.read(files(step, CIS_bdpm__txt=f"{CIS}\n" * 600), frozenset()))


@pytest.mark.parametrize(
    "content",
    [
        "A00.0;Choléra à Vibrio cholerae 01\n",
        "A000   |0|0|0|Choléra|Choléra à Vibrio cholerae 01\n",
    ],
)
def test_cim_10_is_read_from_its_tables(files, content):
    header = "" if "|" in content else "﻿Code;Libellé long\n"

    (term,) = cim10.read(files(cim__csv=header + content), frozenset())

    assert (term.code.code, term.code.label) == ("A00.0", "Choléra à Vibrio cholerae 01")
    assert term.code.system == code_systems.CIM_10


CLAML = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE ClaML SYSTEM "ClaML.dtd">
<ClaML version="2.0.0"><Title name="CIM-10" version="2026">CIM-10</Title>
<Class code="I" kind="chapter"><Rubric kind="preferred"><Label>Maladies</Label></Rubric></Class>
<Class code="A00" kind="category"><Rubric kind="preferred"><Label xml:lang="fr">Choléra</Label>
</Rubric><Rubric kind="inclusion"><Label>diarrhée à vibrions</Label></Rubric></Class></ClaML>"""


def test_cim_10_is_read_from_claml_with_its_version(files):
    given = files(cim__xml=CLAML)

    (term,) = cim10.read(given, frozenset())

    assert (term.code.code, term.code.label, term.others) == (
        "A00",
        "Choléra",
        "diarrhée à vibrions",
    )
    assert given.edition == "2026"


FORBIDDEN = {
    "bare": "E119|0|0|0|DT2|Diabète de type 2\nE11|3|3|3|DT2|Diabète, catégorie\n"
    "I849|0|0|0|H|*** SU15 *** Hémorroïdes\nI84|3|NNN|3|H|Hémorroïdes\n",
    "semicolons": "E119;0;0;0;DT2;Diabète de type 2\nE11;3;3;3;DT2;Diabète, catégorie\n"
    "I849;0;0;0;H;*** SU15 *** Hémorroïdes\nI84;3;NNN;3;H;Hémorroïdes\n",
    "tabs": "E119\t0\t0\t0\tDT2\tDiabète de type 2\nE11\t3\t3\t3\tDT2\tDiabète, catégorie\n"
    "I849\t0\t0\t0\tH\t*** SU15 *** Hémorroïdes\nI84\t3\tNNN\t3\tH\tHémorroïdes\n",
    "type": "Code;Type MCO/HAD;Libellé long\nE119;0;Diabète de type 2\nE11;3;Diabète, catégorie\n"
    "I849;0;*** SU15 *** Hémorroïdes\nI84;3;Hémorroïdes\n",
    "cim_tmco": "cim_code,cim_libelle,cim_tmco,cim_code_actif\nE119,Diabète de type 2,0,1\n"
    "E11,Diabète,3,1\nI849,Hémorroïdes,0,0\nI84,Hémorroïdes,3,1\n",
    "words": "code;libelle;statut\nE11.9;Diabète de type 2;\nE11;Diabète;Interdit\n"
    "I84.9;Hémorroïdes;ne plus utiliser\nI84;Hémorroïdes;Supprimé en 2015\n",
    "claml": '<ClaML><Class code="E11" kind="category"><SubClass code="E11.9"/>'
    '<Rubric kind="preferred"><Label>Diabète</Label></Rubric></Class>'
    '<Class code="E11.9" kind="category"><Rubric kind="preferred"><Label>Diabète de type 2</Label>'
    '</Rubric></Class><Class code="I84" kind="category"><SubClass code="I84.9"/>'
    '<Rubric kind="preferred"><Label>Hémorroïdes</Label></Rubric></Class>'
    '<Class code="I84.9" kind="category"><Rubric kind="preferred">'
    "<Label>*** SU15 *** Hémorroïdes</Label></Rubric></Class></ClaML>",
}


@pytest.mark.parametrize("form", FORBIDDEN)
def test_what_atih_says_not_to_use_is_withdrawn_in_each_form(files, form):
    given = files(cim__txt=FORBIDDEN[form])

    found = list(cim10.read(given, frozenset()))

    assert [term.code.code for term in found] == ["E11.9"]
    assert set(given.withdrawn) == {"E11", "I84.9", "I84"} and given.left_out == 0


def test_what_is_only_advised_against_stays(files):
    given = files(cim__csv="code;libelle;statut\nI10;HTA;déconseillé\nE11.9;DT2;autorisé\n")

    assert len(list(cim10.read(given, frozenset()))) == 2 and given.withdrawn == {}


@pytest.mark.parametrize(
    ("read", "name", "content", "edition"),
    [
        (ccam.read, "ccam__csv", "CCAM V75.10 de 2026;;\nCode;Texte\nDEQP003;ECG\n", "75.10"),
        (ccam.read, "ccam__csv", "Code;Texte\nDEQP003;ECG\n", ""),
        (cim10.read, "cim__csv", "CIM-10 FR, édition 2026;\ncode;libelle\nI10;HTA\n", "2026"),
        (cim10.read, "cim__csv", "code;libelle;millésime\nI10;HTA;2025\nI11;HTA;2025\n", "2025"),
        (cim10.read, "cim__csv", "code;libelle;version\nI10;HTA;2\nI11;HTA;3\n", ""),
        (cim10.read, "cim__txt", "I10|0|0|0|HTA|HTA\n", ""),
        (atc.read, "atc__csv", "ATC, version 2026;\ncode;libelle\nA02BC01;Oméprazole\n", "2026"),
        (loinc.read, "Loinc__csv", "LOINC_NUM,LONG_COMMON_NAME,VersionLastChanged\n"
         "4548-4,A,2.9\n718-7,B,2.78\n", "2.78"),
        (medicines.read, "CIS_bdpm__txt", CIS, ""),
    ],
)  # fmt: skip
def test_the_edition_is_what_the_file_says_or_nothing(files, read, name, content, edition):
    given = files(**{name: content})

    assert list(read(given, frozenset()))
    assert given.edition == edition


def test_loinc_says_what_took_the_place_of_a_deprecated_code(files):
    given = files(Loinc__csv=LOINC, MapTo__csv="LOINC,MAP_TO,COMMENT\n1-8,2160-0,\n9-9,4548-4,\n")

    assert len(list(loinc.read(given, frozenset()))) == 2
    assert given.withdrawn == {"1-8": "2160-0"}


@pytest.mark.parametrize(
    ("read", "content"),
    [
        (ccam.read, "Code;Texte;Statut;Remplacé par\nDEQP003;ECG;;\n"
         "HHFA001;Vieux;supprimé;DEQP003\n"),
        (atc.read, "code;libelle;statut;nouveau code\nA02BC01;Oméprazole;;\n"
         "N03AX12;Gabapentine;supprimé;N02BF01\n"),
    ],
)  # fmt: skip
def test_each_table_may_withdraw_a_code_and_name_its_successor(files, read, content):
    given = files(table__csv=content)

    assert len(list(read(given, frozenset()))) == 1
    assert set(given.withdrawn.values()) <= {"DEQP003", "N02BF01"} and len(given.withdrawn) == 1


def test_a_broken_or_hostile_xml_is_refused(files):
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><ClaML><Class code="A00"'
    with pytest.raises(UnreadableInput, match="ligne"):
        list(cim10.read(files(cim__xml=bomb), frozenset()))
    with pytest.raises(UnreadableInput, match="ClaML"):
        list(cim10.read(files(other__xml="<html/>"), frozenset()))


def test_ccam_takes_each_act_once_and_leaves_chapters_out(files):
    content = (
        "CCAM version X;;\nCode;Texte;Tarif\n01;SYSTÈME NERVEUX;\n"
        'DEQP003;"Électrocardiographie sur au moins 12 dérivations";14,26\n'
        "DEQP003;la même, phase 1;0\n"
    )

    found = list(ccam.read(files(ccam__csv=content.encode("cp1252")), frozenset({"DEQP003"})))

    assert [(t.code.code, t.code.label) for t in found] == [
        ("DEQP003", "Électrocardiographie sur au moins 12 dérivations")
    ]


LOINC = (
    '"LOINC_NUM","COMPONENT","STATUS","LONG_COMMON_NAME","COMMON_TEST_RANK","EXAMPLE_UCUM_UNITS"\n'
    '"4548-4","Hemoglobin A1c","ACTIVE","Hemoglobin A1c in Blood","81","%"\n'
    '"1-8","Gone","DEPRECATED","Gone","0",""\n'
    '"2160-0","Creatinine","ACTIVE","Creatinine in Serum","1","mg/dL"\n'
)
FRENCH = (
    '"LOINC_NUM","COMPONENT","LONG_COMMON_NAME","LinguisticVariantDisplayName"\n'
    '"4548-4","Hémoglobine A1c","Hémoglobine A1c [Fraction massique] Sang",""\n'
)


def test_loinc_speaks_french_where_the_variant_does(files):
    found = list(loinc.read(files(Loinc__csv=LOINC, frFR__csv=FRENCH), frozenset()))

    assert [(t.code.code, t.detail, t.weight) for t in found] == [
        ("4548-4", "%", 81),
        ("2160-0", "mg/dL", 1),
    ]
    assert found[0].code.label == "Hémoglobine A1c [Fraction massique] Sang"
    assert "Hemoglobin A1c" in found[0].others


def test_each_loinc_file_is_enough(files):
    assert len(list(loinc.read(files(Loinc__csv=LOINC), frozenset()))) == 2
    (french,) = loinc.read(files(frFR__csv=FRENCH), frozenset())
    assert french.code.label.startswith("Hémoglobine")


def test_a_table_of_something_else_is_refused(files):
    for read in (loinc.read, ccam.read, cim10.read):
        with pytest.raises(UnreadableInput):
            list(read(files(courses__csv="pain;lait\n1;2\n"), frozenset()))


WORDS = ("60002283", "I10", "A000", "DEQP003", "4548-4", "code", "libelle", "LOINC_NUM", "é", '"')
SIGNS = ("\t", ";", ",", "|", "\n", "\r\n", " ", "<", "</", ">", "<ClaML>", "<Class code=", "\x00")


@settings(max_examples=150, deadline=None)
@given(
    content=st.one_of(
        st.binary(max_size=300),
        st.lists(st.sampled_from(WORDS + SIGNS), max_size=60).map(lambda parts: "".join(parts)),
    )
)
def test_whatever_the_bytes_it_is_a_table_or_a_sentence(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "CIS_bdpm.txt"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    for read in (medicines.read, cim10.read, ccam.read, loinc.read):
        try:
            found = list(read(Files((path,), lambda read: None), frozenset()))
        except UnreadableInput as refused:
            assert refused.sentence
        else:
            assert all(term.code.code for term in found)
