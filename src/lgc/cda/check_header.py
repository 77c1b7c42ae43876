"""Checks of the header of any document: order, counts, forms, acts (cda-vsm §3.1, §3.5, §3.6)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from lgc.cda import names
from lgc.cda.check_people import ENTITY, Check, of_set
from lgc.cda.finding import COMPLETE_AUTHOR, Finding, error
from lgc.cda.values import find, find_all, words
from lgc.terminology.value_sets import value_set

ORDER = (
    "realmCode",
    "typeId",
    "templateId",
    "id",
    "code",
    "title",
    "effectiveTime",
    "confidentialityCode",
    "languageCode",
    "setId",
    "versionNumber",
    "copyTime",
    "recordTarget",
    "author",
    "dataEnterer",
    "informant",
    "custodian",
    "informationRecipient",
    "legalAuthenticator",
    "authenticator",
    "participant",
    "inFulfillmentOf",
    "documentationOf",
    "relatedDocument",
    "authorization",
    "componentOf",
    "component",
)
ONCE = (
    "realmCode",
    "typeId",
    "id",
    "code",
    "title",
    "effectiveTime",
    "confidentialityCode",
    "languageCode",
    "setId",
    "versionNumber",
    "recordTarget",
    "custodian",
    "legalAuthenticator",
    "componentOf",
    "component",
)
AT_LEAST_ONCE = ("author", "documentationOf")


def order(document: etree._Element) -> Iterator[Finding]:
    last = 0
    for node in document.iterchildren(etree.Element):
        name = etree.QName(node).localname
        if etree.QName(node).namespace != names.HL7:
            continue
        if name not in ORDER:
            yield error(node, f"L’élément «\u00a0{name}\u00a0» n’a pas sa place dans l’en-tête.")
            continue
        rank = ORDER.index(name)
        if rank < last:
            yield error(
                node, f"L’élément «\u00a0{name}\u00a0» n’est pas à sa place dans l’en-tête."
            )
        last = max(last, rank)


def counts(document: etree._Element) -> Iterator[Finding]:
    for name in (*ONCE, *AT_LEAST_ONCE):
        found = find_all(document, f"h:{name}")
        if not found:
            yield error(document, f"L’élément «\u00a0{name}\u00a0» manque dans l’en-tête.")
        elif len(found) > 1 and name in ONCE:
            yield error(found[1], f"L’élément «\u00a0{name}\u00a0» est répété dans l’en-tête.")
        if found and found[0].get("nullFlavor"):
            yield error(found[0], f"L’élément «\u00a0{name}\u00a0» est vide.")
    if len(find_all(document, "h:relatedDocument[@typeCode='RPLC']")) > 1:
        yield error(document, "Le document remplace plusieurs documents à la fois.")


# --- one attribute, one form ------------------------------------------------------------------

_OID = r"[0-2](\.(0|[1-9]\d*))*"
_UUID = r"[A-Fa-f\d]{8}(-[A-Fa-f\d]{4}){3}-[A-Fa-f\d]{12}"
_IDENTIFIER = f"{_OID}|{_UUID}"
_TS = r"\d{4,14}([+-]\d{1,4})?"
_WORDS = r"(?s).*\S.*"
_FORMS: tuple[tuple[str, str, str, str], ...] = (
    ("h:realmCode", "code", "FR", "Le pays du document doit être «\u00a0FR\u00a0»."),
    ("h:typeId", "root", re.escape("2.16.840.1.113883.1.3"), "Le document n’est pas dit CDA R2."),
    ("h:typeId", "extension", "POCD_HD000040", "Le document n’est pas dit CDA R2."),
    ("h:id", "root", _IDENTIFIER, "L’identifiant du document n’est ni un OID ni un UUID."),
    ("h:setId", "root", _IDENTIFIER, "L’identifiant des versions n’est ni un OID ni un UUID."),
    ("h:effectiveTime", "value", _TS, "La date du document est mal formée."),
    ("h:languageCode", "code", "[a-z]{2}-[A-Z]{2}", "La langue doit s’écrire «\u00a0fr-FR\u00a0»."),
    ("h:versionNumber", "value", r"\d+", "Le numéro de version n’est pas un entier."),
    ("h:confidentialityCode", "code", "[NRV]", "Le niveau de confidentialité doit être N, R ou V."),
    ("h:confidentialityCode", "displayName", _WORDS, "La confidentialité n’a pas de libellé."),
    (
        "h:confidentialityCode",
        "codeSystem",
        re.escape("2.16.840.1.113883.5.25"),
        "La confidentialité n’est pas de sa nomenclature.",
    ),
    ("h:code", "displayName", _WORDS, "Le type du document n’a pas de libellé."),
    (
        "h:legalAuthenticator/h:signatureCode",
        "code",
        "S",
        "La prise de responsabilité n’est pas signée (code «\u00a0S\u00a0»).",
    ),
    ("h:author/h:time", "value", _TS, "La date de l’auteur manque ou est mal formée."),
    ("h:legalAuthenticator/h:time", "value", _TS, "La date de prise de responsabilité manque."),
    (
        "h:relatedDocument/h:parentDocument/h:id",
        "root",
        _IDENTIFIER,
        "L’identifiant du document remplacé n’est ni un OID ni un UUID.",
    ),
    ("h:relatedDocument", "typeCode", "RPLC", "Le lien avec un autre document doit être RPLC."),
    (
        "h:recordTarget/h:patientRole/h:patient/h:birthTime",
        "value",
        r"\d{4,14}([+-]\d{4})?",
        "La date de naissance du patient est mal formée.",
    ),
    (
        "h:componentOf/h:encompassingEncounter/h:code",
        "code",
        "IMP|EMER|AMB|FLD|HH|VR|EXTERNE|SEANCE",
        "Le type de prise en charge n’est pas de la liste.",
    ),
)


def forms(document: etree._Element) -> Iterator[Finding]:
    for path, name, pattern, sentence in _FORMS:
        for node in find_all(document, path):
            if node.get("nullFlavor") is None and not re.fullmatch(pattern, node.get(name) or ""):
                yield error(node, sentence)
    for title in find_all(document, "h:title"):
        if not words(title):
            yield error(title, "Le document n’a pas de titre.")
    for node in (*find_all(document, "h:id"), *find_all(document, "h:setId")):
        if node.get("extension") == "":
            yield error(node, "Un identifiant du document a une extension vide.")


def templates(document: etree._Element) -> Iterator[Finding]:
    roots = [t.get("root") for t in find_all(document, "h:templateId")]
    for common in (names.CDA_FRANCE, names.CI_SIS):
        if roots.count(common) != 1:
            yield error(document, f"Le modèle {common} doit être déclaré une fois.")
    unstructured = find(document, "h:component/h:nonXMLBody") is not None
    if unstructured and (names.N1 not in roots or len(roots) != 3):
        yield error(document, "Un document non structuré déclare exactement trois modèles.")
    if not unstructured and names.N1 in roots:
        yield error(document, "Le document se dit non structuré et ne l’est pas.")
    if len(roots) < 3:
        yield error(document, "Le modèle du type de document n’est pas déclaré.")


def kind(document: etree._Element) -> Iterator[Finding]:
    node = find(document, "h:code")
    if node is None:
        return
    if value_set("document_type").get(node.get("code") or "", node.get("codeSystem") or "") is None:
        yield error(node, "Le type du document n’est pas de la liste du CI-SIS.")


# --- what was done, for whom else --------------------------------------------------------------


def event(document: etree._Element) -> Iterator[Finding]:
    main = find(document, "h:documentationOf/h:serviceEvent")
    if main is None:
        return
    performers = find_all(main, "h:performer")
    if len(performers) != 1:
        yield error(main, "L’acte documenté doit avoir un seul exécutant.")
    for performer in performers:
        entity = find(performer, ENTITY)
        place = find_all(entity, "h:representedOrganization/h:standardIndustryClassCode")
        if len(find_all(entity, "h:id")) != 1:
            yield error(performer, "L’exécutant n’est pas identifié.", COMPLETE_AUTHOR)
        if len(place) != 1:
            yield error(performer, "Le cadre d’exercice de l’exécutant manque.", COMPLETE_AUTHOR)
        for node in place:
            yield from of_set(node, "practice_setting", "Le cadre d’exercice")
    if len(find_all(main, "h:effectiveTime")) != 1:
        yield error(main, "La date de l’acte documenté manque.")
    elif find(main, "h:effectiveTime/h:low") is None:
        yield error(main, "Le début de l’acte documenté manque.")
    path = "h:componentOf/h:encompassingEncounter/h:location/h:healthCareFacility/h:code"
    yield from of_set(find(document, path), "facility_type", "Le secteur d’activité du lieu")


_RELATIVES = ("ECON", "NOK", "CON", "CAREGIVER", "PAT")
_PARTICIPATIONS = frozenset(["REF", "REFB", "INF", "RESP", "PRF", "CON", "VRF"])


def participants(document: etree._Element) -> Iterator[Finding]:
    for node in find_all(document, "h:participant"):
        if node.get("typeCode") not in _PARTICIPATIONS:
            yield error(node, "Le rôle d’un participant n’est pas de la liste.")
        entity = find(node, "h:associatedEntity")
        if entity is not None and entity.get("classCode") not in ("PROV", "AGNT"):
            yield error(entity, "Un participant n’est dit ni professionnel ni mandataire.")
    for node in find_all(document, "h:informant/h:relatedEntity"):
        if node.get("classCode") not in _RELATIVES:
            yield error(node, "Le lien d’un proche avec le patient n’est pas de la liste.")


def replacement(document: etree._Element) -> Iterator[Finding]:
    """A version replaces another document than itself."""
    own = find(document, "h:id")
    for node in find_all(document, "h:relatedDocument/h:parentDocument/h:id"):
        if own is not None and node.items() == own.items():
            yield error(node, "Le document dit se remplacer lui-même.")


CHECKS: tuple[Check, ...] = (
    order,
    counts,
    forms,
    templates,
    kind,
    event,
    participants,
    replacement,
)
