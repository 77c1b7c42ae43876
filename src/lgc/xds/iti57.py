"""ITI-57 Update Document Set as the DMP profiles it: the bodies of TD3.3 (dmp.md §8).

A status changes through an association; a confidentiality through a new version of the whole
entry, exactly as the registry gave it but for what changes.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from itertools import count

from lxml import etree

from lgc.domain.professionals import Coded
from lgc.errors import UnreadableInput
from lgc.xds import ebrim, iti18
from lgc.xds.metadata import HAS_MEMBER, SET_ID, SubmissionSet

ACTION = "urn:ihe:iti:2010:UpdateDocumentSet"
UPDATE_STATUS = "urn:ihe:iti:2010:AssociationType:UpdateAvailabilityStatus"
ENTRY_ID = "Document01"


def status_change(
    package: SubmissionSet, entry_uuid: str, original: str, new: str
) -> etree._Element:
    """TD3.3c and TD3.3d: ``original`` and ``new`` are status URNs."""
    slots = (("OriginalStatus", original), ("NewStatus", new))
    return ebrim.update_request(package, [(UPDATE_STATUS, SET_ID, entry_uuid, slots)])


def new_version(
    package: SubmissionSet, entry: etree._Element, confidentiality: Iterable[Coded]
) -> etree._Element:
    """TD3.3a and TD3.3b: ``entry`` as TD3.1 just returned it, with other confidentiality.

    Raises UnreadableInput when it does not say its version.
    """
    version = entry.find(f"{{{ebrim.RIM}}}VersionInfo")
    previous = version.get("versionName", "") if version is not None else ""
    if not previous:
        raise UnreadableInput("La fiche du DMP ne dit pas sa version.")
    slots = (("SubmissionSetStatus", "Original"), ("PreviousVersion", previous))
    made = _changed(entry, confidentiality)
    link = (HAS_MEMBER, SET_ID, ENTRY_ID, slots)
    return ebrim.update_request(package, [link], made)


def _changed(entry: etree._Element, confidentiality: Iterable[Coded]) -> etree._Element:
    """A copy under a symbolic id; every part of it says to whom it belongs."""
    made = copy.deepcopy(entry)
    made.tail = None
    made.set("id", ENTRY_ID)
    place = 0
    for position, child in enumerate(list(made)):
        if child.get("classificationScheme", "").lower() == ebrim.ENTRY_CONFIDENTIALITY:
            place = place or position
            made.remove(child)
    written = ebrim.classifications(ENTRY_ID, ebrim.ENTRY_CONFIDENTIALITY, confidentiality)
    for offset, node in enumerate(written):
        made.insert((place or _after_names(made)) + offset, node)
    numbers = count(1)
    for child in made:
        if child.tag == f"{{{ebrim.RIM}}}Classification":
            child.set("classifiedObject", ENTRY_ID)
            child.set("id", f"up{next(numbers):03d}")
        elif child.tag == f"{{{ebrim.RIM}}}ExternalIdentifier":
            child.set("registryObject", ENTRY_ID)
            child.set("id", f"up{next(numbers):03d}")
    return made


def _after_names(made: etree._Element) -> int:
    before = {f"{{{ebrim.RIM}}}{name}" for name in ("Slot", "Name", "Description", "VersionInfo")}
    return sum(child.tag in before for child in made)


def confidentiality_of(entry: etree._Element) -> tuple[Coded, ...]:
    """Codes, systems and labels an entry carries now, in order."""
    return iti18.coded(entry, ebrim.ENTRY_CONFIDENTIALITY)
