"""Recorded answers of the DMP: a SOAP envelope, or the multipart that MTOM makes of it.

``READERS`` maps the first element of the Body to what reads it; another transaction is one more
line there (dmp.md §4).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from lxml import etree

from lgc.dmp import codes, td0_4_my_patients, td1_6_list
from lgc.dmp.answer import text
from lgc.errors import UnreadableInput
from lgc.hl7v3 import prpa_in201305, prpa_in201308, registration
from lgc.hl7v3.message import Refusal
from lgc.transport import mtom, soap
from lgc.transport.errors import MalformedAnswer, SoapFault
from lgc.xds import iti18, iti43, registry_response
from lgc.xds.registry_response import RegistryAnswer

_STATUS_LINE = re.compile(rb"HTTP/[\d.]+ \d{3}")
_RELATED = re.compile(rb"content-type:\s*multipart/related", re.IGNORECASE)
_CONTENT_TYPE = re.compile(
    rb"^content-type:[ \t]*((?:[^\r\n]|\r?\n[ \t])*)", re.IGNORECASE | re.MULTILINE
)
MAX_HEAD = 64 * 1024
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_UNREADABLE = "Cette réponse du DMP est incompréhensible."


@dataclass(frozen=True, slots=True)
class Said:
    """What an answer says of itself, its documents as (name, bytes), what is off (French)."""

    about: Mapping[str, Any] = field(default_factory=dict)
    documents: tuple[tuple[str, bytes], ...] = ()
    faults: tuple[str, ...] = ()


def is_recorded(head: bytes) -> bool:
    """Whether bytes start like an HTTP answer or a multipart of SOAP, headers included."""
    return bool(_STATUS_LINE.match(head)) or (
        bool(_RELATED.search(head)) and b"xop+xml" in head.lower()
    )


def read(data: bytes) -> Said:
    """Understand one recorded answer. Raises UnreadableInput when it is none."""
    try:
        content_type, body = _separated(data)
        parts: dict[str, bytes] = {}
        if content_type:
            body, parts = mtom.unpack(content_type, body)
        answer = soap.read_answer(body, parts, "")
        name = etree.QName(answer.body).localname
        said = READERS.get(name, _plain)(answer.body, parts)
    except SoapFault as fault:
        about = {"transaction": "Fault", "code": fault.code, "subcode": fault.subcode}
        return Said(about | {"words": fault.text}, faults=("Le DMP a refusé la demande.",))
    except MalformedAnswer as error:
        raise UnreadableInput(_UNREADABLE) from error
    return Said({"transaction": name, **said.about}, said.documents, said.faults)


def _separated(data: bytes) -> tuple[str, bytes]:
    """The content type (empty for a plain envelope) and the body of a recording."""
    data = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if data.startswith(b"<"):
        return "", data
    if data.startswith(b"--"):
        boundary = data.splitlines()[0].strip().removeprefix(b"--").decode("latin-1")
        return f'multipart/related; boundary="{boundary}"', data
    end = _BLANK_LINE.search(data, 0, MAX_HEAD)
    head, body = (data[: end.start()], data[end.end() :]) if end else (data, b"")
    found = _CONTENT_TYPE.search(head)
    written = " ".join(found.group(1).decode("latin-1").split()) if found else ""
    return (written, body) if "multipart" in written.lower() else ("", body.lstrip())


# --- one reader per answer --------------------------------------------------------------------


def _registry(answer: RegistryAnswer) -> dict[str, Any]:
    return {"status": answer.status, "errors": answer.errors}


def _told(answer: RegistryAnswer) -> tuple[str, ...]:
    return tuple(f"Le registre répond «\u00a0{error.code}\u00a0»." for error in answer.errors)


def _found_documents(body: etree._Element, parts: Mapping[str, bytes]) -> Said:
    answer = iti18.parse(body)
    about = _registry(answer.registry) | {
        "entries": answer.entries,
        "references": answer.references,
        "submission_sets": answer.submission_sets,
        "signatures": answer.hidden,
    }
    return Said(about, faults=_told(answer.registry))


def _retrieved(body: etree._Element, parts: Mapping[str, bytes]) -> Said:
    registry, documents = iti43.parse(body, partial(mtom.content_of, parts=parts))
    named = tuple((one.unique_id or "document", one.content) for one in documents)
    sheets = [
        {"unique_id": one.unique_id, "media_type": one.mime_type, "size": len(one.content)}
        for one in documents
    ]
    return Said(_registry(registry) | {"documents": sheets}, named, _told(registry))


def _registered(body: etree._Element, parts: Mapping[str, bytes]) -> Said:
    answer = registry_response.read(body)
    return Said(_registry(answer), faults=_told(answer))


def _existence(body: etree._Element, parts: Mapping[str, bytes]) -> Said:
    found = prpa_in201308.parse_administrative(body)
    if isinstance(found, Refusal):
        return _refused(found)
    about = {"existence": found.existence, "telecoms": found.telecoms}
    return Said(about | {"identifiers": found.identifiers})


def _candidates(body: etree._Element, parts: Mapping[str, bytes]) -> Said:
    found = prpa_in201305.parse(body)
    return _refused(found) if isinstance(found, Refusal) else Said({"candidates": found})


def _recorded(body: etree._Element, parts: Mapping[str, bytes]) -> Said:
    """TD1.1 to TD1.4, wrapped by the DMP or not."""
    refused = registration.parse(body)
    return _refused(refused) if refused is not None else Said({"accepted": True})


def _refused(refusal: Refusal) -> Said:
    about = {"accepted": False, "code": refusal.code, "words": refusal.words}
    return Said(about, faults=("Le DMP a refusé la demande.",))


def _authorised(body: etree._Element, parts: Mapping[str, bytes]) -> Said:
    return _owned(body, dict)


def _professionals(body: etree._Element, parts: Mapping[str, bytes]) -> Said:
    return _owned(body, lambda: {"professionals": td1_6_list.read(body)})


def _my_patients(body: etree._Element, parts: Mapping[str, bytes]) -> Said:
    return _owned(body, lambda: {"patients": td0_4_my_patients.read(body)})


def _owned(body: etree._Element, more: Callable[[], dict[str, Any]]) -> Said:
    """A proprietary answer: its status and context, then what it lists when it is DMPOk."""
    status, context = text(body, "status"), text(body, "context")
    about = {"status": status, "context": context}
    if status.lower() != codes.OK:
        return Said(about, faults=("Le DMP a refusé la demande.",))
    return Said(about | more())


def _plain(body: etree._Element, parts: Mapping[str, bytes]) -> Said:
    """Any other answer: the words of its leaves, under their names."""
    leaves = [node for node in body.iter(etree.Element) if len(node) == 0][:1000]
    said = [
        {"name": etree.QName(node).localname, "text": " ".join((node.text or "").split())}
        for node in leaves
        if (node.text or "").strip()
    ]
    return Said({"said": said})


READERS: Mapping[str, Callable[[etree._Element, Mapping[str, bytes]], Said]] = {
    "AdhocQueryResponse": _found_documents,
    "RetrieveDocumentSetResponse": _retrieved,
    "RegistryResponse": _registered,
    "PRPA_IN201308UV02": _existence,
    "PRPA_IN201306UV02": _candidates,
    "PRPA_IN201312UV02": _recorded,
    "PRPA_IN201313UV02": _recorded,
    "PRPA_IN201314UV02_Response": _recorded,
    "PRPA_IN201315UV02": _recorded,
    "PRPA_IN201316UV02": _recorded,
    "setAuthorizationResponse": _authorised,
    "listAuthorizationByPatientResponse": _professionals,
    "patientListResponse": _my_patients,
}
