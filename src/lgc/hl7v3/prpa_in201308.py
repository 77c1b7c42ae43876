"""PRPA_IN201308UV02: the answer of TD0.2 and of TD1.3a, read leniently (dmp.md §4.2).

Identity traits of the answer are not read at all: they are no source of identity (RG_0320).
"""

from __future__ import annotations

from lxml import etree

from lgc.domain.dmp import AdministrativeData, Existence
from lgc.domain.patients import DmpAccess
from lgc.errors import UnreadableInput
from lgc.hl7v3.message import Refusal, date, every, first, refusal, told

# Only VALIDE was ever seen on the wire; the others are names of connectors (§4.2).
ACCESS_OF_LITERAL = {
    "VALIDE": DmpAccess.AUTHORISED,
    "EXPIRE": DmpAccess.TO_AUTHORISE,
    "NON_EXISTE": DmpAccess.TO_AUTHORISE,
    "INTERDIT": DmpAccess.FORBIDDEN,
}
MAX_OBSERVATIONS = 100


def parse(body: etree._Element) -> Existence | Refusal:
    """What the DMP says. An unknown authorisation means « not authorised »; its literal is kept.

    Raises UnreadableInput when the answer has neither acknowledgement nor query status.
    """
    refused = refusal(body)
    if refused is not None:
        return refused
    response = first(body, ".//h:queryAck/h:queryResponseCode/@code").upper()
    if response == "NF":
        return Existence(DmpAccess.NONE)
    if response == "AE":
        return told(body)
    if response != "OK":
        raise UnreadableInput("La réponse du DMP est incompréhensible.")
    literal = _keyword(body, "AUTORISATION", "code")
    closed = first(body, ".//h:patient/h:statusCode/@code").lower() == "terminated"
    known = ACCESS_OF_LITERAL.get(literal.upper(), DmpAccess.TO_AUTHORISE)
    return Existence(
        DmpAccess.CLOSED if closed else known,
        attending_doctor=_keyword(body, "STATUT_MT", "value").lower() == "true",
        raw_authorisation=literal,
        closed_on=date(first(body, *_CLOSED_ON)) if closed else None,
        closing_motive=first(body, *_MOTIVE) if closed else "",
        flags=_flags(body),
    )


def parse_administrative(body: etree._Element) -> AdministrativeData | Refusal:
    """The same message as TD1.3a asks it: telecoms, identifiers and flags, no identity trait.

    Raises UnreadableInput as ``parse``.
    """
    found = parse(body)
    if isinstance(found, Refusal):
        return found
    telecoms = (one.get("value", "") for one in every(body, ".//h:patient//h:telecom"))
    identifiers = every(body, ".//h:patient/h:id")
    return AdministrativeData(
        found,
        tuple(dict.fromkeys(one for one in telecoms if one)),
        tuple((one.get("extension", ""), one.get("root", "")) for one in identifiers),
    )


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


def _flags(body: etree._Element) -> tuple[tuple[str, bool], ...]:
    observations = every(body, ".//h:subjectOf/h:administrativeObservation")
    return tuple(
        (first(one, "h:code/@code"), first(one, "h:value/@value").lower() == "true")
        for one in observations[:MAX_OBSERVATIONS]
    )


def _keyword(body: etree._Element, name: str, attribute: str) -> str:
    line = f".//h:attentionLine[h:keyWordText/@code='{name}']/h:value"
    return first(body, f"{line}/@{attribute}", line)
