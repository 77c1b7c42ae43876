"""Checks of the people and places of the header (cda-vsm §3.2 to §3.4): patient, authors…"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lxml import etree

from lgc.cda import names
from lgc.cda.finding import COMPLETE_AUTHOR, COMPLETE_PATIENT, OUR_FAULT, Finding, error
from lgc.cda.names import tag
from lgc.cda.values import attribute, find, find_all, words
from lgc.domain.identity import Ins, InsAuthority
from lgc.terminology.value_sets import value_set

Check = Callable[[etree._Element], Iterator[Finding]]

# --- patient ----------------------------------------------------------------------------------

TRAITS = (
    ("h:name/h:family[@qualifier='BR']", "Le nom de naissance manque."),
    ("h:name/h:given[@qualifier='BR']", "Le premier prénom de naissance manque."),
    ("h:birthTime[@value]", "La date de naissance manque."),
    ("h:birthplace/h:place/h:addr/h:county", "Le code du lieu de naissance manque."),
    ("h:administrativeGenderCode[@code]", "Le sexe manque."),
)


def patient(document: etree._Element) -> Iterator[Finding]:
    role = find(document, "h:recordTarget/h:patientRole")
    person = find(role, "h:patient")
    if role is None or person is None:
        yield error(document, "Le patient n’est pas décrit.", COMPLETE_PATIENT)
        return
    ids = find_all(role, "h:id")
    if not ids or any(not (i.get("root") and i.get("extension")) for i in ids):
        yield error(role, "Un identifiant du patient est incomplet ou manque.", COMPLETE_PATIENT)
    ins = [i for i in ids if i.get("root") in set(InsAuthority)]
    for node in ins:
        yield from _ins(node)
    if ins:
        yield from _traits(person)
    yield from _person(person)


def _person(person: etree._Element) -> Iterator[Finding]:
    for name, sentence in (
        ("name", "Le nom du patient manque ou est répété."),
        ("administrativeGenderCode", "Le sexe du patient manque ou est répété."),
        ("birthTime", "La date de naissance du patient manque ou est répétée."),
    ):
        if len(find_all(person, f"h:{name}")) != 1:
            yield error(person, sentence, COMPLETE_PATIENT)
    for part in (*find_all(person, "h:name/h:family"), *find_all(person, "h:name/h:given")):
        qualifier = part.get("qualifier")
        if qualifier not in ("BR", "CL") and (qualifier or part.tag == tag("family")):
            yield error(part, "Un nom du patient n’est dit ni de naissance ni utilisé.")
    if not find_all(person, "h:name/h:family"):
        yield error(person, "Le nom du patient manque.", COMPLETE_PATIENT)
    sex = find(person, "h:administrativeGenderCode")
    known = value_set("administrative_gender")
    if sex is None or sex.get("nullFlavor") is not None:
        return
    if known.get(sex.get("code") or "", sex.get("codeSystem") or "") is None:
        yield error(sex, "Le sexe du patient n’est pas de la liste.", COMPLETE_PATIENT)


def _ins(node: etree._Element) -> Iterator[Finding]:
    try:
        right = Ins(node.get("extension") or "", node.get("root") or "").key_is_right
    except ValueError:
        yield error(node, "L’INS n’a pas 15 caractères.", COMPLETE_PATIENT)
        return
    if not right:
        yield error(node, "La clé de l’INS est fausse.", COMPLETE_PATIENT)


def _traits(person: etree._Element) -> Iterator[Finding]:
    """With an INS, every strict trait is mandatory (cda-vsm §3.2)."""
    for path, sentence in TRAITS:
        if find(person, path) is None:
            yield error(person, f"{sentence} L’INS l’exige.", COMPLETE_PATIENT)
    given = [g for g in find_all(person, "h:name/h:given") if not g.get("qualifier")]
    if not given or not words(given[0]):
        yield error(person, "Les prénoms de naissance manquent. L’INS les exige.", COMPLETE_PATIENT)


# --- addresses --------------------------------------------------------------------------------

_SCHEMES = re.compile(r"(tel|mailto|fax|https?|ftp|mllp):.*", re.DOTALL)
_TELECOM_USES = frozenset(["H", "HP", "HV", "WP", "DIR", "PUB", "EC", "MC", "PG"])
_ADDRESS_USES = frozenset(["H", "HP", "HV", "WP", "TMP"])
_UNKNOWN = frozenset(("UNK", "NASK", "ASKU", "NAV", "MSK"))
_PARTS = ("houseNumber", "streetName", "postalCode", "city", "streetNameType", "unitID")


def addresses(document: etree._Element) -> Iterator[Finding]:
    for node in _of_header(document, "telecom"):
        value, null = node.get("value"), node.get("nullFlavor")
        if (value is None) == (null is None) or (null is not None and null not in _UNKNOWN):
            yield error(node, "Un moyen de contact doit avoir une valeur, ou dire qu’il manque.")
        elif value is not None and not _SCHEMES.fullmatch(value):
            yield error(
                node,
                f"Le contact «\u00a0{value}\u00a0» doit commencer par tel:, mailto: ou fax:.",
            )
        yield from _uses(node, _TELECOM_USES)
    for node in _of_header(document, "addr"):
        lines = find_all(node, "h:streetAddressLine")
        if lines and any(find(node, f"h:{part}") is not None for part in _PARTS):
            yield error(node, "Une adresse est écrite à la fois en lignes et en morceaux.")
        if len(lines) > 7:
            yield error(node, "Une adresse a plus de sept lignes.")
        yield from _uses(node, _ADDRESS_USES)


def _uses(node: etree._Element, allowed: frozenset[str]) -> Iterator[Finding]:
    uses = (node.get("use") or "").split()
    if any(use not in allowed for use in uses):
        yield error(node, f"L’usage «\u00a0{node.get('use')}\u00a0» n’est pas de la liste.")


def _of_header(document: etree._Element, name: str) -> Iterator[etree._Element]:
    for part in document.iterchildren(etree.Element):
        if part.tag != tag("component"):
            yield from part.iter(tag(name))


# --- people and places ------------------------------------------------------------------------

PREFIXES = ("M", "MME")
SUFFIXES = ("DR", "PR", "MC", "MG", "PC", "PG")


@dataclass(frozen=True, slots=True)
class Count:
    """How many of ``child`` each ``parent`` of the header holds."""

    parent: str
    child: str
    least: int
    most: int
    sentence: str
    advice: str = OUR_FAULT


ENTITY = "h:assignedEntity"
_COUNTS = (
    Count("h:author", "h:time", 1, 1, "La date de l’auteur manque ou est répétée."),
    Count("h:author", "h:assignedAuthor", 1, 1, "L’auteur manque ou est répété."),
    Count("h:author", "h:functionCode", 0, 1, "Le rôle de l’auteur est répété."),
    Count("h:author/h:assignedAuthor", "h:representedOrganization", 0, 1, "La structure de "
          "l’auteur est répétée."),
    Count("h:author/h:assignedAuthor", "h:code", 0, 1, "La spécialité de l’auteur est répétée."),
    Count("h:author/h:assignedAuthor/h:assignedAuthoringDevice", "h:softwareName", 1, 1,
          "Le logiciel auteur n’est pas nommé."),
    Count("h:author/h:assignedAuthor/h:assignedAuthoringDevice", "h:manufacturerModelName", 1, 1,
          "Le modèle du logiciel auteur n’est pas nommé."),
    Count("h:author/h:assignedAuthor/h:assignedPerson/h:name", "h:family", 1, 1,
          "L’auteur n’est pas nommé.", COMPLETE_AUTHOR),
    Count("h:author/h:assignedAuthor/h:assignedPerson/h:name", "h:given", 0, 1,
          "L’auteur a plusieurs prénoms."),
    Count("h:legalAuthenticator", "h:time", 1, 1, "La date de prise de responsabilité manque."),
    Count("h:legalAuthenticator", "h:signatureCode", 1, 1, "La prise de responsabilité n’est pas "
          "signée (code «\u00a0S\u00a0»)."),
    Count("h:legalAuthenticator", ENTITY, 1, 1, "Le responsable du document n’est pas décrit.",
          COMPLETE_AUTHOR),
    Count(f"h:legalAuthenticator/{ENTITY}", "h:id", 1, 1,
          "L’identifiant du responsable manque ou est répété.", COMPLETE_AUTHOR),
    Count(f"h:legalAuthenticator/{ENTITY}/h:assignedPerson/h:name", "h:family", 1, 1,
          "Le responsable n’est pas nommé.", COMPLETE_AUTHOR),
    Count("h:relatedDocument", "h:parentDocument/h:id", 1, 1,
          "Le document remplacé n’est pas identifié."),
    Count("h:componentOf/h:encompassingEncounter", "h:effectiveTime", 1, 1,
          "La date de la prise en charge manque."),
    Count("h:componentOf/h:encompassingEncounter", "h:location/h:healthCareFacility/h:code", 1, 1,
          "Le secteur d’activité du lieu de prise en charge manque.", COMPLETE_AUTHOR),
    Count("h:participant", "h:time", 1, 1, "La date d’un participant manque."),
    Count("h:participant", "h:associatedEntity", 1, 1, "Un participant n’est pas décrit."),
    Count("h:informationRecipient", "h:intendedRecipient", 1, 1,
          "Un destinataire n’est pas décrit."),
    Count("h:inFulfillmentOf", "h:order/h:id", 1, 99, "La prescription d’origine n’est pas "
          "identifiée."),
    Count("h:custodian/h:assignedCustodian/h:representedCustodianOrganization", "h:telecom", 0, 1,
          "La structure qui conserve le document a plusieurs contacts."),
)  # fmt: skip


def parts(document: etree._Element) -> Iterator[Finding]:
    for rule in _COUNTS:
        for node in find_all(document, rule.parent):
            count = len(find_all(node, rule.child))
            if node.get("nullFlavor") is None and not rule.least <= count <= rule.most:
                yield error(node, rule.sentence, rule.advice)


def authors(document: etree._Element) -> Iterator[Finding]:
    for author in find_all(document, "h:author"):
        assigned = find(author, "h:assignedAuthor")
        if assigned is None:
            continue
        if not attribute(assigned, "h:id", "extension") or not attribute(assigned, "h:id", "root"):
            yield error(author, "L’auteur n’a pas d’identifiant national.", COMPLETE_AUTHOR)
        person = find(assigned, "h:assignedPerson")
        device = find(assigned, "h:assignedAuthoringDevice")
        if person is not None and device is not None:
            yield error(author, "L’auteur doit être une personne, ou un logiciel.", COMPLETE_AUTHOR)
        if person is not None and not words(find(person, "h:name/h:family")):
            yield error(author, "L’auteur n’est pas nommé.", COMPLETE_AUTHOR)
        yield from of_set(
            find(assigned, "h:code"), "author_speciality", "La spécialité de l’auteur"
        )
    for name, allowed in (("prefix", PREFIXES), ("suffix", SUFFIXES)):
        for node in _of_header(document, name):
            if words(node) not in allowed:
                yield error(node, f"La civilité «\u00a0{words(node)}\u00a0» n’est pas de la liste.")


def of_set(node: etree._Element | None, set_name: str, what: str) -> Iterator[Finding]:
    if node is None or node.get("nullFlavor") is not None:
        return
    if value_set(set_name).get(node.get("code") or "", node.get("codeSystem") or "") is None:
        yield error(node, f"{what} n’est pas de la liste du CI-SIS.")


def custodian(document: etree._Element) -> Iterator[Finding]:
    path = "h:custodian/h:assignedCustodian/h:representedCustodianOrganization"
    keeper = find(document, path)
    ids = find_all(keeper, "h:id")
    roots = (names.STRUCTURE_ID, "1.2.250.1.213.4.1")
    if len(ids) != 1 or ids[0].get("root") not in roots or not ids[0].get("extension"):
        yield error(
            document if keeper is None else keeper,
            "La structure qui conserve le document manque ou est mal identifiée.",
            COMPLETE_AUTHOR,
        )


_IDENTIFIED = frozenset(("assignedEntity", "assignedAuthor", "representedOrganization"))


def identifiers(document: etree._Element) -> Iterator[Finding]:
    """People and structures of the header are named in full, or said to be unknown."""
    for node in _of_header(document, "id"):
        holder = node.getparent()
        if holder is None or etree.QName(holder).localname not in _IDENTIFIED:
            continue
        if node.get("nullFlavor") is None and not (node.get("root") and node.get("extension")):
            yield error(node, "Un identifiant de l’en-tête est incomplet.", COMPLETE_AUTHOR)


CHECKS: tuple[Check, ...] = (identifiers, patient, addresses, parts, authors, custodian)
