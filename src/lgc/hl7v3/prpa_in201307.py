"""PRPA_IN201307UV02: does this patient have a DMP, and may I read it? (dmp.md §4.1, §4.2)."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from lxml import etree

from lgc.domain.identity import QualifiedIns
from lgc.hl7v3.message import Head, Parties, start, sub

ACTION = "urn:hl7-org:v3:PRPA_IN201307UV02"
Reason = Literal["TEST_EXST", "CNSLT_DATA"]


def build(
    ins: QualifiedIns,
    parties: Parties,
    message_id: str,
    query_id: str,
    created_at: dt.datetime,
    reason: Reason = "TEST_EXST",
) -> etree._Element:
    """The question of TD0.2 (or of TD1.3a, CNSLT_DATA), valid against the NE2009 schema."""
    root, act = start("PRPA_IN201307UV02", Head(parties, message_id, created_at), reason)
    query = sub(act, "queryByParameter")
    sub(query, "queryId", root=parties.sender_oid, extension=query_id)
    sub(query, "statusCode", code="new")
    identifier = sub(sub(query, "parameterList"), "patientIdentifier")
    sub(identifier, "value", root=ins.ins.oid, extension=ins.ins.matricule)
    sub(identifier, "semanticsText").text = "Patient.id"
    return root
