"""Our own checks find what we break, and nothing in what we write."""

import pytest

from lgc.cda import check, vsm


@pytest.fixture(scope="module")
def written(makers):
    return vsm.render(makers.context(makers.full_record()))


def test_what_we_write_passes(makers, written):
    assert check.check(written) == ()
    assert check.check(vsm.render(makers.context())) == ()
    assert check.check(vsm.render(makers.context(patient=makers.unknown_patient()))) == ()


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (b'<realmCode code="FR"/>', b'<realmCode code="US"/>', "pays"),
        (b'<languageCode code="fr-FR"/>', b'<languageCode code="fr"/>', "langue"),
        (b'<languageCode code="fr-FR"/>', b"", "manque"),
        (b'code="SYNTH"', b'code="SYNTHESE"', "type du document"),
        (b'<versionNumber value="1"/>', b'<versionNumber value="un"/>', "version"),
        (b'<family qualifier="BR">', b'<family qualifier="SP">', "naissance"),
        (b'<given qualifier="BR">', b'<given qualifier="CL">', "prénom"),
        (b"<county>75114</county>", b"", "lieu de naissance"),
        (b'codeSystem="1.2.250.1.71.4.2.4"', b'codeSystem="1.2.3"', "secteur"),
        (b"<suffix>DR</suffix>", b"<suffix>Docteur</suffix>", "civilité"),
        (b'"#allergy-1-label"', b'"#perdu"', "renvoi"),
        (b'ID="allergy-1-label"', b'ID="allergy-2-label"', "deux fois"),
        (b'"1.2.250.1.213.1.1.2.150"', b'"1.2.3"', "vigilance"),
        (b'<signatureCode code="S"/>', b'<signatureCode code="X"/>', "signée"),
        (b"<standardIndustryClassCode", b"<!-- --><standardXCode", "cadre"),
    ],
)
def test_what_is_broken_is_named_with_its_place(written, before, after, words):
    assert before in written

    findings = check.check(written.replace(before, after))

    assert any(words in finding.sentence for finding in findings), findings
    assert all(finding.where and finding.advice for finding in findings)


def test_elements_out_of_order_are_named(written):
    title = written.index(b"<title>Synth")
    end = written.index(b"</title>", title) + len(b"</title>")
    moved = written[:title] + written[end:]
    moved = moved.replace(b"<recordTarget>", written[title:end] + b"<recordTarget>", 1)

    assert any("à sa place" in finding.sentence for finding in check.check(moved))


def test_bytes_that_are_no_document_are_one_finding():
    assert [f.level for f in check.check(b"<a")] == ["error"]
