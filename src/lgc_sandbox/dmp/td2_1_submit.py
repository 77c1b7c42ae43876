"""TD2.1: receive a submission set (IHE ITI-41), with replacement and signature."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterator, Mapping

from lxml import etree

from lgc_sandbox.authority import Authority
from lgc_sandbox.dmp import cda, metadata, mtom, rim, xades
from lgc_sandbox.dmp.answers import METADATA, REPOSITORY, Problem, Refused, registry_response
from lgc_sandbox.dmp.registry import REPOSITORY as REPOSITORY_ID
from lgc_sandbox.dmp.registry import Duplicate, Entry, Registry, Submission, sha1
from lgc_sandbox.dmp.rim import RimObject
from lgc_sandbox.dmp.schemas import Schemas
from lgc_sandbox.dmp.soap import Request
from lgc_sandbox.dmp.vihf import User
from lgc_sandbox.dmp.xmldsig import BadSignature
from lgc_sandbox.documents import codes
from lgc_sandbox.xml import nodes, parse, text, texts

ACTION = "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b"
OBJECTS = "lcm:SubmitObjectsRequest/rim:RegistryObjectList"
KINDS = (rim.HAS_MEMBER, rim.SIGNS, rim.REPLACES)


class Received:
    """The objects of one request, by kind."""

    def __init__(self, body: etree._Element, contents: Mapping[str, bytes]) -> None:
        self.contents = contents
        self.packages = [RimObject(e) for e in nodes(body, f"{OBJECTS}/rim:RegistryPackage")]
        self.entries = [RimObject(e) for e in nodes(body, f"{OBJECTS}/rim:ExtrinsicObject")]
        self.associations = nodes(body, f"{OBJECTS}/rim:Association")
        self.ids = texts(body, f"{OBJECTS}//@id")

    @property
    def package(self) -> RimObject:
        return self.packages[0]

    @property
    def documents(self) -> list[RimObject]:
        return [one for one in self.entries if not metadata.is_signature(one)]

    @property
    def signatures(self) -> list[RimObject]:
        return [one for one in self.entries if metadata.is_signature(one)]

    def of(self, kind: str) -> list[tuple[str, str, etree._Element]]:
        """(source, target, element) of the associations of one type."""
        return [
            (one.get("sourceObject", ""), one.get("targetObject", ""), one)
            for one in self.associations
            if one.get("associationType") == kind
        ]


def answer(
    request: Request,
    user: User,
    registry: Registry,
    authority: Authority,
    schemas: Schemas,
    now: dt.datetime,
) -> etree._Element:
    """Check everything, then store everything in one commit. Raises ``Refused``."""
    try:
        contents = mtom.documents(request.body, request.package)
    except mtom.BadPackage as why:
        raise Refused(Problem(REPOSITORY, str(why))) from why
    received = Received(request.body, contents)
    _raise_first(_check_shape(received))
    _raise_first(_check_dmp(user, registry))
    _raise_first(_check_metadata(received, user, now))
    _raise_first(_check_contents(received, user))
    _raise_first(_check_unique(received, registry))
    _raise_first(_check_signature(received, user, authority, now))
    _raise_first(_check_signature_schema(received, schemas))
    _raise_first(_check_replacements(received, user, registry))
    try:
        registry.receive(_stored(received, user, registry), now)
    except Duplicate as why:
        raise Refused(Problem("XDSDuplicateUniqueIdInRegistry", "identifiant déjà reçu")) from why
    return registry_response()


def _raise_first(problems: Iterator[Problem]) -> None:
    """All the problems of one stage at once; later stages need earlier ones to be sound."""
    found = list(problems)
    if found:
        raise Refused(*found)


def _check_shape(received: Received) -> Iterator[Problem]:
    if len(received.packages) != 1:
        yield Problem(METADATA, "un seul lot de soumission attendu")
        return
    if len(received.ids) != len(set(received.ids)) or "" in received.ids:
        yield Problem(METADATA, "identifiants internes absents ou répétés")
    if not received.documents:
        yield Problem(METADATA, "aucun document dans le lot")
    if len(received.signatures) != 1:
        yield Problem(METADATA, "une signature du lot attendue")
    entries = {one.identifier for one in received.entries}
    for missing in sorted(entries - set(received.contents)):
        yield Problem("XDSMissingDocument", missing)
    for missing in sorted(set(received.contents) - entries):
        yield Problem("XDSMissingDocumentMetadata", missing)
    yield from _check_associations(received, entries)


def _check_associations(received: Received, entries: set[str]) -> Iterator[Problem]:
    package = received.package.identifier
    members = received.of(rim.HAS_MEMBER)
    if sorted((s, t) for s, t, _ in members) != sorted((package, one) for one in entries):
        yield Problem(METADATA, "HasMember: une association du lot vers chaque fiche")
    for _, _, one in members:
        if text(one, "rim:Slot[@name='SubmissionSetStatus']/rim:ValueList/rim:Value") != "Original":
            yield Problem(METADATA, "HasMember: SubmissionSetStatus=Original attendu")
    expected = [(one.identifier, package) for one in received.signatures]
    if [(s, t) for s, t, _ in received.of(rim.SIGNS)] != expected:
        yield Problem(METADATA, "signs: une association de la signature vers le lot")
    for one in received.associations:
        if one.get("associationType") not in KINDS:
            yield Problem(METADATA, f"association {one.get('associationType')}")


def _check_dmp(user: User, registry: Registry) -> Iterator[Problem]:
    dmp = registry.dmp(user.patient.ins)
    if dmp is None or dmp.oid != user.patient.oid:
        yield Problem("XDSUnknownPatientId", "aucun DMP pour ce patient")
    elif dmp.state != "active":
        yield Problem("DMPClosed", "le DMP de ce patient est fermé")


def _check_metadata(received: Received, user: User, now: dt.datetime) -> Iterator[Problem]:
    yield from metadata.check_set(received.package, user, now)
    for entry in received.entries:
        yield from metadata.check_entry(entry, user, now)
    yield from metadata.check_same(received.documents[0], received.signatures[0])


def _check_contents(received: Received, user: User) -> Iterator[Problem]:
    for entry in received.entries:
        content = received.contents[entry.identifier]
        for name, real in (("hash", sha1(content)), ("size", str(len(content)))):
            if entry.slot(name) not in ([], [real]):
                code = "XDSNonIdenticalHash" if name == "hash" else METADATA
                yield Problem(code, f"{entry.identifier}: {name}")
    for entry in received.documents:
        content = received.contents[entry.identifier]
        yield from cda.check(content, entry, user.patient)
        for said in codes.judge(content):
            yield Problem(REPOSITORY, f"{entry.identifier}: code faux, {said}")


def _check_unique(received: Received, registry: Registry) -> Iterator[Problem]:
    ids = [received.package.unique_id, *(one.unique_id for one in received.entries)]
    if len(ids) != len(set(ids)):
        yield Problem("XDSRegistryDuplicateUniqueIdInMessage", "uniqueId répété dans le lot")
    for one in ids:
        if registry.by_unique_id(one) is not None or registry.has_submission(one):
            yield Problem("XDSDuplicateUniqueIdInRegistry", one)
    for entry in received.entries:
        if registry.by_uuid(entry.identifier) is not None:
            yield Problem(METADATA, f"{entry.identifier}: entryUUID déjà attribué")


def _check_signature(
    received: Received, user: User, authority: Authority, now: dt.datetime
) -> Iterator[Problem]:
    signature = received.signatures[0]
    documents = {one.unique_id: received.contents[one.identifier] for one in received.documents}
    try:
        xades.verify(
            received.contents[signature.identifier],
            received.package.unique_id,
            documents,
            user.national_id,
            authority,
            now,
        )
    except BadSignature as why:
        yield Problem(REPOSITORY, f"Signature du lot: {why}")


def _check_signature_schema(received: Received, schemas: Schemas) -> Iterator[Problem]:
    signature = parse(received.contents[received.signatures[0].identifier])
    error = schemas.signature(signature)
    if error:
        yield Problem(REPOSITORY, f"Signature du lot: schéma: {error}")


def _check_replacements(received: Received, user: User, registry: Registry) -> Iterator[Problem]:
    targets = {source: target for source, target, _ in received.of(rim.REPLACES)}
    if len(targets) != len(received.of(rim.REPLACES)):
        yield Problem("XDSReplaceFailed", "plusieurs remplacements pour un document")
    for source in sorted(set(targets) - {one.identifier for one in received.documents}):
        yield Problem("XDSReplaceFailed", f"source {source}")
    for entry in received.documents:
        said = cda.replaced(received.contents[entry.identifier])
        target = targets.get(entry.identifier)
        if target is None:
            held = registry.by_unique_id(said) if said else None
            if held is not None and held.ins == user.patient.ins and held.status == rim.APPROVED:
                yield Problem("XDSReplaceFailed", "le CDA remplace un document, le lot non")
            continue
        old = registry.by_uuid(target)
        if old is None or old.ins != user.patient.ins:
            yield Problem("XDSReplaceFailed", f"{target} inconnu")
        elif old.status != rim.APPROVED:
            yield Problem("XDSReplaceFailed", f"{target} n'est pas approuvé")
        elif user.national_id not in old.meta.authors:
            yield Problem("XDSReplaceFailed", "seul l'auteur peut remplacer un document")
        elif said != old.unique_id and not _same_set(received.contents[entry.identifier], old):
            yield Problem("XDSReplaceFailed", "relatedDocument du CDA différent")


def _same_set(content: bytes, old: Entry) -> bool:
    """A version may follow one that never came here: then it replaces the last one that did."""
    return cda.set_id(content) != "" and cda.set_id(content) == cda.set_id(old.content)


def _stored(received: Received, user: User, registry: Registry) -> Submission:
    """The objects as the registry keeps them: real identifiers, hash, size, version."""
    objects = [received.package, *received.entries]
    uuids = {
        one.identifier: one.identifier if one.identifier[:9] == "urn:uuid:" else rim.new_uuid()
        for one in objects
    }
    package = _renamed(received.package.element, uuids)
    entries = []
    for entry in received.entries:
        content = received.contents[entry.identifier]
        made = _renamed(entry.element, uuids)
        for name, value in (
            *(("hash", sha1(content)), ("size", str(len(content)))),
            ("repositoryUniqueId", REPOSITORY_ID),
        ):
            if not RimObject(made).slot(name):
                rim.add_slot(made, name, [value], at=0)
        _add_version(made)
        made.set("lid", made.get("id", ""))
        entries.append((made, content))
    associations = [
        rim.association(
            one.get("associationType", ""),
            uuids[one.get("sourceObject", "")],
            uuids.get(one.get("targetObject", ""), one.get("targetObject", "")),
        )
        for one in received.associations
    ]
    deprecated = [target for _, target, _ in received.of(rim.REPLACES)]
    return Submission(user.patient.ins, package, entries, associations, deprecated)


def _renamed(element: etree._Element, uuids: Mapping[str, str]) -> etree._Element:
    made = copy.deepcopy(element)
    made.set("id", uuids[element.get("id", "")])
    made.set("status", rim.APPROVED)
    for child in nodes(made, "rim:Classification|rim:ExternalIdentifier"):
        child.set("id", rim.new_uuid())
        for name in ("classifiedObject", "registryObject"):
            if child.get(name) is not None:
                child.set(name, made.get("id", ""))
    return made


def _add_version(made: etree._Element) -> None:
    for old in nodes(made, "rim:VersionInfo"):
        made.remove(old)
    version = rim.rim(made, "VersionInfo", versionName="1")
    before = nodes(made, "rim:Slot|rim:Name|rim:Description")
    before[-1].addnext(version)
