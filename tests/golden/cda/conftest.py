import importlib.util
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def makers():
    file = Path(__file__).resolve().parents[2] / "unit" / "cda" / "makers.py"
    spec = importlib.util.spec_from_file_location("cda_makers", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
