"""A section without narrative shows what its entries say, and what takes it back."""

import pytest

from lgc.cda import parse
from lgc.cda.narrative import text_of

NONE_KNOWN = (
    '<observation classCode="OBS" moodCode="EVN"{negated}><code code="420134006" '
    'displayName="Hypersensibilité"/><statusCode code="{status}"/><value xsi:type="CD" '
    'code="716186003" displayName="Aucune allergie connue"><originalText>rien à '
    "signaler</originalText></value></observation>"
)


def document(entries, text=""):
    return (
        '<ClinicalDocument xmlns="urn:hl7-org:v3" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><title>T</title><component>'
        f"<structuredBody><component><section><title>Allergies</title>{text}"
        f"{''.join(f'<entry>{one}</entry>' for one in entries)}"
        "</section></component></structuredBody></component></ClinicalDocument>"
    ).encode()


def coded(status="completed", negated=""):
    return NONE_KNOWN.format(status=status, negated=negated)


def shown(entries, text=""):
    read = parse.parse(document(entries, text))
    return text_of(read.sections[0].html).replace("\u00a0", " "), parse.plain_text(read)


@pytest.mark.parametrize("text", ["", "<text/>", "<text> <br/> </text>"])
def test_an_absence_that_is_only_a_code_is_shown_and_found(text):
    line, searched = shown([coded()], text)

    assert "Hypersensibilité · Aucune allergie connue · rien à signaler" in line
    assert "Aucune allergie connue" in searched


def test_the_words_of_the_author_stand_alone():
    assert shown([coded()], "<text>Aucune</text>")[0].strip() == "Aucune"


@pytest.mark.parametrize(
    ("entry", "note"),
    [
        (coded(negated=' negationInd="true"'), "(nié)"),
        (coded("cancelled"), "(annulé)"),
        (coded("aborted"), "(abandonné)"),
        (coded("nullified"), "(retiré)"),
        (coded(negated=' nullFlavor="NI"'), "(non renseigné)"),
    ],
)
def test_what_takes_an_entry_back_stands_beside_it(entry, note):
    assert shown([entry])[0].endswith(note)


def test_a_quantity_keeps_its_unit_and_a_picture_its_silence():
    value = '<observation><value xsi:type="PQ" value="6.9" unit="mmol/L"/></observation>'
    media = '<observationMedia><value representation="B64">AAAA</value></observationMedia>'

    assert shown([value, media])[0] == "Codé sans texte : 6.9 mmol/L"


def test_markup_in_a_name_is_words():
    said = '<observation><code displayName="&lt;b&gt;K&lt;/b&gt;"/></observation>'

    assert "<b>" in shown([said])[0]


def test_more_entries_than_are_read_say_so():
    line, _ = shown([coded()] * 120)

    assert line.count("Aucune allergie") == 100 and line.endswith("l’original.")
