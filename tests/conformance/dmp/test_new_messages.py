"""What the DMP's own services, its identity messages and its updates want, by their schemas."""

import datetime as dt
from types import SimpleNamespace

import pytest
from lxml import etree

from lgc.dmp import td0_3_authorisation, td0_4_my_patients, td1_6_list
from lgc.domain.dmp import (
    AuthorisationAction,
    AuthorisationMode,
    DmpSearch,
    EntryStatus,
    Guardian,
    ListDate,
    Opposition,
    Period,
    PurposeOfUse,
    TraitSearch,
)
from lgc.domain.documents import Confidentiality
from lgc.domain.identity import Ins, QualifiedIns, Sex, Traits
from lgc.domain.professionals import Address, CardHolder, Coded, PlaceOfPractice, Practitioner
from lgc.hl7v3 import prpa_in201305, prpa_in201307, registration
from lgc.hl7v3.message import Head, Parties
from lgc.hl7v3.registration import Observation, Subject
from lgc.saml import vihf
from lgc.xds import iti18, iti57
from lgc.xds.codes import DOCTOR_CHOICE, NORMAL
from lgc.xds.metadata import package

NOON = dt.datetime(2030, 1, 15, 12, 0, tzinfo=dt.UTC)
INS = QualifiedIns(
    Ins("299069999999912", "1.2.250.1.213.1.4.10"),
    Traits("PATIENTE", ("TEST", "ANNE"), Sex.FEMALE, dt.date(1999, 6, 15)),
)
PARTIES = Parties("1.2.250.1.999", "lgc", "1.2.250.1.213.4.1.1.1", "D")
HEAD = Head(PARTIES, "m", NOON)
DOCTOR = Practitioner(
    CardHolder("899700057294", "M", "P", Coded("10", "g", "Médecin"), "SM26", "1"),
    PlaceOfPractice("499700057294001", "CABINET", "SA07"),
    telephone="01 46 00 00 00",
)
SPECIALITY = Coded("G15_10/SM26", "1.2.250.1.213.1.1.4.5", "Médecin")
MOTHER = Subject(
    INS,
    "USUELLE",
    Address(("1 rue des Lilas",), "92100", "Boulogne"),
    "06 11 22 33 44",
    "a@example.org",
    Guardian("MTH", "PARENT", "LUCIE"),
)
BARE = Subject(INS)
CONSENT = Observation(registration.OPENING_CONSENT, True, NOON)
HL7, PRPA = "hl7v3/NE2009", "PRPA_IN2013{}UV02.xsd"
SET = SimpleNamespace(
    ins=INS,
    author=DOCTOR,
    submission_set_id="1.2.250.1.999.4.1",
    submitted_at=NOON,
    title="Archivage",
    comments="",
)
ENTRY = SimpleNamespace(
    masked=[NORMAL, *DOCTOR_CHOICE[Confidentiality.MASKED_TO_PROFESSIONALS]], plain=[NORMAL]
)


def again(tree):
    return etree.fromstring(etree.tostring(tree))


def change(subject, reason, **more):
    return registration.change(subject, DOCTOR, SPECIALITY, reason, HEAD, **more)


IDENTITY = {
    "1.3a": ("07", prpa_in201307.build(INS, PARTIES, "m", "q", NOON, "CNSLT_DATA")),
    "1.1": (
        "11",
        registration.creation(
            MOTHER,
            DOCTOR,
            SPECIALITY,
            (CONSENT, *registration.oppositions(frozenset({Opposition.BREAK_GLASS}))),
            HEAD,
        ),
    ),
    "1.1 bare": ("11", registration.creation(BARE, DOCTOR, None, (), HEAD)),
    "1.2": ("14", change(MOTHER, "REAC", observed=(CONSENT,))),
    "1.3b": ("14", change(BARE, "MODIF_DATA", observed=registration.oppositions(frozenset()))),
    "1.4": ("14", change(BARE, "FERM", closing="Demande du patient")),
}


@pytest.mark.parametrize("name", IDENTITY)
def test_every_identity_message_is_valid(schema, name):
    number, tree = IDENTITY[name]

    schema(f"{HL7}/{PRPA.format(number)}").assertValid(again(tree))


@pytest.mark.parametrize(
    "search",
    [
        TraitSearch("CHEMIN"),
        TraitSearch("CHEMIN", "HENRI", dt.date(1948, 8, 18), "M", "92100", "Boulogne"),
    ],
)
def test_the_search_by_traits_is_valid(schema, search):
    tree = prpa_in201305.build(search, HEAD, "q")

    schema("hl7v3/NE2008/multicacheschemas/PRPA_IN201305UV02.xsd").assertValid(again(tree))


@pytest.mark.parametrize("attending", [True, False])
@pytest.mark.parametrize("action", AuthorisationAction)
def test_the_role_of_attending_doctor_is_valid(schema, action, attending):
    tree = td0_3_authorisation.request(action, attending=attending)

    schema("dmp/habilitations.xsd").assertValid(again(tree))


@pytest.mark.parametrize("mode", AuthorisationMode)
def test_the_list_of_professionals_is_valid(schema, mode):
    schema("dmp/habilitations.xsd").assertValid(again(td1_6_list.request(mode)))


@pytest.mark.parametrize("kind", ListDate)
@pytest.mark.parametrize(("since", "owner"), [(None, ""), (NOON, "899700057294")])
def test_the_list_of_my_patients_is_valid(schema, since, owner, kind):
    tree = td0_4_my_patients.request(since, kind, owner)

    schema("dmp/patients-specific.xsd").assertValid(again(tree))


CODE = (Coded("SYNTH", "1.2.250.1.213.1.1.4.12"),)
WIDE = DmpSearch(
    NOON, NOON, CODE, tuple(EntryStatus), CODE, CODE, CODE, CODE, CODE, CODE, ("899%",),
    Period(NOON, NOON), Period(NOON), Period(), "tension",
)  # fmt: skip
QUESTIONS = {
    "everything": iti18.find_documents(INS, WIDE),
    "reference": iti18.find_by_reference_id(INS, ["urn:1"], WIDE),
    "associations": iti18.get_documents_and_associations(["urn:uuid:1"]),
    "sets": iti18.find_submission_sets(INS, Period(NOON)),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_criterion_makes_a_valid_query(schema, name):
    schema("xds/XDS.b_DocumentRepository.xsd").assertValid(again(QUESTIONS[name]))


@pytest.mark.parametrize("new", [EntryStatus.ARCHIVED, EntryStatus.APPROVED, EntryStatus.DELETED])
def test_a_change_of_status_is_valid(schema, new):
    tree = iti57.status_change(
        package(SET, "1.2.250.1.999"), "urn:uuid:bb", EntryStatus.APPROVED, new
    )

    schema("xds/XDS.b_DocumentRepository.xsd").assertValid(again(tree))


def registered(shared):
    """An entry as a registry gives it back: real identifiers, a version, a status."""
    sample = etree.parse(shared / "conformance/xds/samples/synthetic-td2.1-request.xml")
    rim = {"r": "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"}
    entry = sample.xpath("//r:ExtrinsicObject[@id='Document01']", namespaces=rim)[0]
    entry.set("id", "urn:uuid:0a")
    entry.set("lid", "urn:uuid:0a")
    entry.set("status", EntryStatus.APPROVED)
    for child in entry.xpath("r:Classification", namespaces=rim):
        del child.attrib["classifiedObject"]  # as the official samples forget it
    named = entry.find("r:Name", rim)
    version = etree.Element(f"{{{rim['r']}}}VersionInfo", versionName="2")
    named.addnext(version)
    return entry


@pytest.mark.parametrize("codes", [ENTRY.masked, ENTRY.plain])
def test_a_new_version_is_the_whole_entry_with_other_confidentiality(schema, shared, codes):
    before = registered(shared)

    tree = again(iti57.new_version(package(SET, "1.2.250.1.999"), before, codes))

    schema("xds/XDS.b_DocumentRepository.xsd").assertValid(tree)
    rim = {"r": "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"}
    entry = tree.xpath("//r:ExtrinsicObject", namespaces=rim)[0]
    assert [c.code for c in iti57.confidentiality_of(entry)] == [c.code for c in codes]
    assert entry.get("lid") == before.get("lid")
    previous = tree.xpath("//r:Slot[@name='PreviousVersion']//r:Value/text()", namespaces=rim)
    assert previous == ["2"]


@pytest.mark.parametrize("purpose", PurposeOfUse)
@pytest.mark.parametrize("mode", ["DIRECTE", "INDIRECTE", "INDIRECTE_RENFORCEE"])
@pytest.mark.parametrize("secret", [True, False])
def test_every_vihf_is_valid(schema, key, purpose, mode, secret):
    context = vihf.VihfContext(
        DOCTOR,
        INS,
        vihf.Software("lgc", "1", "1", "H"),
        purpose,
        secret,
        mode=mode,
        local_authentication="urn:oasis:names:tc:SAML:2.0:ac:classes:Password",
        reinforced="CONF_EXI_PGSSIS",
    )

    tree = vihf.build(context, key, NOON, "_0", NOON)

    schema("saml/vihf.xsd").assertValid(again(tree))
