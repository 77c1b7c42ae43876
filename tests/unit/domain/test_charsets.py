"""The one reader of strangers' text: letters stay letters, whatever they were announced as."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgc.cda import parse
from lgc.domain.charsets import LABELS, decoded, lines
from lgc.mssante import message
from lgc.services import calendar_files
from lgc.xds import xdm

CASES = Path(__file__).parents[3].parent / "shared" / "cases"
WORDS = "L’œdème du cœur – 10 €"
needs_cases = pytest.mark.skipif(not CASES.is_dir(), reason="no ../shared/cases here")


@pytest.mark.parametrize(
    "label", ["iso-8859-1", "latin1", "US-ASCII", "windows-1252", "", "inconnu"]
)
def test_windows_hides_under_every_name_of_latin(label):
    assert decoded(WORDS.encode("cp1252"), label) == WORDS


@pytest.mark.parametrize("label", ["iso-8859-1", "us-ascii", "utf-8", "windows-1252", "", "cp850"])
def test_utf8_is_utf8_whatever_single_byte_set_was_announced(label):
    assert decoded(WORDS.encode(), label) == WORDS


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("label", ["", "iso-8859-1", "utf-8"])
def test_the_mark_of_the_text_itself_comes_first(codec, label):
    assert decoded(WORDS.encode(codec), label) == WORDS


@pytest.mark.parametrize(
    ("label", "codec"),
    [("x-mac-roman", "mac_roman"), ("ibm850", "cp850"), ("iso-8859-15", "iso8859-15"),
     ("macintosh", "mac_roman"), ("utf-16", "utf-16"), ("unicode-1-1-utf-7", "utf-7")],
)  # fmt: skip
def test_an_announced_set_is_followed(label, codec):
    assert decoded("été à l'hôpital".encode(codec), label) == "été à l'hôpital"


@pytest.mark.parametrize("codec", ["cp850", "mac_roman", "cp1252", "utf-8"])
def test_french_that_nothing_names_is_french(codec):
    words = "Patient âgé, fièvre modérée à 39°"

    assert decoded(words.encode(codec)) == words


@pytest.mark.parametrize(
    "words", ["Tomaš Kováš", "„Wort“ groß", "Šárka … à l’œil", "20 ‰ ‹ a › b‚ c ƒ"]
)
def test_what_windows_writes_is_never_taken_for_another(words):
    assert decoded(words.encode("cp1252", "replace")) == words.encode("cp1252", "replace").decode(
        "cp1252"
    )


def test_the_meta_of_an_html_counts_where_nothing_was_announced():
    page = "<meta charset=iso-8859-15><p>20 € œil</p>"

    assert decoded(page.encode("iso8859-15"), markup=True) == page
    assert decoded(page.encode("iso8859-15")) != page


@pytest.mark.parametrize("label", LABELS)
@given(st.binary(max_size=60))
def test_nothing_is_dropped_in_silence(label, data):
    single = LABELS[label] in ("cp1252", "cp1254", "cp874", "mac_roman")
    text = decoded(data, label)

    assert "\ufffd" not in text or "\ufffd".encode() in data or not single
    assert bool(text) or data in (b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff") or not single


@pytest.mark.parametrize(
    ("declared", "codec", "guessed"),
    [
        ("iso-8859-1", "cp1252", False),
        ("us-ascii", "cp1252", False),
        ("iso-8859-1", "utf-8", True),
        ("utf-8", "cp1252", True),
        (None, "cp1252", True),
        ("utf-8", "utf-8", False),
        ("windows-1252", "cp1252", False),
    ],
)
def test_a_document_keeps_its_letters_and_says_when_it_was_guessed(declared, codec, guessed):
    prolog = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    text = (
        f'{prolog}<ClinicalDocument xmlns="urn:hl7-org:v3"><title>{WORDS}</title>'
        "</ClinicalDocument>"
    )
    document = parse.parse(text.encode(codec))

    assert document.header.title == WORDS
    assert (parse.GUESSED in document.faults) is guessed


def test_one_odd_byte_costs_a_document_no_other_letter():
    text = (
        b'<?xml version="1.0" encoding="iso-8859-1"?><ClinicalDocument xmlns="urn:hl7-org:v3">'
        b"<title>c\x9cur \x81 \x80</title></ClinicalDocument>"
    )

    assert parse.parse(text).header.title == "cœur \x81 €"


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_calendar_keeps_its_letters(codec, now):
    text = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\n"
        "DTSTART:20270105T080000Z\r\nDTEND:20270105T083000Z\r\n"
        f"SUMMARY:{WORDS}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )

    assert WORDS in repr(calendar_files.read(text.encode(codec), now))


@pytest.fixture
def now():
    import datetime as dt

    return dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)


@needs_cases
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("01-latin1-c1", "Mme D’ARCY : pas d’aspirine, 20 €, œdeme."),
        ("01b-latin1-c1-html", "pas d’aspirine"),
        ("01e-ascii-declared-cp1252", "pas d’aspirine été"),
        ("15-utf7", "été"),
        ("15b-macroman", "tété"),
        ("15c-cp850", "été"),
        ("15d-8bit-utf8-as-latin1", "été"),
        ("15e-html-meta", "20 € œil"),
        ("15f-utf16", "été INR 7"),
    ],
)
def test_the_words_of_a_message(name, text):
    assert message.parse((CASES / "mail" / f"{name}.eml").read_bytes()).text == text


@needs_cases
def test_the_subject_and_the_names_of_a_message():
    subject = message.parse((CASES / "mail" / "01c-latin1-c1-subject.eml").read_bytes()).subject
    (file,) = message.parse((CASES / "mail" / "01d-latin1-c1-name.eml").read_bytes()).attachments

    assert subject == "Résultat de Mme D’ARCY"
    assert file.name == "l’ordonnance.pdf"


@needs_cases
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("cda/enc1252", WORDS),
        ("cda/n1txt", WORDS),
        ("cda/n1utf16", "L’œdème"),
        ("documents/n1-utf16", "Patient âgé"),
        ("documents/n1-cp850", "Patient âgé, fièvre modérée"),
        ("documents/n1-mac", "Patient âgé, fièvre modérée"),
        ("documents/n1-df", "œdème à l’œil, température 38,5 °C"),
        ("documents/n1-html", "Œdème\n\nà l’œil"),
        ("documents/n1-rtf-app", "Compte rendu : été"),
        ("documents/prolog-iso-decl-cp1252-euro", "œdème – 5 €"),
        ("documents/prolog-utf8-decl-latin-bytes", "été"),
        ("documents/latin1-declared-utf8", "Été à Nîmes"),
    ],
)
def test_the_words_of_a_document(name, words):
    assert words in parse.plain_text(parse.parse((CASES / f"{name}.xml").read_bytes()))


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "cp850"])
def test_a_file_of_any_size_is_read_line_by_line(codec, tmp_path):
    text = "code|nom\r\n1|fièvre modérée à 39°\n2|dernière"
    file = tmp_path / "x.txt"
    file.write_bytes(text.encode(codec))

    with file.open("rb") as source:
        assert "".join(lines(source, 100)) == text
    with file.open("rb") as source:
        assert max(map(len, lines(source, 5))) <= 5


@needs_cases
@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("22-bom", "Congés"),
        ("22b-latin1", "Congés d'été"),
        ("22c-utf16", "Congés"),
        ("22d-folded-in-a-letter", "Congés d'été"),
        ("22e-lf", "Long suite"),
        ("22f-blank-lines", "Congés d'été"),
        ("22g-bad-line", "Ligne"),
        ("22h-bad-line-head", "Indisponible"),
        ("22i-cr-only", "Indisponible"),
    ],
)
def test_a_calendar_of_others_keeps_its_letters_and_counts_its_bad_lines(name, title, now):
    read = calendar_files.read((CASES / "calendar" / f"{name}.ics").read_bytes(), now)

    assert [one.title for one in read.closures] == [title]
    assert read.unread == ("bad" in name)


@needs_cases
@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("cp1252", "Résultat.xml"),
        ("cp850-Etiq", "ÉTÉÀ.XML"),
        ("cp850-u", "Prélèvement à.xml"),
        ("utf8-noflag", "Résultat.xml"),
        ("nfd", "Résultat.xml"),
        ("pct-accent", "Résultat.xml"),
        ("pct-space", "DOC 0001.XML"),
        ("numbered", "DOC0001.XML"),
        ("numbered1", "DOC0001.XML"),
        ("meta-ws", "DOC0001.XML"),
        ("meta-bom", "DOC0001.XML"),
    ],
)
def test_the_file_of_an_archive_is_found_however_its_name_is_written(name, file):
    (entry,) = xdm.read((CASES / "xdm" / f"xdm-{name}.zip").read_bytes()).entries

    assert (entry.title, entry.file_name) == ("Titre", file)
    assert entry.content is not None


@needs_cases
@pytest.mark.parametrize(
    "name",
    ["bom", "bom-newline", "double-bom", "newline-before-decl", "space-before-decl",
     "trailing-nul"],
)  # fmt: skip
def test_what_stands_around_a_document_hides_no_word_of_it(name):
    document = (CASES / "documents" / f"prolog-{name}.xml").read_bytes()

    assert "mot" in parse.plain_text(parse.parse(document))
