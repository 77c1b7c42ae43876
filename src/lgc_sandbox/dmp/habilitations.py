"""TD0.3 (add or remove one's authorisation) and TD1.6 (list them), dmp.md §4.3 and §4.4."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from lxml import etree

from lgc_sandbox.card import CardModel
from lgc_sandbox.dmp.registry import FORBIDDEN, VALID, Authorisation, Registry
from lgc_sandbox.dmp.soap import Fault, Request
from lgc_sandbox.dmp.vihf import User
from lgc_sandbox.xml import NS, tag, text, texts

SET = "urn:si-dmp-habilitations:HabilitationsEndPoint:setAuthorization"
LIST = "urn:si-dmp-habilitations:HabilitationsEndPoint:listAuthorizationByPatient"
ROLE = "MEDECIN_TRAITANT"
DENIED = "DMPAccessDeniedByRightsService"


def set_authorisation(
    request: Request, user: User, registry: Registry, now: dt.datetime
) -> etree._Element:
    """AJOUT or SUPPRESSION; a right one has already is DMPOk with a word. Raises ``Fault``."""
    action, roles = text(request.body, "hab:action"), texts(request.body, "hab:role/text()")
    if action not in ("AJOUT", "SUPPRESSION") or roles not in ([], [ROLE]):
        raise Fault("setAuthorization incorrect")
    status, context = _decide(action, bool(roles), user, registry, now)
    return _output("setAuthorizationResponse", status, context)


def _decide(
    action: str, as_mt: bool, user: User, registry: Registry, now: dt.datetime
) -> tuple[str, str]:
    ins, ps = user.patient.ins, user.national_id
    dmp = registry.dmp(ins)
    if dmp is None or dmp.oid != user.patient.oid:
        return "XDSUnknownPatientId", "Aucun DMP pour ce patient"
    if dmp.state != "active":
        return "DMPClosed", "Le DMP de ce patient est fermé"
    known = registry.authorisation(ins, ps)
    if user.mode != "normal" or (known is not None and known.value == FORBIDDEN):
        return DENIED, "Action interdite"
    if action == "AJOUT":
        already = known is not None and known.value == VALID and (known.mt or not as_mt)
        if already:
            return "DMPOk", "Le professionnel de santé est déjà autorisé"
        mt = as_mt or (known is not None and known.mt)
        registry.authorise(ins, ps, VALID, mt=mt, now=now)
    elif as_mt:
        if known is None or not known.mt:
            return DENIED, "Le professionnel de santé n'est pas médecin traitant"
        registry.authorise(ins, ps, known.value, mt=False, now=now)
    else:
        registry.authorise(ins, ps, "", mt=False, now=now)
    return "DMPOk", ""


def list_authorisations(
    request: Request, user: User, registry: Registry, people: Mapping[str, CardModel]
) -> etree._Element:
    """Authorised and forbidden professionals of one DMP. Raises ``Fault``."""
    mode = text(request.body, "hab:mode") or "TOUTE"
    if mode not in ("ACTIVE", "INTERDITE", "TOUTE"):
        raise Fault("listAuthorizationByPatient incorrect")
    dmp = registry.dmp(user.patient.ins)
    name = "listAuthorizationByPatientResponse"
    if dmp is None:
        return _output(name, "XDSUnknownPatientId", "Aucun DMP pour ce patient")
    mine = registry.authorisation(user.patient.ins, user.national_id)
    if mine is None or mine.value != VALID or user.mode != "normal":
        return _output(name, DENIED, "Accès refusé")
    made = _output(name, "DMPOk", "")
    for one in registry.authorisations(user.patient.ins):
        kind = "INTERDITE" if one.value == FORBIDDEN else "ACTIVE"
        if mode in (kind, "TOUTE"):
            made[0].insert(len(made[0]) - 2, _listed(one, kind, people.get(one.ps)))
    return made


def _listed(one: Authorisation, kind: str, known: CardModel | None) -> etree._Element:
    made = etree.Element(tag("hab", "listOfAuthorizationByPatient"))
    person = known.person if known else None
    for name, value in (
        ("nationalId", one.ps),
        ("nationalIdType", one.ps[:1]),
        ("firstName", person.given_name if person else ""),
        ("lastName", person.surname if person else ""),
        ("codeSpeciality", known.speciality if known else ""),
        ("libSpeciality", person.title if person else ""),
        ("startOfAuthorization", one.since),
        ("lastActionDate", one.since),
        ("mode", kind),
        *([("specificRight", ROLE)] if one.mt else []),
    ):
        etree.SubElement(made, tag("hab", name)).text = value
    return made


def _output(name: str, status: str, context: str) -> etree._Element:
    made = etree.Element(tag("hab", name), nsmap={None: NS["hab"]})  # type: ignore[dict-item]
    output = etree.SubElement(made, tag("hab", "output"))
    etree.SubElement(output, tag("hab", "status")).text = status
    etree.SubElement(output, tag("hab", "context")).text = context
    return made
