"""Checks of the body of any document: links, sections, media, entries (cda-vsm §2 and §4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from lgc.cda import media, n1
from lgc.cda.check_people import Check
from lgc.cda.check_structure import SAID
from lgc.cda.finding import Finding, error, warning
from lgc.cda.names import tag
from lgc.cda.values import find, find_all, words, xsi_type
from lgc.terminology.value_sets import value_set

IHE = "1.3.6.1.4.1.19376.1.5.3.1"


def links(document: etree._Element) -> Iterator[Finding]:
    """Narrative ↔ entries: every ID once, every reference and every medium somewhere."""
    known: set[str] = set()
    for node in document.iter(etree.Element):
        name = node.get("ID")
        if name and name in known:
            yield error(node, f"Le repère «\u00a0{name}\u00a0» est donné deux fois.")
        known.add(name or "")
    for reference in document.iter(tag("reference")):
        parent, target = reference.getparent(), reference.get("value") or ""
        if parent is None or parent.tag not in (tag("text"), tag("originalText")):
            continue
        if "://" not in target and (target[:1] != "#" or target[1:] not in known):
            yield warning(reference, f"Le renvoi «\u00a0{target}\u00a0» ne mène à aucun texte.")
    for shown in document.iter(tag("renderMultiMedia")):
        for name in (shown.get("referencedObject") or "").split():
            if name not in known:
                yield error(shown, f"L’image «\u00a0{name}\u00a0» n’est pas dans le document.")


def sections(document: etree._Element) -> Iterator[Finding]:
    for section in document.iter(tag("section")):
        children = find(section, "h:component/h:section") is not None
        title = words(find(section, "h:title")) or "sans titre"
        code = find(section, "h:code")
        if code is None or not (code.get("code") or code.get("nullFlavor")):
            yield warning(section, f"La section «\u00a0{title}\u00a0» n’a pas de code.")
        for name in ("id", "code", "title", "text"):
            if len(find_all(section, f"h:{name}")) > 1:
                yield error(
                    section, f"La section «\u00a0{title}\u00a0» a deux fois «\u00a0{name}\u00a0»."
                )
        text = find(section, "h:text")
        if not children and (text is None or not _says(text)):
            yield warning(section, f"La section «\u00a0{title}\u00a0» ne dit rien.")


def _says(text: etree._Element) -> bool:
    return bool(words(text)) or next(text.iter(tag("renderMultiMedia")), None) is not None


def bodies(document: etree._Element) -> Iterator[Finding]:
    """A body at least, and pieces that can be opened and are what they say."""
    component = find(document, "h:component")
    if component is not None:
        held = [find(component, f"h:{name}") for name in ("nonXMLBody", "structuredBody")]
        if sum(one is not None for one in held) != 1:
            yield error(component, "Le document doit avoir un corps, et un seul.")
    text = find(document, "h:component/h:nonXMLBody/h:text")
    if text is not None and text.get("mediaType") not in (*n1.MEDIA_TYPES, "image/png"):
        yield error(text, f"La forme «\u00a0{text.get('mediaType')}\u00a0» n’est pas de la liste.")
    pieces = [*find_all(document, "h:component/h:nonXMLBody/h:text")]
    pieces += [
        value for one in document.iter(tag("observationMedia")) for value in one.iter(tag("value"))
    ]
    reader = media.Pieces()
    for piece in pieces:
        attachment, fault = reader.read(piece, "pièce")
        if attachment is None and piece.get("nullFlavor") is None:
            yield error(piece, fault)
        elif fault:
            yield warning(piece, fault, "Ouvrez la pièce avec prudence.")


# --- entries ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EntryRule:
    """What every entry of a template holds: ``path`` seen from the entry, once to ``most`` times;
    ``values`` names the set that its codes belong to."""

    path: str
    sentence: str
    most: int = 1
    values: str = ""


R = EntryRule
PRODUCT, TREATMENT, STEP = f"{IHE}.4.7.2", f"{IHE}.4.7", "1.2.250.1.213.1.1.3.83.1"
_COMPLETED = "h:statusCode[@code='completed']"
_TEXT, _MADE_OF = "h:text/h:reference", "h:consumable/h:manufacturedProduct"
_RULES: dict[str, tuple[EntryRule, ...]] = {
    # problem concern, then problem
    f"{IHE}.4.5.2": (
        R("h:id", "Un problème n’a pas d’identifiant.", 9),
        R("h:code[@nullFlavor='NA']", "Le code d’un problème suivi doit dire «\u00a0NA\u00a0»."),
        R("h:statusCode[@code]", "L’état d’un problème manque."),
        R("h:effectiveTime/h:low", "Le début d’un problème manque."),
        R("h:entryRelationship/h:observation", "Un problème n’est pas décrit.", 99),
    ),
    "1.2.250.1.213.1.1.3.37": (
        R("h:code", "Le type d’un problème n’est pas de la liste.", values="problem_type"),
        R("h:value", "Un problème n’a pas de valeur.", 9),
        R(_TEXT, "Un problème ne renvoie pas au texte."),
        R("h:effectiveTime/h:low", "Le début d’un problème manque."),
        R("h:value/h:originalText", "Un problème n’a pas de libellé.", 9),
        R(_COMPLETED, "L’état d’un problème manque."),
    ),
    # allergy concern, then allergy
    f"{IHE}.4.5.3": (
        R("h:id", "Une allergie n’a pas d’identifiant.", 9),
        R("h:statusCode[@code]", "L’état d’une allergie manque."),
        R("h:effectiveTime/h:low", "Le début d’une allergie manque."),
        R("h:entryRelationship/h:observation", "Une allergie n’est pas décrite.", 99),
    ),
    f"{IHE}.4.6": (
        R("h:id", "Une allergie n’a pas d’identifiant."),
        R("h:code", "Le type d’une allergie n’est pas de la liste.", values="allergy_type"),
        R(_COMPLETED, "L’état d’une allergie manque."),
    ),
    TREATMENT: (
        R("h:id", "Un traitement n’a pas d’identifiant.", 9),
        R(_TEXT, "Un traitement ne renvoie pas au texte."),
        R(_COMPLETED, "L’état d’un traitement manque."),
        R(_MADE_OF, "Un traitement n’a pas de produit."),
    ),
    # vaccination
    f"{IHE}.4.12": (
        R("h:id", "Une vaccination n’a pas d’identifiant."),
        R("h:code[@code]", "Le type d’une vaccination manque."),
        R(_COMPLETED, "L’état d’une vaccination manque."),
        R("h:effectiveTime", "La date d’une vaccination manque."),
        R(_TEXT, "Une vaccination ne renvoie pas au texte."),
        R(_MADE_OF, "Une vaccination n’a pas de produit."),
    ),
    # act, status of an allergy or of a problem, product
    f"{IHE}.4.19": (
        R("h:id", "Un acte n’a pas d’identifiant.", 9),
        R("h:code", "Un acte n’a pas de code."),
        R(_TEXT, "Un acte ne renvoie pas au texte."),
    ),
    f"{IHE}.4.1.1": (
        R("h:text", "Un état clinique ne renvoie pas au texte."),
        R("h:value", "Un état clinique n’a pas de valeur."),
    ),
    PRODUCT: (
        R("h:manufacturedMaterial/h:code", "Un produit n’a pas de code."),
        R("h:manufacturedMaterial/h:name", "Un produit n’a pas de nom."),
    ),
    **dict.fromkeys(SAID, (R("h:value", "Une mention de l’ordonnance n’a pas de valeur."),)),
    **dict.fromkeys(
        (f"{IHE}.4.3", f"{IHE}.4.3.1"), (R(_TEXT, "Une instruction ne renvoie pas au texte."),)
    ),
    # comment, rank of a vaccination, problem of any kind
    f"{IHE}.4.2": (
        R(_TEXT, "Un commentaire ne renvoie pas au texte."),
        R(_COMPLETED, "L’état d’un commentaire manque."),
    ),
    "1.2.250.1.213.1.1.3.82": (
        R("h:code", "Le rang d’une vaccination n’a pas de code."),
        R("h:statusCode", "L’état du rang d’une vaccination manque."),
        R("h:value", "Le rang d’une vaccination manque."),
    ),
    f"{IHE}.4.5": (R("h:id", "Un problème n’a pas d’identifiant.", 9),),
    f"{IHE}.4.13.2": (R("h:value", "Une mesure n’a pas de valeur."),),
    # simple observation, laboratory result
    f"{IHE}.4.13": (
        R("h:id", "Une observation n’a pas d’identifiant.", 9),
        R(_TEXT, "Une observation ne renvoie pas au texte."),
        R("h:code", "Une observation n’a pas de code."),
        R(_COMPLETED, "L’état d’une observation manque."),
        R("h:effectiveTime", "La date d’une observation manque."),
    ),
    "1.3.6.1.4.1.19376.1.3.1.6": (
        R("h:code", "Un résultat de biologie n’a pas de code."),
        R("h:statusCode", "L’état d’un résultat de biologie manque."),
        R("h:code/h:originalText/h:reference", "Un résultat de biologie ne renvoie pas au texte."),
    ),
}


def entries(document: etree._Element) -> Iterator[Finding]:
    for template in document.iter(tag("templateId")):
        entry = template.getparent()
        for rule in _RULES.get(template.get("root") or "", ()):
            if entry is not None:
                yield from _apply(rule, entry)


def _apply(rule: EntryRule, entry: etree._Element) -> Iterator[Finding]:
    if entry.get("negationInd") == "true" or entry.tag == tag("section"):
        return
    found = find_all(entry, rule.path)
    if not 1 <= len(found) <= rule.most:
        yield error(entry, rule.sentence)
    for node in found:
        if rule.values and node.get("nullFlavor") is None:
            code, system = node.get("code") or "", node.get("codeSystem") or ""
            if value_set(rule.values).get(code, system) is None:
                yield error(node, rule.sentence)


def doses(document: etree._Element) -> Iterator[Finding]:
    """A dose is between two bounds, or said to be unknown; drugs are coded in CIS."""
    for name in ("doseQuantity", "rateQuantity"):
        for node in document.iter(tag(name)):
            entry = node.getparent()
            drug = entry is not None and any(
                one.get("root") in (TREATMENT, STEP) for one in find_all(entry, "h:templateId")
            )
            bounds = [find(node, f"h:{bound}") for bound in ("low", "high")]
            if drug and node.get("nullFlavor") is None and None in bounds:
                yield error(node, "Une dose doit avoir un minimum et un maximum.")
    for product in document.iter(tag("manufacturedMaterial")):
        code = find(product, "h:code")
        known = code is None or code.get("codeSystem") in (None, "1.2.250.1.213.2.3.1")
        told = find(code, "h:originalText/h:reference")
        if told is None and code is not None and code.get("code") and _is_drug(product):
            yield error(product, "Le code d’un produit ne renvoie pas au texte.")
        if not known and _is_drug(product):
            yield error(product, "Le produit doit être codé en CIS.")


def periods(document: etree._Element) -> Iterator[Finding]:
    """The first time of a treatment is its duration, from a beginning to an end."""
    for entry in document.iter(tag("substanceAdministration")):
        if not any(one.get("root") == TREATMENT for one in find_all(entry, "h:templateId")):
            continue
        first = find(entry, "h:effectiveTime")
        if first is None or first.get("nullFlavor") is not None:
            continue
        bounds = [find(first, f"h:{bound}") for bound in ("low", "high")]
        if xsi_type(first) != "IVL_TS" or (None in bounds and find(first, "h:width") is None):
            yield error(first, "La durée d’un traitement doit avoir un début et une fin.")


def _is_drug(product: etree._Element) -> bool:
    holder = product.getparent()
    return holder is not None and any(
        one.get("root") == PRODUCT for one in find_all(holder, "h:templateId")
    )


_TYPES = """
AD ANY BIN BL BN CD CE CO CR CS CV ED EIVL_TS EN GLIST_PQ GLIST_TS II INT IVL_INT IVL_MO IVL_PQ
IVL_REAL IVL_TS MO ON PIVL_TS PN PPD_PQ PPD_TS PQ PQR REAL RTO RTO_PQ_PQ RTO_MO_PQ RTO_QTY_QTY SC
SLIST_PQ SLIST_TS ST SXCM_INT SXCM_PQ SXCM_TS SXPR_TS TEL TN TS URL EIVL.event ADXP UVP_TS
"""
TYPES = frozenset(_TYPES.split())


def types(document: etree._Element) -> Iterator[Finding]:
    """``xsi:type`` names a data type of HL7, and what is of that type holds what it needs."""
    written = "{http://www.w3.org/2001/XMLSchema-instance}type"
    for node in document.iter(etree.Element):
        if written not in node.attrib:
            continue
        found = xsi_type(node)
        if found not in TYPES:
            yield error(node, f"Le type «\u00a0{node.get(written)}\u00a0» n’existe pas.")
        if found == "SXPR_TS" and find(node, "h:comp") is None:
            yield error(node, "Une fréquence composée ne contient rien.")
    for value in document.iter(tag("value")):
        held = value.getparent()
        if held is not None and held.tag == tag("observation") and written not in value.attrib:
            yield error(value, "La valeur d’une observation ne dit pas son type.")


CHECKS: tuple[Check, ...] = (links, sections, bodies, entries, doses, periods, types)
