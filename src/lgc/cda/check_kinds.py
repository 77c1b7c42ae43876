"""Checks of what one kind of document must hold beyond the others (cda-vsm §1, §2 and §4)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lxml import etree

from lgc.cda.check_people import Check
from lgc.cda.check_structure import MODES
from lgc.cda.finding import COMPLETE_AUTHOR, Finding, error
from lgc.cda.names import tag
from lgc.cda.values import attribute, find, find_all, has_template

IHE = "1.3.6.1.4.1.19376.1.5.3.1"


@dataclass(frozen=True, slots=True)
class KindRule:
    """What a document template asks: its type code, its sections (template, title) in all of
    their number, and its own checks."""

    template: str
    name: str
    code: str = ""
    sections: tuple[tuple[str, str], ...] = ()
    more: tuple[Check, ...] = ()


def kinds(document: etree._Element) -> Iterator[Finding]:
    if find(document, "h:component/h:nonXMLBody") is not None:
        return
    present = [
        node.get("root")
        for section in document.iter(tag("section"))
        for node in find_all(section, "h:templateId")
    ]
    for rule in RULES:
        if not has_template(document, rule.template):
            continue
        node = find(document, "h:code")
        if node is not None and rule.code and node.get("code") != rule.code:
            yield error(node, f"Le type d’un document {rule.name} doit être {rule.code}.")
        for template, title in rule.sections:
            if template not in present:
                yield error(document, f"La section obligatoire «\u00a0{title}\u00a0» manque.")
        for check in rule.more:
            yield from check(document)


# --- VSM --------------------------------------------------------------------------------------


def _sections(document: etree._Element, template: str) -> list[etree._Element]:
    return [one for one in document.iter(tag("section")) if has_template(one, template)]


def _vsm_sections(document: etree._Element) -> Iterator[Finding]:
    """Some sections want an ``id``; a parent has text for the children it lacks, and only then."""
    for template in ("29", "30", "31", "32"):
        for section in _sections(document, f"1.2.250.1.213.1.1.2.{template}"):
            if len(find_all(section, "h:id")) != 1:
                yield error(section, "Cette section doit avoir un identifiant, et un seul.")
    for template, whole in (("30", 4), ("31", 3), ("32", 1)):
        for section in _sections(document, f"1.2.250.1.213.1.1.2.{template}"):
            children = len(find_all(section, "h:component/h:section"))
            text = find(section, "h:text") is not None
            if not children and not text:
                yield error(section, "Une section sans sous-section doit avoir un texte.")
            elif children >= whole and text:
                yield error(section, "Une section complète ne doit pas avoir de texte propre.")
    for section in _sections(document, "1.2.250.1.213.1.1.2.29"):
        inner = find_all(section, "h:component/h:section")
        for template, title in (("30", "Pathologies"), ("31", "Facteurs de risque")):
            if not any(has_template(one, f"1.2.250.1.213.1.1.2.{template}") for one in inner):
                yield error(section, f"La sous-section «\u00a0{title}\u00a0» manque ici.")


# --- prescription -----------------------------------------------------------------------------

_LINE = "1.2.250.1.213.1.1.3.83"
_WANTED = (
    ("1.2.250.1.213.1.1.3.48.12", "le hors AMM"),
    ("1.2.250.1.213.1.1.3.48.13", "le rapport avec une ALD"),
    ("1.2.250.1.213.1.1.3.48.14", "le rapport avec un accident du travail"),
    ("1.2.250.1.213.1.1.3.48.15", "le remboursement"),
    ("1.3.6.1.4.1.19376.1.9.1.3.9.1", "la substitution"),
)


def _prescription(document: etree._Element) -> Iterator[Finding]:
    drugs, devices = "1.2.250.1.213.1.1.2.171", "1.2.250.1.213.1.1.2.222"
    if not _sections(document, drugs) and not _sections(document, devices):
        yield error(document, "L’ordonnance ne prescrit ni médicament ni dispositif.")
    event = find(document, "h:documentationOf/h:serviceEvent/h:effectiveTime")
    if event is not None and (find(event, "h:low") is None or find(event, "h:high") is None):
        yield error(event, "Les dates de validité de l’ordonnance manquent.")
    author = find(document, "h:author/h:assignedAuthor")
    if author is not None:
        for path in (
            "h:code",
            "h:representedOrganization/h:id",
            "h:representedOrganization/h:name",
        ):
            if find(author, path) is None:
                yield error(
                    author, "La profession ou la structure du prescripteur manque.", COMPLETE_AUTHOR
                )
    for section in _sections(document, drugs):
        for line in find_all(section, "h:entry/h:substanceAdministration"):
            yield from _line(line)


def _line(line: etree._Element) -> Iterator[Finding]:
    if not has_template(line, _LINE):
        yield error(line, "Une ligne de l’ordonnance ne suit pas le modèle.")
    if find(line, "h:repeatNumber") is None:
        yield error(line, "Le nombre de renouvellements manque.")
    if find(line, "h:author") is not None:
        yield error(line, "Une ligne d’ordonnance n’a pas d’auteur à elle.")
    if not any(has_template(line, mode) for mode in MODES):
        yield error(line, "Le mode d’administration d’un médicament manque.")
    held = {
        node.get("root")
        for relation in find_all(line, "h:entryRelationship")
        for kind in ("observation", "act")
        for node in find_all(relation, f"h:{kind}/h:templateId")
    }
    for template, what in _WANTED:
        if template not in held:
            yield error(line, f"Une ligne de l’ordonnance ne dit pas {what}.")


# --- vaccination ------------------------------------------------------------------------------


def _vaccination_note(document: etree._Element) -> Iterator[Finding]:
    given = [
        one
        for one in document.iter(tag("substanceAdministration"))
        if has_template(one, f"{IHE}.4.12")
    ]
    if len(given) != 1:
        yield error(document, "Une note de vaccination porte une vaccination, et une seule.")
    material = "h:consumable/h:manufacturedProduct/h:manufacturedMaterial"
    for one in given:
        if not re.fullmatch(r"\d{8}", attribute(one, "h:effectiveTime", "value")):
            yield error(one, "La vaccination doit avoir une date précise, sans heure.")
        if attribute(one, f"{material}/h:code", "codeSystem") != "1.2.250.1.213.2.3.1":
            yield error(one, "Le code CIS du vaccin manque.")
        atc = [
            node
            for node in find_all(one, f"{material}/h:code/h:translation")
            if node.get("codeSystem") == "2.16.840.1.113883.6.73"
        ]
        if not atc:
            yield error(one, "Le code ATC du vaccin manque.")
        if find(one, f"{material}/h:lotNumberText") is None:
            yield error(one, "Le numéro de lot du vaccin manque.")
        if find(one, "h:author/h:assignedAuthor/h:id") is None:
            yield error(one, "L’auteur de la vaccination manque.", COMPLETE_AUTHOR)
        if one.get("negationInd") == "true":
            yield error(one, "Une note de vaccination dit une vaccination faite.")


# --- biology ----------------------------------------------------------------------------------


def _biology(document: etree._Element) -> Iterator[Finding]:
    if attribute(document, "h:versionNumber", "value") == "0":
        yield error(document, "Le numéro de version d’un compte rendu de biologie commence à 1.")
    if find(document, "h:documentationOf/h:serviceEvent/h:performer") is None:
        yield error(document, "Le laboratoire exécutant manque.")
    for event in find_all(document, "h:documentationOf/h:serviceEvent"):
        if find(event, "h:code") is None:
            yield error(event, "L’acte de biologie n’a pas de code.")
    head = find(document, "h:componentOf/h:encompassingEncounter/h:responsibleParty")
    for path in ("h:id", "h:assignedPerson/h:name/h:family"):
        if find(head, f"h:assignedEntity/{path}") is None:
            yield error(document, "Le biologiste responsable manque.")


def _hospital_stay(document: etree._Element) -> Iterator[Finding]:
    event = find(document, "h:documentationOf/h:serviceEvent")
    if attribute(event, "h:code", "code") != "IMP":
        yield error(document, "L’acte d’une lettre d’entrée doit être une hospitalisation (IMP).")


RULES: tuple[KindRule, ...] = (
    KindRule(
        "1.2.250.1.213.1.1.1.13",
        "VSM",
        "SYNTH",
        (
            (
                "1.2.250.1.213.1.1.2.29",
                "Pathologies, antécédents, allergies et facteurs de risque",
            ),
            ("1.2.250.1.213.1.1.2.30", "Pathologies, antécédents et allergies"),
            ("1.2.250.1.213.1.1.2.31", "Facteurs de risque"),
            ("1.2.250.1.213.1.1.2.150", "Points de vigilance"),
            ("1.2.250.1.213.1.1.2.32", "Traitement au long cours"),
        ),
        (_vsm_sections,),
    ),
    KindRule(
        "1.2.250.1.213.1.1.1.21",
        "Lettre de liaison à l’entrée",
        "18761-7",
        (
            (f"{IHE}.3.1", "Motif de l’hospitalisation"),
            (f"{IHE}.3.20", "Traitements à l’admission"),
            (f"{IHE}.3.13", "Allergies"),
            ("1.3.6.1.4.1.19376.1.4.1.2.16", "Commentaire"),
        ),
        (_hospital_stay,),
    ),
    KindRule(
        "1.2.250.1.213.1.1.1.29",
        "Lettre de liaison à la sortie",
        "11490-0",
        (
            ("1.2.250.1.213.1.1.2.35.1", "Statut du document"),
            (f"{IHE}.3.1", "Motif de l’hospitalisation"),
            ("1.3.6.1.4.1.19376.1.7.3.1.1.13.7", "Synthèse médicale du séjour"),
            (f"{IHE}.3.22", "Traitements à la sortie"),
        ),
    ),
    KindRule(
        "1.2.250.1.213.1.1.1.39",
        "Prescription de produits de santé",
        "57833-6",
        (("1.2.250.1.213.1.1.2.243", "Copie du document"),),
        (_prescription,),
    ),
    KindRule(
        "1.2.250.1.213.1.1.1.46",
        "Note de vaccination",
        "87273-9",
        ((f"{IHE}.3.23", "Vaccinations"),),
        (_vaccination_note,),
    ),
    KindRule("1.2.250.1.213.1.1.1.55", "Compte rendu de biologie", "11502-2", (), (_biology,)),
)
CHECKS: tuple[Callable[[etree._Element], Iterator[Finding]], ...] = (kinds,)
