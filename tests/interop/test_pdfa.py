"""veraPDF judges the PDF for human readers of every kind of document made here."""

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from lgc.cda import documents, parse, pdf

ROOT = Path(__file__).resolve().parents[2]
PROJECT = Path(__file__).parent / "verapdf"
SAMPLES = ROOT.parent / "shared" / "conformance" / "cda" / "samples"


@pytest.fixture(scope="module")
def makers():
    file = ROOT / "tests" / "unit" / "cda" / "makers.py"
    spec = importlib.util.spec_from_file_location("cda_makers", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def verapdf(tmp_path_factory):
    """``verapdf(name → bytes)``: name → what veraPDF says of it."""
    for program in ("java", "mvn"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    folder = tmp_path_factory.mktemp("verapdf") / "judge"
    shutil.copytree(PROJECT, folder)
    command = ["mvn", "-B", "-q", "dependency:build-classpath", "-Dmdep.outputFile=classpath.txt"]
    built = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=230, check=False
    )
    if built.returncode:
        pytest.skip(f"Maven could not bring veraPDF: {built.stdout[-300:]}")
    classes = (folder / "classpath.txt").read_text()

    def verdicts(files):
        for number, content in enumerate(files.values()):
            (folder / f"{number}.pdf").write_bytes(content)
        names = [str(folder / f"{number}.pdf") for number in range(len(files))]
        ran = subprocess.run(
            ["java", "-cp", classes + os.pathsep, str(folder / "PdfJudge.java"), *names],
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr[-2000:]
        return dict(zip(files, ran.stdout.splitlines(), strict=True))

    return verdicts


def test_every_twin_is_a_conforming_pdf_a_3(verapdf, makers):
    files = {}
    for kind, contents in makers.contents().items():
        for name, content in contents.items():
            written = documents.render(kind, content)
            if parse.parse(written).sections:
                files[f"{kind} {name}"] = documents.twin(written)
    for file in sorted(SAMPLES.glob("*.xml")):
        read = parse.parse(file.read_bytes())
        if read.sections:
            files[file.stem] = pdf.render(read)

    said = verapdf(files)

    assert len(files) > 14
    assert {name: words for name, words in said.items() if words != "3b ok"} == {}


def test_the_judge_sees_what_is_no_archive(verapdf, makers):
    good = documents.twin(documents.render("vsm", makers.contents()["vsm"]["full"]))
    broken = good.replace(b"/OutputIntents", b"/OutputXntents")
    assert broken != good

    said = verapdf({"good": good, "broken": broken})

    assert said["good"] == "3b ok"
    assert said["broken"] != "3b ok"
