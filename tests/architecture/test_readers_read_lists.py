"""What the model lets be several is read as a list: no reader takes the first and drops the rest.

``only`` and ``attribute`` of ``cda/values.py`` may walk but what the schema has at most once.
"""

import ast
from collections import defaultdict
from pathlib import Path

import pytest
from lxml import etree

CDA = Path(__file__).parents[2] / "src" / "lgc" / "cda"
SCHEMA = Path(__file__).parents[3] / "shared" / "conformance" / "cda" / "infrastructure" / "cda"
XS = "{http://www.w3.org/2001/XMLSchema}"
READERS = [
    path
    for path in sorted(CDA.glob("*.py"))
    if not path.name.startswith("check") and path.name not in ("values.py", "pdf_flow.py")
]
# Elements that no type of the schema has twice.
ONCE = frozenset((
    "administrativeGenderCode", "assignedAuthor", "assignedAuthoringDevice", "assignedCustodian",
    "assignedEntity", "birthTime", "birthplace", "code",
    "confidentialityCode", "consumable", "custodian", "denominator",
    "doseQuantity", "event", "high", "languageCode",
    "legalAuthenticator", "lotNumberText", "low", "manufacturedMaterial",
    "manufacturedProduct", "manufacturerModelName", "maxDoseQuantity", "nonXMLBody",
    "numerator", "originalText", "participantRole", "patient",
    "period", "place", "playingEntity", "rateQuantity",
    "relatedSubject", "representedCustodianOrganization", "setId", "softwareName",
    "statusCode", "structuredBody", "subject", "text",
    "title", "versionNumber", "width",
))  # fmt: skip
# What stands once in that holder, and several times in another.
PAIRS = {
    ("assignedCustodian", "representedCustodianOrganization"): "AssignedCustodian",
    ("representedCustodianOrganization", "name"): "CustodianOrganization",
}
# What stands once in the only type that this variable of a reader may hold.
HELD = {
    ("header_reader.py", "document", "id"): "ClinicalDocument",
    ("header_reader.py", "document", "effectiveTime"): "ClinicalDocument",
    ("header_reader.py", "event", "effectiveTime"): "ServiceEvent",
    ("parse.py", "document", "component"): "ClinicalDocument",
    ("lab_ranges.py", "node", "value"): "ObservationRange",
    ("lab_ranges.py", "node", "interpretationCode"): "ObservationRange",
    ("parse.py", "node", "value"): "ObservationMedia",
    ("entry_reader.py", "text", "reference"): "ED",
    ("lab_reader.py", "text", "reference"): "ED",
    ("entry_reader.py", "material", "name"): "Material",
}


def walked(path):
    """Each (variable, steps) that a reader walks with ``only`` or ``attribute``."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if not named or node.func.id not in ("only", "attribute"):
            continue
        holder, steps = node.args[0], node.args[1]
        assert isinstance(steps, ast.Constant), f"{path.name}:{node.lineno}: a path is written out"
        yield getattr(holder, "id", ""), steps.value.replace("h:", "").split("/")


@pytest.mark.parametrize("path", READERS, ids=lambda path: path.name)
def test_no_reader_takes_the_first_of_several(path):
    assert "find(" not in path.read_text("utf-8").replace(".find(", "")
    for holder, steps in walked(path):
        for before, step in zip(("", *steps), steps, strict=False):
            known = step in ONCE or (before, step) in PAIRS
            held = not before and (path.name, holder, step) in HELD
            assert known or held, f"{path.name}: {holder}/{'/'.join(steps)} may be several"


def schema():
    """(type, child) → whether it may be several, of the schema as ANS extended it."""
    several = defaultdict(dict)
    for name in ("POCD_MT000040_extended_pharmacy.xsd", "general/datatypes.xsd",
                 "general/datatypes-base.xsd"):  # fmt: skip
        for kind in etree.parse(SCHEMA / name).iter(f"{XS}complexType"):
            for one in kind.iter(f"{XS}element"):
                around = (one, *one.iterancestors(f"{XS}sequence", f"{XS}choice"))
                many = any(part.get("maxOccurs", "1") != "1" for part in around)
                child = one.get("name") or one.get("ref")
                several[child][kind.get("name")] = many
    return several


@pytest.mark.skipif(not SCHEMA.is_dir(), reason="no ../shared/conformance here")
def test_the_schema_has_once_what_is_said_to_be_once():
    several = schema()

    for name in ONCE:
        assert several[name] and not any(several[name].values()), name
    pairs = [(kind, child) for (_, child), kind in PAIRS.items()]
    pairs += [(kind, child) for (_, _, child), kind in HELD.items()]
    for kind, child in pairs:
        told = several[child].get(kind, several[child].get(f"POCD_MT000040.{kind}"))
        assert told is False, f"{kind}/{child}"
