"""TD1.1, 1.2, 1.3b, 1.4: create, open again, change and close a DMP (dmp.md §4.7)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from lxml import etree

from lgc_sandbox.dmp import hl7
from lgc_sandbox.dmp.registry import Dmp, Registry
from lgc_sandbox.dmp.soap import Request
from lgc_sandbox.dmp.vihf import User
from lgc_sandbox.xml import nodes, tag, text

CREATE = "urn:hl7-org:v3:PRPA_IN201311UV02"
CHANGE = "urn:hl7-org:v3:PRPA_IN201314UV02"
CREATED, CHANGED = "urn:hl7-org:v3:PRPA_IN201312UV02", "urn:hl7-org:v3:PRPA_IN201315UV02"
GDP = "{asip:ci-sis:gdp:2010}PRPA_IN201314UV02_Response"
REASONS = {"CREA_RD": "td1.1", "REAC": "td1.2", "MODIF_DATA": "td1.3b", "FERM": "td1.4"}
ACT = "hl7:controlActProcess"
PATIENT = f"{ACT}/hl7:subject/hl7:registrationRequest/hl7:subject1/hl7:patient"
AUTHOR = f"{ACT}/hl7:subject/hl7:registrationRequest/hl7:author/hl7:assignedEntity"
CONSENTS = "1.2.250.1.213.4.1.2.3"
OPPOSITIONS = ("OPPOSITION_BRIS_DE_GLACE", "OPPOSITION_ACCES_URGENCE")
CONSENT = {
    "td1.1": "CONSENTEMENT_OUVERTURE_DMP",
    "td1.2": "CONSENTEMENT_REACTIVATION_DMP",
}
MOTIVE = f"{ACT}/hl7:reasonOf/hl7:detectedIssueEvent"
EXPECTED = (
    ("@ITSVersion", r"XML_1\.0"),
    ("hl7:creationTime/@value", r"\d{14}([+-]\d{4})?"),
    ("hl7:processingCode/@code", "[PD]"),
    ("hl7:processingModeCode/@code", "T"),
    ("hl7:receiver/hl7:device/hl7:id/@root", re.escape(hl7.DMP_OID)),
    (f"{ACT}/hl7:reasonCode/@codeSystem", re.escape("1.2.250.1.213.1.1.4.11")),
    (f"{AUTHOR}/hl7:id/@root", re.escape("1.2.250.1.71.4.2.1")),
    (f"{AUTHOR}/hl7:code/@codeSystem", re.escape("1.2.250.1.213.1.1.4.5")),
    (f"{AUTHOR}/hl7:representedOrganization/hl7:id/@root", re.escape("1.2.250.1.71.4.2.2")),
)


class Wrong(Exception):
    """What ends in AE: a code of the DMP when there is one, and words."""

    def __init__(self, words: str, code: str = "") -> None:
        super().__init__(words)
        self.words, self.code = words, code


def name_of(body: etree._Element) -> str:
    """The transaction that the reason tells, "" for none."""
    return REASONS.get(text(body, f"{ACT}/hl7:reasonCode/@code"), "")


def answer(request: Request, user: User, registry: Registry, now: dt.datetime) -> etree._Element:
    """201312 or 201313 for a creation, else 201315 or 201316 in the DMP's own wrapper."""
    body = request.body
    creating = body.tag == tag("hl7", "PRPA_IN201311UV02")
    wrong = code = ""
    try:
        _check(body, user, creating)
        _do(name_of(body), body, user, registry, now)
    except Wrong as why:
        wrong, code = why.words, why.code
    number = 312 if creating else 315
    made = hl7.start(f"PRPA_IN201{number + (1 if wrong else 0)}UV02", body, now)
    hl7.acknowledge(made, body, wrong, code)
    act = hl7.add(made, "controlActProcess", classCode="CACT", moodCode="EVN")
    for subject in nodes(body, f"{ACT}/hl7:subject"):
        act.append(subject)
    if creating:
        return made
    wrapped = etree.Element(GDP)
    wrapped.append(made)
    return wrapped


def _check(body: etree._Element, user: User, creating: bool) -> None:
    wrong = next(_problems(body, user), "")
    if wrong:
        raise Wrong(wrong)
    if creating != (name_of(body) == "td1.1") or not name_of(body):
        raise Wrong("reasonCode incorrect")


def _problems(body: etree._Element, user: User) -> Iterator[str]:
    for path, pattern in EXPECTED:
        if not re.fullmatch(pattern, text(body, path)):
            yield f"{path.replace('hl7:', '')} absent ou incorrect"
    patient = (
        text(body, f"{PATIENT}/hl7:id/@extension"),
        text(body, f"{PATIENT}/hl7:id/@root"),
    )
    if patient != (user.patient.ins, user.patient.oid):
        yield "le patient n'est pas celui du VIHF"
    if text(body, f"{AUTHOR}/hl7:id/@extension") != user.national_id:
        yield "l'auteur n'est pas l'utilisateur du VIHF"
    person = f"{PATIENT}/hl7:patientPerson"
    for path in ("hl7:name/hl7:family[@qualifier='BR']", "hl7:name/hl7:given"):
        if not text(body, f"{person}/{path}"):
            yield f"{path.replace('hl7:', '')} absent"
    if not re.fullmatch(r"\d{8}", text(body, f"{person}/hl7:birthTime/@value")):
        yield "birthTime absent ou incorrect"


def _do(name: str, body: etree._Element, user: User, registry: Registry, now: dt.datetime) -> None:
    dmp = registry.dmp(user.patient.ins)
    if name in CONSENT:
        _check_consent(body, CONSENT[name])
    if name == "td1.1":
        if user.secret:
            raise Wrong("création impossible en connexion secrète")
        if dmp is not None:
            raise Wrong("Le DMP de ce patient existe déjà", "DMPFound")
        registry.enrol(_dmp(body, user))
        registry.authorise(user.patient.ins, user.national_id, "VALIDE", mt=False, now=now)
    elif dmp is None or dmp.oid != user.patient.oid:
        raise Wrong("Aucun DMP pour ce patient", "XDSUnknownPatientId")
    elif name == "td1.2":
        if dmp.state == "active":
            raise Wrong("Le DMP de ce patient n'est pas fermé")
        registry.close_dmp(user.patient.ins, "active", "")
    elif dmp.state != "active":
        raise Wrong("Le DMP de ce patient est fermé", "DMPClosed")
    elif registry.wishes(user.patient.ins).get("RATTACHEMENT_ENS"):
        raise Wrong("DMP rattaché à Mon espace santé", "DMPAccessDeniedByRightsService")
    elif name == "td1.4":
        _check_closing(body)
        registry.close_dmp(user.patient.ins, "terminated", now.strftime("%Y%m%d%H%M%S"))
    if name in ("td1.1", "td1.3b"):
        for code in OPPOSITIONS:
            registry.wish(user.patient.ins, code, _observed(body, code) == "true")


def _check_consent(body: etree._Element, code: str) -> None:
    when = text(body, f"{_observation(code)}/hl7:effectiveTime/@value")
    if _observed(body, code) != "true" or not re.fullmatch(r"\d{8,14}", when):
        raise Wrong(f"{code} absent ou non daté")


def _check_closing(body: etree._Element) -> None:
    status = text(body, f"{PATIENT}/hl7:statusCode/@code")
    motive = text(body, f"{MOTIVE}/hl7:code/@code")
    if status != "terminated" or motive != "FERMETURE_DEMANDE_PATIENT":
        raise Wrong("motif de fermeture absent ou incorrect")


def _observation(code: str) -> str:
    observed = f"{PATIENT}/hl7:subjectOf/hl7:administrativeObservation"
    return f"{observed}[hl7:code/@code='{code}' and hl7:code/@codeSystem='{CONSENTS}']"


def _observed(body: etree._Element, code: str) -> str:
    return text(body, f"{_observation(code)}/hl7:value/@value")


def _dmp(body: etree._Element, user: User) -> Dmp:
    person = f"{PATIENT}/hl7:patientPerson"
    return Dmp(
        user.patient.ins,
        user.patient.oid,
        family=text(body, f"{person}/hl7:name/hl7:family[@qualifier='BR']"),
        used=text(body, f"{person}/hl7:name/hl7:family[@qualifier='SP']"),
        given=text(body, f"{person}/hl7:name/hl7:given"),
        sex=text(body, f"{person}/hl7:administrativeGenderCode/@code"),
        birth=text(body, f"{person}/hl7:birthTime/@value"),
    )
