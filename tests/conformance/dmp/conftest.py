"""Official schemas, from the shared folder beside the checkout; absent means skipped by name."""

from pathlib import Path

import pytest
from lxml import etree

SHARED = Path(__file__).resolve().parents[4] / "shared"


@pytest.fixture(scope="session")
def shared():
    """The folder of third-party data, never copied into the project."""
    if not (SHARED / "conformance" / "xds").is_dir():
        pytest.skip("shared/conformance/xds is not beside this checkout")
    return SHARED


@pytest.fixture(scope="session")
def schema(shared):
    """``schema("xds/XDS.b_DocumentRepository.xsd")``: an official schema, loaded once."""
    loaded = {}

    def load(name):
        if name not in loaded:
            loaded[name] = etree.XMLSchema(file=str(shared / "conformance" / "xds" / "xsd" / name))
        return loaded[name]

    return load
