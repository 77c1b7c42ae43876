"""XDS metadata from a CDA header (dmp.md §5)."""

import contextlib
import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from lgc.domain.documents import Confidentiality
from lgc.domain.identity import Ins, Sex
from lgc.domain.professionals import Coded
from lgc.errors import UnreadableInput, UserFacingError
from lgc.xds import ebrim
from lgc.xds.cda_header import read_header
from lgc.xds.hl7_text import read_time, xcn
from lgc.xds.metadata import author_of, submission

RIM = {"r": ebrim.RIM}
CDA = b"""<ClinicalDocument xmlns="urn:hl7-org:v3"><id root="1.2" extension="3"/>
<code code="SYNTH" codeSystem="1.2"/><effectiveTime value="20300115"/><recordTarget><patientRole>
<id root="1.2.250.1.213.1.4.10" extension="299069999999912"/><patient><name>
<family qualifier="BR">A</family></name><birthTime value="1999"/></patient></patientRole>
</recordTarget><documentationOf><serviceEvent><effectiveTime><low value="2030011510+0100"/>
</effectiveTime></serviceEvent></documentationOf></ClinicalDocument>"""


def written(request, **options):
    return ebrim.submit_objects_request(submission(request, "1.2.250.1.999", **options))


def test_an_entry_says_what_the_header_says(request_of):
    entry = submission(request_of(), "1.2.250.1.999").entries[0]

    assert entry.unique_id == "1.2.250.1.999.3.1"
    assert entry.created_at == dt.datetime(2030, 1, 15, 8, 55, tzinfo=dt.UTC)
    assert entry.service_start == dt.datetime(2030, 1, 15, 8, 40, tzinfo=dt.UTC)
    assert entry.class_code.code == "11"
    assert entry.type_code.code == "SYNTH"
    assert entry.format_code.code == "urn:asip:ci-sis:vsm:2012"
    assert [c.code for c in entry.confidentiality] == ["N"]
    assert entry.source_patient_id == "P-17^^^&1.2.250.1.999.7&ISO^PI"
    assert entry.source_patient_info == (
        "PID-5|PATIENTE^TEST^^^^^L",
        "PID-5|USUELLE^TEST^^^^^D",
        "PID-7|19990615",
        "PID-8|F",
    )
    assert entry.legal_authenticator == (
        "899700057294^MEDECIN5729^Paul^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS"
    )
    assert entry.authors[0].institution.startswith("CABINET ASSOCIES^^^^^&1.2.250.1.71.4.2.2&ISO")
    assert entry.authors[0].role == "Médecin traitant"


@pytest.mark.requirement("EX_2.1-1050")
@pytest.mark.parametrize(
    ("choice", "codes"),
    [
        (Confidentiality.VISIBLE, ["N"]),
        (Confidentiality.MASKED_TO_PROFESSIONALS, ["N", "MASQUE_PS"]),
        (Confidentiality.INVISIBLE_TO_PATIENT, ["N", "INVISIBLE_PATIENT"]),
    ],
)
def test_the_doctors_choice_follows_the_documents_own_code(request_of, choice, codes):
    entry = submission(request_of(confidentiality=choice), "1.2.3").entries[0]

    assert [c.code for c in entry.confidentiality] == codes


def test_the_set_is_signed_by_the_user_of_the_card(request_of):
    package = submission(request_of(), "1.2.250.1.999").set

    assert package.author.speciality == (
        "G15_10/SM26^Médecin - Qualifié en Médecine Générale (SM)^1.2.250.1.213.1.1.4.5"
    )
    assert package.author.institution.endswith(
        "^^^^^&1.2.250.1.71.4.2.2&ISO^IDNST^^^499700057294001"
    )


def test_the_author_of_the_set_is_the_documents_own(request_of):
    """One person, one speciality and one structure in a submission."""
    made = submission(request_of(), "1.2.250.1.999")
    entry, package = made.entries[0], made.set

    assert package.author.institution.startswith("CABINET ASSOCIES^")
    assert package.author.person.partition("^")[0] == entry.authors[0].person.partition("^")[0]
    assert package.author.institution == entry.authors[0].institution
    assert package.author.speciality == entry.authors[0].speciality


def test_a_speciality_already_coded_for_xds_stays_as_it_is(request_of):
    known = Coded("G15_10/SM54", "1.2.250.1.213.1.1.4.5", "Médecin - Médecine Générale (SM)")
    author = author_of(replace(request_of().author, speciality=known))

    assert author.speciality.startswith("G15_10/SM54^")


def test_building_twice_gives_the_same_bytes(request_of):
    first, second = (etree.tostring(written(request_of(), signature=b"<x/>")) for _ in range(2))

    assert first == second


def test_the_signature_entry_is_hidden_and_signs_the_set(request_of):
    result = submission(request_of(), "1.2.3", signature=b"<x/>")

    assert [c.code for c in result.entries[1].confidentiality] == [
        "N",
        "MASQUE_PS",
        "INVISIBLE_PATIENT",
    ]
    assert result.entries[1].source_patient_id == request_of().ins.cx
    assert [(a.type.rsplit(":", 1)[1], a.source, a.target) for a in result.associations] == [
        ("HasMember", "SubmissionSet01", "Document01"),
        ("HasMember", "SubmissionSet01", "Signature01"),
        ("signs", "Signature01", "SubmissionSet01"),
    ]


def test_an_archive_has_a_uri_and_no_signature(request_of):
    tree = ebrim.submit_objects_request(
        submission(request_of(), "1.2.3"), {"1.2.250.1.999.3.1": "DOC00001.XML"}
    )

    assert tree.xpath("//r:Slot[@name='URI']//r:Value/text()", namespaces=RIM) == ["DOC00001.XML"]
    assert len(tree.xpath("//r:ExtrinsicObject", namespaces=RIM)) == 1


def test_a_replacement_points_at_the_entry_it_replaces(request_of):
    tree = written(request_of(), replaced={"1.2.250.1.999.3.1": "urn:uuid:1"})

    found = tree.xpath("//r:Association[contains(@associationType,':RPLC')]", namespaces=RIM)
    assert [(a.get("sourceObject"), a.get("targetObject")) for a in found] == [
        ("Document01", "urn:uuid:1")
    ]


def test_every_id_is_used_once(request_of):
    ids = written(request_of(), signature=b"<x/>").xpath("//@id")

    assert len(ids) == len(set(ids))


def test_a_document_of_another_patient_never_leaves(request_of):
    other = replace(request_of().ins, ins=Ins("148089999999966", "1.2.250.1.213.1.4.10"))

    with pytest.raises(UserFacingError, match="autre patient"):
        submission(request_of(ins=other), "1.2.3")


TRAITS = {
    "nom de naissance": {"birth_name": "PATIENT"}, "prénom": {"birth_given_names": ("ANNE",)},
    "date de naissance": {"birth_date": dt.date(1999, 6, 16)}, "sexe": {"sex": Sex.MALE},
}  # fmt: skip


@pytest.mark.parametrize(("said", "change"), TRAITS.items(), ids=TRAITS)
@pytest.mark.parametrize("with_ins", [True, False])
def test_a_document_of_other_traits_never_leaves(request_of, said, change, with_ins):
    request = request_of()
    ins = replace(request.ins, traits=replace(request.ins.traits, **change))
    content = request.content if with_ins else without_ins(request.content)

    with pytest.raises(UserFacingError, match=said):
        submission(request_of(ins=ins, content=content), "1.2.3")


def test_a_document_without_the_ins_is_no_deposit(request_of):
    """By MSSanté its traits tell whose it is; the DMP asks for its INS."""
    request = request_of()
    bare = request_of(content=without_ins(request.content))
    assert submission(bare, "1.2.3").entries

    with pytest.raises(UserFacingError, match="INS"):
        submission(bare, "1.2.3", signature=b"<Signature/>")


def without_ins(content):
    tree = etree.fromstring(content)
    for node in tree.iter("{urn:hl7-org:v3}id"):
        if node.get("root", "").startswith("1.2.250.1.213.1.4."):
            node.getparent().remove(node)
    return etree.tostring(tree)


def test_a_document_with_another_identifier_never_leaves(request_of):
    wrong = replace(request_of().document, unique_id="1.2.3.4")

    with pytest.raises(UserFacingError, match="identifiant"):
        submission(request_of(document=wrong), "1.2.3")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7",
        b"<ClinicalDocument/>",
        b"<ClinicalDocument xmlns='urn:hl7-org:v3'/>",
        b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
        b"<!DOCTYPE ClinicalDocument><ClinicalDocument xmlns='urn:hl7-org:v3'/>",
    ],
)
def test_hostile_or_incomplete_documents_are_refused(request_of, content):
    with pytest.raises(UnreadableInput):
        submission(request_of(content=content), "1.2.3")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20300115", dt.datetime(2030, 1, 15, tzinfo=dt.UTC)),
        ("2030", dt.datetime(2030, 1, 1, tzinfo=dt.UTC)),
        ("203001150955+0100", dt.datetime(2030, 1, 15, 8, 55, tzinfo=dt.UTC)),
        ("20300115095500.123+0000", dt.datetime(2030, 1, 15, 9, 55, tzinfo=dt.UTC)),
        ("20301315", None),
        ("", None),
        ("hier", None),
        ("00010101+2300", None),
    ],
)
def test_times_of_any_precision_become_utc(text, expected):
    assert read_time(text) == expected


def test_a_name_cannot_break_a_composed_value():
    assert xcn("8", "A^B&C|D~E", "F\\G") == "8^A B C D E^F G^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS"


def test_a_control_character_in_a_title_does_not_stop_a_submission(request_of):
    tree = written(request_of(title="Synthèse\x00 de\x0b janvier"))

    assert tree.xpath("//r:RegistryPackage/r:Name/*/@value", namespaces=RIM) == [
        "Synthèse de janvier"
    ]


_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=20)


@given(st.integers(0, 200), _TEXT)
@settings(max_examples=200, deadline=None)
def test_any_value_anywhere_in_a_header_is_read_or_refused_never_worse(place, text):
    tree = etree.fromstring(CDA)
    carriers = [(node, name) for node in tree.iter() for name in node.attrib]
    node, name = carriers[place % len(carriers)]
    try:
        node.set(name, text)
    except ValueError:
        return

    with contextlib.suppress(UnreadableInput):
        read_header(etree.tostring(tree))
