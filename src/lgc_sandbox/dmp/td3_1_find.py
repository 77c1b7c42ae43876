"""TD3.1: stored queries of the registry (IHE ITI-18, dmp.md §7)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from lxml import etree

from lgc_sandbox.dmp import rim
from lgc_sandbox.dmp.answers import DENIED, Problem, Refused, registry_response
from lgc_sandbox.dmp.registry import VALID, Entry, Registry
from lgc_sandbox.dmp.rights import check_oppositions
from lgc_sandbox.dmp.rim import RimObject
from lgc_sandbox.dmp.soap import Request
from lgc_sandbox.dmp.vihf import User
from lgc_sandbox.xml import NS, nodes, parse, tag, text, texts

DELETED = "urn:asip:ci-sis:2010:StatusType:Deleted"
ACTION = "urn:ihe:iti:2007:RegistryStoredQuery"
FIND_DOCUMENTS = "urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d"
GET_DOCUMENTS = "urn:uuid:5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4"
FIND_SETS = "urn:uuid:f26abbcb-ac74-4422-8a30-edb644bbc1a9"
GET_ASSOCIATIONS = "urn:uuid:a7ae438b-4bc2-4642-93e9-be891f7bb155"
GET_BOTH = "urn:uuid:bab9529a-4a10-40b3-a01f-f68a615d247a"
FIND_BY_REFERENCE = "urn:uuid:12941a89-e02e-4be5-967c-ce4bfc8fe492"
MOST_ASKED = 20  # entries in one GetDocuments; the real limit is a parameter of the DMP
ENTRY, SET = "$XDSDocumentEntry", "$XDSSubmissionSet"
STATUSES = re.compile(
    r"urn:(oasis:names:tc:ebxml-regrep|asip:ci-sis:2010):StatusType:"
    r"(Approved|Deprecated|Archived|Deleted|Submitted)"
)
CODED = {
    f"{ENTRY}ClassCode": rim.CLASS,
    f"{ENTRY}TypeCode": rim.TYPE,
    f"{ENTRY}PracticeSettingCode": rim.PRACTICE,
    f"{ENTRY}HealthcareFacilityTypeCode": rim.FACILITY,
    f"{ENTRY}EventCodeList": rim.EVENT,
    f"{ENTRY}ConfidentialityCode": rim.CONFIDENTIALITY,
    f"{ENTRY}FormatCode": rim.FORMAT,
}
TIMES = {
    f"{ENTRY}CreationTime": "creationTime",
    f"{ENTRY}ServiceStartTime": "serviceStartTime",
    f"{ENTRY}ServiceStopTime": "serviceStopTime",
    f"{SET}SubmissionTime": "submissionTime",
}
QUOTED = re.compile(r"'((?:[^']|'')*)'")
Parameters = Mapping[str, list[list[str]]]


def answer(request: Request, user: User, registry: Registry) -> etree._Element:
    """AdhocQueryResponse with what the user may see. Raises ``Refused``."""
    query = nodes(request.body, "rim:AdhocQuery")
    identifier = query[0].get("id", "") if len(query) == 1 else ""
    if identifier not in QUERIES:
        raise Refused(Problem("XDSUnknownStoredQuery", identifier))
    returned = text(request.body, "query:ResponseOption/@returnType")
    if returned not in ("LeafClass", "ObjectRef"):
        raise Refused(_wrong("returnType"))
    parameters = _parameters(query[0])
    _check_rights(identifier, returned, user, registry)
    found = QUERIES[identifier](parameters, user, registry)
    return _answer(found, returned)


def _check_rights(identifier: str, returned: str, user: User, registry: Registry) -> None:
    """Consultation wants VALIDE; a mere reference (TD3.1b) serves those who only feed."""
    dmp = registry.dmp(user.patient.ins)
    if dmp is None or dmp.oid != user.patient.oid:
        raise Refused(Problem("XDSUnknownPatientId", "aucun DMP pour ce patient"))
    if identifier == GET_DOCUMENTS and returned == "ObjectRef":
        return
    if user.is_cpe:
        raise Refused(Problem(DENIED, "recherche interdite avec une carte CPE"))
    check_consultation(user, registry)


def check_consultation(user: User, registry: Registry) -> None:
    """Raises ``Refused`` unless the user is authorised on an active DMP."""
    dmp = registry.dmp(user.patient.ins)
    if dmp is None or dmp.oid != user.patient.oid:
        raise Refused(Problem("XDSUnknownPatientId", "aucun DMP pour ce patient"))
    if dmp.state != "active":
        raise Refused(Problem("DMPClosed", "le DMP de ce patient est fermé"))
    right = registry.authorisation(user.patient.ins, user.national_id)
    check_oppositions(user, registry)
    blocked = right is not None and right.value not in (VALID, "EXPIRE")
    authorised = right is not None and right.value == VALID
    if blocked or not (authorised or user.mode in ("bris_de_glace", "centre_15")):
        raise Refused(Problem(DENIED, "pas d'autorisation valide sur ce DMP"))


def visible(entry: Entry, user: User, registry: Registry) -> bool:
    """A masked document is seen by its author and by the médecin traitant (dmp.md §4).

    Emergency modes see it too: the patient who refuses them was heard before.
    """
    if entry.status == DELETED:
        return False
    masked = any(one.code == "MASQUE_PS" for one in entry.meta.coded(rim.CONFIDENTIALITY))
    right = registry.authorisation(entry.ins, user.national_id)
    is_mt = right is not None and right.mt
    if user.mode != "normal":
        return True
    return not masked or is_mt or user.national_id in entry.meta.authors


def _find_documents(p: Parameters, user: User, registry: Registry) -> list[etree._Element]:
    _patient(p, f"{ENTRY}PatientId", user)
    statuses = _statuses(p, f"{ENTRY}Status")
    return [
        _element(one)
        for one in registry.entries(user.patient.ins)
        if one.status in statuses and _matches(one.meta, p) and visible(one, user, registry)
    ]


def _get_documents(p: Parameters, user: User, registry: Registry) -> list[etree._Element]:
    by = {
        f"{ENTRY}UniqueId": registry.by_unique_id,
        f"{ENTRY}EntryUUID": registry.by_uuid,
    }
    given = [name for name in by if name in p]
    if len(given) != 1:
        raise Refused(Problem("XDSStoredQueryParamNumber", "UniqueId ou EntryUUID"))
    if len(_one_group(p, given[0])) > MOST_ASKED:
        raise Refused(Problem("XDSTooManyResults", f"{MOST_ASKED} documents au plus par question"))
    look_up = by[given[0]]
    found = [look_up(value) for value in dict.fromkeys(_one_group(p, given[0]))]
    return [
        _element(one)
        for one in found
        if one is not None and one.ins == user.patient.ins and visible(one, user, registry)
    ]


def _find_sets(p: Parameters, user: User, registry: Registry) -> list[etree._Element]:
    _patient(p, f"{SET}PatientId", user)
    wanted = rim.APPROVED in _statuses(p, f"{SET}Status")
    sets = registry.submissions(user.patient.ins)
    return [one.element for one in sets if wanted and _matches(one, p)]


def _get_associations(p: Parameters, user: User, registry: Registry) -> list[etree._Element]:
    if "$uuid" not in p:
        raise Refused(Problem("XDSStoredQueryMissingParam", "$uuid"))
    mine = {one.uuid for one in registry.entries(user.patient.ins)}
    mine |= {one.identifier for one in registry.submissions(user.patient.ins)}
    return registry.associations([one for one in _one_group(p, "$uuid") if one in mine])


def _get_both(p: Parameters, user: User, registry: Registry) -> list[etree._Element]:
    found = _get_documents(p, user, registry)
    return [*found, *registry.associations([one.get("id", "") for one in found])]


def _find_by_reference(p: Parameters, user: User, registry: Registry) -> list[etree._Element]:
    name = f"{ENTRY}ReferenceIdList"
    if name not in p:
        raise Refused(Problem("XDSStoredQueryMissingParam", name))
    wanted = set(_one_group(p, name))
    return [
        one
        for one in _find_documents(p, user, registry)
        if wanted & set(RimObject(one).slot("urn:ihe:iti:xds:2013:referenceIdList"))
    ]


QUERIES: dict[str, Callable[[Parameters, User, Registry], list[etree._Element]]] = {
    FIND_DOCUMENTS: _find_documents,
    GET_DOCUMENTS: _get_documents,
    FIND_SETS: _find_sets,
    GET_ASSOCIATIONS: _get_associations,
    GET_BOTH: _get_both,
    FIND_BY_REFERENCE: _find_by_reference,
}


def _parameters(query: etree._Element) -> dict[str, list[list[str]]]:
    """Values of each parameter: slots of the same name are groups that all must match."""
    found: dict[str, list[list[str]]] = {}
    for slot in nodes(query, "rim:Slot"):
        name = slot.get("name", "")
        for value in texts(slot, "rim:ValueList/rim:Value/text()"):
            found.setdefault(name, []).append(_values(name, value))
    return found


def _values(name: str, value: str) -> list[str]:
    if re.fullmatch(r"\d{4,14}", value):
        return [value]
    listed = value.startswith("(") and value.endswith(")")
    inner = value[1:-1] if listed else value
    quoted = QUOTED.findall(inner)
    if not quoted or ",".join(f"'{one}'" for one in quoted) != re.sub(r"'\s*,\s*'", "','", inner):
        raise Refused(_wrong(name))
    single = name.endswith("PatientId")
    if single == listed:
        raise Refused(_wrong(name))  # a patient stands alone; anything else is a list
    return [one.replace("''", "'") for one in quoted]


def _one_group(p: Parameters, name: str) -> list[str]:
    return [value for group in p[name] for value in group]


def _patient(p: Parameters, name: str, user: User) -> None:
    if name not in p:
        raise Refused(Problem("XDSStoredQueryMissingParam", name))
    if p[name] != [[user.patient.cx]]:
        raise Refused(Problem("XDSPatientIdDoesNotMatch", name))


def _statuses(p: Parameters, name: str) -> list[str]:
    if name not in p:
        raise Refused(Problem("XDSStoredQueryMissingParam", name))
    values = _one_group(p, name)
    if not all(STATUSES.fullmatch(one) for one in values):
        raise Refused(_wrong(name))
    return values


def _matches(meta: RimObject, p: Parameters) -> bool:
    for name, groups in p.items():
        if name in CODED:
            codes = {f"{one.code}^^{one.scheme}" for one in meta.coded(CODED[name])}
            if not all(codes & set(group) for group in groups):
                return False
        if name == f"{ENTRY}AuthorPerson" and not any(
            _like(one, pattern) for one in _people(meta) for group in groups for pattern in group
        ):
            return False
        stem = name.removesuffix("From").removesuffix("To")
        if stem in TIMES and not _in_time(meta.one(TIMES[stem]), name, groups[0][0]):
            return False
    return True


def _people(meta: RimObject) -> list[str]:
    return [one for author in meta.coded(rim.AUTHOR) for one in author.slot("authorPerson")]


def _like(value: str, pattern: str) -> bool:
    """SQL LIKE: ``%`` stands for anything, ``_`` for one character."""
    words = re.escape(pattern).replace("%", ".*").replace("_", ".")
    return re.fullmatch(words, value) is not None


def _in_time(value: str, name: str, bound: str) -> bool:
    padded, limit = value.ljust(14, "0"), bound.ljust(14, "0")
    return bool(value) and (padded >= limit if name.endswith("From") else padded < limit)


def _element(entry: Entry) -> etree._Element:
    made = parse(etree.tostring(entry.meta.element))
    made.set("status", entry.status)
    return made


def _answer(found: list[etree._Element], returned: str) -> etree._Element:
    made = registry_response(name="query:AdhocQueryResponse")
    listed = etree.SubElement(made, tag("rim", "RegistryObjectList"), nsmap={"rim": NS["rim"]})
    for one in found:
        if returned == "LeafClass":
            listed.append(one)
        else:
            etree.SubElement(listed, tag("rim", "ObjectRef")).set("id", one.get("id", ""))
    return made


def _wrong(name: str) -> Problem:
    return Problem("XDSRegistryError", f"{name} incorrect")
