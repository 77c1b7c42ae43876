"""Somebody else's document never leaves in this patient's envelope; ours is made again."""

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace

import pytest

from lgc import settings as declared
from lgc.domain.deliveries import Channel
from lgc.domain.documents import Confidentiality
from lgc.domain.identity import IdentityStatus, Sex
from lgc.domain.patients import DmpAccess, DmpStatus
from lgc.errors import UserFacingError
from lgc.services.keeping_vsm import KeepingVsm
from lgc.services.sharing import ShareRequest, Sharing
from lgc.services.whose import NO_INS
from lgc.settings import Settings


@pytest.fixture
def office(desk, make, tmp_path):
    patient = replace(make.patient(), dmp=DmpStatus(DmpAccess.AUTHORISED))
    settings = Settings(tmp_path / "settings.json")
    settings[declared.lps_oid] = "1.2.250.1.999.1"
    connection = desk.connection
    made = SimpleNamespace(
        patient=patient,
        vsm=KeepingVsm(desk.store.unit, desk.clock, desk.ids, connection, settings),
        sharing=Sharing(
            desk.store.unit, desk.clock, desk.ids, connection, lambda event: None, lambda: None,
            settings,
        ),
        desk=desk,
    )  # fmt: skip
    with desk.store.unit() as uow:
        uow.patients.add(patient)
        uow.commit()
    made.now = lambda identity: _becomes(made, identity)
    return made


def _becomes(office, identity):
    with office.desk.store.unit() as uow:
        uow.patients.update(replace(office.patient, identity=identity))
        uow.commit()


def share(office, document_id, *channels, make):
    people = (make.correspondent(),) if Channel.MSSANTE in channels else ()
    request = ShareRequest(document_id, frozenset(channels), Confidentiality.VISIBLE, people, "o")
    return office.sharing.share(request)


def kept(office):
    return office.vsm.keep(office.vsm.draft(office.patient.patient_id))


TRAITS = {
    "date de naissance": {"birth_date": dt.date(1948, 8, 19)},
    "nom de naissance": {"birth_name": "CHEMINOT"},
    "prénom": {"birth_given_names": ("LOUIS",)},
    "sexe": {"sex": Sex.FEMALE},
}


@pytest.mark.parametrize(("said", "change"), TRAITS.items(), ids=TRAITS)
@pytest.mark.parametrize("channel", list(Channel))
def test_a_document_of_other_traits_stays_and_may_be_made_again(
    office, make, said, change, channel
):
    identity = office.patient.identity
    without = replace(identity, status=IdentityStatus.PROVISIONAL, ins=None)
    office.now(without)
    document_id = kept(office)
    corrected = replace(identity, traits=replace(identity.traits, **change))
    office.now(corrected)

    proposal = office.sharing.propose(document_id)
    assert said in proposal.differs and proposal.own
    assert not proposal.sharable_in_dmp
    with pytest.raises(UserFacingError, match=said):
        share(office, document_id, channel, make=make)

    again = kept(office)
    assert office.sharing.propose(again).differs == ""
    share(office, again, channel, make=make)


def test_a_note_from_before_the_ins_was_qualified_is_not_for_the_dmp(office, make):
    identity = office.patient.identity
    office.now(replace(identity, status=IdentityStatus.PROVISIONAL, ins=None))
    document_id = kept(office)
    office.now(identity)

    proposal = office.sharing.propose(document_id)
    assert (proposal.differs, proposal.bears_ins, proposal.sharable_in_dmp) == ("", False, False)
    with pytest.raises(UserFacingError, match=NO_INS):
        share(office, document_id, Channel.DMP, make=make)
    share(office, document_id, Channel.MSSANTE, make=make)


def test_a_document_with_an_ins_that_was_withdrawn_stays(office, make):
    identity = office.patient.identity
    document_id = kept(office)
    office.now(replace(identity, status=IdentityStatus.PROVISIONAL, ins=None))

    with pytest.raises(UserFacingError, match="INS"):
        share(office, document_id, Channel.MSSANTE, make=make)
