"""TD0.4: the DMPs a professional is authorised on (dmp.md §4.5)."""

from __future__ import annotations

from lxml import etree

from lgc_sandbox.dmp.registry import VALID, Authorisation, Dmp, Registry
from lgc_sandbox.dmp.soap import Fault, Request
from lgc_sandbox.dmp.vihf import User
from lgc_sandbox.xml import NS, tag, text

ACTION = "urn:si-dmp-patients:PatientSpecificEndPoint:patientList"
KINDS = ("LASTAUTORIZATION", "LASTDOC")


def answer(request: Request, user: User, registry: Registry) -> etree._Element:
    """patientListResponse. Raises ``Fault``."""
    start, kind = (text(request.body, f"pat:{name}") for name in ("startDate", "dateType"))
    owner = text(request.body, "pat:psOwnerId")
    if (start and not (start.isdigit() and len(start) == 14)) or kind not in KINDS:
        raise Fault("patientList incorrect")
    if user.is_cpe and not owner:
        raise Fault("patientList: psOwnerId attendu avec une carte CPE")
    made = etree.Element(tag("pat", "patientListResponse"), nsmap={None: NS["pat"]})  # type: ignore[dict-item]
    output = etree.SubElement(made, tag("pat", "output"))
    for dmp in registry.dmps():
        right = registry.authorisation(dmp.ins, owner if user.is_cpe else user.national_id)
        if right is None or right.value != VALID or dmp.state != "active":
            continue
        added = _last_addition(dmp.ins, registry)
        if (right.since if kind == KINDS[0] else added) >= start:
            output.append(_listed(dmp, right, added))
    _put(output, "status", "DMPOk")
    _put(output, "context", "")
    return made


def _listed(dmp: Dmp, right: Authorisation, added: str) -> etree._Element:
    made = etree.Element(tag("pat", "patientlistData"))
    identifier = etree.SubElement(made, tag("pat", "patientIdentifier"))
    _put(identifier, "nationalId", dmp.ins)
    _put(identifier, "nationalIdType", dmp.oid)
    for name, value in (
        ("lastName", dmp.used or dmp.family),
        ("patronymicalName", dmp.family),
        ("firstName", dmp.given),
        ("dateOfBirth", dmp.birth),
        ("MT", "true" if right.mt else "false"),
        ("message", "false"),
        ("lastAccessDate", right.since),
        ("lastUpdateDate", added),
        ("lastAddDate", added),
    ):
        if value:
            _put(made, name, value)
    return made


def _last_addition(ins: str, registry: Registry) -> str:
    times = [one.one("submissionTime") for one in registry.submissions(ins)]
    listed = [one.meta.one("creationTime") for one in registry.entries(ins)]
    return max([*times, *(listed if not times else [])], default="")


def _put(parent: etree._Element, name: str, value: str) -> None:
    etree.SubElement(parent, tag("pat", name)).text = value
