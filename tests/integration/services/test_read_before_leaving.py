"""A document that does not read back as the record says is never made; a stored one is shown."""

from dataclasses import replace

import pytest

from lgc.cda import documents, vsm
from lgc.cda.allowed import Allowed
from lgc.domain.deliveries import Channel
from lgc.domain.documents import Confidentiality
from lgc.domain.medical_data import Family, MedicalEntry, MedicalRecord
from lgc.domain.professionals import Correspondent
from lgc.errors import UserFacingError
from lgc.services import drafting as drafting_room
from lgc.services.closing import Closing, ClosingChoice
from lgc.services.drafting import LETTER, Draft, Drafting
from lgc.services.keeping_vsm import KeepingVsm
from lgc.services.sharing import ShareRequest, Sharing
from lgc.services.writing import Writing
from lgc.settings import Settings, lps_oid

COLLEAGUE = Correspondent(
    "robert@medecin.mssante.example", "SPECIALISTE", "Robert", "Dr", verified=True
)
ASTHMA = MedicalEntry("e1", Family.CHRONIC, "Asthme")


@pytest.fixture
def asthmatic(desk, patient):
    with desk.store.unit() as uow:
        uow.medical.add(patient, replace(ASTHMA, recorded_at=desk.clock.now()))
        uow.commit()
    return patient


@pytest.fixture
def settings():
    made = Settings()
    made[lps_oid] = "2.25.999"
    return made


def sharing_of(desk, settings):
    return Sharing(
        desk.store.unit, desk.clock, desk.ids, desk.connection, desk.events.append,
        lambda: None, settings,
    )  # fmt: skip


def proposal(desk, settings, document_id):
    return sharing_of(desk, settings).propose(document_id)


def lying(render):
    """A writer that says « Asthme guéri » of whoever has « Asthme »."""

    def rendered(*arguments):
        *first, content = arguments
        entries = tuple(replace(one, label="Asthme guéri") for one in content.record.entries)
        return render(*first, replace(content, record=MedicalRecord(entries)))

    return rendered


def test_a_summary_that_reads_otherwise_is_not_made(desk, asthmatic, settings, monkeypatch):
    keeping = KeepingVsm(desk.store.unit, desk.clock, desk.ids, desk.connection, settings)
    keeping.draft(asthmatic)
    monkeypatch.setattr(vsm, "render", lying(vsm.render))

    with pytest.raises(UserFacingError, match="ne se relit pas"):
        keeping.draft(asthmatic)


def test_a_letter_that_reads_otherwise_is_not_made(drafting, desk, asthmatic, monkeypatch):
    shown = {one.entry_id: one.words for one in drafting.joinable(asthmatic)}
    draft = Draft({"body": "Bonjour"}, joined=shown)
    monkeypatch.setattr(documents, "render", lying(documents.render))

    with pytest.raises(UserFacingError, match="ne se relit pas"):
        drafting.finish(asthmatic, LETTER, draft)

    with desk.store.unit() as uow:
        assert uow.documents.of_patient(asthmatic) == []


def test_what_a_colleague_will_read_stands_beside_the_record_of_today(
    drafting, desk, asthmatic, settings
):
    shown = {one.entry_id: one.words for one in drafting.joinable(asthmatic)}
    made = drafting.finish(asthmatic, LETTER, Draft({"body": "Bonjour"}, joined=shown))
    [reading] = proposal(desk, settings, made).reads.readings
    assert (reading.title, reading.words, reading.unlike) == ("Pathologies en cours", "Asthme", "")

    with desk.store.unit() as uow:
        uow.medical.update(replace(ASTHMA, note="sévère"))
        uow.commit()

    found = proposal(desk, settings, made).reads
    [reading] = found.readings
    assert "remarque" in reading.unlike and "sévère" in reading.unlike
    assert reading.allowed is Allowed.CHANGED_SINCE and not found.stops


@pytest.fixture
def lied(drafting, desk, asthmatic, monkeypatch):
    """A letter that a faulty version stored: it says « Asthme guéri »."""
    shown = {one.entry_id: one.words for one in drafting.joinable(asthmatic)}
    with monkeypatch.context() as faulty:
        faulty.setattr(documents, "render", lying(documents.render))
        faulty.setattr(drafting_room, "must_agree", lambda content, record: None)
        return drafting.finish(asthmatic, LETTER, Draft({"body": "Bonjour"}, joined=shown))


def refused(act):
    with pytest.raises(UserFacingError, match="ne part pas") as told:
        act()
    assert "Asthme guéri" in told.value.advice


def by_sharing(desk, settings, document_id):
    asked = ShareRequest(
        document_id, frozenset({Channel.MSSANTE}), Confidentiality.VISIBLE, (COLLEAGUE,), "Objet"
    )
    sharing_of(desk, settings).share(asked)


def by_closing(desk, settings, document_id):
    sharing = sharing_of(desk, settings)
    unit, clock, card = desk.store.unit, desk.clock, desk.connection
    drafting = Drafting(unit, clock, desk.ids, card, settings, desk.events.append)
    closing = Closing(unit, clock, card, settings, sharing, drafting)
    with unit() as uow:
        patient_id = uow.documents.get(document_id).patient_id
    found = closing.propose(patient_id)
    assert "Asthme guéri" in found.reads[document_id].stops
    chosen = tuple(ClosingChoice(one) for one in found.documents)
    number, error = closing.send(chosen, (COLLEAGUE,), dmp=False, consent_attested=False)
    assert number == 0
    raise error


def by_a_message(desk, settings, document_id):
    writing = Writing(
        desk.store.unit, desk.clock, desk.ids, desk.connection, sharing_of(desk, settings),
        settings, lambda raw: None, lambda content: "", desk.events.append, lambda: None,
    )  # fmt: skip
    with desk.store.unit() as uow:
        patient_id = uow.documents.get(document_id).patient_id
    draft = writing.attach_document(writing.new(patient_id, (COLLEAGUE,)).draft, document_id).draft
    assert "Asthme guéri" in writing.read_back(draft)[0].stops
    writing.send(draft)


@pytest.mark.parametrize("way", [by_sharing, by_closing, by_a_message])
def test_a_stored_document_that_says_otherwise_leaves_no_way(desk, settings, lied, way):
    refused(lambda: way(desk, settings, lied))

    with desk.store.unit() as uow:
        assert uow.deliveries.recent() == []
