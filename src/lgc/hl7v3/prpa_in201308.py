"""PRPA_IN201308UV02: the answer of TD0.2, read leniently (dmp.md §4.2).

Identity traits of the answer are not read at all: they are no source of identity (RG_0320).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import cast

from lxml import etree

from lgc.domain.dmp import Existence
from lgc.domain.patients import DmpAccess
from lgc.errors import UnreadableInput

_NS = {"h": "urn:hl7-org:v3"}
# Only VALIDE was ever seen on the wire; the others are names of connectors (§4.2).
ACCESS_OF_LITERAL = {
    "VALIDE": DmpAccess.AUTHORISED,
    "EXPIRE": DmpAccess.TO_AUTHORISE,
    "NON_EXISTE": DmpAccess.TO_AUTHORISE,
    "INTERDIT": DmpAccess.FORBIDDEN,
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """``acknowledgement/@typeCode`` was AE or AR: code and words of the DMP, verbatim."""

    code: str
    words: str


def parse(body: etree._Element) -> Existence | Refusal:
    """What the DMP says. An unknown authorisation means « not authorised »; its literal is kept.

    Raises UnreadableInput when the answer has neither acknowledgement nor query status.
    """
    if _value(body, "h:acknowledgement/h:typeCode/@code", "h:acknowledgement/@typeCode") in _ERRORS:
        return _refusal(body)
    response = _value(body, ".//h:queryAck/h:queryResponseCode/@code").upper()
    if response == "NF":
        return Existence(DmpAccess.NONE)
    if response == "AE":
        return _refusal(body)
    if response != "OK":
        raise UnreadableInput("La réponse du DMP est incompréhensible.")
    literal = _keyword(body, "AUTORISATION", "code")
    attending = _keyword(body, "STATUT_MT", "value").lower() == "true"
    if _value(body, ".//h:patient/h:statusCode/@code").lower() == "terminated":
        return Existence(
            DmpAccess.CLOSED,
            attending_doctor=attending,
            raw_authorisation=literal,
            closed_on=_date(_value(body, *_CLOSED_ON)),
            closing_motive=_value(body, *_MOTIVE),
        )
    access = ACCESS_OF_LITERAL.get(literal.upper(), DmpAccess.TO_AUTHORISE)
    return Existence(access, attending_doctor=attending, raw_authorisation=literal)


_ERRORS = ("AE", "AR", "CE", "CR")
_EVENT = ".//h:registrationEvent"
_CLOSED_ON = (
    f"{_EVENT}/h:effectiveTime/@value",
    f"{_EVENT}/h:effectiveTime/h:high/@value",
    f"{_EVENT}/h:effectiveTime/h:low/@value",
)
_MOTIVE = (
    ".//h:reasonOf/h:detectedIssueEvent/h:code/@displayName",
    ".//h:reasonOf/h:detectedIssueEvent/h:code/@code",
)


def _refusal(body: etree._Element) -> Refusal:
    detail = "h:acknowledgement/h:acknowledgementDetail"
    return Refusal(_value(body, f"{detail}/h:code/@code"), _value(body, f"{detail}/h:text"))


def _keyword(body: etree._Element, name: str, attribute: str) -> str:
    line = f".//h:attentionLine[h:keyWordText/@code='{name}']/h:value"
    return _value(body, f"{line}/@{attribute}", line)


def _value(body: etree._Element, *paths: str) -> str:
    """The first non-empty answer of ``paths``, white space collapsed."""
    for path in paths:
        for found in cast("list[etree._Element | str]", body.xpath(path, namespaces=_NS)):
            text = found if isinstance(found, str) else "".join(str(t) for t in found.itertext())
            if text.strip():
                return " ".join(text.split())
    return ""


def _date(text: str) -> dt.date | None:
    try:
        return dt.datetime.strptime(text[:8], "%Y%m%d").date()
    except ValueError:
        return None
