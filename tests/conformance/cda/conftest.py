import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PACK = ROOT.parent / "shared" / "conformance"


def _module(name, file):
    spec = importlib.util.spec_from_file_location(name, file)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def makers():
    return _module("cda_makers", ROOT / "tests" / "unit" / "cda" / "makers.py")


@pytest.fixture(scope="session")
def oracle():
    if not (PACK / "validate_cda.py").is_file():
        pytest.skip("the conformance pack (../shared/conformance) is not on this machine")
    pytest.importorskip("saxonche", reason="saxonche judges the schematrons")
    return _module("validate_cda", PACK / "validate_cda.py")


@pytest.fixture(scope="session")
def validator(oracle):
    """One validator for the session: compiling the schematrons takes seconds."""
    return oracle.CdaValidator()


@pytest.fixture(scope="session")
def strict_validator(oracle):
    return oracle.CdaValidator(strict=True)


@pytest.fixture(scope="session")
def samples():
    folder = PACK / "cda" / "samples"
    if not folder.is_dir():
        pytest.skip("the official samples (../shared/conformance/cda/samples) are not here")
    return folder
