"""TD0.5: candidates by traits, for regulation only (dmp.md §4.6)."""

from __future__ import annotations

import datetime as dt
import unicodedata

from lxml import etree

from lgc_sandbox.dmp import hl7
from lgc_sandbox.dmp.registry import Dmp, Registry
from lgc_sandbox.dmp.soap import Request
from lgc_sandbox.xml import nodes, tag, text

ACTION = "urn:hl7-org:v3:PRPA_IN201305UV02"
ANSWER = "urn:hl7-org:v3:PRPA_IN201306UV02"
LIST = "hl7:controlActProcess/hl7:queryByParameter/hl7:parameterList"
NAME = f"{LIST}/hl7:livingSubjectName/hl7:value"
OPPOSITIONS = "1.2.250.1.213.4.1.2.3"


def answer(request: Request, registry: Registry, now: dt.datetime) -> etree._Element:
    """PRPA_IN201306: candidates, or AE without a name."""
    body = request.body
    family = _folded(text(body, f"{NAME}/hl7:family"))
    wrong = "" if len(family) > 1 else "deux lettres du nom au moins"
    found = [] if wrong else [one for one in registry.dmps() if _fits(one, body, family)]
    made = hl7.start("PRPA_IN201306UV02", body, now)
    hl7.acknowledge(made, body, wrong)
    act = hl7.add(made, "controlActProcess", classCode="CACT", moodCode="EVN")
    for dmp in found:
        _candidate(act, dmp, family, bool(registry.wishes(dmp.ins).get("OPPOSITION_ACCES_URGENCE")))
    acknowledged = hl7.add(act, "queryAck")
    query = "hl7:controlActProcess/hl7:queryByParameter/hl7:queryId"
    hl7.add(
        acknowledged,
        "queryId",
        root=text(body, f"{query}/@root") or "0",
        extension=text(body, f"{query}/@extension"),
    )
    code = "AE" if wrong else "OK" if found else "NF"
    hl7.add(acknowledged, "queryResponseCode", code=code)
    hl7.add(acknowledged, "resultTotalQuantity", value=str(len(found)))
    for parameters in nodes(body, "hl7:controlActProcess/hl7:queryByParameter"):
        act.append(parameters)
    return made


def _fits(dmp: Dmp, body: etree._Element, family: str) -> bool:
    given = _folded(text(body, f"{NAME}/hl7:given"))
    birth = text(body, f"{LIST}/hl7:livingSubjectBirthTime/hl7:value/@value")
    sex = text(body, f"{LIST}/hl7:livingSubjectAdministrativeGender/hl7:value/@code")
    names = (_folded(dmp.family), _folded(dmp.used))
    return (
        any(name.startswith(family) for name in names)
        and _folded(dmp.given).startswith(given)
        and birth in ("", dmp.birth)
        and sex in ("", dmp.sex)
    )


def _candidate(act: etree._Element, dmp: Dmp, family: str, refused: bool) -> None:
    subject = hl7.add(act, "subject", typeCode="SUBJ")
    event = hl7.add(subject, "registrationEvent", classCode="REG", moodCode="EVN")
    hl7.add(event, "statusCode", code="active")
    patient = hl7.add(hl7.add(event, "subject1", typeCode="SBJ"), "patient", classCode="PAT")
    hl7.add(patient, "id", root=dmp.oid, extension=dmp.ins)
    hl7.add(patient, "statusCode", code=dmp.state)
    person = hl7.add(patient, "patientPerson", classCode="PSN", determinerCode="INSTANCE")
    name = hl7.add(person, "name")
    hl7.add(name, "given").text = dmp.given
    hl7.add(name, "family", qualifier="BR").text = dmp.family
    if dmp.sex:
        hl7.add(
            person, "administrativeGenderCode", code=dmp.sex, codeSystem="2.16.840.1.113883.5.1"
        )
    hl7.add(person, "birthTime", value=dmp.birth)
    matched = hl7.add(patient, "subjectOf1")
    score = hl7.add(matched, "queryMatchObservation", classCode="COND", moodCode="EVN")
    hl7.add(score, "code", code="POURCENTAGE")
    whole = _folded(dmp.family) == family
    hl7.typed(hl7.add(score, "value", value="100" if whole else "80"), "INT")
    held = hl7.add(patient, "subjectOf2", typeCode="SBJ")
    flag = hl7.add(held, "administrativeObservation", classCode="OBS")
    hl7.add(flag, "code", code="OPPOSITION_ACCES_URGENCE", codeSystem=OPPOSITIONS)
    hl7.typed(hl7.add(flag, "value", value=str(refused).lower()), "BL")


def _folded(value: str) -> str:
    spread = unicodedata.normalize("NFKD", value.casefold())
    return "".join(one for one in spread if one.isalnum())


BODY = tag("hl7", "PRPA_IN201305UV02")
