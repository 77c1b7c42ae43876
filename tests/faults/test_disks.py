"""The campaign of full and vanishing disks, in its short form."""

import importlib.util
import sys
from pathlib import Path

CAMPAIGN = Path(__file__).parents[2] / "scripts" / "faults_disks.py"


def test_full_and_vanishing_disks_lose_nothing_that_was_acknowledged():
    spec = importlib.util.spec_from_file_location("faults_disks", CAMPAIGN)
    campaign = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = campaign
    spec.loader.exec_module(campaign)

    assert campaign.campaign(12, 14) == {"tried": 12, "survived": 12, "lost": 0}
