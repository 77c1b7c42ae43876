"""Services over a real encrypted store, with a desk whose doctor is known and no card needed."""

import os
from types import SimpleNamespace

import pytest

from lgc.mssante.message import parse as parse_mail
from lgc.mssante.message import salvage
from lgc.services.connection import DeskConnection
from lgc.services.drafting import Drafting
from lgc.services.filing_incoming import FilingIncoming
from lgc.services.understanding import Understanding
from lgc.settings import Settings, lps_oid
from lgc.store import upgrade
from lgc.store.practice_store import PracticeStore


@pytest.fixture(scope="session")
def empty_practice(tmp_path_factory):
    path = tmp_path_factory.mktemp("empty") / "practice.db"
    key = os.urandom(32)
    upgrade.bring_up_to_date(path, key)
    return path, key


@pytest.fixture
def store(tmp_path, empty_practice, clock):
    template, key = empty_practice
    path = tmp_path / "practice.db"
    path.write_bytes(template.read_bytes())
    (tmp_path / "vault.json").write_text('{"store_id": "aa"}', "ascii")
    made = PracticeStore(path, tmp_path / "vault.json", key, "899700057294", clock.now)
    yield made
    made.close()


@pytest.fixture
def desk(store, clock, ids, make):
    """What the tests touch: the store, the filing service, what it announced."""
    connection = DeskConnection()
    trusted = SimpleNamespace(
        trusts=lambda address: not address.endswith("@ailleurs.example"),
        is_listed=lambda address: None,
    )
    connection.plug(make.practitioner(), SimpleNamespace(mssante=trusted))
    events = []
    understanding = Understanding(parse_mail, salvage)
    filing = FilingIncoming(store.unit, clock, ids, connection, understanding, events.append)
    return SimpleNamespace(
        store=store, filing=filing, connection=connection, events=events, clock=clock, ids=ids
    )


@pytest.fixture
def drafting(desk):
    settings = Settings()
    settings[lps_oid] = "2.25.999"
    return Drafting(
        desk.store.unit, desk.clock, desk.ids, desk.connection, settings, desk.events.append
    )


@pytest.fixture
def patient(desk, make):
    made = make.patient()
    with desk.store.unit() as uow:
        uow.patients.add(made)
        uow.commit()
    return made.patient_id
