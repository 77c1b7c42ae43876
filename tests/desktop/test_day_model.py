"""Seeded days at the desk with real keys: list, grid, waiting room, Accueil and model agree.

``LGC_DAYS=40 LGC_BURSTS=60`` makes it long; a seed that fails is run alone by ``-k``.
"""

import os
import random

import pytest

from lgc.store import upgrade
from lgc.store.practice_store import PracticeStore

DAYS = int(os.environ.get("LGC_DAYS", "1"))
BURSTS = int(os.environ.get("LGC_BURSTS", "14"))
FIRST = int(os.environ.get("LGC_SEED", "31"))


@pytest.fixture(scope="module")
def empty_practice(tmp_path_factory):
    path, key = tmp_path_factory.mktemp("empty") / "practice.db", random.Random(1).randbytes(32)
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


@pytest.mark.timeout(60 + BURSTS * 20)
@pytest.mark.parametrize("seed", range(FIRST, FIRST + DAYS))
def test_a_day_of_keys_faster_than_the_store_shows_one_truth(
    qtbot, window, scenes, store, make, neighbour, seed
):
    models, driving = neighbour("day_model"), neighbour("day_driver")
    driver = driving.Driver(qtbot, window, scenes, store, make, models, seed)
    try:
        driver.compare()
        for _ in range(BURSTS):
            driver.burst()
        assert driver.lane.done > BURSTS
    finally:
        driver.close()
