"""The whole visit, in a process of its own, and everything it sent judged by others' engines."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from lxml import etree
from PySide6.QtGui import QImage

ROOT = Path(__file__).resolve().parents[2]
PACK = ROOT.parent / "shared" / "conformance"
pytestmark = [pytest.mark.xdist_group("tour"), pytest.mark.timeout(600)]

# The fixed work of each step takes this long on a machine of its own, where the limit is 100 ms;
# neighbours on the same core cost up to as much again.
FLOOR_MS, LIMIT_MS, NOISE = 20, 100, 2.0
VISITS = 3

BODIES = {
    "td0_2-request.xml": "hl7v3/NE2009/PRPA_IN201307UV02.xsd",
    "td0_3-request.xml": "dmp/habilitations.xsd",
    "td3_1-request.xml": "xds/XDS.b_DocumentRepository.xsd",
    "td3_2-request.xml": "xds/XDS.b_DocumentRepository.xsd",
}
WHOLE = {
    "vihf.xml": "saml/vihf.xsd",
    "submission-signature.xml": "xades/XAdES-1.1.1.xsd",
    **dict.fromkeys(BODIES, "soap/dmp-envelope.xsd"),
}
SIGNED = {
    "vihf.xml": ("--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:assertion:Assertion"),
    "submission-signature.xml": (
        *("--id-attr:Id", "http://www.w3.org/2000/09/xmldsig#:Manifest"),
        *("--id-attr:Id", "http://uri.etsi.org/01903/v1.1.1#:SignedProperties"),
        "--ignore-manifests",
    ),
}


@pytest.fixture(scope="module")
def visit(tmp_path_factory):
    """(exit code, what it printed, the folder it left)."""
    return made(tmp_path_factory.mktemp("tour"))


def made(out):
    ran = subprocess.run(
        [sys.executable, "-m", "lgc", "tour", "--out", str(out), "--size", "1366x768"],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    return ran.returncode, ran.stdout + ran.stderr, out


@pytest.fixture
def wire(visit):
    return visit[2] / "wire"


@pytest.fixture(scope="module")
def schema():
    if not (PACK / "xds").is_dir():
        pytest.skip("the official schemas (../shared/conformance/xds) are not on this machine")
    return lambda name: etree.XMLSchema(file=str(PACK / "xds" / "xsd" / name))


def test_every_step_of_the_visit_succeeds(visit):
    code, printed, out = visit
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))

    assert [step for step in report if not step["ok"]] == []
    assert code == 0, printed[-2000:]
    assert "Traceback" not in printed


def blocks_of(out):
    """Where the interface was held, as a ratio to the floor taken at the same moment."""
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    return {
        step["step"]: (step["longest_work_ms"], step["floor_ms"])
        for step in report
        if step["longest_work_ms"] > LIMIT_MS * NOISE * max(1.0, step["floor_ms"] / FLOOR_MS)
    }


def test_nothing_holds_the_interface_for_a_tenth_of_a_second(visit, tmp_path):
    """In processor time of the interface thread; what is ours is there at every visit."""
    blocks = blocks_of(visit[2])
    for number in range(1, VISITS):
        if not blocks:
            break
        (again := tmp_path / str(number)).mkdir()
        made(again)
        blocks = {step: held for step, held in blocks_of(again).items() if step in blocks}

    assert blocks == {}


def test_every_picture_shows_something(visit):
    pictures = sorted(visit[2].glob("*.png"))
    shades = {}
    for picture in pictures:
        image = QImage(str(picture)).scaled(160, 90)
        shades[picture.name] = len(
            {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}
        )

    assert len(pictures) >= 20
    assert [name for name, count in shades.items() if count < 20] == []


@pytest.mark.parametrize("name", WHOLE)
def test_what_left_is_valid_by_its_official_schema(wire, schema, name):
    schema(WHOLE[name]).assertValid(etree.parse(wire / name))


@pytest.mark.parametrize("name", BODIES)
def test_the_body_of_each_question_is_valid_by_its_official_schema(wire, schema, name):
    envelope = etree.parse(wire / name)
    body = envelope.xpath("/*/*[local-name()='Body']/*")[0]

    schema(BODIES[name]).assertValid(etree.fromstring(etree.tostring(body)))


def test_the_submission_is_valid_by_its_official_schema(wire, schema):
    schema("xds/XDS.b_DocumentRepository.xsd").assertValid(etree.parse(wire / "submission.xml"))


@pytest.mark.parametrize("name", SIGNED)
def test_xmlsec_verifies_what_the_card_signed(wire, name):
    if shutil.which("xmlsec1") is None:
        pytest.skip("xmlsec1 is not installed")
    content = (wire / name).read_bytes()
    moved = wire / f"moved-{name}"
    moved.write_bytes(content.replace(b"2026-", b"2025-").replace(b"2027-", b"2025-"))

    assert _verified(wire / name, SIGNED[name])
    assert not _verified(moved, SIGNED[name])


def _verified(file, options):
    command = ["xmlsec1", "--verify", "--insecure", *options, str(file)]
    return subprocess.run(command, capture_output=True, timeout=60, check=False).returncode == 0


def test_the_synthesis_that_left_has_no_finding(wire):
    if not (PACK / "validate_cda.py").is_file():
        pytest.skip("the conformance pack (../shared/conformance) is not on this machine")
    pytest.importorskip("saxonche", reason="saxonche judges the schematrons")
    command = [sys.executable, str(PACK / "validate_cda.py"), str(wire / "vsm.xml")]

    judged = subprocess.run(
        [*command, "--profile", "vsm"], capture_output=True, text=True, timeout=200, check=False
    )

    assert judged.returncode == 0, judged.stdout


def test_the_dmp_and_the_colleague_got_the_same_document(wire):
    vsm = (wire / "vsm.xml").read_bytes()
    with zipfile.ZipFile(wire / "IHE_XDM.zip") as archive:
        held = [archive.read(name) for name in archive.namelist() if name.endswith(".XML")]
    submission = (wire / "td2_1-request.mime").read_bytes()

    assert vsm in held
    assert len(held) == 2, "the document and its METADATA.XML"
    assert vsm in submission
    assert hashlib.sha1(vsm).hexdigest() in (wire / "submission.xml").read_text(encoding="utf-8")
    assert (wire / "vsm.pdf").read_bytes().startswith(b"%PDF-")
