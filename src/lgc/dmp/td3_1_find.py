"""TD3.1: find documents of a patient (3.1a), or the reference of one document (3.1b).

Profiles of IHE ITI-18 (Registry Stored Query; dmp.md §7).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace

from lxml import etree

from lgc.dmp import codes, errors
from lgc.dmp.link import DmpLink
from lgc.domain.dmp import ANY_TIME, DmpEntry, DmpSearch
from lgc.domain.identity import QualifiedIns
from lgc.domain.professionals import Coded
from lgc.xds import iti18
from lgc.xds.iti18 import QueryAnswer
from lgc.xds.metadata import HAS_MEMBER
from lgc.xds.registry_response import RegistryStatus

FIRST_SEARCH = dt.timedelta(days=2 * 365)
_NOBODY = Coded("", "")
_DAWN = dt.datetime.min.replace(tzinfo=dt.UTC)


def find(link: DmpLink, ins: QualifiedIns, search: DmpSearch) -> list[DmpEntry]:
    """Entries, newest first, signature entries hidden; what arrived of a partial success.

    A search without any criterion is the first one: two years at most on serviceStartTime.
    Raises UserFacingError, TransportError.
    """
    if search == DmpSearch():
        search = replace(search, service_from=link.clock.now() - FIRST_SEARCH)
    if search.submitted != ANY_TIME:
        found = _sent_between(link, ins, search)
    else:
        found = list(_ask(link, ins, iti18.find_documents(ins, search)).entries)
    return sorted((e for e in found if e.matches(search.words)), key=_when, reverse=True)


def with_reference_id(
    link: DmpLink, ins: QualifiedIns, references: Sequence[str], search: DmpSearch
) -> list[DmpEntry]:
    """Entries that carry one of these referenceIdList values. Raises as ``find``."""
    found = _ask(link, ins, iti18.find_by_reference_id(ins, references, search))
    return sorted(found.entries, key=_when, reverse=True)


def reference(link: DmpLink, ins: QualifiedIns, unique_id: str) -> DmpEntry | None:
    """Is this document there? Only ``entry_uuid`` and ``unique_id`` are sure to be filled.

    It asks for references: that needs no authorisation to read the patient's documents.
    Raises UserFacingError, TransportError.
    """
    question = iti18.get_documents(unique_ids=[unique_id], references=True)
    found = _ask(link, ins, question, "td3_1b")
    entry = next((e for e in found.entries if e.unique_id == unique_id), None)
    if entry is None and found.references:
        return _known_only_by(found.references[0], unique_id)
    return entry


def entry_as_it_stands(
    link: DmpLink, ins: QualifiedIns, unique_id: str
) -> tuple[DmpEntry, etree._Element]:
    """The entry just now, with its ebRIM: its entryUUID and version move (§8).

    Raises UserFacingError when the registry no longer has it, TransportError.
    """
    found = _ask(link, ins, iti18.get_documents(unique_ids=[unique_id]))
    for entry, node in zip(found.entries, found.nodes, strict=True):
        if entry.unique_id == unique_id:
            return entry, node
    raise errors.of_code("XDSDocumentUniqueIdError").error


def _sent_between(link: DmpLink, ins: QualifiedIns, search: DmpSearch) -> list[DmpEntry]:
    """Submission sets of the period, what they hold, then the entries, in batches (§7)."""
    sets = _ask(link, ins, iti18.find_submission_sets(ins, search.submitted)).submission_sets
    members: dict[str, None] = {}
    for some in _batches(sets, link.profile.batch):
        held = _ask(link, ins, iti18.get_associations(some)).associations
        members |= {t: None for kind, s, t in held if kind == HAS_MEMBER and s in sets}
    found: list[DmpEntry] = []
    for some in _batches(tuple(members), link.profile.batch):
        found += _ask(link, ins, iti18.get_documents(entry_uuids=some)).entries
    return [entry for entry in found if _fits(entry, search)]


def _fits(entry: DmpEntry, search: DmpSearch) -> bool:
    """The criteria a search by submission date cannot send."""
    types = {(one.code, one.system) for one in search.type_codes}
    classes = {(one.code, one.system) for one in search.class_codes}
    return (
        entry.status in search.statuses
        and (not types or (entry.type.code, entry.type.system) in types)
        and (not classes or (entry.class_code.code, entry.class_code.system) in classes)
    )


def _ask(
    link: DmpLink, ins: QualifiedIns, question: etree._Element, name: str = "td3_1"
) -> QueryAnswer:
    answer = link.ask(name, codes.REGISTRY, iti18.ACTION, ins, question)
    found = iti18.parse(answer.body)
    if found.registry.status is RegistryStatus.FAILURE:
        raise errors.of_registry(found.registry).error
    return found


def _batches(values: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]


def _when(entry: DmpEntry) -> dt.datetime:
    return entry.service_start or entry.created_at or _DAWN


def _known_only_by(entry_uuid: str, unique_id: str) -> DmpEntry:
    return DmpEntry(
        entry_uuid=entry_uuid,
        logical_id="",
        unique_id=unique_id,
        repository_unique_id="",
        title="",
        type=_NOBODY,
        class_code=_NOBODY,
        format_code="",
        mime_type="",
        status="",
        created_at=None,
        service_start=None,
        authors=(),
        organisations=(),
        confidentiality=(),
    )
