"""ITI-18 Registry Stored Query: the queries of TD3.1 and the reading of their answers (§7)."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lxml import etree

from lgc.domain.dmp import DmpEntry, DmpSearch, EntryStatus, Period
from lgc.domain.identity import QualifiedIns
from lgc.domain.professionals import Coded
from lgc.errors import place_of
from lgc.xds import ebrim
from lgc.xds.codes import SIGNATURE_TYPE
from lgc.xds.hl7_text import read_time, utc_text
from lgc.xds.registry_response import RegistryAnswer, read

QUERY = "urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0"
ACTION = "urn:ihe:iti:2007:RegistryStoredQuery"
FIND_DOCUMENTS = "urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d"
GET_DOCUMENTS = "urn:uuid:5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4"
FIND_SUBMISSION_SETS = "urn:uuid:f26abbcb-ac74-4422-8a30-edb644bbc1a9"
GET_ASSOCIATIONS = "urn:uuid:a7ae438b-4bc2-4642-93e9-be891f7bb155"
GET_DOCUMENTS_AND_ASSOCIATIONS = "urn:uuid:bab9529a-4a10-40b3-a01f-f68a615d247a"
FIND_BY_REFERENCE_ID = "urn:uuid:12941a89-e02e-4be5-967c-ce4bfc8fe492"
MAX_OBJECTS = 5000

_RIM = {"r": ebrim.RIM}
log = logging.getLogger(__name__)
ILLEGIBLE = "Document illisible"
_DIGITS = re.compile(r"\d{1,18}")


def find_documents(ins: QualifiedIns, search: DmpSearch) -> etree._Element:
    """Entries of a patient. Empty criteria are left out; times leave in UTC."""
    return _query(FIND_DOCUMENTS, _criteria(ins, search))


def find_by_reference_id(
    ins: QualifiedIns, references: Iterable[str], search: DmpSearch
) -> etree._Element:
    """Entries that carry one of these referenceIdList values, with the criteria of ``search``."""
    asked = {"$XDSDocumentEntryReferenceIdList": _several(references)}
    return _query(FIND_BY_REFERENCE_ID, _criteria(ins, search) | asked)


def _criteria(ins: QualifiedIns, search: DmpSearch) -> dict[str, str]:
    coded = {
        "ClassCode": search.class_codes,
        "TypeCode": search.type_codes,
        "PracticeSettingCode": search.practice_settings,
        "HealthcareFacilityTypeCode": search.facilities,
        "EventCodeList": search.events,
        "ConfidentialityCode": search.confidentiality,
        "FormatCode": search.formats,
    }
    times = {
        "CreationTime": search.created,
        "ServiceStartTime": Period(search.service_from, search.service_to),
        "ServiceStopTime": search.stopped,
    }
    asked = {
        "PatientId": _quoted(ins.cx),
        "Status": _several(status.value for status in search.statuses),
        **{name: _several(f"{c.code}^^{c.system}" for c in codes) for name, codes in coded.items()},
        **{name: value for stem, period in times.items() for name, value in _bounds(stem, period)},
        "AuthorPerson": _several(search.authors),
    }
    return {f"$XDSDocumentEntry{name}": value for name, value in asked.items()}


def _bounds(stem: str, period: Period) -> tuple[tuple[str, str], tuple[str, str]]:
    start, stop = period.start, period.stop
    return (
        (f"{stem}From", utc_text(start) if start else ""),
        (f"{stem}To", utc_text(stop) if stop else ""),
    )


def get_documents(
    *, unique_ids: Iterable[str] = (), entry_uuids: Iterable[str] = (), references: bool = False
) -> etree._Element:
    """Entries by uniqueId or by entryUUID; ``references`` asks for ObjectRef only (TD3.1b)."""
    return _query(
        GET_DOCUMENTS,
        {
            "$XDSDocumentEntryUniqueId": _several(unique_ids),
            "$XDSDocumentEntryEntryUUID": _several(entry_uuids),
        },
        returned="ObjectRef" if references else "LeafClass",
    )


def find_submission_sets(ins: QualifiedIns, submitted: Period) -> etree._Element:
    """Submission sets of a patient by submission time."""
    bounds = _bounds("SubmissionTime", submitted)
    return _query(
        FIND_SUBMISSION_SETS,
        {
            "$XDSSubmissionSetPatientId": _quoted(ins.cx),
            "$XDSSubmissionSetStatus": _several([EntryStatus.APPROVED.value]),
            **{f"$XDSSubmissionSet{name}": value for name, value in bounds},
        },
    )


def get_documents_and_associations(entry_uuids: Iterable[str]) -> etree._Element:
    """Entries with what ties them to their sets, their replacements and their signatures."""
    return _query(
        GET_DOCUMENTS_AND_ASSOCIATIONS, {"$XDSDocumentEntryEntryUUID": _several(entry_uuids)}
    )


def get_associations(uuids: Iterable[str]) -> etree._Element:
    """Associations touching any of these objects."""
    return _query(GET_ASSOCIATIONS, {"$uuid": _several(uuids)})


@dataclass(frozen=True, slots=True)
class QueryAnswer:
    """What a registry answered; ``hidden`` counts signature entries left out of ``entries``.

    ``nodes`` are the ebRIM elements of ``entries``, in the same order.
    """

    registry: RegistryAnswer
    nodes: tuple[etree._Element, ...] = ()
    entries: tuple[DmpEntry, ...] = ()
    references: tuple[str, ...] = ()
    submission_sets: tuple[str, ...] = ()
    associations: tuple[tuple[str, str, str], ...] = ()
    hidden: int = 0


def parse(body: etree._Element) -> QueryAnswer:
    """An AdhocQueryResponse. Missing parts of an entry stay empty, unknown ones are ignored.

    Associations are (type, source, target). Raises UnreadableInput without a status.
    """
    objects = _found(body, "ExtrinsicObject")
    kept = [node for node in objects if not _is_signature(node)]
    return QueryAnswer(
        registry=read(body),
        nodes=tuple(kept),
        entries=tuple(_entry_or_trace(node) for node in kept),
        references=_ids(_found(body, "ObjectRef")),
        submission_sets=_ids(_found(body, "RegistryPackage")),
        associations=tuple(
            (a.get("associationType", ""), a.get("sourceObject", ""), a.get("targetObject", ""))
            for a in _found(body, "Association")
        ),
        hidden=len(objects) - len(kept),
    )


def _query(
    query_id: str, parameters: Mapping[str, str], returned: str = "LeafClass"
) -> etree._Element:
    root = etree.Element(f"{{{QUERY}}}AdhocQueryRequest", nsmap={"query": QUERY, "rim": ebrim.RIM})
    etree.SubElement(
        root, f"{{{QUERY}}}ResponseOption", returnComposedObjects="true", returnType=returned
    )
    query = etree.SubElement(root, f"{{{ebrim.RIM}}}AdhocQuery", id=query_id)
    for name, value in parameters.items():
        ebrim.slot(query, name, [value])
    return root


def _quoted(text: str) -> str:
    """A string literal of a stored query: single quotes, doubled inside."""
    return "'" + text.replace("'", "''") + "'"


def _several(values: Iterable[str]) -> str:
    kept = [_quoted(value) for value in values if value]
    return f"({','.join(kept)})" if kept else ""


def _found(body: etree._Element, name: str) -> list[etree._Element]:
    return list(body.iter(f"{{{ebrim.RIM}}}{name}"))[:MAX_OBJECTS]


def _ids(nodes: Iterable[etree._Element]) -> tuple[str, ...]:
    return tuple(node.get("id", "") for node in nodes)


def _entry_or_trace(node: etree._Element) -> DmpEntry:
    """One that cannot be read stays in the list, and takes no other out of it."""
    try:
        return _entry(node)
    except Exception as error:
        log.warning("entry not read: %s", place_of(error))
        nothing = Coded("", "")
        return DmpEntry(
            entry_uuid=node.get("id", ""),
            logical_id=node.get("lid", ""),
            unique_id="",
            repository_unique_id="",
            title=ILLEGIBLE,
            type=nothing,
            class_code=nothing,
            format_code="",
            mime_type="",
            status=EntryStatus.APPROVED,
            created_at=None,
            service_start=None,
            authors=(),
            organisations=(),
            confidentiality=(),
        )


def _entry(node: etree._Element) -> DmpEntry:
    authors = _classifications(node, ebrim.ENTRY_AUTHOR)
    confidentiality = _classifications(node, ebrim.ENTRY_CONFIDENTIALITY)
    size = _slot(node, "size")
    return DmpEntry(
        entry_uuid=node.get("id", ""),
        logical_id=node.get("lid", ""),
        unique_id=_identifier(node, ebrim.ENTRY_UNIQUE_ID),
        repository_unique_id=_slot(node, "repositoryUniqueId"),
        title=_label(node),
        type=_code(node, ebrim.ENTRY_TYPE),
        class_code=_code(node, ebrim.ENTRY_CLASS),
        format_code=_code(node, ebrim.ENTRY_FORMAT).code,
        mime_type=node.get("mimeType", ""),
        status=_status(node.get("status", "")),
        created_at=read_time(_slot(node, "creationTime")),
        service_start=read_time(_slot(node, "serviceStartTime")),
        authors=_unique(_person(v) for a in authors for v in _slots(a, "authorPerson")),
        organisations=_unique(
            v.split("^", 1)[0] for a in authors for v in _slots(a, "authorInstitution")
        ),
        confidentiality=_unique(c.get("nodeRepresentation", "") for c in confidentiality),
        sha1=_slot(node, "hash").lower(),
        size=int(size) if _DIGITS.fullmatch(size) else None,
        version=_version(node),
        author_ids=_unique(v.split("^", 1)[0] for a in authors for v in _slots(a, "authorPerson")),
    )


def _is_signature(node: etree._Element) -> bool:
    return _code(node, ebrim.ENTRY_TYPE).code == SIGNATURE_TYPE.code


def _status(text: str) -> EntryStatus | str:
    words = text.rsplit(":", 1)[-1].lower()
    return next((s for s in EntryStatus if s.value.rsplit(":", 1)[-1].lower() == words), text)


def _slots(node: etree._Element, name: str) -> list[str]:
    for slot in node.findall("r:Slot", _RIM):
        if slot.get("name", "").lower() == name.lower():
            values = slot.findall("r:ValueList/r:Value", _RIM)
            return [(v.text or "").strip() for v in values]
    return []


def _slot(node: etree._Element, name: str) -> str:
    return next(iter(_slots(node, name)), "")


def _classifications(node: etree._Element, scheme: str) -> list[etree._Element]:
    found = node.findall("r:Classification", _RIM)
    return [c for c in found if c.get("classificationScheme", "").lower() == scheme]


def coded(node: etree._Element, scheme: str) -> tuple[Coded, ...]:
    """The coded classifications of an entry in one scheme, in order."""
    return tuple(
        Coded(found.get("nodeRepresentation", ""), _slot(found, "codingScheme"), _label(found))
        for found in _classifications(node, scheme)
    )


def _code(node: etree._Element, scheme: str) -> Coded:
    return next(iter(coded(node, scheme)), Coded("", ""))


def _identifier(node: etree._Element, scheme: str) -> str:
    for found in node.findall("r:ExternalIdentifier", _RIM):
        if found.get("identificationScheme", "").lower() == scheme:
            return found.get("value", "").strip()
    return ""


def _label(node: etree._Element) -> str:
    localized = node.find("r:Name/r:LocalizedString", _RIM)
    return " ".join(localized.get("value", "").split()) if localized is not None else ""


def _version(node: etree._Element) -> str:
    version = node.find("r:VersionInfo", _RIM)
    return version.get("versionName", "") if version is not None else ""


def _person(xcn: str) -> str:
    """``Prénom NOM`` out of an XCN; the software name of a device."""
    parts = [*xcn.split("^"), "", "", ""]
    return " ".join(p for p in (parts[2], parts[1]) if p) or parts[0]


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
