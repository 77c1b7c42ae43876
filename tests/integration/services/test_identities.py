"""Administrative data over a real store: kept, refused, audited without what they held."""

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy import text

from lgc.domain.duplicates import Nearness
from lgc.domain.identity import IdentityStatus
from lgc.domain.identity_rules import IdentityPaper
from lgc.errors import UserFacingError
from lgc.services.events import RecordChanged
from lgc.services.identities import Identities


@pytest.fixture
def patient(desk, make):
    made = make.patient()
    with desk.store.unit() as uow:
        uow.patients.add(made)
        uow.commit()
    return made


@pytest.fixture
def identities(desk):
    return Identities(desk.store.unit, desk.clock, desk.ids, desk.connection, desk.events.append)


def audit_lines(desk):
    with desk.store.unit() as uow:
        rows = uow._session.execute(text("select action, detail from audit_line"))
        return [tuple(row) for row in rows]


def test_contacts_are_kept_without_touching_the_identity(identities, patient, desk):
    before = identities.view(patient.patient_id).form

    after = identities.save(
        patient.patient_id, before, replace(before, telephone="01 02 03 04 05", city="Sèvres")
    )

    assert after.patient.telephone == "01 02 03 04 05"
    assert after.patient.identity == patient.identity
    assert ("administrative data changed", "city, telephone") in audit_lines(desk)
    assert desk.events == [RecordChanged(patient.patient_id)]


def test_a_changed_trait_lowers_a_qualified_identity_for_good(identities, patient):
    before = identities.view(patient.patient_id).form

    after = identities.save(patient.patient_id, before, replace(before, birth_name="Chêmin-Roy"))

    identity = after.patient.identity
    assert identity.traits.birth_name == "CHEMIN-ROY"
    assert identity.status is IdentityStatus.PROVISIONAL
    assert identity.former_ins == (patient.identity.ins,)


def test_a_document_seen_validates_and_is_remembered_with_who_and_when(identities, patient, desk):
    before = identities.view(patient.patient_id).form
    identities.save(patient.patient_id, before, replace(before, birth_place="75115"))

    after = identities.record_document(patient.patient_id, IdentityPaper.PASSPORT)

    assert after.patient.identity.status is IdentityStatus.VALIDATED
    assert after.check.paper is IdentityPaper.PASSPORT
    assert after.check.seen_at == desk.clock.now()
    assert after.check.seen_by == desk.connection.practitioner.holder.national_id


def test_a_form_read_before_another_change_overwrites_nothing(identities, patient):
    before = identities.view(patient.patient_id).form
    identities.save(patient.patient_id, before, replace(before, telephone="1"))

    with pytest.raises(UserFacingError):
        identities.save(patient.patient_id, before, replace(before, telephone="2"))

    assert identities.view(patient.patient_id).patient.telephone == "1"


def test_a_new_patient_is_provisional_and_found_again(identities, patient):
    form = replace(identities.view(patient.patient_id).form, birth_name="D’Œuvré")

    made = identities.view(identities.create(form)).patient.identity

    assert made.traits.birth_name == "D'OEUVRE"
    assert (made.status, made.ins) == (IdentityStatus.PROVISIONAL, None)


def test_a_misspelt_patient_is_shown_before_a_double_is_made(identities, patient):
    form = replace(identities.view(patient.patient_id).form, birth_name="Chemins")

    near = identities.near(form)

    assert [(n.patient.patient_id, n.nearness) for n in near] == [
        (patient.patient_id, Nearness.LOOKS_ALIKE)
    ]
    assert identities.near(replace(form, birth_name="Zwobada", given_names="Ida")) == ()


def test_a_wrong_field_keeps_nothing(identities, patient):
    before = identities.view(patient.patient_id).form

    with pytest.raises(UserFacingError):
        identities.save(patient.patient_id, before, replace(before, birth_place="X"))

    assert identities.view(patient.patient_id).form == before


def test_a_doubt_bars_the_document_until_it_is_lifted(identities, patient):
    identities.raise_doubt(patient.patient_id)

    with pytest.raises(UserFacingError):
        identities.record_document(patient.patient_id, IdentityPaper.PASSPORT)
    identities.lift_doubt(patient.patient_id)
    after = identities.record_document(patient.patient_id, IdentityPaper.PASSPORT)

    assert after.patient.identity.status is IdentityStatus.VALIDATED
    assert after.patient.identity.ins is None


@pytest.mark.parametrize(
    "typed",
    [
        {"birth_name": "Henri", "given_names": "Chemin"},
        {"birth_name": "Du Chemin"}, {"birth_name": "Chemin-Petit"},
        {"birth_name": "Durand", "used_name": "Chemin"},
        {"given_names": "Paul Henri"},
    ],
)  # fmt: skip
def test_one_person_written_otherwise_is_shown_before_a_double_is_made(identities, patient, typed):
    form = replace(identities.view(patient.patient_id).form, **typed)

    assert [near.patient.patient_id for near in identities.near(form)] == [patient.patient_id]


def test_the_near_ones_always_stand_in_one_order(identities, patient):
    form = replace(
        identities.view(patient.patient_id).form, birth_name="Petit", given_names="Marie"
    )
    for day in (15, 14, 17, 16):
        identities.create(replace(form, birth_date=dt.date(1980, 2, day)))

    near = identities.near(replace(form, birth_date=dt.date(1980, 2, 18)))

    assert [one.patient.birth_date.day for one in near] == [14, 15, 16, 17]


@pytest.mark.parametrize(
    ("typed", "lines"),
    [
        ("3, rue X", ("3, rue X",)), ("3 bis, rue X", ("3 bis, rue X",)),
        ("Bât. A, 3, rue X", ("Bât. A", "3, rue X")),
        ("12 rue X, Résidence Y", ("12 rue X", "Résidence Y")),
        ("12B, rue X, , chez Z", ("12B, rue X", "chez Z")), ("", ()),
    ],
)  # fmt: skip
def test_an_address_is_cut_where_its_lines_end(identities, patient, typed, lines):
    before = identities.view(patient.patient_id).form
    identities.save(patient.patient_id, before, replace(before, address=typed))

    kept = identities.view(patient.patient_id)
    assert kept.patient.address.lines == lines
    assert kept.form.address == ", ".join(lines)


@pytest.mark.parametrize("code", ["SW1A 1AA", "1000", "L-1009", "H3Z 2Y7", "92100", ""])
def test_postal_codes_of_any_country_are_taken(identities, patient, code):
    form = replace(identities.view(patient.patient_id).form, postal_code=code)

    assert "postal_code" not in form.faults(dt.date(2026, 11, 30))


@pytest.mark.parametrize("code", ["?", "92 100 !", "9"])
def test_what_is_no_postal_code_is_said(identities, patient, code):
    form = replace(identities.view(patient.patient_id).form, postal_code=code)

    assert "postal_code" in form.faults(dt.date(2026, 11, 30))
