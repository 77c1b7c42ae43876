"""The directory: read by header names, searched as one types, replaced whole or not at all."""

import datetime as dt
import sqlite3
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lgc.errors import UnreadableInput
from lgc.store.directory_file import DirectoryFile

NOW = dt.datetime(2026, 11, 6, 9, 0, tzinfo=dt.UTC)
HEADER = (
    "Type de BAL|Adresse BAL|Nom d'exercice|Prénom d'exercice|Libellé savoir-faire|"
    "Raison Sociale structure BAL|L6LIGNEACHEMINEMENT structure BAL|Inconnue"
)
ROWS = (
    "PER|Elise.MARTIN@medecin.mssante.fr|MARTIN|Élise|Cardiologie|CABINET|92100 BOULOGNE|x",
    "PER|paul.martinez@medecin.mssante.fr|MARTINEZ|Paul|Pneumologie||75011 PARIS|x",
    "PER|jean.martin@medecin.mssante.fr|MARTIN|Jean||CH MARTIN|69003 LYON|x",
    "ORG|secretariat@chmc.mssante.fr||||CENTRE HOSPITALIER MARIE CURIE|92100 BOULOGNE|x",
    "PER||SANS|Adresse||||x",
    "PER|court@medecin.mssante.fr|COURT",
)


@pytest.fixture
def extraction(tmp_path):
    def written(rows=ROWS, header=HEADER, name="Extraction.txt", encoding="utf-8-sig"):
        file = tmp_path / name
        file.write_bytes("\r\n".join((header, *rows, "")).encode(encoding))
        return file

    return written


@pytest.fixture
def directory(tmp_path):
    return DirectoryFile(tmp_path / "dossier é" / "directory.sqlite")


def bring(directory, file, progress=lambda part: None, check=lambda: None):
    return directory.bring(file, NOW, progress, check)


def names(found):
    return [f"{one.given_name} {one.family_name}".strip() or one.organisation for one in found]


def test_people_are_found_by_name_first_then_by_anything(directory, extraction):
    held = bring(directory, extraction())

    assert held.count == 5
    assert directory.held() == held
    assert names(directory.find("martin")) == ["Élise MARTIN", "Jean MARTIN", "Paul MARTINEZ"]
    assert names(directory.find("elise mart")) == ["Élise MARTIN"]
    assert names(directory.find("boulogne cardio")) == ["Élise MARTIN"]
    assert names(directory.find("marie curie")) == ["CENTRE HOSPITALIER MARIE CURIE"]
    assert names(directory.find("paul.martinez@")) == ["Paul MARTINEZ"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("zipped", [False, True])
def test_names_keep_their_letters_whatever_the_file_is_written_in(
    directory, extraction, tmp_path, encoding, zipped
):
    file = extraction(encoding=encoding)
    if zipped:
        with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
            archive.write(file, "Extraction.txt")
        file = tmp_path / "x.zip"

    assert bring(directory, file).count == 5
    assert names(directory.find("elise mart")) == ["Élise MARTIN"]


@pytest.mark.requirement("SC.MSS/UX.41")
def test_a_number_a_profession_and_the_red_list_are_read_where_the_file_tells_them(
    directory, extraction
):
    header = (
        "Adresse BAL|Nom d'exercice|Prénom d'exercice|IDENTIFICATION NATIONALE PP|"
        "Libelle profession|Liste rouge"
    )
    rows = (
        "a@m.fr|MARTIN|Élise|10000000001|Infirmier|N",
        "b@m.fr|MARTIN|Paul|810000000002|Médecin|",
        "c@m.fr|MARTIN|Caché|10000000003|Médecin|O",
    )
    assert bring(directory, extraction(rows, header)).count == 2

    found = directory.find("martin")
    assert [(one.given_name, one.national_id, one.speciality) for one in found] == [
        ("Élise", "810000000001", "Infirmier"),
        ("Paul", "810000000002", "Médecin"),
    ]
    assert names(directory.find("10000000002")) == ["Paul MARTIN"]
    assert names(directory.find("810000000001")) == ["Élise MARTIN"]
    assert names(directory.find("infirmier")) == ["Élise MARTIN"]


def test_a_file_of_an_older_shape_is_brought_in_again(directory, extraction):
    bring(directory, extraction())
    with sqlite3.connect(directory._database) as older:
        older.execute("PRAGMA user_version = 1")

    assert directory.held() is None
    assert directory.find("martin") == []
    assert bring(directory, extraction()).count == 5


def test_a_slip_is_forgiven_and_nonsense_finds_nobody(directory, extraction):
    bring(directory, extraction())

    assert names(directory.find("matrinez")) == ["Paul MARTINEZ"]
    assert directory.find("zzzzzz") == []
    assert directory.find('" OR names : *') == []
    assert directory.find("") == []


def test_an_address_tells_whose_it_is(directory, extraction):
    bring(directory, extraction())
    found = directory.with_address(" Elise.Martin@medecin.mssante.fr ")

    assert (found.title, found.speciality, found.city) == ("Dr", "Cardiologie", "Boulogne")
    assert found.verified
    assert directory.with_address("personne@medecin.mssante.fr") is None


def test_the_zip_as_it_is_published_is_taken_as_it_is(directory, extraction, tmp_path):
    archive = tmp_path / "extraction.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        out.write(extraction(), "Extraction_Correspondance_MSSante_202611060000.txt")

    assert bring(directory, archive).count == 5


def test_another_one_replaces_it_whole_and_the_last_line_of_an_address_holds(directory, extraction):
    bring(directory, extraction())
    twice = (
        "PER|a@m.fr|ANCIEN|Nom||||x",
        "PER|A@M.FR|NOUVEAU|Nom||||x",
    )
    assert bring(directory, extraction(twice)).count == 1
    assert directory.find("martin") == []
    directory.forget()
    assert directory.held() is None
    assert directory.find("nom") == []


def test_progress_is_told_and_a_stop_keeps_what_was_there(directory, extraction):
    parts = []
    bring(directory, extraction(), parts.append)
    assert parts == sorted(parts)
    assert parts[-1] == 1.0

    class Stop(Exception):
        pass

    def stop():
        raise Stop

    many = tuple(f"PER|a{n}@m.fr|AUTRE{n}|X||||x" for n in range(20))
    with pytest.raises(Stop):
        bring(directory, extraction(many), check=stop)
    assert directory.held().count == 5
    assert [one.name for one in directory._database.parent.iterdir()] == ["directory.sqlite"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.4",
        b"a|b|c\n1|2|3\n",
        b"PK\x03\x04 broken",
        b"Adresse BAL|Nom\n|x\n",
        b"\xff" * 50,
    ],
)
def test_another_file_is_told_in_a_sentence(directory, tmp_path, content):
    file = tmp_path / "autre.txt"
    file.write_bytes(content)
    with pytest.raises(UnreadableInput):
        bring(directory, file)
    assert directory.held() is None


def test_a_damaged_line_is_counted_and_the_others_come_in(directory, extraction):
    held = bring(directory, extraction((ROWS[0], "PER|" + "x" * 140_000, *ROWS[1:])))

    assert (held.count, held.left_out) == (5, 1)
    assert names(directory.find("elise mart")) == ["Élise MARTIN"]


def test_a_file_with_more_damaged_lines_than_others_is_refused(directory, extraction):
    damaged = ["PER|" + "x" * 140_000] * 3

    with pytest.raises(UnreadableInput, match="ligne 3"):
        bring(directory, extraction((ROWS[0], *damaged)))


def test_the_demo_brings_its_extraction_in_by_itself(tmp_path, extraction):
    directory = DirectoryFile(tmp_path / "d.sqlite", extraction())

    assert names(directory.find("martinez")) == ["Paul MARTINEZ"]
    assert DirectoryFile(tmp_path / "e.sqlite", tmp_path / "absent").find("martin") == []


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(words=st.text(max_size=30))
def test_nothing_typed_breaks_a_search(directory, extraction, words):
    if directory.held() is None:
        bring(directory, extraction())
    try:
        found = directory.find(words)
    except sqlite3.Error as error:
        pytest.fail(f"{words!r}: {error}")
    assert len(found) <= 8


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.binary(max_size=300))
def test_any_bytes_are_a_directory_or_a_sentence(directory, tmp_path, data):
    file = tmp_path / "octets.txt"
    file.write_bytes(HEADER.encode() + b"\r\n" + data)
    try:
        held = bring(directory, file)
    except UnreadableInput:
        return
    assert held.count > 0
