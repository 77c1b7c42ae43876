"""TD3.1: find documents of a patient (3.1a), or the reference of one document (3.1b).

Profiles of IHE ITI-18 (Registry Stored Query; dmp.md §7).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from lgc.dmp import codes, errors
from lgc.dmp.link import DmpLink
from lgc.domain.dmp import DmpEntry, DmpSearch
from lgc.domain.identity import QualifiedIns
from lgc.domain.professionals import Coded
from lgc.xds import iti18
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
    question = iti18.find_documents(ins, search)
    answer = link.ask("td3_1", codes.REGISTRY, iti18.ACTION, ins, question)
    found = iti18.parse(answer.body)
    if found.registry.status is RegistryStatus.FAILURE:
        raise errors.of_registry(found.registry).error
    return sorted(found.entries, key=_when, reverse=True)


def reference(link: DmpLink, ins: QualifiedIns, unique_id: str) -> DmpEntry | None:
    """Is this document there? Only ``entry_uuid`` and ``unique_id`` are sure to be filled.

    It asks for references: that needs no authorisation to read the patient's documents.
    Raises UserFacingError, TransportError.
    """
    question = iti18.get_documents(unique_ids=[unique_id], references=True)
    answer = link.ask("td3_1b", codes.REGISTRY, iti18.ACTION, ins, question)
    found = iti18.parse(answer.body)
    if found.registry.status is RegistryStatus.FAILURE:
        raise errors.of_registry(found.registry).error
    entry = next((e for e in found.entries if e.unique_id == unique_id), None)
    if entry is None and found.references:
        return _known_only_by(found.references[0], unique_id)
    return entry


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
