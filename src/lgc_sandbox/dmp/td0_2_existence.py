"""TD0.2 and TD1.3a: does this patient have a DMP, and what may I do in it (dmp.md §4.1, §4.2)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping

from lxml import etree

from lgc_sandbox.dmp import hl7
from lgc_sandbox.dmp.hl7 import add as _add
from lgc_sandbox.dmp.registry import Authorisation, Dmp, Registry
from lgc_sandbox.dmp.soap import Request
from lgc_sandbox.dmp.vihf import INS_ROOTS, User
from lgc_sandbox.xml import NS, nodes, text

ACTION = "urn:hl7-org:v3:PRPA_IN201307UV02"
ANSWER = "urn:hl7-org:v3:PRPA_IN201308UV02"
REASONS = "1.2.250.1.213.1.1.4.11"
KEYWORDS, VALUES, MT = (f"1.2.250.1.213.4.1.2.6.{n}" for n in (1, 2, 3))
ATTACHED, ATTACHMENTS = "RATTACHEMENT_ENS", "1.2.250.1.213.4.1.2.3"
OPPOSITIONS = ("OPPOSITION_BRIS_DE_GLACE", "OPPOSITION_ACCES_URGENCE")
CONSENTS = "1.2.250.1.213.4.1.2.3"
NONE = "INEXISTANTE"  # the wire literal is unknown (dmp.md §4.2): any unknown code means « no »
EXPECTED = (  # XPath below PRPA_IN201307UV02, what it must give
    ("@ITSVersion", re.compile(r"XML_1\.0")),
    ("hl7:id/@root", re.compile(r"[0-9.]+")),
    ("hl7:id/@extension", re.compile(r".+")),
    ("hl7:creationTime/@value", re.compile(r"\d{14}([+-]\d{4})?")),
    ("hl7:interactionId/@root", re.compile(r"2\.16\.840\.1\.113883\.1\.6")),
    ("hl7:interactionId/@extension", re.compile(r"PRPA_IN201307UV02")),
    ("hl7:processingCode/@code", re.compile(r"[PD]")),
    ("hl7:processingModeCode/@code", re.compile(r"T")),
    ("hl7:acceptAckCode/@code", re.compile(r"AL")),
    ("hl7:receiver/hl7:device/hl7:id/@root", re.compile(re.escape(hl7.DMP_OID))),
    ("hl7:receiver/hl7:device/hl7:softwareName", re.compile(r"DMP")),
    ("hl7:sender/hl7:device/hl7:id/@root", re.compile(r"[0-9.]+")),
    ("hl7:sender/hl7:device/hl7:softwareName", re.compile(r".+")),
    ("hl7:controlActProcess/@classCode", re.compile(r"CACT")),
    ("hl7:controlActProcess/@moodCode", re.compile(r"EVN")),
    ("hl7:controlActProcess/hl7:reasonCode/@code", re.compile(r"TEST_EXST|CNSLT_DATA")),
    ("hl7:controlActProcess/hl7:reasonCode/@codeSystem", re.compile(re.escape(REASONS))),
    ("hl7:controlActProcess/hl7:queryByParameter/hl7:queryId/@root", re.compile(r"[0-9.]+")),
    ("hl7:controlActProcess/hl7:queryByParameter/hl7:statusCode/@code", re.compile(r"new")),
)
IDENTIFIER = "hl7:controlActProcess/hl7:queryByParameter/hl7:parameterList/hl7:patientIdentifier"


def answer(request: Request, user: User, registry: Registry, now: dt.datetime) -> etree._Element:
    """PRPA_IN201308: AA with OK or NF, or AE with what is wrong."""
    wrong = next(_problems(request.body, user), "")
    dmp = None if wrong else registry.dmp(user.patient.ins)
    if dmp is not None and dmp.oid != user.patient.oid:
        dmp = None
    right = registry.authorisation(user.patient.ins, user.national_id)
    wishes = registry.wishes(user.patient.ins)
    return _message(request.body, dmp, right, wrong, now, wishes)


def _problems(body: etree._Element, user: User) -> Iterator[str]:
    for path, pattern in EXPECTED:
        value = text(body, path)
        if not pattern.fullmatch(value):
            yield f"{path.replace('hl7:', '')} absent ou incorrect"
    identifiers = nodes(body, IDENTIFIER)
    if len(identifiers) != 1 or len(nodes(identifiers[0], "hl7:value")) != 1:
        yield "un seul identifiant de patient attendu"
        return
    root = text(identifiers[0], "hl7:value/@root")
    extension = text(identifiers[0], "hl7:value/@extension")
    if text(identifiers[0], "hl7:semanticsText") != "Patient.id" or root not in INS_ROOTS:
        yield "patientIdentifier incorrect"
    if (extension, root) != (user.patient.ins, user.patient.oid):
        yield "le patient n'est pas celui du VIHF"


def _message(
    body: etree._Element,
    dmp: Dmp | None,
    right: Authorisation | None,
    wrong: str,
    now: dt.datetime,
    wishes: Mapping[str, bool],
) -> etree._Element:
    made = hl7.start("PRPA_IN201308UV02", body, now)
    if dmp is not None:
        _attention(made, "AUTORISATION", "CV", code=right.value if right else NONE)
        _attention(made, "STATUT_MT", "BL", value="true" if right and right.mt else "false")
    hl7.acknowledge(made, body, wrong)
    act = _add(made, "controlActProcess", classCode="CACT", moodCode="EVN")
    if dmp is not None:
        _patient(act, dmp, wishes)
    _acknowledge_query(act, body, "AE" if wrong else "OK" if dmp else "NF")
    return made


def _acknowledge_query(act: etree._Element, body: etree._Element, code: str) -> None:
    query = nodes(body, "hl7:controlActProcess/hl7:queryByParameter")
    acknowledged = _add(act, "queryAck")
    identifier = text(query[0], "hl7:queryId/@root") if query else ""
    if identifier:
        extension = text(query[0], "hl7:queryId/@extension")
        _add(acknowledged, "queryId", root=identifier, extension=extension)
    _add(acknowledged, "queryResponseCode", code=code)
    _add(acknowledged, "resultTotalQuantity", value="1" if code == "OK" else "0")


def _patient(act: etree._Element, dmp: Dmp, wishes: Mapping[str, bool]) -> None:
    subject = _add(act, "subject", typeCode="SUBJ")
    event = _add(subject, "registrationEvent", classCode="REG", moodCode="EVN")
    _add(event, "statusCode", code="active" if dmp.state == "active" else "terminated")
    if dmp.closed:
        _add(event, "effectiveTime", value=dmp.closed)
    patient = _add(_add(event, "subject1", typeCode="SBJ"), "patient", classCode="PAT")
    _add(patient, "id", root=dmp.oid, extension=dmp.ins)
    _add(patient, "statusCode", code=dmp.state)
    person = _add(patient, "patientPerson", classCode="PSN", determinerCode="INSTANCE")
    name = _add(person, "name")
    _add(name, "given").text = dmp.given
    _add(name, "family", qualifier="BR").text = dmp.family
    _add(name, "family", qualifier="SP").text = dmp.used or "NON RENSEIGNE"
    if dmp.sex:
        _add(person, "administrativeGenderCode", code=dmp.sex, codeSystem="2.16.840.1.113883.5.1")
    if dmp.birth:
        _add(person, "birthTime", value=dmp.birth)
    # The schema wants a provider organisation of the patient: the DMP itself.
    _organisation(patient, "providerOrganization")
    hl7.observation(patient, ATTACHED, ATTACHMENTS, str(wishes.get(ATTACHED, False)).lower())
    for code in OPPOSITIONS:
        hl7.observation(patient, code, CONSENTS, str(wishes.get(code, False)).lower())
    custodian = _add(event, "custodian", typeCode="CST")
    assigned = _add(custodian, "assignedEntity", classCode="ASSIGNED")
    _add(assigned, "id", root=hl7.DMP_OID)


def _organisation(parent: etree._Element, name: str) -> None:
    made = _add(parent, name, classCode="ORG", determinerCode="INSTANCE")
    _add(made, "id", root=hl7.DMP_OID)
    _add(made, "name").text = "DMP"
    _add(made, "contactParty", classCode="CON")


def _attention(made: etree._Element, keyword: str, kind: str, **value: str) -> None:
    line = _add(made, "attentionLine")
    _add(line, "keyWordText", code=keyword, codeSystem=KEYWORDS)
    if "code" in value:
        value["codeSystem"] = VALUES
    _add(line, "value", **value).set(f"{{{NS['xsi']}}}type", kind)
