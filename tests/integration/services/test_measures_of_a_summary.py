"""The summary holds the last measure of a day, and a pressure as one measure (real store)."""

import datetime as dt
from types import SimpleNamespace

import pytest
from lxml import etree

from lgc.services.connection import DeskConnection
from lgc.services.keeping_vsm import KeepingVsm
from lgc.services.measures import Measures
from lgc.settings import Settings

SYSTOLIC, DIASTOLIC = "8480-6", "8462-4"


@pytest.fixture
def patient_id(desk, make):
    patient = make.patient()
    with desk.store.unit() as uow:
        uow.patients.add(patient)
        uow.commit()
    return patient.patient_id


@pytest.fixture
def taken(desk):
    """``taken(at)`` is the service of measures at that moment."""

    def at(moment):
        clock = SimpleNamespace(now=lambda: moment)
        return Measures(desk.store.unit, clock, desk.ids, lambda event: None)

    return at


@pytest.fixture
def summary(desk, make, patient_id, tmp_path):
    def made():
        connection = DeskConnection()
        connection.plug(make.practitioner(), SimpleNamespace())
        settings = Settings(tmp_path / "settings.json")
        keeping = KeepingVsm(desk.store.unit, desk.clock, desk.ids, connection, settings)
        tree = etree.fromstring(keeping.draft(patient_id).content)
        return [
            (code.get("code"), node.find("{*}value").get("value"), when.get("value"))
            for node in tree.iter("{*}observation")
            if (code := node.find("{*}code")) is not None
            and (when := node.find("{*}effectiveTime")) is not None
            and code.get("code") in (SYSTOLIC, DIASTOLIC)
        ]

    return made


def test_the_afternoon_is_after_the_morning(desk, taken, summary, patient_id):
    day = desk.clock.now().replace(hour=9) - dt.timedelta(1)
    taken(day).add(patient_id, "PA 170/100")
    taken(day.replace(hour=15)).add(patient_id, "PA 120/70")

    on = f"{day:%Y%m%d}"
    assert summary() == [(SYSTOLIC, "120", on), (DIASTOLIC, "70", on)]


def test_no_half_of_monday_stands_beside_a_half_of_tuesday(desk, taken, summary, patient_id):
    tuesday = desk.clock.now() - dt.timedelta(1)
    monday = tuesday - dt.timedelta(1)
    taken(monday).add(patient_id, "PA 170/100")
    undo = taken(tuesday).add(patient_id, "PA 120/70")
    assert [line[1] for line in summary()] == ["120", "70"]

    taken(tuesday).change(patient_id, [(undo.made[0], None)])

    on = f"{monday:%Y%m%d}"
    assert summary() == [(SYSTOLIC, "170", on), (DIASTOLIC, "100", on)]
