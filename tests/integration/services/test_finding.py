"""Ctrl+K over a real store: a patient's appointments beside the patient."""

import datetime as dt
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from lgc.domain.agenda import Presence
from lgc.services.finding import Finding
from lgc.services.planning import Booking, Planning
from lgc.settings import Settings

PARIS = ZoneInfo("Europe/Paris")
NOW = dt.datetime(2026, 11, 6, 9, 57, tzinfo=PARIS)


@pytest.fixture
def office(store, ids, make):
    clock = SimpleNamespace(now=lambda: NOW)
    planning = Planning(store.unit, clock, ids, Settings(), lambda event: None)
    patient = make.patient(birth_name="CHEMIN")
    with store.unit() as uow:
        uow.patients.add(patient)
        uow.commit()
    for days in (-30, -20, -10, 1, 2, 3, 4):
        start = (NOW + dt.timedelta(days=days)).replace(hour=10, minute=0)
        planning.book(Booking(patient.patient_id, start, 15, "Consultation"))
    return SimpleNamespace(
        planning=planning, finding=Finding(store.unit, clock), patient=patient.patient_id
    )


def days(found):
    return [one.starts_at.date().day for one in found.visits]


def test_a_name_brings_the_next_appointments_then_the_last(office):
    assert days(office.finding.find("chemin")) == [7, 8, 9, 27, 17]


@pytest.mark.parametrize("words", ["rdv chemin", "chemin rendez-vous", "Rendez vous CHEMIN"])
def test_appointments_asked_for_are_all_brought(office, words):
    found = office.finding.find(words)
    assert days(found) == [7, 8, 9, 10, 27, 17, 7]
    assert [one.patient.patient_id for one in found.patients] == [office.patient]


def test_a_cancelled_one_is_found_with_its_state(office):
    office.planning.cancel(office.finding.find("chemin").visits[0], "Par le cabinet")
    first = office.finding.find("chemin").visits[0]
    assert (first.presence, first.reason) == (Presence.CANCELLED, "Par le cabinet")


def test_nothing_typed_brings_no_appointment(office):
    assert office.finding.find("").visits == ()
