import importlib.util
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def makers():
    """The module ``makers.py`` of this folder (importlib mode imports no siblings)."""
    file = Path(__file__).with_name("makers.py")
    spec = importlib.util.spec_from_file_location("cda_makers", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
