"""TD0.4: the DMPs I am authorised on, with what is new in each (dmp.md §4.5)."""

from __future__ import annotations

import datetime as dt

from lxml import etree

from lgc.dmp import codes, errors
from lgc.dmp.answer import lines, moment, one, text, yes
from lgc.dmp.link import DmpLink
from lgc.domain.dmp import AuthorisedDmp, ListDate
from lgc.domain.identity import QualifiedIns


def request(since: dt.datetime | None, kind: ListDate, owner: str = "") -> etree._Element:
    """``patientList``; ``owner`` is the professional concerned when a CPE card asks."""
    namespace = codes.PATIENTS_NAMESPACE
    root = etree.Element(f"{{{namespace}}}patientList", nsmap={"pat": namespace})
    start = since.astimezone(dt.UTC).strftime("%Y%m%d%H%M%S") if since else ""
    for name, value in (("startDate", start), ("dateType", kind.value), ("psOwnerId", owner)):
        if value:
            etree.SubElement(root, f"{{{namespace}}}{name}").text = value
    return root


def my_patients(
    link: DmpLink,
    since: dt.datetime | None = None,
    kind: ListDate = ListDate.AUTHORISATION,
    *,
    owner: str = "",
    named: QualifiedIns | None = None,
) -> tuple[AuthorisedDmp, ...]:
    """Ask. ``named`` is written in the VIHF only where the setting says so (§3.2).

    Raises UserFacingError, TransportError.
    """
    ins = named if link.profile.list_names_patient else None
    body = request(since, kind, owner)
    answer = link.ask("td0_4", codes.PATIENTS_SPECIFIC, codes.PATIENT_LIST, ins, body)
    return read(answer.body)


def read(body: etree._Element) -> tuple[AuthorisedDmp, ...]:
    """The list; identity traits are left aside (RG_0320). Raises UserFacingError."""
    errors.must_be_ok(text(body, "status"), text(body, "context"))
    return tuple(_line(node) for node in lines(body, "patientlistData"))


def _line(node: etree._Element) -> AuthorisedDmp:
    return AuthorisedDmp(
        identifiers=tuple(
            (one(each, "nationalId"), one(each, "nationalIdType"))
            for each in node.findall("{*}patientIdentifier")
        ),
        attending_doctor=yes(one(node, "MT")),
        message=yes(one(node, "message")),
        last_access=moment(one(node, "lastAccessDate")),
        last_update=moment(one(node, "lastUpdateDate")),
        last_addition=moment(one(node, "lastAddDate")),
    )
