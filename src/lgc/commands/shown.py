"""What was understood, as JSON that is the same each time, or as lines for a reader."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from lgc.commands.understanding import Understood
from lgc.domain.biology import LabResult
from lgc.domain.figures import scientific
from lgc.domain.medical_data import MedicalEntry, PartialDate
from lgc.domain.readable import ReadableDocument


def plain(value: Any) -> Any:
    """Anything understood, in the types of JSON: keys in the order of the dataclasses, bytes as
    their size and SHA-256."""
    if isinstance(value, PartialDate):
        return value.iso
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, bytes):
        return {"size": len(value), "sha256": hashlib.sha256(value).hexdigest()}
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def as_text(understood: Understood, depth: int = 0) -> Iterator[str]:
    """French lines, two spaces further at each level."""
    margin = "  " * depth
    for line in _lines(understood):
        yield f"{margin}{line}".rstrip()
    for one in understood.inside:
        yield ""
        yield from as_text(one, depth + 1)


KINDS = {
    "cda": "document CDA",
    "archive": "archive IHE_XDM",
    "message": "message",
    "dmp_answer": "réponse du DMP",
    "unreadable": "illisible",
}


def _lines(understood: Understood) -> Iterator[str]:
    what = KINDS.get(understood.kind, understood.kind)
    yield f"{understood.name}\u00a0: {what}, {understood.size} octets"
    yield from (f"  À noter\u00a0: {fault}" for fault in understood.faults)
    if understood.document is not None:
        yield from _document(understood.document)
    else:
        yield from _about(understood.about)
    if understood.text:
        yield "  Texte"
        yield from (f"    {line}" for line in understood.text.splitlines())


def _about(about: Mapping[str, Any]) -> Iterator[str]:
    for key, value in plain(about).items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            yield f"  {key}\u00a0: {len(value)}"
            yield from (f"    {json.dumps(one, ensure_ascii=False)}" for one in value)
        elif value not in ("", [], {}, None):
            shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            yield f"  {key}\u00a0: {shown}"


def _document(document: ReadableDocument) -> Iterator[str]:
    header, patient = document.header, document.header.patient
    used = f" (nom utilisé {patient.used_name})" if patient.used_name else ""
    lines = (
        ("Titre", header.title),
        ("Type", f"{header.type.code} {header.type.label}".strip()),
        ("Identifiant", header.unique_id),
        ("Lot et version", f"{header.set_id}, version {header.version}"),
        ("Remplace", header.replaces),
        ("Répond à", ", ".join(header.answers)),
        ("Date", header.created_at.isoformat() if header.created_at else ""),
        ("Patient", " ".join((patient.birth_name, *patient.given_names)).strip() + used),
        ("Naissance", patient.birth_date.isoformat() if patient.birth_date else patient.birth_said),
        ("INS", ", ".join(f"{one.matricule} ({one.oid})" for one in patient.ins)),
        ("Auteur", ", ".join(header.authors)),
        ("Organisation", header.organisation or header.custodian),
        ("Destinataires", ", ".join(header.recipients)),
        ("Confidentialité", header.confidentiality),
    )
    yield from (f"  {name}\u00a0: {text}" for name, text in lines if text)
    if document.body is not None:
        size = len(document.body.content)
        yield f"  Corps\u00a0: {document.body.media_type}, {size} octets"
    if document.entries:
        yield f"  Données\u00a0: {len(document.entries)}"
        yield from (f"    {_entry(one)}" for one in document.entries)
    if document.results:
        yield f"  Résultats de biologie\u00a0: {len(document.results)}"
        yield from (f"    {_result(one)}" for one in document.results)


def _entry(entry: MedicalEntry) -> str:
    code = f" [{entry.code.code}]" if entry.code else ""
    start = f" depuis {entry.start.french}" if entry.start else ""
    value = f" {entry.value:g} {entry.unit}" if entry.value is not None else ""
    return f"{entry.family}\u00a0: {entry.label}{code}{value}{start}"


def _result(result: LabResult) -> str:
    figure = "" if result.value is None else scientific(result.value)
    value = f"{result.operator}{figure} {result.unit}" if figure else ""
    code = f" [{result.code.code}]" if result.code else ""
    before = " (antérieur)" if result.previous else ""
    shown = " ".join(part for part in (value, result.text, result.interpretation) if part)
    return f"{result.taken_at.date().isoformat()} {result.label}{code} {shown}{before}"
