"""What a severe DMP refuses of an update, of a card and of a state, with the reason it writes."""

import datetime as dt

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from lgc.dmp import codes
from lgc.domain.dmp import DmpSearch, DocumentAction, EntryStatus
from lgc.domain.documents import Confidentiality
from lgc.domain.patients import DmpAccess
from lgc.errors import UserFacingError
from lgc.xds import iti18, iti57
from lgc.xds.codes import DOCTOR_CHOICE, NORMAL
from lgc.xds.metadata import package
from lgc.xds.registry_response import read
from lgc_sandbox.card import DOCTOR, OTHER_DOCTOR

MASKED = (NORMAL, *DOCTOR_CHOICE[Confidentiality.MASKED_TO_PROFESSIONALS])
HIDDEN = (NORMAL, *DOCTOR_CHOICE[Confidentiality.INVISIBLE_TO_PATIENT])
RIM = {"r": "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"}


@pytest.fixture
def link(dmp):
    return dmp._link


@pytest.fixture
def known(dmp, link, enrolled, submission):
    """(entry, its ebRIM) of a document of mine."""
    ins = enrolled()
    sent = submission()
    dmp.submit(sent)
    question = iti18.get_documents(unique_ids=[sent.document.unique_id])
    answer = link.ask("td3_1", codes.REGISTRY, iti18.ACTION, ins, question)
    found = iti18.parse(answer.body)
    return found.entries[0], found.nodes[0]


@pytest.fixture
def refused(link, ins, france):
    """``refused(body)``: the code of the registry, and the reason in the journal."""

    def ask(body):
        answer = read(link.send("td3_3", codes.REGISTRY, iti57.ACTION, ins, body).body)
        return answer.worst.code, france.last["reason"]

    return ask


def test_an_entry_uuid_of_a_former_version_is_stale(dmp, change, known, refused):
    entry, _ = known
    dmp.act(DocumentAction.MASK, change(entry.unique_id))
    body = iti57.status_change(
        package(change(entry.unique_id), "1.2.250.1.999"),
        entry.entry_uuid,
        EntryStatus.APPROVED,
        EntryStatus.ARCHIVED,
    )

    code, reason = refused(body)

    assert code == "XDSRegistryMetadataError"
    assert "périmé" in reason


@pytest.mark.parametrize(
    ("original", "new", "reason"),
    [
        (EntryStatus.ARCHIVED, EntryStatus.APPROVED, "OriginalStatus"),
        (EntryStatus.APPROVED, EntryStatus.DEPRECATED, "NewStatus"),
        (EntryStatus.APPROVED, EntryStatus.APPROVED, "NewStatus"),
    ],
)
def test_a_status_moves_only_as_the_sheet_says(change, known, refused, original, new, reason):
    entry, _ = known
    made = package(change(entry.unique_id), "1.2.250.1.999")

    assert reason in refused(iti57.status_change(made, entry.entry_uuid, original, new))[1]


def _older(body):
    body.xpath("//r:Slot[@name='PreviousVersion']//r:Value", namespaces=RIM)[0].text = "7"


def _retitled(body):
    name = "//r:ExtrinsicObject/r:Name/r:LocalizedString"
    body.xpath(name, namespaces=RIM)[0].set("value", "Autre titre")


def _another(body):
    body.xpath("//r:ExtrinsicObject", namespaces=RIM)[0].set("lid", "urn:uuid:autre")


def _nothing(body):
    return None


@pytest.mark.parametrize(
    ("spoil", "codes_wanted", "reason"),
    [
        (_older, MASKED, "PreviousVersion"),
        (_retitled, MASKED, "seule la confidentialité"),
        (_another, MASKED, "lid différent"),
        (_nothing, HIDDEN, "ne peut être ajouté"),
        (_nothing, (NORMAL,), "rien ne change"),
        (_nothing, (*MASKED, *HIDDEN[1:]), "confidentialityCode"),
        (_nothing, MASKED[1:], "confidentialityCode"),
    ],
)
def test_a_new_version_changes_the_confidentiality_and_nothing_else(
    change, known, refused, spoil, codes_wanted, reason
):
    entry, node = known
    body = iti57.new_version(package(change(entry.unique_id), "1.2.250.1.999"), node, codes_wanted)
    spoil(body)

    assert reason in refused(body)[1]


def test_an_update_in_a_set_without_its_author_is_refused(change, known, refused, author_of):
    entry, _ = known
    wrong = change(entry.unique_id, author=author_of(OTHER_DOCTOR))
    body = iti57.status_change(
        package(wrong, "1.2.250.1.999"),
        entry.entry_uuid,
        EntryStatus.APPROVED,
        EntryStatus.ARCHIVED,
    )

    code, reason = refused(body)

    assert code == "XDSRegistryMetadataError"
    assert "AuthorInstitution" in reason


def test_a_document_of_the_patient_is_the_attending_doctors(
    france, dmp, enrolled, change, ins, known
):
    entry, _ = known
    stored = france.registry.by_uuid(entry.entry_uuid)
    of_patient = etree.fromstring(etree.tostring(stored.meta.element))
    scheme = "urn:uuid:41a5887f-8865-4c09-adf7-e362475b143a"
    path = f"r:Classification[@classificationScheme='{scheme}']"
    of_patient.xpath(path, namespaces=RIM)[0].set("nodeRepresentation", "90")
    with france.registry._transaction() as base:
        base.execute(
            "UPDATE entry SET rim=? WHERE uuid=?", (etree.tostring(of_patient), entry.entry_uuid)
        )

    with pytest.raises(UserFacingError, match="droits"):
        dmp.act(DocumentAction.MASK, change(entry.unique_id))

    enrolled("VALIDE", mt=True)
    dmp.act(DocumentAction.MASK, change(entry.unique_id))
    found = dmp.find(ins, DmpSearch(dt.datetime(2020, 1, 1, tzinfo=dt.UTC)))
    assert next(one for one in found if one.unique_id == entry.unique_id).of_patient


class _Wrong:
    """A key that signs with another certificate of this authority."""

    usage, chain = "signature", ()

    def __init__(self, known, certificate):
        self._known, self.certificate = known, certificate

    def sign(self, digest, algorithm):
        return self._known.sign(digest, algorithm)


def test_a_vihf_signed_with_the_key_of_authentication_is_refused(france, enrolled):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    made = france.authority.authentication(DOCTOR.person, key.public_key())
    wrong = _Wrong(france.card()[1], made.public_bytes(Encoding.DER))

    with pytest.raises(UserFacingError, match="certificat") as caught:
        france.client(key=wrong).existence(enrolled())

    assert "DMPInvalidCertificate" in caught.value.details


def test_a_vihf_of_another_holder_is_refused(france, enrolled):
    other = france.card(OTHER_DOCTOR)[1]

    with pytest.raises(UserFacingError, match="signature") as caught:
        france.client(key=other).existence(enrolled())

    assert "FailedCheck" in caught.value.details


def test_a_revoked_card_is_told_to_the_doctor(france, enrolled):
    from dataclasses import replace

    model = replace(DOCTOR, label="CPS revoked")
    client = france.client(model)
    certificate = france.card(model)[1].certificate
    from cryptography import x509

    france.authority.revoke(x509.load_der_x509_certificate(certificate))

    with pytest.raises(UserFacingError, match="certificat") as caught:
        client.existence(enrolled())

    assert not caught.value.may_retry


@pytest.mark.parametrize("hours", [-2, 2])
def test_a_wrong_clock_is_told_as_such(france, enrolled, monkeypatch, hours):
    client = france.client()
    real = client._link.clock.now

    class Wrong:
        def now(self):
            return real() + dt.timedelta(hours=hours)

    client._link.clock = Wrong()

    with pytest.raises(UserFacingError, match="horloge") as caught:
        client.existence(enrolled())

    assert "à l’heure" in caught.value.advice


@pytest.mark.parametrize(("state", "words"), [("terminated", "fermé"), (None, "ne connaît pas")])
def test_documents_of_a_closed_or_unknown_dmp_are_not_read(dmp, enrolled, ins, state, words):
    if state is not None:
        enrolled(state=state)

    with pytest.raises(UserFacingError, match=words):
        dmp.find(ins, DmpSearch())


@pytest.mark.parametrize("fault", ["drop_before", "drop_after_commit", "cut_answer"])
def test_an_act_whose_answer_is_lost_is_told_and_may_be_looked_at(
    france, dmp, change, known, ins, fault
):
    entry, _ = known
    asked = change(entry.unique_id)
    france.knobs.arm("td3.3", fault, times=1)

    with pytest.raises(UserFacingError) as caught:
        dmp.act(DocumentAction.ARCHIVE, asked)

    assert caught.value.may_retry
    search = DmpSearch(statuses=(EntryStatus.APPROVED, EntryStatus.ARCHIVED))
    found = {one.unique_id: one for one in dmp.find(ins, search)}[entry.unique_id]
    assert found.archived is (fault != "drop_before")
    # Asking the same again is no second act: it is archived, and stays so.
    dmp.act(DocumentAction.ARCHIVE, change(entry.unique_id))
    assert dmp.existence(ins).access is DmpAccess.AUTHORISED
