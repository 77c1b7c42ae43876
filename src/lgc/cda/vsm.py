"""The VSM: volet de synthèse médicale, CI-SIS edition 2023.01 (cda-vsm §1, §3 and §4)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from lgc.cda import header
from lgc.cda.header import HeaderFacts
from lgc.cda.kinds import Kind, by_name
from lgc.cda.vsm_body import Body
from lgc.cda.writing import render_template
from lgc.domain.days import practice_day
from lgc.domain.medical_data import MedicalRecord
from lgc.domain.patients import Patient
from lgc.domain.professionals import Practitioner


@dataclass(frozen=True, slots=True)
class VsmContext:
    """What a VSM is made of.

    ``unique_id`` and ``set_id`` are a plain OID or UUID (``root^extension`` is accepted);
    ``replaces`` is the unique_id of the version that this one replaces; ``written_at`` and
    ``service_start`` are aware; ``local_id_root`` is the OID of the installation.
    """

    patient: Patient
    record: MedicalRecord
    author: Practitioner
    unique_id: str
    set_id: str
    version: int
    written_at: dt.datetime
    service_start: dt.datetime | None
    practice_name: str
    replaces: str = ""
    local_id_root: str = ""


def vsm_kind() -> Kind:
    """Type, class, format and templates of the VSM, as ``kind.toml`` declares them."""
    return by_name("vsm")


def missing(context: VsmContext) -> tuple[str, ...]:
    """French sentences, one per value that the profile requires and the record lacks."""
    return header.missing(facts(context))


def render(context: VsmContext) -> bytes:
    """The VSM as UTF-8 XML. Ask ``missing`` first: what lacks is left out, never invented.

    Raises ValueError on a naive date or a sector that is not of JDV_J02.
    """
    declared = vsm_kind()
    head = header.build(
        facts(context),
        template_ids=declared.template_ids,
        type_=declared.type,
        title=declared.title,
        event=declared.event,
    )
    day = practice_day(context.written_at)
    body = Body(context.record, context.unique_id, context.local_id_root, day)
    return render_template("vsm/document.xml", header=head, sections=body.sections())


def facts(context: VsmContext) -> HeaderFacts:
    """What the header says."""
    return HeaderFacts(
        patient=context.patient,
        author=context.author,
        unique_id=context.unique_id,
        set_id=context.set_id,
        version=context.version,
        written_at=context.written_at,
        service_start=context.service_start,
        practice_name=context.practice_name,
        replaces=context.replaces,
        local_id_root=context.local_id_root,
    )
