"""Who surrounds a patient, over a real store: kept in order, changed, taken away, brought back."""

import datetime as dt

import pytest

from lgc.domain.relations import Relation, RelationKind
from lgc.errors import UserFacingError
from lgc.services.circle import Circle
from lgc.services.events import RecordChanged


@pytest.fixture
def circle(desk):
    return Circle(desk.store.unit, desk.ids, desk.events.append)


@pytest.fixture
def patient(desk, make):
    made = make.patient()
    with desk.store.unit() as uow:
        uow.patients.add(made)
        uow.commit()
    return made.patient_id


def test_relations_are_kept_in_the_order_of_their_kinds(circle, patient, desk):
    cover = circle.put(
        patient,
        Relation("", RelationKind.COMPULSORY_COVER, "CPAM 92", "Régime général",
                 until=dt.date(2027, 1, 31)),
    )  # fmt: skip
    daughter = circle.put(
        patient,
        Relation("", RelationKind.EMERGENCY, "  Élise   CHEMIN ", "fille", "06 39 98 00 01"),
    )
    colleague = circle.put(
        patient,
        Relation("", RelationKind.CORRESPONDENT, "Dr Robert SPECIALISTE", "Pneumologie",
                 address="Robert@Medecin.mssante.example"),
    )  # fmt: skip

    assert circle.of(patient) == (colleague, daughter, cover)
    assert daughter.name == "Élise CHEMIN"
    assert [one.address for one in circle.correspondents(patient)] == [
        "robert@medecin.mssante.example"
    ]
    assert desk.events == [RecordChanged(patient)] * 3


def test_a_change_replaces_and_what_was_removed_comes_back(circle, patient):
    first = circle.put(patient, Relation("", RelationKind.TRUSTED, "Paul"))
    circle.put(patient, Relation(first.relation_id, RelationKind.GUARDIAN, "Paul", "père"))
    [kept] = circle.of(patient)
    assert (kept.kind, kept.detail) == (RelationKind.GUARDIAN, "père")

    circle.remove(patient, kept)
    assert circle.of(patient) == ()
    circle.put(patient, kept)
    assert circle.of(patient) == (kept,)


def test_nobody_without_a_name(circle, patient):
    with pytest.raises(UserFacingError, match="nom"):
        circle.put(patient, Relation("", RelationKind.TRUSTED, "  "))
