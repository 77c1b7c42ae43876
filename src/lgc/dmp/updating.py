"""What TD3.3a to TD3.3d share: read the entry again, change it, send once (dmp.md §8)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from lxml import etree

from lgc.dmp import codes, errors, td3_1_find
from lgc.dmp.link import DmpLink
from lgc.domain.dmp import EntryStatus
from lgc.domain.professionals import Coded
from lgc.xds import iti57
from lgc.xds.metadata import SetRequest, SubmissionSet, package
from lgc.xds.registry_response import RegistryStatus, read


class Change(SetRequest, Protocol):
    """One change asked by the doctor (`services.ports.DmpChange`): its set is fixed at the click.

    ``status`` is the last one known of the document.
    """

    @property
    def unique_id(self) -> str: ...
    @property
    def status(self) -> str: ...


def change_status(link: DmpLink, name: str, change: Change, new: EntryStatus) -> None:
    """Move a document to ``new``. Raises UserFacingError, TransportError."""
    entry, _ = td3_1_find.entry_as_it_stands(link, change.ins, change.unique_id)
    if entry.status is new:
        return
    original = entry.status or EntryStatus.APPROVED
    body = iti57.status_change(_set(link, change), entry.entry_uuid, original, new)
    _send(link, name, change, body)


def change_reference_status(link: DmpLink, name: str, change: Change, new: EntryStatus) -> None:
    """As ``change_status`` for who may not read: the entryUUID comes from TD3.1b."""
    found = td3_1_find.reference(link, change.ins, change.unique_id)
    if found is None:
        raise errors.of_code("XDSDocumentUniqueIdError").error
    body = iti57.status_change(_set(link, change), found.entry_uuid, change.status, new)
    _send(link, name, change, body)


def change_confidentiality(
    link: DmpLink,
    name: str,
    change: Change,
    *,
    without: str = "",
    added: Iterable[Coded] = (),
) -> None:
    """A new version of the entry, one code taken off, others added.

    Raises UserFacingError, TransportError.
    """
    _, node = td3_1_find.entry_as_it_stands(link, change.ins, change.unique_id)
    kept = [one for one in iti57.confidentiality_of(node) if one.code != without]
    wanted = [*kept, *(one for one in added if one.code not in {k.code for k in kept})]
    _send(link, name, change, iti57.new_version(_set(link, change), node, wanted))


def _set(link: DmpLink, change: Change) -> SubmissionSet:
    return package(change, link.profile.parties.sender_oid)


def _send(link: DmpLink, name: str, change: Change, body: etree._Element) -> None:
    answer = link.send(name, codes.REGISTRY, iti57.ACTION, change.ins, body, author=change.author)
    registered = read(answer.body)
    if registered.status is not RegistryStatus.SUCCESS:
        raise errors.of_registry(registered).error
