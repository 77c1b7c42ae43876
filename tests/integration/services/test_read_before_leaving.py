"""A document that does not read back as the record says is never made; a stored one is shown."""

from dataclasses import replace

import pytest

from lgc.cda import documents, vsm
from lgc.domain.medical_data import Family, MedicalEntry, MedicalRecord
from lgc.errors import UserFacingError
from lgc.services.drafting import LETTER, Draft
from lgc.services.keeping_vsm import KeepingVsm
from lgc.services.sharing import Sharing
from lgc.settings import Settings, lps_oid

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


def proposal(desk, settings, document_id):
    sharing = Sharing(
        desk.store.unit, desk.clock, desk.ids, desk.connection, desk.events.append,
        lambda: None, settings,
    )  # fmt: skip
    return sharing.propose(document_id)


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
    [reading] = proposal(desk, settings, made).readings
    assert (reading.title, reading.words, reading.unlike) == ("Pathologies en cours", "Asthme", "")

    with desk.store.unit() as uow:
        uow.medical.update(replace(ASTHMA, note="sévère"))
        uow.commit()

    [reading] = proposal(desk, settings, made).readings
    assert "remarque" in reading.unlike and "sévère" in reading.unlike
