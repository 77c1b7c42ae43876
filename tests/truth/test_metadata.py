"""The metadata of a submission say what each document's header says, judged by the sandbox."""

import importlib.util
from pathlib import Path
from types import SimpleNamespace

import pytest

from lgc.cda import documents
from lgc.cda.kinds import by_name
from lgc.domain.documents import Confidentiality
from lgc.xds import ebrim
from lgc.xds.cda_header import read_header
from lgc.xds.metadata import submission
from lgc_sandbox.dmp import cda
from lgc_sandbox.dmp.rim import RimObject
from lgc_sandbox.dmp.vihf import Patient
from lgc_sandbox.xml import nodes

FILE = Path(__file__).parent.parent / "unit" / "cda" / "makers.py"
spec = importlib.util.spec_from_file_location("truth_metadata_makers", FILE)
makers = importlib.util.module_from_spec(spec)
spec.loader.exec_module(makers)

# Without an INS nothing is offered to the DMP.
BARE = {("consultation", "short"), ("prescription", "simple"), ("certificate", "odd")}
WRITTEN = [
    (kind, name)
    for kind, made in makers.contents().items()
    for name in made
    if (kind, name) not in BARE
]


def entry_of(kind, content):
    """The ExtrinsicObject that leaves with a document."""
    identity = makers.patient().identity
    paper = SimpleNamespace(
        unique_id=read_header(content).unique_id, title="Document", type=by_name(kind).type
    )
    request = SimpleNamespace(
        ins=identity.qualified(), author=makers.author(), submission_set_id="1.2.3",
        submitted_at=makers.NOW, title="Envoi", comments="", document=paper, content=content,
        confidentiality=Confidentiality.VISIBLE, others=(), earlier=(), signature_document_id="",
    )  # fmt: skip
    message = ebrim.submit_objects_request(submission(request, makers.LOCAL_ROOT))
    (made,) = nodes(message, "//rim:ExtrinsicObject")
    return RimObject(made), Patient(identity.ins.matricule, identity.ins.oid)


@pytest.mark.parametrize(("kind", "name"), WRITTEN)
def test_metadata_and_document_agree(kind, name):
    content = documents.render(kind, makers.contents()[kind][name])
    entry, patient = entry_of(kind, content)

    assert [problem.text for problem in cda.check(content, entry, patient)] == []
