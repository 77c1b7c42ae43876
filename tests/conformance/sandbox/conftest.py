"""The documents of the demo practice, as the sandbox's colleagues write them."""

import datetime as dt
import importlib.util
import sys

import pytest
from lxml import etree

from lgc_sandbox import practice as demo

TODAY = dt.date(2026, 11, 23)


@pytest.fixture(scope="session")
def validate(shared, tmp_path_factory):
    """Findings of the official schematrons for some bytes."""
    pytest.importorskip("saxonche", reason="saxonche judges the schematrons")
    spec = importlib.util.spec_from_file_location("validate_cda", shared / "validate_cda.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    validator = module.CdaValidator(strict=True)
    file = tmp_path_factory.mktemp("cda") / "document.xml"

    def findings(content, profile):
        file.write_bytes(content)
        return [str(one) for one in validator.validate(str(file), profile=profile).findings]

    return findings


@pytest.fixture(scope="session")
def registry_schema(shared):
    return etree.XMLSchema(etree.parse(shared / "xds" / "xsd" / "xds" / "lcm.xsd"))


@pytest.fixture(scope="session")
def practice():
    return demo.load()


@pytest.fixture(scope="session")
def people(practice):
    return {one["key"]: one for one in (*practice["patients"], *practice.get("strangers", ()))}


@pytest.fixture(scope="session")
def documents(practice):
    """Every document that a colleague wrote: deposited, sent, or yet to arrive."""
    mails = [*practice["messages"], *practice["arrivals"].values()]
    return [*practice["dmp_documents"], *(m["document"] for m in mails if m["document"])]


@pytest.fixture(scope="session")
def written():
    return demo._written(TODAY, 3)
