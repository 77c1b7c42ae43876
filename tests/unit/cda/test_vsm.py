"""What a VSM says, what it leaves out, and what it asks for."""

from dataclasses import replace

import pytest
from lxml import etree

from lgc.cda import vsm
from lgc.domain.identity import IdentityStatus
from lgc.domain.medical_data import Family, MedicalEntry, MedicalRecord

NS = {"h": "urn:hl7-org:v3"}


def tree(context):
    return etree.fromstring(vsm.render(context))


def text(node):
    return " ".join("".join(node.itertext()).split())


def test_every_link_of_an_entry_leads_to_narrative(makers):
    document = tree(makers.context(makers.full_record()))
    known = {node.get("ID") for node in document.iterfind(".//*[@ID]")}
    links = [r.get("value") for r in document.iterfind(".//h:reference", NS)]

    assert len(links) > 60
    assert [link for link in links if link[1:] not in known or link[0] != "#"] == []


def test_families_nobody_spoke_of_are_said_not_given(makers):
    said = text(tree(makers.context()).find("h:component", NS))

    assert said.count("Non renseigné.") == len(Family)


def test_stated_absences_are_dated_and_signed(makers):
    said = text(tree(makers.context(makers.absences_record())))

    assert "Non renseigné" not in said
    assert "aucune allergie ni hypersensibilité connue (noté le 12/03/2026 par Dr Paul" in said


def test_an_ins_that_is_not_qualified_never_leaves(makers):
    patient = makers.patient()
    patient = replace(patient, identity=replace(patient.identity, status=IdentityStatus.VALIDATED))
    written = vsm.render(makers.context(patient=patient))

    assert patient.identity.ins.matricule.encode() not in written
    assert makers.LOCAL_ROOT.encode() in written


def test_treatments_that_ended_are_not_shown_as_running(makers):
    over = MedicalEntry("x", Family.LONG_TERM_TREATMENT, "Ancien produit", active=False)
    written = vsm.render(makers.context(MedicalRecord((over,)))).decode()

    assert "Ancien produit" not in written
    assert "Traitements au long cours\u00a0: Non renseigné." in written


def test_a_condition_that_is_over_moves_to_history(makers):
    document = tree(makers.context(makers.full_record()))
    history = document.xpath("//h:section[h:code/@code='11348-0']/h:text", namespaces=NS)[0]

    assert "Asthme guéri" in text(history)


def test_an_author_who_is_the_attending_doctor_is_said_so(makers):
    codes = tree(makers.context()).xpath("//h:functionCode/@code", namespaces=NS)

    assert codes == ["PCP", "PCP"]


def test_a_version_names_the_one_it_replaces(makers):
    document = tree(makers.context(replaces="1.2.3.4", version=2))

    assert document.xpath("string(//h:parentDocument/h:id/@root)", namespaces=NS) == "1.2.3.4"
    assert document.xpath("string(h:versionNumber/@value)", namespaces=NS) == "2"


def test_a_complete_record_lacks_nothing(makers):
    assert vsm.missing(makers.context(makers.full_record())) == ()


def without_birth_place(makers):
    patient = makers.patient()
    traits = replace(patient.identity.traits, birth_place_code="")
    return {"patient": replace(patient, identity=replace(patient.identity, traits=traits))}


def without_any_identifier(makers):
    return {"patient": makers.unknown_patient(), "local_id_root": ""}


def without_structure(makers):
    author = makers.author()
    return {"author": replace(author, place=replace(author.place, structure_id=""))}


def without_sector(makers):
    author = makers.author()
    return {"author": replace(author, place=replace(author.place, sector=""))}


def without_number(makers):
    author = makers.author()
    return {"author": replace(author, holder=replace(author.holder, national_id=""))}


@pytest.mark.parametrize(
    ("lacking", "words"),
    [
        (without_birth_place, "lieu de naissance"),
        (without_any_identifier, "identifiant du patient"),
        (without_structure, "structure d’exercice"),
        (without_sector, "secteur d’activité"),
        (without_number, "RPPS"),
    ],
)
def test_what_the_profile_wants_and_the_record_lacks_is_named(makers, lacking, words):
    sentences = vsm.missing(makers.context(**lacking(makers)))

    assert len(sentences) == 1
    assert words in sentences[0]


def test_the_same_context_gives_the_same_bytes(makers):
    context = makers.context(makers.full_record())

    assert vsm.render(context) == vsm.render(context)


def test_a_naive_date_is_refused(makers):
    with pytest.raises(ValueError):
        vsm.render(makers.context(written_at=makers.NOW.replace(tzinfo=None)))
