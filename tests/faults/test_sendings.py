"""The campaign of kills on sendings, its short form: nothing is lost, nothing is doubled."""

import importlib
from pathlib import Path

SCRIPTS = str(Path(__file__).resolve().parents[2] / "scripts")
SEED, KILLS, SECONDS = 14, 3, 60


def test_kills_before_slow_and_lying_servers_lose_nothing_and_double_nothing(monkeypatch):
    monkeypatch.syspath_prepend(SCRIPTS)
    sendings = importlib.import_module("faults_sendings")

    told = sendings.run(SEED, KILLS, SECONDS, per_round=KILLS)

    assert (told["kills"], told["lost"], told["doubled"]) == (KILLS, 0, 0)
    assert told["wrong"] == []
