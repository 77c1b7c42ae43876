"""TD0.2 to TD0.9 and TD1.x: existence, rights, lists, creation, closing."""

import datetime as dt
from dataclasses import replace

import pytest

from lgc.domain.dmp import (
    AccessContext,
    AuthorisationAction,
    AuthorisationMode,
    Guardian,
    ListDate,
    Opening,
    Opposition,
    PurposeOfUse,
    TraitSearch,
    WebPage,
)
from lgc.domain.patients import DmpAccess
from lgc.errors import UserFacingError
from lgc_sandbox.card import DOCTOR, OTHER_DOCTOR, SECRETARY

GLASS = AccessContext(PurposeOfUse.BREAK_GLASS)
CENTRE = AccessContext(PurposeOfUse.EMERGENCY_CENTRE)
OPENING = Opening(dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC))


@pytest.mark.parametrize(
    ("value", "state", "access"),
    [
        ("VALIDE", "active", DmpAccess.AUTHORISED),
        ("EXPIRE", "active", DmpAccess.TO_AUTHORISE),
        ("INTERDIT", "active", DmpAccess.FORBIDDEN),
        ("", "active", DmpAccess.TO_AUTHORISE),
        ("VALIDE", "terminated", DmpAccess.CLOSED),
    ],
)
def test_existence_tells_every_state(dmp, enrolled, value, state, access):
    found = dmp.existence(enrolled(value, state=state))

    assert found.access is access
    assert found.expired is (value == "EXPIRE")


def test_somebody_without_a_dmp_has_none(dmp, ins):
    assert dmp.existence(ins).access is DmpAccess.NONE


def test_oppositions_and_attachment_are_told(france, dmp, enrolled):
    ins = enrolled()
    france.registry.wish(ins.ins.matricule, "OPPOSITION_BRIS_DE_GLACE", True)
    france.registry.wish(ins.ins.matricule, "RATTACHEMENT_ENS", True)

    found = dmp.existence(ins)

    assert found.oppositions == {Opposition.BREAK_GLASS}
    assert found.flag("RATTACHEMENT_ENS") is True


@pytest.mark.requirement("RG_0320")
def test_administrative_data_bring_no_identity_trait(dmp, enrolled):
    ins = enrolled()

    found = dmp.administrative_data(ins)

    assert found.existence.access is DmpAccess.AUTHORISED
    assert (ins.ins.matricule, ins.ins.oid) in found.identifiers
    assert ins.traits.birth_name not in repr(found)


def test_an_authorisation_is_added_twice_without_harm_then_removed(dmp, enrolled):
    ins = enrolled("")

    dmp.authorise(ins, AuthorisationAction.ADD)
    dmp.authorise(ins, AuthorisationAction.ADD)
    assert dmp.existence(ins).access is DmpAccess.AUTHORISED

    dmp.authorise(ins, AuthorisationAction.REMOVE)
    assert dmp.existence(ins).access is DmpAccess.TO_AUTHORISE


def test_the_role_of_attending_doctor_comes_and_goes_alone(dmp, enrolled):
    ins = enrolled("")

    dmp.authorise(ins, AuthorisationAction.ADD, attending=True)
    assert dmp.existence(ins).attending_doctor

    dmp.authorise(ins, AuthorisationAction.REMOVE, attending=True)
    found = dmp.existence(ins)
    assert not found.attending_doctor
    assert found.access is DmpAccess.AUTHORISED


@pytest.mark.parametrize("value", ["INTERDIT"])
def test_a_doctor_the_patient_forbade_stays_out(dmp, enrolled, value):
    with pytest.raises(UserFacingError, match="droits"):
        dmp.authorise(enrolled(value), AuthorisationAction.ADD)


@pytest.mark.parametrize("access", [GLASS, CENTRE])
def test_no_right_is_taken_in_an_emergency_mode(dmp, enrolled, access):
    with pytest.raises(UserFacingError, match="droits"):
        dmp.within(access).authorise(enrolled(""), AuthorisationAction.ADD)


def test_a_mode_stays_with_its_own_requests(dmp, enrolled):
    ins = enrolled("")
    dmp.within(GLASS).existence(ins)

    dmp.authorise(ins, AuthorisationAction.ADD)

    assert dmp.existence(ins).access is DmpAccess.AUTHORISED


def test_my_dmps_come_in_one_call(france, dmp, enrolled):
    ins = enrolled("VALIDE", mt=True)

    found = dmp.my_patients(None, ListDate.AUTHORISATION)

    mine = next(one for one in found if (ins.ins.matricule, ins.ins.oid) in one.identifiers)
    assert mine.attending_doctor
    assert mine.last_access is not None
    assert france.last["action"] == "td0.4"


def test_my_dmps_since_a_date_leave_the_older_ones_out(dmp, enrolled):
    enrolled()

    assert dmp.my_patients(dt.datetime(2099, 1, 1, tzinfo=dt.UTC), ListDate.DOCUMENT) == ()


def test_the_vihf_of_the_list_may_name_a_patient_as_the_sample_does(france, enrolled):
    ins = enrolled()
    dmp = france.client(dmp_list_patient=True)

    assert dmp.my_patients(None, ListDate.AUTHORISATION, ins)


def test_a_search_by_traits_is_closed_unless_the_practice_regulates(dmp):
    with pytest.raises(UserFacingError, match="régulation"):
        dmp.search_identity(TraitSearch("CHEMIN"))


def test_a_regulating_practice_finds_somebody_by_traits(france, enrolled):
    ins = enrolled("")
    france.registry.wish(ins.ins.matricule, "OPPOSITION_ACCES_URGENCE", True)
    dmp = france.client(dmp_regulation=True)

    found = dmp.search_identity(TraitSearch("chemin", birth_date=ins.traits.birth_date))

    mine = next(one for one in found if (ins.ins.matricule, ins.ins.oid) in one.identifiers)
    assert mine.percentage == 100
    assert mine.emergency_access_refused


def test_web_pages_have_addresses_and_only_safe_ones(france, dmp, ins):
    base = f"https://localhost:{france.server.port}/AccesDirect"

    assert dmp.web_address(WebPage.RECORD, ins) == f"{base}/DossierPatient/{ins.ins.matricule}"
    assert dmp.web_address(WebPage.SETTINGS, ins) == f"{base}/Parametrages"
    assert dmp.web_address(WebPage.DASHBOARD) == f"{base}/TableauDeBord"
    with pytest.raises(ValueError, match="DossierPatient"):
        dmp.web_address(WebPage.RECORD)
    with pytest.raises(UserFacingError, match="adresse"):
        france.client(dmp_web="http://localhost/").web_address(WebPage.RECORD, ins)


def test_creation_is_closed_unless_a_setting_opens_it(dmp, patient):
    with pytest.raises(UserFacingError, match="création"):
        dmp.create(patient, OPENING)


@pytest.mark.requirement("EX_1.2-1010", "EX_1.2-1030")
def test_a_dmp_is_created_closed_and_opened_again_with_its_consents(france, patient, ins):
    dmp = france.client(dmp_creation=True)
    guardian = Guardian("MTH", "PARENT", "LUCIE")
    refused = frozenset({Opposition.BREAK_GLASS})

    dmp.create(patient, replace(OPENING, oppositions=refused, guardian=guardian))
    created = dmp.existence(ins)
    dmp.terminate(patient, "Demande du patient")
    closed = dmp.existence(ins)
    dmp.reactivate(patient, OPENING)

    assert (created.access, created.oppositions) == (DmpAccess.AUTHORISED, refused)
    assert closed.access is DmpAccess.CLOSED
    assert closed.closed_on is not None
    assert dmp.existence(ins).access is DmpAccess.AUTHORISED


def test_a_dmp_that_exists_is_not_created_again(france, enrolled, patient):
    enrolled()

    with pytest.raises(UserFacingError, match="existe déjà"):
        france.client(dmp_creation=True).create(patient, OPENING)


@pytest.mark.requirement("EX_0.1-1100")
def test_creation_never_leaves_in_a_secret_connection(france, patient, ins):
    dmp = france.client(dmp_creation=True).within(AccessContext(secret_connection=True))

    dmp.create(patient, OPENING)

    assert dmp.existence(ins).access is DmpAccess.AUTHORISED


def test_oppositions_are_changed_unless_the_patient_keeps_them(france, dmp, enrolled, patient):
    ins = enrolled()
    dmp.change_administrative_data(patient, frozenset({Opposition.EMERGENCY_CENTRE}))
    assert dmp.existence(ins).oppositions == {Opposition.EMERGENCY_CENTRE}

    france.registry.wish(ins.ins.matricule, "RATTACHEMENT_ENS", True)
    with pytest.raises(UserFacingError, match="droits"):
        dmp.change_administrative_data(patient, frozenset())


def test_a_closed_dmp_is_not_closed_again(dmp, enrolled, patient):
    enrolled(state="terminated")

    with pytest.raises(UserFacingError, match="fermé"):
        dmp.terminate(patient, "Demande")


def test_professionals_are_listed_with_their_rights(france, dmp, enrolled):
    ins = enrolled("VALIDE", mt=True)
    enrolled("INTERDIT", by=OTHER_DOCTOR)

    found = {one.national_id: one for one in dmp.professionals(ins)}

    mine, other = (found[one.person.national_id] for one in (DOCTOR, OTHER_DOCTOR))
    assert (mine.attending_doctor, mine.forbidden) == (True, False)
    assert other.forbidden
    assert mine.since is not None
    active = dmp.professionals(ins, AuthorisationMode.ACTIVE)
    assert [one.national_id for one in active] == [DOCTOR.person.national_id]


def test_a_secretary_may_not_list_the_professionals(france, enrolled):
    with pytest.raises(UserFacingError, match="droits"):
        france.client(SECRETARY).professionals(enrolled())


@pytest.mark.requirement("EX_0.1-1100")
def test_a_secret_connection_is_understood(dmp, enrolled):
    secret = dmp.within(AccessContext(secret_connection=True))

    assert secret.existence(enrolled()).access is DmpAccess.AUTHORISED
