"""Our own checks of a document before it leaves: header, INS traits, links, mandatory sections.

Not the official schematrons (those judge us in the tests): what the application can tell the
doctor in one sentence, with the place and what to do (cda-vsm §3 and §4).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lxml import etree

from lgc.cda import names
from lgc.cda.names import tag
from lgc.cda.source import load
from lgc.cda.values import attribute, find, find_all, has_template, words
from lgc.domain.identity import Ins, InsAuthority
from lgc.errors import UnreadableInput
from lgc.terminology.value_sets import value_set

VSM = "1.2.250.1.213.1.1.1.13"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong. ``level`` is ``error`` (must not leave) or ``warning``.

    ``where`` is the element and its line in the file.
    """

    level: str
    sentence: str
    where: str
    advice: str


Check = Callable[[etree._Element], Iterator[Finding]]

OUR_FAULT = "Signalez-le\u00a0: le logiciel a mal écrit ce document."
COMPLETE_PATIENT = "Complétez l’identité du patient, puis recommencez."
COMPLETE_AUTHOR = "Complétez l’identité et le lieu d’exercice, puis recommencez."


def check(data: bytes) -> tuple[Finding, ...]:
    """Everything found, in the order of the checks; empty when there is nothing to say."""
    try:
        document = load(data)
    except UnreadableInput as refusal:
        return (Finding("error", refusal.sentence, "document", refusal.advice),)
    return tuple(finding for one in CHECKS for finding in one(document))


def _error(node: etree._Element, sentence: str, advice: str = OUR_FAULT) -> Finding:
    return Finding("error", sentence, _where(node), advice)


def _where(node: etree._Element) -> str:
    return f"{etree.QName(node).localname}, ligne {node.sourceline}"


# --- header -----------------------------------------------------------------------------------

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


def _order(document: etree._Element) -> Iterator[Finding]:
    last = 0
    for node in document.iterchildren(etree.Element):
        name = etree.QName(node).localname
        if etree.QName(node).namespace != names.HL7 or name not in ORDER:
            continue
        rank = ORDER.index(name)
        if rank < last:
            yield _error(
                node, f"L’élément «\u00a0{name}\u00a0» n’est pas à sa place dans l’en-tête."
            )
        last = max(last, rank)


def _counts(document: etree._Element) -> Iterator[Finding]:
    for name in (*ONCE, *AT_LEAST_ONCE):
        count = len(find_all(document, f"h:{name}"))
        if count == 0:
            yield _error(document, f"L’élément «\u00a0{name}\u00a0» manque dans l’en-tête.")
        elif count > 1 and name in ONCE:
            yield _error(document, f"L’élément «\u00a0{name}\u00a0» est répété dans l’en-tête.")


_OID = r"[0-2](\.(0|[1-9]\d*))*"
_UUID = r"[A-Fa-f\d]{8}(-[A-Fa-f\d]{4}){3}-[A-Fa-f\d]{12}"
_FORMS: tuple[tuple[str, str, str, str], ...] = (
    ("h:realmCode", "code", "FR", "Le pays du document doit être «\u00a0FR\u00a0»."),
    ("h:id", "root", f"{_OID}|{_UUID}", "L’identifiant du document n’est ni un OID ni un UUID."),
    (
        "h:effectiveTime",
        "value",
        r"\d{4,14}([+-]\d{4})?",
        "La date du document est mal formée.",
    ),
    ("h:languageCode", "code", "[a-z]{2}-[A-Z]{2}", "La langue doit s’écrire «\u00a0fr-FR\u00a0»."),
    ("h:versionNumber", "value", r"\d+", "Le numéro de version n’est pas un entier."),
    (
        "h:confidentialityCode",
        "code",
        "[NRV]",
        "Le niveau de confidentialité doit être N, R ou V.",
    ),
    (
        "h:legalAuthenticator/h:signatureCode",
        "code",
        "S",
        "La prise de responsabilité n’est pas signée (code «\u00a0S\u00a0»).",
    ),
)


def _forms(document: etree._Element) -> Iterator[Finding]:
    for path, name, pattern, sentence in _FORMS:
        for node in find_all(document, path):
            if not re.fullmatch(pattern, node.get(name) or ""):
                yield _error(node, sentence)


def _templates(document: etree._Element) -> Iterator[Finding]:
    roots = [t.get("root") for t in find_all(document, "h:templateId")]
    for common in (names.CDA_FRANCE, names.CI_SIS):
        if roots.count(common) != 1:
            yield _error(document, f"Le modèle {common} doit être déclaré une fois.")
    unstructured = find(document, "h:component/h:nonXMLBody") is not None
    if unstructured and (names.N1 not in roots or len(roots) != 3):
        yield _error(document, "Un document non structuré déclare exactement trois modèles.")
    if len(roots) < 3:
        yield _error(document, "Le modèle du type de document n’est pas déclaré.")


def _type(document: etree._Element) -> Iterator[Finding]:
    node = find(document, "h:code")
    if node is None:
        return
    known = value_set("document_type").get(node.get("code") or "", node.get("codeSystem") or "")
    if known is None:
        yield _error(node, "Le type du document n’est pas de la liste du CI-SIS.")
    elif not node.get("displayName"):
        yield _error(node, "Le type du document n’a pas de libellé.")


# --- patient ----------------------------------------------------------------------------------

TRAITS = (
    ("h:name/h:family[@qualifier='BR']", "Le nom de naissance manque."),
    ("h:name/h:given[@qualifier='BR']", "Le premier prénom de naissance manque."),
    ("h:birthTime[@value]", "La date de naissance manque."),
    ("h:birthplace/h:place/h:addr/h:county", "Le code du lieu de naissance manque."),
    ("h:administrativeGenderCode[@code]", "Le sexe manque."),
)


def _patient(document: etree._Element) -> Iterator[Finding]:
    role = find(document, "h:recordTarget/h:patientRole")
    person = find(role, "h:patient")
    if role is None or person is None:
        yield _error(document, "Le patient n’est pas décrit.", COMPLETE_PATIENT)
        return
    ids = find_all(role, "h:id")
    if not ids or any(not (i.get("root") and i.get("extension")) for i in ids):
        yield _error(role, "Un identifiant du patient est incomplet ou manque.", COMPLETE_PATIENT)
    ins = [i for i in ids if i.get("root") in set(InsAuthority)]
    for node in ins:
        yield from _ins(node)
    if ins:
        yield from _traits(person)
    for family in find_all(person, "h:name/h:family"):
        if family.get("qualifier") not in ("BR", "CL"):
            yield _error(family, "Un nom du patient n’est dit ni de naissance ni utilisé.")


def _ins(node: etree._Element) -> Iterator[Finding]:
    try:
        right = Ins(node.get("extension") or "", node.get("root") or "").key_is_right
    except ValueError:
        yield _error(node, "L’INS n’a pas 15 caractères.", COMPLETE_PATIENT)
        return
    if not right:
        yield _error(node, "La clé de l’INS est fausse.", COMPLETE_PATIENT)


def _traits(person: etree._Element) -> Iterator[Finding]:
    """With an INS, every strict trait is mandatory (cda-vsm §3.2)."""
    for path, sentence in TRAITS:
        if find(person, path) is None:
            yield _error(person, f"{sentence} L’INS l’exige.", COMPLETE_PATIENT)
    given = [g for g in find_all(person, "h:name/h:given") if not g.get("qualifier")]
    if not given or not words(given[0]):
        yield _error(
            person, "Les prénoms de naissance manquent. L’INS les exige.", COMPLETE_PATIENT
        )
    sex = attribute(person, "h:administrativeGenderCode", "code")
    if sex and sex not in ("M", "F", "UN"):
        yield _error(person, "Le sexe du patient n’est pas de la liste.", COMPLETE_PATIENT)


# --- people and places ------------------------------------------------------------------------

PREFIXES = ("M", "MME")
SUFFIXES = ("DR", "PR", "MC", "MG", "PC", "PG")


def _authors(document: etree._Element) -> Iterator[Finding]:
    for author in find_all(document, "h:author"):
        assigned = find(author, "h:assignedAuthor")
        if not attribute(assigned, "h:id", "extension"):
            yield _error(author, "L’auteur n’a pas d’identifiant national.", COMPLETE_AUTHOR)
        person = find(assigned, "h:assignedPerson/h:name/h:family")
        device = find(assigned, "h:assignedAuthoringDevice")
        if device is None and (person is None or not words(person)):
            yield _error(author, "L’auteur n’est pas nommé.", COMPLETE_AUTHOR)
    for element, allowed in (("prefix", PREFIXES), ("suffix", SUFFIXES)):
        for node in document.iter(tag(element)):
            in_body = next(node.iterancestors(tag("structuredBody")), None) is not None
            if not in_body and words(node) not in allowed:
                yield _error(
                    node, f"La civilité «\u00a0{words(node)}\u00a0» n’est pas de la liste."
                )


def _custodian(document: etree._Element) -> Iterator[Finding]:
    path = "h:custodian/h:assignedCustodian/h:representedCustodianOrganization"
    ids = find_all(find(document, path), "h:id")
    roots = (names.STRUCTURE_ID, "1.2.250.1.213.4.1")
    if len(ids) != 1 or ids[0].get("root") not in roots or not ids[0].get("extension"):
        yield _error(document, "La structure qui conserve le document manque.", COMPLETE_AUTHOR)


def _event(document: etree._Element) -> Iterator[Finding]:
    event = find(document, "h:documentationOf/h:serviceEvent")
    if event is None:
        return
    performers = find_all(event, "h:performer")
    if len(performers) != 1:
        yield _error(event, "L’acte documenté doit avoir un seul exécutant.")
    for performer in performers:
        place = "h:assignedEntity/h:representedOrganization/h:standardIndustryClassCode"
        if len(find_all(performer, place)) != 1:
            yield _error(performer, "Le cadre d’exercice de l’exécutant manque.", COMPLETE_AUTHOR)
    if not attribute(event, "h:effectiveTime/h:low", "value"):
        yield _error(event, "La date de l’acte documenté manque.")
    facility = find(
        document,
        "h:componentOf/h:encompassingEncounter/h:location/h:healthCareFacility/h:code",
    )
    known = facility is not None and value_set("facility_type").get(
        facility.get("code") or "", facility.get("codeSystem") or ""
    )
    if not known:
        yield _error(
            facility if facility is not None else document,
            "Le secteur d’activité du lieu de prise en charge manque.",
            COMPLETE_AUTHOR,
        )


# --- body -------------------------------------------------------------------------------------


def _links(document: etree._Element) -> Iterator[Finding]:
    known: set[str] = set()
    for node in document.iter(etree.Element):
        name = node.get("ID")
        if name and name in known:
            yield _error(node, f"Le repère «\u00a0{name}\u00a0» est donné deux fois.")
        known.add(name or "")
    for reference in document.iter(tag("reference")):
        parent, target = reference.getparent(), reference.get("value") or ""
        if parent is None or parent.tag not in (tag("text"), tag("originalText")):
            continue
        if "://" not in target and (target[:1] != "#" or target[1:] not in known):
            yield Finding(
                "warning",
                f"Le renvoi «\u00a0{target}\u00a0» ne mène à aucun texte.",
                _where(reference),
                OUR_FAULT,
            )


def _sections(document: etree._Element) -> Iterator[Finding]:
    for section in document.iter(tag("section")):
        children = find(section, "h:component/h:section") is not None
        title = words(find(section, "h:title")) or "sans titre"
        if find(section, "h:code") is None:
            yield _error(section, f"La section «\u00a0{title}\u00a0» n’a pas de code.")
        text = find(section, "h:text")
        if not children and (text is None or not any(True for _ in text.itertext())):
            yield Finding(
                "warning",
                f"La section «\u00a0{title}\u00a0» ne dit rien.",
                _where(section),
                OUR_FAULT,
            )


VSM_SECTIONS = (
    ("1.2.250.1.213.1.1.2.29", "Pathologies, antécédents, allergies et facteurs de risque"),
    ("1.2.250.1.213.1.1.2.30", "Pathologies, antécédents et allergies"),
    ("1.2.250.1.213.1.1.2.31", "Facteurs de risque"),
    ("1.2.250.1.213.1.1.2.150", "Points de vigilance"),
    ("1.2.250.1.213.1.1.2.32", "Traitement au long cours"),
)


def _vsm(document: etree._Element) -> Iterator[Finding]:
    if not has_template(document, VSM):
        return
    sections = list(document.iter(tag("section")))
    for root, title in VSM_SECTIONS:
        if not any(has_template(section, root) for section in sections):
            yield _error(document, f"La section obligatoire «\u00a0{title}\u00a0» manque.")


CHECKS: tuple[Check, ...] = (
    _order,
    _counts,
    _forms,
    _templates,
    _type,
    _patient,
    _authors,
    _custodian,
    _event,
    _links,
    _sections,
    _vsm,
)
