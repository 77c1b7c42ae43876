"""TD3.3: change of status or of confidentiality (IHE ITI-57 as dmp.md §8 profiles it)."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterator

from lxml import etree

from lgc_sandbox.dmp import metadata, rights, rim
from lgc_sandbox.dmp.answers import METADATA, Problem, Refused, registry_response
from lgc_sandbox.dmp.registry import Entry, Registry, Submission
from lgc_sandbox.dmp.rim import RimObject
from lgc_sandbox.dmp.soap import Request
from lgc_sandbox.dmp.vihf import User
from lgc_sandbox.xml import nodes, text, texts

ACTION = "urn:ihe:iti:2010:UpdateDocumentSet"
STATUS = "urn:ihe:iti:2010:AssociationType:UpdateAvailabilityStatus"
ARCHIVED = "urn:asip:ci-sis:2010:StatusType:Archived"
DELETED = "urn:asip:ci-sis:2010:StatusType:Deleted"
OBJECTS = "rim:RegistryObjectList"
# From, to → what it is called in the rights matrix.
MOVES = {
    (rim.APPROVED, ARCHIVED): "archive",
    (ARCHIVED, rim.APPROVED): "archive",
    (rim.APPROVED, DELETED): "delete",
    (ARCHIVED, DELETED): "delete",
}
MASK = "MASQUE_PS"
HIDDEN = ("INVISIBLE_PATIENT", "INVISIBLE_REPRESENTANTS_LEGAUX")


def answer(request: Request, user: User, registry: Registry, now: dt.datetime) -> etree._Element:
    """Check the whole, then change in one commit. Raises ``Refused``."""
    body = request.body
    package = _package(body, user, now)
    if registry.has_submission(package.unique_id):
        raise Refused(Problem("XDSDuplicateUniqueIdInRegistry", package.unique_id))
    dmp = registry.dmp(user.patient.ins)
    if dmp is None or dmp.oid != user.patient.oid:
        raise Refused(Problem("XDSUnknownPatientId", "aucun DMP pour ce patient"))
    if dmp.state != "active":
        raise Refused(Problem("DMPClosed", "le DMP de ce patient est fermé"))
    rights.check_oppositions(user, registry)
    entries = [RimObject(one) for one in nodes(body, f"{OBJECTS}/rim:ExtrinsicObject")]
    links = nodes(body, f"{OBJECTS}/rim:Association")
    if len(links) != 1 or links[0].get("sourceObject") != package.identifier:
        raise _wrong("une association partant du lot attendue")
    if entries:
        _change_entry(package, entries, links[0], user, registry)
    else:
        _change_status(package, links[0], user, registry)
    return registry_response()


def _package(body: etree._Element, user: User, now: dt.datetime) -> RimObject:
    found = [RimObject(one) for one in nodes(body, f"{OBJECTS}/rim:RegistryPackage")]
    if len(found) != 1:
        raise _wrong("un seul lot de soumission attendu")
    ids = texts(body, f"{OBJECTS}//@id")
    if len(ids) != len(set(ids)):
        raise _wrong("identifiants internes répétés")
    problems = list(metadata.check_set(found[0], user, now))
    if problems:
        raise Refused(*problems)
    return found[0]


def _change_status(
    package: RimObject, link: etree._Element, user: User, registry: Registry
) -> None:
    if link.get("associationType") != STATUS:
        raise _wrong("UpdateAvailabilityStatus attendu")
    entry = _target(link.get("targetObject", ""), user, registry)
    original, new = (_slot(link, name) for name in ("OriginalStatus", "NewStatus"))
    if original != entry.status:
        raise _wrong(f"OriginalStatus: le document est {entry.status}")
    action = MOVES.get((original, new))
    if action is None:
        raise _wrong(f"NewStatus: {new} impossible depuis {original}")
    rights.check_action(action, entry, user, registry)
    registry.update_status(_kept(package, user), entry.uuid, new)


def _change_entry(
    package: RimObject,
    entries: list[RimObject],
    link: etree._Element,
    user: User,
    registry: Registry,
) -> None:
    made = entries[0]
    if len(entries) != 1 or link.get("associationType") != rim.HAS_MEMBER:
        raise _wrong("une seule fiche et son HasMember attendus")
    if link.get("targetObject") != made.identifier or _slot(link, "SubmissionSetStatus") != (
        "Original"
    ):
        raise _wrong("HasMember: fiche du lot, SubmissionSetStatus=Original")
    entry = registry.by_unique_id(made.unique_id)
    if entry is None or entry.ins != user.patient.ins:
        raise Refused(Problem("XDSDocumentUniqueIdError", made.unique_id))
    problems = list(_problems(made, entry, _slot(link, "PreviousVersion")))
    if problems:
        raise Refused(*problems)
    for action in _actions(_codes(entry.meta), _codes(made)):
        rights.check_action(action, entry, user, registry)
    registry.update_entry(_kept(package, user), entry, _next_version(made, entry))


def _problems(made: RimObject, entry: Entry, previous: str) -> Iterator[Problem]:
    if made.element.get("lid") != entry.meta.element.get("lid"):
        yield Problem("XDSMetadataIdentifierError", "lid différent de celui du document")
    version = text(entry.meta.element, "rim:VersionInfo/@versionName")
    if previous != version:
        yield Problem("XDSMetadataVersionError", f"PreviousVersion: {version} attendue")
    if entry.status != rim.APPROVED:
        yield Problem(METADATA, "seul un document approuvé peut changer de confidentialité")
    if _rest(made) != _rest(entry.meta):
        yield Problem(METADATA, "seule la confidentialité peut changer")
    yield from metadata.check_confidentiality(made)
    for node in nodes(made.element, "rim:Classification"):
        if node.get("classifiedObject") != made.identifier:
            yield Problem(METADATA, "classifiedObject absent ou incorrect")


def _actions(before: set[str], after: set[str]) -> list[str]:
    """What the difference is called. Raises ``Refused`` for what nobody may do."""
    hidden = sorted((after - before) & set(HIDDEN))
    if hidden:
        raise _wrong(f"{hidden[0]} ne peut être ajouté après coup")
    if after == before:
        raise _wrong("rien ne change")
    named = [
        *(["mask"] if MASK in after - before else []),
        *(["unmask"] if MASK in before - after else []),
        *(["show"] if (before - after) & set(HIDDEN) else []),
    ]
    if not named:
        raise _wrong("confidentialityCode: changement non prévu")
    return named


def _rest(one: RimObject) -> list[str]:
    """Everything of an entry but its identifiers, its version and its confidentiality."""
    made = copy.deepcopy(one.element)
    for node in nodes(made, "rim:VersionInfo"):
        made.remove(node)
    for node in one_scheme(made, rim.CONFIDENTIALITY):
        made.remove(node)
    parts = []
    for child in made:
        for name in ("id", "classifiedObject", "registryObject", "lid", "objectType", "home"):
            child.attrib.pop(name, "")
        raw = etree.tostring(child, method="c14n", exclusive=True, with_comments=False)
        parts.append(b"".join(raw.split()).decode())
    return sorted(parts)


def one_scheme(element: etree._Element, scheme: str) -> list[etree._Element]:
    """Classifications of one scheme."""
    return nodes(element, f"rim:Classification[@classificationScheme='{scheme}']")


def _codes(one: RimObject) -> set[str]:
    return {each.code for each in one.coded(rim.CONFIDENTIALITY)}


def _next_version(made: RimObject, entry: Entry) -> etree._Element:
    """The entry under a new entryUUID, one version later."""
    element = copy.deepcopy(made.element)
    element.set("id", rim.new_uuid())
    element.set("status", rim.APPROVED)
    number = int(text(entry.meta.element, "rim:VersionInfo/@versionName") or "1") + 1
    for node in nodes(element, "rim:VersionInfo"):
        node.set("versionName", str(number))
    for node in nodes(element, "rim:Classification|rim:ExternalIdentifier"):
        node.set("id", rim.new_uuid())
        for name in ("classifiedObject", "registryObject"):
            if node.get(name) is not None:
                node.set(name, element.get("id", ""))
    return element


def _kept(package: RimObject, user: User) -> Submission:
    element = copy.deepcopy(package.element)
    element.set("id", rim.new_uuid())
    element.set("status", rim.APPROVED)
    return Submission(user.patient.ins, element, [], [])


def _target(uuid: str, user: User, registry: Registry) -> Entry:
    entry = registry.by_uuid(uuid)
    if entry is not None and entry.ins == user.patient.ins:
        return entry
    stale = registry.was(uuid)
    raise _wrong(f"{uuid}: entryUUID {'périmé' if stale else 'inconnu'}")


def _slot(link: etree._Element, name: str) -> str:
    return text(link, f"rim:Slot[@name='{name}']/rim:ValueList/rim:Value")


def _wrong(what: str) -> Refused:
    return Refused(Problem(METADATA, what))
