"""Every kind of document made here: the official rules find nothing, strict reading included."""

import pytest

from lgc.cda import documents, parse
from lgc.cda.kinds import all_kinds

pytestmark = pytest.mark.xdist_group("cda_oracle")
PROFILES = {
    "vsm": "vsm",
    "admission_letter": "ldl-ees",
    "prescription": "ep-med-dm",
    "vaccination_note": "vac-note",
}
KINDS = sorted(documents.MAKERS)


def findings(validator, file, content, profile):
    file.write_bytes(content)
    return [str(finding) for finding in validator.validate(file, profile).findings]


@pytest.mark.parametrize("kind", KINDS)
def test_the_official_rules_accept_it(validator, makers, tmp_path, kind):
    for name, content in makers.contents()[kind].items():
        assert documents.missing(kind, content) == () or name == "silent"
        written = documents.render(kind, content)
        profile = PROFILES.get(kind, "minimal")

        assert findings(validator, tmp_path / "document.xml", written, profile) == [], name
        assert parse.parse(written).faults in ((), ("Le document ne porte pas d’INS.",))


@pytest.mark.parametrize("kind", sorted(PROFILES))
def test_the_strict_reading_accepts_it_too(strict_validator, makers, tmp_path, kind):
    content = makers.contents()[kind]["full"]
    written = documents.render(kind, content)

    assert findings(strict_validator, tmp_path / "strict.xml", written, PROFILES[kind]) == []


def test_a_consultation_also_goes_as_n1_with_its_pdf(validator, makers, tmp_path):
    content = makers.contents()["consultation"]["full"]
    written = documents.as_n1("consultation", content)

    assert findings(validator, tmp_path / "n1.xml", written, "minimal") == []
    read = parse.parse(written)
    assert read.header.type.code == "11488-4"
    assert (read.header.version, read.header.replaces) == (2, "1.2.3^4")
    assert read.body.content.startswith(b"%PDF-")


def test_every_folder_of_templates_has_its_maker():
    assert {kind.name for kind in all_kinds()} == set(documents.MAKERS)
